import type { Event } from '@leadglass/model';
import type { Queries } from './queries.ts';
import type { DrillsTable } from './schema.ts';
import { all, type Engine, first, run } from './script.ts';
import { addDrill, endDrill, forgetMessages } from './scripts/drills.ts';

/** A trial on purpose, or what came during a real outage. */
export type DrillKind = 'drill' | 'outage';

/** A drill, or a real outage told in the same form. Nothing in it is of a patient. */
export interface Drill {
  readonly no: number;
  readonly kind: DrillKind;
  readonly beganAtMs: number;
  /** 0 while it runs. */
  readonly endedAtMs: number;
  /** `running` while it does. */
  readonly outcome: string;
  /** The chart it had; 0: none yet. */
  readonly chart: number;
  /** While it runs: how what it made is found, to be destroyed; else empty. */
  readonly traces: string;
  readonly facts: string;
}

export type NewDrill = Omit<Drill, 'no' | 'chart'>;

export interface DrillEnd {
  readonly atMs: number;
  readonly outcome: string;
  readonly facts: string;
}

/** How what a drill's messages made is found: keyed digests and tokens, as the charts have them. */
export interface DrillTraces {
  readonly feed: string;
  readonly messages: readonly string[];
  readonly identifiers: readonly string[];
  readonly tokens: readonly number[];
}

/** `left`: charts that are not the drill's alone any more, and stay. */
export interface ForgottenDrill {
  readonly messages: number;
  readonly charts: number;
  readonly left: number;
}

/** Drills of the bad day. Every write is durable when its promise resolves. Throws Fault `records.*`. */
export class Drills {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  /** Writes one down and what tells of it; its number. */
  add(drill: NewDrill, event?: (no: number) => Event): Promise<number> {
    return this.#engine.write(() => addDrill(this.#queries, drill, event));
  }

  /** Ends one that runs; false when none of that number does. */
  end(no: number, end: DrillEnd, events: readonly Event[]): Promise<boolean> {
    return this.#engine.write(() => endDrill(this.#queries, no, end, events));
  }

  /** The drill has this chart from now on: its number is given to nobody else. */
  async hasChart(no: number, chart: number): Promise<void> {
    await this.#engine.write(() => run(this.#queries.setDrillChart, { no, chart }));
  }

  /** Forgets what its messages made. */
  forget(no: number, traces: DrillTraces): Promise<ForgottenDrill> {
    return this.#engine.write(() => forgetMessages(this.#queries, no, traces));
  }

  async of(no: number): Promise<Drill | undefined> {
    const row = await this.#engine.read(() => first(this.#queries.drill, { no }));
    return row === undefined ? undefined : drillOf(row);
  }

  /** Newest first, before number `before`. */
  async list(limit: number, before: number, kind?: DrillKind): Promise<readonly Drill[]> {
    const { drillsBefore, drillsOf } = this.#queries;
    const rows = await this.#engine.read(() =>
      kind === undefined ? all(drillsBefore, { before, limit }) : all(drillsOf, { kind, before, limit }),
    );
    return rows.map(drillOf);
  }

  /** Those that began and did not end. */
  async running(): Promise<readonly Drill[]> {
    return (await this.#engine.read(() => all(this.#queries.drillsIn, { outcome: 'running' }))).map(drillOf);
  }
}

function drillOf(row: DrillsTable): Drill {
  const { no, began_at_ms, ended_at_ms, outcome, chart_no, traces, facts } = row;
  return {
    ...{ no, kind: row.kind === 'outage' ? 'outage' : 'drill', beganAtMs: began_at_ms, endedAtMs: ended_at_ms },
    ...{ outcome, chart: chart_no, traces, facts },
  };
}
