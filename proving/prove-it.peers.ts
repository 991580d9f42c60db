import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { LogEntry } from '@leadglass/contract';
import { ControlClient } from '../apps/cli/src/client.ts';
import { Receiver } from '../apps/cli/src/prove-it/receiver.ts';
import { CLI, COMPILED, Gateway } from './gateway.ts';
import { childrenOf } from './processes.ts';

/** A part of the pack, for every day; the whole of it is in prove-it.long.ts. */
const PART = 'control,B5,B7,B10,B14,B16,B26';
const SEED = '20261127';

interface Line {
  readonly kind: string;
  readonly id: string;
  readonly class: string;
  readonly deed: string;
  readonly isRight: boolean;
  readonly leftovers: Counts;
  readonly cleared: Counts;
  readonly attacks: number;
  readonly through: number;
  readonly controls: number;
  readonly controlsDelivered: number;
  readonly error?: { readonly code: string };
}

interface Counts {
  readonly peers: number;
  readonly routes: number;
  readonly destinations: number;
  readonly holds: number;
}

interface Ran {
  readonly code: number | null;
  readonly lines: readonly Line[];
}

type Config = Readonly<Record<'peers' | 'destinations' | 'routes', readonly unknown[]>>;

function begin(words: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--no-warnings', CLI, 'prove-it', '--json', '--seed', SEED, ...words], {
    env: { ...process.env, ...COMPILED, LEADGLASS_HOME: gateway.home, LEADGLASS_LANG: 'en' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Runs it; `onLine` may end it. */
async function proveIt(
  words: readonly string[],
  onLine: (child: ChildProcess, line: string) => void = () => {},
): Promise<Ran> {
  const child = begin(words);
  let rest = '';
  const lines: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const pieces = (rest + chunk).split('\n');
    rest = pieces.pop() ?? '';
    for (const piece of pieces) onLine(child, piece);
    lines.push(...pieces);
  });
  const [code] = await once(child, 'close');
  return { code, lines: code === 2 ? [] : lines.map((line) => JSON.parse(line) as Line) };
}

let gateway: Gateway;
let client: ControlClient;
let archive: Receiver;
/** The site's own settings: an archive that gets everything. Every test leaves them as they are. */
let settings: Config;

before(async () => {
  gateway = await Gateway.start({ withTls: true });
  client = new ControlClient(gateway.home);
  archive = await Receiver.listen();
  await gateway.cli('peer', 'add', 'OPEN', '--from', '192.0.2.0/24', '--allow', 'store', '--strictness', 'permissive');
  await gateway.cli('destination', 'add', 'pacs', '--to', `127.0.0.1:${archive.port}`, '--called', 'PACS');
  await gateway.cli('route', 'add', '--from', '*', '--to', 'pacs');
  settings = await configOf();
  assert.equal(settings.peers.length, 1);
});

after(async () => {
  await gateway.dispose();
  await archive.close();
});

async function configOf(): Promise<Config> {
  return (await client.call('config.show', {})).config;
}

const holdsNow = async (): Promise<number> => (await client.call('status', {})).holds;

async function eventsOf(): Promise<readonly LogEntry['event'][]> {
  return (await client.call('log', { limit: 10_000 })).entries.map(({ event }) => event);
}

