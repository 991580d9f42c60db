import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isFault } from '@leadglass/kit';
import { keepRecoveryEnd } from './recovery.ts';
import { type Browser, House, must, NUMERIC_ORIGIN, totp, withAdministrator } from './sign-in.testkit.ts';

const PASSWORD = 'cheval correct pile agrafe';
const RECOVERY = 'AGE-SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3';

async function faultOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(isFault(thrown), String(thrown));
  return thrown.code;
}

async function signIn(browser: Browser, secret: string, atMs: number, account = 'alice'): Promise<void> {
  await must(browser.auth('/sign-in/username', { username: account, password: PASSWORD }));
  await must(browser.auth('/two-factor/verify-totp', { code: totp(secret, atMs) }));
}

/** Somebody who followed their invitation and enrolled. */
async function joined(
  house: House,
  by: Browser,
  account: string,
  role: string,
): Promise<{ browser: Browser; id: string }> {
  const { person, link } = await by.call('people.add', { account, displayName: account, role, language: 'fr' });
  const browser = house.browser('192.0.2.60');
  await must(browser.auth('/leadglass/invitation', { token: new URL(String(link)).hash.slice(1) }));
  await browser.enrolTotp(PASSWORD);
  return { browser, id: (person as { id: string }).id };
}

describe('set-up', () => {
  let house: House;
  before(async () => {
    house = await House.open((folder) => keepRecoveryEnd(folder, RECOVERY));
    house.recoveryKey = RECOVERY;
  });
  after(() => house.close());

  test('[CONSOLE-30] makes the first administrator with the one-time token alone, and slows down who guesses it', async () => {
    const browser = house.browser();
    const first = { account: 'mallory', displayName: 'M', site: 'S', language: 'fr' };
    assert.equal(
      await faultOf(browser.call('setup.administrator', { ...first, token: 'a guess' })),
      'console.set-up-done',
    );
    assert.deepEqual(await browser.call('setup.check', { token: 'a guess' }), { isGood: false });
    for (let count = 2; count < 20; count += 1) await browser.call('setup.check', { token: `guess ${count}` });
    assert.equal(await faultOf(browser.call('setup.check', { token: house.setUpToken })), 'console.too-many');
    assert.equal(await house.sessions.isSetUp(), false);
  });

  test('[CONSOLE-31] hands the recovery key over once, and the session opens nothing until a way to sign in is enrolled', async () => {
    const browser = house.browser('192.0.2.11');
    const first = { token: house.setUpToken, account: 'alice', displayName: 'Alice', site: 'Clinique', language: 'fr' };
    assert.deepEqual(await browser.call('setup.administrator', first), { recoveryKey: RECOVERY });
    assert.equal((await browser.session())?.isLocked, true);
    assert.equal((await browser.call('me')).setUp, 'needed');
    assert.equal(house.isTokenUsed, false);
  });

  test('[CONSOLE-32] a set-up that was broken off begins again, in place of the one before', async () => {
    const browser = house.browser('192.0.2.12');
    const first = { token: house.setUpToken, account: 'alice', displayName: 'Alice', site: 'Clinique', language: 'fr' };
    assert.deepEqual(await browser.call('setup.administrator', first), { recoveryKey: null });
    await browser.enrolTotp(PASSWORD);
    assert.equal(house.isTokenUsed, true);
    assert.equal((await browser.session())?.isLocked, false);
    const { people } = await browser.call('people.list');
    assert.equal((people as unknown[]).length, 1);
    assert.equal((await browser.call('me')).setUp, 'done');
    assert.equal(await faultOf(browser.call('setup.administrator', first)), 'console.set-up-done');
  });

  test('[CONSOLE-33] the recovery key is confirmed by its end, of which a slow hash is kept until then, 0600', async () => {
    const browser = house.browser('192.0.2.13');
    const path = join(house.folder, 'recovery-end.json');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.ok(!readFileSync(path, 'utf8').includes(RECOVERY.slice(-8)));
    assert.deepEqual(await browser.call('setup.recovery-kept', { lastCharacters: 'AAAAAAAA' }), { isRight: false });
    const typed = RECOVERY.slice(-8).toLowerCase();
    assert.deepEqual(await browser.call('setup.recovery-kept', { lastCharacters: ` ${typed} ` }), { isRight: true });
    assert.throws(() => statSync(path), { code: 'ENOENT' });
  });

  test('[CONSOLE-34] what is kept of people is readable by the owner alone', () => {
    for (const name of ['people.sqlite', 'secret'])
      assert.equal(statSync(join(house.folder, name)).mode & 0o777, 0o600);
    assert.equal(statSync(house.folder).mode & 0o777, 0o700);
  });
});

