import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { bytesEqual, concatBytes } from '@leadglass/kit';
import { combine } from './collect.ts';
import type { FileMeta, MetaIrregularity } from './file-meta.ts';
import { Part10Reader } from './part10.ts';
import { DataSetReader } from './reader.ts';
import { TokenRecorder } from './recorder.ts';
import type { Irregularity } from './token.ts';
import { encodingOf } from './transfer-syntax.ts';
import { DataSetWriter } from './writer.ts';

const ROOT = resolve(fileURLToPath(new URL('../../../', import.meta.url)));
const DATA = process.env.LEADGLASS_SHARED_DATA ?? resolve(ROOT, '../shared/data');
const HAS_DATA = existsSync(join(DATA, 'labels.tsv'));
/** Classes whose files hospitals really send and that must be readable to their end. */
const READABLE = ['real-clean', 'real-quirk', 'synth-clean', 'synth-charset', 'synth-burned-in', 'trap-clean'];

interface Reading {
  readonly path: string;
  readonly kind: string;
  readonly meta: FileMeta | undefined;
  readonly metaIrregularities: readonly MetaIrregularity[];
  readonly irregularities: readonly Irregularity[];
  readonly tokens: TokenRecorder;
  readonly dataSet: Uint8Array;
  readonly written: Uint8Array;
}

class ListeningRecorder extends TokenRecorder {
  readonly heard: Irregularity[] = [];
  override irregularity(irregularity: Irregularity): void {
    super.irregularity(irregularity);
    this.heard.push(irregularity);
  }
}

function read(path: string, kind: string, pieceBytes: number): Reading {
  const metaIrregularities: MetaIrregularity[] = [];
  const dataSet: Uint8Array[] = [];
  const written: Uint8Array[] = [];
  const tokens = new ListeningRecorder();
  let meta: FileMeta | undefined;
  let reader: DataSetReader | undefined;
  const file = new Part10Reader({
    preamble() {},
    metaIrregularity: (irregularity) => metaIrregularities.push(irregularity),
    meta(found) {
      meta = found;
      const writer = new DataSetWriter(found.transferSyntaxUid, (bytes) => written.push(bytes.slice()));
      reader = new DataSetReader({ transferSyntaxUid: found.transferSyntaxUid, handler: combine(tokens, writer) });
    },
    dataSet(bytes) {
      dataSet.push(bytes.slice());
      reader?.push(bytes);
    },
  });
  const bytes = new Uint8Array(readFileSync(join(DATA, path)));
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) file.push(bytes.subarray(at, at + pieceBytes));
  file.end();
  reader?.end();
  const irregularities = tokens.heard;
  return {
    path,
    kind,
    meta,
    metaIrregularities,
    irregularities,
    tokens,
    dataSet: concatBytes(...dataSet),
    written: concatBytes(...written),
  };
}

function labelled(): { path: string; kind: string }[] {
  const lines = readFileSync(join(DATA, 'labels.tsv'), 'utf8').trim().split('\n').slice(1);
  return lines
    .map((line) => line.split('\t'))
    .map(([path = '', kind = '']) => ({ path, kind }))
    .filter(({ kind }) => !kind.startsWith('hl7'));
}

function skipWithoutData(t: TestContext): boolean {
  if (HAS_DATA) return false;
  assert.notEqual(process.env.LEADGLASS_REQUIRE_PEERS, '1', 'shared data required but absent');
  t.skip('shared data not there');
  return true;
}

function codes(reading: Reading): string[] {
  const fromMeta = reading.metaIrregularities.map(({ code }) => `meta:${code}`);
  return [...new Set([...fromMeta, ...reading.irregularities.map(({ code }) => code)])].sort();
}

function isFatal(reading: Reading): boolean {
  return [...reading.metaIrregularities, ...reading.irregularities].some((one) => one.isFatal);
}

/** A data set that says again, byte for byte, what was read: the deflated ones as they are inflated. */
function plainDataSet(reading: Reading): Uint8Array {
  const isDeflated = encodingOf(reading.meta?.transferSyntaxUid ?? '') === 'deflated';
  return isDeflated ? new Uint8Array(inflateRawSync(reading.dataSet)) : reading.dataSet;
}

