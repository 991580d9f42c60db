import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Control } from '../apps/demo/src/control.ts';
import { COMPILED } from './gateway.ts';
import { childrenOf } from './processes.ts';

const LAUNCHER = fileURLToPath(new URL('../tools/launch.mjs', import.meta.url));
const SHOWN_MS = 60_000;
/** From the invitation on; longer than promised, for a machine with other things to do. */
const FULL_MS = 60_000;
const END_MS = 100_000;
const LAST_LINE = 'Ctrl-C ends all of it.';

/** A demonstration as a visitor starts it. */
class Demo {
  readonly child: ChildProcess;
  said = '';

  constructor(t: TestContext, ...words: string[]) {
    this.child = spawn(process.execPath, [LAUNCHER, 'demo', '--lang', 'en', ...words], {
      env: { ...process.env, ...COMPILED, LEADGLASS_HOME: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const output of [this.child.stdout, this.child.stderr])
      output?.on('data', (chunk: Buffer) => {
        this.said += chunk;
      });
    t.after(() => this.child.kill('SIGKILL'));
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get home(): string {
    return /LEADGLASS_HOME=(\S+)/.exec(this.said)?.[1] ?? '';
  }

  async until(what: string, isSo: () => boolean | Promise<boolean>, deadlineMs: number): Promise<void> {
    const endMs = performance.now() + deadlineMs;
    while (!(await isSo())) {
      assert.ok(performance.now() < endMs, `not ${what} in ${deadlineMs} ms: ${this.said}`);
      await delay(500);
    }
  }

  shown(): Promise<void> {
    return this.until('shown', () => this.said.includes(LAST_LINE) || !this.isRunning, SHOWN_MS);
  }

  get control(): Control {
    return new Control(this.home);
  }

  ended(): Promise<void> {
    return this.until('ended', () => !this.isRunning, END_MS);
  }
}

/** Processes of a tree, its root included. */
function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}/exe`);

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Asks the console as a page does. */
function post(
  origin: string,
  ca: string,
  path: string,
  body: object,
  cookie = '',
): Promise<{ cookies: string[]; body: Record<string, unknown> }> {
  const headers = { origin, cookie, 'x-leadglass': '1', 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const asking = request(`${origin}${path}`, { method: 'POST', headers, ca }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => {
        if (answer.statusCode !== 200) return reject(new Error(`${path} ${answer.statusCode} ${text}`));
        const cookies = (answer.headers['set-cookie'] ?? []).map((each) => each.split(';', 1)[0] ?? '');
        resolve({ cookies, body: JSON.parse(text) });
      });
    });
    asking.once('error', reject).end(JSON.stringify(body));
  });
}

/** Everything a page of the console shows. What is missing is named. */
async function missing({ control }: Demo): Promise<string[]> {
  const { holds } = await control.call('hold.list', {});
  const { strangers } = await control.call('stranger.list', {});
  const { needs } = await control.call('needs', {});
  const { patients } = await control.call('chart.search', { only: 'critical', limit: 5 });
  const waiting = await control.call('deliveries.list', { state: 'pending', destination: 'teleradiologie' });
  const log = await control.call('log', { kinds: ['association'], limit: 200 });
  const verdicts = new Set(holds.map(({ verdict }) => verdict));
  const knocked = new Set(strangers.map(({ aeTitle }) => aeTitle));
  const kinds = new Set<string>(needs.map(({ kind }) => kind));
  const overTls = JSON.stringify(log.entries).includes('"listener":"dimse-tls"');
  const wanted: Readonly<Record<string, boolean>> = {
    'holds, dangerous and doubtful': verdicts.has('malicious') && verdicts.has('suspicious'),
    'strangers: two set wrongly and an intruder': ['MAMMO1', 'MR2', 'CT1'].every((title) => knocked.has(title)),
    'deliveries that wait': waiting.deliveries.length > 0,
    'associations over TLS': overTls,
    'a patient in the emergency department with a result that cannot wait': patients.some(
      ({ patient }) => patient.isPresent,
    ),
    ...Object.fromEntries(
      ['hold', 'stranger', 'delivery', 'certificate', 'proposal'].map((kind) => [`a need: ${kind}`, kinds.has(kind)]),
    ),
  };
  return Object.keys(wanted).filter((what) => wanted[what] !== true);
}

async function assertSignedIn(demo: Demo): Promise<void> {
  const origin = /open +(https:\/\/[^/\s]+)/.exec(demo.said)?.[1] ?? '';
  const code = /emergency code +(\S+)/.exec(demo.said)?.[1] ?? '';
  const ca = readFileSync(join(demo.home, 'keys/ca.pem'), 'utf8');
  const { cookies } = await post(origin, ca, '/api/auth/leadglass/emergency', { account: 'demo', code });
  const { body } = await post(origin, ca, '/api/me', {}, cookies.join('; '));
  assert.equal(body.isDemo, true);
  assert.equal(body.site, 'Hôpital de démonstration');
  assert.equal((body.person as Record<string, unknown>).role, 'administrator');
}

async function assertJourney({ control }: Demo): Promise<void> {
  const { deliveries } = await control.call('deliveries.list', { state: 'delivered' });
  const { steps } = await control.call('journey', { id: deliveries[0]?.sha256 ?? '' });
  const stages = new Set(steps.map(({ stage }) => stage));
  assert.ok(stages.has('custody') && stages.has('receipt'), [...stages].join());
}

function portsIn(said: string): number[] {
  return [...said.matchAll(/(?:127\.0\.0\.1|localhost):(\d+)/g)].map(([, port]) => Number(port));
}

async function assertNothingLeft(demo: Demo, home: string, pids: readonly number[]): Promise<void> {
  await demo.until('without processes', () => !pids.some(isAlive), 10_000);
  assert.equal(existsSync(home), false, 'its folder is removed');
  for (const port of portsIn(demo.said)) assert.ok(await isFree(port), `port ${port}`);
}

test('[DEMO-50] within a minute every page of the console has something true on it, the visitor signs in with a code, and at the end nothing is left', {
  timeout: 170_000,
}, async (t) => {
  const demo = new Demo(t, '--once');
  await demo.shown();
  const { home } = demo;
  assert.ok(existsSync(home), demo.said);
  const pids = treeOf(demo.child.pid ?? 0);
  assert.ok(pids.length >= 4, 'launcher, demonstration, gateway, its processes');
  let still: string[] = [];
  await demo
    .until(
      'all there',
      async () => {
        still = await missing(demo);
        return still.length === 0;
      },
      FULL_MS,
    )
    .catch(() => assert.deepEqual(still, []));
  await assertSignedIn(demo);
  await assertJourney(demo);
  await demo.ended();
  assert.equal(demo.child.exitCode, 0, demo.said);
  await assertNothingLeft(demo, home, pids);
});

test('[DEMO-51] Ctrl-C ends it in the middle of its work, and nothing is left', { timeout: 120_000 }, async (t) => {
  const demo = new Demo(t, '--quiet');
  await demo.shown();
  const { home } = demo;
  const pids = treeOf(demo.child.pid ?? 0);
  demo.child.kill('SIGINT');
  await demo.ended();
  await assertNothingLeft(demo, home, pids);
});

test('[DEMO-52] a folder that is not a demonstration’s is refused and stays', { timeout: 60_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-not-a-demo-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const home = join(folder, 'in');
  mkdirSync(home);
  writeFileSync(join(home, 'x'), 'x');
  const demo = new Demo(t, '--home', home);
  await demo.ended();
  assert.equal(demo.child.exitCode, 1);
  assert.match(demo.said, /is not a demonstration/);
  assert.equal(readFileSync(join(home, 'x'), 'utf8'), 'x');
});
