import {
  combine,
  DataSetReader,
  DEFAULT_READER_LIMITS,
  ElementCollector,
  type ElementToEncode,
  encodeElements,
  SILENT_HANDLER,
  type TokenHandler,
} from '@leadglass/dicom';
import { isUid } from '@leadglass/model';
import type { RetrieveLevel } from './retrieve-identifier.ts';

const FAILED_SOP_INSTANCE_UID_LIST = 0x00080058;
const MOST_LIST_BYTES = 1024 * 1024;

/** Unique keys as they were asked, the patient's as they were written (one byte a character). */
export interface AskedKeys {
  readonly level: RetrieveLevel;
  readonly patientId: string;
  readonly issuerOfPatientId: string;
  readonly studyUids: readonly string[];
  readonly seriesUids: readonly string[];
  readonly sopUids: readonly string[];
}

/** How an upstream's C-MOVE ended. */
export interface UpstreamMoveEnd {
  readonly status: number;
  readonly failedUids: readonly string[];
}

/** The identifier of a C-MOVE made anew from the keys that were read of the device's: nothing unread goes on (PS3.4 §C.4.2.1.4). */
export function identifierOf(keys: AskedKeys, transferSyntaxUid: string): Uint8Array {
  const bytes = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, 'latin1'));
  const list = (tag: number, uids: readonly string[]): ElementToEncode[] =>
    uids.length === 0 ? [] : [{ tag, value: uids.join('\\') }];
  const elements: ElementToEncode[] = [
    ...list(0x00080018, keys.sopUids),
    { tag: 0x00080052, value: keys.level },
    ...(keys.patientId === '' ? [] : [{ tag: 0x00100020, value: bytes(keys.patientId) }]),
    ...(keys.issuerOfPatientId === '' ? [] : [{ tag: 0x00100021, value: bytes(keys.issuerOfPatientId) }]),
    ...list(0x0020000d, keys.studyUids),
    ...list(0x0020000e, keys.seriesUids),
  ];
  return encodeElements(elements, transferSyntaxUid);
}

/** Failed SOP Instance UID List of a final response (PS3.4 §C.4.2.1.4.2); what is no UID is left out. */
export function failedListOf(dataSet: Uint8Array, transferSyntaxUid: string): readonly string[] {
  if (dataSet.byteLength === 0 || dataSet.byteLength > MOST_LIST_BYTES) return [];
  const collector = new ElementCollector([FAILED_SOP_INSTANCE_UID_LIST], MOST_LIST_BYTES);
  const limits = { ...DEFAULT_READER_LIMITS, depth: 8, elements: 1000 };
  let isBroken = false;
  const irregularity: TokenHandler['irregularity'] = ({ isFatal, code }) => {
    isBroken ||= isFatal || code.startsWith('truncated');
  };
  const handler = combine(collector, { ...SILENT_HANDLER, irregularity });
  const reader = new DataSetReader({ transferSyntaxUid, handler, limits });
  reader.push(dataSet);
  reader.end();
  const value = isBroken ? '' : (collector.text(FAILED_SOP_INSTANCE_UID_LIST) ?? '');
  return value.split('\\').filter(isUid);
}
