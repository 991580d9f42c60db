import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { ACCESS, CONSOLE, CONTROL, type ConsoleRoute, type Operation, ROLES, type Role } from '@leadglass/contract';
import { ConsoleClient } from './console-client.ts';
import { Gateway } from './gateway.ts';
import { fileOf, multiFrame, WebClient } from './web.ts';

/** Process ids of a process's children. */
function childrenOf(pid: number): readonly number[] {
  return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .split('\n')
    .map(Number)
    .filter((child) => child > 0);
}

/** In memory under the keeper's own folder, or where there is none in the home's `run`. */
const CODE_COPY =
  /^--allow-fs-write=(?:\/dev\/shm\/leadglass-\d+-\w{6}|\/.+\/run\/console-code)\/console-[0-9a-f]{12}$/;

function commandOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
}

function consoleOf(gateway: Gateway): number {
  const isConsole = (words: readonly string[]): boolean =>
    words.some((word) => word.endsWith('console/entry.ts')) && !words.includes('warm');
  const found = childrenOf(gateway.pid).find((pid) => isConsole(commandOf(pid)));
  assert.notEqual(found, undefined, 'the console is a process of its own');
  return found ?? 0;
}

async function until(isSo: () => Promise<boolean>, ms = 30_000): Promise<void> {
  const endMs = performance.now() + ms;
  while (!(await isSo())) {
    assert.ok(performance.now() < endMs, 'not reached in time');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('[CONSOLE-25] the console is a process that may write its accounts alone and start nothing; the gateway goes on without it and starts another', async (t) => {
  const gateway = await Gateway.start({ withConsole: true });
  t.after(() => gateway.dispose());
  const pid = consoleOf(gateway);
  const flags = commandOf(pid).filter((word) => word.startsWith('--allow') || word === '--permission');
  assert.ok(flags.includes('--permission') && flags.includes('--allow-net'));
  const written = flags.filter((flag) => flag.startsWith('--allow-fs-write='));
  const run = (name: string) => `--allow-fs-write=${join(gateway.home, name)}`;
  // Besides, from the second start on, a copy of its compiled code that is its own: no other process ever runs it, and it is gone once loaded.
  const [own = [], code = []] = [false, true].map((isCode) =>
    written.filter((flag) => CODE_COPY.test(flag) === isCode),
  );
  assert.deepEqual(own.sort(), [run('people'), run('run/leadglass.sock'), run('run/viewer.sock')].sort());
  const [copy, ...more] = code.map((flag) => flag.slice(flag.indexOf('/')));
  assert.deepEqual(more, []);
  if (copy !== undefined) await until(async () => !existsSync(copy));
  assert.ok(!flags.some((flag) => /child|worker|addons|wasi/.test(flag)), flags.join(' '));
  assert.ok(!flags.some((flag) => flag.includes(join(gateway.home, 'keys'))));
  assert.equal(statSync(join(gateway.home, 'run', 'viewer.sock')).mode & 0o777, 0o600);
  const { client } = await ConsoleClient.administrator(gateway);
  process.kill(pid, 'SIGKILL');
  assert.equal((await gateway.status()).ledger.size >= 0, true);
  await until(async () => (await client.post('me').catch(() => undefined))?.status === 200);
  assert.notEqual(consoleOf(gateway), pid);
  // Sessions are kept: nobody has to sign in again.
  await client.done('status');
});

test('[CONSOLE-26] the link of the banner sets the console up, once; the recovery key is shown to whoever has it, and the link after a restart is another', async (t) => {
  const gateway = await Gateway.start({ withConsole: true });
  t.after(() => gateway.dispose());
  const link = /(https:\/\/localhost:\d+\/set-up)#([A-Za-z0-9_-]{43})\n/.exec(gateway.stdout);
  assert.ok(link, gateway.stdout);
  const [, , first = ''] = link;
  const key = /AGE-SECRET-KEY-1[0-9A-Z]+/.exec(gateway.stdout)?.[0];
  await gateway.kill('SIGTERM');
  await gateway.restart();
  const second = /\/set-up#(\S+)/.exec(gateway.stdout)?.[1];
  assert.ok(second !== undefined && second !== first);
  const stranger = new ConsoleClient(gateway);
  assert.deepEqual(await stranger.done('setup.check', { token: first }), { isGood: false });
  assert.deepEqual(await stranger.done('setup.check', { token: second }), { isGood: true });
  const { client, recoveryKey } = await ConsoleClient.administrator(gateway);
  // Made at the start before: it was shown then, and is kept nowhere.
  assert.equal(recoveryKey, null);
  assert.deepEqual(await stranger.done('setup.check', { token: second }), { isGood: false });
  await client.done('status');
  for (const kept of [gateway.stderr, execFileSync('sh', ['-c', `cat ${gateway.home}/people/*`]).toString('latin1')]) {
    assert.ok(!kept.includes(second) && !kept.includes(first));
    assert.ok(key !== undefined && !kept.includes(key));
  }
  await gateway.kill('SIGTERM');
  await gateway.restart();
  assert.ok(!gateway.stdout.includes('/set-up#'), gateway.stdout);
  assert.match(gateway.stdout, /console +https:\/\/localhost:\d+/);
});

test('[CONSOLE-26] at the first start whoever sets the console up is shown the recovery key of the terminal', async (t) => {
  const gateway = await Gateway.start({ withConsole: true });
  t.after(() => gateway.dispose());
  const key = /AGE-SECRET-KEY-1[0-9A-Z]+/.exec(gateway.stdout)?.[0];
  const { recoveryKey } = await ConsoleClient.administrator(gateway);
  assert.ok(key !== undefined && recoveryKey === key);
});

test('[CONSOLE-27] an address that is taken is a trouble of the console and of nothing else', async (t) => {
  const gateway = await Gateway.prepare({ withConsole: true });
  t.after(() => gateway.dispose());
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(gateway.console, '127.0.0.1', resolve));
  t.after(() => other.close());
  await gateway.restart();
  assert.match(gateway.stdout, /console cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\)/);
  const { troubles } = (await gateway.status()) as unknown as { troubles: { code: string }[] };
  assert.deepEqual(
    troubles.map(({ code }) => code),
    ['console.down'],
  );
  await new Promise((resolve) => other.close(resolve));
  const client = new ConsoleClient(gateway);
  await until(async () => (await client.post('me').catch(() => undefined))?.status === 200);
});

