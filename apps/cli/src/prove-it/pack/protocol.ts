import { type Text, text } from '@leadglass/kit';
import {
  command,
  commentOf,
  contextItem,
  contextResultOf,
  DEFLATED,
  dataPdus,
  type Heard,
  item,
  PDU,
  pData,
  pdu,
  type Request,
  SR_STORAGE,
  statusOf,
  VERIFICATION,
} from '../pdu.ts';
import type { Raw } from '../raw.ts';
import type { BugClass } from './classes.ts';

/** An attack that is in the bytes of the protocol themselves. */
export interface ProtocolAttack {
  readonly kind: 'protocol';
  readonly class: BugClass;
  readonly name: Text;
  /** Kinds of event of which one must be in the log, from the attack's own address. */
  readonly told: readonly string[];
  /** Does it and tells what came back last. */
  attack(raw: Raw): Promise<Heard>;
  /** Whether that is the protocol's own answer. */
  isRight(heard: Heard): boolean;
}

type IsRight = ProtocolAttack['isRight'];
/** Class, and what is tried: French, English. */
type Title = readonly [bugClass: BugClass, fr: string, en: string];

const CUT = ['association.aborted', 'connection.refused'];
const MET = [...CUT, 'association.accepted', 'association.rejected'];
const REFUSED = ['arrival.refused', 'arrival.held'];
const C_STORE_RQ = 0x0001;
const C_ECHO_RQ = 0x0030;
const HEARD_WITHIN_MS = 20_000;
const FOUR = Buffer.alloc(4);
const LIE = 0xffffffff;
const UID_1000 = `1.2.${'3'.repeat(996)}`;
/** 2.25 and a UUID of ours: what names a made object never names a real one. */
const INSTANCE = '2.25.101432061927634019275516022903417832448';
export const ESCAPE = '../../../../leadglass-escaped';

const isAbort: IsRight = (heard) => heard !== 'closed' && heard.type === PDU.abort;
const isEnd: IsRight = (heard) => heard === 'closed' || heard.type === PDU.abort;
const isFailure: IsRight = (heard) => (statusOf(heard) ?? 0) !== 0;
/** Answered, and no service agreed on. */
const isNothingAgreed: IsRight = (heard) => heard !== 'closed' && contextResultOf(heard) !== 0;
const isRejection =
  (...expected: number[]): IsRight =>
  (heard) =>
    heard !== 'closed' && heard.type === PDU.associateRj && expected.every((value, i) => heard.body[i + 1] === value);

/** Whether a refusal says no more than a code: no path, no name of the program's own, no trace of its calls. */
const isDiscreet: IsRight = (heard) =>
  isFailure(heard) && !/[/\\]|node:|Error|\bat [A-Za-z]|\.[jt]s\b/.test(commentOf(heard));

function attack([bugClass, fr, en]: Title, rest: Pick<ProtocolAttack, 'told' | 'attack' | 'isRight'>): ProtocolAttack {
  return { kind: 'protocol', class: bugClass, name: text(fr, en), ...rest };
}

/** Bytes said to a listener before any association. */
function first(
  title: Title,
  bytes: Buffer | string | ((raw: Raw) => Buffer),
  isRight: IsRight = isEnd,
  told: readonly string[] = CUT,
): ProtocolAttack {
  return attack(title, {
    told,
    isRight,
    attack: (raw) => {
      raw.send(typeof bytes === 'function' ? bytes(raw) : bytes);
      return raw.hear(HEARD_WITHIN_MS);
    },
  });
}

/** An association request under the caller's own titles, with one thing wrong. */
function asked(title: Title, request: Request, isRight?: IsRight, told?: readonly string[]): ProtocolAttack {
  return first(title, (raw) => pdu(PDU.associateRq, raw.body(request)), isRight, told);
}

/** The same, its body bent by `bend`. */
function bent(title: Title, bend: (body: Buffer) => Buffer, isRight?: IsRight, told?: readonly string[]) {
  return first(title, (raw) => pdu(PDU.associateRq, bend(raw.body())), isRight, told);
}

