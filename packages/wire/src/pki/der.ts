/** Writes DER (X.690 §8, §10): of what is made here alone; nothing of a peer's is read with it. */
export const der = {
  sequence: (...parts: readonly Uint8Array[]): Buffer => tagged(0x30, parts),
  set: (...parts: readonly Uint8Array[]): Buffer => tagged(0x31, parts),
  octets: (bytes: Uint8Array): Buffer => tagged(0x04, [bytes]),
  nothing: (): Buffer => tagged(0x05, []),
  /** Zero or more. */
  integer: (value: number): Buffer => tagged(0x02, [unsigned(value)]),
  /** [n] EXPLICIT. */
  explicit: (n: number, part: Uint8Array): Buffer => tagged(0xa0 + n, [part]),
  /** [n] IMPLICIT of a primitive. */
  implicit: (n: number, bytes: Uint8Array): Buffer => tagged(0x80 + n, [bytes]),
  /** UTF-16 big-endian. */
  bmpString: (value: string): Buffer => tagged(0x1e, [bigEndian(value)]),
  oid,
} as const;

function tagged(tag: number, parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(body.byteLength), body]);
}

function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.of(bytes);
  const digits: number[] = [];
  for (let left = bytes; left > 0; left = Math.floor(left / 256)) digits.unshift(left & 0xff);
  return Buffer.of(0x80 | digits.length, ...digits);
}

function unsigned(value: number): Buffer {
  const digits: number[] = [];
  for (let left = value; left > 0 || digits.length === 0; left = Math.floor(left / 256)) digits.unshift(left & 0xff);
  if ((digits[0] ?? 0) >= 0x80) digits.unshift(0);
  return Buffer.from(digits);
}

/** UTF-16 big-endian, without a terminator. */
export function bigEndian(value: string): Buffer {
  return Buffer.from(value, 'utf16le').swap16();
}

function oid(value: string): Buffer {
  const [first = 0, second = 0, ...rest] = value.split('.').map(Number);
  return tagged(0x06, [Buffer.from([first * 40 + second, ...rest].flatMap(base128))]);
}

function base128(arc: number): number[] {
  const digits = [arc & 0x7f];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}
