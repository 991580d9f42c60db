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
import type { Charts } from '@leadglass/records';
import { parseReading } from './reading-json.ts';

export interface ChartHostOptions {
  readonly records: Charts;
  readonly indexKey: ConstructorParameters<typeof ChartSealer>[0];
  readonly clock: Clock;
  readonly log: Logger;
  feeds(): readonly Feed[];
  /** What stands for `words` in events. */
  pseudonym(words: string): string;
  /** All that a patient may be known by in objects. */
  pseudonyms(issuer: string, patientId: string): readonly string[];
  /** Events were appended. */
  told(): void;
  /** How the feeds of a continuity box's gateway stood when it was pulled; nothing elsewhere. */
  readonly pulledFeeds?: () => readonly AsOf[];
}

/** Longest a reader waits for what was acknowledged before to be entered. */
const MOST_PRESENT = 5_000;
const OPENED_A_TURN = 64;
const CATCH_UP_MS = 1_000;
/** While messages come in, they are kept and acknowledged first: what they tell is entered in a part of the time. */
const BUSY_MS = 50;
const REST_MS = 60;

/** The keeper's charts: has messages entered, and reads what they made. */
export class ChartHost {
  readonly sealer: ChartSealer;
  readonly reader: ChartReader;
  readonly #charter: Charter;
  readonly #options: ChartHostOptions;
  #keptMs = Number.NEGATIVE_INFINITY;

  constructor(options: ChartHostOptions) {
    const { records, indexKey, clock, log, feeds, told } = options;
    this.#options = options;
    this.sealer = new ChartSealer(indexKey);
    this.#charter = new Charter({
      ...{ records, sealer: this.sealer, clock, log, told, parse: parseReading },
      pseudonym: (chart) => this.pseudonymOf(chart),
      rest: () => this.#rest(),
    });
    this.reader = new ChartReader({
      ...{ records, sealer: this.sealer, clock, feeds, dayOf: midnight },
      pulledFeeds: options.pulledFeeds ?? (() => []),
    });
  }

  /** Goes on with what was begun. */
  start(): void {
    this.#charter.poke();
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
  alone<T>(act: () => Promise<T>): Promise<T> {
    return this.#charter.alone(act);
  }

  /** Who is in the house as admissions told, and not gone, under each pseudonym their images may have come under. */
  async expected(): Promise<readonly ExpectedPatient[]> {
    const { records, pseudonyms } = this.#options;
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

  #rest(): Promise<void> {
    const { clock } = this.#options;
    const isBusy = clock.monotonicMs() - this.#keptMs < BUSY_MS;
    return new Promise((resolve) => void (isBusy ? clock.after(REST_MS, resolve) : setImmediate(resolve)));
  }

  stop(): Promise<void> {
    return this.#charter.stop();
  }
}

/** Midnight before `ms`, where this machine is. */
function midnight(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}
