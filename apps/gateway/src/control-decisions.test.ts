import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { type DecisionFacts, decisionStatement, type RequestOf } from '@leadglass/contract';
import type { Event, Sha256 } from '@leadglass/model';
import { CLOCK, control, house, keep, PACS, PEER } from './control.testkit.ts';
import { Challenges, fingerprintOf, isSignedBy } from './operator-keys.ts';

const HOUR_MS = 3_600_000;
const TWO = { release: 'two-persons', destroy: 'two-persons' } as const;

interface Person {
  readonly name: string;
  readonly key: KeyObject;
  readonly publicKey: string;
}

function personCalled(name: string): Person {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { name, key: privateKey, publicKey: Buffer.from(x, 'base64url').toString('hex') };
}

type Ask = Awaited<ReturnType<typeof control>>['ask'];
type Wish = Partial<DecisionFacts> & { readonly key?: KeyObject };

/** What `person` signs about an object, with a fresh challenge. */
async function signedBy(ask: Ask, person: Person, sha256: string, wish: Wish) {
  const { challenge } = await ask('hold.challenge', {});
  const facts = {
    act: 'release',
    sha256,
    verdict: 'suspicious',
    operator: person.name,
    request: '',
    reason: 'seen',
    challenge,
  } as const;
  const statement = decisionStatement({ ...facts, ...wish });
  const signature = sign(null, Buffer.from(statement), wish.key ?? person.key).toString('hex');
  return { operator: person.name, challenge: wish.challenge ?? challenge, signature };
}

/** A house where two persons decide, with two operators registered before that. */
async function houseOfTwo(t: TestContext) {
  const it = await house(t);
  const { ask, refused, raw } = await control(t, it);
  const [anne, ben] = [personCalled('anne'), personCalled('ben')];
  for (const { name, publicKey } of [anne, ben]) await ask('operator.add', { name, publicKey });
  await ask('destination.add', PACS);
  await ask('route.add', { from: '*', to: 'PACS', ...TWO });
  const sha256 = await keep(it, `doubtful ${t.name}`, '1.2.7', { isHeld: true });
  const release = async (person: Person, wish: Wish = {}): Promise<RequestOf<'hold.release'>> => ({
    ...{ id: sha256, reason: wish.reason ?? 'seen' },
    signed: await signedBy(ask, person, sha256, wish),
  });
  const approve = async (person: Person, wish: Wish = {}): Promise<RequestOf<'hold.approve'>> => {
    const { request } = await ask('hold.show', { id: sha256 });
    const act = `approve-${request?.act ?? 'release'}` as const;
    const facts = { act, request: request?.id ?? 'none', reason: request?.reason ?? '' };
    const signed = await signedBy(ask, person, sha256, { ...facts, ...wish });
    return { id: sha256, request: request?.id ?? 'none', signed };
  };
  return { it, ask, refused, raw, anne, ben, sha256, release, approve };
}

const REFUSED = { status: 403, code: 'control.refused' };

async function eventsOf(it: Awaited<ReturnType<typeof house>>, kind: Event['kind']): Promise<Event[]> {
  return (await it.records.events({ kinds: [kind] }, 10)).map(({ event }) => event);
}

test('[CONTROL-66] one asks, another approves: only then is it released, and the log has both signatures', async (t) => {
  const { it, ask, anne, ben, sha256, release, approve } = await houseOfTwo(t);
  const asked = await ask('hold.release', await release(anne));
  assert.deepEqual([asked.outcome, asked.destinations, asked.untilMs], ['asked', [], CLOCK.now() + 72 * HOUR_MS]);
  const shown = await ask('hold.show', { id: sha256 });
  assert.deepEqual([shown.hold.state, shown.request?.operator, shown.request?.isExpired], ['held', 'anne', false]);
  assert.deepEqual(shown.rules, TWO);
  assert.deepEqual(
    (await ask('hold.list', {})).requests.map(({ act }) => act),
    ['release'],
  );
  const done = await ask('hold.approve', await approve(ben));
  assert.deepEqual([done.outcome, done.act, done.destinations], ['done', 'release', ['PACS']]);
  assert.deepEqual((await ask('hold.list', {})).requests, []);
  const [told] = await eventsOf(it, 'hold.released');
  assert.ok(told?.kind === 'hold.released' && told.signed !== undefined);
  assert.deepEqual([told.by, told.askedBy, told.reason], ['ben', 'anne', 'seen']);
  const [first] = await eventsOf(it, 'hold.asked');
  assert.ok(first?.kind === 'hold.asked');
  for (const { signed } of [first, told as { signed: typeof first.signed }]) {
    assert.ok(isSignedBy(signed.publicKey, signed.statement, signed.signature));
    assert.ok(signed.statement.includes(sha256));
  }
  assert.notEqual(first.signed.publicKey, told.signed.publicKey);
});

