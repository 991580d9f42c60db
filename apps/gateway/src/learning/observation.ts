import { NOTHING_OBSERVED, type Observation } from '@leadglass/model';
import type { Records } from '@leadglass/records';
import { z } from 'zod';

/** Where it stands among the settings: an order of a few weeks, and no part of the configuration file. */
export const OBSERVATION_SETTING = 'observation';

const observation = z.object({
  ranges: z.array(z.object({ from: z.string(), sinceMs: z.number(), untilMs: z.number() })),
  siteUntilMs: z.exactOptional(z.number()),
}) satisfies z.ZodType<Observation>;

/** What is under observation, ended or not. What cannot be read observes nothing: everything is enforced. */
export async function observationOf(records: Pick<Records, 'setting'>): Promise<Observation> {
  const stored = await records.setting(OBSERVATION_SETTING);
  if (stored === undefined) return NOTHING_OBSERVED;
  try {
    return observation.parse(JSON.parse(stored));
  } catch {
    return NOTHING_OBSERVED;
  }
}
