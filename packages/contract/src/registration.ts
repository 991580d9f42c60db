import { z } from 'zod';
import { Hl7MessageSchema } from './hl7.ts';
import { AeTitleSchema } from './names.ts';

/** Words that become a value of a data set: no `\`, no control characters. */
const words = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .regex(/^[^\\\u0000-\u001f\u007f]*$/);
const needed = (most: number) => words(most).min(1);
/** A part of a person's name: `^` and `=` would begin another. */
const namePart = needed(60).regex(/^[^^=]*$/);
const day = z.string().regex(/^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/, { error: 'YYYYMMDD' });

/** Whom an exam is for. What is not known is left out. */
const PATIENT = {
  familyName: namePart,
  givenName: z.optional(namePart),
  birthDate: z.optional(day),
  sex: z.optional(z.enum(['F', 'M', 'O'])),
  /** The number the site knows the patient by. */
  localId: z.optional(needed(64)),
  /** Identité nationale de santé: 15 characters, its key among them. */
  ins: z.optional(z.string().regex(/^[1-478]\d{5}[\dAB]\d{8}$/, { error: 'INS: 15 characters' })),
};

/** What is to be done. */
const ORDER = {
  procedure: needed(64),
  /** PS3.3 §C.7.3.1.1.1. */
  modality: z.string().regex(/^[A-Z][A-Z0-9]{1,15}$/),
  /** AE title of the device. */
  station: AeTitleSchema,
  priority: z.enum(['STAT', 'HIGH', 'ROUTINE']),
  reason: z.optional(needed(64)),
  requester: z.optional(namePart),
};

/** A patient and an order, registered when no information system does it. */
export const RegistrationRequestSchema = z.strictObject({ ...PATIENT, ...ORDER });

const NumberSchema = z.string().regex(/^T[0-9A-Z]{13}$/, { error: 'number of a registration: T and 13 characters' });

/** What stands registered. Patient data: shown to whoever may register, never logged. */
export const RegistrationSchema = z.object({
  ...RegistrationRequestSchema.shape,
  /** Temporary number of the patient, and of the order. */
  number: NumberSchema,
  accession: z.string(),
  studyInstanceUid: z.string(),
  state: z.enum(['open', 'cancelled']),
  atMs: z.number(),
  by: z.string(),
  /** Why it was cancelled; absent while it stands. */
  why: z.optional(z.string()),
  /** On a continuity box: registered at its gateway; it can be read here and not changed. */
  isPulled: z.optional(z.literal(true)),
});
export type RegistrationAnswer = z.output<typeof RegistrationSchema>;

/** How the worklist of one information system is kept. */
export const KeptScheduleSchema = z.object({
  destination: z.string(),
  isDown: z.boolean(),
  /** Whether devices are led there for their worklist; else for performed steps alone. */
  hasWorklist: z.boolean(),
  /** Days that are kept, `YYYYMMDD`, each with when it was asked for. */
  days: z.array(z.object({ day: z.int(), entries: z.int(), asOfMs: z.number() })).readonly(),
  /** When it was asked last, and why it could not be; absent while it was not yet. */
  askedAtMs: z.optional(z.number()),
  why: z.optional(z.object({ fr: z.string(), en: z.string() })),
  /** Messages on performed steps that wait for it. */
  waiting: z.int().min(0),
});

/** One exam that is planned, as its source wrote it; '' where it wrote nothing. */
export const PlannedSchema = z.object({
  /** `YYYYMMDD` and `HHMM[SS]`. */
  date: z.string(),
  time: z.string(),
  patient: z.object({ id: z.string(), name: z.string(), birthDate: z.string(), sex: z.string() }),
  modality: z.string(),
  station: z.string(),
  procedure: z.string(),
  accession: z.string(),
  priority: z.string(),
  requester: z.string(),
  /** The information system; '' for what was registered in the downtime. */
  source: z.string(),
});
export type PlannedAnswer = z.output<typeof PlannedSchema>;

const WORKLIST_DAY = {
  day: z.int(),
  entries: z.array(PlannedSchema).readonly(),
  /** There are more than are told. */
  isCut: z.boolean(),
  /** As of when each source's schedule of that day is. */
  sources: z.array(z.object({ source: z.string(), asOfMs: z.number(), entries: z.int() })).readonly(),
};
export const WorklistDaySchema = z.object(WORKLIST_DAY);
export type WorklistDayAnswer = z.output<typeof WorklistDaySchema>;

const REASON = z.string().trim().min(1).max(500);
const nothing = z.strictObject({});

interface Row<Q extends z.ZodType, A extends z.ZodType> {
  readonly request: Q;
  readonly answer: A;
  readonly form: 'json';
}
const operation = <Q extends z.ZodType, A extends z.ZodType>(request: Q, answer: A): Row<Q, A> => ({
  ...{ request, answer, form: 'json' },
});
const ONE = z.object({ registration: RegistrationSchema });

/** Operations of what devices go on working with while an information system is away. */
export const REGISTRATION = {
  /** Registers a patient and an order under temporary numbers: in the devices' worklist at once, where we answer it. */
  'registration.add': operation(RegistrationRequestSchema, ONE),
  /** Those of a day, today's without it, in the order of their numbers. */
  'registration.list': operation(
    z.strictObject({ day: z.optional(day) }),
    z.object({ registrations: z.array(RegistrationSchema).readonly() }),
  ),
  /** One of them, with what information systems were told of it by HL7. */
  'registration.show': operation(
    z.strictObject({ number: NumberSchema }),
    z.object({ registration: RegistrationSchema, told: z.array(Hl7MessageSchema).readonly() }),
  ),
  /** Replaces what was said of patient and order; the numbers stay. */
  'registration.correct': operation(z.strictObject({ number: NumberSchema, ...PATIENT, ...ORDER }), ONE),
  'registration.cancel': operation(z.strictObject({ number: NumberSchema, reason: REASON }), ONE),
  /**
   * What is planned on a day (`YYYYMMDD`, today's without it) in every kept schedule, and what was registered here, by time. It names patients: the ledger tells.
   */
  'worklist.list': operation(
    z.strictObject({ day: z.optional(day) }),
    z.object({ ...WORKLIST_DAY, days: z.array(z.int()).readonly() }),
  ),
  /** Worklists that are kept ahead, and what waits for information systems. */
  'worklist.status': operation(
    nothing,
    z.object({ hoursAhead: z.int().min(0), schedules: z.array(KeptScheduleSchema).readonly() }),
  ),
  /** Asks every information system now. */
  'worklist.refresh': operation(nothing, nothing),
  /** How far ahead schedules are kept; 0: not at all. */
  'worklist.set': operation(z.strictObject({ hoursAhead: z.int().min(0).max(336) }), nothing),
} as const;
