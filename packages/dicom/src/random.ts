import { concatBytes } from '@leadglass/kit';
import { tagOf } from './dictionary.ts';
import { elementHeader, itemHeader } from './encode.ts';
import { ITEM, ITEM_DELIMITATION, SEQUENCE_DELIMITATION, TAG } from './tag.ts';
import { type Tag, UNDEFINED_LENGTH } from './token.ts';
import { encodingOf } from './transfer-syntax.ts';
import { LONG_VRS, SHORT_VRS } from './vr.ts';

/** A whole number from 0 to below `below`. The same seed gives the same numbers. */
export type Dice = (below: number) => number;

/** Dice from a 32-bit seed (an xorshift, good enough for choosing test data). */
export function dice(seed: number): Dice {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

/** `count` bytes of any value. */
export function randomBytes(roll: Dice, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += 1) bytes[at] = roll(256);
  return bytes;
}

/** `bytes` cut into pieces of 1 to `longest` bytes. */
export function randomPieces(roll: Dice, bytes: Uint8Array, longest: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const size = 1 + roll(longest);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

interface Form {
  readonly isExplicit: boolean;
  readonly isLittle: boolean;
  readonly isEncapsulated: boolean;
}

const IMPLICIT_LITTLE: Form = { isExplicit: false, isLittle: true, isEncapsulated: false };
const SEQUENCE_TAGS: readonly Tag[] = ['ReferencedSOPSequence', 'ContentSequence', 'ReferencedSeriesSequence'].map(
  (keyword) => tagOf(keyword) as Tag,
);
const PLAIN_TAGS: readonly Tag[] = [0x00080005, 0x00080018, 0x00100010, 0x00100020, 0x00111001, 0x00201041, 0x00280010];
const PLAIN_VRS: readonly string[] = [...SHORT_VRS, ...LONG_VRS].filter((vr) => vr !== 'SQ');
const DEEPEST = 5;

/** A regular data set: tags in order, sequences of both lengths, UN hiding sequences, fragments where they may be. */
export function randomDataSet(roll: Dice, transferSyntaxUid: string): Uint8Array {
  const encoding = encodingOf(transferSyntaxUid);
  const form = {
    isExplicit: encoding !== 'implicit-le',
    isLittle: encoding !== 'explicit-be',
    isEncapsulated: encoding === 'encapsulated',
  };
  return concatBytes(randomElements(roll, form, 0), roll(2) === 0 ? randomPixels(roll, form) : new Uint8Array(0));
}

function randomElements(roll: Dice, form: Form, depth: number): Uint8Array {
  const chosen = new Set<Tag>();
  for (let left = roll(8); left > 0; left -= 1) {
    const from = roll(3) === 0 && depth < DEEPEST ? SEQUENCE_TAGS : PLAIN_TAGS;
    chosen.add(from[roll(from.length)] as Tag);
  }
  const tags = [...chosen].sort((a, b) => a - b);
  return concatBytes(
    ...tags.map((tag) => {
      return SEQUENCE_TAGS.includes(tag) ? randomSequence(roll, tag, form, depth) : randomElement(roll, tag, form);
    }),
  );
}

function randomElement(roll: Dice, tag: Tag, form: Form): Uint8Array {
  const vr = PLAIN_VRS[roll(PLAIN_VRS.length)] as string;
  const value = randomBytes(roll, 2 * roll(roll(10) === 0 ? 400 : 12));
  return concatBytes(elementHeader(tag, vr, value.byteLength, form.isExplicit, form.isLittle), value);
}

function randomSequence(roll: Dice, tag: Tag, form: Form, depth: number): Uint8Array {
  const isDefined = roll(2) === 0;
  const isUn = !isDefined && form.isExplicit && roll(4) === 0;
  const inner = isUn ? IMPLICIT_LITTLE : form;
  const items = Array.from({ length: roll(4) }, () => randomItem(roll, inner, depth + 1));
  const content = concatBytes(...items);
  const length = isDefined ? content.byteLength : UNDEFINED_LENGTH;
  const header = elementHeader(tag, isUn ? 'UN' : 'SQ', length, form.isExplicit, form.isLittle);
  const end = isDefined ? new Uint8Array(0) : itemHeader(SEQUENCE_DELIMITATION, 0, inner.isLittle);
  return concatBytes(header, content, end);
}

function randomItem(roll: Dice, form: Form, depth: number): Uint8Array {
  const content = randomElements(roll, form, depth);
  if (roll(2) === 0) return concatBytes(itemHeader(ITEM, content.byteLength, form.isLittle), content);
  return concatBytes(
    itemHeader(ITEM, UNDEFINED_LENGTH, form.isLittle),
    content,
    itemHeader(ITEM_DELIMITATION, 0, form.isLittle),
  );
}

function randomPixels(roll: Dice, form: Form): Uint8Array {
  if (!form.isEncapsulated || roll(2) === 0) {
    const value = randomBytes(roll, 2 * roll(2000));
    return concatBytes(elementHeader(TAG.PixelData, 'OW', value.byteLength, form.isExplicit, form.isLittle), value);
  }
  const fragments = Array.from({ length: 1 + roll(5) }, () => {
    const value = randomBytes(roll, 2 * roll(200));
    return concatBytes(itemHeader(ITEM, value.byteLength, true), value);
  });
  const header = elementHeader(TAG.PixelData, 'OB', UNDEFINED_LENGTH, true, true);
  return concatBytes(header, ...fragments, itemHeader(SEQUENCE_DELIMITATION, 0, true));
}

/** Bytes that mean something to a reader, to be thrown into the middle of others. */
const SPICE: readonly Uint8Array[] = [
  itemHeader(ITEM, UNDEFINED_LENGTH, true),
  itemHeader(ITEM, 0xfffffff0, true),
  itemHeader(ITEM_DELIMITATION, 0, true),
  itemHeader(SEQUENCE_DELIMITATION, 7, true),
  itemHeader(ITEM, 12, false),
  elementHeader(0x0040a730, 'SQ', UNDEFINED_LENGTH, true, true),
  elementHeader(0x0040a730, 'SQ', 64, false, true),
  elementHeader(0x00090010, 'UN', UNDEFINED_LENGTH, true, true),
  elementHeader(TAG.PixelData, 'OB', UNDEFINED_LENGTH, true, true),
  elementHeader(0x00080000, 'UL', 4, true, true),
  new Uint8Array([0xff, 0xff, 0xff, 0xff]),
  new Uint8Array(8),
];

/** `bytes` with one to eight faults: changed, thrown in, left out, doubled, cut off. */
export function mutated(roll: Dice, bytes: Uint8Array): Uint8Array {
  let result = bytes;
  for (let left = 1 + roll(8); left > 0; left -= 1) result = mutatedOnce(roll, result);
  return result;
}

function mutatedOnce(roll: Dice, bytes: Uint8Array): Uint8Array {
  const at = roll(bytes.byteLength + 1);
  const before = bytes.subarray(0, at);
  const to = at + roll(32);
  switch (roll(6)) {
    case 0:
      return before;
    case 1:
      return concatBytes(before, SPICE[roll(SPICE.length)] as Uint8Array, bytes.subarray(at));
    case 2:
      return concatBytes(before, bytes.subarray(to));
    case 3:
      return concatBytes(before, bytes.subarray(at, to), bytes.subarray(at));
    default:
      return concatBytes(before, randomBytes(roll, 1 + roll(3)), bytes.subarray(at + 1 + roll(3)));
  }
}
