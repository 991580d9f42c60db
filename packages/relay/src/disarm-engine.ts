import { type Clock, type Logger, type Phi, type Text, text, uuidv7 } from '@leadglass/kit';
import type { Arrival, Destination, Finding, Peer, Route, Sha256 } from '@leadglass/model';
import { flowOf, routesFor, unfinishedOf } from '@leadglass/policy';
import type { ArrivalCommit, Custody, Records } from '@leadglass/records';
import type { Coercion } from '@leadglass/rewrite';
import type { Staged } from '@leadglass/vault';
import { arrivalOfCopy, boundedReasons, factsOfCopy, factsOfOriginal, keepCopy, takeBackCopy } from './copies.ts';
import type { CustodianStore } from './custodian.ts';
import { PokedWork } from './poked-work.ts';

/** One object to make a disarmed copy of. */
export interface DisarmJob {
  readonly sha256: Sha256;
  readonly plainBytes: number;
  readonly findings: readonly Finding[];
  /** What attributes of the copy are to be, whatever they were; absent: what they are. */
  readonly coercion?: Coercion;
  /** What the copy says when it was made, milliseconds since the epoch; default now. */
  readonly epochMs?: number;
  /** The whole Part 10 file in the clear, from its beginning; called once for each reading. */
  open(): AsyncIterable<Uint8Array>;
}

/** A disarmed copy, sealed and staged, not yet durable. */
export interface DisarmedCopy {
  readonly deskId: string;
  readonly sha256: Sha256;
  readonly staged: Staged;
  readonly metaBytes: number;
  readonly plainBytes: number;
  readonly sopInstanceUid: string;
  /** Of the copy's own inspection: information alone. */
  readonly findings: readonly Finding[];
  /** Names of the inspectors that could not finish with the copy; default none. */
  readonly unfinished?: readonly string[];
  readonly changes: readonly { readonly kind: string; readonly path: string; readonly times: number }[];
  /** What the catalogue keeps of the copy, as JSON; default nothing. */
  readonly attributes?: Phi<string>;
  /** SHA-256 of the pixels, the same in original and copy. */
  readonly pixelSha256: string;
  /** To be called once the copy is in custody or given up. */
  settled(): void;
}

/** What became of a job. `failed`: not the object's doing as far as is known; may be tried again. */
export type DeskOutcome =
  | ({ readonly kind: 'copied' } & DisarmedCopy)
  | { readonly kind: 'impossible'; readonly reasons: readonly { readonly code: string; readonly text: Text }[] }
  | { readonly kind: 'failed' };

/** Where copies are made: a sandboxed process. Never rejects. */
export interface DisarmDesk {
  copy(job: DisarmJob): Promise<DeskOutcome>;
}

export interface DisarmEngineOptions {
  readonly records: Pick<Records, 'pendingCopies' | 'commitCopy' | 'copyImpossible' | 'custody'>;
  readonly store: Pick<CustodianStore, 'makeDurable' | 'adopt' | 'discard' | 'removeUnrecorded'>;
  readonly desk: DisarmDesk;
  readonly clock: Clock;
  readonly log: Logger;
  rules(): {
    readonly peers: readonly Peer[];
    readonly routes: readonly Route[];
    readonly destinations: readonly Destination[];
  };
  /** The plain Part 10 file of an object in custody. */
  openPlain(custody: Custody): AsyncIterable<Uint8Array>;
  /** Seals what the catalogue keeps of a copy; without it nothing is kept. */
  seal?(sha256: Sha256, attributes: Phi<string>): Uint8Array | undefined;
  /** Whether an object came for a device that retrieves it: then its copy takes no route either. Default: none did. */
  isRetrieved?(sha256: Sha256): boolean;
  /** Called after each copy taken into custody: wakes the deliveries. */
  committed(arrival: Arrival, destinations: readonly string[]): void;
}

/** Tries of one job in this run before a person has to decide: the copy is what a patient waits for, but a trap must not be sprung for ever. */
const MOST_TRIES = 3;
const AFTER_FAULT_MS = 2_000;
const AT_ONCE = 16;
const FILE_LEFT = 'disarm.file-left';

/**
 * Makes the disarmed copies that are owed: of each held object whose disposition is `disarm`, one, delivered by the routes of its
 * sender. What is owed stands in the records, so that a restart goes on with it. One at a time; a fault of one never holds up another.
 */
export class DisarmEngine {
  readonly #options: DisarmEngineOptions;
  readonly #tries = new Map<Sha256, number>();
  readonly #work = new PokedWork(() => this.#run());

  constructor(options: DisarmEngineOptions) {
    this.#options = options;
  }

  /** There may be something to do. */
  poke(): void {
    this.#work.poke();
  }

  /** Finishes the copy under way and begins no other. */
  async stop(): Promise<void> {
    await this.#work.stop();
  }

