import type { ChartStudyAnswer, PatientAnswer } from '@leadglass/contract';
import { TAG, type Tag, vrOf } from '@leadglass/dicom';
import {
  type AttributeSet,
  type Key,
  keyOf,
  NO_OPTIONS,
  nameOf,
  QUERY_TAG,
  type Query,
  universalKey,
} from '@leadglass/query';
import type { ControlServices } from '../control-services.ts';

const SHOWN: readonly Tag[] = [
  ...[TAG.PatientName, TAG.PatientBirthDate, TAG.StudyInstanceUID, TAG.StudyDate, TAG.StudyTime],
  ...[TAG.StudyDescription, TAG.AccessionNumber, QUERY_TAG.ModalitiesInStudy],
  ...[QUERY_TAG.NumberOfStudyRelatedSeries, QUERY_TAG.NumberOfStudyRelatedInstances],
];
const MOST_STUDIES = 200;
const MOST_NUMBERS = 16;

/**
 * Studies kept here under one of the numbers of a chart, newest first. A number alone is not believed: a study whose birth date and family name
 * are both others than the chart's is another patient's, who has the same number elsewhere.
 */
export async function studiesOf(
  catalogue: Pick<ControlServices['catalogue'], 'search'>,
  patients: readonly PatientAnswer[],
): Promise<readonly ChartStudyAnswer[]> {
  const numbers = patients
    .flatMap(({ identifiers }) => identifiers)
    .filter(({ ins }) => ins !== 'wrong-key' && ins !== 'test');
  const found = new Map<string, ChartStudyAnswer>();
  for (const number of [...new Set(numbers.map(({ value }) => value.trim()))].slice(0, MOST_NUMBERS)) {
    if (number === '' || /[*?\\]/.test(number)) continue;
    const search = catalogue.search(queryOf(number), { mostResults: MOST_STUDIES });
    for (let step = await search.next(); step.done !== true; step = await search.next())
      for (const match of step.value)
        if (isOfOne(match, patients)) found.set(told(match, TAG.StudyInstanceUID), studyOf(match));
  }
  const when = ({ studyDate, studyTime }: ChartStudyAnswer) => `${studyDate}${studyTime}`;
  return [...found.values()].sort((a, b) => (when(a) < when(b) ? 1 : -1)).slice(0, MOST_STUDIES);
}

function queryOf(number: string): Query {
  const options = { ...NO_OPTIONS, isRelational: true };
  const keys: Key[] = [keyOf(TAG.PatientID, vrOf(TAG.PatientID), number, options)];
  for (const tag of SHOWN) keys.push(universalKey(tag, vrOf(tag)));
  return { root: 'STUDY', level: 'STUDY', options, charset: '', keys: keys.toSorted((a, b) => a.tag - b.tag) };
}

function isOfOne(match: AttributeSet, patients: readonly PatientAnswer[]): boolean {
  const [born, name] = [told(match, TAG.PatientBirthDate), told(match, TAG.PatientName)];
  return patients.some(({ birthDate, names }) => {
    if (born === '' || birthDate === '' || born === birthDate.slice(0, 8)) return true;
    const words = wordsIn(name);
    return words.length === 0 || names.some(({ family }) => wordsIn(family).some((word) => words.includes(word)));
  });
}

function wordsIn(text: string): readonly string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toUpperCase();
  return plain.match(/[\p{L}\p{N}]{2,}/gu) ?? [];
}

function studyOf(match: AttributeSet): ChartStudyAnswer {
  const modalities = told(match, QUERY_TAG.ModalitiesInStudy);
  return {
    studyInstanceUid: told(match, TAG.StudyInstanceUID),
    studyDate: told(match, TAG.StudyDate),
    studyTime: told(match, TAG.StudyTime),
    description: told(match, TAG.StudyDescription),
    modalities: modalities === '' ? [] : modalities.split('\\'),
    accession: told(match, TAG.AccessionNumber),
    series: Number(told(match, QUERY_TAG.NumberOfStudyRelatedSeries)) || 0,
    instances: Number(told(match, QUERY_TAG.NumberOfStudyRelatedInstances)) || 0,
  };
}

function told(match: AttributeSet, tag: Tag): string {
  const found = match[nameOf(tag)];
  return typeof found === 'string' ? found.slice(0, 256) : '';
}
