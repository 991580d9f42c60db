import type { Socket } from 'node:net';
import type { Clock, Timer } from '@leadglass/kit';
import { CHUNK_HEAD_BYTES, ClamdSession, type StreamOutcome, type Unlooked } from './clamd-session.ts';

/** Bounds of what one process asks of clamd. */
export interface ClamdLimits {
  /** Longest stream clamd is shown; not above its own StreamMaxLength. */
  readonly maxStreamBytes: number;
  /** For clamd's answer, from the end of a stream. */
  readonly answerMs: number;
  /** For a session to be had, when all are taken. */
  readonly sessionMs: number;
  /** An unused session is ended: clamd does the same after a while, and says so as if it were trouble. */
  readonly idleMs: number;
  readonly mostSessions: number;
  /** What may wait for clamd in our memory: of one stream, and of all. Past it the stream is given up and nobody is slowed down. */
  readonly mostWaitingBytes: number;
  readonly mostWaitingBytesInAll: number;
}

export const DEFAULT_CLAMD_LIMITS: ClamdLimits = {
  maxStreamBytes: 100 * 1024 * 1024,
  answerMs: 10_000,
  sessionMs: 2_000,
  idleMs: 15_000,
  mostSessions: 16,
  mostWaitingBytes: 8 * 1024 * 1024,
  mostWaitingBytesInAll: 32 * 1024 * 1024,
};

/** How a pool comes by its sessions, and who hears of trouble. */
export interface ClamdSource {
  /** One more session is wanted: `add` or `refuse` is to be called. */
  want(): void;
  /** clamd did not do what it does on a good day; whoever watches over it should look. */
  trouble(): void;
}

const FIRST_CHUNK_BYTES = 4 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * Streams for clamd, over as many sessions as are needed and no more: every stream has an outcome, in bounded memory and time. A session
 * serves one stream at a time, its answer included: a stream is taken back by ending its session, which must cost no other its answer.
 */
export class ClamdPool {
  readonly limits: ClamdLimits;
  readonly #source: ClamdSource;
  readonly #clock: Clock;
  readonly #sessions = new Map<ClamdSession, Timer | undefined>();
  readonly #streams = new Set<ClamdStream>();
  /** Streams without a session, the first come first. */
  readonly #queue: ClamdStream[] = [];
  #wanted = 0;
  #isUp = true;

  constructor(limits: ClamdLimits, source: ClamdSource, clock: Clock) {
    this.limits = limits;
    this.#source = source;
    this.#clock = clock;
  }

