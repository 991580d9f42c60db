import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect, createServer, type SecureVersion, type TLSSocket } from 'node:tls';
import { ManualClock, systemClock } from '@leadglass/kit';
import {
  type CertificateAndKey,
  createAuthority,
  expiresAtMs,
  fingerprintSha256,
  issueClientCertificate,
  issueServerCertificate,
} from './authority.ts';

const clock = systemClock;
const authority = await createAuthority({ siteName: 'Clinique d’essai, O=x', clock });
const server = await issueServerCertificate(authority, {
  names: ['gateway.test', 'localhost'],
  addresses: ['127.0.0.1', '::1'],
  days: 365,
  clock,
});
const client = await issueClientCertificate(authority, { commonName: 'CT1', days: 365, clock });

interface Meeting {
  readonly protocol: string | null;
  /** Fingerprint of the certificate the server saw. */
  readonly seen: string | undefined;
}

async function meet(version: SecureVersion, caller: CertificateAndKey | undefined): Promise<Meeting | string> {
  const listener = createServer({
    key: server.keyPem.reveal(),
    cert: server.certPem,
    ca: authority.certPem,
    requestCert: true,
    rejectUnauthorized: true,
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const refused = once(listener, 'tlsClientError').then(
    ([error]) => (error as NodeJS.ErrnoException).code ?? 'refused',
  );
  const met = once(listener, 'secureConnection').then(([socket]) => {
    const tls = socket as TLSSocket;
    const meeting = { protocol: tls.getProtocol(), seen: fingerprintSha256(tls.getPeerCertificate().raw) };
    tls.on('error', () => {}).destroy();
    return meeting;
  });
  const { port } = listener.address() as AddressInfo;
  const identity = caller === undefined ? {} : { key: caller.keyPem.reveal(), cert: caller.certPem };
  const socket = connect({
    port,
    host: '127.0.0.1',
    ca: authority.certPem,
    minVersion: version,
    maxVersion: version,
    ...identity,
  });
  socket.on('error', () => {});
  const outcome = await Promise.race([met, refused]);
  socket.destroy();
  listener.close();
  return outcome;
}

test('[WIRE-CA-1] certificates of one authority meet over mutual TLS 1.2 and 1.3', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    assert.deepEqual(await meet(version, client), { protocol: version, seen: fingerprintSha256(client.certPem) });
  }
});

test('[WIRE-CA-1] a caller without a certificate, of another authority, or with a server’s certificate is refused', async () => {
  const other = await createAuthority({ siteName: 'Clinique d’essai, O=x', clock });
  const stranger = await issueClientCertificate(other, { commonName: 'CT1', days: 365, clock });
  for (const caller of [undefined, stranger, server]) assert.equal(typeof (await meet('TLSv1.3', caller)), 'string');
});

test('[WIRE-CA-2] openssl verifies the chain for its purpose and under the strict profile', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-ca-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const isHere = spawnSync('openssl', ['version']).status === 0;
  assert.ok(isHere || process.env.LEADGLASS_REQUIRE_PEERS !== '1', 'openssl is not installed');
  if (!isHere) return t.skip('openssl is not installed');
  for (const [name, pem] of [
    ['ca', authority.certPem],
    ['server', server.certPem],
    ['client', client.certPem],
  ] as const) {
    writeFileSync(join(folder, `${name}.pem`), pem);
  }
  const verify = (purpose: string, name: string) =>
    spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', 'ca.pem', '-purpose', purpose, `${name}.pem`], {
      cwd: folder,
    }).status;
  assert.equal(verify('sslserver', 'server'), 0);
  assert.equal(verify('sslclient', 'client'), 0);
  assert.notEqual(verify('sslclient', 'server'), 0);
  assert.notEqual(verify('sslserver', 'client'), 0);
});

test('[WIRE-CA-3] names are values: nothing in them becomes another attribute', () => {
  assert.equal(new X509Certificate(authority.certPem).subject, 'CN=Leadglass Clinique d’essai\\, O=x');
});

test('[WIRE-CA-3] a server certificate names what it was asked for and signs for ten years only as an authority', () => {
  const certificate = new X509Certificate(server.certPem);
  for (const name of ['gateway.test', 'localhost']) assert.equal(certificate.checkHost(name), name);
  for (const address of ['127.0.0.1', '::1']) assert.ok(certificate.checkIP(address));
  assert.equal(certificate.ca, false);
  assert.equal(new X509Certificate(authority.certPem).ca, true);
});

test('[WIRE-CA-4] validity follows the injected clock', async () => {
  const manual = new ManualClock(Date.UTC(2030, 0, 1));
  const issued = await issueClientCertificate(authority, { commonName: 'MR1', days: 30, clock: manual });
  assert.equal(expiresAtMs(issued.certPem), Date.UTC(2030, 0, 31));
  await assert.rejects(
    issueClientCertificate(authority, { commonName: 'MR1', days: 2000, clock: manual }),
    /1 to 1096 days/,
  );
});

test('[WIRE-CA-5] fingerprints of PEM and DER agree; what is no certificate has none', () => {
  const der = new X509Certificate(client.certPem).raw;
  assert.match(fingerprintSha256(der) ?? '', /^[0-9a-f]{64}$/);
  assert.equal(fingerprintSha256(der), fingerprintSha256(client.certPem));
  assert.equal(fingerprintSha256('not a certificate'), undefined);
  assert.equal(expiresAtMs(new Uint8Array(10)), undefined);
});

test('[WIRE-CA-5] a private key never prints', () => {
  assert.equal(JSON.stringify(authority).includes('PRIVATE'), false);
  assert.match(authority.keyPem.reveal(), /^-----BEGIN PRIVATE KEY-----/);
});