/** Bytes said on an association that is established. */
function then(
  title: Title,
  bytes: readonly Buffer[] | ((raw: Raw) => readonly Buffer[]),
  isRight: IsRight = isAbort,
  told: readonly string[] = CUT,
): ProtocolAttack {
  return attack(title, {
    told,
    isRight,
    attack: async (raw) => {
      const answer = await raw.associate();
      if (answer === 'closed' || answer.type !== PDU.associateAc) throw new Error('the association itself was refused');
      for (const each of typeof bytes === 'function' ? bytes(raw) : bytes) raw.send(each);
      return raw.hear(HEARD_WITHIN_MS);
    },
  });
}

/** PDUs as PS3.8 §9.3 calls them. */
const PDU_NAMES: Readonly<Record<keyof typeof PDU, string>> = {
  associateRq: 'A-ASSOCIATE-RQ',
  associateAc: 'A-ASSOCIATE-AC',
  associateRj: 'A-ASSOCIATE-RJ',
  pData: 'P-DATA-TF',
  releaseRq: 'A-RELEASE-RQ',
  releaseRp: 'A-RELEASE-RP',
  abort: 'A-ABORT',
};
const NAMED = Object.entries(PDU_NAMES).map(([key, name]) => [name, PDU[key as keyof typeof PDU]] as const);

const MALFORMED: readonly ProtocolAttack[] = NAMED.flatMap(([name, type]) => [
  first(['B1', `${name} qui annonce 4 Go`, `${name} with a length of 4 GB`], pdu(type, FOUR, LIE)),
  first(['B2', `${name} vide`, `${name} that is empty`], pdu(type, Buffer.alloc(0))),
  then(
    ['B1', `${name} qui annonce 4 Go pendant une association`, `${name} with a length of 4 GB inside an association`],
    [pdu(type, FOUR, LIE)],
    isEnd,
  ),
  then(
    ['B2', `${name} vide pendant une association`, `${name} that is empty inside an association`],
    [pdu(type, Buffer.alloc(0))],
    isEnd,
  ),
]);

const UNEXPECTED: readonly ProtocolAttack[] = [
  ...[0, 8, 0x7f, 0xff].map((type) =>
    first(['B4', `PDU de type inconnu ${type}`, `PDU of unknown type ${type}`], pdu(type, FOUR)),
  ),
  ...[0, 8, 0xff].map((type) =>
    then(
      [
        'B4',
        `PDU de type inconnu ${type} pendant une association`,
        `PDU of unknown type ${type} inside an association`,
      ],
      [pdu(type, FOUR)],
    ),
  ),
  first(['B4', 'P-DATA avant toute association', 'P-DATA before any association'], pData(1, 3, command(C_ECHO_RQ))),
  first(
    ['B4', 'A-RELEASE-RQ avant toute association', 'A-RELEASE-RQ before any association'],
    pdu(PDU.releaseRq, FOUR),
  ),
  then(['B4', 'une seconde A-ASSOCIATE-RQ', 'a second A-ASSOCIATE-RQ'], (raw) => [pdu(PDU.associateRq, raw.body())]),
  then(['B4', 'A-ASSOCIATE-AC venue du mauvais côté', 'A-ASSOCIATE-AC from the wrong side'], (raw) => [
    pdu(PDU.associateAc, raw.body()),
  ]),
  then(
    ['B4', 'A-ASSOCIATE-RJ venue du mauvais côté', 'A-ASSOCIATE-RJ from the wrong side'],
    [pdu(PDU.associateRj, Buffer.from([0, 1, 1, 1]))],
  ),
  then(['B4', 'A-RELEASE-RP que personne n’attend', 'A-RELEASE-RP nobody asked for'], [pdu(PDU.releaseRp, FOUR)]),
];

/** An HL7 v2 message in its MLLP frame, and an HTTP request that announces 4 GB. */
const MLLP = '\x0bMSH|^~\\&|LEADGLASS|PROVE-IT|||20260101||ADT^A01|1|P|2.5\rPID|||LG-PROVE-IT\r\x1c\r';
const HTTP = 'POST /instances HTTP/1.1\r\nHost: leadglass\r\nContent-Length: 4294967295\r\n\r\n0123456789';

