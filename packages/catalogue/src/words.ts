import { TAG } from '@leadglass/dicom';
import {
  type AttributeSet,
  eachValue,
  folded,
  KEPT_ATTRIBUTES,
  type Level,
  nameGroups,
  nameOf,
} from '@leadglass/query';
import type { Sealer } from './sealer.ts';

/** Shortest and longest beginning of a name that has a token. One letter says little and would give away how names are spread. */
export const SHORTEST_PREFIX = 2;
export const LONGEST_PREFIX = 16;

const NAMES: Readonly<Record<Level, ReadonlySet<string>>> = {
  PATIENT: new Set(KEPT_ATTRIBUTES.PATIENT.map(nameOf)),
  STUDY: new Set(KEPT_ATTRIBUTES.STUDY.map(nameOf)),
  SERIES: new Set(KEPT_ATTRIBUTES.SERIES.map(nameOf)),
  IMAGE: new Set(KEPT_ATTRIBUTES.IMAGE.map(nameOf)),
};
const [PATIENT_ID, ISSUER, PATIENT_NAME, ACCESSION, STUDY_DATE] = [
  TAG.PatientID,
  TAG.IssuerOfPatientID,
  TAG.PatientName,
  TAG.AccessionNumber,
  TAG.StudyDate,
].map(nameOf) as [string, string, string, string, string];

/** The attributes of one level, in order of tags, those without a value left out. */
export function ofLevel(attributes: AttributeSet, level: Level): AttributeSet {
  const names = Object.keys(attributes).filter((name) => NAMES[level].has(name) && attributes[name]?.length !== 0);
  return Object.fromEntries(names.toSorted().map((name) => [name, attributes[name] ?? '']));
}

/** A value of text; empty when there is none. */
export function textOf(attributes: AttributeSet, name: string): string {
  const value = attributes[name];
  return typeof value === 'string' ? value : '';
}

/** What stands, and what it had no value for from another source. */
export function filled(standing: AttributeSet, other: AttributeSet): AttributeSet {
  const merged = { ...other, ...standing };
  return Object.fromEntries(
    Object.keys(merged)
      .toSorted()
      .map((name) => [name, merged[name] ?? '']),
  );
}

/** YYYYMMDD of a study; 0 when it has no date. */
export function studyDateOf(study: AttributeSet): number {
  const found = /^([0-9]{4})\.?([0-9]{2})\.?([0-9]{2})$/.exec(textOf(study, STUDY_DATE));
  return found === null ? 0 : Number(`${found[1]}${found[2]}${found[3]}`);
}

/** Whether two spellings may be of one patient: neither has another number than the other. */
export function isSamePatient(one: AttributeSet, other: AttributeSet): boolean {
  const [a, b] = [textOf(one, PATIENT_ID), textOf(other, PATIENT_ID)];
  return a === '' || b === '' || a === b;
}

/** Who a patient is, whatever the spelling; without a number each spelling is another one. */
export function identityToken(sealer: Sealer, subject: AttributeSet): number {
  const id = textOf(subject, PATIENT_ID);
  const issuer = textOf(subject, ISSUER);
  return sealer.token('identity', id === '' ? `?${JSON.stringify(subject)}` : `${issuer.length}:${issuer}${id}`);
}

/** Everything a subject is found by. */
export function subjectTokens(sealer: Sealer, subject: AttributeSet): readonly number[] {
  const ids = eachValue(textOf(subject, PATIENT_ID), 'LO').filter((id) => id !== '');
  const prefixes = nameGroups(textOf(subject, PATIENT_NAME)).flatMap(prefixesOf);
  return [
    ...ids.map((id) => sealer.token('patient-id', id)),
    ...[...new Set(prefixes)].map((prefix) => sealer.token('name', prefix)),
  ];
}

function prefixesOf(group: string): readonly string[] {
  const characters = Array.from(group).slice(0, LONGEST_PREFIX);
  return characters.slice(SHORTEST_PREFIX - 1).map((_, index) => characters.slice(0, index + SHORTEST_PREFIX).join(''));
}

/** Everything a study is found by, besides its date and identifiers. */
export function studyTokens(sealer: Sealer, study: AttributeSet): readonly number[] {
  const accessions = eachValue(textOf(study, ACCESSION), 'SH').filter((number) => number !== '');
  return accessions.map((number) => sealer.token('accession', number));
}

/** The token of the longest beginning that a name pattern has; undefined when it is too short. @param beginning literal, not folded. */
export function nameToken(sealer: Sealer, beginning: string): number | undefined {
  const characters = Array.from(folded(beginning)).slice(0, LONGEST_PREFIX);
  return characters.length < SHORTEST_PREFIX ? undefined : sealer.token('name', characters.join(''));
}
