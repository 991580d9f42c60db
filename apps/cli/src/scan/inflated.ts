import { createGunzip, createInflateRaw, type Gunzip, type InflateRaw } from 'node:zlib';
import type { Source } from './source.ts';

const PIECE_BYTES = 256 * 1024;

/** Compressed bytes of a source, given as what they unpack to. Ends where the compressed data end, and leaves what follows in the source. */
export class Inflated {
  readonly #source: Source;
  readonly #engine: InflateRaw | Gunzip;
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #feeding: Promise<void>;
  /** Compressed bytes this may take from the source. */
  #rest: number;
  #given = 0;
  #last: Uint8Array = new Uint8Array(0);
  #isCut = false;

  /** @param most compressed bytes, when known. */
  constructor(source: Source, form: 'deflate' | 'gzip', most = Number.POSITIVE_INFINITY) {
    this.#source = source;
    this.#rest = most;
    const options = { chunkSize: PIECE_BYTES };
    this.#engine = form === 'gzip' ? createGunzip(options) : createInflateRaw(options);
    this.#pieces = this.#engine[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.#feeding = this.#feed();
  }

  /** The next bytes, undefined at the end. Throws what zlib says of data it cannot read. */
  async pull(): Promise<Uint8Array | undefined> {
    const { value, done } = await this.#pieces.next();
    return done === true ? undefined : value;
  }

  /** To be called once, when `pull` has given undefined or thrown, or nothing more is wanted. @returns compressed bytes used. */
  async finish(): Promise<number> {
    this.#engine.destroy();
    await this.#feeding;
    const used = Math.min(this.#given, this.#engine.bytesWritten);
    if (!this.#isCut) this.#source.putBack(this.#last, Math.min(this.#given - used, this.#last.length));
    return used;
  }

  // One piece at a time: what is left over at the end lies in the last one alone.
  async #feed(): Promise<void> {
    while (!this.#engine.destroyed && !this.#engine.readableEnded && this.#rest > 0) {
      const piece = await this.#source.next(this.#rest).catch(() => undefined);
      if (piece === undefined) break;
      this.#last = piece;
      this.#rest -= piece.length;
      this.#given += piece.length;
      if (!(await this.#write(piece))) return;
      if (this.#engine.bytesWritten < this.#given) break;
    }
    this.#engine.end();
  }

  /** Whether more is wanted. */
  #write(piece: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => {
      const engine = this.#engine;
      const settle = (isWanted: boolean) => {
        engine.off('end', over).off('error', over).off('close', over);
        resolve(isWanted);
      };
      const over = () => settle(false);
      engine.once('end', over).once('error', over).once('close', over);
      engine.write(piece, (error) => settle(error === null || error === undefined));
    });
  }
}
