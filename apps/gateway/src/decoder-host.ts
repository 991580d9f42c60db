import { type ChildProcess, fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type FromDecoder, fromDecoder, type ToDecoder } from './decoder-messages.ts';
import { sandboxFlags } from './intake-pool.ts';

const DECODER_ENTRY = fileURLToPath(new URL('./decoder.ts', import.meta.url));
/** V8's own heap; frames and codecs lie outside it and have bounds of their own. */
const HEAP_MB = 256;
const START_MS = 30_000;

/** Resolves when there is something to read, or nothing will come. */
function readable(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      for (const event of ['readable', 'end', 'close'] as const) stream.off(event, over);
      resolve();
    };
    for (const event of ['readable', 'end', 'close'] as const) stream.on(event, over);
  });
}

/** Why a decoder gave no answer. `unavailable`: it never began. */
export type NoAnswer = 'crashed' | 'slow' | 'unavailable';

/** One decoder process: one question at a time, and ended for good by the first that it does not answer. */
export class DecoderHost {
  readonly #child: ChildProcess;
  #isDead = false;
  #nextJob = 1;
  readonly #ready: Promise<FromDecoder | NoAnswer>;

  /** @param entry what it runs; tests put something worse in its place. */
  constructor(entry: string = DECODER_ENTRY) {
    this.#child = fork(entry, [], {
      execArgv: [...sandboxFlags(), `--max-old-space-size=${HEAP_MB}`],
      env: {},
      serialization: 'json',
      stdio: ['pipe', 'pipe', 'ignore', 'ipc'],
    });
    this.#child.on('error', () => {});
    this.#child.stdin?.on('error', () => {});
    this.#child.stdout?.on('error', () => {});
    this.#child.once('exit', () => {
      this.#isDead = true;
    });
    this.#ready = this.#next(START_MS);
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks one question. @param ms for the answer, once all bytes are sent or taken. Never rejects but for what `bytes` throws. */
  async ask(
    make: (job: number) => ToDecoder,
    bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    ms: number,
  ): Promise<FromDecoder | NoAnswer> {
    const begun = await this.#ready;
    if (typeof begun === 'string' || begun.t !== 'ready') {
      this.end();
      return 'unavailable';
    }
    const job = this.#nextJob++;
    const answer = this.#next(ms);
    this.#child.send(make(job), () => {});
    const isPoured = await this.#pour(bytes, answer);
    const said = await answer;
    // What is still on its way to a decoder that answered early would be taken for the next object.
    if (!isPoured) this.end();
    if (typeof said !== 'string' && said.t !== 'ready' && said.job === job) return said;
    this.end();
    return typeof said === 'string' ? said : 'crashed';
  }

  /** The bytes that follow an answer through the standard output; undefined when they do not all come in time. */
  async take(bytes: number, ms: number): Promise<Uint8Array | undefined> {
    const { stdout } = this.#child;
    const pieces: Buffer[] = [];
    let left = bytes;
    const timer = setTimeout(() => this.end(), ms);
    while (left > 0 && stdout !== null && !stdout.destroyed && !stdout.readableEnded) {
      const piece: Buffer | null = stdout.read(Math.min(left, Math.max(1, stdout.readableLength)));
      if (piece === null) await readable(stdout);
      else {
        pieces.push(piece);
        left -= piece.length;
      }
    }
    clearTimeout(timer);
    if (left === 0) return Buffer.concat(pieces);
    this.end();
    return undefined;
  }

  /** Ends the process at once: it has nothing to save. */
  end(): void {
    this.#isDead = true;
    this.#child.kill('SIGKILL');
  }

  /** Sends bytes as fast as the decoder takes them, until there are no more or it has answered. @returns whether it took them all. */
  async #pour(bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, answer: Promise<unknown>): Promise<boolean> {
    const { stdin } = this.#child;
    let isAnswered = false;
    void answer.then(() => {
      isAnswered = true;
    });
    for await (const piece of bytes) {
      if (isAnswered) return false;
      if (stdin?.write(piece) !== false) continue;
      const drained = new Promise<void>((resolve) => stdin.once('drain', () => resolve()));
      await Promise.race([drained, answer]);
    }
    return !isAnswered;
  }

  /** What it says next; nonsense is taken for a crash: it may be somebody else's process by then. */
  #next(ms: number): Promise<FromDecoder | NoAnswer> {
    return new Promise((resolve) => {
      const over = (said: FromDecoder | NoAnswer): void => {
        clearTimeout(timer);
        this.#child.off('message', heard);
        this.#child.off('exit', ended);
        resolve(said);
      };
      const heard = (raw: unknown): void => {
        const parsed = fromDecoder.safeParse(raw);
        over(parsed.success ? parsed.data : 'crashed');
      };
      const ended = (): void => over('crashed');
      const timer = setTimeout(() => over('slow'), ms);
      this.#child.on('message', heard);
      this.#child.on('exit', ended);
      if (this.#isDead) ended();
    });
  }
}
