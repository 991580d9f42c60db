import { textIn2022 } from './iso-2022.ts';

/** What decodes each Defined Term of Specific Character Set without code extensions (PS3.3 Tables C.12-2, C.12-5). */
const DECODER_OF_TERM: ReadonlyMap<string, string> = new Map([
  ['', 'iso-8859-1'],
  ['ISO_IR 6', 'iso-8859-1'],
  ['ISO_IR 100', 'iso-8859-1'],
  ['ISO_IR 101', 'iso-8859-2'],
  ['ISO_IR 109', 'iso-8859-3'],
  ['ISO_IR 110', 'iso-8859-4'],
  ['ISO_IR 144', 'iso-8859-5'],
  ['ISO_IR 127', 'iso-8859-6'],
  ['ISO_IR 126', 'iso-8859-7'],
  ['ISO_IR 138', 'iso-8859-8'],
  ['ISO_IR 148', 'iso-8859-9'],
  ['ISO_IR 203', 'iso-8859-15'],
  ['ISO_IR 166', 'windows-874'],
  ['ISO_IR 13', 'shift_jis'],
  ['ISO_IR 192', 'utf-8'],
  ['GB18030', 'gb18030'],
  ['GBK', 'gb18030'],
]);
/** Sets of one byte a character whose upper half is one table: what an answer can be written in. */
const SINGLE_BYTE: ReadonlySet<string> = new Set(
  ['100', '101', '109', '110', '144', '127', '126', '138', '148', '203', '166'].map((number) => `ISO_IR ${number}`),
);
const MOST_TERMS = 8;

/** The terms of a Specific Character Set value, padding off, at most eight. */
export function termsOf(charset: string): readonly string[] {
  return charset
    .split('\\', MOST_TERMS)
    .map((term) => term.replace(/[\0 ]+$/, '').trimStart())
    .map((term) => (term === 'ISO 2022 IR 6' ? '' : term));
}

/**
 * Text of a value (PS3.5 §6.1). Bytes over 7F where the default repertoire was declared are read as ISO_IR 100, as most archives do; a term nobody
 * knows counts as the default. Never throws: what is no character becomes U+FFFD.
 * @param isName a person name, in which `^` and `=` too end a change of repertoire (PS3.5 §6.1.2.5.3).
 */
export function decodeText(bytes: Uint8Array, charset: string, isName = false): string {
  if (isAscii(bytes)) return latin1(bytes);
  const terms = termsOf(charset);
  const [first = ''] = terms;
  if (terms.length > 1 || first.startsWith('ISO 2022')) return textIn2022(bytes, terms, isName);
  const decoder = DECODER_OF_TERM.get(first) ?? 'iso-8859-1';
  return decoder === 'iso-8859-1' ? latin1(bytes) : decoderOf(decoder).decode(bytes);
}

/** Every byte below 80 and no escape. */
function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80 || byte === 0x1b) return false;
  return true;
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

const decoders = new Map<string, TextDecoder>();

/** One decoder of a kind, made once. */
export function decoderOf(label: string): TextDecoder {
  const known = decoders.get(label);
  if (known !== undefined) return known;
  const made = new TextDecoder(label);
  decoders.set(label, made);
  return made;
}

/** Whether all of a text is in the default repertoire. */
export function isDefaultRepertoire(text: string): boolean {
  return /^[\x00-\x1a\x1c-\x7f]*$/.test(text);
}

/**
 * The Specific Character Set an answer is written in: none when its texts need none, that of the question where it is one of the single-byte sets and has every character,
 * else ISO_IR 192.
 */
export function charsetFor(texts: Iterable<string>, asked: string): string {
  const needing = [...texts].filter((text) => !isDefaultRepertoire(text));
  if (needing.length === 0) return '';
  const terms = termsOf(asked);
  const [term = ''] = terms;
  const isWritable = terms.length === 1 && SINGLE_BYTE.has(term) && needing.every((text) => isIn(text, term));
  return isWritable ? term : 'ISO_IR 192';
}

/** Bytes beyond the default repertoire that somebody wrote without saying in which set: given back as they were read. */
export const UNDECLARED = 'undeclared';

/**
 * The Specific Character Set in which texts of somebody else are given on: their own, so that whoever reads them reads what it would have read from
 * the source; ISO_IR 192 where that cannot be written here (code extensions). `UNDECLARED` for those that had none.
 */
export function charsetAsWas(texts: readonly string[], own: string): string {
  const needing = texts.filter((text) => !isDefaultRepertoire(text));
  if (own === '') return needing.every((text) => /^[\x00-\xff]*$/.test(text)) ? UNDECLARED : 'ISO_IR 192';
  const [term = '', ...more] = termsOf(own);
  const isSingle = more.length === 0 && SINGLE_BYTE.has(term) && needing.every((text) => isIn(text, term));
  return isSingle || needing.length === 0 || own === 'ISO_IR 192' ? own : 'ISO_IR 192';
}

/** Bytes of a text in a set that `charsetFor` or `charsetAsWas` chose. */
export function encodeText(text: string, charset: string): Uint8Array {
  if (charset === UNDECLARED) return Buffer.from(text, 'latin1');
  if (!SINGLE_BYTE.has(charset)) return Buffer.from(text, 'utf8');
  const table = tableOf(charset);
  return Uint8Array.from(Array.from(text), (character) => table.get(character) ?? 0x3f);
}

function isIn(text: string, charset: string): boolean {
  const table = tableOf(charset);
  return Array.from(text).every((character) => table.has(character));
}

const tables = new Map<string, ReadonlyMap<string, number>>();

function tableOf(charset: string): ReadonlyMap<string, number> {
  const known = tables.get(charset);
  if (known !== undefined) return known;
  const table = new Map<string, number>();
  for (let byte = 0; byte < 0x100; byte += 1) {
    // 80 to 9F are controls in every one of these sets; what the web's tables put there is not in the standard's.
    if (byte >= 0x80 && byte < 0xa0) continue;
    const character = decodeText(Uint8Array.of(byte), charset);
    if (character !== '\ufffd') table.set(character, byte);
  }
  tables.set(charset, table);
  return table;
}
