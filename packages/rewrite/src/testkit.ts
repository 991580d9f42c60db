import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  DataSetReader,
  type ElementHead,
  type ElementToEncode,
  EXPLICIT_VR_LITTLE_ENDIAN,
  encodeElements,
  formatTag,
  hasLongLength,
  Part10Reader,
  SILENT_HANDLER,
  writeFileMeta,
} from '@leadglass/dicom';
import { concatBytes } from '@leadglass/kit';
import type { Coercion } from './coercion.ts';
import { Disarmer, type DisarmReceipt } from './disarm.ts';
import { type FindingToTreat, planDisarm } from './plan.ts';
import type { RewritingSystem } from './provenance.ts';
import { Rehearsal, type Rehearsed } from './rehearsal.ts';

export const CT = '1.2.840.10008.5.1.4.1.1.2';
export const INSTANCE = '1.2.826.0.1.3680043.8.498.7';
export const SYSTEM: RewritingSystem = {
  name: 'LEADGLASS',
  manufacturer: 'Leadglass',
  model: 'Leadglass',
  version: '',
  epochMs: Date.UTC(2026, 10, 24, 9, 30, 15),
  implementationClassUid: '2.25.1',
  implementationVersionName: 'TEST',
};

/** Header and value as they are: any VR, any length, explicit VR little endian. */
export function raw(tag: number, vr: string, value: Uint8Array | string, length?: number): Uint8Array {
  const bytes = typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'latin1')) : value;
  const isLong = hasLongLength(vr);
  const head = new Uint8Array(isLong ? 12 : 8);
  const view = new DataView(head.buffer);
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  head.set(Buffer.from(vr, 'latin1'), 4);
  if (isLong) view.setUint32(8, length ?? bytes.length, true);
  else view.setUint16(6, length ?? bytes.length, true);
  return concatBytes(head, bytes);
}

/** Elements encoded regularly. */
export function set(elements: readonly ElementToEncode[], transferSyntaxUid = EXPLICIT_VR_LITTLE_ENDIAN): Uint8Array {
  return encodeElements(elements, transferSyntaxUid);
}

/** Class, instance and patient of a plain object; what follows is in ascending order behind group 0010. */
export const IDENTITY: readonly ElementToEncode[] = [
  { tag: 0x00080016, value: CT },
  { tag: 0x00080018, value: INSTANCE },
  { tag: 0x00100010, value: 'DOE^JANE' },
  { tag: 0x00100020, value: 'P1' },
];

/** A Part 10 file around a data set. */
export function file(dataSet: Uint8Array, transferSyntaxUid = EXPLICIT_VR_LITTLE_ENDIAN): Uint8Array {
  const head = writeFileMeta({
    sopClassUid: CT,
    sopInstanceUid: INSTANCE,
    transferSyntaxUid,
    implementationClassUid: '2.25.2',
    implementationVersionName: 'DEVICE',
  });
  return concatBytes(head, dataSet);
}

export interface Disarmed {
  readonly copy: Uint8Array;
  readonly receipt: DisarmReceipt;
}

/** Pieces as a reader gives them that uses one Buffer again and again: whoever keeps a view in place of a copy is found out (REWRITE-121). */
function* pieces(bytes: Uint8Array, pieceBytes: number): Generator<Uint8Array> {
  const buffer = Buffer.alloc(Math.min(pieceBytes, bytes.length));
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
    buffer.fill(0xa5);
  }
}

/** First reading of a whole file, in pieces. */
export function rehearse(
  bytes: Uint8Array,
  findings: readonly FindingToTreat[] = [],
  pieceBytes = 2 ** 30,
  coercion?: Coercion,
): Rehearsed {
  const rehearsal = new Rehearsal(planDisarm(findings), undefined, coercion);
  for (const piece of pieces(bytes, pieceBytes)) rehearsal.push(piece);
  return rehearsal.end();
}

