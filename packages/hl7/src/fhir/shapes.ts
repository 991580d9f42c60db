import { z } from 'zod';

/*
 * The parts of FHIR R4 that are read: what else a resource holds is passed over, what is here has the type that the standard gives it.
 */

const MOST_WORD = 4096;
const MOST_TEXT = 1024 * 1024;
const MOST_DATA = 20 * 1024 * 1024;
const MOST_ITEMS = 10_000;
const MOST_FEW = 200;

const word = z.string().max(MOST_WORD).optional();
const prose = z.string().max(MOST_TEXT).optional();
/** As it was written where `parseFhir` read it. */
const decimal = z
  .union([z.number(), z.string().regex(/^-?\d[\d.eE+-]{0,60}$/)])
  .transform(String)
  .optional();

const few = <T extends z.ZodType>(of: T) => z.array(of).max(MOST_FEW).optional();
const many = <T extends z.ZodType>(of: T) => z.array(of).max(MOST_ITEMS).optional();

const Coding = z.object({ system: word, code: word, display: word });
const CodeableConcept = z.object({ coding: few(Coding), text: prose });
const Period = z.object({ start: word, end: word });
const Quantity = z.object({ value: decimal, comparator: word, unit: word, code: word, system: word });
const Identifier = z.object({
  use: word,
  type: CodeableConcept.optional(),
  system: word,
  value: word,
  assigner: z.object({ display: word }).optional(),
});
const Reference = z.object({ reference: word, type: word, identifier: Identifier.optional(), display: word });
const Attachment = z.object({
  contentType: word,
  data: z.string().max(MOST_DATA).optional(),
  url: word,
  title: word,
  creation: word,
});
const HumanName = z.object({ use: word, text: word, family: word, given: few(z.string()), prefix: few(z.string()) });
const Annotation = z.object({ text: prose });
const Meta = z.object({ lastUpdated: word, tag: few(Coding), security: few(Coding) });
const InnerExtension = z.object({ url: word, valueCoding: Coding.optional(), valueCode: word, valueString: word });
const Extension = z.object({
  url: word,
  extension: few(InnerExtension),
  valueAttachment: Attachment.optional(),
  valueAddress: z.object({ text: word, city: word, extension: few(InnerExtension) }).optional(),
});
const Range = z.object({ low: Quantity.optional(), high: Quantity.optional() });
const ReferenceRange = Range.extend({ text: prose });

/** Value[x] of an Observation and of its components. */
const valued = {
  valueQuantity: Quantity.optional(),
  valueString: prose,
  valueCodeableConcept: CodeableConcept.optional(),
  valueBoolean: z.boolean().optional(),
  valueInteger: decimal,
  valueRange: Range.optional(),
  valueRatio: z.object({ numerator: Quantity.optional(), denominator: Quantity.optional() }).optional(),
  valueTime: word,
  valueDateTime: word,
  valuePeriod: Period.optional(),
  dataAbsentReason: CodeableConcept.optional(),
  interpretation: few(CodeableConcept),
  referenceRange: few(ReferenceRange),
} as const;

/** Every resource: what it is, its id, and the resources it contains (not read further here). */
const Base = z.object({ id: word, meta: Meta.optional(), contained: few(z.unknown()), extension: few(Extension) });
const resource = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  Base.extend({ resourceType: z.literal(type), ...shape });

const Patient = resource('Patient', {
  identifier: few(Identifier),
  name: few(HumanName),
  birthDate: word,
  gender: word,
  deceasedDateTime: word,
});

const Encounter = resource('Encounter', {
  identifier: few(Identifier),
  class: Coding.optional(),
  period: Period.optional(),
  location: few(z.object({ location: Reference.optional() })),
  participant: few(z.object({ individual: Reference.optional() })),
});

const Observation = resource('Observation', {
  identifier: few(Identifier),
  status: word,
  code: CodeableConcept,
  subject: Reference.optional(),
  encounter: Reference.optional(),
  effectiveDateTime: word,
  effectiveInstant: word,
  effectivePeriod: Period.optional(),
  issued: word,
  performer: few(Reference),
  ...valued,
  note: few(Annotation),
  method: CodeableConcept.optional(),
  specimen: Reference.optional(),
  basedOn: few(Reference),
  hasMember: many(Reference),
  component: many(z.object({ code: CodeableConcept, ...valued })),
});

const DiagnosticReport = resource('DiagnosticReport', {
  identifier: few(Identifier),
  basedOn: few(Reference),
  status: word,
  category: few(CodeableConcept),
  code: CodeableConcept,
  subject: Reference.optional(),
  encounter: Reference.optional(),
  effectiveDateTime: word,
  effectivePeriod: Period.optional(),
  issued: word,
  performer: few(Reference),
  resultsInterpreter: few(Reference),
  specimen: few(Reference),
  result: many(Reference),
  conclusion: prose,
  presentedForm: few(Attachment),
});

