import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock } from '@leadglass/kit';
import type { AeTitle, Peer, Sha256, WebToken } from '@leadglass/model';
import type { CertificateShown } from '@leadglass/policy';
import type { Retrievable } from '@leadglass/records';
import type { ShownCertificate } from '../messages.ts';
import { identify } from './identify.ts';
import { PipeMaker } from './pour.ts';
import { Readings } from './readings.ts';
import { given } from './served.ts';

const AE = (name: string) => name as AeTitle;
const peer = (more: Partial<Peer>): Peer => ({
  aeTitle: AE('CT1'),
  from: '192.0.2.0/24',
  allow: ['wado'],
  whenHeld: 'tell',
  privateSopClasses: [],
  ...more,
});
const token = (more: Partial<WebToken>): WebToken => ({
  name: AE('VIEWER'),
  sha256: 'a'.repeat(64),
  allow: ['qido'],
  addedAtMs: 0,
  ...more,
});

test('[DICOMWEB-22] a token counts until it ends, with rights of its own, from where its peer may call', () => {
  const known = {
    peers: [peer({ aeTitle: AE('VIEWER'), strictness: 'strict' })],
    tokens: [token({ untilMs: 100 })],
    nowMs: 99,
    remoteAddress: '192.0.2.7',
    shown,
  };
  const who = { token: 'a'.repeat(64) };
  assert.deepEqual(identify(who, known), { ...known.peers[0], allow: ['qido'] });
  assert.equal(identify(who, { ...known, nowMs: 100 }), undefined);
  assert.equal(identify(who, { ...known, remoteAddress: '198.51.100.1' }), undefined);
  assert.equal(identify({ token: 'b'.repeat(64) }, known), undefined);
  assert.deepEqual(identify(who, { ...known, peers: [], remoteAddress: '198.51.100.1' })?.allow, ['qido']);
  assert.equal(identify({}, known), undefined);
});

const certificate = (more: Partial<ShownCertificate> = {}): ShownCertificate => ({
  ...{ sha256: 'c'.repeat(64), isSigned: false, anchors: [], links: [], names: [], version: 'TLSv1.3' },
  ...more,
});
/** As the keeper tells it of a certificate that it has not issued. */
const shown = ({ sha256, ...more }: ShownCertificate): CertificateShown => ({ certSha256: sha256, ...more });

test('[DICOMWEB-22] a certificate is the peer it is recorded for, at its address', () => {
  const certSha256 = 'C'.repeat(64);
  const known = {
    peers: [peer({}), peer({ aeTitle: AE('CT2'), certSha256 })],
    tokens: [],
    nowMs: 0,
    remoteAddress: '192.0.2.7',
    shown,
  };
  const who = { certificate: certificate() };
  assert.equal(identify(who, known)?.aeTitle, 'CT2');
  assert.equal(identify({ certificate: certificate({ sha256: 'd'.repeat(64) }) }, known), undefined);
  assert.equal(identify(who, { ...known, remoteAddress: '10.0.0.1' }), undefined);
  // A token that does not count is not made up for by a certificate.
  assert.equal(identify({ ...who, token: 'a'.repeat(64) }, known), undefined);
});

test('[DICOMWEB-26] over the web a certificate is judged as in an association: title, authority, name, revocation', () => {
  const peers = [peer({}), peer({ aeTitle: AE('CT2') }), peer({ aeTitle: AE('CT3'), trustAnchors: ['hospital'] })];
  const known = { peers, tokens: [], nowMs: 0, remoteAddress: '192.0.2.7', shown };
  const issuedTo = (title: string, more: Partial<CertificateShown> = {}) => ({
    ...known,
    shown: (one: ShownCertificate): CertificateShown => ({
      ...shown(one),
      issuedTo: { peer: title, name: 'any' },
      ...more,
    }),
  });
  const ours = { certificate: certificate({ isSigned: true, names: ['CT1'] }) };
  assert.equal(identify(ours, known), undefined, 'of the site, and for nobody');
  assert.equal(identify(ours, issuedTo('CT2'))?.aeTitle, 'CT2');
  assert.equal(identify(ours, issuedTo('CT3')), undefined, 'CT3 trusts another authority');
  assert.equal(identify(ours, issuedTo('CT2', { isRevoked: true })), undefined);
  const theirs = (names: string[]) => ({ certificate: certificate({ anchors: ['hospital'], names }) });
  assert.equal(identify(theirs(['ct3']), known)?.aeTitle, 'CT3');
  assert.equal(identify(theirs(['CT1']), known), undefined, 'CT1 names no authority');
});

const object = (more: Partial<Retrievable>): Retrievable => ({
  ...{
    sha256: '0' as Sha256,
    place: { kind: 'file' },
    plainBytes: 1,
    sealedBytes: 1,
    metaBytes: 0,
    sopClassUid: '1',
    sopInstanceUid: '1.1',
  },
  ...{
    transferSyntaxUid: '1',
    studyInstanceUid: '1',
    seriesInstanceUid: '1',
    patient: '',
    modality: 'CT',
    peer: 'CT1',
    receivedAtMs: 0,
    hold: undefined,
    isCopy: false,
  },
  ...more,
});

