import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock, systemClock } from '@leadglass/kit';
import { createAuthority, issueClientCertificate, issueServerCertificate, newDeviceKey } from '@leadglass/wire';
import { openHome } from '../home.ts';
import { identityHouse } from './identity.testkit.ts';
import { probe, probeListener } from './probe.ts';

const DAY_MS = 86_400_000;

async function asking(name: string, more: object = {}) {
  const { publicKey } = await newDeviceKey('ec');
  return { name, dns: [], addresses: [], days: 825, publicKey: publicKey.toString('base64'), ...more };
}

const shownOf = (sha256: string) => {
  return { sha256, isSigned: true, anchors: [], links: [], names: ['ct1'], version: 'TLSv1.3' as const };
};

test('[CONTROL-95] what is issued is recorded and told, found by name or fingerprint, and known when it is shown', async (t) => {
  const { identity, records } = await identityHouse(t, systemClock);
  await identity.start();
  const { certificate, authorityPem } = await identity.office.issue(await asking('ct1', { peer: 'CT1' }));
  assert.ok(new X509Certificate(certificate.certPem).checkIssued(new X509Certificate(authorityPem)));
  assert.equal(identity.office.find('ct1').sha256, certificate.sha256);
  assert.equal(identity.office.find(certificate.sha256.slice(0, 8)).name, 'ct1');
  assert.deepEqual(identity.shown(shownOf(certificate.sha256)).issuedTo, { peer: 'CT1', name: 'ct1' });
  assert.equal(identity.shown(shownOf('ab'.repeat(32))).issuedTo, undefined);
  const [row] = await records.certificates();
  assert.equal(row?.serial, new X509Certificate(certificate.certPem).serialNumber.toLowerCase());
  const [told] = await records.events({ kinds: ['certificate.issued'] }, 10);
  assert.equal(told?.event.kind === 'certificate.issued' && told.event.peer, 'CT1');
  await identity.office.issue(await asking('ct1'));
  assert.throws(() => identity.office.find('ct1'), { code: 'control.ambiguous' });
  assert.throws(() => identity.office.find('nobody'), { code: 'control.not-found' });
});

test('[CONTROL-96] our own names and keys that are none are not signed', async (t) => {
  const { identity, home } = await identityHouse(t, systemClock);
  const bad = { code: 'control.bad-request' };
  await assert.rejects(identity.office.issue(await asking(home.keys.siteName)), bad);
  const ours = new X509Certificate(home.tls.certPem).subjectAltName ?? '';
  const [, host] = /DNS:((?!localhost)[^,]+)/.exec(ours) ?? [];
  assert.ok(host);
  await assert.rejects(identity.office.issue(await asking('ct1', { dns: [host] })), bad);
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'der', type: 'spki' });
  await assert.rejects(identity.office.issue(await asking('ct1', { publicKey: small.toString('base64') })), bad);
});

test('[CONTROL-97] a revoked certificate is so at once, once, and on a new list', async (t) => {
  const { identity, home, records } = await identityHouse(t, systemClock);
  await identity.start();
  const first = await identity.office.list();
  const { certificate } = await identity.office.issue(await asking('ct1'));
  await identity.office.revoke({ id: 'ct1', reason: 'key-compromise' });
  assert.equal(identity.isRevoked(shownOf(certificate.sha256)), true);
  assert.equal((await records.certificates())[0]?.revokedBecause, 'key-compromise');
  await assert.rejects(identity.office.revoke({ id: 'ct1', reason: 'superseded' }), { code: 'control.conflict' });
  const list = readFileSync(join(home.paths.pki, 'site.crl'), 'utf8');
  assert.match(list, /^-----BEGIN X509 CRL-----/);
  assert.notEqual(list, first.crlPem);
  // And after a restart.
  const again = await identityHouse(t, systemClock, records);
  await again.identity.start();
  assert.equal(again.identity.isRevoked(shownOf(certificate.sha256)), true);
});

