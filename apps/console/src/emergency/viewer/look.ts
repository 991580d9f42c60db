import type { Attributes } from '../../images/light/study.ts';
import { groupOf, numbersOf, wordOf } from './attributes.ts';

/** Grey values that are shown: `center` in the middle, over `width`, in the units of the modality (Hounsfield in CT). */
export interface Window {
  readonly center: number;
  readonly width: number;
}

/** How stored values become what they mean and what is shown of them (PS3.3 §C.7.6.3, §C.11.1, §C.11.2). */
export interface Look {
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly isSigned: boolean;
  /** MONOCHROME1: the lowest value is white. */
  readonly isInverted: boolean;
  readonly slope: number;
  readonly intercept: number;
  /** As the object says; undefined: from the frame's own values. */
  readonly window: Window | undefined;
  readonly shape: 'linear' | 'exact' | 'sigmoid';
  /** Stored value that is no part of the image. */
  readonly padding: number | undefined;
}

/** What a millimetre is on the image, and how sure that is. */
export interface Spacing {
  /** Millimetres from one pixel to the next: down, and to the right. */
  readonly rowMm: number;
  readonly columnMm: number;
  /** `detector`: measured where the rays arrive, where everything is larger than it is. */
  readonly at: 'patient' | 'detector';
}

/** Edges of the image: what lies left, right, above and below (`R`, `AL`, …); empty when not told. */
export interface Edges {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

const [MEASURES, VOI, TRANSFORMATION, ORIENTATION] = ['00289110', '00289132', '00289145', '00209116'];
const SHAPES: Readonly<Record<string, Look['shape']>> = { LINEAR_EXACT: 'exact', SIGMOID: 'sigmoid' };

/** How one frame is shown from its raw values; undefined: it cannot be so (colours, other widths), and is asked for as a picture. */
export function lookOf(attributes: Attributes, frame: number): Look | undefined {
  const one = (tag: string, otherwise: number): number => numbersOf(attributes, tag)[0] ?? otherwise;
  const photometric = wordOf(attributes, '00280004');
  const [rows, columns, bitsAllocated] = [one('00280010', 0), one('00280011', 0), one('00280100', 0)];
  const isGrey = photometric === 'MONOCHROME1' || photometric === 'MONOCHROME2';
  if (!isGrey || one('00280002', 1) !== 1 || rows < 1 || columns < 1) return undefined;
  if (bitsAllocated !== 8 && bitsAllocated !== 16) return undefined;
  const bitsStored = Math.min(Math.max(1, one('00280101', bitsAllocated)), bitsAllocated);
  const rescale = groupOf(attributes, TRANSFORMATION ?? '', frame);
  const slope = numbersOf(rescale, '00281053')[0] ?? 1;
  return {
    ...{ rows, columns, bitsAllocated, bitsStored },
    highBit: Math.min(Math.max(bitsStored - 1, one('00280102', bitsStored - 1)), bitsAllocated - 1),
    isSigned: one('00280103', 0) === 1,
    isInverted: photometric === 'MONOCHROME1',
    slope: slope === 0 ? 1 : slope,
    intercept: numbersOf(rescale, '00281052')[0] ?? 0,
    ...voiOf(groupOf(attributes, VOI ?? '', frame)),
    padding: numbersOf(attributes, '00280120')[0],
  };
}

function voiOf(voi: Attributes): Pick<Look, 'window' | 'shape'> {
  const [[center], [width]] = [numbersOf(voi, '00281050'), numbersOf(voi, '00281051')];
  const window = center === undefined || width === undefined || width < 1 ? undefined : { center, width };
  return { window, shape: SHAPES[wordOf(voi, '00281056')] ?? 'linear' };
}

/** Undefined: lengths are told in pixels. */
export function spacingOf(attributes: Attributes, frame: number): Spacing | undefined {
  const inPatient = pairOf(numbersOf(groupOf(attributes, MEASURES ?? '', frame), '00280030'));
  // A projection that says how far it was calibrated gives lengths in the patient (PS3.3 §10.7.1.3).
  if (inPatient !== undefined) return { ...inPatient, at: 'patient' };
  const atDetector = pairOf(numbersOf(attributes, '00181164'));
  return atDetector === undefined ? undefined : { ...atDetector, at: 'detector' };
}

function pairOf([rowMm = 0, columnMm = 0]: readonly number[]): Omit<Spacing, 'at'> | undefined {
  return rowMm > 0 && columnMm > 0 ? { rowMm, columnMm } : undefined;
}

/** What lies at the edges, from the direction of rows and columns in the patient (PS3.3 §C.7.6.2.1.1). */
export function edgesOf(attributes: Attributes, frame: number): Edges {
  const [rx, ry, rz, cx, cy, cz] = numbersOf(groupOf(attributes, ORIENTATION ?? '', frame), '00200037');
  if (cz === undefined) return { left: '', right: '', top: '', bottom: '' };
  const right = directionOf(rx ?? 0, ry ?? 0, rz ?? 0);
  const bottom = directionOf(cx ?? 0, cy ?? 0, cz);
  return { left: opposite(right), right, top: opposite(bottom), bottom };
}

/** Shorter parts of a direction are not named. */
const LEAST_PART = 0.35;
const OPPOSITES: Readonly<Record<string, string>> = { L: 'R', R: 'L', P: 'A', A: 'P', H: 'F', F: 'H' };

function directionOf(x: number, y: number, z: number): string {
  const parts = [
    { name: x > 0 ? 'L' : 'R', size: Math.abs(x) },
    { name: y > 0 ? 'P' : 'A', size: Math.abs(y) },
    { name: z > 0 ? 'H' : 'F', size: Math.abs(z) },
  ];
  return parts
    .filter(({ size }) => size >= LEAST_PART)
    .sort((a, b) => b.size - a.size)
    .map(({ name }) => name)
    .join('');
}

const opposite = (direction: string): string => [...direction].map((each) => OPPOSITES[each] ?? '').join('');
