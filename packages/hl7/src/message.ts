import { type Charset, type Decoding, declaredCharset, decodeBytes, decodingOf } from './charset.ts';
import type { MllpLimits } from './limits.ts';
import { Problems } from './problems.ts';
import type { HeaderReading, Problem } from './readings.ts';
import { type Dialect, dialectOf, MOST_REPETITIONS, Segment } from './segment.ts';
import { type Delimiters, delimitersOf } from './syntax.ts';
import { WHY } from './why.ts';

/** A message cut into segments, the first of which is its MSH. */
export interface Message {
  readonly header: HeaderReading;
  readonly charset: string;
  readonly segments: readonly Segment[];
  readonly problems: Problems;
}

/** Bytes that are no message, or none that may be read further. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly problems: readonly Problem[];
  /** What stands in MSH, where it could be read. */
  readonly header?: HeaderReading;
}

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
const LF = 0x0a;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const MOST_HEADER_BYTES = 8192;
/** Where what follows the escape character's declaration begins: after `MSH`, MSH-1 and three signs of MSH-2. */
const AFTER_ESCAPE = 7;

/** Cuts a message. Never throws. */
export function readMessage(bytes: Uint8Array, fallback: Charset, limits: MllpLimits): Message | Unreadable {
  const view = withoutBom(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (view.byteLength > limits.messageBytes) return unreadable(WHY.messageTooLong(limits.messageBytes));
  const first = view.toString('latin1', 0, Math.min(headerEnd(view), MOST_HEADER_BYTES));
  if (!first.startsWith('MSH')) return unreadable(WHY.noHeader);
  const delimiters = delimitersOf(first);
  if (delimiters === undefined) return unreadable(WHY.badDelimiters, 'MSH-2');
  const declared = declaredCharset(partOfHeader(first, delimiters));
  const decoding = decodingOf(view, declared, fallback);
  return cut(view, delimiters, decoding, limits);
}

function cut(view: Buffer, delimiters: Delimiters, decoding: Decoding, limits: MllpLimits): Message | Unreadable {
  const text = decodeBytes(view, decoding.charset);
  const segments: Segment[] = [];
  const problems = new Problems(segments);
  const dialect = dialectOf(delimiters, decoding.charset, hasEscapes(text, delimiters), (segment, n) =>
    problems.fatal(198, segment, n, WHY.tooManyRepetitions(MOST_REPETITIONS)),
  );
  const why = cutSegments(text, dialect, limits, segments, problems);
  const header = headerOf(segments[0] ?? new Segment('MSH', 0, 3, dialect));
  if (why !== undefined) return unreadable(why, 'MSH', header);
  if (view.includes(VT) || view.includes(FS)) return unreadable(WHY.startInside, 'MSH', header);
  if (decoding.isGuess) problems.tell(102, 'MSH', 18, WHY.charsetGuessed(decoding.charset));
  return { header, charset: decoding.charset, segments, problems };
}

function unreadable(why: Problem['why'], place = 'MSH', header?: HeaderReading): Unreadable {
  const problems = [{ code: 100, place, why, isFatal: true }] as const;
  return header === undefined ? { kind: 'unreadable', problems } : { kind: 'unreadable', problems, header };
}

function withoutBom(view: Buffer): Buffer {
  return view.subarray(0, 3).equals(BOM) ? view.subarray(3) : view;
}

function headerEnd(view: Buffer): number {
  const cr = view.indexOf(CR);
  const end = cr < 0 ? view.byteLength : cr;
  const lf = view.subarray(0, end).indexOf(LF);
  return lf < 0 ? end : lf;
}

/** MSH-18, its first repetition. */
function partOfHeader(msh: string, { field, repetition }: Delimiters): string {
  const raw = msh.split(field, 18)[17] ?? '';
  return repetition === '' ? raw : (raw.split(repetition, 1)[0] ?? '');
}

/** Cuts a text into segments. Result: why nothing more is read, or undefined. */
function cutSegments(
  text: string,
  dialect: Dialect,
  limits: MllpLimits,
  segments: Segment[],
  problems: Problems,
): Problem['why'] | undefined {
  const spans = new Spans(text, dialect.delimiters.field);
  for (let span = spans.next(); span !== undefined; span = spans.next()) {
    const { from, end, isBroken } = span;
    if (end - from > limits.segmentBytes) return WHY.segmentTooLong(limits.segmentBytes);
    if (segments.length === limits.segments) return WHY.tooManySegments(limits.segments);
    const segment = isBroken ? mended(text.slice(from, end), dialect) : new Segment(text, from, end, dialect);
    if (segment.name === 'MSH' && segments.length > 0) return WHY.secondHeader;
    segments.push(segment);
    if (isBroken) problems.tell(100, segment, 0, WHY.lineBreak);
  }
  return undefined;
}

function mended(raw: string, dialect: Dialect): Segment {
  const text = raw.replace(/\r\n?/g, '\n');
  return new Segment(text, 0, text.length, dialect);
}

/** Whether the escape character stands anywhere but in MSH-2. */
function hasEscapes(text: string, { escape: sign }: Delimiters): boolean {
  return sign !== '' && text.indexOf(sign, AFTER_ESCAPE) >= 0;
}

interface Line {
  readonly from: number;
  readonly end: number;
}

/** Where a segment lies; broken where lines follow that begin none. */
interface Span extends Line {
  readonly isBroken: boolean;
}

/**
 * Segments end with CR; LF and CR LF are taken too. A line that does not begin as a segment does goes on with the one before it: its sender
 * left a line break in a text.
 */
class Spans {
  readonly #text: string;
  readonly #field: string;
  readonly #lines: Lines;
  /** Where the next one begins. */
  #begin: Line | undefined;

  constructor(text: string, field: string) {
    this.#text = text;
    this.#field = field;
    this.#lines = new Lines(text);
    this.#begin = this.#lines.next();
  }

  next(): Span | undefined {
    const begin = this.#begin;
    if (begin === undefined) return undefined;
    let last = begin;
    let line = this.#lines.next();
    while (line !== undefined && !isSegment(this.#text, line.from, line.end, this.#field)) {
      last = line;
      line = this.#lines.next();
    }
    this.#begin = line;
    return { from: begin.from, end: last.end, isBroken: last !== begin };
  }
}

/** Lines of a text that are not empty; each byte is looked at once. */
class Lines {
  readonly #text: string;
  #at = 0;
  #cr: number;
  #lf: number;

  constructor(text: string) {
    this.#text = text;
    this.#cr = text.indexOf('\r');
    this.#lf = text.indexOf('\n');
  }

  next(): Line | undefined {
    const text = this.#text;
    while (this.#at < text.length) {
      const from = this.#at;
      const end = this.#end();
      this.#at = end + 1;
      if (end > from) return { from, end };
    }
    return undefined;
  }

  #end(): number {
    if (this.#cr >= 0 && this.#cr < this.#at) this.#cr = this.#text.indexOf('\r', this.#at);
    if (this.#lf >= 0 && this.#lf < this.#at) this.#lf = this.#text.indexOf('\n', this.#at);
    if (this.#cr < 0) return this.#lf < 0 ? this.#text.length : this.#lf;
    return this.#lf < 0 ? this.#cr : Math.min(this.#cr, this.#lf);
  }
}

/** Whether a line begins with a capital, two capitals or digits, and the field separator or its end. */
function isSegment(text: string, from: number, end: number, field: string): boolean {
  if (end - from < 3 || (end - from > 3 && text.charAt(from + 3) !== field)) return false;
  return isCapital(text.charCodeAt(from)) && isNameSign(text, from + 1) && isNameSign(text, from + 2);
}

function isNameSign(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isCapital(code) || (code >= 0x30 && code <= 0x39);
}

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

/** MSH. */
function headerOf(msh: Segment): HeaderReading {
  return {
    sendingApplication: hierarchic(msh, 3),
    sendingFacility: hierarchic(msh, 4),
    receivingApplication: hierarchic(msh, 5),
    receivingFacility: hierarchic(msh, 6),
    sentAt: msh.component(7, 1),
    type: msh.component(9, 1),
    trigger: msh.component(9, 2),
    controlId: msh.text(10),
    processing: msh.component(11, 1),
    version: msh.component(12, 1),
    acceptAck: msh.component(15, 1),
    applicationAck: msh.component(16, 1),
  };
}

/** HD: its name, else its identifier. */
function hierarchic(segment: Segment, n: number): string {
  return segment.component(n, 1) || segment.component(n, 2);
}
