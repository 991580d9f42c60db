import type { Logger } from '@leadglass/kit';
import { type Event, FEED_KINDS } from '@leadglass/model';
import type { SqliteRecords } from '@leadglass/records';
import { z } from 'zod';

const SETTING = 'outages';
const NAME = z.string().max(64);
const COUNT = z.int().min(0);

const outage = z.object({
  name: NAME,
  /** When it began, milliseconds since the epoch. */
  sinceMs: z.number(),
  how: z.enum(['detected', 'declared']),
  /** Who declared it, and why; empty when nobody did. */
  by: z.string(),
  reason: z.string(),
  /** When the upstream was last known to be well. */
  asOfMs: z.exactOptional(z.number()),
});

const giveBack = z.object({
  name: NAME,
  /** When the outage began, and when the upstream was up again. */
  sinceMs: z.number(),
  upMs: z.number(),
  /** The deliveries that waited then, by their ids, and how many they were. */
  fromId: COUNT,
  toId: COUNT,
  owed: COUNT,
  /** What had come of other deliveries between these ids before. */
  before: z.object({ delivered: COUNT, failed: COUNT, known: COUNT }),
});

const silence = z.object({
  /** Of a feed. */
  name: NAME,
  kind: z.enum(FEED_KINDS),
  /** Its last message; when we found out, where none is known. */
  sinceMs: z.number(),
});

const known = z.object({
  ...{ outages: z.array(outage), giveBacks: z.array(giveBack) },
  silences: z.array(silence).default([]),
});

/** An outage that goes on. */
export type KnownOutage = z.output<typeof outage>;
/** A feed that has gone quiet: an outage of a laboratory or an information system, as far as it shows. */
export type KnownSilence = z.output<typeof silence>;
/** A give-back that goes on. */
export type KnownGiveBack = z.output<typeof giveBack>;

/** Outages and give-backs that go on, in the records: written with the events that tell of them, one write after the other. */
export class OutageMemory {
  readonly #records: Pick<SqliteRecords, 'setting' | 'setSetting'>;
  readonly #log: Logger;
  readonly #outages = new Map<string, KnownOutage>();
  readonly #giveBacks = new Map<string, KnownGiveBack>();
  readonly #silences = new Map<string, KnownSilence>();
  #writing: Promise<void> = Promise.resolve();

  constructor(records: Pick<SqliteRecords, 'setting' | 'setSetting'>, log: Logger) {
    this.#records = records;
    this.#log = log;
  }

  /** Rejects with the records' Fault. What cannot be read is told in the log, and found out anew. */
  async load(): Promise<void> {
    const value = await this.#records.setting(SETTING);
    if (value === undefined) return;
    const parsed = known.safeParse(jsonOf(value));
    if (!parsed.success) return this.#log.error('outage.unreadable', {});
    for (const each of parsed.data.outages) this.#outages.set(each.name, each);
    for (const each of parsed.data.giveBacks) this.#giveBacks.set(each.name, each);
    for (const each of parsed.data.silences) this.#silences.set(each.name, each);
  }

  silence(feed: string): KnownSilence | undefined {
    return this.#silences.get(feed);
  }

  silences(): readonly KnownSilence[] {
    return [...this.#silences.values()];
  }

  /** A feed went quiet. Rejects with the records' Fault: it is known all the same, and the next write takes it along. */
  wentQuiet(silence: KnownSilence, events: readonly Event[]): Promise<void> {
    this.#silences.set(silence.name, silence);
    return this.#write(events);
  }

  /** It speaks again, or is no feed any more. */
  spokeAgain(feed: string, events: readonly Event[]): Promise<void> {
    this.#silences.delete(feed);
    return this.#write(events);
  }

  outages(): readonly KnownOutage[] {
    return [...this.#outages.values()];
  }

  outage(name: string): KnownOutage | undefined {
    return this.#outages.get(name);
  }

  giveBacks(): readonly KnownGiveBack[] {
    return [...this.#giveBacks.values()];
  }

  giveBack(name: string): KnownGiveBack | undefined {
    return this.#giveBacks.get(name);
  }

  /** What a person says. Rejects with the records' Fault: then nothing was said. */
  async said(outage: KnownOutage, events: readonly Event[]): Promise<void> {
    const before = this.#outages.get(outage.name);
    try {
      await this.began(outage, events);
    } catch (thrown) {
      if (before === undefined) this.#outages.delete(outage.name);
      else this.#outages.set(outage.name, before);
      throw thrown;
    }
  }

  /** Rejects with the records' Fault: it is known all the same, and the next write takes it along. */
  began(outage: KnownOutage, events: readonly Event[]): Promise<void> {
    this.#outages.set(outage.name, outage);
    return this.#write(events);
  }

  /** The outage is over; `giveBack` begins where something is owed. */
  ended(name: string, giveBack: KnownGiveBack | undefined, events: readonly Event[]): Promise<void> {
    this.#outages.delete(name);
    if (giveBack !== undefined) this.#giveBacks.set(name, giveBack);
    return this.#write(events);
  }

  gaveBack(name: string, events: readonly Event[]): Promise<void> {
    this.#giveBacks.delete(name);
    return this.#write(events);
  }

  /** Resolves once nothing is being written. */
  settled(): Promise<void> {
    return this.#writing.catch(() => {});
  }

  #write(events: readonly Event[]): Promise<void> {
    this.#writing = this.#writing.catch(() => {}).then(() => this.#put(events));
    return this.#writing;
  }

  #put(events: readonly Event[]): Promise<void> {
    const value = JSON.stringify({
      ...{ outages: this.outages(), giveBacks: this.giveBacks(), silences: this.silences() },
    });
    return this.#records.setSetting(SETTING, value, events);
  }
}

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
