import { type ElementHead, EXPLICIT_VR_BIG_ENDIAN } from '@leadglass/dicom';
import { latin1, uint16 } from '../bytes.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';
import { PerItem } from '../levels.ts';
import { countOf } from './pixel-module.ts';

const kind = kindsOf('overlay');

/** What an overlay (drawing laid over the image) can contradict. */
export const OVERLAY_KINDS = {
  short: kind(
    'short',
    'malformed',
    'PS3.3 §C.9.2',
    'Un dessin superposé à l’image a moins de données que ses dimensions n’en annoncent : un logiciel lirait au-delà de sa fin.',
    'A drawing laid over the image has less data than its dimensions declare: a program would read beyond its end.',
  ),
  long: kind(
    'long',
    'suspicious',
    'PS3.3 §C.9.2',
    'Un dessin superposé à l’image a beaucoup plus de données qu’annoncé : le surplus peut cacher autre chose.',
    'A drawing laid over the image has much more data than declared: the surplus can hide something else.',
  ),
  surplus: kind(
    'surplus',
    'information',
    'PS3.3 §C.9.2',
    'Un dessin superposé à l’image est suivi de quelques octets de remplissage ; c’est une particularité de certains appareils.',
    'A drawing laid over the image is followed by a few bytes of padding, a quirk of some devices.',
  ),
  rounded: kind(
    'rounded-down',
    'information',
    'PS3.3 §C.9.2, PS3.5 §8.1.2',
    'Le dernier octet d’un dessin superposé à l’image manque parce qu’un appareil a arrondi sa taille vers le bas.',
    'The last byte of a drawing laid over the image is missing because a device rounded its size down.',
  ),
  noDimensions: kind(
    'no-dimensions',
    'malformed',
    'PS3.3 §C.9.2',
    'Un dessin superposé à l’image n’a pas de dimensions, ou elles sont nulles.',
    'A drawing laid over the image has no dimensions, or they are zero.',
  ),
} as const;

/** Of one of the groups 60xx. -1: not there. */
interface Overlay {
  rows: number;
  columns: number;
  frames: number;
}

const ROWS = 0x0010;
const COLUMNS = 0x0011;
const FRAMES = 0x0015;
const DATA = 0x3000;
/** More than the 16 groups of the standard is a hostile object's; each has its own dimensions all the same. */
const PADDING_BYTES = 65_536;

/** Overlay dimensions against overlay data, one bit a pixel, group by group (INSPECT-197). */
export function overlay(scene: Scene): Inspector {
  const isBigEndian = scene.context.transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN;
  const items = new PerItem(() => new Map<number, Overlay>());
  return {
    name: 'overlay',
    element(head): void {
      if (!isOverlay(head) || (head.tag & 0xffff) !== DATA || head.length === 0) return;
      const trouble = troubleOf(items.known?.get(head.tag >>> 16), head.length);
      if (trouble !== undefined) scene.find(trouble);
    },
    beginning(head, bytes): void {
      if (!isOverlay(head)) return;
      const element = head.tag & 0xffff;
      if (element !== ROWS && element !== COLUMNS && element !== FRAMES) return;
      const group = head.tag >>> 16;
      const one = items.current.get(group) ?? { rows: -1, columns: -1, frames: -1 };
      items.current.set(group, one);
      if (element === FRAMES) one.frames = countOf(latin1(bytes));
      else if (bytes.length === 2) one[element === ROWS ? 'rows' : 'columns'] = uint16(bytes, 0, isBigEndian);
    },
    item: () => items.enter(),
    itemEnd: () => void items.leave(),
  };
}

/** Groups 6000 to 60FE, even. */
function isOverlay(head: ElementHead): boolean {
  return head.tag >>> 24 === 0x60 && (head.tag & 0x10000) === 0;
}

function troubleOf(overlay: Overlay | undefined, length: number): FindingKind | undefined {
  if (overlay === undefined || overlay.rows <= 0 || overlay.columns <= 0) return OVERLAY_KINDS.noDimensions;
  // At most 65535² x 2^31 bits: no exact number, but exact enough wherever it is near a length of 32 bits.
  const bytes = (overlay.rows * overlay.columns * Math.max(1, overlay.frames)) / 8;
  const needed = Math.ceil(bytes);
  if (length < Math.floor(bytes)) return OVERLAY_KINDS.short;
  if (length < needed) return OVERLAY_KINDS.rounded;
  if (length - needed <= 1) return undefined;
  return length - needed > PADDING_BYTES ? OVERLAY_KINDS.long : OVERLAY_KINDS.surplus;
}
