import type { Event } from '@leadglass/model';
import type { Hold, HoldState } from '../api.ts';
import { recordsFaults } from '../faults.ts';
import type { Queries } from '../queries.ts';
import { holdOf } from '../rows.ts';
import { all, first, run, type Script } from '../script.ts';
import { catalogueReleased, catalogueRemoved } from './catalogue-inbox.ts';
import { answerRequest } from './decisions.ts';
import { dropUndelivered } from './deliveries.ts';
import { putEvents } from './events.ts';
import { settleHeldDevice } from './identity.ts';
import { goesOnWaiting, identityObjectGone } from './identity-objects.ts';
import { learnReleased } from './known.ts';
import { newTally, type Tally, writeTally } from './tally.ts';

/** What a person decided about a held object. */
export interface Decision {
  readonly sha256: string;
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
  /** Of the request it answers. */
  readonly requestId?: string | undefined;
}

export function* listHolds(queries: Queries, state: HoldState | undefined, limit: number): Script<readonly Hold[]> {
  const holds: Hold[] = [];
  for (const each of state === undefined ? (['held', 'released', 'destroyed'] as const) : [state]) {
    holds.push(...(yield* all(queries.holdsIn, { state: each, limit })).map(holdOf));
  }
  return holds.toSorted((a, b) => b.heldAtMs - a.heldAtMs).slice(0, limit);
}

export function* releaseHold(
  queries: Queries,
  decision: Decision,
  destinations: readonly string[],
  events: readonly Event[],
): Script<void> {
  const tally = newTally();
  yield* decide(queries, decision, 'released');
  yield* learnReleased(queries, decision.sha256);
  yield* catalogueReleased(queries, decision.sha256);
  const waits = yield* goesOnWaiting(queries, decision.sha256, destinations);
  for (const destination of waits ? [] : destinations) {
    tally.pending += yield* run(queries.insertDelivery, {
      sha256: decision.sha256,
      destination,
      nextAtMs: decision.atMs,
    });
  }
  yield* putEvents(queries, events, tally);
  yield* writeTally(queries, tally);
}

export function* destroyHold(queries: Queries, decision: Decision, events: readonly Event[]): Script<void> {
  const tally = newTally();
  yield* decide(queries, decision, 'destroyed');
  yield* removeObject(queries, decision.sha256, tally);
  yield* putEvents(queries, events, tally);
  yield* writeTally(queries, tally);
}

export function* destroyCustody(queries: Queries, sha256: string, events: readonly Event[]): Script<void> {
  const tally = newTally();
  yield* removeObject(queries, sha256, tally);
  // What is not there any more cannot be decided about.
  yield* run(queries.deleteHeld, { sha256 });
  yield* run(queries.deleteRequest, { sha256 });
  yield* putEvents(queries, events, tally);
  yield* writeTally(queries, tally);
}

/** No copy of this object can be made; nothing when none is owed. */
export function* copyImpossible(queries: Queries, sha256: string, events: readonly Event[]): Script<void> {
  if ((yield* run(queries.settleCopy, { sha256, copy: 'impossible', copySha256: '' })) === 0) return;
  const tally = newTally();
  yield* putEvents(queries, events, tally);
  yield* writeTally(queries, tally);
}

function* decide(queries: Queries, { requestId, ...decision }: Decision, state: HoldState): Script<void> {
  yield* answerRequest(queries, decision.sha256, requestId);
  if ((yield* run(queries.decideHold, { ...decision, state })) === 0) throw recordsFaults.notHeld();
}

function* removeObject(queries: Queries, sha256: string, tally: Tally): Script<void> {
  yield* settleHeldDevice(queries, sha256, false);
  yield* identityObjectGone(queries, sha256);
  const custody = yield* first(queries.custody, { sha256 });
  yield* dropUndelivered(queries, sha256, tally);
  if (custody === undefined) return;
  yield* catalogueRemoved(queries, custody);
  yield* run(queries.deleteCustody, { sha256 });
  tally.objects -= 1;
  tally.bytes -= custody.plain_bytes;
}
