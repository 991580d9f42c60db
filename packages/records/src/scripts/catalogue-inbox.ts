import type { Arrival } from '@leadglass/model';
import type { ArrivalCommit } from '../api.ts';
import { boundedName } from '../bounds.ts';
import type { Known } from '../custody-queries.ts';
import type { Queries } from '../queries.ts';
import type { CustodyTable } from '../schema.ts';
import { first, run, type Script } from '../script.ts';

type Named = Pick<
  CustodyTable,
  'sha256' | 'study_instance_uid' | 'series_instance_uid' | 'sop_instance_uid' | 'sop_class_uid'
>;

/** An object that may be seen from now on. */
export function* catalogueArrived(queries: Queries, arrival: Arrival, sealed: Uint8Array | undefined): Script<void> {
  if (sealed !== undefined) yield* put(queries, 'arrived', namesOf(arrival), sealed);
}

/** A held object: its attributes wait for what is decided; what was seen of the same bytes before is seen no more. */
export function* catalogueHeld(
  queries: Queries,
  { arrival, catalogued }: ArrivalCommit,
  known: Known,
  isHeldNow: boolean,
): Script<void> {
  if (!isHeldNow) return;
  if (known.same !== null) yield* put(queries, 'removed', namesOf(arrival), null);
  if (catalogued !== undefined) yield* run(queries.putHeldEntry, { sha256: arrival.sha256, sealed: catalogued });
}

/** A person let it go on: from then on it may be seen. */
export function* catalogueReleased(queries: Queries, sha256: string): Script<void> {
  const held = yield* first(queries.heldEntry, { sha256 });
  const custody = yield* first(queries.custody, { sha256 });
  if (held === undefined || custody === undefined) return;
  yield* run(queries.takeHeldEntry, { sha256 });
  yield* put(queries, 'arrived', custody, held.sealed);
}

/** Its bytes are gone: nothing of it is seen, nor kept sealed. */
export function* catalogueRemoved(queries: Queries, custody: CustodyTable): Script<void> {
  yield* run(queries.takeHeldEntry, { sha256: custody.sha256 });
  yield* put(queries, 'removed', custody, null);
}

/** What a rebuild found: an object may have been reconciled, held, released or destroyed since it was looked at. */
export function* catalogueFound(queries: Queries, sha256: string, sealed: Uint8Array): Script<void> {
  const custody = yield* first(queries.custody, { sha256 });
  if (custody === undefined) return;
  // Its copy stands for it, under the identity that was accepted.
  if ((yield* first(queries.identityObject, { sha256 }))?.state === 'copied') return;
  const hold = yield* first(queries.hold, { sha256 });
  if (hold?.state === 'held') yield* run(queries.putHeldEntry, { sha256, sealed });
  else yield* put(queries, 'arrived', custody, sealed);
}

function put(queries: Queries, kind: 'arrived' | 'removed', names: Named, sealed: Uint8Array | null): Script<number> {
  const { sha256, study_instance_uid, series_instance_uid, sop_instance_uid, sop_class_uid } = names;
  const row = { sha256, kind, study_instance_uid, series_instance_uid, sop_instance_uid, sop_class_uid, sealed };
  return run(queries.putInbox, row);
}

function namesOf(arrival: Arrival): Named {
  return {
    sha256: arrival.sha256,
    study_instance_uid: boundedName(arrival.studyInstanceUid),
    series_instance_uid: boundedName(arrival.seriesInstanceUid),
    sop_instance_uid: boundedName(arrival.sopInstanceUid),
    sop_class_uid: boundedName(arrival.sopClassUid),
  };
}