type StatusFor = (role: Role | undefined) => number;

const forRoles =
  (roles: readonly Role[]): StatusFor =>
  (role) =>
    role === undefined ? 401 : roles.includes(role) ? 400 : 403;

function forEntry(name: ConsoleRoute): StatusFor {
  const { access } = CONSOLE[name];
  if (access === 'anyone' || access === 'set-up') return () => 400;
  return forRoles(access === 'signed-in' ? ROLES : access);
}

/** What a wrong request is answered, by the contract. */
const WANTED: Readonly<Record<string, StatusFor>> = Object.fromEntries([
  ...(Object.keys(CONTROL) as Operation[]).map((name) => [name, forRoles(ACCESS[name])]),
  ...(Object.keys(CONSOLE) as ConsoleRoute[]).map((name) => [name, forEntry(name)]),
  ['no.such-name', (role: Role | undefined) => (role === undefined ? 401 : 404)],
]);

test('[CONSOLE-1] every route for every role and nobody, with real accounts on the running gateway', async (t) => {
  const gateway = await Gateway.start({ withConsole: true });
  t.after(() => gateway.dispose());
  const { client: administrator } = await ConsoleClient.administrator(gateway);
  const everybody = new Map<Role | undefined, ConsoleClient>([[undefined, new ConsoleClient(gateway)]]);
  for (const role of ROLES)
    everybody.set(role, role === 'administrator' ? administrator : await administrator.invite(role));
  const [found, expected]: [string[], string[]] = [[], []];
  const wanted = Object.entries(WANTED);
  for (const [role, client] of everybody)
    for (const [name, statusFor] of wanted) {
      // No request is a list: whoever may is told that it is wrong, and nothing happens.
      found.push(`${name} ${role}: ${(await client.post(name, [])).status}`);
      expected.push(`${name} ${role}: ${statusFor(role)}`);
    }
  assert.deepEqual(found, expected);
  assert.equal(found.length, 7 * (Object.keys(CONTROL).length + Object.keys(CONSOLE).length + 1));
});

