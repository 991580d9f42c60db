/** Longest value or pattern that is compared; what is longer is cut. */
const MOST_CHARACTERS = 256;

/**
 * Whether `value` is what `pattern` describes: `*` stands for any characters, case and surrounding spaces mean nothing. Takes at most
 * the product of the two lengths, whatever they are.
 */
export function matchesPattern(pattern: string, value: string): boolean {
  const parts = plain(pattern).split('*');
  const text = plain(value);
  if (parts.length === 1) return text === parts[0];
  const head = parts[0] ?? '';
  const tail = parts.at(-1) ?? '';
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false;
  let at = head.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - tail.length;
}

function plain(value: string): string {
  return value.slice(0, MOST_CHARACTERS).trim().toLowerCase();
}
