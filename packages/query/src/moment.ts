/** Dates and times as text that compares as they do (PS3.5 §6.2 DA, TM, DT): digits of one length. */
const DATE = /^([0-9]{4})[.-]?([0-9]{2})[.-]?([0-9]{2})$/;
const TIME = /^([0-9]{2})(?::?([0-9]{2})(?::?([0-9]{2})(?:\.([0-9]{1,6}))?)?)?$/;
const DATE_TIME =
  /^([0-9]{4})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:\.([0-9]{1,6}))?)?)?)?)?)?([+-][0-9]{4})?$/;

/** Which end of what a value of low precision leaves open: the earliest or the latest moment it may mean. */
export type Edge = 'first' | 'last';

/** `YYYYMMDD`; also of `YYYY.MM.DD`, as older objects have it. Undefined when it is no date. */
export function dateKey(value: string): string | undefined {
  const found = DATE.exec(value.trim());
  return found === null ? undefined : `${found[1]}${found[2]}${found[3]}`;
}

/** `HHMMSSFFFFFF`; also of `HH:MM:SS`. Undefined when it is no time. */
export function timeKey(value: string, edge: Edge): string | undefined {
  const found = TIME.exec(value.trim());
  if (found === null) return undefined;
  const [, hour = '', minute, second, fraction] = found;
  const rest = edge === 'first' ? ['00', '00'] : ['59', '59'];
  return `${hour}${minute ?? rest[0]}${second ?? rest[1]}${fractionKey(fraction, edge)}`;
}

/** `YYYYMMDDHHMMSSFFFFFF` in UTC where the value names its offset, as written where it does not. Undefined when it is no date time. */
export function dateTimeKey(value: string, edge: Edge): string | undefined {
  const found = DATE_TIME.exec(value.trim());
  if (found === null) return undefined;
  const [, year = '', month, day, hour, minute, second, fraction, offset] = found;
  const low = ['01', '01', '00', '00', '00'];
  const high = ['12', '31', '23', '59', '59'];
  const rest = edge === 'first' ? low : high;
  const parts = [month, day, hour, minute, second].map((part, index) => part ?? rest[index] ?? '');
  const key = `${year}${parts.join('')}`;
  return `${offset === undefined || offset === '+0000' ? key : shifted(key, offset)}${fractionKey(fraction, edge)}`;
}

function fractionKey(fraction: string | undefined, edge: Edge): string {
  return (fraction ?? '').padEnd(6, edge === 'first' ? '0' : '9');
}

function shifted(key: string, offset: string): string {
  const at = (from: number, to: number): number => Number(key.slice(from, to));
  const minutes = (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3, 5)));
  const utc = Date.UTC(at(0, 4), at(4, 6) - 1, at(6, 8), at(8, 10), at(10, 12) - minutes, at(12, 14));
  return new Date(utc).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** How a value of a VR of dates and times compares; undefined for another VR, or for what is none. */
export function momentKey(vr: string, value: string, edge: Edge): string | undefined {
  if (vr === 'DA') return dateKey(value);
  if (vr === 'TM') return timeKey(value, edge);
  return vr === 'DT' ? dateTimeKey(value, edge) : undefined;
}

/** Whether values of this VR may be asked for in ranges (PS3.4 §C.2.2.2.5). */
export function isMomentVr(vr: string): boolean {
  return vr === 'DA' || vr === 'TM' || vr === 'DT';
}

/** The two ends of `A-B`, `A-` or `-B`; undefined when `value` is no range. The `-` of an offset from UTC is none. */
export function rangeOf(vr: string, value: string): readonly [from: string, to: string] | undefined {
  const bare = value.trim();
  for (let at = bare.indexOf('-'); at >= 0; at = bare.indexOf('-', at + 1)) {
    const [from, to] = [bare.slice(0, at).trim(), bare.slice(at + 1).trim()];
    if (vr === 'DT' && isOffset(bare, at)) continue;
    if (from !== '' || to !== '') return [from, to];
  }
  return undefined;
}

/** Whether the `-` at `at` begins an offset from UTC: four digits up to 1200 follow, then the end or another `-`, and a date with its hour stands before. */
function isOffset(value: string, at: number): boolean {
  const digits = /^([0-9]{4})(?:-|$)/.exec(value.slice(at + 1))?.[1];
  const before = /[0-9.]+$/.exec(value.slice(0, at))?.[0] ?? '';
  return digits !== undefined && Number(digits) <= 1200 && before.length >= 10;
}

const DAY_MS = 86_400_000;

/** Days that a closed range of dates spans, both ends counted; undefined when an end is open or none is a date. */
export function daysSpanned(vr: string, from: string, to: string): number | undefined {
  const [first, last] = [dayOf(momentKey(vr, from, 'first')), dayOf(momentKey(vr, to, 'last'))];
  return first === undefined || last === undefined ? undefined : Math.max(0, Math.round((last - first) / DAY_MS) + 1);
}

function dayOf(key: string | undefined): number | undefined {
  if (key === undefined || key.length === 12) return undefined;
  return Date.UTC(Number(key.slice(0, 4)), Number(key.slice(4, 6)) - 1, Number(key.slice(6, 8)));
}
