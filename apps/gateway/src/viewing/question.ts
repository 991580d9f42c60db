// Shapes and bounds alone: the keeper knows them, and parses nothing.

/** Rows of one answer. */
export const MOST_ROWS = 500;
/** Bytes of one value. */
export const MOST_VALUE_BYTES = 1024;

/** What stands in a row of the element tree. */
export type RowKind = 'element' | 'sequence' | 'item' | 'fragments' | 'fragment' | 'trailing';
/** How much of a value a row has: all, its beginning, none that was asked for, nothing that people read, or there is none. */
export type ValueState = 'whole' | 'cut' | 'masked' | 'binary' | 'none';

/** One row of the element tree, in the order of the object. No character in it is one a terminal obeys. */
export interface AttributeRow {
  readonly kind: RowKind;
  /** Of the file meta: `offset` then counts from the start of the file, else from the start of the data set. */
  readonly isMeta: boolean;
  readonly path: string;
  /** Items around it. */
  readonly depth: number;
  /** `(0010,0020)`; for items and fragments that of what holds them. */
  readonly tag: string;
  readonly vr: string;
  /** Empty when the dictionary has none. */
  readonly keyword: string;
  /** Declared, in bytes; -1 when undefined. */
  readonly length: number;
  readonly offset: number;
  /** Where its value begins, counted as `offset`. */
  readonly valueOffset: number;
  readonly state: ValueState;
  readonly value: string;
  /** The first bytes of the value in hexadecimal, where they were asked for. */
  readonly bytes: string;
}

/** A stretch of the element tree. */
export interface AttributePage {
  readonly transferSyntaxUid: string;
  /** Offsets then count in the inflated data set and not in the file. */
  readonly isDeflated: boolean;
  readonly rows: readonly AttributeRow[];
  /** The number of the next row; null when there is none. */
  readonly next: number | null;
  /** Code of what kept the reader from going on; empty when nothing did. */
  readonly stoppedBy: string;
}

export interface AttributeQuestion {
  /** Number of the first row wanted, from 0. */
  readonly first: number;
  /** How many, 1 to MOST_ROWS. */
  readonly count: number;
  /** The element or item at this path and what is inside it, alone; empty: everything. */
  readonly path: string;
  /** Whether values that may identify somebody are shown. */
  readonly isClear: boolean;
  /** The most bytes of one value that are looked at, 1 to MOST_VALUE_BYTES. */
  readonly valueBytes: number;
  /** Whether rows have `bytes`. */
  readonly wantsBytes: boolean;
}