describe('signing in', () => {
  let house: House;
  let alice: { browser: Browser; secret: string };
  before(async () => {
    house = await House.open();
    alice = await withAdministrator(house);
  });
  after(() => house.close());

  test('[CONSOLE-35] a password alone begins nothing, a wrong code neither, and each code is good once', async () => {
    const browser = house.browser();
    const now = house.clock.now();
    const { body } = await must(browser.auth('/sign-in/username', { username: 'ALICE', password: PASSWORD }));
    assert.deepEqual(body, { needs: 'totp' });
    assert.equal(await browser.session(), undefined);
    const wrong = await browser.auth('/two-factor/verify-totp', { code: totp(alice.secret, now - 3_600_000) });
    assert.equal(wrong.status, 401);
    assert.equal(await browser.session(), undefined);
    await must(browser.auth('/two-factor/verify-totp', { code: totp(alice.secret, now) }));
    assert.equal((await browser.session())?.how, 'password-totp');
    const second = house.browser('192.0.2.51');
    await must(second.auth('/sign-in/username', { username: 'alice', password: PASSWORD }));
    assert.equal((await second.auth('/two-factor/verify-totp', { code: totp(alice.secret, now) })).status, 401);
    assert.equal(await second.session(), undefined);
  });

  test('[CONSOLE-36] cookies are __Host-, Secure, HttpOnly and strict, and no answer holds a session’s token', async () => {
    const browser = house.browser('192.0.2.52');
    await must(browser.auth('/sign-in/username', { username: 'alice', password: PASSWORD }));
    const code = totp(alice.secret, house.clock.now() + 30_000);
    const answer = await must(browser.auth('/two-factor/verify-totp', { code }));
    assert.deepEqual(answer.body, {});
    assert.ok(answer.setCookies.length > 0);
    for (const cookie of answer.setCookies) {
      assert.match(cookie, /^__Host-leadglass\./);
      for (const word of ['Secure', 'HttpOnly', 'SameSite=Strict', 'Path=/']) assert.ok(cookie.includes(word), cookie);
      assert.ok(!/domain/i.test(cookie));
    }
  });

  test('[CONSOLE-37] a session is new at each sign-in, and the one before is over', async () => {
    const { browser } = await joined(house, alice.browser, 'nadia', 'technologist');
    const earlier = browser.cookieHeader;
    const { codes } = await alice.browser.call('people.emergency-codes', {
      id: (await browser.session())?.person.id ?? '',
    });
    await must(browser.auth('/leadglass/emergency', { account: 'nadia', code: String((codes as string[])[0]) }));
    assert.notEqual(browser.cookieHeader, earlier);
    const asked = await house.sessions.sessionOf({ headers: { cookie: earlier }, ip: '192.0.2.60' });
    assert.equal(asked, undefined);
  });

  test('[CONSOLE-38] whoever was refused is not told whether the account exists, and the ledger is told who and from where', async () => {
    const from = house.told.length;
    const browser = house.browser('192.0.2.53');
    const known = await browser.auth('/sign-in/username', { username: 'alice', password: 'not the password' });
    const unknown = await browser.auth('/sign-in/username', { username: 'nobody-here', password: 'not the password' });
    assert.deepEqual([known.status, known.body], [unknown.status, unknown.body]);
    assert.deepEqual(house.events('refused', from), [
      { what: 'refused', by: 'alice', why: 'credentials', address: '192.0.2.53' },
      { what: 'refused', by: '', why: 'credentials', address: '192.0.2.53' },
    ]);
    const text = JSON.stringify(house.told);
    for (const secret of [PASSWORD, 'not the password', alice.secret, 'nobody-here']) assert.ok(!text.includes(secret));
  });

  test('[CONSOLE-39] nobody comes in whom the ledger could not be told of', async () => {
    const browser = house.browser('192.0.2.54');
    await must(browser.auth('/sign-in/username', { username: 'alice', password: PASSWORD }));
    house.canTell = false;
    const answer = await browser.auth('/two-factor/verify-totp', {
      code: totp(alice.secret, house.clock.now() - 30_000),
    });
    house.canTell = true;
    assert.notEqual(answer.status, 200);
    assert.equal(await browser.session(), undefined);
  });

  test('[CONSOLE-40] paths of the library that are not listed are not there', async () => {
    const paths = [
      '/sign-up/email',
      '/sign-in/email',
      '/leadglass/first',
      '/update-user',
      '/get-session',
      '/two-factor/get-totp-uri',
    ];
    for (const path of paths) assert.equal((await alice.browser.auth(path, {})).status, 404, path);
    const extra = await house
      .browser('192.0.2.55')
      .auth('/two-factor/verify-totp', { code: '123456', trustDevice: true });
    assert.equal(extra.status, 400);
  });

  test('[CONSOLE-41] passkeys ask for a resident key and for user verification, at the host that was asked', async () => {
    const { body } = await must(alice.browser.ask('GET', '/api/auth/passkey/generate-register-options'));
    const { rp, authenticatorSelection, user } = body as Record<string, Record<string, unknown>>;
    assert.equal(rp?.id, 'console.example');
    assert.equal(authenticatorSelection?.residentKey, 'required');
    assert.equal(authenticatorSelection?.userVerification, 'required');
    assert.equal(user?.name, 'alice');
  });

  test('[CONSOLE-42] where the console is reached by a bare address no passkey is offered', async () => {
    const numeric = house.browser('192.0.2.56', NUMERIC_ORIGIN);
    assert.deepEqual((await numeric.call('me')).methods, ['password-totp', 'emergency-code']);
    assert.deepEqual((await house.browser().call('me')).methods, ['passkey', 'password-totp', 'emergency-code']);
  });

  test('[CONSOLE-43] passwords have twelve characters and are not the account; one’s last way in stays', async () => {
    const { browser } = await joined(house, alice.browser, 'oscar', 'technologist');
    for (const password of ['court', 'oscar-oscar-oscar', 'aaaaaaaaaaaaaaaa']) {
      assert.equal((await browser.auth('/leadglass/password', { password, current: PASSWORD })).status, 400, password);
    }
    assert.equal(
      (await browser.auth('/leadglass/password', { password: 'un autre long mot', current: 'faux' })).status,
      401,
    );
    assert.equal((await browser.auth('/two-factor/disable', { password: PASSWORD })).status, 409);
  });

  test('[CONSOLE-44] changing one’s ways in wants a session of the last quarter of an hour', async () => {
    const { browser } = await joined(house, alice.browser, 'paula', 'technologist');
    house.clock.shiftMs += 10 * 60_000;
    assert.equal((await browser.session())?.isLocked, false);
    house.clock.shiftMs += 6 * 60_000;
    assert.equal((await browser.session())?.isLocked, false);
    const answer = await browser.auth('/leadglass/password', { password: 'un autre long mot', current: PASSWORD });
    house.clock.shiftMs = 0;
    assert.equal(answer.status, 403);
    assert.match(JSON.stringify(answer.body), /quart d’heure/);
  });
});

