import { type Clock, type Timer, uuidv7 } from '@leadglass/kit';
import type { Event, EventOf } from '@leadglass/model';

const MINUTE_MS = 60_000;

type Counts = { -readonly [K in keyof EventOf<'feed.received'>]: EventOf<'feed.received'>[K] };
type Counted = 'messages' | 'bytes' | 'repeated' | 'notUnderstood' | 'quarantined' | 'refused';

/** Tells the ledger once a minute what each feed sent from each address: its messages are durable by themselves. */
export class FeedTellings {
  readonly #clock: Clock;
  readonly #tell: (event: Event) => void;
  readonly #counts = new Map<string, Counts>();
  #timer: Timer | undefined;

  constructor(clock: Clock, tell: (event: Event) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  add(feed: string, remoteAddress: string, what: Partial<Record<Counted, number>>): void {
    this.#timer ??= this.#clock.after(MINUTE_MS, () => this.flush());
    const key = `${feed} ${remoteAddress}`;
    const counts = this.#counts.get(key) ?? newCounts(feed, remoteAddress);
    this.#counts.set(key, counts);
    for (const [name, count] of Object.entries(what)) counts[name as Counted] += count;
  }

  /** Ends the minute. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const ended = [...this.#counts.values()];
    this.#counts.clear();
    const atMs = this.#clock.now();
    for (const counts of ended) this.#tell({ ...counts, id: uuidv7(atMs), atMs });
  }
}

function newCounts(feed: string, remoteAddress: string): Counts {
  const zero = { messages: 0, bytes: 0, repeated: 0, notUnderstood: 0, quarantined: 0, refused: 0 };
  return { id: '', atMs: 0, kind: 'feed.received', feed, remoteAddress, ...zero };
}
