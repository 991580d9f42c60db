import { type Auth, type FoundDirectory, makeAuth } from './auth.ts';
import type { Directory } from './directory.ts';
import { discover } from './discovery.ts';
import type { Parts } from './parts.ts';

const KEEP_MS = 15 * 60_000;

/** One better-auth for each origin: made when first asked for, and with the directory once that has answered. */
export class Authorities {
  readonly directory: Directory | undefined;
  readonly #parts: Parts;
  readonly #plain = new Map<string, Auth>();
  readonly #directed = new Map<string, { readonly auth: Auth; readonly untilMs: number }>();

  constructor(parts: Parts, directory: Directory | undefined) {
    this.#parts = parts;
    this.directory = directory;
  }

  /** Throws when the origin is not one of the console's. */
  at(origin: string): Auth {
    const kept = this.#plain.get(origin);
    if (kept !== undefined) return kept;
    if (!this.#parts.tools.origins().includes(origin)) throw new Error('not an origin of the console');
    const made = makeAuth(this.#parts, origin);
    this.#plain.set(origin, made);
    return made;
  }

  /** With the directory; undefined while it does not answer. What it said of itself is read again every quarter of an hour. */
  async directedAt(origin: string): Promise<Auth | undefined> {
    if (this.directory === undefined || !this.#parts.tools.origins().includes(origin)) return undefined;
    const now = this.#parts.tools.clock.monotonicMs();
    const kept = this.#directed.get(origin);
    if (kept !== undefined && kept.untilMs > now) return kept.auth;
    const discovered = await discover(this.directory);
    if (discovered === undefined) return undefined;
    const found: FoundDirectory = { directory: this.directory, discovered };
    const auth = makeAuth(this.#parts, origin, found);
    this.#directed.set(origin, { auth, untilMs: now + KEEP_MS });
    return auth;
  }
}
