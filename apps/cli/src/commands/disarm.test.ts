import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { encodeElements, writeFileMeta } from '@leadglass/dicom';
import { concatBytes } from '@leadglass/kit';
import { disarmFile } from './disarm-file.ts';
import { copyPath, safeName } from './disarm-name.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const REPO = fileURLToPath(new URL('../../../../', import.meta.url));
const DATA = process.env.LEADGLASS_SHARED_DATA ?? join(REPO, '..', 'shared', 'data');
const FOLDER = mkdtempSync(join(tmpdir(), 'leadglass-disarm-'));
const CT = '1.2.840.10008.5.1.4.1.1.2';
const UID = '1.2.826.0.1.3680043.8.498.7';
const EXPLICIT = '1.2.840.10008.1.2.1';
const PIXELS = new Uint8Array(32).fill(3);

after(() => rmSync(FOLDER, { recursive: true, force: true }));

/** A CT image of 4 x 4 pixels. */
function image(changes: { readonly uid?: string; readonly rows?: number } = {}): Uint8Array {
  const meta = { sopClassUid: CT, sopInstanceUid: UID, transferSyntaxUid: EXPLICIT };
  const head = writeFileMeta({ ...meta, implementationClassUid: '2.25.2', implementationVersionName: 'DEVICE' });
  const dataSet = encodeElements(
    [
      { tag: 0x00080016, value: CT },
      { tag: 0x00080018, value: changes.uid ?? UID },
      { tag: 0x00080060, value: 'CT' },
      { tag: 0x00100010, value: 'DOE^JANE' },
      { tag: 0x00280002, value: 1 },
      { tag: 0x00280004, value: 'MONOCHROME2' },
      { tag: 0x00280010, value: changes.rows ?? 4 },
      { tag: 0x00280011, value: 4 },
      { tag: 0x00280100, value: 16 },
      { tag: 0x00280101, value: 12 },
      { tag: 0x00280102, value: 11 },
      { tag: 0x00280103, value: 0 },
      { tag: 0x7fe00010, vr: 'OW', value: PIXELS },
    ],
    EXPLICIT,
  );
  return concatBytes(head, dataSet);
}

/** The same image with a program's mark in its preamble. */
function polyglot(): Uint8Array {
  const bytes = image();
  bytes.set(Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff', 'latin1'));
  new DataView(bytes.buffer).setUint32(60, 128, true);
  return bytes;
}

function folder(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(FOLDER, name);
  for (const [file, bytes] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), bytes);
  }
  return path;
}

