let words = '';

/** Leaves words to search for to the page that searches: they may name a patient, so they never go into an address. */
export function leaveWords(given: string): void {
  words = given;
}

/** Takes what was left, once. */
export function takeWords(): string {
  const taken = words;
  words = '';
  return taken;
}

let source = '';

/** Leaves settings (YAML) to the page that plans and applies them. */
export function leaveSource(given: string): void {
  source = given;
}

/** Takes what was left, once; empty when nothing was. */
export function takeSource(): string {
  const taken = source;
  source = '';
  return taken;
}

/** Whether settings were left and not taken yet. */
export function hasSource(): boolean {
  return source !== '';
}
