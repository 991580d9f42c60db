import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ElementToEncode, STORAGE_SOP_CLASSES, TRANSFER_SYNTAXES, type TransferSyntax } from '@leadglass/dicom';
import {
  commonElements,
  el,
  fileOf,
  type Image,
  imageElements,
  type ObjectToMake,
  pixelsOf,
  TRANSFER,
} from '../../apps/cli/src/prove-it/pack/object.ts';
import { Seeded } from '../../apps/cli/src/prove-it/pack/seeded.ts';
import { VENDORS } from '../../apps/cli/src/prove-it/pack/vendors.ts';
import { charsetElements } from './charsets.ts';
import { familyElements } from './families.ts';
import { encapsulated, encoderOf, framesOf, IMAGES, native } from './pictures.ts';
import { mp4, transportStream } from './video.ts';

/** One innocent object, and what it is. */
export interface CleanObject {
  readonly name: string;
  readonly bytes: Buffer;
}

const NATIVE = [TRANSFER.implicit, TRANSFER.explicit, TRANSFER.deflated, TRANSFER.big] as const;

/** Classes whose objects are pictures, by their names. */
const IS_IMAGE =
  /Image|Segmentation Storage|Parametric Map|RT Dose|Enhanced US Volume|Hardcopy|Stored Print|Ultrasound|Tomography|Overlay/;
const IS_NO_IMAGE = /Waveform|Presentation State|Stored Print|Standalone|Surface|SR Storage|Projection Storage/;
const IS_MULTI_FRAME =
  /Multi-frame|Enhanced|Legacy|Segmentation|Parametric|Dose|Tomosynthesis|Video|Whole Slide|3D|Volume|Tomography/i;
const IS_VIDEO = /Video/;
const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

const MODALITIES: readonly (readonly [RegExp, string])[] = [
  [/CT |Computed Tom/, 'CT'],
  [/MR /, 'MR'],
  [/Ultrasound|US /, 'US'],
  [/Mammo|Breast/, 'MG'],
  [/Computed Radiography/, 'CR'],
  [/Digital X-Ray/, 'DX'],
  [/PET|Positron/, 'PT'],
  [/Nuclear/, 'NM'],
  [/Angiographic/, 'XA'],
  [/SR Storage|Report/, 'SR'],
  [/Key Object/, 'KO'],
  [/ECG/, 'ECG'],
  [/Presentation State/, 'PR'],
  [/Segmentation/, 'SEG'],
  [/RT Dose/, 'RTDOSE'],
  [/RT Structure/, 'RTSTRUCT'],
  [/RT Plan/, 'RTPLAN'],
  [/Encapsulated PDF/, 'DOC'],
];

function modalityOf(name: string): string {
  return MODALITIES.find(([pattern]) => pattern.test(name))?.[1] ?? 'OT';
}

/** Icon, overlay and lookup tables: pictures and numbers beside the picture. */
function besideImage(random: Seeded, image: Image): ElementToEncode[] {
  const icon: Omit<Image, 'frames'> = {
    ...image,
    rows: 8,
    columns: 8,
    samples: 1,
    allocated: 8,
    stored: 8,
    planar: 0,
    photometric: 'MONOCHROME2',
  };
  const small: Image = { ...icon, frames: 1 };
  const choices: readonly (() => ElementToEncode[])[] = [
    () => [],
    () => [el(0x00880200, [[...imageElements(small), el(0x7fe00010, pixelsOf(random, small), 'OW')]])],
    () => [
      el(0x60000010, image.rows),
      el(0x60000011, image.columns),
      el(0x60000040, 'G', 'CS'),
      el(0x60000050, [1, 1], 'SS'),
      el(0x60000100, 1),
      el(0x60000102, 0),
      el(0x60003000, random.bytes(2 * Math.ceil((image.rows * image.columns) / 16)), 'OW'),
    ],
    () => [el(0x00281050, '40\\300'), el(0x00281051, '400\\1500'), el(0x00281052, '-1024'), el(0x00281053, '1')],
    () => [
      el(0x00283010, [
        [
          el(0x00283002, [256, 0, 8], 'US'),
          el(
            0x00283006,
            Array.from({ length: 256 }, (_, at) => at),
            'US',
          ),
        ],
      ]),
    ],
  ];
  return random.pick(choices)();
}

