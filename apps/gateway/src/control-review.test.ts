import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { type ElementToEncode, encodeElements, writeFileMeta } from '@leadglass/dicom';
import { concatBytes, text } from '@leadglass/kit';
import type { Finding } from '@leadglass/model';
import { control, house, keep } from './control.testkit.ts';
import { DecoderPool } from './decoder-pool.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const DEFLATED = `${EXPLICIT}.99`;
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

/** An image of two frames, black and white, with a name in it. */
const ELEMENTS: readonly ElementToEncode[] = [
  { tag: 0x00080060, vr: 'CS', value: 'CT' },
  { tag: 0x00100010, vr: 'PN', value: 'DUPONT^JEAN' },
  { tag: 0x00280002, vr: 'US', value: 1 },
  { tag: 0x00280004, vr: 'CS', value: 'MONOCHROME2' },
  { tag: 0x00280008, vr: 'IS', value: '2' },
  { tag: 0x00280010, vr: 'US', value: 4 },
  { tag: 0x00280011, vr: 'US', value: 4 },
  { tag: 0x00280100, vr: 'US', value: 8 },
  { tag: 0x00280101, vr: 'US', value: 8 },
  { tag: 0x00280102, vr: 'US', value: 7 },
  { tag: 0x00280103, vr: 'US', value: 0 },
  {
    tag: 0x7fe00010,
    vr: 'OB',
    value: concatBytes(
      new Uint8Array(16),
      Uint8Array.from({ length: 16 }, (_, at) => at * 10),
    ),
  },
];

function fileOf(dataSet: Uint8Array, transferSyntaxUid = EXPLICIT) {
  const meta = writeFileMeta({
    ...{ sopClassUid: '1.2.840.10008.5.1.4.1.1.7', sopInstanceUid: '1.2.3', transferSyntaxUid },
    ...{ implementationClassUid: '1.2', implementationVersionName: 'TEST' },
  });
  return { bytes: concatBytes(meta, dataSet), metaBytes: meta.length };
}

function findingAt(path: string, offset: number): Finding {
  const sentence = text('Douteux.', 'Doubtful.');
  return { inspector: 't', code: 't.x', severity: 'suspicious', path, offset, text: sentence, cites: 'PS3.5' };
}

async function held(t: TestContext, dataSet: Uint8Array, transferSyntaxUid = EXPLICIT, findings: Finding[] = []) {
  const it = await house(t);
  const { bytes, metaBytes } = fileOf(dataSet, transferSyntaxUid);
  const sha256 = await keep(it, bytes, '1.2.3', { isHeld: true, findings, metaBytes, transferSyntaxUid });
  return { ...(await control(t, it)), it, id: sha256, bytes, metaBytes };
}

const dataSet = () => encodeElements(ELEMENTS, EXPLICIT);
const viewed = async (ask: Awaited<ReturnType<typeof held>>['ask']): Promise<unknown[]> =>
  (await ask('log', { kinds: ['hold.viewed'] })).entries.map(({ event }) => event.view);

test('[CONTROL-60] elements come with the findings about them, at their place in the file', async (t) => {
  const { ask, id, bytes } = await held(t, dataSet(), EXPLICIT, [findingAt('(0010,0010)', 10)]);
  const { rows, next } = await ask('hold.attributes', { id });
  const row = rows.find(({ keyword }) => keyword === 'PatientName');
  assert.deepEqual([row?.findings, row?.state, next], [[1], 'masked', null]);
  assert.equal(Buffer.from(bytes).readUInt16LE(row?.offset ?? 0), 0x10);
  assert.deepEqual(rows.filter(({ findings }) => findings.length > 0).length, 1);
});

