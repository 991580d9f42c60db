import { lookup } from 'node:dns/promises';
import { VERIFICATION } from '@leadglass/dimse';
import type { Clock, Logger } from '@leadglass/kit';
import type { Destination } from '@leadglass/model';
import type { SqliteRecords } from '@leadglass/records';
import type { DeliveryOutages } from '@leadglass/relay';
import type { ScuAssociation } from '@leadglass/wire';
import type { connectorTo } from '../destinations.ts';
import type { Rules } from '../keeper/rules-in-force.ts';
import { FeedSilence } from './feed-silence.ts';
import { GiveBacks } from './give-backs.ts';
import { IsolationHost } from './isolation-host.ts';
import { OutageHost } from './outage-host.ts';
import { OutageMemory } from './outage-memory.ts';

const IMPLICIT_LE = '1.2.840.10008.1.2';
const ECHO = [{ abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT_LE] }];
/** PS3.8 Table 9-18. */
const ACCEPTED = 0;

export interface ContinuityTools {
  readonly clock: Clock;
  readonly log: Logger;
  readonly records: Pick<SqliteRecords, 'setting' | 'setSetting' | 'outages' | 'overview'>;
  rules(): Rules;
  readonly connect: ReturnType<typeof connectorTo>;
  /** Every address of a name; the system’s own when absent. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  /** Ends what goes on with whom the isolation cuts off, on connections of others with us; how much that was. */
  cut(): { readonly associations: number; readonly webConnections: number };
  /** Something may be sent again, to one destination or any. */
  resume(destination?: string): void;
  listeners(): readonly string[];
  /** When each feed's last message was received; default: nothing is known. */
  lastHeard?(): Promise<ReadonlyMap<string, number>>;
  /** Events were recorded. */
  told(): void;
}

/** The bad day, as the keeper has it: which upstreams are down, what they are given back, and whether the site is isolated. */
export class Continuity {
  readonly outages: OutageHost;
  readonly giveBacks: GiveBacks;
  readonly isolation: IsolationHost;
  /** Laboratories and information systems that have gone quiet. */
  readonly feeds: FeedSilence;
  /** Opens an association with a destination, as the connector does: what comes of it is evidence, and isolation is kept to. */
  readonly connect: ReturnType<typeof connectorTo>;
  readonly #tools: ContinuityTools;
  readonly #memory: OutageMemory;
  /** Associations of ours with destinations. */
  readonly #open = new Map<ScuAssociation, Destination>();

  constructor(tools: ContinuityTools) {
    this.#tools = tools;
    const { clock, log, records, rules, told } = tools;
    this.#memory = new OutageMemory(records, log);
    this.giveBacks = new GiveBacks({ clock, log, memory: this.#memory, outages: records.outages, told });
    this.outages = new OutageHost({
      ...{ clock, log, memory: this.#memory, giveBacks: this.giveBacks, rules, told },
      probe: (destination, signal) => this.#probe(destination, signal),
      owed: (name) => records.outages.owed(name),
      cameBack: tools.resume,
    });
    this.isolation = new IsolationHost({
      ...{ clock, log, records, rules, told, resume: () => tools.resume(), listeners: tools.listeners },
      lookup: tools.lookup ?? addressesOf,
      cut: () => this.#cut(),
      waiting: (name) => records.overview.countDeliveries('pending', name),
    });
    this.feeds = new FeedSilence({
      ...{ clock, log, records, memory: this.#memory, told, feeds: () => rules().feeds },
      lastHeard: async () => (await tools.lastHeard?.()) ?? new Map(),
    });
    this.connect = (destination, ...asked) => this.#connect(destination, ...asked);
  }

  /** Takes up what was known before: before the first `configure`, and before anything listens or is sent. Rejects with the records' Fault. */
  async load(): Promise<void> {
    await this.#memory.load();
    await this.isolation.load();
    await this.feeds.load();
    this.giveBacks.start();
  }

  /** The rules are others now. */
  async configure(): Promise<void> {
    this.outages.configure();
    this.feeds.configure();
    await this.isolation.configure();
  }

  async stop(): Promise<void> {
    await Promise.all([this.outages.stop(), this.giveBacks.stop(), this.feeds.stop()]);
    await this.#memory.settled();
  }

  /** Whether nothing is asked of a destination: it is down, or cut off. */
  isUnasked(destination: Destination): boolean {
    return this.outages.isDown(destination.name) || this.isolation.isCut(destination);
  }

  /** Somebody of this title was let in: where it is an upstream that is down, it is asked whether it is back. */
  heardFrom(title: string): void {
    for (const { name, called } of this.#tools.rules().destinations)
      if (called === title && this.outages.state(name) === 'down') this.outages.look(name);
  }

  /** What deliveries have to know. */
  readonly forDeliveries: DeliveryOutages = {
    maySend: (name) => this.#maySend(name),
    backSinceMs: (name) => this.giveBacks.upMs(name),
    served: (name) => this.outages.hear(name, 'served'),
  };

  #maySend(name: string): boolean {
    if (!this.outages.isReady(name)) return false;
    if (!this.isolation.isOn) return true;
    const destination = this.#tools.rules().destinations.find((each) => each.name === name);
    return destination !== undefined && !this.isolation.isCut(destination);
  }

  async #connect(destination: Destination, ...asked: Rest): Promise<ScuAssociation> {
    this.isolation.permit(destination);
    try {
      const association = await this.#tools.connect(destination, ...asked);
      this.outages.asked(destination.name, undefined);
      return this.#kept(association, destination);
    } catch (thrown) {
      this.outages.asked(destination.name, thrown);
      throw thrown;
    }
  }

  #kept(association: ScuAssociation, destination: Destination): ScuAssociation {
    for (const each of this.#open.keys()) if (!each.isOpen) this.#open.delete(each);
    this.#open.set(association, destination);
    // It was cut off while the association was being asked for.
    if (this.isolation.isCut(destination)) association.abort();
    return association;
  }

  #cut(): { associations: number; webConnections: number } {
    const ours = [...this.#open].filter(([each, to]) => each.isOpen && this.isolation.isCut(to));
    for (const [association] of ours) association.abort();
    const { associations, webConnections } = this.#tools.cut();
    return { associations: associations + ours.length, webConnections };
  }

  async #probe(destination: Destination, signal: AbortSignal): Promise<void> {
    this.isolation.permit(destination);
    const association = await this.#tools.connect(destination, ECHO, signal);
    try {
      if (association.contexts.some(({ result }) => result === ACCEPTED)) await association.echo();
    } finally {
      await association.release();
    }
  }
}

async function addressesOf(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

type Rest = Parameters<ReturnType<typeof connectorTo>> extends [unknown, ...infer R] ? R : never;