test('[CONTROL-98] the end of a certificate is told at 90, 60, 30 and 7 days, each once, and stands in the status', async (t) => {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const { identity, records } = await identityHouse(t, clock);
  await identity.office.issue(await asking('ct1', { days: 100, peer: 'CT1' }));
  const days = async () => {
    await identity.start();
    identity.stop();
    const told = await records.events({ kinds: ['certificate.expiring'] }, 50);
    return told.flatMap(({ event }) =>
      event.kind === 'certificate.expiring' && event.name === 'ct1' ? [event.days] : [],
    );
  };
  assert.deepEqual([await days(), identity.troubles()], [[], []]);
  clock.jump(11 * DAY_MS);
  assert.deepEqual(await days(), [89]);
  assert.deepEqual(await days(), [89]);
  clock.jump(30 * DAY_MS);
  assert.deepEqual(await days(), [89, 59]);
  clock.jump(53 * DAY_MS);
  assert.deepEqual(await days(), [89, 59, 6]);
  assert.match(
    identity
      .troubles()
      .map(({ text }) => text.en)
      .join(),
    /"ct1" expires in 6 days/,
  );
  // A successor ends the worry.
  await identity.office.issue(await asking('ct1', { days: 825, peer: 'CT1' }));
  assert.doesNotMatch(
    identity
      .troubles()
      .map(({ text }) => text.en)
      .join(),
    /"ct1"/,
  );
});

test('[CONTROL-99] authorities of others are imported, taken up at once, and not removed under a peer that needs them', async (t) => {
  const { identity, watch, handed, records } = await identityHouse(t, systemClock);
  const other = await createAuthority({ siteName: 'other', clock: systemClock });
  const file = Buffer.from(other.certPem).toString('base64');
  assert.equal((await identity.trust.add({ name: 'hospital', file })).change, 'added');
  assert.equal((await identity.trust.add({ name: 'hospital', file })).change, 'unchanged');
  assert.deepEqual([watch.current.tls.anchors?.map(({ name }) => name), handed.count], [['hospital'], 1]);
  await assert.rejects(identity.trust.add({ name: 'site', file }), { code: 'control.bad-request' });
  const leaf = await issueClientCertificate(other, { commonName: 'x', days: 1, clock: systemClock });
  const notOne = Buffer.from(leaf.certPem).toString('base64');
  await assert.rejects(identity.trust.add({ name: 'x', file: notOne }), { code: 'control.bad-request' });
  const peer = {
    aeTitle: 'CT1',
    from: '192.0.2.0/24',
    allow: ['echo'],
    whenHeld: 'tell',
    privateSopClasses: [],
  } as const;
  const peers = [{ ...peer, trustAnchors: ['hospital'] }] as unknown as Parameters<
    typeof records.replaceConfig
  >[0]['peers'];
  await records.replaceConfig({ peers, destinations: [], routes: [] }, []);
  assert.deepEqual((await records.peers())[0]?.trustAnchors, ['hospital']);
  await assert.rejects(identity.trust.remove({ name: 'hospital' }), { code: 'control.conflict' });
  await records.replaceConfig({ peers: [], destinations: [], routes: [] }, []);
  await identity.trust.remove({ name: 'hospital' });
  assert.deepEqual(watch.current.tls.anchors, []);
});

async function serverOf(t: TestContext) {
  const other = await createAuthority({ siteName: 'other', clock: systemClock });
  const options = { names: ['gw.hospital.test'], addresses: [], days: 30, clock: systemClock };
  const [good, wrong] = [await issueServerCertificate(other, options), await issueServerCertificate(other, options)];
  const client = await issueClientCertificate(other, { commonName: 'gw', days: 30, clock: systemClock });
  const pair = (cert: typeof good, key: typeof good) => ({ certPem: cert.certPem, keyPem: key.keyPem.reveal() });
  t.diagnostic('certificates made');
  return { good: pair(good, good), crossed: pair(good, wrong), client: pair(client, client) };
}

