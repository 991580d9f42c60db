import { fromHex } from '@leadglass/kit';
import { decodeBytes } from './charset.ts';
import type { Delimiters } from './syntax.ts';

/** Character sets that need no other decoding: ISO IR6 and the right half of 8859/1. */
const SINGLE_SETS: ReadonlySet<string> = new Set(['C2842', 'C2D41']);
const MOST_BLANKS = 200;

/**
 * A text with its escapes replaced (v2.5.1 §2.7). What is no escape that we know, `\Z…\` and changes of character set among them, stays as it was
 * sent. Time and memory grow with the text alone.
 * @param charset what `\Xhh…\` is decoded with.
 */
export function unescapeText(text: string, delimiters: Delimiters, charset: string): string {
  const { escape: sign } = delimiters;
  let at = sign === '' ? -1 : text.indexOf(sign);
  if (at < 0) return text;
  const parts: string[] = [];
  let from = 0;
  while (at >= 0) {
    const end = text.indexOf(sign, at + 1);
    if (end < 0) break;
    const meant = meaningOf(text.slice(at + 1, end), delimiters, charset);
    if (meant === undefined) {
      // Not an escape: its second sign may begin one.
      at = end;
      continue;
    }
    parts.push(text.slice(from, at), meant);
    from = end + 1;
    at = text.indexOf(sign, from);
  }
  parts.push(text.slice(from));
  return parts.join('');
}

function meaningOf(body: string, delimiters: Delimiters, charset: string): string | undefined {
  switch (body) {
    case 'F':
      return delimiters.field;
    case 'S':
      return delimiters.component;
    case 'T':
      return delimiters.subcomponent;
    case 'R':
      return delimiters.repetition;
    case 'E':
      return delimiters.escape;
    case 'P':
      return delimiters.truncation === '' ? undefined : delimiters.truncation;
    case 'H':
    case 'N':
      return '';
    default:
      return longMeaningOf(body, charset);
  }
}

function longMeaningOf(body: string, charset: string): string | undefined {
  const first = body.charAt(0);
  if (first === 'X') return hexMeaningOf(body.slice(1), charset);
  if (first === '.') return formatMeaningOf(body);
  return SINGLE_SETS.has(body) ? '' : undefined;
}

function hexMeaningOf(hex: string, charset: string): string | undefined {
  const bytes = hex === '' ? undefined : fromHex(hex);
  return bytes === undefined ? undefined : decodeBytes(bytes, charset).replace(/\r\n?/g, '\n');
}

/** Formatting commands of FT (v2.5.1 §2.7.6): line breaks and blanks; margins and wrapping are for printers of the time. */
function formatMeaningOf(body: string): string | undefined {
  const command = /^\.(br|ce|sp|sk|in|ti|fi|nf)([+-]?\d{0,3})$/i.exec(body);
  if (command === null) return undefined;
  const count = Math.min(Math.max(Number(command[2]) || 1, 1), MOST_BLANKS);
  switch (command[1]?.toLowerCase()) {
    case 'br':
    case 'ce':
      return '\n';
    case 'sp':
      return '\n'.repeat(count);
    case 'sk':
      return ' '.repeat(count);
    default:
      return '';
  }
}

/** A text that means itself in a message with the usual delimiters: separators and line breaks escaped, other controls left out. */
export function escapeText(text: string): string {
  return text.replace(/[\x00-\x1f\x7f|^~\\&]/g, (sign) => ESCAPES[sign] ?? '').replace(/\r\n?|\n/g, '\\.br\\');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '|': '\\F\\',
  '^': '\\S\\',
  '~': '\\R\\',
  '\\': '\\E\\',
  '&': '\\T\\',
  '\t': '\\X09\\',
  '\n': '\n',
  '\r': '\r',
};
