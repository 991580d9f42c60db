import type { DrillSettings, Spread } from '@leadglass/model';

/** What a site aims at, milliseconds. */
export interface DrillAims {
  readonly imageMs: number;
  readonly labMs: number;
}

const SECOND_MS = 1000;

export function aimsOf({ imageSeconds, labSeconds }: Pick<DrillSettings, 'imageSeconds' | 'labSeconds'>): DrillAims {
  return { imageMs: imageSeconds * SECOND_MS, labMs: labSeconds * SECOND_MS };
}

/** How a drill came out. @param imageMs, labMs null: it did not come so far */
export function outcomeOf(
  times: { readonly imageMs: number | null; readonly labMs: number | null },
  aims: DrillAims,
): 'in-time' | 'late' | 'failed' {
  const { imageMs, labMs } = times;
  if (imageMs === null || labMs === null) return 'failed';
  return imageMs <= aims.imageMs && labMs <= aims.labMs ? 'in-time' : 'late';
}

/** The same of a real outage: 95 of a hundred have to be in time. What did not come says nothing. */
export function outcomeOfOutage(images: Spread, results: Spread, aims: DrillAims): 'in-time' | 'late' | 'nothing-came' {
  if (images.count + results.count === 0) return 'nothing-came';
  return images.p95Ms <= aims.imageMs && results.p95Ms <= aims.labMs ? 'in-time' : 'late';
}
