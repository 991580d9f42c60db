import type { AeTitle } from '@leadglass/model';
import { z } from 'zod';

/** Trimmed AE title (PS3.5 §6.2). */
export const AeTitleSchema = z
  .string()
  .regex(/^(?! )[\x20-\x5b\x5d-\x7e]{1,16}(?<! )$/, { error: 'AE title: 1 to 16 characters, no backslash' })
  .transform((value) => value as AeTitle);
