import { type ElementToEncode, vrOf } from '@leadglass/dicom';
import { type Text, text } from '@leadglass/kit';
import type { AttackClass } from './classes.ts';
import { type Maker, TEST_PATIENT, TEST_PATIENT_ID, TEST_STUDY } from './identity.ts';
import { el, type Image, imageElements, type ObjectToMake, pixelsOf, TRANSFER, writtenDataSet } from './object.ts';

/** One object as it is sent, and what of it must not come through. */
export interface MadeObject {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly dataSet: Buffer;
  /** Bytes that do the harm: delivered in whatever form, they got through. Without them the object as a whole is the attack. */
  readonly harm: Buffer | undefined;
  /** Frames as they are written, which a disarmed copy still has bit for bit; none when the attack is in the pixels themselves. */
  readonly pixels: readonly Buffer[];
}

/** An attack that is in an object, sent as a modality sends (C-STORE). */
export interface ObjectAttack {
  readonly kind: 'object';
  readonly class: AttackClass;
  readonly name: Text;
  make(maker: Maker): MadeObject;
}

/** What an attack changes of a plain object. */
export interface Change {
  readonly sopClassUid?: string;
  readonly transferSyntaxUid?: string;
  /** Added, or put in the place of those of the same tag. */
  readonly elements?: readonly ElementToEncode[];
  /** In place of a plain picture; `none` for an object without one. */
  readonly pixels?: ObjectToMake['pixels'] | 'none';
  readonly image?: Image;
  /** Bytes behind the data set. */
  readonly tail?: Buffer;
  /** In place of all of it. */
  bend?(dataSet: Buffer, sopInstanceUid: string): Buffer;
  readonly harm?: Buffer | string;
  /** The attack is in the pixels: a copy need not have them. */
  readonly isInPixels?: boolean;
}

export const CT = '1.2.840.10008.5.1.4.1.1.2';
export const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

/** The plain picture: small, 12 bits. */
export const PICTURE: Image = {
  rows: 64,
  columns: 64,
  samples: 1,
  allocated: 16,
  stored: 12,
  frames: 1,
  photometric: 'MONOCHROME2',
  planar: 0,
};

/** What every object of the pack says of itself. */
function identity(maker: Maker, sopClassUid: string, sopInstanceUid: string): ElementToEncode[] {
  return [
    el(0x00080016, sopClassUid),
    el(0x00080018, sopInstanceUid),
    el(0x00080020, '20260101'),
    el(0x00080030, '101500'),
    el(0x00080060, sopClassUid === CT ? 'CT' : 'OT'),
    el(0x00080070, 'LEADGLASS'),
    el(0x00081030, TEST_STUDY),
    el(0x00100010, TEST_PATIENT),
    el(0x00100020, TEST_PATIENT_ID),
    el(0x0020000d, maker.uid()),
    el(0x0020000e, maker.uid()),
    el(0x00200013, '1'),
    el(0x00280301, 'NO'),
  ];
}

const isImageTag = ({ tag }: ElementToEncode): boolean => tag >>> 16 === 0x0028;

/** A plain object with `change` made to it, not written yet. */
export function objectOf(maker: Maker, change: Change): ObjectToMake {
  const { sopClassUid = CT, transferSyntaxUid = TRANSFER.explicit, image = PICTURE, elements = [] } = change;
  const sopInstanceUid = maker.uid();
  const pixels = change.pixels === 'none' ? undefined : (change.pixels ?? pixelsOf(maker.random, image));
  const all = [...identity(maker, sopClassUid, sopInstanceUid), ...imageElements(image), ...elements];
  return {
    ...{ sopClassUid, sopInstanceUid, transferSyntaxUid },
    elements: pixels === undefined ? all.filter((element) => !isImageTag(element)) : all,
    ...(pixels === undefined ? {} : { pixels }),
    ...(change.tail === undefined ? {} : { trailing: change.tail }),
  };
}

/** The same as it is sent. */
export function madeObject(maker: Maker, change: Change): MadeObject {
  const object = objectOf(maker, change);
  const { sopClassUid, sopInstanceUid, transferSyntaxUid } = object;
  const written = writtenDataSet(object);
  return {
    ...{ sopClassUid, sopInstanceUid, transferSyntaxUid },
    harm: typeof change.harm === 'string' ? Buffer.from(change.harm, 'latin1') : change.harm,
    dataSet: change.bend?.(written, sopInstanceUid) ?? written,
    pixels: change.isInPixels === true ? [] : framesOf(object.pixels),
  };
}

function framesOf(pixels: ObjectToMake['pixels']): Buffer[] {
  if (pixels === undefined) return [];
  const frames = pixels instanceof Uint8Array ? [pixels] : pixels.slice(1);
  return frames.map((frame) => Buffer.from(frame));
}

/** An attack that is in an object. Class, and what is tried: French, English. */
export function inObject(
  bugClass: AttackClass,
  fr: string,
  en: string,
  change: Change | ((maker: Maker) => Change),
): ObjectAttack {
  const make = (maker: Maker) => madeObject(maker, typeof change === 'function' ? change(maker) : change);
  return { kind: 'object', class: bugClass, name: text(fr, en), make };
}

/** The same with one value, which is the harm. Without `vr` the dictionary's. */
export function inValue(bugClass: AttackClass, fr: string, en: string, tag: number, value: string, vr?: string) {
  return inObject(bugClass, fr, en, {
    elements: [el(tag, Buffer.from(value, 'latin1'), vr ?? vrOf(tag))],
    harm: value,
  });
}

/** An element as it stands in a data set of explicit VR little endian, its length whatever is claimed. */
export function lying(tag: number, vr: string, claimed: number, value: Buffer = Buffer.alloc(0)): Buffer {
  const isLong = ['OB', 'OW', 'SQ', 'UN', 'UT'].includes(vr);
  const head = Buffer.alloc(isLong ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (isLong) head.writeUInt32LE(claimed, 8);
  else head.writeUInt16LE(claimed, 6);
  return Buffer.concat([head, value]);
}
