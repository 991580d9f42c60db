import { useEffect, useRef } from 'react';

const KEY = 'leadglass.letters';
/** How long `g` waits for its letter. */
const SEQUENCE_MS = 1500;
/** Times count from when the page was loaded: nought would be a moment ago on a fresh page. */
const NEVER = Number.NEGATIVE_INFINITY;

/** Whether single letters are shortcuts (WCAG 2.1.4: they can be turned off). */
export function areLettersOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

export function setLetters(isOn: boolean): void {
  try {
    localStorage.setItem(KEY, isOn ? 'on' : 'off');
  } catch {
    // Not remembered, then.
  }
}

export interface Keys {
  /** Ctrl-K or Command-K, and `/`. */
  readonly onPalette: () => void;
  /** `?`. */
  readonly onHelp: () => void;
  /** `g` and then `letter`. */
  readonly onGo: (letter: string) => void;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

const isModified = (event: KeyboardEvent) => event.ctrlKey || event.metaKey || event.altKey;

/** Listens to the shortcuts of the whole window; none while somebody types or a dialog is open. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  const afterG = useRef(NEVER);
  useEffect(() => {
    const heard = (event: KeyboardEvent) => {
      const isPalette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';
      if (isPalette) {
        event.preventDefault();
        return latest.current.onPalette();
      }
      if (isModified(event) || isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
      if (areLettersOn()) letter(event, latest.current, afterG);
    };
    window.addEventListener('keydown', heard);
    return () => window.removeEventListener('keydown', heard);
  }, []);
}

function letter(event: KeyboardEvent, keys: Keys, afterG: { current: number }): void {
  const isSecond = event.timeStamp - afterG.current < SEQUENCE_MS;
  afterG.current = event.key === 'g' && !isSecond ? event.timeStamp : NEVER;
  if (afterG.current !== NEVER) return;
  if (isSecond) return keys.onGo(event.key);
  if (event.key === '?') keys.onHelp();
  if (event.key !== '/') return;
  event.preventDefault();
  keys.onPalette();
}
