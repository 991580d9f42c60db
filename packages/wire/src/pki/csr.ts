import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { type Text, text } from '@leadglass/kit';
import { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } from '@peculiar/x509';
import { acceptedKey } from './keys.ts';

/** What a certificate request is good for: its key, and the names it would like, which somebody has to approve. */
export interface RequestedCertificate {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  readonly commonName: string;
  readonly dns: readonly string[];
  readonly addresses: readonly string[];
}

/** Largest file read as a request: one with an RSA key of 8192 bits takes 3 kB. */
export const MOST_CSR_BYTES = 64 * 1024;
const MOST_NAMES = 32;

/**
 * Reads a PKCS #10 request (RFC 2986), PEM or DER, and checks that whoever made it holds its key. Extensions, attributes and every
 * part of the subject but the common name are passed over: nobody asks us for a certificate authority this way.
 * @returns the sentence that says what is wrong when it cannot be used.
 */
export async function readCsr(bytes: Uint8Array): Promise<RequestedCertificate | Text> {
  if (bytes.byteLength > MOST_CSR_BYTES) return NOT_ONE;
  try {
    const request = new Pkcs10CertificateRequest(derOf(bytes));
    const publicKey = Buffer.from(request.publicKey.rawData);
    if (acceptedKey(publicKey) === undefined) return WEAK_KEY;
    if (!(await request.verify(webcrypto as Crypto))) return NOT_ITS_KEY;
    return { publicKey, ...namesOf(request) };
  } catch {
    return NOT_ONE;
  }
}

function derOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const pem = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END/.exec(
    Buffer.from(bytes).toString('latin1'),
  );
  return new Uint8Array(pem === null ? bytes : Buffer.from(pem[1] ?? '', 'base64'));
}

function namesOf(request: Pkcs10CertificateRequest): Omit<RequestedCertificate, 'publicKey'> {
  const [commonName = ''] = request.subjectName.getField('CN');
  const names = [...request.extensions]
    .filter((extension) => extension instanceof SubjectAlternativeNameExtension)
    .flatMap((extension) => [...extension.names.items])
    .slice(0, MOST_NAMES);
  const of = (type: string): string[] => names.filter((name) => name.type === type).map((name) => name.value);
  return { commonName: commonName.slice(0, 64), dns: of('dns'), addresses: of('ip') };
}

const NOT_ONE = text(
  'Ce n’est pas une demande de certificat (PKCS #10, PEM ou DER, 64 ko au plus).',
  'This is not a certificate request (PKCS #10, PEM or DER, at most 64 kB).',
);
const WEAK_KEY = text(
  'La clé de cette demande n’est pas admise : EC P-256, P-384 ou P-521, ou RSA de 2048 à 8192 bits.',
  'The key of this request is not accepted: EC P-256, P-384 or P-521, or RSA of 2048 to 8192 bits.',
);
const NOT_ITS_KEY = text(
  'La signature de cette demande n’est pas celle de sa clé : la demande a été modifiée ou mal copiée.',
  'The signature of this request is not its key’s: the request was changed or badly copied.',
);
