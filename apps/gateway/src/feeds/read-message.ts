import {
  type Charset,
  type HeaderReading,
  isTestIns,
  type Problem,
  type Reading,
  readV2,
  type Unreadable,
} from '@leadglass/hl7';
import type { Feed } from '@leadglass/model';
import type { ReadMessage } from './feed-messages.ts';
import { readingJson } from './reading-json.ts';

const MOST_PROBLEMS = 50;
const CR = 0x0d;
const LF = 0x0a;

/** A message as the sandbox read it; `header` is undefined when not even that could be. */
export interface Understood {
  readonly header: HeaderReading | undefined;
  readonly problems: readonly Problem[];
  /** What the keeper is told of it; undefined without a header. */
  readonly told: ReadMessage | undefined;
}

/** Table 0211 of a feed's fallback. */
const CHARSETS: Readonly<Record<Feed['charset'], Charset>> = { 'windows-1252': '8859/1', 'iso-8859-15': '8859/15' };

/** Reads a message: what it tells, or as much of it as says whose it is. */
export function understand(bytes: Uint8Array, charset: Feed['charset']): Understood {
  const options = { fallbackCharset: CHARSETS[charset] };
  const read = readV2(bytes, options);
  const { problems } = read;
  const header = 'header' in read ? read.header : undefined;
  if (header === undefined) return { header, problems, told: undefined };
  // Nothing is acted on of what is not understood; whoever it names is found all the same.
  const reading = isReading(read) ? read : namesIn(bytes, options);
  const isUnderstood = isReading(read) && isDone(read);
  const patients = reading?.patients ?? [];
  return {
    header,
    problems,
    told: { ...factsOf(header, reading?.charset ?? '', problems), isUnderstood, ...restOf(reading, patients) },
  };
}

/** Whether all that matters of a reading can be acted on. */
export function isDone({ kind, patients, problems }: Reading): boolean {
  return kind !== 'other' && patients.length > 0 && !problems.some(({ isFatal }) => isFatal);
}

/** What the keeper is told of a reading. */
export function toldOfReading(reading: Reading, isUnderstood: boolean): ReadMessage {
  const { header, charset, problems, patients } = reading;
  return { ...factsOf(header, charset, problems), isUnderstood, ...restOf(reading, patients) };
}

function restOf(
  reading: Reading | undefined,
  patients: Reading['patients'],
): Pick<ReadMessage, 'isTestIns' | 'reading'> {
  const json = reading === undefined || patients.length === 0 ? '' : readingJson(reading);
  return {
    isTestIns: patients.some(({ patient }) => patient.identifiers.some(({ oid }) => isTestIns(oid))),
    reading: Buffer.from(json, 'utf8').toString('base64'),
  };
}

function isReading(read: Reading | Unreadable): read is Reading {
  return read.kind !== 'unreadable';
}

function factsOf(header: HeaderReading, charset: string, problems: readonly Problem[]) {
  const { sendingApplication, sendingFacility, controlId, type, trigger, processing } = header;
  return {
    ...{ application: sendingApplication.slice(0, 400), facility: sendingFacility.slice(0, 400) },
    ...{ controlId: controlId.slice(0, 400), type: `${type}^${trigger}`.slice(0, 64) },
    ...{ processing: processing.slice(0, 8), charset },
    problems: problems.slice(0, MOST_PROBLEMS).map(({ code, place, why, isFatal }) => ({
      ...{ code, place: place.slice(0, 200), isFatal },
      why: { fr: why.fr.slice(0, 1000), en: why.en.slice(0, 1000) },
    })),
  };
}

/** Of a message that could not be read as a whole: its MSH and its first PID by themselves. */
function namesIn(bytes: Uint8Array, options: Parameters<typeof readV2>[1]): Reading | undefined {
  const lines = linesOf(bytes);
  const [msh, pid] = [lines[0], lines.find((line) => Buffer.from(line).toString('latin1', 0, 4) === 'PID|')];
  if (msh === undefined || pid === undefined) return undefined;
  const read = readV2(Buffer.concat([msh, Uint8Array.of(CR), pid, Uint8Array.of(CR)]), options);
  return isReading(read) ? read : undefined;
}

const MOST_LINES = 200;

function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; at <= bytes.length && lines.length < MOST_LINES; at += 1) {
    if (at < bytes.length && bytes[at] !== CR && bytes[at] !== LF) continue;
    if (at > from) lines.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return lines;
}
