import { TAG } from '@leadglass/dicom';
import { type AttributeSet, nameOf, QUERY_TAG, type Query } from '@leadglass/query';
import type { CatalogueRecords, InstanceRow, SeriesRow, StudyRow, SubjectRow } from '@leadglass/records';
import type { Catalogue, SearchBounds, SearchEnd } from './api.ts';
import { PAGE, studiesOf, subjectPages } from './candidates.ts';
import { Entries } from './entries.ts';
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
      await search.giveTurn();
    }
    return search.isCut ? 'too-wide' : 'complete';
  }
}

/** What reading a page costs, in candidates looked at. */
const READ_COST = 8;

/** One search. */
class Search {
  readonly #records: CatalogueRecords;
  readonly #sealer: Sealer;
  readonly #query: Query;
  readonly #entries: Entries;
  #left: number;
  #sinceTurn = 0;

  constructor({ records, sealer, mostExamined = MOST_EXAMINED }: SearcherOptions, query: Query) {
    this.#records = records;
    this.#sealer = sealer;
    this.#query = query;
    this.#left = mostExamined;
    this.#entries = new Entries(sealer, query);
  }

  /** Whether candidates were left that nobody looked at. */
  get isCut(): boolean {
    return this.#left < 0;
  }

  /** Others have their turn once a page's worth was looked at (some milliseconds); a search that is shorter waits for nobody. */
  async giveTurn(): Promise<void> {
    if (!this.#isTurnDue) return;
    this.#sinceTurn = 0;
    await new Promise(setImmediate);
  }

  /** Matches, some at a time, at least as often as a turn is due; ends when nothing is left, or nothing more may be looked at. */
  matches(): AsyncGenerator<readonly AttributeSet[]> {
    const { level } = this.#query;
    if (level === 'PATIENT') return this.#patients();
    if (level === 'STUDY') return this.#studies();
    return level === 'SERIES' ? this.#series() : this.#instances();
  }

  get #isTurnDue(): boolean {
    return this.#sinceTurn >= PAGE;
  }

  async *#patients(): AsyncGenerator<readonly AttributeSet[]> {
    const keys = new Map(this.#query.keys.map((key) => [key.tag, key]));
    const name = subjectNameToken(keys, this.#sealer);
    const tokens = subjectIdTokens(keys, this.#sealer) ?? (name === undefined ? undefined : [name.token]);
    const sources = tokens?.map((token) => ({ token })) ?? [{ newest: true } as const];
    const seen = new Set<number>();
    for (const source of sources)
      for await (const page of subjectPages(this.#records, source)) {
        this.#sinceTurn += READ_COST;
        yield await this.#patientsIn(page, seen);
        if (this.isCut) return;
      }
  }

  // Another spelling of a patient who was given out is not another patient.
  async #patientsIn(page: readonly SubjectRow[], seen: Set<number>): Promise<readonly AttributeSet[]> {
    const found: AttributeSet[] = [];
    for (const row of page) {
      if (this.#isSpent()) break;
      const patient = seen.has(row.identity) ? undefined : this.#entries.patient(row);
      if (patient === undefined) continue;
      seen.add(row.identity);
      found.push(this.#entries.wantsTotals ? await this.#withTotals(patient, row.no) : patient);
    }
    return found;
  }

  async *#studies(): AsyncGenerator<readonly AttributeSet[]> {
    for await (const page of this.#candidates()) {
      const found: AttributeSet[] = [];
      for (const row of page) {
        if (this.#isSpent()) break;
        const study = this.#entries.study(row);
        if (study === undefined) continue;
        found.push(this.#entries.wantsTotals ? await this.#withTotals(study, row.subjectNo) : study);
      }
      yield found;
      if (this.isCut) return;
    }
  }

  async *#series(): AsyncGenerator<readonly AttributeSet[]> {
    let found: AttributeSet[] = [];
    for await (const { study, series } of this.#seriesRows()) {
      if (series !== undefined) found.push({ ...study, ...series.attributes });
      if (!this.#isTurnDue) continue;
      yield found;
      found = [];
    }
    yield found;
  }

  async *#instances(): AsyncGenerator<readonly AttributeSet[]> {
    for await (const { study, series } of this.#seriesRows()) {
      // Nothing but a turn that is due.
      if (series === undefined) yield [];
      else yield* this.#instancesOf(series, { ...study, ...series.attributes });
    }
  }

  async *#instancesOf({ no }: OpenSeries, above: AttributeSet): AsyncGenerator<readonly AttributeSet[]> {
    for await (const page of this.#instancePages(no)) {
      this.#sinceTurn += READ_COST;
      const found: AttributeSet[] = [];
      for (const row of page) {
        if (this.#isSpent()) break;
        const instance = this.#entries.instance(row);
        if (instance !== undefined) found.push({ ...above, ...instance });
      }
      yield found;
      if (this.isCut) return;
    }
  }

  async *#instancePages(seriesNo: number): AsyncGenerator<readonly InstanceRow[]> {
    const match = this.#query.keys.find(({ tag }) => tag === TAG.SOPInstanceUID)?.match;
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

  /** Series that match with their studies, and nothing with every page looked at, so that a turn can be given. */
  async *#seriesRows(): AsyncGenerator<SeriesOfStudy> {
    for await (const page of this.#candidates()) {
      for (const row of page) {
        if (this.#isSpent()) return;
        const study = await this.#studyOf(row);
        if (study !== undefined) yield* this.#seriesOf(study, row.no);
      }
      yield { study: {} };
    }
  }

  async *#seriesOf(study: AttributeSet, studyNo: number): AsyncGenerator<SeriesOfStudy> {
    for await (const page of this.#seriesPages(studyNo)) {
      for (const row of page) {
        if (this.#isSpent()) return;
        const attributes = this.#entries.series(row);
        if (attributes !== undefined) yield { study, series: { no: row.no, attributes } };
      }
      yield { study };
    }
  }

  async *#seriesPages(studyNo: number): AsyncGenerator<readonly SeriesRow[]> {
    let after = '';
    for (;;) {
      const page = await this.#records.seriesOf(studyNo, after, PAGE);
      this.#sinceTurn += READ_COST;
      yield page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.seriesInstanceUid ?? '';
    }
  }

  async *#candidates(): AsyncGenerator<readonly StudyRow[]> {
    for await (const page of studiesOf(this.#records, planOf(this.#query, this.#sealer))) {
      this.#sinceTurn += READ_COST;
      yield page;
    }
  }

  async #studyOf(row: StudyRow): Promise<AttributeSet | undefined> {
    const study = this.#entries.study(row);
    return study !== undefined && this.#entries.wantsTotals ? this.#withTotals(study, row.subjectNo) : study;
  }

  async #withTotals(match: AttributeSet, subjectNo: number): Promise<AttributeSet> {
    const { studies, series, instances } = await this.#records.totalsOf(subjectNo);
    this.#sinceTurn += READ_COST;
    return {
      ...match,
      [nameOf(QUERY_TAG.NumberOfPatientRelatedStudies)]: String(studies),
      [nameOf(QUERY_TAG.NumberOfPatientRelatedSeries)]: String(series),
      [nameOf(QUERY_TAG.NumberOfPatientRelatedInstances)]: String(instances),
    };
  }

  #isSpent(): boolean {
    this.#left -= 1;
    this.#sinceTurn += 1;
    return this.#left < 0;
  }
}

/** A study, and one of its series that matches. */
interface SeriesOfStudy {
  readonly study: AttributeSet;
  readonly series?: OpenSeries;
}

interface OpenSeries {
  readonly no: number;
  readonly attributes: AttributeSet;
}
