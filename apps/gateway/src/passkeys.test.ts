import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import {
  ACTOR_HEADER,
  type DecisionFacts,
  decisionStatement,
  type Operation,
  passkeyCode,
  pathOf,
  readPasskeyCode,
} from '@leadglass/contract';
import type { Signed } from '@leadglass/model';
import { CLOCK, control, house, keep, PACS, post } from './control.testkit.ts';
import { type Authenticator, assertionOf, authenticatorOf, type Lie } from './passkey.testkit.ts';
import { assertedBy, keyOfPasskey } from './passkeys.ts';

const HOUR_MS = 3_600_000;
const TWO = { release: 'two-persons', destroy: 'two-persons' } as const;
const ORIGINS = ['https://console.example:8443'];
const BAD = { status: 403, code: 'control.bad-signature' };
const REFUSED = { status: 403, code: 'control.refused' };

interface Wish {
  readonly facts?: Partial<DecisionFacts>;
  readonly lie?: Lie;
}

/** A house where two persons decide, with two accounts whose passkeys were registered before that. */
async function houseOfTwo(t: TestContext) {
  const it = await house(t);
  const { ask, refused } = await control(t, it);
  const [anne, ben] = [authenticatorOf('anne'), authenticatorOf('ben')];
  for (const { passkey } of [anne, ben]) await ask('operator.add', { name: passkey.account, passkey });
  await ask('destination.add', PACS);
  await ask('route.add', { from: '*', to: 'PACS', ...TWO });
  const sha256 = await keep(it, `doubtful ${t.name}`, '1.2.7', { isHeld: true });
  /** Asks as the console does for whoever is signed in as `account`. */
  const asAccount = async (account: string, name: Operation, asked: unknown) => {
    const actor = JSON.stringify({ name: account, role: 'security-officer' });
    const { status, bytes } = await post(it.services.home, pathOf(name), JSON.stringify(asked), {
      [ACTOR_HEADER]: actor,
    });
    const { code = 'ok' } = JSON.parse(bytes.toString()) as { code?: string };
    return { status, code };
  };
  const signed = async (who: Authenticator, facts: Partial<DecisionFacts>, lie?: Lie) => {
    const { challenge } = await ask('hold.challenge', {});
    const [operator, about] = [who.passkey.account, { act: 'release', verdict: 'suspicious', request: '' } as const];
    const statement = decisionStatement({ ...about, sha256, operator, reason: 'seen', challenge, ...facts });
    return { operator, challenge, assertion: assertionOf(who, statement, lie) };
  };
  const release = async (who: Authenticator, { facts = {}, lie }: Wish = {}) => ({
    ...{ id: sha256, reason: 'seen', signed: await signed(who, facts, lie) },
  });
  const approve = async (who: Authenticator, { facts = {}, lie }: Wish = {}) => {
    const { request } = await ask('hold.show', { id: sha256 });
    const about = { act: `approve-${request?.act ?? 'release'}`, request: request?.id ?? '', reason: 'seen' } as const;
    return { id: sha256, request: request?.id ?? 'none', signed: await signed(who, { ...about, ...facts }, lie) };
  };
  return { it, ask, refused, asAccount, anne, ben, sha256, release, approve };
}

test('[CONTROL-170] two accounts decide by their passkeys, and the ledger has what OpenSSL checks without us', async (t) => {
  const { it, asAccount, anne, ben, release, approve } = await houseOfTwo(t);
  assert.equal((await asAccount('anne', 'hold.release', await release(anne))).status, 200);
  assert.equal((await asAccount('ben', 'hold.approve', await approve(ben))).status, 200);
  const told = (await it.records.events({ kinds: ['hold.asked', 'hold.released'] }, 10)).map(({ event }) => event);
  assert.deepEqual(
    told.map((event) => (event.kind === 'hold.released' ? [event.by, event.askedBy] : event.kind)),
    ['hold.asked', ['ben', 'anne']],
  );
  for (const [at, who] of [anne, ben].entries()) {
    const { signed } = told[at] as unknown as { signed: Signed };
    assertSound(signed, who);
  }
});

