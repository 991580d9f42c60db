import type { AeTitle } from './names.ts';

/** Whether a peer is held to its rules, or passes beyond them and is recorded as what it would have been refused for. */
export const PEER_MODES = ['observe', 'enforce'] as const;
export type PeerMode = (typeof PEER_MODES)[number];

/**
 * What a patient's name may be asked with: `any` wildcard; `trailing`, where a wildcard that begins the name narrows nothing by itself
 * (some other key has to); `none`.
 */
export const NAME_WILDCARDS = ['any', 'trailing', 'none'] as const;
export type NameWildcards = (typeof NAME_WILDCARDS)[number];

/** What a peer (or what takes a relay) may ask beyond having the right to the service; absent fields have the defaults of policy. */
export interface QueryLimits {
  /** Answers of one query that are passed on, 1 to 100,000. */
  readonly mostResults?: number;
  /** Widest range of dates, in days, that narrows a query by itself. */
  readonly mostDays?: number;
  /** Operations in any 60 seconds. */
  readonly perMinute?: number;
  /** `07:00-19:30`, in the gateway's local time; over midnight when the end comes first. */
  readonly hours?: string;
  readonly nameWildcards?: NameWildcards;
  /** May ask without a key that narrows. */
  readonly sweeps?: boolean;
  /** Answers of these modalities alone (PS3.3 §C.7.3.1.1.1). */
  readonly modalities?: readonly string[];
  /** Worklist answers scheduled for its own AE title alone (PS3.4 §K.6.1.2.2, ScheduledStationAETitle). */
  readonly ownStation?: boolean;
  /** Where it may have objects moved to besides itself. */
  readonly moveTo?: readonly AeTitle[];
}
