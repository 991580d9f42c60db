import type { Readable } from 'node:stream';

// What the copying worker writes: one byte of kind, four of length (big endian), and the payload. A pipe and not messages, because objects
// are large and a full pipe is what slows the worker down.

/** Kinds of frames. `alive`: nothing to send yet, but working. */
export const FRAME = { object: 1, bytes: 2, end: 3, done: 4, alive: 5 } as const;

/** Longest payload a worker may send. */
export const MOST_FRAME_BYTES = 1024 * 1024;
const HEAD_BYTES = 5;

export interface Frame {
  readonly kind: number;
  readonly payload: Buffer;
}

/** The five bytes before a payload. */
export function frameHead(kind: number, length: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(length, 1);
  return head;
}

/** Frames as they come. Ends with the stream; throws RangeError at what is no frame: whoever has taken over a worker may write anything. */
export async function* framesOf(stream: Readable): AsyncGenerator<Frame> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    held = held.length === 0 ? (chunk as Buffer) : Buffer.concat([held, chunk as Buffer]);
    for (let frame = firstOf(held); frame !== undefined; frame = firstOf(held)) {
      held = held.subarray(HEAD_BYTES + frame.payload.length);
      yield frame;
    }
  }
  if (held.length > 0) throw new RangeError('the stream ends inside a frame');
}

function firstOf(held: Buffer): Frame | undefined {
  if (held.length < HEAD_BYTES) return undefined;
  const length = held.readUInt32BE(1);
  if (length > MOST_FRAME_BYTES) throw new RangeError('a frame is too long');
  if (held.length < HEAD_BYTES + length) return undefined;
  return { kind: held.readUInt8(0), payload: held.subarray(HEAD_BYTES, HEAD_BYTES + length) };
}
