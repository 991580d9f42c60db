import type { ObjectFacts } from '@leadglass/inspect';
import { type Clock, Fault, isFault, type Logger, type Phi, type Text, text, uuidv7 } from '@leadglass/kit';
import type {
  Answer,
  Arrival,
  ArrivalOutcome,
  Destination,
  Disposition,
  Event,
  Finding,
  Peer,
  Place,
  Sha256,
} from '@leadglass/model';
import { verdictOf } from '@leadglass/model';
import { type DecisionRules, decisionRulesOf, dispose, type Flow, routesFor } from '@leadglass/policy';
import type { ArrivalCommit, Custody, Learnt, Records } from '@leadglass/records';
import { planDisarm } from '@leadglass/rewrite';
import type { Staged } from '@leadglass/vault';
import type { AnnouncedObject } from './arrival.ts';
import type { Committer } from './committer.ts';
import { isMendable, type JudgingRules, judged, type Knowledge, NOTHING_KNOWN } from './knowledge.ts';

/** Where an object's bytes lie durably, and whether bytes of it that custody points to had been lost. */
interface Landed {
  readonly place: Place;
  readonly wasLost: boolean;
}

const NOWHERE: Landed = { place: { kind: 'file' }, wasLost: false };

/** PS3.4 §B.2.3: refused, out of resources. The sender keeps the object and tries again. */
const OUT_OF_RESOURCES = 0xa700;

/** What an intake learnt of one object, and whose it is. */
export interface ReceivedFacts extends AnnouncedObject {
  readonly intakeId: string;
  readonly associationId: string;
  readonly peer: Peer;
  readonly remoteAddress: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly modality: string;
  /** Keyed pseudonym, never the identifier. */
  readonly patient: string;
  /** All of the pseudonyms the patient may be known by: with the issuer of the number and without. Default: `patient` alone. */
  readonly patients?: readonly string[];
  /** What the object says that can be held against what is known; default nothing. */
  readonly content?: ObjectFacts;
  /** What the catalogue keeps of it, as JSON; default nothing. */
  readonly attributes?: Phi<string>;
  readonly findings: readonly Finding[];
  /** Names of the inspectors that could not finish; default none. */
  readonly unfinished?: readonly string[];
  readonly isUnreadable: boolean;
  /** Set when the intake refused or could not keep the object. */
  readonly failure: { readonly status: number; readonly comment: string; readonly why: Text } | undefined;
  readonly kept: { readonly sha256: Sha256; readonly staged: Staged } | undefined;
  readonly metaBytes: number;
  readonly plainBytes: number;
  /** It came because a device retrieves it: it goes to that device and takes no route, or it would come back to where it came from. */
  readonly isRetrieved?: boolean;
  /** The temporary identity it came under: its deliveries wait for who that is. */
  readonly awaits?: ArrivalCommit['awaits'];
}

/** What the custodian asks of the vault's ObjectStore. */
export interface CustodianStore {
  /** Makes durable what `intakeId` says it has written, after checking that it is its own. */
  makeDurable(intakeId: string, staged: Staged, isAlone: boolean): Promise<void>;
  /** Gives a durable staging file its own name in the vault; a file of `sealedBytes` that is already there stays instead. */
  adopt(file: string, sha256: Sha256, sealedBytes: number): Promise<void>;
  /** Removes a staging file of its own that is not kept; a lane is left to its next use. */
  discard(intakeId: string, staged: Staged): Promise<void>;
  /** Whether an object's bytes are there, as far as a look tells. */
  holds(stored: Pick<Custody, 'sha256' | 'place' | 'sealedBytes'>): Promise<boolean>;
  /** Removes an object's own file unless a record points to it. */
  removeUnrecorded(sha256: Sha256, isRecorded: () => Promise<boolean>): Promise<void>;
}

