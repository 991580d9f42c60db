import type { Text } from '@leadglass/kit';
import { DEFAULT_MLLP_LIMITS, type MllpLimits } from './limits.ts';
import { WHY } from './why.ts';

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
const LF = 0x0a;

/** What a stream gave: a message (a copy of its own), or why nothing more is read from it; the connection is then to be closed. */
export type MllpEvent =
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly why: Text };

/** Between two messages · in a message · after its FS · refused, reading nothing. */
export const MLLP_STATES = ['between', 'message', 'ending', 'refused'] as const;
export type MllpState = (typeof MLLP_STATES)[number];

/** The bytes that mean something; all others are `octet`. */
export const BYTE_CLASSES = ['VT', 'FS', 'CR', 'LF', 'octet'] as const;
export type ByteClass = (typeof BYTE_CLASSES)[number];

/** What is done with a byte. */
export type MllpAction = 'begin' | 'keep' | 'segment' | 'finish' | 'deliver' | 'ignore' | keyof typeof REFUSALS;

/** Why a byte ends the stream. */
const REFUSALS = { stray: WHY.beforeStart, nested: WHY.startInside, broken: WHY.brokenEnd } as const;

/** The state each action leads to. */
export const NEXT_STATE: Readonly<Record<MllpAction, MllpState>> = {
  begin: 'message',
  keep: 'message',
  segment: 'message',
  finish: 'ending',
  deliver: 'between',
  ignore: 'refused',
  stray: 'refused',
  nested: 'refused',
  broken: 'refused',
};

/** MLLP release 1: `VT message FS CR`, and nothing between two of them. */
// biome-ignore format: printed as a table
export const MLLP_TABLE: Readonly<Record<MllpState, Readonly<Record<ByteClass, MllpAction>>>> = {
  //          VT              FS              CR               LF               octet
  between: { VT: 'begin',  FS: 'stray',  CR: 'stray',   LF: 'stray',   octet: 'stray'  },
  message: { VT: 'nested', FS: 'finish', CR: 'segment', LF: 'segment', octet: 'keep'   },
  ending:  { VT: 'broken', FS: 'broken', CR: 'deliver', LF: 'broken',  octet: 'broken' },
  refused: { VT: 'ignore', FS: 'ignore', CR: 'ignore',  LF: 'ignore',  octet: 'ignore' },
};

const NO_BYTES = new Uint8Array(0);
const FIRST_BYTES = 4096;

/**
 * Cuts a byte stream into HL7 messages, whatever the pieces. Memory: one message, in a buffer that begins small, doubles, and is never over the
 * limit; no byte is copied more than a few times.
 */
export class MllpFramer {
  readonly #limits: MllpLimits;
  #state: MllpState = 'between';
  /** What came of the message in earlier pieces; `#held` bytes of it count. */
  #buffer: Uint8Array = NO_BYTES;
  #held = 0;
  /** Where the message goes on in the piece at hand. */
  #from = 0;
  #messageBytes = 0;
  #segmentBytes = 0;
  #segments = 0;
  #finished: Uint8Array = NO_BYTES;
  #events: MllpEvent[] = [];

  constructor(limits: MllpLimits = DEFAULT_MLLP_LIMITS) {
    this.#limits = limits;
  }

