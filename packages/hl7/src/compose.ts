import { charsetFor, encodeText, type WrittenCharset } from './encode.ts';
import { escapeText } from './escape.ts';
import { INS_OIDS } from './ins.ts';
import type { Identifier } from './readings.ts';

/** Versions messages are written in. */
export const WRITTEN_VERSIONS = ['2.3.1', '2.4', '2.5', '2.5.1'] as const;
export type WrittenVersion = (typeof WRITTEN_VERSIONS)[number];

/** Original mode: one answer says what became of it (AA, AE, AR). Enhanced: that it is kept is enough (CA, CE, CR). v2.5.1 §2.9.2, §2.9.3. */
export const ACKNOWLEDGEMENTS = ['original', 'enhanced'] as const;
export type AcknowledgementMode = (typeof ACKNOWLEDGEMENTS)[number];

/** What of MSH is the same for every message to a receiver. */
export interface Letterhead {
  /** MSH-3 to MSH-6. */
  readonly sendingApplication: string;
  readonly sendingFacility: string;
  readonly receivingApplication: string;
  readonly receivingFacility: string;
  readonly version: WrittenVersion;
  readonly charset: WrittenCharset;
  /** MSH-11: production, or a trial. */
  readonly processing: 'P' | 'T';
  readonly acknowledgement: AcknowledgementMode;
}

/** What of MSH is this message's own. */
export interface Postmark {
  /** MSH-10: the same however often the message is sent. */
  readonly controlId: string;
  /** MSH-7, EVN-2: `YYYYMMDDHHMMSS[±ZZZZ]`. */
  readonly sentAt: string;
}

/** PID of a message that is written. What is not known is ''. */
export interface WrittenPatient {
  readonly identifiers: readonly Identifier[];
  readonly family: string;
  readonly given: string;
  /** `YYYYMMDD`. */
  readonly birthDate: string;
  /** Table 0001; '' is written as `U`. */
  readonly sex: 'F' | 'M' | 'O' | '';
  /** PID-32 (table 0445), from version 2.5 on: `PROV`, `VALI`. */
  readonly reliability: string;
  /** Whether the identity is qualified (RNIV): a national health identity is written of nobody else. */
  readonly isQualified: boolean;
}

/** ORC and OBR of a message that is written. What is not known is ''. */
export interface WrittenOrder {
  /** ORC-2, OBR-2, with who gave it. */
  readonly placer: string;
  readonly placerAuthority: string;
  /** OBR-18, 19 and 20 as IHE's Scheduled Workflow has them, and ZDS-1. */
  readonly accession: string;
  readonly studyInstanceUid: string;
  readonly procedure: string;
  /** OBR-24. */
  readonly modality: string;
  /** Table 0485: `S` at once, `A` as soon as may be, `R` routine. */
  readonly priority: 'S' | 'A' | 'R';
  /** `YYYYMMDDHHMMSS[±ZZZZ]`. */
  readonly scheduledAt: string;
  readonly reason: string;
  readonly requester: string;
}

/** What is told. */
export type Letter =
  /** A patient is registered, what was said of them is corrected, the registration is cancelled. */
  | { readonly event: 'A04' | 'A08' | 'A11'; readonly patient: WrittenPatient }
  /** Who was known as `from` is `patient`. */
  | { readonly event: 'A40'; readonly patient: WrittenPatient; readonly from: readonly Identifier[] }
  /** A new order, another word on one, or that it is not wanted any more. */
  | {
      readonly event: 'O01';
      readonly control: 'NW' | 'XO' | 'CA';
      readonly patient: WrittenPatient;
      readonly order: WrittenOrder;
    };

/** MSH-9 of each event: type, trigger, structure (table 0354, from version 2.4 on). */
const TYPES = {
  A04: ['ADT', 'A04', 'ADT_A01'],
  A08: ['ADT', 'A08', 'ADT_A01'],
  A11: ['ADT', 'A11', 'ADT_A09'],
  A40: ['ADT', 'A40', 'ADT_A39'],
  O01: ['ORM', 'O01', 'ORM_O01'],
} as const satisfies Readonly<Record<Letter['event'], readonly [string, string, string]>>;

const INS_OF_ANY_KIND: ReadonlySet<string> = new Set(Object.values(INS_OIDS));

/**
 * A message, without frame. Every text is escaped (v2.5.1 §2.7); it is written in the character set of the letterhead where that has every
 * character, else in UTF-8, and MSH-18 says which. The same letter under the same letterhead and postmark is the same bytes.
 */
