import { useSyncExternalStore } from 'react';
import { type Format, formatOf } from './format.ts';
import { type Language, type Said, say, type Text, type Words } from './text.ts';

const KEY = 'leadglass.language';
const listeners = new Set<() => void>();

function remembered(): Language | undefined {
  try {
    const word = localStorage.getItem(KEY);
    return word === 'fr' || word === 'en' ? word : undefined;
  } catch {
    return undefined;
  }
}

/** French, unless the browser asks for English. */
function wanted(): Language {
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'fr';
}

let chosen: Language = typeof document === 'undefined' ? 'fr' : (remembered() ?? wanted());

/** The language of this moment. */
export function currentLanguage(): Language {
  return chosen;
}

/** Whether somebody chose the language in this browser. */
export function isLanguageChosen(): boolean {
  return remembered() !== undefined;
}

/** Changes the language everywhere, at once; remembered in this browser when `isKept`. */
export function setLanguage(language: Language, isKept = true): void {
  chosen = language;
  document.documentElement.lang = language;
  try {
    if (isKept) localStorage.setItem(KEY, language);
  } catch {
    // A browser that keeps nothing still speaks the language chosen.
  }
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** The language of this moment; the component is drawn again when it changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage);
}

const said = new WeakMap<Words, Partial<Record<Language, unknown>>>();

/** The table `words` (made once, outside the component) in the language of this moment. */
export function useWords<W extends Words>(words: W): Said<W> {
  const language = useLanguage();
  const tables = said.get(words) ?? {};
  said.set(words, tables);
  tables[language] ??= say(words, language);
  return tables[language] as Said<W>;
}

/** How a Text of the server, or of a table, is read at this moment. */
export function useSay(): (sentence: Text) => string {
  const language = useLanguage();
  return (sentence) => sentence[language];
}

/** Numbers, sizes and times in the language of this moment. */
export function useFormat(): Format {
  return formatOf(useLanguage());
}
