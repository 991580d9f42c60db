import {
  command,
  contextItem,
  DEFLATED,
  type Heard,
  item,
  PDU,
  PROPOSALS,
  pData,
  pdu,
  type Raw,
  requestBody,
  SR_STORAGE,
  statusOf,
  VERIFICATION,
} from './raw.ts';

/** What a gateway may do in answer: an A-ABORT, a rejection, a response with a status, or an end without a word. */
export interface Answer {
  readonly heard: Heard;
  readonly status?: number;
}

export interface Attack {
  readonly name: string;
  /** Kinds of event of which one must be in the log, from the attack's own address. */
  readonly told: readonly string[];
  /** Does it and tells what came back last. */
  attack(raw: Raw): Promise<Heard>;
  /** Whether that is the protocol's own answer. */
  isRight(heard: Heard): boolean;
}

const CUT = ['association.aborted', 'connection.refused'];
const REFUSED = ['arrival.refused', 'arrival.held'];
const C_STORE_RQ = 0x0001;
const C_ECHO_RQ = 0x0030;
const FOUR = Buffer.alloc(4);
const LIE = 0xffffffff;
const UID_1000 = `1.2.${'3'.repeat(996)}`;
export const ESCAPE = '../../../../leadglass-escaped';

const isAbort = (heard: Heard): boolean => heard !== 'closed' && heard.type === PDU.abort;
const isEnd = (heard: Heard): boolean => heard === 'closed' || heard.type === PDU.abort;
const isFailure = (heard: Heard): boolean => (statusOf(heard) ?? 0) !== 0;
const isRejection =
  (...expected: number[]) =>
  (heard: Heard): boolean =>
    heard !== 'closed' && heard.type === PDU.associateRj && expected.every((value, i) => heard.body[i + 1] === value);

/** Bytes said to a listener before any association. */
function first(
  name: string,
  bytes: Buffer | string,
  isRight: Attack['isRight'] = isEnd,
  told: readonly string[] = CUT,
): Attack {
  return {
    name,
    told,
    isRight,
    attack: (raw) => {
      raw.send(bytes);
      return raw.hear(20_000);
    },
  };
}

/** Bytes said on an association that is established. */
function then(
  name: string,
  bytes: readonly Buffer[],
  isRight: Attack['isRight'] = isAbort,
  told: readonly string[] = CUT,
): Attack {
  return {
    name,
    told,
    isRight,
    attack: async (raw) => {
      const answer = await raw.associate();
      if (answer === 'closed' || answer.type !== PDU.associateAc) throw new Error('the association itself was refused');
      for (const each of bytes) raw.send(each);
      return raw.hear(20_000);
    },
  };
}

function request(body: Buffer, length?: number): Buffer {
  return pdu(PDU.associateRq, body, length);
}

const MALFORMED: readonly Attack[] = Object.entries(PDU).flatMap(([name, type]) => [
  first(`${name} with a length of 4 GB`, pdu(type, FOUR, LIE)),
  first(`${name} that is empty`, pdu(type, Buffer.alloc(0))),
  then(`${name} with a length of 4 GB inside an association`, [pdu(type, FOUR, LIE)], isEnd),
  then(`${name} that is empty inside an association`, [pdu(type, Buffer.alloc(0))], isEnd),
]);

const UNEXPECTED: readonly Attack[] = [
  ...[0, 8, 0x7f, 0xff].map((type) => first(`PDU of unknown type ${type}`, pdu(type, FOUR))),
  ...[0, 8, 0xff].map((type) => then(`PDU of unknown type ${type} inside an association`, [pdu(type, FOUR)])),
  first('P-DATA before any association', pData(1, 3, command(C_ECHO_RQ))),
  first('A-RELEASE-RQ before any association', pdu(PDU.releaseRq, FOUR)),
  then('a second A-ASSOCIATE-RQ', [request(requestBody())]),
  then('A-ASSOCIATE-AC from the wrong side', [pdu(PDU.associateAc, requestBody())]),
  then('A-ASSOCIATE-RJ from the wrong side', [pdu(PDU.associateRj, Buffer.from([0, 1, 1, 1]))]),
  then('A-RELEASE-RP nobody asked for', [pdu(PDU.releaseRp, FOUR)]),
];

