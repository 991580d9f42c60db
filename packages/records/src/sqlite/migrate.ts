import type { DatabaseSync } from 'node:sqlite';
import { recordsFaults } from '../faults.ts';
import { type Migration, versionTable } from '../migrations.ts';
import { sqliteDialect, sqliteFlavour } from './dialect.ts';

/** Brings the schema from whatever version it has to the last of `migrations`, in one transaction: all of it or nothing. Throws Fault `records.newer-schema`. */
export function migrate(db: DatabaseSync, migrations: readonly Migration[], atMs: number): void {
  const dialect = sqliteDialect();
  db.exec('begin immediate');
  try {
    db.exec(versionTable(dialect).compile().sql);
    const version = schemaVersion(db);
    if (version > migrations.length) throw recordsFaults.newerSchema(version, migrations.length);
    for (const [at, migration] of migrations.entries()) {
      if (at < version) continue;
      for (const part of migration(dialect, sqliteFlavour)) {
        const { sql, parameters } = part.compile();
        db.prepare(sql).run(...(parameters as readonly (string | number | null)[]));
      }
      db.prepare('insert into schema_version (version, migrated_at_ms) values (?, ?)').run(at + 1, atMs);
    }
    db.exec('commit');
  } catch (thrown) {
    if (db.isTransaction) db.exec('rollback');
    throw thrown;
  }
}

/** How many migrations the database has seen. */
export function schemaVersion(db: DatabaseSync): number {
  const row = db.prepare('select max(version) as version from schema_version').get();
  return Number(row?.version ?? 0);
}
