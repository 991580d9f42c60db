import { vrOf } from './dictionary.ts';
import { type ElementHead, type IrregularityCode, type Tag, UNDEFINED_LENGTH } from './token.ts';
import { hasLongLength, isCapital, VR_LONG, VR_NONE, VR_SHORT, vrForm, vrName } from './vr.ts';

/** Shortest header of all: tag and four more bytes. */
export const SHORT_HEADER_BYTES = 8;
/** Header of an explicit VR with a 32-bit length. */
export const LONG_HEADER_BYTES = 12;

/** The one ElementHead a reader hands out, filled in place. */
export class Head implements ElementHead {
  tag: Tag = 0;
  vr = 'UN';
  isVrExplicit = false;
  length = 0;
  offset = 0;
  depth = 0;
  /** What the header itself has wrong, if anything. */
  quirk: IrregularityCode | undefined = undefined;
}

/** The unsigned 16-bit number at `at`. The caller has checked the bounds. */
export function u16(bytes: Uint8Array, at: number, isLittle: boolean): number {
  const first = bytes[at] as number;
  const second = bytes[at + 1] as number;
  return isLittle ? first | (second << 8) : (first << 8) | second;
}

/** The unsigned 32-bit number at `at`. The caller has checked the bounds. */
export function u32(bytes: Uint8Array, at: number, isLittle: boolean): number {
  const a = bytes[at] as number;
  const b = bytes[at + 1] as number;
  const c = bytes[at + 2] as number;
  const d = bytes[at + 3] as number;
  return (isLittle ? a | (b << 8) | (c << 16) | (d << 24) : (a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

/** The tag at `at`: two 16-bit numbers in the given byte order. */
export function tagAt(bytes: Uint8Array, at: number, isLittle: boolean): Tag {
  const a = bytes[at] as number;
  const b = bytes[at + 1] as number;
  const c = bytes[at + 2] as number;
  const d = bytes[at + 3] as number;
  return (isLittle ? (b << 24) | (a << 16) | (d << 8) | c : (a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

/** Fills `head` from an implicit VR header (PS3.5 §7.1.3). Result: its size, 8. */
export function parseImplicit(head: Head, bytes: Uint8Array, at: number, isLittle: boolean): number {
  head.vr = vrOf(head.tag);
  head.isVrExplicit = false;
  head.length = u32(bytes, at + 4, isLittle);
  return SHORT_HEADER_BYTES;
}

/** Fills `head` from an explicit VR header (PS3.5 §7.1.2). Result: its size in bytes, 0 when more bytes are needed. */
export function parseExplicit(head: Head, bytes: Uint8Array, at: number, available: number, isLittle: boolean): number {
  const first = bytes[at + 4] as number;
  const second = bytes[at + 5] as number;
  const form = vrForm(first, second);
  if (form === VR_NONE) return parseOddVr(head, bytes, at, available, isLittle);
  if (form === VR_LONG && available < LONG_HEADER_BYTES) return 0;
  head.vr = vrName(first, second);
  head.isVrExplicit = true;
  head.length = form === VR_SHORT ? u16(bytes, at + 6, isLittle) : u32(bytes, at + 8, isLittle);
  return form === VR_SHORT ? SHORT_HEADER_BYTES : LONG_HEADER_BYTES;
}

/** Bytes needed to tell a later standard's long header from an empty short one by the header that follows it. */
const NAMELESS_PEEK_BYTES = 14;

/** Two bytes that are no VR: blank, one of a later standard or invented, or no VR at all but an implicit length. */
function parseOddVr(head: Head, bytes: Uint8Array, at: number, available: number, isLittle: boolean): number {
  const first = bytes[at + 4] as number;
  const second = bytes[at + 5] as number;
  if (isBlank(head.tag, bytes, at, isLittle)) return parseBlankVr(head, bytes, at, available, isLittle);
  const isMark = first === second && (first === 0x3f || first === 0x2d);
  if (isMark || (isCapital(first) && isCapital(second))) return parseUnknownVr(head, bytes, at, available, isLittle);
  head.quirk = 'implicit-in-explicit';
  return parseImplicit(head, bytes, at, isLittle);
}

/** Two spaces; or two NULs, unless they read better as half of an implicit length (of nothing, or of bulk data). */
function isBlank(tag: Tag, bytes: Uint8Array, at: number, isLittle: boolean): boolean {
  const both = u16(bytes, at + 4, isLittle);
  if (both !== 0) return both === 0x2020;
  return isLittle && u16(bytes, at + 6, isLittle) !== 0 && !hasLongLength(vrOf(tag));
}

/** A blank VR: the dictionary's stands in, and tells the form of the length. */
function parseBlankVr(head: Head, bytes: Uint8Array, at: number, available: number, isLittle: boolean): number {
  const vr = vrOf(head.tag);
  const short = u16(bytes, at + 6, isLittle);
  const isLong = short === 0 && hasLongLength(vr);
  if (isLong && available < LONG_HEADER_BYTES) return 0;
  return fillOdd(head, 'blank-vr', vr, isLong ? u32(bytes, at + 8, isLittle) : short, isLong);
}

/** An unknown VR has a 32-bit length after two reserved zeros, as any later VR will have (PS3.5 §6.2.2), or else 16. */
function parseUnknownVr(head: Head, bytes: Uint8Array, at: number, available: number, isLittle: boolean): number {
  const short = u16(bytes, at + 6, isLittle);
  if (short !== 0) return fillOdd(head, 'unknown-vr', 'UN', short, false);
  if (available < NAMELESS_PEEK_BYTES) return 0;
  const next = tagAt(bytes, at + 8, isLittle);
  const isEmptyShort = next > head.tag && vrForm(bytes[at + 12] as number, bytes[at + 13] as number) !== VR_NONE;
  return fillOdd(head, 'unknown-vr', 'UN', isEmptyShort ? 0 : u32(bytes, at + 8, isLittle), !isEmptyShort);
}

function fillOdd(head: Head, quirk: IrregularityCode, vr: string, length: number, isLong: boolean): number {
  head.quirk = quirk;
  head.vr = vr;
  head.isVrExplicit = true;
  head.length = length;
  return isLong ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES;
}

/**
 * Whether an element inside a value sent as UN reads as explicit VR although PS3.5 §6.2.2 asks for implicit: its bytes
 * spell a VR, and read as an implicit length they would be odd, undefined, or longer than `room`, or name the very VR
 * that the dictionary has.
 */
export function readsAsExplicit(bytes: Uint8Array, at: number, isLittle: boolean, room: number): boolean {
  const first = bytes[at + 4] as number;
  const second = bytes[at + 5] as number;
  if (vrForm(first, second) === VR_NONE) return false;
  const length = u32(bytes, at + 4, isLittle);
  const isImpossible = length % 2 === 1 || length === UNDEFINED_LENGTH || length > room;
  return isImpossible || vrOf(tagAt(bytes, at, isLittle)) === vrName(first, second) || !isLittle;
}
