// npm run bench -- --hl7 [--seconds N] [--connections 1,16,64] [--peer DIR] [--json FILE]
// Messages a second that are durable before they are acknowledged; beside node-hl7-server, which keeps nothing, in the same run.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Gateway } from '../gateway.ts';
import { freePort } from '../peers.ts';
import { cpuSecondsOf, memoryOf } from './processes.ts';

const HELP = `npm run bench -- --hl7 [--seconds N] [--connections LIST] [--peer DIR] [--json FILE]
  --seconds      of each measurement (10)
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
    connections: { type: 'string' },
    peer: { type: 'string' },
    json: { type: 'string' },
  },
});

interface Row {
  readonly who: string;
  readonly connections: number;
  readonly messages: number;
  readonly refused: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuSeconds: number;
  readonly memoryMb: number;
}

let runs = 0;

async function measure(who: string, port: number, pid: number, connections: number, seconds: number): Promise<Row> {
  runs += 1;
  const args = ['--no-warnings', SENDER, String(port), String(connections), String(seconds), `r${runs}n`];
  const before = cpuSecondsOf(pid);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  await once(child, 'exit');
  const figures = JSON.parse(said) as Record<'accepted' | 'refused' | 'ms' | 'p50' | 'p99', number>;
  const { accepted: messages, refused, ms, p50, p99 } = figures;
  const perSecond = Math.round((messages * 1000) / ms);
  const cpuSeconds = cpuSecondsOf(pid) - before;
  return {
    who,
    connections,
    messages,
    refused,
    perSecond,
    p50,
    p99,
    cpuSeconds,
    memoryMb: memoryOf(pid, 'VmHWM') / 1e6,
  };
}

function say(row: Row): void {
  const figures = `${String(row.perSecond).padStart(6)}/s  p50 ${row.p50.toFixed(1)} ms  p99 ${row.p99.toFixed(1)} ms`;
  const cost = `${((row.cpuSeconds / row.messages) * 1e6).toFixed(0)} µs of processor a message, ${row.memoryMb.toFixed(0)} MB`;
  process.stdout.write(`${row.who.padEnd(16)} ${String(row.connections).padStart(4)} conn.  ${figures}  ${cost}\n`);
}

async function settled(gateway: Gateway): Promise<number> {
  const beganMs = performance.now();
  for (;;) {
    const { feeds } = JSON.parse(await gateway.cli('feed', 'list', '--json')) as { feeds: { waiting: number }[] };
    if ((feeds[0]?.waiting ?? 0) === 0) return performance.now() - beganMs;
    await delay(200);
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
  const seconds = Number(values.seconds ?? 10);
  const counts = (values.connections ?? '1,16,64').split(',').map(Number);
  const rows: Row[] = [];
  process.stdout.write(`${cpus().length} × ${cpus()[0]?.model}\n`);
  const gateway = await Gateway.start({ withHl7: true });
  const peer = values.peer === undefined ? undefined : await startPeer(values.peer);
  try {
    await gateway.cli('feed', 'add', 'labo', '--from', '127.0.0.1', '--most-per-second', '100000');
    await measure('warm up', gateway.hl7, gateway.pid, 8, 2);
    await settled(gateway);
    for (const connections of counts) {
      rows.push(await measure('Leadglass', gateway.hl7, gateway.pid, connections, seconds));
      say(rows.at(-1) as Row);
      const ms = await settled(gateway);
      process.stdout.write(
        `                 all entered into charts ${(ms / 1000).toFixed(1)} s after the last answer\n`,
      );
      if (peer === undefined) continue;
      rows.push(await measure('node-hl7-server', peer.port, peer.pid, connections, seconds));
      say(rows.at(-1) as Row);
    }
  } finally {
    peer?.stop();
    await gateway.dispose();
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, undefined, 2)}\n`);
}
