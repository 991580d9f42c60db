import { acknowledge, answersWanted, frame, type HeaderReading, MllpFramer, type Problem } from '@leadglass/hl7';
import { type Text, text } from '@leadglass/kit';
import type { FeedAnswer, FeedForIntake, ToldMessage } from './feed-messages.ts';
import { understand } from './read-message.ts';

/** Messages of a connection that wait for their answer: beyond it nothing more is read. */
const MOST_WAITING = 16;
const RESUME_AT = 8;

/** What a session needs of the process it runs in. */
export interface SessionServices {
  readonly now: () => number;
  tell(message: ToldMessage): void;
  refused(connection: number, why: Text): void;
  /** Bytes held for the session changed by so many. */
  held(bytes: number): void;
  /** A number for an acknowledgement that no other has. */
  controlId(): string;
}

/** The socket as a session uses it. */
export interface SessionSocket {
  write(bytes: Uint8Array): unknown;
  pause(): unknown;
  resume(): unknown;
  end(): unknown;
  destroy(): unknown;
}

/** A message and what it is answered with, once that is known. */
interface Slot {
  readonly seq: number;
  readonly header: HeaderReading | undefined;
  readonly bytes: number;
  answer?: { readonly code: FeedAnswer['code']; readonly problems: readonly Problem[] };
}

/** One MLLP connection: messages are answered in the order in which they came, each once the keeper has it. */
export class MllpSession {
  readonly #id: number;
  readonly #socket: SessionSocket;
  readonly #services: SessionServices;
  readonly #framer = new MllpFramer();
  readonly #slots: Slot[] = [];
  #feeds: readonly FeedForIntake[] = [];
  #own = { application: '', facility: '' };
  #nextSeq = 0;
  #partialBytes = 0;
  #isPaused = false;
  #isEnding = false;
  /** When the last byte came, and the first of a message that is not whole. */
  lastByteMs: number;
  #messageSinceMs = 0;

  constructor(id: number, socket: SessionSocket, services: SessionServices) {
    this.#id = id;
    this.#socket = socket;
    this.#services = services;
    this.lastByteMs = services.now();
  }

  /** Bytes of a message that is not whole. */
  get partialBytes(): number {
    return this.#partialBytes;
  }

  /** Since when a message has been coming in; undefined between two. */
  get messageSinceMs(): number | undefined {
    return this.#partialBytes === 0 ? undefined : this.#messageSinceMs;
  }

  get waiting(): number {
    return this.#slots.length;
  }

  admitted(feeds: readonly FeedForIntake[], own: { readonly application: string; readonly facility: string }): void {
    this.#feeds = feeds;
    this.#own = own;
    this.#socket.resume();
  }

  /** Takes what came; why the connection is to end, or undefined. */
  bytes(chunk: Uint8Array): Text | undefined {
    if (this.#isEnding) return undefined;
    this.lastByteMs = this.#services.now();
    if (this.#partialBytes === 0) this.#messageSinceMs = this.lastByteMs;
    this.#hold(chunk.length);
    for (const event of this.#framer.push(chunk)) {
      if (event.kind === 'refused') return event.why;
      this.#message(event.bytes);
    }
    this.#measure();
    return undefined;
  }

  /** Nothing more is read; what waits is answered first. */
  drain(): void {
    this.#isEnding = true;
    this.#socket.pause();
    this.#endWhenAnswered();
  }

  /** The connection is gone: what it held is free. */
  close(): void {
    this.#isEnding = true;
    this.#services.held(-this.#partialBytes - this.#slots.reduce((sum, { bytes }) => sum + bytes, 0));
    this.#partialBytes = 0;
    this.#slots.length = 0;
  }

  answered({ seq, code, error }: FeedAnswer): void {
    const slot = this.#slots.find((each) => each.seq === seq);
    if (slot === undefined) return;
    const problems = error === undefined ? [] : [{ ...error, place: 'MSH', isFatal: true }];
    slot.answer = { code, problems };
    this.#flush();
  }

  #hold(bytes: number): void {
    this.#partialBytes += bytes;
    this.#services.held(bytes);
  }

  // A chunk that ended messages leaves at most its own tail in the framer.
  #measure(): void {
    if (this.#slots.length < MOST_WAITING || this.#isPaused) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  #message(bytes: Uint8Array): void {
    // What was held as a part is held as a message from now on; the frame and what follows are a few bytes.
    this.#services.held(bytes.length - this.#partialBytes);
    this.#partialBytes = 0;
    const seq = this.#nextSeq++;
    const feed = this.#feeds[0];
    const { header, problems, told } = understand(bytes, feed?.charset ?? 'windows-1252');
    const slot: Slot = { seq, header, bytes: bytes.length };
    this.#slots.push(slot);
    const sender = header === undefined ? undefined : this.#feeds.find((each) => isOf(each, header));
    if (told === undefined) return this.#refuse(slot, problems, UNREADABLE);
    if (sender === undefined) return this.#refuse(slot, [NOT_EXPECTED], NOT_EXPECTED.why);
    const { name, charset } = sender;
    // The charset of the first feed was a guess: another may read other characters.
    const again = charset === feed?.charset ? told : (understand(bytes, charset).told ?? told);
    this.#services.tell({
      ...{ ...again, connection: this.#id, seq, feed: name },
      message: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    });
  }

  #refuse(slot: Slot, problems: readonly Problem[], why: Text): void {
    slot.answer = { code: 'AE', problems };
    this.#services.refused(this.#id, why);
    this.#flush();
  }

  #flush(): void {
    const answers: Uint8Array[] = [];
    for (let slot = this.#slots[0]; slot?.answer !== undefined; slot = this.#slots[0]) {
      this.#slots.shift();
      this.#services.held(-slot.bytes);
      answers.push(...this.#acknowledgements(slot.header, slot.answer));
    }
    if (answers.length > 0) this.#socket.write(Buffer.concat(answers));
    if (this.#isPaused && !this.#isEnding && this.#slots.length <= RESUME_AT) {
      this.#isPaused = false;
      this.#socket.resume();
    }
    this.#endWhenAnswered();
  }

  #endWhenAnswered(): void {
    if (this.#isEnding && this.#slots.length === 0) this.#socket.end();
  }

  #acknowledgements(header: HeaderReading | undefined, answer: NonNullable<Slot['answer']>): readonly Uint8Array[] {
    return answersWanted(header, answer.code).map((level) => {
      const own = { ...this.#own, sentAt: hl7Time(this.#services.now()), controlId: this.#services.controlId() };
      return frame(acknowledge(header, answer, own, level));
    });
  }
}

function isOf(
  { application, facility }: FeedForIntake,
  { sendingApplication, sendingFacility }: HeaderReading,
): boolean {
  if (application !== undefined && application !== sendingApplication) return false;
  return facility === undefined || facility === sendingFacility;
}

/** `YYYYMMDDHHMMSS+0000`. */
export function hl7Time(ms: number): string {
  return `${new Date(ms).toISOString().replace(/[-:T]|\.\d+Z$/g, '')}+0000`;
}

const UNREADABLE = text('un message sans en-tête lisible (MSH)', 'a message without a readable header (MSH)');
const NOT_EXPECTED: Problem = {
  ...{ code: 207, place: 'MSH-3', isFatal: true },
  why: text(
    'cet émetteur (MSH-3, MSH-4) n’est pas celui qui est attendu de cette adresse',
    'this sender (MSH-3, MSH-4) is not the one expected from this address',
  ),
};
