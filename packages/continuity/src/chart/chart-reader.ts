import type { AsOf, ChartAnswer, MergeAnswer, PatientAnswer } from '@leadglass/contract';
import type { Clock } from '@leadglass/kit';
import type { Feed } from '@leadglass/model';
import {
  type ChartRow,
  type ChartSource,
  type Charts,
  type EntryRow,
  type MergeRow,
  PULLED_FROM,
} from '@leadglass/records';
import { askedDate } from './asked-date.ts';
import { foldOf } from './fold.ts';
import { insStateOf } from './identity.ts';
import { beginningAsked, FITS, type Fit, fitOf, nearOf, wordsOf, wordsOfNames } from './names.ts';
import type { RawTold } from './part.ts';
import type { ChartSealer } from './sealer.ts';
import { soundsOf } from './sound.ts';
import { type Summary, visitOf } from './summary.ts';
import type { MessageFacts, Told } from './told.ts';

export interface ChartReaderOptions {
  readonly records: Pick<
    Charts,
    'charts' | 'chart' | 'takenBy' | 'entries' | 'mergesInto' | 'tallies' | 'message' | 'body' | 'document'
  >;
  readonly sealer: ChartSealer;
  readonly clock: Clock;
  feeds(): readonly Feed[];
  /** Since when a feed is silent that usually sends; null: it is not. Default: none is. */
  silentSinceMs?(feed: string): number | null;
  /** Midnight before `ms`, where the site is. */
  dayOf(ms: number): number;
  /** How the feeds of a gateway stood of which this home pulled the charts. */
  readonly pulledFeeds?: () => readonly AsOf[];
}

/** What is asked of a search. */
export interface ChartQuestion {
  readonly words: string;
  readonly bornOn?: string | undefined;
  readonly only?: 'today' | 'present' | 'critical' | undefined;
  readonly limit: number;
}

type Found = { readonly patient: PatientAnswer; readonly fit: Fit };
type Part = Pick<ChartAnswer, 'visits' | 'groups' | 'documents' | 'orders' | 'allergies' | 'raw' | 'isCut'>;

/** Charts looked at for one token. */
const MOST_OF_A_TOKEN = 400;
const MOST_LISTED = 400;
/** Messages of one chart that are read; older ones are left out, and it says so. */
const MOST_ENTRIES = 3_000;
const MOST_RAW = 20;
const RAW_CHARS = 16_000;
const MOST_WORDS = 6;
/** A critical result leads the list for so long after it was heard of. */
const CRITICAL_MS = 72 * 3_600_000;
const rankOf = (fit: Fit) => FITS.indexOf(fit);

/** Reads charts: searches, whole charts, documents. It opens what is sealed and changes nothing. Throws Fault `continuity.*`, `records.*`. */
export class ChartReader {
  readonly #options: ChartReaderOptions;

  constructor(options: ChartReaderOptions) {
    this.#options = options;
  }

