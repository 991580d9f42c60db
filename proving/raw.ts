import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** PDU types of PS3.8 §9.3, written out here anew: these tests do not trust our own codec. */
export const PDU = {
  associateRq: 1,
  associateAc: 2,
  associateRj: 3,
  pData: 4,
  releaseRq: 5,
  releaseRp: 6,
  abort: 7,
} as const;

export const VERIFICATION = '1.2.840.10008.1.1';
export const SR_STORAGE = '1.2.840.10008.5.1.4.1.1.88.11';
export const EXPLICIT_LE = '1.2.840.10008.1.2.1';
export const DEFLATED = '1.2.840.10008.1.2.1.99';
const IMPLICIT_LE = '1.2.840.10008.1.2';
const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';

/** A PDU. @param length what its header claims; the truth when left out. */
export function pdu(type: number, body: Buffer, length = body.length): Buffer {
  const head = Buffer.alloc(6);
  head[0] = type;
  head.writeUInt32BE(length, 2);
  return Buffer.concat([head, body]);
}

/** An item of an A-ASSOCIATE PDU. @param length what its header claims. */
export function item(type: number, body: Buffer | string, length?: number): Buffer {
  const bytes = Buffer.from(body as string, 'latin1');
  const head = Buffer.alloc(4);
  head[0] = type;
  head.writeUInt16BE(length ?? bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

export interface Proposal {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

export const PROPOSALS: readonly Proposal[] = [
  { id: 1, abstractSyntax: VERIFICATION, transferSyntax: IMPLICIT_LE },
  { id: 3, abstractSyntax: SR_STORAGE, transferSyntax: EXPLICIT_LE },
  { id: 5, abstractSyntax: '1.2.840.10008.5.1.4.1.1.7', transferSyntax: DEFLATED },
];

export interface Request {
  readonly calling?: string;
  readonly called?: string;
  readonly version?: number;
  readonly applicationContext?: string;
  readonly proposals?: readonly Proposal[];
  /** Replaces the user information item. */
  readonly user?: Buffer;
}

export function contextItem({ id, abstractSyntax, transferSyntax }: Proposal): Buffer {
  return item(
    0x20,
    Buffer.concat([Buffer.from([id, 0, 0, 0]), item(0x30, abstractSyntax), item(0x40, transferSyntax)]),
  );
}

/** Variable field of an A-ASSOCIATE-RQ. */
export function requestBody(request: Request = {}): Buffer {
  const {
    calling = 'PROVER',
    called = 'LEADGLASS',
    version = 1,
    applicationContext = APPLICATION_CONTEXT,
    proposals = PROPOSALS,
  } = request;
  const head = Buffer.alloc(68);
  head.writeUInt16BE(version, 0);
  head.fill(0x20, 4, 36);
  head.write(called.slice(0, 16), 4, 'latin1');
  head.write(calling.slice(0, 16), 20, 'latin1');
  const maximum = item(0x51, Buffer.from([0, 0, 64, 0]));
  const user = request.user ?? item(0x50, Buffer.concat([maximum, item(0x52, '1.2.3.4')]));
  return Buffer.concat([head, item(0x10, applicationContext), ...proposals.map(contextItem), user]);
}

/** A P-DATA-TF with one presentation data value. @param flags 1 command, 2 last. @param length what the value's header claims. */
export function pData(contextId: number, flags: number, bytes: Buffer, length = bytes.length + 2): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32BE(length, 0);
  head[4] = contextId;
  head[5] = flags;
  return pdu(PDU.pData, Buffer.concat([head, bytes]));
}

function commandElement(element: number, value: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(element, 2);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function padded(value: string): Buffer {
  return Buffer.from(value.length % 2 === 0 ? value : `${value}\0`, 'latin1');
}

/** A request's command set. */
export function command(
  field: number,
  { sopClass = VERIFICATION, instance = '', hasDataSet = false, messageId = 1 } = {},
): Buffer {
  const elements = [
    commandElement(0x0002, padded(sopClass)),
    commandElement(0x0100, u16(field)),
    commandElement(0x0110, u16(messageId)),
    commandElement(0x0700, u16(0)),
    commandElement(0x0800, u16(hasDataSet ? 1 : 0x0101)),
    ...(instance === '' ? [] : [commandElement(0x1000, padded(instance))]),
  ];
  const body = Buffer.concat(elements);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([commandElement(0, length), body]);
}

/** What came back: a PDU, or the end of the connection. */
export type Heard = { readonly type: number; readonly body: Buffer } | 'closed';

/** Status (0000,0900) of a response. */
export function statusOf(heard: Heard): number | undefined {
  if (heard === 'closed' || heard.type !== PDU.pData) return undefined;
  const body = heard.body.subarray(6);
  for (let at = 0; at + 8 <= body.length; at += 8 + body.readUInt32LE(at + 4)) {
    if (body.readUInt16LE(at) === 0 && body.readUInt16LE(at + 2) === 0x0900) return body.readUInt16LE(at + 8);
  }
  return undefined;
}

/** A connection driven byte by byte. */
export class Raw {
  readonly socket: Socket;
  #bytes = Buffer.alloc(0);
  #isClosed = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
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

  /** @param from source address: each attack has its own, and is found by it in the log. */
  static async open(port: number, from = '127.0.0.1'): Promise<Raw> {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from, noDelay: true });
    await once(socket, 'connect');
    return new Raw(socket);
  }

  /** Whatever the gateway may have said to it: writing to a closed connection is no fault of the test. */
  send(bytes: Buffer | string): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** The next PDU. Rejects when neither it nor the end comes in `withinMs`. */
  async hear(withinMs = 10_000): Promise<Heard> {
    const endMs = performance.now() + withinMs;
    for (;;) {
      const heard = this.#next();
      if (heard !== undefined) return heard;
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
    this.send(pdu(PDU.associateRq, requestBody(request)));
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
      if (this.#bytes.length >= end) {
        const heard = { type: this.#bytes[0] as number, body: Buffer.from(this.#bytes.subarray(6, end)) };
        this.#bytes = this.#bytes.subarray(end);
        return heard;
      }
    }
    return this.#isClosed ? 'closed' : undefined;
  }
}

/** A whole C-ECHO as an honest peer does it; milliseconds it took. */
export async function echo(port: number, calling: string): Promise<number> {
  const beganMs = performance.now();
  const raw = await Raw.open(port);
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
