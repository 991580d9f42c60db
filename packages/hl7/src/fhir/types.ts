import type { Coded, Identifier, PersonName } from '../readings.ts';
import type { FhirConcept, FhirIdentifier, FhirName, FhirRange } from './shapes.ts';

/** What a FHIR dateTime is in version 2: the same without hyphens, colons and `T`; what is no dateTime stays. */
export function momentOf(time: string | undefined): string {
  const found = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?(Z|[+-]\d\d:\d\d)?)?$/.exec(
    time ?? '',
  );
  if (found === null) return time ?? '';
  const zone = found[7] === 'Z' ? '+0000' : (found[7] ?? '').replace(':', '');
  return [...found.slice(1, 7).map((part) => part ?? ''), zone].join('');
}

/** Names of code systems in table 0396. */
const SYSTEM_NAMES: ReadonlyMap<string, string> = new Map([
  ['http://loinc.org', 'LN'],
  ['http://snomed.info/sct', 'SCT'],
  ['http://unitsofmeasure.org', 'UCUM'],
]);

function systemName(system: string | undefined): string {
  return SYSTEM_NAMES.get(system ?? '') ?? system ?? '';
}

/** CodeableConcept: its first two codings, its text before theirs. */
export function codedConcept(concept: FhirConcept | undefined): Coded {
  const [first, second] = concept?.coding ?? [];
  return {
    id: first?.code ?? '',
    text: concept?.text || (first?.display ?? ''),
    system: systemName(first?.system),
    otherId: second?.code ?? '',
    otherText: second?.display ?? '',
    otherSystem: systemName(second?.system),
  };
}

/** What a person reads of a CodeableConcept. */
export function conceptWords(concept: FhirConcept | undefined): string {
  const coded = codedConcept(concept);
  return coded.text || coded.otherText || coded.id;
}

/** The first code of a CodeableConcept, else its text. */
export function conceptCode(concept: FhirConcept | undefined): string {
  return concept?.coding?.find(({ code }) => code !== undefined)?.code ?? concept?.text ?? '';
}

const URN_OID = 'urn:oid:';

/** Identifier: a system that is an OID as CX-4.2, any other as the authority. */
export function identifierReading(identifier: FhirIdentifier): Identifier {
  const { system = '', value = '', assigner, type } = identifier;
  const isOid = system.startsWith(URN_OID);
  return {
    value,
    authority: assigner?.display ?? (isOid ? '' : system),
    oid: isOid ? system.slice(URN_OID.length) : '',
    type: conceptCode(type),
  };
}

/** The identifiers that have a value. */
export function identifierReadings(identifiers: readonly FhirIdentifier[] | undefined): readonly Identifier[] {
  return (identifiers ?? []).map(identifierReading).filter(({ value }) => value !== '');
}

/** The value of the identifier of a type (table 0203), '' where there is none. */
export function typedValue(identifiers: readonly FhirIdentifier[] | undefined, type: string): string {
  return identifierReadings(identifiers).find((identifier) => identifier.type === type)?.value ?? '';
}

/** Table 0200 where a use means the same; else the use. */
const NAME_TYPES: ReadonlyMap<string, string> = new Map([
  ['official', 'L'],
  ['usual', 'D'],
  ['maiden', 'M'],
  ['nickname', 'N'],
]);

/** HumanName; one that has nothing but a text has it as family name. */
export function nameReading({ use = '', text = '', family, given = [], prefix = [] }: FhirName): PersonName {
  const isTextAlone = family === undefined && given.length === 0;
  return {
    family: isTextAlone ? text : (family ?? ''),
    given: given[0] ?? '',
    further: given.slice(1).join(' '),
    prefix: prefix.join(' '),
    type: NAME_TYPES.get(use) ?? use,
  };
}

/** What a person reads of a name. */
export function nameWords(name: FhirName | undefined): string {
  if (name === undefined) return '';
  const { family, given, prefix } = nameReading(name);
  return [prefix, given, family].filter((part) => part !== '').join(' ');
}

/** Bounds of a Range as a person reads them. */
export function rangeWords({ low, high }: FhirRange): string {
  if (low?.value !== undefined && high?.value !== undefined) return `${low.value} - ${high.value}`;
  if (low?.value !== undefined) return `>= ${low.value}`;
  return high?.value === undefined ? '' : `<= ${high.value}`;
}