function assertSound({ statement, publicKey, signature, assertion }: Signed, { passkey }: Authenticator): void {
  assert.ok(assertion !== undefined);
  const digest = createHash('sha256').update(statement).digest();
  const clientData = Buffer.from(assertion.clientDataJson, 'base64url');
  assert.equal(assertion.statementSha256, digest.toString('hex'));
  assert.equal((JSON.parse(clientData.toString()) as { challenge: string }).challenge, digest.toString('base64url'));
  const credential = createHash('sha256').update(Buffer.from(passkey.credentialId, 'base64url'));
  assert.equal(assertion.credentialSha256, credential.digest('hex'));
  const over = Buffer.concat([
    Buffer.from(assertion.authenticatorData, 'base64url'),
    createHash('sha256').update(clientData).digest(),
  ]);
  const key = createPublicKey({ format: 'der', type: 'spki', key: Buffer.from(publicKey, 'hex') });
  assert.ok(verify('sha256', over, key, Buffer.from(signature, 'hex')));
}

test('[CONTROL-170] the same person twice is refused: by one passkey, and by a passkey and a key of one name', async (t) => {
  const { ask, asAccount, anne, ben, sha256, release, approve } = await houseOfTwo(t);
  await asAccount('anne', 'hold.release', await release(anne));
  assert.deepEqual(await asAccount('anne', 'hold.approve', await approve(anne)), REFUSED);
  const { publicKey } = generateKeyPairSync('ed25519');
  const hex = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  assert.equal((await ask('operator.add', { name: 'anne', publicKey: hex })).operator.isInForce, false);
  const both = (await ask('operator.list', {})).operators.filter(({ name }) => name === 'anne');
  assert.deepEqual(both.map(({ passkey }) => passkey?.account).toSorted(), ['anne', undefined]);
  assert.equal((await ask('hold.show', { id: sha256 })).hold.state, 'held');
  assert.equal((await asAccount('ben', 'hold.approve', await approve(ben))).status, 200);
});

test('[CONTROL-171] a passkey decides for its own account, signed in, and for no other', async (t) => {
  const { refused, asAccount, anne, release } = await houseOfTwo(t);
  assert.deepEqual(await asAccount('ben', 'hold.release', await release(anne)), BAD);
  assert.deepEqual(await refused('hold.release', await release(anne)), BAD);
  assert.equal((await asAccount('anne', 'hold.release', await release(anne))).status, 200);
});

test('[CONTROL-171] an altered statement, another origin, relying party, key, credential or page, and an unverified person are refused', async (t) => {
  const { ask, asAccount, anne, ben, sha256, release } = await houseOfTwo(t);
  const altered = [
    { act: 'destroy' },
    { sha256: '0'.repeat(64) },
    { verdict: 'clean' },
    { reason: 'other' },
    { operator: 'ben' },
  ] as const;
  for (const facts of altered)
    assert.deepEqual(
      await asAccount('anne', 'hold.release', await release(anne, { facts })),
      BAD,
      JSON.stringify(facts),
    );
  const lies: readonly Lie[] = [
    { origin: 'https://elsewhere.example:8443' },
    { origin: 'https://console.example' },
    { origin: 'https://127.0.0.1:8443' },
    { rpId: 'elsewhere.example' },
    { type: 'webauthn.create' },
    { crossOrigin: true },
    { flags: 0x01 },
    { flags: 0x04 },
    { key: ben.key },
    { credentialId: ben.passkey.credentialId },
  ];
  for (const lie of lies)
    assert.deepEqual(await asAccount('anne', 'hold.release', await release(anne, { lie })), BAD, JSON.stringify(lie));
  assert.equal((await ask('hold.show', { id: sha256 })).request, null);
});

test('[CONTROL-171] a signature is good once, for minutes, and for a request that still stands', async (t) => {
  const { ask, asAccount, anne, ben, sha256, release, approve } = await houseOfTwo(t);
  const stale = await release(anne);
  CLOCK.advance(11 * 60_000);
  assert.equal((await asAccount('anne', 'hold.release', stale)).code, 'control.stale-challenge');
  const once = await release(anne);
  assert.equal((await asAccount('anne', 'hold.release', once)).status, 200);
  const first = await approve(ben);
  await ask('hold.withdraw', { id: sha256 });
  assert.equal((await asAccount('anne', 'hold.release', once)).code, 'control.stale-challenge');
  await asAccount('anne', 'hold.release', await release(anne));
  assert.equal((await asAccount('ben', 'hold.approve', first)).code, 'control.refused');
  CLOCK.advance(73 * HOUR_MS);
  assert.deepEqual(await asAccount('ben', 'hold.approve', await approve(ben)), REFUSED);
});

