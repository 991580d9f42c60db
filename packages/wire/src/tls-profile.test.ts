import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { systemClock } from '@leadglass/kit';
import { createAuthority, issueClientCertificate, issueServerCertificate } from './authority.ts';
import {
  clientTlsOptions,
  listenerTlsOptions,
  TLS_SESSION_SECONDS,
  TLS_SUITES,
  type TlsIdentity,
} from './tls-profile.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
let folder = '';
let ca = '';
let device: TlsIdentity;
let server: Server;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'leadglass-tls-'));
  const authority = await createAuthority({ siteName: 'test', clock: systemClock });
  const made = await issueServerCertificate(authority, {
    names: ['localhost'],
    addresses: ['127.0.0.1'],
    days: 30,
    clock: systemClock,
  });
  const client = await issueClientCertificate(authority, { commonName: 'CT1', days: 30, clock: systemClock });
  ca = authority.certPem;
  device = { cert: client.certPem, key: client.keyPem.reveal() };
  writeFileSync(join(folder, 'ca.pem'), ca);
  writeFileSync(join(folder, 'cert.pem'), device.cert);
  writeFileSync(join(folder, 'key.pem'), device.key);
  server = createServer(
    listenerTlsOptions({ identity: { cert: made.certPem, key: made.keyPem.reveal() }, ca: [ca] }),
    (socket) => {
      socket.on('error', () => {});
      socket.end(`${socket.getProtocol()} ${socket.getCipher().standardName}`);
    },
  );
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const port = (): number => (server.address() as AddressInfo).port;

function needOpenssl(t: TestContext): boolean {
  if (hasOpenssl) return true;
  if (process.env.LEADGLASS_REQUIRE_PEERS === '1') throw new Error('openssl is not installed');
  t.skip('openssl not installed');
  return false;
}

/** Output of `openssl s_client`, which ends when the server has spoken. */
async function sClient(...args: string[]): Promise<string> {
  const own = ['-cert', join(folder, 'cert.pem'), '-key', join(folder, 'key.pem'), '-CAfile', join(folder, 'ca.pem')];
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port()}`, ...own, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('latin1')));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('latin1')));
  await once(child, 'close');
  return output;
}

test('[WIRE-20] the table holds PS3.15 B.12 without CCM_8 and with ChaCha20, authenticated encryption with forward secrecy only', () => {
  const names = TLS_SUITES.map((suite) => suite.openssl);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(
    names.filter((name) => /CCM8|CCM_8|CBC|SHA$|RC4|3DES|NULL/.test(name)),
    [],
  );
  assert.ok(TLS_SUITES.every((suite) => suite.version === 'TLSv1.3' || suite.openssl.startsWith('ECDHE-')));
  assert.ok(TLS_SESSION_SECONDS <= 86_400);
});

test('[WIRE-20] openssl reaches the listener with TLS 1.2 and with TLS 1.3', async (t) => {
  if (!needOpenssl(t)) return;
  assert.match(await sClient('-tls1_3'), /TLSv1\.3 TLS_AES_256_GCM_SHA384/);
  assert.match(await sClient('-tls1_2'), /TLSv1\.2 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384/);
});

test('[WIRE-20] every TLS 1.2 suite of the table for this key type is taken', async (t) => {
  if (!needOpenssl(t)) return;
  for (const suite of TLS_SUITES.filter(({ openssl }) => openssl.startsWith('ECDHE-ECDSA'))) {
    assert.match(await sClient('-tls1_2', '-cipher', suite.openssl), new RegExp(`TLSv1\\.2 TLS_${suite.name}`));
  }
});

test('[WIRE-21] TLS 1.1, 1.0 and suites outside the table are refused', async (t) => {
  if (!needOpenssl(t)) return;
  for (const args of [
    ['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'],
    ['-tls1', '-cipher', 'ALL:@SECLEVEL=0'],
    ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0'],
    ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0'],
    ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0'],
  ]) {
    const output = await sClient(...args);
    assert.doesNotMatch(output, /TLSv1\.[0-9] TLS_/, args.join(' '));
    assert.match(output, /alert (protocol version|handshake failure)/, args.join(' ')); // said by the listener, not by the client
  }
});

test('[WIRE-22] without a certificate of the site there is no connection', async () => {
  const socket = connect({ port: port(), host: '127.0.0.1', ...clientTlsOptions({ ca: [ca] }) });
  const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as [NodeJS.ErrnoException];
  assert.match(String(error.code), /^ERR_SSL|ECONNRESET/);
});

test("[WIRE-22] with one there is, and the client sees the site's authority", async () => {
  const socket = connect({ port: port(), host: '127.0.0.1', ...clientTlsOptions({ ca: [ca], identity: device }) });
  socket.resume();
  await once(socket, 'secureConnect');
  assert.equal(socket.authorized, true);
  socket.destroy();
});

test("[WIRE-22] a client without authorities trusts nobody, not even the machine's own list", async () => {
  const socket: TLSSocket = connect({
    port: port(),
    host: '127.0.0.1',
    ...clientTlsOptions({ ca: [], identity: device }),
  });
  await once(socket, 'secureConnect');
  assert.equal(socket.authorized, false);
  socket.destroy();
});

test('[WIRE-23] no session is resumed, in TLS 1.2 or 1.3', async (t) => {
  if (!needOpenssl(t)) return;
  for (const version of ['-tls1_2', '-tls1_3']) {
    const session = join(folder, `session${version}`);
    assert.match(await sClient(version, '-sess_out', session, '-ign_eof'), /TLS_/);
    const again = await sClient(version, '-sess_in', session, '-ign_eof');
    assert.match(again, /\nNew, |Can't open session/); // nothing to resume, or nothing taken up
    assert.doesNotMatch(again, /\nReused, /);
  }
});
