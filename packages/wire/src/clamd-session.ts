import type { Socket } from 'node:net';
import type { Clock, Timer } from '@leadglass/kit';
import { type ClamdAnswer, ClamdAnswers } from './clamd-answer.ts';

/** Why a stream was not looked at to its end. `refused`: clamd answered that it could not. */
export type Unlooked = 'too-large' | 'behind' | 'slow' | 'refused' | 'unavailable';

/** What clamd says of one stream of bytes. `name`: of the signature, printable ASCII, at most 80 characters. */
export type StreamOutcome =
  | { readonly kind: 'clean' }
  | { readonly kind: 'found'; readonly name: string }
  | { readonly kind: 'unfinished'; readonly why: Unlooked };

/** The words with which a session begins: inside one, clamd takes no SHUTDOWN and no RELOAD (clamd(8), IDSESSION). */
export const SESSION_BEGIN: Uint8Array = Buffer.from('zIDSESSION\0');
const STREAM_END = Buffer.alloc(4);
/** Of a chunk: its length, which the session fills in. */
export const CHUNK_HEAD_BYTES = 4;
const MOST_NAME = 80;

type Said = ClamdAnswer['said'];

/** A command on its way to its answer: undefined when the session ends first. */
interface Command {
  readonly answer: Promise<Said | 'slow' | undefined>;
  readonly settle: (said: Said | 'slow' | undefined) => void;
  timer: Timer | undefined;
}

/**
 * One connection with clamd, its session begun by whoever connected: streams one after the other, the next before the last is answered.
 * It ends for good at the first thing that is not as it should be; every stream that waits for its answer is then unfinished.
 */
export class ClamdSession {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #ended: (session: ClamdSession, isTrouble: boolean) => void;
  readonly #open = new Map<number, Command>();
  #commands = 0;
  #isSending = false;
  /** clamd has refused the stream under way, and closes the session next. */
  #isSpent = false;
  #isOver = false;

  /** @param socket connected, SESSION_BEGIN written, nothing read from it. @param ended called once; `isTrouble` when clamd did what it does not do on a good day. */
  constructor(socket: Socket, clock: Clock, ended: (session: ClamdSession, isTrouble: boolean) => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#ended = ended;
    const answers = new ClamdAnswers((answer) => this.#heard(answer));
    socket.on('data', (bytes: Buffer) => {
      if (this.#isOver) return;
      answers.push(bytes);
      // With nothing asked it says, unnumbered, that it has waited long enough, and closes: no trouble.
      if (answers.isNonsense) this.#end(this.#open.size > 0);
    });
    socket.resume(); // it comes paused
    socket.on('error', () => {});
    for (const event of ['end', 'close']) socket.once(event, () => this.#end(this.#open.size > 0 && !this.#isSpent));
    if (socket.destroyed) queueMicrotask(() => this.#end(true));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether a stream is being sent, or none can be any more. */
  get isTaken(): boolean {
    return this.#isSending || this.#isSpent || this.#isOver;
  }

  /** Streams and questions sent and not answered. */
  get unanswered(): number {
    return this.#open.size;
  }

  /** Bytes that wait for clamd to take them. */
  get waitingBytes(): number {
    return this.#isOver ? 0 : this.#socket.writableLength;
  }

  /** Begins a stream. Only while the session is not taken. */
  begin(): void {
    this.#command('INSTREAM');
    this.#isSending = true;
  }

  /** Sends one chunk. @param chunk begins with CHUNK_HEAD_BYTES that are filled in here; owned by the session from now on. */
  send(chunk: Buffer): void {
    if (this.#isOver || this.#isSpent) return;
    chunk.writeUInt32BE(chunk.length - CHUNK_HEAD_BYTES);
    this.#socket.write(chunk);
  }

  /** Ends the stream and tells what clamd says of it, within `ms`. Never rejects. */
  async finish(ms: number): Promise<StreamOutcome> {
    const command = this.#open.get(this.#commands);
    this.#isSending = false;
    if (!this.#isOver && !this.#isSpent) this.#socket.write(STREAM_END);
    if (command === undefined) return this.#isSpent ? TOO_LARGE : UNAVAILABLE;
    return outcomeOf(await this.#answered(command, ms));
  }

  /** Asks a command of one word, outside any stream. @returns clamd's words; undefined when it says nothing of the kind within `ms`. */
  async ask(word: 'VERSION' | 'PING', ms: number): Promise<string | undefined> {
    if (this.isTaken) return undefined;
    const said = await this.#answered(this.#command(word), ms);
    return said !== undefined && said !== 'slow' && said.kind === 'text' ? said.text : undefined;
  }

  /** Ends it at once: a stream under way is thus taken back. */
  end(): void {
    this.#end(false);
  }

  #command(word: string): Command {
    const { promise: answer, resolve: settle } = Promise.withResolvers<Said | 'slow' | undefined>();
    const command: Command = { answer, settle, timer: undefined };
    this.#commands += 1;
    this.#open.set(this.#commands, command);
    this.#socket.write(`z${word}\0`);
    return command;
  }

  #answered(command: Command, ms: number): Promise<Said | 'slow' | undefined> {
    command.timer = this.#clock.after(ms, () => {
      command.settle('slow');
      this.#end(true);
    });
    return command.answer;
  }

  #heard({ command: number, said }: ClamdAnswer): void {
    const command = this.#open.get(number);
    if (command === undefined) return this.#end(true);
    const isUnderway = this.#isSending && number === this.#commands;
    // Before its end a stream can only be refused; clamd takes no more of it then, and closes.
    if (isUnderway && said.kind !== 'limit' && said.kind !== 'error') return this.#end(true);
    if (said.kind === 'limit' || said.kind === 'error') this.#isSpent = true;
    this.#open.delete(number);
    command.timer?.cancel();
    command.settle(said);
  }

  #end(isTrouble: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.destroy();
    for (const command of this.#open.values()) {
      command.timer?.cancel();
      command.settle(undefined);
    }
    this.#open.clear();
    this.#ended(this, isTrouble);
  }
}

/** Nobody has looked, and nobody will. */
export const UNAVAILABLE: StreamOutcome = { kind: 'unfinished', why: 'unavailable' };
const TOO_LARGE: StreamOutcome = { kind: 'unfinished', why: 'too-large' };

function outcomeOf(said: Said | 'slow' | undefined): StreamOutcome {
  if (said === undefined) return UNAVAILABLE;
  if (said === 'slow') return { kind: 'unfinished', why: 'slow' };
  switch (said.kind) {
    case 'ok':
      return { kind: 'clean' };
    case 'found':
      return { kind: 'found', name: printableName(said.name) };
    case 'limit':
      return TOO_LARGE;
    case 'error':
    case 'text':
      return { kind: 'unfinished', why: 'refused' };
  }
}

/** A signature's name as it may be shown: letters, digits and a few signs. */
function printableName(name: string): string {
  return name.slice(0, MOST_NAME).replace(/[^A-Za-z0-9._:/+()-]/g, '_');
}
