// A C-STORE sender that is never the limit: objects are encoded whole before the clock starts, one write each.
// Child process of main.ts: takes its orders as one JSON argument, prints one JSON line.

import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  cStoreRq,
  decodeCommand,
  decodePdu,
  encodeCommand,
  encodePdu,
  PDATA_HEADER_BYTES,
  requestOf,
  writePDataHeader,
} from '@leadglass/dimse';
import { type MadeObject, makeObject, renumber, SHAPES, type Shape } from '../objects.ts';

/** What one run is to do. */
export interface BlastOrder {
  readonly port: number;
  readonly called: string;
  readonly calling: string;
  readonly shape: Shape;
  readonly objects: number;
  readonly associations: number;
  /** PEM files; absent for plain TCP. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** What it measured. Latency: from the write of an object's last byte to its response, milliseconds. */
export interface BlastResult {
  readonly seconds: number;
  readonly bytes: number;
  readonly stored: number;
  readonly refused: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
}

const EXPLICIT_LE = '1.2.840.10008.1.2.1';
const CONTEXT_ID = 1;
const DEFAULT_MAXIMUM = 16_384;
const LARGEST_PDU = 131_072;
/** Distinct objects kept in memory; each is renumbered in place before it is sent again. */
const TEMPLATES = 16;

/** The P-DATA-TF PDUs of one message, as one buffer, and where the instance UIDs stand in it. */
interface Encoded {
  readonly bytes: Buffer;
  readonly uidAt: readonly number[];
  object: MadeObject;
}

function pdus(isCommand: boolean, value: Uint8Array, maximum: number): Buffer[] {
  const parts: Buffer[] = [];
  const fragment = maximum - 6;
  for (let at = 0; at < value.length; at += fragment) {
    const piece = value.subarray(at, at + fragment);
    const head = Buffer.alloc(PDATA_HEADER_BYTES);
    writePDataHeader(head, CONTEXT_ID, isCommand, at + fragment >= value.length, piece.length);
    parts.push(head, Buffer.from(piece.buffer, piece.byteOffset, piece.length));
  }
  return parts;
}

function encode(object: MadeObject, messageId: number, maximum: number): Encoded {
  const command = encodeCommand(
    cStoreRq({
      messageId,
      affectedSopClassUid: object.sopClassUid,
      affectedSopInstanceUid: object.sopInstanceUid,
      priority: 0,
    }),
  );
  const bytes = Buffer.concat([...pdus(true, command, maximum), ...pdus(false, object.dataSet, maximum)]);
  const uidAt: number[] = [];
  for (
    let at = bytes.indexOf(object.sopInstanceUid, 0, 'latin1');
    at >= 0;
    at = bytes.indexOf(object.sopInstanceUid, at + 1, 'latin1')
  )
    uidAt.push(at);
  if (uidAt.length !== 2) throw new Error('an instance UID stands twice in its message, uncut');
  return { bytes, uidAt, object };
}

function again(encoded: Encoded): Buffer {
  encoded.object = renumber(encoded.object);
  for (const at of encoded.uidAt) encoded.bytes.write(encoded.object.sopInstanceUid, at, 'latin1');
  return encoded.bytes;
}

/** One association, sending as fast as it is answered. */
class Sender {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: ((pdu: Buffer) => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next whole PDU. */
  next(): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#take(Buffer.alloc(0));
    });
  }

  end(): void {
    this.#socket.end();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    if (this.#received.length < 6 || this.#waiting === undefined) return;
    const bytes = 6 + this.#received.readUInt32BE(2);
    if (this.#received.length < bytes) return;
    const pdu = this.#received.subarray(0, bytes);
    this.#received = this.#received.subarray(bytes);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting(pdu);
  }
}

async function open(order: BlastOrder): Promise<{ sender: Sender; maximum: number }> {
  const { port, tls } = order;
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opened =
      tls === undefined
        ? connectTcp({ port, host: '127.0.0.1' }, () => resolve(opened))
        : connectTls(
            {
              port,
              host: '127.0.0.1',
              cert: readFileSync(tls.cert),
              key: readFileSync(tls.key),
              rejectUnauthorized: false,
            },
            () => resolve(opened),
          );
    opened.once('error', reject);
  });
  const sender = new Sender(socket);
  const implementation = { implementationClassUid: '1.2.826.0.1', implementationVersionName: 'BLAST' };
  const contexts = [{ abstractSyntax: SHAPES[order.shape].sopClassUid, transferSyntaxes: [EXPLICIT_LE] }];
  sender.write(
    encodePdu({
      type: 'A-ASSOCIATE-RQ',
      value: requestOf({ ...implementation, called: order.called, calling: order.calling, contexts }),
    }),
  );
  const answer = decodePdu(await sender.next());
  if (!answer.ok || answer.value.type !== 'A-ASSOCIATE-AC')
    throw new Error('the receiver did not accept the association');
  const announced = answer.value.value.user.maximumLength;
  return { sender, maximum: Math.min(announced === 0 ? DEFAULT_MAXIMUM : announced, LARGEST_PDU) };
}

function statusOf(pdu: Buffer): number {
  const decoded = decodeCommand(pdu.subarray(PDATA_HEADER_BYTES));
  if (!decoded.ok) throw new Error('the response cannot be read');
  return decoded.command.status;
}

async function run(order: BlastOrder): Promise<BlastResult> {
  const opened = await Promise.all(Array.from({ length: order.associations }, () => open(order)));
  const lanes = opened.map(({ sender, maximum }) => ({
    sender,
    messages: Array.from({ length: Math.ceil(TEMPLATES / order.associations) }, (_, i) =>
      encode(makeObject(order.shape), i + 1, maximum),
    ),
  }));
  const latencies: number[] = [];
  let [left, bytes, stored, refused] = [order.objects, 0, 0, 0];
  const beganMs = performance.now();
  await Promise.all(
    lanes.map(async ({ sender, messages }) => {
      for (let i = 0; left > 0; i++) {
        left -= 1;
        const message = messages[i % messages.length] as Encoded;
        const response = sender.next();
        const sentMs = performance.now();
        sender.write(again(message));
        const status = statusOf(await response);
        latencies.push(performance.now() - sentMs);
        bytes += message.object.dataSet.length;
        if (status === 0) stored += 1;
        else refused += 1;
      }
    }),
  );
  const seconds = (performance.now() - beganMs) / 1000;
  for (const { sender } of lanes) {
    sender.write(encodePdu({ type: 'A-RELEASE-RQ' }));
    await sender.next();
    sender.end();
  }
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { seconds, bytes, stored, refused, latencyMs: { p50: at(0.5), p99: at(0.99) } };
}

if (process.argv[1] === import.meta.filename) {
  const result = await run(JSON.parse(process.argv[2] ?? '{}') as BlastOrder);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
