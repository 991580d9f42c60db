import type { Sealer } from '@leadglass/catalogue';
import { type Clock, type Logger, type Phi, type Text, text, uuidv7 } from '@leadglass/kit';
import type { Arrival, Destination, Finding, Sha256 } from '@leadglass/model';
import type { Custody, OwedCoerced, Records } from '@leadglass/records';
import {
  arrivalOfCopy,
  boundedReasons,
  type CustodianStore,
  type DisarmDesk,
  type DisarmedCopy,
  factsOfCopy,
  factsOfOriginal,
  keepCopy,
  PokedWork,
} from '@leadglass/relay';
import { coercionTo, openAccepted } from './accepted.ts';

export interface CoercionEngineTools {
  readonly records: Pick<Records, 'reconciliation' | 'custody' | 'hold'>;
  readonly store: Pick<CustodianStore, 'makeDurable' | 'adopt' | 'discard' | 'removeUnrecorded'>;
  readonly desk: DisarmDesk;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  rules(): { readonly destinations: readonly Destination[] };
  /** The plain Part 10 file of an object in custody. */
  openPlain(custody: Custody): AsyncIterable<Uint8Array>;
  /** Seals what the catalogue keeps of a copy. */
  seal(sha256: Sha256, attributes: Phi<string>): Uint8Array | undefined;
  /** All that a patient may be known by, the pseudonym with the issuer first. */
  pseudonyms(issuer: string, patientId: string): readonly string[];
  /** Called after each copy taken into custody: wakes the deliveries. */
  committed(arrival: Arrival, destinations: readonly string[]): void;
}

const MOST_TRIES = 3;
const AFTER_FAULT_MS = 2_000;
const AT_ONCE = 16;

/**
 * Makes the copies that are owed once it is known who somebody is: each object that waited, under the accepted identity, its pixels proved the
 * same, and delivered where the object was to go. What is owed stands in the records: whoever dies in between has it made anew, of the same
 * bytes, by whoever comes next.
 */
export class CoercionEngine {
  readonly #tools: CoercionEngineTools;
  readonly #tries = new Map<string, number>();
  /** What failed by a fault of ours, until it is tried again: it holds up nothing behind it. */
  readonly #stuck = new Set<string>();
  readonly #work = new PokedWork(() => this.#run());

  constructor(tools: CoercionEngineTools) {
    this.#tools = tools;
  }

  /** There may be something to do. */
  poke(): void {
    this.#work.poke();
  }

  /** Resolves once nothing is being made. */
  async settled(): Promise<void> {
    await this.#work.settled();
  }

  /** Finishes the copy under way and begins no other. */
  async stop(): Promise<void> {
    await this.#work.stop();
  }

  async #run(): Promise<boolean> {
    try {
      const all = await this.#tools.records.reconciliation.owed(AT_ONCE + this.#stuck.size);
      const owed = all.filter(({ custody }) => !this.#stuck.has(custody.sha256));
      for (const one of owed) if (!this.#work.isStopping) await this.#tried(one);
      if (owed.length > 0) return true;
      if (this.#stuck.size > 0) this.#later();
    } catch (thrown) {
      this.#tools.log.error('reconcile.failed', { fault: thrown });
      this.#later();
    }
    return false;
  }

  #later(): void {
    this.#tools.clock.after(AFTER_FAULT_MS, () => {
      this.#stuck.clear();
      this.poke();
    });
  }

  async #tried(owed: OwedCoerced): Promise<void> {
    try {
      await this.#one(owed);
    } catch (thrown) {
      this.#tools.log.error('reconcile.failed', { sha256: owed.custody.sha256, fault: thrown });
      this.#stuck.add(owed.custody.sha256);
    }
  }

  async #one(owed: OwedCoerced): Promise<void> {
    const { desk, openPlain, sealer } = this.#tools;
    const { custody, number, changedAtMs, sealed } = owed;
    if (sealed === undefined) return this.#giveUp(owed, [GAVE_UP]);
    const { identity } = openAccepted(sealer, number, sealed);
    const { sha256, plainBytes } = custody;
    const outcome = await desk.copy({
      ...{ sha256, plainBytes, epochMs: changedAtMs, open: () => openPlain(custody) },
      // What a person released is theirs to answer for: it is given its identity and otherwise left as it is.
      findings: (await this.#isReleased(sha256)) ? [] : (JSON.parse(custody.findings) as readonly Finding[]),
      coercion: coercionTo(identity, custody.peer),
    });
    if (outcome.kind === 'copied') return this.#take(owed, identity, outcome);
    if (outcome.kind === 'impossible')
      return this.#giveUp(
        owed,
        outcome.reasons.map((reason) => reason.text),
      );
    const tries = (this.#tries.get(sha256) ?? 0) + 1;
    this.#tries.set(sha256, tries);
    if (tries >= MOST_TRIES) await this.#giveUp(owed, [GAVE_UP]);
  }

  async #isReleased(sha256: Sha256): Promise<boolean> {
    return (await this.#tools.records.hold(sha256))?.state === 'released';
  }

  async #take(
    owed: OwedCoerced,
    { issuer = '', patientId }: { readonly issuer?: string | undefined; readonly patientId: string },
    copy: DisarmedCopy,
  ): Promise<void> {
    const { records, committed, pseudonyms, seal, clock } = this.#tools;
    const { custody, number } = owed;
    const commit = async (): Promise<boolean> => {
      const patients = pseudonyms(issuer, patientId);
      const arrival = arrivalOfCopy(custody, copy, patients[0] ?? '', RECONCILED, clock.now());
      const { patient } = arrival;
      const destinations = this.#destinations(owed);
      const catalogued = copy.attributes === undefined ? undefined : seal(copy.sha256, copy.attributes);
      const isTaken = await records.reconciliation.commitCoerced(custody.sha256, owed, {
        ...{ arrival, destinations, answer: { status: 0 }, isKept: true },
        event: () => ({
          ...{ ...factsOfCopy(custody, copy, arrival), kind: 'copy.coerced', patient, number, destinations },
        }),
        learns: { patients, pixelSha256: '', creators: [] },
        ...(catalogued === undefined ? {} : { catalogued }),
      });
      this.#tries.delete(custody.sha256);
      if (isTaken) committed(arrival, destinations);
      return isTaken;
    };
    await keepCopy(this.#tools, copy, commit, 'reconcile.file-left');
  }

  async #giveUp(owed: OwedCoerced, why: readonly Text[]): Promise<void> {
    const { records, clock } = this.#tools;
    const atMs = clock.now();
    const { custody, number } = owed;
    this.#tries.delete(custody.sha256);
    await records.reconciliation.impossible(custody.sha256, [
      {
        ...{ ...factsOfOriginal(custody), id: uuidv7(atMs), atMs, kind: 'copy.not-coerced', number },
        why: boundedReasons(why),
      },
    ]);
  }

  #destinations({ destinations }: OwedCoerced): readonly string[] {
    const known = new Set(this.#tools.rules().destinations.map(({ name }) => name));
    return destinations.filter((name) => known.has(name));
  }
}

const RECONCILED = text(
  'Copie à l’identité acceptée, contrôlée à son tour.',
  'Copy under the accepted identity, inspected in its turn.',
);
const GAVE_UP = text(
  'La copie n’a pas pu être faite, plusieurs fois de suite.',
  'The copy could not be made, several times in a row.',
);
