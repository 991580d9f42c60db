import { randomBytes } from 'node:crypto';
import { writeFileMeta } from '@leadglass/dicom';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@leadglass/model';

/** A made object, as a modality would send it: data set in Explicit VR Little Endian. */
export interface MadeObject {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly dataSet: Buffer;
}

const EXPLICIT_LE = '1.2.840.10008.1.2.1';
const LONG_VR = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);

function element(tag: number, vr: string, value: Buffer | string): Buffer {
  const text = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const pad = vr === 'UI' || vr === 'OB' ? 0 : 0x20;
  const even = text.length % 2 === 0 ? text : Buffer.concat([text, Buffer.from([pad])]);
  const head = Buffer.alloc(LONG_VR.has(vr) ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (LONG_VR.has(vr)) head.writeUInt32LE(even.length, 8);
  else head.writeUInt16LE(even.length, 6);
  return Buffer.concat([head, even]);
}

function us(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** Shapes of the benchmark and of the proving suites. */
export const SHAPES = {
  ct: { sopClassUid: '1.2.840.10008.5.1.4.1.1.2', modality: 'CT', rows: 512, columns: 512, frames: 1 },
  mr: { sopClassUid: '1.2.840.10008.5.1.4.1.1.4', modality: 'MR', rows: 256, columns: 256, frames: 1 },
  sr: { sopClassUid: '1.2.840.10008.5.1.4.1.1.88.11', modality: 'SR', rows: 0, columns: 0, frames: 0 },
} as const;
export type Shape = keyof typeof SHAPES;

let counter = 0;
// 36 characters, so that a template can be renumbered in place.
function nextUid(): string {
  counter += 1;
  return `2.25.9${String(Date.now()).padStart(14, '0')}${String(process.pid % 1e6).padStart(6, '0')}${String(counter).padStart(10, '0')}`;
}

function pixels(shape: Shape): Buffer {
  const { rows, columns } = SHAPES[shape];
  const values = Buffer.alloc(rows * columns * 2);
  const noise = randomBytes(rows * columns);
  for (let i = 0; i < noise.length; i++)
    values.writeUInt16LE(1000 + ((i >> 4) & 0x1ff) + ((noise[i] ?? 0) & 0x3f), i * 2);
  return values;
}

function image(shape: Shape): Buffer[] {
  const { rows, columns } = SHAPES[shape];
  return [
    element(0x00280002, 'US', us(1)),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    element(0x00280010, 'US', us(rows)),
    element(0x00280011, 'US', us(columns)),
    element(0x00280100, 'US', us(16)),
    element(0x00280101, 'US', us(12)),
    element(0x00280102, 'US', us(11)),
    element(0x00280103, 'US', us(0)),
    element(0x7fe00010, 'OW', pixels(shape)),
  ];
}

function report(): Buffer[] {
  return [
    element(0x0040a040, 'CS', 'CONTAINER'),
    element(0x0040a050, 'CS', 'SEPARATE'),
    element(0x0040a491, 'CS', 'COMPLETE'),
    element(0x0040a493, 'CS', 'UNVERIFIED'),
    element(0x0040a730, 'SQ', Buffer.alloc(0)),
    element(0x40000010, 'LO', 'LEADGLASS PROVING'),
    element(0x40001001, 'UT', randomBytes(2400).toString('hex')),
  ];
}

/** Whom an object is of. */
export interface MadePatient {
  readonly id: string;
  readonly name: string;
  readonly birthDate?: string;
  readonly sex?: string;
  readonly accession?: string;
}
const PROVING: MadePatient = { id: 'PROVING-1', name: 'PROVING^OBJECT' };

/** A new object of `shape`, unlike any other in UID and content. `studyInstanceUid` groups objects. */
export function makeObject(shape: Shape, studyInstanceUid = nextUid(), patient = PROVING): MadeObject {
  const { sopClassUid, modality } = SHAPES[shape];
  const sopInstanceUid = nextUid();
  const head = [
    element(0x00080016, 'UI', sopClassUid),
    element(0x00080018, 'UI', sopInstanceUid),
    element(0x00080020, 'DA', '20260101'),
    element(0x00080030, 'TM', '101500'),
    ...(patient.accession === undefined ? [] : [element(0x00080050, 'SH', patient.accession)]),
    element(0x00080060, 'CS', modality),
    element(0x00080070, 'LO', 'LEADGLASS PROVING'),
    element(0x00100010, 'PN', patient.name),
    element(0x00100020, 'LO', patient.id),
    ...(patient.birthDate === undefined ? [] : [element(0x00100030, 'DA', patient.birthDate)]),
    ...(patient.sex === undefined ? [] : [element(0x00100040, 'CS', patient.sex)]),
    element(0x0020000d, 'UI', studyInstanceUid),
    element(0x0020000e, 'UI', `${studyInstanceUid}.1`),
    element(0x00200013, 'IS', String(counter)),
  ];
  const body = shape === 'sr' ? report() : image(shape);
  return { sopClassUid, sopInstanceUid, transferSyntaxUid: EXPLICIT_LE, dataSet: Buffer.concat([...head, ...body]) };
}

/** Gives `object`'s bytes a new SOP Instance UID in place (same length) and returns the object under its new name. */
export function renumber(object: MadeObject): MadeObject {
  const sopInstanceUid = nextUid();
  const at = object.dataSet.indexOf(object.sopInstanceUid, 0, 'latin1');
  object.dataSet.write(sopInstanceUid, at, 'latin1');
  return { ...object, sopInstanceUid };
}

/** `object` as the Part 10 file a stock tool sends. */
export function partTen(object: MadeObject): Uint8Array {
  const implementation = {
    implementationClassUid: IMPLEMENTATION_CLASS_UID,
    implementationVersionName: IMPLEMENTATION_VERSION_NAME,
  };
  return Buffer.concat([writeFileMeta({ ...object, ...implementation }), object.dataSet]);
}
