import {
  DEFAULT_THRESHOLDS,
  type Evidence,
  isDownState,
  type OutageChange,
  OutageDetector,
  type OutageState,
  probeWaitMs,
} from '@leadglass/continuity';
import { type Clock, isFault, type Logger, type Timer, uuidv7 } from '@leadglass/kit';
import type { Destination, Event } from '@leadglass/model';
import type { Rules } from '../keeper/rules-in-force.ts';
import type { GiveBacks } from './give-backs.ts';
import type { KnownOutage, OutageMemory } from './outage-memory.ts';
import { isTurnedAway } from './turned-away.ts';

/** What the keeper hands to whoever watches over the upstreams. */
export interface OutageHostTools {
  readonly clock: Clock;
  readonly log: Logger;
  /** Loaded. */
  readonly memory: OutageMemory;
  readonly giveBacks: Pick<GiveBacks, 'of' | 'began'>;
  rules(): Pick<Rules, 'destinations' | 'routes' | 'relays'>;
  /** Asks a destination whether it is there (C-ECHO). Rejects with a Fault when it is not. */
  probe(destination: Destination, signal: AbortSignal): Promise<void>;
  /** Objects and bytes that wait to be delivered to it. */
  owed(destination: string): Promise<{ readonly objects: number; readonly bytes: number }>;
  /** It is up again, and what it is owed is put in order: it may be sent to. */
  cameBack(name: string): void;
  /** Events were recorded. */
  told(): void;
}

/** How one upstream is. */
export interface UpstreamStanding {
  readonly name: string;
  readonly state: OutageState;
  /** Since when it is down; since we watch it, where it is not. Milliseconds since the epoch. */
  readonly sinceMs: number;
  /** When it was last known to be well; undefined when it never was. */
  readonly asOfMs: number | undefined;
  readonly outage: KnownOutage | undefined;
}

interface Watched {
  readonly detector: OutageDetector;
  readonly sinceMs: number;
  wellAtMs: number | undefined;
  heardAtMs: number;
  probes: number;
  timer: Timer | undefined;
  isProbing: boolean;
}

type Hearer = (name: string, state: OutageState) => void;

/**
 * Watches over the upstreams: every destination that a route or a relay leads to. What traffic and probes show, and what a person says, becomes a
 * state each; outages are recorded and outlive the process. Asks nothing of anybody else: what is only ever moved to is a device, and left alone.
 */
export class OutageHost {
  readonly #tools: OutageHostTools;
  readonly #memory: OutageMemory;
  readonly #watched = new Map<string, Watched>();
  readonly #hearers: Hearer[] = [];
  /** Up again, while what they are owed is being put in order. */
  readonly #settling = new Set<string>();
  readonly #stopping = new AbortController();

  constructor(tools: OutageHostTools) {
    this.#tools = tools;
    this.#memory = tools.memory;
  }

