import type { Arrival } from '@leadglass/model';

/** Upper bounds of the answer-time histogram, seconds. */
export const ANSWER_BOUNDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5] as const;

const MOST_INSPECTORS = 64;

/** Counters since the start, for the metrics port. Only grows; no word of a peer. */
export class Tallies {
  arrivals = 0;
  arrivalBytes = 0;
  held = 0;
  refused = 0;
  associationsAdmitted = 0;
  associationsRejected = 0;
  answersFailed = 0;
  /** Arrivals that an inspector could not finish with, by its name. */
  readonly unfinishedBy = new Map<string, number>();
  answerSeconds = 0;
  readonly answerCounts: number[] = new Array<number>(ANSWER_BOUNDS.length + 1).fill(0);

  arrived(arrival: Arrival): void {
    this.arrivals += 1;
    this.arrivalBytes += arrival.plainBytes;
    if (arrival.disposition.kind === 'hold') this.held += 1;
    if (arrival.disposition.kind === 'refuse') this.refused += 1;
  }

  /** @param inspectors names of ours; an intake that has more than there are tells lies, and they are not kept. */
  unfinished(inspectors: readonly string[]): void {
    for (const name of inspectors)
      if (this.unfinishedBy.has(name) || this.unfinishedBy.size < MOST_INSPECTORS)
        this.unfinishedBy.set(name, (this.unfinishedBy.get(name) ?? 0) + 1);
  }

  asked(isAdmitted: boolean): void {
    if (isAdmitted) this.associationsAdmitted += 1;
    else this.associationsRejected += 1;
  }

  /** @param seconds from the intake's word to the answer: sync, commit and decision. */
  answered(status: number, seconds: number): void {
    if (status !== 0) this.answersFailed += 1;
    this.answerSeconds += seconds;
    const bucket = ANSWER_BOUNDS.findIndex((bound) => seconds <= bound);
    const index = bucket < 0 ? ANSWER_BOUNDS.length : bucket;
    this.answerCounts[index] = (this.answerCounts[index] ?? 0) + 1;
  }
}