test('[PROVE-60] prove-it against a site: every attack stopped, every control delivered, nothing to its archive, everything put back and recorded', async () => {
  const intakes = childrenOf(gateway.pid);
  const path = join(gateway.home, 'report.html');
  const { code, lines } = await proveIt(['--only', PART, '--report', path]);
  const wrong = lines.filter(({ kind, isRight }) => kind === 'attack' && !isRight);
  assert.deepEqual(wrong, []);
  assert.equal(code, 0);
  const end = lines.at(-1) as Line;
  assert.equal(end.kind, 'end');
  assert.ok(end.attacks > 40, `${end.attacks}`);
  assert.ok(end.controls >= 7 && end.controlsDelivered === end.controls);
  assert.ok(
    intakes.every((pid) => childrenOf(gateway.pid).includes(pid)),
    'an intake ended',
  );
  assert.deepEqual(await configOf(), settings);
  assert.equal(await holdsNow(), 0);
  const events = await eventsOf();
  assert.equal(events.filter(({ kind }) => kind === 'hold.destroyed').length, end.cleared.holds);
  assert.ok(end.cleared.holds > 20);
  const delivered = events.filter(({ kind }) => kind === 'delivery.delivered');
  assert.ok(delivered.length >= end.controls);
  assert.ok(delivered.every(({ destination }) => destination === 'LG-PROVEIT'));
  await gateway.cli('ledger', 'verify');
  assert.match(readFileSync(path, 'utf8'), /class="verdict good"/);
});

test('[PROVE-61] the proof can fail: a flow that passes the doubtful yields exit 1 and the lines that got through', async () => {
  const { code, lines } = await proveIt(['--only', 'B16', '--like', 'OPEN']);
  assert.equal(code, 1);
  const through = lines.filter(({ kind, isRight }) => kind === 'attack' && !isRight);
  assert.ok(through.length >= 4 && through.every(({ deed }) => deed === 'passed'));
  assert.equal(lines.at(-1)?.through, through.length);
});

test('[PROVE-62] whatever ends it, nothing of the test stays: Ctrl-C puts everything back, a kill is put right by the next run', async () => {
  let interrupts = 0;
  const stopped = await proveIt(['--only', 'control,B5'], (child, line) => {
    if (!line.includes('"attack"') || interrupts > 0) return;
    interrupts += 1;
    child.kill('SIGINT');
  });
  assert.equal(stopped.code, 130);
  assert.ok(stopped.lines.filter(({ kind }) => kind === 'attack').length < 10, 'it did not go on');
  assert.deepEqual(await configOf(), settings);
  await proveIt(['--only', 'B5'], (child, line) => {
    if (line.includes('"held"')) child.kill('SIGKILL');
  });
  assert.equal((await configOf()).peers.length, settings.peers.length + 3);
  const { code, lines } = await proveIt(['--only', 'B14']);
  assert.equal(code, 0);
  const { peers, routes, destinations, holds } = (lines[0] as Line).leftovers;
  assert.deepEqual([peers, routes, destinations], [3, 1, 1]);
  assert.ok(holds >= 1);
  assert.deepEqual(await configOf(), settings);
  assert.equal(await holdsNow(), 0);
});

test('[PROVE-63] it does not begin where it would do harm or prove nothing: exit 2, and nothing is changed', async () => {
  await gateway.cli('route', 'add', '--from', 'LG-PROVEIT', '--to', 'pacs');
  assert.equal((await proveIt(['--only', 'control'])).code, 2);
  await gateway.cli('route', 'remove', '--from', 'LG-PROVEIT', '--to', 'pacs');
  assert.equal((await proveIt(['--like', 'NOBODY'])).code, 2);
  assert.deepEqual(await configOf(), settings);
  const first = begin(['--only', 'B3']);
  const ended = once(first, 'close');
  await once(first.stdout as NonNullable<ChildProcess['stdout']>, 'data');
  assert.equal((await proveIt(['--only', 'control'])).code, 2, 'a second one at the same time');
  first.kill('SIGTERM');
  await ended;
  assert.deepEqual(await configOf(), settings);
});

test('[PROVE-65] over TLS it shows a certificate of the moment, and who shows none or another is not let in', async () => {
  const { code, lines } = await proveIt(['--only', 'control,B14,B22', '--tls']);
  assert.equal(code, 0);
  const end = lines.at(-1) as Line;
  assert.ok(end.attacks >= 7 && end.controls >= 7);
  const accepted = (await eventsOf()).filter(({ evidence }) => evidence === 'certificate');
  assert.ok(accepted.length >= end.controls && accepted.every(({ listener }) => listener === 'dimse-tls'));
  assert.deepEqual(await configOf(), settings);
});
