import { constants } from 'node:crypto';
import type { SecureContextOptions, TlsOptions } from 'node:tls';

/** One cipher suite of our profile. */
export interface TlsSuite {
  /** IANA name without `TLS_`. */
  readonly name: string;
  /** The name OpenSSL knows it by. */
  readonly openssl: string;
  readonly version: 'TLSv1.2' | 'TLSv1.3';
  /** Where it comes from: PS3.15 B.12 as it is, or our addition (PS3.15 B.13 permits it). */
  readonly from: 'PS3.15 B.12' | 'PS3.15 B.13';
}

/**
 * The suites offered and accepted, strongest first: PS3.15 B.12 without the CCM_8 suite (its tag of 8 bytes is too short,
 * ANSSI TLS R10) and with ChaCha20-Poly1305 for TLS 1.2, which B.13 permits. All are AEAD with forward secrecy.
 */
export const TLS_SUITES: readonly TlsSuite[] = [
  { name: 'AES_256_GCM_SHA384', openssl: 'TLS_AES_256_GCM_SHA384', version: 'TLSv1.3', from: 'PS3.15 B.12' },
  {
    name: 'CHACHA20_POLY1305_SHA256',
    openssl: 'TLS_CHACHA20_POLY1305_SHA256',
    version: 'TLSv1.3',
    from: 'PS3.15 B.12',
  },
  { name: 'AES_128_GCM_SHA256', openssl: 'TLS_AES_128_GCM_SHA256', version: 'TLSv1.3', from: 'PS3.15 B.12' },
  { name: 'AES_128_CCM_SHA256', openssl: 'TLS_AES_128_CCM_SHA256', version: 'TLSv1.3', from: 'PS3.15 B.12' },
  {
    name: 'ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
    openssl: 'ECDHE-ECDSA-AES256-GCM-SHA384',
    version: 'TLSv1.2',
    from: 'PS3.15 B.12',
  },
  {
    name: 'ECDHE_RSA_WITH_AES_256_GCM_SHA384',
    openssl: 'ECDHE-RSA-AES256-GCM-SHA384',
    version: 'TLSv1.2',
    from: 'PS3.15 B.12',
  },
  {
    name: 'ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
    openssl: 'ECDHE-ECDSA-CHACHA20-POLY1305',
    version: 'TLSv1.2',
    from: 'PS3.15 B.13',
  },
  {
    name: 'ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
    openssl: 'ECDHE-RSA-CHACHA20-POLY1305',
    version: 'TLSv1.2',
    from: 'PS3.15 B.13',
  },
  {
    name: 'ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    openssl: 'ECDHE-ECDSA-AES128-GCM-SHA256',
    version: 'TLSv1.2',
    from: 'PS3.15 B.12',
  },
  {
    name: 'ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    openssl: 'ECDHE-RSA-AES128-GCM-SHA256',
    version: 'TLSv1.2',
    from: 'PS3.15 B.12',
  },
];

/** Key agreement groups, in order of preference. */
export const TLS_GROUPS: readonly string[] = ['X25519', 'P-256', 'P-384'];

/** Signatures accepted in handshakes and certificates: SHA-256 or stronger, no DSA. */
export const TLS_SIGNATURES: readonly string[] = [
  'ecdsa_secp256r1_sha256',
  'ecdsa_secp384r1_sha384',
  'ed25519',
  'rsa_pss_rsae_sha256',
  'rsa_pss_rsae_sha384',
  'rsa_pss_rsae_sha512',
  'rsa_pss_pss_sha256',
  'rsa_pss_pss_sha384',
  'rsa_pss_pss_sha512',
  'rsa_pkcs1_sha256',
  'rsa_pkcs1_sha384',
  'rsa_pkcs1_sha512',
];

/** Longest a TLS handshake may take, milliseconds. */
export const TLS_HANDSHAKE_MS = 10_000;

/** Life of a TLS session, seconds: far under the day that is the most allowed, because nothing is gained by resuming. */
export const TLS_SESSION_SECONDS = 300;

/** Versions of the profile (PS3.15 B.12). */
export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** PEM material of one side. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

/** What both sides share. SECLEVEL=2 refuses RSA under 2048 bits and curves under 224 bits. */
function profile(): SecureContextOptions {
  const { SSL_OP_NO_TICKET, SSL_OP_NO_RENEGOTIATION, SSL_OP_NO_COMPRESSION } = constants;
  return {
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: [...TLS_SUITES.map((suite) => suite.openssl), '@SECLEVEL=2'].join(':'),
    ecdhCurve: TLS_GROUPS.join(':'),
    sigalgs: TLS_SIGNATURES.join(':'),
    // A resumed session carries the checks of an earlier day: a peer struck off meanwhile would still come in. Never resume.
    secureOptions: SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION,
    sessionTimeout: TLS_SESSION_SECONDS,
  };
}

/**
 * Options of `tls.createServer` (or `new TLSSocket(…, {isServer: true})`) for a DICOM listener, PS3.15 B.12.
 *
 * @param options.ca PEM authorities that may sign a peer's certificate.
 * @param options.clientCertificate `required` (the default): no certificate signed by `ca`, no connection. `asked`: it is asked
 *   for and may be missing or foreign; the caller reads `socket.authorized` and the fingerprint and decides.
 */
export function listenerTlsOptions(options: {
  readonly identity: TlsIdentity;
  readonly ca: readonly string[];
  readonly clientCertificate?: 'required' | 'asked';
  readonly minVersion?: TlsVersion;
}): TlsOptions {
  return {
    ...profile(),
    minVersion: options.minVersion ?? 'TLSv1.2',
    // An issuing authority may be trusted without the root above it: whoever imports it chooses how much.
    allowPartialTrustChain: true,
    cert: options.identity.cert,
    key: options.identity.key,
    ca: [...options.ca],
    honorCipherOrder: true,
    requestCert: true,
    rejectUnauthorized: (options.clientCertificate ?? 'required') === 'required',
    handshakeTimeout: TLS_HANDSHAKE_MS,
  };
}

/**
 * Options of `tls.connect` for a DICOM requestor, PS3.15 B.12. The chain is checked by the caller after the handshake
 * (`scu.ts`), so that a pinned certificate and a signed one give the same sentences: hence `rejectUnauthorized: false` here
 * and never a use of the socket before that check.
 *
 * @param options.identity our certificate, when the other side wants one.
 * @param options.ca PEM authorities that may sign the other side's certificate; empty is none, never the machine's own list.
 */
export function clientTlsOptions(options: {
  readonly identity?: TlsIdentity;
  readonly ca: readonly string[];
}): SecureContextOptions & { readonly rejectUnauthorized: false } {
  const own = options.identity === undefined ? {} : { cert: options.identity.cert, key: options.identity.key };
  return { ...profile(), ...own, ca: [...options.ca], rejectUnauthorized: false };
}
