import type { Writable } from 'node:stream';
import type { DeclaredImage, TrialDecoder, TrialOutcome } from '@leadglass/inspect';
import type { Clock } from '@leadglass/kit';
import { type AnnouncedFrame, MOST_FRAME_BYTES, MOST_FRAMES } from './frame-feed.ts';

/** For all frames of one object together, from the first: a sender waits, and what is not known by then is unfinished. */
const OBJECT_MS = 30_000;

interface Job extends AnnouncedFrame {
  readonly frame: Uint8Array;
  readonly settle: (outcome: TrialOutcome) => void;
}

/** A sandboxed process's side of the trial decoding: announces frames to the keeper, and writes them into the pipe behind. */
export class PipedTrials {
  readonly #announce: (frame: AnnouncedFrame) => void;
  readonly #pipe: () => Writable;
  readonly #clock: Clock;
  readonly #sent = new Map<number, Job>();
  readonly #waiting: Job[] = [];
  #sentBytes = 0;
  #nextJob = 1;

  /** @param pipe opened when there is a first frame. */
  constructor(announce: (frame: AnnouncedFrame) => void, pipe: () => Writable, clock: Clock) {
    this.#announce = announce;
    this.#pipe = pipe;
    this.#clock = clock;
  }

  /** Decodes the frames of one object, all of them within OBJECT_MS: after that it is `unavailable`. */
  forObject(): TrialDecoder {
    let endMs = Number.POSITIVE_INFINITY;
    return {
      trial: async (frame, image) => {
        const nowMs = this.#clock.monotonicMs();
        endMs = Math.min(endMs, nowMs + OBJECT_MS);
        if (nowMs >= endMs) return 'unavailable';
        const { job, outcome } = this.#trial(frame, image);
        const timer = this.#clock.after(endMs - nowMs, () => this.#giveUp(job));
        const said = await outcome;
        timer.cancel();
        return said;
      },
    };
  }

  /** The keeper tells what came of a frame. */
  tried(number: number, outcome: TrialOutcome): void {
    const job = this.#sent.get(number);
    if (job === undefined) return;
    this.#sent.delete(number);
    this.#sentBytes -= job.bytes;
    job.settle(outcome);
    this.#send();
  }

  #trial(frame: Uint8Array, image: DeclaredImage): { job: Job; outcome: Promise<TrialOutcome> } {
    const { promise: outcome, resolve: settle } = Promise.withResolvers<TrialOutcome>();
    const job = { job: this.#nextJob++, bytes: frame.length, image, frame, settle };
    if (frame.length === 0 || frame.length > MOST_FRAME_BYTES) settle('too-large');
    else this.#waiting.push(job);
    this.#send();
    return { job, outcome };
  }

  // One that was sent is still the keeper's to answer, and counts until then.
  #giveUp(job: Job): void {
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
    job.settle('unavailable');
  }

  #send(): void {
    for (let job = this.#waiting[0]; job !== undefined; job = this.#waiting[0]) {
      const isRoom = this.#sentBytes === 0 || this.#sentBytes + job.bytes <= MOST_FRAME_BYTES;
      if (this.#sent.size >= MOST_FRAMES || !isRoom) return;
      this.#waiting.shift();
      this.#sent.set(job.job, job);
      this.#sentBytes += job.bytes;
      const { frame, job: number, bytes, image } = job;
      this.#announce({ job: number, bytes, image });
      this.#pipe().write(frame);
    }
  }
}
