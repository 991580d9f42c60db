import { asFault, type Fault, type Timer } from '@leadglass/kit';
import type { Destination } from '@leadglass/model';
import type { Custody, DueDelivery } from '@leadglass/records';
import { retryDelayMs } from './backoff.ts';
import type { DeliveryAssociation, DeliveryContext, DeliveryTools } from './delivery-api.ts';
import { contextRefused, deliveryBroke, storeRefused } from './delivery-faults.ts';
import { DeliveryResults } from './delivery-results.ts';
import { storeStatusClass } from './delivery-status.ts';
import { Pacer, type Prefetched, prefetch } from './prefetch.ts';

/** PS3.8 §9.3.2.2. */
const MOST_CONTEXTS = 128;

const pairOf = (custody: Custody): string => `${custody.sopClassUid} ${custody.transferSyntaxUid}`;

function contextsOf(pairs: Iterable<string>): DeliveryContext[] {
  return [...pairs].map((pair) => {
    const [abstractSyntax = '', transferSyntax = ''] = pair.split(' ');
    return { abstractSyntax, transferSyntaxes: [transferSyntax] };
  });
}

/** Rows taken at once from what a destination missed, so that what comes in meanwhile does not wait for many. */
const GIVE_BACK_OBJECTS = 16;
/** More objects than these refused with doubt and none taken: it is the destination, and no object is given up for it. */
const MOST_DOUBTED = 2;
const MINUTE_MS = 60_000;

/** An object on its way out, its first bytes being read. */
interface Outgoing {
  readonly row: DueDelivery;
  readonly pieces: Prefetched;
}

/** What a worker is doing, for the status and for tests. */
export interface WorkerState {
  readonly destination: string;
  /** Associations that failed since the last object that got through. */
  readonly failures: number;
  /** Code of the Fault of the last failed association, while failures is not 0. */
  readonly fault: string | undefined;
  readonly isConnected: boolean;
}

/**
 * Delivers to one destination, one object after the other over one association, for as long as there is something due. A worker
 * waits for nobody but its own destination and the records.
 */
export class DeliveryWorker {
  readonly #destination: Destination;
  readonly #tools: DeliveryTools;
  readonly #results: DeliveryResults;
  readonly #pacer: Pacer;
  readonly #cancel = new AbortController();
  #association: DeliveryAssociation | undefined;
  /** Context pairs proposed on the association. */
  #proposed: ReadonlySet<string> = new Set();
  #failures = 0;
  #fault: Fault | undefined;
  #isStopping = false;
  #isPoked = false;
  #wake: () => void = () => {};
  #endRest: () => void = () => {};
  /** Objects it answered with a doubtful status since it took one. */
  readonly #doubted = new Set<number>();
  readonly #running: Promise<void>;

  constructor(destination: Destination, tools: DeliveryTools) {
    this.#destination = destination;
    this.#tools = tools;
    this.#results = new DeliveryResults(tools, destination);
    this.#pacer = new Pacer(tools.clock);
    this.#running = this.#run();
  }

  get state(): WorkerState {
    return {
      destination: this.#destination.name,
      failures: this.#failures,
      fault: this.#fault?.code,
      isConnected: this.#association?.isOpen ?? false,
    };
  }

  /** There may be something due: look now, unless the destination is being left alone after a failure. */
  poke(): void {
    this.#isPoked = true;
    if (this.#failures === 0) this.#wake();
  }

  /** Look now, whatever went before: somebody says the destination is well again. */
  pokeHard(): void {
    this.#isPoked = true;
    this.#wake();
  }

  /** The destination is there again: whatever failed before, look now. */
  resume(): void {
    this.#failures = 0;
    this.#fault = undefined;
    this.pokeHard();
  }

  /** Lets the object in flight finish within `drainMs`, then releases. Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    this.#endRest();
    const deadline = this.#tools.clock.after(this.#tools.limits.drainMs, () => this.#cancel.abort());
    await this.#running;
    deadline.cancel();
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#isPoked = false;
      const waitMs = await this.#turn().catch((thrown: unknown) => this.#recordsFailed(thrown));
      if (!this.#isStopping && waitMs > 0) await this.#sleep(waitMs);
    }
    await this.#results.flush().catch((thrown: unknown) => this.#recordsFailed(thrown));
    await this.#hangUp();
  }

  /** Delivers what is due. Returns how long there is nothing to do, milliseconds. */
  async #turn(): Promise<number> {
    const { records, clock, limits } = this.#tools;
    await this.#results.flush(); // before looking again, or rows already sent would be seen as due
    if (!this.#maySend) {
      await this.#hangUp();
      return limits.longestRetryMs;
    }
    const due = await this.#due();
    if (due.length > 0) return this.#deliver(due);
    const nextMs = await records.nextDueMs(this.#destination.name);
    const idleMs =
      nextMs === undefined ? limits.longestRetryMs : Math.min(Math.max(nextMs - clock.now(), 1), limits.longestRetryMs);
    if (this.#association === undefined) return idleMs;
    await this.#sleep(Math.min(idleMs, limits.lingerMs));
    if (!this.#isPoked && idleMs > limits.lingerMs) await this.#hangUp();
    return 0;
  }

  get #maySend(): boolean {
    return this.#tools.outages?.maySend(this.#destination.name) ?? true;
  }

  /** While it is given back what it missed, what came since it is back goes first: nobody waits for weeks of others. */
  async #due(): Promise<readonly DueDelivery[]> {
    const { records, clock, limits, outages } = this.#tools;
    const { name } = this.#destination;
    const backMs = outages?.backSinceMs(name);
    if (backMs === undefined) return records.dueDeliveries(name, clock.now(), limits.batchObjects);
    const fresh = await records.dueSince(name, backMs, clock.now(), limits.batchObjects);
    return fresh.length > 0 ? fresh : records.dueDeliveries(name, clock.now(), GIVE_BACK_OBJECTS);
  }

  /** Whether a row is part of what the destination missed while it was down. */
  #isMissed(row: DueDelivery): boolean {
    const backMs = this.#tools.outages?.backSinceMs(this.#destination.name);
    return backMs !== undefined && row.nextAtMs < backMs;
  }