export interface CustodianOptions {
  readonly committer: Committer;
  readonly records: Pick<Records, 'custody' | 'replaceBytes'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** The rules as they are now. */
  rules(): JudgingRules & { readonly destinations: readonly Destination[] };
  /** What arrivals are held against; without it an arrival is judged by itself. */
  readonly knowledge?: Knowledge;
  /** Seals what the catalogue keeps of an object; without it nothing is kept. */
  seal?(sha256: Sha256, attributes: Phi<string>): Uint8Array | undefined;
  /** Why nothing may be taken now (ledger not writable, disk full), or undefined. */
  gate(): Fault | undefined;
  /** The disk under the vault. */
  readonly store: CustodianStore;
  /** A lane could not be synced: it must not be written to again. */
  laneFailed(intakeId: string, file: string): void;
  /** These quirks of the device excused something. */
  quirksUsed?(names: readonly string[]): void;
  /** Called after each commit, with what was kept: wakes what comes after (deliveries, layout, ledger). */
  committed(arrival: Arrival, destinations: readonly string[]): void;
}

/**
 * The keeper's side of an arrival: decide, make durable, then say what the sender may be told. An answer of success is only ever
 * built from a transaction that has committed.
 */
export class Custodian {
  readonly #options: CustodianOptions;
  /** Arrivals of one object that each have a file follow one another: none may take away the file another is about to record. */
  readonly #last = new Map<Sha256, Promise<unknown>>();
  /** Arrivals under way. */
  #open = 0;

  constructor(options: CustodianOptions) {
    this.#options = options;
  }

  /** Decides on one received object and takes it into custody. Never rejects: a fault of ours is an A700 answer. */
  async receive(facts: ReceivedFacts): Promise<Answer> {
    this.#open += 1;
    try {
      return await this.#receive(facts);
    } finally {
      this.#open -= 1;
    }
  }

