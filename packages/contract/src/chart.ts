import { z } from 'zod';
import { CidrSchema, DestinationNameSchema, Sha256Schema, TextSchema } from './nouns.ts';

/*
 * What laboratories and information systems told of patients. Everything a sender wrote is told in its own words and never reinterpreted:
 * '' stands for what was not sent; times are as sent (`YYYY[MM[DD[HHMM[SS]]]][±ZZZZ]`), those that end in `Ms` are ours. Answers carry
 * patient data; no request does but for the words of a search, and the ledger is told of each by pseudonym.
 */

const WORD = z.string();
const WORDS = z.array(WORD).readonly();
const TIME = z.number();
const COUNT = z.int().min(0);
/** Of a chart: ours, and no identifier of the patient. A chart that another has taken in answers as that other. */
const CHART = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const MESSAGE = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const REASON = z.string().trim().max(500).default('');
const WHY = z.string().trim().min(1).max(500);
const LIMIT = z.int().min(1).max(100).default(20);
/** Our name of a feed. */
const FEED = DestinationNameSchema;

export const CodedSchema = z.object({
  id: WORD,
  text: WORD,
  system: WORD,
  otherId: WORD,
  otherText: WORD,
  otherSystem: WORD,
});
export type CodedAnswer = z.output<typeof CodedSchema>;

export const NameSchema = z.object({ family: WORD, given: WORD, further: WORD, prefix: WORD, type: WORD });

/** `ins`: a French national identifier whose key is right, one whose key is wrong (never matched by), one of tests; `none`: another. */
export const IdentifierSchema = z.object({
  value: WORD,
  authority: WORD,
  oid: WORD,
  type: WORD,
  ins: z.enum(['none', 'valid', 'wrong-key', 'test']),
});

/** One feed, and until when what it told is here. */
export const AsOfSchema = z.object({
  feed: WORD,
  kind: z.enum(['lab', 'ris', 'adt']),
  /** When its last message was received; null: none yet. */
  lastMs: z.nullable(TIME),
  /** Messages received of it that are not in the charts yet. */
  waiting: COUNT,
  /** Messages of it that nobody understood, and that nobody has put aside. */
  notUnderstood: COUNT,
  /** It usually sends, and has gone quiet since; null: it has not. */
  silentSinceMs: z.nullable(TIME),
  /** On a continuity box: as of when its gateway said so. */
  pulledMs: z.exactOptional(TIME),
});
export type AsOf = z.output<typeof AsOfSchema>;

/** A patient in a list. */
export const PatientSchema = z.object({
  chart: CHART,
  /** The one to show first. */
  names: z.array(NameSchema).readonly(),
  birthDate: WORD,
  sex: WORD,
  identifiers: z.array(IdentifierSchema).readonly(),
  /** Table 0445 as sent: `VALI`, `PROV`, …; and what follows for a person: whether an identity document was checked. */
  reliability: WORDS,
  isValidated: z.boolean(),
  diedAt: WORD,
  /** In the house: arrived, and neither left nor cancelled, as the last message said. */
  isPresent: z.boolean(),
  location: WORD,
  /** Table 0004: `E` emergency, `I` inpatient, … */
  visitClass: WORD,
  /** As sent, and when we heard of it; null: nobody told of an arrival. */
  arrivedAt: WORD,
  arrivedMs: z.nullable(TIME),
  /** Results in force that their laboratory flagged critical. */
  critical: COUNT,
  criticalMs: z.nullable(TIME),
  /** When something was last told of the patient. */
  heardMs: TIME,
  /** Charts that this one has taken in. */
  taken: z.array(CHART).readonly(),
});
export type PatientAnswer = z.output<typeof PatientSchema>;

/** How well a search fits: word for word, by the beginning, by a word nearly alike, by one that sounds alike in French. */
export const FitSchema = z.enum(['same', 'begins', 'alike', 'sounds']);

/** One value as it was sent at one time. `superseded` by a later one, or `removed` by its sender (D, W, X): shown struck through. */
export const VersionSchema = z.object({
  /** The message that told it: `feed.message` shows it whole. */
  message: MESSAGE,
  state: z.enum(['current', 'superseded', 'removed']),
  valueType: WORD,
  values: WORDS,
  unit: WORD,
  range: WORD,
  /** Table 0078 as sent. */
  flags: WORDS,
  /** Whether one of them is critical (LL, HH, AA): never our own judgement. */
  isCritical: z.boolean(),
  /** Table 0085 as sent. */
  status: WORD,
  observedAt: WORD,
  heardMs: TIME,
  laboratory: WORD,
  responsible: WORD,
  method: WORD,
  notes: WORDS,
  /** Of `chart.document`, where the value is one; '' otherwise. */
  document: WORD,
});
export type VersionAnswer = z.output<typeof VersionSchema>;

