import { type ElementToEncode, EXPLICIT_VR_LITTLE_ENDIAN, encodeElements, vrOf } from '@leadglass/dicom';
import { DRILL_ISSUER, DRILL_PATIENT_NAME } from '@leadglass/model';
import { wordRows } from './letters.ts';

export const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
/** Pixels a side, and images of the one series. */
const SIDE = 256;
export const DRILL_SLICES = 3;
/** Stored values are Hounsfield units over this. */
const INTERCEPT = -1024;
const [FRAME, LETTER, BACKGROUND] = [300, 600, -100] as const;
const BURNT = ['EXERCICE', 'DRILL', 'PAS UN PATIENT', 'NOT A PATIENT'] as const;
const [LARGE, SMALL] = [4, 2] as const;

/** Who and what one drill is about: all made for it, none used twice. */
export interface DrillIdentity {
  /** Patient ID (0010,0020) and PID-3, issued by DRILL_ISSUER. */
  readonly patientId: string;
  readonly studyInstanceUid: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

export interface DrillImage {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly transferSyntax: string;
  readonly dataSet: Uint8Array;
  /** As they lie in the data set: 16 bits little endian. */
  readonly pixels: Uint8Array;
}

/**
 * The images of a drill: a square frame with EXERCICE, DRILL, PAS UN PATIENT, NOT A PATIENT in the pixels themselves, which no viewer can leave
 * out (Burned In Annotation YES, PS3.3 §C.7.6.1). No anatomy: nobody can take it for anybody's.
 */
export function drillImages(identity: DrillIdentity): readonly DrillImage[] {
  return Array.from({ length: DRILL_SLICES }, (_, at) => drillImage(identity, at + 1));
}

function drillImage(identity: DrillIdentity, slice: number): DrillImage {
  const { studyInstanceUid } = identity;
  const seriesInstanceUid = `${studyInstanceUid}.1`;
  const sopInstanceUid = `${seriesInstanceUid}.${slice}`;
  const pixels = drawn(slice);
  const elements = [
    ...said(identity),
    el(0x00080016, CT_IMAGE_STORAGE),
    el(0x00080018, sopInstanceUid),
    el(0x0020000e, seriesInstanceUid),
    el(0x00200013, String(slice)),
    el(0x00200032, `-128\\-128\\${slice * 5}`),
    el(0x7fe00010, pixels, 'OW'),
  ].sort((a, b) => a.tag - b.tag);
  const transferSyntax = EXPLICIT_VR_LITTLE_ENDIAN;
  return {
    ...{ sopClassUid: CT_IMAGE_STORAGE, sopInstanceUid, seriesInstanceUid, transferSyntax, pixels },
    dataSet: encodeElements(elements, transferSyntax),
  };
}

/** Patient, study, series, device and pixel modules of a CT image (PS3.3 §A.3.3), all of it saying what it is. */
function said({ patientId, studyInstanceUid, atMs }: DrillIdentity): ElementToEncode[] {
  const [date, time] = [dateOf(atMs), timeOf(atMs)];
  const { family, given } = DRILL_PATIENT_NAME;
  return [
    el(0x00080005, 'ISO_IR 192'),
    el(0x00080008, 'ORIGINAL\\PRIMARY\\AXIAL'),
    ...[0x00080020, 0x00080021, 0x00080022, 0x00080023].map((tag) => el(tag, date)),
    ...[0x00080030, 0x00080031, 0x00080032, 0x00080033].map((tag) => el(tag, time)),
    el(0x00080050, 'EXERCICE'),
    el(0x00080060, 'CT'),
    el(0x00080070, 'Leadglass'),
    empty(0x00080090),
    el(0x00081030, 'EXERCICE / DRILL'),
    el(0x0008103e, 'EXERCICE / DRILL'),
    el(0x00100010, `${family}^${given}`),
    el(0x00100020, patientId),
    el(0x00100021, DRILL_ISSUER),
    el(0x00100030, '19000101'),
    el(0x00100040, 'O'),
    el(0x00104000, 'Exercice : aucun patient. Drill: no patient.'),
    el(0x00180050, '5'),
    empty(0x00180060),
    el(0x00185100, 'HFS'),
    el(0x0020000d, studyInstanceUid),
    el(0x00200010, '1'),
    el(0x00200011, '1'),
    empty(0x00200012),
    el(0x00200037, '1\\0\\0\\0\\1\\0'),
    el(0x00200052, `${studyInstanceUid}.9`),
    empty(0x00201040),
    el(0x00280002, 1),
    el(0x00280004, 'MONOCHROME2'),
    el(0x00280010, SIDE),
    el(0x00280011, SIDE),
    el(0x00280030, '1\\1'),
    el(0x00280100, 16),
    el(0x00280101, 12),
    el(0x00280102, 11),
    el(0x00280103, 0),
    el(0x00280301, 'YES'),
    el(0x00281050, '100'),
    el(0x00281051, '1200'),
    el(0x00281052, String(INTERCEPT)),
    el(0x00281053, '1'),
  ];
}

/** The frame, the words, and a bar a slice, so that no slice passes for another. */
function drawn(slice: number): Uint8Array {
  const picture = new Picture();
  picture.fill(0, 0, SIDE, SIDE, FRAME);
  picture.fill(6, 6, SIDE - 6, SIDE - 6, BACKGROUND);
  picture.words(BURNT[0], 40, LARGE);
  picture.words(BURNT[1], 84, LARGE);
  picture.words(BURNT[2], 140, SMALL);
  picture.words(BURNT[3], 166, SMALL);
  for (let bar = 0; bar < slice; bar += 1) picture.fill(100 + bar * 20, 204, 112 + bar * 20, 232, LETTER);
  return picture.bytes;
}

class Picture {
  readonly bytes = new Uint8Array(SIDE * SIDE * 2);
  readonly #view = new DataView(this.bytes.buffer);

  fill(left: number, top: number, right: number, bottom: number, hu: number): void {
    for (let y = top; y < bottom; y += 1)
      for (let x = left; x < right; x += 1) this.#view.setUint16((y * SIDE + x) * 2, hu - INTERCEPT, true);
  }

  /** In the middle of a line. */
  words(words: string, top: number, scale: number): void {
    const rows = wordRows(words);
    const left = Math.floor((SIDE - (rows[0]?.length ?? 0) * scale) / 2);
    for (const [y, row] of rows.entries())
      for (const [x, mark] of [...row].entries()) {
        if (mark !== '#') continue;
        const [at, down] = [left + x * scale, top + y * scale];
        this.fill(at, down, at + scale, down + scale, LETTER);
      }
  }
}

const el = (tag: number, value: ElementToEncode['value'], vr?: string): ElementToEncode =>
  vr === undefined ? { tag, value } : { tag, value, vr };
const empty = (tag: number): ElementToEncode => ({ tag, value: new Uint8Array(0), vr: vrOf(tag) });
const stamp = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:T]|\..*$/g, '');
const dateOf = (ms: number): string => stamp(ms).slice(0, 8);
const timeOf = (ms: number): string => stamp(ms).slice(8);
