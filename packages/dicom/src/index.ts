export { combine, ElementCollector, SILENT_HANDLER } from './collect.ts';
export { CONFORMANCE } from './conformance.ts';
export type { DictionaryEntry } from './dictionary.ts';
export { formatTag, isKnownTag, keywordOf, lookup, tagOf, vrOf } from './dictionary.ts';
export type { ElementToEncode, ValueToEncode } from './encode.ts';
export { elementHeader, encodeElements } from './encode.ts';
export type { FileMeta, FileMetaToWrite, MetaIrregularity, MetaIrregularityCode } from './file-meta.ts';
export { PREAMBLE_BYTES, writeFileMeta } from './file-meta.ts';
export type { Content } from './levels.ts';
export type { Part10Handler } from './part10.ts';
export { META_LIMIT_BYTES, Part10Reader } from './part10.ts';
export type { DataSetReaderOptions } from './reader.ts';
export { DataSetReader } from './reader.ts';
export type { SopClass } from './sop-class.ts';
export {
  DICOM_APPLICATION_CONTEXT,
  isStandardStorage,
  MEDIA_STORAGE_DIRECTORY,
  MODALITY_PERFORMED_PROCEDURE_STEP,
  MODALITY_WORKLIST_FIND,
  PATIENT_ROOT_FIND,
  PATIENT_ROOT_GET,
  PATIENT_ROOT_MOVE,
  STORAGE_COMMITMENT_PUSH_MODEL,
  STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
  STORAGE_SERVICE_CLASS,
  STORAGE_SOP_CLASSES,
  STUDY_ROOT_FIND,
  STUDY_ROOT_GET,
  STUDY_ROOT_MOVE,
  storageSopClass,
  VERIFICATION,
} from './sop-class.ts';
export { ITEM, ITEM_DELIMITATION, SEQUENCE_DELIMITATION, TAG, TRAILING_BYTES } from './tag.ts';
export type { ElementHead, Irregularity, IrregularityCode, ReaderLimits, Tag, TokenHandler } from './token.ts';
export { DEFAULT_READER_LIMITS, UNDEFINED_LENGTH } from './token.ts';
export type { Codec, DataSetEncoding, TransferSyntax } from './transfer-syntax.ts';
export {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  encodingOf,
  IMPLICIT_VR_LITTLE_ENDIAN,
  TRANSFER_SYNTAXES,
  transferSyntax,
} from './transfer-syntax.ts';
export { hasLongLength, isStandardVr, LONG_VRS, SHORT_VRS } from './vr.ts';
export { DataSetWriter } from './writer.ts';
