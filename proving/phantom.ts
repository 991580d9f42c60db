import { EXPLICIT_VR_LITTLE_ENDIAN, encodeElements } from '@leadglass/dicom';
import type { MadeObject } from './objects.ts';
import type { Place } from './web.ts';

const SIDE = 256;
const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
const MULTI_FRAME_GRAYSCALE_WORD = '1.2.840.10008.5.1.4.1.1.7.3';
/** Stored values are Hounsfield units over this. */
const INTERCEPT = -1024;
const [AIR, TISSUE, BONE] = [-1024, 40, 1000] as const;
const [RADIUS, HALF_BONE] = [110, 12] as const;
/** Where the bone lies: each series has its own place, so that no picture passes for another's, nor for its mirror image. */
const SPOTS = [
  [90, 90],
  [166, 90],
  [90, 166],
  [166, 166],
  [128, 128],
] as const;
export const MOST_SERIES = SPOTS.length;

/** Grey levels by place, as shares of the sides from the upper left corner. */
export interface Shown {
  readonly x: number;
  readonly y: number;
  /** 0 to 255. */
  readonly grey: number;
}

/** What a viewer shows of a series through its window (centre 40, width 400): air black, tissue in the middle, bone white. @param series from 1 */
export function shownOf(series: number): readonly Shown[] {
  const spots = SPOTS.map(([x, y], at) => ({ x: x / SIDE, y: y / SIDE, grey: at === series - 1 ? 255 : 128 }));
  return [...spots, ...[0.03, 0.97].map((at) => ({ x: at, y: 0.03, grey: 0 }))];
}

/** A disc of tissue in air with a square of bone in it. */
function pixels(series: number): Buffer {
  const frame = Buffer.alloc(SIDE * SIDE * 2);
  const [boneX, boneY] = SPOTS[series - 1] ?? [0, 0];
  for (let y = 0; y < SIDE; y += 1)
    for (let x = 0; x < SIDE; x += 1) {
      const isBone = Math.max(Math.abs(x - boneX), Math.abs(y - boneY)) <= HALF_BONE;
      const isTissue = (x - SIDE / 2) ** 2 + (y - SIDE / 2) ** 2 < RADIUS ** 2;
      frame.writeUInt16LE((isBone ? BONE : isTissue ? TISSUE : AIR) - INTERCEPT, (y * SIDE + x) * 2);
    }
  return frame;
}

let studies = 0;

/** A StudyInstanceUID nobody else has. */
export function newStudy(): string {
  studies += 1;
  return `2.25.8${process.pid}${Date.now()}${studies}`;
}

/** Where an image of the phantom belongs. */
export interface PhantomAt {
  readonly study: string;
  /** From 1 to MOST_SERIES. */
  readonly series: number;
  /** From 1. */
  readonly slice: number;
  readonly description: string;
  /** More than one: a multi-frame object that is no CT. */
  readonly frames?: number;
}

/** A slice of a CT, or several frames in one object, that a viewer shows as `shownOf` says. Name and numbers are made up. */
export function phantom({ study, series: number, slice, description, frames = 1 }: PhantomAt): MadeObject & Place {
  const [series, instance] = [`${study}.${number}`, `${study}.${number}.${slice}`];
  const sopClassUid = frames > 1 ? MULTI_FRAME_GRAYSCALE_WORD : CT_IMAGE_STORAGE;
  const kind = frames > 1 ? severalFrames(frames) : slicePlace(study, slice);
  const own = [
    { tag: 0x00080016, value: sopClassUid },
    { tag: 0x00080018, value: instance },
    { tag: 0x0008103e, value: description },
    { tag: 0x0020000d, value: study },
    { tag: 0x0020000e, value: series },
    { tag: 0x00200011, value: String(number) },
    { tag: 0x00200013, value: String(slice) },
    { tag: 0x7fe00010, vr: 'OW', value: Buffer.concat(Array.from({ length: frames }, () => pixels(number))) },
  ];
  const elements: Element[] = [...COMMON, ...kind, ...own].sort((a, b) => a.tag - b.tag);
  return {
    sopClassUid,
    sopInstanceUid: instance,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    dataSet: Buffer.from(encodeElements(elements, EXPLICIT_VR_LITTLE_ENDIAN)),
    study,
    series,
    instance,
    path: `/studies/${study}/series/${series}/instances/${instance}`,
  };
}

type Element = Parameters<typeof encodeElements>[0][number];

const slicePlace = (study: string, slice: number): Element[] => [
  { tag: 0x00080060, value: 'CT' },
  { tag: 0x00180050, value: '5' },
  { tag: 0x00200032, value: `-64\\-64\\${slice * 5}` },
  { tag: 0x00200037, value: '1\\0\\0\\0\\1\\0' },
  { tag: 0x00200052, value: `${study}.9` },
];

const severalFrames = (frames: number): Element[] => [
  { tag: 0x00080060, value: 'OT' },
  { tag: 0x00280008, value: String(frames) },
];

const COMMON: readonly Element[] = [
  { tag: 0x00080005, value: 'ISO_IR 192' },
  { tag: 0x00080008, value: 'ORIGINAL\\PRIMARY\\AXIAL' },
  { tag: 0x00080020, value: '20260102' },
  { tag: 0x00080030, value: '101112' },
  { tag: 0x00080050, value: 'ACC-9' },
  { tag: 0x00081030, value: 'Fantôme' },
  { tag: 0x00100010, value: 'Prévert^Zoé' },
  { tag: 0x00100020, value: 'PHANTOM-1' },
  { tag: 0x00280002, value: 1 },
  { tag: 0x00280004, value: 'MONOCHROME2' },
  { tag: 0x00280010, value: SIDE },
  { tag: 0x00280011, value: SIDE },
  { tag: 0x00280030, value: '0.5\\0.5' },
  { tag: 0x00280100, value: 16 },
  { tag: 0x00280101, value: 16 },
  { tag: 0x00280102, value: 15 },
  { tag: 0x00280103, value: 0 },
  { tag: 0x00281050, value: '40' },
  { tag: 0x00281051, value: '400' },
  { tag: 0x00281052, value: String(INTERCEPT) },
  { tag: 0x00281053, value: '1' },
];
