import { TAG, type Tag } from '@leadglass/dicom';
import {
  type AttributeSet,
  COMPUTED_ATTRIBUTES,
  type Level,
  levelOf,
  type Matcher,
  matcherOf,
  nameOf,
  QUERY_TAG,
  type Query,
} from '@leadglass/query';
import type { CatalogueRecords, SeriesRow, StudyRow, SubjectRow } from '@leadglass/records';
import type { Catalogue, SearchBounds, SearchEnd } from './api.ts';
import { PAGE, studiesOf, subjectPages } from './candidates.ts';
import { planOf, subjectIdTokens, subjectNameToken } from './plan.ts';
import type { Sealer } from './sealer.ts';

/** Candidates looked at for one query. A walk that ends here says so: `too-wide`. */
export const MOST_EXAMINED = 50_000;

export interface SearcherOptions {
  readonly records: CatalogueRecords;
  readonly sealer: Sealer;
  /** Sees to it that what was answered before is found; default nothing. */
  catchUp?(): Promise<void>;
  /** Default MOST_EXAMINED. */
  readonly mostExamined?: number;
}

/** The catalogue over sealed records. */
export class SealedCatalogue implements Catalogue {
  readonly #options: SearcherOptions;

  constructor(options: SearcherOptions) {
    this.#options = options;
  }

  async *search(query: Query, bounds: SearchBounds): AsyncGenerator<readonly AttributeSet[], SearchEnd> {
    await this.#options.catchUp?.();
    const search = new Search(this.#options, query);
    let [toSkip, left] = [bounds.offset ?? 0, bounds.mostResults];
    for await (const found of search.matches()) {
      if (bounds.signal?.aborted === true) return 'cancelled';
      const given = found.slice(toSkip, toSkip + left);
      const rest = found.length - Math.min(toSkip, found.length) - given.length;
      toSkip = Math.max(0, toSkip - found.length);
      left -= given.length;
      if (given.length > 0) yield given;
      if (rest > 0) return 'more';
      // Between pages others have their turn.
      await new Promise(setImmediate);
    }
    return search.isCut ? 'too-wide' : 'complete';
  }
}

/** Keys of each level, as tests. */
type Tests = Readonly<Record<Level, Matcher>>;

const COMPUTED: ReadonlySet<Tag> = new Set([QUERY_TAG.ModalitiesInStudy, QUERY_TAG.SOPClassesInStudy]);
const [SERIES_UID, SOP_UID] = [TAG.SeriesInstanceUID, TAG.SOPInstanceUID];

/** One search. */
class Search {
  readonly #records: CatalogueRecords;
  readonly #sealer: Sealer;
  readonly #query: Query;
  readonly #tests: Tests;
  readonly #testComputed: Matcher;
  readonly #wanted: ReadonlySet<Tag>;
  #left: number;

  constructor({ records, sealer, mostExamined = MOST_EXAMINED }: SearcherOptions, query: Query) {
    this.#records = records;
    this.#sealer = sealer;
    this.#query = query;
    this.#left = mostExamined;
    this.#wanted = new Set(query.keys.map(({ tag }) => tag));
    const { options } = query;
    const testOf = (level: Level): Matcher =>
      matcherOf({ options, keys: query.keys.filter(({ tag }) => levelOf(tag) === level && !isComputed(tag)) });
    this.#tests = {
      PATIENT: testOf('PATIENT'),
      STUDY: testOf('STUDY'),
      SERIES: testOf('SERIES'),
      IMAGE: testOf('IMAGE'),
    };
    this.#testComputed = matcherOf({ options, keys: query.keys.filter(({ tag }) => COMPUTED.has(tag)) });
  }

  /** Whether candidates were left that nobody looked at. */
  get isCut(): boolean {
    return this.#left < 0;
  }

