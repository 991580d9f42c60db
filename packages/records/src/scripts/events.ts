import type { Event, EventKind } from '@leadglass/model';
import { eventJson } from '../bounds.ts';
import { keysOf } from '../event-keys.ts';
import type { Queries } from '../queries.ts';
import { eventOf } from '../rows.ts';
import { all, first, run, type Script } from '../script.ts';
import { countStranger } from './strangers.ts';
import { newTally, type Tally, writeTally } from './tally.ts';

/** An event as readers get it. */
export interface StoredEvent {
  readonly seq: number;
  readonly ledgerIndex: number | undefined;
  readonly event: Event;
}

export interface EventRow {
  readonly seq: number;
  readonly ledger_index: number | null;
  readonly json: string;
}

/** An event as it was written. */
export const stored = (row: EventRow): StoredEvent => ({
  seq: row.seq,
  ledgerIndex: row.ledger_index ?? undefined,
  event: eventOf(row.json),
});

/** Writes one event of a transaction. */
export function* putEvent(queries: Queries, event: Event, tally: Tally): Script<void> {
  const arrivalId = 'arrivalId' in event ? event.arrivalId : null;
  yield* run(queries.insertEvent, {
    id: event.id,
    atMs: event.atMs,
    kind: event.kind satisfies EventKind,
    arrivalId,
    json: eventJson(event),
  });
  yield* countStranger(queries, event);
  tally.events += 1;
}

export function* putEvents(queries: Queries, events: readonly Event[], tally: Tally): Script<void> {
  for (const event of events) yield* putEvent(queries, event, tally);
}

export function* appendEvents(queries: Queries, events: readonly Event[]): Script<void> {
  const tally = newTally();
  yield* putEvents(queries, events, tally);
  yield* writeTally(queries, tally);
}

export function* readEvents(
  queries: Queries,
  filter: { readonly afterSeq?: number; readonly kinds?: readonly string[] },
  limit: number,
): Script<readonly StoredEvent[]> {
  const rows: EventRow[] = [];
  if (filter.kinds === undefined) rows.push(...(yield* ofAnyKind(queries, filter.afterSeq, limit)));
  // One indexed read a kind, merged: asking for rare kinds never walks a long log.
  for (const kind of new Set(filter.kinds)) rows.push(...(yield* ofKind(queries, kind, filter.afterSeq, limit)));
  rows.sort((a, b) => a.seq - b.seq);
  return (filter.afterSeq === undefined ? rows.slice(Math.max(0, rows.length - limit)) : rows.slice(0, limit)).map(
    stored,
  );
}

function* ofAnyKind(queries: Queries, after: number | undefined, limit: number): Script<readonly EventRow[]> {
  return after === undefined
    ? yield* all(queries.lastEvents, { limit })
    : yield* all(queries.eventsAfter, { after, limit });
}

function* ofKind(
  queries: Queries,
  kind: string,
  after: number | undefined,
  limit: number,
): Script<readonly EventRow[]> {
  if (after === undefined) return yield* all(queries.lastEventsOfKind, { kind, limit });
  return yield* all(queries.eventsOfKindAfter, { kind, after, limit });
}

export function* findEvents(queries: Queries, id: string): Script<readonly StoredEvent[]> {
  const index = /^#([0-9]{1,15})$/.exec(id)?.[1];
  if (index !== undefined) return (yield* all(queries.eventByLedgerIndex, { index: Number(index) })).map(stored);
  const own = yield* all(queries.eventById, { id });
  return (own.length > 0 ? own : yield* all(queries.eventsOfArrival, { id })).map(stored);
}

export function* unsequenced(queries: Queries, limit: number): Script<readonly StoredEvent[]> {
  return (yield* all(queries.unsequenced, { limit })).map(stored);
}

/**
 * Marks events as logged, and enters what they are found by: their rows are written anew here anyway, many in one transaction, and what is
 * answered durably at once stays small.
 */
export function* sequenced(
  queries: Queries,
  events: readonly Pick<StoredEvent, 'seq' | 'event'>[],
  firstIndex: number,
): Script<void> {
  for (const [at, { seq, event }] of events.entries())
    yield* run(queries.sequenced, { seq, index: firstIndex + at, ...keysOf(event) });
}

export function* lastLedgerIndex(queries: Queries): Script<number> {
  return (yield* first(queries.lastLedgerIndex, {}))?.ledger_index ?? -1;
}
