import { beginningsOf, nearOf, wordsOfNames } from './names.ts';
import type { ChartSealer } from './sealer.ts';
import { soundsOf } from './sound.ts';
import type { Summary } from './summary.ts';

/** What a patient is found by, each with a letter for what it is. */
export function findableWords({
  names,
  birthDate,
  identifiers,
}: Pick<Summary, 'names' | 'birthDate' | 'identifiers'>): readonly string[] {
  const born = birthDate.length < 8 ? [] : [`b${birthDate.slice(0, 8)}`];
  const numbers = identifiers.map(({ value }) => `i${value.trim().toUpperCase()}`);
  return [...wordsOfNames(names).map((word) => `n${word}`), ...born, ...numbers];
}

/** The tokens of one of those words. */
export function tokensOfWord(sealer: ChartSealer, word: string): readonly number[] {
  const [kind, value] = [word[0], word.slice(1)];
  if (kind === 'b') return [sealer.token('born', value)];
  if (kind === 'i') return [sealer.token('identifier', value)];
  return [
    ...beginningsOf(value).map((each) => sealer.token('begins', each)),
    ...nearOf(value).map((each) => sealer.token('near', each)),
    ...soundsOf(value).map((each) => sealer.token('sounds', each)),
  ];
}

/** Every token that a patient is found by. */
export function tokensOf(sealer: ChartSealer, summary: Parameters<typeof findableWords>[0]): readonly number[] {
  return [...new Set(findableWords(summary).flatMap((word) => tokensOfWord(sealer, word)))];
}
