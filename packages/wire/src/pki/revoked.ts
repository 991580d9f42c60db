import { createHash } from 'node:crypto';

/** Bytes that stand for one revoked certificate. */
export const REVOKED_BYTES = 8;

/** What stands for one revoked certificate: the first 8 bytes of the SHA-256 of its authority's key digest and its serial number. */
export function revokedDigest(authority: string, serial: string): Buffer {
  const plain = serial.toLowerCase().replace(/^0+/, '');
  return createHash('sha256').update(`${authority}:${plain}`).digest().subarray(0, REVOKED_BYTES);
}

/** Whether `digests`, sorted, holds that of a certificate. */
export function isRevokedIn(digests: Uint8Array, authority: string, serial: string): boolean {
  const wanted = revokedDigest(authority, serial);
  let [low, high] = [0, digests.byteLength / REVOKED_BYTES];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = middle * REVOKED_BYTES;
    const order = Buffer.compare(digests.subarray(at, at + REVOKED_BYTES), wanted);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}
