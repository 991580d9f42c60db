import { FindingSchema } from '@leadglass/contract';
import type { Finding } from '@leadglass/model';
import { isSha256, verdictOf } from '@leadglass/model';
import { aboutOf } from './about.ts';
import type { ClamdAnswered, ClamdAsked } from './clamd.ts';
import type { Looked } from './look.ts';
import { type TrialAnswered, type TrialAsked, trialAsked } from './trials.ts';

/** What the command says to a worker. */
export type ToWorker =
  | {
      readonly t: 'configure';
      readonly rulesDir: string | undefined;
      readonly isAbout?: boolean;
      readonly hasClamd?: boolean;
    }
  | { readonly t: 'look'; readonly task: number; readonly files: readonly FileToLook[] }
  | TrialAnswered
  | ClamdAnswered;

/** A file for a worker to open. `raw`: base64 of a name that is no UTF-8; `-`: its standard input. */
export interface FileToLook {
  readonly path: string;
  readonly raw?: string;
}

/** What came of the file at `at` in a task: everything looked at in it, or why it could not be read. */
export interface FileLooked {
  readonly at: number;
  readonly looked: readonly Looked[];
  readonly problem?: string;
  /** SHA-256 of what was read of the file, when whose it is was asked for. */
  readonly sha256?: string;
}

/** What a worker says. `alive`: a long file goes on. `refused`: it cannot work, for a reason to be shown. */
export type FromWorker =
  | { readonly t: 'ready' }
  | { readonly t: 'alive' }
  | TrialAsked
  | ClamdAsked
  | { readonly t: 'refused'; readonly why: string }
  | { readonly t: 'looked'; readonly task: number; readonly files: readonly FileLooked[]; readonly isDone: boolean };

const FINDINGS = FindingSchema.array();
const WORD = /^[A-Za-z0-9._-]{1,64}$/;
const LONGEST_PATH = 70_000;
/** All problems of a folder of rules, as JSON. */
const LONGEST_REFUSAL = 2_000_000;

/** A worker's message, or undefined when it is none: whoever has taken over a worker may say anything. */
export function fromWorker(message: unknown): FromWorker | undefined {
  if (!isRecord(message)) return undefined;
  const { t, task, isDone } = message;
  if (t === 'ready' || t === 'alive' || t === 'want-clamd') return { t };
  if (t === 'try') return trialAsked(message);
  if (t === 'refused') return { t, why: String(message.why).slice(0, LONGEST_REFUSAL) };
  if (t !== 'looked' || typeof task !== 'number' || typeof isDone !== 'boolean') return undefined;
  const files = list(message.files).map(fileOf);
  return files.includes(undefined) ? undefined : { t, task, files: files.filter((file) => file !== undefined), isDone };
}

function fileOf(value: unknown): FileLooked | undefined {
  if (!isRecord(value) || typeof value.at !== 'number') return undefined;
  const looked = list(value.looked).map(lookedOf);
  if (looked.includes(undefined)) return undefined;
  const { at, problem } = value;
  const said = looked.filter((one) => one !== undefined);
  return {
    ...{ at, looked: said },
    ...(typeof problem === 'string' && WORD.test(problem) ? { problem } : {}),
    ...(typeof value.sha256 === 'string' && isSha256(value.sha256) ? { sha256: value.sha256 } : {}),
  };
}

function lookedOf(value: unknown): Looked | undefined {
  if (!isRecord(value)) return undefined;
  const { path, nature, bytes, unfinished } = value;
  if (typeof path !== 'string' || path.length > LONGEST_PATH || typeof bytes !== 'number') return undefined;
  if (typeof nature !== 'string' || !WORD.test(nature)) return undefined;
  const findings = findingsOf(value.findings);
  if (findings === undefined) return undefined;
  const names = list(unfinished).filter((name) => typeof name === 'string' && WORD.test(name)) as string[];
  const kind = nature as Looked['nature'];
  const about = aboutOf(value.about);
  return {
    ...{ path, nature: kind, bytes, verdict: verdictOf(findings), findings, unfinished: names },
    ...(about === undefined ? {} : { about }),
  };
}

function findingsOf(value: unknown): readonly Finding[] | undefined {
  if (Array.isArray(value) && value.length === 0) return [];
  const parsed = FINDINGS.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
