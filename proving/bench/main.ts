// npm run bench [-- --quick] [-- --only ct-1,sr-4] [-- --runs 5] [-- --json FILE]
// Leadglass, Orthanc and DCMTK's storescp as receivers, side by side in one run: same sender, same objects, turn about.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SHAPES, type Shape } from '../objects.ts';
import { which } from '../peers.ts';
import type { BlastOrder, BlastResult } from './blast.ts';
import { cpuSecondsOf, memoryOf } from './processes.ts';
import { RECEIVERS, type Receiver, type ReceiverName, SENDER, type TlsFiles } from './receivers.ts';
import { type StockFiles, sendStock } from './stock.ts';

interface Case {
  readonly name: string;
  readonly shape: Shape;
  readonly objects: number;
  readonly associations: number;
  readonly isTls: boolean;
  /** `blast`: preloaded, never the limit. `storescu`: DCMTK's own sender, tuned (TCP_NODELAY); `stock`: as installed. */
  readonly sender: 'blast' | 'storescu' | 'stock';
}

/** What one receiver did in one case: medians over the runs. */
interface Row {
  readonly name: string;
  readonly receiver: ReceiverName;
  readonly megabytesPerSecond: number;
  readonly objectsPerSecond: number;
  readonly cpuSecondsPerGigabyte: number;
  readonly peakMegabytes: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
}

const CASES: readonly Case[] = [
  { name: 'ct-1', shape: 'ct', objects: 600, associations: 1, isTls: false, sender: 'blast' },
  { name: 'ct-4', shape: 'ct', objects: 1000, associations: 4, isTls: false, sender: 'blast' },
  { name: 'ct-1-storescu', shape: 'ct', objects: 400, associations: 1, isTls: false, sender: 'storescu' },
  { name: 'ct-1-stock', shape: 'ct', objects: 60, associations: 1, isTls: false, sender: 'stock' },
  { name: 'mr-1', shape: 'mr', objects: 1200, associations: 1, isTls: false, sender: 'blast' },
  { name: 'mr-4', shape: 'mr', objects: 2000, associations: 4, isTls: false, sender: 'blast' },
  { name: 'sr-1', shape: 'sr', objects: 2000, associations: 1, isTls: false, sender: 'blast' },
  { name: 'sr-4', shape: 'sr', objects: 4000, associations: 4, isTls: false, sender: 'blast' },
  { name: 'sr-1-storescu', shape: 'sr', objects: 1500, associations: 1, isTls: false, sender: 'storescu' },
  { name: 'ct-1-tls', shape: 'ct', objects: 400, associations: 1, isTls: true, sender: 'blast' },
  { name: 'ct-4-tls', shape: 'ct', objects: 800, associations: 4, isTls: true, sender: 'blast' },
];

const SETTLE_MS = 2_000;

