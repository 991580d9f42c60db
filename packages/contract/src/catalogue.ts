import { z } from 'zod';

const COUNT = z.int().min(0);

/** How full the index of patients and studies is, and how far when it is made anew. */
export const IndexSchema = z.object({
  /** Patients; another spelling of a name counts as another. */
  subjects: COUNT,
  studies: COUNT,
  series: COUNT,
  instances: COUNT,
  /** Objects in custody still to be entered, at most. */
  waiting: COUNT,
  rebuild: z.object({
    isRunning: z.boolean(),
    /** Objects looked at, and those of them that could not be. */
    looked: COUNT,
    failed: COUNT,
  }),
});
export type IndexAnswer = z.output<typeof IndexSchema>;
