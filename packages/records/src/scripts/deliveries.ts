import type { Delivery, Event } from '@leadglass/model';
import type { DeliveryResult, DueDelivery } from '../api.ts';
import type { DeliveryRow } from '../delivery-queries.ts';
import type { Queries } from '../queries.ts';
import { deliveryOf, dueOf } from '../rows.ts';
import { all, first, run, type Script } from '../script.ts';
import { putEvents } from './events.ts';
import { newTally, type Tally, writeTally } from './tally.ts';

/** No backoff reaches this far: a delivery due later was written under a wall clock that was wrong, and is due now. */
export const HORIZON_MS = 48 * 3_600_000;

export function* dueDeliveries(
  queries: Queries,
  destination: string,
  nowMs: number,
  limit: number,
): Script<readonly DueDelivery[]> {
  const rows = [...(yield* all(queries.due, { destination, nowMs, limit }))];
  const left = limit - rows.length;
  if (left > 0)
    rows.push(...(yield* all(queries.dueBeyond, { destination, horizonMs: nowMs + HORIZON_MS, limit: left })));
  return rows.map(dueOf);
}

export function* dueSince(
  queries: Queries,
  destination: string,
  sinceMs: number,
  nowMs: number,
  limit: number,
): Script<readonly DueDelivery[]> {
  return (yield* all(queries.dueSince, { destination, sinceMs, nowMs, limit })).map(dueOf);
}

export function* nextDueMs(queries: Queries, destination: string, nowMs: number): Script<number | undefined> {
  const next = (yield* first(queries.nextDue, { destination }))?.next_at_ms;
  if (next === undefined || next <= nowMs) return next;
  const beyond = yield* first(queries.anyBeyond, { destination, horizonMs: nowMs + HORIZON_MS });
  return beyond === undefined ? next : nowMs;
}

export function* recordDeliveries(
  queries: Queries,
  results: readonly DeliveryResult[],
  events: readonly Event[],
): Script<void> {
  const tally = newTally();
  for (const result of results) yield* settle(queries, result, tally);
  yield* putEvents(queries, events, tally);
  yield* writeTally(queries, tally);
}

function* settle(queries: Queries, result: DeliveryResult, tally: Tally): Script<void> {
  const state = result.outcome === 'retry' ? 'pending' : result.outcome;
  const values = {
    id: result.id,
    state,
    nextAtMs: result.outcome === 'retry' ? (result.nextAtMs ?? result.atMs) : result.atMs,
    status: result.status ?? null,
    fault: result.outcome === 'delivered' ? null : (result.fault ?? null),
    commitment: result.commitment ?? null,
  };
  const settled = yield* run(queries.settle, { ...values, from: 'pending' });
  move(tally, 'pending', state, settled);
  if (settled > 0 || state !== 'delivered') return;
  // A success that comes after the delivery was given up is still the destination's word.
  move(tally, 'failed', state, yield* run(queries.settle, { ...values, from: 'failed' }));
}

function move(tally: Tally, from: 'pending' | 'failed', to: 'pending' | 'delivered' | 'failed', rows: number): void {
  tally[from] -= rows;
  tally[to] += rows;
}

export function* retryDeliveries(
  queries: Queries,
  destination: string,
  nowMs: number,
  sha256: string | undefined,
  event?: (retried: number) => Event,
): Script<number> {
  const tally = newTally();
  const again =
    sha256 === undefined
      ? yield* run(queries.retryFailed, { destination, nowMs })
      : yield* run(queries.retryFailedOne, { sha256, destination, nowMs });
  move(tally, 'failed', 'pending', again);
  if (again > 0 && event !== undefined) yield* putEvents(queries, [event(again)], tally);
  yield* writeTally(queries, tally);
  return again;
}

/** Removes what was not delivered of an object that is going away. */
export function* dropUndelivered(queries: Queries, sha256: string, tally: Tally): Script<void> {
  for (const state of ['pending', 'failed'] as const)
    tally[state] -= yield* run(queries.deleteUndelivered, { sha256, state });
}

interface DeliveryFilter {
  readonly state?: string;
  readonly destination?: string;
  readonly sha256?: string;
}

/** Latest first. Every combination of filters is answered from an index. */
export function* listDeliveries(queries: Queries, filter: DeliveryFilter, limit: number): Script<readonly Delivery[]> {
  const rows =
    filter.sha256 === undefined
      ? yield* byState(queries, filter, limit)
      : yield* all(queries.deliveriesOfObject, { sha256: filter.sha256 });
  return rows
    .filter((row) => filter.state === undefined || row.state === filter.state)
    .filter((row) => filter.destination === undefined || row.destination === filter.destination)
    .toSorted((a, b) => b.next_at_ms - a.next_at_ms || b.id - a.id)
    .slice(0, limit)
    .map(deliveryOf);
}

function* byState(
  queries: Queries,
  { state, destination }: DeliveryFilter,
  limit: number,
): Script<readonly DeliveryRow[]> {
  const rows: DeliveryRow[] = [];
  for (const each of state === undefined ? ['pending', 'delivered', 'failed'] : [state]) {
    const some =
      destination === undefined
        ? yield* all(queries.deliveriesIn, { state: each, limit })
        : yield* all(queries.deliveriesInOf, { state: each, destination, limit });
    rows.push(...some);
  }
  return rows;
}
