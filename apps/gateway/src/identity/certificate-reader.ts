import { createHash, X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { SITE_ANCHOR } from '@leadglass/model';
import { namesOf, TrustPaths } from '@leadglass/wire';
import type { ShownCertificate, TlsMaterial } from '../messages.ts';

/** PEM of all authorities a device's certificate may lead to: the site's, then those of others. */
export function authoritiesOf({ caPem, anchors = [] }: TlsMaterial): readonly string[] {
  return [caPem, ...anchors.flatMap(({ authorities }) => authorities.map(({ certPem }) => certPem))];
}

const MOST_CHAIN = 9;

/** Reads, inside the sandbox, what a TLS client showed: the keeper is told where it leads and never sees its bytes. */
export class CertificateReader {
  readonly #paths: TrustPaths;

  constructor({ caPem, anchors = [] }: TlsMaterial) {
    const site = { name: SITE_ANCHOR, authorities: [{ certPem: caPem, isAnchor: true, mostBelow: 0 }] };
    this.#paths = new TrustPaths([site, ...anchors.filter(({ name }) => name !== SITE_ANCHOR)]);
  }

  /** Undefined when nothing was shown. OpenSSL has verified the whole (`socket.authorized`); which anchor it led to is found here. */
  read(socket: TLSSocket, nowMs: number): ShownCertificate | undefined {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return undefined;
    const sha256 = createHash('sha256').update(certificate.raw).digest('hex');
    const version = socket.getProtocol() === 'TLSv1.2' ? 'TLSv1.2' : 'TLSv1.3';
    try {
      return { sha256, version, ...this.#looked(certificate, socket, nowMs) };
    } catch {
      // Something in it that nobody can read: it leads nowhere, and only its fingerprint may be known.
      return { sha256, version, isSigned: false, anchors: [], links: [], names: [] };
    }
  }

  #looked(certificate: X509Certificate, socket: TLSSocket, nowMs: number) {
    const { anchors, links } = this.#paths.of(certificate, chainOf(socket), nowMs);
    const leads = socket.authorized ? anchors : [];
    return {
      isSigned: leads.includes(SITE_ANCHOR),
      anchors: leads.filter((name) => name !== SITE_ANCHOR),
      links: [...links],
      names: [...namesOf(new X509Certificate(certificate.raw))],
    };
  }
}

function chainOf(socket: TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let at: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  for (let steps = 0; at?.raw !== undefined && steps < MOST_CHAIN; steps++) {
    chain.push(at.raw);
    // The topmost is its own issuer.
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate;
  }
  return chain.slice(1);
}