  /** The destinations, routes or relays are others now: watches exactly those it has to, each as it was known before. */
  configure(): void {
    const { destinations, routes, relays } = this.#tools.rules();
    const led = new Set([...routes, ...relays].map(({ to }) => to));
    const names = new Set(destinations.map(({ name }) => name));
    for (const [name, watched] of this.#watched) {
      const isWanted = names.has(name) && (led.has(name) || this.#memory.outage(name) !== undefined);
      if (!isWanted) this.#forget(name, watched);
    }
    for (const { name } of destinations) {
      const isWanted = led.has(name) || this.#memory.outage(name) !== undefined;
      if (isWanted && !this.#watched.has(name)) this.#begin(name);
    }
  }

  /** Whether what is asked of it is answered for, and nothing is sent to it. */
  isDown(destinationName: string): boolean {
    return isDownState(this.state(destinationName));
  }

  state(destinationName: string): OutageState {
    return this.#watched.get(destinationName)?.detector.state ?? 'up';
  }

  /** Whether anything may be sent to it: it is not down, and what it is owed is in order. */
  isReady(destinationName: string): boolean {
    return !this.isDown(destinationName) && !this.#settling.has(destinationName);
  }

  /** Calls `hearer` whenever an upstream is in another state than before. */
  onChange(hearer: Hearer): void {
    this.#hearers.push(hearer);
  }

  /** Something showed how a destination is. */
  hear(name: string, evidence: Exclude<Evidence, 'declared' | 'ended'>): void {
    const watched = this.#watched.get(name);
    if (watched !== undefined) this.#heard(name, watched, evidence);
  }

  /** What came of asking it for an association: undefined when there was one. */
  asked(name: string, fault: unknown): void {
    if (fault === undefined) return this.hear(name, 'reached');
    const evidence = evidenceOf(fault);
    if (evidence !== undefined) this.hear(name, evidence);
  }

  /** A person says that it is down. Rejects with the records' Fault: then it is not declared. */
  async declare(name: string, by: string, reason: string): Promise<void> {
    const watched = this.#watched.get(name) ?? this.#begin(name);
    const [now, known] = [this.#now(), this.#memory.outage(name)];
    const sinceMs = known?.sinceMs ?? now;
    const outage: KnownOutage = {
      ...{ name, sinceMs, how: 'declared', by, reason },
      ...asOf(known?.asOfMs ?? watched.wellAtMs),
    };
    const event = this.#event({ kind: 'outage.began', upstream: name, how: 'declared', by, reason });
    await this.#memory.said(outage, [event]);
    this.#tools.told();
    this.#heard(name, watched, 'declared');
  }

  /** A person says that it is well again: it is asked, and believed once it answers for long enough. False when it was not down. */
  async end(name: string, by: string): Promise<boolean> {
    const [watched, known] = [this.#watched.get(name), this.#memory.outage(name)];
    if (watched === undefined || known === undefined) return false;
    const event = this.#event({ kind: 'outage.lifted', upstream: name, by });
    await this.#memory.said({ ...known, how: 'detected' }, [event]);
    this.#tools.told();
    this.#heard(name, watched, 'ended');
    if (!this.#isLed(name)) this.#believe(name, watched);
    else this.#soon(name, watched, 0);
    return true;
  }

  /** Every upstream that is watched. */
  standings(): readonly UpstreamStanding[] {
    return [...this.#watched].map(([name, { detector, sinceMs, wellAtMs }]) => {
      const outage = this.#memory.outage(name);
      return {
        ...{ name, state: detector.state, outage },
        sinceMs: outage?.sinceMs ?? sinceMs,
        asOfMs: outage === undefined ? wellAtMs : outage.asOfMs,
      };
    });
  }

  /** Something says that it may have come or gone: it is asked now. */
  look(name: string): void {
    const watched = this.#watched.get(name);
    if (watched === undefined || watched.detector.state === 'declared' || !this.#isLed(name)) return;
    watched.heardAtMs = Number.NEGATIVE_INFINITY;
    this.#soon(name, watched, 0);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const { timer } of this.#watched.values()) timer?.cancel();
    await this.#memory.settled();
  }

  #begin(name: string): Watched {
    const { clock } = this.#tools;
    const known = this.#memory.outage(name);
    const state = known === undefined ? 'up' : known.how === 'declared' ? 'declared' : 'down';
    const destination = this.#destination(name);
    const downAfterMs = (destination?.downAfterSeconds ?? DEFAULT_THRESHOLDS.downAfterMs / 1000) * 1000;
    const detector = new OutageDetector(clock, { ...DEFAULT_THRESHOLDS, downAfterMs }, state);
    const heardAtMs = clock.monotonicMs();
    const watched: Watched = {
      ...{ detector, heardAtMs, sinceMs: clock.now(), wellAtMs: undefined, probes: 0, timer: undefined },
      isProbing: false,
    };
    this.#watched.set(name, watched);
    this.#again(name, watched);
    return watched;
  }

  #forget(name: string, watched: Watched): void {
    watched.timer?.cancel();
    this.#watched.delete(name);
    if (this.#memory.outage(name) !== undefined) this.#record(this.#memory.ended(name, undefined, []));
  }

  #heard(name: string, watched: Watched, evidence: Evidence): void {
    watched.heardAtMs = this.#tools.clock.monotonicMs();
    if (evidence === 'served' || evidence === 'reached') watched.wellAtMs = this.#now();
    const change = watched.detector.hear(evidence);
    if (change !== undefined) this.#changed(name, watched, change);
  }

  #changed(name: string, watched: Watched, { from, to, evidence }: OutageChange): void {
    watched.probes = 0;
    this.#again(name, watched);
    this.#tools.log.info('outage.state', { upstream: name, from, to, evidence });
    if (to === 'down' && from !== 'returning') this.#wentDown(name, watched);
    if (to === 'up' && from === 'returning') this.#cameBack(name);
    for (const hearer of this.#hearers) hearer(name, to);
  }

  #wentDown(name: string, { wellAtMs }: Watched): void {
    const outage: KnownOutage = {
      ...{ name, sinceMs: this.#now(), how: 'detected', by: '', reason: '' },
      ...asOf(wellAtMs),
    };
    const event = this.#event({ kind: 'outage.began', upstream: name, how: 'detected', by: '', reason: '' });
    this.#record(this.#memory.began(outage, [event]));
  }

  #cameBack(name: string): void {
    const known = this.#memory.outage(name);
    const sinceMs = known?.sinceMs ?? this.#now();
    const told = async (): Promise<void> => {
      const giveBack = await this.#tools.giveBacks.of(name, sinceMs);
      const { objects, bytes } = await this.#tools.owed(name);
      const event = this.#event({ kind: 'outage.ended', upstream: name, sinceMs, owed: objects, bytes });
      await this.#memory.ended(name, giveBack, [event]);
      this.#tools.giveBacks.began();
    };
    this.#settling.add(name);
    this.#record(
      told().finally(() => {
        this.#settling.delete(name);
        this.#tools.cameBack(name);
      }),
    );
  }

  /** What nobody may ask is believed at a person's word. */
  #believe(name: string, watched: Watched): void {
    this.#cameBack(name);
    this.#forget(name, watched);
    for (const hearer of this.#hearers) hearer(name, 'up');
  }

  #record(writing: Promise<void>): void {
    void writing.then(
      () => this.#tools.told(),
      (thrown: unknown) => this.#tools.log.error('outage.not-recorded', { fault: thrown }),
    );
  }

