import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { assert, type Clock, Secret, toHex } from '@leadglass/kit';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PublicKey,
  X509Certificate as SignedCertificate,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type {
  Authority,
  CertificateAndKey,
  ClientCertificateOptions,
  DeviceCertificateOptions,
  ServerCertificateOptions,
} from './authority.ts';
import { acceptedKey } from './pki/keys.ts';

const KEYS = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3652;
/** Devices' clocks are seldom right: a new certificate is already valid on one that is an hour slow. */
const BACKDATED_MS = 3_600_000;
/** ANSSI TLS guide R25: end-entity certificates live three years at most. */
const MOST_DAYS = 1096;

/** A name as an X.500 attribute value: the library takes it as a value, never as text to parse. */
function named(commonName: string): { CN: string[] }[] {
  assert(
    commonName.length >= 1 && commonName.length <= 64,
    'a common name has 1 to 64 characters (RFC 5280, ub-common-name)',
  );
  return [{ CN: [commonName] }];
}

function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  // Positive, and never shortened by a leading zero byte (RFC 5280 §4.1.2.2).
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return toHex(bytes);
}

function validity(clock: Clock, days: number): { notBefore: Date; notAfter: Date } {
  const now = Math.floor(clock.now() / 1000) * 1000;
  return { notBefore: new Date(now - BACKDATED_MS), notAfter: new Date(now + days * DAY_MS) };
}

async function newKeys(): Promise<{ keys: webcrypto.CryptoKeyPair; keyPem: Secret<string> }> {
  const keys = await webcrypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const pem = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' });
  return { keys, keyPem: new Secret(pem.toString()) };
}

/** Makes the site's authority: ECDSA P-256, ten years, can sign end-entity certificates only. @param siteName 1 to 52 characters. */
export async function createAuthority({
  siteName,
  clock,
}: {
  readonly siteName: string;
  readonly clock: Clock;
}): Promise<Authority> {
  const { keys, keyPem } = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: named(`Leadglass ${siteName}`),
      ...validity(clock, AUTHORITY_DAYS),
      keys,
      signingAlgorithm: SIGNATURE,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto as Crypto),
      ],
    },
    webcrypto as Crypto,
  );
  return { certPem: `${certificate.toString('pem')}\n`, keyPem };
}

interface Wanted {
  /** Absent: a key is made. */
  readonly publicKey?: PublicKey;

  readonly moreUsage?: KeyUsageFlags;
  readonly commonName: string;
  readonly days: number;
  readonly usages: readonly string[];
  readonly alternativeNames: JsonGeneralNames;
}

async function issue(authority: Authority, clock: Clock, wanted: Wanted): Promise<CertificateAndKey> {
  const { keys, keyPem } = await newKeys();
  const publicKey = new PublicKey(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  return { certPem: await sign(authority, clock, { publicKey, ...wanted }), keyPem };
}

async function sign(
  authority: Authority,
  clock: Clock,
  wanted: Wanted & { readonly publicKey: PublicKey },
): Promise<string> {
  assert(wanted.days >= 1 && wanted.days <= MOST_DAYS, 'an end-entity certificate lives 1 to 1096 days');
  const issuer = new SignedCertificate(authority.certPem);
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | (wanted.moreUsage ?? 0), true),
    new ExtendedKeyUsageExtension([...wanted.usages]),
    new SubjectAlternativeNameExtension(wanted.alternativeNames),
    await SubjectKeyIdentifierExtension.create(wanted.publicKey, false, webcrypto as Crypto),
    await AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto as Crypto),
  ];
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: named(wanted.commonName),
      issuer: issuer.subjectName,
      ...validity(clock, wanted.days),
      publicKey: wanted.publicKey,
      signingKey: await signingKey(authority),
      signingAlgorithm: SIGNATURE,
      extensions,
    },
    webcrypto as Crypto,
  );
  return `${certificate.toString('pem')}\n`;
}

function signingKey({ keyPem }: Authority): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(keyPem.reveal()).export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', new Uint8Array(der), KEYS, false, ['sign']);
}

/** Issues a certificate for one of our listeners (STANDARDS: KeyUsage critical, ExtendedKeyUsage and SubjectAltName present). */
export function issueServerCertificate(
  authority: Authority,
  options: ServerCertificateOptions,
): Promise<CertificateAndKey> {
  const { names, addresses, days, clock } = options;
  const [commonName] = names;
  assert(commonName !== undefined, 'a server certificate has a name');
  const alternativeNames: JsonGeneralNames = [
    ...names.map((value) => ({ type: 'dns' as const, value })),
    ...addresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  return issue(authority, clock, { commonName, days, usages: [ExtendedKeyUsage.serverAuth], alternativeNames });
}

/** Issues a certificate for a device that calls us, or for us when we call a destination. */
export function issueClientCertificate(
  authority: Authority,
  options: ClientCertificateOptions,
): Promise<CertificateAndKey> {
  const { commonName, days, clock } = options;
  const alternativeNames: JsonGeneralNames = [{ type: 'dn', value: new Name(named(commonName)).toString() }];
  return issue(authority, clock, { commonName, days, usages: [ExtendedKeyUsage.clientAuth], alternativeNames });
}

/** Issues a certificate for a device, on its own public key. @returns PEM. */
export function issueDeviceCertificate(authority: Authority, options: DeviceCertificateOptions): Promise<string> {
  const { commonName, days, clock } = options;
  const key = acceptedKey(options.publicKey);
  assert(key !== undefined, 'a device has a key that is accepted');
  const names: JsonGeneralNames = [
    ...options.dns.map((value) => ({ type: 'dns' as const, value })),
    ...options.addresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  const own: JsonGeneralNames = [{ type: 'dn', value: new Name(named(commonName)).toString() }];
  return sign(authority, clock, {
    ...{ commonName, days, alternativeNames: names.length === 0 ? own : names },
    publicKey: new PublicKey(new Uint8Array(options.publicKey)),
    usages: [ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth],
    // TLS 1.2 with RSA keys: some devices look for it although nothing of ours agrees on keys so (PS3.15 B.12).
    ...(key.asymmetricKeyType === 'rsa' ? { moreUsage: KeyUsageFlags.keyEncipherment } : {}),
  });
}
