import type { Compilable, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** A value a database engine binds and returns. */
export type Value = string | number | null | Uint8Array;
export type Row = Readonly<Record<string, Value>>;

/** A place in a query that is filled at each run. Only ever seen by Kysely's compiler, which passes it through as a parameter. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** One query of the registry: compiled once, bound at each run. `P` names its parameters, `R` its rows. */
export class Query<P extends object, R> {
  readonly name: string;
  readonly sql: string;
  readonly isSelect: boolean;
  readonly #parameters: readonly unknown[];
  /** Rows are typed, never stored. */
  declare readonly rows: R;

  constructor(name: string, sql: string, isSelect: boolean, parameters: readonly unknown[]) {
    this.name = name;
    this.sql = sql;
    this.isSelect = isSelect;
    this.#parameters = parameters;
  }

  /** Values in the order of the SQL's placeholders. */
  bind(values: P): Value[] {
    const bound: Value[] = [];
    for (const parameter of this.#parameters) {
      bound.push(
        parameter instanceof Slot ? ((values as Record<string, Value>)[parameter.name] as Value) : (parameter as Value),
      );
    }
    return bound;
  }
}

/** Compiles one query. `build` is handed a stand-in for each parameter, by name. */
export function defineQuery<P extends object>(name: string) {
  return <R>(db: Kysely<Schema>, build: (db: Kysely<Schema>, parameters: P) => Compilable<R>): Query<P, R> => {
    const slots = new Proxy({}, { get: (_, key) => new Slot(String(key)) }) as P;
    const compiled = build(db, slots).compile();
    return new Query<P, R>(name, compiled.sql, compiled.query.kind === 'SelectQueryNode', compiled.parameters);
  };
}

/** One query with its values, on its way to an engine. */
export interface Step {
  readonly query: Query<object, unknown>;
  readonly values: object;
}

/** What an engine answers to a step: rows of a select, or how many rows a write changed. */
export interface StepResult {
  readonly rows: readonly unknown[];
  readonly changes: number;
}

/**
 * The body of one transaction: yields steps, is sent their results, returns its result. Written once, it is run synchronously by
 * an engine in this process (nothing can come between its steps) and asynchronously by one across a network.
 */
export type Script<T> = Generator<Step, T, StepResult>;

/** All rows of a select. */
export function* all<P extends object, R>(query: Query<P, R>, values: P): Script<readonly R[]> {
  const result = yield { query: query as unknown as Query<object, unknown>, values };
  return result.rows as readonly R[];
}

/** The first row of a select, or undefined. */
export function* first<P extends object, R>(query: Query<P, R>, values: P): Script<R | undefined> {
  return (yield* all(query, values))[0];
}

/** Runs a write; returns how many rows it changed. */
export function* run<P extends object, R>(query: Query<P, R>, values: P): Script<number> {
  const result = yield { query: query as unknown as Query<object, unknown>, values };
  return result.changes;
}

/** A database that runs scripts, each in one transaction: all of it durable when the promise resolves, or none of it and a Fault `records.*`. */
export interface Engine {
  readonly dialect: Kysely<Schema>;
  read<T>(script: () => Script<T>): Promise<T>;
  write<T>(script: () => Script<T>): Promise<T>;
  /** As `write`; what it removes is written over, and not left in free pages. */
  shred<T>(script: () => Script<T>): Promise<T>;
  close(): Promise<void>;
}
