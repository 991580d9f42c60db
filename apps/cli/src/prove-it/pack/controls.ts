import { CONTROL } from './classes.ts';
import { jpegLossless, rle } from './codestreams.ts';
import { CT, inObject, type ObjectAttack, PICTURE, SECONDARY_CAPTURE } from './made.ts';
import { el, type Image, pixelsOf } from './object.ts';
import { SYNTAX } from './pixels.ts';
import { VENDORS } from './vendors.ts';

// What must pass, bit for bit: without it a gateway that lets nothing through would have the best report of all.

const SCANNER: Image = { ...PICTURE, rows: 256, columns: 256 };
const SR = '1.2.840.10008.5.1.4.1.1.88.11';
const EMPTY = Buffer.alloc(0);

const finding = (words: string) => [
  el(0x0040a010, 'CONTAINS'),
  el(0x0040a040, 'TEXT'),
  el(0x0040a043, [[el(0x00080100, '121071'), el(0x00080102, 'DCM'), el(0x00080104, 'Finding')]]),
  el(0x0040a160, words),
];

const chance = (value: string) => Buffer.from(value, 'latin1');

/** Innocent objects. A UID, a patient and a study as in every object of the pack. */
export const CONTROLS: readonly ObjectAttack[] = [
  inObject(CONTROL, 'un scanner', 'a CT', { image: SCANNER, sopClassUid: CT }),
  inObject(CONTROL, 'une image JPEG sans perte', 'a lossless JPEG image', ({ random }) => ({
    image: PICTURE,
    transferSyntaxUid: SYNTAX.jpegLossless,
    pixels: [EMPTY, jpegLossless(PICTURE, pixelsOf(random, PICTURE))],
  })),
  inObject(CONTROL, 'une image RLE en couleurs', 'an RLE image in colour', ({ random }) => {
    const image: Image = { ...PICTURE, samples: 3, allocated: 8, stored: 8, photometric: 'RGB' };
    const pixels = [EMPTY, rle(image, pixelsOf(random, image))];
    return { image, pixels, transferSyntaxUid: SYNTAX.rle, sopClassUid: SECONDARY_CAPTURE };
  }),
  inObject(CONTROL, 'un compte rendu structuré', 'a structured report', {
    sopClassUid: SR,
    pixels: 'none',
    elements: [
      el(0x00080060, 'SR'),
      el(0x0040a040, 'CONTAINER'),
      el(0x0040a043, [[el(0x00080100, '18748-4'), el(0x00080102, 'LN'), el(0x00080104, 'Diagnostic imaging report')]]),
      el(0x0040a050, 'SEPARATE'),
      el(0x0040a491, 'COMPLETE'),
      el(0x0040a493, 'UNVERIFIED'),
      el(0x0040a730, [finding('Nodule < 6 mm; stable (-0.3 mm).'), finding('50 % & plus, cf. p. 3')]),
    ],
  }),
  inObject(
    CONTROL,
    'une image aux blocs privés d’un constructeur',
    'an image with a maker’s private blocks',
    ({ random }) => ({
      elements: [...(VENDORS.siemensCsa?.(random) ?? []), ...(VENDORS.geIdentity?.(random) ?? [])],
    }),
  ),
  inObject(CONTROL, 'des lettres de programme par hasard', 'letters of a program by chance', ({ random }) => {
    const pixels = pixelsOf(random, PICTURE);
    pixels.set(chance('MZ PK %PDF- \x7fELF'), 1_000);
    return { pixels, elements: VENDORS.lettersByChance?.(random) ?? [] };
  }),
  inObject(CONTROL, 'un nom chinois (GB18030)', 'a Chinese name (GB18030)', {
    elements: [
      el(0x00080005, 'GB18030'),
      el(0x00100010, Buffer.from('4c454144474c4153535e50524f56452d49543dcdf55ed0a1b6ab20', 'hex'), 'PN'),
    ],
  }),
];
