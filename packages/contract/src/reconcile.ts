import { z } from 'zod';
import { Hl7MessageSchema } from './hl7.ts';

/** Words that become a value of a data set: no `\`, no control characters. */
const words = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\\\u0000-\u001f\u007f]*$/);
const namePart = words(60).regex(/^[^^=]*$/);
const day = z.string().regex(/^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/, { error: 'YYYYMMDD' });
const NumberSchema = z.string().regex(/^T[0-9A-Z]{13}$/, { error: 'temporary number: T and 13 characters' });
const REASON = z.string().trim().min(1).max(500);

/** Who somebody is: what images are given. Patient data: shown to whoever reconciles, never logged. */
export const ReconciledIdentitySchema = z.strictObject({
  patientId: words(64),
  issuer: z.optional(words(64)),
  familyName: namePart,
  givenName: z.optional(namePart),
  birthDate: z.optional(day),
  sex: z.optional(z.enum(['F', 'M', 'O'])),
  /** Of the order, where it is known. */
  accession: z.optional(words(16)),
});
export type ReconciledIdentity = z.output<typeof ReconciledIdentitySchema>;

export const GRADES = ['sure', 'doubtful', 'unlikely'] as const;
export const IDENTITY_STATES = ['open', 'asked', 'accepted', 'released'] as const;

/** How one thing compares: `alike` may be the same written otherwise, `how` says in what way. */
const ComparisonSchema = z.object({
  field: z.enum(['familyName', 'givenName', 'birthDate', 'sex', 'localId', 'ins', 'exam']),
  likeness: z.enum(['same', 'alike', 'differs', 'unknown']),
  how: z.optional(z.enum(['spelling', 'sound', 'part', 'swapped', 'day-month', 'one-digit'])),
  here: z.string(),
  there: z.string(),
});

/** Somebody who may be meant. */
export const CandidateSchema = z.object({
  /** Names this candidate as it was shown: another once anything of it changes. */
  id: z.string(),
  /** Who knows of them: `worklist NAME`, `archive`, `chart`. */
  source: z.string(),
  /** Who else knows the same patient: the same number, and no other birth date. */
  also: z.array(z.string()).readonly(),
  identity: ReconciledIdentitySchema,
  /** What is scheduled for them, where that is how they are known. */
  exam: z.optional(z.string()),
  score: z.int().min(0).max(100),
  grade: z.enum(GRADES),
  comparisons: z.array(ComparisonSchema).readonly(),
});
export type CandidateAnswer = z.output<typeof CandidateSchema>;

const counts = {
  /** Objects that came, and of these: on their way or there, still waiting, held by inspection, not to be given the identity, gone. */
  objects: z.int().min(0),
  waiting: z.int().min(0),
  held: z.int().min(0),
  impossible: z.int().min(0),
};

/** A temporary identity under which something came. */
export const TemporarySchema = z.object({
  number: NumberSchema,
  state: z.enum(IDENTITY_STATES),
  sinceMs: z.number(),
  /** When what waits goes out as it came; absent when that is not going to happen. */
  untilMs: z.optional(z.number()),
  /** Pseudonym, as the ledger knows them. */
  patient: z.string(),
  /** Whether somebody registered them here. */
  isRegistered: z.boolean(),
  ...counts,
  /** Who said who it is, and first, where two had to. */
  by: z.optional(z.string()),
  askedBy: z.optional(z.string()),
});
export type TemporaryAnswer = z.output<typeof TemporarySchema>;

export const SECOND_LOOKS = ['always', 'doubtful', 'never'] as const;

const SETTINGS = {
  /** Days an identity is waited for after the last outage, before what came goes out as it is. 0: nothing ever waits. */
  waitDays: z.int().min(0).max(365),
  /** When two persons have to say who somebody is. */
  secondLook: z.enum(SECOND_LOOKS),
};

/** Where an exam of the downtime ended. */
export const EXAM_ENDS = [
  'delivered',
  'on-its-way',
  'failed',
  'waiting',
  'kept',
  'destroyed',
  'no-images',
  'cancelled',
] as const;

