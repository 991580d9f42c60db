import { STORAGE_SOP_CLASSES } from '@leadglass/dicom';
import type { Verdict } from '@leadglass/model';
import {
  commonElements,
  fileOf,
  type Image,
  imageElements,
  type ObjectToMake,
  pixelsOf,
  TRANSFER,
} from '../../apps/cli/src/prove-it/pack/object.ts';
import { PAYLOADS, type Payload, WRAPPINGS } from '../../apps/cli/src/prove-it/pack/payloads.ts';
import { Seeded } from '../../apps/cli/src/prove-it/pack/seeded.ts';
import { jpeg } from './codestreams.ts';
import { type Encoding, PLACEMENTS } from './placements.ts';

/** One made attack, or its innocent twin, and the least that inspection has to say of it. */
export interface Variant {
  /** `placement/payload/wrapping/encoding`. */
  readonly name: string;
  /** `clean` for a twin: then also the most. */
  readonly least: Verdict;
  readonly bytes: Buffer;
}

interface Combination {
  readonly placement: string;
  readonly payload: Payload;
  readonly wrapping: string;
  readonly encoding: Encoding;
  readonly least: Verdict;
}

const CT = '1.2.840.10008.5.1.4.1.1.2';
const BASELINE = '1.2.840.10008.1.2.4.50';
const IMAGE: Image = {
  rows: 48,
  columns: 48,
  samples: 1,
  allocated: 16,
  stored: 12,
  frames: 1,
  photometric: 'MONOCHROME2',
  planar: 0,
};
const BYTE_IMAGE: Image = { ...IMAGE, allocated: 8, stored: 8 };

/** Every combination that means something, in a fixed order. */
function combinations(): Combination[] {
  const all: Combination[] = [];
  for (const [placement, { encodings, least }] of Object.entries(PLACEMENTS)) {
    for (const payload of PAYLOADS) {
      for (const wrapping of Object.keys(WRAPPINGS)) {
        const truth = least(payload, wrapping);
        if (truth === undefined) continue;
        for (const encoding of encodings) all.push({ placement, payload, wrapping, encoding, least: truth });
      }
    }
  }
  return all;
}

const ALL = combinations();

/** How many different combinations there are. */
export const COMBINATIONS = ALL.length;

async function baseObject(random: Seeded, encoding: Encoding): Promise<ObjectToMake> {
  const sopInstanceUid = random.uid();
  const sopClassUid =
    random.int(0, 1) === 0
      ? CT
      : random.pick(
          STORAGE_SOP_CLASSES.filter(({ name }) => /^(MR|CT|Secondary Capture|Computed Radiography) Image/.test(name)),
        ).uid;
  const image = encoding === 'jpeg' ? BYTE_IMAGE : IMAGE;
  const elements = [...commonElements(random, sopClassUid, sopInstanceUid, 'CT'), ...imageElements(image)];
  const native = pixelsOf(random, image);
  const pixels = encoding === 'jpeg' ? [Buffer.alloc(0), await jpeg(image, native)] : native;
  const transferSyntaxUid = encoding === 'jpeg' ? BASELINE : TRANSFER[encoding];
  return { sopClassUid, sopInstanceUid, transferSyntaxUid, elements, pixels };
}

/** Places that the innocent object leaves empty: what stands there is nothing but the attack. */
const LEFT_EMPTY: ReadonlySet<string> = new Set([
  'preamble',
  'pixel-data',
  'trailing',
  'fragment',
  'after-codestream',
  'extra-fragment',
]);

/** A variant, and the very same object with as many harmless letters in the payload's place (or, where that is no object, nothing). */
export interface VariantPair extends Variant {
  readonly clean: Buffer;
}

async function variant(
  { placement, payload, wrapping, encoding, least }: Combination,
  random: Seeded,
): Promise<VariantPair> {
  const where = PLACEMENTS[placement];
  const wrap = WRAPPINGS[wrapping];
  if (where === undefined || wrap === undefined) throw new Error(placement);
  const object = await baseObject(random, encoding);
  const bytes = wrap(payload.make(random));
  const again = random.twin();
  const made = where.put(object, bytes, random);
  const letters = bytes.map((byte) => (byte === LINE_FEED ? byte : LETTER));
  const innocent = placement === 'document' ? where.innocent(again) : Buffer.from(letters);
  const clean = LEFT_EMPTY.has(placement) ? object : where.put(object, innocent, again);
  return {
    name: `${placement}/${payload.name}/${wrapping}/${encoding}`,
    least,
    bytes: fileOf(made),
    clean: fileOf(clean),
  };
}

const LINE_FEED = 0x0a;
const LETTER = 0x78;

async function twin(placement: string, encoding: Encoding, random: Seeded): Promise<Variant> {
  const where = PLACEMENTS[placement];
  if (where === undefined) throw new Error(placement);
  const object = await baseObject(random, encoding);
  const bytes = where.innocent(random);
  const made = bytes.length === 0 ? object : where.put(object, bytes, random);
  return { name: `${placement}/innocent/plain/${encoding}`, least: 'clean', bytes: fileOf(made) };
}

/** `list` in an order that `random` chooses (Fisher and Yates). */
function shuffled<T>(list: readonly T[], random: Seeded): T[] {
  const mixed = [...list];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = random.int(0, at);
    const held = mixed[at] as T;
    mixed[at] = mixed[other] as T;
    mixed[other] = held;
  }
  return mixed;
}

/**
 * So many variants: all combinations in an order that the seed chooses, and again with other details when there are more. Every fifth is
 * an innocent twin. The same seed gives the same bytes.
 */
export async function* variants(seed: number, count: number): AsyncGenerator<Variant> {
  const order = shuffled(ALL, new Seeded(seed));
  for (let at = 0; at < count; at += 1) {
    const random = new Seeded(`${seed} ${at}`);
    const combination = order[at % order.length] as Combination;
    if (at % 5 === 4) yield await twin(combination.placement, combination.encoding, random);
    else yield await variant(combination, random);
  }
}

/** So many attacks with the objects they were put into, as `variants` makes them without its twins. */
export async function* variantPairs(seed: number, count: number): AsyncGenerator<VariantPair> {
  const order = shuffled(ALL, new Seeded(seed));
  for (let at = 0; at < count; at += 1)
    yield await variant(order[at % order.length] as Combination, new Seeded(`${seed} ${at}`));
}
