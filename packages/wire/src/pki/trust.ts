import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { type Text, text } from '@leadglass/kit';
import { MOST_BELOW, type TrustedAuthority } from '@leadglass/model';
import { BasicConstraintsExtension, X509Certificate as SignedCertificate } from '@peculiar/x509';

/** Largest file of authorities read, and most certificates in it. */
export const MOST_TRUST_BYTES = 256 * 1024;
const MOST_AUTHORITIES = 16;

/**
 * Reads a file of authorities, PEM or one in DER: the self-signed ones are anchors, or the topmost where there are none, and the
 * others intermediates that have to lead to one of them.
 * @returns the sentence that says what is wrong when it cannot be used.
 */
export function readAuthorities(bytes: Uint8Array): readonly TrustedAuthority[] | Text {
  if (bytes.byteLength > MOST_TRUST_BYTES) return NOT_ONE;
  try {
    const all = certificatesIn(bytes);
    if (all.length === 0 || all.length > MOST_AUTHORITIES) return NOT_ONE;
    if (!all.every(isAuthority)) return NO_AUTHORITY;
    const tops = all.filter((one) => !all.some((other) => other !== one && hasSigned(other, one)));
    const isAnchor = (one: X509Certificate): boolean => hasSigned(one, one) || tops.includes(one);
    return all.map((one) => ({ certPem: one.toString(), isAnchor: isAnchor(one), mostBelow: mostBelow(one) }));
  } catch {
    return NOT_ONE;
  }
}

function certificatesIn(bytes: Uint8Array): X509Certificate[] {
  const pem = Buffer.from(bytes).toString('latin1');
  if (!pem.includes('-----BEGIN')) return [new X509Certificate(bytes)];
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

const NAME_CONSTRAINTS = '2.5.29.30';
/** basicConstraints, keyUsage, extKeyUsage, certificatePolicies, policyConstraints, inhibitAnyPolicy. */
const UNDERSTOOD = new Set(['2.5.29.19', '2.5.29.15', '2.5.29.37', '2.5.29.32', '2.5.29.36', '2.5.29.54']);

function isAuthority(certificate: X509Certificate): boolean {
  const { extensions } = new SignedCertificate(new Uint8Array(certificate.raw));
  const isUnderstood = extensions.every(
    ({ type, critical }) => type !== NAME_CONSTRAINTS && (!critical || UNDERSTOOD.has(type)),
  );
  return certificate.ca && isUnderstood;
}

function mostBelow(certificate: X509Certificate): number {
  const signed = new SignedCertificate(new Uint8Array(certificate.raw));
  return Math.min(MOST_BELOW, signed.getExtension(BasicConstraintsExtension)?.pathLength ?? MOST_BELOW);
}

function hasSigned(authority: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

const NOT_ONE = text(
  'Ce fichier ne contient pas d’autorités (certificats PEM, ou un seul en DER ; 16 au plus).',
  'This file holds no authorities (certificates in PEM, or one alone in DER; at most 16).',
);
const NO_AUTHORITY = text(
  'Ce fichier contient un certificat qui n’est pas celui d’une autorité, ou d’une autorité limitée à certains noms ou par une extension que nous n’évaluons pas.',
  'This file holds a certificate that is not an authority’s, or of one limited to certain names or by an extension we do not evaluate.',
);
