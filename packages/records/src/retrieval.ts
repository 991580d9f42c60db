import type { Sha256 } from '@leadglass/model';
import type { Custody, HoldState } from './api.ts';
import type { Queries } from './queries.ts';
import type { RetrievableRow } from './retrieval-queries.ts';
import { all, type Engine, first } from './script.ts';

/** An object in custody as far as giving it out needs it. */
export interface Retrievable
  extends Pick<
    Custody,
    | 'sha256'
    | 'place'
    | 'plainBytes'
    | 'sealedBytes'
    | 'metaBytes'
    | 'sopClassUid'
    | 'sopInstanceUid'
    | 'transferSyntaxUid'
    | 'studyInstanceUid'
    | 'seriesInstanceUid'
    | 'patient'
    | 'modality'
    | 'peer'
    | 'receivedAtMs'
  > {
  /** What became of a hold of these very bytes; undefined when there was none. */
  readonly hold: HoldState | undefined;
  /** Whether it is the disarmed copy of another object. */
  readonly isCopy: boolean;
}

/** What a retrieval or a commitment finds its objects by: reads alone, at most MOST_RETRIEVED and one each. Throws Fault `records.*`. */
export class Retrieval {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  /** Everything in custody under a SOP Instance UID, oldest first. */
  async ofInstance(sop: string): Promise<readonly Retrievable[]> {
    return (await this.#engine.read(() => all(this.#queries.retrievableOfInstance, { sop }))).map(retrievableOf);
  }

  /** Whether an object of this SOP Instance UID waits to be delivered to `destination`, or was delivered there no earlier than `sinceMs`. */
  async isOwed(sop: string, destination: string, sinceMs: number): Promise<boolean> {
    const query = this.#queries.owedOfInstance;
    return (await this.#engine.read(() => first(query, { sop, destination, sinceMs }))) !== undefined;
  }

  /** Everything of a study, by SOP Instance UID. */
  async ofStudy(study: string): Promise<readonly Retrievable[]> {
    return (await this.#engine.read(() => all(this.#queries.retrievableOfStudy, { study }))).map(retrievableOf);
  }

  /** Studies delivered under a patient's pseudonym. */
  async studiesOfPatient(patient: string): Promise<readonly string[]> {
    const rows = await this.#engine.read(() => all(this.#queries.studiesOfPatient, { patient }));
    return rows.map((row) => row.study_instance_uid);
  }

  /** Pseudonyms a study was delivered under. */
  async patientsOfStudy(study: string): Promise<readonly string[]> {
    return (await this.#engine.read(() => all(this.#queries.patientsOfStudy, { study }))).map((row) => row.patient);
  }
}

function retrievableOf(row: RetrievableRow): Retrievable {
  return {
    sha256: row.sha256 as Sha256,
    place:
      row.lane_file === null ? { kind: 'file' } : { kind: 'lane', file: row.lane_file, offset: row.lane_offset ?? 0 },
    plainBytes: row.plain_bytes,
    sealedBytes: row.sealed_bytes,
    metaBytes: row.meta_bytes,
    sopClassUid: row.sop_class_uid,
    sopInstanceUid: row.sop_instance_uid,
    transferSyntaxUid: row.transfer_syntax_uid,
    studyInstanceUid: row.study_instance_uid,
    seriesInstanceUid: row.series_instance_uid,
    patient: row.patient,
    modality: row.modality,
    peer: row.peer,
    receivedAtMs: row.received_at_ms,
    hold: (row.hold_state ?? undefined) as HoldState | undefined,
    isCopy: row.original !== null,
  };
}
