import { concatBytes } from '@leadglass/kit';
import { encodeElements } from './encode.ts';
import { TAG } from './tag.ts';
import type { Tag } from './token.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN } from './transfer-syntax.ts';

export const PREAMBLE_BYTES = 128;
/** `DICM`, after the preamble (PS3.10 §7.1). */
export const MAGIC: Uint8Array = new Uint8Array([0x44, 0x49, 0x43, 0x4d]);

/** What file meta information (PS3.10 §7.1) says. Texts without their padding; empty when the element is absent. */
export interface FileMeta {
  /** How the data set is to be read; when the file does not say, what its first bytes look like (`isGuessed`). */
  readonly transferSyntaxUid: string;
  /** Whether the transfer syntax was not declared but recognised. */
  readonly isGuessed: boolean;
  readonly mediaStorageSopClassUid: string;
  readonly mediaStorageSopInstanceUid: string;
  readonly implementationClassUid: string;
  readonly implementationVersionName: string;
  readonly sourceAe: string;
  /** As declared in (0002,0000); undefined when absent. */
  readonly groupLength: number | undefined;
  /** Group 0002 as it stood in the file. */
  readonly bytes: Uint8Array;
}

/** What is to be written into file meta information. */
export interface FileMetaToWrite {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly implementationClassUid: string;
  readonly implementationVersionName: string;
}

const VERSION = new Uint8Array([0, 1]);

/**
 * The beginning of a Part 10 file: 128 zero bytes, `DICM`, and group 0002 in explicit VR little endian (PS3.10 §7.1).
 * The same input gives the same bytes. The data set follows as it is.
 */
export function writeFileMeta(meta: FileMetaToWrite): Uint8Array {
  const group = encodeElements(
    [
      { tag: TAG.FileMetaInformationVersion, vr: 'OB', value: VERSION },
      { tag: TAG.MediaStorageSOPClassUID, vr: 'UI', value: meta.sopClassUid },
      { tag: TAG.MediaStorageSOPInstanceUID, vr: 'UI', value: meta.sopInstanceUid },
      { tag: TAG.TransferSyntaxUID, vr: 'UI', value: meta.transferSyntaxUid },
      { tag: TAG.ImplementationClassUID, vr: 'UI', value: meta.implementationClassUid },
      { tag: TAG.ImplementationVersionName, vr: 'SH', value: meta.implementationVersionName },
    ],
    EXPLICIT_VR_LITTLE_ENDIAN,
  );
  const length = encodeElements(
    [{ tag: TAG.FileMetaInformationGroupLength, vr: 'UL', value: group.byteLength }],
    EXPLICIT_VR_LITTLE_ENDIAN,
  );
  return concatBytes(new Uint8Array(PREAMBLE_BYTES), MAGIC, length, group);
}

/** What Part10Reader can see wrong in what comes before the data set. */
export type MetaIrregularityCode =
  | 'no-magic' // `DICM` is missing after the preamble, or preamble and file meta are both missing
  | 'no-preamble' // `DICM` or group 0002 stands at the very beginning
  | 'not-dicom' // neither magic nor anything that reads as a data set: fatal
  | 'truncated-meta' // the file ends inside preamble or file meta: fatal
  | 'meta-too-long' // beyond the reader's limit: fatal
  | 'meta-implicit' // group 0002 is in implicit VR
  | 'meta-big-endian' // group 0002 is in big endian: fatal
  | 'meta-unknown-vr'
  | 'undefined-length' // an element of group 0002 has none: fatal
  | 'group-length-missing'
  | 'group-length-lies'
  | 'foreign-group' // the group length covers elements that are not of group 0002
  | 'version-missing'
  | 'version-unknown'
  | 'missing-media-storage-uid' // SOP Class or SOP Instance UID
  | 'missing-transfer-syntax' // all that is said when there is no file meta at all
  | 'unknown-transfer-syntax' // no standard one: private or invented
  | 'out-of-order'
  | 'duplicate-element'
  | 'odd-length';

export interface MetaIrregularity {
  readonly code: MetaIrregularityCode;
  /** The element concerned, 0 when there is none. */
  readonly tag: Tag;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Whether the data set cannot be found. */
  readonly isFatal: boolean;
}
