import type { Event } from '@leadglass/model';
import type { DueDelivery } from '../api.ts';
import type { Queries } from '../queries.ts';
import { dueOf } from '../rows.ts';
import { all, first, run, type Script } from '../script.ts';
import { appendEvents } from './events.ts';

export function* wantedCommitments(
  queries: Queries,
  destination: string,
  limit: number,
): Script<readonly DueDelivery[]> {
  return (yield* all(queries.wantedCommitments, { destination, limit })).map(dueOf);
}

export function* askedCommitment(
  queries: Queries,
  uid: string,
  destination: string,
  ids: readonly number[],
  atMs: number,
): Script<void> {
  yield* run(queries.insertCommitment, { uid, destination, atMs });
  for (const id of ids) yield* run(queries.markAsked, { id, uid, destination });
}

interface Refused {
  readonly sopInstanceUid: string;
  readonly failureReason: number;
}

/** What a destination says of a transaction we asked for; an answer about objects that were not asked about changes nothing. */
export function* answeredCommitment(
  queries: Queries,
  uid: string,
  committed: readonly string[],
  refused: readonly Refused[],
  events: readonly Event[],
): Script<boolean> {
  if ((yield* first(queries.commitment, { uid })) === undefined) return false;
  const failures = new Map(refused.map((each) => [each.sopInstanceUid, each.failureReason]));
  const kept = new Set(committed);
  for (const { id, sop_instance_uid: sop } of yield* all(queries.askedIn, { uid })) {
    const failure = failures.get(sop);
    // An object named in both lists is not committed.
    if (failure !== undefined) yield* run(queries.answerCommitment, { id, commitment: 'refused', failure });
    else if (kept.has(sop)) yield* run(queries.answerCommitment, { id, commitment: 'committed', failure: null });
  }
  yield* appendEvents(queries, events);
  return true;
}
