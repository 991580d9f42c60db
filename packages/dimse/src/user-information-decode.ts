import type {
  CommonExtendedNegotiation,
  ExtendedNegotiation,
  RoleSelection,
  UserIdentity,
  UserInformation,
} from './api.ts';
import { eachItem, type FieldReader } from './field-reader.ts';
import { ABORT_REASON, DEFAULT_MAXIMUM_LENGTH, ITEM_TYPE, LEAST_MAXIMUM_LENGTH } from './pdu.ts';
import { WHY } from './why.ts';

const LONGEST_INFORMATIVE_CHARS = 64;

type Draft = { -readonly [K in keyof UserInformation]: UserInformation[K] } & {
  roleSelections: RoleSelection[];
  extendedNegotiations: ExtendedNegotiation[];
  commonExtendedNegotiations: CommonExtendedNegotiation[];
};

const draft = (): Draft => ({
  maximumLength: DEFAULT_MAXIMUM_LENGTH,
  implementationClassUid: '',
  implementationVersionName: '',
  roleSelections: [],
  extendedNegotiations: [],
  commonExtendedNegotiations: [],
});

/** What is taken for granted of a speaker that sends no user information. */
export const emptyUserInformation: UserInformation = draft();

/** A sub-item's reader, and whether it may come more than once. */
interface SubItem {
  readonly many: boolean;
  read(item: FieldReader, into: Draft): void;
}

/** The sub-items of user information in the order of PS3.8 §D.1 and PS3.7 §D.3.3. */
const SUB_ITEMS: ReadonlyMap<number, SubItem> = new Map<number, SubItem>([
  [ITEM_TYPE.maximumLength, { many: false, read: readMaximumLength }],
  [ITEM_TYPE.implementationClassUid, { many: false, read: readImplementationClassUid }],
  [ITEM_TYPE.asynchronousOperationsWindow, { many: false, read: readAsynchronousOperations }],
  [
    ITEM_TYPE.roleSelection,
    { many: true, read: (item, into) => void into.roleSelections.push(readRoleSelection(item)) },
  ],
  [ITEM_TYPE.implementationVersionName, { many: false, read: readImplementationVersionName }],
  [
    ITEM_TYPE.sopClassExtendedNegotiation,
    { many: true, read: (item, into) => void into.extendedNegotiations.push(readExtended(item)) },
  ],
  [
    ITEM_TYPE.sopClassCommonExtendedNegotiation,
    { many: true, read: (item, into) => void into.commonExtendedNegotiations.push(readCommon(item)) },
  ],
  [
    ITEM_TYPE.userIdentityRq,
    {
      many: false,
      read: (item, into) => {
        into.userIdentity = readUserIdentity(item);
      },
    },
  ],
  [
    ITEM_TYPE.userIdentityAc,
    {
      many: false,
      read: (item, into) => {
        into.userIdentityResponse = item.copy(item.u16());
      },
    },
  ],
]);

/** PS3.8 Table 9-16: the sub-items of a user information item; unknown ones are skipped. */
export function readUserInformation(item: FieldReader): UserInformation {
  const into = draft();
  const seen = new Set<number>();
  eachItem(item, (type, sub) => {
    const known = SUB_ITEMS.get(type);
    if (known === undefined) return;
    if (!known.many && seen.has(type)) sub.fail(ABORT_REASON.unexpectedPduParameter, WHY.repeatedItem(type));
    seen.add(type);
    known.read(sub, into);
  });
  return into;
}

/** PS3.8 Table D.1-1. A maximum in which no fragment fits is refused here: a sender would never come to an end. */
function readMaximumLength(item: FieldReader, into: Draft): void {
  const value = item.u32(); // 5-8  Maximum-length-received; 0 is no limit
  if (value > 0 && value < LEAST_MAXIMUM_LENGTH)
    item.fail(ABORT_REASON.invalidPduParameterValue, WHY.maximumLength(value));
  into.maximumLength = value;
}

/** PS3.7 Table D.3-1. */
function readImplementationClassUid(item: FieldReader, into: Draft): void {
  into.implementationClassUid = item.text(item.remaining).slice(0, LONGEST_INFORMATIVE_CHARS); // 5-  Implementation-class-uid
}

/** PS3.7 Table D.3-3. Names longer than the 16 characters allowed exist and harm nobody; they are cut. */
function readImplementationVersionName(item: FieldReader, into: Draft): void {
  into.implementationVersionName = item.text(item.remaining).slice(0, LONGEST_INFORMATIVE_CHARS); // 5-  Implementation-version-name
}

/** PS3.7 Table D.3-7. */
function readAsynchronousOperations(item: FieldReader, into: Draft): void {
  const invoked = item.u16(); //   5-6  Maximum-number-operations-invoked; 0 is no limit
  const performed = item.u16(); // 7-8  Maximum-number-operations-performed
  into.asynchronousOperations = { invoked, performed };
}

/** PS3.7 Table D.3-9. */
function readRoleSelection(item: FieldReader): RoleSelection {
  const sopClassUid = item.text(item.u16()); // 5-6 UID-length, 7-x SOP-class-uid
  const scu = item.u8() === 1; //               SCU-role
  const scp = item.u8() === 1; //               SCP-role
  return { sopClassUid, scu, scp };
}

/** PS3.7 Table D.3-11. */
function readExtended(item: FieldReader): ExtendedNegotiation {
  const sopClassUid = item.text(item.u16()); //    5-6 SOP-class-uid-length, 7-x SOP-class-uid
  const information = item.copy(item.remaining); // Service-class-application-information
  return { sopClassUid, information };
}

/** PS3.7 Table D.3-12. */
function readCommon(item: FieldReader): CommonExtendedNegotiation {
  const sopClassUid = item.text(item.u16()); //     5-6 SOP-class-uid-length, 7-x SOP-class-uid
  const serviceClassUid = item.text(item.u16()); // Service-class-uid-length, Service-class-uid
  const related = item.within(item.u16()); //       Related-general-sop-class-identification-length
  const relatedSopClassUids: string[] = [];
  while (related.remaining > 0) relatedSopClassUids.push(related.text(related.u16())); // uid-length, uid
  return { sopClassUid, serviceClassUid, relatedSopClassUids };
}

/** PS3.7 Table D.3-14. The fields are secrets: copied, never looked at here. */
function readUserIdentity(item: FieldReader): UserIdentity {
  const type = item.u8(); //                              5    User-identity-type
  const positiveResponseRequested = item.u8() === 1; //   6    Positive-response-requested
  const primary = item.copy(item.u16()); //               7-8  Primary-field-length, 9-x Primary-field
  const secondary = item.copy(item.u16()); //             Secondary-field-length, Secondary-field
  return { type, positiveResponseRequested, primary, secondary };
}
