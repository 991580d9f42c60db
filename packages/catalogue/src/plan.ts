import { TAG, type Tag } from '@leadglass/dicom';
import { dateKey, type Key, literalPrefix, momentKey, nameGroups, QUERY_TAG, type Query } from '@leadglass/query';
import type { StudySource } from '@leadglass/records';
import type { Sealer } from './sealer.ts';
import { nameToken } from './words.ts';

/** Where the candidates of a query come from; each is then held against all of its keys. */
export type Plan =
  | { readonly by: 'studies'; readonly sources: readonly StudySource[] }
  | { readonly by: 'series-uids' | 'instance-uids'; readonly uids: readonly string[] };

/** YYYYMMDD before and after every date. */
const FIRST_DATE = 1;
const LAST_DATE = 99_991_231;
/** Dates so close together leave fewer studies than the beginning of a name does. */
const FEW_DAYS = 7;
const LONG_PREFIX = 4;

interface DateRange {
  readonly from: number;
  readonly to: number;
}

/** The narrowest way to what a query may match: identifiers, then numbers, then names and dates, then the newest of everything. */
export function planOf(query: Query, sealer: Sealer): Plan {
  const keys = new Map(query.keys.map((key) => [key.tag, key]));
  return byIdentifier(keys, sealer) ?? byPatient(keys, sealer) ?? byTime(keys);
}

type Keys = ReadonlyMap<Tag, Key>;

function byIdentifier(keys: Keys, sealer: Sealer): Plan | undefined {
  const studies = valuesOf(keys, TAG.StudyInstanceUID);
  if (studies !== undefined) return { by: 'studies', sources: studies.map((uid) => ({ by: 'uid', uid })) };
  const instances = valuesOf(keys, TAG.SOPInstanceUID);
  if (instances !== undefined) return { by: 'instance-uids', uids: instances };
  const series = valuesOf(keys, TAG.SeriesInstanceUID);
  if (series !== undefined) return { by: 'series-uids', uids: series };
  const accessions = valuesOf(keys, TAG.AccessionNumber);
  if (accessions === undefined) return undefined;
  const tokens = accessions.map((number) => sealer.token('accession', number));
  return { by: 'studies', sources: tokens.map((token) => ({ by: 'token', token })) };
}

function byPatient(keys: Keys, sealer: Sealer): Plan | undefined {
  const ids = subjectIdTokens(keys, sealer);
  if (ids !== undefined) return bySubjectTokens(ids);
  const name = subjectNameToken(keys, sealer);
  const dates = datesOf(keys);
  const isFewDays = dates !== undefined && dates.to - dates.from < FEW_DAYS;
  if (name === undefined || isFewDays) return undefined;
  const isNarrow = name.length >= LONG_PREFIX || (dates === undefined && modalitiesOf(keys) === undefined);
  return isNarrow ? bySubjectTokens([name.token]) : undefined;
}

function bySubjectTokens(tokens: readonly number[]): Plan {
  return { by: 'studies', sources: tokens.map((token) => ({ by: 'subject-token', token })) };
}

function byTime(keys: Keys): Plan {
  const { from, to } = datesOf(keys) ?? { from: 0, to: LAST_DATE };
  const modalities = modalitiesOf(keys);
  const sources = modalities?.map((modality): StudySource => ({ by: 'modality', modality, from, to }));
  return { by: 'studies', sources: sources ?? [{ by: 'date', from, to }] };
}

/** Tokens of the patients whose number is asked for; undefined when none is. */
export function subjectIdTokens(keys: Keys, sealer: Sealer): readonly number[] | undefined {
  return valuesOf(keys, TAG.PatientID)?.map((id) => sealer.token('patient-id', id));
}

/** The token of the beginning of the name that is asked for, and how long that is. */
export function subjectNameToken(
  keys: Keys,
  sealer: Sealer,
): { readonly token: number; readonly length: number } | undefined {
  const match = keys.get(TAG.PatientName)?.match;
  const asked = match?.form === 'wildcard' ? match.pattern : match?.form === 'single' ? match.value : undefined;
  if (asked === undefined) return undefined;
  // With `=` the first group is complete; without, any of the groups may be meant, and each has its own tokens.
  const [beginning = ''] = literalPrefix(asked.includes('=') ? asked : (nameGroups(asked)[0] ?? '')).split('=');
  const token = nameToken(sealer, beginning);
  return token === undefined ? undefined : { token, length: Array.from(beginning).length };
}

function valuesOf(keys: Keys, tag: Tag): readonly string[] | undefined {
  const match = keys.get(tag)?.match;
  if (match?.form === 'single') return [match.value];
  return match?.form === 'list' ? [...new Set(match.values)] : undefined;
}

function modalitiesOf(keys: Keys): readonly string[] | undefined {
  return valuesOf(keys, QUERY_TAG.ModalitiesInStudy) ?? valuesOf(keys, TAG.Modality);
}

/** The days asked for; an end that is no date leaves none. */
function datesOf(keys: Keys): DateRange | undefined {
  const match = keys.get(TAG.StudyDate)?.match;
  if (match?.form === 'single') {
    const day = Number(dateKey(match.value) ?? 0);
    return { from: day, to: day };
  }
  if (match?.form !== 'range') return undefined;
  const from = match.from === '' ? FIRST_DATE : Number(momentKey('DA', match.from, 'first') ?? LAST_DATE);
  const to = match.to === '' ? LAST_DATE : Number(momentKey('DA', match.to, 'last') ?? FIRST_DATE);
  return { from, to };
}