/** One result with every version of it, newest first. `versions[0]` stands, unless it was removed. */
export const ResultSchema = z.object({
  code: CodedSchema,
  subId: WORD,
  /** Analyte that the emergency page pins (`potassium`, …), by code; '' for the others. */
  pin: WORD,
  versions: z.array(VersionSchema).min(1).readonly(),
});
export type ResultAnswer = z.output<typeof ResultSchema>;

/** One report of a laboratory or of radiology (OBR), with its results in the order of the sender. */
export const ResultGroupSchema = z.object({
  feed: FEED,
  placer: WORD,
  filler: WORD,
  panel: CodedSchema,
  /** Table 0074: `LAB`, `HM`, `RAD`, … */
  section: WORD,
  /** Table 0123 as sent last. */
  status: WORD,
  collectedAt: WORD,
  receivedAt: WORD,
  issuedAt: WORD,
  requester: WORD,
  specimen: WORD,
  notes: WORDS,
  heardMs: TIME,
  /** Whether a result in force of it is flagged critical. */
  isCritical: z.boolean(),
  results: z.array(ResultSchema).readonly(),
});
export type ResultGroupAnswer = z.output<typeof ResultGroupSchema>;

export const VisitSchema = z.object({
  feed: FEED,
  number: WORD,
  class: WORD,
  state: z.enum(['expected', 'present', 'left', 'cancelled']),
  location: WORD,
  doctors: WORDS,
  admittedAt: WORD,
  dischargedAt: WORD,
  heardMs: TIME,
});
export type VisitAnswer = z.output<typeof VisitSchema>;

export const OrderSchema = z.object({
  feed: FEED,
  /** Table 0119 as sent last, or the trigger of a schedule. */
  control: WORD,
  isCancelled: z.boolean(),
  placer: WORD,
  filler: WORD,
  status: WORD,
  priority: WORD,
  procedure: CodedSchema,
  accession: WORD,
  studyInstanceUid: WORD,
  section: WORD,
  scheduledAt: WORD,
  reason: WORD,
  clinicalInformation: WORD,
  requester: WORD,
  requesterPhone: WORD,
  heardMs: TIME,
});
export type OrderAnswer = z.output<typeof OrderSchema>;

/**
 * One allergy, intolerance, or that none is known, as it was told at one time. `unrepeated`: the sender's latest whole list (AL1 of an ADT) has it no longer;
 * `removed`: withdrawn (IAM action D, erroneous, entered in error). Both are shown: nobody said that it is safe.
 */
export const AllergyVersionSchema = z.object({
  message: MESSAGE,
  state: z.enum(['current', 'unrepeated', 'superseded', 'removed']),
  /** Table 0127 (`DA` drug, …), or FHIR's category. */
  kind: CodedSchema,
  /** The substance, or that none is known. */
  code: CodedSchema,
  /** Whether the code, or the whole text, says that no allergy (of this kind) is known. */
  isNoneKnown: z.boolean(),
  /** Table 0128 (`SV`, `MO`, `MI`, `U`), or FHIR's criticality. */
  severity: CodedSchema,
  reactions: WORDS,
  /** As sent. */
  identifiedAt: WORD,
  /** Table 0436, or FHIR's type. */
  sensitivity: WORD,
  /** Table 0438, or FHIR's clinical status and verification. */
  status: WORDS,
  notes: WORDS,
  heardMs: TIME,
});
export type AllergyVersionAnswer = z.output<typeof AllergyVersionSchema>;

/** What one feed told of one substance, newest version first. */
export const AllergySchema = z.object({
  feed: FEED,
  /** How it was told: a line of a list that is sent whole, or one by one. */
  source: z.enum(['AL1', 'IAM', 'FHIR']),
  versions: z.array(AllergyVersionSchema).min(1).readonly(),
});
export type AllergyAnswer = z.output<typeof AllergySchema>;

/** A document that was sent. `form`: what its bytes are, whatever the sender calls them. */
export const DocumentSchema = z.object({
  /** Of `chart.document`; '' where only a reference was sent, which is never followed. */
  document: WORD,
  feed: FEED,
  form: z.enum(['pdf', 'cda', 'text', 'other', 'none']),
  mediaType: WORD,
  title: WORD,
  state: z.enum(['current', 'superseded', 'removed']),
  bytes: COUNT,
  /** As sent; '' where nothing was said of it. */
  issuedAt: WORD,
  heardMs: TIME,
});
export type DocumentAnswer = z.output<typeof DocumentSchema>;

