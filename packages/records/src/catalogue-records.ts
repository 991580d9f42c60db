import type { Sha256 } from '@leadglass/model';
import type {
  CatalogueChange,
  CatalogueCounts,
  CatalogueRecords,
  InboxItem,
  InstanceRow,
  SeriesRow,
  StudyMark,
  StudyRow,
  StudySource,
  SubjectRow,
} from './catalogue-api.ts';
import type { InboxTable, InstancesTable, SeriesTable, StudiesTable } from './catalogue-schema.ts';
import type { Queries } from './queries.ts';
import { all, type Engine, first, type Script } from './script.ts';
import { changeCatalogue, emptyCatalogue, fillInbox } from './scripts/catalogue.ts';
import { catalogueFound } from './scripts/catalogue-inbox.ts';

/** Above every number an engine counts. */
const LAST = Number.MAX_SAFE_INTEGER;

/** The catalogue's tables over any engine that runs scripts. */
export class ScriptedCatalogue implements CatalogueRecords {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  async inbox(limit: number): Promise<readonly InboxItem[]> {
    return (await this.#engine.read(() => all(this.#queries.inbox, { limit }))).map(itemOf);
  }

  fillInbox(items: readonly Omit<InboxItem, 'seq'>[]): Promise<void> {
    return this.#engine.write(() => fillInbox(this.#queries, items));
  }

  change(changes: readonly CatalogueChange[], seqs: readonly number[]): Promise<void> {
    return this.#engine.write(() => changeCatalogue(this.#queries, changes, seqs));
  }

  empty(isHeldToo: boolean): Promise<void> {
    return this.#engine.write(() => emptyCatalogue(this.#queries, isHeldToo));
  }

  found(sha256: Sha256, sealed: Uint8Array): Promise<void> {
    return this.#engine.write(() => catalogueFound(this.#queries, sha256, sealed));
  }

  async studies(source: StudySource, after: StudyMark | undefined, limit: number): Promise<readonly StudyRow[]> {
    // One study has one page.
    if (source.by === 'uid' && after !== undefined) return [];
    return (await this.#engine.read(() => studiesFrom(this.#queries, source, after, limit))).map(studyOf);
  }

  subjects(
    source: { readonly token: number } | { readonly newest: true },
    after: number | undefined,
    limit: number,
  ): Promise<readonly SubjectRow[]> {
    const { subjectsByToken, subjectsNewest } = this.#queries;
    return this.#engine.read(() =>
      'token' in source
        ? all(subjectsByToken, { token: source.token, markNo: after ?? 0, limit })
        : all(subjectsNewest, { markNo: after ?? LAST, limit }),
    );
  }

  async totalsOf(subjectNo: number): Promise<{ studies: number; series: number; instances: number }> {
    const row = await this.#engine.read(() => first(this.#queries.totalsOfPatient, { subjectNo }));
    return {
      studies: Number(row?.studies ?? 0),
      series: Number(row?.series ?? 0),
      instances: Number(row?.instances ?? 0),
    };
  }

  async seriesOf(studyNo: number, after: string, limit: number): Promise<readonly SeriesRow[]> {
    const asked = { studyNo, after, limit };
    return (await this.#engine.read(() => all(this.#queries.seriesOfStudy, asked))).map(seriesOf);
  }

  async series(studyUid: string, uid: string): Promise<SeriesRow | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.seriesByUids, { studyUid, uid }));
    return row === undefined ? undefined : seriesOf(row);
  }

  async studiesOfSeries(uid: string): Promise<readonly string[]> {
    const rows = await this.#engine.read(() => all(this.#queries.studiesOfSeries, { uid }));
    return rows.map((row) => row.study_instance_uid);
  }

  async studiesOfInstance(sop: string): Promise<readonly string[]> {
    const rows = await this.#engine.read(() => all(this.#queries.studiesOfInstance, { sop }));
    return [...new Set(rows.map((row) => row.study_instance_uid))];
  }

  async instancesOf(seriesNo: number, after: string, limit: number): Promise<readonly InstanceRow[]> {
    const asked = { seriesNo, after, limit };
    return (await this.#engine.read(() => all(this.#queries.instancesOfSeries, asked))).map(instanceOf);
  }

  async instance(seriesNo: number, sop: string): Promise<InstanceRow | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.instanceRow, { seriesNo, sop }));
    return row === undefined ? undefined : instanceOf(row);
  }

  counts(): Promise<CatalogueCounts> {
    const { catalogueTallies, inboxEnds } = this.#queries;
    return this.#engine.read(function* () {
      const tallies = yield* first(catalogueTallies, {});
      const ends = yield* first(inboxEnds, {});
      const { subjects = 0, studies = 0, series = 0, instances = 0 } = tallies ?? {};
      const isEmpty = ends === undefined || ends.first === null || ends.last === null;
      return {
        subjects,
        studies,
        series,
        instances,
        waiting: isEmpty ? 0 : Number(ends.last) - Number(ends.first) + 1,
      };
    });
  }
}

function studiesFrom(
  queries: Queries,
  source: StudySource,
  after: StudyMark | undefined,
  limit: number,
): Script<readonly StudiesTable[]> {
  switch (source.by) {
    case 'uid':
      return all(queries.studyByUid, { uid: source.uid });
    case 'token':
      return all(queries.studiesByToken, { token: source.token, markNo: after?.no ?? 0, limit });
    case 'subject-token': {
      const mark = { markSubject: after?.subjectNo ?? 0, markNo: after?.no ?? 0 };
      return all(queries.studiesBySubjectToken, { token: source.token, ...mark, limit });
    }
    default: {
      const { from } = source;
      // The rest lies on the last one's date or before: what was read is not read again.
      const to = after?.studyDate ?? source.to;
      const page = { from, to, limit, markDate: to, markNo: after?.no ?? LAST };
      return source.by === 'date'
        ? all(queries.studiesByDate, page)
        : all(queries.studiesByModality, { ...page, modality: source.modality });
    }
  }
}

function itemOf(row: InboxTable): InboxItem {
  return {
    seq: row.seq,
    sha256: row.sha256,
    kind: row.kind === 'removed' ? 'removed' : 'arrived',
    studyInstanceUid: row.study_instance_uid,
    seriesInstanceUid: row.series_instance_uid,
    sopInstanceUid: row.sop_instance_uid,
    sopClassUid: row.sop_class_uid,
    sealed: row.sealed ?? undefined,
  };
}

function studyOf(row: StudiesTable): StudyRow {
  return {
    no: row.no,
    studyInstanceUid: row.study_instance_uid,
    studyDate: row.study_date,
    series: row.series,
    instances: row.instances,
    modalities: row.modalities,
    sopClasses: row.sop_classes,
    sealed: row.sealed,
    subjectNo: row.subject_no,
  };
}

function seriesOf(row: SeriesTable): SeriesRow {
  return {
    no: row.no,
    studyNo: row.study_no,
    seriesInstanceUid: row.series_instance_uid,
    modality: row.modality,
    sopClasses: row.sop_classes.split(' ').filter((uid) => uid !== ''),
    instances: row.instances,
    sealed: row.sealed,
  };
}

function instanceOf(row: InstancesTable): InstanceRow {
  return {
    sopInstanceUid: row.sop_instance_uid,
    sopClassUid: row.sop_class_uid,
    sha256: row.sha256,
    sealed: row.sealed,
  };
}
