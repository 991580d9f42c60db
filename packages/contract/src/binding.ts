import type { QueryLimits } from '@leadglass/model';
import { z } from 'zod';
import { AeTitleSchema } from './names.ts';

const COUNT = z.int().min(1).max(100_000);
const TITLES = z.array(AeTitleSchema).min(1).max(100).readonly();

/** How far the requests of a peer reach: QueryLimits of `model`. */
export const QueryLimitsSchema = z.strictObject({
  mostResults: z.exactOptional(COUNT),
  mostDays: z.exactOptional(COUNT),
  perMinute: z.exactOptional(COUNT),
  /** `07:00-19:30`; the gateway reads it strictly. */
  hours: z.exactOptional(z.string().regex(/^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$/)),
  nameWildcards: z.exactOptional(z.enum(['any', 'trailing', 'none'])),
  sweeps: z.exactOptional(z.boolean()),
  modalities: z.exactOptional(
    z
      .array(z.string().regex(/^[A-Z0-9_ ]{1,16}$/))
      .min(1)
      .max(100)
      .readonly(),
  ),
  ownStation: z.exactOptional(z.boolean()),
  moveTo: z.exactOptional(TITLES),
}) satisfies z.ZodType<QueryLimits>;

/** What binds a peer; absent where nothing was chosen. */
export const BINDING = {
  mode: z.exactOptional(z.enum(['observe', 'enforce'])),
  queryLimits: z.exactOptional(QueryLimitsSchema),
};
