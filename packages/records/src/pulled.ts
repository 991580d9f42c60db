import type { Event } from '@leadglass/model';
import type { ChartMerge, ChartRow, DocumentWrite, EntryRow } from './chart-api.ts';
import { PULLED_FROM } from './pulled-numbers.ts';
import type { PulledPartsTable } from './pulled-schema.ts';
import type { Queries } from './queries.ts';
import { all, type Engine, first, run, type Script } from './script.ts';
import { appendEvents } from './scripts/events.ts';

/** A part as it is here. */
export interface PulledPart {
  readonly key: string;
  readonly version: string;
  readonly asOfMs: number;
  readonly takenAtMs: number;
  readonly wantedAtMs: number;
  readonly bytes: number;
}

/** One chart of a part. `entries`: those that are not here yet; `wanted`: the marks of all that the gateway has. */
export interface PulledChart {
  readonly row: Omit<ChartRow, 'into'>;
  readonly into: number;
  readonly identifiers: readonly string[];
  readonly tokens: readonly number[];
  readonly entries: readonly Omit<EntryRow, 'no' | 'chart'>[];
  readonly wanted: ReadonlySet<number>;
  /** Marks below it are of entries that were left out for room: they stay. */
  readonly from: number;
}

/** A chart part that was read and is to be kept. */
export interface PulledCharts {
  readonly part: PulledPart;
  readonly charts: readonly PulledChart[];
  /** What the gateway joined, by the chart that was taken in. */
  readonly merges: ReadonlyMap<number, ChartMerge>;
}

/** A chart that is let go: its identifiers, entries and documents go with it, and these tokens. */
export interface LetGo {
  readonly chart: number;
  readonly tokens: readonly number[];
}

const NO_BYTES = new Uint8Array(0);

/** What a continuity box pulled besides images. Every method is one transaction. Throws Fault `records.*`. */
export class Pulled {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  async part(key: string): Promise<(PulledPart & { readonly sealed: Uint8Array }) | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.pulledPart, { key }));
    return row === undefined ? undefined : { ...partOf(row), sealed: row.sealed };
  }

  /** By key, after `after`. */
  async parts(after: string, limit: number): Promise<readonly PulledPart[]> {
    return (await this.#engine.read(() => all(this.#queries.pulledPartsAfter, { after, limit }))).map(partOf);
  }

  /** A pull wants these; of them those that are not here in that version. */
  missing(parts: readonly { readonly key: string; readonly version: string }[], atMs: number): Promise<string[]> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      const missing: string[] = [];
      for (const { key, version } of parts) {
        const known = yield* first(queries.pulledPart, { key });
        if (known !== undefined) yield* run(queries.wantPulledPart, { key, atMs });
        if (known?.version !== version) missing.push(key);
      }
      return missing;
    });
  }

  /** A part that is kept whole, or whose content is kept elsewhere (`sealed` empty). */
  put(part: PulledPart, sealed: Uint8Array = NO_BYTES): Promise<void> {
    return this.#engine.write(() => putPart(this.#queries, part, sealed));
  }

  /** All of a part is here. */
  async finish(key: string, version: string): Promise<void> {
    const queries = this.#queries;
    await this.#engine.write(() => run(queries.finishPulledPart, { key, version }));
  }

  /** Marks of the entries of a chart that are here, oldest first. */
  async marks(chart: number): Promise<readonly { readonly no: number; readonly mark: number }[]> {
    const rows = await this.#engine.read(() => all(this.#queries.entryMarks, { chart }));
    return rows.map(({ no, message_no }) => ({ no, mark: message_no }));
  }

  /** Charts of a part, as the gateway has them now. What was told here of the same charts stays. */
  charts(pulled: PulledCharts): Promise<void> {
    return this.#engine.write(() => putCharts(this.#queries, pulled));
  }

  /** A document of a chart that was pulled. False when that chart is not of the part. */
  document(part: string, document: DocumentWrite): Promise<boolean> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      if ((yield* first(queries.pulledChart, { chart: document.chart }))?.part !== part) return false;
      if ((yield* run(queries.insertDocument, document)) > 0)
        yield* run(queries.growPulledPart, { key: part, by: document.sealed.length });
      return true;
    });
  }

  /** Numbers of the charts of a part. */
  async chartsOf(part: string): Promise<readonly number[]> {
    const rows = await this.#engine.read(() => all(this.#queries.pulledChartsOf, { part }));
    return rows.map(({ chart_no }) => chart_no);
  }

  /** Lets a part go with all that is of it. */
  letGo(key: string, charts: readonly LetGo[], events: readonly Event[]): Promise<void> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      for (const { chart, tokens } of charts) yield* removeChart(queries, chart, tokens);
      yield* run(queries.deletePulledPart, { key });
      yield* appendEvents(queries, events);
    });
  }
}

