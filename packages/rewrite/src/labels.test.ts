import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN } from '@leadglass/dicom';
import { coercionOf } from './coercion.ts';
import { disarmed, rehearse } from './testkit.ts';

// Every clean file of the labelled data, rewritten; what real toolkits say of the copies, compared with what they say of the originals.

const REPO = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const DATA = process.env.LEADGLASS_SHARED_DATA ?? join(REPO, '..', 'shared', 'data');
const LABELS = join(DATA, 'labels.tsv');
const mustBeThere = process.env.LEADGLASS_REQUIRE_PEERS === '1';
const isThere = existsSync(LABELS);
const NO_DATA = isThere || mustBeThere ? false : 'shared data not installed';
const TOOL_MS = 60_000;
/** Shown to tools every day. All of them: proving/foreign.long.ts, which continuous integration runs. */
const OF_EACH_SYNTAX = 4;
const COERCION = coercionOf(
  { patientId: 'L-42', patientName: 'DUPRÉ^Léa', issuerOfPatientId: 'SITE', birthDate: '19800102', sex: 'F' },
  'Medium 0123456789abcdef',
);

interface Twin {
  readonly path: string;
  readonly original: string;
  readonly copy: string;
  readonly transferSyntaxUid: string;
}

const FOLDER = mkdtempSync(join(tmpdir(), 'leadglass-rewrite-'));
const twins: Twin[] = [];

function cleanPaths(): readonly string[] {
  const rows = readFileSync(LABELS, 'utf8').split('\n').slice(1);
  const clean = rows
    .map((row) => row.split('\t'))
    .filter(([path = '', , expected]) => {
      return expected === 'clean' && !path.startsWith('hl7/');
    });
  return clean.map(([path = '']) => path);
}

interface Ran {
  readonly status: number | null;
  readonly lines: readonly string[];
}

function run(command: string, ...words: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(command, words, { timeout: TOOL_MS, encoding: 'latin1' });
  return { status, lines: `${stdout}${stderr}`.split('\n') };
}

/** Skips visibly where a tool is not installed; where peers are required, its absence fails the test instead. */
function unlessThere(command: string, ...words: readonly string[]): false | string {
  if (NO_DATA !== false) return NO_DATA;
  const isInstalled = spawnSync(command, words, { timeout: TOOL_MS }).error === undefined;
  return isInstalled || mustBeThere ? false : `${command} not installed`;
}

/** A required peer that is missing must not pass for one without complaints. */
function assertThere(command: string): void {
  assert.equal(spawnSync(command, ['--version'], { timeout: TOOL_MS }).error, undefined, `${command} is missing`);
}

function pythonWithPydicom(): string | undefined {
  return ['python3', '/usr/bin/python3'].find((name) => spawnSync(name, ['-c', 'import pydicom']).status === 0);
}

before(() => {
  if (!isThere) return;
  for (const path of cleanPaths()) {
    const bytes = readFileSync(join(DATA, path));
    const rehearsed = rehearse(bytes);
    if (rehearsed.obstacles.some((one) => one.code === 'rewrite.directory')) continue;
    assert.deepEqual(rehearsed.obstacles, [], path);
    const copy = join(FOLDER, path);
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, disarmed(bytes).copy);
    twins.push({ path, original: join(DATA, path), copy, transferSyntaxUid: rehearsed.transferSyntaxUid });
  }
});
after(() => rmSync(FOLDER, { recursive: true, force: true }));