describe('emergency codes', () => {
  let house: House;
  let alice: { browser: Browser; secret: string };
  let codes: readonly string[];
  before(async () => {
    house = await House.open();
    alice = await withAdministrator(house);
    const { person } = await alice.browser.call('people.add', {
      ...{ account: 'urgences', displayName: 'Urgences, nuit', role: 'emergency', language: 'fr' },
    });
    codes = (await alice.browser.call('people.emergency-codes', { id: (person as { id: string }).id }))
      .codes as string[];
  });
  after(() => house.close());

  test('[CONSOLE-45] ten codes, each good once, however it is typed, and only their hashes are kept', async () => {
    assert.equal(new Set(codes).size, 10);
    const [first = ''] = codes;
    const browser = house.browser();
    await must(
      browser.auth('/leadglass/emergency', {
        account: 'Urgences',
        code: ` ${first.toLowerCase().replaceAll('-', ' ')}`,
      }),
    );
    const session = await browser.session();
    assert.deepEqual([session?.how, session?.person.role, session?.isLocked], ['emergency-code', 'emergency', false]);
    assert.equal(
      (await house.browser('192.0.2.51').auth('/leadglass/emergency', { account: 'urgences', code: first })).status,
      401,
    );
    assert.equal(session?.person.emergencyCodes, 9);
    const kept = ['people.sqlite', 'people.sqlite-wal'].map((name) => readFileSync(join(house.folder, name), 'latin1'));
    for (const code of codes) {
      for (const file of kept) assert.ok(!file.includes(code) && !file.includes(code.replaceAll('-', '')));
    }
  });

  test('[CONSOLE-46] a session by code locks sooner, and new codes take the place of the old', async () => {
    const browser = house.browser('192.0.2.52');
    await must(browser.auth('/leadglass/emergency', { account: 'urgences', code: codes[1] ?? '' }));
    assert.equal((await browser.call('me')).idleMs, 5 * 60_000);
    house.clock.shiftMs += 5 * 60_000;
    assert.equal((await browser.session())?.isLocked, true);
    house.clock.shiftMs = 0;
    const { people } = await alice.browser.call('people.list');
    const { id } = (people as { id: string; account: string }[]).find(({ account }) => account === 'urgences') ?? {
      id: '',
    };
    await alice.browser.call('people.emergency-codes', { id });
    assert.equal(
      (await browser.auth('/leadglass/emergency', { account: 'urgences', code: codes[2] ?? '' })).status,
      401,
    );
  });
});

