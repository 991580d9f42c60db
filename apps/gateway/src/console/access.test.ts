import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ACCESS, CONSOLE, CONTROL, type ConsoleRoute, mayDo, type Operation, type Role } from '@leadglass/contract';
import { assertRefused, EVERYBODY, type TestConsole, testConsole } from './console.testkit.ts';

/** No schema of a request takes it: whoever may ask is told that it is wrong, and nothing happens. */
const WRONG: readonly unknown[] = [];

const cookies = new Map<Role, string>();

async function everybody(t: TestContext): Promise<TestConsole> {
  const console = await testConsole(t);
  cookies.clear();
  for (const role of EVERYBODY) if (role !== undefined) cookies.set(role, console.sessions.signIn(role));
  return console;
}

function cookieOf(role: Role | undefined): string | undefined {
  return role === undefined ? undefined : cookies.get(role);
}

function wantedOwn(name: ConsoleRoute, role: Role | undefined): number {
  const { access } = CONSOLE[name];
  if (access === 'anyone' || access === 'set-up') return 400;
  if (role === undefined) return 401;
  return access === 'signed-in' || access.includes(role) ? 400 : 403;
}

function wanted(name: Operation, role: Role | undefined): number {
  if (role === undefined) return 401;
  return mayDo(role, name) ? 400 : 403;
}

test('[CONSOLE-1] every operation is for the roles that the contract names and nobody else, over HTTPS', async (t) => {
  const console = await everybody(t);
  const found: string[] = [];
  const expected: string[] = [];
  for (const name of Object.keys(CONTROL) as Operation[])
    for (const role of EVERYBODY) {
      const { status } = await console.post(name, WRONG, cookieOf(role));
      found.push(`${name} ${role}: ${status}`);
      expected.push(`${name} ${role}: ${wanted(name, role)}`);
    }
  assert.deepEqual(found, expected);
  assert.equal(found.length, Object.keys(CONTROL).length * 7);
});

test('[CONSOLE-2] every entry of the console is for whom the contract names and nobody else', async (t) => {
  const console = await everybody(t);
  const found: string[] = [];
  const expected: string[] = [];
  for (const name of Object.keys(CONSOLE) as ConsoleRoute[])
    for (const role of EVERYBODY) {
      const { status } = await console.post(name, WRONG, cookieOf(role));
      found.push(`${name} ${role}: ${status}`);
      expected.push(`${name} ${role}: ${wantedOwn(name, role)}`);
    }
  assert.deepEqual(found, expected);
});

test('[CONSOLE-3] a name the contract does not have, a wrong verb and a way round it open nothing', async (t) => {
  const console = await everybody(t);
  const administrator = cookieOf('administrator');
  for (const name of [
    'nothing',
    'peer',
    '__proto__',
    'constructor',
    'peer.list/',
    'PEER.LIST',
    'peer%2Elist%00',
    '../api/peer.list',
  ]) {
    assert.equal((await console.post(name, {}, undefined)).status, 401, name);
    assert.equal((await console.post(name, {}, administrator)).status, 404, name);
  }
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const headers = { origin: console.origin, 'x-leadglass': '1' };
    const asked = await console.ask(method, '/api/peer.list', { cookie: administrator, headers });
    assert.equal(asked.status, 404, method);
  }
});

test('[CONSOLE-4] what no role may do is refused to all, whatever is asked', async (t) => {
  const console = await everybody(t);
  const none = (Object.keys(ACCESS) as Operation[]).filter((name) => ACCESS[name].length === 0);
  assert.ok(none.includes('vault.export') && none.includes('person.told') && none.includes('cert.issue'));
  for (const name of none)
    for (const cookie of cookies.values())
      assertRefused(await console.post(name, {}, cookie), 403, 'console.forbidden');
});

test('[CONSOLE-5] what is read without a POST is for its roles too', async (t) => {
  const console = await everybody(t);
  const reads = ACCESS['journey.search'] as readonly Role[];
  const images = ['/dicomweb/studies', '/ohif/', '/ohif/viewer', '/ohif/app-config.js'];
  for (const role of EVERYBODY) {
    const statusOf = async (path: string) => (await console.ask('GET', path, { cookie: cookieOf(role) })).status;
    assert.equal(await statusOf('/api/openapi.json'), role === undefined ? 401 : 200);
    for (const path of images) {
      const status = await statusOf(path);
      // No gateway behind it and no viewer fetched in this test: whoever may is told so.
      const good = path.startsWith('/ohif') ? 404 : 503;
      assert.equal(status, role === undefined ? 401 : reads.includes(role) ? good : 403, `${path} ${role}`);
    }
  }
});

test('[CONSOLE-6] a locked session gives nothing but who it is', async (t) => {
  const console = await testConsole(t);
  const cookie = console.sessions.signIn('administrator', { isLocked: true });
  for (const name of Object.keys(CONTROL) as Operation[])
    assertRefused(await console.post(name, {}, cookie), 403, 'console.locked');
  for (const path of ['/api/live', '/api/openapi.json', '/dicomweb/studies', '/ohif/'])
    assertRefused(await console.ask('GET', path, { cookie }), 403, 'console.locked');
  assert.equal((await console.post('me', {}, cookie)).status, 200);
});

test('[CONSOLE-7] before the set-up there is nothing but the set-up, and only with its token', async (t) => {
  const console = await testConsole(t);
  console.sessions.isDone = false;
  assertRefused(await console.post('status', {}), 403, 'console.set-up-needed');
  const administrator = { account: 'anne', displayName: 'Anne', site: 'Test', language: 'fr' };
  assertRefused(
    await console.post('setup.administrator', { ...administrator, token: 'x' }),
    403,
    'console.set-up-done',
  );
  const token = 'a-token-of-the-tests';
  assert.equal((await console.post('setup.administrator', { ...administrator, token })).status, 200);
  console.sessions.isDone = true;
  assertRefused(await console.post('setup.administrator', { ...administrator, token }), 403, 'console.set-up-done');
});
