import { createHash } from 'node:crypto';
import { MOST_PART_ENTRIES, partOfCut, versionOfChart } from '@leadglass/continuity';
import { type AsOf, MOST_DOCUMENT_BYTES, MOST_PART_CHARS } from '@leadglass/contract';
import { type Clock, uuidv7 } from '@leadglass/kit';
import { DEFAULT_CONTINUITY, type EventOf } from '@leadglass/model';
import type { ChartSource, Records } from '@leadglass/records';
import type { ChartHost } from '../feeds/chart-host.ts';
import type { ScheduleHost } from '../schedule/schedule-host.ts';

export interface PartsOptions {
  readonly records: Pick<Records, 'charts' | 'continuity' | 'appendEvents'>;
  readonly clock: Clock;
  /** Charts and schedules of this home. */
  around(): {
    readonly charts: Pick<ChartHost, 'catchUp' | 'reader' | 'sealer' | 'pseudonymOf'>;
    readonly schedule: Pick<ScheduleHost, 'planned' | 'openRegistrations' | 'scheduledNumbers'>;
    /** Numbers of the made-up patients of drills under way: of nobody, and no part of the set. */
    readonly drilled?: readonly string[];
  };
  /** Events were recorded. */
  appended(): void;
}

export interface ListedPart {
  readonly key: string;
  readonly version: string;
}

/** What the continuity set holds besides images, of one moment. */
export interface PartList {
  readonly asOfMs: number;
  readonly parts: readonly ListedPart[];
  /** The chart that stands, of each part that is one, in the order in which they are wanted. */
  readonly charts: readonly number[];
  /** Charts that are wanted and found no room. */
  readonly leftOut: number;
  /** How the feeds stood, no later than any chart was looked at: what they say was heard is in the charts. */
  readonly feeds: readonly AsOf[];
}

const DAY_MS = 24 * 60 * 60_000;
const CRITICAL_MS = 3 * DAY_MS;
export const MOST_CHARTS = 20_000;
/** Charts that carry one number. */
const MOST_OF_A_NUMBER = 8;
const READS_A_TURN = 64;
/** A list serves whoever asks for so long, and no longer: a result that came a moment ago is to be in the next pull. Making one reads a few rows a chart. */
const LIST_LASTS_MS = 2_000;
/** Room for what stands around the entries of a part. */
const HEAD_CHARS = 64 * 1024;

/**
 * What goes with the images to a box and on a stick: the charts of who is in the house, has a critical result, is scheduled or was heard of in the days
 * of the policy, in that order; every day of every kept schedule from today on; open registrations; and how the feeds stand. Each part is read in one
 * transaction, and has a version that is another as soon as anything of it changed.
 */
export class ContinuityParts {
  readonly #options: PartsOptions;
  #listed: { readonly atMs: number; readonly list: Promise<PartList> } | undefined;
  #reads = 0;

  constructor(options: PartsOptions) {
    this.#options = options;
  }

  /** The list as it is wanted now. @param lastsMs how old it may be. */
  list(lastsMs = LIST_LASTS_MS): Promise<PartList> {
    const nowMs = this.#options.clock.now();
    if (this.#listed === undefined || nowMs - this.#listed.atMs >= lastsMs) {
      const list = this.#list(nowMs);
      this.#listed = { atMs: nowMs, list };
      list.catch(() => {
        this.#listed = undefined;
      });
    }
    return this.#listed.list;
  }

  /** A part as it is now, as JSON, and of the feeds as they stood for that list; undefined when there is no such part any more. */
  async content(key: string, { asOfMs, feeds }: Pick<PartList, 'asOfMs' | 'feeds'>): Promise<string | undefined> {
    if (key === 'feeds') return JSON.stringify({ part: 'feeds', version: feedsVersion(asOfMs), asOfMs, feeds });
    if (key === 'registrations') return this.#registrations();
    const chart = /^chart-(\d{1,9})$/.exec(key)?.[1];
    return chart === undefined ? this.#day(key) : this.#chart(Number(chart));
  }

  /** A document of a chart, or of one it has taken in; undefined when there is none, or it is larger than is given out. */
  async document(key: string, id: string): Promise<Uint8Array | undefined> {
    const chart = /^chart-(\d{1,9})$/.exec(key)?.[1];
    const bytes = chart === undefined ? undefined : await this.#reader.document(Number(chart), id);
    return bytes === undefined || bytes.byteLength > MOST_DOCUMENT_BYTES ? undefined : bytes;
  }

  /** The ledger tells who is given these charts; durable when it resolves. @param by a box, or a person. */
  async tellOpened(by: string, charts: readonly number[], reason: string): Promise<void> {
    const { records, clock, around, appended } = this.#options;
    const atMs = clock.now();
    const events = charts.map((chart): EventOf<'chart.opened'> => {
      const patient = around().charts.pseudonymOf(chart);
      return { id: uuidv7(atMs), atMs, kind: 'chart.opened', by, chart, patient, what: 'chart', reason };
    });
    await records.appendEvents(events);
    appended();
  }

