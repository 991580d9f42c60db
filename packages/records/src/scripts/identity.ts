import type { Event, IssuedCertificate, KnownDevice } from '@leadglass/model';
import type { Queries } from '../queries.ts';
import type { CertificatesTable, KnownDevicesTable } from '../schema.ts';
import { run, type Script } from '../script.ts';
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

export function deviceRow(device: KnownDevice): KnownDevicesTable {
  const { peer, digest: device_digest, manufacturer, model, firstSeenMs: first_seen_ms } = device;
  return { peer, device_digest, manufacturer, model, first_seen_ms };
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
