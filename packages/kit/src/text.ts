/** A sentence a person reads, in both languages of the product. */
export interface Text {
  readonly fr: string;
  readonly en: string;
}

/** The languages of the product; French first. */
export type Language = keyof Text;

/** Builds a Text. */
export function text(fr: string, en: string): Text {
  return { fr, en };
}

/** The language a locale name (`fr_FR.UTF-8`, `en`, `C`, undefined) asks for: English when it begins with `en`, else French. */
export function languageOf(locale: string | undefined): Language {
  return locale?.toLowerCase().startsWith('en') ? 'en' : 'fr';
}
