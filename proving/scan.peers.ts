import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { zip } from '../apps/cli/src/scan/zip.testkit.ts';
import { inspect } from './corpus/inspect.ts';
import { variants } from './corpus/variants.ts';
import { requirePeer, requireSharedData } from './peers.ts';
import { FOLDER, type Line, proveBounded, scan } from './scanning.ts';

const SEED = Number(process.env.LEADGLASS_SEED ?? 20_261_124);
const FILES = 80;
/** Larger than all processes together may be. 2 GB: scan.long.ts. */
const HUGE_BYTES = 2 ** 29;

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

test('[CORPUS-14] every labelled file gets its verdict from scan', async (t) => {
  const data = requireSharedData(t);
  if (data === undefined) return;
  const { lines } = await scan([data]);
  const verdictOf = new Map(lines.map(({ path, verdict }) => [path.slice(data.length + 1), verdict]));
  const rows = readFileSync(join(data, 'labels.tsv'), 'utf8').split('\n').slice(1);
  const wrong: string[] = [];
  let count = 0;
  for (const row of rows.filter((one) => one !== '' && !one.startsWith('hl7/'))) {
    const [path = '', name = '', expected = ''] = row.split('\t');
    const reached = verdictOf.get(path) ?? 'not told';
    count += 1;
    const isRight =
      name === 'real-malformed'
        ? ['suspicious', 'malformed', 'malicious'].includes(reached)
        : RIGHT[expected]?.includes(reached);
    if (isRight !== true) wrong.push(`${path}: ${reached}, not ${expected}`);
  }
  t.diagnostic(`${count - wrong.length} of ${count} labelled files as expected`);
  assert.equal(wrong.length, 0, wrong.join('\n'));
});

test('[CORPUS-15] a large file and an archive bomb in bounded memory', async (t) => {
  await proveBounded(t, HUGE_BYTES);
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
