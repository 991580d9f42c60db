import { type FlowsAnswer, FlowsSchema, type LogEntry, LogEntrySchema } from '@leadglass/contract';
import { useSyncExternalStore } from 'react';
import { z } from 'zod';

const GapSchema = z.object({ skipped: z.int().min(0) });
const NeedsSchema = z.object({ count: z.int().min(0), urgent: z.int().min(0) });
/** How many entries of the log are remembered, the newest first. */
const MOST_ENTRIES = 200;
/** Flows come each second: after this without any, what is shown is old. */
const STALE_AFTER_MS = 5000;
/** Entries come as fast as objects do: those of this long are shown together. */
const ENTRIES_EVERY_MS = 500;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

export interface Live {
  readonly state: 'off' | 'connecting' | 'live' | 'stale';
  /** When what is shown was last true; 0 before the first news. */
  readonly lastMs: number;
  readonly flows: FlowsAnswer | undefined;
  readonly needs: z.output<typeof NeedsSchema> | undefined;
  /** Newest first. */
  readonly log: readonly LogEntry[];
  /** Entries that came too fast to be sent, of those since the page was opened. */
  readonly skipped: number;
}

const NOTHING_YET: Live = { state: 'off', lastMs: 0, flows: undefined, needs: undefined, log: [], skipped: 0 };

/** The one stream of live news of this page, opened while somebody looks. */
class LiveStream {
  #now = NOTHING_YET;
  #source: EventSource | undefined;
  #retryMs = FIRST_RETRY_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #fresh: LogEntry[] = [];
  #flush: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();

  readonly current = (): Live => this.#now;

  readonly subscribe = (tell: () => void): (() => void) => {
    this.#listeners.add(tell);
    if (this.#listeners.size === 1) this.#open();
    return () => {
      this.#listeners.delete(tell);
      if (this.#listeners.size === 0) this.#close();
    };
  };

  #set(change: Partial<Live>): void {
    this.#now = { ...this.#now, ...change };
    for (const tell of this.#listeners) tell();
  }

  #open(): void {
    if (this.#now.state === 'off') this.#set({ state: 'connecting' });
    const source = new EventSource('/api/live');
    this.#source = source;
    source.addEventListener('flows', (event) => this.#take(FlowsSchema, event, (flows) => this.#set({ flows })));
    source.addEventListener('needs', (event) => this.#take(NeedsSchema, event, (needs) => this.#set({ needs })));
    source.addEventListener('log', (event) => this.#take(LogEntrySchema, event, (entry) => this.#entry(entry)));
    source.addEventListener('gap', (event) =>
      this.#take(GapSchema, event, ({ skipped }) => this.#set({ skipped: this.#now.skipped + skipped })),
    );
    source.addEventListener('error', () => this.#failed());
    this.#watch ??= setInterval(() => this.#look(), 1000);
  }

  #take<S extends z.ZodType>(schema: S, event: MessageEvent<string>, use: (value: z.output<S>) => void): void {
    const parsed = schema.safeParse(parsedJson(event.data));
    if (!parsed.success) return;
    this.#retryMs = FIRST_RETRY_MS;
    this.#now = { ...this.#now, state: 'live', lastMs: Date.now() };
    use(parsed.data);
  }

  #entry(entry: LogEntry): void {
    const newest = this.#fresh.at(-1)?.seq ?? this.#now.log[0]?.seq ?? 0;
    if (entry.seq <= newest) return;
    this.#fresh.push(entry);
    if (this.#fresh.length > MOST_ENTRIES) this.#fresh.shift();
    this.#flush ??= setTimeout(() => {
      const log = [...this.#fresh.toReversed(), ...this.#now.log].slice(0, MOST_ENTRIES);
      this.#fresh = [];
      this.#flush = undefined;
      this.#set({ log });
    }, ENTRIES_EVERY_MS);
  }

  /** The browser tries again by itself after a cut, but not after an answer other than 200. */
  #failed(): void {
    if (this.#source?.readyState !== EventSource.CLOSED || this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#open();
    }, this.#retryMs);
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
    if (this.#now.state === 'live') this.#set({ state: 'stale' });
  }

  #look(): void {
    const { state, lastMs } = this.#now;
    if (state === 'live' && Date.now() - lastMs > STALE_AFTER_MS) this.#set({ state: 'stale' });
  }

  #close(): void {
    clearTimeout(this.#retry);
    clearInterval(this.#watch);
    this.#retry = undefined;
    this.#watch = undefined;
    this.#source?.close();
    this.#source = undefined;
    this.#now = { ...this.#now, state: 'off' };
  }
}

function parsedJson(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

const stream = new LiveStream();

/** What is live: flows each second, what needs a person, the log's newest entries; `state` tells when it has grown old. */
export function useLive<T>(select: (live: Live) => T): T {
  return useSyncExternalStore(stream.subscribe, () => select(stream.current()));
}
