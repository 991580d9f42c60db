/*
 * How a French name sounds, for a search by whoever heard it and never saw it written. In the manner of Phonex and Soundex-FR (letters that
 * are not heard go, spellings of one sound become one sign), written from what they describe; finer where names want it: nasal vowels,
 * -ault, -eau, -ez, ill, bv. Wide on purpose: a person looks at what it finds. What gives points for an identity (`reconcile/words.ts`) is narrower.
 */

/**
 * What one spelling becomes. `W` is ou, `Q` eu, `1` in, `2` an, `3` on, `4` ail; `J` is ch and j, `S` is s and z; `_` an E that is not heard, `É` one that
 * is, until the end.
 */
type Rule = readonly [spelling: RegExp, sign: string];

const VOWELS_HEARD = 'AEÉIOUYWQ';
/** Not before what opens the nasal again: a vowel, n or m. */
const CLOSED = `(?![${VOWELS_HEARD}_NM])`;

const CONSONANTS: readonly Rule[] = [
  [/SCH|TCH|SH|DJ/g, 'J'],
  [/CH(?=[RLN])/g, 'K'],
  [/CH/g, 'J'],
  [/PH/g, 'F'],
  [/H/g, ''],
  [/BV(?=R)/g, 'V'],
  [/SC(?=[EÉIY])|C(?=[EÉIY])/g, 'S'],
  [/CQU|QU|CK|C|Q/g, 'K'],
  [/GE(?=[AOU])|G(?=[EÉIY])/g, 'J'],
  [/GU(?=[EÉIY])/g, 'G'],
  [/GN/g, 'NI'],
  [/W/g, 'V'],
  [/X(?=.)/g, 'KS'],
  [/Z(?=.)/g, 'S'],
  [/([B-DF-HJ-NP-TV-Z])\1+/g, '$1'],
];

/** What ends a word and is spelt in many ways. */
const ENDINGS: readonly Rule[] = [
  [/E?AU(?:L?[DTSX]+)?$|O[DTS]S?$/, 'O'],
  [/(?:AI|AY|EI|EY)[STX]?$|E[RZT]S?$/, 'É'],
  [/(?<=..)ES?$/, '_'],
  [/N[CGKDT]S?$/, 'N'],
  [/(?<=..)[DTSXZP]+$/, ''],
];

const VOWELS: readonly Rule[] = [
  [/[AE][YI](?=[AEÉIOU_])/g, '4'],
  [/E?AUL(?=T)|E?AU/g, 'O'],
  [/OUA|OI|OY/g, 'WA'],
  [/OU/g, 'W'],
  [/OEU|EU/g, 'Q'],
  [new RegExp(`I[EY]N${CLOSED}`, 'g'), 'I1'],
  [new RegExp(`(?:AI|EI|I|Y|U)[NM]${CLOSED}`, 'g'), '1'],
  [new RegExp(`[AE][NM]${CLOSED}`, 'g'), '2'],
  [new RegExp(`O[NM]${CLOSED}`, 'g'), '3'],
  [/AI|AY|EI|EY|É/g, 'E'],
  [/Y/g, 'I'],
  [/_/g, ''],
  [/(.)\1+/g, '$1'],
];

/** Letters that leave open how they are said, and another way to read them: VILLARD and GUILLOT, DUPRÉ without its accent, MEYER, LECLERC. */
const READINGS: readonly Rule[] = [
  [/(?<![AEOU])ILL/, 'IY'],
  [/(?<=[^AEOUY])E$/, 'É'],
  [/ER$/, 'ER_'],
  [/RCQ?S?$/, 'R_'],
];

/** Longer has no more to tell; shorter is nobody's. */
const MOST_LETTERS = 24;
const LEAST_LETTERS = 3;
const LONGEST = 12;
const SHORTEST = 2;
/** Keys of one word. */
export const MOST_SOUNDS = 4;

/**
 * The keys of a word in capitals without accents: words that may sound alike share one. Several, at most four, where the letters leave open how it is said; none for
 * what is too short, or is in other letters than ours.
 */
export function soundsOf(word: string): readonly string[] {
  if (!/^[A-Z]+$/.test(word) || word.length < LEAST_LETTERS) return [];
  const letters = word.slice(0, MOST_LETTERS).replace(/(?<=[AEOU])ILL/g, 'Y');
  let readings = [letters];
  for (const [spelling, sign] of READINGS)
    if (spelling.test(letters)) readings = [...readings, ...readings.map((each) => each.replace(spelling, sign))];
  const keys = readings.slice(0, MOST_SOUNDS).map(keyOf);
  return [...new Set(keys)].filter((key) => key.length >= SHORTEST);
}

function keyOf(letters: string): string {
  const rules = [...CONSONANTS, ...ENDINGS, ...VOWELS];
  return rules.reduce((word, [spelling, sign]) => word.replace(spelling, sign), letters).slice(0, LONGEST);
}

/** Whether two words may sound alike. */
export function soundsAlike(one: string, other: string): boolean {
  const keys = soundsOf(other);
  return soundsOf(one).some((key) => keys.includes(key));
}
