import type { Clock, Logger, Timer } from '@leadglass/kit';
import type { Arrival } from '@leadglass/model';
import type { SqliteRecords } from '@leadglass/records';
import type { DeliveryEngine, DisarmEngine } from '@leadglass/relay';
import type { Layouter } from '@leadglass/vault';
import type { CatalogueHost } from '../catalogue-host.ts';
import type { Tallies } from '../tallies.ts';
import type { Teller } from './teller.ts';

const FOLD_WHEN_IDLE_MS = 1_000;

export interface AfterCommitParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly records: Pick<SqliteRecords, 'checkpoint'>;
  readonly teller: Pick<Teller, 'poke'>;
  readonly layouter: Pick<Layouter, 'arrived' | 'busy'>;
  readonly tallies: Pick<Tallies, 'arrived'>;
  readonly catalogue: Pick<CatalogueHost, 'poke'>;
  readonly deliveries: Pick<DeliveryEngine, 'poke'>;
  readonly disarms: Pick<DisarmEngine, 'poke'>;
}

/** What has to be done once something is committed: whoever has work by it is woken. */
export class AfterCommit {
  readonly #parts: AfterCommitParts;
  #foldTimer: Timer | undefined;

  constructor(parts: AfterCommitParts) {
    this.#parts = parts;
  }

  /** An object is in custody, and owed to these destinations. */
  committed(arrival: Arrival, destinations: readonly string[]): void {
    const { layouter, tallies, catalogue, teller, deliveries, disarms } = this.#parts;
    if (arrival.place.kind === 'lane') layouter.arrived(arrival.sealedBytes);
    else layouter.busy();
    tallies.arrived(arrival);
    catalogue.poke();
    teller.poke();
    for (const name of destinations) deliveries.poke(name);
    if (arrival.disposition.kind === 'disarm') disarms.poke();
    this.foldLater();
  }

  /** Folding the write-ahead log back costs tens of milliseconds in which nothing is answered: done when nobody waits. */
  foldLater(): void {
    const { clock, records, log } = this.#parts;
    this.#foldTimer?.cancel();
    this.#foldTimer = clock.after(FOLD_WHEN_IDLE_MS, () => {
      void records.checkpoint().catch((thrown) => log.warn('records.checkpoint', { fault: thrown }));
    });
  }

  stop(): void {
    this.#foldTimer?.cancel();
  }
}
