import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import {
  command,
  type Heard,
  PDU,
  PROPOSALS,
  PROVER,
  pData,
  pdu,
  type Request,
  requestBody,
  statusOf,
  type Titles,
} from './pdu.ts';

/** Where to connect, from where and as whom. */
export interface RawOptions {
  /** Source address: in the proving suites each attack has its own, and is found by it in the log. Default: as the system chooses. */
  readonly from?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly titles?: Titles;
  /** Whether it goes on sending when the other side has said that it will not. */
  readonly isStubborn?: boolean;
  /** Whom to believe and what to show; without it in the clear. */
  readonly tls?: ConnectionOptions;
}

/** Longest PDU we wait for: whoever announces more has ended the conversation. */
const MOST_HEARD_BYTES = 4 * 2 ** 20;

/** A connection driven byte by byte. */
export class Raw {
  readonly socket: Socket;
  readonly titles: Titles;
  #bytes = Buffer.alloc(0);
  #isClosed = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket, titles: Titles) {
    this.socket = socket;
    this.titles = titles;
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake?.();
    });
    for (const event of ['end', 'close', 'error'] as const) {
      socket.on(event, () => {
        this.#isClosed = true;
        this.#wake?.();
      });
    }
  }

  static async open(port: number, options: RawOptions = {}): Promise<Raw> {
    const { host = '127.0.0.1', from, titles = PROVER, tls, isStubborn = false } = options;
    const source = from === undefined ? {} : { localAddress: from };
    const target = { host, port, allowHalfOpen: isStubborn, ...source };
    const socket = tls === undefined ? connect(target) : connectTls({ ...target, ...tls });
    await once(socket, tls === undefined ? 'connect' : 'secureConnect');
    socket.setNoDelay(true);
    return new Raw(socket, titles);
  }

  /** A connection that somebody else opened. */
  static over(socket: Socket, titles: Titles = PROVER): Raw {
    socket.setNoDelay(true);
    return new Raw(socket, titles);
  }

  /** Variable field of an A-ASSOCIATE-RQ under this connection's titles, unless `request` names others. */
  body(request: Request = {}): Buffer {
    return requestBody({ ...this.titles, ...request });
  }

  /** Whatever the gateway may have said to it: writing to a closed connection is no fault of the test. */
  send(bytes: Buffer | string): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** The first byte that comes, whatever protocol it is of; undefined when the connection ends before. */
  async firstByte(withinMs: number): Promise<number | undefined> {
    await this.#until(() => this.#bytes.length > 0 || this.#isClosed, withinMs);
    return this.#bytes[0];
  }

  /** The next PDU. Rejects when neither it nor the end comes in `withinMs`. */
  async hear(withinMs = 10_000): Promise<Heard> {
    let heard: Heard | undefined;
    await this.#until(() => {
      heard = this.#next();
      return heard !== undefined;
    }, withinMs);
    return heard ?? 'closed';
  }

  /** Waits for what comes in until `isReached`. Rejects after `withinMs`. */
  async #until(isReached: () => boolean, withinMs: number): Promise<void> {
    const endMs = performance.now() + withinMs;
    while (!isReached()) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new Error(`no answer in ${withinMs} ms`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, leftMs);
      await promise;
      clearTimeout(timer);
    }
  }

  /** Asks for an association and hears the answer. */
  associate(request: Request = {}): Promise<Heard> {
    this.send(pdu(PDU.associateRq, this.body(request)));
    return this.hear(20_000);
  }

  async release(): Promise<Heard> {
    this.send(pdu(PDU.releaseRq, Buffer.alloc(4)));
    return this.hear();
  }

  close(): void {
    this.socket.destroy();
  }

  #next(): Heard | undefined {
    if (this.#bytes.length >= 6) {
      const end = 6 + this.#bytes.readUInt32BE(2);
      if (end > MOST_HEARD_BYTES) return 'closed';
      if (this.#bytes.length >= end) {
        const heard = { type: this.#bytes[0] as number, body: Buffer.from(this.#bytes.subarray(6, end)) };
        this.#bytes = this.#bytes.subarray(end);
        return heard;
      }
    }
    return this.#isClosed ? 'closed' : undefined;
  }
}

/** A whole C-ECHO as an honest peer does it; milliseconds it took. Rejects when it does not succeed. */
export async function echo(port: number, calling: string, options: RawOptions = {}): Promise<number> {
  const beganMs = performance.now();
  const raw = await Raw.open(port, options);
  try {
    const answer = await raw.associate({ calling, proposals: PROPOSALS.slice(0, 1) });
    if (answer === 'closed' || answer.type !== PDU.associateAc) throw new Error('an honest peer was not let in');
    raw.send(pData(1, 3, command(0x0030)));
    if (statusOf(await raw.hear()) !== 0) throw new Error('an honest C-ECHO did not succeed');
    await raw.release();
    return performance.now() - beganMs;
  } finally {
    raw.close();
  }
}

/** Sends `bytes` one at a time, `everyMs` apart, until the connection ends. */
export async function trickle(raw: Raw, bytes: Buffer, everyMs: number): Promise<void> {
  for (const byte of bytes) {
    if (!raw.socket.writable) return;
    raw.send(Buffer.from([byte]));
    await delay(everyMs);
  }
}