  /** Patients that fit, critical results first, then how well they fit, then who was heard of last. */
  async search(question: ChartQuestion): Promise<{ readonly found: readonly Found[]; readonly isCut: boolean }> {
    const { bornOn, rest } =
      question.bornOn === undefined ? askedDate(question.words) : { bornOn: question.bornOn, rest: question.words };
    const asked = { ...question, bornOn };
    const words = wordsOf(rest).slice(0, MOST_WORDS);
    const { rows, isCut } = await this.#candidates(asked, words);
    const found = new Map<number, Found>();
    for (const row of rows) {
      const summary = this.#summary(row);
      const fit = this.#fit(asked, words, summary);
      if (fit === undefined || !(await this.#isListed(asked, row))) continue;
      const root = await this.#root(row);
      const before = found.get(root.no);
      if (before !== undefined && rankOf(before.fit) <= rankOf(fit)) continue;
      found.set(root.no, { patient: this.#patient(await this.#group(root)), fit });
    }
    const sorted = [...found.values()].sort((a, b) => this.#order(a, b));
    return { found: sorted.slice(0, asked.limit), isCut: isCut || sorted.length > asked.limit };
  }

  #order(a: Found, b: Found): number {
    const since = this.#options.clock.now() - CRITICAL_MS;
    const isCritical = ({ patient }: Found) => (patient.critical > 0 && (patient.criticalMs ?? 0) >= since ? 0 : 1);
    return isCritical(a) - isCritical(b) || rankOf(a.fit) - rankOf(b.fit) || b.patient.heardMs - a.patient.heardMs;
  }

  async #candidates(
    asked: ChartQuestion,
    words: readonly string[],
  ): Promise<{ readonly rows: readonly ChartRow[]; readonly isCut: boolean }> {
    const rows = new Map<number, ChartRow>();
    let isCut = false;
    for (const source of this.#sources(asked, words)) {
      const most = source.by === 'token' ? MOST_OF_A_TOKEN : MOST_LISTED;
      const page = await this.#options.records.charts(source, most);
      if (page.length === most) isCut = true;
      for (const row of page) rows.set(row.no, row);
    }
    return { rows: [...rows.values()], isCut };
  }

  /** The narrowest of what is asked: a number, then a birth date, then the longest word of a name, then a list. */
  #sources({ words: text, bornOn, only }: ChartQuestion, words: readonly string[]): readonly ChartSource[] {
    const { sealer } = this.#options;
    const token = (kind: Parameters<ChartSealer['token']>[0], word: string): ChartSource => ({
      ...{ by: 'token', token: sealer.token(kind, word) },
    });
    const number = text.trim().toUpperCase();
    const byNumber = /\d/.test(number)
      ? [token('identifier', number), token('identifier', number.replaceAll(' ', ''))]
      : [];
    if (bornOn !== undefined) return [...byNumber, token('born', bornOn.replaceAll('-', ''))];
    const longest = words.toSorted((a, b) => b.length - a.length)[0];
    if (longest !== undefined) {
      const begins = beginningAsked(longest);
      const near = nearOf(longest).map((each) => token('near', each));
      const sounds = soundsOf(longest).map((each) => token('sounds', each));
      return [...byNumber, ...(begins === undefined ? [] : [token('begins', begins)]), ...near, ...sounds];
    }
    if (only === 'today') return [{ by: 'arrived', sinceMs: this.#options.dayOf(this.#options.clock.now()) }];
    if (only === 'critical') return [{ by: 'critical', sinceMs: this.#options.clock.now() - CRITICAL_MS }];
    return only === 'present' ? [{ by: 'present', sinceMs: 0 }] : [];
  }

  #fit({ words: text, bornOn }: ChartQuestion, words: readonly string[], summary: Summary): Found['fit'] | undefined {
    const number = text.replaceAll(' ', '').toUpperCase();
    if (summary.identifiers.some(({ value }) => value.replaceAll(' ', '').toUpperCase() === number)) return 'same';
    if (bornOn !== undefined && summary.birthDate.slice(0, 8) !== bornOn.replaceAll('-', '')) return undefined;
    if (words.length === 0) return 'same';
    return fitOf(words, wordsOfNames(summary.names));
  }

  async #isListed({ only }: ChartQuestion, row: ChartRow): Promise<boolean> {
    const now = this.#options.clock.now();
    if (only === 'today') return row.arrivedAtMs >= this.#options.dayOf(now);
    if (only === 'present') return row.presentAtMs > 0;
    return only !== 'critical' || (row.critical > 0 && row.criticalAtMs >= now - CRITICAL_MS);
  }

  /** Everything that was told of a patient; undefined when there is no such chart. */
  async chart(no: number): Promise<Omit<ChartAnswer, 'studies' | 'asOf' | 'keptUntilMs'> | undefined> {
    const row = await this.#options.records.chart(no);
    if (row === undefined) return undefined;
    const root = await this.#root(row);
    const rows = await this.#group(root);
    const merges = await Promise.all(rows.map((each) => this.#options.records.mergesInto(each.no)));
    const identities = rows.map((each) => this.#patient([each]));
    return {
      patient: this.#patient(rows),
      identities,
      merges: merges.flat().map(mergeAnswer),
      ...(await this.#part(rows)),
    };
  }

  async #part(rows: readonly ChartRow[]): Promise<Part> {
    const most = Math.max(100, Math.floor(MOST_ENTRIES / rows.length));
    const lists = await Promise.all(rows.map(({ no }) => this.#options.records.entries(no, most)));
    const entries = lists.flat().sort((a, b) => a.no - b.no);
    const told = entries.filter(({ kind }) => kind === 'told').map((entry) => this.#told(entry));
    const { groups, documents, orders, allergies } = foldOf(told);
    const visits = rows.flatMap((row) => this.#summary(row).visits).sort((a, b) => b.heardMs - a.heardMs);
    const raw = await this.#raw(entries.filter(({ kind }) => kind === 'raw').slice(-MOST_RAW));
    return { visits, groups, documents, orders, allergies, raw, isCut: lists.some(({ length }) => length === most) };
  }

  #told({ chart, sealed }: EntryRow): Told {
    return this.#options.sealer.openJson<Told>('told', String(chart), sealed);
  }

  async #raw(entries: readonly EntryRow[]): Promise<ChartAnswer['raw']> {
    const found = await Promise.all(
      entries.map(async ({ message, heardAtMs: heardMs, chart, sealed }) => {
        const { sealer } = this.#options;
        const raw =
          message < PULLED_FROM ? await this.raw(message) : sealer.openJson<RawTold>('told', String(chart), sealed);
        return raw === undefined ? [] : [{ message, heardMs, ...raw }];
      }),
    );
    return found.flat().reverse();
  }

  /** What a chart shows of a message that was not understood; undefined when there is nothing to show of it. */
  async raw(no: number): Promise<RawTold | undefined> {
    const each = await this.messageText(no);
    if (each === undefined || each.state === 'entered') return undefined;
    const { feed, facts, text } = each;
    return { feed, problems: facts.problems.map(({ place, why }) => ({ place, why })), text };
  }

  /** A message as far as it can be read, segments a line each. */
  async messageText(no: number): Promise<
    | {
        readonly no: number;
        readonly feed: string;
        readonly state: string;
        readonly facts: MessageFacts;
        readonly text: string;
      }
    | undefined
  > {
    const { records, sealer } = this.#options;
    const [row, body] = await Promise.all([records.message(no), records.body(no)]);
    if (row === undefined || body === undefined) return undefined;
    const facts = sealer.openJson<MessageFacts>('facts', '', row.sealed);
    return { no, feed: row.feed, state: row.state, facts, text: textOf(sealer.open('body', '', body), facts.charset) };
  }

  /** The bytes of a document of a chart, or of one that it has taken in. */
  async document(chart: number, id: string): Promise<Uint8Array | undefined> {
    const { records, sealer } = this.#options;
    const [row, document] = await Promise.all([records.chart(chart), records.document(id)]);
    if (row === undefined || document === undefined) return undefined;
    const rows = await this.#group(await this.#root(row));
    if (!rows.some(({ no }) => no === document.chart)) return undefined;
    return sealer.open('document', id, document.sealed);
  }

  /** Until when each feed's messages are here. */
  async asOf(): Promise<readonly AsOf[]> {
    const tallies = new Map((await this.#options.records.tallies()).map((tally) => [tally.feed, tally]));
    const own = this.#options.feeds().map(({ name: feed, kind }) => {
      const { lastAtMs = 0, waiting = 0, notUnderstood = 0 } = tallies.get(feed) ?? {};
      const silentSinceMs = this.#options.silentSinceMs?.(feed) ?? null;
      return { feed, kind, lastMs: lastAtMs === 0 ? null : lastAtMs, waiting, notUnderstood, silentSinceMs };
    });
    return [...own, ...(this.#options.pulledFeeds?.() ?? [])];
  }

  /** The chart that stands for `row`. */
  async #root(row: ChartRow): Promise<ChartRow> {
    let at = row;
    for (let steps = 0; at.into !== 0 && steps < 64; steps += 1) {
      const next = await this.#options.records.chart(at.into);
      if (next === undefined) return at;
      at = next;
    }
    return at;
  }

  /** A chart and all that it has taken in, it first. */
  async #group(root: ChartRow): Promise<readonly ChartRow[]> {
    const rows = [root];
    for (let at = 0; at < rows.length && rows.length < 64; at += 1)
      rows.push(...(await this.#options.records.takenBy(rows[at]?.no ?? 0)));
    return rows;
  }

  #summary({ no, sealed }: ChartRow): Summary {
    return this.#options.sealer.openJson<Summary>('patient', String(no), sealed);
  }

  /** One patient of one chart or several. Who they are is what the chart that stands says; where they are, what was heard last. */
  #patient(rows: readonly ChartRow[]): PatientAnswer {
    const summaries = rows.map((row) => this.#summary(row));
    const [first] = summaries as [Summary, ...Summary[]];
    const said = (field: 'birthDate' | 'sex' | 'diedAt') =>
      summaries.map((each) => each[field]).find((value) => value !== '') ?? '';
    const visits = summaries.flatMap(({ visits }) => visits).sort((a, b) => b.heardMs - a.heardMs);
    const visit = visitOf({ ...first, visits });
    const criticalMs = Math.max(...rows.map((row) => row.criticalAtMs));
    const reliability = [...new Set(summaries.flatMap((each) => each.reliability))];
    return {
      ...{ chart: rows[0]?.no ?? 0, names: summaries.find(({ names }) => names.length > 0)?.names ?? [] },
      ...{ birthDate: said('birthDate'), sex: said('sex'), diedAt: said('diedAt'), reliability },
      identifiers: summaries
        .flatMap(({ identifiers }) => identifiers)
        .map((each) => ({ ...each, ins: insStateOf(each) })),
      isValidated: reliability.includes('VALI') && !reliability.some((each) => each === 'PROV' || each === 'DOUB'),
      ...{ isPresent: visit?.state === 'present', location: visit?.location ?? '', visitClass: visit?.class ?? '' },
      ...{
        arrivedAt: visit?.admittedAt ?? '',
        arrivedMs: visit === undefined || visit.arrivedMs === 0 ? null : visit.arrivedMs,
      },
      critical: rows.reduce((sum, row) => sum + row.critical, 0),
      criticalMs: criticalMs === 0 ? null : criticalMs,
      heardMs: Math.max(...rows.map(({ heardAtMs }) => heardAtMs)),
      taken: rows.slice(1).map(({ no }) => no),
    };
  }
}

function mergeAnswer({ no, into, taken, atMs, by, reason, undoneAtMs, undoneBy }: MergeRow): MergeAnswer {
  return { no, into, taken, atMs, by, reason, undoneMs: undoneAtMs === 0 ? null : undoneAtMs, undoneBy };
}

/** Bytes of a message in the characters it was read in. Not parsed: control characters but the ends of segments are left out. */
function textOf(bytes: Uint8Array, charset: string): string {
  const label = charset === 'UNICODE UTF-8' ? 'utf-8' : charset === '8859/15' ? 'iso-8859-15' : 'windows-1252';
  const text = new TextDecoder(label).decode(bytes.subarray(0, 4 * RAW_CHARS));
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .slice(0, RAW_CHARS);
}
