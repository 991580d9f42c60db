import { Facts } from '../facts.testkit.ts';
import type { SeededRandom } from '../random.testkit.ts';
import type { Coded, Identifier, ObservationReading, PatientPart, PatientReading, ReportReading } from '../readings.ts';

/** A generated Bundle and what reading it must give. */
export interface GeneratedBundle {
  readonly value: unknown;
  readonly patients: readonly PatientPart[];
}

type Json = Readonly<Record<string, unknown>>;

const OBSERVATION_STATUS = new Map(
  Object.entries({ F: 'final', P: 'preliminary', C: 'corrected', A: 'amended', X: 'cancelled' }),
);
const REPORT_STATUS = new Map(
  Object.entries({ F: 'final', P: 'preliminary', C: 'corrected', R: 'partial', X: 'cancelled' }),
);
const GENDER = new Map(Object.entries({ F: 'female', M: 'male', O: 'other', U: 'unknown' }));

/** Writes nouns as FHIR R4, independently of how they are read. */
class BundleWriter {
  readonly entries: Json[] = [];
  #count = 0;

  add(resource: Json): string {
    this.#count += 1;
    const fullUrl = `urn:uuid:00000000-0000-4000-8000-${String(this.#count).padStart(12, '0')}`;
    this.entries.push({ fullUrl, resource, request: { method: 'POST', url: resource.resourceType } });
    return fullUrl;
  }

  part(part: PatientPart): void {
    const subject = { reference: this.add(patient(part.patient)) };
    for (const report of part.reports) this.#report(report, subject);
  }

  #report(report: ReportReading, subject: Json): void {
    const result = report.observations
      .filter(({ document }) => document === undefined)
      .map((found) => ({ reference: this.add(observation(found, subject)) }));
    const presentedForm = report.observations.filter(({ document }) => document !== undefined).map(attachment);
    this.add({
      resourceType: 'DiagnosticReport',
      identifier: [
        ...(report.placer === '' ? [] : [{ type: { coding: [{ code: 'PLAC' }] }, value: report.placer }]),
        { type: { coding: [{ code: 'FILL' }] }, value: report.filler },
      ],
      status: REPORT_STATUS.get(report.status) ?? report.status,
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: report.section }] }],
      code: concept(report.panel),
      subject,
      effectiveDateTime: iso(report.collectedAt),
      issued: report.issuedAt === '' ? undefined : iso(report.issuedAt),
      result,
      conclusion: report.notes[0],
      presentedForm,
    });
  }
}

function iso(moment: string): string {
  const [, year, month, day, hour, minute, second, fraction, zone] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(?:(\d\d)(\.\d+)?)?)?([+-]\d{4})?$/.exec(moment) ?? [];
  const seconds = second === undefined ? '' : `:${second}${fraction ?? ''}`;
  const time = hour === undefined ? '' : `T${hour}:${minute}${seconds}`;
  return `${year}-${month}-${day}${time}${zone === undefined ? '' : `${zone.slice(0, 3)}:${zone.slice(3)}`}`;
}

function concept({ id, text, otherId, otherText, otherSystem }: Coded): Json {
  const second = otherId === '' ? [] : [{ system: otherSystem, code: otherId, display: otherText }];
  return { coding: [{ system: 'http://loinc.org', code: id, display: text }, ...second], text };
}

function identifier({ value, authority, oid, type }: Identifier): Json {
  return { type: { coding: [{ code: type }] }, system: `urn:oid:${oid}`, value, assigner: { display: authority } };
}

function patient(reading: PatientReading): Json {
  return {
    resourceType: 'Patient',
    identifier: reading.identifiers.map(identifier),
    name: reading.names.map(({ family, given, further, prefix }) => ({
      use: 'official',
      family,
      given: [given, further].filter((part) => part !== ''),
      ...(prefix === '' ? {} : { prefix: [prefix] }),
    })),
    birthDate: iso(reading.birthDate),
    gender: GENDER.get(reading.sex),
  };
}

