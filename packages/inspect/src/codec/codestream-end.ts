const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const SOC = 0x4f;
const SOT = 0x90;
/** SOT without its marker: length, tile index, tile part's length, part, parts (ISO 15444-1 §A.4.2). */
const SOT_BYTES = 10;

type State = 'start' | 'marker' | 'length' | 'skip' | 'scan' | 'tile' | 'ended' | 'lost';

/**
 * Finds where a JPEG, JPEG-LS or JPEG 2000 codestream ends (ISO 10918-1 §B.1.1.5, ISO 14495-1 §C.1, ISO 15444-1 §A.4.4), in any split:
 * segments and tile parts are passed over by their lengths, coded data by their stuffing. Keeps a few bytes, decodes nothing.
 */
export class CodestreamEnd {
  #state: State = 'start';
  #isJpeg2000 = false;
  #marker = 0;
  #skip = 0;
  #hasPrefix = false;
  readonly #held = new Uint8Array(SOT_BYTES);
  #count = 0;

  get isOver(): boolean {
    return this.#state === 'ended';
  }

  /** The next bytes. @returns the index just behind the codestream's end, or -1 when it does not lie in them. */
  push(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === 'lost' || this.#state === 'ended') return -1;
      at = this.#step(bytes, at);
      if (this.isOver) return at;
    }
    return -1;
  }

  #step(bytes: Uint8Array, at: number): number {
    if (this.#state === 'skip') return this.#pass(bytes, at);
    if (this.#state === 'scan') return this.#scan(bytes, at);
    if (this.#state === 'marker') return this.#prefix(bytes, at);
    this.#held[this.#count] = bytes[at] ?? 0;
    this.#count += 1;
    if (this.#state === 'start' && this.#count === 2) this.#start();
    else if (this.#state === 'length' && this.#count === 2) this.#length();
    else if (this.#state === 'tile' && this.#count === SOT_BYTES) this.#tile();
    return at + 1;
  }

  #to(state: State): void {
    this.#state = state;
    this.#count = 0;
    this.#hasPrefix = false;
  }

  #start(): void {
    const [first, second] = this.#held;
    this.#isJpeg2000 = second === SOC;
    this.#to(first === 0xff && (second === SOI || second === SOC) ? 'marker' : 'lost');
  }

  #pass(bytes: Uint8Array, at: number): number {
    const passed = Math.min(this.#skip, bytes.length - at);
    this.#skip -= passed;
    if (this.#skip === 0) this.#to(this.#marker === SOS ? 'scan' : 'marker');
    return at + passed;
  }

  /** Looks for a marker; bytes that are none are passed over, as decoders do. */
  #prefix(bytes: Uint8Array, at: number): number {
    const byte = bytes[at] ?? 0;
    if (byte === 0xff) this.#hasPrefix = true;
    else if (this.#hasPrefix) this.#found(byte);
    return at + 1;
  }

  #found(marker: number): void {
    this.#marker = marker;
    if (marker === EOI) this.#to('ended');
    else if (this.#isJpeg2000 && marker === SOT) this.#to('tile');
    else if (marker < 0x02 || (marker >= 0xd0 && marker <= SOI)) this.#to('marker');
    else this.#to('length');
  }

  #length(): void {
    const length = ((this.#held[0] ?? 0) << 8) | (this.#held[1] ?? 0);
    this.#skip = Math.max(0, length - 2);
    this.#to(this.#skip > 0 ? 'skip' : 'marker');
  }

  /** A tile part of length 0 is the last and goes to the end (§A.4.2): its coded data hold no byte pair above FF8F. */
  #tile(): void {
    const [, , , , a = 0, b = 0, c = 0, d = 0] = this.#held;
    const length = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    this.#skip = Math.max(0, length - SOT_BYTES - 2);
    if (length === 0) this.#to('scan');
    else this.#to(this.#skip > 0 ? 'skip' : 'marker');
  }

  /** Coded data: an FF is followed by stuffing, a restart, or the marker that ends them. */
  #scan(bytes: Uint8Array, begin: number): number {
    let at = begin;
    while (at < bytes.length) {
      if (!this.#hasPrefix) {
        const found = bytes.indexOf(0xff, at);
        if (found < 0) return bytes.length;
        this.#hasPrefix = true;
        at = found + 1;
        continue;
      }
      const byte = bytes[at] ?? 0;
      at += 1;
      if (byte === 0xff) continue;
      this.#hasPrefix = false;
      if (!this.#isCoded(byte)) {
        this.#found(byte);
        return at;
      }
    }
    return at;
  }

  #isCoded(byte: number): boolean {
    if (this.#isJpeg2000) return byte !== EOI;
    return byte < 0x80 || (byte >= 0xd0 && byte < SOI);
  }
}
