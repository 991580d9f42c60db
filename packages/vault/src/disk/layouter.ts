import { asFault, type Clock, type Fault, type Timer } from '@leadglass/kit';
import type { Sha256 } from '@leadglass/model';
import { vaultFault } from '../faults.ts';
import type { ObjectStore, Stored } from './object-store.ts';

/** The little of the records that laying out needs. */
export interface LayoutRecords {
  /** Objects still in a lane, oldest first. */
  listInLanes(limit: number): Promise<readonly Stored[]>;
  /** Records that these objects now have their own files; durable when it resolves. */
  laidOut(sha256s: readonly Sha256[]): Promise<void>;
  /** Lane files that custody still points into. */
  laneFilesInUse(): Promise<readonly string[]>;
}

export interface LayouterOptions {
  readonly store: Pick<ObjectStore, 'layOut' | 'hasReaders'>;
  readonly records: LayoutRecords;
  readonly clock: Clock;
  /** Nothing points into this lane and nobody reads it: the intake may reuse it, or it is removed when its intake is gone. */
  readonly laneFree: (file: string) => void;
  /** A round failed (it is tried again), or one object cannot be laid out (`sha256` given; it is left where it is). */
  readonly onFault: (fault: Fault, sha256?: Sha256) => void;
  /** No arrival for this long counts as idle. */
  readonly idleMs?: number;
  /** So many bytes waiting in lanes are laid out even while arrivals are busy. */
  readonly mostWaitingBytes?: number;
  /** What waits this long is laid out even while arrivals are busy. */
  readonly longestWaitMs?: number;
  /** Objects and bytes in one round: small, because an arrival that comes meanwhile shares the disk with what is left of it. */
  readonly roundObjects?: number;
  readonly roundBytes?: number;
}

const DEFAULTS = {
  idleMs: 150,
  mostWaitingBytes: 2 * 2 ** 30,
  longestWaitMs: 60_000,
  roundObjects: 16,
  roundBytes: 8 * 2 ** 20,
};
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/**
 * Gives objects their own files in the background, and tells which lanes are free. Holds back while arrivals are busy, until there is
 * an idle moment or too much waits. What a crash interrupts is done again: every step is idempotent.
 */
export class Layouter {
  readonly #options: LayouterOptions & typeof DEFAULTS;
  readonly #retired = new Set<string>();
  /** Objects that cannot be laid out, left alone until the next start. No more than lie in lanes. */
  readonly #skipped = new Set<Sha256>();
  #lastArrivalMs = Number.NEGATIVE_INFINITY;
  #waitingBytes = 0;
  /** When the oldest of what waits began to. */
  #waitingSinceMs = Number.POSITIVE_INFINITY;
  /** Whether the records may list something. */
  #mayHaveWork = false;
  /** Set while too much waits, until half of it is done. */
  #isPressing = false;
  #isDraining = false;
  #isStopped = false;
  #retryMs = 0;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;

  constructor(options: LayouterOptions) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Resumes after a start. @param orphanLanes lane files still pointed into, whose intakes are gone. */
  start(orphanLanes: readonly string[]): void {
    for (const file of orphanLanes) this.#retired.add(file);
    this.#mayHaveWork = true;
    this.#schedule();
  }

