import type { Event, Sha256 } from '@leadglass/model';
import type { ArrivalCommit, Custody } from './api.ts';
import type { Queries } from './queries.ts';
import type { IdentityDeliveryRow, IdentityObjectRow } from './reconciliation-queries.ts';
import type { IdentitiesTable } from './reconciliation-schema.ts';
import { custodyOf } from './rows.ts';
import { all, type Engine, first, run, type Script } from './script.ts';
import { commitArrivals } from './scripts/arrivals.ts';
import { appendEvents, putEvents } from './scripts/events.ts';
import { type Hl7Owing, owe } from './scripts/hl7-owed.ts';
import { newTally, type Tally, writeTally } from './scripts/tally.ts';

export type IdentityState = 'open' | 'asked' | 'accepted' | 'released';
export type IdentityObjectState = 'waiting' | 'copied' | 'sent' | 'impossible' | 'destroyed';

/** A temporary identity under which something came. */
export interface TemporaryIdentity {
  readonly number: string;
  readonly state: IdentityState;
  readonly sinceMs: number;
  readonly changedAtMs: number;
  /** Who it is, and who said so; undefined while nobody has. */
  readonly sealed: Uint8Array | undefined;
}

/** What is to become of an identity that is as it was read: `from` it. */
export interface IdentityChange {
  readonly from: TemporaryIdentity;
  readonly state: IdentityState;
  readonly atMs: number;
  readonly sealed?: Uint8Array;
}

/** An object that came under a temporary identity. */
export interface IdentityObject {
  readonly sha256: Sha256;
  readonly number: string;
  readonly state: IdentityObjectState;
  readonly destinations: readonly string[];
  readonly sinceMs: number;
  readonly copySha256: string;
  readonly studyInstanceUid: string;
  readonly modality: string;
  readonly patient: string;
  readonly peer: string;
  readonly isHeld: boolean;
  /** It is held, and its disarmed copy stands for it. */
  readonly isReplaced: boolean;
}

/** How many objects came under an identity, those left out whose disarmed copy stands for them. */
export interface IdentityCounts {
  readonly objects: number;
  /** Not held by inspection; held by it; not to be given the identity. */
  readonly waiting: number;
  readonly held: number;
  readonly impossible: number;
}

/** A delivery of `original`, or of a copy of it that bears who it turned out to be. */
export interface IdentityDelivery {
  readonly original: string;
  readonly sha256: string;
  readonly destination: string;
  readonly state: string;
  readonly atMs: number;
  /** Pseudonym of whom it was delivered as. */
  readonly patient: string;
}

/** An object that is owed a copy under the identity that was accepted. */
export interface OwedCoerced {
  readonly custody: Custody;
  readonly number: string;
  /** Of the acceptance. */
  readonly changedAtMs: number;
  readonly sealed: Uint8Array | undefined;
  readonly destinations: readonly string[];
}

/** How many objects of one identity are worked on at once at most. */
const MOST_OF_ONE = 100_000;

