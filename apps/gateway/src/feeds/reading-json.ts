import type {
  AllergyReading,
  Coded,
  DocumentReading,
  HeaderReading,
  Identifier,
  MergeReading,
  ObservationReading,
  OrderReading,
  PatientPart,
  PatientReading,
  PersonName,
  Problem,
  Reading,
  ReportReading,
  VisitReading,
} from '@leadglass/hl7';
import type { Text } from '@leadglass/kit';
import { z } from 'zod';
import { shortText } from '../message-parts.ts';
import { flag, isShapeless, list, oneOf, optional, orEmpty, record, type Shape, word, words } from './shape.ts';

/*
 * A reading on its way from the sandbox to the charts. What was not sent is not written: most of a reading is empty. The keeper seals it unread
 * and checks all of it when it is entered, as anything that an intake says.
 */

/** A reading as JSON, without what is empty; documents in base64. */
export function readingJson(reading: Reading): string {
  const patients = reading.patients.map((part) => ({
    ...part,
    documents: part.documents.map(inBase64),
    reports: part.reports.map(withDocuments),
  }));
  return JSON.stringify({ ...reading, patients }, (_key, value: unknown) => {
    if (value === '') return undefined;
    return Array.isArray(value) && value.length === 0 ? undefined : value;
  });
}

function withDocuments(report: ReportReading): object {
  if (report.observations.every((each) => each.document === undefined)) return report;
  const observations = report.observations.map((each) =>
    each.document === undefined ? each : { ...each, document: inBase64(each.document) },
  );
  return { ...report, observations };
}

// Before it is written: bytes by themselves would be written number by number.
function inBase64({ bytes, ...document }: DocumentReading): object {
  if (bytes === undefined) return document;
  return { ...document, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64') };
}

/** The reading that was written so; undefined when it is none. */
export function parseReading(json: string): Reading | undefined {
  try {
    return reading(JSON.parse(json));
  } catch (thrown) {
    if (thrown instanceof SyntaxError || isShapeless(thrown)) return undefined;
    throw thrown;
  }
}

const MOST = 200_000;
export const text = word();
export const texts = words(MOST);
export const many = <T>(shape: Shape<T>): Shape<readonly T[]> => list(shape, MOST);

const coded = orEmpty(
  record<Coded>({ ...{ id: text, text, system: text }, ...{ otherId: text, otherText: text, otherSystem: text } }),
);
export const identifier = record<Identifier>({ value: text, authority: text, oid: text, type: text });
export const name = record<PersonName>({ family: text, given: text, further: text, prefix: text, type: text });

const header = record<HeaderReading>({
  ...{ sendingApplication: text, sendingFacility: text, receivingApplication: text, receivingFacility: text },
  ...{ sentAt: text, type: text, trigger: text, controlId: text, processing: text, version: text },
  ...{ acceptAck: text, applicationAck: text },
});

const patient = record<PatientReading>({
  ...{ identifiers: many(identifier), names: many(name) },
  ...{ birthDate: text, sex: text, birthPlace: text, birthPlaceCode: text, account: text, diedAt: text },
  reliability: texts,
});

const visit = record<VisitReading>({
  ...{ number: text, class: text, location: text, doctors: texts, admittedAt: text, dischargedAt: text },
});

const bytes: Shape<Uint8Array> = (value) => new Uint8Array(Buffer.from(text(value), 'base64'));

const document = record<DocumentReading>({
  ...{ mediaType: text, title: text, bytes: optional(bytes), reference: text, id: text, parent: text, type: text },
  ...{ status: text, availability: text, writtenAt: text, author: text },
});

export const order = record<OrderReading>({
  ...{ control: text, placer: text, filler: text, status: text, priority: text, procedure: coded, accession: text },
  ...{ requestedProcedureId: text, stepId: text, studyInstanceUid: text, section: text, stationAeTitle: text },
  ...{ scheduledAt: text, reason: text, clinicalInformation: text, requester: text, requesterPhone: text },
  notes: texts,
});

/** What an observation has besides a document. */
export const OBSERVATION = {
  ...{ valueType: text, code: coded, subId: text, values: texts, unit: text, range: text, flags: texts },
  ...{ status: text, observedAt: text, laboratory: text, responsible: text, method: text, notes: texts },
};
const observation = record<ObservationReading>({ ...OBSERVATION, document: optional(document) });

/** What a report has besides its observations. */
export const REPORT = {
  ...{ placer: text, filler: text, panel: coded, collectedAt: text, receivedAt: text, issuedAt: text },
  ...{ section: text, status: text, requester: text, specimen: text, parent: text, notes: texts },
};
const report = record<ReportReading>({ ...REPORT, observations: many(observation) });

export const allergy = record<AllergyReading>({
  source: oneOf('AL1', 'IAM', 'FHIR'),
  ...{ action: text, number: text, kind: coded, code: coded, severity: coded, reactions: texts },
  ...{ identifiedAt: text, sensitivity: text, status: texts, notes: texts },
});

const part = record<PatientPart>({
  ...{ patient, visit: optional(visit) },
  merge: optional(record<MergeReading>({ from: many(identifier), fromAccount: text })),
  ...{ orders: many(order), reports: many(report), documents: many(document), allergies: many(allergy), notes: texts },
});

const PROBLEM_CODES = [100, 101, 102, 103, 198, 199, 200, 201, 202, 203, 207] as const;

const problem = record<Problem>({
  ...{ code: oneOf(...PROBLEM_CODES), place: word(200), isFatal: flag },
  why: record<Text>({ fr: word(1000), en: word(1000) }),
});

const reading = record<Reading>({
  kind: oneOf('admission', 'merge', 'order', 'schedule', 'result', 'document', 'other'),
  ...{ header, charset: text, patients: many(part), problems: many(problem) },
});

/** What is wrong with a message, as an intake says. */
export const problemSchema = z.object({
  code: z.union(PROBLEM_CODES.map((code) => z.literal(code))),
  place: z.string().max(200).default(''),
  why: shortText.partial().transform(({ fr = '', en = '' }) => ({ fr, en })),
  isFatal: z.boolean(),
});
