import { EXPLICIT_VR_LITTLE_ENDIAN, encodeElements } from '@leadglass/dicom';
import type { MadeObject } from './objects.ts';

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
const SIDE = 512;
const INTERCEPT = -1024;
const [AIR, TISSUE, BONE, NOISE] = [-1024, 40, 1000, 12] as const;
const [RADIUS, HALF_BONE] = [220, 24] as const;
const MM = 0.5;

/** A study of one series, as a scanner sends it. */
export interface ScanAt {
  readonly study: string;
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly description: string;
  readonly slices: number;
  /** Where the square of bone lies, in pixels: each study has its own place, so that none passes for another. */
  readonly bone: readonly [x: number, y: number];
  readonly patient: { readonly name: string; readonly id: string; readonly born: string };
}

/** A point of every slice of a scan, as shares of its sides, and its grey through the window of the object (centre 40, width 400). */
export function shownOfScan({
  bone: [x, y],
}: ScanAt): readonly { readonly x: number; readonly y: number; readonly grey: number }[] {
  return [
    { x: x / SIDE, y: y / SIDE, grey: 255 },
    { x: 0.02, y: 0.02, grey: 0 },
  ];
}

/** A disc of noisy tissue in air with a square of bone in it: what does not compress to nothing. */
function pixels([boneX, boneY]: readonly [number, number], slice: number): Buffer {
  const frame = new Uint16Array(SIDE * SIDE);
  let seed = slice * 2_654_435_761;
  for (let at = 0; at < frame.length; at += 1) {
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
    const isBone = Math.max(Math.abs(x - boneX), Math.abs(y - boneY)) <= HALF_BONE;
    const isTissue = (x - SIDE / 2) ** 2 + (y - SIDE / 2) ** 2 < RADIUS ** 2;
    const noise = isTissue && !isBone ? (seed >>> 24) % NOISE : 0;
    frame[at] = (isBone ? BONE : isTissue ? TISSUE : AIR) - INTERCEPT + noise;
  }
  return Buffer.from(frame.buffer);
}

/** One slice of a scan. @param slice from 1 */
export function scanSlice(scan: ScanAt, slice: number): MadeObject {
  const { study, date, description, bone, patient } = scan;
  const sopInstanceUid = `${study}.1.${slice}`;
  const dataSet = encodeElements(
    [
      { tag: 0x00080005, value: 'ISO_IR 192' },
      { tag: 0x00080008, value: 'ORIGINAL\\PRIMARY\\AXIAL' },
      { tag: 0x00080016, value: CT_IMAGE_STORAGE },
      { tag: 0x00080018, value: sopInstanceUid },
      { tag: 0x00080020, value: date },
      { tag: 0x00080030, value: '081500' },
      { tag: 0x00080050, value: `A${date}` },
      { tag: 0x00080060, value: 'CT' },
      { tag: 0x00081030, value: description },
      { tag: 0x0008103e, value: 'Axial' },
      { tag: 0x00100010, value: patient.name },
      { tag: 0x00100020, value: patient.id },
      { tag: 0x00100030, value: patient.born },
      { tag: 0x00180050, value: '1' },
      { tag: 0x0020000d, value: study },
      { tag: 0x0020000e, value: `${study}.1` },
      { tag: 0x00200011, value: '1' },
      { tag: 0x00200013, value: String(slice) },
      { tag: 0x00200032, value: `-128\\-128\\${slice}` },
      { tag: 0x00200037, value: '1\\0\\0\\0\\1\\0' },
      { tag: 0x00200052, value: `${study}.9` },
      { tag: 0x00280002, value: 1 },
      { tag: 0x00280004, value: 'MONOCHROME2' },
      { tag: 0x00280010, value: SIDE },
      { tag: 0x00280011, value: SIDE },
      { tag: 0x00280030, value: `${MM}\\${MM}` },
      { tag: 0x00280100, value: 16 },
      { tag: 0x00280101, value: 12 },
      { tag: 0x00280102, value: 11 },
      { tag: 0x00280103, value: 0 },
      { tag: 0x00281050, value: '40' },
      { tag: 0x00281051, value: '400' },
      { tag: 0x00281052, value: String(INTERCEPT) },
      { tag: 0x00281053, value: '1' },
      { tag: 0x7fe00010, vr: 'OW', value: pixels(bone, slice) },
    ],
    EXPLICIT_VR_LITTLE_ENDIAN,
  );
  return {
    sopClassUid: CT_IMAGE_STORAGE,
    sopInstanceUid,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    dataSet: Buffer.from(dataSet),
  };
}
