import type { Arrival, ArrivalOutcome, Event, Place } from '@leadglass/model';
import type { ArrivalCommit } from '../api.ts';
import { boundedName, findingsJson, reasonsJson } from '../bounds.ts';
import type { Known } from '../custody-queries.ts';
import type { Queries } from '../queries.ts';
import type { CustodyTable, HoldsTable } from '../schema.ts';
import { first, run, type Script } from '../script.ts';
import { catalogueArrived, catalogueHeld } from './catalogue-inbox.ts';
import { putEvent, putEvents } from './events.ts';
import { learnDevice } from './identity.ts';
import { awaitsAs, waitsForIdentity } from './identity-objects.ts';
import { learn } from './known.ts';
import { newTally, type Tally, writeTally } from './tally.ts';

const NOTHING_KNOWN: Known = { same: null, other: null, hold_state: null };

/** Takes a group of arrivals into custody, in order: each sees what those before it in the group have made. */
export function* commitArrivals(queries: Queries, batch: readonly ArrivalCommit[]): Script<readonly ArrivalOutcome[]> {
  const tally = newTally();
  const outcomes: ArrivalOutcome[] = [];
  for (const entry of batch)
    outcomes.push(yield* entry.isKept ? keep(queries, entry, tally) : turnAway(queries, entry, tally));
  yield* writeTally(queries, tally);
  return outcomes;
}

function* keep(queries: Queries, entry: ArrivalCommit, tally: Tally): Script<ArrivalOutcome> {
  const { arrival } = entry;
  const sop = boundedName(arrival.sopInstanceUid);
  const known = (yield* first(queries.known, { sha256: arrival.sha256, sop })) ?? NOTHING_KNOWN;
  const outcome = outcomeOf(known, sop);
  const event = entry.event(outcome);
  if (known.same === null) {
    yield* run(queries.insertCustody, custodyRow(arrival, sop));
    tally.objects += 1;
    tally.bytes += arrival.plainBytes;
  }
  yield* putArrival(queries, entry, outcome);
  const waits = yield* waitsForIdentity(queries, entry, known.same === null, tally);
  if (isHeldBy(entry)) yield* catalogueHeld(queries, entry, known, yield* holdIt(queries, entry, known));
  else if (!waits && (known.same === null || known.hold_state !== 'held'))
    yield* queueDeliveries(queries, entry, tally);
  if (!isHeldBy(entry) && known.hold_state !== 'held') yield* learn(queries, entry);
  yield* learnDevice(queries, entry, isHeldBy(entry) || known.hold_state === 'held');
  if (!isHeldBy(entry) && known.same === null) yield* catalogueArrived(queries, arrival, entry.catalogued);
  yield* putEvent(queries, event, tally);
  return outcome;
}

/** The disarmed copy of a held object, in one transaction with the end of what was owed; false when nothing was. */
export function* commitCopy(queries: Queries, original: string, copy: ArrivalCommit): Script<boolean> {
  const settled = { sha256: original, copy: 'made', copySha256: copy.arrival.sha256 };
  if ((yield* run(queries.settleCopy, settled)) === 0) return false;
  yield* commitArrivals(queries, [yield* awaitsAs(queries, original, copy)]);
  return true;
}

/** New bytes of an object whose old ones were lost: the same content, so that nothing else of its row changes. */
export function* replaceBytes(
  queries: Queries,
  sha256: string,
  place: Place,
  sealedBytes: number,
  events: readonly Event[],
): Script<boolean> {
  const tally = newTally();
  if ((yield* run(queries.replaceBytes, { sha256, sealedBytes, ...laneOf(place) })) === 0) return false;
  yield* putEvents(queries, events, tally);
  yield* writeTally(queries, tally);
  return true;
}

function laneOf(place: Place): { lane_file: string | null; lane_offset: number | null } {
  return place.kind === 'lane'
    ? { lane_file: place.file, lane_offset: place.offset }
    : { lane_file: null, lane_offset: null };
}

/** A refused arrival: its row and its event, no bytes. The outcome is told to the event alone and means nothing. */
function* turnAway(queries: Queries, entry: ArrivalCommit, tally: Tally): Script<ArrivalOutcome> {
  yield* putArrival(queries, entry, null);
  yield* putEvent(queries, entry.event('stored'), tally);
  return 'stored';
}

