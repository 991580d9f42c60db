import type { Sealer } from '@leadglass/catalogue';
import { type Clock, isFault, type Logger, type Text, type Timer, text, uuidv7 } from '@leadglass/kit';
import type { Event, Hl7Destination } from '@leadglass/model';
import type { Hl7GivenBack, OwedHl7, Records } from '@leadglass/records';
import { letterBytes, openLetter } from './letter.ts';
import { told } from './owing.ts';
import { type Hl7End, type Hl7Verdict, judgeHl7 } from './verdict.ts';

/** Waits between tries of one message. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
const AFTER_FAULT_MS = 5 * 60_000;
const MINUTE_MS = 60_000;
/** A receiver that was away for less has not missed anything that has to be told of. */
const WORTH_TELLING_MS = 60_000;

export interface Hl7DeliveryTools {
  readonly records: Pick<Records, 'hl7'>;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  rules(): { readonly hl7Destinations: readonly Hl7Destination[] };
  /** Whether nothing is tried now: the system is down, or cut off. */
  isUnasked(destination: Hl7Destination): boolean;
  /** Sends one message and waits for what it is answered. Never rejects. */
  send(destination: Hl7Destination, controlId: string, message: Uint8Array): Promise<Hl7End>;
  /** Events were appended. */
  told(): void;
}

/** Why the last try with a receiver did not end well. */
export interface Hl7Trouble {
  readonly why: Text;
  readonly sinceMs: number;
}

/**
 * Tells information systems what they are owed: in order, one message at a time, each marked before it is sent and waited for. The same message keeps
 * its control id, so that a receiver that has it already can know. What one refuses is set aside, with what follows it of the same registration.
 */
export class Hl7Delivery {
  readonly #tools: Hl7DeliveryTools;
  readonly #running = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, Timer>();
  readonly #troubles = new Map<string, Hl7Trouble>();
  readonly #pokedMeanwhile = new Set<string>();
  /** Until when each receiver is left to others, on the monotonic clock: whatever comes meanwhile. */
  readonly #restMs = new Map<string, number>();
  #isStarted = false;
  #isStopping = false;

  constructor(tools: Hl7DeliveryTools) {
    this.#tools = tools;
  }

  /** Takes up what was owed before. */
  start(): void {
    this.#isStarted = true;
    this.poke();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const timer of this.#timers.values()) timer.cancel();
    await this.settled();
  }

  /** Resolves when nothing is being sent. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  trouble(name: string): Hl7Trouble | undefined {
    return this.#troubles.get(name);
  }

  /** Something may go on, with one receiver or any. */
  poke(name?: string): void {
    const names = name === undefined ? this.#tools.rules().hl7Destinations.map((each) => each.name) : [name];
    for (const each of names) this.#poke(each);
  }

