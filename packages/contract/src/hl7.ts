import { z } from 'zod';
import { DestinationNameSchema, Sha256Schema, TextSchema } from './nouns.ts';

const COUNT = z.int().min(0);
const DAY = z.string().regex(/^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/, { error: 'YYYYMMDD' });
const TIME = z.number();
const REASON = z.string().trim().min(1).max(500);
const HEADER = z.string().min(1).max(180);

/** An information system that is told by HL7 of what was registered here. */
export const Hl7DestinationSchema = z.strictObject({
  name: DestinationNameSchema,
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535),
  tls: z.boolean().default(false),
  certSha256: z.exactOptional(Sha256Schema),
  /** MSH-3 and MSH-4: who we are; MSH-5 and MSH-6: who it is. */
  application: HEADER.default('LEADGLASS'),
  facility: z.exactOptional(HEADER),
  receivingApplication: z.exactOptional(HEADER),
  receivingFacility: z.exactOptional(HEADER),
  version: z.enum(['2.3.1', '2.4', '2.5', '2.5.1']).default('2.5'),
  charset: z.enum(['8859/1', '8859/15', 'UNICODE UTF-8']).default('8859/1'),
  acknowledgement: z.enum(['original', 'enhanced']).default('original'),
  processing: z.enum(['production', 'test']).default('production'),
  messages: z
    .array(z.enum(['registrations', 'orders', 'merges']))
    .min(1)
    .readonly()
    .default(['registrations', 'orders', 'merges']),
  /** `NAME` or `NAME&OID&ISO`. */
  patientAuthority: z.exactOptional(z.string().min(1).max(140)),
  /** The destination that is the same system. */
  system: z.exactOptional(DestinationNameSchema),
  outside: z.exactOptional(z.boolean()),
  giveBackPerMinute: z.exactOptional(z.int().min(1).max(60_000)),
});
export type Hl7DestinationAnswer = z.output<typeof Hl7DestinationSchema>;

export const HL7_MESSAGE_STATES = ['waiting', 'delivered', 'refused', 'skipped', 'withdrawn', 'by-hand'] as const;

/** One message for one receiver, and what became of it. No patient data but in `answer`, which only `hl7.message` gives. */
export const Hl7MessageSchema = z.object({
  no: z.int().min(1),
  destination: DestinationNameSchema,
  /** `ADT^A04`, `ORM^O01 NW`, … or `unmerge`: a person does it there. */
  message: z.string().max(32),
  /** MSH-10. */
  controlId: z.string().max(32),
  /** Temporary number of the registration. */
  number: z.string().max(16),
  state: z.enum(HL7_MESSAGE_STATES),
  /** As it answered (table 0008), '' where it did not. */
  code: z.string().max(2),
  attempts: COUNT,
  atMs: TIME,
  /** When it is tried next; absent where it is not, or where another is before it. */
  nextAtMs: z.optional(TIME),
  doneAtMs: z.optional(TIME),
});
export type Hl7MessageAnswer = z.output<typeof Hl7MessageSchema>;

/** A receiver, and what it is owed. */
export const Hl7StateSchema = z.object({
  destination: Hl7DestinationSchema,
  /** The system it belongs to is down, or it is cut off: nothing is tried. */
  isDown: z.boolean(),
  waiting: COUNT,
  /** When the first of these was owed. */
  waitingSinceMs: z.optional(TIME),
  delivered: COUNT,
  /** Set aside, and to be done by hand. */
  needsPerson: COUNT,
  /** Why the last try did not end well, since when; absent when it did, or none was made. */
  trouble: z.optional(z.object({ why: TextSchema, sinceMs: TIME })),
});
export type Hl7StateAnswer = z.output<typeof Hl7StateSchema>;

interface Row<Q extends z.ZodType, A extends z.ZodType> {
  readonly request: Q;
  readonly answer: A;
  readonly form: 'json';
}
const operation = <Q extends z.ZodType, A extends z.ZodType>(request: Q, answer: A): Row<Q, A> => ({
  ...{ request, answer, form: 'json' },
});
const NAME = z.strictObject({ name: DestinationNameSchema });
const ONE = z.object({ message: Hl7MessageSchema });

/** Operations of information systems that are told by HL7. */
export const HL7 = {
  'hl7.list': operation(z.strictObject({}), z.object({ destinations: z.array(Hl7StateSchema).readonly() })),
  /** Adding the same name again changes it. */
  'hl7.add': operation(Hl7DestinationSchema, z.object({ change: z.enum(['added', 'changed', 'unchanged']) })),
  /** What waits for it stays, and is told. */
  'hl7.remove': operation(NAME, z.object({ removed: COUNT })),
  /** A connection, with TLS where that is chosen. No message is sent: HL7 has none that says nothing. */
  'hl7.test': operation(
    NAME,
    z.object({
      isGood: z.boolean(),
      text: TextSchema,
      advice: z.array(TextSchema).readonly(),
      connectMs: z.nullable(z.number()),
    }),
  ),
  /** What waits, and what waits for a person; of one registration, all of it. */
  'hl7.messages': operation(
    z.strictObject({ number: z.optional(z.string().max(16)), state: z.optional(z.enum(HL7_MESSAGE_STATES)) }),
    z.object({ messages: z.array(Hl7MessageSchema).readonly() }),
  ),
  /** One of them, with what was answered in words: they are the receiver’s, and may name a patient. */
  'hl7.message': operation(
    z.strictObject({ no: z.int().min(1) }),
    z.object({ message: Hl7MessageSchema, answer: z.string() }),
  ),
  /** What was registered from one day to another (today without them) is told to receivers that were declared since; nobody is told twice. */
  'hl7.tell': operation(
    z.strictObject({ from: z.optional(DAY), to: z.optional(DAY) }),
    z.object({ registrations: COUNT, messages: COUNT }),
  ),
  /** Sends what was set aside again, under the same control id. */
  'hl7.retry': operation(z.strictObject({ no: z.int().min(1) }), ONE),
  /** It is not sent: somebody has settled it there. What follows it goes on. */
  'hl7.skip': operation(z.strictObject({ no: z.int().min(1), reason: REASON }), ONE),
} as const;
