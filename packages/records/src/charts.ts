import type { Event } from '@leadglass/model';
import type {
  ChartChanges,
  ChartCut,
  ChartMark,
  ChartMerge,
  ChartRow,
  ChartSource,
  EntryRow,
  FeedInboxItem,
  FeedTally,
  MergeRow,
  MessageCommit,
  MessageOutcome,
  MessageRow,
  MessageState,
} from './chart-api.ts';
import type { ChartEntriesTable, ChartMergesTable, ChartPatientsTable, FeedMessagesTable } from './chart-schema.ts';
import type { Queries } from './queries.ts';
import { all, type Engine, first, type Script } from './script.ts';
import {
  commitMessages,
  enterCharts,
  inboxOf,
  mergeCharts,
  readAgain,
  setMessageState,
  stateOf,
  storedState,
  unmergeCharts,
} from './scripts/chart.ts';

/** Charts of one patient that were taken in, at most. */
export const MOST_TAKEN = 64;
const LAST = Number.MAX_SAFE_INTEGER;

/** What feeds sent and the charts made of it: sealed. Every method is one transaction. Throws Fault `records.*`. */
export class Charts {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  /** Keeps messages: durable when it resolves, in the order given. */
  commit(batch: readonly MessageCommit[]): Promise<readonly MessageOutcome[]> {
    return this.#engine.write(() => commitMessages(this.#queries, batch));
  }

  /** What is to be entered next, oldest first: at most so many, and so many bytes unless one alone is larger. */
  async inbox(limit: number, mostBytes: number): Promise<readonly FeedInboxItem[]> {
    const rows = await this.#engine.read(() => inboxOf(this.#queries, limit, mostBytes));
    return rows.map(({ no, feed, sealed, received_at_ms, state }) => ({
      ...{ no, feed, sealed, receivedAtMs: received_at_ms, state: stateOf(state, true) },
    }));
  }

  /** Enters what messages told and takes those out of the inbox, all or nothing. */
  enter(changes: ChartChanges): Promise<void> {
    return this.#engine.write(() => enterCharts(this.#queries, changes));
  }

  /** What became of each feed's messages. */
  async tallies(): Promise<readonly FeedTally[]> {
    const rows = await this.#engine.read(() => all(this.#queries.feedTallies, {}));
    return rows.map(({ feed, received, last_at_ms, waiting, not_understood, quarantined }) => ({
      ...{ feed, received, lastAtMs: last_at_ms, waiting, notUnderstood: not_understood, quarantined },
    }));
  }

  async message(no: number): Promise<MessageRow | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.message, { no }));
    return row === undefined ? undefined : messageOf(row);
  }

  /** In the tray in one state, or understood (then whether they wait or are entered), newest first, before `before`. */
  async messages(state: MessageState, before: number | undefined, limit: number): Promise<readonly MessageRow[]> {
    const asked = { state: storedState(state), before: before ?? LAST, limit };
    return (await this.#engine.read(() => all(this.#queries.messagesInState, asked))).map(messageOf);
  }

  /** The sealed bytes of a message. */
  async body(no: number): Promise<Uint8Array | undefined> {
    return (await this.#engine.read(() => first(this.#queries.messageBody, { no })))?.sealed;
  }

  setState(no: number, state: MessageState, events: readonly Event[]): Promise<boolean> {
    return this.#engine.write(() => setMessageState(this.#queries, no, state, events));
  }

  /** A message of the tray as it was read again; what it told before is forgotten. */
  readAgain(
    no: number,
    now: { readonly state: MessageState; readonly sealed: Uint8Array; readonly reading: Uint8Array | undefined },
  ): Promise<boolean> {
    return this.#engine.write(() => readAgain(this.#queries, no, now));
  }

  /** The highest number a chart has or, of a drill, had; 0 without one: a session may still have that number open. */
  async lastChart(): Promise<number> {
    const queries = this.#queries;
    return this.#engine.read(function* () {
      const [last, drill] = [yield* first(queries.lastChart, {}), yield* first(queries.lastDrillChart, {})];
      return Math.max(last?.no ?? 0, drill?.chart_no ?? 0);
    });
  }

  async chart(no: number): Promise<ChartRow | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.chart, { no }));
    return row === undefined ? undefined : chartOf(row);
  }

  /** The chart that an identifier's digest was given to. */
  async chartOfIdentifier(digest: string): Promise<number | undefined> {
    return (await this.#engine.read(() => first(this.#queries.chartOfIdentifier, { digest })))?.chart_no;
  }

  /** The charts that one has taken in itself. */
  async takenBy(no: number): Promise<readonly ChartRow[]> {
    const asked = { into: no, limit: MOST_TAKEN };
    return (await this.#engine.read(() => all(this.#queries.chartsTakenBy, asked))).map(chartOf);
  }

  /** By a token: highest number first; otherwise newest first. */
  async charts(source: ChartSource, limit: number): Promise<readonly ChartRow[]> {
    const { chartsOfToken, chartsArrived, chartsPresent, chartsCritical, chartsHeard } = this.#queries;
    const lists = { arrived: chartsArrived, present: chartsPresent, critical: chartsCritical, heard: chartsHeard };
    const rows = await this.#engine.read(() =>
      source.by === 'token'
        ? all(chartsOfToken, { token: source.token, limit })
        : all(lists[source.by], { since: Math.max(1, source.sinceMs), limit }),
    );
    return rows.map(chartOf);
  }

  /** What was told of a chart, newest first. */
  async entries(chart: number, limit: number): Promise<readonly EntryRow[]> {
    return (await this.#engine.read(() => all(this.#queries.entriesOfChart, { chart, limit }))).map(entryOf);
  }

  /** The chart that stands for `no` and all it has taken in; none when there is no such chart. */
  group(no: number): Promise<readonly ChartMark[]> {
    return this.#engine.read(() => groupOf(this.#queries, no));
  }

  /** The same with what was told of each and how they came to be one, of one moment. @param most entries of all together. */
  cut(no: number, most: number): Promise<ChartCut> {
    return this.#engine.read(() => cutOf(this.#queries, no, most));
  }

  async document(
    id: string,
  ): Promise<{ readonly chart: number; readonly bytes: number; readonly sealed: Uint8Array } | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.document, { id }));
    return row === undefined ? undefined : { chart: row.chart_no, bytes: row.bytes, sealed: row.sealed };
  }

  /** Number of the merge; undefined when either chart does not stand by itself. */
  merge(merge: ChartMerge): Promise<number | undefined> {
    return this.#engine.write(() => mergeCharts(this.#queries, merge));
  }

  /** False when that merge does not stand. */
  unmerge(
    no: number,
    undone: { readonly atMs: number; readonly by: string },
    events: readonly Event[],
  ): Promise<boolean> {
    return this.#engine.write(() => unmergeCharts(this.#queries, no, undone, events));
  }

  async mergeOf(no: number): Promise<MergeRow | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.merge, { no }));
    return row === undefined ? undefined : mergeOf(row);
  }

  /** What a chart has taken in, undone or not, oldest first. */
  async mergesInto(into: number): Promise<readonly MergeRow[]> {
    const asked = { into, limit: MOST_TAKEN };
    return (await this.#engine.read(() => all(this.#queries.mergesInto, asked))).map(mergeOf);
  }
}

