import type { Peer, Service, WebToken } from '@leadglass/model';
import { type CertificateShown, cidrContains, parseCidr, peerOfCertificate } from '@leadglass/policy';
import type { ShownCertificate } from '../message-parts.ts';
import type { WebWho } from './web-messages.ts';

/** What a web client may ask. */
export type WebService = Extract<Service, 'qido' | 'wado' | 'stow' | 'continuity'>;

/** Everything an identity depends on. */
export interface Known {
  readonly peers: readonly Peer[];
  readonly tokens: readonly WebToken[];
  readonly nowMs: number;
  readonly remoteAddress: string;
  /** What is known of a certificate. */
  shown(certificate: ShownCertificate): CertificateShown;
}

/**
 * Who a web client is: the bearer of a token that has not ended, or the peer its certificate is of, judged as an association's is (decision
 * 0018); undefined: nobody known. A token goes before a certificate: whoever shows one means it. It carries its own rights; where a peer of its name is configured, that one's address range and flow choices hold for it too.
 */
export function identify({ token, certificate }: WebWho, known: Known): Peer | undefined {
  if (token !== undefined) return bearer(token, known);
  if (certificate === undefined) return undefined;
  return peerOfCertificate(known.peers, known.remoteAddress, known.shown(certificate));
}

function bearer(digest: string, known: Known): Peer | undefined {
  const token = known.tokens.find(({ sha256 }) => sha256 === digest);
  if (token === undefined || (token.untilMs !== undefined && token.untilMs <= known.nowMs)) return undefined;
  const peer = known.peers.find(({ aeTitle }) => aeTitle === token.name);
  // A STOW client asks again what it does not hear stored: what is held is in custody, and said to be kept, as to a modality.
  const base: Peer = peer ?? {
    aeTitle: token.name,
    from: '0.0.0.0/0',
    allow: [],
    whenHeld: 'keep-sending',
    privateSopClasses: [],
  };
  if (peer !== undefined && !isInRange(peer, known)) return undefined;
  return { ...base, allow: token.allow };
}

function isInRange(peer: Peer, { remoteAddress }: Known): boolean {
  const range = parseCidr(peer.from);
  return range !== undefined && cidrContains(range, remoteAddress);
}
