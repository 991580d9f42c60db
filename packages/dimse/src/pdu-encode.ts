import { assert, concatBytes } from '@leadglass/kit';
import type {
  Abort,
  AssociateAc,
  AssociateRj,
  AssociateRq,
  NegotiatedContext,
  ProposedContext,
  UserInformation,
} from './api.ts';
import { type ControlPdu, ITEM_TYPE, PDU_HEADER_BYTES, PDU_TYPE, PDV_HEADER_BYTES } from './pdu.ts';

const AE_TITLE_BYTES = 16;
const SPACE = 0x20;

const u8 = (...values: number[]): Uint8Array => new Uint8Array(values);
const u16 = (value: number): Uint8Array => u8(value >>> 8, value & 0xff);
const u32 = (value: number): Uint8Array => u8(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
const ascii = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, 'latin1'));
const reserved = (bytes: number): Uint8Array => new Uint8Array(bytes);

/** A field behind its two-byte length. */
function counted(field: Uint8Array): Uint8Array {
  assert(field.byteLength <= 0xffff, 'a field of an item is at most 65535 bytes');
  return concatBytes(u16(field.byteLength), field);
}

function item(type: number, ...fields: readonly Uint8Array[]): Uint8Array {
  return concatBytes(u8(type, 0), counted(concatBytes(...fields)));
}

function pdu(type: number, ...fields: readonly Uint8Array[]): Uint8Array {
  const variable = concatBytes(...fields);
  return concatBytes(u8(type, 0), u32(variable.byteLength), variable);
}

/** A title padded with spaces to its 16 bytes. */
function aeTitle(title: string): Uint8Array {
  assert(title.length <= AE_TITLE_BYTES, 'an AE title has at most 16 characters');
  const field = new Uint8Array(AE_TITLE_BYTES).fill(SPACE);
  field.set(ascii(title));
  return field;
}

/** Encodes any PDU but P-DATA-TF. PS3.8 §9.3. */
export function encodePdu(value: ControlPdu): Uint8Array {
  switch (value.type) {
    case 'A-ASSOCIATE-RQ':
      return encodeAssociate(PDU_TYPE.associateRq, value.value, value.value.contexts.map(proposedContext));
    case 'A-ASSOCIATE-AC':
      return encodeAssociate(PDU_TYPE.associateAc, value.value, value.value.contexts.map(negotiatedContext));
    case 'A-ASSOCIATE-RJ':
      return encodeAssociateRj(value.value);
    case 'A-RELEASE-RQ':
      return pdu(PDU_TYPE.releaseRq, reserved(4)); // 7-10  Reserved
    case 'A-RELEASE-RP':
      return pdu(PDU_TYPE.releaseRp, reserved(4)); // 7-10  Reserved
    case 'A-ABORT':
      return encodeAbort(value.value);
  }
}

/** PS3.8 Tables 9-11 and 9-17: the same but for their presentation context items. */
function encodeAssociate(
  type: number,
  associate: AssociateRq | AssociateAc,
  contexts: readonly Uint8Array[],
): Uint8Array {
  return pdu(
    type,
    u16(associate.protocolVersion), //                                  7-8    Protocol-version
    reserved(2), //                                                     9-10   Reserved
    aeTitle(associate.called), //                                       11-26  Called-AE-title
    aeTitle(associate.calling), //                                      27-42  Calling-AE-title
    reserved(32), //                                                    43-74  Reserved
    item(ITEM_TYPE.applicationContext, ascii(associate.applicationContext)), // 75-  Application context item
    ...contexts, //                                                            Presentation context items
    item(ITEM_TYPE.userInformation, ...userInformation(associate.user)), //    User information item
  );
}

/** PS3.8 Table 9-13. */
function proposedContext(context: ProposedContext): Uint8Array {
  return item(
    ITEM_TYPE.presentationContextRq,
    u8(context.id, 0, 0, 0), //                                                    5-8  Presentation-context-ID, reserved
    item(ITEM_TYPE.abstractSyntax, ascii(context.abstractSyntax)), //              9-   Abstract syntax sub-item
    ...context.transferSyntaxes.map((uid) => item(ITEM_TYPE.transferSyntax, ascii(uid))), // Transfer syntax sub-items
  );
}

