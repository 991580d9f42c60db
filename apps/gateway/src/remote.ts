import { Socket } from 'node:net';
import { clamav, codecTrial, FrameRoom, type InspectorMaker } from '@leadglass/inspect';
import { systemClock } from '@leadglass/kit';
import { ClamdPool, DEFAULT_CLAMD_LIMITS } from '@leadglass/wire';
import { PipedTrials } from './piped-trials.ts';
import { FRAME_PIPE, type FromServed, type ToServed } from './served-messages.ts';

/** Frames kept of all objects that come in at once; each may have half of what is left. */
const MOST_KEPT_BYTES = 192 * 1024 * 1024;

/** A sandboxed process's side of what the keeper does for it (SandboxServices): the inspectors that ask elsewhere. */
export class RemoteServices {
  readonly #ask: (message: FromServed) => void;
  #pool: ClamdPool | undefined;
  readonly #trials: PipedTrials;
  readonly #codec: InspectorMaker;
  #clamav: readonly InspectorMaker[] = [];

  constructor(ask: (message: FromServed) => void) {
    this.#ask = ask;
    this.#trials = new PipedTrials((frame) => ask({ t: 'trial', ...frame }), framePipe, systemClock);
    const room = new FrameRoom(MOST_KEPT_BYTES);
    this.#codec = (scene) => codecTrial(this.#trials.forObject(), room)(scene);
  }

  /** Inspectors whose work is done elsewhere: to be put behind the others. */
  get inspectors(): readonly InspectorMaker[] {
    return [this.#codec, ...this.#clamav];
  }

  /** Takes what the keeper says; a message that is none of ours is left alone. */
  hear(message: ToServed | { readonly t: string }, handle: unknown): void {
    if (message.t === 'clamav') return this.#state(message as ToServed & { readonly t: 'clamav' });
    if (message.t === 'tried') return this.#tried(message as ToServed & { readonly t: 'tried' });
    if (message.t === 'no-clamd') return this.#pool?.refuse();
    if (message.t !== 'clamd' || !(handle instanceof Socket)) return;
    if (this.#pool === undefined) handle.destroy();
    else this.#pool.add(handle);
  }

  #tried({ job, outcome }: ToServed & { readonly t: 'tried' }): void {
    this.#trials.tried(job, outcome);
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

let pipe: Socket | undefined;

/** Where frames are written. Opened when there is a first one; it keeps no process alive. */
function framePipe(): Socket {
  pipe ??= new Socket({ fd: FRAME_PIPE, readable: false, writable: true }).on('error', () => {}).unref();
  return pipe;
}