/** Functional groups of an enhanced multi-frame object (PS3.3 §C.7.6.16). */
function functionalGroups(frames: number): ElementToEncode[] {
  const perFrame = Array.from({ length: frames }, (_, at): ElementToEncode[] => [
    el(0x00209111, [[el(0x00209157, [1, at + 1], 'UL'), el(0x00209128, at + 1)]]),
    el(0x00209113, [[el(0x00200032, `0\\0\\${at}`)]]),
  ]);
  const shared: ElementToEncode[] = [el(0x00289110, [[el(0x00280030, '0.5\\0.5'), el(0x00180050, '1')]])];
  return [el(0x52009229, [shared]), el(0x52009230, perFrame)];
}

interface Sort {
  readonly uid: string;
  readonly name: string;
}

const isImage = ({ name }: Sort): boolean => IS_IMAGE.test(name) && !IS_NO_IMAGE.test(name);

async function imageObject(random: Seeded, sort: Sort, syntax: TransferSyntax): Promise<ObjectToMake | undefined> {
  const isMulti = IS_MULTI_FRAME.test(sort.name);
  const image: Image = { ...random.pick(IMAGES), frames: isMulti ? random.int(1, 4) : 1 };
  const isNative = syntax.kind !== 'encapsulated' || syntax.codec === 'none';
  const taken = isNative || encoderOf(syntax)?.takes(image) === true ? image : { ...image, ...IMAGES[2] };
  const made = isNative
    ? native(random, taken, syntax.uid)
    : await encapsulated(random, syntax, { ...taken, frames: image.frames });
  if (made === undefined) return undefined;
  const isEncapsulatedNative = syntax.kind === 'encapsulated' && syntax.codec === 'none';
  const sopInstanceUid = random.uid();
  const groups = /Enhanced|Legacy|Segmentation Storage/.test(sort.name) ? functionalGroups(made.image.frames) : [];
  return {
    sopClassUid: sort.uid,
    sopInstanceUid,
    transferSyntaxUid: syntax.uid,
    elements: [
      ...commonElements(random, sort.uid, sopInstanceUid, modalityOf(sort.name)),
      ...imageElements(made.image, isMulti),
      ...besideImage(random, made.image),
      ...groups,
    ],
    pixels: isEncapsulatedNative ? framesOf(made) : made.pixels,
  };
}

function plainObject(random: Seeded, sort: Sort, transferSyntaxUid: string): ObjectToMake {
  const sopInstanceUid = random.uid();
  const common = commonElements(random, sort.uid, sopInstanceUid, modalityOf(sort.name));
  const elements = [...common, ...familyElements(random, sort.uid)];
  return { sopClassUid: sort.uid, sopInstanceUid, transferSyntaxUid, elements };
}

/** The object dressed as real ones are: a character set, private blocks, a preamble, group lengths left out. */
function dressed(random: Seeded, object: ObjectToMake, at: number): ObjectToMake {
  const extra: ElementToEncode[] = [];
  if (at % 3 === 0) extra.push(...charsetElements(at));
  const vendors = Object.values(VENDORS);
  if (at % 2 === 0) extra.push(...(vendors[at % vendors.length]?.(random) ?? []));
  const preamble = at % 17 === 0 ? TIFF_PREAMBLE : undefined;
  return { ...object, elements: [...object.elements, ...extra], ...(preamble === undefined ? {} : { preamble }) };
}

/** A dual-personality TIFF header (PS3.10 §7.1): legitimate, as whole-slide scanners write it. */
const TIFF_PREAMBLE = Buffer.concat([Buffer.from('49492a0008000000', 'hex'), Buffer.alloc(120)]);

const NATIVES: readonly TransferSyntax[] = TRANSFER_SYNTAXES.filter(({ uid }) => NATIVE.some((one) => one === uid));
const CODECS: readonly TransferSyntax[] = TRANSFER_SYNTAXES.filter(
  (syntax) => encoderOf(syntax) !== undefined || (syntax.kind === 'encapsulated' && syntax.codec === 'none'),
);
const VIDEOS = TRANSFER_SYNTAXES.filter(({ codec: name }) => ['mpeg-2', 'h264', 'hevc'].includes(name));

/**
 * Innocent objects of every storage class in every native syntax, pictures in every codec that can be encoded here too, dressed in
 * character sets and makers' private blocks. The same seed gives the same bytes. At least 1,000.
 */
