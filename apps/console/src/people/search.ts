import { z } from 'zod';

/** What the address of the sign-in page may say. */
export const SearchSchema = z.object({
  /** Within this console alone. */
  back: z.optional(z.string().regex(/^\/(?!\/)[^\\]*$/)).catch(undefined),
  refused: z.optional(z.enum(['no_role', 'account_taken', 'disabled', 'away', 'failed'])).catch(undefined),
});
