import { type Text, text } from '@leadglass/kit';
import type { z } from 'zod';
import { didYouMean } from './nearest.ts';

/** A step into the document. */
export type Path = readonly (string | number)[];

/** What is wrong at one place. `isKey`: the key itself and not its value. */
export interface Complaint {
  readonly path: Path;
  readonly isKey: boolean;
  readonly text: Text;
}

const KIND: Readonly<Record<string, Text>> = {
  string: text('un texte', 'a text'),
  number: text('un nombre', 'a number'),
  boolean: text('true ou false', 'true or false'),
  array: text('une liste', 'a list'),
  object: text('un bloc de champs', 'a block of fields'),
};

/**
 * One sentence, or several, for what zod found.
 * @param knownKeys the keys allowed at a path, for the nearest name.
 */
export function complaintsOf(
  issue: z.core.$ZodIssue,
  value: unknown,
  knownKeys: (path: Path) => readonly string[],
): Complaint[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], isKey: true, text: unknownKey(key, knownKeys(path)) }));
  }
  return [{ path, isKey: false, text: sentenceOf(issue, value) }];
}

/** The sentence for one issue of a single input (a CLI option, a request's field). */
export function sentenceOf(issue: z.core.$ZodIssue, value?: unknown): Text {
  switch (issue.code) {
    case 'custom':
      return (issue.params?.text as Text | undefined) ?? NOT_RIGHT;
    case 'invalid_type':
      return wrongType(issue.expected, value);
    case 'invalid_value':
      return notOneOf(issue.values.map(String), value);
    case 'too_big':
      return text(`Trop long : ${issue.maximum} au plus.`, `Too long: at most ${issue.maximum}.`);
    case 'too_small':
      return text('La liste ne peut pas être vide.', 'The list cannot be empty.');
    case 'invalid_union':
      return sentenceOfUnion(issue, value);
    default:
      return NOT_RIGHT;
  }
}

const NOT_RIGHT = text('La valeur n’est pas valide.', 'The value is not valid.');

// Of the forms a value could have, the last is the general one: its sentence explains most.
function sentenceOfUnion(issue: z.core.$ZodIssueInvalidUnion, value: unknown): Text {
  const last = issue.errors.at(-1)?.[0];
  return last === undefined ? NOT_RIGHT : sentenceOf(last, value);
}

function wrongType(expected: string, value: unknown): Text {
  const kind = KIND[expected] ?? text(expected, expected);
  if (value === undefined) return text('Ce champ est obligatoire.', 'This field is required.');
  if (value === null)
    return text(`La valeur manque : il faut ${kind.fr}.`, `The value is missing: ${kind.en} is needed.`);
  if (expected === 'string') {
    return text('Il faut un texte : mettez la valeur entre guillemets.', 'A text is needed: put the value in quotes.');
  }
  return text(`Il faut ${kind.fr}.`, `This must be ${kind.en}.`);
}

function notOneOf(values: readonly string[], value: unknown): Text {
  const near = typeof value === 'string' ? didYouMean(value, values) : undefined;
  const list = values.join(', ');
  return text(
    `Valeurs possibles : ${list}.${near === undefined ? '' : ` Vouliez-vous dire « ${near} » ?`}`,
    `Possible values: ${list}.${near === undefined ? '' : ` Did you mean "${near}"?`}`,
  );
}

function unknownKey(key: string, known: readonly string[]): Text {
  const shown = key.slice(0, 64);
  const near = didYouMean(key, known);
  if (near !== undefined) {
    return text(
      `Champ inconnu « ${shown} ». Vouliez-vous dire « ${near} » ?`,
      `Unknown field "${shown}". Did you mean "${near}"?`,
    );
  }
  return text(
    `Champ inconnu « ${shown} ». Champs possibles : ${known.join(', ')}.`,
    `Unknown field "${shown}". Possible fields: ${known.join(', ')}.`,
  );
}
