import type { Readable } from 'node:stream';
import type { DeclaredImage, TrialDecoder, TrialOutcome } from '@leadglass/inspect';

/** What one process may have on its way: so many frames, and so many bytes besides one frame. It keeps to that, or is none of ours. */
export const MOST_FRAMES = 8;
export const MOST_FRAME_BYTES = 64 * 1024 * 1024;

/** A frame announced by a message, whose bytes come through the pipe in the same order. */
export interface AnnouncedFrame {
  readonly job: number;
  readonly bytes: number;
  readonly image: DeclaredImage;
}

interface Coming extends AnnouncedFrame {
  readonly pieces: Buffer[];
  left: number;
}

/** The keeper's side of one process's frames: takes them off the pipe, looks at none of them, has them decoded. */
export class FrameFeed {
  readonly #pipe: Readable;
  readonly #decoder: TrialDecoder;
  readonly #tried: (job: number, outcome: TrialOutcome) => void;
  readonly #coming: Coming[] = [];
  #frames = 0;
  #bytes = 0;

  /** @param tried called once for each frame that came whole. */
  constructor(pipe: Readable, decoder: TrialDecoder, tried: (job: number, outcome: TrialOutcome) => void) {
    this.#pipe = pipe;
    this.#decoder = decoder;
    this.#tried = tried;
    pipe.on('error', () => {});
    pipe.on('readable', () => this.#read());
  }

  /** A frame is announced. @returns false when it is more than a process of ours would send. */
  announce(frame: AnnouncedFrame): boolean {
    const isRoom = this.#bytes === 0 || this.#bytes + frame.bytes <= MOST_FRAME_BYTES;
    if (this.#frames >= MOST_FRAMES || frame.bytes > MOST_FRAME_BYTES || !isRoom) return false;
    this.#frames += 1;
    this.#bytes += frame.bytes;
    this.#coming.push({ ...frame, pieces: [], left: frame.bytes });
    this.#read();
    return true;
  }

  // Nothing is taken before it is announced: until then it waits in the pipe, and so does who wrote it.
  #read(): void {
    for (let frame = this.#coming[0]; frame !== undefined; frame = this.#coming[0]) {
      const most = Math.min(frame.left, this.#pipe.readableLength);
      const piece: Buffer | null = most === 0 ? this.#pipe.read(0) : this.#pipe.read(most);
      if (piece === null) return;
      frame.pieces.push(piece);
      frame.left -= piece.length;
      if (frame.left > 0) continue;
      this.#coming.shift();
      void this.#try(frame);
    }
  }

  async #try({ job, bytes, image, pieces }: Coming): Promise<void> {
    const outcome = await this.#decoder.trial(Buffer.concat(pieces), image);
    this.#frames -= 1;
    this.#bytes -= bytes;
    this.#tried(job, outcome);
  }
}
