import {
  DataSetReader,
  DEFAULT_READER_LIMITS,
  type ElementHead,
  EXPLICIT_VR_BIG_ENDIAN,
  encodeElements,
  IMPLICIT_VR_LITTLE_ENDIAN,
  type ReaderLimits,
  type TokenHandler,
} from '@leadglass/dicom';
import { isUid } from '@leadglass/model';

/** Elements of what storage commitment asks and reports (PS3.4 Tables J.3-1 and J.3-2). */
export const COMMITMENT_TAG = {
  referencedSopClassUid: 0x00081150,
  referencedSopInstanceUid: 0x00081155,
  transactionUid: 0x00081195,
  failureReason: 0x00081197,
  failedSopSequence: 0x00081198,
  referencedSopSequence: 0x00081199,
} as const;

/** Largest value read, bytes: a UID with room for bad padding. */
const MOST_VALUE_BYTES = 128;
const REPORT_LIMITS: ReaderLimits = { ...DEFAULT_READER_LIMITS, depth: 8, elements: 400_000, inflatedBytes: 2 ** 24 };

/** An object a transaction is about. */
export interface ReferencedSop {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

/** What an N-EVENT-REPORT of storage commitment says (PS3.4 §J.3.3). */
export interface CommitmentReport {
  readonly transactionUid: string;
  /** SOP Instance UIDs. */
  readonly committed: readonly string[];
  readonly refused: readonly { readonly sopInstanceUid: string; readonly failureReason: number }[];
}

/** Action Information of a storage commitment request, implicit VR little endian (PS3.4 Table J.3-1). At least one object. */
export function encodeCommitmentRequest(transactionUid: string, objects: readonly ReferencedSop[]): Uint8Array {
  const items = objects.map(({ sopClassUid, sopInstanceUid }) => [
    { tag: COMMITMENT_TAG.referencedSopClassUid, value: sopClassUid },
    { tag: COMMITMENT_TAG.referencedSopInstanceUid, value: sopInstanceUid },
  ]);
  const elements = [
    { tag: COMMITMENT_TAG.transactionUid, value: transactionUid },
    { tag: COMMITMENT_TAG.referencedSopSequence, value: items },
  ];
  return encodeElements(elements, IMPLICIT_VR_LITTLE_ENDIAN);
}

interface ReportItem {
  sopInstanceUid: string;
  failureReason: number;
}

/** Collects the few values that matter: at the top level, and one level down in the two sequences. */
class ReportCollector implements TokenHandler {
  transactionUid = '';
  readonly committed: string[] = [];
  readonly refused: ReportItem[] = [];
  isBroken = false;
  readonly #isBigEndian: boolean;
  #sequence = 0;
  #depth = 0;
  #item: ReportItem = { sopInstanceUid: '', failureReason: 0 };
  #tag = 0;
  #value: Uint8Array[] = [];
  #valueBytes = 0;

  constructor(isBigEndian: boolean) {
    this.#isBigEndian = isBigEndian;
  }

  element(head: ElementHead): void {
    this.#tag = head.tag;
    this.#value = [];
    this.#valueBytes = 0;
  }

  value(bytes: Uint8Array): void {
    this.#valueBytes += bytes.byteLength;
    if (this.#valueBytes <= MOST_VALUE_BYTES) this.#value.push(new Uint8Array(bytes));
  }

  elementEnd(): void {
    if (this.#valueBytes > MOST_VALUE_BYTES) return;
    const value = Buffer.concat(this.#value);
    const uid = (): string => value.toString('latin1').replace(/[\0 ]+$/, '');
    if (this.#depth === 0 && this.#tag === COMMITMENT_TAG.transactionUid) this.transactionUid = uid();
    if (this.#depth !== 1) return;
    if (this.#tag === COMMITMENT_TAG.referencedSopInstanceUid) this.#item.sopInstanceUid = uid();
    if (this.#tag === COMMITMENT_TAG.failureReason && value.byteLength >= 2) {
      this.#item.failureReason = this.#isBigEndian ? value.readUInt16BE(0) : value.readUInt16LE(0);
    }
  }

  sequence(head: ElementHead): void {
    if (this.#depth === 0) this.#sequence = head.tag;
    this.#depth += 1;
  }

  item(): void {
    if (this.#depth === 1) this.#item = { sopInstanceUid: '', failureReason: 0 };
  }

  itemEnd(): void {
    if (this.#depth !== 1 || !isUid(this.#item.sopInstanceUid)) return;
    if (this.#sequence === COMMITMENT_TAG.referencedSopSequence) this.committed.push(this.#item.sopInstanceUid);
    if (this.#sequence === COMMITMENT_TAG.failedSopSequence) this.refused.push(this.#item);
  }

  sequenceEnd(): void {
    this.#depth -= 1;
  }

  fragments(): void {}
  fragment(): void {}
  fragmentEnd(): void {}
  fragmentsEnd(): void {}

  irregularity({ isFatal, code }: { readonly isFatal: boolean; readonly code: string }): void {
    this.isBroken ||= isFatal || code.startsWith('truncated');
  }
}

/** Reads Event Information of a storage commitment report, or undefined when it cannot be read or names no transaction. */
export function decodeCommitmentReport(dataSet: Uint8Array, transferSyntaxUid: string): CommitmentReport | undefined {
  const collector = new ReportCollector(transferSyntaxUid === EXPLICIT_VR_BIG_ENDIAN);
  const reader = new DataSetReader({ transferSyntaxUid, handler: collector, limits: REPORT_LIMITS });
  reader.push(dataSet);
  reader.end();
  if (collector.isBroken || !isUid(collector.transactionUid)) return undefined;
  const { transactionUid, committed, refused } = collector;
  return { transactionUid, committed, refused };
}
