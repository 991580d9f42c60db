import { escapeText } from './escape.ts';
import { DEFAULT_MLLP_LIMITS } from './limits.ts';
import { readMessage } from './message.ts';
import type { HeaderReading, Problem } from './readings.ts';

/** What became of a message, in original mode: integrated, in error, rejected for now. */
export type OutcomeCode = 'AA' | 'AE' | 'AR';

/** What a message is answered with. */
export interface Outcome {
  readonly code: OutcomeCode;
  readonly problems: readonly Problem[];
  /** MSA-3; where it is left out, the first problem. */
  readonly text?: string;
}

/** Who answers. */
export interface Answerer {
  readonly application: string;
  readonly facility: string;
  /** `YYYYMMDDHHMMSS[±ZZZZ]`. */
  readonly sentAt: string;
  readonly controlId: string;
}

/** Enhanced mode: that it was received, or what became of it. */
export type AnswerLevel = 'accept' | 'application';

const ACCEPT_CODE = { AA: 'CA', AE: 'CE', AR: 'CR' } as const;
const ERRORS_TOLD = 10;
const MOST_CHARACTERS = 199;

/** Table 0357. */
const ERROR_TEXT: Readonly<Record<Problem['code'], string>> = {
  100: 'Segment sequence error',
  101: 'Required field missing',
  102: 'Data type error',
  103: 'Table value not found',
  198: 'Non-conformant cardinality',
  199: 'Other HL7 error',
  200: 'Unsupported message type',
  201: 'Unsupported event code',
  202: 'Unsupported processing id',
  203: 'Unsupported version id',
  207: 'Application error',
};

/**
 * The answers a sender wants, in the order they are sent (v2.5.1 §2.9.2, §2.9.3): in original mode one, in enhanced mode what MSH-15 and MSH-16
 * ask for (table 0155), perhaps none.
 */
export function answersWanted(header: HeaderReading | undefined, code: OutcomeCode): readonly AnswerLevel[] {
  const accept = header?.acceptAck ?? '';
  const application = header?.applicationAck ?? '';
  if (accept === '' && application === '') return ['application'];
  const wanted: AnswerLevel[] = [];
  if (isWanted(accept, code)) wanted.push('accept');
  if (isWanted(application, code)) wanted.push('application');
  return wanted;
}

function isWanted(condition: string, code: OutcomeCode): boolean {
  return condition === 'AL' || condition === (code === 'AA' ? 'SU' : 'ER');
}

/**
 * The acknowledgement of a message, without frame, in UTF-8: who sent and who receives change places; of an error what is wrong and where, as the
 * sender's version has it (ERR-1 until 2.4, ERR-2 to ERR-4 from 2.5 on). What is repeated of the message is escaped and bounded.
 * @param header undefined where it could not be read.
 * @param level `accept` where MSH-15 asks for it, if left out.
 */
export function acknowledge(
  header: HeaderReading | undefined,
  outcome: Outcome,
  own: Answerer,
  level: AnswerLevel = levelOf(header),
): Uint8Array {
  const version = /^2\.\d(\.\d)?$/.test(header?.version ?? '') ? (header?.version ?? '') : '2.5';
  const code = level === 'accept' ? ACCEPT_CODE[outcome.code] : outcome.code;
  const text = outcome.text ?? outcome.problems.find(isTold)?.why.fr ?? '';
  const msa = ['MSA', code, bounded(header?.controlId ?? ''), bounded(text)];
  const segments = [mshOf(header, own, version), msa, ...errorsOf(outcome, version)];
  return new Uint8Array(Buffer.from(segments.map((fields) => `${withoutTail(fields)}\r`).join(''), 'utf8'));
}

function levelOf(header: HeaderReading | undefined): AnswerLevel {
  return ['AL', 'ER', 'SU'].includes(header?.acceptAck ?? '') ? 'accept' : 'application';
}