function leadglass(...words: readonly string[]): { code: number | null; out: string; err: string } {
  const env = { ...process.env, LEADGLASS_LANG: 'en', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'disarm', ...words], { env, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('disarm', () => {
  test('[CLI-20] a copy is made, inspected again, named after its path alone, and reported with both pixel hashes', () => {
    const from = folder('one', { 'CD/IMG 1': polyglot(), 'CD/ok.dcm': image() });
    const to = join(FOLDER, 'one-out');
    const { code, out } = leadglass(from, '-o', to);
    assert.equal(code, 0, out);
    assert.deepEqual(readdirSync(to, { recursive: true }).toSorted(), ['CD', join('CD', 'IMG 1')]);
    const copy = readFileSync(join(to, 'CD', 'IMG 1'));
    assert.ok(copy.subarray(0, 128).every((byte) => byte === 0));
    assert.equal(statSync(join(to, 'CD', 'IMG 1')).mode & 0o777, 0o600);
    assert.match(out, /malicious → clean/);
    assert.equal(out.split(sha(PIXELS)).length, 3);
    assert.match(out, /1 disarmed, 1 clean, 0 not disarmed, 0 failed/);
    assert.deepEqual(readFileSync(join(from, 'CD', 'IMG 1')), Buffer.from(polyglot()));
  });

  test('[CLI-21] with --json each file is a line that holds no value of the object', () => {
    const from = folder('json', { 'a.dcm': polyglot(), 'b.dcm': image({ rows: 0 }), 'c.txt': 'no DICOM here' });
    const { code, out } = leadglass(from, '-o', join(FOLDER, 'json-out'), '--json');
    assert.equal(code, 1);
    const [first, second, third] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual([first.status, second.status, third.status], ['disarmed', 'cannot', 'cannot']);
    assert.deepEqual([first.before.verdict, first.after.verdict], ['malicious', 'clean']);
    assert.equal(first.pixels.before.sha256, sha(PIXELS));
    assert.equal(first.pixels.after.sha256, sha(PIXELS));
    assert.equal(first.copy.sha256, sha(readFileSync(join(FOLDER, 'json-out', first.copy.path))));
    assert.equal(first.original.sha256, sha(polyglot()));
    assert.ok(first.changes.some((one: { kind: string }) => one.kind === 'preamble'));
    assert.ok(second.reasons[0].text.fr !== '' && second.reasons[0].code === 'rewrite.pixels');
    assert.equal(third.reasons[0].code, 'rewrite.unreadable');
    assert.doesNotMatch(out, /DOE/);
    assert.deepEqual(readdirSync(join(FOLDER, 'json-out')), ['a.dcm']);
  });

  test('[CLI-22] nothing is overwritten unasked, and no half file is left behind', () => {
    const from = folder('twice', { 'a.dcm': polyglot() });
    const to = folder('twice-out', { 'a.dcm': 'mine' });
    assert.equal(leadglass(from, '-o', to).code, 1);
    assert.equal(readFileSync(join(to, 'a.dcm'), 'utf8'), 'mine');
    assert.deepEqual(readdirSync(to), ['a.dcm']);
    assert.equal(leadglass(from, '-o', to, '--force').code, 0);
    assert.notEqual(readFileSync(join(to, 'a.dcm')).length, 4);
  });

  test('[CLI-22] --all rewrites clean files too', () => {
    const from = folder('all', { 'a.dcm': image() });
    const { code, out } = leadglass(from, '-o', join(FOLDER, 'all-out'), '--all');
    assert.equal(code, 0, out);
    assert.match(out, /clean → clean/);
    assert.ok(existsSync(join(FOLDER, 'all-out', 'a.dcm')));
  });

  test('[CLI-23] exit 2 without a folder, and for what cannot be read', () => {
    const from = folder('usage', { 'a.dcm': image() });
    assert.equal(leadglass(from).code, 2);
    assert.equal(leadglass(join(from, 'absent'), '-o', join(FOLDER, 'usage-out')).code, 2);
  });

  test('[CLI-24] names are safe on any system and never lead out of the folder', () => {
    assert.equal(safeName('..'), '_');
    assert.equal(safeName('con.dcm'), '_con.dcm');
    assert.equal(safeName('a\u202egpj.exe\n'), 'a_gpj.exe_');
    assert.equal(safeName('-rf'), '_-rf');
    assert.equal(safeName('a<b>|c.'), 'a_b__c');
    assert.ok(safeName(`${'x'.repeat(300)}.dcm`).length <= 120);
    assert.equal(copyPath('/in', '/in/a/b.exe'), join('a', 'b.exe.dcm'));
    assert.equal(copyPath('/in', '/in/a/IM0001'), join('a', 'IM0001'));
    assert.equal(copyPath('/in/x.dcm', '/in/x.dcm'), 'x.dcm');
    assert.equal(copyPath('/in', '/in/1.2.840.5'), '1.2.840.5');
  });
});

const LABELS = join(DATA, 'labels.tsv');
const isThere = existsSync(LABELS);
const skip = isThere || process.env.LEADGLASS_REQUIRE_PEERS === '1' ? false : 'shared data not installed';

/** Attacks that no copy can be made of: what is wrong is the image, or the object has no readable end. */
const ONLY_A_PERSON =
  /^(?:bomb|codec|deep-nesting|dicomdir-loop|length-lie|pixel-mismatch|truncated|duplicate-tag|path-traversal|transfer-syntax|wrong-vr|real-malformed)$/;

describe('disarm of the labelled attacks', { skip }, () => {
  const rows = isThere ? readFileSync(LABELS, 'utf8').split('\n').slice(1) : [];
  const attacks = rows
    .map((row) => row.split('\t'))
    .filter(([path = '', , expected = '']) => path !== '' && expected !== 'clean' && !path.startsWith('hl7/'));

  test('[CLI-20] every copy that is made is clean, and what is not made says why', async (t) => {
    const made = new Map<string, number>();
    const refused: string[] = [];
    for (const [path = '', name = ''] of attacks) {
      const options = { isForced: false, isAll: true, contact: undefined, signal: new AbortController().signal };
      const outcome = await disarmFile(join(DATA, path), { ...options, target: join(FOLDER, 'attacks', path) });
      if (outcome.status === 'disarmed') {
        assert.equal(outcome.after.verdict, 'clean', path);
        assert.equal(outcome.receipt.pixels.after.sha256, outcome.receipt.pixels.before.sha256, path);
        made.set(name, (made.get(name) ?? 0) + 1);
      } else if (outcome.status === 'cannot') {
        assert.ok(outcome.reasons.length > 0, path);
        if (!ONLY_A_PERSON.test(name)) refused.push(`${path}: ${outcome.reasons.map((one) => one.code).join(' ')}`);
      } else assert.fail(`${path}: ${outcome.status}`);
    }
    const total = [...made.values()].reduce((sum, one) => sum + one, 0);
    t.diagnostic(
      `${total} of ${attacks.length} disarmed: ${[...made].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    );
    assert.deepEqual(refused, []);
  });
});
