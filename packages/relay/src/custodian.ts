import { type Clock, type Fault, isFault, type Logger, type Text, text, uuidv7 } from '@leadglass/kit';
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
  Route,
  Sha256,
} from '@leadglass/model';
import { verdictOf } from '@leadglass/model';
import { dispose, routesFor } from '@leadglass/policy';
import type { ArrivalCommit } from '@leadglass/records';
import type { Staged } from '@leadglass/vault';
import type { AnnouncedObject } from './arrival.ts';
import type { Committer } from './committer.ts';

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
  readonly findings: readonly Finding[];
  readonly isUnreadable: boolean;
  /** Set when the intake refused or could not keep the object. */
  readonly failure: { readonly status: number; readonly comment: string; readonly why: Text } | undefined;
  readonly kept: { readonly sha256: Sha256; readonly staged: Staged } | undefined;
  readonly metaBytes: number;
  readonly plainBytes: number;
}

/** What the custodian asks of the vault's ObjectStore. */
export interface CustodianStore {
  /** Makes durable what `intakeId` says it has written, after checking that it is its own. */
  makeDurable(intakeId: string, staged: Staged): Promise<void>;
  /** Gives a durable staging file its own name in the vault. */
  adopt(file: string, sha256: Sha256): Promise<void>;
  removeStaging(file: string): Promise<void>;
}

export interface CustodianOptions {
  readonly committer: Committer;
  readonly clock: Clock;
  readonly log: Logger;
  /** The rules as they are now. */
  rules(): { readonly routes: readonly Route[]; readonly destinations: readonly Destination[] };
  /** Why nothing may be taken now (ledger not writable, disk full), or undefined. */
  gate(): Fault | undefined;
  /** The disk under the vault. */
  readonly store: CustodianStore;
  /** A lane could not be synced: it must not be written to again. */
  laneFailed(intakeId: string, file: string): void;
  /** Called after each commit, with what was kept: wakes what comes after (deliveries, layout, ledger). */
  committed(arrival: Arrival, destinations: readonly string[]): void;
}

/**
 * The keeper's side of an arrival: decide, make durable, then say what the sender may be told. An answer of success is only ever
 * built from a transaction that has committed.
 */
export class Custodian {
  readonly #options: CustodianOptions;

  constructor(options: CustodianOptions) {
    this.#options = options;
  }

  /** Decides on one received object and takes it into custody. Never rejects: a fault of ours is an A700 answer. */
  async receive(facts: ReceivedFacts): Promise<Answer> {
    const blocked = this.#options.gate();
    if (blocked !== undefined) return outOfResources(blocked);
    const disposition = dispositionOf(facts);
    try {
      return await this.#commit(facts, disposition);
    } catch (thrown) {
      this.#options.log.error('arrival.not-kept', { association: facts.associationId, fault: thrown });
      return outOfResources(thrown);
    }
  }

  async #commit(facts: ReceivedFacts, disposition: Disposition): Promise<Answer> {
    const kept = disposition.kind === 'refuse' ? undefined : facts.kept;
    const place = kept === undefined ? { kind: 'file' as const } : await this.#makeDurable(facts.intakeId, kept);
    const arrival = this.#arrival(facts, disposition, place);
    const destinations = this.#destinations(facts, disposition);
    const answer = answerOf(disposition);
    const commit: ArrivalCommit = {
      arrival,
      destinations,
      answer,
      isKept: kept !== undefined,
      event: (outcome) => eventOf(arrival, outcome, destinations),
    };
    await this.#options.committer.commit(commit);
    this.#options.committed(arrival, destinations);
    return answer;
  }

  // Durable first: bytes and, for an object with a file of its own, its name. Only then is it recorded.
  async #makeDurable(intakeId: string, kept: { readonly sha256: Sha256; readonly staged: Staged }): Promise<Place> {
    const { staged, sha256 } = kept;
    const { store } = this.#options;
    try {
      await store.makeDurable(intakeId, staged);
    } catch (thrown) {
      if (staged.kind === 'lane') this.#options.laneFailed(intakeId, staged.file);
      throw thrown;
    }
    if (staged.kind === 'lane') return { kind: 'lane', file: staged.file, offset: staged.offset };
    await store.adopt(staged.file, sha256);
    return { kind: 'file' };
  }

  #destinations(facts: ReceivedFacts, disposition: Disposition): readonly string[] {
    if (disposition.kind !== 'deliver') return [];
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

function dispositionOf(facts: ReceivedFacts): Disposition {
  if (facts.failure === undefined) {
    const { peer, findings } = facts;
    const decided = dispose({ verdict: verdictOf(findings), findings, peer, capabilities: { disarm: false } });
    // Without bytes there is nothing to hold or deliver, whatever the findings alone would allow.
    if (facts.kept !== undefined || decided.kind === 'refuse') return decided;
    return { ...decided, kind: 'refuse', status: 0xc000, comment: 'Data set cannot be read to its end' };
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
  if (disposition.kind === 'hold') return { ...facts, kind: 'arrival.held', why: disposition.reasons };
  return { ...facts, kind: 'arrival.stored', outcome, destinations };
}

/** The sentence for a gateway that cannot keep what it would receive. */
export const CANNOT_KEEP = text(
  'La passerelle ne peut rien garder pour le moment : rien n’est accepté.',
  'The gateway cannot keep anything at the moment: nothing is accepted.',
);