  /** Matches, page by page; ends when nothing is left, or nothing more may be looked at. */
  matches(): AsyncGenerator<readonly AttributeSet[]> {
    const { level } = this.#query;
    if (level === 'PATIENT') return this.#patients();
    if (level === 'STUDY') return this.#studies();
    return level === 'SERIES' ? this.#series() : this.#instances();
  }

  async *#patients(): AsyncGenerator<readonly AttributeSet[]> {
    const keys = new Map(this.#query.keys.map((key) => [key.tag, key]));
    const name = subjectNameToken(keys, this.#sealer);
    const tokens = subjectIdTokens(keys, this.#sealer) ?? (name === undefined ? undefined : [name.token]);
    const sources = tokens?.map((token) => ({ token })) ?? [{ newest: true } as const];
    const seen = new Set<number>();
    for (const source of sources)
      for await (const page of subjectPages(this.#records, source)) {
        yield await this.#patientsIn(page, seen);
        if (this.isCut) return;
      }
  }

  // Another spelling of a patient who was given out is not another patient.
  async #patientsIn(page: readonly SubjectRow[], seen: Set<number>): Promise<readonly AttributeSet[]> {
    const found: AttributeSet[] = [];
    for (const row of page) {
      if (this.#isSpent()) break;
      const match = seen.has(row.identity) ? undefined : await this.#patient(row);
      if (match === undefined) continue;
      seen.add(row.identity);
      found.push(match);
    }
    return found;
  }

  async #patient(row: SubjectRow): Promise<AttributeSet | undefined> {
    const subject = this.#sealer.open('subject', row.variant, row.sealed);
    return this.#tests.PATIENT(subject) ? { ...subject, ...(await this.#totals(row)) } : undefined;
  }

  async *#studies(): AsyncGenerator<readonly AttributeSet[]> {
    for await (const page of studiesOf(this.#records, planOf(this.#query, this.#sealer))) {
      const found: AttributeSet[] = [];
      for (const row of page) {
        const match = await this.#study(row);
        if (match === 'spent') return;
        if (match !== undefined) found.push(match);
      }
      yield found;
    }
  }

  async *#series(): AsyncGenerator<readonly AttributeSet[]> {
    for await (const { study, series } of this.#seriesRows()) yield [{ ...study, ...series.attributes }];
  }

  async *#instances(): AsyncGenerator<readonly AttributeSet[]> {
    for await (const { study, series } of this.#seriesRows()) {
      for await (const page of this.#instancePages(series.row.no)) {
        const found: AttributeSet[] = [];
        for (const row of page) {
          if (this.#isSpent()) return;
          const own = this.#sealer.open('instance', row.sopInstanceUid, row.sealed);
          const named = { [nameOf(TAG.SOPClassUID)]: row.sopClassUid, [nameOf(SOP_UID)]: row.sopInstanceUid };
          const instance = { ...own, ...named };
          if (this.#tests.IMAGE(instance)) found.push({ ...study, ...series.attributes, ...instance });
        }
        yield found;
      }
    }
  }

  async *#instancePages(seriesNo: number): AsyncGenerator<readonly InstanceOf[]> {
    const match = this.#query.keys.find(({ tag }) => tag === SOP_UID)?.match;
    const uids = match?.form === 'single' ? [match.value] : match?.form === 'list' ? match.values : undefined;
    if (uids !== undefined) {
      const rows = await Promise.all(uids.map((uid) => this.#records.instance(seriesNo, uid)));
      yield rows.filter((row) => row !== undefined);
      return;
    }
    let after = '';
    for (;;) {
      const page = await this.#records.instancesOf(seriesNo, after, PAGE);
      yield page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.sopInstanceUid ?? '';
    }
  }

  async *#seriesRows(): AsyncGenerator<{ study: AttributeSet; series: OpenSeries }> {
    for await (const page of studiesOf(this.#records, planOf(this.#query, this.#sealer)))
      for (const row of page) {
        const study = await this.#study(row);
        if (study === 'spent') return;
        if (study === undefined) continue;
        for await (const series of this.#seriesOf(row.no)) {
          if (this.#isSpent()) return;
          if (this.#tests.SERIES(series.attributes)) yield { study, series };
        }
      }
  }

  async *#seriesOf(studyNo: number): AsyncGenerator<OpenSeries> {
    let after = '';
    for (;;) {
      const page = await this.#records.seriesOf(studyNo, after, PAGE);
      for (const row of page) {
        const own = this.#sealer.open('series', row.seriesInstanceUid, row.sealed);
        const counted = { [nameOf(QUERY_TAG.NumberOfSeriesRelatedInstances)]: String(row.instances) };
        yield { row, attributes: { ...own, [nameOf(SERIES_UID)]: row.seriesInstanceUid, ...counted } };
      }
      if (page.length < PAGE) return;
      after = page.at(-1)?.seriesInstanceUid ?? '';
    }
  }

  async #study(row: StudyRow): Promise<AttributeSet | 'spent' | undefined> {
    if (this.#isSpent()) return 'spent';
    const subject = this.#sealer.open('subject', row.subject.variant, row.subject.sealed);
    if (!this.#tests.PATIENT(subject)) return undefined;
    const own = this.#sealer.open('study', row.studyInstanceUid, row.sealed);
    const study = { ...own, [nameOf(TAG.StudyInstanceUID)]: row.studyInstanceUid };
    if (!this.#tests.STUDY(study)) return undefined;
    const computed = this.#wants(COMPUTED) ? await this.#fromSeries(row.no) : {};
    if (!this.#testComputed(computed)) return undefined;
    return {
      ...subject,
      ...study,
      ...computed,
      [nameOf(QUERY_TAG.NumberOfStudyRelatedSeries)]: String(row.series),
      [nameOf(QUERY_TAG.NumberOfStudyRelatedInstances)]: String(row.instances),
      ...(await this.#totals(row.subject)),
    };
  }

  async #fromSeries(studyNo: number): Promise<AttributeSet> {
    const rows = await this.#records.seriesOf(studyNo, '', MOST_SERIES_SUMMED);
    const distinct = (values: readonly string[]): string => [...new Set(values.filter((one) => one !== ''))].join('\\');
    return {
      [nameOf(QUERY_TAG.ModalitiesInStudy)]: distinct(rows.map(({ modality }) => modality)),
      [nameOf(QUERY_TAG.SOPClassesInStudy)]: distinct(rows.flatMap(({ sopClasses }) => sopClasses)),
    };
  }

  async #totals({ identity }: SubjectRow): Promise<AttributeSet> {
    if (!this.#wants(new Set(COMPUTED_ATTRIBUTES.PATIENT))) return {};
    const { studies, series, instances } = await this.#records.totalsOf(identity);
    return {
      [nameOf(QUERY_TAG.NumberOfPatientRelatedStudies)]: String(studies),
      [nameOf(QUERY_TAG.NumberOfPatientRelatedSeries)]: String(series),
      [nameOf(QUERY_TAG.NumberOfPatientRelatedInstances)]: String(instances),
    };
  }

  #wants(tags: ReadonlySet<Tag>): boolean {
    for (const tag of tags) if (this.#wanted.has(tag)) return true;
    return false;
  }

  #isSpent(): boolean {
    this.#left -= 1;
    return this.#left < 0;
  }
}

interface OpenSeries {
  readonly row: SeriesRow;
  readonly attributes: AttributeSet;
}
type InstanceOf = Awaited<ReturnType<CatalogueRecords['instancesOf']>>[number];

/** A study of more series than this tells the modalities of so many. */
const MOST_SERIES_SUMMED = 1000;

function isComputed(tag: Tag): boolean {
  return Object.values(COMPUTED_ATTRIBUTES).some((tags) => (tags as readonly Tag[]).includes(tag));
}
