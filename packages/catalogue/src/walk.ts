import { type AttributeSet, NO_OPTIONS, type Query } from '@leadglass/query';
import type { CatalogueRecords, StudyMark, StudyRow } from '@leadglass/records';
import { Entries } from './entries.ts';
import type { Sealer } from './sealer.ts';

/** A study as the catalogue has it, whole. */
export interface WholeStudy {
  readonly studyInstanceUid: string;
  /** Its attributes and its patient's. */
  readonly attributes: AttributeSet;
  readonly series: readonly WholeSeries[];
}

export interface WholeSeries {
  readonly seriesInstanceUid: string;
  readonly attributes: AttributeSet;
  readonly instances: readonly WholeInstance[];
}

export interface WholeInstance {
  readonly sopInstanceUid: string;
  readonly sha256: string;
  readonly attributes: AttributeSet;
}

const PAGE = 64;
const LAST_DATE = 99_999_999;
const EVERYTHING: Query = { root: 'STUDY', level: 'IMAGE', keys: [], options: NO_OPTIONS, charset: '' };

/** Every study of the catalogue, newest first, one in memory at a time; what is held is not among them. Throws Fault `records.*`, `catalogue.sealed-otherwise`. */
export async function* wholeStudies(records: CatalogueRecords, sealer: Sealer): AsyncGenerator<WholeStudy> {
  const entries = new Entries(sealer, EVERYTHING);
  let after: StudyMark | undefined;
  for (;;) {
    const page = await records.studies({ by: 'date', from: 0, to: LAST_DATE }, after, PAGE);
    for (const row of page) yield await wholeStudy(records, entries, row);
    after = page.at(-1);
    if (page.length < PAGE) return;
  }
}

/** One study; undefined when the catalogue has none of that UID. */
export async function wholeStudyOf(
  records: CatalogueRecords,
  sealer: Sealer,
  uid: string,
): Promise<WholeStudy | undefined> {
  const entries = new Entries(sealer, EVERYTHING);
  const [row] = await records.studies({ by: 'uid', uid }, undefined, 1);
  return row === undefined ? undefined : wholeStudy(records, entries, row);
}

async function wholeStudy(records: CatalogueRecords, entries: Entries, row: StudyRow): Promise<WholeStudy> {
  const series: WholeSeries[] = [];
  for await (const one of paged((after) => records.seriesOf(row.no, after, PAGE), 'seriesInstanceUid')) {
    const instances: WholeInstance[] = [];
    for await (const instance of paged((after) => records.instancesOf(one.no, after, PAGE), 'sopInstanceUid')) {
      const { sopInstanceUid, sha256 } = instance;
      instances.push({ sopInstanceUid, sha256, attributes: entries.instance(instance) ?? {} });
    }
    const { seriesInstanceUid } = one;
    series.push({ seriesInstanceUid, attributes: entries.series(one) ?? {}, instances });
  }
  return { studyInstanceUid: row.studyInstanceUid, attributes: entries.study(row) ?? {}, series };
}

async function* paged<K extends string, T extends Readonly<Record<K, string>>>(
  read: (after: string) => Promise<readonly T[]>,
  key: K,
): AsyncGenerator<T> {
  let after = '';
  for (;;) {
    const page = await read(after);
    yield* page;
    after = page.at(-1)?.[key] ?? '';
    if (page.length < PAGE) return;
  }
}
