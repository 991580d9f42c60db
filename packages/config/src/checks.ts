import { type Text, text } from '@leadglass/kit';
import { type AeTitle, parseAeTitle } from '@leadglass/model';
import { z } from 'zod';

/** What the reference says of a field. */
export interface FieldDoc {
  readonly about: Text;
  /** As it would be written in YAML. */
  readonly example: string;
}

/** The documentation of every field, kept with its schema. */
export const fieldDocs = z.registry<FieldDoc>();

/** Refuses with a sentence in both languages; every check of this room goes through here. */
export function checked<T>(isRight: (value: T) => boolean, sentence: Text) {
  return (schema: z.ZodType<T, T>) => schema.refine(isRight, { params: { text: sentence } });
}

/** An AE title (PS3.5 §6.2), trimmed. */
export const aeTitle = checked<string>(
  (value) => parseAeTitle(value) !== undefined,
  text(
    'Un titre AE a 1 à 16 caractères ASCII imprimables, sans « \\ », et ne peut pas être fait d’espaces seuls.',
    'An AE title has 1 to 16 printable ASCII characters, no "\\", and is not made of spaces alone.',
  ),
)(z.string()).transform((value) => value.trim() as AeTitle);

/** What we call a destination or a quirk. */
export const destinationName = checked<string>(
  (value) => /^[A-Za-z0-9._-]{1,64}$/.test(value),
  text(
    'Un nom de destination a 1 à 64 lettres, chiffres, « - », « _ » ou « . ».',
    'A destination name has 1 to 64 letters, digits, "-", "_" or ".".',
  ),
)(z.string());

/** Whether no value stands twice. */
export function unique<T>(values: readonly T[]): boolean {
  return new Set(values).size === values.length;
}

/** The sentence for a list that repeats. */
export const REPEATED = text('La liste répète une valeur.', 'The list repeats a value.');

/** An object's type without undefined fields. */
export type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Fields of an object with those that are undefined left out. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;
}