describe('people', () => {
  let house: House;
  let alice: { browser: Browser; secret: string };
  before(async () => {
    house = await House.open();
    alice = await withAdministrator(house);
  });
  after(() => house.close());

  test('[CONSOLE-47] an invitation is for once and for a day, and its token is where no server sees it', async () => {
    const { link, person } = await alice.browser.call('people.add', {
      ...{ account: 'bob', displayName: 'Bob', role: 'radiologist', language: 'en' },
    });
    const url = new URL(String(link));
    assert.equal(url.search, '');
    const token = url.hash.slice(1);
    await must(house.browser().auth('/leadglass/invitation', { token }));
    assert.equal((await house.browser('192.0.2.51').auth('/leadglass/invitation', { token })).status, 401);
    const again = await alice.browser.call('people.invite', { id: (person as { id: string }).id });
    house.clock.shiftMs += 24 * 3600_000;
    const late = { token: new URL(String(again.link)).hash.slice(1) };
    const answer = await house.browser('192.0.2.52').auth('/leadglass/invitation', late);
    house.clock.shiftMs = 0;
    assert.equal(answer.status, 401);
    assert.match(JSON.stringify(answer.body), /invitation/);
  });

  test('[CONSOLE-48] a person who is disabled, or whose role changes, is out at once', async () => {
    const { browser, id } = await joined(house, alice.browser, 'carla', 'technologist');
    const from = house.told.length;
    await alice.browser.call('people.change', { id, role: 'auditor' });
    assert.equal(await browser.session(), undefined);
    await alice.browser.call('people.change', { id, isDisabled: true });
    const { codes } = await alice.browser.call('people.emergency-codes', { id });
    assert.equal(
      (await browser.auth('/leadglass/emergency', { account: 'carla', code: String((codes as string[])[0]) })).status,
      401,
    );
    assert.equal(await browser.session(), undefined);
    assert.deepEqual(
      house.told.slice(from).map(({ what }) => what),
      ['changed', 'signed-out', 'changed', 'changed', 'refused'],
    );
  });

  test('[CONSOLE-49] the last administrator stays one, and stays able to come in', async () => {
    const me = (await alice.browser.session())?.person.id ?? '';
    for (const work of [
      alice.browser.call('people.change', { id: me, role: 'auditor' }),
      alice.browser.call('people.change', { id: me, isDisabled: true }),
      alice.browser.call('people.remove', { id: me }),
      alice.browser.call('people.invite', { id: me }),
    ]) {
      assert.equal(await faultOf(work), 'console.conflict');
    }
    const { id } = await joined(house, alice.browser, 'diane', 'administrator');
    await alice.browser.call('people.change', { id: me, role: 'auditor' });
    assert.equal(id, (await joinedPerson('diane'))?.id);
    assert.equal((await alice.browser.session())?.person.role, 'auditor');
  });

  async function joinedPerson(account: string): Promise<{ id: string } | undefined> {
    const { people } = await alice.browser.call('people.list');
    return (people as { id: string; account: string }[]).find((person) => person.account === account);
  }
});