  async #deliver(due: readonly DueDelivery[]): Promise<number> {
    const batch = this.#fitting(due);
    const first = batch[0] as DueDelivery;
    try {
      await this.#associate(new Set(batch.map((row) => pairOf(row.custody))));
    } catch (thrown) {
      return this.#associationFailed(first, asFault(thrown, ...deliveryBroke(this.#destination.name)));
    }
    await this.#send(batch);
    if (this.#association?.isOpen) return 0;
    await this.#hangUp();
    // One object under which the association broke may be to blame alone: it waits, the others go on at once. A second in a row
    // says that it is the destination.
    return this.#isStopping || this.#failures <= 1 ? 0 : this.#rest(this.#failures - 1);
  }

  /** The rows whose contexts fit on one association together; the others' turn comes next. */
  #fitting(due: readonly DueDelivery[]): readonly DueDelivery[] {
    const pairs = new Set<string>();
    return due.filter(({ custody }) => {
      const pair = pairOf(custody);
      if (pairs.size < MOST_CONTEXTS) pairs.add(pair);
      return pairs.has(pair);
    });
  }

  async #associate(pairs: ReadonlySet<string>): Promise<void> {
    const isCovered = [...pairs].every((pair) => this.#proposed.has(pair));
    if (this.#association?.isOpen && isCovered) return;
    await this.#hangUp();
    // What the last batches needed will most likely be needed again: propose it as well while there is room.
    const proposed = new Set([...pairs, ...this.#proposed].slice(0, MOST_CONTEXTS));
    this.#association = await this.#tools.connect(this.#destination, contextsOf(proposed), this.#cancel.signal);
    this.#proposed = proposed;
  }

  async #send(batch: readonly DueDelivery[]): Promise<void> {
    let next = this.#open(batch[0]);
    for (let i = 0; i < batch.length && next !== undefined; i += 1) {
      const outgoing = next;
      next = this.#isStopping ? undefined : this.#open(batch[i + 1]);
      const beganMs = this.#tools.clock.monotonicMs();
      const isMissed = this.#isMissed(outgoing.row);
      // One that is begun early cannot be waited before.
      await this.#sendOne(outgoing, isMissed ? undefined : next?.row);
      if (isMissed) await this.#restAfter(this.#tools.clock.monotonicMs() - beganMs);
      this.#results.flushIfDue();
      const association = this.#association;
      const isOver = this.#isStopping || !this.#maySend;
      if (!association?.isOpen || (isOver && !association.hasBegunNext)) break;
    }
    next?.pieces.discard();
  }

  /** Leaves the receiver time for others: as much as the object took, unless the destination says how many a minute it bears. */
  async #restAfter(tookMs: number): Promise<void> {
    const { giveBackPerMinute } = this.#destination;
    const ms = giveBackPerMinute === undefined ? tookMs : MINUTE_MS / giveBackPerMinute - tookMs;
    if (ms <= 0 || this.#isStopping) return;
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      this.#endRest = resolve;
      timer = this.#tools.clock.after(ms, resolve);
    });
    timer?.cancel();
  }

  #open(row: DueDelivery | undefined): Outgoing | undefined {
    return row && { row, pieces: prefetch(this.#tools.openPlain(row.custody)) };
  }

  async #sendOne({ row, pieces }: Outgoing, after: DueDelivery | undefined): Promise<void> {
    const { sopClassUid, sopInstanceUid, transferSyntaxUid, plainBytes, metaBytes } = row.custody;
    const association = this.#association as DeliveryAssociation;
    const { name } = this.#destination;
    if (!this.#isAccepted(row.custody)) {
      pieces.discard();
      return this.#results.failed(row, contextRefused(name, sopClassUid, transferSyntaxUid));
    }
    try {
      const { status } = await association.store({
        sopClassUid,
        sopInstanceUid,
        transferSyntax: transferSyntaxUid,
        dataSet: this.#pacer.pace(pieces, this.#tools.limits.bytesPerSecond(name)),
        length: plainBytes - metaBytes,
        signal: this.#cancel.signal,
        ...this.#announced(after),
      });
      this.#answered(row, status);
    } catch (thrown) {
      this.#broke(row, thrown);
    } finally {
      pieces.discard();
    }
  }

  #announced(row: DueDelivery | undefined): {
    readonly next?: { sopClassUid: string; sopInstanceUid: string; transferSyntax: string };
  } {
    if (row === undefined || !this.#isAccepted(row.custody)) return {};
    const { sopClassUid, sopInstanceUid, transferSyntaxUid: transferSyntax } = row.custody;
    return { next: { sopClassUid, sopInstanceUid, transferSyntax } };
  }

  #isAccepted({ sopClassUid, transferSyntaxUid }: Custody): boolean {
    const contexts = this.#association?.contexts ?? [];
    return contexts.some(
      (c) => c.result === 0 && c.abstractSyntax === sopClassUid && c.transferSyntax === transferSyntaxUid,
    );
  }

  #answered(row: DueDelivery, status: number): void {
    this.#failures = 0; // whatever it said, it is there and answers
    this.#fault = undefined;
    const means = storeStatusClass(status);
    if (means === 'delivered') {
      this.#doubted.clear();
      this.#tools.outages?.served(this.#destination.name);
      return this.#results.delivered(row, status);
    }
    if (means === 'doubtful' && this.#doubted.size <= MOST_DOUBTED) this.#doubted.add(row.id);
    const isBlamed = this.#doubted.size <= MOST_DOUBTED && row.attempts + 1 >= this.#tools.limits.doubtfulAttempts;
    const isGivenUp = means === 'permanent' || (means === 'doubtful' && isBlamed);
    const fault = storeRefused(this.#destination.name, status, isGivenUp ? 'permanent' : 'transient');
    if (isGivenUp) this.#results.failed(row, fault, status);
    else this.#results.retried(row, fault, status);
  }

  #broke(row: DueDelivery, thrown: unknown): void {
    if (this.#cancel.signal.aborted) return; // our own doing: the row stays as it is and comes again after the restart
    const fault = asFault(thrown, ...deliveryBroke(this.#destination.name));
    this.#tools.log.warn('delivery.broke', { destination: this.#destination.name, deliveryId: row.id, fault });
    if (fault.retry === 'permanent') this.#results.failed(row, fault);
    else this.#results.retried(row, fault);
    if (this.#association?.isOpen) return;
    this.#failures += 1;
    this.#fault = fault;
  }

  /**
   * No association, so no object is to blame: even a permanent rejection is a setting that somebody over there may put right, and
   * giving up every waiting object for it would lose them. The oldest row carries the trouble to where people see it.
   */
  #associationFailed(first: DueDelivery, fault: Fault): number {
    if (this.#cancel.signal.aborted) return 0;
    this.#tools.log.warn('delivery.unreachable', {
      destination: this.#destination.name,
      failures: this.#failures + 1,
      fault,
    });
    this.#failures += 1;
    this.#fault = fault;
    this.#results.retried(first, fault, undefined, this.#failures);
    return this.#rest(this.#failures);
  }

  #rest(failures: number): number {
    return retryDelayMs(failures, this.#tools.limits, this.#tools.randomness);
  }

  #recordsFailed(thrown: unknown): number {
    const fault = thrown instanceof Error ? thrown : new Error('unknown');
    this.#tools.log.error('delivery.records', { destination: this.#destination.name, fault });
    return this.#tools.limits.firstRetryMs;
  }

  async #hangUp(): Promise<void> {
    const association = this.#association;
    this.#association = undefined;
    await association?.release();
  }

  /** Resolves after `ms`, or on a poke or stop. */
  async #sleep(ms: number): Promise<void> {
    if (this.#isStopping || (this.#isPoked && this.#failures === 0)) return;
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = this.#tools.clock.after(ms, resolve);
    });
    timer?.cancel();
    this.#wake = () => {};
  }
}