export function compose(letter: Letter, head: Letterhead, postmark: Postmark): Uint8Array {
  const rest = segmentsOf(letter, head, postmark);
  const draft = [mshOf(letter, head, postmark, head.charset), ...rest].join('\r');
  const charset = charsetFor(draft, head.charset);
  const text = [mshOf(letter, head, postmark, charset), ...rest].map((segment) => `${segment}\r`).join('');
  return encodeText(text, charset);
}

function segmentsOf(letter: Letter, head: Letterhead, postmark: Postmark): readonly string[] {
  const pid = pidOf(letter.patient, head.version);
  const evn = row('EVN', { 1: letter.event, 2: postmark.sentAt });
  switch (letter.event) {
    case 'A40':
      return [evn, pid, row('MRG', { 1: letter.from.map(cx).join('~') })];
    case 'O01':
      return [pid, PV1, ...orderSegments(letter.control, letter.order, postmark)];
    default:
      return [evn, pid, PV1];
  }
}

function mshOf({ event }: Letter, head: Letterhead, postmark: Postmark, charset: WrittenCharset): string {
  const [type, trigger, structure] = TYPES[event];
  const isEnhanced = head.acknowledgement === 'enhanced';
  return row('MSH', {
    // MSH-1 is the separator itself.
    1: '^~\\&',
    2: escapeText(head.sendingApplication),
    3: escapeText(head.sendingFacility),
    4: escapeText(head.receivingApplication),
    5: escapeText(head.receivingFacility),
    6: postmark.sentAt,
    8: head.version === '2.3.1' ? `${type}^${trigger}` : `${type}^${trigger}^${structure}`,
    9: escapeText(postmark.controlId),
    10: head.processing,
    11: head.version,
    14: isEnhanced ? 'AL' : '',
    15: isEnhanced ? 'NE' : '',
    16: 'FRA',
    17: charset,
  });
}

/** PID (v2.5.1 §3.4.2). */
function pidOf(patient: WrittenPatient, version: WrittenVersion): string {
  const { identifiers, family, given, birthDate, sex, reliability, isQualified } = patient;
  const told = identifiers.filter(({ oid }) => isQualified || !INS_OF_ANY_KIND.has(oid));
  return row('PID', {
    1: '1',
    3: told.map(cx).join('~'),
    5: [escapeText(family), escapeText(given), '', '', '', '', 'L'].join('^'),
    7: escapeText(birthDate),
    8: sex === '' ? 'U' : sex,
    // Later than the other fields: a receiver of an older version has no such field.
    32: version >= '2.5' ? escapeText(reliability) : '',
  });
}

/** CX (v2.5.1 §2.A.14), its authority an HD. */
function cx({ value, authority, oid, type }: Identifier): string {
  const by = oid === '' ? escapeText(authority) : `${escapeText(authority)}&${escapeText(oid)}&ISO`;
  return withoutTail([escapeText(value), '', '', by, escapeText(type)], '^');
}

/** PV1 is required of these events; they are those of somebody who is in no bed (v2.5.1 §3.3.4). */
const PV1 = row('PV1', { 1: '1', 2: 'O' });

/** ORC (v2.5.1 §4.5.1), OBR (§4.5.3), and the study as IHE has it (RAD TF-2 §4.4.4.1). */
function orderSegments(control: 'NW' | 'XO' | 'CA', order: WrittenOrder, { sentAt }: Postmark): readonly string[] {
  const { accession, studyInstanceUid, priority, scheduledAt } = order;
  const placer = withoutTail([escapeText(order.placer), escapeText(order.placerAuthority)], '^');
  const requester = order.requester === '' ? '' : `^${escapeText(order.requester)}`;
  const timing = withoutTail(['', '', '', escapeText(scheduledAt), '', priority], '^');
  return [
    row('ORC', {
      1: control,
      2: placer,
      5: control === 'CA' ? 'CA' : '',
      7: timing,
      9: sentAt,
      12: requester,
    }),
    row('OBR', {
      1: '1',
      2: placer,
      4: `^${escapeText(order.procedure)}`,
      5: priority,
      16: requester,
      18: escapeText(accession),
      19: escapeText(accession),
      20: escapeText(accession),
      24: escapeText(order.modality),
      27: timing,
      31: order.reason === '' ? '' : `^${escapeText(order.reason)}`,
    }),
    row('ZDS', { 1: `${escapeText(studyInstanceUid)}^^Application^DICOM` }),
  ];
}

/** A segment of the fields that are given, by their numbers. */
function row(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number));
  return withoutTail([name, ...Array.from({ length: last }, (_, at) => fields[at + 1] ?? '')], '|');
}

function withoutTail(parts: readonly string[], separator: string): string {
  return parts.slice(0, parts.findLastIndex((part) => part !== '') + 1).join(separator);
}