/** A study of this patient that is kept here, by the identifiers of the chart. */
export const ChartStudySchema = z.object({
  studyInstanceUid: WORD,
  /** As in the object: `YYYYMMDD`, `HHMMSS`. */
  studyDate: WORD,
  studyTime: WORD,
  description: WORD,
  modalities: WORDS,
  accession: WORD,
  series: COUNT,
  instances: COUNT,
});
export type ChartStudyAnswer = z.output<typeof ChartStudySchema>;

/** A message that names this patient and of which not all was understood. */
export const RawMessageSchema = z.object({
  message: MESSAGE,
  feed: FEED,
  heardMs: TIME,
  problems: z.array(z.object({ place: WORD, why: TextSchema })).readonly(),
  /** Its text as far as it can be read: segments a line each; at most 16,000 characters. */
  text: WORD,
});

/** How charts came to be one. */
export const MergeSchema = z.object({
  no: z.int().min(1),
  /** The chart that stands, and the one it took in. */
  into: CHART,
  taken: CHART,
  atMs: TIME,
  /** The account of a person, or `FEED` of a message. */
  by: WORD,
  reason: WORD,
  /** Null while it stands. */
  undoneMs: z.nullable(TIME),
  undoneBy: WORD,
});
export type MergeAnswer = z.output<typeof MergeSchema>;

export const ChartSchema = z.object({
  patient: PatientSchema,
  /** Every chart that is part of this one, as its feeds know it. */
  identities: z.array(PatientSchema).readonly(),
  merges: z.array(MergeSchema).readonly(),
  /** Newest first, all of these. */
  visits: z.array(VisitSchema).readonly(),
  groups: z.array(ResultGroupSchema).readonly(),
  documents: z.array(DocumentSchema).readonly(),
  orders: z.array(OrderSchema).readonly(),
  /** Those in force first. Empty: nobody told of any, which is not that none is known. */
  allergies: z.array(AllergySchema).readonly(),
  raw: z.array(RawMessageSchema).readonly(),
  studies: z.array(ChartStudySchema).readonly(),
  asOf: z.array(AsOfSchema).readonly(),
  /** Older messages were left out: there are more than are read at once. */
  isCut: z.boolean(),
  /** When it is forgotten if nothing more is heard; null while the patient is in the house. */
  keptUntilMs: z.nullable(TIME),
});
export type ChartAnswer = z.output<typeof ChartSchema>;

/** A laboratory or an information system that may send. */
export const FeedSchema = z.strictObject({
  name: FEED,
  kind: z.enum(['lab', 'ris', 'adt']),
  from: CidrSchema,
  certSha256: z.exactOptional(Sha256Schema),
  trustAnchors: z.exactOptional(z.array(DestinationNameSchema).min(1).max(16).readonly()),
  certName: z.exactOptional(z.string().min(1).max(128)),
  /** MSH-3 and MSH-4 it has to send; absent: any. */
  application: z.exactOptional(z.string().min(1).max(180)),
  facility: z.exactOptional(z.string().min(1).max(180)),
  /** In which what does not say is read. */
  charset: z.enum(['windows-1252', 'iso-8859-15']).default('windows-1252'),
  /** `production`: what is marked as a test is set apart. */
  processing: z.enum(['production', 'test']).default('production'),
  /** Messages a second it is read at, at most: beyond that it waits. */
  mostPerSecond: z.int().min(1).max(100_000).default(1_000),
  /** Minutes without a message after which it is told as silent; 0: never; absent: as it usually sends. */
  silentAfterMinutes: z.exactOptional(z.int().min(0).max(10_080)),
  /** Local hours in which nothing is expected of it. */
  quietHours: z.exactOptional(
    z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, { error: 'HH:MM-HH:MM' }),
  ),
});
export type FeedAnswer = z.output<typeof FeedSchema>;

/** A feed and what it is up to. */
export const FeedStateSchema = z.object({
  feed: FeedSchema,
  /** Connections that are open now. */
  connections: COUNT,
  received: COUNT,
  lastMs: z.nullable(TIME),
  waiting: COUNT,
  notUnderstood: COUNT,
  quarantined: COUNT,
  /** It has gone quiet though it usually sends, or for as long as the site chose: since its last message, or since that is known. Null: it has not. */
  silentSinceMs: z.nullable(TIME),
});
export type FeedStateAnswer = z.output<typeof FeedStateSchema>;

/** How long messages and charts are kept, whether the site chose it, and what was forgotten for it so far. */
export const RetentionSchema = z.object({
  messageDays: COUNT,
  chartDays: COUNT,
  isChosen: z.boolean(),
  forgotten: z.object({ messages: COUNT, charts: COUNT, documents: COUNT, bytes: COUNT }),
});

