import { type Peer, parseAeTitle, SERVICES, type Service, type Sighting } from '@leadglass/model';
import { cidrContains, parseCidr } from '../cidr.ts';
import { isPrivateClass } from '../rights.ts';
import { limitsSeen } from './limits.ts';
import { narrowRanges } from './ranges.ts';

/** What a proposed rule rests on. */
export interface Evidence {
  readonly count: number;
  readonly bytes: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** One peer as it would be written, and why. */
export interface ProposedPeer {
  readonly peer: Peer;
  /** Undefined for a peer of the rules that was not seen, kept as it is. */
  readonly evidence: Evidence | undefined;
  /** How often each of its rights was used. */
  readonly services: readonly (readonly [service: Service, evidence: Evidence])[];
  /** Rights it has now and did not use. */
  readonly unused: readonly Service[];
  /** Associations seen from its range, by address. */
  readonly addresses: readonly (readonly [address: string, count: number])[];
  /** Certificates shown besides the one that would be recorded. */
  readonly otherCertificates: number;
  /** It came both with and without TLS, so that no certificate can be asked of it. */
  readonly isMixed: boolean;
}

export interface ProposalOptions {
  /** Peers in force. */
  readonly peers: readonly Peer[];
  /** Whether peers that were not seen are left out. */
  readonly dropUnseen?: boolean;
}

/**
 * The smallest rules that fit what passed: each title from the addresses it came from, with the rights it used, the private classes it sent,
 * and its certificate where it never came without. What a peer chose of how its objects are judged stays; a title nobody knew is proposed as
 * observed, so that applying the proposal cuts nothing off: enforcing is a step of its own. What was refused is no reason for a rule.
 */
export function proposePeers(sightings: readonly Sighting[], options: ProposalOptions): readonly ProposedPeer[] {
  const passed = sightings.filter(({ outcome, service }) => outcome !== 'refused' && service !== 'proposed');
  const byTitle = Map.groupBy(passed, ({ peer }) => peer);
  const seen = [...byTitle].flatMap(([title, all]) => peersOf(title, all, options.peers));
  const unseen = options.dropUnseen === true ? [] : options.peers.filter(({ aeTitle }) => !byTitle.has(aeTitle));
  const kept = unseen.map((peer): ProposedPeer => ({ ...NOTHING_SEEN, peer }));
  return [...seen, ...kept].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

const NOTHING_SEEN: Omit<ProposedPeer, 'peer'> = {
  ...{ evidence: undefined, services: [], unused: [], addresses: [], otherCertificates: 0, isMixed: false },
};

function nameOf({ peer }: ProposedPeer): string {
  return `${peer.aeTitle} ${peer.from}`;
}

function peersOf(title: string, all: readonly Sighting[], current: readonly Peer[]): ProposedPeer[] {
  const aeTitle = parseAeTitle(title);
  if (aeTitle === undefined) return [];
  const known = current.filter((peer) => peer.aeTitle === aeTitle);
  return narrowRanges(all.map(({ address }) => address)).map((from) => {
    const range = parseCidr(from);
    const within = all.filter(({ address }) => range !== undefined && cidrContains(range, address));
    const base = known.find((peer) => overlaps(peer.from, within)) ?? known[0];
    const identity = base?.trustAnchors === undefined ? identityOf(within) : {};
    return proposed({ ...(base ?? UNKNOWN), aeTitle, from, ...identity }, within, base);
  });
}

/** How a title that nobody knew is judged and held to: as a new peer is, and observed. */
const UNKNOWN = {
  allow: [],
  whenHeld: 'keep-sending',
  privateSopClasses: [],
  mode: 'observe',
} as const satisfies Partial<Peer>;

function overlaps(from: string, seen: readonly Sighting[]): boolean {
  const range = parseCidr(from);
  return range !== undefined && seen.some(({ address }) => cidrContains(range, address));
}

/**
 * The certificate to bind to: the one shown last, where it never came without one. Undefined takes an old one away. Not for a peer that names
 * authorities: its certificate may be renewed without anybody changing a rule.
 */
function identityOf(seen: readonly Sighting[]): { readonly certSha256?: string } {
  if (seen.some(({ certSha256 }) => certSha256 === '')) return {};
  const last = seen.reduce((a, b) => (b.lastMs > a.lastMs ? b : a));
  return { certSha256: last.certSha256 };
}

function proposed(wanted: Peer, seen: readonly Sighting[], base: Peer | undefined): ProposedPeer {
  const { queryLimits: _, certSha256: __, ...rest } = wanted;
  const used = SERVICES.filter((service) => seen.some((each) => each.service === service));
  const privates = seen.filter((each) => each.service === 'store').map(({ sopClassUid }) => sopClassUid);
  const certificates = new Set(seen.map(({ certSha256 }) => certSha256).filter((each) => each !== ''));
  const isMixed = certificates.size > 0 && seen.some(({ certSha256 }) => certSha256 === '');
  // A certificate that is recorded already is not given up because somebody came without: that would not have passed.
  const certSha256 = wanted.certSha256 ?? base?.certSha256;
  const limits = limitsSeen(seen, base?.queryLimits);
  const peer: Peer = {
    ...rest,
    ...(certSha256 === undefined ? {} : { certSha256 }),
    // A peer that only knocked still has to be allowed something.
    allow: used.length === 0 ? ['echo'] : used,
    privateSopClasses: [...new Set(privates.filter(isPrivateClass))].sort(),
    ...(limits === undefined ? {} : { queryLimits: limits }),
  };
  const addresses = Map.groupBy(
    seen.filter(({ service }) => service === 'association'),
    ({ address }) => address,
  );
  return {
    peer,
    evidence: evidenceOf(seen.filter(({ service }) => service === 'association')) ?? evidenceOf(seen),
    services: used.map((service) => [service, evidenceOf(seen.filter((each) => each.service === service)) ?? NONE]),
    unused: base?.allow.filter((service) => !used.includes(service)) ?? [],
    addresses: [...addresses].map(([address, rows]) => [address, rows.reduce((sum, { count }) => sum + count, 0)]),
    otherCertificates: certSha256 === undefined ? 0 : certificates.size - (certificates.has(certSha256) ? 1 : 0),
    isMixed,
  };
}

const NONE: Evidence = { count: 0, bytes: 0, firstMs: 0, lastMs: 0 };

/** What these amount to together; undefined of none. */
export function evidenceOf(seen: readonly Sighting[]): Evidence | undefined {
  if (seen.length === 0) return undefined;
  return seen.reduce(
    (sum, { count, bytes, firstMs, lastMs }) => ({
      count: sum.count + count,
      bytes: sum.bytes + bytes,
      firstMs: Math.min(sum.firstMs, firstMs),
      lastMs: Math.max(sum.lastMs, lastMs),
    }),
    { ...NONE, firstMs: Number.MAX_SAFE_INTEGER },
  );
}
