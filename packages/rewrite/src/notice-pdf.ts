import type { NoticeLine } from './notice.ts';

const LINE_CHARACTERS = 84;
const MOST_LINES = 46;

/** Characters of WinAnsiEncoding (PDF 1.7 §D.2) that Latin-1 lacks and our sentences use. */
const WIN_ANSI: Readonly<Record<string, number>> = {
  '’': 0x92,
  '‘': 0x91,
  '“': 0x93,
  '”': 0x94,
  '…': 0x85,
  '–': 0x96,
  '—': 0x97,
  œ: 0x9c,
  Œ: 0x8c,
  '€': 0x80,
};

/** A PDF page (1.4, A4, Helvetica, nothing compressed, nothing active) with these lines, wrapped. The same lines give the same bytes. */
export function noticePdf(lines: readonly NoticeLine[]): Uint8Array {
  const content = pageContent(lines);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> /Contents 4 0 R >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>',
  ];
  return new Uint8Array(Buffer.from(assembled(objects), 'latin1'));
}

/** Objects, cross-reference table and trailer (PDF 1.7 §7.5). Characters are bytes here. */
function assembled(objects: readonly string[]): string {
  let file = '%PDF-1.4\n';
  const offsets: number[] = [];
  objects.forEach((object, index) => {
    offsets.push(file.length);
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
  });
  const start = file.length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows.join('')}`;
  return `${file}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
}

function pageContent(lines: readonly NoticeLine[]): string {
  const rows = lines
    .flatMap(({ value, isTitle }) => wrapped(value).map((row) => ({ row, isTitle })))
    .slice(0, MOST_LINES);
  const shown = rows.map(({ row, isTitle }) => `${isTitle ? '/F2 14 Tf' : '/F1 11 Tf'} (${escaped(row)}) Tj T*`);
  return `BT 57 780 Td 16 TL\n${shown.join('\n')}\nET`;
}

/** The sentence in rows, the later ones indented; one empty row for an empty sentence. */
function wrapped(value: string): string[] {
  const rows: string[] = [];
  let row = '';
  for (const word of value.split(' ')) {
    if (row !== '' && row.length + 1 + word.length > LINE_CHARACTERS) {
      rows.push(row);
      row = `   ${word}`;
    } else row = row === '' ? word : `${row} ${word}`;
  }
  return [...rows, row];
}

/** WinAnsi bytes as characters, the delimiters of a PDF string escaped (PDF 1.7 §7.3.4.2). */
function escaped(value: string): string {
  return [...value].map(escapedOne).join('');
}

function escapedOne(character: string): string {
  if ('()\\'.includes(character)) return `\\${character}`;
  const code = WIN_ANSI[character] ?? character.codePointAt(0) ?? 0;
  const isLatin = (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code < 0x100) || WIN_ANSI[character] !== undefined;
  if (!isLatin) return code === 0x202f ? ' ' : '?';
  return code < 0x7f ? character : `\\${code.toString(8).padStart(3, '0')}`;
}
