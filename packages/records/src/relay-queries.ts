import type { Kysely } from 'kysely';
import type { RelaysTable, Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** The relays, read and written whole. */
export function relayQueries(db: Kysely<Schema>) {
  return {
    relays: defineQuery<object>('relays')(db, (db) => db.selectFrom('relays').selectAll().orderBy('position')),
    deleteRelays: defineQuery<object>('deleteRelays')(db, (db) => db.deleteFrom('relays')),
    insertRelay: defineQuery<RelaysTable>('insertRelay')(db, (db, p) =>
      db.insertInto('relays').values({
        position: p.position,
        from_ae: p.from_ae,
        services: p.services,
        to_destination: p.to_destination,
        calling: p.calling,
      }),
    ),
  };
}
