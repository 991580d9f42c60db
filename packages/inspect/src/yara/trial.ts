import { literalsOf } from './literals.ts';
import type { Rule } from './rule.ts';
import { WINDOW_BYTES } from './window.ts';

/**
 * Contents on which a rule has the most work to do: whole windows of what it looks for, over and over. YARA's own time limit does nothing
 * in WebAssembly, so a rule is tried on them before it is taken (INSPECT-359).
 */
export function trialsOf({ patterns }: Rule): readonly Uint8Array[] {
  const words = patterns.flatMap((pattern) => {
    const literals = literalsOf(pattern)?.map(({ text }) => text);
    // Without a literal, what stands in its text: letters and digits make a regular expression begin to match.
    return literals ?? [pattern.value.text.replace(/[^A-Za-z0-9]/g, '').slice(0, 16) || 'a'];
  });
  const all = words.slice(0, MOST_WORDS);
  const firsts = new Set(all.map((word) => word.charAt(0)));
  return [all.join(' ') || 'MZ', ...[...firsts].slice(0, MOST_FIRSTS)].map(filled);
}

const MOST_WORDS = 64;
const MOST_FIRSTS = 2;

function filled(word: string): Uint8Array {
  return new Uint8Array(Buffer.alloc(WINDOW_BYTES, Buffer.from(word, 'latin1')));
}
