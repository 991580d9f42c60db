import type { CertificateAnswer } from '@leadglass/contract';
import type { Answer } from '../client/index.ts';
import type { Tone } from '../kit/index.ts';

export type Peer = Answer<'peer.list'>['peers'][number];
export type Service = Peer['allow'][number];
export type Use = Answer<'policy.show'>['peers'][number]['use'];
export type Sighting = Answer<'policy.show'>['observed'][number];

/** A rule and what is known about its use; `use` is absent where the person may not ask. */
export interface PeerFacts {
  readonly rule: Peer;
  readonly use?: Use;
  readonly isObserved: boolean;
}

export const keyOf = ({ aeTitle, from }: Pick<Peer, 'aeTitle' | 'from'>): string => `${aeTitle} ${from}`;

/** Rules with what policy.show says of each. */
export function factsOf(peers: readonly Peer[], policy: Answer<'policy.show'> | undefined): readonly PeerFacts[] {
  const known = new Map((policy?.peers ?? []).map((each) => [keyOf(each.rule), each]));
  return peers.map((rule) => {
    const more = known.get(keyOf(rule));
    if (more === undefined) return { rule, isObserved: rule.mode === 'observe' };
    return { rule, use: more.use, isObserved: more.isObserved };
  });
}

/** How sure it is that a caller is who it says. */
export interface Identity {
  readonly kind: 'address' | 'pin' | 'signed' | 'no-certificate' | 'expiring' | 'expired';
  readonly tone: Tone;
  /** End of the certificate that lasts longest, where it matters. */
  readonly untilMs?: number;
}

/** From here on an end is worth a warning: time to plan a visit to the device. */
export const EXPIRES_SOON_MS = 30 * 86_400_000;

/** How `rule` proves who it is. @param certificates of the site's authority; undefined where the person may not ask */
export function identityOf(
  rule: Peer,
  certificates: readonly CertificateAnswer[] | undefined,
  nowMs: number,
): Identity {
  if (rule.certSha256 !== undefined) return { kind: 'pin', tone: 'good' };
  if (rule.trustAnchors === undefined) return { kind: 'address', tone: 'plain' };
  if (certificates === undefined || rule.trustAnchors.some((name) => name !== 'site'))
    return { kind: 'signed', tone: 'good' };
  const standing = certificates.filter(({ peer, revokedAtMs }) => peer === rule.aeTitle && revokedAtMs === 0);
  if (standing.length === 0) return { kind: 'no-certificate', tone: 'warn' };
  const untilMs = Math.max(...standing.map(({ notAfterMs }) => notAfterMs));
  if (untilMs < nowMs) return { kind: 'expired', tone: 'bad', untilMs };
  return untilMs - nowMs < EXPIRES_SOON_MS
    ? { kind: 'expiring', tone: 'warn', untilMs }
    : { kind: 'signed', tone: 'good', untilMs };
}
