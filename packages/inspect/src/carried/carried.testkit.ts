import assert from 'node:assert/strict';
import { crc32, deflateRawSync } from 'node:zlib';
import { concatBytes } from '@leadglass/kit';
import type { Verdict } from '@leadglass/model';
import { look, type Seen, type Told } from '../content/content.testkit.ts';
import { DataSetInspection, type InspectionResult } from '../index.ts';
import { CT_CLASS, EXPLICIT, element, INSTANCE, identity, u16, u32 } from '../test-data.ts';
import { carried } from './carried.ts';
import { DEFAULT_EYES } from './default-eyes.ts';

/** The inspector of carried contents alone. */
export const CARRIED = [carried(DEFAULT_EYES)];

/** What it says of an object that holds these elements, the same in any pieces. */
export function lookIn(elements: Uint8Array, told: Told = {}): Seen {
  return look(concatBytes(identity(), elements), told, CARRIED);
}

/** The same once, in pieces of 64 KiB: for what is large. */
export function lookOnce(elements: Uint8Array): InspectionResult {
  const context = { transferSyntaxUid: EXPLICIT, sopClassUid: CT_CLASS, sopInstanceUid: INSTANCE };
  const inspection = new DataSetInspection({ context, inspectors: CARRIED });
  const dataSet = concatBytes(identity(), elements);
  for (let at = 0; at < dataSet.length; at += 65_536) inspection.push(dataSet.subarray(at, at + 65_536));
  return inspection.end();
}

/** A maker's own element. */
export function privateValue(value: Uint8Array, vr = 'OB', creator = 'ACME 1.0'): Uint8Array {
  const even = value.length % 2 === 0 ? value : concatBytes(value, Uint8Array.of(0));
  return concatBytes(element(0x00990010, 'LO', creator), element(0x00991001, vr, even));
}

/** Longer values are looked at once, not in pieces of one byte. */
const SHORT_BYTES = 8192;

function seenIn(elements: Uint8Array): Pick<Seen, 'verdict' | 'codes' | 'paths'> {
  if (elements.length <= SHORT_BYTES) return lookIn(elements);
  const { verdict, findings } = lookOnce(elements);
  return { verdict, codes: findings.map(({ code }) => code), paths: findings.map(({ path }) => path) };
}

/** Expects exactly these codes of a maker's element with this value, and the verdict they make. */
export function expectIn(value: Uint8Array, verdict: Verdict, codes: readonly string[], creator?: string): void {
  const seen = seenIn(privateValue(value, 'OB', creator));
  assert.deepEqual([...new Set(seen.codes)].sort(), [...codes].sort());
  assert.equal(seen.verdict, verdict);
  assert.ok(seen.paths.every((path) => path === '(0099,1001)'));
}

/** The EICAR test string, in two halves. */
export const EICAR = `X5O!P%@AP[4\\PZX54(P^)7CC)7}$${'EICAR-STANDARD-ANTIVIRUS'}-TEST-FILE!$H+H*`;
export const EICAR_BYTES = Buffer.from(EICAR, 'latin1');

/** Text as Latin-1 bytes, filled up with what is in no text. */
export function filled(head: string | Uint8Array, length = 600): Uint8Array {
  const bytes = typeof head === 'string' ? Buffer.from(head, 'latin1') : head;
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, length - bytes.length), 0xc3)]);
}

/** A Windows program's headers: DOS, PE, nothing to run. */
export function peProgram(next = 0x80): Buffer {
  const bytes = Buffer.alloc(next + 64);
  bytes.write('MZ\x90\0', 0, 'latin1');
  bytes.writeUInt32LE(next, 0x3c);
  bytes.write('PE\0\0\x64\x86', next, 'latin1');
  return bytes;
}

export interface ZipChanges {
  /** Stored instead of deflated. */
  readonly isStored?: boolean;
  /** Sizes in a descriptor behind the data. */
  readonly isStreamed?: boolean;
  readonly isEncrypted?: boolean;
  readonly method?: number;
}

/** A local file header and its data (APPNOTE 6.3.10 §4.3.7), without a directory. */
export function zipLocal(name: string, data: Uint8Array, changes: ZipChanges = {}): Uint8Array {
  const packed = changes.isStored === true ? data : deflateRawSync(data);
  const flags = (changes.isStreamed === true ? 8 : 0) | (changes.isEncrypted === true ? 1 : 0);
  const method = changes.method ?? (changes.isStored === true ? 0 : 8);
  const [crc, size, plain] = [crc32(data), packed.length, data.length];
  const known = changes.isStreamed === true ? [u32(0), u32(0), u32(0)] : [u32(crc), u32(size), u32(plain)];
  const descriptor = changes.isStreamed === true ? [u32(0x08074b50), u32(crc), u32(size), u32(plain)] : [];
  return concatBytes(
    Buffer.from('PK\x03\x04\x14\0', 'latin1'),
    u16(flags),
    u16(method),
    u32(0),
    ...known,
    u16(name.length),
    u16(0),
    Buffer.from(name, 'latin1'),
    packed,
    ...descriptor,
  );
}

/** A tar archive of one file (POSIX.1-2017 pax §ustar). */
export function tarOf(name: string, data: Uint8Array): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(name, 0, 'latin1');
  header.write(data.length.toString(8).padStart(11, '0'), 124, 'latin1');
  header.write('0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512), Buffer.alloc(1024)]);
}
