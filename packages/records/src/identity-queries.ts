import { type Kysely, sql } from 'kysely';
import type { CertificatesTable, HeldDevicesTable, KnownDevicesTable, Schema } from './schema.ts';
import { defineQuery } from './script.ts';

/** Most devices that are remembered, over all peers. */
export const MOST_DEVICES = 20_000;
/** Most certificates that are read: a site of thousands of devices, renewed for years. */
export const MOST_CERTIFICATES = 50_000;

/** Past so many a title is not one device's, and nothing more is learnt of it. */
export const MOST_DEVICES_OF_A_PEER = 64;

/** Certificates of the site's authority, and the devices behind the titles. */
export function identityQueries(db: Kysely<Schema>) {
  return {
    certificates: defineQuery<object>('certificates')(db, (db) =>
      db.selectFrom('certificates').selectAll().orderBy('issued_at_ms', 'desc').limit(sql.lit(MOST_CERTIFICATES)),
    ),
    insertCertificate: defineQuery<CertificatesTable>('insertCertificate')(db, (db, p) =>
      db.insertInto('certificates').values({
        sha256: p.sha256,
        serial: p.serial,
        name: p.name,
        peer: p.peer,
        issued_at_ms: p.issued_at_ms,
        not_after_ms: p.not_after_ms,
        cert_pem: p.cert_pem,
        revoked_at_ms: p.revoked_at_ms,
        revoked_because: p.revoked_because,
      }),
    ),
    revokeCertificate: defineQuery<{ sha256: string; atMs: number; reason: string }>('revokeCertificate')(db, (db, p) =>
      db
        .updateTable('certificates')
        .set({ revoked_at_ms: p.atMs, revoked_because: p.reason })
        .where('sha256', '=', p.sha256)
        .where('revoked_at_ms', '=', sql.lit(0)),
    ),
    devices: defineQuery<object>('devices')(db, (db) =>
      db.selectFrom('known_devices').selectAll().limit(sql.lit(MOST_DEVICES)),
    ),
    devicesOfPeer: defineQuery<{ peer: string }>('devicesOfPeer')(db, (db, p) =>
      db.selectFrom('known_devices').selectAll().where('peer', '=', p.peer).limit(sql.lit(MOST_DEVICES_OF_A_PEER)),
    ),
    ownersOfDevice: defineQuery<{ digest: string }>('ownersOfDevice')(db, (db, p) =>
      db
        .selectFrom('known_devices')
        .select('peer')
        .where('device_digest', '=', p.digest)
        .limit(sql.lit(MOST_DEVICES_OF_A_PEER)),
    ),
    heldDevice: defineQuery<{ sha256: string }>('heldDevice')(db, (db, p) =>
      db.selectFrom('held_devices').selectAll().where('sha256', '=', p.sha256),
    ),
    holdDevice: defineQuery<HeldDevicesTable>('holdDevice')(db, (db, p) =>
      db
        .insertInto('held_devices')
        .values({ ...deviceValues(p), sha256: p.sha256 })
        .onConflict((oc) => oc.column('sha256').doNothing()),
    ),
    deleteHeldDevice: defineQuery<{ sha256: string }>('deleteHeldDevice')(db, (db, p) =>
      db.deleteFrom('held_devices').where('sha256', '=', p.sha256),
    ),
    learnDevice: defineQuery<KnownDevicesTable>('learnDevice')(db, (db, p) =>
      db
        .insertInto('known_devices')
        .values(deviceValues(p))
        .onConflict((oc) => oc.columns(['peer', 'device_digest']).doNothing()),
    ),
  };
}

const deviceValues = (p: KnownDevicesTable): KnownDevicesTable => ({
  peer: p.peer,
  device_digest: p.device_digest,
  manufacturer: p.manufacturer,
  model: p.model,
  first_seen_ms: p.first_seen_ms,
});
