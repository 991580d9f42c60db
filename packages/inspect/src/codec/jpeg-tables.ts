import { be16 } from './segments.ts';

/** Whether a DHT segment's tables add up: classes, numbers, code lengths that a Huffman code can have (ISO 10918-1 §B.2.4.2, Annex C). */
export function areHuffmanTablesSound(body: Uint8Array, length: number): boolean {
  let at = 0;
  while (at < body.length) {
    if (at + 17 > body.length) return false;
    const [tableClass, number] = [(body[at] ?? 0) >>> 4, (body[at] ?? 0) & 0x0f];
    const counts = body.subarray(at + 1, at + 17);
    const values = codeCount(counts);
    at += 17 + values;
    if (tableClass > 1 || number > 3 || values > 256 || !isCodePossible(counts)) return false;
  }
  return at === length;
}

function codeCount(counts: Uint8Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Codes of length n take 2^(16-n) of 65,536 places; there are no more. */
function isCodePossible(counts: Uint8Array): boolean {
  return counts.reduce((places, count, at) => places + count * 2 ** (15 - at), 0) <= 0x10000;
}

/** Whether a DQT segment's tables add up: precision 0 or 1, numbers 0 to 3, whole tables (ISO 10918-1 §B.2.4.1). */
export function areQuantizationTablesSound(body: Uint8Array, length: number): boolean {
  let at = 0;
  while (at < body.length) {
    const [precision, number] = [(body[at] ?? 0) >>> 4, (body[at] ?? 0) & 0x0f];
    if (precision > 1 || number > 3) return false;
    at += 1 + 64 * (precision + 1);
  }
  return at === length;
}

/** Whether the preset coding parameters of JPEG-LS are possible for samples of `bits` (ISO 14495-1 §C.2.4.1.1). 0 stands for the default. */
export function arePresetsSound(body: Uint8Array, bits: number): boolean {
  const [most, first, second, third, reset] = [1, 3, 5, 7, 9].map((at) => be16(body, at));
  if (body.length !== 11 || most === undefined) return false;
  const limit = most === 0 ? 2 ** bits - 1 : most;
  const thresholds = [first, second, third].filter((value) => value !== undefined && value !== 0) as number[];
  const isAscending = thresholds.every((value, at) => at === 0 || value >= (thresholds[at - 1] ?? 0));
  const areInside = thresholds.every((value) => value <= limit);
  return limit <= 2 ** bits - 1 && isAscending && areInside && reset !== 1 && reset !== 2;
}