  get #reader() {
    return this.#options.around().charts.reader;
  }

  async #list(asOfMs: number): Promise<PartList> {
    const { charts, schedule } = this.#options.around();
    await charts.catchUp();
    const feeds = await charts.reader.asOf();
    const parts: ListedPart[] = [{ key: 'feeds', version: feedsVersion(asOfMs) }];
    parts.push({ key: 'registrations', version: registrationsVersion(await schedule.openRegistrations()) });
    for (const { source, day, asOfMs: keptMs } of await schedule.planned.periods())
      parts.push({ key: dayKey(source, day), version: dayVersion(source, day, keptMs) });
    const { roots, leftOut } = await this.#wanted(asOfMs);
    for (const [no, version] of roots) parts.push({ key: `chart-${no}`, version });
    return { asOfMs, parts, charts: [...roots.keys()], leftOut, feeds };
  }

  /** Charts that stand, each once, with its version: whoever is here before whoever was. */
  async #wanted(nowMs: number): Promise<{ readonly roots: ReadonlyMap<number, string>; readonly leftOut: number }> {
    const roots = new Map<number, string>();
    const seen = await this.#drilled();
    let leftOut = 0;
    for await (const no of this.#candidates(nowMs)) {
      if (seen.has(no)) continue;
      const group = await this.#options.records.charts.group(no);
      for (const { row } of group) seen.add(row.no);
      const [root] = group;
      if (root === undefined) continue;
      if (roots.size < MOST_CHARTS) roots.set(root.row.no, versionOfChart(group));
      else leftOut += 1;
      await this.#giveTurn();
    }
    return { roots, leftOut };
  }

  async #drilled(): Promise<Set<number>> {
    const { charts, drilled = [] } = this.#options.around();
    const tokens = drilled.map((number) => charts.sealer.token('identifier', number.toUpperCase()));
    const found = await Promise.all(tokens.map((token) => this.#of({ by: 'token', token }, MOST_OF_A_NUMBER)));
    return new Set(found.flat());
  }

  async *#candidates(nowMs: number): AsyncGenerator<number> {
    const { days } = (await this.#options.records.continuity()) ?? DEFAULT_CONTINUITY;
    yield* await this.#of({ by: 'present', sinceMs: 0 });
    yield* await this.#of({ by: 'critical', sinceMs: nowMs - CRITICAL_MS });
    const { charts, schedule } = this.#options.around();
    for (const number of await schedule.scheduledNumbers())
      yield* await this.#of({ by: 'token', token: charts.sealer.token('identifier', number) }, MOST_OF_A_NUMBER);
    yield* await this.#of({ by: 'heard', sinceMs: nowMs - days * DAY_MS });
  }

  async #of(source: ChartSource, most = MOST_CHARTS + 1): Promise<readonly number[]> {
    await this.#giveTurn();
    return (await this.#options.records.charts.charts(source, most)).map(({ no }) => no);
  }

  async #chart(no: number): Promise<string | undefined> {
    const { records, clock, around } = this.#options;
    const cut = await records.charts.cut(no, MOST_PART_ENTRIES);
    if (cut.charts.length === 0) return undefined;
    const part = await partOfCut(cut, {
      ...{ sealer: around().charts.sealer, asOfMs: clock.now(), mostChars: MOST_PART_CHARS - HEAD_CHARS },
      raw: (message) => this.#reader.raw(message),
    });
    return JSON.stringify({ part: 'chart', version: versionOfChart(cut.charts), ...part });
  }

  async #day(key: string): Promise<string | undefined> {
    const { planned } = this.#options.around().schedule;
    const period = (await planned.periods()).find(({ source, day }) => dayKey(source, day) === key);
    if (period === undefined) return undefined;
    const { source, day, asOfMs } = period;
    const entries = await planned.entries(source, day);
    const version = dayVersion(source, day, asOfMs);
    return JSON.stringify({ part: 'day', version, asOfMs, source, day, entries: fitting(entries) });
  }

  async #registrations(): Promise<string> {
    const open = await this.#options.around().schedule.openRegistrations();
    const head = { part: 'registrations', version: registrationsVersion(open), asOfMs: this.#options.clock.now() };
    return JSON.stringify({ ...head, registrations: fitting(open) });
  }

  async #giveTurn(): Promise<void> {
    this.#reads += 1;
    if (this.#reads % READS_A_TURN === 0) await new Promise(setImmediate);
  }
}

/** As many as find room. */
function fitting<T>(values: readonly T[]): readonly T[] {
  let room = MOST_PART_CHARS - HEAD_CHARS;
  const cut = values.findIndex((value) => {
    room -= JSON.stringify(value).length + 1;
    return room < 0;
  });
  return cut === -1 ? values : values.slice(0, cut);
}

function feedsVersion(asOfMs: number): string {
  return hashed('feeds', String(asOfMs));
}

function dayKey(source: string, day: number): string {
  return `day-${hashed('source', source).slice(0, 16)}-${day}`;
}

function dayVersion(source: string, day: number, asOfMs: number): string {
  return hashed('day', source, String(day), String(asOfMs));
}

function registrationsVersion(open: readonly object[]): string {
  return hashed('registrations', JSON.stringify(open));
}

function hashed(...words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 32);
}
