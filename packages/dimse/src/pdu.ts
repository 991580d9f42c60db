import type { Text } from '@leadglass/kit';
import type { Abort, AssociateAc, AssociateRj, AssociateRq } from './api.ts';

/** PDU-type field, PS3.8 §9.3.1. */
export const PDU_TYPE = {
  associateRq: 0x01,
  associateAc: 0x02,
  associateRj: 0x03,
  pDataTf: 0x04,
  releaseRq: 0x05,
  releaseRp: 0x06,
  abort: 0x07,
} as const;
export type PduType = (typeof PDU_TYPE)[keyof typeof PDU_TYPE];

/** Item-type field, PS3.8 §9.3.2 and §9.3.3, PS3.7 §D.3.3. */
export const ITEM_TYPE = {
  applicationContext: 0x10,
  presentationContextRq: 0x20,
  presentationContextAc: 0x21,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  userInformation: 0x50,
  maximumLength: 0x51,
  implementationClassUid: 0x52,
  asynchronousOperationsWindow: 0x53,
  roleSelection: 0x54,
  implementationVersionName: 0x55,
  sopClassExtendedNegotiation: 0x56,
  sopClassCommonExtendedNegotiation: 0x57,
  userIdentityRq: 0x58,
  userIdentityAc: 0x59,
} as const;

/** A-ABORT Source field, PS3.8 §9.3.8. */
export const ABORT_SOURCE = { serviceUser: 0, serviceProvider: 2 } as const;

/** A-ABORT Reason/Diag. field when the source is the service provider, PS3.8 §9.3.8. */
export const ABORT_REASON = {
  notSpecified: 0,
  unrecognizedPdu: 1,
  unexpectedPdu: 2,
  unrecognizedPduParameter: 4,
  unexpectedPduParameter: 5,
  invalidPduParameterValue: 6,
} as const;
export type AbortReason = (typeof ABORT_REASON)[keyof typeof ABORT_REASON];

/** Bytes before the variable field of every PDU: type, reserved, length. */
export const PDU_HEADER_BYTES = 6;
/** Bytes before the fragment of a presentation data value: item length, context id, message control header (PS3.8 §9.3.5.1, Annex E). */
export const PDV_HEADER_BYTES = 6;
/** What we take a speaker to accept when it names no maximum length; the size small peers announce. */
export const DEFAULT_MAXIMUM_LENGTH = 16_384;
/** Least maximum length that leaves room for a fragment of two bytes; below it a peer could never be sent anything. */
export const LEAST_MAXIMUM_LENGTH = PDV_HEADER_BYTES + 2;

/** A PDU that is read whole. P-DATA-TF is not among them: it is never collected. */
export type ControlPdu =
  | { readonly type: 'A-ASSOCIATE-RQ'; readonly value: AssociateRq }
  | { readonly type: 'A-ASSOCIATE-AC'; readonly value: AssociateAc }
  | { readonly type: 'A-ASSOCIATE-RJ'; readonly value: AssociateRj }
  | { readonly type: 'A-RELEASE-RQ' }
  | { readonly type: 'A-RELEASE-RP' }
  | { readonly type: 'A-ABORT'; readonly value: Abort };

/** What is wrong with a peer's bytes: a value, never an exception. */
export interface PduFault {
  /** A-ABORT Reason/Diag. that names it. */
  readonly reason: AbortReason;
  /** Offset in the PDU, counted from 0 at its type; -1 when it has none. */
  readonly at: number;
  readonly why: Text;
}

/** A decoded value, or what was wrong with the bytes. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: PduFault };
