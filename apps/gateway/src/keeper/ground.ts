import { type Clock, Fault, type Logger, text } from '@leadglass/kit';
import { diskTileStore, type Ledger, openLedger, originOf, Sequencer } from '@leadglass/ledger';
import { openSqliteRecords, type SqliteRecords } from '@leadglass/records';
import { ObjectStore } from '@leadglass/vault';
import { Connections } from '../connections.ts';
import { DiskWatch } from '../disk-watch.ts';
import type { OpenedHome } from '../home.ts';
import type { IntakeName, IntakePool } from '../intake-pool.ts';
import { openLedgerOrLate } from '../late-ledger.ts';
import { Learning } from '../learning/learning.ts';
import { Flows } from '../overview/flows.ts';
import { Pseudonyms } from '../pseudonyms.ts';
import { RulesInForce } from './rules-in-force.ts';
import { Teller } from './teller.ts';

/** What is opened first and closed last. */
export interface Stores {
  readonly records: SqliteRecords;
  readonly ledger: Ledger;
  readonly store: ObjectStore;
}

/** What the program was given to run with. */
export interface Surroundings {
  readonly home: OpenedHome;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
}

/** What every part of the keeper stands on. It knows none of them: it is there before the first and stays until after the last. */
export interface Ground extends Surroundings, Stores {
  readonly sequencer: Sequencer;
  readonly teller: Teller;
  readonly flows: Flows;
  readonly disk: DiskWatch;
  readonly connections: Connections;
  readonly pseudonyms: Pseudonyms;
  readonly learning: Learning;
  readonly inForce: RulesInForce;
  /** The sandboxed processes; made last, since they are heard by all others. */
  intakes(): IntakePool;
  /** Why nothing may be taken at this moment, or undefined. */
  gate(): Fault | undefined;
  /** An intake says what none of ours says: it is ended. */
  lies(intake: IntakeName, event: string): void;
}

/** Opens the stores of a home. Rejects with the Fault that says which cannot be opened and what to do. */
export async function openStores({ home, clock }: Pick<Surroundings, 'home' | 'clock'>): Promise<Stores> {
  const { paths, keys } = home;
  const records = await openSqliteRecords({ path: paths.records, clock });
  const ledger = await openLedgerOrLate(() =>
    openLedger({
      store: diskTileStore(paths.ledger),
      origin: originOf(keys.siteName),
      signingKey: keys.ledgerSigning,
    }),
  );
  const store = new ObjectStore({ vaultFolder: paths.vault, stagingFolder: paths.staging });
  await store.prepare();
  return { records, ledger, store };
}

/** What stands on opened stores. */
export function groundOf(
  { home, clock, log, version }: Surroundings,
  { records, ledger, store }: Stores,
  intakes: () => IntakePool,
): Ground {
  const { siteName, pseudonymKey } = home.keys;
  const audit = { auditSourceId: siteName, siteName };
  const sequencer = new Sequencer({ ledger, source: records, clock, log, audit });
  const flows = new Flows(clock);
  const teller = new Teller({ clock, log, records, sequencer, flows });
  const disk = new DiskWatch(store, clock, log);
  return {
    ...{ home, clock, log, version, records, ledger, store, sequencer, teller, flows, disk, intakes },
    connections: new Connections(clock),
    pseudonyms: new Pseudonyms(pseudonymKey),
    learning: new Learning(records, clock, log, (event) => teller.later(event)),
    inForce: new RulesInForce(clock, records),
    gate: () => {
      const { isWritable, lastFault } = sequencer.health();
      if (!isWritable) return lastFault ?? LEDGER_DOWN;
      return disk.full();
    },
    lies: (intake, event) => {
      log.error(event, { intake: intake.number });
      intakes().kill(intake);
    },
  };
}

const LEDGER_DOWN = new Fault(
  'ledger.unwritable',
  'transient',
  text(
    'Le registre ne peut pas être écrit : rien n’est accepté.',
    'The ledger cannot be written: nothing is accepted.',
  ),
);
