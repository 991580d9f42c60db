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
  /** Drills of the bad day; absent: none by itself, and the default aims. */
  readonly drill?: DrillSettings;
}

/** When a drill runs by itself: every day, or one day of the week. */
export const DRILL_DAYS = [
  ...(['never', 'daily', 'monday', 'tuesday', 'wednesday'] as const),
  ...(['thursday', 'friday', 'saturday', 'sunday'] as const),
] as const;
export type DrillDay = (typeof DRILL_DAYS)[number];

/** Drills of the bad day: when, what the site aims at, and who is told. */
export interface DrillSettings {
  readonly on: DrillDay;
  /** Time of day where this machine is, `HH:MM`. */
  readonly at: string;
  /** Seconds from the first byte of an image to its picture on the emergency page, and from a result being sent to its standing in the chart. */
  readonly imageSeconds: number;
  readonly labSeconds: number;
  /** Whom to call when one fails, as people say it; '' for nobody in particular. */
  readonly tell: string;
}

/**
 * Where a site chose nothing: no drill by itself (it writes to a laboratory's and a scanner's doors, which a site has to know of), and two minutes each: in a
 * trauma room images and the first results are looked at within minutes, and a drill that only has to be faster than a telephone proves nothing.
 */
export const DEFAULT_DRILL: DrillSettings = { on: 'never', at: '04:30', imageSeconds: 120, labSeconds: 120, tell: '' };

/** Where a site chose nothing. Six weeks: the longest published return to full radiology took 39 days (University of Vermont, 2020). */
export const DEFAULT_CONTINUITY: ContinuitySettings = {
  days: 14,
  budgetBytes: 500_000_000_000,
  priorsPerPatient: 3,
  autonomyDays: 42,
};
