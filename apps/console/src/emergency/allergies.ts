import type { AllergyAnswer, AllergyVersionAnswer, CodedAnswer } from '@leadglass/contract';
import type { Language, Text } from '../words/index.ts';
import { ALLERGY, KINDS, SEVERITIES, STATUSES } from './allergy-words.ts';
import { timeSent } from './sent.ts';

/** What stands at the head of a chart about allergies: `untold` is not `none-known`. */
export type AllergyState = 'untold' | 'none-known' | 'some' | 'both' | 'past';

/** What is in force of what was told. What the latest list leaves out counts: nobody said that it is safe. */
export function stateOf(allergies: readonly AllergyAnswer[]): AllergyState {
  if (allergies.length === 0) return 'untold';
  const newest = allergies.flatMap(({ versions: [version] }) => (version === undefined ? [] : [version]));
  const standing = newest.filter(({ state }) => state === 'current');
  const open = newest.filter(({ state }) => state === 'current' || state === 'unrepeated');
  const isNone = standing.some(({ isNoneKnown }) => isNoneKnown);
  const isSome = open.some(({ isNoneKnown }) => !isNoneKnown);
  if (isSome) return isNone && standing.some(({ isNoneKnown }) => !isNoneKnown) ? 'both' : 'some';
  return isNone ? 'none-known' : 'past';
}

/** The words of a code: the sender's own, else what the standard's table says of it, with the code. */
export function codeWords(coded: CodedAnswer, table: Readonly<Record<string, Text>>, language: Language): string {
  const own = coded.text || coded.otherText;
  const code = coded.id || coded.otherId;
  const meaning = table[code];
  if (own !== '' && own !== code) return own;
  return meaning === undefined ? code || own : `${meaning[language]} (${code})`;
}

/** The substance as it was sent, its code behind it where there is one. */
export function substanceOf({ code }: AllergyVersionAnswer, language: Language): string {
  const words = code.text || code.otherText;
  const number = [code.id, code.system].filter((each) => each !== '').join(' ');
  if (words === '') return number || ALLERGY.noSubstance[language];
  return number === '' || code.id === words ? words : `${words} [${number}]`;
}

/** All that was said of it beside the substance, in the order a physician asks: how bad, what happened, since when, how sure. */
export function detailsOf(version: AllergyVersionAnswer, language: Language): readonly string[] {
  const { severity, reactions, identifiedAt, kind, sensitivity, status, notes } = version;
  const words = (code: string) => {
    const meaning = STATUSES[code];
    return meaning === undefined ? code : `${meaning[language]} (${code})`;
  };
  const details = [
    codeWords(severity, SEVERITIES, language),
    reactions.join(', '),
    identifiedAt === '' ? '' : ALLERGY.since(timeSent(identifiedAt, language))[language],
    codeWords(kind, KINDS, language),
    sensitivity === '' ? '' : words(sensitivity),
    ...status.map(words),
    ...notes,
  ];
  return details.filter((each) => each !== '');
}
