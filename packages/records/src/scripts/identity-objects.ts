import type { ArrivalCommit } from '../api.ts';
import type { Queries } from '../queries.ts';
import { first, run, type Script } from '../script.ts';
import { putEvent } from './events.ts';
import type { Tally } from './tally.ts';

/**
 * An object that came under a temporary identity waits for who it is. False: its deliveries do not wait, for nobody waits for that identity any
 * more, or it was let go before anybody knew that it would have to.
 */
export function* waitsForIdentity(
  queries: Queries,
  { arrival, awaits, destinations, catalogued }: ArrivalCommit,
  isNew: boolean,
  tally: Tally,
): Script<boolean> {
  if (awaits === undefined) return false;
  const { number } = awaits;
  const { sha256, receivedAtMs: since_ms } = arrival;
  const known = yield* first(queries.identityObject, { sha256 });
  if (!isNew) return known !== undefined && known.state !== 'sent';
  const isFirst = (yield* run(queries.insertIdentity, { number, since_ms })) > 0;
  const isReleased = (yield* first(queries.temporaryIdentity, { number }))?.state === 'released';
  // What was destroyed and is sent again begins anew.
  yield* run(queries.deleteIdentityObject, { sha256 });
  yield* run(queries.insertIdentityObject, {
    ...{ sha256, number, state: isReleased ? 'sent' : 'waiting', since_ms },
    ...{ destinations: JSON.stringify(destinations), sealed: catalogued ?? null },
  });
  if (isFirst) yield* putEvent(queries, awaits.event(arrival, destinations), tally);
  return !isReleased;
}

/** Whether what is asked to go to `destinations` waits for an identity; then it waits for these too. */
export function* goesOnWaiting(queries: Queries, sha256: string, destinations: readonly string[]): Script<boolean> {
  const object = yield* first(queries.identityObject, { sha256 });
  if (object === undefined || object.state === 'sent' || object.state === 'destroyed') return false;
  const known = JSON.parse(object.destinations) as readonly string[];
  const all = JSON.stringify([...new Set([...known, ...destinations])]);
  yield* run(queries.readdressIdentityObject, { sha256, destinations: all });
  return true;
}

/** The disarmed copy of an object that came under a temporary identity came under it too. */
export function* awaitsAs(queries: Queries, original: string, copy: ArrivalCommit): Script<ArrivalCommit> {
  const object = yield* first(queries.identityObject, { sha256: original });
  if (object === undefined) return copy;
  return { ...copy, awaits: { number: object.number, event: neverFirst } };
}

function neverFirst(): never {
  throw new Error('the original came before its copy');
}

/** Its bytes are gone. */
export function* identityObjectGone(queries: Queries, sha256: string): Script<void> {
  const object = yield* first(queries.identityObject, { sha256 });
  if (object === undefined) return;
  yield* run(queries.changeIdentityObject, {
    sha256,
    from: object.state,
    state: 'destroyed',
    copy: object.copy_sha256,
  });
}
