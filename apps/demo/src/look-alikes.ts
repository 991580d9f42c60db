import type { Random } from './random.ts';
import { studyHead } from './studies/common.ts';
import { el, type MadeObject, objectOf, type StudyOrder, uidOf } from './studies/made.ts';

// What an attacker would hide in an image, and what does nothing: headers without code, the test string every antivirus knows, a script
// that is never run. None of it is malware; all of it looks like it to whoever inspects.

export const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
export const ENCAPSULATED_PDF = '1.2.840.10008.5.1.4.1.1.104.1';

/** The EICAR test string, in two halves: this file is no virus either. */
const EICAR = `X5O!P%@AP[4\\PZX54(P^)7CC)7}$${'EICAR-STANDARD-ANTIVIRUS'}-TEST-FILE!$H+H*`;

/** The head of a Windows program, without a program. */
function windowsProgram(): Buffer {
  const head = Buffer.alloc(1024, 0xc3);
  head.fill(0, 0, 0x1c0);
  head.write('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff', 0, 'latin1');
  head.writeUInt32LE(0x80, 0x3c);
  head.write('This program cannot be run in DOS mode.\r\r\n$', 0x4e, 'latin1');
  head.write('PE\0\0', 0x80, 'latin1');
  head.writeUInt16LE(0x8664, 0x84);
  head.writeUInt16LE(1, 0x86);
  head.writeUInt16LE(240, 0x94);
  head.writeUInt16LE(0x22, 0x96);
  head.writeUInt16LE(0x20b, 0x98);
  head.write('.text', 0x188, 'latin1');
  return head;
}

/** A document that would run a script when opened, if the script did anything. */
function actingPdf(): Buffer {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
    '<< /S /JavaScript /JS (app.alert\\(1\\)) >>',
  ];
  const body = objects.map((object, at) => `${at + 1} 0 obj\n${object}\nendobj\n`).join('');
  return Buffer.from(`%PDF-1.5\n${body}trailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n`, 'latin1');
}

const SIDE = 256;

/** A picture of a medium of somebody else's: rings, so that a preview shows something. */
function rings(random: Random): Buffer {
  const [cx, cy, width] = [random.between(100, 156), random.between(100, 156), random.between(6, 14)];
  const pixels = Buffer.alloc(SIDE * SIDE);
  for (let at = 0; at < pixels.length; at += 1) {
    const distance = Math.hypot((at % SIDE) - cx, Math.floor(at / SIDE) - cy);
    pixels[at] = distance > 120 ? 8 : 128 + 100 * Math.cos(distance / width);
  }
  return pixels;
}

function picture(random: Random) {
  return [
    el(0x00080008, 'DERIVED\\SECONDARY'),
    el(0x00080060, 'OT'),
    el(0x00080064, 'WSD'),
    el(0x00280002, 1),
    el(0x00280004, 'MONOCHROME2'),
    el(0x00280010, SIDE),
    el(0x00280011, SIDE),
    el(0x00280100, 8),
    el(0x00280101, 8),
    el(0x00280102, 7),
    el(0x00280103, 0),
    el(0x7fe00010, rings(random), 'OB'),
  ];
}

const inPrivate = (value: Buffer) => [el(0x00990010, 'DEMO PRIVATE', 'LO'), el(0x00991001, value, 'OB')];

/** A kind of harm that only looks like it. */
export const LOOK_ALIKES = ['eicar', 'program', 'program-as-pixels', 'pdf', 'markup'] as const;
export type LookAlike = (typeof LOOK_ALIKES)[number];

/** An object from an infected import station. */
export function infected(which: LookAlike, seed: number, no: number, atMs: number): MadeObject {
  const order: StudyOrder = { kind: 'US', seed, no: 5000 + no, atMs, isFine: false };
  const words = {
    description: 'Examen importé d’un CD',
    bodyPart: 'CHEST',
    station: 'CDROM',
    model: 'Poste de lecture',
  };
  const { elements, study, random } = studyHead(order, words);
  const common = [
    ...elements,
    el(0x0008103e, 'Série importée'),
    el(0x0020000e, uidOf(study, 'series', 1)),
    el(0x00200011, '1'),
    el(0x00200013, '1'),
  ];
  if (which === 'pdf') return pdfObject(common, uidOf(study, which));
  return objectOf(SECONDARY_CAPTURE, uidOf(study, which), [...common, ...picture(random), ...harm(which)]);
}

function harm(which: Exclude<LookAlike, 'pdf'>) {
  if (which === 'eicar') return inPrivate(Buffer.from(EICAR, 'latin1'));
  if (which === 'program') return inPrivate(windowsProgram());
  if (which === 'markup') return [el(0x00204000, '<script src="//127.0.0.1:9/a.js"></script>')];
  const pixels = Buffer.alloc(SIDE * SIDE);
  windowsProgram().copy(pixels);
  return [el(0x7fe00010, pixels, 'OB')];
}

function pdfObject(common: readonly ReturnType<typeof el>[], uid: string): MadeObject {
  return objectOf(ENCAPSULATED_PDF, uid, [
    ...common,
    el(0x00080060, 'DOC'),
    el(0x00080064, 'WSD'),
    el(0x00420010, 'Compte rendu importé'),
    el(0x00420011, actingPdf(), 'OB'),
    el(0x00420012, 'application/pdf'),
  ]);
}
