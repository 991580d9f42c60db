import { decoderOf, latin1 } from './charset.ts';

/** How characters of one designated set are read. */
type CodeSet =
  | { readonly kind: 'single'; readonly decoder: string }
  /** Two bytes a character: set the high bits, put `prefix` before each pair, decode. */
  | { readonly kind: 'double'; readonly decoder: string; readonly prefix?: number };

const ASCII: CodeSet = { kind: 'single', decoder: 'iso-8859-1' };
const single = (decoder: string): CodeSet => ({ kind: 'single', decoder });
const JIS_X_0208: CodeSet = { kind: 'double', decoder: 'euc-jp' };
const JIS_X_0212: CodeSet = { kind: 'double', decoder: 'euc-jp', prefix: 0x8f };

/** Escape sequences behind ESC and the half of the code table they fill (PS3.3 Tables C.12-3, C.12-4). */
const ESCAPES: ReadonlyMap<string, readonly [half: 'g0' | 'g1', set: CodeSet]> = new Map([
  ['(B', ['g0', ASCII]],
  ['(J', ['g0', ASCII]],
  ['$B', ['g0', JIS_X_0208]],
  ['$@', ['g0', JIS_X_0208]],
  ['$(D', ['g0', JIS_X_0212]],
  [')I', ['g1', single('shift_jis')]],
  ['$)C', ['g1', { kind: 'double', decoder: 'euc-kr' }]],
  ['$)A', ['g1', { kind: 'double', decoder: 'gbk' }]],
  ['-A', ['g1', single('iso-8859-1')]],
  ['-B', ['g1', single('iso-8859-2')]],
  ['-C', ['g1', single('iso-8859-3')]],
  ['-D', ['g1', single('iso-8859-4')]],
  ['-L', ['g1', single('iso-8859-5')]],
  ['-G', ['g1', single('iso-8859-6')]],
  ['-F', ['g1', single('iso-8859-7')]],
  ['-H', ['g1', single('iso-8859-8')]],
  ['-M', ['g1', single('iso-8859-9')]],
  ['-b', ['g1', single('iso-8859-15')]],
  ['-T', ['g1', single('windows-874')]],
]);
/** The upper half a value begins with, by the number of its first term. */
const FIRST_G1: ReadonlyMap<string, CodeSet> = new Map([
  ['13', single('shift_jis')],
  ['101', single('iso-8859-2')],
  ['109', single('iso-8859-3')],
  ['110', single('iso-8859-4')],
  ['144', single('iso-8859-5')],
  ['127', single('iso-8859-6')],
  ['126', single('iso-8859-7')],
  ['138', single('iso-8859-8')],
  ['148', single('iso-8859-9')],
  ['203', single('iso-8859-15')],
  ['166', single('windows-874')],
  ['149', { kind: 'double', decoder: 'euc-kr' }],
  ['58', { kind: 'double', decoder: 'gbk' }],
]);

const ESC = 0x1b;
/** CR, LF, FF, TAB and `\` end a change of repertoire; in names `^` and `=` too (PS3.5 §6.1.2.5.3). */
const ENDS: ReadonlySet<number> = new Set([0x0d, 0x0a, 0x0c, 0x09, 0x5c]);
const NAME_ENDS: ReadonlySet<number> = new Set([...ENDS, 0x5e, 0x3d]);

/** Text with code extensions (PS3.5 §6.1.2.5): each run of bytes is read in the set that was last called up. An escape nobody knows is left out. */
export function textIn2022(bytes: Uint8Array, terms: readonly string[], isName: boolean): string {
  const initial = { g0: ASCII, g1: FIRST_G1.get(/([0-9]+)$/.exec(terms[0] ?? '')?.[1] ?? '') ?? ASCII };
  const ends = isName ? NAME_ENDS : ENDS;
  let called = initial;
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === ESC) {
      const name = escapeAt(bytes, at + 1);
      called = afterEscape(called, name);
      at += 1 + name.length;
      continue;
    }
    const isSingle = called.g0.kind === 'single';
    if (isSingle && ends.has(byte)) called = initial;
    const end = runEnd(bytes, at, byte < 0x80, isSingle ? ends : undefined);
    text += decoded(bytes.subarray(at, end), byte < 0x80 ? called.g0 : called.g1);
    at = end;
  }
  return text;
}

/** Both halves of the code table. */
interface Called {
  readonly g0: CodeSet;
  readonly g1: CodeSet;
}

function afterEscape(called: Called, name: string): Called {
  const designated = ESCAPES.get(name);
  return designated === undefined ? called : { ...called, [designated[0]]: designated[1] };
}

/** The escape sequence behind ESC: intermediates 20 to 2F, then one final byte. */
function escapeAt(bytes: Uint8Array, from: number): string {
  let at = from;
  while (at < bytes.length && at < from + 3 && (bytes[at] as number) >= 0x20 && (bytes[at] as number) < 0x30) at += 1;
  return latin1(bytes.subarray(from, Math.min(bytes.length, at + 1)));
}

/** Where the bytes of one half of the table that begin at `at` end: before an escape, a byte of the other half, or what ends the set. */
function runEnd(bytes: Uint8Array, from: number, isLow: boolean, ends: ReadonlySet<number> | undefined): number {
  let at = from + 1;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === ESC || byte < 0x80 !== isLow || (ends?.has(byte) ?? false)) break;
    at += 1;
  }
  return at;
}

function decoded(bytes: Uint8Array, set: CodeSet): string {
  if (set.kind === 'single') return set === ASCII ? latin1(bytes) : decoderOf(set.decoder).decode(bytes);
  const { prefix } = set;
  const step = prefix === undefined ? 2 : 3;
  const wide = new Uint8Array(Math.ceil(bytes.length / 2) * step);
  for (let pair = 0; pair * 2 < bytes.length; pair += 1) {
    const to = pair * step;
    if (prefix !== undefined) wide[to] = prefix;
    wide[to + step - 2] = (bytes[pair * 2] ?? 0) | 0x80;
    wide[to + step - 1] = (bytes[pair * 2 + 1] ?? 0) | 0x80;
  }
  return decoderOf(set.decoder).decode(wide);
}
