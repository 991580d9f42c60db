import type { Randomness } from '@leadglass/kit';

/** Bounds of the waits between tries, milliseconds. */
export interface BackoffLimits {
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

/**
 * The wait before another try: doubled each time up to the longest, less a random part of up to a half, so that many objects
 * that failed together do not come back together.
 * @param failures how many tries have failed, at least 1.
 */
export function retryDelayMs(failures: number, limits: BackoffLimits, randomness: Randomness): number {
  const doublings = Math.min(Math.max(failures, 1) - 1, 30);
  const fullMs = Math.min(limits.firstRetryMs * 2 ** doublings, limits.longestRetryMs);
  const [byte = 0] = randomness(new Uint8Array(1));
  return Math.round(fullMs * (1 - byte / 512));
}

/** Whether the `attempts`-th failure is told: the first, then at widening intervals (2nd, 4th, 8th, …). */
export function isRetryTold(attempts: number): boolean {
  return attempts > 0 && (attempts & (attempts - 1)) === 0;
}
