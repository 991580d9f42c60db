import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { OutsidePki } from '../packages/wire/src/pki/outside.testkit.ts';
import { openssl } from '../packages/wire/src/pki/pki.testkit.ts';
import { Gateway } from './gateway.ts';
import { associateOverTls, type DeviceFiles, enrol, identityFolder, lastRefusal, overTls, run } from './identities.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { requirePeer } from './peers.ts';
import { storeOne } from './sending.ts';

const files = identityFolder();
let gateway: Gateway;
let ct1: DeviceFiles;
let ct2: DeviceFiles;

before(async () => {
  gateway = await Gateway.start({ withTls: true });
  for (const title of ['CT1', 'CT2'])
    await gateway.cli('peer', 'add', title, '--from', '127.0.0.1', '--allow', 'echo,store', '--trust', 'site');
  ct1 = await enrol(gateway, files.at('ct1'), 'scanner-1', '--peer', 'CT1');
  ct2 = await enrol(gateway, files.at('ct2'), 'scanner-2', '--peer', 'CT2', '--rsa');
});

after(async () => {
  await gateway.dispose();
  files.remove();
});

test('[PROVE-156] a device with the certificate issued for its title comes in over TLS, EC or RSA, and not without', async (t) => {
  if (requirePeer(t, 'echoscu') === undefined) return;
  for (const [title, device] of [
    ['CT1', ct1],
    ['CT2', ct2],
  ] as const)
    assert.equal((await overTls('echoscu', gateway, title, device)).status, 0);
  const plain = await run('echoscu', ['-aet', 'CT1', '-aec', 'LEADGLASS', '127.0.0.1', String(gateway.dimse)]);
  assert.notEqual(plain.status, 0);
  assert.match((await lastRefusal(gateway)).en, /admitted over TLS with its certificate only, and showed none/);
  assert.equal(statSync(ct1.key).mode & 0o777, 0o600);
});

test('[PROVE-157] a borrowed title is refused, and said to be that, with whose certificate it was', async (t) => {
  if (requirePeer(t, 'echoscu') === undefined) return;
  const borrowed = await overTls('echoscu', gateway, 'CT2', ct1);
  assert.match(borrowed.said, /Calling AE Title Not Recognized/);
  const { fr, en, hint } = await lastRefusal(gateway);
  assert.match(en, /CT2's title came from CT1's certificate/);
  assert.match(fr, /le titre de CT2 est venu avec le certificat de CT1/);
  assert.equal(hint, './leadglass cert issue CT2 --peer CT2');
});

test('[PROVE-158] a request made by OpenSSL is signed on its own key', async (t) => {
  const ssl = openssl(t);
  if (ssl === undefined || requirePeer(t, 'echoscu') === undefined) return;
  const subject = ['-subj', '/CN=whatever', '-addext', 'subjectAltName=DNS:evil.test'];
  ssl.run('req', '-new', '-newkey', 'rsa:2048', '-nodes', ...subject, '-keyout', 'mr.key', '-out', 'mr.csr');
  const out = files.at('mr');
  await gateway.cli('cert', 'issue', 'mr', '--peer', 'CT1', '--csr', `${ssl.folder}/mr.csr`, '--out', out);
  const device = { cert: `${out}.pem`, key: `${ssl.folder}/mr.key`, ca: `${out}-ca.pem` };
  assert.equal((await overTls('echoscu', gateway, 'CT1', device)).status, 0);
  assert.doesNotMatch(ssl.run('x509', '-in', device.cert, '-noout', '-text'), /evil|whatever/);
});

test('[PROVE-159] a PKCS #12 file with a password that is told once opens with it, in both forms', async (t) => {
  const ssl = openssl(t);
  if (ssl === undefined) return;
  for (const form of [[], ['--legacy', '--rsa']]) {
    const out = files.at(`p12-${form.length}`);
    const answer = await gateway.cli('cert', 'issue', `p12-${form.length}`, '--p12', '--out', out, '--json', ...form);
    const { password } = JSON.parse(answer) as { password: string };
    assert.match(ssl.run('pkcs12', '-in', `${out}.p12`, '-nodes', '-passin', `pass:${password}`), /BEGIN PRIVATE KEY/);
    assert.equal(statSync(`${out}.p12`).mode & 0o777, 0o600);
  }
  writeFileSync(files.at('word'), 'a password of ours\n');
  const out = files.at('given');
  const answer = await gateway.cli(
    'cert',
    'issue',
    'given',
    '--out',
    out,
    '--json',
    '--password-file',
    files.at('word'),
  );
  assert.doesNotMatch(answer, /password/);
  ssl.run('pkcs12', '-in', `${out}.p12`, '-nodes', '-passin', 'pass:a password of ours');
});

