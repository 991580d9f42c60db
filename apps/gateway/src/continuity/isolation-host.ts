import { isAddress, isOutsideAddress } from '@leadglass/continuity';
import type { IsolationAnswer } from '@leadglass/contract';
import { type Clock, Fault, type Logger, text, uuidv7 } from '@leadglass/kit';
import type { Destination, EventOf, Peer } from '@leadglass/model';
import { cidrContains, parseCidr } from '@leadglass/policy';
import type { SqliteRecords } from '@leadglass/records';
import { z } from 'zod';
import type { Rules } from '../keeper/rules-in-force.ts';

const SETTING = 'isolation';
/** A name that has no address in this time has none. */
const LOOK_UP_MS = 2_000;

const isolation = z.object({
  sinceMs: z.number(),
  by: z.string(),
  reason: z.string(),
  stopped: z.object({
    associations: z.int(),
    webConnections: z.int(),
    destinations: z.array(z.object({ name: z.string(), owedObjects: z.int() })),
    peers: z.array(z.string()),
    listeners: z.array(z.string()),
  }),
});
type Isolation = z.output<typeof isolation>;
type Why = IsolationAnswer['outside']['destinations'][number]['why'];

export interface IsolationTools {
  readonly clock: Clock;
  readonly log: Logger;
  readonly records: Pick<SqliteRecords, 'setting' | 'setSetting'>;
  rules(): Pick<Rules, 'peers' | 'destinations' | 'hl7Destinations'>;
  /** Every address of a name. Rejects when it has none. */
  lookup(host: string): Promise<readonly string[]>;
  /** Ends, now, whatever goes on with whom the isolation cuts off; how much that was. */
  cut(): { readonly associations: number; readonly webConnections: number };
  /** Deliveries may go on, to whom they may. */
  resume(): void;
  waiting(destination: string): Promise<number>;
  listeners(): readonly string[];
  /** Events were recorded. */
  told(): void;
}

/**
 * The switch that cuts every flow with the outside and keeps those inside. It cuts first and records then: a disk that is full does not keep a site
 * connected to whoever attacks it.
 */
export class IsolationHost {
  readonly #tools: IsolationTools;
  #isolation: Isolation | undefined;
  /** It was put on, or taken off, and that is being recorded. */
  #isOn = false;
  /** Names of hosts whose addresses are known: whether all of them are inside. */
  #names: ReadonlyMap<string, boolean> = new Map();

  constructor(tools: IsolationTools) {
    this.#tools = tools;
  }

