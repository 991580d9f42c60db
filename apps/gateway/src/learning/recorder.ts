import type { Clock, Logger, Timer } from '@leadglass/kit';
import type { Sighting, SightingKey, SightingOutcome } from '@leadglass/model';
import type { Records, RuleMatch } from '@leadglass/records';

export interface RecorderLimits {
  /** How long what was seen waits to be written. */
  readonly flushMs: number;
  /** Kinds of traffic that wait at once; beyond, they are counted together. */
  readonly mostWaiting: number;
  /** Rows of one transaction: arrivals wait behind it. */
  readonly batch: number;
  readonly keptMs: number;
}

const DAY_MS = 24 * 3600 * 1000;
export const DEFAULT_RECORDER_LIMITS: RecorderLimits = {
  flushMs: 5_000,
  mostWaiting: 5_000,
  batch: 200,
  keptMs: 90 * DAY_MS,
};
const FORGET_EVERY_MS = 3600 * 1000;

/** What is added to a kind of traffic. */
export interface Amount {
  readonly bytes?: number;
  readonly count?: number;
  /** Operations of this peer in this minute, this one among them. */
  readonly busiest?: number;
  readonly results?: number;
}

type Waiting = { -readonly [K in keyof Sighting]: Sighting[K] };

/**
 * Adds up what is seen and writes it in batches: evidence for rules, not the ledger. What was seen in the seconds before a crash is lost; what
 * could not be written waits for the next time, within bounds.
 */
export class SightingRecorder {
  readonly #records: Pick<Records, 'recordSightings' | 'forgetSightings'>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #limits: RecorderLimits;
  #waiting = new Map<string, Waiting>();
  #matches = new Map<string, { lastMs: number; count: number }>();
  #timer: Timer | undefined;
  #last: Promise<void> = Promise.resolve();
  #forgotMs = 0;

  constructor(
    records: Pick<Records, 'recordSightings' | 'forgetSightings'>,
    clock: Clock,
    log: Logger,
    limits: RecorderLimits = DEFAULT_RECORDER_LIMITS,
  ) {
    this.#records = records;
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
  }

  /** Kinds of traffic that wait to be written. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Something was seen. Never waits, never fails. */
  seen(key: SightingKey, amount: Amount = {}): void {
    const now = this.#clock.now();
    this.#add(key, {
      ...{ firstMs: now, lastMs: now, count: amount.count ?? 1, bytes: amount.bytes ?? 0 },
      ...{ hours: 1 << new Date(now).getHours(), busiest: amount.busiest ?? 0, mostResults: amount.results ?? 0 },
    });
    this.#later();
  }

  /** A rule that no sighting tells of did something. */
  matched(rule: string): void {
    const now = this.#clock.now();
    const known = this.#matches.get(rule);
    if (known === undefined && this.#matches.size >= this.#limits.mostWaiting) return;
    this.#matches.set(rule, { lastMs: now, count: (known?.count ?? 0) + 1 });
    this.#later();
  }

  /** Writes all that waits; resolves when it is written, or has failed and waits again. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#last = this.#last.then(() => this.#write());
    return this.#last;
  }

  #later(): void {
    this.#timer ??= this.#clock.after(this.#limits.flushMs, () => void this.flush());
  }

  #add(key: SightingKey, amount: Omit<Sighting, keyof SightingKey>): void {
    const name = nameOf(key);
    const known = this.#waiting.get(name);
    if (known !== undefined) return addTo(known, amount);
    if (this.#waiting.size < this.#limits.mostWaiting) {
      this.#waiting.set(name, { ...key, ...amount });
      return;
    }
    // At most one of these an outcome, above the limit.
    const others = nobody(key.outcome);
    const together = this.#waiting.get(nameOf(others));
    if (together === undefined) this.#waiting.set(nameOf(others), { ...others, ...amount });
    else addTo(together, amount);
  }

  async #write(): Promise<void> {
    const rows = [...this.#waiting.values()];
    const matches = [...this.#matches].map(([rule, use]): RuleMatch => ({ rule, ...use }));
    this.#waiting = new Map();
    this.#matches = new Map();
    try {
      if (matches.length > 0) await this.#records.recordSightings([], matches);
      while (rows.length > 0) {
        await this.#records.recordSightings(rows.slice(0, this.#limits.batch));
        rows.splice(0, this.#limits.batch);
      }
      await this.#forget();
    } catch (thrown) {
      this.#log.warn('sightings.not-written', { fault: thrown, kinds: rows.length });
      for (const row of rows) this.#add(row, row);
      if (rows.length > 0) this.#later();
    }
  }

  async #forget(): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#forgotMs < FORGET_EVERY_MS) return;
    this.#forgotMs = now;
    await this.#records.forgetSightings(now - this.#limits.keptMs);
  }
}

function addTo(known: Waiting, amount: Omit<Sighting, keyof SightingKey>): void {
  known.firstMs = Math.min(known.firstMs, amount.firstMs);
  known.lastMs = Math.max(known.lastMs, amount.lastMs);
  known.count += amount.count;
  known.bytes += amount.bytes;
  known.hours |= amount.hours;
  known.busiest = Math.max(known.busiest, amount.busiest);
  known.mostResults = Math.max(known.mostResults, amount.mostResults);
}

function nameOf(key: SightingKey): string {
  const { peer, address, certSha256, isSigned, listener, called, service, sopClassUid, level, keys, moveTo, outcome } =
    key;
  return [
    peer,
    address,
    certSha256,
    isSigned,
    listener,
    called,
    service,
    sopClassUid,
    level,
    keys,
    moveTo,
    outcome,
  ].join('\0');
}

function nobody(outcome: SightingOutcome): SightingKey {
  return {
    ...{ peer: '', address: '', certSha256: '', isSigned: false, listener: '', called: '', service: 'association' },
    ...{ sopClassUid: '', level: '', keys: '', moveTo: '', outcome },
  };
}
