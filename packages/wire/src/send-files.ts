import { IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION } from '@leadglass/dimse';
import { asFault, type Fault, isFault, text } from '@leadglass/kit';
import {
  DEFAULT_WALK_LIMITS,
  dataSetOf,
  type FoundObject,
  type Skipped,
  type WalkLimits,
  walkPart10,
} from './part10-source.ts';
import { MOST_CONTEXTS, openAssociation, type ScuAssociation } from './scu.ts';
import type { ScuContext, ScuOptions } from './scu-api.ts';

/** What became of one object. status: the peer's, when it gave one; fault: what came instead. */
export interface Sent {
  readonly kind: 'sent';
  readonly object: FoundObject;
  /** `stored` with status 0000, `warned` with a warning: both are the peer's word that it has it. */
  readonly outcome: 'stored' | 'warned' | 'failed';
  readonly status?: number;
  readonly comment?: string;
  readonly fault?: Fault;
}

/** What happens, as it happens. `found` once after the walk; `progress` at most some times a second. */
export type SendEvent =
  | Skipped
  | Sent
  | { readonly kind: 'found'; readonly objects: number; readonly bytes: number }
  | { readonly kind: 'progress'; readonly objects: number; readonly bytes: number; readonly elapsedMs: number }
  | { readonly kind: 'association'; readonly index: number; readonly fault?: Fault };

export interface SendOptions extends Omit<ScuOptions, 'contexts'> {
  readonly paths: readonly string[];
  /** At the same time, at least 1. */
  readonly associations: number;
  /** Tries of an object whose association broke under it, and of an association that does not come about. */
  readonly tries: number;
  readonly walkLimits?: WalkLimits;
  readonly onEvent: (event: SendEvent) => void;
}

/** The whole of it. bytes: of data sets stored; elapsedMs from the first association's request to the last release. */
export interface SendReport {
  readonly found: number;
  readonly stored: number;
  readonly warned: number;
  readonly failed: number;
  readonly skipped: number;
  readonly bytes: number;
  readonly elapsedMs: number;
  readonly megabytesPerSecond: number;
  /** What kept the rest from being sent, when something did. */
  readonly fault?: Fault;
}

const PROGRESS_EVERY_MS = 200;
const FIRST_RETRY_MS = 250;

const pairOf = (object: FoundObject): string => `${object.sopClassUid} ${object.transferSyntaxUid}`;

interface Job {
  readonly object: FoundObject;
  tries: number;
}

function contextsOf(pairs: readonly string[]): ScuContext[] {
  return pairs.map((pair) => {
    const [abstractSyntax = '', transferSyntax = ''] = pair.split(' ');
    return { abstractSyntax, transferSyntaxes: [transferSyntax] };
  });
}

/** PS3.7 Annex C: warnings are 0001, Bxxx, 0107 and 0116. */
function outcomeOf(status: number): Sent['outcome'] {
  if (status === 0) return 'stored';
  return (status & 0xf000) === 0xb000 || [0x0001, 0x0107, 0x0116].includes(status) ? 'warned' : 'failed';
}

function unforeseen(thrown: unknown): Fault {
  const sentence = text("le fichier n'a pas pu être lu jusqu'au bout", 'the file could not be read to its end');
  return asFault(thrown, 'wire.file-unreadable', 'permanent', sentence);
}

const announced = ({ sopClassUid, sopInstanceUid, transferSyntaxUid }: FoundObject) => ({
  sopClassUid,
  sopInstanceUid,
  transferSyntax: transferSyntaxUid,
});

/** One sending: the queue that its associations share, and its counts. */
class Sending {
  readonly #options: SendOptions;
  readonly #startMs: number;
  #jobs: Job[] = [];
  #contexts: ScuContext[] = [];
  #lastProgressMs = 0;
  bytes = 0;
  readonly counts = { stored: 0, warned: 0, failed: 0 };
  fault: Fault | undefined;

  constructor(options: SendOptions) {
    this.#options = options;
    this.#startMs = options.clock.monotonicMs();
  }

  /** Sends objects whose contexts fit on one association together. */
  async group(objects: readonly FoundObject[], pairs: readonly string[]): Promise<void> {
    this.#jobs = objects.map((object) => ({ object, tries: 0 })).reverse();
    this.#contexts = contextsOf(pairs);
    const workers = Math.min(this.#options.associations, objects.length);
    await Promise.all(Array.from({ length: workers }, (_, index) => this.#work(index)));
    for (const { object } of this.#jobs.reverse())
      this.#settle({ kind: 'sent', object, outcome: 'failed', ...this.#because() });
  }

  #because(): { readonly fault?: Fault } {
    return this.fault === undefined ? {} : { fault: this.fault };
  }

  async #work(index: number): Promise<void> {
    for (let failures = 0; this.#jobs.length > 0 && failures < this.#options.tries; ) {
      if (failures > 0) await this.#pause(failures);
      if (this.#jobs.length === 0 || this.#options.signal?.aborted) return;
      const before = this.counts.stored + this.counts.warned;
      const broken = await this.#once(index);
      if (broken === undefined) return;
      this.fault = broken.fault;
      this.#options.onEvent({ kind: 'association', index, fault: broken.fault });
      if (broken.isFinal) return;
      failures = this.counts.stored + this.counts.warned > before ? 1 : failures + 1;
    }
  }

  #pause(failures: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 6), resolve);
    });
  }

