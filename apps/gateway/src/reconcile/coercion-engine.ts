import type { Sealer } from '@leadglass/catalogue';
import { type Clock, type Logger, type Phi, type Text, text, uuidv7 } from '@leadglass/kit';
import type { Arrival, Destination, Event, Finding, Sha256 } from '@leadglass/model';
import type { Custody, OwedCoerced, Records } from '@leadglass/records';
import type { CustodianStore, DisarmDesk, DisarmedCopy } from '@leadglass/relay';
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
const MOST_REASONS = 6;
const MOST_CHANGES = 16;

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
  #running: Promise<void> | undefined;
  #isPoked = false;
  #isStopping = false;

  constructor(tools: CoercionEngineTools) {
    this.#tools = tools;
  }

  /** There may be something to do. */
  poke(): void {
    this.#isPoked = true;
    if (this.#isStopping || this.#running !== undefined) return;
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
      if (this.#isPoked) this.poke();
    });
  }

  /** Resolves once nothing is being made. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Finishes the copy under way and begins no other. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#isPoked = false;
    await this.#running;
  }

  async #work(): Promise<void> {
    this.#isPoked = false;
    try {
      const all = await this.#tools.records.reconciliation.owed(AT_ONCE + this.#stuck.size);
      const owed = all.filter(({ custody }) => !this.#stuck.has(custody.sha256));
      for (const one of owed) if (!this.#isStopping) await this.#tried(one);
      if (owed.length > 0) this.#isPoked = !this.#isStopping;
      else if (this.#stuck.size > 0) this.#later();
    } catch (thrown) {
      this.#tools.log.error('reconcile.failed', { fault: thrown });
      this.#later();
    }
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

  // Durable first, as for every arrival: bytes, name, then the record that makes deliveries of it.
  async #take(
    owed: OwedCoerced,
    { issuer = '', patientId }: { readonly issuer?: string | undefined; readonly patientId: string },
    copy: DisarmedCopy,
  ): Promise<void> {
    const { store, records, committed, pseudonyms, seal } = this.#tools;
    const { custody } = owed;
    try {
      await store.makeDurable(copy.deskId, copy.staged, true);
      const known = await records.custody(copy.sha256);
      await store.adopt(copy.staged.file, copy.sha256, known?.sealedBytes ?? copy.staged.sealedBytes);
      const patients = pseudonyms(issuer, patientId);
      const arrival = this.#arrival(custody, copy, patients[0] ?? '');
      const destinations = this.#destinations(owed);
      const catalogued = copy.attributes === undefined ? undefined : seal(copy.sha256, copy.attributes);
      const isTaken = await records.reconciliation.commitCoerced(custody.sha256, owed, {
        ...{ arrival, destinations, answer: { status: 0 }, isKept: true },
        event: () => madeEvent(owed, copy, arrival, destinations),
        learns: { patients, pixelSha256: '', creators: [] },
        ...(catalogued === undefined ? {} : { catalogued }),
      });
      this.#tries.delete(custody.sha256);
      if (isTaken) committed(arrival, destinations);
      else await this.#takeBack(copy);
    } catch (thrown) {
      await this.#takeBack(copy);
      throw thrown;
    } finally {
      copy.settled();
    }
  }

  async #takeBack(copy: DisarmedCopy): Promise<void> {
    const { store, records, log } = this.#tools;
    try {
      await store.discard(copy.deskId, copy.staged);
      await store.removeUnrecorded(copy.sha256, async () => (await records.custody(copy.sha256)) !== undefined);
    } catch (thrown) {
      log.warn('reconcile.file-left', { sha256: copy.sha256, fault: thrown });
    }
  }

  async #giveUp(owed: OwedCoerced, why: readonly Text[]): Promise<void> {
    const { records, clock } = this.#tools;
    const atMs = clock.now();
    const { custody, number } = owed;
    this.#tries.delete(custody.sha256);
    await records.reconciliation.impossible(custody.sha256, [
      {
        ...{ ...factsOf(custody), id: uuidv7(atMs), atMs, kind: 'copy.not-coerced', number },
        why: why.slice(0, MOST_REASONS),
      },
    ]);
  }

  #destinations({ destinations }: OwedCoerced): readonly string[] {
    const known = new Set(this.#tools.rules().destinations.map(({ name }) => name));
    return destinations.filter((name) => known.has(name));
  }

  #arrival(original: Custody, copy: DisarmedCopy, patient: string): Arrival {
    const now = this.#tools.clock.now();
    return {
      ...{ id: uuidv7(now), associationId: original.firstAssociationId, peer: original.peer as Arrival['peer'] },
      ...{ remoteAddress: original.remoteAddress, receivedAtMs: now, sha256: copy.sha256 },
      ...{ plainBytes: copy.plainBytes, sealedBytes: copy.staged.sealedBytes, metaBytes: copy.metaBytes },
      place: { kind: 'file' },
      ...{ sopClassUid: original.sopClassUid, sopInstanceUid: copy.sopInstanceUid },
      ...{ transferSyntaxUid: original.transferSyntaxUid, studyInstanceUid: original.studyInstanceUid },
      ...{ seriesInstanceUid: original.seriesInstanceUid, modality: original.modality, patient },
      ...{ verdict: 'clean', findings: copy.findings },
      disposition: { kind: 'deliver', reasons: [RECONCILED], status: 0 },
    };
  }
}

function madeEvent(
  { custody, number }: OwedCoerced,
  copy: DisarmedCopy,
  { id, receivedAtMs, patient }: Arrival,
  destinations: readonly string[],
): Event {
  return {
    ...{ ...factsOf(custody), id: uuidv7(receivedAtMs), atMs: receivedAtMs, kind: 'copy.coerced' },
    ...{ arrivalId: id, sha256: copy.sha256, bytes: copy.plainBytes, patient, number },
    ...{ sopInstanceUid: copy.sopInstanceUid, original: custody.sha256, pixelSha256: copy.pixelSha256, destinations },
    changes: copy.changes.slice(0, MOST_CHANGES).map(({ kind, path }) => (path === '' ? kind : `${kind} ${path}`)),
  };
}

function factsOf(custody: Custody) {
  const { sha256, sopClassUid, sopInstanceUid, studyInstanceUid, patient, peer, remoteAddress } = custody;
  const { firstArrivalId: arrivalId, firstAssociationId: associationId, plainBytes: bytes } = custody;
  return {
    ...{ sha256, sopClassUid, sopInstanceUid, studyInstanceUid, patient, bytes },
    ...{ arrivalId, associationId, peer, remoteAddress },
  };
}

const RECONCILED = text(
  'Copie à l’identité acceptée, contrôlée à son tour.',
  'Copy under the accepted identity, inspected in its turn.',
);
const GAVE_UP = text(
  'La copie n’a pas pu être faite, plusieurs fois de suite.',
  'The copy could not be made, several times in a row.',
);
