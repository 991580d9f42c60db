const LOCALES = { fr: 'fr-FR', en: 'en-GB' } as const;

/** The locale whose habits a language follows. */
export function localeOf(language: 'fr' | 'en'): string {
  return LOCALES[language];
}

const NUMBERS = {
  fr: new Intl.NumberFormat(LOCALES.fr, { maximumFractionDigits: 1 }),
  en: new Intl.NumberFormat(LOCALES.en, { maximumFractionDigits: 1 }),
};

/** A number as it is written, with at most one decimal. */
export function numberOf(language: 'fr' | 'en', value: number): string {
  return NUMBERS[language].format(value);
}
