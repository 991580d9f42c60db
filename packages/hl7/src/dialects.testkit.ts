import { type Alphabet, Facts } from './facts.testkit.ts';
import { SeededRandom } from './random.testkit.ts';
import type { HeaderReading, PatientPart, ReadingKind } from './readings.ts';
import type { Delimiters } from './syntax.ts';
import { USUAL_DELIMITERS } from './syntax.ts';
import { type Manner, Writer } from './writer.testkit.ts';

/** A generated message and what reading it must give. */
export interface Generated {
  readonly bytes: Uint8Array;
  readonly kind: ReadingKind;
  readonly header: HeaderReading;
  readonly patients: readonly PatientPart[];
  /** How it is encoded, as a reading says it, and whether a reading has to guess that. */
  readonly charset: string;
  readonly isGuess: boolean;
  /** What a reader is to fall back to. */
  readonly fallbackCharset: '8859/1' | '8859/15';
}

/** How texts become bytes. */
interface Encoding extends Alphabet {
  /** MSH-18. */
  readonly declared: string;
  /** Table 0211, of what the bytes are. */
  readonly charset: string;
  readonly encode: (text: string) => Uint8Array;
}

/** A set of one byte a character, by what the platform decodes each byte to. */
function single(label: string, charset: string, declared: string): Encoding {
  const decoder = new TextDecoder(label);
  const byteOf = new Map(
    Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte] as const),
  );
  return {
    declared,
    charset,
    has: (text) => Array.from(text).every((character) => byteOf.has(character)),
    encode: (text) => Uint8Array.from(text, (character) => byteOf.get(character) ?? 0x3f),
  };
}

const UTF_8 = {
  charset: 'UNICODE UTF-8',
  has: () => true,
  encode: (text: string) => new Uint8Array(Buffer.from(text)),
};

/** What French senders write in, declared, not declared, and declared as something else. */
const ENCODINGS: readonly Encoding[] = [
  { ...UTF_8, declared: 'UNICODE UTF-8' },
  { ...UTF_8, declared: '' },
  { ...UTF_8, declared: '8859/1' },
  single('windows-1252', '8859/1', '8859/1'),
  single('windows-1252', '8859/1', ''),
  single('windows-1252', '8859/1', 'UNICODE UTF-8'),
  single('iso-8859-15', '8859/15', '8859/15'),
  single('iso-8859-15', '8859/15', 'ASCII'),
];
const VERSIONS = ['2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6', '2.7'];
const ODD_DELIMITERS: Delimiters = {
  field: '#',
  component: '!',
  repetition: '%',
  escape: '/',
  subcomponent: ';',
  truncation: '',
};

function mannerOf(random: SeededRandom, version: string): Manner {
  const truncation = version >= '2.7' && random.chance(2) ? '#' : '';
  return {
    delimiters: random.chance(6) ? ODD_DELIMITERS : { ...USUAL_DELIMITERS, truncation },
    segmentEnd: random.pick(['\r', '\r', '\r', '\r\n', '\n']),
    linesAs: random.pick(['repetitions', 'segments'] as const),
    hasOrc: version >= '2.5' || random.chance(2),
    hasSpm: version >= '2.5' && random.chance(2),
    hasTq1: version >= '2.5',
    hasIpc: random.chance(2),
    hasZ: random.chance(3),
  };
}

/** Type and event of a message, what it is, and what it tells beyond its patients. */
interface Kind {
  readonly kind: ReadingKind;
  readonly messages: readonly (readonly [type: string, trigger: string])[];
  /** Several patients in one message. */
  readonly mostPatients: number;
  readonly tell: (part: PatientPart, facts: Facts, header: HeaderReading) => PatientPart;
}

const triggers = (type: string, list: string) => list.split(' ').map((trigger) => [type, trigger] as const);

