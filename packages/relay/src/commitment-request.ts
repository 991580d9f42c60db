import {
  DataSetReader,
  DEFAULT_READER_LIMITS,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  type ElementHead,
  type ElementToEncode,
  encodeElements,
  type ReaderLimits,
  type TokenHandler,
} from '@leadglass/dicom';
import { isUid } from '@leadglass/model';
import { COMMITMENT_TAG, type ReferencedSop } from './commitment-data-set.ts';

/** Objects of one request that are looked at; a request of more is refused whole (0213). */
export const MOST_REFERENCES = 20_000;
/** Largest value read, bytes: a UID with room for bad padding. */
const MOST_VALUE_BYTES = 128;
const REQUEST_LIMITS: ReaderLimits = { ...DEFAULT_READER_LIMITS, depth: 8, elements: 400_000, inflatedBytes: 2 ** 24 };

/** What an N-ACTION of storage commitment asks (PS3.4 Table J.3-1). */
export interface CommitmentRequest {
  readonly transactionUid: string;
  readonly objects: readonly ReferencedSop[];
}

/** An object we do not answer for, and why (PS3.4 §J.3.3.1.2; PS3.3 §C.14). */
export interface FailedSop extends ReferencedSop {
  readonly failureReason: number;
}

/** Failure Reason (0008,1197), PS3.3 §C.14.1.1. */
export const FAILURE_REASON = {
  processingFailure: 0x0110,
  noSuchObjectInstance: 0x0112,
  classInstanceConflict: 0x0119,
} as const;

/** Event Type ID of a storage commitment report (PS3.4 Table J.3-2): all are committed; failures exist. */
export const REPORT_EVENT = { successful: 1, failuresExist: 2 } as const;

/**
 * Reads Action Information while it comes: memory is the references it names, bounded, whatever its length. What is kept of a value is
 * what a UID can hold.
 */
export class CommitmentRequestReader implements TokenHandler {
  readonly #reader: DataSetReader;
  readonly #objects: ReferencedSop[] = [];
  #transactionUid = '';
  #isBroken = false;
  #isOver = false;
  #sequence = 0;
  #depth = 0;
  #tag = 0;
  #value = '';
  #classUid = '';
  #instanceUid = '';

  constructor(transferSyntaxUid: string) {
    this.#reader = new DataSetReader({ transferSyntaxUid, handler: this, limits: REQUEST_LIMITS });
  }

  /** Takes the next piece; the view is valid during the call only. */
  push(view: Uint8Array): void {
    if (!this.#isBroken) this.#reader.push(view);
  }

  /** What was asked; `too-many` references; or undefined when it cannot be read, names no transaction or no object. */
  end(): CommitmentRequest | 'too-many' | undefined {
    if (!this.#isBroken) this.#reader.end();
    if (this.#isOver) return 'too-many';
    if (this.#isBroken || !isUid(this.#transactionUid) || this.#objects.length === 0) return undefined;
    return { transactionUid: this.#transactionUid, objects: this.#objects };
  }

  element(head: ElementHead): void {
    this.#tag = head.tag;
    this.#value = '';
  }

  value(bytes: Uint8Array): void {
    const isWanted = this.#depth <= 1 && this.#value.length < MOST_VALUE_BYTES;
    if (isWanted) this.#value += Buffer.from(bytes.subarray(0, MOST_VALUE_BYTES)).toString('latin1');
  }

  elementEnd(): void {
    const uid = this.#value.replace(/[\0 ]+$/, '');
    if (this.#depth === 0 && this.#tag === COMMITMENT_TAG.transactionUid) this.#transactionUid = uid;
    if (this.#depth !== 1) return;
    if (this.#tag === COMMITMENT_TAG.referencedSopClassUid) this.#classUid = uid;
    if (this.#tag === COMMITMENT_TAG.referencedSopInstanceUid) this.#instanceUid = uid;
  }

  sequence(head: ElementHead): void {
    if (this.#depth === 0) this.#sequence = head.tag;
    this.#depth += 1;
  }

  item(): void {
    if (this.#depth !== 1) return;
    this.#classUid = '';
    this.#instanceUid = '';
  }

  itemEnd(): void {
    if (this.#depth !== 1 || this.#sequence !== COMMITMENT_TAG.referencedSopSequence) return;
    // Asked about something that has no name: nothing about the rest could be answered without lying by omission.
    if (!isUid(this.#classUid) || !isUid(this.#instanceUid)) this.#isBroken = true;
    else if (this.#objects.length >= MOST_REFERENCES) this.#isOver = true;
    else this.#objects.push({ sopClassUid: this.#classUid, sopInstanceUid: this.#instanceUid });
  }

  sequenceEnd(): void {
    this.#depth -= 1;
  }

  fragments(): void {}
  fragment(): void {}
  fragmentEnd(): void {}
  fragmentsEnd(): void {}

  irregularity({ isFatal, code }: { readonly isFatal: boolean; readonly code: string }): void {
    this.#isBroken ||= isFatal || code.startsWith('truncated');
  }
}

/** What we answer for and what not. */
export interface OwnReport {
  readonly transactionUid: string;
  readonly committed: readonly ReferencedSop[];
  readonly failed: readonly FailedSop[];
}

/** Event Information of a storage commitment report (PS3.4 Table J.3-3) in `transferSyntaxUid`, one that `canReportIn`. */
export function encodeCommitmentReport(report: OwnReport, transferSyntaxUid: string): Uint8Array {
  const { transactionUid, committed, failed } = report;
  const elements: ElementToEncode[] = [{ tag: COMMITMENT_TAG.transactionUid, value: transactionUid }];
  // Ascending tags: Failed SOP Sequence comes before Referenced SOP Sequence.
  if (failed.length > 0)
    elements.push({
      tag: COMMITMENT_TAG.failedSopSequence,
      value: failed.map((each) => [
        ...referenceOf(each),
        { tag: COMMITMENT_TAG.failureReason, value: each.failureReason },
      ]),
    });
  if (committed.length > 0)
    elements.push({ tag: COMMITMENT_TAG.referencedSopSequence, value: committed.map(referenceOf) });
  return encodeElements(elements, transferSyntaxUid);
}

/** The event type that says `report`. */
export function reportEvent({ failed }: Pick<OwnReport, 'failed'>): number {
  return failed.length === 0 ? REPORT_EVENT.successful : REPORT_EVENT.failuresExist;
}

function referenceOf({ sopClassUid, sopInstanceUid }: ReferencedSop): ElementToEncode[] {
  return [
    { tag: COMMITMENT_TAG.referencedSopClassUid, value: sopClassUid },
    { tag: COMMITMENT_TAG.referencedSopInstanceUid, value: sopInstanceUid },
  ];
}

/** Whether Event Information can be written in this transfer syntax: in any but the deflated one. */
export function canReportIn(transferSyntaxUid: string): boolean {
  return transferSyntaxUid !== DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN;
}
