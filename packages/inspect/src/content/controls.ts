/** What control characters in a text do. */
export type ControlTrouble = 'nul-inside' | 'nul-behind' | 'line-break' | 'control' | 'stray-control';

/** Control characters with a meaning in texts of several lines: TAB, LF, FF, CR (PS3.5 §6.1.3). */
const LINES = /[\t\n\f\r]/;
/** ESC is the matter of `charset`. */
const OTHERS = /[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]/;

/**
 * What is wrong with the control characters of a value.
 * @param plain its text, charset escapes hidden.
 * @param isIdentifying whether people, files or messages are named after it: there nothing of the sort is innocent but at the end, where
 * barcode readers leave a line break.
 */
export function controlTroubles(plain: string, isIdentifying: boolean, hasLines: boolean): ControlTrouble[] {
  const found: ControlTrouble[] = [];
  // Each of several values may be padded (PS3.5 §6.2); what follows a NUL otherwise is read by some programs and not by others.
  const bare = plain.replace(/[\0 ]+(?=\\|$)/g, '');
  if (bare.includes('\0')) found.push(isIdentifying ? 'nul-inside' : 'nul-behind');
  if (OTHERS.test(bare)) found.push(isIdentifying ? 'control' : 'stray-control');
  if (hasLines || !LINES.test(bare)) return found;
  const isInside = LINES.test(bare.replace(/[\t\n\f\r ]+(?=\\|$)/g, ''));
  found.push(isIdentifying && isInside && /[\n\r]/.test(bare) ? 'line-break' : 'stray-control');
  return [...new Set(found)];
}