  async #receive(facts: ReceivedFacts): Promise<Answer> {
    try {
      const blocked = this.#options.gate();
      if (blocked !== undefined) {
        await this.#discard(facts);
        return outOfResources(blocked);
      }
      return await this.#inTurn(facts, () => this.#judge(facts));
    } catch (thrown) {
      this.#options.log.error('arrival.not-kept', { association: facts.associationId, fault: thrown });
      await this.#discard(facts);
      return outOfResources(thrown);
    }
  }

  async #inTurn<T>({ kept }: ReceivedFacts, act: () => Promise<T>): Promise<T> {
    if (kept?.staged.kind !== 'staged') return act();
    const { sha256 } = kept;
    const turn = (this.#last.get(sha256) ?? Promise.resolve()).then(act, act);
    this.#last.set(sha256, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(sha256) === turn) this.#last.delete(sha256);
    }
  }

  async #judge(received: ReceivedFacts): Promise<Answer> {
    const { knowledge } = this.#options;
    const known = (await knowledge?.of(received)) ?? NOTHING_KNOWN;
    const { facts, flow, quirksUsed } = judged(received, known.findings, this.#options.rules());
    if (quirksUsed.length > 0) this.#options.quirksUsed?.(quirksUsed);
    const disposition = dispositionOf(facts, flow);
    this.#tellUnfinished(facts, disposition);
    const answer = await this.#commit(facts, disposition, known.learns);
    if (known.learns !== undefined && disposition.kind === 'deliver')
      knowledge?.learnt(facts.peer.aeTitle, known.learns);
    return answer;
  }

  // Fail-open or fail-closed, the choice of the flow is told each time it is made.
  #tellUnfinished({ unfinished = [], associationId }: ReceivedFacts, { kind }: Disposition): void {
    if (unfinished.length > 0)
      this.#options.log.warn('arrival.unfinished', {
        association: associationId,
        inspectors: [...unfinished],
        done: kind,
      });
  }

  async #commit(facts: ReceivedFacts, disposition: Disposition, learns: Learnt | undefined): Promise<Answer> {
    const kept = disposition.kind === 'refuse' ? undefined : facts.kept;
    const landed = kept === undefined ? NOWHERE : await this.#makeDurable(facts.intakeId, kept);
    const arrival = this.#arrival(facts, disposition, landed.place);
    const destinations = this.#destinations(facts, disposition);
    const answer = answerOf(disposition);
    const outcome = await this.#record({
      arrival,
      destinations,
      answer,
      isKept: kept !== undefined,
      event: (outcome) => eventOf(arrival, outcome, destinations),
      ...(learns === undefined ? {} : { learns }),
      ...this.#catalogued(facts),
      ...(facts.awaits === undefined || facts.isRetrieved === true ? {} : { awaits: facts.awaits }),
      // What a person later loosens does not loosen what is held already.
      decisions: this.#decisions(facts),
    });
    if (kept === undefined) await this.#discard(facts);
    else if (outcome === 'duplicate' || kept.staged.kind === 'staged') await this.#assure(arrival, landed.wasLost);
    this.#options.committed(arrival, destinations);
    return answer;
  }

  #catalogued({ kept, attributes }: ReceivedFacts): Pick<ArrivalCommit, 'catalogued'> {
    if (kept === undefined || attributes === undefined) return {};
    const catalogued = this.#options.seal?.(kept.sha256, attributes);
    return catalogued === undefined ? {} : { catalogued };
  }

  #decisions({ peer }: ReceivedFacts): DecisionRules {
    return decisionRulesOf(peer.aeTitle, [peer], this.#options.rules().routes);
  }

  async #record(commit: ArrivalCommit): Promise<ArrivalOutcome> {
    try {
      return await this.#options.committer.commit(commit);
    } catch (thrown) {
      if (commit.isKept && commit.arrival.place.kind === 'file') await this.#takeBack(commit.arrival.sha256);
      throw thrown;
    }
  }

  // Durable first: bytes and, for an object with a file of its own, its name. Only then is it recorded.
  async #makeDurable(intakeId: string, kept: { readonly sha256: Sha256; readonly staged: Staged }): Promise<Landed> {
    const { staged, sha256 } = kept;
    const { store, records, committer } = this.#options;
    try {
      const syncing = store.makeDurable(intakeId, staged, this.#open === 1);
      // A file of its own may be large: nobody else waits for it.
      if (staged.kind === 'lane') committer.coming(syncing);
      await syncing;
    } catch (thrown) {
      if (staged.kind === 'lane') this.#options.laneFailed(intakeId, staged.file);
      throw thrown;
    }
    if (staged.kind === 'lane')
      return { place: { kind: 'lane', file: staged.file, offset: staged.offset }, wasLost: false };
    const known = await records.custody(sha256);
    const wasLost = known !== undefined && !(await store.holds(known));
    await store.adopt(staged.file, sha256, known?.sealedBytes ?? staged.sealedBytes);
    return { place: { kind: 'file' }, wasLost };
  }

  /**
   * Stored means stored, also when it is said of bytes that came before: what custody points to is looked at, and when it is gone the
   * new bytes take its place. Throws when there are none to point to.
   */
  async #assure(arrival: Arrival, wasLost: boolean): Promise<void> {
    const { store, records, log, clock } = this.#options;
    const { sha256, place, sealedBytes } = arrival;
    const held = await records.custody(sha256);
    if (held === undefined) throw GONE;
    const isHere = await store.holds(held);
    if (isHere && !wasLost) return;
    if (!(await store.holds({ sha256, place, sealedBytes }))) throw GONE;
    const now = clock.now();
    const event: Event = { id: uuidv7(now), atMs: now, kind: 'recovery.row-dropped', sha256, why: REPLACED };
    if (!(await records.replaceBytes(sha256, place, sealedBytes, [event]))) throw GONE;
    log.warn('arrival.bytes-replaced', { sha256 });
  }

  // The commit may have failed for this arrival alone, or be done although it was not told: a recorded object keeps its file.
  async #takeBack(sha256: Sha256): Promise<void> {
    const { store, records, log } = this.#options;
    try {
      await store.removeUnrecorded(sha256, async () => (await records.custody(sha256)) !== undefined);
    } catch (thrown) {
      log.warn('arrival.file-left', { sha256, fault: thrown });
    }
  }

  async #discard({ intakeId, kept }: ReceivedFacts): Promise<void> {
    if (kept?.staged.kind !== 'staged') return;
    const { store, log } = this.#options;
    try {
      await store.discard(intakeId, kept.staged);
    } catch (thrown) {
      log.warn('vault.staging-left', { file: kept.staged.file, fault: thrown });
    }
  }

  #destinations(facts: ReceivedFacts, disposition: Disposition): readonly string[] {
    if (disposition.kind !== 'deliver' || facts.isRetrieved === true) return [];
    const { routes, destinations } = this.#options.rules();
    const known = new Set(destinations.map((destination) => destination.name));
    return routesFor(routes, facts.peer.aeTitle).filter((name) => known.has(name));
  }

  #arrival(facts: ReceivedFacts, disposition: Disposition, place: Place): Arrival {
    const now = this.#options.clock.now();
    return {
      id: uuidv7(now),
      associationId: facts.associationId,
      peer: facts.peer.aeTitle,
      remoteAddress: facts.remoteAddress,
      receivedAtMs: now,
      sha256: facts.kept?.sha256 ?? ('' as Sha256),
      plainBytes: facts.plainBytes,
      sealedBytes: facts.kept?.staged.sealedBytes ?? 0,
      metaBytes: facts.metaBytes,
      place,
      sopClassUid: facts.sopClassUid,
      sopInstanceUid: facts.sopInstanceUid,
      transferSyntaxUid: facts.transferSyntaxUid,
      studyInstanceUid: facts.studyInstanceUid,
      seriesInstanceUid: facts.seriesInstanceUid,
      modality: facts.modality,
      patient: facts.patient,
      verdict: verdictOf(facts.findings),
      findings: facts.findings,
      disposition,
    };
  }
}

