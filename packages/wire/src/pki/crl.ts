import 'reflect-metadata';
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { type Clock, type Text, text } from '@leadglass/kit';
import { REVOCATION_REASONS, type RevocationReason } from '@leadglass/model';
import {
  AuthorityKeyIdentifierExtension,
  Extension,
  X509Certificate as SignedCertificate,
  X509Crl,
  X509CrlGenerator,
} from '@peculiar/x509';
import type { Authority } from '../authority.ts';
import { der } from './der.ts';
import { keyDigestOf } from './paths.ts';
import { revokedDigest } from './revoked.ts';

const DAY_MS = 86_400_000;
/** How long our own list is good for; a new one is made at every revocation, and at least each day. */
const GOOD_FOR_DAYS = 30;
/** Largest list of somebody else's that is read. */
export const MOST_CRL_BYTES = 16 * 1024 * 1024;
/** Most entries of one. */
export const MOST_REVOKED = 400_000;

/** A certificate to put on our list. `serial`: hexadecimal. */
export interface RevokedEntry {
  readonly serial: string;
  readonly atMs: number;
  readonly reason: RevocationReason;
}

/** The authority's list of revoked certificates (RFC 5280 §5), PEM. @param number grows with every list. */
export async function signCrl(
  authority: Authority,
  options: { readonly revoked: readonly RevokedEntry[]; readonly number: number; readonly clock: Clock },
): Promise<string> {
  const { revoked, number, clock } = options;
  const issuer = new SignedCertificate(authority.certPem);
  const now = Math.floor(clock.now() / 1000) * 1000;
  const key = createPrivateKey(authority.keyPem.reveal()).export({ format: 'der', type: 'pkcs8' });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const crl = await X509CrlGenerator.create(
    {
      issuer: issuer.subjectName.toString(),
      thisUpdate: new Date(now),
      nextUpdate: new Date(now + GOOD_FOR_DAYS * DAY_MS),
      entries: revoked.map(({ serial, atMs, reason }) => ({
        serialNumber: serial,
        revocationDate: new Date(Math.floor(atMs / 1000) * 1000),
        ...(reason === 'unspecified' ? {} : { reason: REVOCATION_REASONS[reason] }),
      })),
      signingAlgorithm: { ...algorithm, hash: 'SHA-256' },
      signingKey: await webcrypto.subtle.importKey('pkcs8', new Uint8Array(key), algorithm, false, ['sign']),
      extensions: [
        await AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto as Crypto),
        new Extension('2.5.29.20', false, new Uint8Array(der.integer(number))),
      ],
    },
    webcrypto as Crypto,
  );
  const lines =
    Buffer.from(crl.rawData)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  // Not the library's own PEM: it says `CRL`, and OpenSSL wants the `X509 CRL` of RFC 7468 §6.
  return `-----BEGIN X509 CRL-----\n${lines.join('\n')}\n-----END X509 CRL-----\n`;
}

/** A list of somebody else's, checked: what `Revocations` keeps. */
export interface ReadCrl {
  /** SHA-256 of the SubjectPublicKeyInfo of the authority that signed it. */
  readonly authority: string;
  readonly thisUpdateMs: number;
  /** 0 when the list does not say. */
  readonly nextUpdateMs: number;
  readonly count: number;
  /** REVOKED_BYTES for each revoked certificate, sorted (`revokedDigest`). */
  readonly digests: Buffer;
}

/**
 * Reads a CRL, PEM or DER, and checks it against those of `authorities` (PEM) that may have signed it.
 * @returns the sentence that says what is wrong when it cannot be used.
 */
export async function readCrl(bytes: Uint8Array, authorities: readonly string[]): Promise<ReadCrl | Text> {
  if (bytes.byteLength > MOST_CRL_BYTES) return TOO_LARGE;
  const crl = parsed(bytes);
  if (crl === undefined) return NOT_ONE;
  const signer = await signerOf(crl, authorities);
  if (signer === undefined) return UNKNOWN_SIGNER;
  // A delta or a list of a part of the certificates says less than it seems to (RFC 5280 §5.2.4, §5.2.5).
  if (crl.extensions.some(({ critical }) => critical)) return PARTIAL;
  const { entries } = crl;
  if (entries.length > MOST_REVOKED) return TOO_LARGE;
  const authority = keyDigestOf(new X509Certificate(signer));
  const digests = entries.map(({ serialNumber }) => revokedDigest(authority, serialNumber)).sort(Buffer.compare);
  return {
    ...{ authority, count: digests.length, digests: Buffer.concat(digests) },
    ...{ thisUpdateMs: crl.thisUpdate.getTime(), nextUpdateMs: crl.nextUpdate?.getTime() ?? 0 },
  };
}

function parsed(bytes: Uint8Array): X509Crl | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 64)).toString('latin1');
  const raw = head.includes('-----BEGIN') ? fromPem(Buffer.from(bytes).toString('latin1')) : bytes;
  try {
    return new X509Crl(new Uint8Array(raw));
  } catch {
    return undefined;
  }
}

function fromPem(pem: string): Buffer {
  const from = pem.indexOf('-----BEGIN X509 CRL-----');
  const to = pem.indexOf('-----END X509 CRL-----');
  return from < 0 || to < from ? Buffer.alloc(0) : Buffer.from(pem.slice(from + 24, to), 'base64');
}

async function signerOf(crl: X509Crl, authorities: readonly string[]): Promise<string | undefined> {
  for (const pem of authorities) {
    const certificate = new SignedCertificate(pem);
    if (certificate.subject !== crl.issuer) continue;
    const isIts = await crl.verify({ publicKey: certificate }, webcrypto as Crypto).catch(() => false);
    if (isIts) return pem;
  }
  return undefined;
}

const NOT_ONE = text(
  'Ce n’est pas une liste de révocation (CRL, PEM ou DER).',
  'This is not a revocation list (CRL, PEM or DER).',
);
const TOO_LARGE = text(
  'Cette liste est trop grande : 16 Mo et 400 000 certificats au plus.',
  'This list is too large: at most 16 MB and 400,000 certificates.',
);
const UNKNOWN_SIGNER = text(
  'Aucune des autorités importées n’a signé cette liste : importez d’abord l’autorité (cert trust add), sa chaîne comprise.',
  'None of the imported authorities signed this list: import the authority first (cert trust add), its chain included.',
);
const PARTIAL = text(
  'Cette liste ne porte que sur une partie des certificats (delta ou partition) : demandez la liste complète.',
  'This list is about a part of the certificates alone (delta or partition): ask for the complete list.',
);
