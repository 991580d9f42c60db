/** Bytes as Latin-1 text: one character a byte, nothing lost, whatever the character set. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Unsigned 16 bits at `at`. */
export function uint16(bytes: Uint8Array, at: number, isBigEndian: boolean): number {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  return isBigEndian ? (first << 8) | second : (second << 8) | first;
}

/** Unsigned 32 bits at `at`. */
export function uint32(bytes: Uint8Array, at: number, isBigEndian: boolean): number {
  const high = uint16(bytes, isBigEndian ? at : at + 2, isBigEndian);
  const low = uint16(bytes, isBigEndian ? at + 2 : at, isBigEndian);
  return high * 0x10000 + low;
}