const OTHER_PROTOCOLS: readonly Attack[] = [
  first('an HTTP request', 'GET / HTTP/1.1\r\nHost: leadglass\r\n\r\n'),
  first('a TLS hello', Buffer.from('16030100c8010000c40303'.padEnd(420, '5a'), 'hex')),
  first('an SMB greeting', Buffer.from('000000a4ff534d4272000000001801', 'hex')),
];

const REQUESTS: readonly Attack[] = [
  first('a request cut in an item', request(requestBody().subarray(0, 90))),
  first(
    'an item longer than the request',
    request(Buffer.concat([requestBody().subarray(0, 68), item(0x10, '1.2.3', 0xffff)])),
  ),
  first('a sub-item longer than its item', request(requestBody({ user: item(0x50, item(0x51, FOUR, 0xffff)) }))),
  first('a request of 1 MB', request(Buffer.alloc(2 ** 20))),
  first('a request without contexts', request(requestBody({ proposals: [] })), (heard) => heard !== 'closed', [
    ...CUT,
    'association.accepted',
    'association.rejected',
  ]),
  first(
    'an even context number',
    request(
      Buffer.concat([requestBody(), contextItem({ id: 2, abstractSyntax: VERIFICATION, transferSyntax: DEFLATED })]),
    ),
    (heard) => heard !== 'closed',
    [...CUT, 'association.accepted', 'association.rejected'],
  ),
  first('protocol version 2', request(requestBody({ version: 2 })), isRejection(1, 2, 2), [
    ...CUT,
    'association.rejected',
  ]),
  first('another application context', request(requestBody({ applicationContext: '1.2.3' })), isRejection(1, 1, 2), [
    ...CUT,
    'association.rejected',
  ]),
  first(
    'an abstract syntax of 1000 characters',
    request(requestBody({ proposals: [{ id: 1, abstractSyntax: UID_1000, transferSyntax: DEFLATED }] })),
    (heard) => heard !== 'closed',
    [...CUT, 'association.accepted', 'association.rejected'],
  ),
  first('an unknown peer', request(requestBody({ calling: 'STRANGER' })), isRejection(1, 1, 3), [
    'association.rejected',
  ]),
  first('another called title', request(requestBody({ called: 'SOMEBODY' })), isRejection(1, 1, 7), [
    'association.rejected',
  ]),
  ...[
    '\x1b[2J\x1b[31mX',
    'A\r\nX: 1',
    '$(reboot)',
    "';DROP TABLE",
    '../../etc',
    '--from=0.0.0.0/0',
    'é\u00a0ü\xff\x80',
  ].map((calling) =>
    first(
      `the title ${JSON.stringify(calling)}`,
      request(requestBody({ calling })),
      (heard) => isRejection()(heard) || isAbort(heard),
      [...CUT, 'association.rejected'],
    ),
  ),
];

const VALUES: readonly Attack[] = [
  then('a value of 4 GB', [pData(1, 3, command(C_ECHO_RQ), LIE)]),
  then('a value longer than its PDU', [pData(1, 3, command(C_ECHO_RQ), 10_000)]),
  then('a value of no length', [pData(1, 3, Buffer.alloc(0), 0)]),
  then('a value of one byte', [pData(1, 3, Buffer.alloc(0), 1)]),
  then('a PDU without a value', [pdu(PDU.pData, Buffer.alloc(0))]),
  then('a PDU larger than announced', [pdu(PDU.pData, FOUR, 16 * 2 ** 20)]),
  then('a context that was never accepted', [pData(99, 3, command(C_ECHO_RQ))]),
  then('contexts interleaved in a command', [
    pData(1, 1, command(C_ECHO_RQ).subarray(0, 20)),
    pData(3, 3, command(C_ECHO_RQ).subarray(20)),
  ]),
  then('a data set without a command', [pData(3, 2, FOUR)]),
  then('a second command before the data set', [
    pData(3, 3, command(C_STORE_RQ, { sopClass: SR_STORAGE, instance: '1.2.3', hasDataSet: true })),
    pData(3, 3, command(C_ECHO_RQ)),
  ]),
  then('a data set on another context', [
    pData(3, 3, command(C_STORE_RQ, { sopClass: SR_STORAGE, instance: '1.2.3', hasDataSet: true })),
    pData(5, 2, FOUR),
  ]),
  then('a command of noise', [pData(1, 3, Buffer.alloc(200, 0xa5))]),
  then('a command with a length of 4 GB', [pData(1, 3, Buffer.concat([FOUR, Buffer.from('ffffffff', 'hex')]))]),
  then(
    'a command that never ends',
    Array.from({ length: 400 }, () => pData(1, 1, Buffer.alloc(4000))),
  ),
];

