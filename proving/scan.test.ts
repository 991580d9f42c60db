import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { after, test } from 'node:test';
import { commonElements, fileOf, type Image, imageElements, TRANSFER } from '../apps/cli/src/prove-it/pack/object.ts';
import { Seeded } from '../apps/cli/src/prove-it/pack/seeded.ts';
import { zip } from '../apps/cli/src/scan/zip.testkit.ts';
import { inspect } from './corpus/inspect.ts';
import { variants } from './corpus/variants.ts';
import { requirePeer, requireSharedData } from './peers.ts';
import { watchMemory } from './processes.ts';

const MAIN = join(import.meta.dirname, '..', 'apps', 'cli', 'src', 'main.ts');
const FOLDER = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-proving-scan-')));
const SEED = Number(process.env.LEADGLASS_SEED ?? 20_261_124);
const FILES = 300;
const MOST_MEMORY_BYTES = 400e6;
const TWO_GIGABYTES = 2 ** 31;
after(() => rmSync(FOLDER, { recursive: true, force: true }));

interface Line {
  readonly path: string;
  readonly verdict: string;
  readonly findings: readonly { readonly code: string }[];
}

interface Scanned {
  readonly lines: readonly Line[];
  readonly code: number | null;
  /** Bytes, of all its processes together. */
  readonly peak: number;
}

async function scan(words: readonly string[], input?: Uint8Array): Promise<Scanned> {
  const child = spawn(process.execPath, [MAIN, 'scan', ...words, '--json'], {
    cwd: FOLDER,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const memory = watchMemory(child.pid ?? 0);
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    out += chunk;
  });
  const [code] = await once(child, 'close');
  const lines = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  return { lines, code, peak: memory.stop().pss };
}

test('[CORPUS-13] a folder, an archive and the standard input are told like the files themselves', async () => {
  mkdirSync(join(FOLDER, 'variants'));
  const expected: string[] = [];
  const members: { name: string; data: Buffer }[] = [];
  for await (const { bytes } of variants(SEED, FILES)) {
    const name = `${String(members.length).padStart(5, '0')}.dcm`;
    writeFileSync(join(FOLDER, 'variants', name), bytes);
    members.push({ name, data: bytes });
    const { verdict, findings } = await inspect(bytes);
    expected.push(`${name} ${verdict} ${findings.map(({ code }) => code).join(' ')}`);
  }
  const archive = zip(...members);
  writeFileSync(join(FOLDER, 'variants.zip'), archive);
  const [folder, zipped, piped] = await Promise.all([
    scan(['variants', '--jobs', '2']),
    scan(['variants.zip']),
    scan(['-'], archive),
  ]);
  const told = (lines: readonly Line[], prefix: string) =>
    lines
      .filter(({ path }) => path.startsWith(prefix))
      .map(
        ({ path, verdict, findings }) =>
          `${path.slice(prefix.length)} ${verdict} ${findings.map(({ code }) => code).join(' ')}`,
      );
  assert.deepEqual(told(folder.lines, 'variants/'), expected);
  assert.deepEqual(told(zipped.lines, 'variants.zip!/'), expected);
  assert.deepEqual(told(piped.lines, '-!/'), expected);
  assert.deepEqual([folder.code, zipped.code, piped.code], [1, 1, 1]);
});

/** Verdicts that are right for an expected one: blocked under another name is blocked. */
const RIGHT: Readonly<Record<string, readonly string[]>> = {
  clean: ['clean'],
  suspicious: ['suspicious', 'malformed', 'malicious'],
  malformed: ['malformed', 'malicious'],
  malicious: ['malformed', 'malicious'],
};

/** Classes whose inspectors are not all built: shown, and asked of nobody. */
const NOT_YET: ReadonlySet<string> = new Set(['eicar', 'hidden-payload']);

test('[CORPUS-14] every labelled file gets its verdict from scan', async (t) => {
  const data = requireSharedData(t);
  if (data === undefined) return;
  const { lines } = await scan([data]);
  const verdictOf = new Map(lines.map(({ path, verdict }) => [path.slice(data.length + 1), verdict]));
  const rows = readFileSync(join(data, 'labels.tsv'), 'utf8').split('\n').slice(1);
  const wrong: [name: string, told: string][] = [];
  let count = 0;
  for (const row of rows.filter((one) => one !== '' && !one.startsWith('hl7/'))) {
    const [path = '', name = '', expected = ''] = row.split('\t');
    const reached = verdictOf.get(path) ?? 'not told';
    count += 1;
    const isRight =
      name === 'real-malformed'
        ? ['suspicious', 'malformed', 'malicious'].includes(reached)
        : RIGHT[expected]?.includes(reached);
    if (isRight !== true) wrong.push([name, `${path}: ${reached}, not ${expected}`]);
  }
  t.diagnostic(`${count - wrong.length} of ${count} labelled files as expected`);
  const due = wrong.filter(([name]) => !NOT_YET.has(name)).map(([, told]) => told);
  assert.equal(due.length, 0, due.join('\n'));
});

