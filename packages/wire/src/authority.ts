import { createHash, X509Certificate } from 'node:crypto';
import type { Clock, Secret } from '@leadglass/kit';

// What makes certificates is loaded when one is made: a start that has all it needs, and the intakes, do without it.
const making = () => import('./certificates.ts');

/** A certificate and its private key, both PEM; the key is PKCS #8. */
export interface CertificateAndKey {
  readonly certPem: string;
  readonly keyPem: Secret<string>;
}

/** The site's own certificate authority. */
export interface Authority extends CertificateAndKey {}

/** Makes the site's authority: ECDSA P-256, ten years, can sign end-entity certificates only. @param siteName 1 to 52 characters. */
export async function createAuthority(options: {
  readonly siteName: string;
  readonly clock: Clock;
}): Promise<Authority> {
  return (await making()).createAuthority(options);
}

export interface ServerCertificateOptions {
  /** DNS names; the first is the common name. At least one. */
  readonly names: readonly string[];
  /** IPv4 and IPv6 addresses. */
  readonly addresses: readonly string[];
  /** 1 to 1096. */
  readonly days: number;
  readonly clock: Clock;
}

/** Issues a certificate for one of our listeners (STANDARDS: KeyUsage critical, ExtendedKeyUsage and SubjectAltName present). */
export async function issueServerCertificate(
  authority: Authority,
  options: ServerCertificateOptions,
): Promise<CertificateAndKey> {
  return (await making()).issueServerCertificate(authority, options);
}

export interface ClientCertificateOptions {
  /** What the device is called in the inventory, 1 to 64 characters. */
  readonly commonName: string;
  /** 1 to 1096. */
  readonly days: number;
  readonly clock: Clock;
}

/** Issues a certificate for a device that calls us, or for us when we call a destination. */
export async function issueClientCertificate(
  authority: Authority,
  options: ClientCertificateOptions,
): Promise<CertificateAndKey> {
  return (await making()).issueClientCertificate(authority, options);
}

export interface DeviceCertificateOptions {
  /** SubjectPublicKeyInfo, DER, of a key that the device, or whoever carries it there, holds. */
  readonly publicKey: Uint8Array;
  /** What the device is called, 1 to 64 characters. */
  readonly commonName: string;
  /** DNS names and addresses under which it is called itself. */
  readonly dns: readonly string[];
  readonly addresses: readonly string[];
  /** 1 to 1096. */
  readonly days: number;
  readonly clock: Clock;
}

/** Issues a certificate for a device, on its own public key: it may call with it and be called. @returns PEM. */
export async function issueDeviceCertificate(authority: Authority, options: DeviceCertificateOptions): Promise<string> {
  return (await making()).issueDeviceCertificate(authority, options);
}

/** SHA-256 of the DER certificate, 64 lower-case hexadecimal digits. @param certificate PEM text or DER bytes; undefined when it is neither. */
export function fingerprintSha256(certificate: string | Uint8Array): string | undefined {
  const parsed = parse(certificate);
  return parsed === undefined ? undefined : createHash('sha256').update(parsed.raw).digest('hex');
}

/** When a certificate ends, milliseconds since the epoch; undefined when it is not one. @param certificate PEM text or DER bytes. */
export function expiresAtMs(certificate: string | Uint8Array): number | undefined {
  return parse(certificate)?.validToDate.getTime();
}

function parse(certificate: string | Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate);
  } catch {
    return undefined;
  }
}
