import { deflateRawSync } from 'node:zlib';
import { assert, bytesEqual, concatBytes } from '@leadglass/kit';
import { combine } from './collect.ts';
import { writeFileMeta } from './file-meta.ts';
import { Part10Reader } from './part10.ts';
import { type Dice, dice, mutated, randomDataSet, randomPieces } from './random.ts';
import { DataSetReader } from './reader.ts';
import { TokenRecorder } from './recorder.ts';
import type { ReaderLimits, TokenHandler } from './token.ts';
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from './transfer-syntax.ts';
import { DataSetWriter } from './writer.ts';

const ENCAPSULATED = '1.2.840.10008.1.2.4.50';
const SYNTAXES: readonly string[] = [
  IMPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  ENCAPSULATED,
  '1.3.6.1.4.1.99999.1',
];
const LIMITS: ReaderLimits = { depth: 16, elements: 20_000, inflatedBytes: 2 ** 20, inflateRatio: 200 };
/** Lines a token can be in a TokenRecorder: its beginning, value and end, and what is irregular about it. */
const LINES_PER_BYTE = 2;

/** What a run of fuzzing did. */
export interface FuzzCounts {
  rounds: number;
  regular: number;
  mutants: number;
  tokens: number;
}

/** Reads `pieces` in order to their end. */
function read(pieces: readonly Uint8Array[], transferSyntaxUid: string, handler: TokenHandler): void {
  const reader = new DataSetReader({ transferSyntaxUid, handler, limits: LIMITS });
  for (const piece of pieces) reader.push(piece);
  reader.end();
}

/** Asserts that whole, in random pieces and one byte at a time the same is said. Result: what. */
function readAllWays(roll: Dice, bytes: Uint8Array, transferSyntaxUid: string): TokenRecorder {
  const whole = new TokenRecorder();
  read([bytes], transferSyntaxUid, whole);
  for (const longest of [40, 1]) {
    const other = new TokenRecorder();
    read(randomPieces(roll, bytes, longest), transferSyntaxUid, other);
    const at = whole.lines.findIndex((line, index) => line !== other.lines[index]);
    assert(at === -1 && whole.lines.length === other.lines.length, `pieces of ${longest} say otherwise at line ${at}`);
  }
  return whole;
}

function checkRegular(roll: Dice, transferSyntaxUid: string, bytes: Uint8Array): number {
  const seen = readAllWays(roll, bytes, transferSyntaxUid);
  // UN of undefined length is allowed (PS3.5 §6.2.2) and told all the same.
  const wrong = seen.irregularities.find((line) => !line.includes('undefined-length-un'));
  assert(wrong === undefined, `a regular data set is called irregular: ${wrong}`);
  const parts: Uint8Array[] = [];
  const writer = new DataSetWriter(transferSyntaxUid, (part) => parts.push(new Uint8Array(part)));
  read([bytes], transferSyntaxUid, combine(writer, new TokenRecorder()));
  assert(bytesEqual(concatBytes(...parts), bytes), 'what is written differs from what was read');
  return seen.lines.length;
}

function checkMutant(roll: Dice, transferSyntaxUid: string, bytes: Uint8Array): number {
  const seen = readAllWays(roll, bytes, transferSyntaxUid);
  const isDead = seen.lines.at(-1)?.startsWith('fatal') === true;
  assert(isDead || seen.open === 0, 'levels stay open after the end');
  assert(seen.deepest <= 2 * LIMITS.depth + 2, 'deeper than the limit');
  assert(seen.lines.length <= bytes.byteLength * LINES_PER_BYTE + 8 * LIMITS.depth, 'more tokens than bytes can say');
  return seen.lines.length;
}

/** Deflated output may be larger than its input, so only the equality of all ways is checked. */
function checkDeflated(roll: Dice, bytes: Uint8Array): void {
  const deflated = new Uint8Array(deflateRawSync(bytes));
  readAllWays(roll, deflated, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN);
  readAllWays(roll, mutated(roll, deflated), DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN);
}

function readFile(pieces: readonly Uint8Array[]): string {
  const lines: string[] = [];
  const data: Uint8Array[] = [];
  const reader = new Part10Reader({
    preamble: (bytes) => lines.push(`preamble ${bytes.byteLength}`),
    metaIrregularity: ({ code, tag, offset, isFatal }) => lines.push(`${code} ${tag} ${offset} ${isFatal}`),
    meta: ({ bytes, ...rest }) => lines.push(JSON.stringify(rest), `meta ${bytes.byteLength}`),
    dataSet: (bytes) => data.push(new Uint8Array(bytes)),
  });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return `${lines.join('\n')}\n${concatBytes(...data).byteLength}`;
}

function checkFile(roll: Dice, transferSyntaxUid: string, bytes: Uint8Array): void {
  const head = writeFileMeta({
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: '1.2.3',
    transferSyntaxUid,
    implementationClassUid: '1.2.4',
    implementationVersionName: 'FUZZ',
  });
  const file = mutated(roll, concatBytes(head.subarray(roll(3) === 0 ? 128 : 0), bytes));
  const whole = readFile([file]);
  assert(whole === readFile(randomPieces(roll, file, 60)), 'a file in pieces is read otherwise');
  assert(whole === readFile(randomPieces(roll, file, 1)), 'a file byte by byte is read otherwise');
}

/** One round: for every encoding a regular data set and mutants of it. Throws when anything is not as promised. */
export function fuzzRound(seed: number, counts: FuzzCounts): void {
  const roll = dice(seed);
  for (const syntax of SYNTAXES) {
    const bytes = randomDataSet(roll, syntax);
    counts.tokens += checkRegular(roll, syntax, bytes);
    counts.regular += 1;
    for (let left = 4; left > 0; left -= 1) {
      // Half of the mutants are read as something else than they were written as.
      const readAs = roll(2) === 0 ? syntax : (SYNTAXES[roll(SYNTAXES.length)] as string);
      counts.tokens += checkMutant(roll, readAs, mutated(roll, bytes));
      counts.mutants += 1;
    }
    checkDeflated(roll, bytes);
    checkFile(roll, syntax, bytes);
  }
  counts.rounds += 1;
}

/** Rounds from `seed` on, until `isOver`. A failure names the seed that shows it again. */
export function fuzz(seed: number, isOver: (counts: FuzzCounts) => boolean): FuzzCounts {
  const counts: FuzzCounts = { rounds: 0, regular: 0, mutants: 0, tokens: 0 };
  for (let at = seed; !isOver(counts); at += 1) {
    try {
      fuzzRound(at, counts);
    } catch (cause) {
      throw new Error(`fuzzing failed with seed ${at}`, { cause });
    }
  }
  return counts;
}

function option(name: string, otherwise: number): number {
  const at = process.argv.indexOf(name);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
}

if (import.meta.main) {
  const until = performance.now() + option('--seconds', 60) * 1000;
  const counts = fuzz(option('--seed', 1), () => performance.now() > until);
  process.stdout.write(`${JSON.stringify(counts)}\n`);
}