/** A picture of 2 GB, all but its header a hole in the file. */
function hugeFile(path: string): void {
  const random = new Seeded('huge');
  const image: Image = {
    rows: 32_768,
    columns: 32_768,
    samples: 1,
    allocated: 16,
    stored: 16,
    frames: 1,
    photometric: 'MONOCHROME2',
    planar: 0,
  };
  const sopInstanceUid = random.uid();
  const sopClassUid = '1.2.840.10008.5.1.4.1.1.7';
  const elements = [...commonElements(random, sopClassUid, sopInstanceUid, 'OT'), ...imageElements(image)];
  const head = fileOf({ sopClassUid, sopInstanceUid, transferSyntaxUid: TRANSFER.implicit, elements });
  const pixels = Buffer.alloc(8);
  pixels.writeUInt32LE(0x00107fe0, 0);
  pixels.writeUInt32LE(TWO_GIGABYTES, 4);
  writeFileSync(path, Buffer.concat([head, pixels]));
  truncateSync(path, head.length + pixels.length + TWO_GIGABYTES);
}

test('[CORPUS-15] a file of 2 GB and an archive bomb in bounded memory', async (t) => {
  hugeFile(join(FOLDER, 'huge.dcm'));
  const huge = await scan(['huge.dcm']);
  const member = Buffer.alloc(128 * 1024 * 1024);
  const bomb = createWriteStream(join(FOLDER, 'bomb.zip'));
  bomb.end(zip(...Array.from({ length: 8 }, (_, at) => ({ name: `${at}.bin`, data: member }))));
  await finished(bomb);
  const burst = await scan(['bomb.zip']);
  t.diagnostic(`2 GB file: ${Math.round(huge.peak / 1e6)} MB; bomb: ${Math.round(burst.peak / 1e6)} MB`);
  assert.deepEqual([huge.lines.map(({ verdict }) => verdict), huge.code], [['clean'], 0]);
  assert.ok(burst.lines.at(-1)?.findings.some(({ code }) => code === 'archive.bomb'));
  assert.ok(Math.max(huge.peak, burst.peak) < MOST_MEMORY_BYTES);
});

/** What Python's own writer makes of one file: stored, packed, written without knowing lengths, and in the 64-bit form. */
const PYTHON_ZIPS = `
import io, sys, zipfile
data = open(sys.argv[1], 'rb').read()
class Pipe(io.RawIOBase):
    def __init__(self, file): self.file = file
    def writable(self): return True
    def write(self, some): return self.file.write(some)
for name, method in (('stored', zipfile.ZIP_STORED), ('packed', zipfile.ZIP_DEFLATED)):
    with zipfile.ZipFile(f'{sys.argv[2]}/{name}.zip', 'w', method) as archive:
        archive.writestr('IMAGES/é.dcm', data)
        archive.writestr('empty/', b'')
        archive.writestr('nothing.txt', b'')
    with open(f'{sys.argv[2]}/{name}-piped.zip', 'wb') as file, zipfile.ZipFile(Pipe(file), 'w', method) as archive:
        archive.writestr('a.dcm', data)
        archive.writestr('b.dcm', data)
    with zipfile.ZipFile(f'{sys.argv[2]}/{name}-64.zip', 'w', method) as archive:
        with archive.open('a.dcm', 'w', force_zip64=True) as member: member.write(data)
for name, method in (('bzip2', zipfile.ZIP_BZIP2), ('lzma', zipfile.ZIP_LZMA)):
    with zipfile.ZipFile(f'{sys.argv[2]}/{name}.zip', 'w', method) as archive:
        archive.writestr('a.dcm', data)
`;

test('[CORPUS-16] archives that another program wrote are read whole, and those it packed in rare ways are said', async (t) => {
  const python = requirePeer(t, 'python3');
  if (python === undefined) return;
  const folder = join(FOLDER, 'python');
  mkdirSync(folder);
  for await (const { least, bytes } of variants(SEED, 5))
    if (least === 'clean') writeFileSync(join(FOLDER, 'one.dcm'), bytes);
  execFileSync(python, ['-c', PYTHON_ZIPS, join(FOLDER, 'one.dcm'), folder]);
  const { lines } = await scan(['python']);
  const told = lines.map(
    ({ path, verdict, findings }) =>
      `${path.slice(7)} ${verdict} ${findings.find(({ code }) => code.startsWith('archive'))?.code ?? ''}`,
  );
  assert.deepEqual(told, [
    'bzip2.zip!/a.dcm suspicious archive.unknown-method',
    'bzip2.zip suspicious archive.member',
    'lzma.zip!/a.dcm suspicious archive.unknown-method',
    'lzma.zip suspicious archive.member',
    'packed-64.zip!/a.dcm clean ',
    'packed-64.zip clean ',
    'packed-piped.zip!/a.dcm clean ',
    'packed-piped.zip!/b.dcm clean ',
    'packed-piped.zip clean ',
    'packed.zip!/IMAGES/é.dcm clean ',
    'packed.zip!/nothing.txt clean ',
    'packed.zip clean ',
    'stored-64.zip!/a.dcm clean ',
    'stored-64.zip clean ',
    'stored-piped.zip!/a.dcm clean ',
    'stored-piped.zip!/b.dcm clean ',
    'stored-piped.zip clean ',
    'stored.zip!/IMAGES/é.dcm clean ',
    'stored.zip!/nothing.txt clean ',
    'stored.zip clean ',
  ]);
});
