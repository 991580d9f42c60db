import type { SealedSource } from '../api.ts';
import { vaultFault } from '../faults.ts';

/** A sealed object that already lies in memory. @param sealed the whole age file; not copied. */
export function memorySource(sealed: Uint8Array): SealedSource {
  return {
    sealedBytes: sealed.byteLength,
    async read(offset, length) {
      if (offset + length > sealed.byteLength) throw vaultFault('vault.short-read');
      return sealed.subarray(offset, offset + length);
    },
    async close() {},
  };
}