test('[CONTROL-61] masked values leave no trace; values in clear, bytes and pictures are in the log before they are shown', async (t) => {
  const { ask, raw, id } = await held(t, dataSet());
  const masked = await ask('hold.attributes', { id });
  assert.ok(!JSON.stringify(masked).includes('DUPONT'));
  assert.deepEqual(await viewed(ask), []);
  const clear = await ask('hold.attributes', { id, path: 'PatientName', clear: true });
  assert.deepEqual(
    clear.rows.map(({ value }) => value),
    ['DUPONT^JEAN'],
  );
  await ask('hold.hex', { id, at: { offset: 0 } });
  await raw('hold.preview', { id });
  assert.deepEqual(await viewed(ask), ['attributes', 'hex', 'preview']);
});

test('[CONTROL-64] bytes around an offset, an element, a finding: bounded, and marked', async (t) => {
  const { ask, refused, id, bytes, metaBytes } = await held(t, dataSet(), EXPLICIT, [
    findingAt('', 10),
    findingAt('', -1),
  ]);
  const start = await ask('hold.hex', { id, at: { offset: 200 }, bytes: 16 });
  assert.deepEqual([start.offset, start.bytes], [128, Buffer.from(bytes.subarray(128, 144)).toString('hex')]);
  const element = await ask('hold.hex', { id, at: { path: 'PatientName' } });
  assert.deepEqual(element.mark, { offset: metaBytes + 10, bytes: 8 + 12 });
  const marked = Buffer.from(element.bytes, 'hex').subarray(element.mark.offset - element.offset);
  assert.equal(marked.subarray(8, 19).toString(), 'DUPONT^JEAN');
  assert.deepEqual((await ask('hold.hex', { id, at: { finding: 1 } })).mark, { offset: metaBytes + 10, bytes: 8 });
  assert.ok((await ask('hold.hex', { id, at: { offset: bytes.length - 1 } })).bytes.length / 2 <= 256);
  for (const at of [{ offset: bytes.length }, { path: 'StudyDate' }, { finding: 2 }, { finding: 3 }]) {
    assert.deepEqual(await refused('hold.hex', { id, at }), { status: 404, code: 'control.not-found' });
  }
  assert.equal((await refused('hold.hex', { id, at: { path: '<script>' } })).code, 'control.bad-request');
});

test('[CONTROL-64] a slice of a large object reads that slice alone', async (t) => {
  const { it, ask, id } = await held(t, dataSet());
  const ranges: unknown[] = [];
  const openObject = it.services.openObject.bind(it.services);
  Object.assign(it.services, {
    openObject: (sha256: typeof id, range?: { from: number; to: number }) => {
      ranges.push(range);
      return openObject(sha256, range);
    },
  });
  await ask('hold.hex', { id, at: { offset: 150 }, bytes: 32 });
  assert.deepEqual(ranges, [{ from: 80, to: 112 }]);
});

test('[CONTROL-63] in a deflated data set the bytes of an element are those once inflated', async (t) => {
  const { ask, id } = await held(t, deflateRawSync(dataSet()), DEFLATED, [findingAt('(0010,0010)', 10)]);
  const view = await ask('hold.hex', { id, at: { finding: 1 } });
  assert.deepEqual(
    [view.space, view.offset, Buffer.from(view.bytes, 'hex').toString()],
    ['inflated', 18, 'DUPONT^JEAN '],
  );
});

test('[CONTROL-65] a picture of the frame asked for, through the window asked for; none is said', async (t) => {
  const { raw, id } = await held(t, dataSet());
  const picture = async (asked: object) => (await raw('hold.preview', { id, ...asked })).bytes;
  const [first, second] = [await picture({}), await picture({ frame: 2 })];
  assert.ok(first.subarray(0, 8).equals(PNG) && first.length < 2000);
  assert.deepEqual([first.readUInt32BE(16), first.readUInt32BE(20)], [4, 4]);
  const bright = await picture({ frame: 2, window: { center: 40, width: 20 } });
  assert.ok(!first.equals(second) && !bright.equals(second));
  const none = await raw('hold.preview', { id, frame: 3 });
  assert.deepEqual([none.status, JSON.parse(none.bytes.toString()).code], [422, 'control.unviewable']);
});