/** A message in the tray: nothing of it names a patient. */
export const TrayMessageSchema = z.object({
  message: MESSAGE,
  feed: FEED,
  state: z.enum(['not-understood', 'quarantined', 'dismissed']),
  /** `ORU^R01`, as far as the header could be read. */
  type: WORD,
  /** What the sender was answered: `AA`, `AE`. */
  answered: WORD,
  bytes: COUNT,
  heardMs: TIME,
  why: z.array(z.object({ place: WORD, why: TextSchema })).readonly(),
  /** Whether another message of its identity says something else. */
  isRepeatedOtherwise: z.boolean(),
});
export type TrayMessageAnswer = z.output<typeof TrayMessageSchema>;

export const CHART_CONTROL = {
  /**
   * Patients by words of a name (beginnings, accents, a letter wrong or missing, as it sounds), an identifier, a birth date (among the words too, as `04/03/1961`
   * or `1961-03-04`); without any of these all of `only`. Critical results first, then how well it fits, then who was heard of last. The ledger is told what kind of words, never the words.
   */
  'chart.search': {
    request: z.strictObject({
      words: z.string().trim().max(64).default(''),
      /** `YYYYMMDD` or `YYYY-MM-DD`. */
      bornOn: z.optional(z.string().regex(/^\d{4}-?\d{2}-?\d{2}$/)),
      /** Arrived today; in the house; with a critical result. */
      only: z.optional(z.enum(['today', 'present', 'critical'])),
      limit: LIMIT,
    }),
    answer: z.object({
      patients: z.array(z.object({ patient: PatientSchema, fit: FitSchema })).readonly(),
      /** More fit than are told. */
      isCut: z.boolean(),
      asOf: z.array(AsOfSchema).readonly(),
    }),
    form: 'json',
  },
  /** Everything of one patient. `reason`: needed of whoever comes by the emergency door. The ledger tells. */
  'chart.patient': {
    request: z.strictObject({ chart: CHART, reason: REASON }),
    answer: ChartSchema,
    form: 'json',
  },
  /** The bytes of a document of a chart, as sent; to be shown as what `form` says and never executed. The ledger tells. */
  'chart.document': {
    request: z.strictObject({ chart: CHART, document: z.string().min(1).max(64), reason: REASON }),
    answer: z.unknown(),
    form: 'bytes',
  },
  /** Two charts are one patient, as a person says: `chart` stands and takes in `taken`. */
  'chart.merge': {
    request: z.strictObject({ chart: CHART, taken: CHART, reason: WHY }),
    answer: z.object({ merge: MergeSchema }),
    form: 'json',
  },
  /** They are not: as before. */
  'chart.unmerge': {
    request: z.strictObject({ no: z.int().min(1), reason: WHY }),
    answer: z.object({ merge: MergeSchema }),
    form: 'json',
  },

  'feed.list': {
    request: z.strictObject({}),
    answer: z.object({ feeds: z.array(FeedStateSchema).readonly(), retention: RetentionSchema }),
    form: 'json',
  },
  /** Adding the same name again changes it. */
  'feed.add': {
    request: FeedSchema,
    answer: z.object({ change: z.enum(['added', 'changed', 'unchanged']) }),
    form: 'json',
  },
  /** What it sent stays. */
  'feed.remove': {
    request: z.strictObject({ name: FEED }),
    answer: z.object({ removed: z.int().min(0) }),
    form: 'json',
  },
  /** What was received and is in no chart, newest first; `before`: the message to go on from. */
  'feed.messages': {
    request: z.strictObject({
      state: z.optional(z.enum(['not-understood', 'quarantined', 'dismissed'])),
      before: z.optional(MESSAGE),
      limit: LIMIT,
    }),
    answer: z.object({ messages: z.array(TrayMessageSchema).readonly(), isCut: z.boolean() }),
    form: 'json',
  },
  /** One message whole, in the characters it was read in. It names a patient: the ledger tells. */
  'feed.message': {
    request: z.strictObject({ message: MESSAGE, reason: REASON }),
    answer: z.object({ message: TrayMessageSchema.extend({ state: z.string() }), text: WORD }),
    form: 'json',
  },
  /** Reads a message of the tray again. `outcome`: what it is now. */
  'feed.retry': {
    request: z.strictObject({ message: MESSAGE }),
    answer: z.object({ outcome: z.enum(['entered', 'not-understood', 'quarantined']) }),
    form: 'json',
  },
  /** Puts a message of the tray aside; it is kept. */
  'feed.dismiss': {
    request: z.strictObject({ message: MESSAGE, reason: WHY }),
    answer: z.object({}),
    form: 'json',
  },
} as const;
