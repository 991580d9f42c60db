import { type Text, text } from '@leadglass/kit';
import { type Peer, parseAeTitle, type Service } from '@leadglass/model';
import { formatAddress, parseAddress } from './address.ts';
import { cidrContains, parseCidr } from './cidr.ts';
import { type CertificateShown, certificateRefusal, hasItsCertificate, ownerOfAddress } from './identity.ts';
import { shellWord, shownTitle } from './words.ts';

/** Result, source and reason of an A-ASSOCIATE-RJ (PS3.8 §9.3.4, Table 9-21). */
export interface Rejection {
  readonly result: 1 | 2;
  readonly source: 1 | 2 | 3;
  readonly reason: number;
}

/** The four rejections this room gives. */
export const REJECTIONS = {
  calledNotRecognised: { result: 1, source: 1, reason: 7 },
  callingNotRecognised: { result: 1, source: 1, reason: 3 },
  congestion: { result: 2, source: 3, reason: 1 },
  localLimit: { result: 2, source: 3, reason: 2 },
} as const satisfies Readonly<Record<string, Rejection>>;

/** How many associations are open now, this one not counted. */
export interface AssociationLoad {
  readonly total: number;
  /** Of the calling AE title asking now. */
  readonly ofPeer: number;
  /** Whether the gateway takes nothing new: starting, draining, or unable to keep what it would receive. */
  readonly isPaused: boolean;
}

export interface AssociationLimits {
  readonly total: number;
  readonly perPeer: number;
}

/** STANDARDS §3.6.2: 10 associations a peer is too few for a modality that opens one per object; the total is what protects. */
export const DEFAULT_ASSOCIATION_LIMITS: AssociationLimits = { total: 400, perPeer: 250 };

/** Everything an admission depends on. */
export interface AdmissionRequest {
  readonly peers: readonly Peer[];
  /** Calling and called AE titles of the A-ASSOCIATE-RQ, trimmed. */
  readonly calling: string;
  readonly called: string;
  readonly ourTitle: string;
  /** As the socket prints it, IPv4-mapped IPv6 too. */
  readonly remoteAddress: string;
  /** Present when the association came over TLS. */
  readonly tls?: CertificateShown;
  readonly load?: AssociationLoad;
  readonly limits?: AssociationLimits;
}

/** Who is let in and on what evidence, or the rejection with a sentence and the command that would admit the caller. */
export type Admission =
  | { readonly admitted: true; readonly peer: Peer; readonly evidence: 'certificate' | 'address' }
  | {
      readonly admitted: false;
      readonly rejection: Rejection;
      /** Who, from where, why. */
      readonly why: Text;
      /** Safe to paste into a shell; empty when no command of ours would help. */
      readonly hint: string;
    };

const NO_LOAD: AssociationLoad = { total: 0, ofPeer: 0, isPaused: false };

/**
 * Decides whether an association is accepted: right called title, a known peer at its address and with its certificate,
 * room left. Pure. Refusals that another try cannot change come before the transient ones (PS3.8 §9.3.4).
 */
export function admit(request: AdmissionRequest): Admission {
  if (request.called !== request.ourTitle) return calledNotRecognised(request);
  const named = request.peers.filter((peer) => peer.aeTitle === request.calling);
  if (named.length === 0) return unknownCaller(request);
  const inRange = named.filter((peer) => isInRange(peer, request.remoteAddress));
  if (inRange.length === 0) return wrongAddress(request, named);
  const peer = inRange.find((candidate) => hasItsCertificate(candidate, request.tls));
  if (peer === undefined) return wrongCertificate(request, inRange);
  return overLimit(request) ?? { admitted: true, peer, evidence: evidenceOf(peer) };
}

function evidenceOf(peer: Peer): 'certificate' | 'address' {
  return peer.certSha256 === undefined && peer.trustAnchors === undefined ? 'address' : 'certificate';
}

function isInRange(peer: Peer, address: string): boolean {
  const range = parseCidr(peer.from);
  return range !== undefined && cidrContains(range, address);
}

function overLimit(request: AdmissionRequest): Admission | undefined {
  const load = request.load ?? NO_LOAD;
  const limits = request.limits ?? DEFAULT_ASSOCIATION_LIMITS;
  if (load.isPaused) {
    return rejected(
      REJECTIONS.congestion,
      text(
        `${who(request).fr} devra réessayer : la passerelle n’accepte rien de nouveau pour l’instant.`,
        `${who(request).en} has to try again later: the gateway takes nothing new at the moment.`,
      ),
    );
  }
  if (load.total >= limits.total) {
    return rejected(
      REJECTIONS.congestion,
      text(
        `${who(request).fr} devra réessayer : ${load.total} associations sont déjà ouvertes, la limite est de ${limits.total}.`,
        `${who(request).en} has to try again later: ${load.total} associations are open already, the limit is ${limits.total}.`,
      ),
    );
  }
  if (load.ofPeer < limits.perPeer) return undefined;
  return rejected(
    REJECTIONS.localLimit,
    text(
      `${who(request).fr} a déjà ${load.ofPeer} associations ouvertes ; la limite par correspondant est de ${limits.perPeer}.`,
      `${who(request).en} already has ${load.ofPeer} associations open; the limit per peer is ${limits.perPeer}.`,
    ),
  );
}

function calledNotRecognised(request: AdmissionRequest): Admission {
  const called = shownTitle(request.called);
  return rejected(
    REJECTIONS.calledNotRecognised,
    text(
      `${who(request).fr} a demandé « ${called} », mais cette passerelle s’appelle « ${request.ourTitle} » : corrigez l’AE appelé sur l’appareil.`,
      `${who(request).en} asked for "${called}", but this gateway is called "${request.ourTitle}": correct the called AE title on the device.`,
    ),
  );
}