test('[PROVE-160] a certificate revoked while it is in use: the association ends, no other begins, and the list says so', async (t) => {
  const ssl = openssl(t);
  if (ssl === undefined || requirePeer(t, 'echoscu') === undefined) return;
  const lost = await enrol(gateway, files.at('lost'), 'lost', '--peer', 'CT1');
  const [mine, other] = [
    await associateOverTls(gateway.dimseTls, 'CT1', lost),
    await associateOverTls(gateway.dimseTls, 'CT1', ct1),
  ];
  assert.equal(await storeOne(mine, makeObject('mr')), 0);
  assert.match(await gateway.cli('cert', 'revoke', 'lost', '--reason', 'key-compromise'), /associations ended: 1/);
  await assert.rejects(storeOne(mine, makeObject('mr')));
  assert.equal(await storeOne(other, makeObject('mr')), 0);
  await other.release();
  assert.notEqual((await overTls('echoscu', gateway, 'CT1', lost)).status, 0);
  assert.match((await lastRefusal(gateway)).en, /certificate shown was revoked/);
  await gateway.cli('cert', 'crl', '--out', files.at('site.crl'), '--force');
  const verify = ['verify', '-crl_check', '-CAfile', ct1.ca, '-CRLfile', files.at('site.crl')];
  ssl.run(...verify, ct1.cert);
  assert.match(ssl.try(...verify, lost.cert).said, /certificate revoked/);
  assert.equal((await overTls('echoscu', gateway, 'CT1', ct1)).status, 0);
});

test('[PROVE-161] outside authorities count for the peers that name them, by name, and their revocation lists too', async (t) => {
  const ssl = openssl(t);
  if (ssl === undefined || requirePeer(t, 'echoscu') === undefined) return;
  const pki = new OutsidePki(ssl);
  pki.root('root');
  pki.intermediate('root', 'issuing');
  pki.root('igc');
  pki.device('issuing', 'us1', 'us1.hospital.test');
  pki.device('issuing', 'us1b', 'us1.hospital.test');
  pki.device('igc', 'us9', 'us1.hospital.test');
  const at = (name: string) => `${ssl.folder}/${name}`;
  ssl.write('bundle.pem', Buffer.concat([ssl.read('root.pem'), ssl.read('issuing.pem')]));
  await gateway.cli('cert', 'trust', 'add', 'hospital', at('bundle.pem'));
  await gateway.cli('cert', 'trust', 'add', 'igc', at('igc.pem'));
  const peer = ['--from', '127.0.0.1', '--allow', 'echo', '--trust', 'hospital', '--cert-name', 'us1.hospital.test'];
  await gateway.cli('peer', 'add', 'US1', ...peer);
  const as = (name: string) => ({ cert: at(`${name}.pem`), key: at(`${name}.key`), ca: ct1.ca });
  assert.equal((await overTls('echoscu', gateway, 'US1', as('us1'))).status, 0);
  assert.notEqual((await overTls('echoscu', gateway, 'US1', as('us9'))).status, 0);
  assert.match((await lastRefusal(gateway)).en, /not issued by an authority accepted for this peer \(hospital\)/);
  // The site's own does not count either where the hospital's is asked for, and the hospital's opens no other title.
  for (const [title, device] of [
    ['US1', ct1],
    ['CT1', as('us1')],
  ] as const)
    assert.notEqual((await overTls('echoscu', gateway, title, device)).status, 0);
  await gateway.cli('cert', 'crl', 'import', at(pki.crl('issuing', ['us1'])));
  assert.notEqual((await overTls('echoscu', gateway, 'US1', as('us1'))).status, 0);
  assert.match((await lastRefusal(gateway)).en, /certificate shown was revoked/);
  assert.equal((await overTls('echoscu', gateway, 'US1', as('us1b'))).status, 0);
});