function observation(reading: ObservationReading, subject: Json): Json {
  return {
    resourceType: 'Observation',
    status: OBSERVATION_STATUS.get(reading.status),
    code: concept(reading.code),
    subject,
    effectiveDateTime: reading.observedAt === '' ? undefined : iso(reading.observedAt),
    ...value(reading),
    interpretation: reading.flags.map((code) => ({ coding: [{ code }] })),
    referenceRange: reading.range === '' ? undefined : [{ text: reading.range }],
    performer: [
      ...(reading.laboratory === '' ? [] : [{ reference: 'Organization/none', display: reading.laboratory }]),
      ...(reading.responsible === '' ? [] : [{ type: 'Practitioner', display: reading.responsible }]),
    ],
    method: reading.method === '' ? undefined : { text: reading.method },
    note: reading.notes.map((text) => ({ text })),
  };
}

function value({ valueType, values, unit }: ObservationReading): Json {
  const [first = ''] = values;
  if (valueType === 'ST') return { valueString: first };
  if (valueType === 'CWE') return { valueCodeableConcept: { text: first } };
  const [, comparator, number] = /^([<>]=?)?(.*)$/.exec(first) ?? [];
  return { valueQuantity: { comparator, value: Number(number), unit } };
}

function attachment({ document }: ObservationReading): Json {
  const data = Buffer.from(document?.bytes ?? []).toString('base64');
  return { contentType: document?.mediaType, title: document?.title, data };
}

/** Facts that FHIR can say, as it says them. */
function sayable(report: ReportReading): ReportReading {
  const observations = report.observations.map((found, index) => observable(found, index));
  const files = observations.filter(({ document }) => document !== undefined);
  return {
    ...report,
    receivedAt: '',
    requester: '',
    specimen: '',
    parent: '',
    notes: report.notes.slice(0, 1),
    observations: [
      ...observations.filter(({ document }) => document === undefined),
      ...files.map((found) => ({
        ...found,
        code: report.panel,
        status: report.status,
        observedAt: report.collectedAt,
      })),
    ],
  };
}

function observable(found: ObservationReading, index: number): ObservationReading {
  const common = { ...found, subId: '', notes: found.notes.filter((note) => note !== '') };
  if (found.document !== undefined)
    return {
      ...common,
      notes: [],
      laboratory: '',
      responsible: '',
      method: '',
      valueType: 'ED',
      document: { ...found.document, title: 'CR' },
    };
  if (found.valueType === 'NM' || found.valueType === 'SN')
    return {
      ...common,
      values: found.values.map((sent) =>
        sent.replace(/^([<>]=?)?(.*)$/, (_, sign = '', number) => sign + Number(number.replace(',', '.'))),
      ),
    };
  const valueType = found.valueType === 'CWE' || found.valueType === 'CE' ? 'CWE' : 'ST';
  return { ...common, valueType, values: [found.values[0] ?? `value ${index}`], unit: '' };
}

/** Any Bundle of reports about one to three patients. */
export function randomBundle(random: SeededRandom): GeneratedBundle {
  const facts = new Facts(random, { has: () => true });
  const parts = random.list(1, 3, () => {
    const { patient: whole, ...part } = facts.part(false);
    const identifiers = whole.identifiers.filter(({ oid }) => oid !== '');
    const known = {
      ...whole,
      identifiers,
      names: whole.names.map((name) => ({ ...name, type: 'L' })),
      sex: whole.sex || 'U',
    };
    const said = { ...known, birthPlace: '', birthPlaceCode: '', account: '', diedAt: '', reliability: [] };
    return { ...part, patient: said, notes: [], reports: random.list(1, 3, () => sayable(facts.report())) };
  });
  const writer = new BundleWriter();
  for (const part of parts) writer.part(part);
  const type = random.pick(['transaction', 'batch', 'collection', 'message', 'document']);
  const entry = random.chance(2) ? writer.entries : [...writer.entries].sort(byTypeLast);
  return { value: { resourceType: 'Bundle', type, entry }, patients: parts };
}

/** Patients where they were, in their order, and all else before them. */
function byTypeLast(a: Json, b: Json): number {
  const isPatient = (entry: Json) => ((entry.resource as Json).resourceType === 'Patient' ? 1 : 0);
  return isPatient(a) - isPatient(b);
}