  #again(name: string, watched: Watched): void {
    const waitMs = this.#isLed(name) ? probeWaitMs(watched.detector.state, watched.probes) : undefined;
    if (waitMs === undefined) watched.timer?.cancel();
    else this.#soon(name, watched, waitMs);
  }

  #soon(name: string, watched: Watched, waitMs: number): void {
    watched.timer?.cancel();
    if (this.#stopping.signal.aborted) return;
    watched.timer = this.#tools.clock.after(waitMs, () => void this.#probe(name, watched));
  }

  async #probe(name: string, watched: Watched): Promise<void> {
    const destination = this.#destination(name);
    if (watched.isProbing || destination === undefined || this.#watched.get(name) !== watched) return;
    const idleMs = this.#tools.clock.monotonicMs() - watched.heardAtMs;
    const quietMs = probeWaitMs(watched.detector.state, watched.probes) ?? 0;
    if (watched.detector.state === 'up' && idleMs < quietMs) return this.#soon(name, watched, quietMs - idleMs);
    watched.isProbing = true;
    const fault = await this.#tools.probe(destination, this.#stopping.signal).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    watched.isProbing = false;
    watched.probes += 1;
    if (this.#stopping.signal.aborted || this.#watched.get(name) !== watched) return;
    this.asked(name, fault);
    this.#again(name, watched);
  }

  #isLed(name: string): boolean {
    const { routes, relays } = this.#tools.rules();
    return [...routes, ...relays].some(({ to }) => to === name);
  }

  #destination(name: string): Destination | undefined {
    return this.#tools.rules().destinations.find((each) => each.name === name);
  }

  #now(): number {
    return this.#tools.clock.now();
  }

  #event(facts: DistributiveOmit<Event, 'id' | 'atMs'>): Event {
    const atMs = this.#now();
    return { id: uuidv7(atMs), atMs, ...facts } as Event;
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function asOf(ms: number | undefined): { readonly asOfMs?: number } {
  return ms === undefined ? {} : { asOfMs: ms };
}

/** What a failed request for an association shows; undefined when it shows nothing of the other side. */
function evidenceOf(fault: unknown): 'refused' | 'unreached' | undefined {
  if (!isFault(fault) || OURS.has(fault.code)) return undefined;
  return isTurnedAway(fault) ? 'refused' : 'unreached';
}

/** Faults of our own making. */
const OURS: ReadonlySet<string> = new Set(['wire.cancelled', 'continuity.isolated', 'continuity.down']);
