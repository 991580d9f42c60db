import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { NO_FACTS, type ObjectFacts } from '@leadglass/inspect';
import { type Fault, ManualClock, silentLogger, text } from '@leadglass/kit';
import type { AeTitle, Finding, Peer, Quirk, Route, Sha256 } from '@leadglass/model';
import { openSqliteRecords, type Records } from '@leadglass/records';
import { Committer } from './committer.ts';
import { Custodian, type CustodianStore, type ReceivedFacts } from './custodian.ts';
import { Knowledge } from './knowledge.ts';

const NOW = Date.UTC(2026, 10, 24);
const PEER: Peer = {
  aeTitle: 'CT1' as AeTitle,
  from: '192.0.2.1/32',
  allow: ['store'],
  whenHeld: 'tell',
  privateSopClasses: [],
};

/** A disk on which everything is well. */
const STORE: CustodianStore = {
  makeDurable: async () => {},
  adopt: async () => {},
  discard: async () => {},
  holds: async () => true,
  removeUnrecorded: async () => {},
};

interface House {
  readonly records: Records;
  readonly log: string[];
  /** Receives an object with this content; the status its sender is told, and the codes its hold or custody has. */
  receive(content: string, more?: Partial<ReceivedFacts>, facts?: Partial<ObjectFacts>): Promise<number>;
  codes(content: string): Promise<readonly string[]>;
}

interface HouseRules {
  readonly routes?: readonly Route[];
  readonly quirks?: readonly Quirk[];
}

async function house(t: TestContext, { routes = [], quirks = [] }: HouseRules = {}): Promise<House> {
  const home = mkdtempSync(join(tmpdir(), 'leadglass-known-'));
  const clock = new ManualClock(NOW);
  const records = await openSqliteRecords({ path: join(home, 'records.db'), clock });
  t.after(async () => {
    await records.close();
    rmSync(home, { recursive: true, force: true });
  });
  const log: string[] = [];
  const custodian = new Custodian({
    committer: new Committer(records, silentLogger),
    records,
    clock,
    log: { ...silentLogger, warn: (event) => void log.push(event) },
    rules: () => ({ routes, destinations: [], quirks }),
    knowledge: new Knowledge(records, clock),
    gate: (): Fault | undefined => undefined,
    store: STORE,
    laneFailed: () => {},
    committed: () => {},
  });
  return {
    records,
    log,
    receive: async (content, more = {}, facts = {}) => (await custodian.receive(factsOf(content, more, facts))).status,
    codes: async (content) => {
      const row = await records.custody(hash(content));
      const findings = JSON.parse(row?.findings ?? '[]') as Finding[];
      return findings.map(({ code, severity }) => `${code} ${severity}`);
    },
  };
}

const hash = (content: string): Sha256 => createHash('sha256').update(content).digest('hex') as Sha256;

function factsOf(content: string, more: Partial<ReceivedFacts>, facts: Partial<ObjectFacts>): ReceivedFacts {
  return {
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: `1.2.3.${content.length}`,
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    intakeId: 'a1',
    associationId: 'association',
    peer: PEER,
    remoteAddress: '192.0.2.1',
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    modality: 'CT',
    patient: 'p1',
    content: { ...NO_FACTS, ...facts },
    findings: [],
    isUnreadable: false,
    failure: undefined,
    kept: { sha256: hash(content), staged: { kind: 'lane', file: 'lane', offset: 0, sealedBytes: 10 } },
    metaBytes: 10,
    plainBytes: 20,
    ...more,
  };
}

const [SUCCESS, HELD] = [0x0000, 0x0124];

test('[RELAY-60] a study under another patient is held, and so is all that follows, until a person lets one go', async (t) => {
  const { receive, codes, records } = await house(t);
  assert.equal(await receive('a'), SUCCESS);
  assert.equal(await receive('bb', { patient: 'p2' }), HELD);
  assert.deepEqual(await codes('bb'), ['known.other-patient suspicious']);
  assert.equal(await receive('ccc', { patient: 'p2' }), HELD);
  await records.releaseHold(hash('bb'), 'me', 'renamed', NOW, [], []);
  assert.equal(await receive('dddd', { patient: 'p2' }), SUCCESS);
  assert.equal(await receive('eeeee'), SUCCESS);
});

test('[RELAY-60] the same patient with and without issuer is one', async (t) => {
  const { receive } = await house(t);
  assert.equal(await receive('a', { patient: 'full', patients: ['full', 'bare'] }), SUCCESS);
  assert.equal(await receive('bb', { patient: 'bare', patients: ['bare'] }), SUCCESS);
});

test('[RELAY-61] other pixels under a known identifier are held; other content alone is passed on', async (t) => {
  const { receive, codes } = await house(t);
  const sopInstanceUid = '1.2.3.4.5';
  const [first, second] = ['aa'.repeat(32), 'bb'.repeat(32)];
  assert.equal(await receive('a', { sopInstanceUid }, { pixelSha256: first }), SUCCESS);
  assert.equal(await receive('bb', { sopInstanceUid }, { pixelSha256: first }), SUCCESS);
  assert.deepEqual(await codes('bb'), ['known.other-content information']);
  assert.equal(await receive('ccc', { sopInstanceUid }, { pixelSha256: second }), HELD);
  assert.deepEqual(await codes('ccc'), ['known.other-pixels suspicious']);
  assert.equal(await receive('a', { sopInstanceUid }, { pixelSha256: first }), SUCCESS);
});

