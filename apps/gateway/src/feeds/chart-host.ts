import {
  Charter,
  ChartReader,
  ChartSealer,
  type ExpectedPatient,
  isMatchable,
  type Summary,
} from '@leadglass/continuity';
import type { AsOf } from '@leadglass/contract';
import type { Clock, Logger } from '@leadglass/kit';
import type { Feed } from '@leadglass/model';
import { ChartKeeping, type KeepingRecords } from './chart-keeping.ts';
import { parseReading } from './reading-json.ts';

export interface ChartHostOptions {
  readonly records: KeepingRecords;
  readonly indexKey: ConstructorParameters<typeof ChartSealer>[0];
  readonly clock: Clock;
  readonly log: Logger;
  feeds(): readonly Feed[];
  /** Since when a feed is silent that usually sends; null: it is not. */
  silentSinceMs?(feed: string): number | null;
  /** What stands for `words` in events. */
  pseudonym(words: string): string;
  /** All that a patient may be known by in objects. */
  pseudonyms(issuer: string, patientId: string): readonly string[];
  /** Events were appended. */
  told(): void;
  /** Messages were entered that had been received then, milliseconds since the epoch. */
  entered?(receivedAtMs: readonly number[]): void;
  /** How the feeds of a continuity box's gateway stood when it was pulled; nothing elsewhere. */
  readonly pulledFeeds?: () => readonly AsOf[];
}

/** Longest a reader waits for what was acknowledged before to be entered. */
const MOST_PRESENT = 5_000;
const OPENED_A_TURN = 64;
const CATCH_UP_MS = 1_000;
/**
 * While messages come in they are kept and acknowledged first, and what they tell is entered a batch at a time: seldom, so that batches are large;
 * once it falls behind, in half of the time, so that what waits does not grow without end.
 */
const BUSY_MS = 50;
const MOST_REST_MS = 60;

/** The keeper's charts: has messages entered, and reads what they made. */
export class ChartHost {
  readonly sealer: ChartSealer;
  readonly reader: ChartReader;
  readonly keeping: ChartKeeping;
  readonly #charter: Charter;
  readonly #options: ChartHostOptions;
  #keptMs = Number.NEGATIVE_INFINITY;

  constructor(options: ChartHostOptions) {
    const { records: house, indexKey, clock, log, feeds, told } = options;
    const records = house.charts;
    this.#options = options;
    this.sealer = new ChartSealer(indexKey);
    this.#charter = new Charter({
      ...{ records, sealer: this.sealer, clock, log, told, parse: parseReading },
      pseudonym: (chart) => this.pseudonymOf(chart),
      rest: (tookMs, isBehind) => this.#rest(restAfter(tookMs, isBehind)),
      entered: (receivedAtMs) => options.entered?.(receivedAtMs),
    });
    const silentSinceMs = (feed: string): number | null => options.silentSinceMs?.(feed) ?? null;
    this.reader = new ChartReader({
      ...{ records, sealer: this.sealer, clock, feeds, silentSinceMs, dayOf: midnight },
      pulledFeeds: options.pulledFeeds ?? (() => []),
    });
    this.keeping = new ChartKeeping({
      ...{ records: house, sealer: this.sealer, charter: this.#charter, clock, log, told },
      isBusy: () => this.#isBusy(),
    });
  }

  /** Goes on with what was begun. */
  start(): void {
    this.#charter.poke();
    this.keeping.start();
  }

  /** Messages were kept. */
  poke(): void {
    this.#keptMs = this.#options.clock.monotonicMs();
    this.#charter.poke();
  }

  /** Lets what was acknowledged be entered; resolves after a second at most. */
  async catchUp(): Promise<void> {
    await this.#charter.catchUp(CATCH_UP_MS);
  }

  /** Changes charts while nothing is being entered. */
  between<T>(act: () => Promise<T>): Promise<T> {
    return this.#charter.between(act);
  }

  /** Who is in the house as admissions told, and not gone, under each pseudonym their images may have come under. */
  async expected(): Promise<readonly ExpectedPatient[]> {
    const { pseudonyms } = this.#options;
    const { charts: records } = this.#options.records;
    const found: ExpectedPatient[] = [];
    for (const [at, { no, sealed }] of (await records.charts({ by: 'present', sinceMs: 0 }, MOST_PRESENT)).entries()) {
      const { identifiers } = this.sealer.openJson<Summary>('patient', String(no), sealed);
      const known = identifiers
        .filter(isMatchable)
        .flatMap(({ value, authority, oid }) => [
          ...pseudonyms(authority, value.trim()),
          ...(oid === '' ? [] : pseudonyms(oid, value.trim())),
        ]);
      found.push(...[...new Set(known)].map((patient) => ({ patient })));
      if (at % OPENED_A_TURN === 0) await new Promise(setImmediate);
    }
    return found;
  }

  /** Charts were changed by somebody else than the messages. */
  changed(): void {
    this.#charter.forget();
  }

  /** What stands for a chart's patient in events: the same for the same chart, and nobody without the key can tell whose. */
  pseudonymOf(chart: number): string {
    return this.#options.pseudonym(`chart ${chart}`);
  }

  #rest(restMs: number): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => void (this.#isBusy() ? clock.after(restMs, resolve) : setImmediate(resolve)));
  }

  #isBusy(): boolean {
    return this.#options.clock.monotonicMs() - this.#keptMs < BUSY_MS;
  }

  async stop(): Promise<void> {
    await this.keeping.stop();
    await this.#charter.stop();
  }
}

/** How long entering rests after a batch while messages come in, milliseconds. */
export function restAfter(tookMs: number, isBehind: boolean): number {
  return !isBehind ? MOST_REST_MS : Math.min(MOST_REST_MS, Math.max(1, Math.round(tookMs)));
}

/** Midnight before `ms`, where this machine is. */
function midnight(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}