const OTHER_PROTOCOLS: readonly ProtocolAttack[] = [
  first(['B13', 'une requête HTTP', 'an HTTP request'], 'GET / HTTP/1.1\r\nHost: leadglass\r\n\r\n'),
  first(['B13', 'une requête HTTP qui annonce 4 Go', 'an HTTP request that announces 4 GB'], HTTP),
  first(
    ['B4', 'une ouverture TLS sur le port en clair', 'a TLS hello'],
    Buffer.from('16030100c8010000c40303'.padEnd(420, '5a'), 'hex'),
  ),
  first(['B4', 'une salutation SMB', 'an SMB greeting'], Buffer.from('000000a4ff534d4272000000001801', 'hex')),
  first(['B21', 'un message HL7 sur le port DICOM', 'an HL7 message on the DICOM port'], MLLP),
];

/** User information whose role selection (PS3.7 §D.3.3.4) has a UID longer than itself. */
const LYING_ROLE = item(
  0x50,
  Buffer.concat([item(0x51, Buffer.from([0, 0, 64, 0])), item(0x54, Buffer.from('fffe312e32', 'hex'))]),
);
const MOST_CONTEXTS = 10_000;
/** As 10,000 presentation contexts would be written; there are 128 numbers for them. */
const manyContexts = (): Buffer =>
  Buffer.concat(
    Array.from({ length: MOST_CONTEXTS }, (_, at) =>
      contextItem({ id: (at * 2 + 1) & 0xff, abstractSyntax: VERIFICATION, transferSyntax: DEFLATED }),
    ),
  );

const REQUESTS: readonly ProtocolAttack[] = [
  bent(['B2', 'une demande coupée dans un champ', 'a request cut in an item'], (body) => body.subarray(0, 90)),
  bent(['B2', 'un champ plus long que la demande', 'an item longer than the request'], (body) =>
    Buffer.concat([body.subarray(0, 68), item(0x10, '1.2.3', 0xffff)]),
  ),
  asked(['B2', 'un sous-champ plus long que son champ', 'a sub-item longer than its item'], {
    user: item(0x50, item(0x51, FOUR, 0xffff)),
  }),
  asked(['B2', 'un choix de rôle dont l’UID dépasse', 'a role selection whose UID is longer than itself'], {
    user: LYING_ROLE,
  }),
  first(['B1', 'une demande de 1 Mo', 'a request of 1 MB'], pdu(PDU.associateRq, Buffer.alloc(2 ** 20))),
  bent(['B3', '10 000 contextes de présentation', '10,000 presentation contexts'], (body) =>
    Buffer.concat([body, manyContexts()]),
  ),
  asked(['B4', 'une demande sans contexte', 'a request without contexts'], { proposals: [] }, isNothingAgreed, MET),
  bent(
    ['B4', 'un numéro de contexte pair', 'an even context number'],
    (body) => Buffer.concat([body, contextItem({ id: 2, abstractSyntax: VERIFICATION, transferSyntax: DEFLATED })]),
    isNothingAgreed,
    MET,
  ),
  asked(['B4', 'la version 2 du protocole', 'protocol version 2'], { version: 2 }, isRejection(1, 2, 2), [
    ...CUT,
    'association.rejected',
  ]),
  asked(
    ['B4', 'un autre contexte d’application', 'another application context'],
    { applicationContext: '1.2.3' },
    isRejection(1, 1, 2),
    [...CUT, 'association.rejected'],
  ),
  asked(
    ['B8', 'une syntaxe abstraite de 1000 caractères', 'an abstract syntax of 1000 characters'],
    { proposals: [{ id: 1, abstractSyntax: UID_1000, transferSyntax: DEFLATED }] },
    isNothingAgreed,
    MET,
  ),
  first(
    ['B14', 'un appelant inconnu', 'an unknown peer'],
    (raw) => pdu(PDU.associateRq, raw.body({ calling: `${raw.titles.calling}-WHO` })),
    isRejection(1, 1, 3),
    ['association.rejected'],
  ),
  asked(['B14', 'un autre titre appelé', 'another called title'], { called: 'SOMEBODY' }, isRejection(1, 1, 7), [
    'association.rejected',
  ]),
];

