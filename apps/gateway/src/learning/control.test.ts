import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parseConfig } from '@leadglass/config';
import { text, uuidv7 } from '@leadglass/kit';
import type { AeTitle, Event, EventOf, Sighting } from '@leadglass/model';
import { CLOCK, control, house, PEER } from '../control.testkit.ts';

const DAY_MS = 24 * 3600 * 1000;
const CT = '1.2.840.10008.5.1.4.1.1.2';
const PRIVATE = '1.3.12.2.1107.5.9.1';
const PRINT = 'ab'.repeat(32);
const CT1 = 'CT1' as AeTitle;

function seen(changes: Partial<Sighting> = {}): Sighting {
  const now = CLOCK.now();
  return {
    ...{ peer: 'CT1', address: '192.0.2.7', certSha256: '', isSigned: false, listener: 'dimse', called: 'LEADGLASS' },
    ...{ service: 'store', sopClassUid: CT, level: '', keys: '', moveTo: '', outcome: 'passed', hours: 1 },
    ...{ firstMs: now, lastMs: now, count: 3, bytes: 2_500_000, busiest: 0, mostResults: 0, ...changes },
  };
}
const knock = (changes: Partial<Sighting> = {}) =>
  seen({ service: 'association', sopClassUid: '', bytes: 0, ...changes });

async function open(t: TestContext) {
  const it = await house(t);
  const asked = await control(t, it);
  await asked.ask('peer.add', PEER);
  const tell = async (facts: Partial<Event> & Pick<Event, 'kind'>) => {
    const event = { id: uuidv7(CLOCK.now()), atMs: CLOCK.now(), ...facts } as Event;
    await it.records.appendEvents([event]);
    return event.id;
  };
  const changes = async () =>
    (await it.records.events({ kinds: ['config.changed'] }, 50)).map(({ event }) =>
      event.kind === 'config.changed' ? event.change.en : '',
    );
  return { ...asked, ...it, tell, changes };
}

test('[CONTROL-160] an observation has a place and an end, neither of them wide; it is in the ledger, with the way back', async (t) => {
  const { ask, refused, changes, calls } = await open(t);
  const until = CLOCK.now() + 14 * DAY_MS;
  const wrong = [
    {},
    { from: ['192.0.2.0/24'] },
    { from: ['192.0.2.0/24'], untilMs: CLOCK.now() },
    { from: ['192.0.2.0/24'], untilMs: CLOCK.now() + 93 * DAY_MS },
    { from: ['0.0.0.0/0'], untilMs: until },
    { from: ['10.0.0.0/15'], untilMs: until },
    { from: ['2001:db8::/47'], untilMs: until },
    { site: true },
  ];
  for (const asked of wrong)
    assert.equal((await refused('policy.observe', asked)).code, 'control.bad-request', JSON.stringify(asked));
  const done = await ask('policy.observe', { from: ['192.0.2.5/24'], untilMs: until });
  assert.deepEqual(done.undo, ['./leadglass policy enforce --all']);
  assert.match((await changes()).at(-1) ?? '', /192\.0\.2\.0\/24 are observed until 20/);
  assert.ok(calls.includes('configChanged'));
  const { observation } = await ask('policy.show', {});
  assert.deepEqual(
    observation.ranges.map(({ from, untilMs, isOver }) => [from, untilMs, isOver]),
    [['192.0.2.0/24', until, false]],
  );
});

test('[CONTROL-161] enforcing tells what was seen and would be refused; a dry run changes nothing; --all ends every observation', async (t) => {
  const { ask, refused, records } = await open(t);
  await ask('policy.observe', { peers: [CT1] });
  await ask('policy.observe', { from: ['198.51.100.0/24'], site: true, untilMs: CLOCK.now() + DAY_MS });
  await records.recordSightings([
    knock(),
    seen(),
    seen({ sopClassUid: PRIVATE, outcome: 'observed' }),
    knock({ peer: 'X', outcome: 'observed' }),
  ]);
  const dry = await ask('policy.enforce', { peers: [CT1], dryRun: true });
  assert.deepEqual([dry.changes.length, dry.differences.length, dry.count], [1, 1, 9]);
  assert.equal((await records.peers())[0]?.mode, 'observe');
  assert.equal((await refused('policy.enforce', { peers: ['NOBODY'], dryRun: true })).code, 'control.not-found');
  const done = await ask('policy.enforce', { all: true, dryRun: false });
  assert.deepEqual(done.differences.map(({ seen: { peer } }) => peer).toSorted(), ['CT1', 'X']);
  assert.equal(done.undo[0], './leadglass policy observe CT1');
  assert.match(done.undo[1] ?? '', /policy observe --from 198\.51\.100\.0\/24 --until 20/);
  assert.match(done.undo[2] ?? '', /policy observe --site --until 20/);
  const shown = await ask('policy.show', {});
  assert.deepEqual([shown.observation, shown.peers[0]?.isObserved], [{ ranges: [], siteUntilMs: null }, false]);
});