/** A decoder with other insides. */
function poolOf(t: TestContext, body: string): DecoderPool {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-review-'));
  const entry = join(folder, 'decoder.mjs');
  writeFileSync(entry, `${body} process.send({ t: 'ready' });`);
  const pool = new DecoderPool({ count: 1, entry });
  t.after(() => {
    pool.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return pool;
}

test('[CONTROL-65] an object that kills what opens it is told as dangerous, and costs the gateway nothing', async (t) => {
  const { it, raw, ask, refused, id } = await held(t, dataSet());
  Object.assign(it.services, { decoders: poolOf(t, `process.on('message', () => process.abort());`) });
  for (const name of ['hold.preview', 'hold.attributes'] as const) {
    const { status, bytes } = await raw(name, { id });
    const told = JSON.parse(bytes.toString());
    assert.deepEqual([status, told.code], [422, 'control.unviewable']);
    assert.match(told.text.fr, /dangereux/);
    assert.match(told.text.en, /dangerous/);
  }
  assert.equal((await refused('hold.hex', { id, at: { path: 'PatientName' } })).code, 'control.unviewable');
  assert.ok((await ask('hold.hex', { id, at: { offset: 0 } })).bytes.length > 0);
});

test('[CONTROL-65] a decoder that was taken over is believed nothing: no terminal code, no picture that is none, no rows without end', async (t) => {
  const { it, raw, id } = await held(t, dataSet());
  const row = `kind: 'element', isMeta: false, path: '', depth: 0, tag: '(0008,0060)', vr: 'CS', keyword: '', length: 2, offset: 0,
    valueOffset: 8, state: 'whole', value: 'CT', bytes: ''`;
  const page = (rows: string) =>
    `({ transferSyntaxUid: '1.2', isDeflated: false, next: null, stoppedBy: '', rows: ${rows} })`;
  const answers = {
    'hold.attributes': [
      page(`[{ ${row}, value: '\\x1b[2J' }]`),
      page(`Array(501).fill({ ${row} })`),
      page(`[{ ${row}, more: 1 }]`),
    ],
    'hold.preview': [`Buffer.from('<html>').toString('base64')`],
  } as const;
  for (const [name, bodies] of Object.entries(answers)) {
    for (const body of bodies) {
      const said = name === 'hold.preview' ? `t: 'previewed', png: ${body}` : `t: 'attributes', page: ${body}`;
      Object.assign(it.services, {
        decoders: poolOf(t, `process.on('message', ({ job }) => process.send({ job, ${said} }));`),
      });
      assert.equal((await raw(name as 'hold.preview', { id })).status, 422, body);
    }
  }
});

test('[CONTROL-65] what answers early leaves nothing of one object to the next', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  const many = Array.from({ length: 400 }, (_, at) => ({ tag: 0x00280000 + 2 * at + 2, vr: 'US' as const, value: at }));
  const big = fileOf(concatBytes(encodeElements(many, EXPLICIT), encodeElements(ELEMENTS.slice(-1), EXPLICIT)));
  const small = fileOf(dataSet());
  const taken = { isHeld: true, transferSyntaxUid: EXPLICIT };
  const first = await keep(it, big.bytes, '1.2.31', { ...taken, metaBytes: big.metaBytes });
  const second = await keep(it, small.bytes, '1.2.32', { ...taken, metaBytes: small.metaBytes });
  assert.equal((await ask('hold.attributes', { id: first, count: 1 })).next, 1);
  const { rows } = await ask('hold.attributes', { id: second });
  assert.equal(rows.at(-1)?.path, '(7FE0,0010)');
});

test('[CONTROL-65] the copy is looked at like the original; where there is none that is said', async (t) => {
  const { refused, id } = await held(t, dataSet());
  for (const [name, asked] of [
    ['hold.attributes', { copy: true }],
    ['hold.hex', { copy: true, at: { offset: 0 } }],
    ['hold.preview', { copy: true }],
    ['hold.compare', {}],
  ] as const) {
    assert.deepEqual(await refused(name, { id, ...asked }), { status: 404, code: 'control.not-found' }, name);
  }
});
