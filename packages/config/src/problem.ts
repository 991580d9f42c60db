import { type Text, text } from '@leadglass/kit';

/** One thing wrong in a configuration file. */
export interface Problem {
  /** `destinations[2].port`; empty for the file as a whole. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly text: Text;
}

/** A problem of the file as a whole. */
export function wholeFile(sentence: Text): Problem {
  return { path: '', line: 1, column: 1, text: sentence };
}

export const EMPTY_FILE = text(
  'Le fichier est vide. Écrivez au moins « peers: [] » ; une liste absente est une liste vide.',
  'The file is empty. Write at least "peers: []"; an absent list is an empty list.',
);
