/** A tag as one unsigned 32-bit number: group in the high half, element in the low (`0x00100020`). */
export type Tag = number;

/** A data element's header as read. One object is reused for every call: copy what you keep. */
export interface ElementHead {
  readonly tag: Tag;
  /** VR as two letters. For implicit VR, from the dictionary (`UN` when unknown or private). */
  readonly vr: string;
  /** Whether the VR stood on the wire (explicit VR). */
  readonly isVrExplicit: boolean;
  /** Value length in bytes as declared; `UNDEFINED_LENGTH` when undefined. */
  readonly length: number;
  /** Where the header begins, in bytes from the start of the data set (after inflation for deflated). */
  readonly offset: number;
  /** 0 at the top level, 1 inside an item of a top-level sequence, … */
  readonly depth: number;
}

export const UNDEFINED_LENGTH = 0xffffffff;

/**
 * What a data set says, in one pass, in order. Nothing is collected: values and fragments come in the pieces the network
 * made. `bytes` are views into the caller's buffer, valid during the call only.
 *
 *   element → value* → elementEnd                       any element that is not a sequence or encapsulated pixel data
 *   sequence → (item → … → itemEnd)* → sequenceEnd      SQ, and UN of undefined length read as implicit VR (PS3.5 §6.2.2)
 *   fragments → (fragment → value* → fragmentEnd)* → fragmentsEnd     encapsulated pixel data; fragment 0 is the offset table
 *
 * What follows the end of the data set comes as an `element` of the tag TRAILING_BYTES (FFFF,FFFF), VR `UN`, of undefined
 * length (no other `element` has one), after the irregularity `trailing-bytes`. It has no header on the wire.
 */
export interface TokenHandler {
  element(head: ElementHead): void;
  value(bytes: Uint8Array): void;
  elementEnd(): void;
  sequence(head: ElementHead): void;
  /** index: from 0. length: declared, or UNDEFINED_LENGTH. offset: of the item header. */
  item(index: number, length: number, offset: number): void;
  itemEnd(): void;
  sequenceEnd(): void;
  fragments(head: ElementHead): void;
  fragment(index: number, length: number, offset: number): void;
  fragmentEnd(): void;
  fragmentsEnd(): void;
  /** Something the standard does not allow. Reading goes on unless `isFatal`; after a fatal one no further token comes. */
  irregularity(irregularity: Irregularity): void;
}

export interface Irregularity {
  readonly code: IrregularityCode;
  /** The element concerned, 0 when there is none. */
  readonly tag: Tag;
  /** Bytes from the start of the data set. */
  readonly offset: number;
  readonly depth: number;
  /** Whether the reader cannot go on: where the next element begins is unknown. */
  readonly isFatal: boolean;
}

/** What the reader itself can see wrong. Room `inspect` says how much each matters and in which words. */
export type IrregularityCode =
  | 'truncated-header' // the data set ends inside an element header
  | 'truncated-value' // a length goes beyond the end of the data set
  | 'truncated-sequence' // the data set ends, between elements, inside a sequence, item or fragments
  | 'length-beyond-parent' // longer than the defined-length item or sequence that holds it: fatal, but an item is cut to fit
  | 'odd-length'
  | 'unknown-vr' // explicit VR whose two bytes are no VR
  | 'blank-vr' // explicit VR of two spaces or NULs
  | 'implicit-in-explicit' // header reads as implicit VR inside an explicit VR data set
  | 'undefined-length-not-allowed' // undefined length on a VR that cannot have it
  | 'delimiter-out-of-place' // item or delimitation item where an element is expected, or the reverse
  | 'delimiter-has-length'
  | 'not-an-item' // something else where an item is expected
  | 'out-of-order'
  | 'duplicate-element'
  | 'group-0000-element' // command group inside a data set
  | 'group-0002-element' // file meta group inside a data set
  | 'illegal-group' // groups 0001, 0003, 0005, 0007, FFFF (PS3.5 §7.8)
  | 'group-length-lies'
  | 'too-deep' // nesting beyond the reader's limit: fatal
  | 'too-many-elements' // element count beyond the reader's limit: fatal
  | 'undefined-length-un' // UN of undefined length (a quirk, read as implicit VR little endian)
  | 'big-endian-un' // …that only reads as big endian, as some old devices write it
  | 'inflate-failed' // deflated stream broken: fatal
  | 'inflate-bomb' // deflated stream beyond the reader's ratio or size limit: fatal
  | 'trailing-bytes'; // bytes after what can be read as the data set's end (e.g. after the deflate stream)

/** Bounds of the reader, all its owner's choice. */
export interface ReaderLimits {
  /** Deepest nesting read. Deepest legal real file seen: 20; peers stop at 64 (DCMTK) and 256 (fo-dicom). */
  readonly depth: number;
  readonly elements: number;
  /** Inflated bytes in all, and per deflated byte once past 1 MiB. */
  readonly inflatedBytes: number;
  readonly inflateRatio: number;
}

export const DEFAULT_READER_LIMITS: ReaderLimits = {
  depth: 128,
  elements: 10_000_000,
  inflatedBytes: 4 * 2 ** 30,
  inflateRatio: 200,
};
