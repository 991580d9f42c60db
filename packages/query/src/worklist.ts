import { TAG, type Tag } from '@leadglass/dicom';
import { encodeAnswer } from './answer.ts';
import { readDataSet } from './data-set.ts';
import { keyFrom, MOST_IDENTIFIER_BYTES } from './identifier.ts';
import { type Matcher, matcherOf } from './match.ts';
import { nameOf } from './tags.ts';
import { type AttributeSet, type Key, NO_OPTIONS, type QueryOptions, type QueryProblem } from './types.ts';
import { WORKLIST_TAG } from './worklist-keys.ts';

const LIMITS = { characters: MOST_IDENTIFIER_BYTES, elements: 256, items: 4, depth: 4 } as const;
/** An answer of an information system: codes may come in many items. */
const ENTRY_LIMITS = { characters: 64 * 1024, elements: 1024, items: 32, depth: 4 } as const;
/** Dates and times of a scheduled step are one moment whether that was negotiated or not (PS3.4 Table K.6-1, remarks). */
const OPTIONS: QueryOptions = { ...NO_OPTIONS, isDateTimeCombined: true };

/** Under this name an entry holds the Specific Character Set it was written in; none where its source declared none. */
const CHARSET = nameOf(TAG.SpecificCharacterSet);

/** PS3.4 §K.4.1.1.4. */
const UNABLE_TO_PROCESS = 0xc001;

/** A question to the worklist. Plain JSON. */
export interface WorklistQuery {
  /** In order of tags, each tag once; Specific Character Set is not among them. */
  readonly keys: readonly Key[];
  /** Specific Character Set of the question; empty for the default repertoire. */
  readonly charset: string;
}

/** The identifier of a worklist C-FIND-RQ as a query (PS3.4 §K.4.1.1.3). Hostile until it has passed here; what is wrong is told without any value. */
export function parseWorklistQuery(bytes: Uint8Array, transferSyntaxUid: string): WorklistQuery | QueryProblem {
  if (bytes.length > MOST_IDENTIFIER_BYTES) return problem('Identifier too large');
  const read = readDataSet(bytes, transferSyntaxUid, LIMITS);
  if (read.isBroken) return problem('Identifier cannot be read');
  const keys = [...read.vrs]
    .filter(([tag]) => isKey(tag))
    .map(([tag, vr]) => keyFrom(tag, vr, read.attributes, OPTIONS))
    .toSorted((a, b) => a.tag - b.tag);
  return { keys, charset: read.charset };
}

/** One entry of a worklist as an information system told it, or undefined when it cannot be read or is larger than any should be. */
export function readWorklistEntry(bytes: Uint8Array, transferSyntaxUid: string): AttributeSet | undefined {
  const { attributes, charset, isBroken } = readDataSet(bytes, transferSyntaxUid, ENTRY_LIMITS);
  if (isBroken) return undefined;
  const keys = Object.entries(attributes).filter(([name]) => isKey(Number.parseInt(name, 16)));
  return Object.fromEntries(charset === '' ? keys : [...keys, [CHARSET, charset]]);
}

/** A test of entries for all keys of a question (PS3.4 §K.6.1.2, §C.2.2.2). */
export function worklistMatcher({ keys }: Pick<WorklistQuery, 'keys'>): Matcher {
  return matcherOf({ keys, options: OPTIONS });
}

/** One entry as the identifier of a pending response (PS3.4 §K.4.1.1.3.2): what was asked for, without a value where it has none, in the entry's own Specific Character Set. */
export function encodeWorklistEntry(entry: AttributeSet, query: WorklistQuery, transferSyntaxUid: string): Uint8Array {
  const charset = entry[CHARSET];
  const own = typeof charset === 'string' ? charset : '';
  return encodeAnswer(entry, { ...query, options: OPTIONS }, transferSyntaxUid, [], own);
}

/** The days a question is about, `YYYYMMDD`, an open end empty; undefined when it asks for any day. */
export function worklistDays({ keys }: Pick<WorklistQuery, 'keys'>): { from: string; to: string } | undefined {
  const steps = keys.find(({ tag }) => tag === WORKLIST_TAG.ScheduledProcedureStepSequence)?.match;
  const inside = steps?.form === 'sequence' ? steps.keys : [];
  const match = inside.find(({ tag }) => tag === WORKLIST_TAG.ScheduledProcedureStepStartDate)?.match;
  if (match?.form === 'single') return { from: match.value, to: match.value };
  return match?.form === 'range' ? { from: match.from, to: match.to } : undefined;
}

/** What an entry says of itself that limits are judged by: the modalities and stations of its scheduled steps. */
export function worklistFacts(entry: AttributeSet): { modalities: readonly string[]; stations: readonly string[] } {
  const steps = entry[nameOf(WORKLIST_TAG.ScheduledProcedureStepSequence)];
  const items = typeof steps === 'object' ? steps : [];
  const valuesOf = (tag: Tag): readonly string[] =>
    items.flatMap((item) => {
      const value = item[nameOf(tag)];
      return typeof value === 'string' && value !== '' ? value.split('\\') : [];
    });
  return { modalities: valuesOf(TAG.Modality), stations: valuesOf(WORKLIST_TAG.ScheduledStationAETitle) };
}

function isKey(tag: Tag): boolean {
  return tag !== TAG.SpecificCharacterSet && (tag & 0xffff) !== 0;
}

function problem(comment: string): QueryProblem {
  return { status: UNABLE_TO_PROCESS, comment, tag: 0 };
}
