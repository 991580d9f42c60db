import { encodeElements } from '@leadglass/dicom';
import { inObject, lying, type ObjectAttack } from './made.ts';
import { el, TRANSFER } from './object.ts';

// Attacks that are in how a data set is written: lengths that lie, depth, types, and what two readers read differently.

const LIE = 0xfffffffe;
const UNDEFINED = 0xffffffff;
const OTHER_PATIENT = 'LG-PROVE-IT-2';

/** Bytes put in front of the pixel data, where every reader comes by. */
const beforePixels = (bytes: Buffer) => (dataSet: Buffer) => {
  const at = dataSet.indexOf(Buffer.from('e07f1000', 'hex'));
  return Buffer.concat([dataSet.subarray(0, at), bytes, dataSet.subarray(at)]);
};

/** Content sequences nested `depth` times, each properly ended. */
function nested(depth: number): Buffer {
  const open = Buffer.from('400030a753510000fffffffffeff00e0ffffffff', 'hex');
  const close = Buffer.from('feff0de000000000feffdde000000000', 'hex');
  return Buffer.concat([Buffer.alloc(open.length * depth, open), Buffer.alloc(close.length * depth, close)]);
}

const DEPTHS: readonly ObjectAttack[] = [
  inObject('B7', 'des séquences imbriquées 1 000 fois, bien fermées', 'sequences nested 1,000 deep, properly ended', {
    bend: beforePixels(nested(1_000)),
  }),
  inObject('B7', 'des séquences imbriquées 50 000 fois, bien fermées', 'sequences nested 50,000 deep, properly ended', {
    bend: beforePixels(nested(50_000)),
  }),
];

/** A sequence of one item whose length is `claimed`. */
const oneItem = (claimed: number): Buffer => {
  const item = Buffer.from('feff00e000000000', 'hex');
  item.writeUInt32LE(claimed, 4);
  const content = lying(0x00080100, 'SH', 4, Buffer.from('CODE'));
  return lying(0x00400555, 'SQ', item.length + content.length, Buffer.concat([item, content]));
};

const LENGTHS: readonly ObjectAttack[] = [
  inObject('B8', 'un élément de 4 Go annoncés', 'an element of 4 GB, so it says', {
    bend: beforePixels(lying(0x00420011, 'OB', LIE)),
  }),
  inObject('B8', 'un texte plus long que les données', 'a text longer than the data set', {
    pixels: 'none',
    tail: lying(0x00324000, 'LT', 0xfffe, Buffer.from('short')),
  }),
  inObject('B8', 'une longueur indéfinie pour un texte', 'an undefined length for a text', {
    bend: beforePixels(lying(0x40001001, 'UT', UNDEFINED, Buffer.from('text'))),
  }),
  inObject(
    'B8',
    'un texte de 65 535 octets annoncés (CVE-2025-14607)',
    'a text of 65,535 bytes, so it says (CVE-2025-14607)',
    {
      bend: beforePixels(lying(0x00324000, 'LT', 0xffff, Buffer.from('short'))),
    },
  ),
  inObject('B8', 'un item plus long que sa séquence', 'an item longer than its sequence', {
    bend: beforePixels(oneItem(500)),
  }),
  inObject('B8', 'un item de 4 Go annoncés', 'an item of 4 GB, so it says', { bend: beforePixels(oneItem(LIE)) }),
  inObject('B8', 'une séquence jamais fermée', 'a sequence that is never ended', {
    pixels: 'none',
    tail: lying(0x00400555, 'SQ', UNDEFINED, Buffer.from('feff00e0ffffffff', 'hex')),
  }),
  inObject('B8', 'des données coupées au milieu des pixels', 'a data set cut in the middle of its pixels', {
    bend: (dataSet) => dataSet.subarray(0, -1_000),
  }),
];

