// Custody: from the lanes of the intakes into vault, catalogue and records.
import { isDrillTitle } from '@leadglass/model';
import { Committer, Custodian, Knowledge } from '@leadglass/relay';
import { Layouter } from '@leadglass/vault';
import { CatalogueHost } from '../catalogue-host.ts';
import type { DecoderPool } from '../decoder-pool.ts';
import type { DrillHost } from '../drill/drill-host.ts';
import { LaneKeeper } from '../lane-keeper.ts';
import { plainObject } from '../plain-objects.ts';
import type { AfterCommit } from './after-commit.ts';
import type { Ground } from './ground.ts';

export function newLanes({ store, log, disk, intakes }: Ground, later: { layouter(): Layouter }): LaneKeeper {
  return new LaneKeeper({ ...{ store, log, layouter: later.layouter, intakes }, noRoom: () => disk.full(2) });
}

export function newLayouter({ store, records, clock, log }: Ground, lanes: LaneKeeper): Layouter {
  return new Layouter({
    ...{ store, records, clock },
    laneFree: (file) => lanes.free(file),
    onFault: (fault, sha256) => log.error('vault.layout', { fault, ...(sha256 === undefined ? {} : { sha256 }) }),
  });
}

export interface CatalogueParts {
  readonly viewers: DecoderPool;
  /** Made later. */
  drill(): DrillHost;
}

export function newCatalogue(
  { home, records, store, clock, log }: Ground,
  { viewers, drill }: CatalogueParts,
): CatalogueHost {
  return new CatalogueHost({
    ...{ records, indexKey: home.keys.indexKey, clock, log, viewers },
    entered: (sha256s) => drill().outageTimes.found(sha256s),
    openPlain: (custody, to) => plainObject(store, home.keys.site, custody, 0, to),
  });
}

export interface CustodianParts {
  readonly catalogue: CatalogueHost;
  readonly lanes: LaneKeeper;
  /** Made later. */
  afterCommit(): AfterCommit;
  drill(): DrillHost;
}

export function newCustodian(ground: Ground, { catalogue, lanes, afterCommit, drill }: CustodianParts): Custodian {
  const { records, store, clock, log, inForce, gate, flows, learning } = ground;
  return new Custodian({
    ...{ records, store, clock, log, gate, rules: () => inForce.rules },
    committer: new Committer(records, log),
    knowledge: new Knowledge(records, clock),
    seal: (sha256, attributes) => catalogue.seal(sha256, attributes),
    committed: (arrival, destinations) => {
      // A drill is no traffic of the site.
      if (!isDrillTitle(arrival.peer)) {
        flows.arrived(arrival);
        drill().outageTimes.arrived(arrival.sha256, arrival.receivedAtMs);
      }
      afterCommit().committed(arrival, destinations);
    },
    laneFailed: (intakeId, file) => lanes.failed(intakeId, file),
    quirksUsed: (names) => {
      for (const name of names) learning.recorder.matched(`quirk ${name}`);
    },
  });
}
