// npm run bench -- --hl7 [--seconds N | --messages N] [--connections 1,16,64] [--peer DIR] [--json FILE]
// Messages a second that are durable before they are acknowledged, and what one costs in each process; beside node-hl7-server, which keeps
// nothing, in the same run.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Gateway } from '../gateway.ts';
import { freePort } from '../peers.ts';
import { cpuSecondsByProgram, memoryOf } from './processes.ts';

const HELP = `npm run bench -- --hl7 [--seconds N | --messages N] [--connections LIST] [--peer DIR] [--json FILE]
  --seconds      of each measurement (10)
  --messages     of each measurement, however long they take: what a message costs is then compared for the same work
  --connections  how many at once, turn about (1,16,64)
  --peer         folder where node-hl7-server is installed: measured beside, in the same run; it keeps nothing
  --json         also writes every row to FILE
`;
const SENDER = fileURLToPath(new URL('./hl7-sender.ts', import.meta.url));
const PEER = fileURLToPath(new URL('./hl7-peer.ts', import.meta.url));

const { values } = parseArgs({
  options: {
    hl7: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
    seconds: { type: 'string' },
    messages: { type: 'string' },
    connections: { type: 'string' },
    peer: { type: 'string' },
    json: { type: 'string' },
  },
});

type Costs = Readonly<Record<string, number>>;

interface Row {
  readonly who: string;
  readonly connections: number;
  readonly messages: number;
  readonly refused: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor a message until the last was answered, by program; then until all were entered into charts. */
  readonly answered: Costs;
  readonly entered: Costs;
  /** Messages a second over both: what can be sent without end. */
  readonly sustained: number;
  readonly memoryMb: number;
  /** Of the last minute, whoever's it is. */
  readonly load: number;
}

interface Run {
  readonly connections: number;
  readonly seconds: number;
  readonly messages: number;
}

type Figures = Record<'accepted' | 'refused' | 'ms' | 'p50' | 'p99' | 'cpuSeconds', number>;

let runs = 0;

async function send(port: number, { connections, seconds, messages }: Run): Promise<Figures> {
  runs += 1;
  const args = ['--no-warnings', SENDER, ...[port, connections, seconds, messages].map(String), `r${runs}n`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  await once(child, 'exit');
  return JSON.parse(said) as Figures;
}

/** @param settle waits until nothing is left to be done of what was answered. */
async function measure(who: string, port: number, pid: number, run: Run, settle: () => Promise<void>): Promise<Row> {
  const first = who === 'node-hl7-server' ? 'server' : 'keeper';
  const before = cpuSecondsByProgram(pid, first);
  const beganMs = performance.now();
  const { accepted: messages, refused, ms, p50, p99, cpuSeconds } = await send(port, run);
  const between = cpuSecondsByProgram(pid, first);
  const load = loadavg()[0] ?? 0;
  await settle();
  const settledMs = performance.now() - beganMs;
  return {
    ...{ who, connections: run.connections, messages, refused, p50, p99, load },
    perSecond: Math.round((messages * 1000) / ms),
    sustained: Math.round((messages * 1000) / settledMs),
    answered: { ...costs(before, between, messages), sender: Math.round((cpuSeconds * 1e6) / messages) },
    entered: costs(between, cpuSecondsByProgram(pid, first), messages),
    memoryMb: memoryOf(pid, 'VmHWM') / 1e6,
  };
}

/** Microseconds a message, of what cost any. */
function costs(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, messages: number): Costs {
  const each = [...after].map(([program, seconds]): [string, number] => [
    program,
    Math.round(((seconds - (before.get(program) ?? 0)) * 1e6) / messages),
  ]);
  return Object.fromEntries(each.filter(([, micros]) => micros > 0));
}

function say(row: Row): void {
  const figures = `${String(row.perSecond).padStart(6)}/s  p50 ${row.p50.toFixed(1)} ms  p99 ${row.p99.toFixed(1)} ms`;
  const rest = `load ${row.load.toFixed(1)}, ${row.memoryMb.toFixed(0)} MB`;
  process.stdout.write(`${row.who.padEnd(16)} ${String(row.connections).padStart(4)} conn.  ${figures}  ${rest}\n`);
  process.stdout.write(`  µs of processor a message until answered: ${inWords(row.answered)}\n`);
  if (Object.keys(row.entered).length > 0)
    process.stdout.write(`  then until entered into charts: ${inWords(row.entered)}; ${row.sustained}/s until then\n`);
}

function inWords(each: Costs): string {
  const sum = Object.values(each).reduce((a, b) => a + b, 0);
  const parts = Object.entries(each).map(([program, micros]) => `${program} ${micros}`);
  return `${parts.join(', ')}: ${sum}`;
}

async function settled(gateway: Gateway): Promise<void> {
  for (;;) {
    const { feeds } = JSON.parse(await gateway.cli('feed', 'list', '--json')) as { feeds: { waiting: number }[] };
    if ((feeds[0]?.waiting ?? 0) === 0) return;
    await delay(500);
  }
}

async function startPeer(folder: string): Promise<{ readonly port: number; readonly pid: number; stop(): void }> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--no-warnings', PEER, join(folder, 'node_modules'), String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return { port, pid: child.pid ?? 0, stop: () => child.kill() };
}

if (values.help === true) process.stdout.write(HELP);
else {
  const messages = Number(values.messages ?? 0);
  const seconds = Number(values.seconds ?? (messages === 0 ? 10 : 3600));
  const counts = (values.connections ?? '1,16,64').split(',').map(Number);
  const rows: Row[] = [];
  process.stdout.write(`${cpus().length} × ${cpus()[0]?.model}\n`);
  const gateway = await Gateway.start({ withHl7: true });
  const peer = values.peer === undefined ? undefined : await startPeer(values.peer);
  const entered = () => settled(gateway);
  const nothing = async () => {};
  try {
    await gateway.cli('feed', 'add', 'labo', '--from', '127.0.0.1', '--most-per-second', '100000');
    await measure('warm up', gateway.hl7, gateway.pid, { connections: 8, seconds: 4, messages: 0 }, entered);
    for (const connections of counts) {
      const run = { connections, seconds, messages };
      rows.push(await measure('Leadglass', gateway.hl7, gateway.pid, run, entered));
      say(rows.at(-1) as Row);
      if (peer === undefined) continue;
      // For a time and not for so many: it may need very long.
      const ofPeer = { connections, seconds: Math.min(seconds, 10), messages: 0 };
      rows.push(await measure('node-hl7-server', peer.port, peer.pid, ofPeer, nothing));
      say(rows.at(-1) as Row);
    }
  } finally {
    peer?.stop();
    await gateway.dispose();
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, undefined, 2)}\n`);
}