const ServiceRequest = resource('ServiceRequest', {
  identifier: few(Identifier),
  requester: Reference.optional(),
  code: CodeableConcept.optional(),
});
const Specimen = resource('Specimen', { type: CodeableConcept.optional(), receivedTime: word });
const Organization = resource('Organization', { name: word, identifier: few(Identifier) });
const Practitioner = resource('Practitioner', { name: few(HumanName), identifier: few(Identifier) });
const PractitionerRole = resource('PractitionerRole', {
  practitioner: Reference.optional(),
  organization: Reference.optional(),
});
const Binary = resource('Binary', { contentType: word, data: z.string().max(MOST_DATA).optional() });
const MessageHeader = resource('MessageHeader', {
  eventCoding: Coding.optional(),
  source: z.object({ name: word, endpoint: word }).optional(),
  sender: Reference.optional(),
  destination: few(z.object({ name: word, endpoint: word })),
});
/** What is told of an allergy, an intolerance, or that none is known. */
const AllergyIntolerance = resource('AllergyIntolerance', {
  identifier: few(Identifier),
  clinicalStatus: CodeableConcept.optional(),
  verificationStatus: CodeableConcept.optional(),
  type: word,
  category: few(z.string().max(MOST_WORD)),
  criticality: word,
  code: CodeableConcept.optional(),
  patient: Reference.optional(),
  encounter: Reference.optional(),
  onsetDateTime: word,
  onsetString: word,
  recordedDate: word,
  reaction: few(
    z.object({
      substance: CodeableConcept.optional(),
      manifestation: few(CodeableConcept),
      description: prose,
      severity: word,
    }),
  ),
  note: few(Annotation),
});
const DocumentReference = resource('DocumentReference', {
  masterIdentifier: Identifier.optional(),
  identifier: few(Identifier),
  status: word,
  docStatus: word,
  type: CodeableConcept.optional(),
  subject: Reference.optional(),
  date: word,
  author: few(Reference),
  description: prose,
  relatesTo: few(z.object({ code: word, target: Reference.optional() })),
  content: few(z.object({ attachment: Attachment })),
  context: z.object({ encounter: few(Reference) }).optional(),
});
const Composition = resource('Composition', { custodian: Reference.optional(), date: word });

/** The resources that are read. */
export const ResourceSchema = z.discriminatedUnion('resourceType', [
  Patient,
  Encounter,
  Observation,
  DiagnosticReport,
  ServiceRequest,
  Specimen,
  Organization,
  Practitioner,
  PractitionerRole,
  Binary,
  MessageHeader,
  Composition,
  AllergyIntolerance,
  DocumentReference,
]);
export type Resource = z.output<typeof ResourceSchema>;
export type ResourceType = Resource['resourceType'];
export type ResourceOf<T extends ResourceType> = Extract<Resource, { resourceType: T }>;
export const RESOURCE_TYPES: ReadonlySet<string> = new Set<ResourceType>([
  'Patient',
  'Encounter',
  'Observation',
  'DiagnosticReport',
  'ServiceRequest',
  'Specimen',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Binary',
  'MessageHeader',
  'Composition',
  'AllergyIntolerance',
  'DocumentReference',
]);

/** A Bundle, its resources not read further here. */
export const BundleSchema = z.object({
  resourceType: z.literal('Bundle'),
  id: word,
  meta: Meta.optional(),
  identifier: Identifier.optional(),
  type: z.enum(['transaction', 'message', 'document', 'collection', 'batch']),
  timestamp: word,
  entry: z
    .array(
      z.object({
        fullUrl: word,
        resource: z.unknown().optional(),
        request: z.object({ method: word }).optional(),
      }),
    )
    .max(MOST_ITEMS)
    .optional(),
});
export type Bundle = z.output<typeof BundleSchema>;

export type FhirCoding = z.output<typeof Coding>;
export type FhirConcept = z.output<typeof CodeableConcept>;
export type FhirIdentifier = z.output<typeof Identifier>;
export type FhirName = z.output<typeof HumanName>;
export type FhirReference = z.output<typeof Reference>;
export type FhirAttachment = z.output<typeof Attachment>;
export type FhirQuantity = z.output<typeof Quantity>;
export type FhirRange = z.output<typeof Range>;
export type FhirMeta = z.output<typeof Meta>;
/** What an Observation and a component of one share. */
export type FhirValued = Pick<ResourceOf<'Observation'>, keyof typeof valued>;
