import type { Event, IssuedCertificate, KnownDevice } from '@leadglass/model';
import type { ArrivalCommit, DevicesKnown } from '../api.ts';
import { MOST_DEVICES_OF_A_PEER } from '../identity-queries.ts';
import type { Queries } from '../queries.ts';
import type { CertificatesTable, KnownDevicesTable } from '../schema.ts';
import { all, first, run, type Script } from '../script.ts';
import { appendEvents } from './events.ts';

export function certificateOf(row: CertificatesTable): IssuedCertificate {
  const { sha256, serial, name, peer, cert_pem: certPem } = row;
  return {
    ...{ sha256, serial, name, peer, certPem, issuedAtMs: row.issued_at_ms, notAfterMs: row.not_after_ms },
    ...{ revokedAtMs: row.revoked_at_ms, revokedBecause: row.revoked_because },
  };
}

function certificateRow(it: IssuedCertificate): CertificatesTable {
  const { sha256, serial, name, peer, certPem } = it;
  return {
    ...{ sha256, serial, name, peer, cert_pem: certPem, issued_at_ms: it.issuedAtMs, not_after_ms: it.notAfterMs },
    ...{ revoked_at_ms: it.revokedAtMs, revoked_because: it.revokedBecause },
  };
}

export function deviceOf(row: KnownDevicesTable): KnownDevice {
  const { peer, device_digest: digest, manufacturer, model, first_seen_ms: firstSeenMs } = row;
  return { peer, digest, manufacturer, model, firstSeenMs };
}

function deviceRow(device: KnownDevice): KnownDevicesTable {
  const { peer, digest: device_digest, manufacturer, model, firstSeenMs: first_seen_ms } = device;
  return { peer, device_digest, manufacturer, model, first_seen_ms };
}

/** Remembers the device an object comes from: as known when it is delivered, else until a person has decided about the object. */
export function* learnDevice(queries: Queries, { arrival, learns }: ArrivalCommit, isHeld: boolean): Script<void> {
  if (learns?.device === undefined) return;
  const row = deviceRow({ ...learns.device, peer: arrival.peer, firstSeenMs: arrival.receivedAtMs });
  if (isHeld) yield* run(queries.holdDevice, { ...row, sha256: arrival.sha256 });
  else yield* makeKnown(queries, row);
}

/** A person let an object go on, or destroyed it: in the first case its device is one of its title's from then on. */
export function* settleHeldDevice(queries: Queries, sha256: string, isReleased: boolean): Script<void> {
  const held = yield* first(queries.heldDevice, { sha256 });
  if (held === undefined) return;
  if (isReleased) yield* makeKnown(queries, held);
  yield* run(queries.deleteHeldDevice, { sha256 });
}

function* makeKnown(queries: Queries, row: KnownDevicesTable): Script<void> {
  const known = yield* all(queries.devicesOfPeer, { peer: row.peer });
  if (known.length < MOST_DEVICES_OF_A_PEER) yield* run(queries.learnDevice, row);
}

/** What is known of the device an object says it comes from. */
export function* devicesKnown(queries: Queries, peer: string, digest: string): Script<DevicesKnown> {
  const rows = yield* all(queries.devicesOfPeer, { peer });
  const owners = yield* all(queries.ownersOfDevice, { digest });
  return {
    ofPeer: rows.map(deviceOf),
    others: owners.map((row) => row.peer).filter((owner) => owner !== peer),
  };
}

export function* issueCertificate(
  queries: Queries,
  certificate: IssuedCertificate,
  events: readonly Event[],
): Script<void> {
  yield* run(queries.insertCertificate, certificateRow(certificate));
  yield* appendEvents(queries, events);
}

export function* revokeCertificate(
  queries: Queries,
  { sha256, atMs, reason }: { readonly sha256: string; readonly atMs: number; readonly reason: string },
  events: readonly Event[],
): Script<boolean> {
  if ((yield* run(queries.revokeCertificate, { sha256, atMs, reason })) === 0) return false;
  yield* appendEvents(queries, events);
  return true;
}
