import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '@leadglass/kit';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';
import type { Engine, Query, Script, StepResult } from '../script.ts';
import { sqliteDialect } from './dialect.ts';
import { sqliteFault } from './errors.ts';

const NO_ROWS: readonly unknown[] = [];

/** Runs scripts on one connection, synchronously: no step of another script can come between two of its own. Each SQL text is prepared once. */
export class SqliteEngine implements Engine {
  readonly dialect: Kysely<Schema> = sqliteDialect();
  readonly #db: DatabaseSync;
  readonly #statements = new Map<Query<object, unknown>, StatementSync>();
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  #isInScript = false;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#begin = db.prepare('begin immediate');
    this.#commit = db.prepare('commit');
    this.#rollback = db.prepare('rollback');
  }

  async read<T>(script: () => Script<T>): Promise<T> {
    return this.#guarded(() => this.#play(script()));
  }

  async write<T>(script: () => Script<T>): Promise<T> {
    return this.#guarded(() => {
      this.#begin.run();
      const result = this.#play(script());
      this.#commit.run();
      return result;
    });
  }

  // The log still has what was removed until it is folded back and begun anew (`checkpoint`).
  async shred<T>(script: () => Script<T>): Promise<T> {
    this.#db.exec('pragma secure_delete = on');
    try {
      return await this.write(script);
    } finally {
      if (this.#db.isOpen) this.#db.exec('pragma secure_delete = off');
    }
  }

  async close(): Promise<void> {
    this.#statements.clear();
    if (this.#db.isOpen) this.#db.close();
  }

  #guarded<T>(body: () => T): T {
    assert(!this.#isInScript, 'a script is not run inside another');
    this.#isInScript = true;
    try {
      return body();
    } catch (thrown) {
      this.#undo();
      throw sqliteFault(thrown);
    } finally {
      this.#isInScript = false;
    }
  }

  // Some failures (full disk, I/O error) have already rolled back; a rollback that fails too leaves the first fault to be told.
  #undo(): void {
    try {
      if (this.#db.isOpen && this.#db.isTransaction) this.#rollback.run();
    } catch {
      // The next `begin` fails by itself if the connection is beyond use.
    }
  }

  #play<T>(script: Script<T>): T {
    let step = script.next();
    while (!step.done) step = script.next(this.#execute(step.value.query, step.value.values));
    return step.value;
  }

  #execute(query: Query<object, unknown>, values: object): StepResult {
    const statement = this.#prepared(query);
    if (query.isSelect) return { rows: statement.all(...query.bind(values)), changes: 0 };
    return { rows: NO_ROWS, changes: Number(statement.run(...query.bind(values)).changes) };
  }

  #prepared(query: Query<object, unknown>): StatementSync {
    let statement = this.#statements.get(query);
    if (statement === undefined) {
      statement = this.#db.prepare(query.sql);
      this.#statements.set(query, statement);
    }
    return statement;
  }
}
