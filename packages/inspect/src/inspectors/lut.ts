import { type ElementHead, EXPLICIT_VR_BIG_ENDIAN, type Tag } from '@leadglass/dicom';
import { uint16 } from '../bytes.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';
import { PerItem } from '../levels.ts';
import { SegmentWalk } from './segmented-lut.ts';

const kind = kindsOf('lut');

/** What a table of colours or grey levels can contradict. */
export const LUT_KINDS = {
  descriptor: kind(
    'descriptor',
    'malformed',
    'PS3.3 §C.7.6.3.1.5, §C.11.1.1',
    'La description d’une table de couleurs ou de gris n’a pas la forme voulue ou annonce un nombre de bits impossible.',
    'The description of a colour or grey table does not have the required form or declares an impossible number of bits.',
  ),
  short: kind(
    'short',
    'malformed',
    'PS3.3 §C.7.6.3.1.5, §C.11.1.1',
    'Une table de couleurs ou de gris est plus courte qu’annoncé : un logiciel lirait au-delà de sa fin.',
    'A colour or grey table is shorter than declared: a program would read beyond its end.',
  ),
  long: kind(
    'long',
    'suspicious',
    'PS3.3 §C.7.6.3.1.5, §C.11.1.1',
    'Une table de couleurs ou de gris est beaucoup plus longue qu’annoncé : le surplus peut cacher autre chose.',
    'A colour or grey table is much longer than declared: the surplus can hide something else.',
  ),
  surplus: kind(
    'surplus',
    'information',
    'PS3.3 §C.7.6.3.1.5, §C.11.1.1',
    'Une table de couleurs ou de gris est un peu plus longue qu’annoncé ; c’est une particularité de certains appareils.',
    'A colour or grey table is a little longer than declared, a quirk of some devices.',
  ),
  noDescriptor: kind(
    'no-descriptor',
    'information',
    'PS3.3 §C.7.6.3.1.5, §C.11.1.1',
    'Une table de couleurs ou de gris n’est pas précédée de sa description.',
    'A colour or grey table is not preceded by its description.',
  ),
  differ: kind(
    'differ',
    'malformed',
    'PS3.3 §C.7.6.3.1.5',
    'Les tables rouge, verte et bleue n’annoncent pas la même taille : un logiciel lirait au-delà de la plus courte.',
    'The red, green and blue tables do not declare the same size: a program would read beyond the shortest.',
  ),
  segments: kind(
    'segments',
    'malformed',
    'PS3.3 §C.7.9.2',
    'Une table de couleurs compactée se contredit : un logiciel qui la déplie écrirait hors de sa mémoire.',
    'A packed colour table contradicts itself: a program unpacking it would write outside its memory.',
  ),
  segmentsTooMany: kind(
    'segments-too-many',
    'information',
    'PS3.3 §C.7.9.2',
    'Une table de couleurs compactée a trop de morceaux pour être vérifiée jusqu’au bout.',
    'A packed colour table has too many pieces to be checked to the end.',
  ),
} as const;

/** Of a LUT Descriptor: entries (0 stands for 65536) and bits of one. */
interface Descriptor {
  readonly entries: number;
  readonly bits: number;
}

const LUT_DESCRIPTOR: Tag = 0x00283002;
const LUT_DATA: Tag = 0x00283006;
const PALETTES = 4;
const FIRST_DESCRIPTOR: Tag = 0x00281101;
const FIRST_DATA: Tag = 0x00281201;
const FIRST_SEGMENTED: Tag = 0x00281221;
const DESCRIPTOR_BYTES = 6;
const MOST_BITS = 16;
/** Surplus that devices leave: a table made for more bits than it has entries. */
const PADDING_BYTES = 65_536;

/** The descriptor's tag for the tag of table data; 0 for any other. */
function descriptorOf(tag: Tag): Tag {
  if (tag === LUT_DATA) return LUT_DESCRIPTOR;
  if (tag >= FIRST_DATA && tag < FIRST_DATA + PALETTES) return tag - FIRST_DATA + FIRST_DESCRIPTOR;
  return isSegmented(tag) ? tag - FIRST_SEGMENTED + FIRST_DESCRIPTOR : 0;
}

