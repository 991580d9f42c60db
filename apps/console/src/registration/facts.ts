import { type RegistrationAnswer, RegistrationRequestSchema } from '@leadglass/contract';

/** What the form holds: text in every field, empty where nothing is known. */
export type Draft = Readonly<Record<Field, string>>;

export const FIELDS = [
  ...(['familyName', 'givenName', 'birthDate', 'sex', 'localId', 'ins'] as const),
  ...(['procedure', 'modality', 'station', 'priority', 'reason', 'requester'] as const),
] as const;
export type Field = (typeof FIELDS)[number];

/** Modalities a department has (PS3.3 §C.7.3.1.1.1). */
export const MODALITIES = ['CT', 'MR', 'CR', 'DX', 'US', 'XA', 'RF', 'MG', 'NM', 'PT', 'OT'] as const;

/** What is asked for of a draft: what is empty is left out. */
export function askedOf(draft: Draft): Record<string, string> {
  const filled = FIELDS.map((field) => [field, written(field, draft[field])] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== ''));
}

/** A date field of the browser has hyphens; INS are written with spaces. */
function written(field: Field, value: string): string {
  if (field === 'birthDate') return value.replaceAll('-', '');
  return field === 'ins' ? value.replaceAll(' ', '').toUpperCase() : value.trim();
}

/** The fields that are wrong. */
export function wrongOf(draft: Draft): ReadonlySet<Field> {
  const parsed = RegistrationRequestSchema.safeParse(askedOf(draft));
  if (parsed.success) return new Set();
  const named = parsed.error.issues.map(({ path }) => FIELDS.find((field) => field === path[0]));
  return new Set(named.filter((field) => field !== undefined));
}

/** A form of what stands registered; what is kept of the last one for the next: device, modality, who asks. */
export function draftOf(one: Partial<RegistrationAnswer>): Draft {
  const draft = Object.fromEntries(FIELDS.map((field) => [field, one[field] ?? ''])) as Record<Field, string>;
  const day = draft.birthDate;
  return {
    ...draft,
    birthDate: day === '' ? '' : `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`,
    modality: draft.modality === '' ? 'CT' : draft.modality,
    priority: draft.priority === '' ? 'STAT' : draft.priority,
  };
}

/** `DUPONT Zoé`. */
export function nameOf({ familyName, givenName }: Pick<RegistrationAnswer, 'familyName' | 'givenName'>): string {
  return givenName === undefined ? familyName : `${familyName} ${givenName}`;
}

/** `29/02/1984`, `1984-02-29`: as people write it, without a time zone that could move it. */
export function bornOf({ birthDate }: Pick<RegistrationAnswer, 'birthDate'>, language: 'fr' | 'en'): string {
  if (birthDate === undefined) return '';
  const [year, month, day] = [birthDate.slice(0, 4), birthDate.slice(4, 6), birthDate.slice(6)];
  return language === 'fr' ? `${day}/${month}/${year}` : `${year}-${month}-${day}`;
}