/** One exam: a registration, or a study that came under a temporary identity. No patient data: pseudonyms alone. */
export const ReportedExamSchema = z.object({
  number: NumberSchema,
  /** Empty when no image came. */
  studyInstanceUid: z.string(),
  isRegistered: z.boolean(),
  end: z.enum(EXAM_ENDS),
  patient: z.string(),
  /** Whom it was reconciled with; empty while it was not, or when it went as it came. */
  identity: z.string(),
  state: z.enum([...IDENTITY_STATES, 'none']),
  objects: z.int().min(0),
  waiting: z.int().min(0),
  /** What information systems were told by HL7 of the registration, and answered. */
  told: z
    .array(
      Hl7MessageSchema.pick({ no: true, destination: true, message: true, controlId: true, state: true, code: true }),
    )
    .readonly(),
  deliveries: z
    .array(
      z.object({
        destination: z.string(),
        /** Pseudonym of whom it was delivered as. */
        as: z.string(),
        delivered: z.int().min(0),
        pending: z.int().min(0),
        failed: z.int().min(0),
        /** When the last of it was. */
        atMs: z.optional(z.number()),
        /** Entry of the ledger that tells of the last; absent while it is not in the ledger. */
        ledgerIndex: z.optional(z.int()),
      }),
    )
    .readonly(),
});
export type ReportedExam = z.output<typeof ReportedExamSchema>;

interface Row<Q extends z.ZodType, A extends z.ZodType> {
  readonly request: Q;
  readonly answer: A;
  readonly form: 'json';
}
const operation = <Q extends z.ZodType, A extends z.ZodType>(request: Q, answer: A): Row<Q, A> => ({
  ...{ request, answer, form: 'json' },
});
const nothing = z.strictObject({});
const ONE = z.object({ temporary: TemporarySchema });

/** Operations of temporary identities: who they are, and what becomes of what came under them. */
export const RECONCILE = {
  'reconcile.list': operation(
    z.strictObject({ all: z.boolean().default(false) }),
    z.object({ ...SETTINGS, identities: z.array(TemporarySchema).readonly() }),
  ),
  /** One of them beside whoever may be meant, the likeliest first. */
  'reconcile.show': operation(
    z.strictObject({ number: NumberSchema }),
    z.object({
      temporary: TemporarySchema,
      /** As it was registered, or as the images say. */
      here: z.record(z.string(), z.string()),
      studies: z
        .array(z.object({ studyInstanceUid: z.string(), modality: z.string(), objects: z.int(), atMs: z.number() }))
        .readonly(),
      /** What one person has said, or two; absent while nobody has. */
      accepted: z.optional(ReconciledIdentitySchema),
      candidates: z.array(CandidateSchema).readonly(),
      /** What information systems were told of it by HL7. */
      told: z.array(Hl7MessageSchema).readonly(),
    }),
  ),
  /** Says who it is: one that was shown, or one who is new (`identity`). On doubt it stands once another person says the same. */
  'reconcile.accept': operation(
    z.strictObject({
      number: NumberSchema,
      candidate: z.optional(z.string().max(64)),
      identity: z.optional(ReconciledIdentitySchema),
    }),
    ONE,
  ),
  /** Takes it back. What was delivered stays where it is: `correct` says so, and what is accepted next is delivered again. */
  'reconcile.undo': operation(
    z.strictObject({ number: NumberSchema, reason: REASON, correct: z.boolean().default(false) }),
    ONE,
  ),
  /** What waits goes out as it came. */
  'reconcile.release': operation(z.strictObject({ number: NumberSchema, reason: REASON }), ONE),
  /** Every exam of the downtime and where it ended, from one day to another. */
  'reconcile.report': operation(
    z.strictObject({ from: z.optional(day), to: z.optional(day) }),
    z.object({
      atMs: z.number(),
      from: z.optional(z.string()),
      to: z.optional(z.string()),
      totals: z.object({
        exams: z.int(),
        ends: z.record(z.enum(EXAM_ENDS), z.int()),
        objects: z.int(),
        /** Objects that were delivered to one destination under more than one identity. */
        twice: z.int(),
      }),
      exams: z.array(ReportedExamSchema).readonly(),
    }),
  ),
  'reconcile.set': operation(z.strictObject(SETTINGS), nothing),
} as const;
