/** A frame kept for the trial decoding. */
export interface KeptFrame {
  readonly frame: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Kept of one object, and of one frame, in bytes. The largest lossless radiographs take some 40 MB. */
const MOST_KEPT_BYTES = 96 * 1024 * 1024;
const MOST_FRAME_BYTES = 64 * 1024 * 1024;

/** Keeps the first frame, the last and three between, of those an object declares: bounded, whatever comes. */
export class FrameSample {
  readonly #kept: KeptFrame[] = [];
  #pieces: Uint8Array[] | undefined;
  #frame = 0;
  #offset = 0;
  #bytes = 0;
  #total = 0;
  /** Whether the first frame was too large to keep: then nothing is known of the object. */
  isTooLarge = false;

  get kept(): readonly KeptFrame[] {
    return this.#kept;
  }

  /** A frame begins. @param frames how many the object declares. */
  begin(frame: number, frames: number, offset: number): void {
    [this.#frame, this.#offset, this.#bytes] = [frame, offset, 0];
    this.#pieces = isSampled(frame, frames) ? [] : undefined;
  }

  bytes(piece: Uint8Array): void {
    if (this.#pieces === undefined) return;
    this.#bytes += piece.length;
    if (this.#bytes > MOST_FRAME_BYTES || this.#total + this.#bytes > MOST_KEPT_BYTES) {
      this.#pieces = undefined;
      if (this.#kept.length === 0) this.isTooLarge = true;
    } else this.#pieces.push(piece.slice());
  }

  end(): void {
    if (this.#pieces === undefined) return;
    this.#total += this.#bytes;
    this.#kept.push({ frame: this.#frame, offset: this.#offset, bytes: Buffer.concat(this.#pieces) });
    this.#pieces = undefined;
  }

  clear(): void {
    this.#kept.length = 0;
    this.#pieces = undefined;
  }
}

function isSampled(frame: number, frames: number): boolean {
  if (frame === 0 || frame === frames - 1) return true;
  return [1, 2, 3].some((quarter) => frame === Math.floor((frames * quarter) / 4));
}
