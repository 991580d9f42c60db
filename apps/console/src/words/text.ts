import { numberOf } from './number.ts';

/** A sentence in both languages. */
export interface Text {
  readonly fr: string;
  readonly en: string;
}

/** The languages of the product; French first. */
export type Language = keyof Text;
export const LANGUAGES: readonly Language[] = ['fr', 'en'];

/** A space that French puts before these signs, and inside its quotation marks, does not break. */
const FRENCH_SPACES = / (?=[:;!?»])|(?<=«) /g;

/** Builds a Text: a language that is missing does not compile. French spaces are made non-breaking here, so that nobody has to type them. */
export function text(fr: string, en: string): Text {
  return { fr: fr.replace(FRENCH_SPACES, '\u00a0'), en };
}

/** A table of words: sentences, and sentences that need something to be said (`(name: string) => text(…)`). */
export type Words = Readonly<Record<string, Text | ((...given: never[]) => Text)>>;

/** The same table in one language. */
export type Said<W extends Words> = {
  readonly [K in keyof W]: W[K] extends (...given: infer A) => Text ? (...given: A) => string : string;
};

/** The table `words` in `language`. */
export function say<W extends Words>(words: W, language: Language): Said<W> {
  const said: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(words)) {
    said[key] = typeof entry === 'function' ? (...given: never[]) => entry(...given)[language] : entry[language];
  }
  return said as Said<W>;
}

/** Forms of a noun by number; `many` (French, from a million: `de visiteurs`) falls back to `other`. */
export interface Forms {
  readonly one: string;
  readonly other: string;
  readonly many?: string;
}

const RULES = { fr: new Intl.PluralRules('fr'), en: new Intl.PluralRules('en') };

function countedIn(language: Language, count: number, forms: Forms): string {
  const kind = RULES[language].select(count);
  const form = kind === 'one' ? forms.one : kind === 'many' ? (forms.many ?? forms.other) : forms.other;
  return `${numberOf(language, count)}\u00a0${form}`;
}

/** `1 image`, `12 images`: the number and the noun as each language has them. */
export function counted(count: number, fr: Forms, en: Forms): Text {
  return text(countedIn('fr', count, fr), countedIn('en', count, en));
}