test('[CONTROL-172] a passkey is registered on the machine alone, counts after a day where two decide, and is told to everybody', async (t) => {
  const { it, ask, refused, asAccount, anne, release } = await houseOfTwo(t);
  const carl = authenticatorOf('carl');
  const asked = { name: 'carl', passkey: carl.passkey };
  assert.equal((await asAccount('anne', 'operator.add', asked)).code, 'control.not-allowed');
  const { operator } = await ask('operator.add', asked);
  assert.deepEqual([operator.isInForce, operator.inForceAtMs], [false, CLOCK.now() + 24 * HOUR_MS]);
  assert.match((await ask('status', {})).troubles[0]?.text.en ?? '', /New operator "carl"/);
  assert.deepEqual(await asAccount('carl', 'hold.release', await release(carl)), REFUSED);
  const told = (await it.records.events({ kinds: ['operator.added'] }, 10)).at(-1)?.event;
  assert.ok(told?.kind === 'operator.added' && /^[0-9a-f]{64}$/.test(told.credential ?? ''));
  for (const other of [
    { name: 'carl', passkey: authenticatorOf('carl').passkey },
    { name: 'dora', passkey: carl.passkey },
    { name: 'dora', passkey: { ...authenticatorOf('dora').passkey, credentialId: anne.passkey.credentialId } },
  ])
    assert.equal((await refused('operator.add', other)).code, 'control.conflict');
  CLOCK.advance(24 * HOUR_MS);
  assert.equal((await asAccount('carl', 'hold.release', await release(carl))).status, 200);
});

test('[CONTROL-172] a key that cannot be checked, both kinds at once and neither are refused', async (t) => {
  const { refused, anne } = await houseOfTwo(t);
  const wrong = { ...anne.passkey, account: 'x', credentialId: 'AAAA' };
  for (const publicKey of ['a0', 'a5010203262001', `${anne.passkey.publicKey.slice(0, -64)}${'00'.repeat(32)}`])
    assert.equal(
      (await refused('operator.add', { name: 'x', passkey: { ...wrong, publicKey } })).status,
      400,
      publicKey,
    );
  assert.equal((await refused('operator.add', { name: 'x' })).status, 400);
  const both = { name: 'x', publicKey: 'ab'.repeat(32), passkey: anne.passkey };
  assert.equal((await refused('operator.add', both)).status, 400);
});

test('[CONTROL-171] Ed25519 and RSA passkeys are checked as ES256 ones are; whatever else comes in is not believed', async () => {
  const { publicKey } = generateKeyPairSync('ed25519');
  const x = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
  assert.equal((await keyOfPasskey(`a4010103272006215820${x}`))?.asymmetricKeyType, 'ed25519');
  const { n = '', e = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  const [modulus, exponent] = [n, e].map((each) => Buffer.from(each, 'base64url').toString('hex'));
  const rsa = `a401030339010020590100${modulus}2143${exponent}`;
  assert.equal((await keyOfPasskey(rsa))?.asymmetricKeyType, 'rsa');
  const anne = authenticatorOf('anne');
  const asking = { statement: 's', passkey: anne.passkey, origins: ORIGINS };
  assert.ok((await assertedBy(asking, assertionOf(anne, 's'))) !== undefined);
  for (const clientDataJson of [
    'AA',
    Buffer.from('null').toString('base64url'),
    Buffer.from('[]').toString('base64url'),
  ])
    assert.equal(await assertedBy(asking, { ...assertionOf(anne, 's'), clientDataJson }), undefined);
  for (const authenticatorData of ['AA', 'A'.repeat(1300)])
    assert.equal(await assertedBy(asking, { ...assertionOf(anne, 's'), authenticatorData }), undefined);
  assert.equal(await assertedBy({ ...asking, origins: [] }, assertionOf(anne, 's')), undefined);
});

test('[CONTROL-172] what the page hands over is one word, read back whole or not at all', () => {
  const { passkey } = authenticatorOf('anne');
  const code = passkeyCode(passkey);
  assert.deepEqual(readPasskeyCode(` ${code}\n`), passkey);
  for (const wrong of ['', code.slice(6), `${code}:x`, code.replace('lgpk1', 'lgpk2'), code.replace('anne', 'a b')])
    assert.equal(readPasskeyCode(wrong), undefined, wrong);
});