function dispositionOf(facts: ReceivedFacts, flow: Flow): Disposition {
  if (facts.failure === undefined) {
    const { peer, findings, kept, unfinished = [], sopClassUid } = facts;
    const isUnreadable = facts.isUnreadable || kept === undefined;
    const capabilities = { disarm: isMendable(findings) && planDisarm(findings).obstacles.length === 0 };
    const judgement = { verdict: verdictOf(findings), findings, isUnreadable, flow, unfinished, sopClassUid };
    return dispose({ ...judgement, peer, capabilities });
  }
  const { status, comment, why } = facts.failure;
  return { kind: 'refuse', reasons: [why], status, comment };
}

function answerOf(disposition: Disposition): Answer {
  const { status, comment } = disposition;
  return comment === undefined ? { status } : { status, comment };
}

function outOfResources(thrown: unknown): Answer {
  const code = isFault(thrown) ? thrown.code : 'internal';
  return { status: OUT_OF_RESOURCES, comment: `Not stored: ${code}`.slice(0, 64) };
}

const CODES_IN_AN_EVENT = 8;

function eventOf(arrival: Arrival, outcome: ArrivalOutcome, destinations: readonly string[]): Event {
  const { disposition, verdict } = arrival;
  const findings = [...new Set(arrival.findings.map((finding) => finding.code))].slice(0, CODES_IN_AN_EVENT);
  const facts = {
    id: uuidv7(arrival.receivedAtMs),
    atMs: arrival.receivedAtMs,
    arrivalId: arrival.id,
    associationId: arrival.associationId,
    peer: arrival.peer,
    remoteAddress: arrival.remoteAddress,
    sha256: arrival.sha256,
    sopClassUid: arrival.sopClassUid,
    sopInstanceUid: arrival.sopInstanceUid,
    studyInstanceUid: arrival.studyInstanceUid,
    patient: arrival.patient,
    bytes: arrival.plainBytes,
    verdict,
    findings,
  };
  if (disposition.kind === 'refuse')
    return { ...facts, kind: 'arrival.refused', status: disposition.status, why: disposition.reasons };
  if (disposition.kind === 'hold' || disposition.kind === 'disarm')
    return { ...facts, kind: 'arrival.held', why: disposition.reasons };
  return { ...facts, kind: 'arrival.stored', outcome, destinations };
}

const REPLACED = text(
  'ses octets manquaient au coffre ; le même objet, reçu à nouveau, a pris leur place',
  'its bytes were missing from the vault; the same object, received again, took their place',
);

const GONE = new Fault(
  'vault.gone-meanwhile',
  'transient',
  text(
    'L’objet a quitté le coffre pendant qu’il arrivait à nouveau : il faut le renvoyer.',
    'The object left the vault while it arrived again: it has to be sent once more.',
  ),
);
