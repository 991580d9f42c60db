import type { CatalogueChange, CatalogueEntry, CatalogueRemoval, InboxItem, SubjectEntry } from '../catalogue-api.ts';
import type { Queries } from '../queries.ts';
import { all, first, run, type Script } from '../script.ts';

const MOST_CLASSES_OF_A_SERIES = 8;
/** Modalities and SOP classes a study tells of; no study has so many, only somebody who makes them up. */
const MOST_KINDS_OF_A_STUDY = 256;

interface Counted {
  subjects: number;
  studies: number;
  series: number;
  instances: number;
}

/** Makes changes in order and takes what they came from out of the inbox. */
export function* changeCatalogue(
  queries: Queries,
  changes: readonly CatalogueChange[],
  seqs: readonly number[],
): Script<void> {
  const counted: Counted = { subjects: 0, studies: 0, series: 0, instances: 0 };
  let open: OpenSeries | undefined;
  for (const change of changes) {
    if (change.kind === 'enter' && open !== undefined && isOfThat(open, change.entry)) {
      yield* putInstance(queries, open, change.entry.instance, counted);
      continue;
    }
    if (open !== undefined) yield* close(queries, open);
    open = undefined;
    if (change.kind === 'remove') yield* remove(queries, change.removal, counted);
    else open = yield* enter(queries, change, counted);
  }
  if (open !== undefined) yield* close(queries, open);
  for (const seq of seqs) yield* run(queries.takeInbox, { seq });
  yield* run(queries.tallyCatalogue, counted);
}

export function* fillInbox(queries: Queries, items: readonly Omit<InboxItem, 'seq'>[]): Script<void> {
  for (const item of items)
    yield* run(queries.putInbox, {
      sha256: item.sha256,
      kind: item.kind,
      study_instance_uid: item.studyInstanceUid,
      series_instance_uid: item.seriesInstanceUid,
      sop_instance_uid: item.sopInstanceUid,
      sop_class_uid: item.sopClassUid,
      sealed: item.sealed ?? null,
    });
}

export function* emptyCatalogue(queries: Queries, isHeldToo: boolean): Script<void> {
  const { emptyInbox, emptyTokens, emptySubjects, emptyStudies, emptySeries, emptyModalities, emptyInstances } =
    queries;
  for (const query of [
    emptyInbox,
    emptyTokens,
    emptySubjects,
    emptyStudies,
    emptySeries,
    emptyModalities,
    emptyInstances,
  ])
    yield* run(query, {});
  if (isHeldToo) yield* run(queries.emptyHeldEntries, {});
  yield* run(queries.zeroCatalogue, {});
}

/** A series whose instances are being entered, one after the other: what they change of it and of its study is written once, when it is closed. */
interface OpenSeries {
  readonly no: number;
  readonly entry: CatalogueEntry;
  readonly study: OpenStudy;
  sopClasses: string;
  instances: number;
  isChanged: boolean;
}

// The catalogue gives the same values again as long as nothing of them changes.
function isOfThat({ entry }: OpenSeries, { subject, study, series }: CatalogueEntry): boolean {
  return entry.subject === subject && entry.study === study && entry.series === series;
}

function* enter(
  queries: Queries,
  { entry, staleSubjectTokens, staleStudyTokens }: CatalogueChange & { kind: 'enter' },
  counted: Counted,
): Script<OpenSeries> {
  const subjectNo = yield* subjectOf(queries, entry.subject, counted);
  const study = yield* studyOf(queries, entry, subjectNo, counted);
  for (const token of staleStudyTokens) yield* run(queries.deleteToken, { token, target: study.no });
  for (const token of entry.study.tokens) yield* run(queries.putToken, { token, target: study.no });
  if (study.formerSubjectNo !== subjectNo)
    yield* dropSubject(queries, study.formerSubjectNo, staleSubjectTokens, counted);
  const open = yield* seriesOf(queries, entry, study, counted);
  yield* putInstance(queries, open, entry.instance, counted);
  return open;
}

