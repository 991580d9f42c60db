import { chmodSync, closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '@leadglass/kit';
import type { Records } from '../api.ts';
import { recordsFaults } from '../faults.ts';
import { MIGRATIONS, type Migration } from '../migrations.ts';
import { ScriptedRecords } from '../records.ts';
import { SqliteEngine } from './engine.ts';
import { sqliteFault } from './errors.ts';
import { migrate } from './migrate.ts';

/** "LGls": what `file` and SQLite's header show this database to be. */
export const APPLICATION_ID = 0x4c476c73;
/** Most of the log before a commit folds it back by itself (64 MiB); `checkpoint` is meant to come first. */
const AUTOCHECKPOINT_PAGES = 16_384;
const PAGE_BYTES = 4096;

export interface SqliteOptions {
  /** The database file; its folder exists. The log lies beside it (`-wal`, `-shm`). */
  readonly path: string;
  readonly clock: Clock;
  /** How long a statement waits for another process's lock; blocks this one meanwhile. Default 2000. */
  readonly busyTimeoutMs?: number;
  /** Most bytes of the database file: a quota. Default none. */
  readonly quotaBytes?: number;
  /** For tests of migration. */
  readonly migrations?: readonly Migration[];
}

/** How much of the log lies in the database proper. `isWhole`: all of it, and the next commit begins the log anew. */
export interface Checkpoint {
  readonly logPages: number;
  readonly foldedPages: number;
  readonly isWhole: boolean;
}

/** Records in one SQLite file. */
export interface SqliteRecords extends Records {
  /** Folds the log back into the database, as far as no reader is in the way, and syncs it. Blocks meanwhile (some 10 ms per 10 MB): poke it when idle. Throws Fault `records.unwritable`. */
  checkpoint(): Promise<Checkpoint>;
}

/**
 * Opens (or makes) the database, of mode 0600, in WAL mode with every commit synced, and brings its schema up to date in one transaction.
 * Throws Fault `records.unwritable`, `records.corrupt`, `records.newer-schema`, `records.foreign`.
 */
export async function openSqliteRecords(options: SqliteOptions): Promise<SqliteRecords> {
  try {
    return openNow(options);
  } catch (thrown) {
    throw sqliteFault(thrown);
  }
}

function openNow(options: SqliteOptions): SqliteRecords {
  makePrivate(options.path);
  const db = new DatabaseSync(options.path, {
    timeout: options.busyTimeoutMs ?? 2000,
    defensive: true,
    enableForeignKeyConstraints: true,
  });
  try {
    setUp(db, options);
    migrate(db, options.migrations ?? MIGRATIONS, options.clock.now());
    return new OpenSqliteRecords(db, options.clock);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

// The log and its index take the database's mode. The folder is synced so that the file's name survives a power failure too.
function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function setUp(db: DatabaseSync, options: SqliteOptions): void {
  db.exec('pragma trusted_schema = off; pragma cell_size_check = on;');
  claim(db);
  db.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma temp_store = memory; pragma cache_size = -32768;',
  );
  db.exec(
    `pragma wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}; pragma journal_size_limit = ${AUTOCHECKPOINT_PAGES * PAGE_BYTES};`,
  );
  if (options.quotaBytes !== undefined)
    db.exec(`pragma max_page_count = ${Math.ceil(options.quotaBytes / PAGE_BYTES)}`);
}

function claim(db: DatabaseSync): void {
  const applicationId = number(db, 'pragma application_id');
  if (applicationId === APPLICATION_ID) return;
  if (applicationId !== 0 || number(db, 'select count(*) from sqlite_schema') > 0)
    throw recordsFaults.foreign(applicationId);
  db.exec(`pragma application_id = ${APPLICATION_ID}`);
}

function number(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}

class OpenSqliteRecords extends ScriptedRecords implements SqliteRecords {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync, clock: Clock) {
    super(new SqliteEngine(db), clock);
    this.#db = db;
  }

  async checkpoint(): Promise<Checkpoint> {
    try {
      const row = this.#db.prepare('pragma wal_checkpoint(passive)').get() as { log: number; checkpointed: number };
      return { logPages: row.log, foldedPages: row.checkpointed, isWhole: row.log === row.checkpointed };
    } catch (thrown) {
      throw sqliteFault(thrown);
    }
  }
}