test('[CONTROL-66] the same person, a stranger and nobody at all are refused; the object stays held', async (t) => {
  const { ask, refused, anne, sha256, release, approve } = await houseOfTwo(t);
  assert.deepEqual(await refused('hold.release', { id: sha256, reason: 'seen' }), REFUSED);
  await ask('hold.release', await release(anne));
  assert.deepEqual(await refused('hold.approve', await approve(anne)), REFUSED);
  const stranger = personCalled('carl');
  assert.equal((await refused('hold.approve', await approve(stranger))).status, 404);
  assert.equal(
    (await refused('hold.approve', await approve({ ...stranger, name: 'ben' }))).code,
    'control.bad-signature',
  );
  assert.deepEqual(await refused('hold.release', await release(anne)), REFUSED);
  assert.deepEqual(await refused('hold.destroy', { id: sha256, reason: 'seen' }), REFUSED);
  assert.equal((await ask('hold.show', { id: sha256 })).hold.state, 'held');
});

test('[CONTROL-66] one person under two names is one person: a key is registered once', async (t) => {
  const { refused, anne } = await houseOfTwo(t);
  assert.equal((await refused('operator.add', { name: 'anne-2', publicKey: anne.publicKey })).code, 'control.conflict');
});

test('[CONTROL-67] a signature is of this act, object, verdict, request, reason and moment, and of no other', async (t) => {
  const { ask, refused, anne, ben, sha256, release, approve } = await houseOfTwo(t);
  const bad = { status: 403, code: 'control.bad-signature' };
  for (const wish of [
    { act: 'destroy' },
    { sha256: '0'.repeat(64) },
    { verdict: 'clean' },
    { operator: 'ben' },
  ] as const) {
    assert.deepEqual(await refused('hold.release', await release(anne, wish)), bad, JSON.stringify(wish));
  }
  const other = { ...(await release(anne)), reason: 'another' };
  assert.deepEqual(await refused('hold.release', other), bad);
  const used = await release(anne);
  await ask('hold.release', used);
  await ask('hold.withdraw', { id: sha256 });
  assert.deepEqual(await refused('hold.release', used), { status: 409, code: 'control.stale-challenge' });
  await ask('hold.release', await release(anne));
  for (const wish of [{ request: 'another' }, { reason: 'another' }, { act: 'release' }] as const) {
    assert.deepEqual(await refused('hold.approve', await approve(ben, wish)), bad, JSON.stringify(wish));
  }
  const unknown = await approve(ben, { challenge: '0'.repeat(32) });
  assert.equal((await refused('hold.approve', unknown)).code, 'control.stale-challenge');
});

test('[CONTROL-67] a challenge is for once, for minutes, and few are kept', () => {
  const challenges = new Challenges(CLOCK);
  const { challenge } = challenges.issue();
  assert.deepEqual(
    [challenges.use(challenge), challenges.use(challenge), challenges.use('0'.repeat(32))],
    [true, false, false],
  );
  const old = challenges.issue();
  CLOCK.advance(10 * 60_000);
  assert.equal(challenges.use(old.challenge), false);
  const first = challenges.issue();
  for (let n = 0; n < 256; n += 1) challenges.issue();
  assert.equal(challenges.use(first.challenge), false);
});