/** Temporary identities and what came under them. Every write is durable when its promise resolves. Throws Fault `records.*`. */
export class Reconciliation {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  async identity(number: string): Promise<TemporaryIdentity | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.temporaryIdentity, { number }));
    return row === undefined ? undefined : identityOf(row);
  }

  /** By number, after `after`. */
  async identities(after: string, limit: number): Promise<readonly TemporaryIdentity[]> {
    return (await this.#engine.read(() => all(this.#queries.temporaryIdentities, { after, limit }))).map(identityOf);
  }

  /** In one state, the newest first. */
  async identitiesIn(state: IdentityState, limit: number): Promise<readonly TemporaryIdentity[]> {
    return (await this.#engine.read(() => all(this.#queries.identitiesIn, { state, limit }))).map(identityOf);
  }

  /** Accepted, and something of them is not on its way. */
  async unfinished(limit: number): Promise<readonly TemporaryIdentity[]> {
    return (await this.#engine.read(() => all(this.#queries.unfinishedIdentities, { limit }))).map(identityOf);
  }

  /** How many nobody has said who they are, or only one of two, and since when. */
  async waiting(): Promise<{ readonly count: number; readonly sinceMs: number | undefined }> {
    const of = (state: string) => this.#engine.read(() => first(this.#queries.countIdentitiesIn, { state }));
    const rows = [await of('open'), await of('asked')];
    const since = rows.flatMap((row) => (row?.since_ms == null ? [] : [Number(row.since_ms)]));
    return {
      count: rows.reduce((sum, row) => sum + Number(row?.count ?? 0), 0),
      sinceMs: since.length === 0 ? undefined : Math.min(...since),
    };
  }

  async counts(number: string): Promise<IdentityCounts> {
    const rows = await this.#engine.read(() => all(this.#queries.countIdentityObjects, { number }));
    const of = (state: string) => {
      const row = rows.find((one) => one.state === state);
      const [objects, held, replaced] = [row?.objects, row?.held, row?.replaced].map((count) => Number(count ?? 0));
      return { objects: objects ?? 0, held: held ?? 0, replaced: replaced ?? 0 };
    };
    const waiting = of('waiting');
    return {
      objects: rows.reduce((sum, row) => sum + Number(row.objects) - Number(row.replaced), 0),
      waiting: waiting.objects - waiting.held,
      held: waiting.held - waiting.replaced,
      impossible: of('impossible').objects,
    };
  }

  /** Those nobody has said anything about, or only one of two persons, whose first object came before `beforeMs`. */
  async overdue(beforeMs: number, limit: number): Promise<readonly TemporaryIdentity[]> {
    const of = (state: string) =>
      this.#engine.read(() => all(this.#queries.overdueIdentities, { state, beforeMs, limit }));
    return [...(await of('open')), ...(await of('asked'))].map(identityOf);
  }

  /** By SHA-256, after `after`. */
  async objects(number: string, after: string, limit: number): Promise<readonly IdentityObject[]> {
    return (await this.#engine.read(() => all(this.#queries.identityObjects, { number, after, limit }))).map(objectOf);
  }

  /** Its attributes as the catalogue was given them, sealed. */
  async sealedOf(sha256: string): Promise<Uint8Array | undefined> {
    return (await this.#engine.read(() => first(this.#queries.identityObject, { sha256 })))?.sealed ?? undefined;
  }

  async deliveries(number: string): Promise<readonly IdentityDelivery[]> {
    return (await this.#engine.read(() => all(this.#queries.identityDeliveries, { number }))).map(deliveryOf);
  }

  /** Objects that are owed a coerced copy. */
  async owed(limit: number): Promise<readonly OwedCoerced[]> {
    return (await this.#engine.read(() => all(this.#queries.owedCoerced, { limit }))).map((row) => ({
      custody: custodyOf(row),
      number: row.number,
      changedAtMs: Number(row.changed_at_ms),
      sealed: row.sealed ?? undefined,
      destinations: JSON.parse(row.destinations) as readonly string[],
    }));
  }

  /**
   * Somebody says something of an identity. False when it is no longer as it was read: nothing is done.
   * @param owing what information systems are to be told of it, in the same transaction.
   */
  change(change: IdentityChange, events: readonly Event[], owing?: Hl7Owing): Promise<boolean> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      if (!(yield* changed(queries, change))) return false;
      yield* owe(queries, owing);
      yield* appendEvents(queries, events);
      return true;
    });
  }

  /** Nobody waits for the identity any more: what waits goes out as it came. Result: to whom; undefined when it is not as it was read. */
  release(change: Omit<IdentityChange, 'state'>, events: readonly Event[]): Promise<readonly string[] | undefined> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      if (!(yield* changed(queries, { ...change, state: 'released' }))) return undefined;
      const tally = newTally();
      const to = new Set<string>();
      for (const state of ['waiting', 'impossible'])
        for (const name of yield* sendAll(queries, change, state, tally)) to.add(name);
      yield* putEvents(queries, events, tally);
      yield* writeTally(queries, tally);
      return [...to];
    });
  }

  /** Takes a coerced copy into custody in the place of its original. False when nobody waits for this one any more: nothing is done. */
  commitCoerced(original: Sha256, { number, changedAtMs }: OwedCoerced, copy: ArrivalCommit): Promise<boolean> {
    const queries = this.#queries;
    const { sha256 } = copy.arrival;
    return this.#engine.write(function* () {
      const identity = yield* first(queries.temporaryIdentity, { number });
      if (identity?.state !== 'accepted' || Number(identity.changed_at_ms) !== changedAtMs) return false;
      const change = { sha256: original, from: 'waiting', state: 'copied', copy: sha256 };
      if ((yield* run(queries.changeIdentityObject, change)) === 0) return false;
      // The same bytes were put aside when they were taken back.
      yield* run(queries.deleteHeld, { sha256 });
      yield* commitArrivals(queries, [copy]);
      return true;
    });
  }

  /** No copy can be made; without effect when none is owed. */
  impossible(original: Sha256, events: readonly Event[]): Promise<void> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      const change = { sha256: original, from: 'waiting', state: 'impossible', copy: '' };
      if ((yield* run(queries.changeIdentityObject, change)) > 0) yield* appendEvents(queries, events);
    });
  }

  /**
   * Takes back who an identity is: its copies are held and go nowhere, its objects wait again. `delivered`: some of them have been delivered,
   * and nothing is done unless `isCorrection`.
   */
  takeBack(
    change: Omit<IdentityChange, 'state' | 'sealed'>,
    reason: { readonly by: string; readonly why: string; readonly isCorrection: boolean },
    events: readonly Event[],
    owing?: Hl7Owing,
  ): Promise<'done' | 'delivered' | 'changed'> {
    const queries = this.#queries;
    const { number } = change.from;
    return this.#engine.write(function* () {
      const copied = yield* all(queries.identityObjectsIn, { number, state: 'copied', limit: MOST_OF_ONE });
      if (!reason.isCorrection && (yield* isAnyDelivered(queries, copied))) return 'delivered';
      if (!(yield* changed(queries, { ...change, state: 'open' }))) return 'changed';
      for (const object of copied) yield* putAside(queries, object, change.atMs, reason.why);
      for (const { sha256 } of yield* all(queries.identityObjectsIn, {
        number,
        state: 'impossible',
        limit: MOST_OF_ONE,
      }))
        yield* run(queries.changeIdentityObject, { sha256, from: 'impossible', state: 'waiting', copy: '' });
      yield* owe(queries, owing);
      yield* appendEvents(queries, events);
      return 'done';
    });
  }
}

