import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { codecTrial, type DeclaredImage, FileInspection, type FileInspectionResult } from '@leadglass/inspect';
import { DecoderPool, type DecoderPoolOptions } from './decoder-pool.ts';

const REPO = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const DATA = process.env.LEADGLASS_SHARED_DATA ?? join(REPO, '..', 'shared', 'data');
const isThere = existsSync(join(DATA, 'labels.tsv'));
const skip = isThere || process.env.LEADGLASS_REQUIRE_PEERS === '1' ? false : 'shared data not installed';

const IMAGE: DeclaredImage = {
  transferSyntaxUid: '1.2.840.10008.1.2.5',
  rows: 2,
  columns: 2,
  samplesPerPixel: 1,
  bitsAllocated: 8,
  bitsStored: 8,
  photometric: 'MONOCHROME2',
  isSigned: false,
  isPlanar: false,
};

/** One RLE segment: header, then a literal run of four. */
function rleFrame(): Uint8Array {
  const frame = Buffer.alloc(70);
  frame.writeUInt32LE(1, 0);
  frame.writeUInt32LE(64, 4);
  frame.set([3, 10, 20, 30, 40, 0], 64);
  return frame;
}

function pool(t: TestContext, options: Partial<DecoderPoolOptions> = {}): DecoderPool {
  const made = new DecoderPool({ count: 1, ...options });
  t.after(() => made.stop());
  return made;
}

/** A decoder with other insides. @returns its path. */
function other(t: TestContext, body: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-decoder-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const entry = join(folder, 'decoder.mjs');
  writeFileSync(entry, body);
  return entry;
}

async function inspect(path: string, decoders: DecoderPool): Promise<FileInspectionResult> {
  const inspection = new FileInspection({ inspectors: [codecTrial(decoders)] });
  inspection.push(readFileSync(join(DATA, path)));
  return inspection.settled();
}

test('[INSPECT-184] decodes in a process of its own, which is used again', async (t) => {
  const decoders = pool(t);
  assert.equal(await decoders.trial(rleFrame(), IMAGE), 'decoded');
  const pids = decoders.pids;
  assert.equal(await decoders.trial(rleFrame().subarray(0, 66), IMAGE), 'refused');
  assert.deepEqual(decoders.pids, pids);
  assert.equal(await decoders.trial(new Uint8Array(0), IMAGE), 'refused');
});

test('[INSPECT-184] answers many questions with few processes', async (t) => {
  const decoders = pool(t);
  const said = await Promise.all(Array.from({ length: 20 }, () => decoders.trial(rleFrame(), IMAGE)));
  assert.deepEqual(new Set(said), new Set(['decoded']));
  assert.equal(decoders.pids.length, 1);
});

test('[INSPECT-185] may do nothing but read the program', async (t) => {
  const attempts = [
    `process.getBuiltinModule('node:fs').writeFileSync('/tmp/leadglass-must-not-be', '')`,
    `process.getBuiltinModule('node:fs').readFileSync('/etc/hostname')`,
    `process.getBuiltinModule('node:child_process').spawnSync('/bin/true')`,
    `await new Promise((resolve, reject) => process.getBuiltinModule('node:net').connect(9, '127.0.0.1')
      .on('error', reject).on('connect', resolve))`,
  ];
  for (const attempt of attempts) {
    const entry = other(
      t,
      `process.once('message', async ({ job }) => { let outcome = 'decoded';
      try { ${attempt} } catch (thrown) { if (thrown.code === 'ERR_ACCESS_DENIED') outcome = 'refused'; }
      process.send({ t: 'outcome', job, outcome }); });
      process.send({ t: 'ready' });`,
    );
    assert.equal(await pool(t, { entry }).trial(rleFrame(), IMAGE), 'refused', attempt);
  }
});

test('[INSPECT-186] a decoder that dies or talks nonsense is a crash, one that never begins is none', async (t) => {
  const READY = `process.send({ t: 'ready' });`;
  const dies = other(t, `process.on('message', () => process.abort()); ${READY}`);
  assert.equal(await pool(t, { entry: dies }).trial(rleFrame(), IMAGE), 'crashed');
  const babbles = other(
    t,
    `process.on('message', ({ job }) => process.send({ t: 'outcome', job, outcome: 'fine' })); ${READY}`,
  );
  assert.equal(await pool(t, { entry: babbles }).trial(rleFrame(), IMAGE), 'crashed');
  const fails = other(t, `throw new Error('no');`);
  assert.equal(await pool(t, { entry: fails }).trial(rleFrame(), IMAGE), 'unavailable');
});

test('[INSPECT-186] a frame that takes too long twice is named, and its decoder ended', async (t) => {
  const decoders = pool(t, { frameMs: 1 });
  const [rows, columns] = [2000, 2000];
  const noise = Buffer.alloc(64 + rows * columns * 2, 0x81);
  noise.set(rleFrame().subarray(0, 64));
  assert.equal(await decoders.trial(noise, { ...IMAGE, rows, columns }), 'slow');
  assert.deepEqual(decoders.pids, []);
  const patient = pool(t);
  assert.equal(await patient.trial(noise, { ...IMAGE, rows, columns }), 'decoded');
});

test('[INSPECT-186] a stopped pool says so', async () => {
  const decoders = new DecoderPool({ count: 1 });
  const asked = decoders.trial(rleFrame(), IMAGE);
  decoders.stop();
  assert.equal(await asked, 'unavailable');
  assert.equal(await decoders.trial(rleFrame(), IMAGE), 'unavailable');
});

test('[INSPECT-187] previews an object', { skip }, async (t) => {
  const bytes = readFileSync(join(DATA, 'synth/codec/j2k-lossless.dcm'));
  const png = await pool(t).preview({
    plainBytes: bytes.length,
    async *open() {
      yield bytes.subarray(0, 1000);
      yield bytes.subarray(1000);
    },
  });
  assert.ok(typeof png !== 'string');
  assert.equal(Buffer.from(png).readUInt32BE(16), 96);
});

test('[INSPECT-188] no labelled file that is clean stops being so by its trial', { skip }, async (t) => {
  const decoders = pool(t);
  const rows = readFileSync(join(DATA, 'labels.tsv'), 'utf8').split('\n').slice(1);
  const clean = rows
    .map((row) => row.split('\t'))
    .filter(([path = '', , expected]) => expected === 'clean' && !path.startsWith('hl7/'));
  const wrong: string[] = [];
  for (const [path = ''] of clean) {
    const { verdict, unfinished } = await inspect(path, decoders);
    if (verdict !== 'clean' || unfinished.length > 0) wrong.push(path);
  }
  assert.ok(clean.length > 250);
  assert.deepEqual(wrong, []);
});