describe('copies of the labelled clean files', { skip: NO_DATA }, () => {
  test('[REWRITE-70] every clean file but media directories is rewritten, its pixels proved equal', (t) => {
    const bySyntax = Object.entries(Object.groupBy(twins, (one) => one.transferSyntaxUid));
    assert.ok(twins.length > 250 && bySyntax.length > 12, `${twins.length} files`);
    for (const [uid, files] of bySyntax) t.diagnostic(`${uid}: ${files?.length} files bit-identical`);
  });

  test('[REWRITE-71] a copy of a copy is the copy with one more mark, and has the same pixels', () => {
    for (const { copy, path } of twins) {
      const first = readFileSync(copy);
      const once = rehearse(first);
      const again = disarmed(first);
      assert.equal(again.receipt.pixels.after.sha256, once.pixels.sha256, path);
      const changed = again.receipt.changes.map((one) => one.kind).filter((kind) => kind !== 'odd-length');
      assert.deepEqual(changed, ['file-header'], path);
    }
  });

  test('[REWRITE-14] one file of each transfer syntax says the same whole and in pieces', () => {
    for (const files of Object.values(Object.groupBy(twins, (one) => one.transferSyntaxUid))) {
      const [smallest] = (files ?? []).toSorted(
        (a, b) => readFileSync(a.original).length - readFileSync(b.original).length,
      );
      if (smallest === undefined) continue;
      const bytes = readFileSync(smallest.original);
      const whole = disarmed(bytes);
      for (const pieceBytes of [1, 7]) {
        const pieces = disarmed(bytes, [], pieceBytes);
        assert.deepEqual(pieces.receipt.changes, whole.receipt.changes, smallest.path);
        assert.deepEqual(pieces.receipt.pixels, whole.receipt.pixels, smallest.path);
        const isDeflated: boolean = smallest.transferSyntaxUid === DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN;
        assert.equal(Buffer.compare(pieces.copy, whole.copy) === 0 || isDeflated, true, smallest.path);
      }
    }
  });
});

/** A few of each transfer syntax. */
function someTwins(): readonly Twin[] {
  return Object.values(Object.groupBy(twins, (one) => one.transferSyntaxUid)).flatMap((files) =>
    (files ?? []).slice(0, OF_EACH_SYNTAX),
  );
}

/** Complaints of DCMTK that the original does not have. */
function newComplaints({ original, copy }: Twin, ...words: readonly string[]): readonly string[] {
  const complaints = ({ status, lines }: Ran): readonly string[] => [
    ...lines.filter((line) => /^[EWF]: /.test(line)).map((line) => line.replaceAll(/\/\S+/g, '')),
    ...(status === 0 ? [] : [`exit ${status}`]),
  ];
  const [command = '', ...options] = words;
  const found = complaints(run(command, ...options, copy));
  if (found.length === 0) return [];
  const known = new Set(complaints(run(command, ...options, original)));
  return found.filter((one) => !known.has(one));
}

