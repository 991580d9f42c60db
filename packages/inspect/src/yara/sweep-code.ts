/**
 * The gate's inner loop as WebAssembly with 128-bit vectors, written down instruction by instruction: no compiler is needed to build it, and
 * whoever reads it sees all there is. Its names are those of the WebAssembly specification (release 2.0, §5.4).
 */

const FACTOR = 0x9e3779b1;
const FOLD = 0x20202020;

/** Where things lie in the memory it works on, in bytes. */
export const SWEEP_LAYOUT = { coarse: 0, fine: 32_768, hits: 65_536, windows: 131_072 } as const;
/** Looked at in one call, in bytes: its quads fit where the hits are put, all of them. */
export const SWEEP_BYTES = 32_768;

type Code = readonly number[];

/** LEB128, of a signed number: what `i32.const` takes. */
function signed(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 0x7f;
    const isLast = rest >> 7 === ((low & 0x40) === 0 ? 0 : -1);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

/** LEB128, of a number that is none below zero. */
function unsigned(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) return bytes;
  }
}

const bytesOf = (name: string): Code => [...unsigned(name.length), ...Buffer.from(name, 'latin1')];
const section = (id: number, ...body: readonly Code[]): Code => [id, ...unsigned(body.flat().length), ...body.flat()];
const vector = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const constant = (value: number): Code => [0x41, ...signed(value)];
const load = (opcode: number, align: number, offset: number): Code => [opcode, align, ...unsigned(offset)];

const EMPTY = 0x40;
const I32 = 0x7f;
const V128 = 0x7b;
const LOOP: Code = [0x03, EMPTY];
const IF: Code = [0x04, EMPTY];
const ELSE: Code = [0x05];
const END: Code = [0x0b];
const branch = (depth: number): Code => [0x0c, depth];
const branchIf = (depth: number): Code => [0x0d, depth];
const EQZ: Code = [0x45];
const LT_U: Code = [0x49];
const LE_U: Code = [0x4d];
const ADD: Code = [0x6a];
const MUL: Code = [0x6c];
const AND: Code = [0x71];
const OR: Code = [0x72];
const SHL: Code = [0x74];
const SHR_U: Code = [0x76];
const STORE: Code = [0x36, 2, 0];

// Parameters and locals.
const [AT, FINISH, OUT, LOW, SPAN, QUAD, HASH, LOWS, SPANS, STOP] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Of 16 bytes from `offset` on: every quad that has no byte of the range becomes ones. */
const clean = (offset: number): Code => [
  ...[...get(AT), ...vector(0x00), 4, ...unsigned(offset)],
  ...[...get(LOWS), ...vector(0x71)],
  ...[...get(SPANS), ...vector(0x2a)],
  ...[...vector(0x0c), ...new Array<number>(16).fill(0), ...vector(0x37)],
];

const either: Code = vector(0x50);
const isAny: Code = vector(0x53);

/** Whether the quad at AT may be of a literal: then its place is put down. */
const QUAD_CODE: Code = [
  ...[...get(AT), ...load(0x28, 2, 0), ...constant(FOLD), ...OR, ...set(QUAD)],
  ...[...get(QUAD), ...constant(FACTOR), ...MUL, ...set(HASH)],
  ...[...get(HASH), ...constant(17), ...SHR_U, ...load(0x2d, 0, SWEEP_LAYOUT.coarse), ...IF],
  ...[...get(HASH), ...constant(19), ...SHR_U, ...constant(2), ...SHL, ...load(0x28, 2, SWEEP_LAYOUT.fine)],
  ...[...get(HASH), ...constant(14), ...SHR_U, ...SHR_U, ...constant(1), ...AND, ...IF],
  ...[...get(OUT), ...get(AT), ...STORE, ...get(OUT), ...constant(4), ...ADD, ...set(OUT)],
  ...[...END, ...END],
];

/** Goes over 64 bytes at once where none of their quads could be of a literal; else over each quad. */
const BODY: Code = [
  ...[...get(LOW), ...vector(0x0f), ...set(LOWS), ...get(SPAN), ...vector(0x0f), ...set(SPANS)],
  ...LOOP,
  ...[...get(AT), ...constant(64), ...ADD, ...get(FINISH), ...LE_U, ...IF],
  ...[...clean(0), ...clean(16), ...either, ...clean(32), ...either, ...clean(48), ...either, ...isAny, ...EQZ],
  ...[...IF, ...get(AT), ...constant(64), ...ADD, ...set(AT), ...branch(2), ...END],
  ...[...get(AT), ...constant(64), ...ADD, ...set(STOP)],
  ...[...ELSE, ...get(FINISH), ...set(STOP), ...END],
  ...[...LOOP, ...get(AT), ...get(STOP), ...LT_U, ...IF],
  ...QUAD_CODE,
  ...[...get(AT), ...constant(4), ...ADD, ...set(AT), ...branch(1), ...END, ...END],
  ...[...get(AT), ...get(FINISH), ...LT_U, ...branchIf(0)],
  ...END,
  ...get(OUT),
];

const LOCALS: Code = [3, ...[2, I32], ...[2, V128], ...[1, I32]];
const FUNCTION: Code = [...LOCALS, ...BODY, ...END];

/**
 * A module that imports memory `m.m` and exports `sweep(at, end, out, low, span)`: of the quads from `at` to `end` (multiples of four) it puts
 * down at `out` the places of those that are in both tables, and returns where it stopped writing. Bytes from `low` to `low + span` are in no
 * literal: what holds one in every quad is passed over unread.
 */
export const SWEEP_CODE: Uint8Array<ArrayBuffer> = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 1, I32]),
  ...section(2, [1], bytesOf('m'), bytesOf('m'), [0x02, 0x00, 1]),
  ...section(3, [1, 0]),
  ...section(7, [1], bytesOf('sweep'), [0x00, 0]),
  ...section(10, [1, ...unsigned(FUNCTION.length), ...FUNCTION]),
]);
