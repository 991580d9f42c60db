import type { Sealer } from '@leadglass/catalogue';
import type { Clock } from '@leadglass/kit';
import { type SightLimits, sightOf } from '@leadglass/policy';
import { type AttributeSet, type WorklistQuery, worklistFacts, worklistMatcher } from '@leadglass/query';
import type { Records } from '@leadglass/records';
import { dayAfter } from './days.ts';
import type { PulledSchedule } from './planned.ts';
import { entryName } from './worklist-fetcher.ts';

/** Entries that are opened before others have their turn. */
const SLICE = 100;
/** Days that count, around today. */
const PAST_DAYS = 1;
const LAST_DAY = 99_991_231;
const MOST_REGISTERED = 5_000;

export interface KeptWorklistTools {
  readonly records: Pick<Records, 'schedule'>;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** What a continuity box pulled: who is led to no information system is answered with it. */
  readonly pulled?: PulledSchedule;
}

/** How a search of the kept worklist ends. `never-kept`: the information system was never asked with success, so that no answer would be whole. */
export type WorklistEnd = 'complete' | 'more' | 'never-kept';

export interface WorklistBounds {
  readonly mostResults: number;
  readonly sight: SightLimits | undefined;
  readonly withheld: () => void;
}

/** The worklist as it is kept here: what information systems had scheduled, and what was registered meanwhile. */
export class KeptWorklist {
  readonly #tools: KeptWorklistTools;

  constructor(tools: KeptWorklistTools) {
    this.#tools = tools;
  }

  /** Entries that match, some at a time. @param source the information system that answers the asker; undefined where none does. */
  async *search(
    source: string | undefined,
    query: WorklistQuery,
    { mostResults, sight, withheld }: WorklistBounds,
  ): AsyncGenerator<readonly AttributeSet[], WorklistEnd> {
    const matches = worklistMatcher(query);
    // Some information systems answer for more days than they were asked for.
    const given = new Set<string>();
    for await (const slice of this.#slices(source)) {
      const seen = slice.filter(matches).filter((entry) => isSeen(entry, sight, withheld));
      const news = seen.filter((entry) => isNews(entry, given));
      const found = news.slice(0, mostResults - (given.size - news.length));
      if (found.length > 0) yield found;
      if (given.size > mostResults) return 'more';
    }
    return source === undefined || (await this.#isKept(source)) ? 'complete' : 'never-kept';
  }

  /** Every entry that is kept, of every source, some at a time. */
  async *all(): AsyncGenerator<readonly AttributeSet[]> {
    const sources = new Set((await this.#tools.records.schedule.periods()).map(({ source }) => source));
    for (const source of sources) yield* this.#entries(source);
    yield await this.#registered();
  }

  async *#slices(source: string | undefined): AsyncGenerator<readonly AttributeSet[]> {
    for (const one of source === undefined ? (this.#tools.pulled?.sources() ?? []) : [source])
      yield* this.#entries(one);
    yield await this.#registered();
  }

  async *#entries(source: string): AsyncGenerator<readonly AttributeSet[]> {
    const { records, sealer, clock } = this.#tools;
    let after = { day: dayAfter(clock.now(), -PAST_DAYS), position: -1 };
    for (;;) {
      const page = await records.schedule.entries(source, after, LAST_DAY, SLICE);
      const last = page.at(-1);
      if (last === undefined) return;
      yield page.map(({ day, position, sealed }) => sealer.open('schedule', entryName(source, day, position), sealed));
      after = { day: last.day, position: last.position };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #registered(): Promise<readonly AttributeSet[]> {
    const { records, sealer, clock } = this.#tools;
    const registered = await records.schedule.registered(dayAfter(clock.now(), -PAST_DAYS), LAST_DAY, MOST_REGISTERED);
    const open = registered.filter(({ state }) => state === 'open');
    const here = open.map(({ number, sealed }) => entryOfRegistration(sealer.openJson('registered', number, sealed)));
    return [...here, ...(this.#tools.pulled?.registrations() ?? []).map(({ entry }) => entry)];
  }

  async #isKept(source: string): Promise<boolean> {
    return (await this.#tools.records.schedule.periods()).some((period) => period.source === source);
  }
}

function isSeen(entry: AttributeSet, sight: SightLimits | undefined, withheld: () => void): boolean {
  if (sight === undefined || sightOf(sight, worklistFacts(entry)) === 'yes') return true;
  withheld();
  return false;
}

function isNews(entry: AttributeSet, given: Set<string>): boolean {
  const word = JSON.stringify(entry);
  if (given.has(word)) return false;
  given.add(word);
  return true;
}

/** A registration is sealed with the worklist entry it makes. */
function entryOfRegistration(opened: unknown): AttributeSet {
  return (opened as { readonly entry: AttributeSet }).entry;
}
