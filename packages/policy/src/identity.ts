import { type Text, text } from '@leadglass/kit';
import { type Peer, SITE_ANCHOR } from '@leadglass/model';
import { cidrContains, parseCidr } from './cidr.ts';
import { shellWord, shownTitle } from './words.ts';

/** What is known of the certificate a caller showed and holds the key of; all absent when it showed none. */
export interface CertificateShown {
  /** SHA-256 of its DER, hexadecimal. */
  readonly certSha256?: string;
  /** Whether the site's own authority signed it. */
  readonly isSigned?: boolean;
  /** Names of the imported authorities it leads to. */
  readonly anchors?: readonly string[];
  /** Names it bears: common names and subjectAltName. */
  readonly names?: readonly string[];
  /** The site's record of it: issued for which peer (empty: for none in particular) under which name. */
  readonly issuedTo?: { readonly peer: string; readonly name: string };
  /** It, or an authority on its way, was revoked. */
  readonly isRevoked?: boolean;
}

/** What the refusal of a certificate depends on: part of an AdmissionRequest. */
export interface CertificateQuestion {
  readonly peers: readonly Peer[];
  readonly calling: string;
  readonly remoteAddress: string;
  readonly tls?: CertificateShown;
}

/**
 * Whether what the caller showed is `peer`'s: the pinned certificate; or one that leads to an authority of the peer's and bears its
 * name; or, where the peer says nothing of certificates, none at all or one of the site's that is nobody else's. A revoked one never is.
 */
export function hasItsCertificate(peer: Peer, tls: CertificateShown | undefined): boolean {
  if (tls?.isRevoked === true) return false;
  const { certSha256, trustAnchors } = peer;
  if (certSha256 !== undefined && tls?.certSha256?.toLowerCase() === certSha256.toLowerCase()) return true;
  if (isOfAnother(peer, tls)) return false;
  if (trustAnchors !== undefined) return leadsToOneOf(trustAnchors, tls) && bearsItsName(peer, tls);
  return certSha256 === undefined && (tls === undefined || tls.isSigned === true);
}

/**
 * Whose certificate it is where nobody names a title, as over the web: of the peers admitted from there, the one that it is pinned for, then the
 * one that the site issued it for, then one that its authority and its name stand for. A peer that is bound to none is not found so: a
 * certificate of the site's that is nobody's in particular says nobody's name.
 */
export function peerOfCertificate(
  peers: readonly Peer[],
  remoteAddress: string,
  tls: CertificateShown,
): Peer | undefined {
  const sha256 = tls.certSha256?.toLowerCase();
  if (sha256 === undefined) return undefined;
  const theirs = peers.filter((peer) => hasItsCertificate(peer, tls) && isAdmittedFrom(peer, remoteAddress));
  return (
    theirs.find((peer) => peer.certSha256?.toLowerCase() === sha256) ??
    theirs.find(({ aeTitle }) => aeTitle === tls.issuedTo?.peer) ??
    theirs.find(({ trustAnchors }) => trustAnchors !== undefined)
  );
}

function isAdmittedFrom({ from }: Peer, remoteAddress: string): boolean {
  const range = parseCidr(from);
  return range !== undefined && cidrContains(range, remoteAddress);
}

function isOfAnother(peer: Peer, tls: CertificateShown | undefined): boolean {
  const owner = tls?.issuedTo?.peer ?? '';
  return owner !== '' && owner !== peer.aeTitle;
}

function leadsToOneOf(anchors: readonly string[], tls: CertificateShown | undefined): boolean {
  if (tls?.isSigned === true && anchors.includes(SITE_ANCHOR)) return true;
  return tls?.anchors?.some((name) => name !== SITE_ANCHOR && anchors.includes(name)) === true;
}

// An outside authority signs for many: only the name tells which of them this is.
function bearsItsName(peer: Peer, tls: CertificateShown | undefined): boolean {
  if (tls?.issuedTo?.peer === peer.aeTitle) return true;
  const wanted = (peer.certName ?? peer.aeTitle).toLowerCase();
  return tls?.names?.some((name) => name.toLowerCase() === wanted) === true;
}

