import type { ArrivalCommit, KnownAsk, KnownObject } from '../api.ts';
import { boundedName } from '../bounds.ts';
import { MOST_PATIENTS_OF_A_STUDY, MOST_PIXELS_OF_AN_INSTANCE } from '../known-queries.ts';
import type { Queries } from '../queries.ts';
import { all, first, run, type Script } from '../script.ts';
import { settleHeldDevice } from './identity.ts';

/** What is known of an object that has just come, before it is decided about. */
export function* knownOf(queries: Queries, asked: KnownAsk): Script<KnownObject> {
  const sop = boundedName(asked.sopInstanceUid);
  const study = boundedName(asked.studyInstanceUid);
  const transferSyntax = boundedName(asked.transferSyntaxUid);
  const row = yield* first(queries.known, { sha256: asked.sha256, sop });
  const patients = study === '' ? [] : yield* all(queries.patientsOfStudy, { study });
  const pixels = asked.hasPixelDigest ? yield* all(queries.pixelsOfInstance, { sop, transferSyntax }) : [];
  const state = row?.hold_state;
  return {
    // The same bytes again have no other content than they had.
    hasOtherContent: row?.same === null && row.other !== null && sop !== '',
    earlierHold: state === 'held' || state === 'released' || state === 'destroyed' ? state : undefined,
    studyPatients: patients.map(({ patient }) => patient),
    instancePixels: pixels.map(({ pixel_sha256 }) => pixel_sha256),
  };
}

/** Remembers what a delivered object taught. Bounded by study and instance: a peer cannot make one of them grow without end. */
export function* learn(queries: Queries, { arrival, learns }: ArrivalCommit): Script<void> {
  if (learns === undefined) return;
  const { patients, pixelSha256, creators } = learns;
  for (const patient of patients) yield* learnPatient(queries, arrival.studyInstanceUid, patient);
  if (pixelSha256 !== '') yield* learnPixels(queries, arrival, pixelSha256);
  for (const creator_digest of creators) {
    yield* run(queries.learnCreator, { peer: arrival.peer, creator_digest, first_seen_ms: arrival.receivedAtMs });
  }
}

/** A person let this object go on: from then on its patient is one of its study's. */
export function* learnReleased(queries: Queries, sha256: string): Script<void> {
  yield* settleHeldDevice(queries, sha256, true);
  const custody = yield* first(queries.custody, { sha256 });
  if (custody !== undefined) yield* learnPatient(queries, custody.study_instance_uid, custody.patient);
}

function* learnPatient(queries: Queries, studyInstanceUid: string, patient: string): Script<void> {
  const study = boundedName(studyInstanceUid);
  if (study === '' || patient === '') return;
  const known = yield* all(queries.patientsOfStudy, { study });
  if (known.length < MOST_PATIENTS_OF_A_STUDY)
    yield* run(queries.learnPatient, { study_instance_uid: study, patient: boundedName(patient) });
}

function* learnPixels(queries: Queries, arrival: ArrivalCommit['arrival'], pixel_sha256: string): Script<void> {
  const sop = boundedName(arrival.sopInstanceUid);
  const transferSyntax = boundedName(arrival.transferSyntaxUid);
  if (sop === '') return;
  const known = yield* all(queries.pixelsOfInstance, { sop, transferSyntax });
  if (known.length >= MOST_PIXELS_OF_AN_INSTANCE) return;
  yield* run(queries.learnPixels, { sop_instance_uid: sop, transfer_syntax_uid: transferSyntax, pixel_sha256 });
}