test('[PROVE-162] TLS settings change while an association stores; what does not work changes nothing', async (t) => {
  if (requirePeer(t, 'echoscu') === undefined) return;
  const streaming = await associateOverTls(gateway.dimseTls, 'CT1', ct1);
  assert.equal(await storeOne(streaming, makeObject('mr')), 0);
  assert.match(await gateway.cli('tls', 'set', '--name', 'gateway.test', '--name', '192.0.2.77'), /gateway\.test/);
  assert.equal(await storeOne(streaming, makeObject('mr')), 0);
  assert.equal((await overTls('echoscu', gateway, 'CT1', ct1)).status, 0);
  const before = JSON.parse(await gateway.cli('tls', 'show', '--json'));
  // A certificate with another's key, and one that is for no server.
  await assert.rejects(gateway.cli('tls', 'set', '--cert', ct1.cert, '--key', ct2.key), /do not go together/);
  assert.deepEqual(JSON.parse(await gateway.cli('tls', 'show', '--json')).certificate, before.certificate);
  assert.match(await gateway.cli('tls', 'renew'), /new key and certificate/);
  assert.equal(await storeOne(streaming, makeObject('mr')), 0);
  assert.equal((await overTls('echoscu', gateway, 'CT1', ct1)).status, 0);
  await gateway.cli('tls', 'rollback');
  assert.deepEqual(JSON.parse(await gateway.cli('tls', 'show', '--json')).certificate, before.certificate);
  assert.equal(await storeOne(streaming, makeObject('mr')), 0);
  await streaming.release();
});

/** `object` with a DeviceSerialNumber (0018,1000) of 4 characters, in its place before (0020,000D). */
function ofDevice(serial: string): MadeObject {
  const object = makeObject('mr');
  const at = object.dataSet.indexOf(Buffer.from('20000d005549', 'hex'));
  const element = Buffer.concat([Buffer.from('180000104c4f0400', 'hex'), Buffer.from(serial, 'latin1')]);
  const dataSet = Buffer.concat([object.dataSet.subarray(0, at), element, object.dataSet.subarray(at)]);
  return { ...object, dataSet };
}

test('[PROVE-168] the device behind a title is learnt from its objects; one title with another’s is told by name and loses no image', async () => {
  for (const [title, device, serials] of [
    ['CT1', ct1, ['SN01', 'SN01']],
    ['CT2', ct2, ['SN02', 'SN01']],
  ] as const) {
    const association = await associateOverTls(gateway.dimseTls, title, device);
    for (const serial of serials) assert.equal(await storeOne(association, ofDevice(serial)), 0);
    await association.release();
  }
  const { devices } = JSON.parse(await gateway.cli('peer', 'devices', '--json')) as { devices: { peer: string }[] };
  assert.deepEqual(devices.map(({ peer }) => peer).sort(), ['CT1', 'CT2', 'CT2']);
  const { entries } = JSON.parse(await gateway.cli('log', '--kind', 'arrival', '--json', '--last', '1')) as {
    entries: { event: { kind: string; findings: string[] } }[];
  };
  assert.equal(entries[0]?.event.kind, 'arrival.stored');
  assert.ok(
    entries[0]?.event.findings.includes('known.device-of-other-title'),
    JSON.stringify(entries[0]?.event.findings),
  );
});

test('[PROVE-163] all of it is there after a restart', async (t) => {
  if (requirePeer(t, 'echoscu') === undefined) return;
  await gateway.kill('SIGTERM');
  await gateway.restart();
  assert.equal((await overTls('echoscu', gateway, 'CT1', ct1)).status, 0);
  assert.notEqual((await overTls('echoscu', gateway, 'CT2', ct1)).status, 0);
  const lost = { cert: files.at('lost.pem'), key: files.at('lost.key'), ca: ct1.ca };
  assert.notEqual((await overTls('echoscu', gateway, 'CT1', lost)).status, 0);
  assert.match((await lastRefusal(gateway)).en, /certificate shown was revoked/);
  assert.match(await gateway.cli('cert', 'list', '--all'), /lost.*revoked/);
  assert.match(await gateway.cli('peer', 'list'), /CT1 .*site/);
});