const HELP = `npm run bench -- [--quick] [--runs N] [--only CASE,…] [--receivers NAME,…] [--json FILE]
  --quick       one run instead of five
  --runs        runs of each case; medians are printed
  --only        cases: ${CASES.map(({ name }) => name).join(' ')}
  --receivers   ${Object.keys(RECEIVERS).join(' ')}
  --json        also writes every row to FILE
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    quick: { type: 'boolean' },
    only: { type: 'string' },
    runs: { type: 'string' },
    json: { type: 'string' },
    receivers: { type: 'string' },
  },
});
if (values.help === true) {
  process.stdout.write(HELP);
  process.exit(0);
}
const runs = Number(values.runs ?? (values.quick === true ? 1 : 5));
const wanted = values.only?.split(',');
const cases = CASES.filter(({ name }) => wanted === undefined || wanted.includes(name));
const names = (values.receivers?.split(',') ?? Object.keys(RECEIVERS)) as ReceiverName[];
// DCMTK (and Orthanc, built on it) writes its answers in two pieces: with Nagle's algorithm on, either stalls 40 ms an object. Not measured here.
process.env.TCP_NODELAY = '1';
const folder = mkdtempSync(join(tmpdir(), 'leadglass-bench-'));

function tlsFiles(): TlsFiles {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:3072',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
    ],
    { stdio: 'ignore' },
  );
  const der = execFileSync('openssl', ['x509', '-in', cert, '-outform', 'DER']);
  return { cert, key, fingerprint: createHash('sha256').update(der).digest('hex') };
}

function blast(order: BlastOrder): BlastResult {
  const script = join(import.meta.dirname, 'blast.ts');
  return JSON.parse(
    execFileSync(process.execPath, ['--no-warnings', script, JSON.stringify(order)], { encoding: 'utf8' }),
  ) as BlastResult;
}

function send(one: Case, receiver: Receiver, tls: TlsFiles, stock: StockFiles): BlastResult {
  if (one.sender !== 'blast')
    return sendStock(stock, one.shape, one.objects, receiver, SENDER, one.sender === 'storescu');
  const secure = one.isTls ? { tls: { cert: tls.cert, key: tls.key } } : {};
  return blast({
    port: receiver.port,
    called: receiver.called,
    calling: SENDER,
    shape: one.shape,
    objects: one.objects,
    associations: one.associations,
    ...secure,
  });
}

type Sample = Omit<Row, 'name' | 'receiver'>;

async function measure(one: Case, name: ReceiverName, tls: TlsFiles, stock: StockFiles): Promise<Sample> {
  const receiver = await RECEIVERS[name](one.isTls ? tls : undefined);
  try {
    // A server runs for months: each receiver first takes as much again, unmeasured, and gets a moment to settle.
    send(one, receiver, tls, stock);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const cpuBefore = cpuSecondsOf(receiver.pid);
    const result = send(one, receiver, tls, stock);
    if (result.stored !== one.objects) {
      const lost = `${name} answered ${one.objects - result.stored} of ${one.objects} objects of ${one.name} with a failure`;
      if (name === 'leadglass') throw new Error(lost);
      process.stdout.write(`  ${lost}\n`);
    }
    return {
      megabytesPerSecond: result.bytes / 1e6 / result.seconds,
      objectsPerSecond: result.stored / result.seconds,
      cpuSecondsPerGigabyte: (cpuSecondsOf(receiver.pid) - cpuBefore) / (result.bytes / 1e9),
      peakMegabytes: memoryOf(receiver.pid, 'VmHWM') / 1e6,
      latencyP50Ms: result.latencyMs.p50,
      latencyP99Ms: result.latencyMs.p99,
    };
  } finally {
    await receiver.stop();
  }
}

function median(samples: readonly Sample[]): Sample {
  const middle = (pick: (sample: Sample) => number): number =>
    samples.map(pick).sort((a, b) => a - b)[samples.length >> 1] ?? 0;
  return {
    megabytesPerSecond: middle((s) => s.megabytesPerSecond),
    objectsPerSecond: middle((s) => s.objectsPerSecond),
    cpuSecondsPerGigabyte: middle((s) => s.cpuSecondsPerGigabyte),
    peakMegabytes: middle((s) => s.peakMegabytes),
    latencyP50Ms: middle((s) => s.latencyP50Ms),
    latencyP99Ms: middle((s) => s.latencyP99Ms),
  };
}

async function measureCase(one: Case, tls: TlsFiles, stock: StockFiles): Promise<Row[]> {
  const samples = new Map<ReceiverName, Sample[]>(names.map((name) => [name, []]));
  for (let run = 0; run < runs; run++) {
    // Turn about, so that what disturbs the machine for a while disturbs all alike.
    for (const name of names) samples.get(name)?.push(await measure(one, name, tls, stock));
  }
  return names.map((receiver) => ({ name: one.name, receiver, ...median(samples.get(receiver) ?? []) }));
}

function print(rows: readonly Row[]): void {
  const own = rows.find(({ receiver }) => receiver === 'leadglass');
  for (const row of rows) {
    const ratio =
      own === undefined || row === own
        ? ''
        : `leadglass is ${(own.objectsPerSecond / row.objectsPerSecond).toFixed(2)} ×`;
    const figures = [
      row.megabytesPerSecond.toFixed(0).padStart(7),
      row.objectsPerSecond.toFixed(0).padStart(8),
      row.cpuSecondsPerGigabyte.toFixed(2).padStart(8),
      row.peakMegabytes.toFixed(0).padStart(7),
      row.latencyP50Ms.toFixed(2).padStart(8),
      row.latencyP99Ms.toFixed(2).padStart(8),
    ];
    process.stdout.write(`${row.name.padEnd(14)} ${row.receiver.padEnd(10)}${figures.join('')}  ${ratio}\n`);
  }
}

for (const tool of ['storescp', 'storescu', 'Orthanc', 'openssl']) {
  if (which(tool) === undefined) {
    process.stderr.write(
      `${tool} is not installed: the benchmark compares with DCMTK and Orthanc (Debian: apt-get install dcmtk orthanc)\n`,
    );
    process.exit(2);
  }
}
const tls = tlsFiles();
const stock: StockFiles = { folder, made: new Map() };
process.stdout.write(
  `${new Date().toISOString()}  ${cpus().length} × ${cpus()[0]?.model ?? ''}  Node ${process.version}  median of ${runs}\n`,
);
process.stdout.write(
  `objects: ${Object.keys(SHAPES).join(', ')}; CPU of the receiver alone, peak memory summed over its processes\n`,
);
process.stdout.write(
  `${'case'.padEnd(14)} ${'receiver'.padEnd(10)}${['MB/s', 'obj/s', 's/GB', 'peak MB', 'p50 ms', 'p99 ms'].map((head, i) => head.padStart([7, 8, 8, 7, 8, 8][i] ?? 8)).join('')}\n`,
);
const rows: Row[] = [];
for (const one of cases) {
  const measured = await measureCase(one, tls, stock);
  rows.push(...measured);
  print(measured);
}
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ at: new Date().toISOString(), runs, rows }, null, 2)}\n`);
rmSync(folder, { recursive: true, force: true });