test('[CONTROL-67] keys and signatures of any shape never throw', () => {
  const { key, publicKey } = personCalled('anne');
  const signature = sign(null, Buffer.from('text'), key).toString('hex');
  assert.equal(isSignedBy(publicKey, 'text', signature), true);
  for (const [other, statement, by] of [
    [publicKey, 'text.', signature],
    [publicKey, 'text', '00'.repeat(64)],
    ['00'.repeat(31), 'text', signature],
    ['', '', ''],
    ['zz', 'text', 'zz'],
  ] as const) {
    assert.equal(isSignedBy(other, statement, by), false);
  }
  assert.match(fingerprintOf(publicKey), /^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
});

test('[CONTROL-68] a request stands for 72 hours, then nobody approves it and it may be asked again', async (t) => {
  const { ask, refused, anne, ben, sha256, release, approve } = await houseOfTwo(t);
  await ask('hold.release', await release(anne));
  CLOCK.advance(72 * HOUR_MS - 1);
  assert.equal((await ask('hold.show', { id: sha256 })).request?.isExpired, false);
  CLOCK.advance(1);
  assert.equal((await ask('hold.show', { id: sha256 })).request?.isExpired, true);
  assert.deepEqual(await refused('hold.approve', await approve(ben)), REFUSED);
  assert.equal((await ask('hold.release', await release(ben))).outcome, 'asked');
  assert.equal((await ask('hold.approve', await approve(anne))).outcome, 'done');
});

test('[CONTROL-68] what was asked may be withdrawn by anybody, and is told; then there is nothing to approve', async (t) => {
  const { it, ask, refused, anne, ben, sha256, release, approve } = await houseOfTwo(t);
  await ask('hold.release', await release(anne));
  await ask('hold.withdraw', { id: sha256 });
  const [told] = await eventsOf(it, 'hold.withdrawn');
  assert.ok(told?.kind === 'hold.withdrawn');
  assert.deepEqual([told.act, told.askedBy], ['release', 'anne']);
  assert.deepEqual(await refused('hold.approve', await approve(ben)), REFUSED);
  assert.deepEqual(await refused('hold.withdraw', { id: sha256 }), REFUSED);
});

test('[CONTROL-68] destroying by two: the bytes are there until the second approves', async (t) => {
  const { it, ask, anne, ben, sha256, approve } = await houseOfTwo(t);
  const signed = await signedBy(ask, anne, sha256, { act: 'destroy', reason: 'trap' });
  assert.equal((await ask('hold.destroy', { id: sha256, reason: 'trap', signed })).outcome, 'asked');
  assert.equal(it.objects.has(sha256), true);
  assert.equal((await ask('hold.approve', await approve(ben))).act, 'destroy');
  assert.equal(it.objects.has(sha256), false);
  assert.equal((await ask('hold.show', { id: sha256 })).hold.state, 'destroyed');
});

test('[CONTROL-68] decisions asked at the same time: one is done, the others are refused', async (t) => {
  const { ask, raw, anne, ben, release, approve } = await houseOfTwo(t);
  await ask('hold.release', await release(anne));
  const asked = await Promise.all([approve(ben), approve(ben), approve(ben)]);
  const answers = await Promise.all(asked.map((each) => raw('hold.approve', each)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409]);
});

test('[CONTROL-69] where two persons decide, a new operator’s word counts after a day, and everybody sees it coming', async (t) => {
  const { ask, refused, anne, release, approve } = await houseOfTwo(t);
  const carl = personCalled('carl');
  const added = await ask('operator.add', { name: 'carl', publicKey: carl.publicKey });
  assert.deepEqual([added.operator.isInForce, added.operator.inForceAtMs], [false, CLOCK.now() + 24 * HOUR_MS]);
  assert.match((await ask('status', {})).troubles[0]?.text.en ?? '', /New operator "carl"/);
  await ask('hold.release', await release(anne));
  assert.deepEqual(await refused('hold.approve', await approve(carl)), REFUSED);
  CLOCK.advance(24 * HOUR_MS);
  assert.deepEqual((await ask('status', {})).troubles, []);
  assert.equal((await ask('hold.approve', await approve(carl))).outcome, 'done');
});

test('[CONTROL-69] loosening the rule frees nothing that is held, nor makes a new operator count at once', async (t) => {
  const it = await house(t);
  const { ask, refused } = await control(t, it);
  const anne = personCalled('anne');
  await ask('operator.add', { name: 'anne', publicKey: anne.publicKey });
  const sha256 = await keep(it, `held under two ${t.name}`, '1.2.8', { isHeld: true, decisions: TWO });
  assert.deepEqual((await ask('hold.show', { id: sha256 })).rules, TWO);
  assert.deepEqual(await refused('hold.release', { id: sha256, reason: 'seen' }), REFUSED);
  const second = personCalled('second');
  const added = await ask('operator.add', { name: 'second', publicKey: second.publicKey });
  assert.equal(added.operator.isInForce, false);
});

test('[CONTROL-69] an operator struck off approves nothing, and what they asked is void', async (t) => {
  const { it, ask, refused, anne, ben, sha256, release, approve } = await houseOfTwo(t);
  await ask('hold.release', await release(anne));
  assert.deepEqual(await ask('operator.remove', { name: 'anne' }), { removed: 1 });
  assert.deepEqual(await refused('hold.approve', await approve(ben)), REFUSED);
  // Registered again at once, the day begins anew: the request does not come back to life.
  await ask('operator.add', { name: 'anne', publicKey: anne.publicKey });
  assert.deepEqual(await refused('hold.approve', await approve(ben)), REFUSED);
  await ask('hold.withdraw', { id: sha256 });
  assert.equal((await eventsOf(it, 'operator.removed')).length, 1);
  assert.equal((await refused('operator.remove', { name: 'nobody' })).status, 404);
});

test('[CONTROL-66] one person decides as before, and by name when they sign', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  const anne = personCalled('anne');
  await ask('operator.add', { name: 'anne', publicKey: anne.publicKey });
  const [first, second] = [
    await keep(it, 'one', '1.2.9', { isHeld: true }),
    await keep(it, 'two', '1.2.10', { isHeld: true }),
  ];
  await ask('hold.release', { id: first, reason: 'seen' });
  await ask('hold.release', { id: second, reason: 'seen', signed: await signedBy(ask, anne, second, {}) });
  const told = await eventsOf(it, 'hold.released');
  assert.deepEqual(
    told.map((event) => event.kind === 'hold.released' && [event.by, event.signed?.operator]),
    [
      ['local administrator', undefined],
      ['anne', 'anne'],
    ],
  );
});