describe('sessions', () => {
  let house: House;
  let alice: { browser: Browser; secret: string };
  before(async () => {
    house = await House.open();
    alice = await withAdministrator(house);
  });
  after(() => house.close());

  test('[CONSOLE-50] locks after a quarter of an hour without a sign of the person, which an open page is not', async () => {
    const browser = house.browser();
    await signIn(browser, alice.secret, house.clock.now());
    const asking = { headers: { cookie: browser.cookieHeader }, ip: '192.0.2.50' };
    house.clock.shiftMs += 14 * 60_000;
    assert.equal((await house.sessions.sessionOf(asking, { isActivity: false }))?.isLocked, false);
    house.clock.shiftMs += 60_000;
    const from = house.told.length;
    const session = await house.sessions.sessionOf(asking, { isActivity: false });
    assert.equal(session?.isLocked, true);
    assert.ok(house.endedSessions.includes(session?.id));
    assert.deepEqual(house.events('signed-out', from), [{ what: 'signed-out', by: 'alice', why: 'idle' }]);
    house.clock.shiftMs = 0;
    assert.equal((await browser.session())?.isLocked, true, 'a lock stays');
  });

  test('[CONSOLE-51] ends after twelve hours, whatever its person does', async () => {
    const browser = house.browser('192.0.2.51');
    const { id } = await joined(house, alice.browser, 'erik', 'auditor');
    const { codes } = await alice.browser.call('people.emergency-codes', { id });
    await must(browser.auth('/leadglass/emergency', { account: 'erik', code: String((codes as string[])[0]) }));
    for (let minutes = 0; minutes < 12 * 60 - 4; minutes += 4) {
      house.clock.shiftMs = minutes * 60_000;
      assert.equal((await browser.session())?.isLocked, false);
    }
    house.clock.shiftMs = 12 * 3600_000;
    assert.equal(await browser.session(), undefined);
    house.clock.shiftMs = 0;
  });

  test('[CONSOLE-52] one ends one’s own sessions, an administrator all; nobody sees others’', async () => {
    const erik = house.browser('192.0.2.61');
    await joined(house, alice.browser, 'fanny', 'auditor').then(({ browser }) =>
      erik.keep([...browser.cookies].map(([n, v]) => `${n}=${v}`)),
    );
    assert.equal(await faultOf(erik.call('session.list', { ofAll: true })), 'console.forbidden');
    const { sessions } = await alice.browser.call('session.list', { ofAll: true });
    const list = sessions as { id: string; account: string; isThis: boolean }[];
    const own = list.find(({ isThis }) => isThis);
    assert.equal(await faultOf(erik.call('session.end', { id: own?.id ?? '' })), 'console.not-found');
    const theirs = list.find(({ account }) => account === 'fanny');
    await alice.browser.call('session.end', { id: theirs?.id ?? '' });
    assert.equal(await erik.session(), undefined);
    await must(alice.browser.auth('/sign-out'));
    assert.equal(await alice.browser.session(), undefined);
  });

  test('[CONSOLE-53] sessions outlive a restart of the console, and a cookie that was changed is nobody’s', async () => {
    const browser = house.browser('192.0.2.62');
    await signIn(browser, alice.secret, house.clock.now() + 30_000);
    const { id } = (await browser.session()) ?? {};
    await house.stop();
    await house.start();
    assert.equal((await browser.session())?.id, id);
    const cookie = browser.cookieHeader.replace(
      /(session_token=)(.)/,
      (_, name, first) => `${name}${first === 'A' ? 'B' : 'A'}`,
    );
    assert.equal(await house.sessions.sessionOf({ headers: { cookie }, ip: '192.0.2.62' }), undefined);
  });
});

describe('throttling', () => {
  let house: House;
  let alice: { browser: Browser; secret: string };
  before(async () => {
    house = await House.open();
    alice = await withAdministrator(house);
  });
  after(() => house.close());

  test('[CONSOLE-54] tries at an account wait longer and longer, from wherever they come, and say how long', async () => {
    const guess = (address: number) =>
      house
        .browser(`198.51.100.${address}`)
        .auth('/sign-in/username', { username: 'alice', password: 'a wrong password' });
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await guess(count)).status);
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
    house.clock.shiftMs += 1000;
    assert.equal((await guess(10)).status, 401);
    house.clock.shiftMs += 1000;
    const answer = await guess(11);
    assert.equal(answer.status, 429);
    assert.match(String(answer.headers['retry-after']), /^\d+$/);
    assert.match(JSON.stringify(answer.body), /attendez \d+ seconde/);
  });

  test('[CONSOLE-55] meanwhile a browser that its owner signed in from comes in, and so does an emergency code', async () => {
    const own = house.browser('192.0.2.70');
    house.clock.shiftMs += 30 * 60_000;
    await must(own.auth('/sign-in/username', { username: 'alice', password: PASSWORD }));
    await must(own.auth('/two-factor/verify-totp', { code: totp(alice.secret, Date.now()) }));
    for (let count = 0; count < 9; count += 1) {
      await house
        .browser(`198.51.100.${100 + count}`)
        .auth('/sign-in/username', { username: 'alice', password: 'a wrong password' });
    }
    const stranger = house.browser('198.51.100.200');
    assert.equal((await stranger.auth('/sign-in/username', { username: 'alice', password: PASSWORD })).status, 429);
    await must(own.auth('/sign-in/username', { username: 'alice', password: PASSWORD }));
    await must(own.auth('/two-factor/verify-totp', { code: totp(alice.secret, Date.now() + 30_000) }));
    const { codes } = await own.call('people.emergency-codes', { id: (await own.session())?.person.id ?? '' });
    await must(stranger.auth('/leadglass/emergency', { account: 'alice', code: String((codes as string[])[0]) }));
  });
});
