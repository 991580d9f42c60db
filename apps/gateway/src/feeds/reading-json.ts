import type { Coded, DocumentReading, Reading, ReportReading } from '@leadglass/hl7';
import { z } from 'zod';
import { shortText } from '../message-parts.ts';

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
  const value = jsonOf(json);
  const parsed = reading.safeParse(value);
  return parsed.success ? (parsed.data satisfies Reading) : undefined;
}

function jsonOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

export const word = z.string().default('');
// A repetition that is empty is `null` in JSON: it keeps its place.
export const words = z
  .array(z.union([z.string(), z.null().transform(() => '')]))
  .default([])
  .readonly();
export const list = <T extends z.ZodType>(item: T) => z.array(item).max(200_000).default([]).readonly();
const NO_CODE: Coded = { id: '', text: '', system: '', otherId: '', otherText: '', otherSystem: '' };

export const coded = z
  .object({ id: word, text: word, system: word, otherId: word, otherText: word, otherSystem: word })
  .default(NO_CODE);
export const identifier = z.object({ value: word, authority: word, oid: word, type: word });
export const name = z.object({ family: word, given: word, further: word, prefix: word, type: word });

const header = z.object({
  ...{ sendingApplication: word, sendingFacility: word, receivingApplication: word, receivingFacility: word },
  ...{ sentAt: word, type: word, trigger: word, controlId: word, processing: word, version: word },
  ...{ acceptAck: word, applicationAck: word },
});

const patient = z.object({
  identifiers: list(identifier),
  names: list(name),
  ...{ birthDate: word, sex: word, birthPlace: word, birthPlaceCode: word, account: word, diedAt: word },
  reliability: words,
});

const visit = z.object({
  ...{ number: word, class: word, location: word, doctors: words, admittedAt: word, dischargedAt: word },
});

const document = z.object({
  ...{ mediaType: word, title: word, reference: word, id: word, parent: word, type: word, status: word },
  ...{ availability: word, writtenAt: word, author: word },
  bytes: z
    .string()
    .optional()
    .transform((value): Uint8Array | undefined =>
      value === undefined ? undefined : new Uint8Array(Buffer.from(value, 'base64')),
    ),
});

export const order = z.object({
  ...{ control: word, placer: word, filler: word, status: word, priority: word, procedure: coded, accession: word },
  ...{ requestedProcedureId: word, stepId: word, studyInstanceUid: word, section: word, stationAeTitle: word },
  ...{ scheduledAt: word, reason: word, clinicalInformation: word, requester: word, requesterPhone: word },
  notes: words,
});

export const observation = z.object({
  ...{ valueType: word, code: coded, subId: word, values: words, unit: word, range: word, flags: words },
  ...{ status: word, observedAt: word, laboratory: word, responsible: word, method: word, notes: words },
  document: document.optional().transform((value) => value),
});

export const report = z.object({
  ...{ placer: word, filler: word, panel: coded, collectedAt: word, receivedAt: word, issuedAt: word },
  ...{ section: word, status: word, requester: word, specimen: word, parent: word, notes: words },
  observations: list(observation.transform((value) => ({ ...value, document: value.document }))),
});

const part = z.object({
  patient,
  visit: visit.optional(),
  merge: z.object({ from: list(identifier), fromAccount: word }).optional(),
  orders: list(order),
  reports: list(report),
  documents: list(document),
  notes: words,
});

/** What is wrong with a message, as an intake says. */
export const problemSchema = z.object({
  code: z.union(([100, 101, 102, 103, 198, 199, 200, 201, 202, 203, 207] as const).map((code) => z.literal(code))),
  place: z.string().max(200).default(''),
  why: shortText.partial().transform(({ fr = '', en = '' }) => ({ fr, en })),
  isFatal: z.boolean(),
});

const reading = z.object({
  kind: z.enum(['admission', 'merge', 'order', 'schedule', 'result', 'document', 'other']),
  header,
  charset: word,
  patients: list(part).transform((parts) => parts.map((each) => ({ ...each, visit: each.visit, merge: each.merge }))),
  problems: list(problemSchema),
});
