import type { Clock } from '@leadglass/kit';
import { isDownState, OUTAGE_TABLE, type OutageInput, type OutageState } from './states.ts';

/**
 * One fact about an upstream. `served`: it did what was asked of it (a query answered, an object stored). `reached`: it took an association.
 * `refused`: it is there and wants no association of ours. `unreached`: no connection, or no answer to the request for one. `failed`: it took
 * what was asked and broke off, or never answered. `declared`, `ended`: a person's word.
 */
export type Evidence = 'served' | 'reached' | 'refused' | 'unreached' | 'failed' | 'declared' | 'ended';

export interface OutageThresholds {
  /** So many failures, the first and the last at least so long apart, with nothing well between them, take it down. */
  readonly downAfterFailures: number;
  readonly downAfterMs: number;
  /** So many signs of life, over at least so long, with no failure between them, bring it back. */
  readonly upAfterSuccesses: number;
  readonly upAfterMs: number;
  /** One that goes down again so soon after it was up has to last twice as long each time, up to the longest. */
  readonly relapseMs: number;
  readonly longestUpAfterMs: number;
  /** What failed once, and not again for so long, is cleared by any sign of life. */
  readonly doubtMs: number;
}

export const DEFAULT_THRESHOLDS: OutageThresholds = {
  downAfterFailures: 3,
  downAfterMs: 5_000,
  upAfterSuccesses: 3,
  upAfterMs: 10_000,
  relapseMs: 3_600_000,
  longestUpAfterMs: 900_000,
  doubtMs: 600_000,
};

export interface OutageChange {
  readonly from: OutageState;
  readonly to: OutageState;
  /** What led to it. */
  readonly evidence: Evidence;
}

interface Run {
  readonly sinceMs: number;
  count: number;
  lastMs: number;
}

/**
 * Whether one upstream is there: counts evidence and follows `OUTAGE_TABLE`. Its time is the monotonic one. It sends nothing and remembers
 * nothing beyond itself; whoever owns it records what has to outlive the process.
 */
export class OutageDetector {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #thresholds: OutageThresholds;
  #state: OutageState;
  /** Failures, or signs of life, one after the other. */
  #ill: Run | undefined;
  #well: Run | undefined;
  /** Whether something that was asked of it failed: being reached alone does not answer that. */
  #isServiceDoubted = false;
  #relapses = 0;
  #upSinceMs: number | undefined;

  /** @param state where it begins: `up`, or what was recorded before a restart. */
  constructor(clock: Pick<Clock, 'monotonicMs'>, thresholds: OutageThresholds, state: OutageState = 'up') {
    this.#clock = clock;
    this.#thresholds = thresholds;
    this.#state = state;
  }

  get state(): OutageState {
    return this.#state;
  }

  /** How long it has to be well before it is believed, as often as it has relapsed by now. */
  get upAfterMs(): number {
    const { upAfterMs, longestUpAfterMs } = this.#thresholds;
    return Math.min(upAfterMs * 2 ** Math.min(this.#relapses, 20), longestUpAfterMs);
  }

  /** Takes a fact in. The change it made, or undefined where the state is what it was. */
  hear(evidence: Evidence): OutageChange | undefined {
    const input = this.#inputOf(evidence);
    if (input === undefined) return undefined;
    const from = this.#state;
    const to = OUTAGE_TABLE[from][input];
    if (from === to) return undefined;
    this.#state = to;
    this.#entered(from, to);
    return { from, to, evidence };
  }

  #inputOf(evidence: Evidence): OutageInput | undefined {
    switch (evidence) {
      case 'declared':
      case 'ended':
        return evidence;
      case 'unreached':
      case 'failed':
        return this.#isIllEnough(evidence) ? 'ill-enough' : 'ill';
      case 'refused':
        // There, and of no use to us: a sign of life in an outage, and nothing else.
        return isDownState(this.#state) ? this.#wellInput('reached') : undefined;
      default:
        return this.#wellInput(evidence);
    }
  }

  #wellInput(evidence: 'served' | 'reached'): OutageInput | undefined {
    if (this.#state === 'down') return 'back';
    if (this.#state === 'declared') return undefined;
    if (this.#state === 'returning') return this.#isWellEnough() ? 'well-enough' : undefined;
    const isOld = this.#ill !== undefined && this.#now() - this.#ill.lastMs >= this.#thresholds.doubtMs;
    if (this.#isServiceDoubted && evidence === 'reached' && !isOld) return undefined;
    this.#ill = undefined;
    this.#isServiceDoubted = false;
    return 'cleared';
  }

  #isIllEnough(evidence: 'unreached' | 'failed'): boolean {
    const { downAfterFailures, downAfterMs } = this.#thresholds;
    this.#well = undefined;
    this.#ill = counted(this.#ill, this.#now());
    this.#isServiceDoubted ||= evidence === 'failed';
    const { count, sinceMs, lastMs } = this.#ill;
    return count >= downAfterFailures && lastMs - sinceMs >= downAfterMs;
  }

  #isWellEnough(): boolean {
    this.#well = counted(this.#well, this.#now());
    const { count, sinceMs, lastMs } = this.#well;
    return count >= this.#thresholds.upAfterSuccesses && lastMs - sinceMs >= this.upAfterMs;
  }

  #entered(from: OutageState, to: OutageState): void {
    this.#ill = to === 'doubtful' ? this.#ill : undefined;
    this.#isServiceDoubted &&= to === 'doubtful';
    this.#well = to === 'returning' && from === 'down' ? counted(undefined, this.#now()) : undefined;
    if (to === 'up' && from === 'returning') this.#upSinceMs = this.#now();
    if (to === 'down') this.#wentDown(from);
  }

  #wentDown(from: OutageState): void {
    const wasUpMs = this.#upSinceMs === undefined ? undefined : this.#now() - this.#upSinceMs;
    const isRelapse = from === 'returning' || (wasUpMs !== undefined && wasUpMs < this.#thresholds.relapseMs);
    this.#relapses = isRelapse ? this.#relapses + 1 : 0;
  }

  #now(): number {
    return this.#clock.monotonicMs();
  }
}

function counted(run: Run | undefined, nowMs: number): Run {
  if (run === undefined) return { sinceMs: nowMs, count: 1, lastMs: nowMs };
  run.count += 1;
  run.lastMs = nowMs;
  return run;
}
