import type { Socket } from 'node:net';
import { type AcknowledgementReading, frame, type MllpEvent, MllpFramer, readAcknowledgement } from '@leadglass/hl7';
import { type Clock, isFault, type Text, type Timer, text } from '@leadglass/kit';
import { secureTransport } from '@leadglass/wire';
import { MOST_ANSWER_CHARACTERS } from '../schedule/schedule-bounds.ts';
import type { ErrandEndedMessage, ErrandMessage, Hl7Work } from '../schedule/schedule-messages.ts';

/** An acknowledgement is a few lines; whoever sends more has another purpose. */
const ANSWER_LIMITS = { messageBytes: 256 * 1024, segmentBytes: 64 * 1024, segments: 1000 };
/** What is read of one connection at all, and how many answers to something else. */
const MOST_BYTES = 1024 * 1024;
const MOST_FOREIGN = 8;
export const HL7_TIMES = {
  /** TLS. */
  secureMs: 10_000,
  /** From the message to its answer, whatever trickles in (STANDARDS §5.1). */
  answerMs: 30_000,
  /** In original mode a receiver that says it keeps the message may say what became of it: that long is waited for it. */
  graceMs: 2_000,
};

type Told = (message: ErrandEndedMessage) => void;
type Answer = NonNullable<ErrandEndedMessage['answer']>;

/** One message to a receiver over MLLP, in the sandbox: sends it on a connection that the keeper made, and reads until it is answered. */
export class MllpCall {
  readonly #message: ErrandMessage & { readonly work: Hl7Work };
  readonly #tell: Told;
  readonly #clock: Clock;
  readonly #framer = new MllpFramer(ANSWER_LIMITS);
  #socket: Socket;
  #isSent = false;
  #isOver = false;
  #bytes = 0;
  #foreign = 0;
  #kept: Answer | undefined;
  #timer: Timer | undefined;

  constructor(message: ErrandMessage & { readonly work: Hl7Work }, socket: Socket, tell: Told, clock: Clock) {
    this.#message = message;
    this.#socket = socket;
    this.#tell = tell;
    this.#clock = clock;
  }

  /** Runs it to its end, which the keeper is told of. Never rejects for what the other side does. */
  async run(): Promise<void> {
    const { target, tls, work } = this.#message;
    try {
      if (tls !== undefined)
        this.#socket = await secureTransport(this.#socket, target, tls, HL7_TIMES.secureMs, this.#clock);
    } catch (thrown) {
      this.#socket.destroy();
      if (!isFault(thrown)) throw thrown;
      return this.#end({ why: thrown.text });
    }
    if (this.#isOver) return void this.#socket.destroy();
    this.#listen();
    if (work.message === '') return this.#end({});
    this.#timer = this.#clock.after(HL7_TIMES.answerMs, () => this.#end({ why: SILENT }));
    this.#isSent = true;
    this.#socket.write(frame(Buffer.from(work.message, 'base64')));
  }

  /** Nobody waits for it any more. */
  drop(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#socket.destroy();
  }

  #listen(): void {
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes));
    this.#socket.on('error', () => this.#closed());
    this.#socket.on('end', () => this.#closed());
    this.#socket.on('close', () => this.#closed());
    this.#socket.resume();
  }

  #read(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#bytes += bytes.byteLength;
    if (this.#bytes > MOST_BYTES) return this.#end({ why: TOO_MUCH });
    for (const event of this.#framer.push(bytes)) {
      this.#heard(event);
      if (this.#isOver) return;
    }
  }

  #heard(event: MllpEvent): void {
    if (event.kind === 'refused') return this.#end({ why: event.why });
    const read = readAcknowledgement(event.bytes);
    if (read?.controlId === this.#message.work.controlId) return this.#answered(read);
    this.#foreign += 1;
    if (this.#foreign >= MOST_FOREIGN) this.#end({ why: OTHER });
  }

  #answered({ code, text: said }: AcknowledgementReading): void {
    const answer = { code, text: shown(said) };
    if (code !== 'CA' || this.#message.work.isEnhanced) return this.#end({ answer });
    this.#kept = answer;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(HL7_TIMES.graceMs, () => this.#end({ answer }));
  }

  #closed(): void {
    if (this.#kept !== undefined) this.#end({ answer: this.#kept });
    else this.#end({ why: this.#foreign > 0 ? OTHER : CUT });
  }

  #end(told: { readonly answer?: Answer; readonly why?: Text }): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer?.cancel();
    const { connection } = this.#message;
    this.#tell({ t: 'errand-ended', connection, isSent: this.#isSent, unread: 0, ...told });
    this.#socket.destroy();
  }
}

/** What a person reads of it: one line, and no more than that. */
function shown(said: string): string {
  return said
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, MOST_ANSWER_CHARACTERS);
}

const SILENT = text('il n’a pas répondu au message à temps', 'it did not answer the message in time');
const TOO_MUCH = text('il répond sans fin', 'it answers without end');
const OTHER = text('il répond à un autre message que le nôtre', 'it answers another message than ours');
const CUT = text('il a coupé la connexion sans répondre', 'it cut the connection without answering');
