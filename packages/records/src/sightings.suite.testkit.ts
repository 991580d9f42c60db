import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AeTitle, Peer, Sighting } from '@leadglass/model';
import type { Records } from './api.ts';
import { gatewayEvent, T0 } from './records.testkit.ts';
import { MOST_SIGHTINGS } from './scripts/sightings.ts';

type Context = { after(done: () => Promise<void> | void): void };
type OpenFresh = (t: Context) => Promise<{ readonly records: Records }>;

function seen(changes: Partial<Sighting> = {}): Sighting {
  return {
    ...{ peer: 'CT1', address: '192.0.2.7', certSha256: '', isSigned: false, listener: 'dimse', called: 'LEADGLASS' },
    ...{ service: 'store', sopClassUid: '1.2.840.10008.5.1.4.1.1.2', level: '', keys: '', moveTo: '' },
    ...{ outcome: 'passed', firstMs: T0, lastMs: T0, count: 1, bytes: 100, hours: 1, busiest: 1, mostResults: 0 },
    ...changes,
  };
}

/** What every backend must do with what was seen, the same for all. */
export function sightingsSuite(backend: string, openFresh: OpenFresh): void {
  addingTests(backend, openFresh);
  boundTests(backend, openFresh);
  peerTests(backend, openFresh);
}

function addingTests(backend: string, openFresh: OpenFresh): void {
  test(`[REC-185] ${backend}: the same kind of traffic is one row that adds up`, async (t) => {
    const { records } = await openFresh(t);
    await records.recordSightings([seen(), seen({ outcome: 'observed' })]);
    await records.recordSightings([seen({ lastMs: T0 + 5, count: 3, bytes: 9, hours: 4, busiest: 7, mostResults: 2 })]);
    const rows = await records.sightings(0);
    assert.deepEqual(
      rows.toSorted((a, b) => b.count - a.count),
      [
        seen({ lastMs: T0 + 5, count: 4, bytes: 109, hours: 5, busiest: 7, mostResults: 2 }),
        seen({ outcome: 'observed' }),
      ],
    );
  });

  test(`[REC-186] ${backend}: what was not seen again for long is forgotten, and what is asked since is since`, async (t) => {
    const { records } = await openFresh(t);
    await records.recordSightings([seen(), seen({ peer: 'MR1', firstMs: T0 + 10, lastMs: T0 + 10 })]);
    assert.deepEqual(
      (await records.sightings(T0 + 10)).map(({ peer }) => peer),
      ['MR1'],
    );
    await records.forgetSightings(T0 + 1);
    assert.deepEqual(
      (await records.sightings(0)).map(({ peer }) => peer),
      ['MR1'],
    );
  });

  test(`[REC-187] ${backend}: when a rule matched last is known, and how often`, async (t) => {
    const { records } = await openFresh(t);
    await records.recordSightings([], [{ rule: 'quirk a', lastMs: T0, count: 2 }]);
    await records.recordSightings([], [{ rule: 'quirk a', lastMs: T0 + 1, count: 3 }]);
    assert.deepEqual(await records.ruleMatches(), [{ rule: 'quirk a', lastMs: T0 + 1, count: 5 }]);
  });
}

function boundTests(backend: string, openFresh: OpenFresh): void {
  test(`[REC-188] ${backend}: kinds too many are counted together under no name, and crowd no other outcome out`, async (t) => {
    const { records } = await openFresh(t);
    const most = MOST_SIGHTINGS.refused;
    const all = Array.from({ length: most + 3 }, (_, i) => seen({ peer: `X${i}`, outcome: 'refused' }));
    await records.recordSightings(all);
    await records.recordSightings([
      seen({ peer: 'LATE', outcome: 'refused' }),
      seen(),
      seen({ peer: 'X1', outcome: 'refused' }),
    ]);
    const rows = await records.sightings(0);
    assert.equal(rows.length, most + 2);
    assert.equal(rows.find(({ peer, outcome }) => peer === '' && outcome === 'refused')?.count, 4);
    assert.equal(rows.find(({ peer }) => peer === 'X1')?.count, 2);
    assert.equal(
      rows.some(({ peer }) => peer === 'LATE'),
      false,
    );
  });

  test(`[REC-188] ${backend}: names of any length are cut, and two that were cut alike are one`, async (t) => {
    const { records } = await openFresh(t);
    const long = 'y'.repeat(100_000);
    await records.recordSightings([seen({ called: long, keys: long }), seen({ called: `${long}z`, keys: long })]);
    const [row, ...others] = await records.sightings(0);
    assert.deepEqual([others.length, row?.count, row?.called.length, row?.keys.length], [0, 2, 128, 1024]);
  });
}

const PEER: Peer = {
  ...{ aeTitle: 'CT1' as AeTitle, from: '192.0.2.7/32', allow: ['store'], whenHeld: 'tell', privateSopClasses: [] },
};

function peerTests(backend: string, openFresh: OpenFresh): void {
  test(`[REC-189] ${backend}: how far a peer is bound is kept, and a setting with what tells of it`, async (t) => {
    const { records } = await openFresh(t);
    const queryLimits = {
      mostDays: 31,
      hours: '07:00-19:00',
      modalities: ['CT'],
      sweeps: true,
      moveTo: [PEER.aeTitle],
    };
    const peers = [PEER, { ...PEER, aeTitle: 'WS1' as AeTitle, mode: 'observe', queryLimits } as const];
    await records.replaceConfig({ peers, destinations: [], routes: [] }, []);
    assert.deepEqual(await records.peers(), peers);
    const event = gatewayEvent();
    await records.setSetting('x', 'y', [event]);
    assert.deepEqual([await records.setting('x'), (await records.events({}, 1))[0]?.event], ['y', event]);
  });
}