function* close(queries: Queries, open: OpenSeries): Script<void> {
  const { entry, study, no, sopClasses: sop_classes, instances } = open;
  const { modality, sealed } = entry.series;
  yield* run(queries.updateSeries, { no, modality, sop_classes, instances, sealed });
  const kinds = kindsWith(study, [{ modality, sop_classes }]);
  if (open.isChanged || kinds.modalities !== study.modalities || kinds.sop_classes !== study.sop_classes)
    yield* run(queries.countStudy, { no: study.no, series: study.series, instances: study.instances, ...kinds });
}

function* subjectOf(queries: Queries, subject: SubjectEntry, counted: Counted): Script<number> {
  const { variant, identity, sealed, tokens } = subject;
  const known = yield* first(queries.subjectByVariant, { variant });
  if (known !== undefined) return known.no;
  yield* run(queries.insertSubject, { variant, identity, sealed });
  counted.subjects += 1;
  const no = (yield* first(queries.subjectByVariant, { variant }))?.no ?? 0;
  for (const token of tokens) yield* run(queries.putToken, { token, target: no });
  return no;
}

/** A study as it is while an instance enters it: changed as the change goes on. */
interface OpenStudy {
  readonly no: number;
  series: number;
  instances: number;
  readonly modalities: string;
  readonly sop_classes: string;
  readonly formerSubjectNo: number;
}

const NO_KINDS = { modalities: '', sop_classes: '' };

function* studyOf(queries: Queries, { study }: CatalogueEntry, subjectNo: number, counted: Counted): Script<OpenStudy> {
  const uid = study.studyInstanceUid;
  const { studyDate, sealed } = study;
  const known = yield* first(queries.studyRow, { uid });
  if (known === undefined) {
    const row = {
      study_instance_uid: uid,
      subject_no: subjectNo,
      study_date: studyDate,
      series: 0,
      instances: 0,
      ...NO_KINDS,
      sealed,
    };
    yield* run(queries.insertStudy, row);
    counted.studies += 1;
    const no = (yield* first(queries.studyRow, { uid }))?.no ?? 0;
    return { no, series: 0, instances: 0, ...NO_KINDS, formerSubjectNo: subjectNo };
  }
  const { no, series, instances, modalities, sop_classes, subject_no: formerSubjectNo } = known;
  yield* run(queries.updateStudy, { no, subject_no: subjectNo, study_date: studyDate, sealed });
  if (known.study_date !== studyDate) yield* redate(queries, no, known.study_date, studyDate);
  return { no, series, instances, modalities, sop_classes, formerSubjectNo };
}

function* redate(queries: Queries, studyNo: number, from: number, to: number): Script<void> {
  for (const { modality } of yield* all(queries.kindsOfStudy, { studyNo })) {
    yield* run(queries.deleteModality, { modality, studyDate: from, studyNo });
    yield* run(queries.putModality, { modality, studyDate: to, studyNo });
  }
}

function* seriesOf(queries: Queries, entry: CatalogueEntry, study: OpenStudy, counted: Counted): Script<OpenSeries> {
  const { seriesInstanceUid: uid, modality, sealed } = entry.series;
  const where = { studyNo: study.no, uid };
  let row = yield* first(queries.seriesRow, where);
  const isNew = row === undefined;
  if (isNew) {
    const fresh = { study_no: study.no, series_instance_uid: uid, modality, sop_classes: '', instances: 0, sealed };
    yield* run(queries.insertSeries, fresh);
    counted.series += 1;
    study.series += 1;
    row = yield* first(queries.seriesRow, where);
  }
  yield* run(queries.putModality, { modality, studyDate: entry.study.studyDate, studyNo: study.no });
  const { no = 0, sop_classes: sopClasses = '', instances = 0 } = row ?? {};
  return { no, entry, study, sopClasses, instances, isChanged: isNew };
}

function* putInstance(
  queries: Queries,
  open: OpenSeries,
  { sopInstanceUid: sop, sopClassUid: sop_class_uid, sha256, sealed }: CatalogueEntry['instance'],
  counted: Counted,
): Script<void> {
  const isNew = (yield* first(queries.instanceRow, { seriesNo: open.no, sop })) === undefined;
  yield* run(queries.putInstance, {
    series_no: open.no,
    sop_instance_uid: sop,
    sha256,
    sop_class_uid,
    sealed,
  });
  open.sopClasses = withClass(open.sopClasses, sop_class_uid);
  if (!isNew) return;
  open.isChanged = true;
  open.instances += 1;
  open.study.instances += 1;
  counted.instances += 1;
}