test('[RELAY-62] what a person had destroyed is held when it comes again', async (t) => {
  const { receive, records } = await house(t);
  const finding = (code: string): Finding => ({
    ...{ inspector: 't', code, severity: 'malformed', path: '', offset: 0 },
    ...{ text: text('fr', 'en'), cites: '' },
  });
  assert.equal(await receive('a', { findings: [finding('t.bad')] }), HELD);
  await records.destroyHold(hash('a'), 'me', 'bad', NOW, []);
  assert.equal(await receive('a'), HELD);
});

test('[RELAY-63] private creators are learnt with the arrival and told once; a new peer’s are not told', async (t) => {
  const { receive, codes, records } = await house(t);
  const creators = (...digests: string[]) => ({ creators: digests.map((digest) => ({ digest, path: '(0029,0010)' })) });
  assert.equal(await receive('a', {}, creators('c1')), SUCCESS);
  assert.equal(await receive('bb', {}, creators('c1', 'c2')), SUCCESS);
  assert.equal(await receive('ccc', {}, creators('c1', 'c2')), SUCCESS);
  assert.deepEqual(await Promise.all(['a', 'bb', 'ccc'].map(codes)), [
    [],
    ['known.new-private-creator information'],
    [],
  ]);
  assert.deepEqual((await records.creatorsOfPeer('CT1')).toSorted(), ['c1', 'c2']);
});

test('[RELAY-64] a peer’s flow and a site’s quirks are asked before anything is held', async (t) => {
  const short: Finding = {
    ...{ inspector: 'pixels', code: 'pixels.short', severity: 'malformed', path: '(7FE0,0010)', offset: 0 },
    ...{ text: text('fr', 'en'), cites: '' },
  };
  const quirks: Quirk[] = [{ name: 'own', peer: 'CT1', model: 'Scan*', accept: ['pixels.short'] }];
  const { receive, codes } = await house(t, { quirks, routes: [{ from: '*', to: 'pacs', strictness: 'permissive' }] });
  assert.equal(await receive('a', { findings: [short] }), HELD);
  assert.equal(await receive('bb', { findings: [short] }, { model: 'Scan 3' }), SUCCESS);
  assert.deepEqual(await codes('bb'), ['pixels.short information']);
  assert.equal(await receive('ccc', { patient: 'p9', findings: [] }), SUCCESS);
  assert.deepEqual(await codes('ccc'), ['known.other-patient suspicious']);
});

test('[RELAY-65] an object that could not be looked at to the end goes where its flow says, and it is told', async (t) => {
  const { receive, log } = await house(t);
  assert.equal(await receive('a', { unfinished: ['malware'] }), SUCCESS);
  assert.equal(await receive('bb', { unfinished: ['malware'], peer: { ...PEER, whenUnfinished: 'hold' } }), HELD);
  const sopClassUid = '1.2.840.10008.5.1.4.1.1.104.1';
  assert.equal(await receive('ccc', { unfinished: ['malware'], sopClassUid }), HELD);
  assert.deepEqual(log, Array(3).fill('arrival.unfinished'));
});

const OWN = { manufacturer: 'MAKER', model: 'CT 1', device: 'aaaaaaaaaaaaaaaa' };
const SERVICED = { ...OWN, device: 'bbbbbbbbbbbbbbbb' };
const STRANGER = { manufacturer: 'OTHER', model: 'US 9', device: 'cccccccccccccccc' };

test('[RELAY-127] a serviced device, or another one, is told once and passed on: no image waits for it', async (t) => {
  const { receive, codes } = await house(t);
  assert.equal(await receive('a', {}, OWN), SUCCESS);
  assert.equal(await receive('bb', {}, SERVICED), SUCCESS);
  assert.equal(await receive('ccc', {}, STRANGER), SUCCESS);
  assert.deepEqual(await codes('a'), []);
  assert.deepEqual(await codes('bb'), ['known.new-serial-number information']);
  assert.deepEqual(await codes('ccc'), ['known.other-device information']);
  for (const [content, facts] of [
    ['dddd', OWN],
    ['eeeee', SERVICED],
    ['ffffff', STRANGER],
  ] as const) {
    assert.equal(await receive(content, {}, facts), SUCCESS);
    assert.deepEqual(await codes(content), []);
  }
});

test('[RELAY-128] one title with another’s device is said to be that, by name', async (t) => {
  const { receive, records } = await house(t);
  await receive('a', {}, OWN);
  const peer = { ...PEER, aeTitle: 'CT2' as typeof PEER.aeTitle };
  await receive('bb', { peer }, STRANGER);
  await receive('ccc', { peer }, OWN);
  const [finding] = JSON.parse((await records.custody(hash('ccc')))?.findings ?? '[]') as Finding[];
  assert.deepEqual([finding?.code, finding?.severity], ['known.device-of-other-title', 'information']);
  assert.match(finding?.text.en ?? '', new RegExp(`CT2's title came with an image of ${PEER.aeTitle}'s device`));
});

test('[RELAY-129] where the site wants it, it is held until a person releases one of its objects', async (t) => {
  const { receive, codes, records } = await house(t);
  const peer = { ...PEER, whenOtherDevice: 'hold' } as const;
  assert.equal(await receive('a', { peer }, OWN), SUCCESS);
  assert.equal(await receive('bb', { peer }, SERVICED), HELD);
  assert.equal(await receive('ccc', { peer }, SERVICED), HELD);
  assert.deepEqual(await codes('ccc'), ['known.new-serial-number suspicious']);
  assert.equal(await receive('dddd', { peer }, OWN), SUCCESS);
  await records.releaseHold(hash('ccc'), 'me', 'repaired', NOW, [], []);
  assert.equal(await receive('eeeee', { peer }, SERVICED), SUCCESS);
});