const KINDS: readonly Kind[] = [
  {
    kind: 'result',
    messages: triggers('ORU', 'R01'),
    mostPatients: 3,
    tell: (part, facts) => ({ ...part, reports: facts.random.list(1, 4, () => facts.report()) }),
  },
  {
    kind: 'order',
    messages: [
      ...triggers('ORM', 'O01'),
      ...triggers('OML', 'O21'),
      ...triggers('OMG', 'O19'),
      ...triggers('OMI', 'O23'),
    ],
    mostPatients: 1,
    tell: (part, facts) => ({ ...part, orders: facts.random.list(1, 3, () => facts.order()) }),
  },
  {
    kind: 'admission',
    messages: triggers('ADT', 'A01 A02 A03 A04 A05 A08 A11 A13 A28 A31 A60'),
    mostPatients: 1,
    tell: (part, facts) => ({ ...part, allergies: facts.random.list(0, 3, () => facts.allergy()) }),
  },
  {
    kind: 'merge',
    messages: triggers('ADT', 'A40 A47'),
    mostPatients: 2,
    tell: (part, facts) => ({ ...part, merge: facts.merge() }),
  },
  {
    kind: 'schedule',
    messages: triggers('SIU', 'S12 S13 S14 S15 S17 S26'),
    mostPatients: 1,
    tell: (part, facts, { trigger }) => ({ ...part, orders: [booked(facts, trigger)] }),
  },
  {
    kind: 'document',
    messages: triggers('MDM', 'T01 T02 T04 T06 T08 T10 T11'),
    mostPatients: 1,
    tell: (part, facts) => ({ ...part, documents: [filed(facts)] }),
  },
];

function booked(facts: Facts, trigger: string): PatientPart['orders'][number] {
  const order = { ...facts.order(), control: trigger, section: '', clinicalInformation: '', accession: '' };
  return { ...order, requestedProcedureId: '', stepId: '', studyInstanceUid: '' };
}

function filed(facts: Facts): PatientPart['documents'][number] {
  return {
    ...facts.document(),
    title: facts.one(['Compte rendu opératoire', 'CR']),
    id: facts.number('D'),
    parent: facts.perhaps(facts.number('D')),
    type: facts.perhaps('CR'),
    status: facts.random.pick(['LA', 'AU']),
    availability: facts.random.pick(['AV', 'CA', '']),
    writtenAt: facts.moment(),
    author: facts.perhaps(facts.person()),
  };
}

function headerOf(facts: Facts, kind: Kind, version: string): HeaderReading {
  const { random } = facts;
  const [type, trigger] = random.pick(kind.messages);
  return {
    sendingApplication: random.pick(['SGL', 'GLIMS', 'DxLab', 'RIS']),
    sendingFacility: facts.one(['CHU Orléans', 'CHU']),
    receivingApplication: 'LEADGLASS',
    receivingFacility: facts.perhaps('GW'),
    sentAt: facts.moment(),
    type,
    trigger,
    controlId: facts.number('M'),
    processing: random.pick(['P', 'P', 'T', 'D']),
    version,
    acceptAck: random.chance(4) ? 'AL' : '',
    applicationAck: random.chance(4) ? 'NE' : '',
  };
}

function write(
  kind: Kind,
  header: HeaderReading,
  parts: readonly PatientPart[],
  manner: Manner,
  declared: string,
): string {
  const writer = new Writer(manner);
  writer.header(header, declared);
  if (kind.kind === 'schedule') for (const order of parts[0]?.orders ?? []) writer.schedule(order);
  for (const part of parts) {
    writer.patient(part);
    for (const report of part.reports) writer.report(report);
    if (kind.kind === 'order') for (const order of part.orders) writer.order(order);
    if (kind.kind === 'schedule') for (const order of part.orders) writer.service(order);
    for (const document of part.documents) writer.document(document);
  }
  return writer.text;
}

/** Any message of those we read, in any of the dialects; the same seed gives the same. @param only a kind, if any. */
export function generate(seed: number, only?: ReadingKind): Generated {
  const random = new SeededRandom(seed);
  const kind = random.pick(KINDS.filter(({ kind: name }) => only === undefined || name === only));
  const encoding = random.pick(ENCODINGS);
  const version = random.pick(VERSIONS);
  const manner = mannerOf(random, version);
  const facts = new Facts(random, encoding);
  const header = headerOf(facts, kind, version);
  const parts = random.list(1, kind.mostPatients, () => kind.tell(facts.part(!random.chance(3)), facts, header));
  const text = write(kind, header, parts, manner, encoding.declared);
  const isAscii = /^[\x00-\x7f]*$/.test(text);
  return {
    bytes: encoding.encode(text),
    kind: kind.kind,
    header,
    patients: parts,
    charset: isAscii ? encoding.declared || 'ASCII' : encoding.charset,
    isGuess: !isAscii && encoding.declared !== encoding.charset,
    fallbackCharset: encoding.charset === '8859/15' ? '8859/15' : '8859/1',
  };
}
