import type {
  Abort,
  AssociateAc,
  AssociateRj,
  AssociateRq,
  NegotiatedContext,
  ProposedContext,
  UserInformation,
} from './api.ts';
import { eachItem, FieldReader } from './field-reader.ts';
import { ABORT_REASON, type ControlPdu, type Decoded, ITEM_TYPE, PDU_TYPE } from './pdu.ts';
import { emptyUserInformation, readUserInformation } from './user-information-decode.ts';
import { WHY } from './why.ts';

const { invalidPduParameterValue, unexpectedPduParameter, unrecognizedPdu } = ABORT_REASON;
const AE_TITLE_BYTES = 16;

/**
 * Decodes a whole PDU that is not P-DATA-TF. The length field is the caller's to have checked: `pdu` ends where the PDU ends.
 * A fault carries the A-ABORT reason. PS3.8 §9.3.
 */
export function decodePdu(pdu: Uint8Array): Decoded<ControlPdu> {
  const fields = FieldReader.of(pdu, 0);
  const type = fields.u8(); // 1     PDU-type
  fields.skip(1); //           2     Reserved, not tested
  fields.u32(); //             3-6   PDU-length
  const value = readVariableField(type, fields);
  if (fields.fault !== undefined) return { ok: false, fault: fields.fault };
  if (value === undefined)
    return { ok: false, fault: { reason: unrecognizedPdu, at: 0, why: WHY.unrecognizedPdu(type) } };
  return { ok: true, value };
}

function readVariableField(type: number, fields: FieldReader): ControlPdu | undefined {
  switch (type) {
    case PDU_TYPE.associateRq:
      return { type: 'A-ASSOCIATE-RQ', value: readAssociateRq(fields) };
    case PDU_TYPE.associateAc:
      return { type: 'A-ASSOCIATE-AC', value: readAssociateAc(fields) };
    case PDU_TYPE.associateRj:
      return { type: 'A-ASSOCIATE-RJ', value: readAssociateRj(fields) };
    case PDU_TYPE.releaseRq:
      fields.skip(4); // 7-10  Reserved (PS3.8 Table 9-24)
      return { type: 'A-RELEASE-RQ' };
    case PDU_TYPE.releaseRp:
      fields.skip(4); // 7-10  Reserved (PS3.8 Table 9-25)
      return { type: 'A-RELEASE-RP' };
    case PDU_TYPE.abort:
      return { type: 'A-ABORT', value: readAbort(fields) };
    default:
      return undefined;
  }
}

/** PS3.8 Table 9-11. */
function readAssociateRq(fields: FieldReader): AssociateRq {
  const protocolVersion = fields.u16(); //          7-8    Protocol-version, bit 0 is version 1
  fields.skip(2); //                                9-10   Reserved
  const called = fields.text(AE_TITLE_BYTES); //    11-26  Called-AE-title
  const calling = fields.text(AE_TITLE_BYTES); //   27-42  Calling-AE-title
  fields.skip(32); //                               43-74  Reserved
  const items = readItems(fields, ITEM_TYPE.presentationContextRq, readProposedContext); // 75-  Variable items
  return { protocolVersion, called, calling, ...items };
}

/** PS3.8 Table 9-17. */
function readAssociateAc(fields: FieldReader): AssociateAc {
  const protocolVersion = fields.u16(); //          7-8    Protocol-version
  fields.skip(2); //                                9-10   Reserved
  const called = fields.text(AE_TITLE_BYTES); //    11-26  Reserved: the called title sent back, not tested
  const calling = fields.text(AE_TITLE_BYTES); //   27-42  Reserved: the calling title sent back, not tested
  fields.skip(32); //                               43-74  Reserved
  const items = readItems(fields, ITEM_TYPE.presentationContextAc, readNegotiatedContext); // 75-  Variable items
  return { protocolVersion, called, calling, ...items };
}

interface VariableItems<C> {
  readonly applicationContext: string;
  readonly contexts: readonly C[];
  readonly user: UserInformation;
}

