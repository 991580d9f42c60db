import { z } from 'zod';

/** What a person of the console is. Each has the rights that `ACCESS` gives it, and no others. */
export const ROLES = [
  'administrator',
  'security-officer',
  'radiologist',
  'technologist',
  'emergency',
  'auditor',
] as const;
export type Role = (typeof ROLES)[number];
export const RoleSchema = z.enum(ROLES);