/** Another peer that the certificate was recorded or issued for. */
function ownerOfCertificate({ peers, calling, tls }: CertificateQuestion): string | undefined {
  const sha256 = tls?.certSha256?.toLowerCase();
  if (sha256 === undefined) return undefined;
  const pinned = peers.find((peer) => peer.certSha256?.toLowerCase() === sha256 && peer.aeTitle !== calling);
  if (pinned !== undefined) return pinned.aeTitle;
  const issued = tls?.issuedTo?.peer ?? '';
  return issued === '' || issued === calling ? undefined : issued;
}

/** The one other title admitted from this very address, when a peer has it to itself. */
export function ownerOfAddress({ peers, calling, remoteAddress }: CertificateQuestion): string | undefined {
  const owners = peers.filter(({ aeTitle, from }) => {
    const range = aeTitle === calling ? undefined : parseCidr(from);
    return range !== undefined && isSingle(from) && cidrContains(range, remoteAddress);
  });
  const titles = new Set(owners.map(({ aeTitle }) => aeTitle));
  return titles.size === 1 ? owners[0]?.aeTitle : undefined;
}

/** Whether the caller stands behind somebody else's certificate or address, or behind a revoked one: nothing lends it a title. */
export function isBorrowed(question: CertificateQuestion): boolean {
  if (question.tls?.isRevoked === true) return true;
  return ownerOfCertificate(question) !== undefined || ownerOfAddress(question) !== undefined;
}

function isSingle(from: string): boolean {
  return from.endsWith(from.includes(':') ? '/128' : '/32');
}

/**
 * What is wrong with the certificate shown, where more can be said than that it is another than expected: revoked, somebody else's,
 * of an authority the peer does not name, or of another name. Undefined otherwise.
 */
export function certificateRefusal(
  request: CertificateQuestion,
  inRange: readonly Peer[],
): { readonly why: Text; readonly hint: string } | undefined {
  const { tls } = request;
  if (tls?.certSha256 === undefined) return undefined;
  const title = shownTitle(request.calling);
  const anew = `./leadglass cert issue ${shellWord(title)} --peer ${shellWord(title)}`;
  const hint = title.startsWith('-') ? '' : anew;
  if (tls.isRevoked === true) return { why: REVOKED, hint };
  const owner = ownerOfCertificate(request);
  if (owner !== undefined) return { why: borrowed(title, shownTitle(owner)), hint };
  const anchored = inRange.find((peer) => peer.trustAnchors !== undefined);
  if (anchored?.trustAnchors === undefined) return undefined;
  if (!leadsToOneOf(anchored.trustAnchors, tls)) return { why: otherAuthority(anchored.trustAnchors), hint: '' };
  return { why: otherName(anchored), hint: '' };
}

const REVOKED = text(
  'le certificat présenté a été révoqué ; il faut en donner un nouveau à l’appareil.',
  'the certificate shown was revoked; the device needs a new one.',
);

const borrowed = (title: string, owner: string): Text =>
  text(
    `le titre de ${title} est venu avec le certificat de ${owner}. Vérifiez le titre AE réglé sur ${owner} ; s’il s’agit bien de ${title}, donnez-lui son propre certificat.`,
    `${title}'s title came from ${owner}'s certificate. Check the AE title set on ${owner}; if it really is ${title}, give it a certificate of its own.`,
  );

const otherAuthority = (anchors: readonly string[]): Text =>
  text(
    `le certificat présenté n’a pas été émis par une autorité admise pour ce correspondant (${anchors.slice(0, 4).join(', ')}), ou n’est pas valable aujourd’hui.`,
    `the certificate shown was not issued by an authority accepted for this peer (${anchors.slice(0, 4).join(', ')}), or is not valid today.`,
  );

const otherName = (peer: Peer): Text =>
  text(
    `le certificat présenté ne porte pas le nom attendu « ${peer.certName ?? peer.aeTitle} ».`,
    `the certificate shown does not bear the expected name "${peer.certName ?? peer.aeTitle}".`,
  );
