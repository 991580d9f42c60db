import type { Text } from '@leadglass/kit';
import {
  IMPORT_AE_TITLE,
  IMPORT_ORIGINALS_AE_TITLE,
  isDrillTitle,
  isTestTitle,
  type Observation,
  type Peer,
  parseAeTitle,
  SERVICES,
} from '@leadglass/model';
import { formatAddress, parseAddress } from './address.ts';
import { type Admission, type AdmissionRequest, admit, REJECTIONS } from './admit.ts';
import { cidrContains, parseCidr } from './cidr.ts';
import { isBorrowed } from './identity.ts';

/** What enforcing would have done. */
export interface Instead {
  readonly why: Text;
  readonly hint: string;
}

/** An admission that may have come about because somebody observes. */
export type ObservedAdmission =
  | (Extract<Admission, { admitted: true }> & { readonly isObserved: boolean; readonly instead?: Instead })
  | Extract<Admission, { admitted: false }>;

/** Whether what this peer does beyond its rules passes, at `nowMs`. A peer that says so itself is believed first. */
export function isObserved(peer: Pick<Peer, 'mode'>, observation: Observation, nowMs: number): boolean {
  if (peer.mode !== undefined) return peer.mode === 'observe';
  return observation.siteUntilMs !== undefined && nowMs < observation.siteUntilMs;
}

/** The same peer with every right there is: what it may do while it is observed. How its objects are judged stays as it is. */
export function unbound(peer: Peer): Peer {
  return { ...peer, allow: SERVICES, privateSopClasses: ['*'] };
}

/**
 * Decides as `admit` does; a caller that is refused for being unknown then passes when it calls from a range under observation. Observing
 * widens what somebody may do and who may come from a range, never who somebody is: a title whose peer is enforced or bound to a certificate
 * is not lent to anybody, nor are the titles we keep for ourselves, and wrong called titles and limits refuse as always.
 */
export function admitObserving(request: AdmissionRequest, observation: Observation, nowMs: number): ObservedAdmission {
  const admission = admit(request);
  if (admission.admitted) return { ...admission, isObserved: isObserved(admission.peer, observation, nowMs) };
  if (admission.rejection !== REJECTIONS.callingNotRecognised || !isLent(request, observation, nowMs)) return admission;
  const passing = passingPeer(request);
  const again = passing === undefined ? admission : admit({ ...request, peers: [passing] });
  if (!again.admitted) return again;
  return { ...again, isObserved: true, instead: { why: admission.why, hint: admission.hint } };
}

function isLent(request: AdmissionRequest, observation: Observation, nowMs: number): boolean {
  const { calling, remoteAddress, peers } = request;
  const isFromThere = observation.ranges.some(({ from, untilMs }) => nowMs < untilMs && contains(from, remoteAddress));
  if (
    !isFromThere ||
    isTestTitle(calling) ||
    isDrillTitle(calling) ||
    RESERVED.includes(calling) ||
    isBorrowed(request)
  )
    return false;
  return peers
    .filter(({ aeTitle }) => aeTitle === calling)
    .every((peer) => !isBoundToCertificate(peer) && isObserved(peer, observation, nowMs));
}

function isBoundToCertificate({ certSha256, trustAnchors }: Peer): boolean {
  return certSha256 !== undefined || trustAnchors !== undefined;
}

const RESERVED: readonly string[] = [IMPORT_AE_TITLE, IMPORT_ORIGINALS_AE_TITLE];

function contains(from: string, address: string): boolean {
  const range = parseCidr(from);
  return range !== undefined && cidrContains(range, address);
}

/** Whoever it is, as a peer of this one address: a known one keeps what was chosen for how its objects are judged. */
function passingPeer({ calling, remoteAddress, peers, tls }: AdmissionRequest): Peer | undefined {
  const [aeTitle, ip] = [parseAeTitle(calling), parseAddress(remoteAddress)];
  if (aeTitle === undefined || ip === undefined) return undefined;
  const known = peers.find((peer) => peer.aeTitle === aeTitle);
  const certificate = tls?.certSha256 === undefined ? {} : { certSha256: tls.certSha256 };
  const from = `${formatAddress(ip)}/${ip.length * 8}`;
  const chosen = known ?? { whenHeld: 'keep-sending' as const };
  return { ...chosen, aeTitle, from, allow: ['echo'], privateSopClasses: [], mode: 'observe', ...certificate };
}
