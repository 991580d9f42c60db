import { Sealer } from '@leadglass/catalogue';
import { type PersonFacts, temporaryIdentityOf } from '@leadglass/continuity';
import type { AnswerInputOf, CandidateAnswer, ParsedRequestOf, ReconciledIdentity } from '@leadglass/contract';
import { type Clock, type Logger, type Phi, type Timer, text, uuidv7 } from '@leadglass/kit';
import type { Arrival, Destination, Event, Sha256 } from '@leadglass/model';
import type { ArrivalCommit, Custody, Hl7Owing, Records, TemporaryIdentity } from '@leadglass/records';
import type { CustodianStore, DisarmDesk } from '@leadglass/relay';
import { by } from '../actor.ts';
import type { CatalogueHost } from '../catalogue-host.ts';
import { controlFault } from '../control-faults.ts';
import { answerOf } from '../hl7/answers.ts';
import type { Hl7Host } from '../hl7/hl7-host.ts';
import { type Accepted, openAccepted, sealAccepted } from './accepted.ts';
import {
  ArchiveCandidates,
  type CandidateSource,
  candidatesFor,
  comparedTo,
  type Found,
  type Here,
  typed,
  WorklistCandidates,
} from './candidates.ts';
import { CoercionEngine } from './coercion-engine.ts';
import { Holdings, studiesOf, wordsOf } from './holdings.ts';
import {
  ACCEPTED_ALREADY,
  DELIVERED,
  NO_CANDIDATE,
  NOTHING_ACCEPTED,
  NOTHING_CAME,
  ONE_OF_TWO,
  RELEASED_ALREADY,
  SOMEBODY_ELSE,
  STILL_TEMPORARY,
  TAKEN_BACK,
} from './reconcile-words.ts';
import { report } from './report.ts';
import { ReconcileMemory } from './settings.ts';

export interface ReconcileTools {
  readonly records: Pick<
    Records,
    'reconciliation' | 'schedule' | 'hl7' | 'setting' | 'setSetting' | 'custody' | 'hold' | 'overview'
  >;
  readonly catalogue: Pick<CatalogueHost, 'search' | 'seal'>;
  readonly store: Pick<CustodianStore, 'makeDurable' | 'adopt' | 'discard' | 'removeUnrecorded'>;
  readonly desk: DisarmDesk;
  readonly indexKey: ConstructorParameters<typeof Sealer>[0];
  readonly clock: Clock;
  readonly log: Logger;
  rules(): { readonly destinations: readonly Destination[] };
  openPlain(custody: Custody): AsyncIterable<Uint8Array>;
  pseudonyms(issuer: string, patientId: string): readonly string[];
  /** Whether an upstream is down now. */
  isOutage(): boolean;
  committed(arrival: Arrival, destinations: readonly string[]): void;
  /** Something is to be delivered to it. */
  due(destination: string): void;
  /** Who is told by HL7 of whom a registration turned out to be. */
  readonly hl7: Pick<Hl7Host, 'owings' | 'poke'>;
  /** Events were appended. */
  told(): void;
  /** Who else may know whom somebody is; default nobody. */
  readonly sources?: readonly CandidateSource[];
}

/** What the control socket asks for. */
export type ReconcileActs = Pick<ReconcileHost, 'list' | 'show' | 'accept' | 'undo' | 'release' | 'report' | 'set'>;

const PREFIX_SETTING = 'registration.prefix';
const LOOK_MS = 60_000;
const OUTAGE_TOLD_EVERY_MS = 300_000;
const PAGE = 500;
const MOST_LISTED = 1_000;
/** Of those that are settled, the newest. */
const MOST_SETTLED = 200;
/** What may be one of ours: nothing else is asked about. */
const LOOKS_TEMPORARY = /^\s*T[0-9A-Z]{13}\s*$/i;

type Answer<K extends 'list' | 'show' | 'accept' | 'undo' | 'release' | 'report' | 'set'> = Promise<
  AnswerInputOf<`reconcile.${K}`>
>;
type Asked<K extends 'list' | 'show' | 'accept' | 'undo' | 'release' | 'report' | 'set'> =
  ParsedRequestOf<`reconcile.${K}`>;
type Temporary = AnswerInputOf<'reconcile.accept'>['temporary'];
/**
 * Temporary identities: what came under them waits here, a person says who they are, and their images go on as who they turned out to be
 * (decision 0036).
 */
export class ReconcileHost {
  readonly #tools: ReconcileTools;
  readonly #sealer: Sealer;
  readonly #memory: ReconcileMemory;
  readonly #holdings: Holdings;
  readonly #engine: CoercionEngine;
  readonly #sources: readonly CandidateSource[];
  #prefix = '';
  #outageToldMs = 0;
  #timer: Timer | undefined;
  #isStopping = false;

