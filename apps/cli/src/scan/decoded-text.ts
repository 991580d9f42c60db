/** Encodings by the terms of Specific Character Set (PS3.3 §C.12.1.1.2), as the WHATWG standard names them. */
const ENCODINGS: readonly (readonly [term: RegExp, encoding: string])[] = [
  [/IR 192\b/, 'utf-8'],
  [/GB18030|GBK/, 'gb18030'],
  [/IR (?:87|159)\b/, 'iso-2022-jp'],
  [/IR 149\b/, 'euc-kr'],
  [/IR 58\b/, 'gb18030'],
  [/IR 13\b/, 'shift_jis'],
  [/IR 101\b/, 'iso-8859-2'],
  [/IR 109\b/, 'iso-8859-3'],
  [/IR 110\b/, 'iso-8859-4'],
  [/IR 144\b/, 'iso-8859-5'],
  [/IR 127\b/, 'iso-8859-6'],
  [/IR 126\b/, 'iso-8859-7'],
  [/IR 138\b/, 'iso-8859-8'],
  [/IR 148\b/, 'windows-1254'],
  [/IR 166\b/, 'windows-874'],
];

/** A value for a person to read, padding off. What cannot be decoded is shown as Latin-1. @param charset (0008,0005) as text. */
export function decoded(bytes: Uint8Array, charset: string): string {
  const encoding = ENCODINGS.find(([term]) => term.test(charset.replaceAll('_', ' ').toUpperCase()))?.[1];
  return decodedAs(bytes, encoding)
    .replace(/\x1b[$()-.][()]?[A-Z0-9]/g, '')
    .replace(/[\0 ]+$/, '')
    .replace(/^ +/, '');
}

function decodedAs(bytes: Uint8Array, encoding: string | undefined): string {
  const latin1 = () => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (encoding === undefined) return latin1();
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    return latin1();
  }
}
