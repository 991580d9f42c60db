import type { Event, Operator } from '@leadglass/model';
import type { HoldRequest } from '../api.ts';
import { recordsFaults } from '../faults.ts';
import type { Queries } from '../queries.ts';
import { operatorOf, operatorRow, personKeyOf, personKeyRow, requestRow } from '../rows.ts';
import { all, first, run, type Script } from '../script.ts';
import { putEvents } from './events.ts';
import { newTally, writeTally } from './tally.ts';

export function* askDecision(queries: Queries, request: HoldRequest, events: readonly Event[]): Script<void> {
  const { sha256, askedAtMs } = request;
  const hold = yield* first(queries.hold, { sha256 });
  if (hold?.state !== 'held') throw recordsFaults.notHeld();
  const earlier = yield* first(queries.request, { sha256 });
  if (earlier !== undefined && earlier.expires_at_ms > askedAtMs) throw recordsFaults.alreadyAsked();
  yield* run(queries.deleteRequest, { sha256 });
  yield* run(queries.insertRequest, requestRow(request));
  yield* told(queries, events);
}

export function* withdrawRequest(queries: Queries, sha256: string, id: string, events: readonly Event[]): Script<void> {
  yield* answerRequest(queries, sha256, id);
  yield* told(queries, events);
}

/** Ends the request `id`, which must be there; without one, whatever no longer stands. */
export function* answerRequest(queries: Queries, sha256: string, id: string | undefined): Script<void> {
  if (id === undefined) yield* run(queries.deleteRequest, { sha256 });
  else if ((yield* run(queries.deleteRequestById, { sha256, id })) === 0) throw recordsFaults.requestGone();
}

/** By name, whatever key they have. */
export function* operatorsOf(queries: Queries): Script<readonly Operator[]> {
  const [keys, passkeys] = [yield* all(queries.operators, {}), yield* all(queries.personKeys, {})];
  const both = [...keys.map(operatorOf), ...passkeys.map(personKeyOf)];
  return both.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export function* addOperator(queries: Queries, operator: Operator, events: readonly Event[]): Script<boolean> {
  const { passkey } = operator;
  const added =
    passkey === undefined
      ? yield* run(queries.insertOperator, operatorRow(operator))
      : yield* run(queries.insertPersonKey, personKeyRow(operator, passkey));
  if (added === 0) return false;
  yield* told(queries, events);
  return true;
}

export function* removeOperator(queries: Queries, name: string, events: readonly Event[]): Script<boolean> {
  const removed = (yield* run(queries.deleteOperator, { name })) + (yield* run(queries.deletePersonKey, { name }));
  if (removed === 0) return false;
  yield* told(queries, events);
  return true;
}

function* told(queries: Queries, events: readonly Event[]): Script<void> {
  const tally = newTally();
  yield* putEvents(queries, events, tally);
  yield* writeTally(queries, tally);
}
