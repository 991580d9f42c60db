import { type Text, text } from '@leadglass/kit';
import type { Event, Finding, Severity } from '@leadglass/model';

/** Most bytes (UTF-16 units) of findings or reasons kept with a row. */
export const LONGEST_JSON = 16_384;
/** Most of one event. */
export const LONGEST_EVENT = 65_536;
const LONGEST_NAME = 128;
const MOST_ITEMS = 64;
const LONGEST_TEXT = 512;
const LONGEST_SENTENCE = 1_000;

const RANK: Readonly<Record<Severity, number>> = { malicious: 0, malformed: 1, suspicious: 2, information: 3 };

/** A short value of a peer's as it may be stored: at most 128 characters, without NUL (which PostgreSQL's text refuses). */
export function boundedName(value: string): string {
  if (value.length <= LONGEST_NAME && !value.includes('\0')) return value;
  return value.slice(0, LONGEST_NAME).replaceAll('\0', '');
}

/** JSON array of `findings`, worst first, as many as fit. */
export function findingsJson(findings: readonly Finding[]): string {
  if (findings.length === 0) return '[]';
  return boundedArray(findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]).slice(0, MOST_ITEMS));
}

/** JSON array of `reasons`, in their order, as many as fit. */
export function reasonsJson(reasons: readonly Text[]): string {
  return boundedArray(
    reasons
      .slice(0, MOST_ITEMS)
      .map((reason) => text(reason.fr.slice(0, LONGEST_SENTENCE), reason.en.slice(0, LONGEST_SENTENCE))),
  );
}

function boundedArray(items: readonly unknown[]): string {
  const parts: string[] = [];
  let length = 2;
  for (const item of items) {
    const json = JSON.stringify(item);
    length += json.length + 1;
    if (length > LONGEST_JSON) break;
    parts.push(json);
  }
  return `[${parts.join(',')}]`;
}

/** JSON of `event`; one over the limit has its texts and lists cut, so that no peer can make a transaction fail by its size. */
export function eventJson(event: Event): string {
  const json = JSON.stringify(event);
  return json.length <= LONGEST_EVENT ? json : JSON.stringify(event, cut);
}

// Lists of 64 texts in two languages stay near the limit with texts this short.
function cut(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, LONGEST_TEXT);
  return Array.isArray(value) ? value.slice(0, MOST_ITEMS) : value;
}
