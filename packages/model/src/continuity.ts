/** What is kept ready for the day everything else is down, and how much of it. */
export interface ContinuitySettings {
  /** Days back from now whose arrivals are wanted, 1 to 365. */
  readonly days: number;
  /** Most bytes of the set; the newest study of a patient in the house is in it whatever they come to. */
  readonly budgetBytes: number;
  /** Earlier studies of each patient who is expected or in the house, 0 to 50. */
  readonly priorsPerPatient: number;
  /** Days the site means to hold out on its own; the gauge is measured against them. */
  readonly autonomyDays: number;
}

/** Where a site chose nothing. Six weeks: the longest published return to full radiology took 39 days (University of Vermont, 2020). */
export const DEFAULT_CONTINUITY: ContinuitySettings = {
  days: 14,
  budgetBytes: 500_000_000_000,
  priorsPerPatient: 3,
  autonomyDays: 42,
};
