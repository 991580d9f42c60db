import { type FileMeta, formatTag, TAG, type Tag } from '@leadglass/dicom';
import type { FindingKind } from '../inspector.ts';
import { isPathInIdentifier, isPathInUid, PATH_KINDS } from './path.ts';
import { uidTrouble } from './uid.ts';

/** UID and path safety of file meta: programs name files after these as well as after the data set's (INSPECT-64). */
export function inspectMetaValues(meta: FileMeta, find: (kind: FindingKind, path: string) => void): void {
  const uids: readonly (readonly [Tag, string])[] = [
    [TAG.MediaStorageSOPClassUID, meta.mediaStorageSopClassUid],
    [TAG.MediaStorageSOPInstanceUID, meta.mediaStorageSopInstanceUid],
    [TAG.TransferSyntaxUID, meta.isGuessed ? '' : meta.transferSyntaxUid],
    [TAG.ImplementationClassUID, meta.implementationClassUid],
  ];
  for (const [tag, value] of uids) {
    if (isPathInUid(value)) find(PATH_KINDS.uid, formatTag(tag));
    const trouble = uidTrouble(value);
    if (trouble !== undefined) find(trouble, formatTag(tag));
  }
  if (isPathInIdentifier(meta.sourceAe)) find(PATH_KINDS.identifier, formatTag(TAG.SourceApplicationEntityTitle));
}