function mshOf(header: HeaderReading | undefined, own: Answerer, version: string): readonly string[] {
  const [application, facility] = [header?.sendingApplication ?? '', header?.sendingFacility ?? ''];
  return [
    'MSH', //                                          1  |
    '^~\\&', //                                        2
    bounded(own.application), //                       3
    bounded(own.facility), //                          4
    bounded(application), //                           5
    bounded(facility), //                              6
    bounded(own.sentAt), //                            7
    '', //                                             8
    messageTypeOf(header?.trigger ?? '', version), //  9
    bounded(own.controlId), //                        10
    bounded(header?.processing || 'P'), //            11
    version, //                                       12
    ...['', '', '', '', ''], //                       13 to 17
    'UNICODE UTF-8', //                               18
  ];
}

function messageTypeOf(trigger: string, version: string): string {
  const event = /^[A-Z][A-Z0-9]{2}$/.test(trigger) ? `^${trigger}` : '';
  if (version < '2.4' || event === '') return `ACK${event}`;
  return `ACK${event}^ACK`;
}

const isTold = (problem: Problem): boolean => problem.isFatal;

/** ERR of an answer that is not AA: the fatal problems, or one that says nothing more. */
function errorsOf({ code, problems, text }: Outcome, version: string): readonly (readonly string[])[] {
  if (code === 'AA') return [];
  const told = problems.filter(isTold).slice(0, ERRORS_TOLD);
  if (version < '2.5')
    return [['ERR', told.length === 0 ? `^^^207&${ERROR_TEXT[207]}&HL70357` : told.map(oldError).join('~')]];
  return told.length === 0
    ? [newError(undefined, text ?? '')]
    : told.map((problem) => newError(problem, problem.why.fr));
}

/** ELD (v2.4 §2.16.5): segment, which of its name, field, what is wrong. */
function oldError({ code, place }: Problem): string {
  return `${placeOf(place)}^${code}&${ERROR_TEXT[code]}&HL70357`;
}

/** ERR (v2.5.1 §2.15.5): location, code, severity, what a person reads. */
function newError(problem: Problem | undefined, words: string): readonly string[] {
  const code = problem?.code ?? 207;
  const place = problem === undefined ? '' : placeOf(problem.place).replace(/\^+$/, '');
  return ['ERR', '', place, `${code}^${ERROR_TEXT[code]}^HL70357`, 'E', '', '', '', bounded(words)];
}

/** `OBX[3]-5` as `OBX^3^5`; `^^` of a place that is none of a segment. */
function placeOf(place: string): string {
  const found = /^([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?(?:-(\d+))?$/.exec(place);
  return found === null ? '^^' : `${found[1]}^${found[2] ?? '1'}^${found[3] ?? ''}`;
}

function bounded(text: string): string {
  return escapeText(text.slice(0, MOST_CHARACTERS));
}

/** A segment without the empty fields at its end. */
function withoutTail(fields: readonly string[]): string {
  return fields.join('|').replace(/\|+$/, '');
}

/** What an acknowledgement says. */
export interface AcknowledgementReading {
  /** Table 0008. */
  readonly code: OutcomeCode | 'CA' | 'CE' | 'CR';
  /** MSA-2: the MSH-10 of the message it answers. */
  readonly controlId: string;
  /** MSA-3, else what ERR says. */
  readonly text: string;
}

const CODES: ReadonlySet<string> = new Set(['AA', 'AE', 'AR', 'CA', 'CE', 'CR']);

/** Reads the answer to a message of ours; undefined where it is none. */
export function readAcknowledgement(bytes: Uint8Array): AcknowledgementReading | undefined {
  const message = readMessage(bytes, '8859/1', DEFAULT_MLLP_LIMITS);
  if ('kind' in message) return undefined;
  const msa = message.segments.find(({ name }) => name === 'MSA');
  const code = msa?.component(1, 1) ?? '';
  if (msa === undefined || !CODES.has(code)) return undefined;
  const err = message.segments.find(({ name }) => name === 'ERR');
  const text = msa.text(3) || (err?.text(8) ?? '') || (err?.text(7) ?? '') || (err?.component(3, 2) ?? '');
  return { code: code as AcknowledgementReading['code'], controlId: msa.text(2), text };
}
