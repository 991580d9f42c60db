import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AeTitle, IssuedCertificate, Peer } from '@leadglass/model';
import type { ArrivalCommit, Learnt, Records } from './api.ts';
import { commitOf, gatewayEvent, sha, T0, type Wish } from './records.testkit.ts';

type Context = { after(done: () => Promise<void> | void): void };
type OpenFresh = (t: Context) => Promise<{ readonly records: Records }>;

const DEVICE = { digest: 'aaaaaaaaaaaaaaaa', manufacturer: 'MAKER', model: 'MODEL' };

function from(name: string, device: Learnt['device'], wish: Wish = {}): ArrivalCommit {
  const learns = { patients: [], pixelSha256: '', creators: [] };
  return { ...commitOf(name, wish), learns: device === undefined ? learns : { ...learns, device } };
}

function certificate(name: string, more: Partial<IssuedCertificate> = {}): IssuedCertificate {
  return {
    ...{ sha256: sha(name), serial: Buffer.from(name).toString('hex'), name, peer: 'CT1', certPem: 'pem' },
    ...{ issuedAtMs: T0, notAfterMs: T0 + 1000, revokedAtMs: 0, revokedBecause: '', ...more },
  };
}

/** Who is who, the same for every backend. */
export function identitySuite(backend: string, openFresh: OpenFresh): void {
  test(`[REC-165] ${backend}: certificates are kept with their events, newest first, and revoked once`, async (t) => {
    const { records } = await openFresh(t);
    await records.issueCertificate(certificate('a'), [gatewayEvent()]);
    await records.issueCertificate(certificate('b', { issuedAtMs: T0 + 1, peer: '' }), []);
    assert.deepEqual(await records.certificates(), [
      certificate('b', { issuedAtMs: T0 + 1, peer: '' }),
      certificate('a'),
    ]);
    assert.equal(await records.revokeCertificate(sha('a'), T0 + 5, 'superseded', [gatewayEvent()]), true);
    assert.equal(await records.revokeCertificate(sha('a'), T0 + 6, 'key-compromise', [gatewayEvent()]), false);
    assert.equal(await records.revokeCertificate(sha('none'), T0 + 6, 'superseded', []), false);
    const revoked = (await records.certificates()).find(({ name }) => name === 'a');
    assert.deepEqual([revoked?.revokedAtMs, revoked?.revokedBecause], [T0 + 5, 'superseded']);
    assert.equal((await records.counts()).events.total, 2);
    await assert.rejects(records.issueCertificate(certificate('c', { serial: certificate('a').serial }), []));
  });

  test(`[REC-166] ${backend}: the device of a delivered object is known under its title, and under which others`, async (t) => {
    const { records } = await openFresh(t);
    await records.commitArrivals([from('a', DEVICE)]);
    const { ofPeer, others } = await records.devicesKnown('CT1', DEVICE.digest);
    assert.deepEqual(
      ofPeer.map(({ digest, model }) => [digest, model]),
      [[DEVICE.digest, 'MODEL']],
    );
    assert.deepEqual([others, await records.devicesKnown('CT2', DEVICE.digest)], [[], { ofPeer: [], others: ['CT1'] }]);
    assert.equal((await records.devices()).length, 1);
  });

  test(`[REC-167] ${backend}: of a held object it is known once a person releases it, and never when they destroy it`, async (t) => {
    const { records } = await openFresh(t);
    const held = { kind: 'hold' } as const;
    const other = { ...DEVICE, digest: 'bbbbbbbbbbbbbbbb' };
    await records.commitArrivals([from('a', DEVICE, held), from('b', DEVICE, held), from('c', other, held)]);
    assert.deepEqual(await records.devices(), []);
    await records.destroyHold(sha('c'), 'me', 'bad', T0, []);
    await records.releaseHold(sha('b'), 'me', 'ok', T0, [], []);
    assert.deepEqual(
      (await records.devices()).map(({ digest }) => digest),
      [DEVICE.digest],
    );
    await records.releaseHold(sha('a'), 'me', 'ok', T0, [], []);
    assert.equal((await records.devices()).length, 1);
  });

  test(`[REC-168] ${backend}: no title makes what is known of devices grow without end`, async (t) => {
    const { records } = await openFresh(t);
    const many = Array.from({ length: 80 }, (_, at) =>
      from(`o${at}`, { ...DEVICE, digest: at.toString(16).padStart(16, '0') }),
    );
    await records.commitArrivals(many);
    assert.equal((await records.devices()).length, 64);
  });

  test(`[REC-169] ${backend}: how a peer proves who it is is kept, and what nobody chose stays not chosen`, async (t) => {
    const { records } = await openFresh(t);
    const plain: Peer = {
      ...{ aeTitle: 'CT1' as AeTitle, from: '192.0.2.0/24', allow: ['echo'] },
      ...{ whenHeld: 'tell', privateSopClasses: [] },
    };
    const chosen: Peer = {
      ...plain,
      aeTitle: 'CT2' as AeTitle,
      trustAnchors: ['site', 'x'],
      certName: 'ct2',
      whenOtherDevice: 'hold',
    };
    await records.replaceConfig({ peers: [plain, chosen], destinations: [], routes: [] }, []);
    assert.deepEqual(await records.peers(), [plain, chosen]);
  });
}
