import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConsoleClient } from './console-client.ts';
import { Gateway } from './gateway.ts';

const account = (text: string): readonly string[] =>
  (JSON.parse(text) as { people: { account: string }[] }).people.map((each) => each.account);

test('[CLI-200] people are listed, invited, given roles, signed out and removed on the command line, through the keeper to the console; the ledger says who', async (t) => {
  const gateway = await Gateway.start({ withConsole: true });
  t.after(() => gateway.dispose());
  const anne = new ConsoleClient(gateway);
  await anne.follow(
    await gateway.cli(
      'person',
      'invite',
      'anne',
      '--name',
      'Anne Martin',
      '--role',
      'administrator',
      '--language',
      'en',
    ),
  );
  assert.deepEqual(account(await gateway.cli('person', 'list', '--json')), ['anne']);
  const ben = new ConsoleClient(gateway);
  await ben.follow(await gateway.cli('person', 'invite', 'ben', '--role', 'technologist'));
  assert.equal((await ben.post('hold.list')).status, 200);
  assert.match(await gateway.cli('person', 'sessions'), /ben\s+technologist/);
  await gateway.cli('person', 'role', 'ben', 'radiologist');
  assert.equal((await ben.post('hold.list')).status, 401);
  assert.match(await gateway.cli('person', 'list'), /ben\s+ben\s+radiologist\s+password and code/);
  assert.equal(
    (await gateway.cli('person', 'emergency-codes', 'ben')).split('\n').filter((line) => /-/.test(line)).length,
    10,
  );
  await gateway.cli('person', 'disable', 'ben');
  await gateway.cli('person', 'enable', 'ben');
  await gateway.cli('person', 'end-sessions', 'anne');
  assert.equal((await anne.post('hold.list')).status, 401);
  await gateway.cli('person', 'remove', 'ben');
  await assert.rejects(gateway.cli('person', 'remove', 'anne'), /last administrator/);
  await gateway.cli('site', 'name', 'Imagerie du Parc');
  assert.equal((await anne.done('me')).site, 'Imagerie du Parc');
  const log = await gateway.cli('log', '--kind', 'person', '-n', '50');
  assert.match(log, /local administrator.*anne/);
  assert.doesNotMatch(log + gateway.stderr, /invitation#/);
});

test('[CLI-201] whoever is signed in cannot ask what is the owner’s, and without a console the commands say why', async (t) => {
  const gateway = await Gateway.start({ withConsole: true });
  t.after(() => gateway.dispose());
  const { client } = await ConsoleClient.administrator(gateway);
  for (const name of ['person.list', 'person.invite', 'person.remove', 'site.name'])
    assert.equal((await client.post(name, {})).status, 403, name);
  const without = await Gateway.start();
  t.after(() => without.dispose());
  await assert.rejects(without.cli('person', 'list'), /The console does not run/);
});
