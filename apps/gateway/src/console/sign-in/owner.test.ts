import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PEOPLE_CONTROL, type PersonAnswer } from '@leadglass/contract';
import { isFault } from '@leadglass/kit';
import type { OwnerOperation } from '../sessions.ts';
import { keepRecoveryEnd } from './recovery.ts';
import { House, must } from './sign-in.testkit.ts';

const PASSWORD = 'cheval correct pile agrafe';
let house: House;

before(async () => {
  house = await House.open();
});
after(() => house.close());

/** As the keeper hands it on: parsed before, checked afterwards. */
async function owner(name: OwnerOperation, asked: unknown = {}): Promise<Record<string, unknown>> {
  const { request, answer } = PEOPLE_CONTROL[name];
  return answer.parse(await house.sessions.asOwner(name, request.parse(asked)));
}

const tokenOf = ({ link }: Record<string, unknown>): string => new URL(String(link)).hash.slice(1);
const people = async (): Promise<readonly PersonAnswer[]> =>
  (await owner('person.list')).people as readonly PersonAnswer[];

/** Follows a link and enrols a password with codes. */
async function follow(invited: Record<string, unknown>) {
  const browser = house.browser();
  await must(browser.auth('/leadglass/invitation', { token: tokenOf(invited) }));
  await browser.enrolTotp(PASSWORD);
  return browser;
}

test('[CONSOLE-113] the owner of the machine makes the first administrator by a link, and the ledger is told who did', async () => {
  assert.equal(await house.sessions.isSetUp(), false);
  const asked = { account: 'alice', displayName: 'Alice', role: 'administrator', language: 'en' };
  const browser = await follow(await owner('person.invite', asked));
  assert.equal((await browser.session())?.person.role, 'administrator');
  assert.equal(await house.sessions.isSetUp(), true);
  assert.deepEqual(house.events('added'), [
    { what: 'added', by: 'local administrator', person: 'alice', role: 'administrator' },
  ]);
});

test('[CONSOLE-113] a new link takes away what was enrolled, except of the last administrator, whose session ends', async () => {
  const [alice] = await people();
  assert.equal(alice?.hasTotp, true);
  await owner('person.invite', { account: 'alice' });
  assert.equal((await people())[0]?.hasTotp, true);
  assert.equal(await house.sessions.isSetUp(), true);
  const bob = await follow(await owner('person.invite', { account: 'bob', role: 'radiologist' }));
  await owner('person.invite', { account: 'bob' });
  assert.equal(await bob.session(), undefined);
  assert.equal((await people()).find(({ account }) => account === 'bob')?.hasTotp, false);
});

test('[CONSOLE-113] roles, closing and opening an account, sessions, emergency codes and removal; the last administrator stays', async () => {
  const carla = await follow(await owner('person.invite', { account: 'carla', role: 'technologist' }));
  const sessions = (await owner('person.sessions', { account: 'carla' })).sessions as readonly { account: string }[];
  assert.deepEqual(
    sessions.map(({ account }) => account),
    ['carla'],
  );
  assert.deepEqual(await owner('person.end-sessions', { account: 'carla' }), { ended: 1 });
  assert.equal(await carla.session(), undefined);
  const { person } = await owner('person.change', { account: 'carla', role: 'auditor', isDisabled: true });
  assert.deepEqual([(person as PersonAnswer).role, (person as PersonAnswer).isDisabled], ['auditor', true]);
  assert.equal(((await owner('person.emergency-codes', { account: 'carla' })).codes as string[]).length, 10);
  await owner('person.remove', { account: 'carla' });
  assert.equal(
    (await people()).some(({ account }) => account === 'carla'),
    false,
  );
  for (const [name, asked] of [
    ['person.remove', { account: 'alice' }],
    ['person.change', { account: 'alice', role: 'auditor' }],
    ['person.invite', { account: 'alice', role: 'auditor' }],
  ] as const)
    await assert.rejects(owner(name, asked), (thrown) => isFault(thrown, 'console.conflict'), name);
  await assert.rejects(owner('person.remove', { account: 'nobody' }), (thrown) => isFault(thrown, 'console.not-found'));
  const noRole = owner('person.invite', { account: 'dora' });
  await assert.rejects(noRole, (thrown) => isFault(thrown, 'console.bad-request'));
});

test('[CONSOLE-113] nothing is done that the ledger could not be told of', async () => {
  house.canTell = false;
  await assert.rejects(owner('person.invite', { account: 'eve', role: 'auditor' }));
  await assert.rejects(owner('person.remove', { account: 'bob' }));
  house.canTell = true;
  assert.deepEqual((await people()).map(({ account }) => account).toSorted(), ['alice', 'bob']);
});

test('[CONSOLE-113] the site is named, and that somebody has the recovery key is confirmed once', async () => {
  await owner('site.name', { name: 'Imagerie du Parc' });
  assert.equal((await house.browser().call('me')).site, 'Imagerie du Parc');
  keepRecoveryEnd(house.folder, 'AGE-SECRET-KEY-1QQQQQQQQABCDEFGH');
  assert.deepEqual(await owner('site.recovery-kept', { lastCharacters: 'QQQQQQQQ' }), { isRight: false });
  assert.deepEqual(await owner('site.recovery-kept', { lastCharacters: 'abcdefgh' }), { isRight: true });
  assert.deepEqual(await owner('site.recovery-kept', { lastCharacters: 'ABCDEFGH' }), { isRight: false });
});