/** PS3.8 Table 9-18. */
function negotiatedContext(context: NegotiatedContext): Uint8Array {
  return item(
    ITEM_TYPE.presentationContextAc,
    u8(context.id, 0, context.result, 0), //                          5-8  Presentation-context-ID, reserved, Result/Reason, reserved
    item(ITEM_TYPE.transferSyntax, ascii(context.transferSyntax)), // 9-   Transfer syntax sub-item
  );
}

/** PS3.8 Table 9-16: sub-items in ascending item type, what was not said left out. */
function userInformation(user: UserInformation): Uint8Array[] {
  const { asynchronousOperations, userIdentity, userIdentityResponse } = user;
  const parts = [item(ITEM_TYPE.maximumLength, u32(user.maximumLength))];
  if (user.implementationClassUid !== '')
    parts.push(item(ITEM_TYPE.implementationClassUid, ascii(user.implementationClassUid)));
  if (asynchronousOperations !== undefined) {
    const { invoked, performed } = asynchronousOperations;
    parts.push(item(ITEM_TYPE.asynchronousOperationsWindow, u16(invoked), u16(performed)));
  }
  for (const role of user.roleSelections) {
    parts.push(item(ITEM_TYPE.roleSelection, counted(ascii(role.sopClassUid)), u8(role.scu ? 1 : 0, role.scp ? 1 : 0)));
  }
  if (user.implementationVersionName !== '') {
    parts.push(item(ITEM_TYPE.implementationVersionName, ascii(user.implementationVersionName)));
  }
  parts.push(...extendedNegotiations(user));
  if (userIdentity !== undefined) {
    const { type, positiveResponseRequested, primary, secondary } = userIdentity;
    parts.push(
      item(ITEM_TYPE.userIdentityRq, u8(type, positiveResponseRequested ? 1 : 0), counted(primary), counted(secondary)),
    );
  }
  if (userIdentityResponse !== undefined) parts.push(item(ITEM_TYPE.userIdentityAc, counted(userIdentityResponse)));
  return parts;
}

function extendedNegotiations(user: UserInformation): Uint8Array[] {
  const extended = user.extendedNegotiations.map(({ sopClassUid, information }) =>
    item(ITEM_TYPE.sopClassExtendedNegotiation, counted(ascii(sopClassUid)), information),
  );
  const common = user.commonExtendedNegotiations.map(({ sopClassUid, serviceClassUid, relatedSopClassUids }) => {
    const related = concatBytes(...relatedSopClassUids.map((uid) => counted(ascii(uid))));
    const fields = [counted(ascii(sopClassUid)), counted(ascii(serviceClassUid)), counted(related)];
    return item(ITEM_TYPE.sopClassCommonExtendedNegotiation, ...fields);
  });
  return [...extended, ...common];
}

/** PS3.8 Table 9-21. */
function encodeAssociateRj(rejection: AssociateRj): Uint8Array {
  const { result, source, reason } = rejection;
  return pdu(PDU_TYPE.associateRj, u8(0, result, source, reason)); // 7 reserved, 8 Result, 9 Source, 10 Reason/Diag.
}

/** PS3.8 Table 9-26. */
function encodeAbort(abort: Abort): Uint8Array {
  return pdu(PDU_TYPE.abort, u8(0, 0, abort.source, abort.reason)); // 7-8 reserved, 9 Source, 10 Reason/Diag.
}

/** Bytes in front of the fragment of a P-DATA-TF that carries one presentation data value. */
export const PDATA_HEADER_BYTES = PDU_HEADER_BYTES + PDV_HEADER_BYTES;

/** Writes the header of a P-DATA-TF with one presentation data value into `into`, whose fragment follows. PS3.8 Tables 9-22 and 9-23, Annex E. */
export function writePDataHeader(
  into: Uint8Array,
  contextId: number,
  isCommand: boolean,
  isLast: boolean,
  fragmentBytes: number,
): void {
  into[0] = PDU_TYPE.pDataTf; //                                1      PDU-type
  into[1] = 0; //                                               2      Reserved
  writeU32(into, 2, PDV_HEADER_BYTES + fragmentBytes); //       3-6    PDU-length
  writeU32(into, 6, 2 + fragmentBytes); //                      7-10   Item-length
  into[10] = contextId; //                                      11     Presentation-context-ID
  into[11] = (isCommand ? 0b01 : 0) | (isLast ? 0b10 : 0); //   12     Message control header
}

function writeU32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = (value >>> 16) & 0xff;
  into[at + 2] = (value >>> 8) & 0xff;
  into[at + 3] = value & 0xff;
}