/** The variable items common to A-ASSOCIATE-RQ and -AC (PS3.8 §9.3.2.1 to §9.3.2.3). Items of unknown type are skipped. */
function readItems<C extends { readonly id: number }>(
  fields: FieldReader,
  contextType: number,
  readContext: (item: FieldReader) => C,
): VariableItems<C> {
  let applicationContext: string | undefined;
  let user: UserInformation | undefined;
  const contexts = new Map<number, C>();
  eachItem(fields, (type, item) => {
    if (type === ITEM_TYPE.applicationContext) {
      if (applicationContext !== undefined) item.fail(unexpectedPduParameter, WHY.repeatedItem(type));
      applicationContext = item.text(item.remaining); // 5-  Application-context-name
    } else if (type === contextType) {
      addContext(contexts, readContext(item), item);
    } else if (type === ITEM_TYPE.userInformation) {
      if (user !== undefined) item.fail(unexpectedPduParameter, WHY.repeatedItem(type));
      user = readUserInformation(item); //               5-  User-data
    }
  });
  if (applicationContext === undefined)
    fields.fail(invalidPduParameterValue, WHY.missingItem(ITEM_TYPE.applicationContext));
  return {
    applicationContext: applicationContext ?? '',
    contexts: [...contexts.values()],
    user: user ?? emptyUserInformation,
  };
}

/** Ids are odd and used once (PS3.8 §9.3.2.2): an ambiguous one would make every later PDV ambiguous. At most 128 of them exist. */
function addContext<C extends { readonly id: number }>(contexts: Map<number, C>, context: C, item: FieldReader): void {
  if (context.id % 2 === 0 || contexts.has(context.id)) item.fail(invalidPduParameterValue, WHY.contextId(context.id));
  contexts.set(context.id, context);
}

/** PS3.8 Table 9-13. */
function readProposedContext(item: FieldReader): ProposedContext {
  const id = item.u8(); // 5    Presentation-context-ID
  item.skip(3); //         6-8  Reserved
  let abstractSyntax: string | undefined;
  const transferSyntaxes: string[] = [];
  eachItem(item, (type, syntax) => {
    // 9-  Abstract and transfer syntax sub-items
    if (type === ITEM_TYPE.abstractSyntax) {
      if (abstractSyntax !== undefined) syntax.fail(unexpectedPduParameter, WHY.repeatedItem(type));
      abstractSyntax = syntax.text(syntax.remaining);
    } else if (type === ITEM_TYPE.transferSyntax) {
      transferSyntaxes.push(syntax.text(syntax.remaining));
    }
  });
  if (abstractSyntax === undefined) item.fail(invalidPduParameterValue, WHY.missingItem(ITEM_TYPE.abstractSyntax));
  return { id, abstractSyntax: abstractSyntax ?? '', transferSyntaxes };
}

/** PS3.8 Table 9-18. */
function readNegotiatedContext(item: FieldReader): NegotiatedContext {
  const id = item.u8(); //       5  Presentation-context-ID
  item.skip(1); //               6  Reserved
  const result = item.u8(); //   7  Result/Reason
  item.skip(1); //               8  Reserved
  let transferSyntax = '';
  eachItem(item, (type, syntax) => {
    // 9-  Transfer syntax sub-item; not significant unless accepted
    if (type === ITEM_TYPE.transferSyntax) transferSyntax = syntax.text(syntax.remaining);
  });
  if (result > 4) item.fail(invalidPduParameterValue, WHY.fieldValue('Result/Reason', result));
  return { id, result: (result > 4 ? 2 : result) as NegotiatedContext['result'], transferSyntax };
}

/** PS3.8 Table 9-21. */
function readAssociateRj(fields: FieldReader): AssociateRj {
  fields.skip(1); //                 7   Reserved
  const result = fields.u8(); //     8   Result
  const source = fields.u8(); //     9   Source
  const reason = fields.u8(); //     10  Reason/Diag.
  if (result !== 1 && result !== 2) fields.fail(invalidPduParameterValue, WHY.fieldValue('Result', result));
  if (source < 1 || source > 3) fields.fail(invalidPduParameterValue, WHY.fieldValue('Source', source));
  return { result: result === 2 ? 2 : 1, source: source === 1 ? 1 : source === 2 ? 2 : 3, reason };
}

/** PS3.8 Table 9-26. Values are taken as they come: whatever an abort says, it is one. */
function readAbort(fields: FieldReader): Abort {
  fields.skip(2); //                 7-8  Reserved
  const source = fields.u8(); //     9    Source
  const reason = fields.u8(); //     10   Reason/Diag.
  return { source, reason };
}