  /** Takes up what was known before. Rejects with the records' Fault. */
  async load(): Promise<void> {
    const value = await this.#tools.records.setting(SETTING);
    if (value === undefined || value === '') return;
    const parsed = isolation.safeParse(jsonOf(value));
    // What cannot be read was written to isolate: it stays on until a person says otherwise.
    this.#isOn = true;
    this.#isolation = parsed.success ? parsed.data : UNREADABLE;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** The destinations are others now: looks their names up where that matters. */
  async configure(): Promise<void> {
    if (!this.#isOn) return;
    const before = this.#names;
    this.#names = await this.#lookUp();
    if ([...this.#names].some(([name, isInside]) => isInside && before.get(name) !== true)) this.#tools.resume();
  }

  /** Whether nothing may go to a destination. */
  isCut(destination: Pick<Destination, 'host' | 'outside'>): boolean {
    return this.#isOn && this.#whyOutside(destination) !== undefined;
  }

  /** Whether whoever calls from an address is cut off: before a byte of it is read. */
  isCutAddress(address: string): boolean {
    return this.#isOn && isOutsideAddress(address) && !this.#isInsidePeer(address);
  }

  isCutPeer(peer: Pick<Peer, 'outside'>): boolean {
    return this.#isOn && peer.outside === true;
  }

  /** Throws Fault `continuity.isolated` where nothing may go to a destination. */
  permit(destination: Pick<Destination, 'name' | 'host' | 'outside'>): void {
    if (this.isCut(destination)) throw isolatedFault(destination.name);
  }

  async on(by: string, reason: string): Promise<IsolationAnswer> {
    if (this.#isolation !== undefined) return this.show();
    this.#isOn = true;
    const ended = this.#tools.cut();
    const sinceMs = this.#tools.clock.now();
    this.#tools.log.warn('isolation.on', { ...ended });
    await this.configure();
    const outside = this.#outside();
    const destinations = await Promise.all(
      outside.destinations.map(async ({ name }) => ({ name, owedObjects: await this.#tools.waiting(name) })),
    );
    const stopped = { ...ended, destinations, peers: [...outside.peers], listeners: [...this.#tools.listeners()] };
    const event = {
      ...{ id: uuidv7(sinceMs), atMs: sinceMs, kind: 'isolation.on' as const, by, reason, ...ended },
      destinations: destinations.map(({ name }) => name),
    } satisfies EventOf<'isolation.on'>;
    const made = { sinceMs, by, reason, stopped };
    await this.#tools.records.setSetting(SETTING, JSON.stringify(made), [event]);
    this.#isolation = made;
    this.#tools.told();
    return this.show();
  }

  async off(by: string): Promise<IsolationAnswer> {
    if (!this.#isOn) return this.show();
    const atMs = this.#tools.clock.now();
    const { sinceMs = atMs } = this.#isolation ?? {};
    const destinations = this.#outside().destinations.map(({ name }) => name);
    // Recorded first: what is not recorded stays cut.
    await this.#tools.records.setSetting(SETTING, '', [
      { id: uuidv7(atMs), atMs, kind: 'isolation.off', by, sinceMs, destinations },
    ]);
    this.#isOn = false;
    this.#isolation = undefined;
    this.#tools.log.warn('isolation.off', {});
    this.#tools.told();
    this.#tools.resume();
    return this.show();
  }

  async show(): Promise<IsolationAnswer> {
    if (!this.#isOn) this.#names = await this.#lookUp();
    const { sinceMs, by, reason, stopped } = this.#isolation ?? {};
    return {
      isOn: this.#isOn,
      ...(sinceMs === undefined ? {} : { sinceMs }),
      ...(by === undefined ? {} : { by }),
      ...(reason === undefined ? {} : { reason }),
      ...(stopped === undefined ? {} : { stopped }),
      outside: this.#outside(),
    };
  }

  get sinceMs(): number | undefined {
    return this.#isolation?.sinceMs;
  }

  #outside(): IsolationAnswer['outside'] {
    const { destinations, hl7Destinations, peers } = this.#tools.rules();
    const outside = [...destinations, ...hl7Destinations].flatMap((each) => {
      const why = this.#whyOutside(each);
      return why === undefined ? [] : [{ name: each.name, why }];
    });
    return {
      destinations: outside,
      peers: [...new Set(peers.filter((peer) => peer.outside === true).map(({ aeTitle }) => aeTitle as string))],
    };
  }

  #whyOutside({ host, outside }: Pick<Destination, 'host' | 'outside'>): Why | undefined {
    if (outside !== undefined) return outside ? 'marked' : undefined;
    if (isAddress(host)) return isOutsideAddress(host) ? 'address' : undefined;
    const isInside = this.#names.get(host);
    if (isInside === undefined) return 'unresolved';
    return isInside ? undefined : 'address';
  }

  // Sites exist whose own machines have public addresses: a peer that is said to be inside is.
  #isInsidePeer(address: string): boolean {
    return this.#tools.rules().peers.some(({ outside, from }) => {
      const range = outside === false ? parseCidr(from) : undefined;
      return range !== undefined && cidrContains(range, address);
    });
  }

  async #lookUp(): Promise<ReadonlyMap<string, boolean>> {
    const { destinations, hl7Destinations } = this.#tools.rules();
    const named = [...destinations, ...hl7Destinations].filter(
      ({ host, outside }) => outside === undefined && !isAddress(host),
    );
    const hosts = [...new Set(named.map(({ host }) => host))];
    const known = await Promise.all(hosts.map(async (host) => [host, await this.#isInside(host)] as const));
    return new Map(known.flatMap(([host, isInside]) => (isInside === undefined ? [] : [[host, isInside] as const])));
  }

  async #isInside(host: string): Promise<boolean | undefined> {
    const late = new Promise<undefined>(
      (resolve) => void this.#tools.clock.after(LOOK_UP_MS, () => resolve(undefined)),
    );
    const found = await Promise.race([this.#tools.lookup(host).catch(() => undefined), late]);
    return found === undefined || found.length === 0 ? undefined : !found.some(isOutsideAddress);
  }
}

const UNREADABLE: Isolation = {
  ...{ sinceMs: 0, by: '', reason: '' },
  stopped: { associations: 0, webConnections: 0, destinations: [], peers: [], listeners: [] },
};

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** `continuity.isolated`, transient: the site is isolated, and this lies outside. */
export function isolatedFault(destination: string): Fault {
  return new Fault(
    'continuity.isolated',
    'transient',
    text(
      `le site est isolé : rien ne va vers ${destination} (leadglass isolation status)`,
      `the site is isolated: nothing goes to ${destination} (leadglass isolation status)`,
    ),
    { facts: { destination } },
  );
}

/** Why a caller from outside is not heard. */
export const ISOLATED = text('le site est isolé de l’extérieur', 'the site is isolated from the outside');
