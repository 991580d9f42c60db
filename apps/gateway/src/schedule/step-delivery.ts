import type { Sealer } from '@leadglass/catalogue';
import { type Clock, type Logger, type Text, type Timer, text, uuidv7 } from '@leadglass/kit';
import type { Destination, Event } from '@leadglass/model';
import type { Records, StepMessage } from '@leadglass/records';
import { z } from 'zod';
import type { ErrandEnd, Errands } from './errands.ts';
import type { Outages } from './outages.ts';
import { judgeStep, type StepVerdict } from './step-verdict.ts';

/** Waits between tries of one message. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * 60_000;
const FORGET_AFTER_MS = 30 * 24 * 3_600_000;
const FORGET_EVERY_MS = 6 * 3_600_000;

const sealedStep = z.object({ dataSet: z.string() });

export interface StepDeliveryTools {
  readonly records: Pick<Records, 'steps'>;
  readonly sealer: Sealer;
  readonly errands: Pick<Errands, 'run'>;
  readonly outages: Outages;
  readonly clock: Clock;
  readonly log: Logger;
  rules(): { readonly destinations: readonly Destination[] };
  /** Events were appended. */
  told(): void;
}

/**
 * Hands on what waits for an information system: in the order it came, one message at a time, each marked before it is sent, so that one
 * whose answer was not heard is known for what it is. What an upstream may have twice is decided in `step-verdict.ts`.
 */
export class StepDelivery {
  readonly #tools: StepDeliveryTools;
  /** How many messages wait, by upstream. */
  readonly #waiting = new Map<string, number>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, Timer>();
  #forgetTimer: Timer | undefined;
  #isStopping = false;

  constructor(tools: StepDeliveryTools) {
    this.#tools = tools;
    tools.outages.onChange((name) => this.poke(name));
  }

