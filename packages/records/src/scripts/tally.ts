import type { Queries } from '../queries.ts';
import { run, type Script } from '../script.ts';

/** What a transaction adds to the running counts. */
export interface Tally {
  objects: number;
  bytes: number;
  pending: number;
  delivered: number;
  failed: number;
  events: number;
}

export function newTally(): Tally {
  return { objects: 0, bytes: 0, pending: 0, delivered: 0, failed: 0, events: 0 };
}

/** Adds the tally to the row of counts, unless it is nothing. Last step of a transaction. */
export function* writeTally(queries: Queries, tally: Tally): Script<void> {
  if (Object.values(tally).some((count) => count !== 0)) yield* run(queries.addTallies, tally);
}