test('[CONTROL-162] a proposal is a configuration file that says on each line what it rests on, in both languages', async (t) => {
  const { ask, records } = await open(t);
  await records.recordSightings([
    knock(),
    seen(),
    knock({ peer: 'MR1', outcome: 'observed' }),
    seen({ peer: 'MR1', outcome: 'observed', sopClassUid: PRIVATE }),
  ]);
  const proposal = await ask('policy.propose', {});
  assert.match(proposal.source.en, /- store # 3 times, 2\.5 MB, on [0-9-]{10}/);
  assert.match(proposal.source.fr, /- store # 3 fois, 2,5 Mo, le [0-9-]{10}/);
  assert.match(
    proposal.source.en,
    /# rights not used: echo\n {2}- aeTitle: CT1\n {4}from: 192\.0\.2\.7\/32 # 192\.0\.2\.7 ×3\n/,
  );
  const [fr, en] = [parseConfig(proposal.source.fr), parseConfig(proposal.source.en)];
  assert.ok(fr.ok && en.ok);
  assert.deepEqual(fr.config, en.config);
  const replayed = await ask('policy.simulate', { source: proposal.source.en });
  assert.deepEqual([replayed.problems, replayed.differences, replayed.kinds], [[], [], 4]);
  assert.equal((await ask('policy.simulate', { source: 'peers: 3' })).problems.length, 1);
});

test('[CONTROL-163] rights are given and taken without touching the rest; admitting a peer again leaves its limits', async (t) => {
  const { ask, refused, records } = await open(t);
  const done = await ask('policy.allow', { aeTitle: CT1, services: ['find'], privateSopClasses: [PRIVATE] });
  assert.deepEqual(done.undo, [`./leadglass policy revoke CT1 find --private-sop-class ${PRIVATE}`]);
  await ask('policy.limit', { aeTitle: CT1, limits: { mostDays: 31 }, addMoveTo: ['WS2' as AeTitle] });
  await ask('peer.add', { ...PEER, privateSopClasses: [PRIVATE] });
  const [peer] = await records.peers();
  assert.deepEqual([peer?.allow, peer?.queryLimits], [['echo', 'store'], { mostDays: 31, moveTo: ['WS2'] }]);
  const limited = await ask('policy.limit', { aeTitle: CT1, limits: { sweeps: true } });
  assert.deepEqual(limited.undo, ['./leadglass policy limit CT1 --clear --most-days 31 --move-to WS2']);
  await ask('policy.limit', { aeTitle: CT1, limits: {}, clear: true });
  assert.equal((await records.peers())[0]?.queryLimits, undefined);
  assert.equal(
    (await refused('policy.limit', { aeTitle: CT1, limits: { hours: '09:00-09:00' } })).code,
    'control.bad-request',
  );
  const all = { aeTitle: CT1, services: ['echo', 'store'], revoke: true };
  assert.equal((await refused('policy.allow', all)).code, 'control.conflict');
});

const CALLER = {
  ...{ kind: 'association.rejected', associationId: 'a', called: 'LEADGLASS', listener: 'dimse' },
  ...{ result: 1, source: 1, reason: 3, why: text('x', 'x'), hint: '' },
} as const satisfies Partial<EventOf<'association.rejected'>>;

test('[CONTROL-164] a stranger’s line admits it by the smallest rule, says who and why, and how to take it back', async (t) => {
  const { ask, records, tell, changes } = await open(t);
  const id = await tell({ ...CALLER, calling: 'XA9', remoteAddress: '198.51.100.4' });
  const plan = await ask('policy.readmit', { id, reason: 'new', dryRun: true });
  assert.deepEqual([plan.outcome, (await records.peers()).length], ['admitted', 1]);
  const done = await ask('policy.readmit', { id, reason: 'new device', dryRun: false });
  assert.deepEqual(done.undo, ['./leadglass peer remove XA9 --from 198.51.100.4/32']);
  assert.deepEqual((await records.peers())[1], {
    ...{
      aeTitle: 'XA9',
      from: '198.51.100.4/32',
      allow: ['echo', 'store'],
      whenHeld: 'keep-sending',
      privateSopClasses: [],
    },
  });
  assert.match((await changes()).at(-1) ?? '', new RegExp(`readmission of entry ${id}: new device`));
  assert.match((await ask('policy.readmit', { id, reason: 'x', dryRun: false })).text.en, /admit it already/);
});

test('[CONTROL-165] a known title from elsewhere keeps its rights; a new certificate replaces the old one, which the undo brings back', async (t) => {
  const { ask, records, tell } = await open(t);
  await ask('policy.allow', { aeTitle: CT1, services: ['find'] });
  const elsewhere = await tell({ ...CALLER, calling: 'CT1', remoteAddress: '198.51.100.4' });
  await ask('policy.readmit', { id: elsewhere, reason: 'x', dryRun: false });
  assert.deepEqual(
    (await records.peers()).map(({ from, allow }) => [from, allow]),
    [
      ['192.0.2.0/24', ['echo', 'store', 'find']],
      ['198.51.100.4/32', ['echo', 'store', 'find']],
    ],
  );
  const old = 'cd'.repeat(32);
  await ask('peer.add', { ...PEER, certSha256: old as never });
  const renewed = await tell({
    ...CALLER,
    calling: 'CT1',
    remoteAddress: '192.0.2.8',
    listener: 'dimse-tls',
    certSha256: PRINT,
  });
  const done = await ask('policy.readmit', { id: renewed, reason: 'x', dryRun: false });
  assert.equal((await records.peers())[0]?.certSha256, PRINT);
  assert.deepEqual(done.undo, [`./leadglass peer add CT1 --from 192.0.2.0/24 --allow echo,store --cert-sha256 ${old}`]);
});

test('[CONTROL-166] what no rule would change says so: a wrong called title, TLS without its certificate, an unreadable object', async (t) => {
  const { ask, refused, tell } = await open(t);
  const of = async (facts: Parameters<typeof tell>[0]) => {
    const answer = await ask('policy.readmit', { id: await tell(facts), reason: 'x', dryRun: false });
    assert.equal(answer.outcome, 'nothing');
    return answer.text.en;
  };
  const here = { calling: 'CT1', remoteAddress: '192.0.2.7' };
  assert.match(await of({ ...CALLER, ...here, called: 'PACS' }), /correct the called AE title/);
  const object = {
    kind: 'arrival.refused',
    peer: 'CT1',
    remoteAddress: '192.0.2.7',
    sopClassUid: CT,
    status: 0xc000,
  } as const;
  assert.match(
    await of({ ...object, why: [text('illisible', 'unreadable')] }),
    /no rule would have it accepted \(unreadable\).*sent again/,
  );
  assert.match(await of({ kind: 'gateway.stopped', reason: 'x' }), /no refusal/);
  await ask('peer.add', { ...PEER, certSha256: PRINT as never });
  assert.match(await of({ ...CALLER, ...here }), /over TLS with its certificate only/);
  assert.equal(
    (await refused('policy.readmit', { id: '#99999', reason: 'x', dryRun: true })).code,
    'control.not-found',
  );
});

test('[CONTROL-167] a class that was refused is granted, and nothing else', async (t) => {
  const { ask, records, tell } = await open(t);
  const facts = { kind: 'arrival.refused', peer: 'CT1', remoteAddress: '192.0.2.7', sopClassUid: PRIVATE } as const;
  const id = await tell({ ...facts, status: 0x0124, why: [text('x', 'x')] });
  const done = await ask('policy.readmit', { id, reason: 'x', dryRun: false });
  assert.match(done.text.en, /sent again/);
  const [peer] = await records.peers();
  assert.deepEqual([peer?.allow, peer?.privateSopClasses], [['echo', 'store'], [PRIVATE]]);
});
