import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '@leadglass/kit';
import { createAuthority, fingerprintSha256, issueServerCertificate } from '@leadglass/wire';
import { requirePeer, startOrthanc } from './peers.ts';
import { find, relayingGateway } from './relaying.ts';

test('[PROVE-104] an upstream over mutual TLS: asked when its certificate is the pinned one, and told of when it is not', async (t) => {
  if (requirePeer(t, 'Orthanc') === undefined || requirePeer(t, 'findscu') === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-tls-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const authority = await createAuthority({ siteName: 'proving', clock: systemClock });
  const server = await issueServerCertificate(authority, {
    ...{ names: ['orthanc'], addresses: ['127.0.0.1'], days: 2, clock: systemClock },
  });
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(cert, server.certPem);
  writeFileSync(key, server.keyPem.reveal());
  const gateway = await relayingGateway([]);
  t.after(() => gateway.dispose());
  const orthanc = await startOrthanc({
    extra: {
      ...{ DicomAlwaysAllowFind: true, DicomTlsEnabled: true, DicomTlsCertificate: cert, DicomTlsPrivateKey: key },
      DicomTlsTrustedCertificates: join(gateway.home, 'keys', 'ca.pem'),
    },
  });
  t.after(() => orthanc.stop());
  const to = ['destination', 'add', 'pacs', '--to', `127.0.0.1:${orthanc.port}`, '--called', 'ORTHANC', '--tls'];
  const ask = () =>
    find({ port: gateway.dimse, called: 'LEADGLASS' }, '-S', ['QueryRetrieveLevel=STUDY', 'StudyInstanceUID']);
  await gateway.cli(...to, '--cert-sha256', fingerprintSha256(server.certPem) ?? '');
  await gateway.cli('relay', 'add', '--from', '*', '--services', 'find', '--to', 'pacs');
  assert.match((await ask()).said, /Received Final Find Response \(Success\)/);
  await gateway.cli(...to, '--cert-sha256', 'ab'.repeat(32));
  assert.match((await ask()).said, /No Acceptable Presentation Contexts/);
  assert.match(await gateway.cli('log'), /refused .*is not the pinned one/);
  await gateway.cli(...to);
  assert.match((await ask()).said, /No Acceptable Presentation Contexts/);
  assert.match(await gateway.cli('log'), /refused .*not signed by a known authority/);
});
