import type { Timer } from '@leadglass/kit';
import type { Asking, Session } from '../sessions.ts';
import { tokenOf } from './cookies.ts';
import { isComplete } from './hooks.ts';
import { idleMsOf, LIMITS, type Parts } from './parts.ts';
import type { KeptSession } from './store.ts';

const LOOK_EVERY_MS = 15_000;
/** So often, at most, is written down that somebody is there. */
const WRITE_EVERY_MS = 10_000;

/** Whether a session's time is over, whatever its person does. */
export function isOver(session: KeptSession, nowMs: number): boolean {
  const age = nowMs - session.beganAt;
  return age >= (session.how === 'set-up' ? LIMITS.setUpLifetimeMs : LIMITS.lifetimeMs);
}

/** Reads who asks, and sees to it that sessions lock and end in time though nobody asks. */
export class Watch {
  readonly #parts: Parts;
  #timer: Timer;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#timer = this.#again();
  }

  /** The session as it is kept, of a cookie; one that is over is ended and not given. */
  async kept(request: Pick<Asking, 'headers'>): Promise<KeptSession | undefined> {
    const { store, secret } = this.#parts;
    const token = tokenOf(request.headers.cookie, secret);
    const session = token === undefined ? undefined : store.sessionByToken(token);
    if (session === undefined || session.how === 'pending') return undefined;
    if (isOver(session, this.#parts.now())) {
      await this.#parts.end(session, 'expired');
      return undefined;
    }
    return session;
  }

  /** Who asks. `isActivity` false does not put off the idle lock. */
  async sessionOf(request: Asking, { isActivity } = { isActivity: true }): Promise<Session | undefined> {
    const session = await this.kept(request);
    const person = session === undefined ? undefined : this.#parts.store.personById(session.userId);
    if (session === undefined || session.how === 'pending' || person === undefined) return undefined;
    if (person.isDisabled) {
      await this.#parts.end(session, 'revoked');
      return undefined;
    }
    await this.#lockIfIdle(session);
    const isLocked = session.isLocked || this.#isIdle(session) || !isComplete(session.how, person);
    if (!isLocked && isActivity) this.#seen(session);
    return { id: session.id, person, how: session.how, isLocked };
  }

  /** Locks now, because the person asked or went. */
  async lock(session: Pick<KeptSession, 'id' | 'account'>, why: 'asked' | 'idle'): Promise<void> {
    if (!this.#parts.store.lockSession(session.id)) return;
    this.#parts.ended(session.id);
    await this.#parts.mention({ what: 'signed-out', by: session.account, why });
  }

  /** Looks at every session once. */
  async look(): Promise<void> {
    const now = this.#parts.now();
    for (const session of this.#parts.store.sessions()) {
      if (isOver(session, now)) await this.#parts.end(session, 'expired');
      else await this.#lockIfIdle(session);
    }
    this.#parts.store.tidy(now);
  }

  close(): void {
    this.#timer.cancel();
  }

  #again(): Timer {
    return this.#parts.tools.clock.after(LOOK_EVERY_MS, () => {
      this.#timer = this.#again();
      this.look().catch((thrown: unknown) => this.#parts.tools.log.error('console.watch-failed', { thrown }));
    });
  }

  #isIdle(session: KeptSession): boolean {
    return this.#parts.now() - session.seenAt >= idleMsOf(session.how);
  }

  async #lockIfIdle(session: KeptSession): Promise<void> {
    if (!session.isLocked && this.#isIdle(session)) await this.lock(session, 'idle');
  }

  #seen(session: KeptSession): void {
    const now = this.#parts.now();
    if (now - session.seenAt >= WRITE_EVERY_MS || now < session.seenAt) this.#parts.store.seen(session, now);
  }
}
