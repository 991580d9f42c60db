import type { Tag } from '@leadglass/dicom';

/** The levels of the query/retrieve information models, from the top (PS3.4 §C.6.1.1, §C.6.2.1). */
export const LEVELS = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'] as const;
export type Level = (typeof LEVELS)[number];

/** Which information model is asked: in Study Root the patient's attributes belong to the study. */
export type Root = 'PATIENT' | 'STUDY';

/**
 * Attributes by tag, eight hexadecimal capitals (`00100010`), as DICOM JSON names them. Text is decoded to Unicode, numbers are decimal;
 * several values stand in one string, `\` between them; a sequence is a list of sets. Plain JSON: it crosses a process channel as it is.
 */
export interface AttributeSet {
  readonly [tag: string]: AttributeValue;
}
export type AttributeValue = string | readonly AttributeSet[];

/** How one key is matched (PS3.4 §C.2.2.2). */
export type KeyMatch =
  | { readonly form: 'universal' }
  | { readonly form: 'single'; readonly value: string }
  /** Any of them, or each of them where multiple value matching was negotiated. */
  | { readonly form: 'list'; readonly values: readonly string[]; readonly isEach: boolean }
  | { readonly form: 'wildcard'; readonly pattern: string }
  /** Both ends belong to it; an empty one is open. */
  | { readonly form: 'range'; readonly from: string; readonly to: string }
  /** No value at all: the key was `""`, and empty value matching was negotiated. */
  | { readonly form: 'empty' }
  /** At least one item whose attributes match all of `keys`. */
  | { readonly form: 'sequence'; readonly keys: readonly Key[] };

export type KeyForm = KeyMatch['form'];

/** One attribute of an identifier: what it must match, and with that what is to be returned. */
export interface Key {
  readonly tag: Tag;
  readonly vr: string;
  readonly match: KeyMatch;
}

/** What was negotiated for the SOP class (PS3.4 §C.5.1.1); all false unless both sides said so. */
export interface QueryOptions {
  readonly isRelational: boolean;
  readonly isDateTimeCombined: boolean;
  readonly isEmptyValueMatched: boolean;
  readonly isMultipleValueMatched: boolean;
}

export const NO_OPTIONS: QueryOptions = {
  isRelational: false,
  isDateTimeCombined: false,
  isEmptyValueMatched: false,
  isMultipleValueMatched: false,
};

/** A question to the catalogue: C-FIND and QIDO-RS alike. Plain JSON. */
export interface Query {
  readonly root: Root;
  readonly level: Level;
  readonly options: QueryOptions;
  /** In order of tags, each tag once; Query/Retrieve Level and Specific Character Set are not among them. */
  readonly keys: readonly Key[];
  /** Specific Character Set of the question; empty for the default repertoire. */
  readonly charset: string;
}

/** What is wrong with an identifier: what the asker is told. */
export interface QueryProblem {
  /** PS3.4 §C.4.1.1.4: A900 or Cxxx. */
  readonly status: number;
  /** Error Comment, at most 64 characters of the default repertoire, no value of the question. */
  readonly comment: string;
  /** The element that is wrong, 0 when none is. */
  readonly tag: Tag;
}

/** The shape of one key, without its value: what policy and ledger may know. */
export interface KeyShape {
  readonly tag: Tag;
  readonly form: 'universal' | 'single' | 'wildcard' | 'range' | 'list' | 'sequence';
  /** A wildcard that begins with `*` or `?`. */
  readonly leading?: boolean;
  /** Days a closed range of dates spans. */
  readonly days?: number;
}