/** Titles that some program behind would obey. */
const TITLES: readonly (readonly [BugClass, string])[] = [
  ['B16', '\x1b[2J\x1b[31mX'],
  ['B16', 'A\r\nX: 1'],
  ['B6', '$(echo)'],
  ['B6', "';DROP TABLE"],
  ['B5', '../../etc'],
  ['B6', '--from=0.0.0.0/0'],
  ['B25', 'é\u00a0ü\xff\x80'],
];
const STRANGE_TITLES: readonly ProtocolAttack[] = TITLES.map(([bugClass, calling]) =>
  asked(
    [bugClass, `le titre appelant ${JSON.stringify(calling)}`, `the title ${JSON.stringify(calling)}`],
    { calling },
    (heard) => isRejection()(heard) || isAbort(heard),
    [...CUT, 'association.rejected'],
  ),
);

const stored = { sopClass: SR_STORAGE, instance: INSTANCE, hasDataSet: true };
const VALUES: readonly ProtocolAttack[] = [
  then(['B1', 'une valeur de 4 Go', 'a value of 4 GB'], [pData(1, 3, command(C_ECHO_RQ), LIE)]),
  then(
    ['B2', 'une valeur plus longue que son PDU', 'a value longer than its PDU'],
    [pData(1, 3, command(C_ECHO_RQ), 10_000)],
  ),
  then(['B2', 'une valeur de longueur nulle', 'a value of no length'], [pData(1, 3, Buffer.alloc(0), 0)]),
  then(['B2', 'une valeur d’un octet', 'a value of one byte'], [pData(1, 3, Buffer.alloc(0), 1)]),
  then(['B2', 'un PDU sans valeur', 'a PDU without a value'], [pdu(PDU.pData, Buffer.alloc(0))]),
  then(['B1', 'un PDU plus grand qu’annoncé', 'a PDU larger than announced'], [pdu(PDU.pData, FOUR, 16 * 2 ** 20)]),
  then(
    ['B4', 'un contexte qui n’a pas été accepté', 'a context that was never accepted'],
    [pData(99, 3, command(C_ECHO_RQ))],
  ),
  then(
    ['B4', 'des contextes mêlés dans une commande', 'contexts interleaved in a command'],
    [pData(1, 1, command(C_ECHO_RQ).subarray(0, 20)), pData(3, 3, command(C_ECHO_RQ).subarray(20))],
  ),
  then(['B4', 'des données sans commande', 'a data set without a command'], [pData(3, 2, FOUR)]),
  then(
    ['B4', 'une seconde commande avant les données', 'a second command before the data set'],
    [pData(3, 3, command(C_STORE_RQ, stored)), pData(3, 3, command(C_ECHO_RQ))],
  ),
  then(
    ['B4', 'des données sur un autre contexte', 'a data set on another context'],
    [pData(3, 3, command(C_STORE_RQ, stored)), pData(5, 2, FOUR)],
  ),
  then(['B8', 'une commande faite de bruit', 'a command of noise'], [pData(1, 3, Buffer.alloc(200, 0xa5))]),
  then(
    ['B8', 'une commande d’une longueur de 4 Go', 'a command with a length of 4 GB'],
    [pData(1, 3, Buffer.concat([FOUR, Buffer.from('ffffffff', 'hex')]))],
  ),
  then(
    ['B3', 'une commande sans fin', 'a command that never ends'],
    Array.from({ length: 400 }, () => pData(1, 1, Buffer.alloc(4000))),
  ),
];

