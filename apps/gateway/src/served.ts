import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { TrialDecoder } from '@leadglass/inspect';
import type { ClamavState, ClamavWatch } from './clamav-watch.ts';
import { FrameFeed } from './frame-feed.ts';
import { FRAME_PIPE, type FromServed, type ToServed } from './served-messages.ts';

/** Connections with clamd on their way to one process; a process of ours asks for fewer. */
const MOST_UNDERWAY = 32;

/** One sandboxed process as it is served. */
export interface ServedProcess {
  /** It asked something. */
  heard(message: FromServed): void;
}

/**
 * What the keeper does for sandboxed processes that may do nothing themselves: it connects them to clamd and tells them how that is, and
 * has frames decoded for them.
 */
export class SandboxServices {
  readonly #clamav: Pick<ClamavWatch, 'state' | 'connect' | 'look'>;
  readonly #decoder: TrialDecoder;
  readonly #children = new Set<ChildProcess>();

  constructor(clamav: Pick<ClamavWatch, 'state' | 'connect' | 'look'>, decoder: TrialDecoder) {
    this.#clamav = clamav;
    this.#decoder = decoder;
  }

  /** Serves `child` from now to its end. */
  serve(child: ChildProcess): ServedProcess {
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    const { state } = this.#clamav;
    if (state !== undefined) tell(child, stateMessage(state));
    const underway = new Set<Socket>();
    child.once('exit', () => {
      for (const socket of underway) socket.destroy();
    });
    const feed = this.#feed(child);
    let asked = 0;
    return {
      heard: (message) => {
        if (message.t === 'clamd-trouble') return void this.#clamav.look();
        if (message.t === 'trial') {
          // More than a process of ours sends: it may be somebody else's by now.
          if (feed?.announce(message) === false) child.kill('SIGKILL');
          return;
        }
        if (asked + underway.size >= MOST_UNDERWAY) return tell(child, { t: 'no-clamd' });
        asked += 1;
        void this.#hand(child, underway).finally(() => {
          asked -= 1;
        });
      },
    };
  }

  /** clamd came or went, or there is another: everybody is told. */
  clamavChanged(state: ClamavState | undefined): void {
    for (const child of this.#children) tell(child, stateMessage(state));
  }

  #feed(child: ChildProcess): FrameFeed | undefined {
    const pipe = child.stdio?.[FRAME_PIPE];
    if (!(pipe instanceof Readable)) return undefined;
    return new FrameFeed(pipe, this.#decoder, (job, outcome) => tell(child, { t: 'tried', job, outcome }));
  }

  async #hand(child: ChildProcess, underway: Set<Socket>): Promise<void> {
    try {
      const socket = await this.#clamav.connect();
      if (!child.connected) return void socket.destroy();
      // Ours until the process says that it has it, and closed here then.
      underway.add(socket);
      socket.once('close', () => underway.delete(socket));
      child.send({ t: 'clamd' } satisfies ToServed, socket, () => {});
    } catch {
      tell(child, { t: 'no-clamd' });
      void this.#clamav.look();
    }
  }
}

function tell(child: ChildProcess, message: ToServed): void {
  if (child.connected) child.send(message, () => {});
}

function stateMessage(state: ClamavState | undefined): ToServed {
  if (state === undefined) return { t: 'clamav', isUp: false };
  const { maxStreamBytes, timeoutSeconds } = state.settings;
  return { t: 'clamav', isUp: state.isUp, limits: { maxStreamBytes, answerMs: timeoutSeconds * 1000 } };
}
