import { aimsOf, type KeptTimes, outcomeOfOutage, Times } from '@leadglass/continuity';
import { type Clock, type Logger, type Timer, uuidv7 } from '@leadglass/kit';
import type { DrillSettings, EventOf } from '@leadglass/model';
import type { Records } from '@leadglass/records';
import { z } from 'zod';
import type { OutageHost } from '../continuity/outage-host.ts';

export interface OutageTimesTools {
  readonly clock: Clock;
  readonly log: Logger;
  readonly records: Pick<Records, 'setting' | 'setSetting' | 'drills' | 'continuitySet'>;
  readonly outages: Pick<OutageHost, 'standings' | 'isDown' | 'onChange'>;
  settings(): DrillSettings;
  /** Events were recorded. */
  told(): void;
}

const SETTING = 'drill.outages';
/** What a kill can cost of the figures. */
const KEEP_EVERY_MS = 5_000;
/** What came before an outage ended is in the index and in the charts by then, or never was measured. */
const SETTLED_MS = 5_000;
/** Objects that came and cannot be found yet, at once. */
const MOST_WAITING = 100_000;

const kept = z.object({
  classes: z.array(z.tuple([z.int().min(0), z.int().min(0)])),
  worstMs: z.number().min(0),
});
const open = z.array(z.object({ name: z.string().max(64), sinceMs: z.number(), images: kept, results: kept }));

interface Open {
  readonly sinceMs: number;
  readonly images: Times;
  readonly results: Times;
  /** When the upstream came back; 0 while it is down. */
  untilMs: number;
}

/**
 * What a drill measures, of a real outage: how long whatever came while an upstream was down took to be found (images) and to stand in a chart (results).
 * Only times are kept, added up in classes; what is being entered when the program stops is counted as unmeasured.
 */
export class OutageTimes {
  readonly #tools: OutageTimesTools;
  readonly #open = new Map<string, Open>();
  /** When objects came that cannot be found yet. */
  readonly #waiting = new Map<string, number>();
  #timer: Timer | undefined;
  readonly #settling = new Set<Timer>();
  #writing: Promise<void> = Promise.resolve();
  #isLoaded = false;
  #isStopped = false;