/** Both readings; throws when there is an obstacle. */
export function disarmed(
  bytes: Uint8Array,
  findings: readonly FindingToTreat[] = [],
  pieceBytes = 2 ** 30,
  coercion?: Coercion,
): Disarmed {
  const rehearsed = rehearse(bytes, findings, pieceBytes, coercion);
  const parts: Uint8Array[] = [];
  const sink = (part: Uint8Array): void => void parts.push(new Uint8Array(part));
  const coercing = coercion === undefined ? {} : { coercion };
  const disarmer = new Disarmer({ plan: planDisarm(findings), rehearsed, system: SYSTEM, sink, ...coercing });
  for (const piece of pieces(bytes, pieceBytes)) disarmer.push(piece);
  const { receipt, obstacle } = disarmer.end();
  if (receipt === undefined) throw new Error(obstacle.code);
  return { copy: new Uint8Array(Buffer.concat(parts)), receipt };
}

/** A finding as inspection would make it. */
export function finding(
  code: string,
  path: string,
  severity: FindingToTreat['severity'] = 'suspicious',
): FindingToTreat {
  return { code, path, severity, text: { fr: 'motif français', en: 'English reason' } };
}

/** JPEG baseline: encapsulated. */
export const JPEG = '1.2.840.10008.1.2.4.50';
/** Native pixels of the plain object. */
export const PIXELS = new Uint8Array(32).map((_, at) => at * 7);
/** Their element. */
export const PIXEL_DATA: ElementToEncode = { tag: 0x7fe00010, vr: 'OW', value: PIXELS };
/** An item, its length true unless given. */
export const item = (content: Uint8Array, length = content.length): Uint8Array =>
  concatBytes(header(0xfffee000, length), content);
/** Ends a sequence or fragments of undefined length. */
export const DELIMITER = header(0xfffee0dd, 0);

/** Tag and 32-bit length, little endian: items and delimiters. */
export function header(tag: number, length: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  view.setUint32(4, length, true);
  return bytes;
}

/** What a data set was read to say. */
export interface Said {
  readonly lines: readonly string[];
  readonly irregularities: readonly string[];
  readonly values: ReadonlyMap<string, Uint8Array>;
}

/** What a copy says: a line an element or sequence, indented by depth, and the top-level values. */
export function read(copy: Uint8Array): Said {
  const lines: string[] = [];
  const irregularities: string[] = [];
  const values = new Map<string, Uint8Array>();
  let open = '';
  const line = (head: ElementHead, what: string): void => {
    open = head.depth === 0 ? formatTag(head.tag) : '';
    if (open !== '') values.set(open, new Uint8Array(0));
    lines.push(`${'.'.repeat(head.depth)}${formatTag(head.tag)} ${head.isVrExplicit ? head.vr : '--'}${what}`);
  };
  const handler = {
    ...SILENT_HANDLER,
    element: (head: ElementHead) => line(head, ` ${head.length}`),
    sequence: (head: ElementHead) => line(head, ' sequence'),
    fragments: (head: ElementHead) => line(head, ' fragments'),
    value: (bytes: Uint8Array) => void values.set(open, concatBytes(values.get(open) ?? new Uint8Array(0), bytes)),
    irregularity: (one: { code: string }) => void irregularities.push(one.code),
  };
  let dataSet: DataSetReader | undefined;
  const reader = new Part10Reader({
    preamble: (bytes) => assert.ok(bytes.every((byte) => byte === 0)),
    metaIrregularity: (one) => irregularities.push(one.code),
    meta: ({ transferSyntaxUid }) => {
      dataSet = new DataSetReader({ transferSyntaxUid, handler });
    },
    dataSet: (bytes) => dataSet?.push(bytes),
  });
  reader.push(copy);
  reader.end();
  dataSet?.end();
  return { lines, irregularities, values };
}

/** One character a byte. */
export const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
/** Kinds of change, in order. */
export const kinds = (receipt: { changes: readonly { kind: string }[] }): readonly string[] =>
  receipt.changes.map((one) => one.kind);
/** SHA-256, hexadecimal. */
export const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** How many Contributing Equipment Sequences stand at the top level. */
export const equipment = (lines: readonly string[]): number =>
  lines.filter((one) => one.startsWith('(0018,A001)')).length;
