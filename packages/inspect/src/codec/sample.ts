/** A frame kept for the trial decoding. */
export interface KeptFrame {
  readonly frame: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Kept of one object, and of one frame, in bytes. The largest lossless radiographs take some 40 MB. */
const MOST_KEPT_BYTES = 96 * 1024 * 1024;
const MOST_FRAME_BYTES = 64 * 1024 * 1024;

/**
 * Memory for the frames of all objects that are looked at in one process. Each object may have half of what is left to it: the first few
 * large ones never leave nothing for the many small ones behind them.
 */
export class FrameRoom {
  #free: number;

  /** @param mostBytes of all objects together. */
  constructor(mostBytes: number) {
    this.#free = mostBytes;
  }

  /** Takes `bytes` more for an object that holds `held`. @returns whether it may have them. */
  take(bytes: number, held: number): boolean {
    if (held + bytes > (this.#free + held) / 2) return false;
    this.#free -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#free += bytes;
  }
}

/** Keeps the first frame, the last and three between, of those an object declares: bounded, whatever comes. */
export class FrameSample {
  readonly #kept: KeptFrame[] = [];
  #pieces: Uint8Array[] | undefined;
  #frame = 0;
  #offset = 0;
  #bytes = 0;
  #total = 0;
  readonly #room: FrameRoom | undefined;
  /** Whether the first frame was too large to keep: then nothing is known of the object. */
  isTooLarge = false;

  constructor(room?: FrameRoom) {
    this.#room = room;
  }

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
    const held = this.#total + this.#bytes;
    const isRoom = this.#bytes + piece.length <= MOST_FRAME_BYTES && held + piece.length <= MOST_KEPT_BYTES;
    if (isRoom && this.#room?.take(piece.length, held) !== false) {
      this.#bytes += piece.length;
      // Not `slice`: of a Buffer that is a view, and the reader reuses its own.
      this.#pieces.push(new Uint8Array(piece));
      return;
    }
    this.#drop();
    if (this.#kept.length === 0) this.isTooLarge = true;
  }

  end(): void {
    if (this.#pieces === undefined) return;
    this.#total += this.#bytes;
    this.#kept.push({ frame: this.#frame, offset: this.#offset, bytes: Buffer.concat(this.#pieces) });
    this.#pieces = undefined;
  }

  clear(): void {
    this.#drop();
    this.#kept.length = 0;
    this.#room?.give(this.#total);
    this.#total = 0;
  }

  #drop(): void {
    if (this.#pieces !== undefined) this.#room?.give(this.#bytes);
    this.#pieces = undefined;
  }
}

function isSampled(frame: number, frames: number): boolean {
  if (frame === 0 || frame === frames - 1) return true;
  return [1, 2, 3].some((quarter) => frame === Math.floor((frames * quarter) / 4));
}