const TYPES: readonly ObjectAttack[] = [
  inObject('B9', 'Rows en UL (CVE-2026-5442)', 'Rows as UL (CVE-2026-5442)', {
    elements: [el(0x00280010, 0x1_0040, 'UL')],
  }),
  inObject('B9', 'Columns en texte', 'Columns as text', { elements: [el(0x00280011, '64', 'LO')] }),
  inObject('B9', 'Bits Allocated en FD', 'Bits Allocated as FD', { elements: [el(0x00280100, 16, 'FD')] }),
  inObject('B9', 'Number of Frames en US', 'Number of Frames as US', { elements: [el(0x00280008, 1, 'US')] }),
  inObject('B9', 'une séquence en OB (CVE-2024-28130)', 'a sequence as OB (CVE-2024-28130)', {
    elements: [el(0x00081140, Buffer.from('feff00e004000000abcdef01', 'hex'), 'OB')],
  }),
  inObject('B9', 'un VR qui n’existe pas (CVE-2026-3650)', 'a VR that does not exist (CVE-2026-3650)', {
    bend: beforePixels(lying(0x00321032, 'Z!', 4, Buffer.from('what'))),
  }),
];

const PATIENT_TWICE = encodeElements([el(0x00100020, OTHER_PATIENT)], TRANSFER.explicit);

/** `(0010,0020)` a second time, right behind the first. */
function patientTwice(dataSet: Buffer): Buffer {
  const at = dataSet.indexOf(Buffer.from('10002000', 'hex'));
  const end = at + 8 + dataSet.readUInt16LE(at + 6);
  return Buffer.concat([dataSet.subarray(0, end), PATIENT_TWICE, dataSet.subarray(end)]);
}

const DIFFERENTIAL: readonly ObjectAttack[] = [
  inObject('B26', 'deux numéros de patient', 'two Patient IDs', { bend: patientTwice, harm: OTHER_PATIENT }),
  inObject('B26', 'un second objet derrière le premier', 'a second object behind the first', {
    tail: Buffer.from(
      encodeElements([el(0x00080016, '1.2.840.10008.5.1.4.1.1.2'), el(0x00100020, OTHER_PATIENT)], TRANSFER.explicit),
    ),
    harm: OTHER_PATIENT,
  }),
  inObject('B26', 'des éléments dans le désordre', 'elements out of order', {
    bend: (dataSet) => Buffer.concat([PATIENT_TWICE, dataSet]),
    harm: OTHER_PATIENT,
  }),
  inObject('B26', 'une partie en VR implicite', 'a part of it in implicit VR', {
    bend: beforePixels(Buffer.from(encodeElements([el(0x00324000, 'implicit')], TRANSFER.implicit))),
  }),
  inObject('B26', 'tout en VR implicite sous une syntaxe explicite', 'all in implicit VR under an explicit syntax', {
    transferSyntaxUid: TRANSFER.explicit,
    pixels: 'none',
    bend: (dataSet) => implicitOf(dataSet),
  }),
  inObject('B26', 'des éléments de commande dans les données', 'command elements in the data set', {
    bend: (dataSet) => Buffer.concat([lying(0x00000100, 'US', 2, Buffer.from([1, 0])), dataSet]),
  }),
  inObject('B26', 'un en-tête de fichier dans les données', 'file meta in the data set', {
    bend: (dataSet) => Buffer.concat([lying(0x00020010, 'UI', 20, Buffer.from('1.2.840.10008.1.2.1\0')), dataSet]),
  }),
];

/** Elements of short explicit VRs written anew in implicit VR. */
function implicitOf(dataSet: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= dataSet.length; ) {
    const length = dataSet.readUInt16LE(at + 6);
    const head = Buffer.alloc(8);
    dataSet.copy(head, 0, at, at + 4);
    head.writeUInt32LE(length, 4);
    parts.push(head, dataSet.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts);
}

/** Every attack that is in the writing of a data set. */
export const STRUCTURE_ATTACKS: readonly ObjectAttack[] = [...DEPTHS, ...LENGTHS, ...TYPES, ...DIFFERENTIAL];