export async function* cleanObjects(seed: number): AsyncGenerator<CleanObject> {
  let at = 0;
  for (const sort of STORAGE_SOP_CLASSES) {
    for (const syntax of isImage(sort) ? [...NATIVES, ...someOf(CODECS, at)] : NATIVES) {
      at += 1;
      const random = new Seeded(`${seed} ${sort.uid} ${syntax.uid}`);
      const object = isImage(sort) ? await imageObject(random, sort, syntax) : plainObject(random, sort, syntax.uid);
      if (object === undefined) continue;
      yield { name: `${sort.name}, ${syntax.name} #${at}`, bytes: fileOf(dressed(random, object, at)) };
    }
  }
  yield* everyCodec(seed);
  yield* videos(seed);
}

/** A few of them, other ones for each class. */
function someOf(syntaxes: readonly TransferSyntax[], at: number): readonly TransferSyntax[] {
  return syntaxes.filter((_, index) => (index + at) % 3 === 0);
}

/** Each codec with each form of picture it takes, one frame and several. */
async function* everyCodec(seed: number): AsyncGenerator<CleanObject> {
  for (const syntax of CODECS) {
    const taken = IMAGES.filter((plain) => encoderOf(syntax)?.takes({ ...plain, frames: 1 }) === true);
    for (const [form, plain] of taken.entries()) {
      for (const frames of [1, 3]) {
        const random = new Seeded(`${seed} ${syntax.uid} ${form} ${frames}`);
        const bytes = await secondaryCapture(random, syntax, { ...plain, frames });
        if (bytes !== undefined) yield { name: `${syntax.name}, form ${form}, ${frames} frames`, bytes };
      }
    }
  }
}

/** The last part of the class of multi-frame secondary captures (PS3.3 §A.8). */
function multiFrameClass({ samples, allocated }: Image): string {
  if (samples === 3) return '4';
  return allocated === 8 ? '2' : '3';
}

async function secondaryCapture(random: Seeded, syntax: TransferSyntax, image: Image): Promise<Buffer | undefined> {
  const made = await encapsulated(random, syntax, image);
  if (made === undefined) return undefined;
  const sopInstanceUid = random.uid();
  const sopClassUid = image.frames === 1 ? SECONDARY_CAPTURE : `${SECONDARY_CAPTURE}.${multiFrameClass(image)}`;
  const elements = [...commonElements(random, sopClassUid, sopInstanceUid, 'OT'), ...imageElements(made.image)];
  return fileOf({ sopClassUid, sopInstanceUid, transferSyntaxUid: syntax.uid, elements, pixels: made.pixels });
}

async function* videos(seed: number): AsyncGenerator<CleanObject> {
  const sorts = STORAGE_SOP_CLASSES.filter(({ name }) => IS_VIDEO.test(name));
  for (const syntax of VIDEOS) {
    for (const sort of sorts) {
      const random = new Seeded(`${seed} ${sort.uid} ${syntax.uid}`);
      const uid = random.uid();
      const image: Image = {
        rows: 480,
        columns: 640,
        samples: 3,
        allocated: 8,
        stored: 8,
        frames: 25,
        photometric: 'YBR_PARTIAL_420',
        planar: 0,
      };
      const elements = [...commonElements(random, sort.uid, uid, 'ES'), ...imageElements(image)];
      const isStream = syntax.codec === 'mpeg-2' || random.int(0, 1) === 0;
      const pixels = [Buffer.alloc(0), isStream ? transportStream(random) : mp4(random)];
      const object = { sopClassUid: sort.uid, sopInstanceUid: uid, transferSyntaxUid: syntax.uid, elements, pixels };
      yield { name: `${sort.name}, ${syntax.name}`, bytes: fileOf(object) };
    }
  }
}

/** The clean files of the shared data, as they are. @param data folder that holds `labels.tsv`. */
export function* realCleanFiles(data: string): Generator<CleanObject> {
  for (const row of readFileSync(join(data, 'labels.tsv'), 'utf8').split('\n').slice(1)) {
    const [path = '', , expected] = row.split('\t');
    if (expected !== 'clean' || path.startsWith('hl7/')) continue;
    yield { name: path, bytes: readFileSync(join(data, path)) };
  }
}
