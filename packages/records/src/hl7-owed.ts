import type { Event } from '@leadglass/model';
import type { Queries } from './queries.ts';
import { all, type Engine, first, run } from './script.ts';
import { appendEvents } from './scripts/events.ts';
import { type Hl7OwedState, type Hl7Owing, type OwedHl7, owe, owedOf } from './scripts/hl7-owed.ts';

/** How many messages of a receiver are in a state, and when the first of them was owed. */
export interface Hl7Count {
  readonly count: number;
  readonly sinceMs: number;
}

/** How one message ended. */
export interface Hl7End {
  readonly state: 'delivered' | 'refused';
  /** Table 0008, '' where nothing that can be read was answered. */
  readonly code: string;
  readonly answer: Uint8Array | undefined;
  readonly atMs: number;
}

/** What has ended since the last summary. */
export interface Hl7GivenBack {
  readonly delivered: number;
  readonly refused: number;
  readonly sinceMs: number;
  /** Most tries that one of them took. */
  readonly attempts: number;
}

/** What information systems are told by HL7 of what was registered here. Every write is durable when its promise resolves. Throws Fault `records.*`. */
export class Hl7Owed {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  /** Of one registration, by receiver and in order. */
  async ofNumber(number: string): Promise<readonly OwedHl7[]> {
    return (await this.#engine.read(() => all(this.#queries.hl7OfNumber, { number }))).map(owedOf);
  }

  async message(id: number): Promise<OwedHl7 | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.hl7Message, { id }));
    return row === undefined ? undefined : owedOf(row);
  }

  /** By receiver and in order. */
  async inState(state: Hl7OwedState, limit: number): Promise<readonly OwedHl7[]> {
    return (await this.#engine.read(() => all(this.#queries.hl7InState, { state, limit }))).map(owedOf);
  }

  /** What a receiver is told next: of each registration nothing before what was set aside of it is settled. */
  async next(destination: string): Promise<OwedHl7 | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.nextHl7, { destination }));
    return row === undefined ? undefined : owedOf(row);
  }

  async count(state: Hl7OwedState): Promise<ReadonlyMap<string, Hl7Count>> {
    const rows = await this.#engine.read(() => all(this.#queries.countHl7, { state }));
    return new Map(
      rows.map(({ destination, count, first }) => [destination, { count: Number(count), sinceMs: Number(first ?? 0) }]),
    );
  }

  /** An act that is on its own. */
  async owe(owing: Hl7Owing): Promise<void> {
    const queries = this.#queries;
    await this.#engine.write(() => owe(queries, owing));
  }

  /** It is about to be sent: from now on its receiver may have it. False when it does not wait any more. */
  sending(id: number): Promise<boolean> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      return (yield* run(queries.sendHl7, { id })) > 0;
    });
  }

  /** It was not taken, for now. */
  async putOff(
    id: number,
    { isSent, nextAtMs, code, answer }: Pick<OwedHl7, 'isSent' | 'nextAtMs' | 'code' | 'answer'>,
  ): Promise<void> {
    const values = { id, sent: isSent ? 1 : 0, next_at_ms: nextAtMs, code, answer: answer ?? null };
    await this.#engine.write(() => run(this.#queries.putOffHl7, values));
  }

  /** Its end. What was delivered is kept no longer, and neither is an answer once nobody has to decide. False when it had ended before. */
  settle(message: OwedHl7, { state, code, answer, atMs }: Hl7End, events: readonly Event[]): Promise<boolean> {
    const queries = this.#queries;
    const sealed = state === 'delivered' ? null : (message.sealed ?? null);
    const values = { id: message.id, from: 'waiting', state, code, answer: answer ?? null, sealed, done_at_ms: atMs };
    return this.#engine.write(function* () {
      if ((yield* run(queries.settleHl7, values)) === 0) return false;
      yield* appendEvents(queries, events);
      return true;
    });
  }

  /** It is sent again, as the same message. False when it was not set aside. */
  retry(id: number, atMs: number, events: readonly Event[]): Promise<boolean> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      if ((yield* run(queries.retryHl7, { id, next_at_ms: atMs })) === 0) return false;
      yield* appendEvents(queries, events);
      return true;
    });
  }

  /** A person has settled it: it is not sent. False when it is no longer as it was read. */
  skip(message: OwedHl7, atMs: number, events: readonly Event[]): Promise<boolean> {
    const queries = this.#queries;
    const { id, state: from, code } = message;
    const values = { id, from, state: 'skipped', code, answer: null, sealed: null, done_at_ms: atMs };
    return this.#engine.write(function* () {
      if ((yield* run(queries.settleHl7, values)) === 0) return false;
      yield* appendEvents(queries, events);
      return true;
    });
  }

  /** What has ended since the last summary is summed up once, in one transaction with the event that says so, where there is one to say. */
  giveBack(destination: string, event: (sum: Hl7GivenBack) => Event | undefined): Promise<boolean> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      const delivered = yield* first(queries.endedHl7, { destination, state: 'delivered' });
      const refused = yield* first(queries.endedHl7, { destination, state: 'refused' });
      const [done, not] = [Number(delivered?.count ?? 0), Number(refused?.count ?? 0)];
      if (done + not === 0) return false;
      const firsts = [delivered?.first, refused?.first].filter((ms) => ms !== null && ms !== undefined);
      const attempts = Math.max(Number(delivered?.attempts ?? 0), Number(refused?.attempts ?? 0));
      for (const state of ['delivered', 'refused']) yield* run(queries.sumHl7, { destination, state });
      const told = event({ delivered: done, refused: not, sinceMs: Math.min(...firsts.map(Number)), attempts });
      if (told === undefined) return false;
      yield* appendEvents(queries, [told]);
      return true;
    });
  }
}
