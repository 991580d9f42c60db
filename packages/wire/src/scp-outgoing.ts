import type { DataSetBytes } from './scu-fragments.ts';

/** The outgoing side of an acceptor's association. */
export interface OutgoingLine {
  /** Whether anything can still be sent. */
  readonly isOpen: boolean;
  /** Hands over a piece of a message; the bytes stay untouched until the next `flushed()` resolves. */
  data(contextId: number, isCommand: boolean, isLast: boolean, bytes: Uint8Array): void;
  cork(): void;
  uncork(): void;
  /** Resolves once the kernel has all that was handed over. Rejects when the association is over or the peer does not read. */
  flushed(): Promise<void>;
}

const NO_BYTES = new Uint8Array(0);

/**
 * One message after the other (PS3.8 Annex E): while the data set of one is still on its way, what else there is to say waits. How much
 * waits is bounded by how much a peer may ask without an answer.
 */
export class ScpOutgoing {
  readonly #line: OutgoingLine;
  readonly #waiting: (() => void)[] = [];
  #isStreaming = false;

  constructor(line: OutgoingLine) {
    this.#line = line;
  }

  /** Sends a whole message in one write, as soon as the one under way is out. */
  whole(contextId: number, command: Uint8Array, dataSet?: Uint8Array): void {
    if (this.#isStreaming) {
      this.#waiting.push(() => this.whole(contextId, command, dataSet));
      return;
    }
    if (!this.#line.isOpen) return;
    this.#line.cork();
    this.#line.data(contextId, true, true, command);
    if (dataSet !== undefined) this.#line.data(contextId, false, true, dataSet);
    this.#line.uncork();
  }

  /**
   * Sends a message whose data set comes in pieces, as fast as the peer takes it. Resolves once the kernel has it all. Rejects with what
   * `pieces` throws, when they are not `length` bytes, and when the line is over: the message is cut short then and the association with it.
   */
  async stream(contextId: number, command: Uint8Array, pieces: DataSetBytes, length: number): Promise<void> {
    while (this.#isStreaming) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isStreaming = true;
    try {
      this.#line.data(contextId, true, true, command);
      await this.#pour(contextId, pieces, length);
    } finally {
      this.#isStreaming = false;
      for (const act of this.#waiting.splice(0)) act();
    }
  }

  async #pour(contextId: number, pieces: DataSetBytes, length: number): Promise<void> {
    let sent = 0;
    let odd = NO_BYTES;
    for await (const piece of pieces) {
      const bytes = odd.byteLength === 0 ? piece : Buffer.concat([odd, piece]);
      const isLast = sent + bytes.byteLength >= length;
      // A fragment that is not the last has an even length (PS3.8 §9.3.5.1).
      const now = isLast ? bytes.byteLength : bytes.byteLength - (bytes.byteLength % 2);
      if (sent + now > length) throw new Error('a data set is longer than it was said to be');
      this.#line.data(contextId, false, isLast, bytes.subarray(0, now));
      await this.#line.flushed();
      sent += now;
      odd = new Uint8Array(bytes.subarray(now));
    }
    if (sent !== length || length === 0) throw new Error('a data set is shorter than it was said to be');
  }
}