  /** An object was committed to records with a lane as its place. */
  arrived(sealedBytes: number): void {
    this.busy();
    if (!this.#mayHaveWork) this.#waitingSinceMs = this.#lastArrivalMs;
    this.#waitingBytes += sealedBytes;
    this.#mayHaveWork = true;
    this.#schedule();
  }

  /** Something arrived that does not wait here: the disk is wanted elsewhere. */
  busy(): void {
    this.#lastArrivalMs = this.#options.clock.monotonicMs();
  }

  /** An intake has retired this lane (or is gone): all that was told of it has been answered. */
  laneRetired(file: string): void {
    this.#retired.add(file);
    this.#schedule();
  }

  /** Bytes known to wait, and retired lanes, for metrics. */
  get waiting(): { readonly bytes: number; readonly retiredLanes: number } {
    return { bytes: this.#waitingBytes, retiredLanes: this.#retired.size };
  }

  /** Lays out all there is, busy or not. Resolves when nothing is left in lanes, or the disk refuses (told through onFault). */
  async drain(): Promise<void> {
    await this.#running;
    this.#timer?.cancel();
    this.#isDraining = true;
    do {
      this.#run();
      await this.#running;
    } while (this.#mayHaveWork && this.#retryMs === 0 && !this.#isStopped);
    this.#isDraining = false;
    this.#schedule();
  }

  /** Ends after the round that runs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  #schedule(): void {
    if (this.#running !== undefined || this.#isStopped || !(this.#mayHaveWork || this.#retired.size > 0)) return;
    this.#timer?.cancel();
    const waitMs = this.#retryMs > 0 ? this.#retryMs : this.#waitMs();
    if (waitMs <= 0) this.#run();
    else this.#timer = this.#options.clock.after(waitMs, () => this.#run());
  }

  /** Milliseconds to hold back; 0 when it is time. */
  #waitMs(): number {
    const { mostWaitingBytes, longestWaitMs, idleMs, clock } = this.#options;
    const share = this.#isPressing ? 0.5 : 1;
    const isOld = clock.monotonicMs() - this.#waitingSinceMs > longestWaitMs;
    this.#isPressing = isOld || this.#waitingBytes >= mostWaitingBytes * share;
    // With nothing to lay out, retired lanes wait for readers alone, and looking again at once would spin.
    if (this.#isDraining || (this.#isPressing && this.#mayHaveWork)) return 0;
    const idleInMs = this.#lastArrivalMs + idleMs - clock.monotonicMs();
    return this.#mayHaveWork ? Math.max(0, idleInMs) : idleMs;
  }

  #run(): void {
    if (this.#running !== undefined || this.#isStopped) return;
    this.#running = this.#rounds().then(() => {
      this.#running = undefined;
      if (!this.#isDraining) this.#schedule();
    });
  }

  async #rounds(): Promise<void> {
    try {
      do {
        this.#mayHaveWork = await this.#round();
        await this.#freeLanes();
        this.#retryMs = 0;
      } while (this.#mayHaveWork && !this.#isStopped && this.#waitMs() <= 0);
    } catch (thrown) {
      this.#mayHaveWork = true;
      this.#retryMs = Math.min(LONGEST_RETRY_MS, Math.max(FIRST_RETRY_MS, this.#retryMs * 2));
      this.#options.onFault(asFault(thrown, 'vault.unwritable', 'transient', vaultFault('vault.unwritable').text));
    }
  }

  /** @returns whether there may be more. */
  async #round(): Promise<boolean> {
    const { records, store, roundObjects } = this.#options;
    const waitingBefore = this.#waitingBytes;
    const rows = await records.listInLanes(roundObjects + this.#skipped.size);
    const batch = this.#cutRound(rows.filter(({ sha256 }) => !this.#skipped.has(sha256)));
    if (batch.length === 0) {
      this.#waitingSinceMs = Number.POSITIVE_INFINITY;
      this.#waitingBytes -= waitingBefore;
      return this.#waitingBytes > 0;
    }
    const { done, failed } = await store.layOut(batch);
    if (done.length > 0) await records.laidOut(done);
    for (const { sha256, fault } of failed) this.#skip(sha256, fault);
    this.#waitingBytes = Math.max(0, this.#waitingBytes - batch.reduce((sum, { sealedBytes }) => sum + sealedBytes, 0));
    return true;
  }

  #cutRound(rows: readonly Stored[]): readonly Stored[] {
    const { roundObjects, roundBytes } = this.#options;
    let bytes = 0;
    const end = rows.findIndex(({ sealedBytes }) => {
      bytes += sealedBytes;
      return bytes > roundBytes;
    });
    // A single object larger than a round is a round of its own.
    return rows.slice(0, Math.min(roundObjects, end < 0 ? rows.length : Math.max(1, end)));
  }

  #skip(sha256: Sha256, fault: Fault): void {
    this.#skipped.add(sha256);
    this.#options.onFault(fault, sha256);
  }

  async #freeLanes(): Promise<void> {
    if (this.#retired.size === 0) return;
    const asked = [...this.#retired];
    const inUse = new Set(await this.#options.records.laneFilesInUse());
    for (const file of asked) {
      if (inUse.has(file) || this.#options.store.hasReaders(file)) continue;
      this.#retired.delete(file);
      this.#options.laneFree(file);
    }
  }
}
