import { z } from 'zod';
import { PatientOpenSchema } from './glass.ts';
import { ACCESS } from './people.ts';
import { ROLES, type Role, RoleSchema } from './roles.ts';

const NOTHING = z.strictObject({});
const DONE = z.object({});
const TIME = z.number();
const ID = z.string().min(1).max(128);
/** The name of an account. */
export const AccountSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, { error: 'account: letters, digits, . _ - @; at most 64' });

/** How a person shows who they are. */
export const MethodSchema = z.enum(['passkey', 'password-totp', 'oidc', 'emergency-code', 'set-up']);

export const PersonSchema = z.object({
  id: z.string(),
  account: z.string(),
  displayName: z.string(),
  role: RoleSchema,
  language: z.enum(['fr', 'en']),
  isDisabled: z.boolean(),
  passkeys: z.int().min(0),
  hasTotp: z.boolean(),
  isFromDirectory: z.boolean(),
  emergencyCodes: z.int().min(0),
  lastSeenAtMs: z.exactOptional(TIME),
});
export type PersonAnswer = z.output<typeof PersonSchema>;

export const SessionSchema = z.object({
  id: z.string(),
  account: z.string(),
  role: RoleSchema,
  how: MethodSchema,
  beganAtMs: TIME,
  lastSeenAtMs: TIME,
  address: z.string(),
  /** Browser and system, in a few words. */
  agent: z.string(),
  isThis: z.boolean(),
});
export type SessionAnswer = z.output<typeof SessionSchema>;

export const MeSchema = z.object({
  /** `needed` until there is an administrator: then only the set-up may be asked, with its one-time token. */
  setUp: z.enum(['needed', 'done']),
  site: z.string(),
  isDemo: z.boolean(),
  /** Absent: nobody is signed in. */
  person: z.exactOptional(PersonSchema),
  how: z.exactOptional(MethodSchema),
  /** It gives nothing but this answer: after idle time, or until a way to sign in is enrolled. */
  isLocked: z.exactOptional(z.boolean()),
  /** Idle time after which the page locks and the session asks again. */
  idleMs: z.int(),
  /** Ways of signing in that are open here. */
  methods: z.array(MethodSchema).readonly(),
  /** Name of the single sign-on, as the site calls it. */
  directory: z.exactOptional(z.string()),
});
export type MeAnswer = z.output<typeof MeSchema>;

type Access = 'anyone' | 'signed-in' | 'set-up' | readonly Role[];
const route = <Q extends z.ZodType, A extends z.ZodType>(access: Access, request: Q, answer: A) =>
  ({ access, request, answer, form: 'json' }) as const;
const RUNS: readonly Role[] = ['administrator'];
const WATCHES: readonly Role[] = ['administrator', 'security-officer', 'auditor'];
const READS_IMAGES: readonly Role[] = ROLES.filter((role) => role !== 'security-officer' && role !== 'auditor');

/**
 * What the console's own process answers, besides the operations of `CONTROL` that `ACCESS` allows: all of them `POST /api/NAME` with JSON.
 * Signing in itself is better-auth's (`/api/auth/*`); what is live is `GET /api/live` (server-sent events `flows`, `log`, `needs`).
 */
export const CONSOLE = {
  me: route('anyone', NOTHING, MeSchema),
  'me.language': route('signed-in', z.strictObject({ language: z.enum(['fr', 'en']) }), DONE),
  /** Locks the page: the session then gives nothing but `me` until the person shows again who they are. */
  'me.lock': route('signed-in', NOTHING, DONE),

  /** Tells whether the one-time token is good, before anything is asked. */
  'setup.check': route('anyone', z.strictObject({ token: z.string().max(128) }), z.object({ isGood: z.boolean() })),
  /** Makes the administrator and signs them in; a passkey or TOTP is enrolled next. `recoveryKey`: shown this once. */
  'setup.administrator': route(
    'set-up',
    z.strictObject({
      token: z.string().max(128),
      account: AccountSchema,
      displayName: z.string().trim().min(1).max(100),
      site: z.string().trim().min(1).max(100),
      language: z.enum(['fr', 'en']),
    }),
    z.object({ recoveryKey: z.nullable(z.string()) }),
  ),
  /** The person typed the end of the recovery key: it is not shown again. */
  'setup.recovery-kept': route(
    RUNS,
    z.strictObject({ lastCharacters: z.string().max(16) }),
    z.object({ isRight: z.boolean() }),
  ),
  'setup.done': route(RUNS, NOTHING, DONE),

  'people.list': route(WATCHES, NOTHING, z.object({ people: z.array(PersonSchema).readonly() })),
  /** `link`: one-time, lasts a day; whoever opens it enrols a passkey, or a password with TOTP. */
  'people.add': route(
    RUNS,
    z.strictObject({
      account: AccountSchema,
      displayName: z.string().trim().min(1).max(100),
      role: RoleSchema,
      language: z.enum(['fr', 'en']),
    }),
    z.object({ person: PersonSchema, link: z.string() }),
  ),
  /** The last administrator stays one. */
  'people.change': route(
    RUNS,
    z.strictObject({
      id: ID,
      role: z.optional(RoleSchema),
      isDisabled: z.optional(z.boolean()),
      displayName: z.optional(z.string().trim().min(1).max(100)),
    }),
    z.object({ person: PersonSchema }),
  ),
  'people.remove': route(RUNS, z.strictObject({ id: ID }), DONE),
  /** A new link for somebody who lost their device: their passkeys and TOTP are taken away. */
  'people.invite': route(RUNS, z.strictObject({ id: ID }), z.object({ link: z.string() })),
  /** Ten codes that sign a local emergency account in without any directory, each once; shown this once, to be sealed in an envelope. */
  'people.emergency-codes': route(
    RUNS,
    z.strictObject({ id: ID }),
    z.object({ codes: z.array(z.string()).readonly() }),
  ),

  'session.list': route(
    'signed-in',
    z.strictObject({ ofAll: z.boolean().default(false) }),
    z.object({ sessions: z.array(SessionSchema).readonly() }),
  ),
  'session.end': route('signed-in', z.strictObject({ id: ID }), DONE),

  /** An audited act: after it this session may read the study over `/dicomweb`. `reason`: asked for where `needsReason` of the role says so. */
  'study.open': route(
    READS_IMAGES,
    z.strictObject({ studyInstanceUid: z.string().max(64), reason: z.string().trim().max(500).default('') }),
    z.object({ ohif: z.string(), light: z.string(), weasis: z.string() }),
  ),
  /**
   * An audited act: after it this session may read the patient's chart, documents and studies. Where no system of the house told of a visit
   * or an order it is listed for review.
   */
  'patient.open': route(ACCESS['chart.patient'], PatientOpenSchema.request, PatientOpenSchema.answer),
} as const;

export type ConsoleRoute = keyof typeof CONSOLE;
export type ConsoleRequestOf<K extends ConsoleRoute> = z.input<(typeof CONSOLE)[K]['request']>;
export type ConsoleAnswerOf<K extends ConsoleRoute> = z.output<(typeof CONSOLE)[K]['answer']>;

export function apiPathOf(name: string): string {
  return `/api/${name}`;
}

/** A file of this name marks a home as a demonstration's: only whoever makes one puts it there, and `me` then answers `isDemo`. */
export const DEMO_MARK = 'demonstration';
