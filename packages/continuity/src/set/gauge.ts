import type { ContinuitySettings } from '@leadglass/model';
import type { ContinuitySet } from './select.ts';

export interface GaugeFacts {
  readonly set: ContinuitySet;
  readonly policy: ContinuitySettings;
  readonly nowMs: number;
  /** Room left on the vault's disk for what comes. */
  readonly freeBytes: number;
  /** What came in the measured stretch before now, and how long that was. */
  readonly intakeBytes: number;
  readonly measuredMs: number;
}

/** How long a site holds out on its own, and what it has at hand. */
export interface SetGauge {
  /** Bytes a day, as measured; 0: nothing came. */
  readonly dailyBytes: number;
  /** Days until the disk is full at that rate; undefined while nothing is measured. */
  readonly autonomyDays: number | undefined;
  /** Whether that is what the site means to hold out; undefined while nothing is measured. */
  readonly isEnough: boolean | undefined;
  /** Whole days back from now of which everything is in the set, to a tenth. */
  readonly coveredDays: number;
}

const DAY_MS = 24 * 60 * 60_000;
/** Less than an hour of arrivals says nothing of a day. */
const LEAST_MEASURED_MS = 60 * 60_000;

/** Days of autonomy: free room over what a day brings, as measured and not as declared. */
export function gaugeOf({ set, policy, nowMs, freeBytes, intakeBytes, measuredMs }: GaugeFacts): SetGauge {
  const isMeasured = measuredMs >= LEAST_MEASURED_MS && intakeBytes > 0;
  const dailyBytes = isMeasured ? Math.round((intakeBytes * DAY_MS) / measuredMs) : 0;
  const autonomyDays = isMeasured ? tenths(freeBytes / Math.max(1, dailyBytes)) : undefined;
  const coveredDays = tenths(Math.min(policy.days, Math.max(0, (nowMs - set.coveredSinceMs) / DAY_MS)));
  const isEnough = autonomyDays === undefined ? undefined : autonomyDays >= policy.autonomyDays;
  return { dailyBytes, autonomyDays, isEnough, coveredDays };
}

function tenths(days: number): number {
  return Math.floor(Math.min(days, 100_000) * 10) / 10;
}