function withClass(classes: string, uid: string): string {
  const known = classes.split(' ').filter((one) => one !== '');
  return known.includes(uid) || known.length >= MOST_CLASSES_OF_A_SERIES ? classes : [...known, uid].join(' ');
}

interface SeriesKinds {
  readonly modality: string;
  readonly sop_classes: string;
}

// In order, so that a study tells the same whatever came first.
function kindsWith(standing: Pick<OpenStudy, 'modalities' | 'sop_classes'>, series: readonly SeriesKinds[]) {
  const together = (known: string, more: readonly string[]): string => {
    const kinds = new Set([...known.split('\\'), ...more].filter((kind) => kind !== ''));
    return [...kinds].slice(0, MOST_KINDS_OF_A_STUDY).toSorted().join('\\');
  };
  return {
    modalities: together(
      standing.modalities,
      series.flatMap(({ modality }) => modality.split('\\')),
    ),
    sop_classes: together(
      standing.sop_classes,
      series.flatMap(({ sop_classes }) => sop_classes.split(' ')),
    ),
  };
}

// An object that was replaced by another of its identifier leaves nothing to take out.
function* remove(queries: Queries, removal: CatalogueRemoval, counted: Counted): Script<void> {
  const study = yield* first(queries.studyRow, { uid: removal.studyInstanceUid });
  if (study === undefined) return;
  const series = yield* first(queries.seriesRow, { studyNo: study.no, uid: removal.seriesInstanceUid });
  if (series === undefined) return;
  const where = { seriesNo: series.no, sop: removal.sopInstanceUid };
  if ((yield* first(queries.instanceRow, where))?.sha256 !== removal.sha256) return;
  yield* run(queries.deleteInstance, where);
  counted.instances -= 1;
  const isLastOfSeries = series.instances <= 1;
  let kinds = { modalities: study.modalities, sop_classes: study.sop_classes };
  if (isLastOfSeries) {
    yield* run(queries.deleteSeries, { no: series.no });
    counted.series -= 1;
    const others = yield* all(queries.kindsOfStudy, { studyNo: study.no });
    yield* dropModality(queries, study, series.modality, others);
    kinds = kindsWith(NO_KINDS, others);
  } else yield* run(queries.countSeries, { no: series.no, instances: series.instances - 1 });
  const left = { series: study.series - (isLastOfSeries ? 1 : 0), instances: study.instances - 1, ...kinds };
  if (left.series > 0) yield* run(queries.countStudy, { no: study.no, ...left });
  else yield* dropStudy(queries, study, removal, counted);
}

function* dropModality(
  queries: Queries,
  study: { readonly no: number; readonly study_date: number },
  modality: string,
  left: readonly SeriesKinds[],
): Script<void> {
  if (!left.some((row) => row.modality === modality))
    yield* run(queries.deleteModality, { modality, studyDate: study.study_date, studyNo: study.no });
}

function* dropStudy(
  queries: Queries,
  study: { readonly no: number; readonly subject_no: number },
  { studyTokens, subjectTokens }: CatalogueRemoval,
  counted: Counted,
): Script<void> {
  for (const token of studyTokens) yield* run(queries.deleteToken, { token, target: study.no });
  yield* run(queries.deleteStudy, { no: study.no });
  counted.studies -= 1;
  yield* dropSubject(queries, study.subject_no, subjectTokens, counted);
}

// A spelling no study has any more is forgotten.
function* dropSubject(queries: Queries, no: number, tokens: readonly number[], counted: Counted): Script<void> {
  if ((yield* first(queries.studyOfSubject, { subjectNo: no })) !== undefined) return;
  for (const token of tokens) yield* run(queries.deleteToken, { token, target: no });
  counted.subjects -= yield* run(queries.deleteSubject, { no });
}
