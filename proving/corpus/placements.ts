import type { ElementToEncode } from '@leadglass/dicom';
import type { Verdict } from '@leadglass/model';
import { el, type ObjectToMake, type TRANSFER } from '../../apps/cli/src/prove-it/pack/object.ts';
import type { Payload } from '../../apps/cli/src/prove-it/pack/payloads.ts';
import type { Seeded } from '../../apps/cli/src/prove-it/pack/seeded.ts';
import { plainPdf } from './families.ts';

/** How an object is written: a native syntax, or JPEG baseline. */
export type Encoding = keyof typeof TRANSFER | 'jpeg';

/** Where a payload is put. */
export interface Placement {
  readonly encodings: readonly Encoding[];
  /** What inspection must say at least; undefined when the combination makes no sense, or is not grave enough to say anything. */
  least(payload: Payload, wrapping: string): Verdict | undefined;
  put(object: ObjectToMake, bytes: Buffer, random: Seeded): ObjectToMake;
  /** Something innocent for the same place. */
  innocent(random: Seeded): Buffer;
}

const NATIVE: readonly Encoding[] = ['implicit', 'explicit', 'big', 'deflated'];
const ENCAPSULATED_PDF = '1.2.840.10008.5.1.4.1.1.104.1';

/** In elements nobody looks into: programs and viruses have no innocent way there, everything else has a rare one. */
function leastInside(payload: Payload, wrapping: string): Verdict | undefined {
  if (payload.family === 'injection') return undefined;
  if (payload.family === 'virus') return wrapping === 'base64' ? 'suspicious' : 'malicious';
  if (wrapping === 'plain') return payload.family === 'program' ? 'malicious' : 'suspicious';
  if (wrapping === 'zip') return 'suspicious';
  return payload.family === 'program' ? 'suspicious' : undefined;
}

/** The same, where noise may look like anything: only what is sure is said. */
function leastInPixels(payload: Payload, wrapping: string): Verdict | undefined {
  if (wrapping !== 'plain') return undefined;
  if (payload.family === 'virus') return 'malicious';
  return payload.name === 'pe' || payload.name === 'elf' ? 'suspicious' : undefined;
}

function atLeastSuspicious(payload: Payload, wrapping: string): Verdict | undefined {
  if (payload.family === 'injection') return undefined;
  return payload.family === 'virus' && wrapping !== 'base64' ? 'malicious' : 'suspicious';
}

function leastInPreamble(payload: Payload, wrapping: string): Verdict | undefined {
  return payload.family === 'injection' || wrapping === 'base64' ? undefined : 'malicious';
}

function leastInText(payload: Payload, wrapping: string): Verdict | undefined {
  if (!payload.isText || wrapping === 'gzip' || wrapping === 'zip') return undefined;
  if (wrapping === 'base64') return payload.family === 'virus' ? 'suspicious' : undefined;
  return payload.family === 'virus' ? 'malicious' : 'suspicious';
}

const withElements = (object: ObjectToMake, ...elements: readonly ElementToEncode[]): ObjectToMake => ({
  ...object,
  elements: [...object.elements, ...elements],
});

function privateBlock(random: Seeded, value: Buffer, vr: string): ElementToEncode[] {
  const group = random.pick([0x0009, 0x0011, 0x0019, 0x0029, 0x0099, 0x7fe1]);
  const block = random.int(0x10, 0x1f);
  const creator = random.pick(['ACME 1.1', 'VENDOR MEDICAL', 'XYZ_PRIV_01']);
  const tag = (element: number) => ((group << 16) | element) >>> 0;
  return [el(tag(block), creator, 'LO'), el(tag((block << 8) | random.int(1, 0xfe)), value, vr)];
}

function nested(random: Seeded, value: Buffer): ElementToEncode {
  let item: readonly ElementToEncode[] = privateBlock(random, value, 'OB').filter(({ tag }) => tag < 0x7fe00000);
  if (item.length === 0) item = [el(0x00090010, 'ACME', 'LO'), el(0x00091001, value, 'OB')];
  for (let depth = random.int(0, 11); depth > 0; depth -= 1)
    item = [el(0x0040a040, 'CONTAINER'), el(0x0040a730, [item])];
  return el(0x00400555, [item]);
}

const NOTES = ['Protocole 2.4 ; MZ-12, PK 3', 'kVp=120 mAs=45 <auto>', 'v1.0 #!12', 'Dose: 12.5 mGy (=5 %)', 'a/b\\c'];
const note = (random: Seeded): Buffer => Buffer.from(random.pick(NOTES), 'latin1');
const XML = '<?xml version="1.0"?>\n<Settings><Name>ABD</Name><Value unit="mm">1.5</Value></Settings>\n';

/** A vendor's value: text, XML, numbers. */
function vendorValue(random: Seeded): Buffer {
  const numbers = Buffer.from(new Float32Array(random.int(4, 64)).map((_, at) => at * 0.37).buffer);
  return random.pick([note(random), Buffer.from(XML), numbers, Buffer.alloc(64)]);
}

/** Texts of at most 64 characters in one line, or any text. */
const LINES = [0x00081030, 0x0008103e, 0x00180015, 0x00181030, 0x00400254] as const;
const PARAGRAPHS = [0x00204000, 0x001021b0, 0x00324000] as const;