test('[CONTROL-100] new TLS settings are tried before they are in force: what does not work changes nothing', async (t) => {
  const { identity, home, handed } = await identityHouse(t, systemClock);
  const { good, crossed, client } = await serverOf(t);
  const set = (asked: object) => identity.tls.set({ apply: true, force: true, ...asked });
  for (const certificate of [crossed, client, { certPem: 'x', keyPem: 'y' }]) {
    const { isApplied, problems } = await set({ certificate });
    assert.deepEqual([isApplied, problems.length], [false, 1]);
  }
  assert.equal(handed.count, 0);
  const tried = await identity.tls.set({ certificate: good, apply: false, force: false });
  assert.deepEqual([tried.isApplied, tried.problems, tried.changes.length, handed.count], [false, [], 1, 0]);
  const { isApplied, tls } = await set({ certificate: good });
  assert.deepEqual([isApplied, tls.certificate.isSite, handed.count], [true, false, 1]);
  assert.equal(statSync(join(home.paths.keys, 'tls.json')).mode & 0o777, 0o600);
  assert.ok((await identity.tls.rollback()).tls.certificate.isSite);
  assert.equal((await identity.tls.rollback()).tls.certificate.isSite, false);
});

test('[CONTROL-101] names enter the site’s certificate, a renewal has another key, and both can be taken back', async (t) => {
  const { identity, home } = await identityHouse(t, systemClock);
  const before = identity.tls.show().certificate.sha256;
  await assert.rejects(identity.tls.rollback(), { code: 'control.not-found' });
  const named = await identity.tls.set({ names: ['gw.example.org', '192.0.2.55'], apply: true, force: false });
  for (const name of ['gw.example.org', '192.0.2.55']) assert.ok(named.tls.certificate.names.includes(name));
  const renewed = await identity.tls.renew();
  assert.ok(renewed.tls.certificate.names.includes('gw.example.org'));
  assert.notEqual(renewed.tls.certificate.sha256, named.tls.certificate.sha256);
  assert.equal((await identity.tls.rollback()).tls.certificate.sha256, named.tls.certificate.sha256);
  assert.notEqual(before, named.tls.certificate.sha256);
  // A damaged file of settings locks nobody out.
  writeFileSync(join(home.paths.keys, 'tls.json'), '{"minVersion":"SSLv3"');
  const again = await openHome(home.paths.root, systemClock, () => assert.fail('not a first start'));
  assert.equal(again.tls.minVersion, 'TLSv1.2');
});

test('[CONTROL-102] who came with TLS 1.2 is not left outside unasked, and a device that fails after a change brings the old back', async (t) => {
  const { identity, records, watch } = await identityHouse(t, systemClock);
  identity.tls.cameIn('192.0.2.7', 'CT1', 'TLSv1.2');
  const refused = await identity.tls.set({ minVersion: 'TLSv1.3', apply: true, force: false });
  assert.equal(refused.isApplied, false);
  assert.match(refused.problems[0]?.en ?? '', /CT1 \(192\.0\.2\.7\) came with TLS 1\.2/);
  assert.ok((await identity.tls.set({ minVersion: 'TLSv1.3', apply: true, force: true })).isApplied);
  assert.equal(watch.current.tls.minVersion, 'TLSv1.3');
  for (const stranger of ['192.0.2.8', '192.0.2.8', '192.0.2.8', '192.0.2.7']) identity.tls.failed(stranger);
  assert.equal(identity.tls.show().minVersion, 'TLSv1.3');
  identity.tls.failed('192.0.2.7');
  await identity.tls.set({ apply: false, force: false });
  assert.deepEqual([watch.current.tls.minVersion, identity.tls.show().watchedUntilMs], ['TLSv1.2', 0]);
  const [told] = await records.events({ kinds: ['tls.rolled-back'] }, 10);
  assert.match(told?.event.kind === 'tls.rolled-back' ? told.event.why.en : '', /CT1 .*could not connect any more/);
});

test('[CONTROL-103] the trial is a real handshake: a listener of the wrong key, or of nobody, is told', async (t) => {
  const { home } = await identityHouse(t, systemClock);
  assert.equal(await probe(home.tls, home.outgoing), undefined);
  const { crossed } = await serverOf(t);
  await assert.rejects(async () => {
    const failed = await probe({ ...home.tls, ...crossed }, home.outgoing);
    throw new Error(failed?.en);
  }, /fails \(/);
  const nobody = await probeListener({ host: '127.0.0.1', port: 1 }, home.tls, home.outgoing);
  assert.match(nobody?.en ?? '', /ECONNREFUSED/);
});
