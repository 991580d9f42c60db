import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AeTitle, Peer, Quirk } from '@leadglass/model';
import type { ArrivalCommit, Learnt, Records } from './api.ts';
import { commitOf, destinationCalled, gatewayEvent, sha, T0, type Wish } from './records.testkit.ts';

type Context = { after(done: () => Promise<void> | void): void };
type OpenFresh = (t: Context) => Promise<{ readonly records: Records }>;

const STUDY = '1.2.3';
const SYNTAX = '1.2.840.10008.1.2.1';

function teaching(name: string, learns: Partial<Learnt>, wish: Wish = {}): ArrivalCommit {
  return { ...commitOf(name, wish), learns: { patients: [], pixelSha256: '', creators: [], ...learns } };
}

function ask(name: string, sop = `1.2.3.${name}`) {
  return {
    sha256: sha(name),
    sopInstanceUid: sop,
    studyInstanceUid: STUDY,
    transferSyntaxUid: SYNTAX,
    hasPixelDigest: true,
  };
}

/** What every backend must remember for consistency, the same for all. */
export function knownSuite(backend: string, openFresh: OpenFresh): void {
  learningTests(backend, openFresh);
  boundTests(backend, openFresh);
  choiceTests(backend, openFresh);
}

function learningTests(backend: string, openFresh: OpenFresh): void {
  test(`[REC-80] ${backend}: what a delivered object teaches is known in the same transaction`, async (t) => {
    const { records } = await openFresh(t);
    assert.deepEqual((await records.knownOf(ask('a'))).studyPatients, []);
    const learns = { patients: ['p1', 'p2'], pixelSha256: 'aa', creators: ['c1', 'c2'] };
    await records.commitArrivals([teaching('a', learns), teaching('b', { creators: ['c1'], patients: ['p1'] })]);
    const known = await records.knownOf(ask('new', '1.2.3.a'));
    assert.deepEqual(known.studyPatients.toSorted(), ['p1', 'p2']);
    assert.deepEqual([known.instancePixels, known.hasOtherContent], [['aa'], true]);
    assert.deepEqual((await records.creatorsOfPeer('CT1')).toSorted(), ['c1', 'c2']);
    assert.deepEqual(await records.creatorsOfPeer('MR1'), []);
  });

  test(`[REC-81] ${backend}: what is held or refused teaches nothing; a release teaches its patient`, async (t) => {
    const { records } = await openFresh(t);
    const learns = { patients: ['p9'], pixelSha256: 'bb', creators: ['c9'] };
    await records.commitArrivals([
      teaching('h', learns, { kind: 'hold' }),
      teaching('r', learns, { kind: 'refuse', isKept: false }),
    ]);
    // The same bytes judged clean while a person has not decided: still held, still teaching nothing.
    await records.commitArrivals([teaching('h', learns)]);
    const { studyPatients, instancePixels } = await records.knownOf(ask('h'));
    assert.deepEqual([studyPatients, instancePixels, await records.creatorsOfPeer('CT1')], [[], [], []]);
    await records.releaseHold(sha('h'), 'me', 'ok', T0, [], []);
    assert.deepEqual((await records.knownOf(ask('h'))).studyPatients, ['pseudonym']);
  });

  test(`[REC-82] ${backend}: what became of a hold of the same bytes is known`, async (t) => {
    const { records } = await openFresh(t);
    const heldAs = async (name: string) => (await records.knownOf(ask(name))).earlierHold;
    await records.commitArrivals([commitOf('a', { kind: 'hold' }), commitOf('b', { kind: 'hold' })]);
    assert.deepEqual([await heldAs('a'), await heldAs('none')], ['held', undefined]);
    await records.releaseHold(sha('a'), 'me', 'ok', T0, [], []);
    await records.destroyHold(sha('b'), 'me', 'bad', T0, [gatewayEvent()]);
    assert.deepEqual([await heldAs('a'), await heldAs('b')], ['released', 'destroyed']);
    assert.equal((await records.knownOf(ask('a'))).hasOtherContent, false);
  });
}

function boundTests(backend: string, openFresh: OpenFresh): void {
  test(`[REC-83] ${backend}: a peer cannot make what is known of one study or instance grow without end`, async (t) => {
    const { records } = await openFresh(t);
    const arrivals = Array.from({ length: 40 }, (_, i) =>
      teaching(`x${i}`, { patients: [`p${i}`], pixelSha256: `d${i}` }, { sop: '1.2.3.x' }),
    );
    await records.commitArrivals(arrivals);
    const known = await records.knownOf(ask('x', '1.2.3.x'));
    assert.deepEqual([known.studyPatients.length, known.instancePixels.length], [16, 16]);
  });
}

const PEER: Peer = {
  aeTitle: 'CT1' as AeTitle,
  from: '192.0.2.0/24',
  allow: ['store'],
  whenHeld: 'keep-sending',
  privateSopClasses: [],
};
const QUIRK: Quirk = { name: 'ct1-blank', peer: 'CT1', model: 'Scan*', accept: ['structure.blank-vr'] };

function choiceTests(backend: string, openFresh: OpenFresh): void {
  test(`[REC-84] ${backend}: what peers and routes choose is kept, and what they do not choose is not there`, async (t) => {
    const { records } = await openFresh(t);
    const peers = [PEER, { ...PEER, aeTitle: 'MR1' as AeTitle, strictness: 'strict', whenUnfinished: 'hold' } as const];
    const destinations = [destinationCalled('pacs')];
    const routes = [
      { from: '*', to: 'pacs' },
      { from: 'CT1' as AeTitle, to: 'pacs', strictness: 'permissive' },
    ] as const;
    await records.replaceConfig({ peers, destinations, routes }, []);
    assert.deepEqual([await records.peers(), await records.routes()], [peers, routes]);
  });

  test(`[REC-84] ${backend}: quirks are replaced whole, and stay where they are not named`, async (t) => {
    const { records } = await openFresh(t);
    const empty = { peers: [], destinations: [], routes: [] };
    await records.replaceConfig({ ...empty, quirks: [QUIRK] }, []);
    await records.replaceConfig(empty, []);
    assert.deepEqual(await records.quirks(), [QUIRK]);
    await records.replaceConfig({ ...empty, quirks: [] }, []);
    assert.deepEqual(await records.quirks(), []);
  });
}
