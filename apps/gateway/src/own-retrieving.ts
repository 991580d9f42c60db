import type { Destination, Peer } from '@leadglass/model';
import type { OperationFacts } from '@leadglass/policy';
import type { Retrievable } from '@leadglass/records';
import type { Selection } from '@leadglass/relay';
import type { Connection } from './connections.ts';
import type { OperationVerdict } from './learning/learning.ts';
import type { GotMessage, RetrieveMessage } from './own-messages.ts';

/** How a retrieval that goes on is ended, and heard of. */
export interface Running {
  readonly cancel: AbortController;
  readonly abandon: AbortController;
  /** Of a C-GET: how it is told once the intake says how it went. */
  got?: (message: GotMessage) => void;
}

/** A retrieval under way. */
export interface Retrieving {
  readonly connection: Connection;
  readonly peer: Peer;
  readonly message: RetrieveMessage;
  readonly running: Running;
  readonly selection: Selection;
  readonly facts: {
    readonly service: 'move' | 'get';
    readonly sopClassUid: string;
    readonly level: string;
    readonly keys: readonly string[];
    readonly upstream?: string;
    readonly instead: string | undefined;
  };
  readonly beganMs: number;
  readonly question: OperationFacts;
  readonly verdict: OperationVerdict;
  readonly unseen: Unseen;
  /** It is under way no longer. */
  over(): void;
}

/** One that an upstream is asked for. */
export interface RelayedRetrieving extends Retrieving {
  readonly upstream: Destination;
}

/** What a retrieval would give and its peer may not see, counted. */
export class Unseen {
  readonly isSeen: (object: Retrievable) => boolean;
  #count = 0;

  constructor(maySee: (object: Retrievable) => boolean) {
    this.isSeen = (object) => {
      const isSeen = maySee(object);
      if (!isSeen) this.#count += 1;
      return isSeen;
    };
  }

  get count(): number {
    return this.#count;
  }
}

export const NO_SELECTION: Selection = { objects: [], withheld: [] };

/** Objects remembered at most; a disarmed copy is made within seconds as a rule. */
const MOST_REMEMBERED = 10_000;

/** Which objects came lately: the oldest is forgotten first. */
export class RecentObjects {
  readonly #all = new Set<string>();

  add(sha256: string): void {
    this.#all.add(sha256);
    if (this.#all.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#all;
    if (oldest !== undefined) this.#all.delete(oldest);
  }

  has(sha256: string): boolean {
    return this.#all.has(sha256);
  }
}
