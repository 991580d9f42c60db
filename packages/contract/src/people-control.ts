import { z } from 'zod';
import { AccountSchema, PersonSchema, SessionSchema } from './console.ts';
import { RoleSchema } from './roles.ts';

const operation = <Q extends z.ZodType, A extends z.ZodType>(request: Q, answer: A) =>
  ({ request, answer, form: 'json' }) as const;
const OF = z.strictObject({ account: AccountSchema });

/**
 * People and the site, for the owner of the machine: what administrators do in the console's pages, and what the guided set-up does. The keeper hands
 * each to the console's process over their own channel; no role may ask them, because people have the entries of `CONSOLE`.
 */
export const PEOPLE_CONTROL = {
  'person.list': operation(z.strictObject({}), z.object({ people: z.array(PersonSchema).readonly() })),
  /**
   * Somebody new, who then needs a name and a role, or a new link for somebody there is, which takes away what they had enrolled. `link`: one-time,
   * lasts a day.
   */
  'person.invite': operation(
    z.strictObject({
      account: AccountSchema,
      displayName: z.optional(z.string().trim().min(1).max(100)),
      role: z.optional(RoleSchema),
      language: z.enum(['fr', 'en']).default('fr'),
    }),
    z.object({ person: PersonSchema, link: z.string() }),
  ),
  'person.change': operation(
    z.strictObject({ account: AccountSchema, role: z.optional(RoleSchema), isDisabled: z.optional(z.boolean()) }),
    z.object({ person: PersonSchema }),
  ),
  'person.remove': operation(OF, z.object({})),
  /** Of one account, or of all. */
  'person.sessions': operation(
    z.strictObject({ account: z.optional(AccountSchema) }),
    z.object({ sessions: z.array(SessionSchema).readonly() }),
  ),
  'person.end-sessions': operation(OF, z.object({ ended: z.int().min(0) })),
  /** Ten, shown once; those before are no longer good. */
  'person.emergency-codes': operation(OF, z.object({ codes: z.array(z.string()).readonly() })),
  /** How pages call the site. */
  'site.name': operation(z.strictObject({ name: z.string().trim().min(1).max(100) }), z.object({})),
  /** Confirms that somebody has the recovery key, by its last eight characters. */
  'site.recovery-kept': operation(
    z.strictObject({ lastCharacters: z.string().trim().length(8) }),
    z.object({ isRight: z.boolean() }),
  ),
} as const;
