import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EICAR } from '../../apps/cli/src/prove-it/pack/payloads.ts';
import { pythonWithPydicom, which } from '../peers.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const RULES = join(ROOT, 'packages', 'inspect', 'rules');
/** All run on this core, so that a rate is a rate of one core. */
const CORE = '1';
const CLAMD_READY_MS = 20_000;

/** Something that looks at a folder of files, and how it is called. */
export interface Scanner {
  readonly name: string;
  /** What is measured, in a few words for the table's legend. */
  readonly what: string;
  command(folder: string): readonly string[];
  /** Exit codes that mean it did its work. */
  readonly good: readonly number[];
  /** A server to be ended afterwards, whose processor time is the scanner's. */
  readonly server?: ChildProcess;
}

/** One run of a scanner over a folder. */
export interface ScanRun {
  readonly seconds: number;
  /** User and system, of the process and its children. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/** Pydicom's whole walk: every element of every file, pixel data read and not decoded. */
const PYDICOM = `
import os, sys
import pydicom
for folder, _, names in os.walk(sys.argv[1]):
    for name in sorted(names):
        with pydicom.dcmread(os.path.join(folder, name), force=True) as data_set:
            for element in data_set.iterall():
                len(element.value) if hasattr(element.value, '__len__') else element.value
`;

function pinned(...words: readonly string[]): readonly string[] {
  return ['taskset', '-c', CORE, ...words];
}

function leadglass(): Scanner {
  const main = join(ROOT, 'apps', 'cli', 'src', 'main.ts');
  return {
    name: 'leadglass',
    what: 'scan, all inspectors, one sandboxed worker',
    command: (folder) =>
      pinned(process.execPath, '--max-semi-space-size=2', '--no-warnings', main, 'scan', folder, '--jobs', '1'),
    good: [0],
  };
}

const OFFICIAL_DATABASE = '/var/lib/clamav';
const hasOfficialDatabase =
  existsSync(OFFICIAL_DATABASE) && globSync('main.c?d', { cwd: OFFICIAL_DATABASE }).length > 0;
const DATABASE_TOLD = hasOfficialDatabase
  ? 'the official database'
  : 'a database of ours with one signature, its best case (the official one is not here)';

/** ClamAV's own database, or where there is none one of a single signature: nothing else has to be matched then. */
function database(work: string): string {
  if (hasOfficialDatabase) return OFFICIAL_DATABASE;
  const folder = join(work, 'clamav');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'test.ndb'), `Eicar-Test:0:*:${Buffer.from(EICAR, 'latin1').toString('hex')}\n`);
  return folder;
}

function clamscan(work: string): Scanner {
  const db = database(work);
  return {
    name: 'clamscan',
    what: DATABASE_TOLD,
    command: (folder) => pinned('clamscan', '-d', db, '-r', '--infected', '--no-summary', folder),
    good: [0],
  };
}

function clamdConfiguration(work: string): string {
  const lines = [
    `DatabaseDirectory ${database(work)}`,
    `LocalSocket ${join(work, 'clamd.sock')}`,
    'Foreground yes',
    'MaxThreads 1',
    'MaxRecursion 17',
    'ConcurrentDatabaseReload no',
  ];
  const file = join(work, 'clamd.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

async function clamdscan(work: string): Promise<Scanner> {
  const file = clamdConfiguration(work);
  chmodSync(work, 0o755);
  const clamd = which('clamd') ?? 'clamd';
  const server = spawn('taskset', ['-c', CORE, clamd, '-c', file], { stdio: 'ignore' });
  await listening(join(work, 'clamd.sock'), server);
  return {
    name: 'clamdscan',
    what: `${DATABASE_TOLD}, server already started`,
    command: (folder) => pinned('clamdscan', '-c', file, '--fdpass', '--infected', '--no-summary', folder),
    good: [0],
    server,
  };
}

async function listening(socket: string, server: ChildProcess): Promise<void> {
  for (const deadline = performance.now() + CLAMD_READY_MS; ; ) {
    const isThere = await new Promise<boolean>((settle) => {
      const tried = connect(socket, () => settle(true)).once('error', () => settle(false));
      tried.unref();
      tried.once('connect', () => tried.destroy());
    });
    if (isThere) return;
    if (server.exitCode !== null || performance.now() > deadline) throw new Error('clamd does not start');
    await delay(100);
  }
}

/** YARA's own rules reader may refuse what YARA-X takes: then the rules it refuses are left out, and that is said. */
function yara(work: string): Scanner {
  const files = globSync('**/*.{yar,yara}', { cwd: RULES })
    .map((name) => join(RULES, name))
    .sort();
  const taken = files.filter((file) => spawnSync('yarac', [file, join(work, 'rules.yac')]).status === 0);
  const rules = join(work, 'rules.yar');
  writeFileSync(rules, taken.length > 0 ? taken.map((file) => `include "${file}"`).join('\n') : NO_RULES);
  return {
    name: 'yara',
    what: taken.length > 0 ? `${taken.length} of our ${files.length} rule files` : 'one rule (ours are not there)',
    command: (folder) => pinned('yara', '-w', '-r', '-p', '1', rules, folder),
    good: [0],
  };
}

const NO_RULES = `rule eicar { strings: $a = ${JSON.stringify(EICAR)} condition: $a }\n`;

function pydicom(interpreter: string, work: string): Scanner {
  const script = join(work, 'walk.py');
  writeFileSync(script, PYDICOM);
  return {
    name: 'pydicom',
    what: 'dcmread and a walk over every element; inspects nothing',
    command: (folder) => pinned(interpreter, script, folder),
    good: [0],
  };
}

/** Every scanner that is installed. @param work an empty folder for their files. */
export async function scanners(work: string): Promise<readonly Scanner[]> {
  const found: Scanner[] = [leadglass()];
  if (which('clamscan') !== undefined) found.push(clamscan(work));
  if (which('clamd') !== undefined && which('clamdscan') !== undefined) found.push(await clamdscan(work));
  if (which('yara') !== undefined) found.push(yara(work));
  const interpreter = pythonWithPydicom();
  if (interpreter !== undefined) found.push(pydicom(interpreter, work));
  return found;
}

const TICKS_PER_SECOND = 100;

function serverSeconds(server: ChildProcess | undefined): number {
  if (server?.pid === undefined || !existsSync(`/proc/${server.pid}/stat`)) return 0;
  const stat = readFileSync(`/proc/${server.pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Runs a scanner over `folder` and measures it. Throws when it fails. @param work where GNU time writes. */
export function runScanner(scanner: Scanner, folder: string, work: string): ScanRun {
  const report = join(work, 'time');
  const before = serverSeconds(scanner.server);
  const beganMs = performance.now();
  const done = spawnSync('/usr/bin/time', ['-f', '%U %S %M', '-o', report, ...scanner.command(folder)], {
    stdio: 'pipe',
  });
  const seconds = (performance.now() - beganMs) / 1000;
  if (!scanner.good.includes(done.status ?? -1))
    throw new Error(`${scanner.name} ended with ${done.status}: ${done.stderr?.toString().slice(0, 2000)}`);
  const [user = 0, system = 0, kilobytes = 0] = (readFileSync(report, 'utf8').trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number);
  const cpuSeconds = user + system + serverSeconds(scanner.server) - before;
  return { seconds, cpuSeconds, peakMegabytes: kilobytes / 1000 };
}