  #poke(name: string): void {
    if (this.#isStopping || !this.#isStarted) return;
    if (this.#running.has(name)) return void this.#pokedMeanwhile.add(name);
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
    const run = this.#run(name)
      .catch((thrown) => {
        this.#tools.log.error('hl7.delivery', { destination: name, fault: thrown });
        this.#troubled(name, isFault(thrown) ? thrown.text : OURS);
        this.#later(name, AFTER_FAULT_MS);
      })
      .finally(() => {
        this.#running.delete(name);
        if (this.#pokedMeanwhile.delete(name)) this.#poke(name);
      });
    this.#running.set(name, run);
  }

  async #run(name: string): Promise<void> {
    const { records, clock, isUnasked } = this.#tools;
    while (!this.#isStopping) {
      const destination = this.#destination(name);
      if (destination === undefined || isUnasked(destination)) return;
      const next = await records.hl7.next(name);
      if (next === undefined) return this.#givenBack(name);
      const restMs = (this.#restMs.get(name) ?? 0) - clock.monotonicMs();
      const waitMs = Math.max(restMs, next.nextAtMs - clock.now());
      if (waitMs > 0) return this.#later(name, waitMs);
      const startMs = clock.monotonicMs();
      if (!(await this.#one(destination, next))) return;
      const endMs = clock.monotonicMs();
      this.#restMs.set(name, endMs + pauseAfter(destination, endMs - startMs));
    }
  }

  /** Whether the next may follow. */
  async #one(destination: Hl7Destination, message: OwedHl7): Promise<boolean> {
    const { records, sealer, send } = this.#tools;
    const { id, controlId } = message;
    const letter = openLetter(sealer, controlId, message.sealed ?? new Uint8Array(0));
    const bytes = letterBytes(letter, destination, message);
    // What was withdrawn meanwhile is not sent.
    if (!(await records.hl7.sending(id))) return true;
    const end = await send(destination, controlId, bytes);
    const verdict = judgeHl7(message, end);
    if (verdict.kind !== 'again') return this.#settle(message, verdict, end);
    await this.#putOff(message, end);
    return false;
  }

  async #putOff(message: OwedHl7, end: Hl7End): Promise<void> {
    const { records, clock } = this.#tools;
    const { id, destination, isSent, attempts } = message;
    const now = clock.now();
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts, 10));
    const [code, answer] = [end.answer?.code ?? '', this.#sealed(message, end)];
    await records.hl7.putOff(id, { isSent: isSent || end.isSent, nextAtMs: now + waitMs, code, answer });
    this.#troubled(destination, end.why ?? REJECTED);
    this.#later(destination, waitMs);
  }

  /** Since the first of several tries in a row that did not end well. */
  #troubled(name: string, why: Text): void {
    const sinceMs = this.#troubles.get(name)?.sinceMs ?? this.#tools.clock.now();
    this.#troubles.set(name, { why, sinceMs });
  }

  async #settle(message: OwedHl7, verdict: Exclude<Hl7Verdict, { kind: 'again' }>, end: Hl7End): Promise<boolean> {
    const { records, clock } = this.#tools;
    const atMs = clock.now();
    const code = end.answer?.code ?? '';
    const head = { id: uuidv7(atMs), atMs, ...told(message), code };
    const event: Event =
      verdict.kind === 'delivered'
        ? { ...head, kind: 'hl7.delivered', waitedMs: Math.max(0, atMs - message.atMs) }
        : { ...head, kind: 'hl7.refused', why: verdict.why };
    const state = verdict.kind === 'delivered' ? 'delivered' : 'refused';
    // What was said of a message that was taken is of no use to anybody.
    const answer = state === 'refused' ? this.#sealed(message, end) : undefined;
    await records.hl7.settle(message, { state, code, answer, atMs }, [event]);
    this.#troubles.delete(message.destination);
    this.#tools.told();
    return true;
  }

  /** What was answered may name a patient: it is sealed, and no event holds it. */
  #sealed({ controlId }: OwedHl7, { answer }: Hl7End): Uint8Array | undefined {
    return answer === undefined || answer.text === ''
      ? undefined
      : this.#tools.sealer.sealJson('hl7', controlId, JSON.stringify(answer.text));
  }

  async #givenBack(name: string): Promise<void> {
    const { records, clock, told: appended } = this.#tools;
    const isNews = await records.hl7.giveBack(name, ({ attempts, ...sum }: Hl7GivenBack) => {
      const atMs = clock.now();
      if (attempts <= 1 && atMs - sum.sinceMs < WORTH_TELLING_MS) return undefined;
      return { id: uuidv7(atMs), atMs, kind: 'hl7.given-back', destination: name, ...sum };
    });
    if (isNews) appended();
  }

  #destination(name: string): Hl7Destination | undefined {
    return this.#tools.rules().hl7Destinations.find((each) => each.name === name);
  }

  #later(name: string, waitMs: number): void {
    if (this.#isStopping) return;
    this.#timers.get(name)?.cancel();
    this.#timers.set(
      name,
      this.#tools.clock.after(waitMs, () => this.#poke(name)),
    );
  }
}

/** How long a receiver is left for others after a message that took it so long. */
function pauseAfter({ giveBackPerMinute }: Hl7Destination, tookMs: number): number {
  return giveBackPerMinute === undefined ? tookMs : Math.max(0, MINUTE_MS / giveBackPerMinute - tookMs);
}

const OURS = text('une erreur interne, au journal technique', 'a fault of ours, in the technical log');
const REJECTED = text('il a répondu « pas maintenant » (AR)', 'it answered “not now” (AR)');
