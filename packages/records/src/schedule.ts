import type { Event } from '@leadglass/model';
import type { Queries } from './queries.ts';
import type { RegisteredTable, ScheduleEntriesTable, SchedulePeriodsTable } from './schedule-schema.ts';
import { all, type Engine, first, run } from './script.ts';
import { appendEvents } from './scripts/events.ts';
import { type Hl7Owing, owe } from './scripts/hl7-owed.ts';

/** One sealed entry of a kept worklist: which it is, bound into its seal. */
export type ScheduleEntry = ScheduleEntriesTable;

/** A day of a source's worklist that is kept. */
export interface SchedulePeriod {
  readonly source: string;
  /** YYYYMMDD. */
  readonly day: number;
  readonly asOfMs: number;
  readonly entries: number;
}

/** What was registered here, sealed. */
export interface Registered {
  readonly number: string;
  readonly day: number;
  readonly state: 'open' | 'cancelled';
  readonly atMs: number;
  readonly changedAtMs: number;
  readonly studyInstanceUid: string;
  readonly sealed: Uint8Array;
}

/** The kept worklist and downtime registrations. Every write is durable when its promise resolves. Throws Fault `records.*`. */
export class Schedule {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  /** What a source has scheduled for a day, as a whole: what was kept of it before is gone. */
  replace(
    { source, day, asOfMs }: Omit<SchedulePeriod, 'entries'>,
    sealed: readonly Uint8Array[],
    events: readonly Event[] = [],
  ): Promise<void> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      yield* run(queries.deleteScheduleEntries, { source, day });
      for (const [position, one] of sealed.entries())
        yield* run(queries.insertScheduleEntry, { source, day, position, sealed: one });
      yield* run(queries.putSchedulePeriod, { source, day, as_of_ms: asOfMs, entries: sealed.length });
      yield* appendEvents(queries, events);
    });
  }

  /** Every day that is kept of every source, by source and day. */
  async periods(): Promise<readonly SchedulePeriod[]> {
    return (await this.#engine.read(() => all(this.#queries.schedulePeriods, {}))).map(periodOf);
  }

  /** Days of a source up to `to`, after the entry `after`. */
  entries(
    source: string,
    after: { readonly day: number; readonly position: number },
    to: number,
    limit: number,
  ): Promise<readonly ScheduleEntry[]> {
    return this.#engine.read(() => all(this.#queries.scheduleEntries, { source, ...after, to, limit }));
  }

  /** Forgets one day of a source. */
  forget(source: string, day: number): Promise<void> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      yield* run(queries.deleteScheduleEntries, { source, day });
      yield* run(queries.deleteSchedulePeriod, { source, day });
    });
  }

  /** The next `count` numbers of a day, which nobody else is given. The first of them, from 1. */
  reserve(day: number, count: number): Promise<number> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      const next = (yield* first(queries.numberBlock, { day }))?.next ?? 1;
      yield* run(queries.putNumberBlock, { day, next: next + count });
      return next;
    });
  }

  /** @param owing what information systems are to be told of it, in the same transaction. */
  register(registered: Registered, events: readonly Event[], owing?: Hl7Owing): Promise<void> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      yield* run(queries.insertRegistered, registeredRow(registered));
      yield* owe(queries, owing);
      yield* appendEvents(queries, events);
    });
  }

  /** Another word on what was registered and is open; `owing` as of `register`. False when there is none. */
  change(
    changed: Pick<Registered, 'number' | 'state' | 'changedAtMs' | 'sealed'>,
    events: readonly Event[],
    owing?: Hl7Owing,
  ): Promise<boolean> {
    const queries = this.#queries;
    const { number, state, changedAtMs, sealed } = changed;
    return this.#engine.write(function* () {
      const values = { number, state, changed_at_ms: changedAtMs, sealed };
      if ((yield* run(queries.changeRegistered, values)) === 0) return false;
      yield* owe(queries, owing);
      yield* appendEvents(queries, events);
      return true;
    });
  }

  async registeredOf(number: string): Promise<Registered | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.registeredOf, { number }));
    return row === undefined ? undefined : registeredOf(row);
  }

  /** By day and number, both ends belong. */
  async registered(from: number, to: number, limit: number): Promise<readonly Registered[]> {
    return (await this.#engine.read(() => all(this.#queries.registered, { from, to, limit }))).map(registeredOf);
  }
}

function periodOf({ source, day, as_of_ms, entries }: SchedulePeriodsTable): SchedulePeriod {
  return { source, day, asOfMs: as_of_ms, entries };
}

function registeredOf(row: RegisteredTable): Registered {
  return {
    ...{ number: row.number, day: row.day, state: row.state === 'cancelled' ? 'cancelled' : 'open' },
    ...{ atMs: row.at_ms, changedAtMs: row.changed_at_ms, studyInstanceUid: row.study_instance_uid },
    sealed: row.sealed,
  };
}

function registeredRow({ atMs, changedAtMs, studyInstanceUid, ...rest }: Registered): RegisteredTable {
  return { ...rest, at_ms: atMs, changed_at_ms: changedAtMs, study_instance_uid: studyInstanceUid };
}