  constructor(tools: ReconcileTools) {
    this.#tools = tools;
    this.#sealer = new Sealer(tools.indexKey);
    this.#memory = new ReconcileMemory(tools.records);
    this.#holdings = new Holdings(tools.records, this.#sealer);
    const { records, catalogue, store, desk, clock, log } = tools;
    this.#engine = new CoercionEngine({
      ...{ records, store, desk, clock, log, sealer: this.#sealer, rules: () => tools.rules() },
      openPlain: (custody) => tools.openPlain(custody),
      seal: (sha256: Sha256, attributes: Phi<string>) => catalogue.seal(sha256, attributes),
      pseudonyms: (issuer, patientId) => tools.pseudonyms(issuer, patientId),
      committed: (arrival, destinations) => tools.committed(arrival, destinations),
    });
    this.#sources = [
      new WorklistCandidates(records, this.#sealer),
      new ArchiveCandidates(catalogue),
      ...(tools.sources ?? []),
    ];
  }

  /** Before anything arrives. Rejects with the records' Fault. */
  async start(): Promise<void> {
    await this.#memory.load();
    this.#again();
    this.#engine.poke();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#timer?.cancel();
    await this.#engine.stop();
  }

  /** What came under an identity that is known already is owed its copy. */
  poke(): void {
    this.#engine.poke();
  }

  /** Resolves once no copy is being made. */
  settled(): Promise<void> {
    return this.#engine.settled();
  }

  /** What an object that came under a temporary identity waits for; undefined for every other. Rejects with the records' Fault. */
  async awaits(patientId: string, issuer: string, patient: string): Promise<ArrivalCommit['awaits']> {
    if (!LOOKS_TEMPORARY.test(patientId) || this.#memory.settings.waitDays === 0) return undefined;
    if (this.#prefix === '') this.#prefix = (await this.#tools.records.setting(PREFIX_SETTING)) ?? '';
    const number = temporaryIdentityOf(patientId, issuer, this.#prefix);
    if (number === undefined) return undefined;
    return {
      number,
      event: ({ studyInstanceUid, receivedAtMs: atMs }, destinations) => ({
        ...{ id: uuidv7(atMs), atMs, kind: 'identity.waiting', number, patient, studyInstanceUid },
        destinations,
      }),
    };
  }

  /** Looks at what time does. Never rejects. */
  async look(): Promise<void> {
    try {
      const now = this.#tools.clock.now();
      if (this.#tools.isOutage()) await this.#outage(now);
      else await this.#releaseOverdue(now);
    } catch (thrown) {
      this.#tools.log.error('reconcile.look', { fault: thrown });
    }
  }

  #again(): void {
    if (this.#isStopping) return;
    this.#timer = this.#tools.clock.after(LOOK_MS, () => void this.look().then(() => this.#again()));
  }

  async #outage(now: number): Promise<void> {
    if (now - this.#outageToldMs < OUTAGE_TOLD_EVERY_MS) return;
    await this.#memory.outage(now);
    this.#outageToldMs = now;
  }

  async #releaseOverdue(now: number): Promise<void> {
    const beforeMs = this.#memory.overdueMs(now);
    if (beforeMs === undefined) return;
    for (const identity of await this.#tools.records.reconciliation.overdue(beforeMs, PAGE))
      await this.#release(identity, '', '');
  }

  async list({ all }: Asked<'list'>): Answer<'list'> {
    const { reconciliation } = this.#tools.records;
    const inState = (state: TemporaryIdentity['state']) => reconciliation.identitiesIn(state, MOST_LISTED);
    const settled = all ? [...(await inState('accepted')), ...(await inState('released'))] : [];
    const waiting = [
      ...(await inState('open')),
      ...(await inState('asked')),
      ...(await reconciliation.unfinished(MOST_LISTED)),
    ];
    const listed = new Map([...waiting, ...settled.slice(0, MOST_SETTLED)].map((one) => [one.number, one]));
    const identities: Temporary[] = [];
    for (const identity of listed.values()) identities.push(await this.#told(identity));
    return { ...this.#memory.settings, identities };
  }

  async show({ number }: Asked<'show'>): Answer<'show'> {
    const identity = await this.#known(number);
    const objects = await this.#holdings.objects(number);
    const here = await this.#holdings.here(number, objects);
    const accepted = this.#accepted(identity);
    return {
      temporary: await this.#told(identity),
      here: wordsOf(here),
      studies: studiesOf(objects),
      ...(accepted === undefined ? {} : { accepted: accepted.identity }),
      candidates: await this.#candidates(here),
      told: (await this.#tools.records.hl7.ofNumber(number)).map(answerOf),
    };
  }

  async accept(asked: Asked<'accept'>): Answer<'accept'> {
    const { number } = asked;
    const identity = await this.#known(number);
    if (identity.state === 'accepted') throw controlFault('control.conflict', ACCEPTED_ALREADY);
    if (identity.state === 'released') throw controlFault('control.conflict', RELEASED_ALREADY);
    const here = await this.#holdings.here(number, await this.#holdings.objects(number));
    const chosen = await this.#chosen(asked, here);
    const first = this.#accepted(identity);
    const isSecond = first !== undefined && isSame(first.identity, chosen.identity);
    if (this.#needsTwo(chosen.grade) && !isSecond) return this.#ask(identity, chosen);
    if (isSecond && first.by === by()) throw controlFault('control.conflict', SOMEBODY_ELSE);
    return this.#accept(identity, chosen, isSecond ? first.by : '');
  }

  async undo({ number, reason, correct }: Asked<'undo'>): Answer<'undo'> {
    const identity = await this.#known(number);
    const accepted = this.#accepted(identity);
    if (accepted === undefined) throw controlFault('control.conflict', NOTHING_ACCEPTED);
    const event: Event = {
      ...{ ...this.#head(number), kind: 'identity.taken-back', by: by(), reason, isCorrection: correct },
      identity: this.#pseudonym(accepted.identity),
    };
    const why = JSON.stringify([TAKEN_BACK]);
    const done = await this.#tools.records.reconciliation.takeBack(
      { from: identity, atMs: this.#tools.clock.now() },
      { by: by(), why, isCorrection: correct },
      [event],
      await this.#takenBack(number),
    );
    if (done === 'delivered') throw controlFault('control.conflict', DELIVERED);
    if (done === 'changed') throw controlFault('control.conflict');
    this.#tools.told();
    this.#tools.hl7.poke();
    return this.#one(number);
  }

  async #takenBack(number: string): Promise<Hl7Owing | undefined> {
    const [of, row] = [
      await this.#holdings.registered(number),
      await this.#tools.records.schedule.registeredOf(number),
    ];
    return of && this.#tools.hl7.owings.takenBack(of, row?.state === 'open', this.#tools.clock.now());
  }

  async release({ number, reason }: Asked<'release'>): Answer<'release'> {
    const identity = await this.#known(number);
    if (identity.state === 'released') throw controlFault('control.conflict', RELEASED_ALREADY);
    if (!(await this.#release(identity, by(), reason))) throw controlFault('control.conflict');
    return this.#one(number);
  }

  report(asked: Asked<'report'>): Answer<'report'> {
    const { records, clock } = this.#tools;
    return report(
      {
        ...{
          records,
          clock,
          identities: () => this.#holdings.identities(),
          objects: (number) => this.#holdings.objects(number),
        },
        patient: (number) => this.#patient(number),
        identityOf: (identity) => {
          const accepted = identity.state === 'accepted' ? this.#accepted(identity) : undefined;
          return accepted === undefined ? '' : this.#pseudonym(accepted.identity);
        },
      },
      asked,
    );
  }

  async set(chosen: Asked<'set'>): Answer<'set'> {
    const { waitDays, secondLook } = chosen;
    const atMs = this.#tools.clock.now();
    const change = text(
      `identités temporaires attendues ${waitDays} j, seconde lecture : ${secondLook}`,
      `temporary identities are waited for ${waitDays} d, second look: ${secondLook}`,
    );
    await this.#memory.set(chosen, [{ id: uuidv7(atMs), atMs, kind: 'config.changed', by: by(), change }]);
    this.#tools.told();
    return {};
  }

  async #ask(identity: TemporaryIdentity, { identity: who, source, score }: Chosen): Answer<'accept'> {
    const accepted: Accepted = { identity: who, source, score, by: by(), askedBy: '' };
    const named = { by: by(), identity: this.#pseudonym(who), score };
    return this.#change(identity, 'asked', accepted, {
      ...{ ...this.#head(identity.number), kind: 'identity.asked', ...named },
    });
  }

  async #accept(identity: TemporaryIdentity, chosen: Chosen, askedBy: string): Answer<'accept'> {
    const { identity: who, source, score } = chosen;
    const accepted: Accepted = { identity: who, source, score, by: by(), askedBy };
    const named = { by: by(), askedBy, source, score, identity: this.#pseudonym(who) };
    const of = await this.#holdings.registered(identity.number);
    const owing = of && this.#tools.hl7.owings.reconciled(of, who, this.#tools.clock.now());
    const event: Event = { ...this.#head(identity.number), kind: 'identity.accepted', ...named };
    const answer = await this.#change(identity, 'accepted', accepted, event, owing);
    this.#engine.poke();
    this.#tools.hl7.poke();
    return answer;
  }

  async #change(
    from: TemporaryIdentity,
    state: 'asked' | 'accepted',
    accepted: Accepted,
    event: Event,
    owing?: Hl7Owing,
  ): Answer<'accept'> {
    const sealed = sealAccepted(this.#sealer, from.number, accepted);
    const change = { from, state, atMs: this.#tools.clock.now(), sealed };
    // Somebody else said something meanwhile.
    const isChanged = await this.#tools.records.reconciliation.change(change, [event], owing);
    if (!isChanged) throw controlFault('control.conflict');
    this.#tools.told();
    return this.#one(from.number);
  }

  async #release(from: TemporaryIdentity, who: string, reason: string): Promise<boolean> {
    const event: Event = { ...this.#head(from.number), kind: 'identity.released', by: who, reason };
    const atMs = this.#tools.clock.now();
    const kept = from.sealed === undefined ? {} : { sealed: from.sealed };
    const to = await this.#tools.records.reconciliation.release({ from, atMs, ...kept }, [event]);
    if (to === undefined) return false;
    this.#tools.told();
    for (const name of to) this.#tools.due(name);
    return true;
  }

  async #chosen({ candidate, identity }: Asked<'accept'>, here: Here): Promise<Chosen> {
    if ((candidate === undefined) === (identity === undefined)) throw controlFault('control.bad-request', ONE_OF_TWO);
    if (identity !== undefined) {
      if (temporaryIdentityOf(identity.patientId, identity.issuer ?? '', this.#prefix) !== undefined)
        throw controlFault('control.bad-request', STILL_TEMPORARY);
      return comparedTo(here, typed(identity));
    }
    const found = (await this.#candidates(here)).find(({ id }) => id === candidate);
    if (found === undefined) throw controlFault('control.not-found', NO_CANDIDATE);
    return found;
  }

  #needsTwo(grade: CandidateAnswer['grade']): boolean {
    const { secondLook } = this.#memory.settings;
    return secondLook === 'always' || (secondLook === 'doubtful' && grade !== 'sure');
  }

  async #candidates(here: Here): Promise<readonly CandidateAnswer[]> {
    const isOwn = ({ identity: { patientId, issuer = '' } }: Found): boolean =>
      temporaryIdentityOf(patientId, issuer, this.#prefix) !== undefined;
    const sources = this.#sources.map((source) => ({ find: (person: PersonFacts) => without(source, person, isOwn) }));
    return candidatesFor(here, sources, this.#sealer);
  }

  async #known(number: string): Promise<TemporaryIdentity> {
    const identity = await this.#tools.records.reconciliation.identity(number);
    if (identity === undefined) throw controlFault('control.not-found', NOTHING_CAME);
    if (this.#prefix === '') this.#prefix = (await this.#tools.records.setting(PREFIX_SETTING)) ?? '';
    return identity;
  }

  async #one(number: string): Promise<{ temporary: Temporary }> {
    return { temporary: await this.#told(await this.#known(number)) };
  }

  async #told(identity: TemporaryIdentity): Promise<Temporary> {
    const { number, state, sinceMs } = identity;
    const { records } = this.#tools;
    const accepted = this.#accepted(identity);
    const isWaited = state === 'open' || state === 'asked';
    return {
      ...{ number, state, sinceMs, patient: this.#patient(number), ...(await records.reconciliation.counts(number)) },
      ...(isWaited ? { untilMs: this.#memory.untilMs(sinceMs) } : {}),
      isRegistered: (await records.schedule.registeredOf(number)) !== undefined,
      ...(accepted === undefined || state === 'released' ? {} : { by: accepted.by }),
      ...(accepted === undefined || accepted.askedBy === '' ? {} : { askedBy: accepted.askedBy }),
    };
  }

  #accepted({ number, sealed, state }: TemporaryIdentity): Accepted | undefined {
    return sealed === undefined || state === 'open' ? undefined : openAccepted(this.#sealer, number, sealed);
  }

  #pseudonym({ issuer = '', patientId }: ReconciledIdentity): string {
    return this.#tools.pseudonyms(issuer, patientId)[0] ?? '';
  }

  /** As a registration's events know them. */
  #patient(number: string): string {
    return this.#tools.pseudonyms(`LEADGLASS-${number.slice(1, 4)}`, number)[0] ?? '';
  }

  #head(number: string) {
    const atMs = this.#tools.clock.now();
    return { id: uuidv7(atMs), atMs, number, patient: this.#patient(number) };
  }
}

/** Who was chosen, and how they compare. */
type Chosen = Pick<CandidateAnswer, 'identity' | 'source' | 'score' | 'grade'>;

async function* without(
  source: CandidateSource,
  person: PersonFacts,
  isOut: (found: Found) => boolean,
): AsyncGenerator<Found> {
  for await (const found of source.find(person)) if (!isOut(found)) yield found;
}

function isSame(a: ReconciledIdentity, b: ReconciledIdentity): boolean {
  const words = (one: ReconciledIdentity): string => JSON.stringify(Object.entries(one).toSorted());
  return words(a) === words(b);
}
