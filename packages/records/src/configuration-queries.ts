import type { Kysely } from 'kysely';
import type { DestinationsTable, PeersTable, RoutesTable, Schema, TalliesTable } from './schema.ts';
import { defineQuery } from './script.ts';

/** Small tables, read and written whole. */
export function configurationQueries(db: Kysely<Schema>) {
  return {
    peers: defineQuery<object>('peers')(db, (db) => db.selectFrom('peers').selectAll().orderBy('position')),
    destinations: defineQuery<object>('destinations')(db, (db) =>
      db.selectFrom('destinations').selectAll().orderBy('position'),
    ),
    routes: defineQuery<object>('routes')(db, (db) => db.selectFrom('routes').selectAll().orderBy('position')),
    deletePeers: defineQuery<object>('deletePeers')(db, (db) => db.deleteFrom('peers')),
    deleteDestinations: defineQuery<object>('deleteDestinations')(db, (db) => db.deleteFrom('destinations')),
    deleteRoutes: defineQuery<object>('deleteRoutes')(db, (db) => db.deleteFrom('routes')),
    insertPeer: defineQuery<PeersTable>('insertPeer')(db, (db, p) =>
      db.insertInto('peers').values({
        position: p.position,
        ae_title: p.ae_title,
        from_cidr: p.from_cidr,
        cert_sha256: p.cert_sha256,
        allow: p.allow,
        when_held: p.when_held,
        private_sop_classes: p.private_sop_classes,
        strictness: p.strictness,
        when_unfinished: p.when_unfinished,
        release_rule: p.release_rule,
        destroy_rule: p.destroy_rule,
        identity: p.identity,
        mode: p.mode,
        query_limits: p.query_limits,
        outside: p.outside,
      }),
    ),
    insertDestination: defineQuery<DestinationsTable>('insertDestination')(db, (db, p) =>
      db.insertInto('destinations').values({
        name: p.name,
        position: p.position,
        host: p.host,
        port: p.port,
        called: p.called,
        calling: p.calling,
        tls: p.tls,
        cert_sha256: p.cert_sha256,
        commitment: p.commitment,
        outside: p.outside,
        down_after_s: p.down_after_s,
        give_back_per_minute: p.give_back_per_minute,
      }),
    ),
    insertRoute: defineQuery<RoutesTable>('insertRoute')(db, (db, p) =>
      db.insertInto('routes').values({
        position: p.position,
        from_ae: p.from_ae,
        to_destination: p.to_destination,
        strictness: p.strictness,
        when_unfinished: p.when_unfinished,
        release_rule: p.release_rule,
        destroy_rule: p.destroy_rule,
      }),
    ),
    setting: defineQuery<{ name: string }>('setting')(db, (db, p) =>
      db.selectFrom('settings').select('value').where('name', '=', p.name),
    ),
    setSetting: defineQuery<{ name: string; value: string }>('setSetting')(db, (db, p) =>
      db
        .insertInto('settings')
        .values({ name: p.name, value: p.value })
        .onConflict((oc) => oc.column('name').doUpdateSet({ value: p.value })),
    ),
    tallies: defineQuery<object>('tallies')(db, (db) => db.selectFrom('tallies').selectAll().where('id', '=', 1)),
    addTallies: defineQuery<Omit<TalliesTable, 'id'>>('addTallies')(db, (db, p) =>
      db
        .updateTable('tallies')
        .set((eb) => ({
          objects: eb('objects', '+', p.objects),
          bytes: eb('bytes', '+', p.bytes),
          pending: eb('pending', '+', p.pending),
          delivered: eb('delivered', '+', p.delivered),
          failed: eb('failed', '+', p.failed),
          events: eb('events', '+', p.events),
        }))
        .where('id', '=', 1),
    ),
  };
}
