import type { Event } from '@leadglass/model';
import type { Queries } from './queries.ts';
import type { StepMessagesTable, StepsTable } from './schedule-schema.ts';
import { all, type Engine, first, run, type Script } from './script.ts';
import { appendEvents } from './scripts/events.ts';

/** The states of PS3.3 §C.4.14; `RELAYED`: its upstream was told by the device itself, and knows. */
export const STEP_STATES = ['IN PROGRESS', 'COMPLETED', 'DISCONTINUED', 'RELAYED'] as const;
export type StepState = (typeof STEP_STATES)[number];

/** A performed procedure step as far as it is known here. */
export interface Step {
  readonly uid: string;
  /** AE title of the device. */
  readonly peer: string;
  /** A Destination's name; empty when there is nobody to tell. */
  readonly upstream: string;
  readonly state: StepState;
  readonly atMs: number;
  readonly changedAtMs: number;
}

export type StepMessageKind = 'create' | 'set';

/** What a device said of a step. */
export interface StepMessage {
  readonly id: number;
  readonly uid: string;
  readonly upstream: string;
  readonly kind: StepMessageKind;
  readonly transferSyntaxUid: string;
  /** Undefined once it is delivered. */
  readonly sealed: Uint8Array | undefined;
  readonly state: 'waiting' | 'delivered' | 'failed' | 'refused' | 'kept';
  /** Its upstream may have it already. */
  readonly isSent: boolean;
  readonly attempts: number;
  readonly nextAtMs: number;
  readonly status: number;
  readonly atMs: number;
  readonly doneAtMs: number;
}

/** What ended since the last summary. */
export interface GivenBack {
  readonly delivered: number;
  readonly refused: number;
  /** When the first of the messages came. */
  readonly sinceMs: number;
}

/** What is written of a message when it comes. */
export type NewStepMessage = Pick<StepMessage, 'uid' | 'transferSyntaxUid' | 'atMs'> & { readonly sealed: Uint8Array };