/** Services that are not offered, and objects whose command is a lie: answered with a status, the association goes on. */
const REFUSALS: readonly ProtocolAttack[] = [
  service(['B14', 'C-FIND, sans droit', 'C-FIND'], 0x0020),
  service(['B5', 'C-GET, sans droit', 'C-GET'], 0x0010),
  service(['B15', 'N-CREATE, sans droit', 'N-CREATE'], 0x0140),
  then(
    ['B4', 'une commande qui n’existe pas', 'a command field that does not exist'],
    [pData(1, 3, command(0x7abc))],
    (heard) => isFailure(heard) || isAbort(heard),
    ['association.accepted'],
  ),
  store(['B9', 'une classe SOP autre que celle du contexte', 'a SOP class other than the context’s'], {
    sopClass: VERIFICATION,
  }),
  store(['B8', 'un SOP Instance UID de 1000 caractères', 'a SOP Instance UID of 1000 characters'], {
    instance: UID_1000,
  }),
  store(['B5', 'un chemin comme SOP Instance UID de la commande', 'a path as SOP Instance UID in the command'], {
    instance: ESCAPE,
  }),
  store(['B4', 'un SOP Instance UID vide', 'an empty SOP Instance UID'], { instance: '' }),
  store(
    ['B5', 'un chemin comme SOP Instance UID des données', 'a path as SOP Instance UID in the data set'],
    { dataInstance: ESCAPE },
    () => true,
  ),
  store(['B7', 'des séquences imbriquées 10 000 fois', 'sequences nested 10,000 deep'], { tail: nested(10_000) }),
  store(['B8', 'une longueur de 4 Go dans les données', 'a length of 4 GB in the data set'], {
    tail: Buffer.concat([Buffer.from('4000a04055540000', 'hex').fill('UT', 4, 6), Buffer.from('feffffff', 'hex')]),
  }),
  store(['B8', 'des données faites de bruit', 'a data set that is noise'], { dataSet: Buffer.alloc(4_000, 0xd5) }),
  store(
    ['B23', 'une erreur provoquée : que révèle la réponse ?', 'an error provoked: what does the answer give away?'],
    { dataSet: Buffer.alloc(4_000, 0xd6) },
    isDiscreet,
  ),
];

function service(title: Title, field: number): ProtocolAttack {
  return then(title, [pData(1, 3, command(field))], isFailure, ['association.accepted']);
}

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
function store(title: Title, lie: StoreLie, isRight: IsRight = isFailure): ProtocolAttack {
  const { sopClass = SR_STORAGE, instance = INSTANCE, tail = Buffer.alloc(0) } = lie;
  const dataSet =
    lie.dataSet ??
    Buffer.concat([
      element('08001600', 'UI', SR_STORAGE),
      element('08001800', 'UI', lie.dataInstance ?? instance.slice(0, 64)),
      tail,
    ]);
  const bytes = [pData(3, 3, command(C_STORE_RQ, { sopClass, instance, hasDataSet: true })), ...dataPdus(3, dataSet)];
  return then(title, bytes, isRight, REFUSED);
}

/** Everything that is answered at once; contexts as in pdu.ts. */
export const PROTOCOL_ATTACKS: readonly ProtocolAttack[] = [
  ...MALFORMED,
  ...UNEXPECTED,
  ...OTHER_PROTOCOLS,
  ...REQUESTS,
  ...STRANGE_TITLES,
  ...VALUES,
  ...REFUSALS,
];

/** Titles that are known, from where they are not: the test callers whose address or certificate is another's. */
export const SPOOF_ATTACKS: readonly ProtocolAttack[] = [
  spoof('FAR', 'un titre connu, depuis une autre adresse', 'a known title from another address'),
  spoof('PIN', 'un titre connu, sans son certificat', 'a known title without its certificate'),
];

function spoof(suffix: string, fr: string, en: string): ProtocolAttack {
  return first(
    [suffix === 'PIN' ? 'B22' : 'B14', fr, en],
    (raw) => pdu(PDU.associateRq, raw.body({ calling: `${raw.titles.calling}-${suffix}` })),
    isRejection(1, 1, 3),
    ['association.rejected'],
  );
}
