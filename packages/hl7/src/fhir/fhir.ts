import type {
  AllergyReading,
  DocumentReading,
  HeaderReading,
  PatientPart,
  PatientReading,
  Problem,
  Reading,
  VisitReading,
} from '../readings.ts';
import type { OpenReport } from '../report.ts';
import { WHY } from '../why.ts';
import { allergyReading } from './allergy.ts';
import { type Entry, type Resources, resourcesOf } from './bundle.ts';
import { documentReadings } from './document.ts';
import { partyOf, patientReading, referredPatient, visitReading } from './people.ts';
import { loneReport, reportReading } from './report.ts';
import type { FhirMeta, FhirReference } from './shapes.ts';
import { momentOf } from './types.ts';

/** Reads FHIR's JSON and keeps its numbers as they were written (`4.10`), as texts; undefined where it is none. */
export function parseFhir(json: string): unknown {
  const asWritten = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value;
  try {
    return JSON.parse(json, asWritten);
  } catch {
    return undefined;
  }
}

/**
 * What FHIR R4 tells of results: a Bundle (transaction, message, document, collection, batch), or a DiagnosticReport or Observation alone. References lead
 * within what was sent and nowhere else. Never throws.
 * @param value of `parseFhir`, or of any reader of JSON, which then decides how numbers look.
 */
export function readFhir(
  value: unknown,
): readonly Reading[] | { readonly kind: 'unreadable'; readonly problems: readonly Problem[] } {
  const resources = resourcesOf(value);
  if (!('problems' in resources)) return { kind: 'unreadable', problems: resources };
  const patients = partsOf(resources);
  return [
    {
      kind: kindOf(patients, resources),
      header: headerOf(resources),
      charset: 'UNICODE UTF-8',
      patients,
      problems: resources.problems.list,
    },
  ];
}

/** A document where nothing but documents came; what else of it can be acted on is told as results are. */
function kindOf(patients: readonly PatientPart[], resources: Resources): Reading['kind'] {
  const isTold = patients.some(({ reports, allergies }) => reports.length > 0 || allergies.length > 0);
  if (isTold || hasFatal(resources)) return 'result';
  return patients.some(({ documents }) => documents.length > 0) ? 'document' : 'other';
}

function hasFatal({ problems }: Resources): boolean {
  return problems.list.some(({ isFatal }) => isFatal);
}

interface OpenPart extends PatientPart {
  visit: VisitReading | undefined;
  readonly reports: OpenReport[];
  readonly documents: DocumentReading[];
  readonly allergies: AllergyReading[];
}

/** Patients by where they were found, or by what a reference says of them. */
class Parts {
  readonly #resources: Resources;
  readonly #parts = new Map<Entry | string, OpenPart>();

  constructor(resources: Resources) {
    this.#resources = resources;
    for (const entry of resources.of('Patient')) this.#open(entry, patientReading(entry.resource));
  }

  get all(): readonly OpenPart[] {
    return [...this.#parts.values()];
  }

  /** Adds a report to whom it is about. */
  add(report: OpenReport, subject: FhirReference | undefined, encounter: FhirReference | undefined, from: Entry): void {
    this.about(subject, encounter, from)?.reports.push(report);
  }

  /** Whom something is about; told where nothing says that. */
  about(
    subject: FhirReference | undefined,
    encounter: FhirReference | undefined,
    from: Entry,
    field = 'subject',
  ): OpenPart | undefined {
    const part = this.#partOf(subject, from);
    if (part === undefined) this.#resources.problems.fatal(101, `${from.place}.${field}`, 0, WHY.noSubject);
    const visit = this.#resources.resolveTo('Encounter', encounter, from);
    if (part !== undefined && visit !== undefined) part.visit = visitReading(visit);
    return part;
  }

  #partOf(subject: FhirReference | undefined, from: Entry): OpenPart | undefined {
    if (subject === undefined) return undefined;
    const entry = this.#resources.resolveTo('Patient', subject, from);
    if (entry !== undefined) return this.#parts.get(entry) ?? this.#open(entry, patientReading(entry.resource));
    const patient = referredPatient(subject);
    if (patient.identifiers.length === 0) return undefined;
    const key = JSON.stringify(patient);
    return this.#parts.get(key) ?? this.#open(key, patient);
  }

  #open(key: Entry | string, patient: PatientReading): OpenPart {
    const part = {
      patient,
      visit: undefined,
      merge: undefined,
      orders: [],
      reports: [],
      documents: [],
      allergies: [],
      notes: [],
    };
    this.#parts.set(key, part);
    return part;
  }
}

function partsOf(resources: Resources): readonly PatientPart[] {
  const parts = new Parts(resources);
  const seen = new Set<Entry>();
  for (const entry of resources.of('DiagnosticReport')) {
    const { subject, encounter } = entry.resource;
    parts.add(reportReading(entry, resources, seen), subject, encounter, entry);
  }
  for (const entry of resources.of('Observation')) {
    if (seen.has(entry)) continue;
    parts.add(loneReport(entry, resources), entry.resource.subject, entry.resource.encounter, entry);
  }
  for (const entry of resources.of('AllergyIntolerance')) {
    const { patient, encounter } = entry.resource;
    parts.about(patient, encounter, entry, 'patient')?.allergies.push(allergyReading(entry.resource));
  }
  for (const entry of resources.of('DocumentReference')) {
    const { subject, context } = entry.resource;
    parts.about(subject, context?.encounter?.[0], entry)?.documents.push(...documentReadings(entry, resources));
  }
  return parts.all;
}

/** MessageHeader or Composition and the Bundle around it, as MSH has it. */
function headerOf(resources: Resources): HeaderReading {
  const { bundle } = resources;
  const message = resources.of('MessageHeader')[0];
  const document = resources.of('Composition')[0];
  const { source, destination, eventCoding, sender } = message?.resource ?? {};
  const facility =
    message === undefined
      ? document && partyOf(document.resource.custodian, document, resources)
      : partyOf(sender, message, resources);
  return {
    sendingApplication: source?.name || (source?.endpoint ?? ''),
    sendingFacility: facility?.words ?? '',
    receivingApplication: destination?.[0]?.name || (destination?.[0]?.endpoint ?? ''),
    receivingFacility: '',
    sentAt: momentOf(bundle?.timestamp ?? bundle?.meta?.lastUpdated ?? document?.resource.date),
    type: 'FHIR',
    trigger: eventCoding?.code ?? bundle?.type ?? '',
    controlId: bundle?.identifier?.value ?? bundle?.id ?? '',
    processing:
      isTest(bundle?.meta) || TOLD.some((type) => resources.of(type).some(({ resource }) => isTest(resource.meta)))
        ? 'T'
        : 'P',
    version: '4.0',
    acceptAck: '',
    applicationAck: '',
  };
}

/** Resources that tell something by themselves. */
const TOLD = ['DiagnosticReport', 'AllergyIntolerance', 'DocumentReference'] as const;

function isTest(meta: FhirMeta | undefined): boolean {
  return [...(meta?.tag ?? []), ...(meta?.security ?? [])].some(({ code }) => code === 'HTEST');
}
