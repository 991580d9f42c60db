import type { Text } from '@leadglass/kit';

/** Where a candidate is known from (`source`, `also` of a candidate), for people. What is none of these is told as it is. */
export function knownFrom(source: string): Text {
  const schedule = /^worklist (.+)$/.exec(source)?.[1];
  if (schedule !== undefined) return { fr: `planning de ${schedule}`, en: `schedule of ${schedule}` };
  return WORDS[source] ?? { fr: source, en: source };
}

const WORDS: Readonly<Record<string, Text>> = {
  archive: { fr: 'archives d’images', en: 'image archive' },
  chart: { fr: 'dossier (HL7)', en: 'chart (HL7)' },
  typed: { fr: 'saisie', en: 'typed in' },
};