/** Performed procedure steps, and what waits to be told of them. Every write is durable when its promise resolves. Throws Fault `records.*`. */
export class Steps {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  async step(uid: string): Promise<Step | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.step, { uid }));
    return row === undefined ? undefined : stepOf(row);
  }

  /** What was said of a step, in order. */
  async messages(uid: string): Promise<readonly StepMessage[]> {
    return (await this.#engine.read(() => all(this.#queries.stepMessages, { uid }))).map(messageOf);
  }

  /** A device is about to tell `upstream` of a new step by itself. Nothing when it is known. */
  async relayed(uid: string, peer: string, upstream: string, atMs: number): Promise<void> {
    const row = { uid, peer, upstream, state: 'RELAYED', at_ms: atMs, changed_at_ms: atMs };
    await this.#engine.write(() => run(this.#queries.insertStep, row));
  }

  /**
   * A device begins a step here. `duplicate` when it was begun here before: nothing is written. One that it told an upstream of, without
   * hearing the answer, begins here: that upstream may have it already.
   */
  create(
    step: Pick<Step, 'uid' | 'peer' | 'upstream'>,
    message: NewStepMessage,
    events: readonly Event[],
  ): Promise<'created' | 'duplicate'> {
    const queries = this.#queries;
    const { atMs } = message;
    return this.#engine.write(function* () {
      const known = yield* first(queries.step, { uid: step.uid });
      if (known !== undefined && known.state !== 'RELAYED') return 'duplicate';
      const row = { ...step, state: 'IN PROGRESS', at_ms: atMs, changed_at_ms: atMs };
      if (known === undefined) yield* run(queries.insertStep, row);
      else yield* run(queries.changeStep, row);
      const upstream = known?.upstream ?? step.upstream;
      yield* put(queries, message, 'create', upstream, known !== undefined);
      yield* appendEvents(queries, events);
      return 'created';
    });
  }

  /** A device says more of a step: `unknown` when there is none, `final` when it may no longer be updated; nothing is written then. */
  set(
    message: NewStepMessage,
    state: StepState | undefined,
    events: readonly Event[],
  ): Promise<'set' | 'unknown' | 'final'> {
    const queries = this.#queries;
    const { uid, atMs } = message;
    return this.#engine.write(function* () {
      const known = yield* first(queries.step, { uid });
      if (known === undefined) return 'unknown';
      if (known.state === 'COMPLETED' || known.state === 'DISCONTINUED') return 'final';
      yield* run(queries.changeStep, { uid, state: state ?? known.state, changed_at_ms: atMs });
      yield* put(queries, message, 'set', known.upstream, false);
      yield* appendEvents(queries, events);
      return 'set';
    });
  }

  /** How many messages of each upstream are in a state. */
  async count(state: StepMessage['state']): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#engine.read(() => all(this.#queries.countStepMessages, { state }));
    return new Map(rows.map(({ upstream, count }) => [upstream, Number(count)]));
  }

  /** The message that an upstream is told of next. */
  async next(upstream: string): Promise<StepMessage | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.firstStepMessage, { upstream }));
    return row === undefined ? undefined : messageOf(row);
  }

  /** It is about to be sent: from now on its upstream may have it. */
  async sending(id: number): Promise<void> {
    await this.#engine.write(() => run(this.#queries.sendStepMessage, { id }));
  }

  /** It was not taken, for now. @param isSent whether its upstream may have it. */
  async putOff(id: number, isSent: boolean, nextAtMs: number): Promise<void> {
    const values = { id, sent: isSent ? 1 : 0, next_at_ms: nextAtMs };
    await this.#engine.write(() => run(this.#queries.putOffStepMessage, values));
  }

  /** Its end. What was delivered is kept no longer. False when it had ended before. */
  settle(
    message: Pick<StepMessage, 'id' | 'sealed'>,
    end: { readonly state: 'delivered' | 'failed'; readonly status: number; readonly atMs: number },
    events: readonly Event[],
  ): Promise<boolean> {
    const queries = this.#queries;
    const sealed = end.state === 'delivered' ? null : (message.sealed ?? null);
    const values = { id: message.id, state: end.state, status: end.status, done_at_ms: end.atMs, sealed };
    return this.#engine.write(function* () {
      if ((yield* run(queries.settleStepMessage, values)) === 0) return false;
      yield* appendEvents(queries, events);
      return true;
    });
  }

  /**
   * What has ended since the last summary is summed up once, in one transaction with the event that says so; messages that were delivered are
   * gone then. False when there is nothing to sum up.
   */
  giveBack(upstream: string, event: (sum: GivenBack) => Event): Promise<boolean> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      const delivered = yield* first(queries.endedStepMessages, { state: 'delivered', upstream });
      const failed = yield* first(queries.endedStepMessages, { state: 'failed', upstream });
      const [done, refused] = [Number(delivered?.count ?? 0), Number(failed?.count ?? 0)];
      if (done + refused === 0) return false;
      const firsts = [delivered?.first, failed?.first].filter((ms) => ms !== null && ms !== undefined);
      yield* run(queries.dropDelivered, { upstream });
      yield* run(queries.fileFailed, { upstream });
      yield* appendEvents(queries, [event({ delivered: done, refused, sinceMs: Math.min(...firsts.map(Number)) })]);
      return true;
    });
  }

  /** Forgets steps, and messages that there is nobody to tell of, that nothing was said of since. */
  async forget(beforeMs: number): Promise<void> {
    const { forgetSteps, forgetKeptMessages } = this.#queries;
    await this.#engine.write(function* () {
      yield* run(forgetSteps, { before: beforeMs });
      yield* run(forgetKeptMessages, { before: beforeMs });
    });
  }
}

function* put(
  queries: Queries,
  { uid, transferSyntaxUid, sealed, atMs }: NewStepMessage,
  kind: StepMessageKind,
  upstream: string,
  isSent: boolean,
): Script<void> {
  yield* run(queries.insertStepMessage, {
    ...{ uid, upstream, kind, transfer_syntax_uid: transferSyntaxUid, sealed },
    ...{ state: upstream === '' ? 'kept' : 'waiting', sent: isSent ? 1 : 0, attempts: 0, next_at_ms: atMs },
    ...{ status: 0, at_ms: atMs, done_at_ms: 0 },
  });
}

function stepOf(row: StepsTable): Step {
  const state = STEP_STATES.find((each) => each === row.state) ?? 'RELAYED';
  const { uid, peer, upstream } = row;
  return { uid, peer, upstream, state, atMs: row.at_ms, changedAtMs: row.changed_at_ms };
}

function messageOf(row: StepMessagesTable): StepMessage {
  const states = ['waiting', 'delivered', 'failed', 'refused', 'kept'] as const;
  return {
    ...{ id: row.id, uid: row.uid, upstream: row.upstream, kind: row.kind === 'create' ? 'create' : 'set' },
    ...{ transferSyntaxUid: row.transfer_syntax_uid, sealed: row.sealed ?? undefined },
    ...{ state: states.find((each) => each === row.state) ?? 'failed', isSent: row.sent === 1 },
    ...{ attempts: row.attempts, nextAtMs: row.next_at_ms, status: row.status },
    ...{ atMs: row.at_ms, doneAtMs: row.done_at_ms },
  };
}