describe('copies before real toolkits', { skip: NO_DATA }, () => {
  for (const words of [['dcmdump', '-q', '+E'], ['dcmftest'], ['gdcmdump']]) {
    const [command = ''] = words;
    test(`[REWRITE-72] ${command} accepts every copy whose original it accepts`, {
      skip: unlessThere(command, '--version'),
    }, () => {
      assertThere(command);
      const wrong = someTwins().flatMap((twin) => newComplaints(twin, ...words).map((one) => `${twin.path}: ${one}`));
      assert.deepEqual(wrong, []);
    });
  }

  test('[REWRITE-73] dciodvfy has no new complaint', { skip: unlessThere('dciodvfy', '--version') }, (t) => {
    assertThere('dciodvfy');
    assertThere('dcmconv');
    const wrong: string[] = [];
    let complaints = 0;
    const some = someTwins();
    for (const twin of some) {
      const known = new Set(complaintsOf(twin, twin.original, 'original'));
      complaints += known.size;
      wrong.push(
        ...complaintsOf(twin, twin.copy, 'copy')
          .filter((one) => !known.has(one))
          .map((one) => `${twin.path}: ${one}`),
      );
    }
    t.diagnostic(`${some.length} twins, ${complaints} complaints about the originals, ${wrong.length} new`);
    assert.deepEqual(wrong, []);
  });

  test('[REWRITE-120] dcmdump and dciodvfy have no new complaint about copies under another identity', {
    skip: unlessThere('dciodvfy', '--version'),
  }, (t) => {
    const sample = someTwins();
    const wrong = sample.flatMap((twin) => {
      const copy = join(FOLDER, 'coerced.dcm');
      writeFileSync(copy, disarmed(readFileSync(twin.original), [], 2 ** 30, COERCION).copy);
      const known = new Set(complaintsOf(twin, twin.original, 'original').map(placeless));
      const found = complaintsOf(twin, copy, 'copy').filter((one) => !known.has(placeless(one)));
      return [...found, ...newComplaints({ ...twin, copy }, 'dcmdump', '-q', '+E')].map(
        (one) => `${twin.path}: ${one}`,
      );
    });
    t.diagnostic(`${sample.length} copies`);
    assert.deepEqual(wrong, []);
  });

  const python = NO_DATA === false ? pythonWithPydicom() : undefined;
  const skip = NO_DATA !== false ? NO_DATA : python === undefined && !mustBeThere ? 'pydicom not installed' : false;
  test('[REWRITE-74] pydicom reads the same pixels and the same attributes from original and copy', { skip }, (t) => {
    const pairs = twins.map(({ original, copy }) => [original, copy]);
    const { stdout, stderr } = spawnSync(python ?? 'python3', ['-W', 'ignore', '-c', COMPARE], {
      input: JSON.stringify(pairs),
      encoding: 'utf8',
      timeout: TOOL_MS,
    });
    const [differences, compared] = JSON.parse(stdout === '' ? `[["${stderr.slice(-200)}"], 0]` : stdout);
    t.diagnostic(`${compared} pairs compared`);
    assert.deepEqual(differences, []);
    assert.ok(compared > 250);
  });
});

/** A complaint about an old value is none that is new: it stands in the Original Attributes Sequence now. */
function placeless(complaint: string): string {
  return complaint.replace(
    /<\/(?:OriginalAttributesSequence\S*?ModifiedAttributesSequence[^/]*\/)?(\w+\([0-9a-f,]+\))[^>]*>/,
    '<$1>',
  );
}

/** dciodvfy does not inflate: deflated files are shown to it inflated. */
function complaintsOf({ transferSyntaxUid }: Twin, path: string, name: string): readonly string[] {
  const inflated = join(FOLDER, `inflated-${name}.dcm`);
  const isDeflated = transferSyntaxUid === DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN;
  if (isDeflated) run('dcmconv', '+te', path, inflated);
  return run('dciodvfy', '-new', isDeflated ? inflated : path).lines.filter((line) => /^(?:Error|Warning)/.test(line));
}

/** For each pair: pixels equal but for the pad of an odd length, and no attribute lost but what no copy keeps. */
const COMPARE = `
import json, sys, pydicom
pairs = json.load(sys.stdin)
differences, compared = [], 0
MARKS = {0x0018A001, 0x04000561}
def read(path):
    return pydicom.dcmread(path, force=True)
for original, copy in pairs:
    try:
        before = read(original)
    except Exception:
        continue
    try:
        after = read(copy)
        pixels = [getattr(ds, 'PixelData', b'') for ds in (before, after)]
        if len(pixels[0]) % 2 == 1 and 'PixelData' in before: pixels[0] += b'\\0'
        tags = [{int(e) for e in ds.keys() if int(e) & 0xFFFF and int(e) >> 16 > 7 and int(e) != 0xFFFCFFFC} - MARKS for ds in (before, after)]
        if pixels[0] != pixels[1]: differences.append(copy + ': pixels')
        if tags[0] != tags[1]: differences.append(copy + ': attributes ' + str(sorted(tags[0] ^ tags[1])[:5]))
        compared += 1
    except Exception as problem:
        differences.append(copy + ': ' + str(problem))
print(json.dumps([differences, compared]))
`;
