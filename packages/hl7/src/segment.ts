import { unescapeText } from './escape.ts';
import type { Delimiters } from './syntax.ts';

/** How the texts of a message are read. */
export interface Dialect {
  readonly delimiters: Delimiters;
  readonly charset: string;
  /** Whether there may be escapes at all. */
  readonly hasEscapes: boolean;
  /** UTF-16 codes of the delimiters of components and repetitions. */
  readonly componentCode: number;
  readonly repetitionCode: number;
  /** Told where a field has more repetitions than are looked at. */
  readonly tooMany: (segment: Segment, n: number) => void;
}

/** A dialect of these delimiters. */
export function dialectOf(
  delimiters: Delimiters,
  charset: string,
  hasEscapes: boolean,
  tooMany: Dialect['tooMany'],
): Dialect {
  const { component, repetition } = delimiters;
  const [componentCode, repetitionCode] = [codeOf(component), codeOf(repetition)];
  return { delimiters, charset, hasEscapes, componentCode, repetitionCode, tooMany };
}

/** Fields of a segment that are looked at; the standard's longest segments have some fifty. */
const MOST_FIELDS = 128;
/** Repetitions of a field that are looked at. */
export const MOST_REPETITIONS = 10_000;
const NULL = '""';
/** What no character is: a separator that the sender does not declare. */
const NEVER = -1;
const NONE: readonly string[] = [];

/**
 * One segment, read by offset: where its fields begin is found when the first of them is asked for, and a text is made of what is asked for alone.
 * Raw text has its delimiters and escapes; all else is what it means. Fields, components and subcomponents count from 1.
 */
export class Segment {
  readonly name: string;
  readonly dialect: Dialect;
  readonly #text: string;
  readonly #from: number;
  readonly #to: number;
  /** MSH counts its separator as field 1. */
  readonly #shift: number;
  /** Where each field begins, the name being field 0; and after the last one, where another would. */
  #starts: number[] | undefined;

  /** @param from of the message's text, where the segment begins. @param to where it ends. */
  constructor(text: string, from: number, to: number, dialect: Dialect) {
    this.name = text.slice(from, Math.min(from + 3, to));
    this.dialect = dialect;
    this.#text = text;
    this.#from = from;
    this.#to = to;
    this.#shift = this.name === 'MSH' ? 1 : 0;
  }

  /** Whether a field holds anything. */
  has(n: number): boolean {
    const begin = this.#begin(n);
    return begin >= 0 && begin < this.#end(n);
  }

  /** Raw text of field `n`, '' where there is none. Of MSH field 1 is the separator, which is not asked for: fields count from 2. */
  raw(n: number): string {
    const begin = this.#begin(n);
    return begin < 0 ? '' : this.#text.slice(begin, this.#end(n));
  }

  /** The field as one text. */
  text(n: number): string {
    return meaning(this.raw(n), this.dialect);
  }

  /** A component of the field's first repetition. */
  component(n: number, c: number): string {
    return this.subcomponent(n, c, 0);
  }

  /** A subcomponent of the field's first repetition; with `s` 0 the component whole. */
  subcomponent(n: number, c: number, s: number): string {
    let begin = this.#begin(n);
    if (begin < 0) return '';
    const stop = this.#end(n);
    if (begin === stop) return '';
    let end = endOfPart(this.#text, begin, stop, this.dialect);
    for (let left = c; left > 1; left -= 1) {
      if (!this.#goesOn(end, stop)) return '';
      begin = end + 1;
      end = endOfPart(this.#text, begin, stop, this.dialect);
    }
    if (begin === end) return '';
    const raw = this.#text.slice(begin, end);
    return meaning(s === 0 ? raw : partOf(raw, s, this.dialect.delimiters.subcomponent), this.dialect);
  }

  /** The first `count` components of the field's first repetition, '' for those that are not there. */
  components(n: number, count: number): readonly string[] {
    const found: string[] = [];
    const stop = this.#begin(n) < 0 ? -1 : this.#end(n);
    for (let begin = this.#begin(n); begin >= 0 && found.length < count; ) {
      const end = endOfPart(this.#text, begin, stop, this.dialect);
      found.push(begin === end ? '' : meaning(this.#text.slice(begin, end), this.dialect));
      begin = this.#goesOn(end, stop) ? end + 1 : -1;
    }
    while (found.length < count) found.push('');
    return found;
  }

  /** Raw repetitions of a field, as many as are looked at; none where it is empty. */
  repetitions(n: number): readonly string[] {
    const raw = this.raw(n);
    if (raw === '') return NONE;
    const { repetition } = this.dialect.delimiters;
    if (repetition === '' || raw.indexOf(repetition) < 0) return [raw];
    const repetitions = raw.split(repetition, MOST_REPETITIONS + 1);
    if (repetitions.length <= MOST_REPETITIONS) return repetitions;
    this.dialect.tooMany(this, n);
    return repetitions.slice(0, MOST_REPETITIONS);
  }

  /** Whether a component follows where one ended. */
  #goesOn(end: number, stop: number): boolean {
    return end < stop && this.#text.charCodeAt(end) !== this.dialect.repetitionCode;
  }

  #begin(n: number): number {
    this.#starts ??= startsOf(this.#text, this.#from, this.#to, this.dialect.delimiters.field);
    const index = n - this.#shift;
    return index < this.#starts.length - 1 ? (this.#starts[index] as number) : -1;
  }

  #end(n: number): number {
    return (this.#starts?.[n - this.#shift + 1] as number) - 1;
  }
}

function startsOf(text: string, from: number, to: number, field: string): number[] {
  const separator = field.charCodeAt(0);
  const starts = [from];
  for (let at = from; at < to && starts.length < MOST_FIELDS; at += 1)
    if (text.charCodeAt(at) === separator) starts.push(at + 1);
  starts.push(starts.length < MOST_FIELDS ? to + 1 : (starts.at(-1) as number));
  return starts;
}

function codeOf(separator: string): number {
  return separator === '' ? NEVER : separator.charCodeAt(0);
}

/** Where the component that begins at `from` ends. */
function endOfPart(text: string, from: number, stop: number, { componentCode, repetitionCode }: Dialect): number {
  let at = from;
  for (; at < stop; at += 1) {
    const code = text.charCodeAt(at);
    if (code === componentCode || code === repetitionCode) break;
  }
  return at;
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
  return end < 0 ? raw.slice(from) : raw.slice(from, end);
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
export function meaning(raw: string, { delimiters, charset, hasEscapes }: Dialect): string {
  if (raw === NULL) return '';
  return hasEscapes ? unescapeText(raw, delimiters, charset) : raw;
}
