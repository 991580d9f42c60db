import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type Secret, text } from '@leadglass/kit';
import type { TlsIdentity } from '@leadglass/wire';
import { z } from 'zod';
import { CliFailure, EXIT } from '../exits.ts';

/** What an edge carries to its place: its certificate, its key under a password, whom it calls and for which device. */
export interface Enrolment {
  readonly name: string;
  /** `HOST:PORT` of the gateway's TLS listener; empty when given at the edge. */
  readonly to: string;
  /** Address of the one device that may speak through it; empty when given at the edge. */
  readonly device: string;
  /** Name in the gateway's certificate. */
  readonly siteName: string;
  readonly authorityPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const enrolmentSchema = z.strictObject({
  format: z.literal('leadglass-edge'),
  version: z.literal(1),
  name: z.string().max(64),
  to: z.string().max(300),
  device: z.string().max(64),
  siteName: z.string().max(64),
  authorityPem: z.string().max(16_384),
  certPem: z.string().max(16_384),
  keyPem: z.string().max(16_384),
});

/** Largest enrolment file read. */
export const MOST_ENROLMENT_BYTES = 64 * 1024;

/** The enrolment file: JSON, the key encrypted (PKCS #8, AES-256). */
export function writeEnrolment(enrolment: Enrolment, key: Secret<string>, password: Secret<string>): Buffer {
  const sealed = { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: password.reveal() } as const;
  const keyPem = createPrivateKey(key.reveal()).export(sealed).toString();
  return Buffer.from(`${JSON.stringify({ format: 'leadglass-edge', version: 1, ...enrolment, keyPem }, null, 2)}\n`);
}

/** Reads it. Throws CliFailure `cli.enrolment` when it is none, or the password is not its own. */
export function readEnrolment(
  bytes: Uint8Array,
  password: Secret<string>,
): Enrolment & { readonly identity: TlsIdentity } {
  try {
    const {
      format: _,
      version: __,
      ...enrolment
    } = enrolmentSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    const key = createPrivateKey({ key: enrolment.keyPem, passphrase: password.reveal() });
    const certificate = new X509Certificate(enrolment.certPem);
    const authority = new X509Certificate(enrolment.authorityPem);
    if (!certificate.checkPrivateKey(key) || !certificate.verify(authority.publicKey)) throw new Error('mismatch');
    const identity = { cert: enrolment.certPem, key: key.export({ format: 'pem', type: 'pkcs8' }).toString() };
    return { ...enrolment, identity };
  } catch {
    throw new CliFailure(EXIT.failed, NOT_OPENED, 'cli.enrolment');
  }
}

const NOT_OPENED = text(
  'Ce fichier d’inscription ne s’ouvre pas : mot de passe faux, ou fichier abîmé.',
  'This enrolment file does not open: wrong password, or damaged file.',
);
