import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { DataSetReader, ElementCollector, EXPLICIT_VR_LITTLE_ENDIAN } from '@leadglass/dicom';
import { infected, LOOK_ALIKES } from '../look-alikes.ts';
import { KINDS, type Kind, type MadeObject, type StudyOrder } from './made.ts';
import { studyOf } from './study.ts';

const AT_MS = Date.UTC(2026, 10, 20, 9, 30);
const order = (kind: Kind, seed = 1, no = 2): StudyOrder => ({ kind, seed, no, atMs: AT_MS, isFine: false });
const made = new Map<Kind, readonly MadeObject[]>();

function study(kind: Kind): readonly MadeObject[] {
  const objects = made.get(kind) ?? [...studyOf(order(kind))];
  made.set(kind, objects);
  return objects;
}

const digestOf = (objects: Iterable<MadeObject>): string => {
  const hash = createHash('sha256');
  for (const { dataSet } of objects) hash.update(dataSet);
  return hash.digest('hex');
};

/** Values of an object as text, by tag; pixels apart. */
function valuesOf({ dataSet }: MadeObject): { text(tag: number): string; pixels: Buffer } {
  const at = Buffer.from(dataSet.buffer, dataSet.byteOffset, dataSet.byteLength);
  const tags = [
    0x00080060, 0x00080018, 0x00100010, 0x00104000, 0x00180050, 0x00200032, 0x00200037, 0x00200052, 0x00280030,
  ];
  const collector = new ElementCollector([...tags, 0x0020000e], 256);
  const reader = new DataSetReader({ transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN, handler: collector });
  reader.push(dataSet);
  reader.end();
  const head = at.lastIndexOf(Buffer.from('e07f1000', 'hex'));
  return {
    text: (tag) =>
      Buffer.from(collector.bytes(tag) ?? [])
        .toString('utf8')
        .replace(/[ \0]+$/, ''),
    pixels: at.subarray(head + 12),
  };
}

test('[DEMO-20] the same order gives the same bytes, another seed or number others', () => {
  for (const kind of ['US', 'MR'] as const) assert.equal(digestOf(studyOf(order(kind))), digestOf(study(kind)), kind);
  assert.notEqual(digestOf(studyOf(order('US', 2))), digestOf(study('US')));
  for (const kind of ['US', 'MR'] as const)
    assert.notEqual(digestOf(studyOf(order(kind, 1, 3))), digestOf(study(kind)), kind);
});

test('[DEMO-21] every object is marked as computed and its person as invented, and has a UID of its own', () => {
  const all = KINDS.flatMap((kind) => study(kind));
  const uids = new Set(all.map(({ sopInstanceUid }) => sopInstanceUid));
  assert.equal(uids.size, all.length);
  for (const object of all) {
    assert.match(valuesOf(object).text(0x00104000), /inventée/);
    assert.match(object.sopInstanceUid, /^2\.25\.\d{1,39}$/);
  }
});

test('[DEMO-22] the slices of a scan lie one on another: one frame of reference, one orientation, even steps along the body', () => {
  for (const kind of ['CT', 'MR'] as const) {
    const values = study(kind).map(valuesOf);
    assert.equal(new Set(values.map((each) => each.text(0x00200052))).size, 1, kind);
    assert.deepEqual(new Set(values.map((each) => each.text(0x00200037))), new Set(['1\\0\\0\\0\\1\\0']));
    const first = values.filter((each) => each.text(0x0020000e) === values[0]?.text(0x0020000e));
    const heights = first.map((each) => Number(each.text(0x00200032).split('\\')[2]));
    const thickness = Number(values[0]?.text(0x00180050));
    for (const [at, height] of heights.entries()) assert.equal(height, (heights[0] ?? 0) + at * thickness, kind);
    assert.ok(first.length >= 20, kind);
  }
});

test('[DEMO-23] a CT shows in Hounsfield units what is there: air, lung, contrast in the aorta, bone', () => {
  const slices = study('CT').map(valuesOf);
  /** Mean around a place of the body, millimetres. */
  const at = (x: number, y: number, z: number): number => {
    const slice = slices[Math.round((z + 66) / 5)];
    const [left = 0, top = 0] = (slice?.text(0x00200032) ?? '').split('\\').map(Number);
    const spacing = Number(slice?.text(0x00280030).split('\\')[0]);
    const [column, row] = [Math.round((x - left) / spacing), Math.round((y - top) / spacing)];
    let sum = 0;
    for (let dy = -1; dy <= 1; dy += 1)
      for (let dx = -1; dx <= 1; dx += 1) sum += slice?.pixels.readInt16LE(((row + dy) * 256 + column + dx) * 2) ?? 0;
    return sum / 9;
  };
  const isNear = (value: number, wanted: number, by: number, what: string) =>
    assert.ok(Math.abs(value - wanted) < by, `${what}: ${value}`);
  isNear(at(-180, -160, 100), -1000, 40, 'air');
  isNear(at(25, 46, 100), 268, 60, 'aorta');
  isNear(at(-60, -20, -50), 112, 40, 'liver');
  isNear(at(0, 20, 190), -1000, 60, 'windpipe');
  assert.ok(at(0, 73, 81) > 120, 'a vertebra');
  assert.ok(at(80, 30, 120) < -600, 'lung');
});

test('[DEMO-24] what looks like harm does none: a program without code or entry, a script that only speaks', () => {
  const objects = LOOK_ALIKES.map((which) => infected(which, 1, 0, AT_MS));
  const program = Buffer.from(objects[LOOK_ALIKES.indexOf('program')]?.dataSet ?? []);
  const header = program.indexOf('PE\0\0');
  assert.ok(header > 0);
  assert.equal(program.readUInt32LE(header + 24 + 4), 0, 'size of code');
  assert.equal(program.readUInt32LE(header + 24 + 16), 0, 'entry point');
  for (const { dataSet } of objects) assert.match(valuesOf({ dataSet } as MadeObject).text(0x00104000), /inventée/);
  const all = objects.map(({ dataSet }) => Buffer.from(dataSet).toString('latin1')).join('\n');
  const urls = [...all.matchAll(/src="([^"]*)"|https?:[^\s)]*/g)].map(([whole, src]) => src ?? whole);
  assert.deepEqual(new Set(urls), new Set(['//127.0.0.1:9/a.js']));
});
