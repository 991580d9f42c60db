import { unescapeText } from './escape.ts';
import type { Delimiters } from './syntax.ts';

/** How the texts of a message are read. */
export interface Dialect {
  readonly delimiters: Delimiters;
  readonly charset: string;
}

/** Fields of a segment that are looked at; the standard's longest segments have some fifty. */
const MOST_FIELDS = 128;
/** Repetitions of a field that are looked at. */
export const MOST_REPETITIONS = 10_000;
const NULL = '""';

/**
 * One segment: its fields are cut when the first of them is asked for, their repetitions and components when they are. Raw text has its
 * delimiters and escapes; `text` is what it means.
 */
export class Segment {
  readonly name: string;
  readonly dialect: Dialect;
  readonly #text: string;
  #fields: readonly string[] | undefined;

  constructor(name: string, text: string, dialect: Dialect) {
    this.name = name;
    this.dialect = dialect;
    this.#text = text;
  }

  /** Raw text of field `n` (1 is the first; of MSH, 1 is the separator itself), '' where there is none. */
  raw(n: number): string {
    this.#fields ??= this.#text.split(this.dialect.delimiters.field, MOST_FIELDS);
    return this.#fields[this.name === 'MSH' ? n - 1 : n] ?? '';
  }

  /** The field as one text. */
  text(n: number): string {
    return meaning(this.raw(n), this.dialect);
  }

  /** Component `c` (1 is the first) of the field's first repetition. */
  component(n: number, c: number): string {
    return componentOf(firstRepetition(this.raw(n), this.dialect), c, this.dialect);
  }

  /** Raw repetitions of a field; none where it is empty. */
  repetitions(n: number): readonly string[] {
    const raw = this.raw(n);
    if (raw === '') return [];
    const { repetition } = this.dialect.delimiters;
    return repetition === '' || raw.indexOf(repetition) < 0 ? [raw] : raw.split(repetition, MOST_REPETITIONS + 1);
  }
}

function firstRepetition(raw: string, { delimiters }: Dialect): string {
  const end = delimiters.repetition === '' ? -1 : raw.indexOf(delimiters.repetition);
  return end < 0 ? raw : raw.slice(0, end);
}

/** Part `n` (1 is the first) of a raw text cut at `separator`. */
export function partOf(raw: string, n: number, separator: string): string {
  if (raw === '') return '';
  let from = 0;
  let end = separator === '' ? -1 : raw.indexOf(separator);
  for (let left = n - 1; left > 0; left -= 1) {
    if (end < 0) return '';
    from = end + 1;
    end = raw.indexOf(separator, from);
  }
  return end < 0 ? (from === 0 ? raw : raw.slice(from)) : raw.slice(from, end);
}

/** Raw component `c` of a raw repetition. */
export function rawComponent(raw: string, c: number, dialect: Dialect): string {
  return partOf(raw, c, dialect.delimiters.component);
}

/** What component `c` of a raw repetition means. */
export function componentOf(raw: string, c: number, dialect: Dialect): string {
  return meaning(rawComponent(raw, c, dialect), dialect);
}

/** What subcomponent `s` of component `c` of a raw repetition means. */
export function subcomponentOf(raw: string, c: number, s: number, dialect: Dialect): string {
  return meaning(partOf(rawComponent(raw, c, dialect), s, dialect.delimiters.subcomponent), dialect);
}

/** What a raw text without separators means; nothing where it is null (`""`). */
export function meaning(raw: string, { delimiters, charset }: Dialect): string {
  if (raw === '' || raw === NULL) return '';
  return unescapeText(raw, delimiters, charset);
}
