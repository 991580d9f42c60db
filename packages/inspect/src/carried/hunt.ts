/** Views up to this long are searched anew each time; longer ones only behind what is already known of them. */
const SHORT_BYTES = 4096;
const NOWHERE = Number.MAX_SAFE_INTEGER;

/** A mark found: which of them, and the index in the view just behind it. */
export interface Mark {
  readonly which: number;
  readonly end: number;
}

/**
 * Finds the earliest of several short marks in bytes that come in pieces, again and again, in linear time. Native search; of the past it
 * keeps what a mark may have begun in.
 */
export class Hunt {
  readonly #marks: readonly Buffer[];
  readonly #tail: Uint8Array;
  #held = 0;
  /** Of the long view being searched: where it ends in memory, and where each mark comes next, counted from its buffer's beginning. */
  #viewEnd = -1;
  readonly #next: number[];

  /** @param marks Latin-1, at least 2 bytes each. */
  constructor(marks: readonly string[]) {
    this.#marks = marks.map((mark) => Buffer.from(mark, 'latin1'));
    this.#tail = new Uint8Array(Math.max(...marks.map((mark) => mark.length)) - 1);
    this.#next = marks.map(() => NOWHERE);
  }

  /** Forgets what came before. */
  restart(): void {
    this.#held = 0;
  }

  /** A new piece comes: what is known of the memory of the last one is void. */
  newPiece(): void {
    this.#viewEnd = -1;
  }

  /** The earliest mark in what came before together with `view`; undefined when there is none: then all of it has been taken in. */
  find(view: Uint8Array): Mark | undefined {
    const found = this.#acrossSeam(view) ?? (view.length > SHORT_BYTES ? this.#far(view) : this.#near(view));
    if (found === undefined) this.#keep(view);
    else this.#held = 0;
    return found;
  }

  #acrossSeam(view: Uint8Array): Mark | undefined {
    if (this.#held === 0) return undefined;
    const joined = Buffer.concat([this.#tail.subarray(0, this.#held), view.subarray(0, this.#tail.length)]);
    const mark = this.#earliest((one) => joined.indexOf(one));
    // What lies wholly in the past was found in the past, or before a restart.
    return mark === undefined || mark.end <= this.#held ? undefined : { which: mark.which, end: mark.end - this.#held };
  }

  #near(view: Uint8Array): Mark | undefined {
    const bytes = Buffer.from(view.buffer, view.byteOffset, view.length);
    return this.#earliest((one) => bytes.indexOf(one));
  }

  #far(view: Uint8Array): Mark | undefined {
    const begin = view.byteOffset;
    const bytes = Buffer.from(view.buffer, begin, view.length);
    const isKnown = this.#viewEnd === begin + view.length;
    this.#viewEnd = begin + view.length;
    return this.#earliest((one, which) => {
      const known = isKnown ? (this.#next[which] ?? NOWHERE) : -1;
      if (known < begin) {
        const found = bytes.indexOf(one);
        this.#next[which] = found < 0 ? NOWHERE : begin + found;
      }
      const next = this.#next[which] ?? NOWHERE;
      return next === NOWHERE ? -1 : next - begin;
    });
  }

  #earliest(indexOf: (mark: Buffer, which: number) => number): Mark | undefined {
    let [best, at] = [-1, NOWHERE];
    for (const [which, mark] of this.#marks.entries()) {
      const found = indexOf(mark, which);
      if (found >= 0 && found < at) [best, at] = [which, found];
    }
    return best < 0 ? undefined : { which: best, end: at + (this.#marks[best]?.length ?? 0) };
  }

  #keep(view: Uint8Array): void {
    const fresh = view.subarray(Math.max(0, view.length - this.#tail.length));
    const old = Math.min(this.#held, this.#tail.length - fresh.length);
    this.#tail.copyWithin(0, this.#held - old, this.#held);
    this.#tail.set(fresh, old);
    this.#held = old + fresh.length;
  }
}
