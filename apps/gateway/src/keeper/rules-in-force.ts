import type { Clock } from '@leadglass/kit';
import {
  type Destination,
  type Feed,
  type Hl7Destination,
  NOTHING_OBSERVED,
  type Observation,
  type Peer,
  type Quirk,
  type Relay,
  type Route,
  type WebToken,
} from '@leadglass/model';
import { isObserved } from '@leadglass/policy';
import type { SqliteRecords } from '@leadglass/records';
import { observationOf } from '../learning/observation.ts';

/** The rules in force, as one value that is replaced whole. */
export interface Rules {
  readonly peers: readonly Peer[];
  readonly destinations: readonly Destination[];
  readonly routes: readonly Route[];
  readonly relays: readonly Relay[];
  /** What the site accepts of its devices. */
  readonly quirks: readonly Quirk[];
  /** Laboratories and information systems that may send. */
  readonly feeds: readonly Feed[];
  /** Information systems that are told by HL7. */
  readonly hl7Destinations: readonly Hl7Destination[];
}

/** What holds at this moment: the rules, what passes beyond them under observation, and who may use the web interface. */
export class RulesInForce {
  readonly #clock: Clock;
  readonly #records: SqliteRecords;
  #rules: Rules = { peers: [], destinations: [], routes: [], relays: [], quirks: [], feeds: [], hl7Destinations: [] };
  #observation: Observation = NOTHING_OBSERVED;
  #webTokens: readonly WebToken[] = [];

  constructor(clock: Clock, records: SqliteRecords) {
    this.#clock = clock;
    this.#records = records;
  }

  get rules(): Rules {
    return this.#rules;
  }

  get observation(): Observation {
    return this.#observation;
  }

  get webTokens(): readonly WebToken[] {
    return this.#webTokens;
  }

  /** Reads the rules again. Resolves to what was read of them, with what is asked of ClamAV. Rejects with the records' Fault. */
  async reload(): Promise<{ readonly rules: Rules; readonly clamav: Awaited<ReturnType<SqliteRecords['clamav']>> }> {
    const records = this.#records;
    this.#observation = await observationOf(records);
    const [peers, destinations, routes, relays, quirks, clamav, feeds, hl7Destinations] = await Promise.all([
      records.peers(),
      records.destinations(),
      records.routes(),
      records.relays(),
      records.quirks(),
      records.clamav(),
      records.feeds(),
      records.hl7Destinations(),
    ]);
    const rules = { peers, destinations, routes, relays, quirks, feeds, hl7Destinations };
    this.#rules = rules;
    return { rules, clamav };
  }

  /** Reads the tokens of the web interface again. Rejects with the records' Fault. */
  async reloadWebTokens(): Promise<void> {
    this.#webTokens = await this.#records.webTokens.list();
  }

  /** Whether a peer passes beyond its rules now. */
  isObserved(peer: Peer): boolean {
    return isObserved(peer, this.#observation, this.#clock.now());
  }

  /** How many peers pass beyond their rules now, and ranges unknown titles pass from. */
  observed(): { readonly peers: number; readonly ranges: number } {
    const now = this.#clock.now();
    const ranges = this.#observation.ranges.filter(({ untilMs }) => now < untilMs);
    const peers = this.#rules.peers.filter((peer) => isObserved(peer, this.#observation, now));
    return { peers: peers.length, ranges: ranges.length };
  }
}
