import {
  contextItem,
  DEFLATED,
  IMPLICIT_LE,
  item,
  PDU,
  pdu,
  type Request,
  requestBody,
  VERIFICATION,
} from '../apps/cli/src/prove-it/pdu.ts';
import { counted } from './lying-requests.ts';

const FOUR_GB = 0xffffffff;
const FOUR = Buffer.alloc(4);
const MANY = 10_000;
/** Largest A-ASSOCIATE PDU that is read. */
const ASSOCIATE_BYTES = 64 * 1024;

const many = (count: number, make: (at: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, at) => make(at)));
const oddId = (at: number): number => (at * 2 + 1) & 0xff;
const maximumLength = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return item(0x51, bytes);
};
const userOf = (...subItems: readonly Buffer[]): Request => ({ user: item(0x50, Buffer.concat(subItems)) });
const PLAIN = [maximumLength(16_384), item(0x52, '1.2.3.4')] as const;

/** An A-ASSOCIATE-RQ with `extra` behind its items. */
const withMore = (extra: Buffer, request: Request = {}): Buffer =>
  pdu(PDU.associateRq, Buffer.concat([requestBody(request), extra]));

type Expected = 'refused' | 'accepted';
/** Name, bytes, and whether an association comes of it. */
export type Shape = readonly [name: string, bytes: Buffer, expected: Expected];

const bare = (id: number): Buffer => item(0x20, Buffer.from([id, 0, 0, 0]));
const small = (id: number): Buffer => contextItem({ id, abstractSyntax: VERIFICATION, transferSyntax: IMPLICIT_LE });
const NO_CONTEXTS = { proposals: [] };

/** Presentation contexts in numbers and shapes that are not right, and the most that is. */
export const CONTEXTS: readonly Shape[] = [
  [
    '128 contexts, all there are numbers for',
    withMore(
      many(128, (at) => small(oddId(at))),
      NO_CONTEXTS,
    ),
    'accepted',
  ],
  [
    'a 129th context',
    withMore(
      many(129, (at) => small(oddId(at))),
      NO_CONTEXTS,
    ),
    'refused',
  ],
  ['10,000 contexts, their length told truly', withMore(many(MANY, (at) => small(oddId(at)))), 'refused'],
  ['10,000 contexts of eight bytes, nothing in them', withMore(many(MANY, (at) => bare(oddId(at)))), 'refused'],
  ['8,000 contexts of eight bytes, as many as are read', withMore(many(8_000, (at) => bare(oddId(at)))), 'refused'],
  [
    '10,000 contexts behind a length of 60,000',
    pdu(PDU.associateRq, Buffer.concat([requestBody(), many(MANY, (at) => small(oddId(at)))]), 60_000),
    'refused',
  ],
  [
    '10,000 contexts inside one context',
    withMore(
      item(
        0x20,
        Buffer.concat([Buffer.from([1, 0, 0, 0]), many(MANY, () => item(0x20, '')).subarray(0, 60_000)]),
        60_004,
      ),
      NO_CONTEXTS,
    ),
    'refused',
  ],
  ['the same number twice', withMore(small(1)), 'refused'],
  [
    'the same number twice, and the same proposal',
    withMore(Buffer.concat([small(7), small(7)]), NO_CONTEXTS),
    'refused',
  ],
  ...[0, 2, 254].map((id): Shape => [`the even number ${id}`, withMore(small(id)), 'refused']),
  [
    'one context of 1,000 transfer syntaxes',
    withMore(
      item(
        0x20,
        Buffer.concat([
          Buffer.from([1, 0, 0, 0]),
          item(0x30, VERIFICATION),
          many(1_000, () => item(0x40, IMPLICIT_LE)),
        ]),
      ),
      NO_CONTEXTS,
    ),
    'accepted',
  ],
  [
    '15,000 transfer syntaxes of no length',
    withMore(
      item(
        0x20,
        Buffer.concat([Buffer.from([1, 0, 0, 0]), item(0x30, VERIFICATION), many(15_000, () => item(0x40, ''))]),
      ),
      NO_CONTEXTS,
    ),
    'refused',
  ],
  [
    'two abstract syntaxes in one context',
    withMore(
      item(
        0x20,
        Buffer.concat([
          Buffer.from([1, 0, 0, 0]),
          item(0x30, VERIFICATION),
          item(0x30, VERIFICATION),
          item(0x40, IMPLICIT_LE),
        ]),
      ),
      NO_CONTEXTS,
    ),
    'refused',
  ],
  [
    'a result of a context, from the wrong side',
    withMore(item(0x21, Buffer.concat([Buffer.from([1, 0, 0, 0]), item(0x40, DEFLATED)]))),
    'accepted',
  ],
  ['two application contexts', withMore(item(0x10, '1.2.840.10008.3.1.1.1')), 'refused'],
];

