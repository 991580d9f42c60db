import { type PersonAnswer, type PersonEvent, type Role, RoleSchema, type SessionAnswer } from '@leadglass/contract';
import type { SessionsTools } from '../sessions.ts';
import { digestOf, newLinkToken } from './secrets.ts';
import type { KeptSession, PeopleStore } from './store.ts';
import { Throttle } from './throttle.ts';

/** How long things last. */
export const LIMITS = {
  idleMs: 15 * 60_000,
  /** Emergency codes are used on whatever screen is nearest. */
  emergencyIdleMs: 5 * 60_000,
  lifetimeMs: 12 * 3600_000,
  /** Until a way to sign in has been enrolled. */
  setUpLifetimeMs: 60 * 60_000,
  /** Within it, one may change one's own ways to sign in. */
  freshMs: 15 * 60_000,
  invitationMs: 24 * 3600_000,
  people: 2000,
  passwordCharacters: 12,
} as const;

/** Longer than any code is taken: its own half minute and one on either side. */
const CODE_LIVES_MS = 120_000;
const FORGET_MS = 30 * 60_000;

/** What the parts of the sign-in share. */
export class Parts {
  readonly tools: SessionsTools;
  readonly store: PeopleStore;
  /** Signs cookies and seals TOTP secrets. */
  readonly secret: string;
  /** One machine of a department may stand for many people: it may try more often. */
  readonly byAddress: Throttle;
  readonly byAccount: Throttle;
  readonly #usedCodes = new Map<string, number>();
  readonly #heard = new Set<(sessionId: string | undefined) => void>();

  constructor(tools: SessionsTools, store: PeopleStore, secret: string) {
    this.tools = tools;
    this.store = store;
    this.secret = secret;
    const common = { firstMs: 1000, forgetMs: FORGET_MS, keys: 10_000 };
    this.byAddress = new Throttle(tools.clock, { ...common, free: 20, longestMs: 60_000 });
    this.byAccount = new Throttle(tools.clock, { ...common, free: 5, longestMs: 5 * 60_000 });
  }

  now(): number {
    return this.tools.clock.now();
  }

  onEnded(heard: (sessionId: string | undefined) => void): () => void {
    this.#heard.add(heard);
    return () => this.#heard.delete(heard);
  }

  ended(sessionId: string): void {
    for (const heard of this.#heard) heard(sessionId);
  }

  /** For the ledger; that it could not be told stops nothing. */
  async mention(event: PersonEvent): Promise<void> {
    await this.tools.tell(event).catch((thrown: unknown) => {
      this.tools.log.warn('console.person-not-told', { what: event.what, thrown });
    });
  }

  /** Whether this one-time code was not used just now by the same person: each is good once (RFC 6238 §5.2). */
  isNewCode(userId: string, code: string): boolean {
    const now = this.tools.clock.monotonicMs();
    for (const [key, untilMs] of this.#usedCodes) if (untilMs < now) this.#usedCodes.delete(key);
    const key = `${userId} ${code}`;
    if (this.#usedCodes.has(key)) return false;
    this.#usedCodes.set(key, now + CODE_LIVES_MS);
    return true;
  }

  isRole(value: unknown): value is Role {
    return RoleSchema.safeParse(value).success;
  }

  isFull(): boolean {
    return this.store.countPeople() >= LIMITS.people;
  }

  /** Ends a session for good. */
  async end(session: KeptSession, why: 'asked' | 'idle' | 'revoked' | 'expired'): Promise<void> {
    if (!this.store.endSession(session.id)) return;
    this.ended(session.id);
    if (session.how !== 'pending') await this.mention({ what: 'signed-out', by: session.account, why });
  }

  /** All of a person's sessions, but perhaps one. */
  async endAllOf(userId: string, except?: string): Promise<void> {
    for (const session of this.store.sessions(userId)) if (session.id !== except) await this.end(session, 'revoked');
  }

  /** A new one-time link for somebody; the one before is no longer good. The token is in the fragment, which no server sees. */
  invite(person: PersonAnswer): string {
    const token = newLinkToken();
    this.store.keepInvitation(person.id, digestOf('invitation', token), this.now() + LIMITS.invitationMs);
    return `${this.tools.origins()[0] ?? ''}/invitation#${token}`;
  }
}

/** After how long without a sign of the person a session locks. */
export function idleMsOf(how: SessionAnswer['how'] | 'pending' | undefined): number {
  return how === 'emergency-code' ? LIMITS.emergencyIdleMs : LIMITS.idleMs;
}