test('[CONSOLE-28] a study is read by the session that opened it, after the ledger was told, and by nobody else', async (t) => {
  const gateway = await Gateway.start({ withConsole: true, withWeb: 'plain' });
  t.after(() => gateway.dispose());
  const [object, other] = [multiFrame(2), multiFrame(1)];
  const sender = await WebClient.of(gateway, 'SENDER', 'stow');
  assert.equal((await sender.store([fileOf(object), fileOf(other)])).status, 200);
  const { client: administrator } = await ConsoleClient.administrator(gateway);
  const radiologist = await administrator.invite('radiologist');
  const technologist = await administrator.invite('technologist');
  const metadata = `/dicomweb/studies/${object.study}/metadata`;
  const json = { accept: 'application/dicom+json' };
  await until(
    async () =>
      JSON.parse((await radiologist.ask('GET', '/dicomweb/studies', json)).body.toString() || '[]').length === 2,
  );
  assert.equal((await radiologist.ask('GET', metadata, json)).status, 403);
  const asked = { studyInstanceUid: object.study };
  const links = await radiologist.done('study.open', asked);
  const read = await radiologist.ask('GET', metadata, json);
  assert.equal(read.status, 200, read.body.toString());
  assert.equal(read.headers['cache-control'], 'no-store');
  const bulk = JSON.stringify(JSON.parse(read.body.toString()));
  assert.ok(bulk.includes(`${radiologist.origin}/dicomweb/studies/`) && !bulk.includes('http://'));
  const frame = await radiologist.ask('GET', `/dicomweb${object.path}/frames/2`, {
    accept: 'multipart/related; type=application/octet-stream',
  });
  assert.equal(frame.status, 200);
  // Not another study, not another's session, not by another way, not by writing.
  const refused: readonly [ConsoleClient, string, string][] = [
    [radiologist, 'GET', `/dicomweb/studies/${other.study}/metadata`],
    [radiologist, 'GET', `/dicomweb/studies/${other.study}/series`],
    [technologist, 'GET', metadata],
    [radiologist, 'GET', '/dicomweb/instances'],
    [radiologist, 'GET', `/dicomweb/series?StudyInstanceUID=${other.study}`],
    [
      radiologist,
      'GET',
      `/dicomweb/wado?requestType=WADO&studyUID=${other.study}&seriesUID=${other.series}&objectUID=${other.instance}`,
    ],
  ];
  for (const [client, method, path] of refused) assert.equal((await client.ask(method, path, json)).status, 403, path);
  const odd = [
    `/dicomweb/studies/${object.study}/../${other.study}/metadata`,
    `/dicomweb/studies/${object.study}%2f..%2f${other.study}/metadata`,
    `/dicomweb//studies/${other.study}/metadata`,
  ];
  for (const path of odd) assert.ok([400, 404].includes((await radiologist.ask('GET', path, json)).status), path);
  const written = await radiologist.ask(
    'POST',
    '/dicomweb/studies',
    { origin: radiologist.origin, 'x-leadglass': '1', 'content-type': 'application/dicom' },
    'x',
  );
  assert.equal(written.status, 404);
  // An administrator says why.
  const without = await administrator.post('study.open', asked);
  assert.deepEqual(
    [without.status, (without.json().problems as { path: string }[]).map(({ path }) => path)],
    [400, ['reason']],
  );
  await administrator.done('study.open', { ...asked, reason: 'contrôle de qualité' });
  // A program of the machine has a pass, for that study alone.
  const command = decodeURIComponent(String(links.weasis).slice('weasis://'.length));
  assert.match(
    command,
    new RegExp(
      `^\\$dicom:rs --url "${radiologist.origin}/dicomweb" -r "studyUID=${object.study}" -H "Authorization: Bearer [\\w-]{43}"$`,
    ),
  );
  const pass = { authorization: /Bearer [\w-]{43}/.exec(command)?.[0] ?? '', ...json };
  const program = new ConsoleClient(gateway);
  const lists = [`?StudyInstanceUID=${object.study}`, `?0020000D=${object.study}`];
  for (const query of lists) assert.equal((await program.ask('GET', `/dicomweb/studies${query}`, pass)).status, 200);
  assert.equal((await program.ask('GET', metadata, pass)).status, 200);
  const beyond = [
    '/dicomweb/studies',
    `/dicomweb/studies?StudyInstanceUID=${other.study}`,
    `${`/dicomweb/studies${lists[0]}`}&0020000d=${other.study}`,
    `/dicomweb/studies/${other.study}/metadata`,
  ];
  for (const path of beyond) assert.equal((await program.ask('GET', path, pass)).status, 403, path);
  assert.equal((await program.ask('GET', metadata, { authorization: `Bearer ${'x'.repeat(43)}` })).status, 401);
  await radiologist.done('auth/sign-out');
  assert.equal((await program.ask('GET', metadata, pass)).status, 401);
  assert.equal((await radiologist.ask('GET', metadata, json)).status, 401);
  const log = await gateway.cli('log', '-n', '200');
  assert.match(log, /radiologist\.1/);
  assert.match(log, /console:radiologist\.1/);
  assert.ok(log.indexOf('radiologist.1') < log.indexOf('console:radiologist.1'));
  assert.ok(!/Pr.vert|WEB-1|ACC-7/.test(log + gateway.stderr));
});
