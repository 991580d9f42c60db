import type { Sealer } from '@leadglass/catalogue';
import { type Clock, type Logger, type Text, type Timer, text, uuidv7 } from '@leadglass/kit';
import type { Destination, Event, EventOf, Relay } from '@leadglass/model';
import { type AttributeSet, asAttributeSet } from '@leadglass/query';
import type { Records } from '@leadglass/records';
import { dayAfter, daysBetween } from './days.ts';
import type { ErrandEnd, Errands } from './errands.ts';
import type { Outages } from './outages.ts';

/** How often a schedule is asked for, in the hours a department works and in the others. */
const EVERY_MS = { work: 3 * 60_000, night: 15 * 60_000 } as const;
const WORK_HOURS = { from: 6, to: 20 } as const;
/** Entries of one day of one information system that are kept. */
const MOST_ENTRIES = 5_000;
/** Days that are past are kept for what began in them and goes on. */
const PAST_DAYS = 1;
const FIRST_MS = 1_000;
const HOUR_MS = 3_600_000;
/** Where the hours ahead are kept. */
export const HOURS_AHEAD_SETTING = 'worklist.hours-ahead';
export const DEFAULT_HOURS_AHEAD = 48;

export interface WorklistFetcherTools {
  readonly records: Pick<Records, 'schedule' | 'setting'>;
  readonly sealer: Sealer;
  readonly errands: Pick<Errands, 'run'>;
  readonly outages: Outages;
  readonly clock: Clock;
  readonly log: Logger;
  rules(): { readonly relays: readonly Relay[]; readonly destinations: readonly Destination[] };
  tell(event: Event): void;
}

/** How asking one information system went last. */
export interface FetchState {
  readonly atMs: number;
  /** Why it could not be asked; absent when it could. */
  readonly why?: Text;
}

/**
 * Keeps the worklist of every information system that devices ask through us: asked ahead of time, by itself, a day at a time, each day
 * replaced as a whole once the answer has come to its end with success. Anything less leaves what there was.
 */
export class WorklistFetcher {
  readonly #tools: WorklistFetcherTools;
  readonly #states = new Map<string, FetchState>();
  #timer: Timer | undefined;
  #round: Promise<void> | undefined;
  #isStopping = false;

  constructor(tools: WorklistFetcherTools) {
    this.#tools = tools;
    tools.outages.onChange((name) => {
      if (!tools.outages.isDown(name)) void this.refresh();
    });
  }

  start(): void {
    this.#timer = this.#tools.clock.after(FIRST_MS, () => void this.refresh());
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#timer?.cancel();
    await this.#round;
  }

  /** How each information system was asked last. */
  get states(): ReadonlyMap<string, FetchState> {
    return this.#states;
  }

  /** Asks all of them now. One round at a time: who calls while one runs waits for that one. */
  refresh(): Promise<void> {
    if (this.#isStopping) return Promise.resolve();
    this.#timer?.cancel();
    this.#round ??= this.#all().finally(() => {
      this.#round = undefined;
      if (!this.#isStopping) this.#timer = this.#tools.clock.after(this.#waitMs(), () => void this.refresh());
    });
    return this.#round;
  }

  async hoursAhead(): Promise<number> {
    const said = Number((await this.#tools.records.setting(HOURS_AHEAD_SETTING)) ?? DEFAULT_HOURS_AHEAD);
    return Number.isInteger(said) && said >= 0 ? said : DEFAULT_HOURS_AHEAD;
  }

  async #all(): Promise<void> {
    try {
      const hoursAhead = await this.hoursAhead();
      for (const destination of hoursAhead === 0 ? [] : this.#sources()) await this.#one(destination, hoursAhead);
      await this.#forget();
    } catch (thrown) {
      this.#tools.log.error('worklist.not-kept', { fault: thrown });
    }
  }

  #sources(): readonly Destination[] {
    const { relays, destinations } = this.#tools.rules();
    const names = new Set(relays.filter(({ services }) => services.includes('worklist')).map(({ to }) => to));
    return destinations.filter(({ name }) => names.has(name) && !this.#tools.outages.isDown(name));
  }

  async #one(destination: Destination, hoursAhead: number): Promise<void> {
    const { clock } = this.#tools;
    const now = clock.now();
    const days = daysBetween(now, now + hoursAhead * HOUR_MS);
    let entries = 0;
    for (const day of days) {
      if (this.#isStopping) return;
      const asked = await this.#day(destination, day);
      if (typeof asked !== 'number') return this.#failed(destination.name, asked);
      entries += asked;
    }
    this.#kept(destination.name, days.length, entries);
  }

  /** How many entries a day has, or why it is not known. */
  async #day(destination: Destination, day: number): Promise<number | Text> {
    const { sealer, errands, records, clock, log } = this.#tools;
    const { name: source } = destination;
    const asOfMs = clock.now();
    const sealed: Uint8Array[] = [];
    const work = { kind: 'worklist', from: String(day), to: String(day), mostEntries: MOST_ENTRIES } as const;
    let unread = 0;
    const end = await errands.run(destination, work, (entry) => {
      const read = entryIn(entry);
      if (read === undefined) unread += 1;
      else sealed.push(sealer.seal('schedule', entryName(source, day, sealed.length), read));
    });
    if (end.status !== 0) return reasonOf(end);
    unread += end.unread;
    if (unread > 0) log.warn('worklist.unreadable', { destination: source, entries: unread });
    await records.schedule.replace({ source, day, asOfMs }, sealed);
    return sealed.length;
  }

  #kept(destination: string, days: number, entries: number): void {
    const before = this.#states.get(destination);
    this.#states.set(destination, { atMs: this.#tools.clock.now() });
    if (before === undefined || before.why !== undefined)
      this.#tell({ kind: 'schedule.kept', destination, days, entries });
  }

  #failed(destination: string, why: Text): void {
    const before = this.#states.get(destination);
    this.#states.set(destination, { atMs: this.#tools.clock.now(), why });
    if (before === undefined || before.why === undefined) this.#tell({ kind: 'schedule.not-kept', destination, why });
  }

  async #forget(): Promise<void> {
    const { schedule } = this.#tools.records;
    const first = dayAfter(this.#tools.clock.now(), -PAST_DAYS);
    for (const { source, day } of await schedule.periods()) if (day < first) await schedule.forget(source, day);
  }

  #waitMs(): number {
    const hour = new Date(this.#tools.clock.now()).getHours();
    return hour >= WORK_HOURS.from && hour < WORK_HOURS.to ? EVERY_MS.work : EVERY_MS.night;
  }

  #tell(
    facts: Omit<EventOf<'schedule.kept'>, 'id' | 'atMs'> | Omit<EventOf<'schedule.not-kept'>, 'id' | 'atMs'>,
  ): void {
    const atMs = this.#tools.clock.now();
    this.#tools.tell({ id: uuidv7(atMs), atMs, ...facts });
  }
}

/** What a sealed entry is bound to. */
export function entryName(source: string, day: number, position: number): string {
  return `${source}/${day}/${position}`;
}

/** What an intake says is an entry, if it is one: one that is not must not keep the others from being read. */
function entryIn(json: string): AttributeSet | undefined {
  try {
    return asAttributeSet(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function reasonOf({ status, why }: ErrandEnd): Text {
  if (why !== undefined) return why;
  const hex = (status ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return text(`elle a répondu ${hex}`, `it answered ${hex}`);
}