  async #run(): Promise<boolean> {
    try {
      const owed = await this.#options.records.pendingCopies(AT_ONCE);
      let isSmooth = true;
      for (const custody of owed) if (!this.#work.isStopping) isSmooth = (await this.#tried(custody)) && isSmooth;
      if (isSmooth) return owed.length > 0;
      this.#later();
    } catch (thrown) {
      this.#options.log.error('disarm.failed', { fault: thrown });
      this.#later();
    }
    return false;
  }

  #later(): void {
    this.#options.clock.after(AFTER_FAULT_MS, () => this.poke());
  }

  async #tried(custody: Custody): Promise<boolean> {
    try {
      await this.#one(custody);
      return true;
    } catch (thrown) {
      this.#options.log.error('disarm.failed', { sha256: custody.sha256, fault: thrown });
      return false;
    }
  }

  async #one(custody: Custody): Promise<void> {
    const { desk, openPlain } = this.#options;
    const { sha256, plainBytes } = custody;
    const findings = JSON.parse(custody.findings) as readonly Finding[];
    const outcome = await desk.copy({ sha256, plainBytes, findings, open: () => openPlain(custody) });
    if (outcome.kind === 'copied' && !this.#isWaitedFor(custody, outcome)) return this.#take(custody, outcome);
    if (outcome.kind === 'copied') await this.#dropped(outcome);
    if (outcome.kind === 'impossible')
      return this.#giveUp(
        custody,
        outcome.reasons.map(({ text }) => text),
      );
    const tries = (this.#tries.get(sha256) ?? 0) + 1;
    this.#tries.set(sha256, tries);
    if (tries >= MOST_TRIES) await this.#giveUp(custody, [outcome.kind === 'copied' ? NOT_LOOKED_AT : GAVE_UP]);
  }

  // A copy is judged as what arrives is: what could not be looked at to the end goes where the sender's flow says.
  #isWaitedFor({ peer, sopClassUid, sha256 }: Custody, { unfinished = [] }: DisarmedCopy): boolean {
    if (unfinished.length === 0) return false;
    const { peers, routes } = this.#options.rules();
    const sender = peers.find(({ aeTitle }) => aeTitle === peer);
    // Of a peer that is gone nobody can tell any more what was chosen.
    const done = sender === undefined ? 'hold' : unfinishedOf(flowOf(sender, routes), sopClassUid);
    this.#options.log.warn('copy.unfinished', { sha256, inspectors: [...unfinished], done });
    return done === 'hold';
  }

  async #dropped(copy: DisarmedCopy): Promise<void> {
    await takeBackCopy(this.#options, copy, FILE_LEFT);
    copy.settled();
  }

  async #take(custody: Custody, copy: DisarmedCopy): Promise<void> {
    const { records, committed, clock } = this.#options;
    const commit = async (): Promise<boolean> => {
      const arrival = arrivalOfCopy(custody, copy, custody.patient, DISARMED, clock.now());
      const destinations = this.#destinations(custody);
      const isTaken = await records.commitCopy(custody.sha256, {
        ...{ arrival, destinations, answer: { status: 0 }, isKept: true },
        event: () => ({ ...factsOfCopy(custody, copy, arrival), kind: 'copy.made', destinations }),
        ...this.#catalogued(copy),
      });
      this.#tries.delete(custody.sha256);
      if (isTaken) committed(arrival, destinations);
      return isTaken;
    };
    await keepCopy(this.#options, copy, commit, FILE_LEFT);
  }

  #catalogued({ sha256, attributes }: DisarmedCopy): Pick<ArrivalCommit, 'catalogued'> {
    const catalogued = attributes === undefined ? undefined : this.#options.seal?.(sha256, attributes);
    return catalogued === undefined ? {} : { catalogued };
  }

  async #giveUp(custody: Custody, why: readonly Text[]): Promise<void> {
    const { records, clock } = this.#options;
    const atMs = clock.now();
    this.#tries.delete(custody.sha256);
    await records.copyImpossible(custody.sha256, [
      { ...factsOfOriginal(custody), id: uuidv7(atMs), atMs, kind: 'copy.impossible', why: boundedReasons(why) },
    ]);
  }

  #destinations({ peer, sha256 }: Custody): readonly string[] {
    if (this.#options.isRetrieved?.(sha256) === true) return [];
    const { routes, destinations } = this.#options.rules();
    const known = new Set(destinations.map((destination) => destination.name));
    return routesFor(routes, peer).filter((name) => known.has(name));
  }
}

const DISARMED = text(
  'Copie désarmée d’un objet retenu, contrôlée à son tour.',
  'Disarmed copy of a held object, inspected in its turn.',
);
const NOT_LOOKED_AT = text(
  'La copie désarmée n’a pas pu être contrôlée jusqu’au bout, plusieurs fois de suite : l’objet attend la décision d’une personne.',
  'The disarmed copy could not be checked to the end, several times in a row: the object waits for a person to decide.',
);
const GAVE_UP = text(
  'La copie désarmée n’a pas pu être faite, plusieurs fois de suite : l’objet attend la décision d’une personne.',
  'The disarmed copy could not be made, several times in a row: the object waits for a person to decide.',
);
