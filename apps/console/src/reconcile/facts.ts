import { type ReconciledIdentity, ReconciledIdentitySchema } from '@leadglass/contract';

export const FIELDS = ['patientId', 'issuer', 'familyName', 'givenName', 'birthDate', 'sex', 'accession'] as const;
export type Field = (typeof FIELDS)[number];
/** What the form holds: text in every field, empty where nothing is known. */
export type Draft = Readonly<Record<Field, string>>;

/**
 * The details as the first of two persons said them, for the second to confirm; else as they were registered, or as the images say, with the number of the
 * hospital where one was written down.
 */
export function draftOf(here: Readonly<Record<string, string>>, said?: ReconciledIdentity): Draft {
  const told: Readonly<Record<string, string | undefined>> = said ?? { ...here, patientId: here.localId };
  const draft = Object.fromEntries(FIELDS.map((field) => [field, told[field] ?? ''])) as Record<Field, string>;
  const { birthDate } = draft;
  const isDay = /^\d{8}$/.test(birthDate);
  const born = isDay ? `${birthDate.slice(0, 4)}-${birthDate.slice(4, 6)}-${birthDate.slice(6)}` : '';
  return { ...draft, birthDate: born };
}

/** What a draft says: what is empty is left out; a date field of the browser has hyphens. */
export function identityOf(draft: Draft): ReconciledIdentity | ReadonlySet<Field> {
  const filled = FIELDS.map((field) => [field, draft[field].trim()] as const).filter(([, value]) => value !== '');
  const asked: Record<string, string> = Object.fromEntries(filled);
  if (asked.birthDate !== undefined) asked.birthDate = asked.birthDate.replaceAll('-', '');
  const parsed = ReconciledIdentitySchema.safeParse(asked);
  if (parsed.success) return parsed.data;
  const named = parsed.error.issues.map(({ path }) => FIELDS.find((field) => field === path[0]));
  return new Set(named.filter((field) => field !== undefined));
}