test('[DICOM-2] reads every real, quirky, synthetic and trap file to its end', (t) => {
  if (skipWithoutData(t)) return;
  const counts = new Map<string, number>();
  for (const { path, kind } of labelled().filter((file) => READABLE.includes(file.kind))) {
    const reading = read(path, kind, 65_536);
    assert.equal(isFatal(reading), false, `${path}: ${codes(reading).join(' ')}`);
    assert.equal(reading.tokens.open, 0, path);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  t.diagnostic(JSON.stringify(Object.fromEntries(counts)));
  assert.deepEqual([...counts.keys()].sort(), [...READABLE].sort());
  assert.ok((counts.get('real-clean') ?? 0) > 200);
});

test('[DICOM-3] calls no clean file of the standard irregular, but for lying group lengths', (t) => {
  if (skipWithoutData(t)) return;
  const clean = ['real-clean', 'synth-clean', 'synth-charset', 'synth-burned-in', 'trap-clean'];
  for (const { path, kind } of labelled().filter((file) => clean.includes(file.kind))) {
    const found = read(path, kind, 65_536).irregularities.filter(({ code }) => code !== 'group-length-lies');
    assert.deepEqual(found, [], path);
  }
});

test('[DICOM-4] what is written from the tokens of a readable file is its data set, byte for byte', (t) => {
  if (skipWithoutData(t)) return;
  let count = 0;
  for (const { path, kind } of labelled().filter((file) => READABLE.includes(file.kind))) {
    const reading = read(path, kind, 50_000);
    assert.ok(bytesEqual(reading.written, plainDataSet(reading)), path);
    count += 1;
  }
  t.diagnostic(`${count} files written as they were read`);
});

test('[DICOM-5] a file says the same whole and in pieces', (t) => {
  if (skipWithoutData(t)) return;
  const smallest = labelled().filter(({ path }) => readFileSync(join(DATA, path)).byteLength < 40_000);
  assert.ok(smallest.length > 100);
  for (const { path, kind } of smallest) {
    const whole = read(path, kind, 2 ** 30);
    for (const size of [1, 1000]) {
      const pieces = read(path, kind, size);
      assert.deepEqual(pieces.tokens.lines, whole.tokens.lines, `${path} in pieces of ${size}`);
      assert.deepEqual(pieces.metaIrregularities, whole.metaIrregularities, `${path} in pieces of ${size}`);
    }
  }
});

/** What each attack must at least be called. */
const EXPECTED: Readonly<Record<string, string>> = {
  'attack/bomb/deflate-1gb-zeros.dcm': 'inflate-bomb',
  'attack/command-group/group0000.dcm': 'group-0000-element',
  'attack/command-group/group0002-inside.dcm': 'group-0002-element',
  'attack/duplicate-tag/duplicate-patient-name.dcm': 'duplicate-element',
  'attack/duplicate-tag/second-pixel-data.dcm': 'duplicate-element',
  'attack/eicar/appended.dcm': 'trailing-bytes',
  'attack/length/fragment-4gb.dcm': 'truncated-value',
  'attack/length/group8-length.dcm': 'group-length-lies',
  'attack/length/item-4gb.dcm': 'truncated-sequence',
  'attack/length/item-beyond-sequence.dcm': 'length-beyond-parent',
  'attack/length/meta-group-length-large.dcm': 'meta:group-length-lies',
  'attack/length/meta-group-length-small.dcm': 'meta:group-length-lies',
  'attack/length/pixel-4gb.dcm': 'truncated-value',
  'attack/length/short-string-past-end.dcm': 'truncated-value',
  'attack/length/un-4gb.dcm': 'truncated-value',
  'attack/length/us-odd.dcm': 'odd-length',
  'attack/magic/no-magic.dcm': 'meta:no-magic',
  'attack/nesting/undef-10000.dcm': 'too-deep',
  'attack/nesting/undef-600.dcm': 'too-deep',
  'attack/nesting/unterminated-5000.dcm': 'too-deep',
  'attack/tag-order/out-of-order.dcm': 'out-of-order',
  'attack/trailing/garbage-4k.dcm': 'trailing-bytes',
  'attack/transfer-syntax/implicit-as-explicit.dcm': 'implicit-in-explicit',
  'attack/transfer-syntax/no-ts.dcm': 'meta:missing-transfer-syntax',
  'attack/transfer-syntax/unknown-ts.dcm': 'meta:unknown-transfer-syntax',
  'attack/wrong-vr/unknown-vr.dcm': 'unknown-vr',
};

test('[DICOM-6] names what is wrong with each structural attack', (t) => {
  if (skipWithoutData(t)) return;
  for (const [path, code] of Object.entries(EXPECTED)) {
    const found = codes(read(path, '', 4096));
    assert.ok(found.includes(code), `${path}: ${found.join(' ')}`);
  }
});

test('[DICOM-6] calls every truncated file truncated', (t) => {
  if (skipWithoutData(t)) return;
  const truncated = labelled().filter(({ kind }) => kind === 'truncated');
  assert.equal(truncated.length, 16);
  for (const { path, kind } of truncated) {
    const found = codes(read(path, kind, 4096));
    assert.ok(
      found.some((code) => code.includes('truncated')),
      `${path}: ${found.join(' ')}`,
    );
  }
});
