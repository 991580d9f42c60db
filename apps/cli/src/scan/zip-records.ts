import type { FindingKind } from '@leadglass/inspect';
import { ARCHIVE_KINDS } from './kinds.ts';
import type { Source } from './source.ts';

// The records of a ZIP archive (APPNOTE 6.3.10 §4.3).

export const LOCAL = 0x04034b50;
export const DESCRIPTOR = 0x08074b50;
export const CENTRAL = 0x02014b50;
export const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const EXTRA_DATA = 0x08064b50;
const SIGNATURE = 0x05054b50;
export const SPANNED = 0x30304b50;
const STORED = 0;
export const DEFLATED = 8;
const IS_ENCRYPTED = 1;
export const HAS_DESCRIPTOR = 8;
const IS_UTF8 = 0x800;
export const WIDE = 0xffffffff;
const ZIP64_EXTRA = 1;
export const LONGEST_NAME = 1024;

/** What a local header says. */
export interface Local {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  /** Compressed bytes; undefined when they are told behind the data. */
  readonly compressed: number | undefined;
  readonly plain: number;
}

interface Shape {
  readonly fixed: number;
  more(head: Buffer): number;
}

/** Records behind the files: bytes of the fixed part, and how many follow. */
export const RECORDS: ReadonlyMap<number, Shape> = new Map<number, Shape>([
  [CENTRAL, { fixed: 46, more: (head) => head.readUInt16LE(28) + head.readUInt16LE(30) + head.readUInt16LE(32) }],
  [SIGNATURE, { fixed: 6, more: (head) => head.readUInt16LE(4) }],
  [EXTRA_DATA, { fixed: 8, more: (head) => Math.min(head.readUInt32LE(4), 65_536) }],
  [END_64, { fixed: 12, more: (head) => Math.min(head.readUInt32LE(4), 65_536) }],
  [LOCATOR_64, { fixed: 20, more: () => 0 }],
  [END, { fixed: 22, more: (head) => head.readUInt16LE(20) }],
]);

/** A member whose length nothing tells before its end: a descriptor whose own length field counts the bytes before it. */
export class UntilDescriptor {
  readonly #source: Source;
  #count = 0;
  #isOver = false;

  constructor(source: Source) {
    this.#source = source;
  }

  async pull(): Promise<Uint8Array | undefined> {
    if (this.#isOver) return undefined;
    const head = await this.#source.ahead(24);
    const at = this.#find(Buffer.from(head.buffer, head.byteOffset, head.length));
    this.#isOver = at === 0 || head.length === 0;
    if (this.#isOver) return undefined;
    const piece = await this.#source.next(at);
    this.#count += piece?.length ?? 0;
    return piece;
  }

  async finish(): Promise<void> {
    for (let piece = await this.pull(); piece !== undefined; ) piece = await this.pull();
    const head = Buffer.from(await this.#source.ahead(24));
    const bytes = descriptorBytes(head, this.#count, undefined);
    await this.#source.take(bytes ?? 0);
  }

  /** How many bytes lie before the descriptor, or before what may be the beginning of one. */
  #find(head: Buffer): number {
    for (let at = head.indexOf('PK\x07\x08', 0, 'latin1'); at >= 0; at = head.indexOf('PK\x07\x08', at + 1, 'latin1')) {
      if (at + 24 > head.length && at > 0) return at;
      if (descriptorBytes(head.subarray(at), this.#count + at, undefined) !== undefined) return at;
    }
    return head.length < 24 ? head.length : head.length - 3;
  }
}

/** Length of the data descriptor that `head` begins with; undefined when it does not count these bytes. */
export function descriptorBytes(head: Buffer, compressed: number, plain: number | undefined): number | undefined {
  const mark = head.length >= 4 && head.readUInt32LE(0) === DESCRIPTOR ? 4 : 0;
  for (const [from, wide] of [
    [mark, 8],
    [mark, 4],
    [0, 4],
  ] as const) {
    const length = from + 4 + 2 * wide;
    if (head.length < length) continue;
    const read = (at: number) => (wide === 8 ? Number(head.readBigUInt64LE(at)) : head.readUInt32LE(at));
    const given = wide === 8 ? plain : plain === undefined ? undefined : plain % 0x1_0000_0000;
    const isSame = read(from + 4) === (wide === 8 ? compressed : compressed % 0x1_0000_0000);
    if (isSame && (given === undefined || read(from + 4 + wide) === given)) return length;
  }
  return undefined;
}

export function localOf(fixed: Buffer, raw: Buffer, extra: Buffer): Local {
  const flags = fixed.readUInt16LE(6);
  const [near, plain] = [fixed.readUInt32LE(18), fixed.readUInt32LE(22)];
  const wides = plain === WIDE ? 1 : 0;
  const compressed = near === WIDE ? zip64(extra, wides) : near;
  // Zero with a descriptor says nothing: the length comes behind the data (§4.4.4, bit 3).
  const isTold = (flags & HAS_DESCRIPTOR) === 0 || (compressed ?? 0) > 0;
  return {
    name: raw.toString((flags & IS_UTF8) !== 0 ? 'utf8' : 'latin1').slice(0, LONGEST_NAME),
    flags,
    method: fixed.readUInt16LE(8),
    compressed: isTold ? compressed : undefined,
    plain: plain === WIDE ? (zip64(extra, 0) ?? WIDE) : plain,
  };
}

/** The number at `index` of the ZIP64 extra field (§4.5.3). */
export function zip64(extra: Buffer, index: number): number | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP64_EXTRA) continue;
    const place = at + 4 + index * 8;
    return place + 8 <= extra.length ? Number(extra.readBigUInt64LE(place)) : undefined;
  }
  return undefined;
}

export function closedBecause({ flags, method }: Local): FindingKind | undefined {
  if ((flags & IS_ENCRYPTED) !== 0) return ARCHIVE_KINDS.encrypted;
  return method === STORED || method === DEFLATED ? undefined : ARCHIVE_KINDS.method;
}

/** A name that leaves the folder it would be unpacked in. */
export function isClimbing(name: string): boolean {
  const parts = name.split(/[/\\]/);
  return parts.includes('..') || parts[0] === '' || /^[A-Za-z]:/.test(name) || name.includes('\0');
}

export function u32(bytes: Uint8Array, at: number): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32LE(at);
}