function isSegmented(tag: Tag): boolean {
  return tag >= FIRST_SEGMENTED && tag < FIRST_SEGMENTED + PALETTES;
}

function isDescriptor(tag: Tag): boolean {
  return tag === LUT_DESCRIPTOR || (tag >= FIRST_DESCRIPTOR && tag < FIRST_DESCRIPTOR + PALETTES);
}

/** Palette, modality and VOI tables: descriptor against data, plain and segmented, at every depth (INSPECT-194 to 196). */
export function lut(scene: Scene): Inspector {
  const isBigEndian = scene.context.transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN;
  const items = new PerItem(() => new Map<Tag, Descriptor>());
  let walk: SegmentWalk | undefined;
  const judgeData = (head: ElementHead): void => {
    const wanted = descriptorOf(head.tag);
    if (wanted === 0 || head.length === 0) return;
    const descriptor = items.known?.get(wanted);
    if (descriptor === undefined) scene.find(LUT_KINDS.noDescriptor);
    else if (isSegmented(head.tag))
      walk = new SegmentWalk(descriptor.entries, descriptor.bits > 8 ? 2 : 1, isBigEndian);
    else report(scene, troubleOfLength(descriptor, head.length));
  };
  return {
    name: 'lut',
    element(head): void {
      if (head.tag >>> 16 === 0x0028) judgeData(head);
    },
    value(bytes): void {
      walk?.push(bytes);
    },
    elementEnd(): void {
      if (walk === undefined) return;
      const outcome = walk.end();
      walk = undefined;
      if (outcome === 'wrong') scene.find(LUT_KINDS.segments);
      if (outcome === 'too-many') scene.unfinished(LUT_KINDS.segmentsTooMany);
    },
    beginning(head, bytes): void {
      if (!isDescriptor(head.tag) || bytes.length === 0) return;
      const descriptor = readDescriptor(head, bytes, isBigEndian);
      if (descriptor === undefined) scene.find(LUT_KINDS.descriptor);
      else take(scene, items.current, head.tag, descriptor);
    },
    item: () => items.enter(),
    itemEnd: () => void items.leave(),
  };
}

function report(scene: Scene, trouble: FindingKind | undefined): void {
  if (trouble !== undefined) scene.find(trouble);
}

/** 8 to 16 bits (PS3.3 §C.11.1.1.1); fewer are read alike by everybody, more by nobody. */
function readDescriptor(head: ElementHead, bytes: Uint8Array, isBigEndian: boolean): Descriptor | undefined {
  if (head.length !== DESCRIPTOR_BYTES || bytes.length !== DESCRIPTOR_BYTES) return undefined;
  const entries = uint16(bytes, 0, isBigEndian) || 65_536;
  const bits = uint16(bytes, 4, isBigEndian);
  return bits === 0 || bits > MOST_BITS ? undefined : { entries, bits };
}

function take(scene: Scene, known: Map<Tag, Descriptor>, tag: Tag, descriptor: Descriptor): void {
  const red = known.get(FIRST_DESCRIPTOR);
  const isColour = tag !== LUT_DESCRIPTOR && tag !== FIRST_DESCRIPTOR;
  if (isColour && red !== undefined && red.entries !== descriptor.entries) scene.find(LUT_KINDS.differ);
  known.set(tag, descriptor);
}

/** Entries of at most 8 bits are packed two to a word or stand in a word each; both are written (PS3.3 §C.7.6.3.1.6). */
function troubleOfLength({ entries, bits }: Descriptor, length: number): FindingKind | undefined {
  const least = entries * (bits > 8 ? 2 : 1);
  const most = entries * 2;
  if (length < least) return LUT_KINDS.short;
  if (length <= most + (most % 2)) return undefined;
  return length - most > PADDING_BYTES ? LUT_KINDS.long : LUT_KINDS.surplus;
}
