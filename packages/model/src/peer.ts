import type { PeerIdentity } from './certificate.ts';
import type { AeTitle } from './names.ts';
import type { PeerMode, QueryLimits } from './query-limits.ts';

/** What a peer may ask of us. */
export const SERVICES = [
  'echo',
  'store',
  'find',
  'move',
  'get',
  'worklist',
  'mpps',
  'commit',
  'print',
  'ups',
  'availability',
  ...(['qido', 'wado', 'stow', 'fhir', 'continuity'] as const),
] as const;
export type Service = (typeof SERVICES)[number];

/** How hard a flow judges what inspection found; `balanced` unless chosen (docs/rules/policy.md has the tables). */
export const STRICTNESSES = ['strict', 'balanced', 'permissive'] as const;
export type Strictness = (typeof STRICTNESSES)[number];

/** What happens to an object that an inspector could not look at to the end. */
export const WHEN_UNFINISHED = ['deliver', 'hold'] as const;
export type WhenUnfinished = (typeof WHEN_UNFINISHED)[number];

/** How many people it takes to decide about a held object; `one-person` unless chosen. */
export const DECISION_RULES = ['one-person', 'two-persons'] as const;
export type DecisionRule = (typeof DECISION_RULES)[number];

/** What may be decided about a held object. */
export const ACTS = ['release', 'destroy'] as const;
export type Act = (typeof ACTS)[number];

/** What a peer or a route may choose for what takes it; where several are met the strictest of them decides. */
export interface FlowChoice {
  readonly strictness?: Strictness;
  readonly whenUnfinished?: WhenUnfinished;
  /** Who releases what is held of it. */
  readonly release?: DecisionRule;
  /** Who destroys what is held of it. */
  readonly destroy?: DecisionRule;
}

/** Somebody allowed to speak to us: title, address range, and certificate when it uses TLS. */
export interface Peer extends FlowChoice, PeerIdentity {
  readonly aeTitle: AeTitle;
  /** CIDR, IPv4 or IPv6: `192.0.2.0/24`, `2001:db8::/64`; a single address is /32 or /128. */
  readonly from: string;
  /** SHA-256 of the DER certificate, lower-case hexadecimal; when set the peer is admitted over TLS with that certificate alone. */
  readonly certSha256?: string;
  readonly allow: readonly Service[];
  /** How a held object is answered: `keep-sending` says 0000 (a modality), `tell` says 0124 (a sender with its own archive). STANDARDS §3.7. */
  readonly whenHeld: 'keep-sending' | 'tell';
  /** Private SOP Class UIDs (outside the standard's root) this peer may store; `*` for any. */
  readonly privateSopClasses: readonly string[];
  /** Absent: enforced, unless the whole site is observed. */
  readonly mode?: PeerMode;
  /** How far its queries may reach; absent where the defaults do. */
  readonly queryLimits?: QueryLimits;
  /** It is none of the site’s: cut off while the site is isolated. Absent: its address decides. */
  readonly outside?: boolean;
  /** What it sends is evidence: held whatever is found, for a person to decide. Never configured: originals of an import come so. */
  readonly isEvidence?: boolean;
}

/** Somewhere objects are delivered to. */
export interface Destination {
  /** Our own name for it: letters, digits, `-`, `_`, `.`; at most 64 characters. */
  readonly name: string;
  readonly host: string;
  /** TCP port, 1 to 65535. */
  readonly port: number;
  readonly called: AeTitle;
  readonly calling: AeTitle;
  readonly tls: boolean;
  /** Pins the destination's certificate (SHA-256 of its DER, hexadecimal); without it the site's authority must have signed it. */
  readonly certSha256?: string;
  /** Ask for storage commitment after delivery when the destination offers it. */
  readonly commitment: boolean;
  /** It lies outside of the site: cut off while the site is isolated. Absent: its address decides. */
  readonly outside?: boolean;
  /** How long it has to fail before it counts as down, seconds, 1 to 600; absent: 5. */
  readonly downAfterSeconds?: number;
  /** Most objects a minute while it is given back what it missed; absent: as many as leave it half of its time for others. */
  readonly giveBackPerMinute?: number;
}

/** What arrives from `from` goes to `to`. */
export interface Route extends FlowChoice {
  /** A calling AE title, or `*` for every peer. */
  readonly from: AeTitle | '*';
  /** A Destination's name. */
  readonly to: string;
}

/** What is only ever asked of ourselves. */
const OURS = ['echo', 'store', 'qido', 'wado', 'stow', 'fhir', 'continuity'] as const satisfies readonly Service[];
/** What may be passed on to an upstream: everything that is asked of somebody else than us. */
export type RelayedService = Exclude<Service, (typeof OURS)[number]>;
export const RELAYED_SERVICES = SERVICES.filter(
  (service): service is RelayedService => !(OURS as readonly Service[]).includes(service),
);

/** Whose AE title an upstream sees. */
export const RELAY_CALLINGS = ['gateway', 'peer'] as const;
export type RelayCalling = (typeof RELAY_CALLINGS)[number];

/** What `from` asks of these services is asked of `to` in its place. Of several that fit, the first decides. */
export interface Relay {
  /** A calling AE title, or `*` for every peer. */
  readonly from: AeTitle | '*';
  readonly services: readonly RelayedService[];
  /** A Destination's name: the upstream. */
  readonly to: string;
  /** Under which AE title it is asked: ours for that destination (`gateway`, unless chosen), or the device's own. */
  readonly calling?: RelayCalling;
}
