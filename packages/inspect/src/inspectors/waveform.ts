import { EXPLICIT_VR_BIG_ENDIAN, type Tag } from '@leadglass/dicom';
import { uint16, uint32 } from '../bytes.ts';
import type { FindingKind, Inspector, Scene } from '../inspector.ts';
import { kindsOf } from '../kind.ts';
import { PerItem } from '../levels.ts';

const kind = kindsOf('waveform');

/** What a recorded curve (an electrocardiogram) can contradict. */
export const WAVEFORM_KINDS = {
  short: kind(
    'short',
    'malformed',
    'PS3.3 §C.10.9',
    'Un tracé (électrocardiogramme par exemple) a moins de points qu’annoncé : un logiciel lirait au-delà de sa fin.',
    'A recorded curve (an electrocardiogram, for example) has fewer points than declared: a program would read beyond its end.',
  ),
  long: kind(
    'long',
    'suspicious',
    'PS3.3 §C.10.9',
    'Un tracé a beaucoup plus de données qu’annoncé : le surplus peut cacher autre chose.',
    'A recorded curve has much more data than declared: the surplus can hide something else.',
  ),
  surplus: kind(
    'surplus',
    'information',
    'PS3.3 §C.10.9',
    'Un tracé est suivi de quelques octets de remplissage ; c’est une particularité de certains appareils.',
    'A recorded curve is followed by a few bytes of padding, a quirk of some devices.',
  ),
  noDimensions: kind(
    'no-dimensions',
    'malformed',
    'PS3.3 §C.10.9',
    'Un tracé n’annonce pas ses voies, ses points ou leurs bits, ou ils sont nuls.',
    'A recorded curve does not declare its channels, its samples or their bits, or they are zero.',
  ),
  bits: kind(
    'bits',
    'malformed',
    'PS3.3 §C.10.9',
    'Le nombre de bits des points d’un tracé est impossible.',
    'The number of bits of a curve’s samples is impossible.',
  ),
} as const;

/** -1: not there. */
interface Group {
  channels: number;
  samples: number;
  bits: number;
}

const CHANNELS: Tag = 0x003a0005;
const SAMPLES: Tag = 0x003a0010;
const BITS: Tag = 0x54001004;
const DATA: Tag = 0x54001010;
const MOST_BITS = 64;
const PADDING_BYTES = 65_536;

/** Waveform channels x samples x bits against the data of the same item (INSPECT-198). */
export function waveform(scene: Scene): Inspector {
  const isBigEndian = scene.context.transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN;
  const items = new PerItem((): Group => ({ channels: -1, samples: -1, bits: -1 }));
  return {
    name: 'waveform',
    element(head): void {
      if (head.tag !== DATA || head.length === 0) return;
      const trouble = troubleOf(items.known, head.length);
      if (trouble !== undefined) scene.find(trouble);
    },
    beginning(head, bytes): void {
      if (head.tag === CHANNELS && bytes.length === 2) items.current.channels = uint16(bytes, 0, isBigEndian);
      else if (head.tag === SAMPLES && bytes.length === 4) items.current.samples = uint32(bytes, 0, isBigEndian);
      else if (head.tag === BITS && bytes.length === 2) items.current.bits = uint16(bytes, 0, isBigEndian);
    },
    item: () => items.enter(),
    itemEnd: () => void items.leave(),
  };
}

function troubleOf(group: Group | undefined, length: number): FindingKind | undefined {
  if (group === undefined || group.channels <= 0 || group.samples <= 0 || group.bits <= 0)
    return WAVEFORM_KINDS.noDimensions;
  if (group.bits > MOST_BITS || group.bits % 8 !== 0) return WAVEFORM_KINDS.bits;
  // At most 2^16 x 2^32 x 8 bytes: below 2^53.
  const needed = group.channels * group.samples * (group.bits / 8);
  if (length < needed) return WAVEFORM_KINDS.short;
  if (length - needed <= 1) return undefined;
  return length - needed > PADDING_BYTES ? WAVEFORM_KINDS.long : WAVEFORM_KINDS.surplus;
}
