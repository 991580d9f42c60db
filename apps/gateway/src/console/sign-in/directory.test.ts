import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isFault } from '@leadglass/kit';
import { TestDirectory } from './directory.testkit.ts';
import { type Browser, House, must, ORIGIN, withAdministrator } from './sign-in.testkit.ts';

const BACK = `${ORIGIN}/api/auth/callback/directory`;
const KNOWN = [
  { account: 'dr.leroy', name: 'Dr Leroy', groups: ['tous', 'radiologues'] },
  { account: 'visiteur', name: 'V', groups: ['tous'] },
  { account: 'alice', name: 'Another Alice', groups: ['radio-admins'] },
];

describe('a directory', () => {
  let directory: TestDirectory;
  let house: House;
  before(async () => {
    directory = await TestDirectory.open(KNOWN, [BACK]);
    house = await House.open((folder) => directory.write(folder));
    await withAdministrator(house);
  });
  after(async () => {
    await house.close();
    await directory.close();
  });

  async function enter(browser: Browser, account: string) {
    const { body } = await must(browser.auth('/sign-in/social'));
    const back = new URL(await directory.signIn(String(body.url), account, BACK));
    return { back, answer: await browser.ask('GET', back.pathname + back.search) };
  }

  test('[CONSOLE-57] gives a role by its groups; asked with PKCE, state and nonce', async () => {
    const browser = house.browser();
    const { answer } = await enter(browser, 'dr.leroy');
    assert.equal(answer.headers.location, '/');
    const session = await browser.session();
    assert.deepEqual(
      [session?.how, session?.person.account, session?.person.role, session?.person.isFromDirectory],
      ['oidc', 'dr.leroy', 'radiologist', true],
    );
    const asked = directory.asked.at(-1);
    assert.equal(asked?.get('code_challenge_method'), 'S256');
    for (const name of ['code_challenge', 'state', 'nonce']) assert.ok((asked?.get(name) ?? '').length >= 16, name);
    const { methods, directory: name } = await house.browser().call('me');
    assert.ok((methods as string[]).includes('oidc'));
    assert.equal(name, 'Annuaire du CHU');
    const again = house.browser('192.0.2.51');
    await enter(again, 'dr.leroy');
    assert.equal((await again.session())?.person.id, session?.person.id);
  });

  test('[CONSOLE-57] refuses who has no role there, and who would take a local account’s name', async () => {
    const from = house.told.length;
    const visitor = house.browser('192.0.2.52');
    assert.equal((await enter(visitor, 'visiteur')).answer.headers.location, '/sign-in?refused=no_role');
    assert.equal(await visitor.session(), undefined);
    const other = house.browser('192.0.2.53');
    assert.equal((await enter(other, 'alice')).answer.headers.location, '/sign-in?refused=account_taken');
    assert.equal(await other.session(), undefined);
    assert.deepEqual(house.events('refused', from), [
      { what: 'refused', by: 'visiteur', why: 'no-role', address: '192.0.2.52' },
      { what: 'refused', by: 'alice', why: 'credentials', address: '192.0.2.53' },
    ]);
  });

  test('[CONSOLE-57] an answer that another browser asked for, or that comes twice, begins nothing', async () => {
    const { back } = await enter(house.browser('192.0.2.54'), 'dr.leroy');
    const thief = house.browser('192.0.2.55');
    for (const browser of [thief, house.browser('192.0.2.54')]) {
      const answer = await browser.ask('GET', back.pathname + back.search);
      assert.match(String(answer.headers.location), /^\/sign-in\?refused=/);
      assert.equal(await browser.session(), undefined);
    }
  });

  test('[CONSOLE-58] a directory that is away refuses in words, and local accounts go on', async () => {
    const away = await House.open((folder) => {
      directory.write(folder);
      writeFileSync(
        join(folder, 'directory.json'),
        JSON.stringify({
          name: 'A',
          issuer: 'http://127.0.0.1:9',
          clientId: 'x',
          roles: [{ value: 'g', role: 'auditor' }],
        }),
      );
    });
    const answer = await away.browser().auth('/sign-in/social');
    assert.equal(answer.status, 401);
    assert.match(JSON.stringify(answer.body), /code d’urgence/);
    const { browser } = await withAdministrator(away);
    assert.equal((await browser.session())?.isLocked, false);
    await away.close();
  });

  test('[CONSOLE-58] a directory.json with a mistake is a fault at the start, and not passed over', async () => {
    const thrown = await House.open((folder) => writeFileSync(join(folder, 'directory.json'), '{"name": "x"}')).catch(
      (error: unknown) => error,
    );
    assert.ok(isFault(thrown, 'console.directory-wrong'));
  });
});
