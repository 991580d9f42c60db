import type { Clock, Logger, Randomness } from '@leadglass/kit';
import type { Destination } from '@leadglass/model';
import type { Custody, Records } from '@leadglass/records';

/** A presentation context to propose: one transfer syntax, the one the bytes are kept in. */
export interface DeliveryContext {
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** An association with a destination. Room `wire` has it as `ScuAssociation`; the composition root joins the two. */
export interface DeliveryAssociation {
  readonly isOpen: boolean;
  /** Whether the object announced as `next` was begun: it has to be stored before anything else, release included. */
  readonly hasBegunNext: boolean;
  /** What became of each proposed context; result 0 is acceptance (PS3.8 Table 9-18). */
  readonly contexts: readonly {
    readonly abstractSyntax: string;
    readonly proposed: readonly string[];
    readonly result: number;
    readonly transferSyntax: string;
  }[];
  /** C-STORE. Rejects with a Fault whose retry class tells what another try can bring. */
  store(request: {
    readonly sopClassUid: string;
    readonly sopInstanceUid: string;
    readonly transferSyntax: string;
    readonly dataSet: AsyncIterable<Uint8Array>;
    readonly length: number;
    readonly signal: AbortSignal;
    /** The object stored right after this one, which may be begun while this one's answer arrives. */
    readonly next?: { readonly sopClassUid: string; readonly sopInstanceUid: string; readonly transferSyntax: string };
  }): Promise<{ readonly status: number }>;
  /** Never rejects, and ends within a bounded time. */
  release(): Promise<void>;
  abort(): void;
}

/** Opens an association. Rejects with a Fault; gives up when `signal` is aborted. */
export type Connect<A extends DeliveryAssociation = DeliveryAssociation> = (
  destination: Destination,
  contexts: readonly DeliveryContext[],
  signal: AbortSignal,
) => Promise<A>;

/** The data set of an object in custody: its plain bytes after the file meta, in pieces of at most some 100 kB. Throws Fault `vault.*`. */
export type OpenPlain = (custody: Custody) => AsyncIterable<Uint8Array>;

export interface DeliveryLimits {
  /** Rows taken from the records at once. */
  readonly batchObjects: number;
  /** Results written in one transaction, and the longest one waits for company. */
  readonly resultsTogether: number;
  readonly resultsWaitMs: number;
  /** An association without work is kept so long, then released. */
  readonly lingerMs: number;
  /** First and longest wait between two tries; doubled each time, with jitter. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Tries of an object that is answered with a doubtful status, before a person has to look. */
  readonly doubtfulAttempts: number;
  /** What `stop` gives the object in flight. */
  readonly drainMs: number;
  /** Bandwidth kept for others, bytes a second; undefined is no limit. */
  bytesPerSecond(destination: string): number | undefined;
}

export const DEFAULT_DELIVERY_LIMITS: DeliveryLimits = {
  batchObjects: 256,
  resultsTogether: 64,
  resultsWaitMs: 250,
  lingerMs: 2_000,
  firstRetryMs: 1_000,
  longestRetryMs: 5 * 60_000,
  doubtfulAttempts: 12,
  drainMs: 10_000,
  bytesPerSecond: () => undefined,
};

/** What is known of destinations that are down, or were. */
export interface DeliveryOutages {
  /** Whether anything may be sent to it now. Once it may again the engine is told (`resume`). */
  maySend(destination: string): boolean;
  /** When it came back, while it is given back what it missed: what came later goes first, and the rest at a rate it can bear. */
  backSinceMs(destination: string): number | undefined;
  /** It took an object. */
  served(destination: string): void;
}

/** What a delivery worker is given. */
export interface DeliveryTools {
  readonly connect: Connect;
  readonly openPlain: OpenPlain;
  readonly records: Pick<Records, 'dueDeliveries' | 'dueSince' | 'nextDueMs' | 'recordDeliveries'>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly limits: DeliveryLimits;
  /** Absent: nothing is ever known to be down. */
  readonly outages?: DeliveryOutages;
  /** Told after a transaction in which objects were delivered whose commitment is wanted. */
  readonly commitmentWanted?: (destination: Destination) => void;
}