function* changed(queries: Queries, { from, state, atMs, sealed }: IdentityChange): Script<boolean> {
  const row = {
    ...{ number: from.number, state, sealed: sealed ?? null, from: from.state, fromMs: from.changedAtMs },
    // Two words of one millisecond are two words.
    changed_at_ms: Math.max(atMs, from.changedAtMs + 1),
  };
  return (yield* run(queries.changeIdentity, row)) > 0;
}

function* sendAll(
  queries: Queries,
  { from, atMs }: Omit<IdentityChange, 'state'>,
  state: string,
  tally: Tally,
): Script<readonly string[]> {
  const to = new Set<string>();
  const waiting = yield* all(queries.identityObjectsIn, { number: from.number, state, limit: MOST_OF_ONE });
  for (const { sha256, destinations } of waiting) {
    yield* run(queries.changeIdentityObject, { sha256, from: state, state: 'sent', copy: '' });
    for (const destination of JSON.parse(destinations) as readonly string[]) {
      to.add(destination);
      tally.pending += yield* run(queries.insertDelivery, { sha256, destination, nextAtMs: atMs });
    }
  }
  return [...to];
}

function* isAnyDelivered(queries: Queries, copied: readonly { readonly copy_sha256: string }[]): Script<boolean> {
  for (const { copy_sha256: sha256 } of copied)
    if ((yield* all(queries.deliveryStates, { sha256 })).some(({ state }) => state === 'delivered')) return true;
  return false;
}

/** A copy goes nowhere and is seen by nobody: held, as nothing held is ever due. One being sent now is told as it ends. */
function* putAside(
  queries: Queries,
  object: { readonly sha256: string; readonly copy_sha256: string; readonly sealed: Uint8Array | null },
  atMs: number,
  why: string,
): Script<void> {
  const copy = yield* first(queries.custody, { sha256: object.copy_sha256 });
  yield* run(queries.changeIdentityObject, { sha256: object.sha256, from: 'copied', state: 'waiting', copy: '' });
  if (copy === undefined) return;
  yield* run(queries.upsertHold, {
    ...{ sha256: copy.sha256, state: 'held', held_at_ms: atMs, peer: copy.peer, verdict: copy.verdict },
    ...{ sop_instance_uid: copy.sop_instance_uid, sop_class_uid: copy.sop_class_uid, findings: copy.findings },
    ...{ reasons: why, decided_by: '', decided_at_ms: 0, decision_reason: '', copy: 'none', copy_sha256: '' },
    ...{ release_rule: null, destroy_rule: null },
  });
  if (object.sealed === null) return;
  const { study_instance_uid, series_instance_uid, sop_instance_uid, sop_class_uid } = copy;
  yield* run(queries.putInbox, {
    ...{ sha256: object.sha256, kind: 'arrived', sealed: object.sealed },
    ...{ study_instance_uid, series_instance_uid, sop_instance_uid, sop_class_uid },
  });
}

function identityOf({ number, state, since_ms, changed_at_ms, sealed }: IdentitiesTable): TemporaryIdentity {
  return {
    ...{ number, state: state as IdentityState, sinceMs: Number(since_ms), changedAtMs: Number(changed_at_ms) },
    sealed: sealed ?? undefined,
  };
}

function objectOf(row: IdentityObjectRow): IdentityObject {
  const isHeld = row.hold_state === 'held';
  return {
    ...{ sha256: row.sha256 as Sha256, number: row.number, state: row.state as IdentityObjectState },
    destinations: JSON.parse(row.destinations) as readonly string[],
    ...{ sinceMs: Number(row.since_ms), copySha256: row.copy_sha256 },
    ...{ studyInstanceUid: row.study_instance_uid ?? '', modality: row.modality ?? '', patient: row.patient ?? '' },
    ...{ peer: row.peer ?? '', isHeld, isReplaced: isHeld && row.hold_copy === 'made' },
  };
}

function deliveryOf({
  original,
  sha256,
  destination,
  state,
  next_at_ms,
  patient,
}: IdentityDeliveryRow): IdentityDelivery {
  return { original, sha256, destination, state, atMs: Number(next_at_ms), patient: patient ?? '' };
}
