import { randomFillSync } from 'node:crypto';
import { toHex } from './bytes.ts';

/** Fills an array with random bytes. */
export type Randomness = (into: Uint8Array) => Uint8Array;

/** Randomness drawn ahead: asking the machine for 16 bytes costs nearly as much as asking for 4096. */
const POOL_BYTES = 4096;
const pool = new Uint8Array(POOL_BYTES);
let poolUsed = POOL_BYTES;

/** The machine's cryptographic randomness. No byte is given out twice. */
export const systemRandomness: Randomness = (into) => {
  if (into.byteLength > POOL_BYTES / 16) return randomFillSync(into);
  if (poolUsed + into.byteLength > POOL_BYTES) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  into.set(pool.subarray(poolUsed, poolUsed + into.byteLength));
  pool.fill(0, poolUsed, poolUsed + into.byteLength);
  poolUsed += into.byteLength;
  return into;
};

/** A time-ordered identifier (RFC 9562 §5.7) as a lower-case UUID string. @param epochMs wall time. */
export function uuidv7(epochMs: number, randomness: Randomness = systemRandomness): string {
  const bytes = randomness(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(epochMs / 2 ** 32));
  view.setUint32(2, epochMs % 2 ** 32);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