/** Services that are not offered, and objects whose command is a lie: answered with a status, the association goes on. */
const REFUSALS: readonly Attack[] = [
  then('C-FIND', [pData(1, 3, command(0x0020))], isFailure, ['association.accepted']),
  then('N-CREATE', [pData(1, 3, command(0x0140))], isFailure, ['association.accepted']),
  then(
    'a command field that does not exist',
    [pData(1, 3, command(0x7abc))],
    (heard) => isFailure(heard) || isAbort(heard),
    ['association.accepted'],
  ),
  store('a SOP class other than the context’s', { sopClass: VERIFICATION }),
  store('a SOP Instance UID of 1000 characters', { instance: UID_1000 }),
  store('a path as SOP Instance UID in the command', { instance: ESCAPE }),
  store('an empty SOP Instance UID', { instance: '' }),
  store('a path as SOP Instance UID in the data set', { dataInstance: ESCAPE }, () => true),
  store('sequences nested 10,000 deep', { tail: nested(10_000) }),
  store('a length of 4 GB in the data set', {
    tail: Buffer.concat([Buffer.from('4000a04055540000', 'hex').fill('UT', 4, 6), Buffer.from('feffffff', 'hex')]),
  }),
  store('a data set that is noise', { dataSet: Buffer.alloc(4_000, 0xd5) }),
];

function element(tag: string, vr: string, value: string): Buffer {
  const padded = value.length % 2 === 0 ? value : `${value}\0`;
  const head = Buffer.alloc(8);
  head.write(tag, 'hex');
  head.write(vr, 4, 'latin1');
  head.writeUInt16LE(padded.length, 6);
  return Buffer.concat([head, Buffer.from(padded, 'latin1')]);
}

/** Content sequences (0040,A730) of undefined length, one inside the other, never ended. */
function nested(depth: number): Buffer {
  const level = Buffer.from('400030a75351' + '0000ffffffff' + 'feff00e0ffffffff', 'hex');
  return Buffer.concat(Array.from({ length: depth }, () => level));
}

interface StoreLie {
  readonly sopClass?: string;
  readonly instance?: string;
  readonly dataInstance?: string;
  readonly tail?: Buffer;
  readonly dataSet?: Buffer;
}

/** C-STORE of a small SR with one thing wrong; answered with a failure unless `isRight` says otherwise. */
function store(name: string, lie: StoreLie, isRight: Attack['isRight'] = isFailure): Attack {
  const { sopClass = SR_STORAGE, instance = '1.2.3.4', tail = Buffer.alloc(0) } = lie;
  const dataSet =
    lie.dataSet ??
    Buffer.concat([
      element('08001600', 'UI', SR_STORAGE),
      element('08001800', 'UI', lie.dataInstance ?? instance.slice(0, 64)),
      tail,
    ]);
  const pieces: Buffer[] = [];
  for (let at = 0; at < dataSet.length; at += 16_000)
    pieces.push(pData(3, at + 16_000 >= dataSet.length ? 2 : 0, dataSet.subarray(at, at + 16_000)));
  return then(
    name,
    [pData(3, 3, command(C_STORE_RQ, { sopClass, instance, hasDataSet: true })), ...pieces],
    isRight,
    REFUSED,
  );
}

/** Everything that is answered at once; contexts and titles as in raw.ts. */
export const ATTACKS: readonly Attack[] = [
  ...MALFORMED,
  ...UNEXPECTED,
  ...OTHER_PROTOCOLS,
  ...REQUESTS,
  ...VALUES,
  ...REFUSALS,
];
export const OFFERED = PROPOSALS;
