/** A calling or called title as it may be shown: at most 16 printable ASCII characters, anything else as `?`. */
export function shownTitle(title: string): string {
  return title.slice(0, 16).replace(/[^\x20-\x7e]/g, '?');
}

/** `word` as one word of a POSIX shell: bare when harmless, else in single quotes. */
export function shellWord(word: string): string {
  if (/^[A-Za-z0-9_.:/,@%+=][A-Za-z0-9_.:/,@%+=-]*$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
