import { type Language, languageOf, type Text, text } from '@leadglass/kit';

type Environment = Readonly<Record<string, string | undefined>>;

/** `--lang`, else LEADGLASS_LANG, else the locale: French unless it begins with `en`. */
export function languageFor(asked: string | undefined, environment: Environment): Language {
  const first = [asked, environment.LEADGLASS_LANG, environment.LC_ALL, environment.LC_MESSAGES, environment.LANG].find(
    (value) => value !== undefined && value !== '',
  );
  return languageOf(first);
}

/** Wall time as people here read it: local, to the second. */
export function timeWords(epochMs: number): string {
  const at = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

const UNITS: Readonly<Record<Language, readonly string[]>> = {
  fr: ['o', 'ko', 'Mo', 'Go', 'To', 'Po'],
  en: ['B', 'kB', 'MB', 'GB', 'TB', 'PB'],
};

/** Bytes in decimal units, three significant digits: `1,23 Go`. */
export function sizeWords(bytes: number, language: Language): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < 5) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  const shown = value.toFixed(digits);
  return `${language === 'fr' ? shown.replace('.', ',') : shown} ${UNITS[language][unit] ?? ''}`;
}

const BAR_COLUMNS = 30;

/** A bar of 30 columns, `share` of it full. @param share 0 to 1. */
export function barWords(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_COLUMNS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_COLUMNS - full)}`;
}

/** A span of time: `3 j 4 h`, `12 min`, `40 s`. */
export function spanWords(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} ${language === 'fr' ? 'j' : 'd'} ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}

/** `1 objet`, `3 objets`: the French plural begins at two, the English one is for all but one. */
export function countWords(count: number, fr: readonly [string, string], en: readonly [string, string]): Text {
  return text(`${count} ${fr[count >= 2 ? 1 : 0]}`, `${count} ${en[count === 1 ? 0 : 1]}`);
}

/** Texts one after the other, a comma between. */
export function listWords(...texts: readonly Text[]): Text {
  return text(texts.map(({ fr }) => fr).join(', '), texts.map(({ en }) => en).join(', '));
}
