import { Socket } from 'node:net';
import { clamav, type InspectorMaker } from '@leadglass/inspect';
import { systemClock } from '@leadglass/kit';
import { ClamdPool, DEFAULT_CLAMD_LIMITS } from '@leadglass/wire';
import type { FromServed, ToServed } from './served-messages.ts';

/** A sandboxed process's side of what the keeper does for it (SandboxServices): the inspectors that ask elsewhere. */
export class RemoteServices {
  readonly #ask: (message: FromServed) => void;
  #pool: ClamdPool | undefined;
  #clamav: readonly InspectorMaker[] = [];

  constructor(ask: (message: FromServed) => void) {
    this.#ask = ask;
  }

  /** Inspectors whose work is done elsewhere: to be put behind the others. */
  get inspectors(): readonly InspectorMaker[] {
    return this.#clamav;
  }

  /** Takes what the keeper says; a message that is none of ours is left alone. */
  hear(message: ToServed | { readonly t: string }, handle: unknown): void {
    if (message.t === 'clamav') return this.#state(message as ToServed & { readonly t: 'clamav' });
    if (message.t === 'no-clamd') return this.#pool?.refuse();
    if (message.t !== 'clamd' || !(handle instanceof Socket)) return;
    if (this.#pool === undefined) handle.destroy();
    else this.#pool.add(handle);
  }

  #state({ isUp, limits }: ToServed & { readonly t: 'clamav' }): void {
    const now = this.#pool?.limits;
    if (now?.maxStreamBytes !== limits?.maxStreamBytes || now?.answerMs !== limits?.answerMs) this.#renew(limits);
    this.#pool?.setUp(isUp);
  }

  #renew(limits: (ToServed & { readonly t: 'clamav' })['limits']): void {
    this.#pool?.end();
    this.#pool = undefined;
    this.#clamav = [];
    if (limits === undefined) return;
    const source = {
      want: () => this.#ask({ t: 'want-clamd' }),
      trouble: () => this.#ask({ t: 'clamd-trouble' }),
    };
    this.#pool = new ClamdPool({ ...DEFAULT_CLAMD_LIMITS, ...limits }, source, systemClock);
    this.#clamav = [clamav(this.#pool)];
  }
}
