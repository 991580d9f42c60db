import { type Clock, type Logger, type Timer, uuidv7 } from '@leadglass/kit';
import type { EventOf } from '@leadglass/model';
import type { SqliteRecords } from '@leadglass/records';
import type { KnownGiveBack, OutageMemory } from './outage-memory.ts';

/** How often it is looked whether all of it is given back. */
const LOOK_MS = 5_000;

export interface GiveBackTools {
  readonly clock: Clock;
  readonly log: Logger;
  readonly memory: OutageMemory;
  readonly outages: Pick<SqliteRecords['outages'], 'putInOrder' | 'range' | 'waitingIn' | 'settledIn'>;
  /** Events were recorded. */
  told(): void;
}

/** How far a give-back is. */
export interface GiveBackProgress {
  readonly sinceMs: number;
  readonly owed: number;
  readonly delivered: number;
  readonly failed: number;
  readonly perMinute: number;
  readonly leftMs?: number;
}

interface Seen {
  readonly atMs: number;
  readonly waiting: number;
}

/** What upstreams are given back after an outage: which deliveries that is, how far it is, and the report at its end. */
export class GiveBacks {
  readonly #tools: GiveBackTools;
  /** What waited when this process first looked: from it the rate is told. */
  readonly #first = new Map<string, Seen>();
  #timer: Timer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(tools: GiveBackTools) {
    this.#tools = tools;
  }

  start(): void {
    this.#again();
  }

  /** What an upstream that is up again is owed, to be recorded with the end of its outage; undefined when that is nothing. */
  async of(name: string, sinceMs: number): Promise<KnownGiveBack | undefined> {
    const { outages, clock, memory } = this.#tools;
    await outages.putInOrder(name);
    const range = await outages.range(name);
    if (range === undefined) return undefined;
    const { fromId, toId, objects: owed } = range;
    const going = memory.giveBack(name);
    this.#first.delete(name);
    // An outage in the middle of a give-back: both are given back together, and told of together.
    if (going !== undefined) return this.#joined(going, range);
    const before = await outages.settledIn(name, range);
    const { delivered, failed, known } = before;
    return { name, sinceMs, upMs: clock.now(), fromId, toId, owed, before: { delivered, failed, known } };
  }

  /** A give-back goes on: it is looked at from now on. */
  began(): void {
    this.#again();
  }

  /** When the upstream that is being given back came up: what arrived later is no part of it. Undefined where there is no give-back. */
  upMs(name: string): number | undefined {
    return this.#tools.memory.giveBack(name)?.upMs;
  }

  async progress(name: string): Promise<GiveBackProgress | undefined> {
    const going = this.#tools.memory.giveBack(name);
    if (going === undefined) return undefined;
    const waiting = await this.#tools.outages.waitingIn(name, going);
    const first = this.#seen(name, waiting);
    const [done, ms] = [first.waiting - waiting, this.#tools.clock.monotonicMs() - first.atMs];
    const perMinute = ms <= 0 ? 0 : Math.round((done / ms) * 600_000) / 10;
    const { owed, upMs: sinceMs, before } = going;
    const { failed } = await this.#tools.outages.settledIn(name, going);
    const newlyFailed = Math.max(0, failed - before.failed);
    const delivered = Math.max(0, owed - waiting - newlyFailed);
    const left = perMinute > 0 ? { leftMs: Math.round((waiting / perMinute) * 60_000) } : {};
    return { sinceMs, owed, delivered, failed: newlyFailed, perMinute: Math.max(0, perMinute), ...left };
  }

  /** Looks at all of them now. Never rejects. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookAtAll());
    return this.#looking;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  async #joined(
    going: KnownGiveBack,
    { toId, fromId }: { readonly toId: number; readonly fromId: number },
  ): Promise<KnownGiveBack> {
    const { outages } = this.#tools;
    const whole = { fromId: Math.min(going.fromId, fromId), toId: Math.max(going.toId, toId) };
    const now = await outages.settledIn(going.name, whole);
    // What was settled beyond the ids of the first give-back has nothing to do with it.
    const inFirst = await outages.settledIn(going.name, going);
    const { before } = going;
    const more = {
      delivered: before.delivered + now.delivered - inFirst.delivered,
      failed: before.failed + now.failed - inFirst.failed,
      known: before.known + now.known - inFirst.known,
    };
    const gone = now.delivered - more.delivered + now.failed - more.failed;
    return { ...going, ...whole, owed: now.pending + Math.max(0, gone), before: more };
  }

  #again(): void {
    this.#timer?.cancel();
    if (this.#isStopped || this.#tools.memory.giveBacks().length === 0) return;
    this.#timer = this.#tools.clock.after(LOOK_MS, () => void this.look().then(() => this.#again()));
  }

  async #lookAtAll(): Promise<void> {
    for (const going of this.#tools.memory.giveBacks())
      await this.#lookAt(going).catch((thrown: unknown) =>
        this.#tools.log.error('giveback.look', { upstream: going.name, fault: thrown }),
      );
  }

  async #lookAt(going: KnownGiveBack): Promise<void> {
    const waiting = await this.#tools.outages.waitingIn(going.name, going);
    this.#seen(going.name, waiting);
    if (waiting > 0 || this.#isStopped) return;
    const event = await this.#report(going);
    await this.#tools.memory.gaveBack(going.name, [event]);
    this.#first.delete(going.name);
    this.#tools.log.info('giveback.done', { upstream: going.name, owed: going.owed });
    this.#tools.told();
  }

  async #report({ name, sinceMs, upMs, owed, before, ...range }: KnownGiveBack): Promise<EventOf<'giveback.done'>> {
    const atMs = this.#tools.clock.now();
    const after = await this.#tools.outages.settledIn(name, range);
    const delivered = Math.max(0, after.delivered - before.delivered);
    const failed = Math.max(0, after.failed - before.failed);
    return {
      ...{ id: uuidv7(atMs), atMs, kind: 'giveback.done', upstream: name, sinceMs, owed, delivered, failed },
      ...{ removed: Math.max(0, owed - delivered - failed), known: Math.max(0, after.known - before.known) },
      ms: Math.max(0, atMs - upMs),
    };
  }

  #seen(name: string, waiting: number): Seen {
    const seen = this.#first.get(name) ?? { atMs: this.#tools.clock.monotonicMs(), waiting };
    this.#first.set(name, seen);
    return seen;
  }
}
