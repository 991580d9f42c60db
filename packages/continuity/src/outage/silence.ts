import type { Clock } from '@leadglass/kit';
import { OutageDetector, type OutageThresholds } from './detector.ts';
import { FeedRhythm, type Habit, type KeptRhythm, quarterOf } from './rhythm.ts';
import { isDownState, type OutageState } from './states.ts';

const MINUTE_MS = 60_000;
const QUARTER_MS = 900_000;
/** Quarters in which it sends as a rule, one after the other, without a word. */
const MISSED_QUARTERS = 3;
/** A silence that lasts is none of its habits. */
const LONGEST_LESSON_MS = 24 * 3_600_000;
const BACK_MS = 60_000;
const RELAPSE_MS = 3_600_000;
const LONGEST_BACK_MS = 900_000;

/** What a site chose of a feed. */
export interface SilenceChoice {
  /** Minutes without a word after which it is silent; 0: never told; absent: what it does as a rule decides. */
  readonly silentAfterMinutes?: number;
  /** `HH:MM-HH:MM`, local time: nothing is expected then, whatever it does as a rule. */
  readonly quietHours?: string;
}

/** One feed, watched for whether it speaks. */
export interface SilenceStanding {
  readonly state: OutageState;
  /** When it spoke last; undefined: never, as far as is known. Milliseconds since the epoch. */
  readonly lastMs: number | undefined;
}

export interface WatchedFeed {
  readonly lastMs: number | undefined;
  readonly rhythm?: KeptRhythm | undefined;
  /** Known to be silent from before a restart. */
  readonly isSilent?: boolean;
}

/**
 * Whether one feed has gone quiet that usually sends: follows the table of outages. Nothing is asked of it, so silence is all there is to go by:
 * minutes a site chose, or quarters of an hour in which it sends as a rule. Time in which it is quiet as a rule, or is said to be, counts for nothing.
 */
export class SilenceWatch {
  readonly rhythm: FeedRhythm;
  readonly #clock: Pick<Clock, 'now' | 'monotonicMs'>;
  readonly #detector: OutageDetector;
  readonly #choice: SilenceChoice;
  #lastMs: number | undefined;
  #isHeardInQuarter = false;
  #quarter: number;
  /** Not from its beginning: it teaches nothing. */
  #isWholeQuarter = false;
  #lookedAtMs: number;
  #awaitedMs = 0;

  constructor(clock: Pick<Clock, 'now' | 'monotonicMs'>, choice: SilenceChoice, before: WatchedFeed) {
    this.#clock = clock;
    this.#choice = choice;
    this.#lastMs = before.lastMs;
    this.rhythm = new FeedRhythm(before.rhythm);
    const state = before.isSilent === true ? 'down' : 'up';
    this.#detector = new OutageDetector(clock, thresholdsOf(choice), state);
    this.#lookedAtMs = clock.now();
    this.#quarter = quarterOf(this.#lookedAtMs);
  }

  get standing(): SilenceStanding {
    return { state: this.#detector.state, lastMs: this.#lastMs };
  }

  get isSilent(): boolean {
    return isDownState(this.#detector.state);
  }

  /** It said something. */
  heard(): void {
    this.#lastMs = this.#clock.now();
    this.#isHeardInQuarter = true;
    this.#awaitedMs = 0;
    this.#detector.hear('served');
  }

  /** Looks at the clock: to be called every minute. True when a quarter is over and what was learnt is worth keeping. */
  look(): boolean {
    const now = this.#clock.now();
    // A clock that was set, a machine that slept: nobody watched.
    const passedMs = now - this.#lookedAtMs;
    const isWatched = passedMs >= 0 && passedMs <= 5 * MINUTE_MS;
    this.#lookedAtMs = now;
    if (!isWatched) return this.#again(now);
    const { silentAfterMinutes: most } = this.#choice;
    // What it said since we looked last ends the wait there.
    if (most !== undefined) this.#count(most, Math.min(passedMs, now - (this.#lastMs ?? 0)), now);
    if (this.#detector.state === 'returning') this.#detector.hear('served');
    if (quarterOf(now) === this.#quarter) return false;
    this.#quarterEnded();
    return this.#next(now, true);
  }

  #count(most: number, passedMs: number, now: number): void {
    if (most === 0 || this.habit(now) === 'quiet') return;
    this.#awaitedMs += passedMs;
    if (this.#awaitedMs >= most * MINUTE_MS) this.#detector.hear('failed');
  }

  #quarterEnded(): void {
    const atMs = this.#quarter * QUARTER_MS;
    if (!this.#isWholeQuarter) return;
    const habit = this.habit(atMs);
    const isLong = this.isSilent && this.#clock.now() - (this.#lastMs ?? 0) > LONGEST_LESSON_MS;
    if (!isLong) this.rhythm.passed(atMs, this.#isHeardInQuarter);
    const isMissed = habit === 'usual' && !this.#isHeardInQuarter;
    if (this.#choice.silentAfterMinutes === undefined && isMissed) this.#detector.hear('failed');
  }

  #again(now: number): boolean {
    this.#awaitedMs = 0;
    return this.#next(now, false);
  }

  #next(now: number, isWhole: boolean): boolean {
    this.#quarter = quarterOf(now);
    this.#isWholeQuarter = isWhole;
    this.#isHeardInQuarter = false;
    return isWhole;
  }

  /** What is to be expected of it at `atMs`. */
  habit(atMs: number): Habit {
    return isWithin(this.#choice.quietHours, atMs) ? 'quiet' : this.rhythm.habit(atMs);
  }
}

function thresholdsOf({ silentAfterMinutes }: SilenceChoice): OutageThresholds {
  return {
    downAfterFailures: silentAfterMinutes === undefined ? MISSED_QUARTERS : 1,
    downAfterMs: 0,
    upAfterSuccesses: 2,
    ...{ upAfterMs: BACK_MS, relapseMs: RELAPSE_MS, longestUpAfterMs: LONGEST_BACK_MS },
    doubtMs: Number.POSITIVE_INFINITY,
  };
}

const HOURS = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;

function isWithin(hours: string | undefined, atMs: number): boolean {
  const parts = HOURS.exec(hours ?? '');
  if (parts === null) return false;
  const [from, to] = [Number(parts[1]) * 60 + Number(parts[2]), Number(parts[3]) * 60 + Number(parts[4])];
  const at = new Date(atMs);
  const minute = at.getHours() * 60 + at.getMinutes();
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}
