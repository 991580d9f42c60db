import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

/** PDU types of PS3.8 §9.3, written out here anew: an attack cannot be made by a codec that only makes what is right, nor judged by it. */
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
export const IMPLICIT_LE = '1.2.840.10008.1.2';
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

/** AE titles of a caller and of whom it calls. */
export interface Titles {
  readonly calling: string;
  readonly called: string;
}

/** Titles of the proving suites. */
const PROVER: Titles = { calling: 'PROVER', called: 'LEADGLASS' };

export interface Request extends Partial<Titles> {
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
  const { version = 1, applicationContext = APPLICATION_CONTEXT, proposals = PROPOSALS } = request;
  const { calling, called } = { ...PROVER, ...request };
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

const FRAGMENT_BYTES = 16_000;

/** P-DATA-TFs of a whole data set. */
export function dataPdus(contextId: number, dataSet: Buffer): Buffer[] {
  const pdus: Buffer[] = [];
  for (let at = 0; at === 0 || at < dataSet.length; at += FRAGMENT_BYTES) {
    const isLast = at + FRAGMENT_BYTES >= dataSet.length;
    pdus.push(pData(contextId, isLast ? 2 : 0, dataSet.subarray(at, at + FRAGMENT_BYTES)));
  }
  return pdus;
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

/** An element of group 0000 in a response, undefined when there is none. */
function commandValue(heard: Heard, element: number): Buffer | undefined {
  if (heard === 'closed' || heard.type !== PDU.pData) return undefined;
  const body = heard.body.subarray(6);
  for (let at = 0; at + 8 <= body.length; at += 8 + body.readUInt32LE(at + 4)) {
    if (body.readUInt16LE(at) !== 0 || body.readUInt16LE(at + 2) !== element) continue;
    return body.subarray(at + 8, at + 8 + body.readUInt32LE(at + 4));
  }
  return undefined;
}

/** Status (0000,0900) of a response. */
export function statusOf(heard: Heard): number | undefined {
  const value = commandValue(heard, 0x0900);
  return value === undefined || value.length < 2 ? undefined : value.readUInt16LE(0);
}

/** Error Comment (0000,0902) of a response; empty when it has none. */
export function commentOf(heard: Heard): string {
  return (commandValue(heard, 0x0902) ?? Buffer.alloc(0)).toString('latin1').trim();
}

const FIRST_ITEM = 68;
const CONTEXT_RESULT_ITEM = 0x21;

/** Result (PS3.8 Table 9-18) of the first presentation context of an A-ASSOCIATE-AC; undefined when it tells none. */
export function contextResultOf(heard: Heard): number | undefined {
  if (heard === 'closed' || heard.type !== PDU.associateAc) return undefined;
  const { body } = heard;
  for (let at = FIRST_ITEM; at + 8 <= body.length; at += 4 + body.readUInt16BE(at + 2))
    if (body[at] === CONTEXT_RESULT_ITEM) return body[at + 6];
  return undefined;
}

/** Where to connect, from where and as whom. */
export interface RawOptions {
  /** Source address: in the proving suites each attack has its own, and is found by it in the log. Default: as the system chooses. */
  readonly from?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly titles?: Titles;
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
    const { host = '127.0.0.1', from, titles = PROVER, tls } = options;
    const target = { host, port, ...(from === undefined ? {} : { localAddress: from }) };
    const socket = tls === undefined ? connect(target) : connectTls({ ...target, ...tls });
    await once(socket, tls === undefined ? 'connect' : 'secureConnect');
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