function unknownCaller(request: AdmissionRequest): Admission {
  if (parseAeTitle(request.calling) === undefined) {
    return rejected(
      REJECTIONS.callingNotRecognised,
      text(
        `${who(request).fr} ne porte pas un titre d’AE valide (1 à 16 caractères imprimables).`,
        `${who(request).en} does not carry a valid AE title (1 to 16 printable characters).`,
      ),
    );
  }
  return rejected(
    REJECTIONS.callingNotRecognised,
    text(`${who(request).fr} n’est pas un correspondant connu.`, `${who(request).en} is not a known peer.`),
    hintFor(request, { allow: ['echo', 'store'] }),
  );
}

function wrongAddress(request: AdmissionRequest, named: readonly Peer[]): Admission {
  const owner = ownerOfAddress(request);
  if (owner !== undefined) return addressOf(request, owner);
  const ranges = named
    .map((peer) => peer.from)
    .slice(0, 4)
    .join(', ');
  return rejected(
    REJECTIONS.callingNotRecognised,
    text(
      `${who(request).fr} porte le titre d’un correspondant connu, mais celui-ci n’est admis que depuis ${ranges}.`,
      `${who(request).en} carries the title of a known peer, but that one is admitted from ${ranges} only.`,
    ),
    hintFor(request, { allow: named[0]?.allow ?? [], pinned: named[0]?.certSha256 }),
  );
}

/** The address is another peer's own: the title was borrowed, or the device is set up under the wrong one. */
function addressOf(request: AdmissionRequest, owner: string): Admission {
  const title = shownTitle(request.calling);
  return rejected(
    REJECTIONS.callingNotRecognised,
    text(
      `${who(request).fr} : le titre de ${title} est venu de l’adresse de ${owner}. Vérifiez le titre AE réglé sur ${owner}.`,
      `${who(request).en}: ${title}'s title came from ${owner}'s address. Check the AE title set on ${owner}.`,
    ),
  );
}

/** No hint without TLS or without a certificate: the only command that would help is the one that gives the protection up. */
function wrongCertificate(request: AdmissionRequest, inRange: readonly Peer[]): Admission {
  const told = certificateRefusal(request, inRange);
  if (told !== undefined) {
    const why = text(`${who(request).fr} : ${told.why.fr}`, `${who(request).en}: ${told.why.en}`);
    return rejected(REJECTIONS.callingNotRecognised, why, told.hint);
  }
  if (request.tls?.certSha256 === undefined) {
    return rejected(
      REJECTIONS.callingNotRecognised,
      text(
        `${who(request).fr} n’est admis qu’en TLS avec son certificat, et n’en a pas présenté : raccordez l’appareil au port TLS.`,
        `${who(request).en} is admitted over TLS with its certificate only, and showed none: connect the device to the TLS port.`,
      ),
    );
  }
  if (inRange.every((peer) => peer.certSha256 === undefined)) {
    return rejected(
      REJECTIONS.callingNotRecognised,
      text(
        `${who(request).fr} a présenté un certificat que l’autorité du site n’a pas signé et qui n’est pas enregistré pour ce correspondant.`,
        `${who(request).en} showed a certificate that the site's authority did not sign and that is not recorded for this peer.`,
      ),
      hintFor(request, { allow: inRange[0]?.allow ?? [], from: inRange[0]?.from }),
    );
  }
  return rejected(
    REJECTIONS.callingNotRecognised,
    text(
      `${who(request).fr} a présenté un autre certificat que celui enregistré pour ce correspondant.`,
      `${who(request).en} showed another certificate than the one recorded for this peer.`,
    ),
    hintFor(request, { allow: inRange[0]?.allow ?? [], from: inRange[0]?.from }),
  );
}

function rejected(rejection: Rejection, why: Text, hint = ''): Admission {
  return { admitted: false, rejection, why, hint };
}

function who(request: AdmissionRequest): Text {
  const title = shownTitle(request.calling);
  const address = shownAddress(request.remoteAddress);
  return text(`« ${title} » (${address})`, `"${title}" (${address})`);
}

function shownAddress(remoteAddress: string): string {
  const ip = parseAddress(remoteAddress);
  return ip === undefined ? '?' : formatAddress(ip);
}

interface HintFacts {
  readonly allow: readonly Service[];
  readonly from?: string | undefined;
  /** The certificate the peer is already bound to; kept when the caller showed none. */
  readonly pinned?: string | undefined;
}

function hintFor(request: AdmissionRequest, facts: HintFacts): string {
  const ip = parseAddress(request.remoteAddress);
  if (ip === undefined) return '';
  const certificate = request.tls?.certSha256 ?? facts.pinned;
  const options = [
    `--from ${facts.from ?? `${formatAddress(ip)}/${ip.length * 8}`}`,
    `--allow ${facts.allow.join(',') || 'echo,store'}`,
    ...(certificate !== undefined && /^[0-9a-fA-F]{64}$/.test(certificate)
      ? [`--cert-sha256 ${certificate.toLowerCase()}`]
      : []),
  ].join(' ');
  const title = shellWord(request.calling);
  // A title that begins with a dash would be read as an option: it goes last, after the end of options.
  if (request.calling.startsWith('-')) return `./leadglass peer add ${options} -- ${title}`;
  return `./leadglass peer add ${title} ${options}`;
}