  constructor(tools: OutageTimesTools) {
    this.#tools = tools;
    tools.outages.onChange((name) => this.#changed(name));
  }

  /** Takes up outages that go on; rejects with the records' Fault. */
  async start(): Promise<void> {
    const value = (await this.#tools.records.setting(SETTING)) ?? '';
    const parsed = open.safeParse(value === '' ? [] : jsonOf(value));
    if (!parsed.success) this.#tools.log.error('drill.outages-unreadable', {});
    for (const { name, sinceMs, images, results } of parsed.data ?? [])
      this.#open.set(name, { sinceMs, images: timesOf(images), results: timesOf(results), untilMs: 0 });
    this.#isLoaded = true;
    for (const { name } of this.#tools.outages.standings()) this.#changed(name);
    // One that ended while this was not running is told of now.
    for (const name of this.#open.keys()) if (!this.#tools.outages.isDown(name)) this.#ended(name);
  }

  /** An object came. */
  arrived(sha256: string, receivedAtMs: number): void {
    if (this.#open.size === 0) return;
    const [first] = this.#waiting.keys();
    if (this.#waiting.size >= MOST_WAITING && first !== undefined) this.#waiting.delete(first);
    this.#waiting.set(sha256, receivedAtMs);
  }

  /** Objects can be found from now on. */
  found(sha256s: readonly string[]): void {
    if (this.#open.size === 0) return;
    for (const sha256 of sha256s) {
      const receivedAtMs = this.#waiting.get(sha256);
      this.#waiting.delete(sha256);
      if (receivedAtMs !== undefined) this.#add('images', receivedAtMs);
    }
  }

  /** Messages that came then stand in charts from now on. */
  charted(receivedAtMs: readonly number[]): void {
    if (this.#open.size > 0) for (const ms of receivedAtMs) this.#add('results', ms);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    for (const timer of this.#settling) timer.cancel();
    if (this.#open.size > 0) this.#keep();
    await this.#writing;
  }

  #add(what: 'images' | 'results', receivedAtMs: number): void {
    const now = this.#tools.clock.now();
    for (const one of this.#open.values()) {
      const isWithin = receivedAtMs >= one.sinceMs && (one.untilMs === 0 || receivedAtMs <= one.untilMs);
      if (isWithin) one[what].add(now - receivedAtMs);
    }
    this.#timer ??= this.#tools.clock.after(KEEP_EVERY_MS, () => {
      this.#timer = undefined;
      this.#keep();
    });
  }

  #changed(name: string): void {
    const { outages } = this.#tools;
    // What is known of before comes first; then every upstream is looked at.
    if (!this.#isLoaded) return;
    const known = this.#open.get(name);
    if (!outages.isDown(name)) return known === undefined ? undefined : this.#ended(name);
    if (known !== undefined) {
      // It went down again before it was told of: one outage.
      known.untilMs = 0;
      return;
    }
    const sinceMs = outages.standings().find((each) => each.name === name)?.sinceMs ?? this.#tools.clock.now();
    this.#open.set(name, { sinceMs, images: new Times(), results: new Times(), untilMs: 0 });
    this.#keep();
  }

  #ended(name: string): void {
    const one = this.#open.get(name);
    if (one === undefined || one.untilMs !== 0 || this.#isStopped) return;
    one.untilMs = this.#tools.clock.now();
    const timer = this.#tools.clock.after(SETTLED_MS, () => {
      this.#settling.delete(timer);
      if (one.untilMs !== 0) this.#write(() => this.#tell(name, one));
    });
    this.#settling.add(timer);
  }

  async #tell(name: string, { sinceMs, untilMs, images: seen, results: charted }: Open): Promise<void> {
    const { records, clock, settings, told } = this.#tools;
    const aims = aimsOf(settings());
    const came = await records.continuitySet.intake(sinceMs, untilMs + 1);
    const [images, results] = [seen.spread(came.objects), charted.spread()];
    const outcome = outcomeOfOutage(images, results, aims);
    const atMs = clock.now();
    const facts = { upstream: name, sinceMs, outcome, images, results };
    const event = (no: number): EventOf<'drill.outage'> => ({
      ...{ id: uuidv7(atMs), atMs, kind: 'drill.outage', no, ...facts },
      ...{ imageAimMs: aims.imageMs, labAimMs: aims.labMs },
    });
    const row = { kind: 'outage', beganAtMs: sinceMs, endedAtMs: untilMs, outcome, traces: '' } as const;
    const aimed = { ...facts, imageAimMs: aims.imageMs, labAimMs: aims.labMs };
    await records.drills.add({ ...row, facts: JSON.stringify(aimed) }, event);
    this.#open.delete(name);
    if (this.#open.size === 0) this.#waiting.clear();
    await records.setSetting(SETTING, this.#json());
    told();
  }

  #keep(): void {
    this.#write(() => this.#tools.records.setSetting(SETTING, this.#json()));
  }

  #json(): string {
    return JSON.stringify(
      [...this.#open].map(([name, { sinceMs, images, results }]) => ({
        ...{ name, sinceMs, images: images.kept, results: results.kept },
      })),
    );
  }

  // One write after the other; what could not be written is written with the next.
  #write(act: () => Promise<void>): void {
    this.#writing = this.#writing.then(act).catch((thrown: unknown) => {
      this.#tools.log.error('drill.outages', { fault: thrown });
    });
  }
}

function timesOf({ classes, worstMs }: z.output<typeof kept>): Times {
  return Times.of({ classes, worstMs } satisfies KeptTimes);
}

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
