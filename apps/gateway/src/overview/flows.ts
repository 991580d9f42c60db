import type { Clock, Text } from '@leadglass/kit';
import type { Arrival, Event } from '@leadglass/model';
import type { DueDelivery, Records } from '@leadglass/records';
import { type Counts, type Field, Ring } from './ring.ts';

/** What goes one way. */
export interface Way {
  readonly name: string;
  readonly counts: Counts;
  readonly lastAtMs: number;
  /** Of the last refusal. */
  readonly why: Text | undefined;
}

/** Ways of one kind that are remembered at once; who was seen longest ago gives way. */
export const MOST_WAYS = 256;
export const MOST_STRANGE_WAYS = 64;
const MOST_SENDING = 10_000;

interface Counted {
  readonly ring: Ring;
  lastAtMs: number;
  why: Text | undefined;
}

/** Ways of one kind, bounded, by name. */
class Ways {
  readonly #most: number;
  readonly #byName = new Map<string, Counted>();

  constructor(most: number) {
    this.#most = most;
  }

  add(name: string, atMs: number, field: Field | undefined, n: number, why?: Text): void {
    const way = this.#byName.get(name) ?? this.#made(name);
    way.lastAtMs = atMs;
    if (why !== undefined) way.why = why;
    if (field !== undefined) way.ring.add(atMs, field, n);
  }

  in(atMs: number, windowMs: number): readonly Way[] {
    return [...this.#byName].map(([name, { ring, lastAtMs, why }]) => ({
      ...{ name, lastAtMs, why },
      counts: ring.sum(atMs, windowMs),
    }));
  }

  #made(name: string): Counted {
    if (this.#byName.size >= this.#most) this.#giveWay();
    const way: Counted = { ring: new Ring(), lastAtMs: 0, why: undefined };
    this.#byName.set(name, way);
    return way;
  }

  #giveWay(): void {
    let [oldest, atMs] = ['', Number.POSITIVE_INFINITY];
    for (const [name, { lastAtMs }] of this.#byName) if (lastAtMs < atMs) [oldest, atMs] = [name, lastAtMs];
    this.#byName.delete(oldest);
  }
}

/**
 * Counts what goes over the gateway as it happens: a few additions an event, no question to the records. What is remembered is bounded,
 * whoever calls: peers and destinations apart from strangers, so that no stranger pushes a peer out.
 */
export class Flows {
  readonly #clock: Clock;
  readonly #from = new Ways(MOST_WAYS);
  readonly #to = new Ways(MOST_WAYS);
  readonly #given = new Ways(MOST_WAYS);
  readonly #strange = new Ways(MOST_STRANGE_WAYS);
  readonly #sending = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An object was received and answered. */
  arrived({ peer, plainBytes, disposition }: Pick<Arrival, 'peer' | 'plainBytes' | 'disposition'>): void {
    const now = this.#clock.now();
    this.#from.add(peer, now, 'objects', 1);
    this.#from.add(peer, now, 'bytes', plainBytes);
    if (disposition.kind === 'hold' || disposition.kind === 'disarm') this.#from.add(peer, now, 'holds', 1);
    if (disposition.kind === 'refuse') this.#from.add(peer, now, 'refusals', 1, disposition.reasons[0]);
  }

  /** A delivery is about to be tried: how long its object is. */
  sending(deliveryId: number, bytes: number): void {
    if (this.#sending.size < MOST_SENDING || this.#sending.has(deliveryId)) this.#sending.set(deliveryId, bytes);
  }

  /** Something else happened; kinds that are no flow count for nothing. */
  saw(event: Event): void {
    const now = this.#clock.now();
    switch (event.kind) {
      case 'association.accepted':
        return this.#from.add(event.calling, now, undefined, 0);
      case 'association.rejected': {
        const who = `${event.calling} ${event.remoteAddress}`.trim();
        return this.#strange.add(who, now, 'refusals', 1 + (event.more ?? 0), event.why);
      }
      case 'connection.refused':
        return this.#strange.add(event.remoteAddress, now, 'refusals', 1 + (event.more ?? 0), event.why);
      case 'delivery.delivered':
        this.#to.add(event.destination, now, 'objects', 1);
        return this.#to.add(event.destination, now, 'bytes', this.#sent(event.deliveryId));
      case 'delivery.failed':
        this.#sending.delete(event.deliveryId);
        return this.#to.add(event.destination, now, 'refusals', 1, event.why);
      default:
        return this.#asked(event, now);
    }
  }

  #asked(event: Event, now: number): void {
    switch (event.kind) {
      case 'operation.answered':
        this.#from.add(event.peer, now, 'questions', 1);
        if (event.upstream !== '') this.#to.add(event.upstream, now, 'questions', 1);
        return;
      case 'web.queried':
        return this.#from.add(event.peer, now, 'questions', 1);
      case 'operation.refused':
      case 'web.refused':
        return this.#from.add(event.peer, now, 'refusals', 1, event.why);
      case 'web.retrieved':
        this.#from.add(event.peer, now, 'questions', event.requests);
        this.#given.add(event.peer, now, 'objects', event.instances);
        return this.#given.add(event.peer, now, 'bytes', event.bytes);
      case 'retrieve.done':
        return this.#given.add(event.to, now, 'objects', event.completed + event.warning);
    }
  }

  #sent(deliveryId: number): number {
    const bytes = this.#sending.get(deliveryId) ?? 0;
    this.#sending.delete(deliveryId);
    return bytes;
  }

  /** From peers, to destinations, given to peers, and from strangers, in `windowMs` before now. */
  ways(windowMs: number): {
    readonly from: readonly Way[];
    readonly to: readonly Way[];
    readonly given: readonly Way[];
    readonly strange: readonly Way[];
  } {
    const now = this.#clock.now();
    const [from, to, given, strange] = [this.#from, this.#to, this.#given, this.#strange].map((ways) =>
      ways.in(now, windowMs),
    ) as [readonly Way[], readonly Way[], readonly Way[], readonly Way[]];
    return { from, to, given, strange };
  }
}

/** The records as deliveries use them, each delivery counted when what became of it is durable. */
export function countedDeliveries(
  records: Pick<Records, 'dueDeliveries' | 'dueSince' | 'nextDueMs' | 'recordDeliveries'>,
  flows: Flows,
): Pick<Records, 'dueDeliveries' | 'dueSince' | 'nextDueMs' | 'recordDeliveries'> {
  const sending = (due: readonly DueDelivery[]): readonly DueDelivery[] => {
    for (const { id, custody } of due) flows.sending(id, custody.plainBytes);
    return due;
  };
  return {
    nextDueMs: (destination) => records.nextDueMs(destination),
    dueDeliveries: async (...asked) => sending(await records.dueDeliveries(...asked)),
    dueSince: async (...asked) => sending(await records.dueSince(...asked)),
    recordDeliveries: async (results, events) => {
      await records.recordDeliveries(results, events);
      for (const event of events) flows.saw(event);
    },
  };
}