const asks = (request: Request): Buffer => pdu(PDU.associateRq, requestBody(request));
const role = (uid: string): Buffer => item(0x54, Buffer.concat([counted(uid), Buffer.from([1, 1])]));
/** User information in amounts and shapes that are not right, or nearly. */
export const USERS: readonly Shape[] = [
  ['two items of user information', withMore(item(0x50, Buffer.concat(PLAIN))), 'refused'],
  ['no user information', pdu(PDU.associateRq, requestBody({ user: Buffer.alloc(0) })), 'accepted'],
  ['the maximum length twice', asks(userOf(...PLAIN, maximumLength(1))), 'refused'],
  ...[1, 7].map(
    (value): Shape => [
      `a maximum length of ${value}, in which nothing fits`,
      asks(userOf(maximumLength(value), PLAIN[1])),
      'refused',
    ],
  ),
  ['a maximum length of 0, which is none', asks(userOf(maximumLength(0), PLAIN[1])), 'accepted'],
  ['a maximum length of 4 GB', asks(userOf(maximumLength(FOUR_GB), PLAIN[1])), 'accepted'],
  [
    '15,000 sub-items of an unknown type',
    asks(
      userOf(
        ...PLAIN,
        many(15_000, () => item(0xee, '')),
      ),
    ),
    'accepted',
  ],
  [
    '2,500 roles of one class',
    asks(
      userOf(
        ...PLAIN,
        many(2_500, () => role(VERIFICATION)),
      ),
    ),
    'accepted',
  ],
  [
    '5,000 roles of no class',
    asks(
      userOf(
        ...PLAIN,
        many(5_000, () => role('')),
      ),
    ),
    'accepted',
  ],
  [
    'extended negotiation of 60 kB',
    asks(userOf(...PLAIN, item(0x56, Buffer.concat([counted(VERIFICATION), Buffer.alloc(60_000, 1)])))),
    'accepted',
  ],
  [
    '30,000 related classes',
    asks(
      userOf(...PLAIN, item(0x57, Buffer.concat([counted(VERIFICATION), counted(''), counted(Buffer.alloc(60_000))]))),
    ),
    'accepted',
  ],
  [
    'a user identity of 60 kB',
    asks(
      userOf(
        ...PLAIN,
        item(0x58, Buffer.concat([Buffer.from([2, 1]), counted(Buffer.alloc(60_000, 0x41)), counted('')])),
      ),
    ),
    'accepted',
  ],
  [
    'two user identities',
    asks(
      userOf(
        ...PLAIN,
        ...[1, 2].map(() => item(0x58, Buffer.concat([Buffer.from([1, 0]), counted('a'), counted('')]))),
      ),
    ),
    'refused',
  ],
  [
    'user information inside user information, 15,000 deep',
    asks(userOf(many(15_000, () => item(0x50, '')))),
    'accepted',
  ],
  ['a window of no operations', asks(userOf(...PLAIN, item(0x53, FOUR))), 'accepted'],
  ['a version name of 60 kB', asks(userOf(...PLAIN, item(0x55, Buffer.alloc(60_000, 0x41)))), 'accepted'],
  [
    'a request of exactly 64 KiB',
    asks(userOf(...PLAIN, item(0xee, Buffer.alloc(ASSOCIATE_BYTES - requestBody(userOf(...PLAIN)).length - 4)))),
    'accepted',
  ],
  [
    'a request of a byte more',
    asks(userOf(...PLAIN, item(0xee, Buffer.alloc(ASSOCIATE_BYTES - requestBody(userOf(...PLAIN)).length - 3)))),
    'refused',
  ],
];
