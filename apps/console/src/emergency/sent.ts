import type { PatientAnswer } from '@leadglass/contract';
import { formatOf, type Language, localeOf } from '../words/index.ts';

// How what a sender wrote is shown: its own digits, put in the order a reader expects, and never moved to another time zone.

const SENT = /^(\d{4})(?:-?(\d{2}))?(?:-?(\d{2}))?(?:T?(\d{2}):?(\d{2}))?/;

interface Parts {
  readonly date: string;
  readonly clock: string;
}

function partsOf(sent: string, language: Language): Parts | undefined {
  const [, year, month, day, hour, minute] = SENT.exec(sent) ?? [];
  if (year === undefined) return undefined;
  if (month === undefined) return { date: year, clock: '' };
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1));
  if (Number(month) > 12 || Number(day ?? 1) > 31) return undefined;
  const day2 = day === undefined ? {} : { day: '2-digit' as const };
  const shape = { ...day2, month: '2-digit', year: 'numeric', timeZone: 'UTC' } as const;
  const date = new Intl.DateTimeFormat(localeOf(language), shape).format(at);
  return { date, clock: hour === undefined || minute === undefined ? '' : `${hour}:${minute}` };
}

/** `20261127081500+0100` as `27/11/2026 08:15`; what is no time as it is. */
export function timeSent(sent: string, language: Language): string {
  const parts = partsOf(sent, language);
  return parts === undefined ? sent : [parts.date, parts.clock].filter((each) => each !== '').join(' ');
}

/** The day alone. */
export function daySent(sent: string, language: Language): string {
  return partsOf(sent, language)?.date ?? sent;
}

/** Sorts what was sent in the order of time: digits alone, so that what lacks a part comes at its beginning. */
export function orderOf(sent: string): string {
  return sent.replace(/[^0-9].*$/, '').padEnd(14, '0');
}

/** A time as sent, or when we heard of it. */
export function timeOf(sent: string, heardMs: number, language: Language): string {
  return sent === '' ? formatOf(language).moment(heardMs) : timeSent(sent, language);
}

/** `DURAND Zoé`; empty when nobody named the patient. */
export function nameOf({ names }: Pick<PatientAnswer, 'names'>): string {
  const [name] = names;
  return name === undefined ? '' : [name.family, name.given, name.further].filter((each) => each !== '').join(' ');
}

/** The identifier to show beside a name: a French national one whose key is right, else the first. */
export function mainIdentifier({ identifiers }: Pick<PatientAnswer, 'identifiers'>): string {
  return (identifiers.find(({ ins }) => ins === 'valid') ?? identifiers[0])?.value ?? '';
}
