import { TAG, type Tag, vrOf } from '@leadglass/dicom';
import { isUid } from '@leadglass/model';
import { type Key, keyOf, type Level, NO_OPTIONS, QUERY_TAG, type Query, universalKey } from '@leadglass/query';

/** One question to the catalogue, and what kind of word it looks for: that is all the ledger is told. */
export interface Question {
  readonly query: Query;
  readonly kind: string;
}

/** What every answer shows. */
const SHOWN: readonly Tag[] = [
  TAG.PatientName,
  TAG.PatientID,
  TAG.PatientBirthDate,
  TAG.StudyInstanceUID,
  TAG.StudyDate,
  TAG.StudyDescription,
  TAG.AccessionNumber,
  QUERY_TAG.ModalitiesInStudy,
  QUERY_TAG.NumberOfStudyRelatedInstances,
];
const OPTIONS = { ...NO_OPTIONS, isRelational: true } as const;

/** What words may mean, the narrowest first: a UID, a date, a patient's or an accession number, the beginning of a name. */
export function questionsOf(words: string): readonly Question[] {
  if (isUid(words) && words.includes('.')) {
    return [
      question(TAG.StudyInstanceUID, words, 'StudyInstanceUID'),
      question(TAG.SeriesInstanceUID, words, 'SeriesInstanceUID', 'SERIES'),
    ];
  }
  const date = dateIn(words);
  const plain = words
    .replaceAll(/[*?\\]/g, ' ')
    .trim()
    .replaceAll(/\s+/g, ' ');
  if (plain.length < 2) return [];
  const numbers = [
    question(TAG.PatientID, plain, 'PatientID'),
    question(TAG.AccessionNumber, plain, 'AccessionNumber'),
  ];
  if (date !== undefined) return [question(TAG.StudyDate, date, 'StudyDate'), ...numbers];
  const names = /\p{L}/u.test(plain)
    ? namePatterns(plain).map((name) => question(TAG.PatientName, name, 'PatientName'))
    : [];
  return [...numbers, ...names];
}

/** `dupont marie` begins a family name of two words, or is family name and given name. */
function namePatterns(words: string): readonly string[] {
  const [family = '', ...given] = words.split(' ');
  if (words.includes('^') || given.length === 0) return [`${words}*`];
  return [`${words}*`, `${family}^${given.join('*')}*`];
}

/** `2026-11-27`, `20261127`, `27/11/2026`, `27.11.2026` as DICOM writes it; undefined when it is no day. */
export function dateIn(words: string): string | undefined {
  const iso = /^([0-9]{4})-?([0-9]{2})-?([0-9]{2})$/.exec(words);
  const local = /^([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})$/.exec(words);
  const [year, month, day] = iso?.slice(1) ?? local?.slice(1).reverse() ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const [m, d] = [month.padStart(2, '0'), day.padStart(2, '0')];
  const made = new Date(`${year}-${m}-${d}T00:00:00Z`);
  const isDay = !Number.isNaN(made.getTime()) && made.toISOString().startsWith(`${year}-${m}-${d}`);
  return isDay && Number(year) >= 1900 ? `${year}${m}${d}` : undefined;
}

function question(tag: Tag, value: string, kind: string, level: Level = 'STUDY'): Question {
  const keys: Key[] = [keyOf(tag, vrOf(tag), value, OPTIONS)];
  for (const shown of SHOWN) if (shown !== tag) keys.push(universalKey(shown, vrOf(shown)));
  const query: Query = {
    ...{ root: 'STUDY', level, options: OPTIONS, charset: '' },
    keys: keys.toSorted((a, b) => a.tag - b.tag),
  };
  return { query, kind };
}
