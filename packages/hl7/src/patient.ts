import { identifiersOf, locationText, personNameOf, personText } from './fields.ts';
import type { Problems } from './problems.ts';
import type { Identifier, MergeReading, PatientReading, PersonName, VisitReading } from './readings.ts';
import { componentOf, type Segment } from './segment.ts';
import { WHY } from './why.ts';

/** Signs that no name of a person is made of: markup, code, commands. */
const ODD = /[<>=;{}$`]|--|\/\*/;

/** A patient of whom nothing is known. */
export const NO_PATIENT: PatientReading = {
  identifiers: [],
  names: [],
  birthDate: '',
  sex: '',
  birthPlace: '',
  birthPlaceCode: '',
  account: '',
  diedAt: '',
  reliability: [],
};

/** PID (v2.5.1 §3.4.2). Identifiers are those of PID-3, then what older senders put into PID-2 and PID-4. */
export function patientOf(pid: Segment, problems: Problems): PatientReading {
  const patient = {
    identifiers: allIdentifiersOf(pid),
    names: namesOf(pid, 5),
    birthDate: pid.component(7, 1),
    sex: pid.component(8, 1),
    birthPlace: pid.text(23),
    birthPlaceCode: birthPlaceCodeOf(pid),
    account: pid.component(18, 1),
    diedAt: pid.component(29, 1),
    reliability: pid.repetitions(32).map((raw) => componentOf(raw, 1, pid.dialect)),
  };
  const mayBeOdd = pid.dialect.hasEscapes || ODD.test(pid.raw(5));
  if (mayBeOdd && patient.names.some(isOdd)) problems.tell(102, pid, 5, WHY.oddName);
  return patient;
}

function namesOf(segment: Segment, n: number): readonly PersonName[] {
  return segment
    .repetitions(n)
    .map((raw) => personNameOf(raw, segment.dialect))
    .filter(({ family, given, further }) => family !== '' || given !== '' || further !== '');
}

function isOdd({ family, given, further, prefix }: PersonName): boolean {
  return ODD.test(family) || ODD.test(given) || ODD.test(further) || ODD.test(prefix);
}

function allIdentifiersOf(pid: Segment): readonly Identifier[] {
  const identifiers = identifiersOf(pid, 3);
  if (!pid.has(2) && !pid.has(4)) return identifiers;
  return distinct([...identifiers, ...identifiersOf(pid, 2), ...identifiersOf(pid, 4)]);
}

function distinct(identifiers: readonly Identifier[]): readonly Identifier[] {
  const seen = new Set<string>();
  return identifiers.filter(({ value, authority, oid, type }) => {
    const key = [value, authority, oid, type].join('\0');
    return !seen.has(key) && seen.add(key);
  });
}

/** French PAM: an address of type `BDL` has the INSEE code of the birthplace as its county (XAD-9). */
function birthPlaceCodeOf(pid: Segment): string {
  const { dialect } = pid;
  const place = pid.repetitions(11).find((raw) => componentOf(raw, 7, dialect) === 'BDL');
  return place === undefined ? '' : componentOf(place, 9, dialect);
}

/** PV1 (v2.5.1 §3.4.3). */
export function visitOf(pv1: Segment): VisitReading {
  const doctors = [7, 8, 9, 17].map((n) => personText(pv1, n)).filter((name) => name !== '');
  return {
    number: pv1.component(19, 1),
    class: pv1.component(2, 1),
    location: locationText(pv1, 3),
    doctors: [...new Set(doctors)],
    admittedAt: pv1.component(44, 1),
    dischargedAt: pv1.component(45, 1),
  };
}

/** MRG (v2.5.1 §3.4.9); version 2.2 and some of 2.3 have the number in MRG-4. */
export function mergeOf(mrg: Segment): MergeReading {
  const from = identifiersOf(mrg, 1);
  return { from: from.length > 0 ? from : identifiersOf(mrg, 4), fromAccount: mrg.component(3, 1) };
}
