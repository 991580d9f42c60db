import { NO_PATIENT } from '../patient.ts';
import type { PatientReading, VisitReading } from '../readings.ts';
import type { Entry, Resources } from './bundle.ts';
import type { FhirReference, ResourceOf } from './shapes.ts';
import { identifierReading, identifierReadings, momentOf, nameReading, nameWords } from './types.ts';

const SEX: ReadonlyMap<string, string> = new Map([
  ['male', 'M'],
  ['female', 'F'],
  ['other', 'O'],
  ['unknown', 'U'],
]);

/** Table 0004 where an encounter's class means the same; else the class. */
const VISIT_CLASS: ReadonlyMap<string, string> = new Map([
  ['EMER', 'E'],
  ['IMP', 'I'],
  ['AMB', 'O'],
  ['PRENC', 'P'],
]);

/** Patient, with the birthplace and the identity's status where the French profiles put them. */
export function patientReading(patient: ResourceOf<'Patient'>): PatientReading {
  const place = patient.extension?.find(({ url }) => isNamed(url, 'patient-birthPlace'))?.valueAddress;
  const insee = place?.extension?.find(({ url }) => isNamed(url, 'fr-core-address-insee-code'));
  const status = patient.extension?.find(({ url }) => isNamed(url, 'fr-core-identity-reliability'))?.extension ?? [];
  return {
    identifiers: identifierReadings(patient.identifier),
    names: (patient.name ?? []).map(nameReading),
    birthDate: momentOf(patient.birthDate),
    sex: SEX.get(patient.gender ?? '') ?? patient.gender ?? '',
    birthPlace: place?.text ?? place?.city ?? '',
    birthPlaceCode: insee?.valueCoding?.code ?? insee?.valueCode ?? insee?.valueString ?? '',
    account: '',
    diedAt: momentOf(patient.deceasedDateTime),
    reliability: status.map(({ valueCoding }) => valueCoding?.code ?? '').filter((code) => code !== ''),
  };
}

function isNamed(url: string | undefined, name: string): boolean {
  return url === name || url?.endsWith(`/${name}`) === true;
}

/** Whom a subject means that is not among the resources: by identifier and by the name to display. */
export function referredPatient({ identifier, display = '' }: FhirReference): PatientReading {
  return {
    ...NO_PATIENT,
    identifiers: identifierReadings(identifier === undefined ? [] : [identifier]),
    names: display === '' ? [] : [{ family: display, given: '', further: '', prefix: '', type: 'D' }],
  };
}

/** Encounter. */
export function visitReading(entry: Entry & { readonly resource: ResourceOf<'Encounter'> }): VisitReading {
  const { identifier, class: kind, location, participant, period } = entry.resource;
  const doctors = (participant ?? []).map(({ individual }) => individual?.display ?? '');
  return {
    number: identifierReadings(identifier)[0]?.value ?? '',
    class: VISIT_CLASS.get(kind?.code ?? '') ?? kind?.code ?? '',
    location: location?.[0]?.location?.display ?? '',
    doctors: doctors.filter((doctor) => doctor !== ''),
    admittedAt: momentOf(period?.start),
    dischargedAt: momentOf(period?.end),
  };
}

/** Who or what a reference means, as a person reads it. */
export interface Party {
  readonly words: string;
  readonly isPerson: boolean;
}

/** An organization or a practitioner; where a role is given, its practitioner. */
export function partyOf(reference: FhirReference | undefined, from: Entry, resources: Resources): Party {
  const resource = resources.resolve(reference, from)?.resource;
  const display = reference?.display ?? '';
  if (resource?.resourceType === 'PractitionerRole') return roleOf(resource, display, from, resources);
  if (resource?.resourceType === 'Organization') return { words: resource.name || display, isPerson: false };
  if (resource?.resourceType === 'Practitioner')
    return { words: nameWords(resource.name?.[0]) || display, isPerson: true };
  const number = reference?.identifier === undefined ? '' : identifierReading(reference.identifier).value;
  const isPerson = /\bPractitioner/.test(reference?.type ?? reference?.reference ?? '');
  return { words: display || number, isPerson };
}

function roleOf(role: ResourceOf<'PractitionerRole'>, display: string, from: Entry, resources: Resources): Party {
  const practitioner = resources.resolveTo('Practitioner', role.practitioner, from)?.resource;
  const words = nameWords(practitioner?.name?.[0]) || role.practitioner?.display || display;
  return { words, isPerson: true };
}
