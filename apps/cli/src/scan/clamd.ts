import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@leadglass/kit';
import { type ClamdAddress, ClamdPool, connectClamd, DEFAULT_CLAMD_LIMITS } from '@leadglass/wire';

/** What a worker asks: a connection with clamd, which it may not open itself. */
export interface ClamdAsked {
  readonly t: 'want-clamd';
}

/** What it is told. With `clamd` comes a socket, its session begun. */
export type ClamdAnswered = { readonly t: 'clamd' } | { readonly t: 'no-clamd' };

const CONNECT_MS = 2_000;
/** A worker's own sessions: a file shows its contents beside itself. */
const MOST_SESSIONS = 4;
/** Well under the silence after which a worker counts as hanging. */
const ANSWER_MS = 45_000;
/** Reading waits while more than this is on its way: nobody is kept waiting but the command itself. */
const MOST_WAITING_BYTES = 1024 * 1024;
const ROOM_MS = 20_000;
const LOOK_MS = 1;

/** The command's side: connects for its workers. */
export class ClamdDoor {
  readonly #address: ClamdAddress;

  constructor(address: ClamdAddress) {
    this.#address = address;
  }

  /** Gives `child` a connection, or tells it that there is none. Never rejects. */
  async answer(child: ChildProcess): Promise<void> {
    try {
      const socket = await connectClamd(this.#address, CONNECT_MS, systemClock);
      if (child.connected) child.send({ t: 'clamd' } satisfies ClamdAnswered, socket, () => {});
      else socket.destroy();
    } catch {
      if (child.connected) child.send({ t: 'no-clamd' } satisfies ClamdAnswered, () => {});
    }
  }
}

/** A worker's side: streams for clamd over the connections it is given. */
export class RemoteClamd {
  readonly pool: ClamdPool;

  constructor(ask: (asked: ClamdAsked) => void) {
    const limits = { ...DEFAULT_CLAMD_LIMITS, answerMs: ANSWER_MS, mostSessions: MOST_SESSIONS };
    const source = { want: () => ask({ t: 'want-clamd' }), trouble: () => {} };
    this.pool = new ClamdPool(limits, source, systemClock);
  }

  /** Resolves when clamd has taken what was written but for a little, or has not for long: then its streams are given up. */
  async room(): Promise<void> {
    for (const endMs = performance.now() + ROOM_MS; this.pool.waitingBytes > MOST_WAITING_BYTES; await delay(LOOK_MS))
      if (performance.now() > endMs) return;
  }
}
