import { type Text, text } from '../../words/text.ts';
import type { Picture } from './study.ts';

/** Grey values that are shown: `center` in the middle, over `width`. */
export interface Window {
  readonly center: number;
  readonly width: number;
}

export interface Preset {
  readonly key: string;
  readonly text: Text;
  /** Absent: as the object says. */
  readonly window?: Window;
}

/** Pictures larger than this are asked for smaller while the whole of them is shown. */
export const FIT_SIDE = 1024;
const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];

const OWN: Preset = { key: '1', text: text('Par défaut', 'Default') };
const HOUNSFIELD: readonly Preset[] = [
  { key: '2', text: text('Poumon', 'Lung'), window: { center: -600, width: 1500 } },
  { key: '3', text: text('Médiastin', 'Mediastinum'), window: { center: 40, width: 400 } },
  { key: '4', text: text('Abdomen', 'Abdomen'), window: { center: 60, width: 360 } },
  { key: '5', text: text('Os', 'Bone'), window: { center: 400, width: 1800 } },
  { key: '6', text: text('Cerveau', 'Brain'), window: { center: 40, width: 80 } },
];

/** The windows a modality has: only CT has numbers that mean the same everywhere (Hounsfield units). */
export function presetsOf(modality: string): readonly Preset[] {
  return modality === 'CT' ? [OWN, ...HOUNSFIELD] : [OWN];
}

/** Next zoom, larger or smaller. */
export function zoomFrom(zoom: number, isLarger: boolean): number {
  if (isLarger) return ZOOMS.find((each) => each > zoom) ?? (ZOOMS[ZOOMS.length - 1] as number);
  const smaller = ZOOMS.filter((each) => each < zoom);
  return smaller[smaller.length - 1] ?? 1;
}

/** Where the picture is asked for. @param root of the study, ending in its UID */
export function addressOf(
  root: string,
  series: string,
  picture: Picture,
  { window, isWhole }: { readonly window?: Window | undefined; readonly isWhole: boolean },
): string {
  const object = `${root}/series/${series}/instances/${picture.instance}`;
  const path = picture.frames > 1 ? `${object}/frames/${picture.frame}/rendered` : `${object}/rendered`;
  const asked: string[] = [];
  if (window !== undefined) asked.push(`window=${window.center},${window.width},linear`);
  if (isWhole && picture.side > FIT_SIDE) asked.push(`viewport=${FIT_SIDE},${FIT_SIDE}`);
  return asked.length === 0 ? path : `${path}?${asked.join('&')}`;
}