// An object without a SOP Instance UID is like no other.
function outcomeOf(known: Known, sop: string): ArrivalOutcome {
  if (known.same !== null) return 'duplicate';
  return known.other !== null && sop !== '' ? 'conflict' : 'stored';
}

// What is disarmed is held too: the copy goes on in its place, the original waits for a person.
function isHeldBy({ arrival }: ArrivalCommit): boolean {
  const { kind } = arrival.disposition;
  return kind === 'hold' || kind === 'disarm';
}

function* queueDeliveries(queries: Queries, { arrival, destinations }: ArrivalCommit, tally: Tally): Script<void> {
  for (const destination of destinations) {
    tally.pending += yield* run(queries.insertDelivery, {
      sha256: arrival.sha256,
      destination,
      nextAtMs: arrival.receivedAtMs,
    });
  }
}

// A person's release stands for the findings it was made on; the same bytes held for something new are held anew.
// Returns whether it is held by this.
function* holdIt(queries: Queries, { arrival, decisions }: ArrivalCommit, known: Known): Script<boolean> {
  const row = holdRow(arrival, decisions);
  if (known.same !== null && known.hold_state === 'held') return false;
  if (known.same !== null && known.hold_state === 'released') {
    const decided = yield* first(queries.hold, { sha256: arrival.sha256 });
    if (decided?.verdict === row.verdict && decided.findings === row.findings) return false;
  }
  // What was asked was asked of another verdict.
  yield* run(queries.deleteRequest, { sha256: arrival.sha256 });
  yield* run(queries.upsertHold, row);
  return true;
}

function* putArrival(
  queries: Queries,
  { arrival, answer }: ArrivalCommit,
  outcome: ArrivalOutcome | null,
): Script<void> {
  yield* run(queries.insertArrival, {
    id: arrival.id,
    sha256: arrival.sha256,
    association_id: arrival.associationId,
    peer: arrival.peer,
    remote_address: arrival.remoteAddress,
    received_at_ms: arrival.receivedAtMs,
    plain_bytes: arrival.plainBytes,
    verdict: arrival.verdict,
    disposition: arrival.disposition.kind,
    outcome,
    answer_status: answer.status,
    answer_comment: answer.comment === undefined ? null : boundedName(answer.comment),
  });
}

function custodyRow(arrival: Arrival, sop: string): CustodyTable {
  return {
    sha256: arrival.sha256,
    ...laneOf(arrival.place),
    plain_bytes: arrival.plainBytes,
    sealed_bytes: arrival.sealedBytes,
    meta_bytes: arrival.metaBytes,
    sop_class_uid: boundedName(arrival.sopClassUid),
    sop_instance_uid: sop,
    transfer_syntax_uid: boundedName(arrival.transferSyntaxUid),
    study_instance_uid: boundedName(arrival.studyInstanceUid),
    series_instance_uid: boundedName(arrival.seriesInstanceUid),
    modality: boundedName(arrival.modality),
    patient: boundedName(arrival.patient),
    verdict: arrival.verdict,
    findings: findingsJson(arrival.findings),
    first_arrival_id: arrival.id,
    first_association_id: arrival.associationId,
    peer: arrival.peer,
    remote_address: arrival.remoteAddress,
    received_at_ms: arrival.receivedAtMs,
  };
}

function holdRow(arrival: Arrival, decisions: ArrivalCommit['decisions']): HoldsTable {
  return {
    sha256: arrival.sha256,
    state: 'held',
    held_at_ms: arrival.receivedAtMs,
    peer: arrival.peer,
    sop_instance_uid: boundedName(arrival.sopInstanceUid),
    sop_class_uid: boundedName(arrival.sopClassUid),
    verdict: arrival.verdict,
    reasons: reasonsJson(arrival.disposition.reasons),
    findings: findingsJson(arrival.findings),
    decided_by: '',
    decided_at_ms: 0,
    decision_reason: '',
    copy: arrival.disposition.kind === 'disarm' ? 'owed' : 'none',
    copy_sha256: '',
    release_rule: decisions?.release ?? null,
    destroy_rule: decisions?.destroy ?? null,
  };
}
