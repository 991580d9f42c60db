/** Bounds of one message in a stream. */
export interface MllpLimits {
  readonly messageBytes: number;
  readonly segmentBytes: number;
  readonly segments: number;
}

/** Room for an encapsulated report, and no more. */
export const DEFAULT_MLLP_LIMITS: MllpLimits = {
  messageBytes: 20 * 1024 * 1024,
  segmentBytes: 10 * 1024 * 1024,
  segments: 100_000,
};