  /** One association, until the queue is empty or it breaks. */
  async #once(index: number): Promise<{ readonly fault: Fault; readonly isFinal: boolean } | undefined> {
    let association: ScuAssociation;
    try {
      association = await openAssociation({ ...this.#options, contexts: this.#contexts });
    } catch (thrown) {
      const fault = unforeseen(thrown);
      return { fault, isFinal: fault.retry === 'permanent' };
    }
    this.#options.onEvent({ kind: 'association', index });
    const fault = await this.#drain(association);
    await association.release();
    return fault && { fault, isFinal: false };
  }

  async #drain(association: ScuAssociation): Promise<Fault | undefined> {
    let job = this.#jobs.pop();
    while (job !== undefined) {
      const next: Job | undefined = this.#jobs.pop();
      const fault = await this.#store(association, job, next);
      if (fault !== undefined) {
        if (next !== undefined) this.#jobs.push(next);
        return fault;
      }
      job = next;
    }
    return undefined;
  }

  /** Stores one object and settles it, or gives it back to the queue with the Fault that broke the association. */
  async #store(association: ScuAssociation, job: Job, next: Job | undefined): Promise<Fault | undefined> {
    const { object } = job;
    const follower = next && announced(next.object);
    const hasContext = follower && association.contextFor(follower.sopClassUid, follower.transferSyntax) !== undefined;
    try {
      const answer = await association.store({
        ...announced(object),
        dataSet: dataSetOf(object),
        length: object.fileBytes - object.dataSetOffset,
        ...(follower && hasContext ? { next: follower } : {}),
      });
      this.#settle({ kind: 'sent', object, outcome: outcomeOf(answer.status), ...answer });
      return undefined;
    } catch (thrown) {
      const fault = isFault(thrown) ? thrown : unforeseen(thrown);
      job.tries += 1;
      const isOver = fault.retry === 'permanent' || job.tries >= this.#options.tries || this.#options.signal?.aborted;
      if (isOver) this.#settle({ kind: 'sent', object, outcome: 'failed', fault });
      else this.#jobs.push(job);
      return association.isOpen ? undefined : fault;
    }
  }

  #settle(sent: Sent): void {
    this.counts[sent.outcome] += 1;
    if (sent.outcome !== 'failed') this.bytes += sent.object.fileBytes - sent.object.dataSetOffset;
    this.#options.onEvent(sent);
    const elapsedMs = this.elapsedMs;
    if (elapsedMs - this.#lastProgressMs < PROGRESS_EVERY_MS) return;
    this.#lastProgressMs = elapsedMs;
    const { stored, warned, failed } = this.counts;
    this.#options.onEvent({ kind: 'progress', objects: stored + warned + failed, bytes: this.bytes, elapsedMs });
  }

  get elapsedMs(): number {
    return this.#options.clock.monotonicMs() - this.#startMs;
  }
}

/** Objects in groups whose (SOP class, transfer syntax) pairs fit on one association. */
function grouped(
  objects: readonly FoundObject[],
): Map<number, { readonly pairs: string[]; readonly objects: FoundObject[] }> {
  const groupOf = new Map<string, number>();
  const groups = new Map<number, { readonly pairs: string[]; readonly objects: FoundObject[] }>();
  for (const object of objects) {
    const pair = pairOf(object);
    const index = groupOf.get(pair) ?? Math.floor(groupOf.size / MOST_CONTEXTS);
    const group = groups.get(index) ?? { pairs: [], objects: [] };
    groups.set(index, group);
    if (!groupOf.has(pair)) group.pairs.push(pair);
    groupOf.set(pair, index);
    group.objects.push(object);
  }
  return groups;
}

/**
 * Sends files and folders of Part 10 objects as they are, over several associations at once. Goes on after the failure of an
 * object, comes back after that of an association. Never rejects for what happens over there: the report says it, object by object
 * through `onEvent` and as a whole.
 */
export async function sendFiles(options: SendOptions): Promise<SendReport> {
  const objects: FoundObject[] = [];
  let skipped = 0;
  for await (const found of walkPart10(options.paths, options.walkLimits ?? DEFAULT_WALK_LIMITS)) {
    if (found.kind === 'object') objects.push(found);
    else options.onEvent(found);
    if (found.kind === 'skipped') skipped += 1;
  }
  const bytes = objects.reduce((sum, object) => sum + object.fileBytes - object.dataSetOffset, 0);
  options.onEvent({ kind: 'found', objects: objects.length, bytes });
  const sending = new Sending(options);
  for (const group of grouped(objects).values()) await sending.group(group.objects, group.pairs);
  const { elapsedMs, fault, counts } = sending;
  const megabytesPerSecond = elapsedMs === 0 ? 0 : sending.bytes / 1000 / elapsedMs;
  const report = { found: objects.length, ...counts, skipped, bytes: sending.bytes, elapsedMs, megabytesPerSecond };
  return fault === undefined ? report : { ...report, fault };
}

/** What a C-ECHO found. milliseconds: from the connection's request, and for the echo alone. */
export interface EchoReport {
  readonly status: number;
  readonly associateMs: number;
  readonly echoMs: number;
  readonly peerImplementation: { readonly classUid: string; readonly versionName: string };
}

/** Opens an association for Verification alone, sends one C-ECHO, releases. Rejects with the Faults of `openAssociation` and `echo`. */
export async function echoOnce(options: Omit<ScuOptions, 'contexts'>): Promise<EchoReport> {
  const { clock } = options;
  const startMs = clock.monotonicMs();
  const contexts = [{ abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT_VR_LITTLE_ENDIAN] }];
  const association = await openAssociation({ ...options, contexts });
  const openedMs = clock.monotonicMs();
  try {
    const { status } = await association.echo();
    const { peerImplementation } = association;
    return { status, associateMs: openedMs - startMs, echoMs: clock.monotonicMs() - openedMs, peerImplementation };
  } finally {
    await association.release();
  }
}
