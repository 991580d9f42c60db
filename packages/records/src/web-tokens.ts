import { type AeTitle, type Event, WEB_SERVICES, type WebToken } from '@leadglass/model';
import { z } from 'zod';
import type { Queries } from './queries.ts';
import type { WebTokensTable } from './schema.ts';
import { all, type Engine, run } from './script.ts';
import { appendEvents } from './scripts/events.ts';

const rights = z.array(z.enum(WEB_SERVICES));

/** Who may use the web services by a secret: its digest alone is here. Throws Fault `records.*`. */
export class WebTokens {
  readonly #engine: Engine;
  readonly #queries: Queries;

  constructor(engine: Engine, queries: Queries) {
    this.#engine = engine;
    this.#queries = queries;
  }

  /** By name. */
  async list(): Promise<readonly WebToken[]> {
    return (await this.#engine.read(() => all(this.#queries.webTokens, {}))).map(tokenOf);
  }

  /** False when the name is taken: nothing is done. */
  add(token: WebToken, events: readonly Event[]): Promise<boolean> {
    const queries = this.#queries;
    const { name, sha256, allow, addedAtMs: added_at_ms, untilMs } = token;
    const row = { name, sha256, allow: JSON.stringify(allow), added_at_ms, until_ms: untilMs ?? null };
    return this.#engine.write(function* () {
      if ((yield* run(queries.insertWebToken, row)) === 0) return false;
      yield* appendEvents(queries, events);
      return true;
    });
  }

  /** False when there is none of that name: nothing is done. */
  remove(name: string, events: readonly Event[]): Promise<boolean> {
    const queries = this.#queries;
    return this.#engine.write(function* () {
      if ((yield* run(queries.deleteWebToken, { name })) === 0) return false;
      yield* appendEvents(queries, events);
      return true;
    });
  }
}

function tokenOf(row: WebTokensTable): WebToken {
  return {
    name: row.name as AeTitle,
    sha256: row.sha256,
    allow: rights.parse(JSON.parse(row.allow)),
    addedAtMs: row.added_at_ms,
    ...(row.until_ms === null ? {} : { untilMs: row.until_ms }),
  };
}