function partOf(row: Omit<PulledPartsTable, 'sealed'>): PulledPart {
  const { key, version, as_of_ms, taken_at_ms, wanted_at_ms, bytes } = row;
  const times = { asOfMs: Number(as_of_ms), takenAtMs: Number(taken_at_ms), wantedAtMs: Number(wanted_at_ms) };
  return { key, version, ...times, bytes: Number(bytes) };
}

function* putPart(queries: Queries, part: PulledPart, sealed: Uint8Array): Script<void> {
  const { key, version, asOfMs, takenAtMs, wantedAtMs, bytes } = part;
  const times = { as_of_ms: asOfMs, taken_at_ms: takenAtMs, wanted_at_ms: wantedAtMs };
  yield* run(queries.putPulledPart, { key, version, ...times, bytes, sealed });
}

function* putCharts(queries: Queries, { part, charts, merges }: PulledCharts): Script<void> {
  const before = yield* first(queries.pulledPart, { key: part.key });
  // What is here already was counted when it came: documents, and entries of before.
  yield* putPart(queries, { ...part, bytes: part.bytes + Number(before?.bytes ?? 0) }, NO_BYTES);
  for (const chart of charts) yield* putChart(queries, part.key, chart);
  for (const chart of charts) yield* joined(queries, chart, part.key, merges.get(chart.row.no), part.takenAtMs);
}

function* putChart(queries: Queries, part: string, chart: PulledChart): Script<void> {
  const { no, heardAtMs, arrivedAtMs, presentAtMs, criticalAtMs, critical, sealed } = chart.row;
  yield* run(queries.putChart, {
    ...{ no, heard_at_ms: heardAtMs, arrived_at_ms: arrivedAtMs, present_at_ms: presentAtMs },
    ...{ critical_at_ms: criticalAtMs, critical, sealed },
  });
  for (const digest of chart.identifiers) yield* run(queries.putIdentifier, { digest, chart: no });
  for (const token of chart.tokens) yield* run(queries.putChartToken, { token, chart: no });
  for (const { no: entry, message_no } of yield* all(queries.entryMarks, { chart: no }))
    if (message_no >= chart.from && message_no >= PULLED_FROM && !chart.wanted.has(message_no))
      yield* run(queries.deleteEntry, { no: entry });
  for (const { message, heardAtMs: heard, kind, sealed: told } of chart.entries)
    yield* run(queries.insertEntry, { chart_no: no, message_no: message, heard_at_ms: heard, kind, sealed: told });
  if ((yield* first(queries.pulledChart, { chart: no })) === undefined)
    yield* run(queries.putPulledChart, { chart_no: no, part, into_no: 0 });
}

// Only what the gateway changed since is done here too: what a person joined on the box stays joined.
function* joined(
  queries: Queries,
  { row: { no }, into }: PulledChart,
  part: string,
  merge: ChartMerge | undefined,
  atMs: number,
): Script<void> {
  const known = yield* first(queries.pulledChart, { chart: no });
  const before = Number(known?.into_no ?? 0);
  yield* run(queries.putPulledChart, { chart_no: no, part, into_no: into });
  if (known !== undefined && known.part !== part) yield* emptied(queries, known.part, part);
  if (before === into) return;
  const standing = yield* first(queries.lastMerge, { taken: no });
  if (standing !== undefined && Number(standing.undone_at_ms) === 0)
    yield* run(queries.undoMerge, { no: standing.no, at_ms: atMs, by_whom: '' });
  yield* run(queries.setTaker, { no, into });
  if (into === 0 || merge === undefined) return;
  const { atMs: mergedMs, by, reason } = merge;
  yield* run(queries.insertMerge, { into_no: into, taken_no: no, at_ms: mergedMs, by_whom: by, reason });
}

/** A part whose charts all went to another is no part any more; what it took up goes with them. */
function* emptied(queries: Queries, key: string, into: string): Script<void> {
  if ((yield* all(queries.pulledChartsOf, { part: key })).length > 0) return;
  const row = yield* first(queries.pulledPart, { key });
  yield* run(queries.deletePulledPart, { key });
  if (row !== undefined) yield* run(queries.growPulledPart, { key: into, by: Number(row.bytes) });
}

function* removeChart(queries: Queries, chart: number, tokens: readonly number[]): Script<void> {
  yield* run(queries.deleteEntriesOfChart, { chart });
  yield* run(queries.deleteDocumentsOfChart, { chart });
  yield* run(queries.deleteIdentifiersOfChart, { chart });
  for (const token of tokens) yield* run(queries.deleteChartToken, { token, chart });
  yield* run(queries.deletePulledChart, { chart });
  yield* run(queries.deleteChart, { no: chart });
}
