import type { PersonName } from '@leadglass/hl7';
import { soundsAlike } from './sound.ts';

/** Shortest and longest beginning of a word that has a token. */
const SHORTEST = 2;
const LONGEST = 16;
/** Shortest word that is found with a letter wrong, and how much of a word is looked at for that. */
const SHORTEST_NEAR = 4;
const LONGEST_NEAR = 12;
/** Words of one patient that are looked at. */
const MOST_WORDS = 16;

/** Words of a text without accents, in capitals: DUPONT-DE-L’ÉCLUSE is four. */
export function wordsOf(text: string): readonly string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toUpperCase()
    .replaceAll('Œ', 'OE')
    .replaceAll('Æ', 'AE');
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Every word of a patient's names, once. */
export function wordsOfNames(names: readonly PersonName[]): readonly string[] {
  const all = names.flatMap(({ family, given, further }) => [family, given, further].flatMap(wordsOf));
  return [...new Set(all)].slice(0, MOST_WORDS);
}

/** Beginnings of a word that it is found by. */
export function beginningsOf(word: string): readonly string[] {
  const letters = Array.from(word).slice(0, LONGEST);
  return letters.slice(SHORTEST - 1).map((_, at) => letters.slice(0, at + SHORTEST).join(''));
}

/** The beginning that a searched word asks for; undefined when it is too short to be found by. */
export function beginningAsked(word: string): string | undefined {
  const letters = Array.from(word).slice(0, LONGEST);
  return letters.length < SHORTEST ? undefined : letters.join('');
}

/**
 * What a word is found by with one letter wrong, missing, too many, or two swapped: itself and itself without one of its letters. Two words
 * that are so near share one of these.
 */
export function nearOf(word: string): readonly string[] {
  const letters = Array.from(word).slice(0, LONGEST_NEAR);
  if (letters.length < SHORTEST_NEAR) return [];
  const without = letters.map((_, at) => [...letters.slice(0, at), ...letters.slice(at + 1)].join(''));
  return [...new Set([letters.join(''), ...without])];
}

/** How well a patient's words fit those searched: the least of what each fits; undefined when one fits none. */
export function fitOf(asked: readonly string[], words: readonly string[]): Fit | undefined {
  let worst = 0;
  for (const word of asked) {
    const fit = FITS.findIndex((_, at) => words.some((each) => FITTING[at]?.(word, each)));
    if (fit < 0) return undefined;
    worst = Math.max(worst, fit);
  }
  return FITS[worst];
}

/** How a word fits another, the best first. */
export const FITS = ['same', 'begins', 'alike', 'sounds'] as const;
export type Fit = (typeof FITS)[number];
const FITTING: readonly ((asked: string, word: string) => boolean)[] = [
  (asked, word) => word === asked,
  (asked, word) => word.startsWith(asked),
  isNear,
  soundsAlike,
];

/** Whether two words differ by one letter at most, or by two that are swapped. */
export function isNear(one: string, other: string): boolean {
  const [a, b] = [Array.from(one).slice(0, LONGEST_NEAR), Array.from(other).slice(0, LONGEST_NEAR)];
  if (Math.min(a.length, b.length) < SHORTEST_NEAR - 1 || Math.abs(a.length - b.length) > 1) return false;
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from += 1;
  let [endA, endB] = [a.length, b.length];
  while (endA > from && endB > from && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  if (endA - from <= 1 && endB - from <= 1) return true;
  return endA - from === 2 && endB - from === 2 && a[from] === b[from + 1] && a[from + 1] === b[from];
}
