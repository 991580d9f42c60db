import type { Clock } from '@leadglass/kit';

/** Pieces whose first is being read already. */
export interface Prefetched extends AsyncIterable<Uint8Array> {
  /** Gives them up unread. Harmless when they were read. */
  discard(): void;
}

/** Begins to read `pieces` at once, one piece ahead and no more, so that it is there when the wire is free. */
export function prefetch(pieces: AsyncIterable<Uint8Array>): Prefetched {
  const iterator = pieces[Symbol.asyncIterator]();
  let first: Promise<IteratorResult<Uint8Array>> | undefined = iterator.next();
  let isDone = false;
  first.catch(() => {}); // told to whoever asks for it
  const next = (): Promise<IteratorResult<Uint8Array>> => {
    const ready = first ?? iterator.next();
    first = undefined;
    return ready;
  };
  const close = async (): Promise<IteratorResult<Uint8Array>> => {
    if (!isDone) await iterator.return?.();
    isDone = true;
    return { done: true, value: undefined };
  };
  return {
    [Symbol.asyncIterator]: () => ({ next, return: close }),
    discard: () => void close().catch(() => {}),
  };
}

/** Keeps one destination's bytes under a rate, over all its objects. */
export class Pacer {
  readonly #clock: Clock;
  #freeAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same pieces, no faster than `bytesPerSecond`; as they are when undefined. */
  pace(pieces: AsyncIterable<Uint8Array>, bytesPerSecond: number | undefined): AsyncIterable<Uint8Array> {
    return bytesPerSecond === undefined ? pieces : this.#paced(pieces, bytesPerSecond);
  }

  async *#paced(pieces: AsyncIterable<Uint8Array>, bytesPerSecond: number): AsyncIterable<Uint8Array> {
    for await (const piece of pieces) {
      const nowMs = this.#clock.monotonicMs();
      const waitMs = this.#freeAtMs - nowMs;
      this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + (piece.byteLength * 1000) / bytesPerSecond;
      if (waitMs > 0) await new Promise<void>((resolve) => void this.#clock.after(waitMs, resolve));
      yield piece;
    }
  }
}