  async start(): Promise<void> {
    await this.#count();
    const { steps } = this.#tools.records;
    const ended = [...(await steps.count('delivered')).keys(), ...(await steps.count('failed')).keys()];
    for (const upstream of new Set([...ended, ...this.#waiting.keys()])) this.poke(upstream);
    this.#forgetLater();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#forgetTimer?.cancel();
    for (const timer of this.#timers.values()) timer.cancel();
    await Promise.all(this.#running.values());
  }

  /** Resolves when nothing is being sent. For tests. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Messages that wait, by upstream. */
  get waiting(): ReadonlyMap<string, number> {
    return this.#waiting;
  }

  /** Whether something waits for an upstream: until then what devices tell it goes through here, behind what they told before. */
  isOwed(upstream: string): boolean {
    return (this.#waiting.get(upstream) ?? 0) > 0;
  }

  /** One more waits. */
  taken(upstream: string): void {
    if (upstream === '') return;
    this.#waiting.set(upstream, (this.#waiting.get(upstream) ?? 0) + 1);
    this.poke(upstream);
  }

  /** What waits may be sent again, to one destination or any. */
  resume(destination?: string): void {
    for (const upstream of destination === undefined ? [...this.#waiting.keys()] : [destination]) this.poke(upstream);
  }

  /** Something may go on. */
  poke(upstream: string): void {
    if (this.#isStopping || this.#running.has(upstream)) return;
    this.#timers.get(upstream)?.cancel();
    const run = this.#run(upstream)
      .catch((thrown) => {
        this.#tools.log.error('step.delivery', {
          destination: upstream,
          fault: thrown,
        });
        this.#later(upstream, LONGEST_WAIT_MS);
      })
      .finally(() => {
        this.#running.delete(upstream);
        // What came while the last round was ending.
        if (this.isOwed(upstream) && !this.#timers.has(upstream) && !this.#tools.outages.isDown(upstream))
          this.#later(upstream, FIRST_WAIT_MS);
      });
    this.#running.set(upstream, run);
  }

  async #run(upstream: string): Promise<void> {
    const { records, clock, outages } = this.#tools;
    this.#timers.delete(upstream);
    while (!this.#isStopping) {
      const next = await records.steps.next(upstream);
      if (next === undefined) {
        this.#waiting.delete(upstream);
        return this.#givenBack(upstream);
      }
      if (outages.isDown(upstream)) return;
      const waitMs = next.nextAtMs - clock.now();
      if (waitMs > 0) return this.#later(upstream, waitMs);
      if (!(await this.#one(upstream, next))) return;
    }
  }

  /** Whether the next may follow. */
  async #one(upstream: string, message: StepMessage): Promise<boolean> {
    const { records, rules, clock } = this.#tools;
    const destination = rules().destinations.find(({ name }) => name === upstream);
    if (destination === undefined) {
      this.#later(upstream, LONGEST_WAIT_MS);
      return false;
    }
    if (await this.#isOrphan(message)) return this.#settle(message, { kind: 'refused', why: NOT_BEGUN }, 0);
    await records.steps.sending(message.id);
    const end = await this.#send(destination, message);
    const verdict = judgeStep(message, end);
    if (verdict.kind !== 'again') return this.#settle(message, verdict, end.status ?? 0);
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(message.attempts, 10));
    await records.steps.putOff(message.id, message.isSent || end.isSent, clock.now() + waitMs);
    this.#later(upstream, waitMs);
    return false;
  }

  #send(destination: Destination, message: StepMessage): Promise<ErrandEnd> {
    const { kind, uid, transferSyntaxUid, sealed } = message;
    const opened = this.#tools.sealer.openJson('step', uid, sealed ?? new Uint8Array(0));
    const { dataSet } = sealedStep.parse(opened);
    return this.#tools.errands.run(destination, { kind, uid, transferSyntaxUid, dataSet });
  }

  /** A change of a step that its upstream refused to begin. */
  async #isOrphan({ kind, uid }: StepMessage): Promise<boolean> {
    if (kind === 'create') return false;
    const said = await this.#tools.records.steps.messages(uid);
    return said.some(({ kind, state }) => kind === 'create' && (state === 'failed' || state === 'refused'));
  }

  async #settle(
    message: StepMessage,
    verdict: Exclude<StepVerdict, { kind: 'again' }>,
    status: number,
  ): Promise<boolean> {
    const { records, clock, told } = this.#tools;
    const atMs = clock.now();
    const peer = (await records.steps.step(message.uid))?.peer ?? '';
    const facts = {
      ...{ id: uuidv7(atMs), atMs, destination: message.upstream, peer, stepUid: message.uid },
      ...{ message: message.kind, status, waitedMs: Math.max(0, atMs - message.atMs) },
    };
    const event: Event =
      verdict.kind === 'delivered'
        ? { ...facts, kind: 'step.delivered' }
        : { ...facts, kind: 'step.refused', why: verdict.why };
    const state = verdict.kind === 'delivered' ? 'delivered' : 'failed';
    await records.steps.settle(message, { state, status, atMs }, [event]);
    told();
    return true;
  }

  async #givenBack(upstream: string): Promise<void> {
    const { records, clock, told } = this.#tools;
    const isNews = await records.steps.giveBack(upstream, (sum) => {
      const atMs = clock.now();
      return { id: uuidv7(atMs), atMs, kind: 'steps.given-back', destination: upstream, ...sum };
    });
    if (isNews) told();
  }

  async #count(): Promise<void> {
    for (const [upstream, count] of await this.#tools.records.steps.count('waiting'))
      this.#waiting.set(upstream, count);
  }

  #later(upstream: string, waitMs: number): void {
    if (this.#isStopping) return;
    this.#timers.get(upstream)?.cancel();
    this.#timers.set(
      upstream,
      this.#tools.clock.after(waitMs, () => {
        this.#timers.delete(upstream);
        this.poke(upstream);
      }),
    );
  }

  #forgetLater(): void {
    this.#forgetTimer = this.#tools.clock.after(FORGET_EVERY_MS, () => {
      const before = this.#tools.clock.now() - FORGET_AFTER_MS;
      void this.#tools.records.steps
        .forget(before)
        .catch((thrown) => this.#tools.log.error('step.forget', { fault: thrown }))
        .finally(() => {
          if (!this.#isStopping) this.#forgetLater();
        });
    });
  }
}

const NOT_BEGUN: Text = text(
  'le début de cette étape a été refusé : la suite n’est pas envoyée',
  'the beginning of this step was refused: what follows is not sent',
);
