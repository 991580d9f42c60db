import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import type { DdlFlavour } from '../migrations.ts';
import type { Schema } from '../schema.ts';

/** Kysely as SQLite's compiler: it builds and types every query; SqliteEngine runs what it compiles, synchronously. */
export function sqliteDialect(): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

export const sqliteFlavour: DdlFlavour = {
  counted: (column) => column.notNull().primaryKey(),
  countedOnce: (column) => column.notNull().primaryKey().autoIncrement(),
  countedType: 'integer',
  bytesType: 'blob',
  keyed: (table) => table.modifyEnd(sql`without rowid`),
};
