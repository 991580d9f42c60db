import { text } from '@leadglass/kit';
import { consoleFault } from '../faults.ts';
import type { Asking } from '../sessions.ts';
import { knownBrowser } from './cookies.ts';
import type { Parts } from './parts.ts';
import { addressKey, type Throttle } from './throttle.ts';

/** A try at getting in, counted from its beginning. */
export interface Attempt {
  readonly account: string;
  passed(): void;
}

const TOLD_EVERY_MS = 60_000;

/**
 * Slows guessing down. A try counts against the address, and against the account where one is named and can be guessed at. A browser that
 * somebody signed in from before has one count of its own instead, so that strangers, even behind the same address, cannot keep its owner out.
 */
export class Attempts {
  readonly #parts: Parts;
  readonly #toldAt = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Begins a try, or throws `console.too-many` with the seconds to wait. @param typed the account as it was entered, if any;
   * @param isGuessable false for what is too long to be guessed, which no stranger's tries may hold up.
   */
  begin(request: Asking, typed: string | undefined, isGuessable = true): Attempt {
    const person = typed === undefined ? undefined : this.#parts.store.personByAccount(typed);
    const keys = this.#keys(request, isGuessable ? typed : undefined, person?.id);
    const waitMs = Math.max(...keys.map(([throttle, key]) => throttle.waitMs(key)));
    // What was typed where nobody has that name may be anything, a password too: it is not told.
    const account = person?.account ?? '';
    if (waitMs > 0) this.#refuse(request, account, waitMs);
    for (const [throttle, key] of keys) throttle.begin(key);
    return {
      account,
      passed: () => {
        for (const [throttle, key] of keys) throttle.passed(key);
      },
    };
  }

  #keys(request: Asking, typed: string | undefined, userId: string | undefined): [Throttle, string][] {
    const { byAddress, byAccount, secret } = this.#parts;
    const address: [Throttle, string] = [byAddress, addressKey(request.ip)];
    if (typed === undefined) return [address];
    const name = typed.toLowerCase().slice(0, 64);
    const known = userId === undefined ? undefined : knownBrowser(request.headers.cookie, secret, userId);
    return known === undefined ? [address, [byAccount, name]] : [[byAccount, `${name} ${known}`]];
  }

  #refuse(request: Asking, account: string, waitMs: number): never {
    const address = request.ip.slice(0, 64);
    this.mentionRefusal(address, account, 'throttled');
    const seconds = Math.ceil(waitMs / 1000);
    throw consoleFault(
      'console.too-many',
      text(
        `Trop d’essais : attendez ${seconds} secondes, puis recommencez. Une clé d’accès ou un code d’urgence restent possibles.`,
        `Too many tries: wait ${seconds} seconds, then try again. A passkey or an emergency code still do.`,
      ),
      { facts: { waitSeconds: seconds } },
    );
  }

  /** Tells of a refusal that nothing slows down, once a minute for an address: whoever hammers does not fill the ledger. */
  mentionRefusal(address: string, account: string, why: 'throttled' | 'credentials'): void {
    const now = this.#parts.tools.clock.monotonicMs();
    for (const [key, atMs] of this.#toldAt) if (now - atMs >= TOLD_EVERY_MS) this.#toldAt.delete(key);
    if (this.#toldAt.has(address) || this.#toldAt.size >= 1000) return;
    this.#toldAt.set(address, now);
    this.#parts.mention({ what: 'refused', by: account, why, address }).catch(() => {});
  }
}
