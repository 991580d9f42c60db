import { type Kysely, sql } from 'kysely';
import type { InboxTable, InstancesTable, SeriesTable, StudiesTable, SubjectsTable } from './catalogue-schema.ts';
import type { Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** What a study is the sum of. */
export type StudySums = Pick<StudiesTable, 'series' | 'instances' | 'modalities' | 'sop_classes'>;

const STUDY = [
  's.no',
  's.study_instance_uid',
  's.subject_no',
  's.study_date',
  's.series',
  's.instances',
  's.modalities',
  's.sop_classes',
  's.sealed',
] as const;

const studies = (db: Kysely<Schema>) => db.selectFrom('catalogue_studies as s').select([...STUDY]);

interface Page {
  limit: number;
}

/** Where a page begins: below this date, or on it below this number. */
interface DatePage extends Page {
  from: number;
  to: number;
  markDate: number;
  markNo: number;
}

const INBOX = [
  'seq',
  'sha256',
  'kind',
  'study_instance_uid',
  'series_instance_uid',
  'sop_instance_uid',
  'sop_class_uid',
  'sealed',
] as const;

function inboxQueries(db: Kysely<Schema>) {
  return {
    inbox: defineQuery<Page>('inbox')(db, (db, p) =>
      db
        .selectFrom('catalogue_inbox')
        .select([...INBOX])
        .where('seq', '>', sql.lit(0))
        .orderBy('seq')
        .limit(p.limit),
    ),
    putInbox: defineQuery<Omit<InboxTable, 'seq'>>('putInbox')(db, (db, p) =>
      db.insertInto('catalogue_inbox').values({
        sha256: p.sha256,
        kind: p.kind,
        study_instance_uid: p.study_instance_uid,
        series_instance_uid: p.series_instance_uid,
        sop_instance_uid: p.sop_instance_uid,
        sop_class_uid: p.sop_class_uid,
        sealed: p.sealed,
      } as never),
    ),
    takeInbox: defineQuery<{ seq: number }>('takeInbox')(db, (db, p) =>
      db.deleteFrom('catalogue_inbox').where('seq', '=', p.seq),
    ),
    inboxEnds: defineQuery<object>('inboxEnds')(db, (db) =>
      db.selectNoFrom((eb) => [
        eb
          .selectFrom('catalogue_inbox')
          .select('seq')
          .where('seq', '>', sql.lit(0))
          .orderBy('seq')
          .limit(sql.lit(1))
          .as('first'),
        eb
          .selectFrom('catalogue_inbox')
          .select('seq')
          .where('seq', '>', sql.lit(0))
          .orderBy('seq', 'desc')
          .limit(sql.lit(1))
          .as('last'),
      ]),
    ),
    putHeldEntry: defineQuery<{ sha256: string; sealed: Uint8Array }>('putHeldEntry')(db, (db, p) =>
      db
        .insertInto('catalogue_held')
        .values({ sha256: p.sha256, sealed: p.sealed })
        .onConflict((oc) => oc.column('sha256').doUpdateSet({ sealed: p.sealed })),
    ),
    heldEntry: defineQuery<{ sha256: string }>('heldEntry')(db, (db, p) =>
      db.selectFrom('catalogue_held').select('sealed').where('sha256', '=', p.sha256),
    ),
    takeHeldEntry: defineQuery<{ sha256: string }>('takeHeldEntry')(db, (db, p) =>
      db.deleteFrom('catalogue_held').where('sha256', '=', p.sha256),
    ),
    emptyInbox: defineQuery<object>('emptyInbox')(db, (db) => db.deleteFrom('catalogue_inbox')),
    emptyHeldEntries: defineQuery<object>('emptyHeldEntries')(db, (db) => db.deleteFrom('catalogue_held')),
    emptyTokens: defineQuery<object>('emptyTokens')(db, (db) => db.deleteFrom('catalogue_tokens')),
    emptySubjects: defineQuery<object>('emptySubjects')(db, (db) => db.deleteFrom('catalogue_subjects')),
    emptyStudies: defineQuery<object>('emptyStudies')(db, (db) => db.deleteFrom('catalogue_studies')),
    emptySeries: defineQuery<object>('emptySeries')(db, (db) => db.deleteFrom('catalogue_series')),
    emptyModalities: defineQuery<object>('emptyModalities')(db, (db) => db.deleteFrom('catalogue_modalities')),
    emptyInstances: defineQuery<object>('emptyInstances')(db, (db) => db.deleteFrom('catalogue_instances')),
  };
}

function entryQueries(db: Kysely<Schema>) {
  return {
    subjectByVariant: defineQuery<{ variant: string }>('subjectByVariant')(db, (db, p) =>
      db.selectFrom('catalogue_subjects').select('no').where('variant', '=', p.variant),
    ),
    insertSubject: defineQuery<Omit<SubjectsTable, 'no'>>('insertSubject')(db, (db, p) =>
      db
        .insertInto('catalogue_subjects')
        .values({ variant: p.variant, identity: p.identity, sealed: p.sealed } as never),
    ),
    deleteSubject: defineQuery<{ no: number }>('deleteSubject')(db, (db, p) =>
      db.deleteFrom('catalogue_subjects').where('no', '=', p.no),
    ),
    studyOfSubject: defineQuery<{ subjectNo: number }>('studyOfSubject')(db, (db, p) =>
      db.selectFrom('catalogue_studies').select('no').where('subject_no', '=', p.subjectNo).limit(sql.lit(1)),
    ),
    putToken: defineQuery<{ token: number; target: number }>('putToken')(db, (db, p) =>
      db
        .insertInto('catalogue_tokens')
        .values({ token: p.token, target: p.target })
        .onConflict((oc) => oc.columns(['token', 'target']).doNothing()),
    ),
    deleteToken: defineQuery<{ token: number; target: number }>('deleteToken')(db, (db, p) =>
      db.deleteFrom('catalogue_tokens').where('token', '=', p.token).where('target', '=', p.target),
    ),
    studyRow: defineQuery<{ uid: string }>('studyRow')(db, (db, p) =>
      db
        .selectFrom('catalogue_studies')
        .select(['no', 'subject_no', 'study_date', 'series', 'instances', 'modalities', 'sop_classes'])
        .where('study_instance_uid', '=', p.uid),
    ),
    insertStudy: defineQuery<Omit<StudiesTable, 'no'>>('insertStudy')(db, (db, p) =>
      db.insertInto('catalogue_studies').values({
        study_instance_uid: p.study_instance_uid,
        subject_no: p.subject_no,
        study_date: p.study_date,
        series: p.series,
        instances: p.instances,
        modalities: p.modalities,
        sop_classes: p.sop_classes,
        sealed: p.sealed,
      } as never),
    ),
    updateStudy: defineQuery<Pick<StudiesTable, 'no' | 'subject_no' | 'study_date' | 'sealed'>>('updateStudy')(
      db,
      (db, p) =>
        db
          .updateTable('catalogue_studies')
          .set({ subject_no: p.subject_no, study_date: p.study_date, sealed: p.sealed })
          .where('no', '=', p.no),
    ),
    countStudy: defineQuery<StudySums & { no: number }>('countStudy')(db, (db, p) =>
      db
        .updateTable('catalogue_studies')
        .set({ series: p.series, instances: p.instances, modalities: p.modalities, sop_classes: p.sop_classes })
        .where('no', '=', p.no),
    ),
    deleteStudy: defineQuery<{ no: number }>('deleteStudy')(db, (db, p) =>
      db.deleteFrom('catalogue_studies').where('no', '=', p.no),
    ),
    seriesRow: defineQuery<{ studyNo: number; uid: string }>('seriesRow')(db, (db, p) =>
      db
        .selectFrom('catalogue_series')
        .select(['no', 'modality', 'sop_classes', 'instances'])
        .where('study_no', '=', p.studyNo)
        .where('series_instance_uid', '=', p.uid),
    ),
    insertSeries: defineQuery<Omit<SeriesTable, 'no'>>('insertSeries')(db, (db, p) =>
      db.insertInto('catalogue_series').values({
        study_no: p.study_no,
        series_instance_uid: p.series_instance_uid,
        modality: p.modality,
        sop_classes: p.sop_classes,
        instances: p.instances,
        sealed: p.sealed,
      } as never),
    ),
    updateSeries: defineQuery<Pick<SeriesTable, 'no' | 'modality' | 'sop_classes' | 'instances' | 'sealed'>>(
      'updateSeries',
    )(db, (db, p) =>
      db
        .updateTable('catalogue_series')
        .set({ modality: p.modality, sop_classes: p.sop_classes, instances: p.instances, sealed: p.sealed })
        .where('no', '=', p.no),
    ),
    countSeries: defineQuery<{ no: number; instances: number }>('countSeries')(db, (db, p) =>
      db.updateTable('catalogue_series').set({ instances: p.instances }).where('no', '=', p.no),
    ),
    deleteSeries: defineQuery<{ no: number }>('deleteSeries')(db, (db, p) =>
      db.deleteFrom('catalogue_series').where('no', '=', p.no),
    ),
    kindsOfStudy: defineQuery<{ studyNo: number }>('kindsOfStudy')(db, (db, p) =>
      db.selectFrom('catalogue_series').select(['modality', 'sop_classes']).where('study_no', '=', p.studyNo),
    ),
    putModality: defineQuery<{ modality: string; studyDate: number; studyNo: number }>('putModality')(db, (db, p) =>
      db
        .insertInto('catalogue_modalities')
        .values({ modality: p.modality, study_date: p.studyDate, study_no: p.studyNo })
        .onConflict((oc) => oc.columns(['modality', 'study_date', 'study_no']).doNothing()),
    ),
    deleteModality: defineQuery<{ modality: string; studyDate: number; studyNo: number }>('deleteModality')(
      db,
      (db, p) =>
        db
          .deleteFrom('catalogue_modalities')
          .where('modality', '=', p.modality)
          .where('study_date', '=', p.studyDate)
          .where('study_no', '=', p.studyNo),
    ),
    putInstance: defineQuery<InstancesTable>('putInstance')(db, (db, p) =>
      db
        .insertInto('catalogue_instances')
        .values({
          series_no: p.series_no,
          sop_instance_uid: p.sop_instance_uid,
          sha256: p.sha256,
          sop_class_uid: p.sop_class_uid,
          sealed: p.sealed,
        })
        .onConflict((oc) =>
          oc
            .columns(['series_no', 'sop_instance_uid'])
            .doUpdateSet({ sha256: p.sha256, sop_class_uid: p.sop_class_uid, sealed: p.sealed }),
        ),
    ),
    deleteInstance: defineQuery<{ seriesNo: number; sop: string }>('deleteInstance')(db, (db, p) =>
      db.deleteFrom('catalogue_instances').where('series_no', '=', p.seriesNo).where('sop_instance_uid', '=', p.sop),
    ),
    tallyCatalogue: defineQuery<{ subjects: number; studies: number; series: number; instances: number }>(
      'tallyCatalogue',
    )(db, (db, p) =>
      db
        .updateTable('catalogue_tallies')
        .set((eb) => ({
          subjects: eb('subjects', '+', p.subjects),
          studies: eb('studies', '+', p.studies),
          series: eb('series', '+', p.series),
          instances: eb('instances', '+', p.instances),
        }))
        .where('id', '=', 1),
    ),
    zeroCatalogue: defineQuery<object>('zeroCatalogue')(db, (db) =>
      db.updateTable('catalogue_tallies').set({ subjects: 0, studies: 0, series: 0, instances: 0 }).where('id', '=', 1),
    ),
    catalogueTallies: defineQuery<object>('catalogueTallies')(db, (db) =>
      db.selectFrom('catalogue_tallies').selectAll().where('id', '=', 1),
    ),
  };
}

function searchQueries(db: Kysely<Schema>) {
  return {
    studyByUid: defineQuery<{ uid: string }>('studyByUid')(db, (db, p) =>
      studies(db).where('s.study_instance_uid', '=', p.uid),
    ),
    studiesByToken: defineQuery<Page & { token: number; markNo: number }>('studiesByToken')(db, (db, p) =>
      db
        .selectFrom('catalogue_tokens as t')
        .innerJoin('catalogue_studies as s', 's.no', 't.target')
        .select([...STUDY])
        .where('t.token', '=', p.token)
        .where('t.target', '>', p.markNo)
        .orderBy('t.target')
        .limit(p.limit),
    ),
    subjectsByToken: defineQuery<Page & { token: number; markNo: number }>('subjectsByToken')(db, (db, p) =>
      db
        .selectFrom('catalogue_tokens as t')
        .innerJoin('catalogue_subjects as p', 'p.no', 't.target')
        .select(['p.no', 'p.variant', 'p.identity', 'p.sealed'])
        .where('t.token', '=', p.token)
        .where('t.target', '>', p.markNo)
        .orderBy('t.target')
        .limit(p.limit),
    ),
    subjectsNewest: defineQuery<Page & { markNo: number }>('subjectsNewest')(db, (db, p) =>
      db
        .selectFrom('catalogue_subjects')
        .select(['no', 'variant', 'identity', 'sealed'])
        .where('no', '<', p.markNo)
        .orderBy('no', 'desc')
        .limit(p.limit),
    ),
    studiesBySubjectToken: defineQuery<Page & { token: number; markSubject: number; markNo: number }>(
      'studiesBySubjectToken',
    )(db, (db, p) =>
      db
        .selectFrom('catalogue_tokens as t')
        .innerJoin('catalogue_studies as s', 's.subject_no', 't.target')
        .select([...STUDY])
        .where('t.token', '=', p.token)
        .where('t.target', '>=', p.markSubject)
        .where((eb) => eb.or([eb('t.target', '>', p.markSubject), eb('s.no', '>', p.markNo)]))
        .orderBy('t.target')
        .orderBy('s.no')
        .limit(p.limit),
    ),
    studiesByDate: defineQuery<DatePage>('studiesByDate')(db, (db, p) =>
      studies(db)
        .where('s.study_date', '>=', p.from)
        .where('s.study_date', '<=', p.to)
        .where(sql<boolean>`(s.study_date, s.no) < (${p.markDate}, ${p.markNo})`)
        .orderBy('s.study_date', 'desc')
        .orderBy('s.no', 'desc')
        .limit(p.limit),
    ),
    studiesByModality: defineQuery<DatePage & { modality: string }>('studiesByModality')(db, (db, p) =>
      db
        .selectFrom('catalogue_modalities as m')
        .innerJoin('catalogue_studies as s', 's.no', 'm.study_no')
        .select([...STUDY])
        .where('m.modality', '=', p.modality)
        .where('m.study_date', '>=', p.from)
        .where('m.study_date', '<=', p.to)
        .where(sql<boolean>`(m.study_date, m.study_no) < (${p.markDate}, ${p.markNo})`)
        .orderBy('m.study_date', 'desc')
        .orderBy('m.study_no', 'desc')
        .limit(p.limit),
    ),
    totalsOfPatient: defineQuery<{ subjectNo: number }>('totalsOfPatient')(db, (db, p) =>
      db
        .selectFrom('catalogue_subjects as p')
        .innerJoin('catalogue_studies as s', 's.subject_no', 'p.no')
        .select((eb) => [
          eb.fn.countAll<number>().as('studies'),
          eb.fn.sum<number>('s.series').as('series'),
          eb.fn.sum<number>('s.instances').as('instances'),
        ])
        .where('p.identity', '=', (eb) =>
          eb.selectFrom('catalogue_subjects').select('identity').where('no', '=', p.subjectNo),
        ),
    ),
    seriesOfStudy: defineQuery<Page & { studyNo: number; after: string }>('seriesOfStudy')(db, (db, p) =>
      db
        .selectFrom('catalogue_series')
        .selectAll()
        .where('study_no', '=', p.studyNo)
        .where('series_instance_uid', '>', p.after)
        .orderBy('series_instance_uid')
        .limit(p.limit),
    ),
    seriesByUids: defineQuery<{ studyUid: string; uid: string }>('seriesByUids')(db, (db, p) =>
      db
        .selectFrom('catalogue_studies as s')
        .innerJoin('catalogue_series as e', 'e.study_no', 's.no')
        .selectAll('e')
        .where('s.study_instance_uid', '=', p.studyUid)
        .where('e.series_instance_uid', '=', p.uid),
    ),
    studiesOfSeries: defineQuery<{ uid: string }>('studiesOfSeries')(db, (db, p) =>
      db
        .selectFrom('catalogue_series as e')
        .innerJoin('catalogue_studies as s', 's.no', 'e.study_no')
        .select('s.study_instance_uid')
        .where('e.series_instance_uid', '=', p.uid)
        .limit(sql.lit(100)),
    ),
    studiesOfInstance: defineQuery<{ sop: string }>('studiesOfInstance')(db, (db, p) =>
      db.selectFrom('custody').select('study_instance_uid').where('sop_instance_uid', '=', p.sop).limit(sql.lit(100)),
    ),
    instancesOfSeries: defineQuery<Page & { seriesNo: number; after: string }>('instancesOfSeries')(db, (db, p) =>
      db
        .selectFrom('catalogue_instances')
        .selectAll()
        .where('series_no', '=', p.seriesNo)
        .where('sop_instance_uid', '>', p.after)
        .orderBy('sop_instance_uid')
        .limit(p.limit),
    ),
    instanceRow: defineQuery<{ seriesNo: number; sop: string }>('instanceRow')(db, (db, p) =>
      db
        .selectFrom('catalogue_instances')
        .selectAll()
        .where('series_no', '=', p.seriesNo)
        .where('sop_instance_uid', '=', p.sop),
    ),
  };
}

/** The catalogue's queries: its inbox, its entries, and how they are found. */
export function catalogueQueries(db: Kysely<Schema>) {
  return { ...inboxQueries(db), ...entryQueries(db), ...searchQueries(db) };
}