  /** Takes the next bytes of the connection; result: what they complete, in order. After a `refused` there is nothing more. */
  push(bytes: Uint8Array): readonly MllpEvent[] {
    this.#events = [];
    this.#from = 0;
    for (let at = 0; at < bytes.byteLength; at += 1) {
      if (this.#state === 'message') at = this.#octets(bytes, at);
      if (at < bytes.byteLength) this.#byte(bytes, at);
      if (this.#state === 'refused') break;
    }
    if (this.#state === 'message') this.#hold(bytes, bytes.byteLength);
    return this.#events;
  }

  /** The connection ended. Result: a `refused` where that was within a message. */
  end(): readonly MllpEvent[] {
    this.#events = [];
    if (this.#state === 'message' || this.#state === 'ending') this.#refuse(WHY.truncated);
    return this.#events;
  }

  /** Passes over the bytes of a message that mean nothing to the framing. Result: where one does, or the end. */
  #octets(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.byteLength && isOctet(bytes[at] as number)) at += 1;
    this.#count(at - from);
    return at;
  }

  /** Counts bytes of a segment; of two limits the one that is reached first is told, so that pieces make no difference. */
  #count(bytes: number): void {
    const { segmentBytes, messageBytes } = this.#limits;
    const segmentRoom = segmentBytes - this.#segmentBytes;
    const messageRoom = messageBytes - this.#messageBytes;
    this.#segmentBytes += bytes;
    this.#messageBytes += bytes;
    if (bytes > Math.min(segmentRoom, messageRoom))
      this.#refuse(messageRoom < segmentRoom ? WHY.messageTooLong(messageBytes) : WHY.segmentTooLong(segmentBytes));
  }

  #byte(bytes: Uint8Array, at: number): void {
    if (this.#state === 'refused') return;
    const action = MLLP_TABLE[this.#state][classOf(bytes[at] as number)];
    this.#state = NEXT_STATE[action];
    switch (action) {
      case 'begin':
        return this.#begin(at);
      case 'segment':
        return this.#segment();
      case 'finish':
        return this.#finish(bytes, at);
      case 'deliver':
        return this.#deliver();
      case 'keep':
      case 'ignore':
        return;
      default:
        return this.#refuse(REFUSALS[action]);
    }
  }

  #begin(at: number): void {
    this.#from = at + 1;
    this.#held = 0;
    this.#messageBytes = 0;
    this.#segmentBytes = 0;
    this.#segments = 0;
  }

  #segment(): void {
    const { messageBytes, segments } = this.#limits;
    if (this.#segmentBytes > 0) this.#segments += 1;
    this.#segmentBytes = 0;
    this.#messageBytes += 1;
    if (this.#messageBytes > messageBytes) this.#refuse(WHY.messageTooLong(messageBytes));
    else if (this.#segments > segments) this.#refuse(WHY.tooManySegments(segments));
  }

  #finish(bytes: Uint8Array, at: number): void {
    if (this.#held === 0) {
      this.#finished = new Uint8Array(bytes.subarray(this.#from, at));
      return;
    }
    this.#hold(bytes, at);
    this.#finished = this.#buffer.slice(0, this.#held);
    this.#forget();
  }

  #deliver(): void {
    this.#events.push({ kind: 'message', bytes: this.#finished });
    this.#finished = NO_BYTES;
  }

  /** Keeps what of the message lies in this piece up to `end`; it has been counted. */
  #hold(bytes: Uint8Array, end: number): void {
    const piece = bytes.subarray(this.#from, end);
    const needed = this.#held + piece.byteLength;
    if (needed > this.#buffer.byteLength) this.#grow(needed);
    this.#buffer.set(piece, this.#held);
    this.#held = needed;
  }

  #grow(needed: number): void {
    const doubled = Math.max(needed, 2 * this.#buffer.byteLength, FIRST_BYTES);
    const larger = new Uint8Array(Math.min(doubled, this.#limits.messageBytes));
    larger.set(this.#buffer.subarray(0, this.#held));
    this.#buffer = larger;
  }

  #refuse(why: Text): void {
    this.#state = 'refused';
    this.#finished = NO_BYTES;
    this.#forget();
    this.#events.push({ kind: 'refused', why });
  }

  #forget(): void {
    this.#buffer = NO_BYTES;
    this.#held = 0;
  }
}

function isOctet(byte: number): boolean {
  return byte > FS || (byte !== VT && byte !== FS && byte !== CR && byte !== LF);
}

function classOf(byte: number): ByteClass {
  switch (byte) {
    case VT:
      return 'VT';
    case FS:
      return 'FS';
    case CR:
      return 'CR';
    case LF:
      return 'LF';
    default:
      return 'octet';
  }
}

/** A message between `VT` and `FS CR`. */
export function frame(message: Uint8Array): Uint8Array {
  const framed = new Uint8Array(message.byteLength + 3);
  framed[0] = VT;
  framed.set(message, 1);
  framed[message.byteLength + 1] = FS;
  framed[message.byteLength + 2] = CR;
  return framed;
}
