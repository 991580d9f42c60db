import { type Text, text } from '@leadglass/kit';
import { printable } from './printable.ts';

export const REASON_CHARS = 300;
export const COMMAND_CHARS = 200;
const LISTED = 5;

/** What a peer sent, made safe to print, in quotes of each language. */
export function named(value: string): Text {
  const shown = printable(value);
  return shown === '' ? text('(sans nom)', '(no name)') : text(`« ${shown} »`, `“${shown}”`);
}

/** A peer with its address: `« CT1 » (192.0.2.7)`. */
export function peerAt(aeTitle: string, address: string): Text {
  const name = named(aeTitle);
  return text(`${name.fr} (${printable(address)})`, `${name.en} (${printable(address)})`);
}

/** A reason in one language, neutralised and without its final stop, so that it can end a clause. */
export function clause(sentence: string): string {
  return printable(sentence.trim(), REASON_CHARS).replace(/[\s.]+$/u, '');
}

/** A reason, as a clause. */
export function because(why: Text): Text {
  return text(clause(why.fr), clause(why.en));
}

export function becauseAll(reasons: readonly Text[]): Text {
  const clauses = reasons.slice(0, LISTED).map(because);
  if (clauses.length === 0) return text('raison non précisée', 'no reason given');
  return text(clauses.map((clause) => clause.fr).join(' ; '), clauses.map((clause) => clause.en).join('; '));
}

export function listed(values: readonly string[]): string {
  const shown = values.slice(0, LISTED).map((value) => printable(value));
  return values.length > LISTED ? `${shown.join(', ')}, +${values.length - LISTED}` : shown.join(', ');
}

/** `1 objet`, `3 objets`; the French plural begins at two. */
export function count(n: number, fr: string, en: string, frMany = `${fr}s`, enMany = `${en}s`): Text {
  return text(`${n} ${Math.abs(n) < 2 ? fr : frMany}`, `${n} ${n === 1 ? en : enMany}`);
}

/** What is added when one event stands for several. */
export function andMore(more: number | undefined): Text {
  if (more === undefined || more < 1) return text('', '');
  const n = count(more, 'autre fois', 'more time', 'autres fois');
  return text(` (et ${n.fr} dans la minute)`, ` (and ${n.en} within the minute)`);
}

/** A certificate by its name, for whom it was issued and the beginning of its fingerprint. */
export function certificate(e: { readonly name: string; readonly peer: string; readonly sha256: string }): Text {
  const name = named(e.name);
  const of = e.peer === '' ? text('', '') : text(` de ${named(e.peer).fr}`, ` of ${named(e.peer).en}`);
  return text(`${name.fr}${of.fr} (${short(e.sha256)})`, `${name.en}${of.en} (${short(e.sha256)})`);
}

export const day = (atMs: number): string =>
  new Date(Math.min(8.64e15, Math.max(0, atMs || 0))).toISOString().slice(0, 10);

export const objects = (n: number): Text => count(n, 'objet', 'object');

/** `523 kB` / `523 ko`: three figures, decimal units. */
export function size(bytes: number): Text {
  const units = [
    ['o', 'B'],
    ['ko', 'kB'],
    ['Mo', 'MB'],
    ['Go', 'GB'],
    ['To', 'TB'],
  ] as const;
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  const digits = step === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, '');
  const [fr, en] = units[step] as (typeof units)[number];
  return text(`${digits.replace('.', ',')} ${fr}`, `${digits} ${en}`);
}

/** `45 s`, `5 min`, `2 h 05`. */
export function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
}

export function status(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

export function command(line: string): string {
  return `./leadglass ${line}`;
}

/** The object, short enough to read and exact enough to find. */
export function instance(uid: string): string {
  return uid === '' ? '—' : printable(uid);
}

export const short = (sha256: string): string => printable(sha256.slice(0, 12));
