import { type Fault, uuidv7 } from '@leadglass/kit';
import type { Destination, Event } from '@leadglass/model';
import type { DeliveryResult, DueDelivery } from '@leadglass/records';
import { isRetryTold, retryDelayMs } from './backoff.ts';
import type { DeliveryTools } from './delivery-api.ts';

function factsOf(row: DueDelivery): {
  readonly destination: string;
  readonly deliveryId: number;
  readonly sha256: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly patient: string;
  readonly attempts: number;
} {
  const { sha256, sopClassUid, sopInstanceUid, studyInstanceUid, patient } = row.custody;
  const attempts = row.attempts + 1;
  return {
    destination: row.destination,
    deliveryId: row.id,
    sha256,
    sopClassUid,
    sopInstanceUid,
    studyInstanceUid,
    patient,
    attempts,
  };
}

/**
 * What became of one destination's tries, written to the records together. Nothing counts as delivered before `flush` resolves:
 * a row whose result was not written is tried again, which a C-STORE allows.
 */
export class DeliveryResults {
  readonly #tools: DeliveryTools;
  readonly #destination: Destination;
  #results: DeliveryResult[] = [];
  #events: Event[] = [];
  #oldestMs = 0;
  #hasWanted = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(tools: DeliveryTools, destination: Destination) {
    this.#tools = tools;
    this.#destination = destination;
  }

  /** The destination's own success status (or warning, or duplicate). */
  delivered(row: DueDelivery, status: number): void {
    const atMs = this.#tools.clock.now();
    const commitment = this.#destination.commitment ? { commitment: 'wanted' as const } : {};
    this.#hasWanted ||= this.#destination.commitment;
    this.#add(
      { id: row.id, outcome: 'delivered', atMs, status, ...commitment },
      { ...this.#head(atMs), kind: 'delivery.delivered', ...factsOf(row), status },
    );
  }

  /**
   * Another try comes later; how much later depends on how many went before.
   * @param failures by which it is decided whether this one is told: tries of the object, or of the association when it never came about.
   */
  retried(row: DueDelivery, fault: Fault, status?: number, failures = row.attempts + 1): void {
    const atMs = this.#tools.clock.now();
    const retryInMs = retryDelayMs(row.attempts + 1, this.#tools.limits, this.#tools.randomness);
    const facts = factsOf(row);
    const told: Event = {
      ...this.#head(atMs),
      kind: 'delivery.retrying',
      ...facts,
      fault: fault.code,
      why: fault.text,
      retryInMs,
    };
    const result: DeliveryResult = {
      id: row.id,
      outcome: 'retry',
      atMs,
      nextAtMs: atMs + retryInMs,
      fault: fault.code,
    };
    this.#add(status === undefined ? result : { ...result, status }, isRetryTold(failures) ? told : undefined);
  }

  /** It will not be tried again unless somebody asks. */
  failed(row: DueDelivery, fault: Fault, status?: number): void {
    const atMs = this.#tools.clock.now();
    const result: DeliveryResult = { id: row.id, outcome: 'failed', atMs, fault: fault.code };
    const told: Event = {
      ...this.#head(atMs),
      kind: 'delivery.failed',
      ...factsOf(row),
      fault: fault.code,
      why: fault.text,
    };
    this.#add(status === undefined ? result : { ...result, status }, told);
  }

  /** Starts writing when enough waits, or it waits long enough; does not wait for it. */
  flushIfDue(): void {
    const { resultsTogether, resultsWaitMs } = this.#tools.limits;
    const isLate = this.#results.length > 0 && this.#tools.clock.monotonicMs() - this.#oldestMs >= resultsWaitMs;
    if (this.#results.length >= resultsTogether || isLate) this.flush().catch(() => {}); // kept, and told by the next flush
  }

  /** Resolves once everything is in the records. Rejects with the records' Fault; what was not written is kept for the next call. */
  flush(): Promise<void> {
    this.#writing = this.#writing.catch(() => {}).then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const [results, events, hasWanted] = [this.#results, this.#events, this.#hasWanted];
    if (results.length === 0) return;
    [this.#results, this.#events, this.#hasWanted] = [[], [], false];
    try {
      await this.#tools.records.recordDeliveries(results, events);
    } catch (thrown) {
      this.#results = [...results, ...this.#results];
      this.#events = [...events, ...this.#events];
      this.#hasWanted ||= hasWanted;
      throw thrown;
    }
    if (hasWanted) this.#tools.commitmentWanted?.(this.#destination);
  }

  #head(atMs: number): { readonly id: string; readonly atMs: number } {
    return { id: uuidv7(atMs, this.#tools.randomness), atMs };
  }

  #add(result: DeliveryResult, event: Event | undefined): void {
    if (this.#results.length === 0) this.#oldestMs = this.#tools.clock.monotonicMs();
    this.#results.push(result);
    if (event !== undefined) this.#events.push(event);
  }
}
