import type { OutageState } from './states.ts';

/** An upstream that nobody spoke with for so long is asked whether it is there. */
const IDLE_MS = 60_000;
const RETURNING_MS = 3_000;

/** First and longest wait between two probes: doubled each time. */
const GROWING: Readonly<Partial<Record<OutageState, { readonly firstMs: number; readonly longestMs: number }>>> = {
  doubtful: { firstMs: 1_000, longestMs: 30_000 },
  down: { firstMs: 2_000, longestMs: 60_000 },
};

/**
 * How long to wait before asking an upstream whether it is there (C-ECHO), milliseconds. One that a person declared down is left alone: undefined.
 * @param probes sent since it is in this state.
 */
export function probeWaitMs(state: OutageState, probes: number): number | undefined {
  if (state === 'declared') return undefined;
  if (state === 'up') return IDLE_MS;
  const growing = GROWING[state];
  if (growing === undefined) return RETURNING_MS;
  return Math.min(growing.firstMs * 2 ** Math.min(probes, 30), growing.longestMs);
}
