import { type Text, text } from '@leadglass/kit';

/** Of a change of many things, those that are named where it is remembered. */
const MOST_TOLD = 8;
const LONGEST_CHANGE = 300;

/** Changes as one text, the first of them by name and the others counted. */
export function asOne(changes: readonly Text[]): Text {
  return text(joined(changes, 'fr'), joined(changes, 'en'));
}

function joined(changes: readonly Text[], language: 'fr' | 'en'): string {
  const shown = changes.slice(0, MOST_TOLD).map((change) => change[language].slice(0, LONGEST_CHANGE));
  return [...shown, ...(changes.length > MOST_TOLD ? [`+${changes.length - MOST_TOLD}`] : [])].join(' ; ');
}
