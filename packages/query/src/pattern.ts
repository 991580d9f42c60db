/** Whether a text holds `*` or `?`. */
export function isWildcard(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

/**
 * A pattern of `*` (any characters, none too) and `?` (any one character) as a test of texts (PS3.4 §C.2.2.2.4). Goes back to the last
 * `*` alone: at most pattern × text steps, whatever the pattern.
 */
export function glob(pattern: string): (text: string) => boolean {
  const wanted = Array.from(pattern.replace(/\*{2,}/g, '*'));
  const head = pattern.slice(0, pattern.search(/[*?]|$/));
  const isPrefix = pattern.length === head.length + 1 && pattern.endsWith('*');
  if (isPrefix) return (text) => text.startsWith(head);
  return (text) => text.startsWith(head) && matchesGlob(wanted, Array.from(text));
}

function matchesGlob(pattern: readonly string[], text: readonly string[]): boolean {
  let [p, t, star, resumed] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resumed = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resumed;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

/** What every text that matches begins with. */
export function literalPrefix(pattern: string): string {
  return pattern.slice(0, pattern.search(/[*?]|$/));
}
