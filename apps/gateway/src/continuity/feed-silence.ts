import { type KeptRhythm, SilenceWatch } from '@leadglass/continuity';
import { type Clock, type Logger, type Timer, uuidv7 } from '@leadglass/kit';
import type { Event, Feed } from '@leadglass/model';
import type { SqliteRecords } from '@leadglass/records';
import { z } from 'zod';
import type { OutageMemory } from './outage-memory.ts';

const SETTING = 'feed.rhythms';
const LOOK_MS = 60_000;

const counts = z.array(z.number().min(0)).max(512);
const rhythms = z.record(z.string().max(64), z.object({ watched: counts, heard: counts }));

export interface FeedSilenceTools {
  readonly clock: Clock;
  readonly log: Logger;
  readonly records: Pick<SqliteRecords, 'setting' | 'setSetting'>;
  /** Loaded before this. */
  readonly memory: OutageMemory;
  feeds(): readonly Feed[];
  /** When each feed's last message was received, as far as is known. Rejects with the records' Fault. */
  lastHeard(): Promise<ReadonlyMap<string, number>>;
  /** Events were recorded. */
  told(): void;
}

interface Watched {
  readonly watch: SilenceWatch;
  readonly feed: Feed;
}

/**
 * Watches over the feeds: one that usually sends and has gone quiet is an outage of a laboratory or an information system. It cannot be asked, as an
 * upstream can: what it does as a rule is learnt, and its silence is told, recorded, and over once it speaks again.
 */
export class FeedSilence {
  readonly #tools: FeedSilenceTools;
  readonly #watched = new Map<string, Watched>();
  #kept: Readonly<Record<string, KeptRhythm>> = {};
  #lastHeard: ReadonlyMap<string, number> = new Map();
  #timer: Timer | undefined;
  #isStopping = false;

  constructor(tools: FeedSilenceTools) {
    this.#tools = tools;
  }

  /** Before the first `configure`. Rejects with the records' Fault. */
  async load(): Promise<void> {
    this.#kept = parsed(await this.#tools.records.setting(SETTING));
    this.#lastHeard = await this.#tools.lastHeard();
  }

  /** The feeds are others now: each goes on as it was known. */
  configure(): void {
    const feeds = new Map(this.#tools.feeds().map((feed) => [feed.name, feed]));
    for (const name of this.#watched.keys()) if (!feeds.has(name)) this.#watched.delete(name);
    for (const { name } of this.#tools.memory.silences())
      if (!feeds.has(name)) this.#record(this.#tools.memory.spokeAgain(name, []));
    for (const feed of feeds.values()) this.#watch(feed);
    this.#timer ??= this.#tools.clock.after(LOOK_MS, () => this.#look());
  }

  /** A feed said something. */
  spoke(name: string): void {
    const watched = this.#watched.get(name);
    if (watched === undefined) return;
    watched.watch.heard();
    this.#settle(watched);
  }

  /** Since when a feed is silent: its last message, or when we found out; null when it is not. */
  silentSinceMs(name: string): number | null {
    return this.#tools.memory.silence(name)?.sinceMs ?? null;
  }

  /** Feeds that are silent now. */
  silent(): readonly { readonly feed: Feed; readonly sinceMs: number; readonly lastMs: number | undefined }[] {
    return [...this.#watched.values()].flatMap(({ feed, watch }) => {
      const sinceMs = this.silentSinceMs(feed.name);
      return sinceMs === null ? [] : [{ feed, sinceMs, lastMs: watch.standing.lastMs }];
    });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#timer?.cancel();
    await this.#keep();
  }

  #watch(feed: Feed): void {
    const known = this.#watched.get(feed.name);
    if (known !== undefined && isWatchedAs(known.feed, feed)) {
      this.#watched.set(feed.name, { ...known, feed });
      return;
    }
    const watch = new SilenceWatch(this.#tools.clock, feed, {
      lastMs: known?.watch.standing.lastMs ?? this.#lastHeard.get(feed.name),
      rhythm: known?.watch.rhythm.kept() ?? this.#kept[feed.name],
      isSilent: this.#tools.memory.silence(feed.name) !== undefined && feed.silentAfterMinutes !== 0,
    });
    const watched = { feed, watch };
    this.#watched.set(feed.name, watched);
    this.#settle(watched);
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#isStopping) return;
    let isLearnt = false;
    for (const watched of this.#watched.values()) {
      if (watched.watch.look()) isLearnt = true;
      this.#settle(watched);
    }
    if (isLearnt) void this.#keep();
    this.#timer = this.#tools.clock.after(LOOK_MS, () => this.#look());
  }

  /** Records what has changed. */
  #settle({ feed, watch }: Watched): void {
    const { memory, clock, log } = this.#tools;
    const known = memory.silence(feed.name);
    if (watch.isSilent === (known !== undefined)) return;
    const { name, kind } = feed;
    const lastMs = known?.sinceMs ?? watch.standing.lastMs ?? null;
    const head = { id: uuidv7(clock.now()), atMs: clock.now(), feed: name, feedKind: kind, sinceMs: lastMs };
    log.info('feeds.silence', { feed: name, isSilent: watch.isSilent });
    if (watch.isSilent)
      this.#record(
        memory.wentQuiet({ name, kind, sinceMs: lastMs ?? clock.now() }, [{ ...head, kind: 'feed.silent' } as Event]),
      );
    else this.#record(memory.spokeAgain(name, [{ ...head, kind: 'feed.heard' } as Event]));
  }

  #record(writing: Promise<void>): void {
    void writing.then(
      () => this.#tools.told(),
      (thrown: unknown) => this.#tools.log.error('feeds.silence-not-recorded', { fault: thrown }),
    );
  }

  async #keep(): Promise<void> {
    const all = Object.fromEntries([...this.#watched].map(([name, { watch }]) => [name, watch.rhythm.kept()]));
    try {
      await this.#tools.records.setSetting(SETTING, JSON.stringify(all));
    } catch (thrown) {
      // What is learnt of a quarter of an hour is lost, and nothing else.
      this.#tools.log.warn('feeds.rhythm-not-kept', { fault: thrown });
    }
  }
}

function isWatchedAs(before: Feed, now: Feed): boolean {
  return before.silentAfterMinutes === now.silentAfterMinutes && before.quietHours === now.quietHours;
}

function parsed(value: string | undefined): Readonly<Record<string, KeptRhythm>> {
  try {
    return rhythms.parse(JSON.parse(value ?? '{}'));
  } catch {
    // Learnt anew.
    return {};
  }
}