function textElement(random: Seeded, bytes: Buffer): ElementToEncode {
  const isLine = bytes.length <= 64 && !bytes.includes('\n');
  return el(isLine ? random.pick(LINES) : random.pick(PARAGRAPHS), bytes, isLine ? 'LO' : 'LT');
}

function inPixels(object: ObjectToMake, bytes: Buffer): ObjectToMake {
  const pixels = Buffer.from(object.pixels instanceof Uint8Array ? object.pixels : Buffer.alloc(0));
  pixels.set(bytes.subarray(0, pixels.length));
  return { ...object, pixels };
}

const fragmentsOf = ({ pixels }: ObjectToMake): readonly Uint8Array[] =>
  pixels instanceof Uint8Array ? [] : (pixels ?? []);

/** Every place, by name. */
export const PLACEMENTS: Readonly<Record<string, Placement>> = {
  preamble: {
    encodings: NATIVE,
    least: leastInPreamble,
    put: (object, bytes) => ({ ...object, preamble: bytes }),
    innocent: (random) =>
      random.pick([Buffer.from('49492a0008000000', 'hex'), Buffer.alloc(8), Buffer.from('ACME VIEWER 2.1', 'latin1')]),
  },
  'private-ob': {
    encodings: NATIVE,
    least: leastInside,
    put: (object, bytes, random) => withElements(object, ...privateBlock(random, bytes, 'OB')),
    innocent: vendorValue,
  },
  'private-un': {
    encodings: NATIVE,
    least: leastInside,
    put: (object, bytes, random) => withElements(object, ...privateBlock(random, bytes, 'UN')),
    innocent: vendorValue,
  },
  'private-ow': {
    encodings: ['explicit', 'deflated'],
    least: leastInside,
    put: (object, bytes, random) => withElements(object, ...privateBlock(random, bytes, 'OW')),
    innocent: (random) => Buffer.from(new Uint16Array(random.int(4, 64)).map((_, at) => at).buffer),
  },
  'unknown-element': {
    encodings: ['explicit', 'deflated'],
    least: leastInside,
    put: (object, bytes, random) =>
      withElements(object, el(random.pick([0x001899f1, 0x003299f1, 0x005099f1]), bytes, 'UN')),
    innocent: note,
  },
  nested: {
    encodings: NATIVE,
    least: leastInside,
    put: (object, bytes, random) => withElements(object, nested(random, bytes)),
    innocent: vendorValue,
  },
  document: {
    encodings: NATIVE,
    least: (payload, wrapping) => (wrapping === 'base64' ? undefined : atLeastSuspicious(payload, wrapping)),
    put: ({ pixels: _, ...object }, bytes) => ({
      ...withElements(
        { ...object, elements: object.elements.filter(({ tag }) => tag >>> 16 !== 0x0028) },
        el(0x00080016, ENCAPSULATED_PDF),
        el(0x00080060, 'DOC'),
        el(0x00280301, 'NO'),
        el(0x00420010, 'Document'),
        el(0x00420011, bytes, 'OB'),
        el(0x00420012, 'application/pdf'),
      ),
      sopClassUid: ENCAPSULATED_PDF,
    }),
    innocent: () => plainPdf('Compte rendu'),
  },
  trailing: {
    encodings: ['implicit', 'explicit', 'big'],
    least: atLeastSuspicious,
    put: (object, bytes) => ({ ...object, trailing: bytes }),
    innocent: (random) => Buffer.alloc(random.int(1, 255) * 2),
  },
  text: {
    encodings: NATIVE,
    least: leastInText,
    put: (object, bytes, random) => withElements(object, textElement(random, bytes)),
    innocent: note,
  },
  'private-text': {
    encodings: NATIVE,
    least: (payload, wrapping) => (payload.family === 'injection' ? undefined : leastInText(payload, wrapping)),
    put: (object, bytes, random) => withElements(object, ...privateBlock(random, bytes, 'UT')),
    innocent: (random) => random.pick([note(random), Buffer.from(XML)]),
  },
  'pixel-data': {
    encodings: ['implicit', 'explicit', 'deflated'],
    least: leastInPixels,
    put: inPixels,
    innocent: (random) => Buffer.concat([random.bytes(100), Buffer.from('MZ PK\x03\x04 \x7fELF %PDF-', 'latin1')]),
  },
  fragment: {
    encodings: ['jpeg'],
    least: atLeastSuspicious,
    put: (object, bytes) => ({ ...object, pixels: [Buffer.alloc(0), bytes] }),
    innocent: () => Buffer.alloc(0),
  },
  'after-codestream': {
    encodings: ['jpeg'],
    least: atLeastSuspicious,
    put: (object, bytes) => {
      const [table = Buffer.alloc(0), frame = Buffer.alloc(0)] = fragmentsOf(object);
      return { ...object, pixels: [table, Buffer.concat([frame, bytes])] };
    },
    innocent: () => Buffer.alloc(2),
  },
  'extra-fragment': {
    encodings: ['jpeg'],
    least: atLeastSuspicious,
    put: (object, bytes) => ({ ...object, pixels: [...fragmentsOf(object), bytes] }),
    innocent: () => Buffer.alloc(0),
  },
};
