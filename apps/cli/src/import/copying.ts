import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Fault, text } from '@leadglass/kit';
import type { Coercion } from '@leadglass/rewrite';
import type { Entry } from '../scan/walk.ts';
import { workerFlags } from '../scan/worker-flags.ts';
import { FRAME, type Frame, framesOf } from './frames.ts';
import {
  DoneFrame,
  EndFrame,
  type ObjectEnd,
  ObjectFrame,
  type ObjectHead,
  type Step,
  type ToCopier,
} from './messages.ts';

const ENTRY = fileURLToPath(new URL('./copier.ts', import.meta.url));
/** A worker that says nothing for so long hangs. */
const SILENCE_MS = 60_000;

/** An object on its way off the medium. Its bytes are to be read to their end, or given up, before the next comes. */
export interface Emitted {
  readonly head: ObjectHead;
  /** Its data set. Throws Fault when the worker takes it back: the last piece only comes once all of it has been proved good. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** What one file comes to, object by object. */
export type FromCopier =
  | ({ readonly kind: 'object' } & Emitted)
  | { readonly kind: 'end'; readonly end: ObjectEnd }
  | { readonly kind: 'problem'; readonly problem: string };

export interface CopyingOptions {
  /** Files and folders the worker may read. */
  readonly paths: readonly string[];
  readonly coercion: Coercion | undefined;
  /** What the copies say when they were made. */
  readonly epochMs: number;
}

/** The sandboxed worker that takes objects off the medium, and what it writes. One file at a time. The worker is not believed. */
export class Copying {
  readonly #child: ChildProcess;
  readonly #frames: AsyncGenerator<Frame>;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor({ paths, coercion, epochMs }: CopyingOptions) {
    this.#child = fork(ENTRY, [], {
      execArgv: workerFlags(paths, undefined),
      env: {},
      serialization: 'json',
      stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    });
    this.#child.on('error', () => {});
    this.#frames = framesOf(this.#child.stdout as Readable);
    this.#tell({ t: 'configure', epochMs, coercion });
  }

  /** Takes what `steps` ask for out of a file. Throws Fault `import.worker` when the worker does not survive it. */
  async *file({ path, raw }: Entry, steps: readonly Step[]): AsyncGenerator<FromCopier> {
    this.#tell({ t: 'file', file: { path, ...(raw === undefined ? {} : { raw: raw.toString('base64') }) }, steps });
    for (;;) {
      const frame = await this.#next();
      if (frame.kind === FRAME.done) {
        const { problem } = parsed(DoneFrame, frame);
        if (problem !== undefined) yield { kind: 'problem', problem };
        return;
      }
      if (frame.kind === FRAME.end) yield { kind: 'end', end: parsed(EndFrame, frame) };
      else if (frame.kind === FRAME.object) yield* this.#object(parsed(ObjectFrame, frame));
      else throw workerFault();
    }
  }

  /** Ends the worker; resolves when it has ended. */
  async close(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const end = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await end;
  }

  async *#object(head: ObjectHead): AsyncGenerator<FromCopier> {
    let end: ObjectEnd | undefined;
    const bytes = this.#bytes((one) => {
      end = one;
    });
    yield { kind: 'object', head, bytes };
    // What was not wanted is read over: the next object stands behind it.
    while (end === undefined) end = this.#endOf(await this.#next());
    if (end.at !== head.at || end.mode !== head.mode) throw workerFault();
    yield { kind: 'end', end };
  }

  #endOf(frame: Frame): ObjectEnd | undefined {
    if (frame.kind === FRAME.bytes) return undefined;
    if (frame.kind !== FRAME.end) throw workerFault();
    return parsed(EndFrame, frame);
  }

  async *#bytes(ended: (end: ObjectEnd) => void): AsyncGenerator<Uint8Array> {
    let held: Uint8Array | undefined;
    for (;;) {
      const frame = await this.#next();
      if (frame.kind === FRAME.bytes) {
        if (held !== undefined) yield held;
        held = frame.payload;
      } else if (frame.kind === FRAME.end) {
        const end = parsed(EndFrame, frame);
        ended(end);
        if (end.why !== undefined) throw new Fault('import.taken-back', 'permanent', end.why.text);
        if (held !== undefined) yield held;
        return;
      } else throw workerFault();
    }
  }

  async #next(): Promise<Frame> {
    for (;;) {
      this.#timer = setTimeout(() => this.#child.kill('SIGKILL'), SILENCE_MS);
      const { value, done } = await this.#frames.next().catch(() => ({ value: undefined, done: true }) as const);
      clearTimeout(this.#timer);
      if (done === true || this.#isOver) throw workerFault();
      if (value.kind !== FRAME.alive) return value;
    }
  }

  #tell(message: ToCopier): void {
    this.#child.send(message, () => {});
  }
}

function parsed<T>(schema: { parse(value: unknown): T }, { payload }: Frame): T {
  try {
    return schema.parse(JSON.parse(payload.toString('utf8')));
  } catch {
    throw workerFault();
  }
}

function workerFault(): Fault {
  return new Fault(
    'import.worker',
    'permanent',
    text(
      'Le processus qui lit le support n’a pas survécu à ce fichier, ou n’a plus répondu.',
      'The process that reads the medium did not survive this file, or stopped answering.',
    ),
  );
}