  /** Sessions at hand. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** Bytes that wait for clamd, in all. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const session of this.#sessions.keys()) bytes += session.waitingBytes;
    for (const stream of this.#queue) bytes += stream.waitingBytes;
    return bytes;
  }

  /** Begins a stream. Its bytes are copied; it never slows down who writes. */
  open(): ClamdStream {
    const stream = new ClamdStream(this, this.#clock);
    this.#streams.add(stream);
    if (this.#isUp) this.#place(stream);
    else stream.lost('unavailable');
    return stream;
  }

  /** A session that was wanted. @param socket connected, SESSION_BEGIN written. */
  add(socket: Socket): void {
    this.#wanted = Math.max(0, this.#wanted - 1);
    const session = new ClamdSession(socket, this.#clock, (ended, isTrouble) => this.#ended(ended, isTrouble));
    this.#sessions.set(session, undefined);
    this.freed(session);
  }

  /** A session that was wanted cannot be had. */
  refuse(): void {
    this.#wanted = Math.max(0, this.#wanted - 1);
    // Those that others still come for wait on.
    if (this.#wanted > 0 || this.#sessions.size > 0) return;
    for (const stream of this.#queue.splice(0)) stream.lost('unavailable');
  }

  /** Whether clamd is known to work: while it is not, streams are unfinished at once, those under way too. */
  setUp(isUp: boolean): void {
    this.#isUp = isUp;
    if (!isUp) this.end();
  }

  /** Ends every session and stream. */
  end(): void {
    for (const stream of [...this.#streams]) stream.lost('unavailable');
    for (const session of [...this.#sessions.keys()]) session.end();
    this.#queue.length = 0;
  }

  /** @internal of ClamdStream: its session may serve another. */
  freed(session: ClamdSession): void {
    if (!this.#sessions.has(session) || !isFree(session)) return;
    const next = this.#queue.shift();
    if (next !== undefined) return next.begin(session);
    this.#sessions.get(session)?.cancel();
    this.#sessions.set(
      session,
      this.#clock.after(this.limits.idleMs, () => session.end()),
    );
  }

  /** @internal of ClamdStream: it is over, one way or another. */
  over(stream: ClamdStream): void {
    this.#streams.delete(stream);
    const at = this.#queue.indexOf(stream);
    if (at >= 0) this.#queue.splice(at, 1);
  }

  #place(stream: ClamdStream): void {
    const session = [...this.#sessions.keys()].find(isFree);
    if (session !== undefined) {
      this.#sessions.get(session)?.cancel();
      this.#sessions.set(session, undefined);
      return stream.begin(session);
    }
    this.#queue.push(stream);
    this.#ask();
  }

  #ask(): void {
    if (this.#sessions.size + this.#wanted >= this.limits.mostSessions || this.#wanted >= this.#queue.length) return;
    this.#wanted += 1;
    this.#source.want();
  }

  #ended(session: ClamdSession, isTrouble: boolean): void {
    this.#sessions.get(session)?.cancel();
    this.#sessions.delete(session);
    if (isTrouble) this.#source.trouble();
    // Who waits for a session must not wait for one that is gone.
    if (this.#isUp) this.#ask();
  }
}

function isFree(session: ClamdSession): boolean {
  return !session.isTaken && session.unanswered === 0;
}

/** One stream of bytes on its way to clamd. */
export class ClamdStream {
  readonly #pool: ClamdPool;
  readonly #clock: Clock;
  /** What was written before there was a session. */
  readonly #chunks: Buffer[] = [];
  #queuedBytes = 0;
  #chunk = Buffer.alloc(0);
  #filled = 0;
  #taken = 0;
  #session: ClamdSession | undefined;
  #sessionTimer: Timer | undefined;
  #isFinished = false;
  #isCut = false;
  readonly #outcome = Promise.withResolvers<StreamOutcome>();
  #isDecided = false;

  constructor(pool: ClamdPool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /** Bytes of it that wait for clamd. */
  get waitingBytes(): number {
    return this.#session === undefined ? this.#queuedBytes : this.#session.waitingBytes;
  }

  /** Takes the next bytes; the view is valid during the call only. */
  write(view: Uint8Array): void {
    if (this.#isDecided || this.#isFinished || this.#isCut) return;
    const room = this.#pool.limits.maxStreamBytes - this.#taken;
    this.#isCut = view.length > room;
    this.#taken += Math.min(view.length, room);
    for (let at = 0, end = Math.min(view.length, room); at < end && !this.#isDecided; ) {
      if (this.#filled === this.#chunk.length) this.#flush();
      const part = view.subarray(at, Math.min(end, at + this.#chunk.length - this.#filled));
      this.#chunk.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
    }
  }

  /** The stream is complete. Resolves with what clamd says of it; never rejects, and never later than the limits say. */
  finish(): Promise<StreamOutcome> {
    if (!this.#isDecided && !this.#isFinished) {
      this.#isFinished = true;
      this.#flush();
      if (this.#session !== undefined) this.#finished(this.#session);
      else this.#sessionTimer = this.#clock.after(this.#pool.limits.sessionMs, () => this.lost('unavailable'));
    }
    return this.#outcome.promise;
  }

  /** Nobody wants to know any more. */
  discard(): void {
    this.lost('unavailable');
  }

  /** @internal of ClamdPool: here is a session for it. */
  begin(session: ClamdSession): void {
    this.#session = session;
    session.begin();
    for (const chunk of this.#chunks.splice(0)) session.send(chunk);
    if (this.#isFinished) this.#finished(session);
  }

  /** @internal of ClamdPool, and its own: it will not be looked at. */
  lost(why: Unlooked): void {
    if (this.#isDecided) return;
    const session = this.#session;
    const isUnderway = session !== undefined && !this.#isFinished;
    this.#decide({ kind: 'unfinished', why });
    // A stream is taken back by ending its session: clamd knows no other way.
    if (isUnderway) session.end();
  }

  #flush(): void {
    if (this.#filled > CHUNK_HEAD_BYTES) this.#send(this.#chunk.subarray(0, this.#filled));
    this.#chunk = Buffer.allocUnsafeSlow(this.#taken > FIRST_CHUNK_BYTES ? CHUNK_BYTES : FIRST_CHUNK_BYTES);
    this.#filled = CHUNK_HEAD_BYTES;
  }

  #send(chunk: Buffer): void {
    if (this.#session === undefined) this.#keep(chunk);
    // Why it is over is told at the end; nothing more is taken until then.
    else if (this.#session.isOver) this.#isCut = true;
    else this.#session.send(chunk);
    const { mostWaitingBytes, mostWaitingBytesInAll } = this.#pool.limits;
    const own = this.waitingBytes;
    if (own > mostWaitingBytes || (own > CHUNK_BYTES && this.#pool.waitingBytes > mostWaitingBytesInAll))
      this.lost('behind');
  }

  #keep(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#queuedBytes += chunk.length;
  }

  #finished(session: ClamdSession): void {
    this.#sessionTimer?.cancel();
    void session.finish(this.#pool.limits.answerMs).then((outcome) => {
      // What was shown of a longer stream was looked at: what was found in it stands.
      const isShort = this.#isCut && outcome.kind === 'clean';
      this.#decide(isShort ? { kind: 'unfinished', why: 'too-large' } : outcome);
      this.#pool.freed(session);
    });
  }

  #decide(outcome: StreamOutcome): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    this.#sessionTimer?.cancel();
    this.#chunks.length = 0;
    this.#chunk = Buffer.alloc(0);
    this.#pool.over(this);
    this.#outcome.resolve(outcome);
  }
}
