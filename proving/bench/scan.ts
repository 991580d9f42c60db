// npm run bench -- --scan [--quick] [--runs N] [--only SET,…] [--json FILE]
// `leadglass scan`, ClamAV, YARA and a walk with pydicom over the same files in one run: one core each, turn about.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { which } from '../peers.ts';
import { makeScanSets, makeStartSet, type ScanSet } from './scan-sets.ts';
import { runScanner, type Scanner, type ScanRun, scanners } from './scanners.ts';

/** What one scanner did with one set: medians over the runs. */
interface Row {
  readonly set: string;
  readonly scanner: string;
  readonly seconds: number;
  readonly megabytesPerSecond: number;
  readonly filesPerSecond: number;
  /** The same without the time to start, which a large folder makes small. */
  readonly netMegabytesPerSecond: number;
  readonly netFilesPerSecond: number;
  readonly cpuSeconds: number;
  /** For each second of processor time, without that of the start: what a core gives when nobody else wants it. */
  readonly megabytesPerCpuSecond: number;
  readonly filesPerCpuSecond: number;
  readonly peakMegabytes: number;
}

const HELP = `npm run bench -- --scan [--quick] [--runs N] [--only SET,…] [--json FILE]
  --quick   one run over a tenth of the files
  --runs    runs of each (3); medians are printed
  --only    sets: ct-512x512x16 sr-5kB
  --json    also writes every row to FILE
`;

const { values } = parseArgs({
  options: {
    scan: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
    quick: { type: 'boolean' },
    runs: { type: 'string' },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function rowOf(set: ScanSet, scanner: Scanner, runs: readonly ScanRun[], starts: readonly ScanRun[]): Row {
  const seconds = middle(runs.map((run) => run.seconds));
  const cpuSeconds = middle(runs.map((run) => run.cpuSeconds));
  // A set too small to be told from the start has no rate.
  const without = (all: number, start: number): number => (all > start ? all - start : Number.NaN);
  const net = without(seconds, middle(starts.map((run) => run.seconds)));
  const netCpu = without(cpuSeconds, middle(starts.map((run) => run.cpuSeconds)));
  return {
    set: set.name,
    scanner: scanner.name,
    seconds,
    megabytesPerSecond: set.bytes / 1e6 / seconds,
    filesPerSecond: set.files / seconds,
    netMegabytesPerSecond: set.bytes / 1e6 / net,
    netFilesPerSecond: set.files / net,
    cpuSeconds,
    megabytesPerCpuSecond: set.bytes / 1e6 / netCpu,
    filesPerCpuSecond: set.files / netCpu,
    peakMegabytes: middle(runs.map((run) => run.peakMegabytes)),
  };
}

/** Turn about, so that what disturbs the machine for a while disturbs all alike. */
function measure(set: ScanSet, all: readonly Scanner[], runs: number, work: string): ReadonlyMap<Scanner, ScanRun[]> {
  const samples = new Map<Scanner, ScanRun[]>(all.map((scanner) => [scanner, []]));
  for (let run = 0; run < runs; run += 1)
    for (const scanner of all) samples.get(scanner)?.push(runScanner(scanner, set.folder, work));
  return samples;
}

const HEADS = ['s', 'MB/s', 'files/s', 'net MB/s', 'net f/s', 'CPU s', 'MB/CPU s', 'f/CPU s', 'peak MB'];
const CELL = 10;

const whole = (figure: number): string => (Number.isFinite(figure) ? figure.toFixed(0) : '–');

function print(rows: readonly Row[]): void {
  const own = rows.find(({ scanner }) => scanner === 'leadglass');
  for (const row of rows) {
    const figures = [
      row.seconds.toFixed(2),
      whole(row.megabytesPerSecond),
      whole(row.filesPerSecond),
      whole(row.netMegabytesPerSecond),
      whole(row.netFilesPerSecond),
      row.cpuSeconds.toFixed(2),
      whole(row.megabytesPerCpuSecond),
      whole(row.filesPerCpuSecond),
      whole(row.peakMegabytes),
    ];
    const ratio = own === undefined || own === row ? '' : `  leadglass is ${(row.seconds / own.seconds).toFixed(2)} ×`;
    const cells = figures.map((figure) => figure.padStart(CELL)).join('');
    process.stdout.write(`${row.set.padEnd(15)}${row.scanner.padEnd(11)}${cells}${ratio}\n`);
  }
}

async function bench(work: string): Promise<void> {
  const runs = Number(values.runs ?? (values.quick === true ? 1 : 3));
  const all = await scanners(work);
  try {
    const wanted = values.only?.split(',');
    const sets = makeScanSets(work, values.quick === true ? 0.1 : 1).filter(
      ({ name }) => wanted?.includes(name) ?? true,
    );
    process.stdout.write(
      `${new Date().toISOString()}  ${cpus().length} × ${cpus()[0]?.model ?? ''}, one core used  Node ${process.version}  median of ${runs}\n`,
    );
    for (const { name, what } of all) process.stdout.write(`${name}: ${what}\n`);
    process.stdout.write(
      'net, and for each second of CPU: without the start, measured on one small file; peak: of the largest process\n',
    );
    process.stdout.write(`${''.padEnd(26)}${HEADS.map((head) => head.padStart(CELL)).join('')}\n`);
    const starts = measure(makeStartSet(work), all, Math.max(3, runs), work);
    const rows: Row[] = [];
    for (const set of sets) {
      const samples = measure(set, all, runs, work);
      const measured = all.map((scanner) => rowOf(set, scanner, samples.get(scanner) ?? [], starts.get(scanner) ?? []));
      print(measured);
      rows.push(...measured);
    }
    const json = {
      at: new Date().toISOString(),
      runs,
      sets,
      scanners: all.map(({ name, what }) => ({ name, what })),
      rows,
    };
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(json, null, 2)}\n`);
  } finally {
    for (const { server } of all) server?.kill('SIGTERM');
  }
}

if (values.help === true) process.stdout.write(HELP);
else if (which('taskset') === undefined || which('time') === undefined) {
  process.stderr.write('taskset (util-linux) and GNU time are needed to measure one core.\n');
  process.exitCode = 2;
} else {
  const work = mkdtempSync(join(tmpdir(), 'leadglass-bench-scan-'));
  try {
    await bench(work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
