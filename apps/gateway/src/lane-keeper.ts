import type { Fault, Logger } from '@leadglass/kit';
import { text } from '@leadglass/kit';
import { type Layouter, type ObjectStore, parseStagingName } from '@leadglass/vault';
import type { IntakeName, IntakePool } from './intake-pool.ts';

/** What a sender is told whose object lay in a lane that was given up. */
export const LANE_LOST = {
  status: 0xa700,
  comment: 'Storage: vault.lane-lost',
  why: text(
    'Le fichier de réception a été abandonné après une erreur du disque.',
    'The staging file was given up after a disk error.',
  ),
} as const;

export interface LaneKeeperOptions {
  readonly store: Pick<ObjectStore, 'createLane' | 'removeStaging' | 'stagingFilesOf'>;
  readonly layouter: () => Pick<Layouter, 'laneRetired'>;
  readonly intakes: () => Pick<IntakePool, 'tell' | 'ownerOfFile'>;
  readonly log: Logger;
  /** Why there is no room for another lane, or undefined. */
  noRoom(): Fault | undefined;
}

/**
 * Who may write to which lane (decision 0001): gives lanes out, takes back what is full, gives up what a disk error has made unsure, and
 * lays out what an intake that is gone has left. An intake speaks of its own lanes alone.
 */
export class LaneKeeper {
  readonly #options: LaneKeeperOptions;
  /** Lanes whose sync failed once: nothing in them is believed again and no intake gets them back. */
  readonly #distrusted = new Set<string>();
  /** Arrivals of each intake that are not settled. */
  readonly #unsettled = new Map<string, Set<Promise<void>>>();

  constructor(options: LaneKeeperOptions) {
    this.#options = options;
  }

  /** Whether the bytes in this lane are not to be believed any more. */
  isLost(file: string): boolean {
    return this.#distrusted.has(file);
  }

  /** Counts an arrival until it is settled: an intake's lanes are not given up while one may still come to point into them. */
  settling(intake: IntakeName, arrival: Promise<void>): void {
    const open = this.#unsettled.get(intake.id) ?? new Set();
    this.#unsettled.set(intake.id, open);
    const settled = arrival.finally(() => open.delete(settled));
    open.add(settled);
  }

  /** An intake asks for one more lane. */
  async wanted(intake: IntakeName): Promise<void> {
    const { store, log, intakes, noRoom } = this.#options;
    try {
      const full = noRoom();
      if (full !== undefined) throw full;
      const file = await store.createLane(intake.id);
      intakes().tell(intake, { t: 'lane', file });
    } catch (thrown) {
      log.warn('vault.no-lane', { fault: thrown });
      intakes().tell(intake, { t: 'no-lane' });
    }
  }

  /** An intake writes no more to this one. False when it is another's: it could only want to have acknowledged bytes overwritten. */
  retired(intake: IntakeName, file: string): boolean {
    if (parseStagingName(file)?.intakeId !== intake.id) return false;
    this.#options.layouter().laneRetired(file);
    return true;
  }

  /** Nothing points into this lane any more. */
  free(file: string): void {
    const { intakes, store, log } = this.#options;
    const owner = intakes().ownerOfFile(file);
    if (owner !== undefined && !this.#distrusted.has(file)) return intakes().tell(owner, { t: 'recycle', file });
    void store.removeStaging(file).catch((thrown) => log.warn('vault.staging-left', { file, fault: thrown }));
  }

  // After a failed sync nobody knows which of a lane's pages the disk has: nothing more is written there. Lanes of an intake that died
  // are given up as a whole.
  failed(intakeId: string, file: string): void {
    const { intakes, layouter } = this.#options;
    const owner = intakes().ownerOfFile(file);
    if (owner?.id !== intakeId) return;
    this.#distrusted.add(file);
    intakes().tell(owner, { t: 'forget', file });
    layouter().laneRetired(file);
  }

  /** Lanes of an intake that is gone are laid out like any other; then they are removed instead of used again. */
  async orphaned(intake: IntakeName): Promise<void> {
    const { store, layouter, log } = this.#options;
    try {
      await Promise.all(this.#unsettled.get(intake.id) ?? []);
      this.#unsettled.delete(intake.id);
      for (const file of await store.stagingFilesOf(intake.id)) layouter().laneRetired(file);
    } catch (thrown) {
      log.error('vault.orphans', { intake: intake.number, fault: thrown });
    }
  }
}
