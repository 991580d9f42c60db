/** Letters alone, without accents, in capitals, words apart by one space: `Lefèvre-Noël` is `LEFEVRE NOEL`. */
export function plainWords(value: string): string {
  return value
    .slice(0, MOST_CHARS)
    .replaceAll('œ', 'oe')
    .replaceAll('Œ', 'OE')
    .replaceAll('æ', 'ae')
    .replaceAll('Æ', 'AE')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Longer is no name: what is compared costs the square of it. */
const MOST_CHARS = 64;

/** How many letters are put in, left out, changed, or have changed places with their neighbour (optimal string alignment). */
export function distance(a: string, b: string): number {
  let [before, last] = [new Array<number>(b.length + 1).fill(0), Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** Spellings of one French sound, the longer first. */
const SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/EAUX?|AUX?|OT$|OD$|OS$/g, 'O'],
  [/PH/g, 'F'],
  [/TH/g, 'T'],
  [/CH|SCH|SH/g, 'J'],
  [/Y/g, 'I'],
  [/QU|CK|Q|C(?=[AOU]|$)/g, 'K'],
  [/C|SS|Z/g, 'S'],
  [/GN/g, 'N'],
  [/G(?=[EI])/g, 'J'],
  [/AI|EI|ER$|EZ$|ET$/g, 'E'],
  [/W/g, 'V'],
  [/H/g, ''],
  [/[EDSTX]+$/g, ''],
];

/** Names that sound alike in French have the same key; no others are meant to. */
export function soundOf(word: string): string {
  let sound = word;
  for (const [spelling, as] of SOUNDS) sound = sound.replace(spelling, as);
  return sound.replace(/(.)\1+/g, '$1');
}
