import {
  type ElementToEncode,
  EXPLICIT_VR_LITTLE_ENDIAN,
  encodeElements,
  type FileMetaToWrite,
  PREAMBLE_BYTES,
  TAG,
  writeFileMeta,
} from '@leadglass/dicom';
import { concatBytes } from '@leadglass/kit';

const MAGIC = Uint8Array.of(0x44, 0x49, 0x43, 0x4d);

/**
 * The beginning of the copy: zero preamble, `DICM`, file meta of our form. Of an object that has no SOP UIDs anywhere the header names
 * none, rather than empty ones (DEVIATION from PS3.10 §7.1, docs/decisions/0006): it is what the original was.
 */
export function fileHeader(meta: FileMetaToWrite): Uint8Array {
  if (meta.sopClassUid !== '' && meta.sopInstanceUid !== '') return writeFileMeta(meta);
  const group = encoded([
    { tag: TAG.FileMetaInformationVersion, vr: 'OB', value: Uint8Array.of(0, 1) },
    { tag: TAG.TransferSyntaxUID, vr: 'UI', value: meta.transferSyntaxUid },
    { tag: TAG.ImplementationClassUID, vr: 'UI', value: meta.implementationClassUid },
    { tag: TAG.ImplementationVersionName, vr: 'SH', value: meta.implementationVersionName },
  ]);
  const length = encoded([{ tag: TAG.FileMetaInformationGroupLength, vr: 'UL', value: group.length }]);
  return concatBytes(new Uint8Array(PREAMBLE_BYTES), MAGIC, length, group);
}

function encoded(elements: readonly ElementToEncode[]): Uint8Array {
  return encodeElements(elements, EXPLICIT_VR_LITTLE_ENDIAN);
}
