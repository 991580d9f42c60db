import type { Text } from '@leadglass/kit';
import type { TrustedAuthority } from '@leadglass/model';
import type { Authority } from '../authority.ts';
import type { ReadCrl, signCrl as sign } from './crl.ts';
import type { RequestedCertificate } from './csr.ts';

// What reads and makes certificates weighs half a megabyte: loaded when first needed, and by no intake.

export type { ReadCrl, RevokedEntry } from './crl.ts';
export type { RequestedCertificate } from './csr.ts';
export { acceptedKey, type DeviceKey, type DeviceKeyKind, newDeviceKey } from './keys.ts';
export { keyDigestOf, type Link, namesOf, type Paths, TrustPaths } from './paths.ts';
export { type PfxForm, writePfx } from './pfx.ts';
export { isRevokedIn, REVOKED_BYTES, revokedDigest } from './revoked.ts';

/** Reads a certificate request (`csr.ts`). */
export async function readCsr(bytes: Uint8Array): Promise<RequestedCertificate | Text> {
  return (await import('./csr.ts')).readCsr(bytes);
}

/** Reads somebody else's revocation list (`crl.ts`). */
export async function readCrl(bytes: Uint8Array, authorities: readonly string[]): Promise<ReadCrl | Text> {
  return (await import('./crl.ts')).readCrl(bytes, authorities);
}

/** Signs our own (`crl.ts`). */
export async function signCrl(authority: Authority, options: Parameters<typeof sign>[1]): Promise<string> {
  return (await import('./crl.ts')).signCrl(authority, options);
}

/** Reads a file of authorities (`trust.ts`). */
export async function readAuthorities(bytes: Uint8Array): Promise<readonly TrustedAuthority[] | Text> {
  return (await import('./trust.ts')).readAuthorities(bytes);
}
