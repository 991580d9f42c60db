import { localeOf, numberOf } from './number.ts';
import type { Language } from './text.ts';

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
const STEPS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** Numbers, sizes and times as a language writes them. */
export interface Format {
  readonly language: Language;
  number(value: number): string;
  /** `0.25` is 25 %. */
  percent(value: number): string;
  /** `12,4 Mo`, `12.4 MB`. */
  bytes(value: number): string;
  /** `14:05:09` today, with the date on another day. */
  time(atMs: number, nowMs: number): string;
  date(atMs: number): string;
  /** Date and time, to the second. */
  moment(atMs: number): string;
  /** `il y a 3 minutes`, `in 3 days`. */
  ago(atMs: number, nowMs: number): string;
  /** `3 minutes`. */
  duration(ms: number): string;
}

/** Largest unit that `ms` fills, and how many of it, towards zero. */
export function inLargestUnit(ms: number): { readonly count: number; readonly unit: (typeof STEPS)[number][0] } {
  for (const [unit, size] of STEPS) {
    if (Math.abs(ms) >= size) return { count: Math.trunc(ms / size), unit };
  }
  return { count: 0, unit: 'second' };
}

function bytesIn(locale: string, value: number): string {
  const power = value < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  const unit = BYTE_UNITS[power] ?? 'byte';
  const shown = value / 1000 ** power;
  const maximumFractionDigits = power === 0 || shown >= 100 ? 0 : 1;
  const unitDisplay = power === 0 ? 'long' : 'short';
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits }).format(shown);
}

function made(language: Language): Format {
  const locale = localeOf(language);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const isSameDay = (a: number, b: number) => new Date(a).toDateString() === new Date(b).toDateString();
  return {
    language,
    number: (value) => numberOf(language, value),
    percent: (value) => percent.format(value),
    bytes: (value) => bytesIn(locale, value),
    time: (atMs, nowMs) => (isSameDay(atMs, nowMs) ? clock : moment).format(atMs),
    date: (atMs) => day.format(atMs),
    moment: (atMs) => moment.format(atMs),
    ago: (atMs, nowMs) => {
      const { count, unit } = inLargestUnit(atMs - nowMs);
      return relative.format(count, unit);
    },
    duration: (ms) => {
      const { count, unit } = inLargestUnit(ms);
      return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
    },
  };
}

const FORMATS = { fr: made('fr'), en: made('en') };

/** How `language` writes numbers, sizes and times. */
export function formatOf(language: Language): Format {
  return FORMATS[language];
}
