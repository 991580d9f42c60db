import { createHash, X509Certificate } from 'node:crypto';
import type { TrustAnchor } from '@leadglass/model';

/** One authority ready to be used. */
interface Authority {
  /** Name of the trust anchor it belongs to. */
  readonly name: string;
  readonly certificate: X509Certificate;
  readonly mostBelow: number;
}

/** A signature on a certificate's way up: who signed (SHA-256 of its SubjectPublicKeyInfo), and which serial number. */
export interface Link {
  readonly authority: string;
  /** Hexadecimal, lower case. */
  readonly serial: string;
}

/** Where a certificate leads. */
export interface Paths {
  /** Names of the trust anchors it leads to today, each once. */
  readonly anchors: readonly string[];
  /** Signatures on all ways there, of expired ones too: what revocation is asked about. */
  readonly links: readonly Link[];
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';
/** id-ce-nameConstraints: an authority limited so signs for part of the names alone, which is not looked into (decision 0018). */
const NAME_CONSTRAINTS = Buffer.from('0603551d1e', 'hex');
const MOST_SENT = 8;

/** SHA-256 of a certificate's SubjectPublicKeyInfo, lower-case hexadecimal: an authority keeps it when its certificate is renewed. */
export function keyDigestOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(spki).digest('hex');
}

/**
 * Finds which trust anchors a certificate leads to, anchor by anchor: OpenSSL says that there is one and not which. The caller has
 * had OpenSSL verify the whole against all of them first; this looks at who signed what, and that each might (RFC 5280 §6.1:
 * signature, dates, authority, key usage, path length). Between the device and an authority of ours at most one intermediate is
 * taken from what the device sent.
 */
export class TrustPaths {
  readonly #authorities: readonly Authority[];

  constructor(anchors: readonly TrustAnchor[]) {
    this.#authorities = anchors.flatMap(({ name, authorities }) =>
      authorities.map(({ certPem, mostBelow }) => ({ name, mostBelow, certificate: new X509Certificate(certPem) })),
    );
  }

  /** @param sent what else the device sent, DER. @param nowMs wall time. */
  of(leaf: X509Certificate, sent: readonly Uint8Array[], nowMs: number): Paths {
    const anchors = new Set<string>();
    const links = new Map<string, Link>();
    const reach = (authority: Authority, ...below: readonly X509Certificate[]) => {
      const [signed] = below;
      if (signed !== undefined) note(links, authority.certificate, signed);
      const isGood = [authority.certificate, ...below].every((each) => isInForce(each, nowMs));
      if (isGood && below.length - 1 <= authority.mostBelow) anchors.add(authority.name);
    };
    for (const authority of this.#signersOf(leaf)) reach(authority, leaf);
    for (const intermediate of signersAmong(sent, leaf)) {
      const above = this.#signersOf(intermediate);
      if (above.length > 0) note(links, intermediate, leaf);
      for (const authority of above) reach(authority, intermediate, leaf);
    }
    return { anchors: isForClients(leaf) ? [...anchors] : [], links: [...links.values()] };
  }

  #signersOf(certificate: X509Certificate): readonly Authority[] {
    return this.#authorities.filter((authority) => hasSigned(authority.certificate, certificate));
  }
}

function note(links: Map<string, Link>, signer: X509Certificate, signed: X509Certificate): void {
  const link = { authority: keyDigestOf(signer), serial: signed.serialNumber.toLowerCase() };
  links.set(`${link.authority}:${link.serial}`, link);
}

function signersAmong(sent: readonly Uint8Array[], leaf: X509Certificate): X509Certificate[] {
  return sent.slice(0, MOST_SENT).flatMap((bytes) => {
    const certificate = parsed(bytes);
    if (certificate === undefined || certificate.fingerprint256 === leaf.fingerprint256) return [];
    return hasSigned(certificate, leaf) ? [certificate] : [];
  });
}

/** Whether `authority` is one, may sign certificates, and signed this one. */
function hasSigned(authority: X509Certificate, certificate: X509Certificate): boolean {
  if (!authority.ca || authority.raw.includes(NAME_CONSTRAINTS)) return false;
  try {
    // checkIssued looks at the names, the key identifiers and the authority's key usage; it looks at no signature.
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    return false;
  }
}

function isInForce({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean {
  return validFromDate.getTime() <= nowMs && nowMs < validToDate.getTime();
}

// `keyUsage` of node:crypto is the extended one; undefined where the certificate does not limit itself.
function isForClients({ keyUsage, ca }: X509Certificate): boolean {
  const usages: readonly string[] | undefined = keyUsage;
  return !ca && (usages === undefined || usages.includes(CLIENT_AUTH) || usages.includes(ANY_USAGE));
}

function parsed(bytes: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined;
  }
}

const MOST_NAMES = 32;
const MOST_NAME_CHARACTERS = 128;

/** The names a certificate bears, as text: its common names, then what subjectAltName says (DNS, IP, URI, e-mail). At most 32. */
export function namesOf(certificate: X509Certificate): readonly string[] {
  const subject: { readonly CN?: unknown } | undefined = certificate.toLegacyObject().subject;
  const CN = subject?.CN;
  const common = (Array.isArray(CN) ? CN : [CN]).filter((name) => typeof name === 'string');
  const names = [...common, ...alternativeNames(certificate.subjectAltName ?? '')];
  return [...new Set(names)].filter((name) => name.length <= MOST_NAME_CHARACTERS).slice(0, MOST_NAMES);
}

/** `DNS:a, IP Address:192.0.2.1, URI:"odd, value"`: Node quotes, as JSON, what could be taken for another name. */
function alternativeNames(text: string): string[] {
  if (text.length > 16_384) return [];
  const entry = /(?:^|, )(?:DNS|IP Address|URI|email):("(?:[^"\\]|\\.)*"|[^,"]*)/g;
  return [...text.matchAll(entry)].map(([, value = '']) => (value.startsWith('"') ? unquoted(value) : value));
}

function unquoted(value: string): string {
  try {
    return String(JSON.parse(value));
  } catch {
    return '';
  }
}
