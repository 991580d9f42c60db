import type { Sessions } from './sessions.ts';

/** What goes on in somebody's name, ended when their session is: streams that would otherwise outlive it. */
export class Endings {
  readonly #open = new Map<string, Set<AbortController>>();
  readonly #hearers = new Set<(sessionId: string | undefined) => void>();
  readonly #unsubscribe: () => void;

  constructor(sessions: Pick<Sessions, 'onEnded'>) {
    this.#unsubscribe = sessions.onEnded((id) => this.#ended(id));
  }

  /** A signal that ends with the session; call `over` when what it is for has ended by itself. */
  begin(sessionId: string): { readonly signal: AbortSignal; over(): void } {
    const controller = new AbortController();
    const ofSession = this.#open.get(sessionId) ?? new Set();
    this.#open.set(sessionId, ofSession.add(controller));
    return {
      signal: controller.signal,
      over: () => {
        ofSession.delete(controller);
        if (ofSession.size === 0 && this.#open.get(sessionId) === ofSession) this.#open.delete(sessionId);
      },
    };
  }

  /** How much goes on in a session's name. */
  count(sessionId: string): number {
    return this.#open.get(sessionId)?.size ?? 0;
  }

  /** Calls `heard` when a session ends; undefined: all may have. */
  onEnded(heard: (sessionId: string | undefined) => void): void {
    this.#hearers.add(heard);
  }

  close(): void {
    this.#unsubscribe();
    this.#ended(undefined);
  }

  #ended(id: string | undefined): void {
    const ended = id === undefined ? [...this.#open.values()] : [this.#open.get(id) ?? new Set<AbortController>()];
    for (const controllers of ended) for (const controller of [...controllers]) controller.abort();
    for (const heard of this.#hearers) heard(id);
  }
}