test('[DICOMWEB-23] nothing held or destroyed is given; one object a UID: the last, but what was released before its copy', () => {
  const shas = (...found: Retrievable[]) => given(found).map(({ sha256 }) => sha256);
  const sha256 = (name: string) => ({ sha256: name as Sha256 });
  assert.deepEqual(shas(object({ ...sha256('h'), hold: 'held' }), object({ ...sha256('d'), hold: 'destroyed' })), []);
  assert.deepEqual(
    shas(object({ ...sha256('h'), hold: 'held' }), object({ ...sha256('c'), isCopy: true, receivedAtMs: 5 })),
    ['c'],
  );
  assert.deepEqual(
    shas(object({ ...sha256('r'), hold: 'released' }), object({ ...sha256('c'), isCopy: true, receivedAtMs: 5 })),
    ['r'],
  );
  assert.deepEqual(
    shas(object({ ...sha256('c'), isCopy: true, receivedAtMs: 5 }), object({ ...sha256('r'), hold: 'released' })),
    ['r'],
  );
  assert.deepEqual(shas(object({ ...sha256('2'), receivedAtMs: 9 }), object({ ...sha256('1'), receivedAtMs: 3 })), [
    '2',
  ]);
  assert.deepEqual(
    shas(object({ ...sha256('o'), peer: 'IMPORT-ORIGINAL' }), object({ ...sha256('t'), peer: 'LG-PROVEIT' })),
    [],
  );
  assert.deepEqual(shas(object({ ...sha256('b'), sopInstanceUid: '1.2' }), object(sha256('a'))), ['a', 'b']);
});

test('[CONT-176] what a drill made is given to a page of the console and to nobody else', () => {
  const made = object({ sha256: 'd' as Sha256, peer: 'LG-DRILL' });
  assert.deepEqual(given([made]), []);
  assert.deepEqual(given([made], true), [made]);
});

test('[DICOMWEB-24] the first reading is told before anything goes out, the rest of a minute once', async () => {
  const clock = new ManualClock(0);
  const told: { requests: number; instances: number; bytes: number; what: readonly string[] }[] = [];
  const readings = new Readings(
    clock,
    async ({ requests, instances, bytes, what }) => void told.push({ requests, instances, bytes, what }),
    () => assert.fail('nothing fails'),
  );
  const of = { peer: 'VIEWER', remoteAddress: '192.0.2.9', studyInstanceUid: '1.2', patient: 'p' };
  await readings.began(of, 'metadata study', 3);
  assert.deepEqual(told, [{ requests: 1, instances: 3, bytes: 0, what: ['metadata study'] }]);
  readings.done(of, 3, 100);
  for (let frame = 0; frame < 500; frame += 1) {
    await readings.began(of, 'frames instance', 1);
    readings.done(of, 1, 1000);
  }
  assert.equal(told.length, 1);
  clock.advance(60_000);
  assert.deepEqual(told[1], {
    requests: 500,
    instances: 503,
    bytes: 500_100,
    what: ['metadata study', 'frames instance'],
  });
  await readings.began({ ...of, studyInstanceUid: '1.3' }, 'objects study', 1);
  readings.done({ ...of, studyInstanceUid: '1.3' }, 1, 7);
  await readings.flush();
  assert.deepEqual(
    told.map(({ bytes }) => bytes),
    [0, 500_100, 0, 7],
  );
});

test('[DICOMWEB-24] what cannot be told is not given out', async () => {
  const readings = new Readings(
    new ManualClock(0),
    () => Promise.reject(new Error('disk')),
    () => {},
  );
  await assert.rejects(
    readings.began({ peer: 'V', remoteAddress: '', studyInstanceUid: '1', patient: '' }, 'objects study', 1),
  );
});

test('[DICOMWEB-24] that the rest of a minute could not be told is itself told', async () => {
  let calls = 0;
  const failures: unknown[] = [];
  const readings = new Readings(
    new ManualClock(0),
    async () => {
      calls += 1;
      if (calls > 1) throw new Error('disk');
    },
    (thrown) => failures.push(thrown),
  );
  const of = { peer: 'V', remoteAddress: '', studyInstanceUid: '1', patient: '' };
  await readings.began(of, 'objects study', 1);
  readings.done(of, 1, 9);
  await readings.flush();
  assert.equal(failures.length, 1);
});

test('[DICOMWEB-25] a pipe has two ends of ours; a stranger on its socket gets none', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-pour-'));
  const maker = new PipeMaker(join(folder, 'pour.sock'));
  t.after(() => {
    maker.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const [one, two] = await Promise.all([maker.pipe(), maker.pipe()]);
  const stranger = connect(join(folder, 'pour.sock'));
  stranger.write('x'.repeat(16));
  await new Promise((resolve) => stranger.once('close', resolve).on('error', () => {}));
  for (const [{ ours, theirs }, word] of [
    [one, 'one'],
    [two, 'two'],
  ] as const) {
    ours.end(word);
    let said = '';
    for await (const piece of theirs) said += String(piece);
    assert.equal(said, word);
  }
});