function messageOf(
  row: Omit<FeedMessagesTable, 'identity' | 'content'> & { readonly inbox_no: number | null },
): MessageRow {
  const { no, feed, received_at_ms, bytes, answered, state, is_other, sealed, inbox_no } = row;
  return {
    ...{ no, feed, bytes, answered, sealed },
    ...{ receivedAtMs: received_at_ms, state: stateOf(state, inbox_no !== null), isOther: is_other === 1 },
  };
}

function chartOf(row: ChartPatientsTable): ChartRow {
  const { no, into_no, heard_at_ms, arrived_at_ms, present_at_ms, critical_at_ms, critical, sealed } = row;
  return {
    ...{ no, into: into_no, heardAtMs: heard_at_ms, arrivedAtMs: arrived_at_ms },
    ...{ presentAtMs: present_at_ms, criticalAtMs: critical_at_ms, critical, sealed },
  };
}

function entryOf({ no, chart_no, message_no, heard_at_ms, kind, sealed }: ChartEntriesTable): EntryRow {
  const isRaw = kind === 'raw';
  return { no, chart: chart_no, message: message_no, heardAtMs: heard_at_ms, kind: isRaw ? 'raw' : 'told', sealed };
}

function mergeOf(row: ChartMergesTable): MergeRow {
  const { no, into_no, taken_no, at_ms, by_whom, reason, undone_at_ms, undone_by } = row;
  return {
    ...{ no, into: into_no, taken: taken_no, atMs: at_ms, by: by_whom, reason },
    ...{ undoneAtMs: undone_at_ms, undoneBy: undone_by },
  };
}

const MOST_CHAIN = 64;

function* groupOf(queries: Queries, no: number): Script<readonly ChartMark[]> {
  let root = yield* first(queries.chart, { no });
  for (let steps = 0; root !== undefined && root.into_no !== 0 && steps < MOST_CHAIN; steps += 1)
    root = (yield* first(queries.chart, { no: root.into_no })) ?? root;
  const rows = root === undefined ? [] : [chartOf(root)];
  for (let at = 0; at < rows.length && rows.length < MOST_TAKEN; at += 1) {
    const taken = yield* all(queries.chartsTakenBy, { into: rows[at]?.no ?? 0, limit: MOST_TAKEN });
    rows.push(...taken.map(chartOf));
  }
  const marks: ChartMark[] = [];
  for (const row of rows.slice(0, MOST_TAKEN)) {
    const mark = yield* first(queries.entriesUpTo, { chart: row.no });
    marks.push({ row, entries: Number(mark?.count ?? 0), lastEntry: Number(mark?.last ?? 0) });
  }
  return marks;
}

function* cutOf(queries: Queries, no: number, most: number): Script<ChartCut> {
  const group = yield* groupOf(queries, no);
  const limit = Math.max(1, Math.floor(most / Math.max(1, group.length)));
  const charts: ChartCut['charts'][number][] = [];
  const merges: MergeRow[] = [];
  for (const mark of group) {
    const told = yield* all(queries.entriesOfChart, { chart: mark.row.no, limit });
    charts.push({ ...mark, told: told.map(entryOf) });
    const into = yield* all(queries.mergesInto, { into: mark.row.no, limit: MOST_TAKEN });
    merges.push(...into.map(mergeOf).filter(({ undoneAtMs }) => undoneAtMs === 0));
  }
  return { charts, merges };
}
