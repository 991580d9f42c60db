/** Letters that do not come apart into a letter and a mark. */
const LIGATURES: Readonly<Record<string, string>> = {
  ...{ Æ: 'AE', æ: 'ae', Œ: 'OE', œ: 'oe', Ø: 'O', ø: 'o', ß: 'ss', Ł: 'L', ł: 'l', Đ: 'D', đ: 'd', Þ: 'TH', þ: 'th' },
  ...{ '’': "'", '‘': "'", '–': '-', '—': '-' },
};

/** Which characters an object's own set can write besides ASCII (PS3.3 §C.12.1.1.2). */
type Repertoire = 'ascii' | 'latin-1' | 'utf-8';

/**
 * Text that a person typed, in the bytes of an object's character set. What the set has no letter for is written without its accents
 * (`É` as `E`); undefined when even that cannot be written. Multi-byte sets but UTF-8 take ASCII alone, which all of them begin in.
 * @param charset Specific Character Set (0008,0005) as text.
 */
export function askedText(value: string, charset: string): Uint8Array | undefined {
  const repertoire = repertoireOf(charset);
  if (repertoire === 'utf-8') return new Uint8Array(Buffer.from(value, 'utf8'));
  let written = '';
  for (const character of value.normalize('NFC')) written += isIn(repertoire, character) ? character : plain(character);
  const isWhole = [...written].every((character) => isIn(repertoire, character));
  return isWhole ? new Uint8Array(Buffer.from(written, 'latin1')) : undefined;
}

function repertoireOf(charset: string): Repertoire {
  const first = charset.split('\\')[0]?.trim() ?? '';
  if (first === 'ISO_IR 192') return 'utf-8';
  return first === 'ISO_IR 100' || first === 'ISO 2022 IR 100' ? 'latin-1' : 'ascii';
}

function isIn(repertoire: Repertoire, character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (code >= 0x20 && code < 0x7f) || (repertoire === 'latin-1' && code >= 0xa0 && code <= 0xff);
}

function plain(character: string): string {
  return LIGATURES[character] ?? character.normalize('NFD').replace(/\p{M}/gu, '');
}
