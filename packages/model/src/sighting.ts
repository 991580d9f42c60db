import type { Service } from './peer.ts';

/** What became of what was seen: passed by the rules; passed because it is observed, and the rules would have refused it; refused. */
export const SIGHTING_OUTCOMES = ['passed', 'observed', 'refused'] as const;
export type SightingOutcome = (typeof SIGHTING_OUTCOMES)[number];

/** What makes two things seen the same kind: who, from where, on what evidence, and what was asked. No patient data, no values of keys. */
export interface SightingKey {
  /** Calling AE title. */
  readonly peer: string;
  readonly address: string;
  /** Certificate shown over TLS, lower-case hexadecimal; empty without. */
  readonly certSha256: string;
  /** Whether the site's authority signed it. */
  readonly isSigned: boolean;
  /** `dimse`, `dimse-tls`. */
  readonly listener: string;
  readonly called: string;
  /** `association`: that it came at all. `proposed`: a class it proposed and was not let use. */
  readonly service: Service | 'association' | 'proposed';
  /** Empty for an association. */
  readonly sopClassUid: string;
  /** Query/Retrieve level; empty where there is none. */
  readonly level: string;
  /** Shape of the keys that narrow a query, as `shapeOf` of policy writes it; never a value. */
  readonly keys: string;
  /** Of a C-MOVE: the AE title the objects were to go to. */
  readonly moveTo: string;
  readonly outcome: SightingOutcome;
}

/** One kind of traffic as it was seen, added up. */
export interface Sighting extends SightingKey {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  readonly bytes: number;
  /** Bit h is set when it was seen in hour h of the gateway's day. */
  readonly hours: number;
  /** Most operations of this peer seen in one minute when this was among them. */
  readonly busiest: number;
  /** Most answers one of these queries had. */
  readonly mostResults: number;
}

/** Addresses under observation: who calls from there under an unknown title passes, inspected and recorded, until an end. */
export interface ObservedRange {
  /** CIDR. */
  readonly from: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** What is under observation besides the peers that are so themselves. */
export interface Observation {
  readonly ranges: readonly ObservedRange[];
  /** Until when every peer that is not said to be enforced is observed; absent when none is for that. */
  readonly siteUntilMs?: number;
}

export const NOTHING_OBSERVED: Observation = { ranges: [] };
