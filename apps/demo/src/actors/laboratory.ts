import { connect, type Socket } from 'node:net';
import { frame, MllpFramer, readAcknowledgement } from '@leadglass/hl7';
import { rest } from '../pace.ts';
import type { StudyOrder } from '../studies/made.ts';
import { arrival, results } from './results.ts';

const [ANSWER_MS, AGAIN_MS, TURN_MS, MOST_WAITING] = [10_000, 3_000, 500, 200] as const;

/**
 * The hospital's laboratory, and its office that says who has come: of whoever is imaged it sends the arrival and what was measured before and
 * now, over MLLP, one message after the other, each until it is acknowledged with AA.
 */
export class Laboratory {
  readonly #port: number;
  readonly #signal: AbortSignal;
  readonly #waiting: string[] = [];
  #told = 0;

  constructor(port: number, signal: AbortSignal) {
    this.#port = port;
    this.#signal = signal;
  }

  /** Messages that were acknowledged. */
  get acknowledged(): number {
    return this.#told;
  }

  /** Somebody is being imaged. */
  heard(order: StudyOrder): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(arrival(order), ...results(order));
  }

  /** Sends until the signal. */
  async live(): Promise<void> {
    while (!this.#signal.aborted) {
      const isOver = this.#waiting.length === 0 ? true : await this.#send().catch(() => false);
      await rest(isOver ? TURN_MS : AGAIN_MS, this.#signal);
    }
  }

  /** All that waits, over one connection; false where something has to be sent again. */
  async #send(): Promise<boolean> {
    const link = await openLink(this.#port, this.#signal);
    try {
      for (let next = this.#waiting[0]; next !== undefined && !this.#signal.aborted; next = this.#waiting[0]) {
        if ((await link.ask(Buffer.from(next, 'utf8'))) !== 'AA') return false;
        this.#waiting.shift();
        this.#told += 1;
      }
      return true;
    } finally {
      link.close();
    }
  }
}

interface Link {
  ask(message: Uint8Array): Promise<string>;
  close(): void;
}

async function openLink(port: number, signal: AbortSignal): Promise<Link> {
  const socket = connect({ host: '127.0.0.1', port, signal });
  // Whoever asks hears of it by the close that follows.
  socket.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve).once('close', () => reject(new Error('no connection')));
  });
  return { ask: (message) => ask(socket, message), close: () => socket.destroy() };
}

/** Resolves with the code of the answer; rejects when the connection ends first, or nothing comes in time. */
async function ask(socket: Socket, message: Uint8Array): Promise<string> {
  const framer = new MllpFramer();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const hear = (chunk: Buffer) => {
    for (const event of framer.push(chunk))
      if (event.kind === 'message') resolve(readAcknowledgement(event.bytes)?.code ?? '');
      else reject(new Error(event.why.en));
  };
  const gone = () => reject(new Error('closed before the answer'));
  const timer = setTimeout(gone, ANSWER_MS);
  socket.on('data', hear).once('close', gone);
  socket.write(frame(message));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.off('data', hear).off('close', gone);
  });
}