test('[CONTROL-66] whoever decides is told what the archive already has under that UID', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  await ask('peer.add', PEER);
  await ask('destination.add', PACS);
  await ask('route.add', { from: '*', to: 'PACS' });
  const original = await keep(it, 'original', '1.2.11', { isHeld: true, owesCopy: true });
  const before = (await ask('hold.show', { id: original })).notices.map(({ en }) => en);
  assert.deepEqual(before.length, 1);
  assert.match(before[0] ?? '', /cannot be taken back/);
  const copy = await copyOf(it, original, 'copy', '1.2.11');
  assert.match((await ask('hold.show', { id: original })).notices[0]?.en ?? '', /has not reached PACS yet/);
  const [due] = await it.records.dueDeliveries('PACS', CLOCK.now(), 1);
  assert.equal(due?.sha256, copy);
  await it.records.recordDeliveries([{ id: due?.id ?? 0, outcome: 'delivered', atMs: CLOCK.now(), status: 0 }], []);
  const shown = await ask('hold.show', { id: original });
  assert.match(shown.notices[0]?.fr ?? '', /même SOP Instance UID/);
  assert.deepEqual(
    shown.copyDeliveries.map(({ destination, state }) => [destination, state]),
    [['PACS', 'delivered']],
  );
  assert.match(
    (await ask('hold.release', { id: original, reason: 'seen' })).notices[0]?.en ?? '',
    /same SOP Instance UID/,
  );
  const comparison = await ask('hold.compare', { id: original });
  assert.deepEqual([comparison.original.sha256, comparison.copy.sha256], [original, copy]);
});

/** A disarmed copy taken into custody, owed to PACS. */
async function copyOf(
  it: Awaited<ReturnType<typeof house>>,
  original: Sha256,
  content: string,
  uid: string,
): Promise<Sha256> {
  return keep(it, content, uid, { copyOf: original, destinations: ['PACS'] });
}
