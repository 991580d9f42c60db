import type { Event } from '@leadglass/model';
import type { Forgotten, WalkedChart, WalkedMessage } from './chart-api.ts';
import type { Queries } from './queries.ts';
import { all, type Engine, first, run } from './script.ts';
import {
  FORGOTTEN_SETTING,
  forgetBodies,
  forgetCharts,
  forgetMessages,
  forgottenOf,
  isForgettable,
} from './scripts/chart-retention.ts';

type Tell = (forgotten: Forgotten) => Event;

/**
 * What of feeds and charts is forgotten: walks by number, and removals in which the bytes are written over. Each method is one transaction. Throws Fault
 * `records.*`.
 */
export class ChartRetentionRecords {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  /** Messages whose bytes are here, or all, after a number, in the order of receipt. */
  async messages(
    which: 'bodies' | 'all',
    after: number,
    beforeMs: number,
    limit: number,
  ): Promise<readonly WalkedMessage[]> {
    const query = which === 'bodies' ? this.#queries.bodiesAfter : this.#queries.messagesAfter;
    const rows = await this.#engine.read(() => all(query, { after, limit }));
    return rows.map((row) => ({
      ...{ no: row.no, isForgettable: isForgettable(row, beforeMs), isRecent: row.received_at_ms >= beforeMs },
    }));
  }

  async charts(after: number, limit: number): Promise<readonly WalkedChart[]> {
    const rows = await this.#engine.read(() => all(this.#queries.chartsAfter, { after, limit }));
    return rows.map(({ no, into_no, heard_at_ms, present_at_ms }) => ({
      ...{ no, into: into_no, heardAtMs: heard_at_ms, isPresent: present_at_ms > 0 },
    }));
  }

  /** Forgets messages as they came, those of them that are still old enough and done with. `tell`: what is recorded with it. */
  forgetBodies(nos: readonly number[], beforeMs: number, tell: Tell): Promise<Forgotten> {
    return this.#engine.shred(() => forgetBodies(this.#queries, nos, beforeMs, tell));
  }

  /** Forgets that messages were received. Result: how many. */
  forgetMessages(nos: readonly number[], beforeMs: number): Promise<number> {
    return this.#engine.shred(() => forgetMessages(this.#queries, nos, beforeMs));
  }

  /** Forgets patients, each a list of charts with the one that stands first. */
  forgetCharts(groups: readonly (readonly number[])[], beforeMs: number, tell: Tell): Promise<Forgotten> {
    return this.#engine.shred(() => forgetCharts(this.#queries, groups, beforeMs, tell));
  }

  /** All that was ever forgotten. */
  async forgotten(): Promise<Forgotten> {
    const row = await this.#engine.read(() => first(this.#queries.setting, { name: FORGOTTEN_SETTING }));
    return forgottenOf(row?.value);
  }

  /** Adds what charts are found by. */
  addTokens(tokens: readonly { readonly token: number; readonly chart: number }[]): Promise<void> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      for (const each of tokens) yield* run(queries.putChartToken, each);
    });
  }
}
