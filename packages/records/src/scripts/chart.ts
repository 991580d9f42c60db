import type { Event } from '@leadglass/model';
import type { ChartChanges, ChartMerge, MessageCommit, MessageOutcome, MessageState } from '../chart-api.ts';
import type { FeedTalliesTable } from '../chart-schema.ts';
import type { Queries } from '../queries.ts';
import { all, first, run, type Script } from '../script.ts';
import { appendEvents } from './events.ts';

/** What a transaction adds to the counts of each feed: written once a feed. */
class FeedCounts {
  readonly #byFeed = new Map<string, FeedTalliesTable>();

  of(feed: string): FeedTalliesTable {
    const known = this.#byFeed.get(feed);
    if (known !== undefined) return known;
    const fresh = { feed, received: 0, last_at_ms: 0, waiting: 0, not_understood: 0, quarantined: 0 };
    this.#byFeed.set(feed, fresh);
    return fresh;
  }

  /** A message is in `state` now; `by` −1: no longer. */
  counts(feed: string, state: MessageState, by: 1 | -1): void {
    const tally = this.of(feed);
    if (state === 'waiting') tally.waiting += by;
    if (state === 'not-understood') tally.not_understood += by;
    if (state === 'quarantined') tally.quarantined += by;
  }

  *write(queries: Queries): Script<void> {
    for (const tally of this.#byFeed.values()) yield* run(queries.addFeedTally, tally);
  }
}

/**
 * A state as it is written. Whether something still waits is said by the inbox alone: a message that is understood is written once, and entering
 * it does not touch it again.
 */
export function storedState(state: MessageState): MessageState {
  return state === 'waiting' ? 'entered' : state;
}

/** The state of a message as it was written, which older programs wrote `waiting` of what was to be entered. */
export function stateOf(stored: string, isInInbox: boolean): MessageState {
  if (stored !== 'entered' && stored !== 'waiting') return stored as MessageState;
  return isInInbox ? 'waiting' : 'entered';
}

/** Keeps messages, all or none: each once, whatever number of times it is sent. */
export function* commitMessages(queries: Queries, batch: readonly MessageCommit[]): Script<readonly MessageOutcome[]> {
  const counts = new FeedCounts();
  const outcomes: MessageOutcome[] = [];
  let no = (yield* first(queries.lastMessage, {}))?.no ?? 0;
  for (const message of batch) {
    const outcome = yield* commitMessage(queries, message, no + 1, counts);
    if (outcome.kind !== 'repeated') no += 1;
    outcomes.push(outcome);
  }
  yield* counts.write(queries);
  return outcomes;
}

/** @param no the number that it gets, unless it is there already. */
function* commitMessage(
  queries: Queries,
  message: MessageCommit,
  no: number,
  counts: FeedCounts,
): Script<MessageOutcome> {
  const { identity, content, feed, bytes, answered, state, sealed, receivedAtMs, body, reading } = message;
  const tally = counts.of(feed);
  tally.last_at_ms = Math.max(tally.last_at_ms, receivedAtMs);
  const other = yield* first(queries.messageOther, { identity });
  const same = other?.content === content ? other : other && (yield* first(queries.messageSame, { identity, content }));
  if (same !== undefined) return { kind: 'repeated', answered: same.answered };
  const is_other = other === undefined ? 0 : 1;
  const row = { no, identity, content, feed, bytes, answered, sealed, is_other, received_at_ms: receivedAtMs };
  yield* run(queries.insertMessage, { ...row, state: storedState(state) });
  yield* run(queries.insertBody, { no, sealed: body });
  if (reading !== undefined) yield* run(queries.insertReading, { no, feed, sealed: reading });
  tally.received += 1;
  counts.counts(feed, stateOf(storedState(state), reading !== undefined), 1);
  return { kind: is_other === 1 ? 'other' : 'stored', answered };
}

/** What of the inbox goes into one transaction. */
export function* inboxOf(queries: Queries, limit: number, mostBytes: number) {
  const sizes = yield* all(queries.feedInboxSizes, { limit });
  let [count, sum] = [0, 0];
  for (const { bytes } of sizes) {
    sum += bytes;
    if (count > 0 && sum > mostBytes) break;
    count += 1;
  }
  return yield* all(queries.feedInbox, { limit: count });
}

/** Enters what a batch of messages tells, and takes those out of the inbox. */
export function* enterCharts(queries: Queries, changes: ChartChanges): Script<void> {
  yield* writeCharts(queries, changes);
  for (const each of changes.identifiers) yield* run(queries.putIdentifier, each);
  for (const each of changes.tokens) yield* run(queries.putChartToken, each);
  for (const { chart, message, heardAtMs, kind, sealed } of changes.entries) {
    const row = { chart_no: chart, message_no: message, heard_at_ms: heardAtMs, kind, sealed };
    yield* run(queries.insertEntry, row);
  }
  for (const each of changes.documents) yield* run(queries.insertDocument, each);
  const events: Event[] = [];
  for (const each of changes.merges) events.push(each.event(yield* putMerge(queries, each)));
  const counts = new FeedCounts();
  for (const each of changes.done) yield* leaveInbox(queries, each, counts);
  yield* counts.write(queries);
  if (events.length > 0) yield* appendEvents(queries, events);
}

// A chart whose place in the lists is what it was leaves their indexes alone.
function* writeCharts(queries: Queries, { charts, resealed, heard }: ChartChanges): Script<void> {
  for (const { no, heardAtMs, arrivedAtMs, presentAtMs, criticalAtMs, critical, sealed } of charts)
    yield* run(queries.putChart, {
      ...{ no, heard_at_ms: heardAtMs, arrived_at_ms: arrivedAtMs, present_at_ms: presentAtMs },
      ...{ critical_at_ms: criticalAtMs, critical, sealed },
    });
  for (const { no, heardAtMs, sealed } of resealed)
    yield* run(queries.resealChart, { no, heard_at_ms: heardAtMs, sealed });
  for (const { no, heardAtMs } of heard) yield* run(queries.hearOfChart, { no, heard_at_ms: heardAtMs });
}

function* leaveInbox(queries: Queries, done: ChartChanges['done'][number], counts: FeedCounts): Script<void> {
  const { no, feed, state, sealed } = done;
  const wasThere = (yield* run(queries.deleteReading, { no })) > 0;
  if (state === 'entered') {
    if (wasThere) counts.counts(feed, 'waiting', -1);
    return;
  }
  const row = yield* first(queries.message, { no });
  if (row === undefined) return;
  const before = stateOf(row.state, wasThere);
  if (sealed !== undefined) yield* run(queries.resealMessage, { no, state: row.state, sealed });
  if (before !== state) yield* move(queries, { no, feed: row.feed, from: before, to: state }, counts);
}

interface Move {
  readonly no: number;
  readonly feed: string;
  readonly from: MessageState;
  readonly to: MessageState;
}

function* move(queries: Queries, { no, feed, from, to }: Move, counts: FeedCounts): Script<void> {
  yield* run(queries.setMessageState, { no, state: storedState(to) });
  counts.counts(feed, from, -1);
  counts.counts(feed, to, 1);
}

/** Moves a message; false when there is none of that number. */
export function* setMessageState(
  queries: Queries,
  no: number,
  state: MessageState,
  events: readonly Event[],
): Script<boolean> {
  const row = yield* first(queries.message, { no });
  if (row === undefined) return false;
  const counts = new FeedCounts();
  const from = stateOf(row.state, row.inbox_no !== null);
  if (from !== state) yield* move(queries, { no, feed: row.feed, from, to: state }, counts);
  yield* counts.write(queries);
  yield* appendEvents(queries, events);
  return true;
}

/** A message of the tray was read again: what it is now. What it told before is told anew, and not twice. */
export function* readAgain(
  queries: Queries,
  no: number,
  now: { readonly state: MessageState; readonly sealed: Uint8Array; readonly reading: Uint8Array | undefined },
): Script<boolean> {
  const row = yield* first(queries.message, { no });
  if (row === undefined) return false;
  const counts = new FeedCounts();
  counts.counts(row.feed, stateOf(row.state, row.inbox_no !== null), -1);
  counts.counts(row.feed, stateOf(storedState(now.state), now.reading !== undefined), 1);
  yield* run(queries.resealMessage, { no, state: storedState(now.state), sealed: now.sealed });
  yield* run(queries.deleteEntriesOfMessage, { message: no });
  if (now.reading === undefined) yield* run(queries.deleteReading, { no });
  else yield* run(queries.putReading, { no, feed: row.feed, sealed: now.reading });
  yield* counts.write(queries);
  return true;
}

function* putMerge(queries: Queries, { into, taken, atMs, by, reason }: ChartMerge): Script<number> {
  yield* run(queries.setTaker, { no: taken, into });
  yield* run(queries.insertMerge, { into_no: into, taken_no: taken, at_ms: atMs, by_whom: by, reason });
  return (yield* first(queries.lastMerge, { taken }))?.no ?? 0;
}

/** Two charts become one; undefined when either is not a chart that stands by itself, or they are one. */
export function* mergeCharts(queries: Queries, merge: ChartMerge): Script<number | undefined> {
  const [into, taken] = [
    yield* first(queries.chart, { no: merge.into }),
    yield* first(queries.chart, { no: merge.taken }),
  ];
  if (into === undefined || taken === undefined || merge.into === merge.taken) return undefined;
  if (into.into_no !== 0 || taken.into_no !== 0) return undefined;
  const no = yield* putMerge(queries, merge);
  yield* appendEvents(queries, [merge.event(no)]);
  return no;
}

/** They are two again; false when that merge does not stand. */
export function* unmergeCharts(
  queries: Queries,
  no: number,
  undone: { readonly atMs: number; readonly by: string },
  events: readonly Event[],
): Script<boolean> {
  const merge = yield* first(queries.merge, { no });
  if (merge === undefined || merge.undone_at_ms !== 0) return false;
  const taken = yield* first(queries.chart, { no: merge.taken_no });
  if (taken?.into_no !== merge.into_no) return false;
  yield* run(queries.setTaker, { no: merge.taken_no, into: 0 });
  yield* run(queries.undoMerge, { no, at_ms: undone.atMs, by_whom: undone.by });
  yield* appendEvents(queries, events);
  return true;
}
