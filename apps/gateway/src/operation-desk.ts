import { formatTag, keywordOf } from '@leadglass/dicom';
import { type Clock, isFault, type Logger, type Text, type Timer, text, uuidv7 } from '@leadglass/kit';
import type { Destination, Event, EventOf, Peer, Relay, RelayedService } from '@leadglass/model';
import {
  type KeyFact,
  missingRight,
  type OperationFacts,
  type OperationRules,
  relayFor,
  serviceClassOf,
  shellWord,
} from '@leadglass/policy';
import { connectUnread } from '@leadglass/wire';
import type { Certificates } from './certificate-watch.ts';
import type { Connection } from './connections.ts';
import type { OutageHost } from './continuity/outage-host.ts';
import type { IntakePool } from './intake-pool.ts';
import type { Learning, OperationVerdict } from './learning/learning.ts';
import type {
  OperationEndedMessage,
  OperationMessage,
  OperationRefusedMessage,
  RelayMessage,
  UpstreamFailedMessage,
  UpstreamPlan,
  UpstreamTls,
} from './relay-messages.ts';
import type { ScheduleHost } from './schedule/schedule-host.ts';
import { upstreamTls } from './schedule/upstream-tls.ts';

/** Longest a device waits for a connection with an upstream. */
const CONNECT_MS = 5_000;
/** Upstreams of one association, and operations of one connection that wait for their end: no intake of ours has more. */
const MOST_UPSTREAMS = 8;
const MOST_UNDER_WAY = 64;
/** How often a peer is told of for what nobody answers, and how many such things are remembered. */
const TOLD_EVERY_MS = 3_600_000;
const MOST_TOLD = 10_000;
/** How long an event may wait for others before it is recorded, and how many may wait. */
const TELL_WITHIN_MS = 100;
const MOST_UNTOLD = 200;
/** PS3.7 §C.5.6. */
const SOP_CLASS_NOT_SUPPORTED = 0x0122;

export interface OperationDeskOptions {
  readonly clock: Clock;
  readonly log: Logger;
  rules(): OperationRules;
  /** Decides, by the limits of the peer, and remembers what was asked. */
  readonly learning: Pick<Learning, 'operationAsked' | 'operationEnded'>;
  certificates(): Certificates;
  readonly intakes: Pick<IntakePool, 'tell' | 'give'>;
  /** What we answer in an upstream's place; default nothing. */
  readonly schedule?: Pick<ScheduleHost, 'isAnsweredHere' | 'relayed'>;
  /** Whether we answer a service ourselves where no relay is for it, or the upstream cannot be asked. */
  answers(service: RelayedService): boolean;
  /** Which upstreams are down, and what traffic shows of them. */
  readonly outages: Pick<OutageHost, 'isDown' | 'hear' | 'asked' | 'look'>;
  /** Whether nothing may go to a destination. */
  isCut(destination: Destination): boolean;
  tell(events: readonly Event[]): void;
}

type Facts = Omit<EventOf<'operation.answered'>, 'id' | 'atMs' | 'kind' | 'results' | 'withheld' | 'status' | 'ms'>;

type AskedFacts = Pick<OperationMessage, 'service' | 'sopClassUid' | 'upstream' | 'level' | 'keys'>;

interface UnderWay {
  readonly facts: Facts;
  readonly asked: OperationFacts;
  readonly verdict: OperationVerdict;
  readonly connection: Connection;
  readonly beganMs: number;
}

/**
 * The keeper's part in operations other than C-STORE: who is asked in our place, a connection there, whether each operation may be carried
 * out, and what is told of it. It sees shapes of keys and never a value.
 */
export class OperationDesk {
  readonly #options: OperationDeskOptions;
  readonly #underWay = new Map<number, Map<number, UnderWay>>();
  /** Upstreams of each connection that has some. */
  readonly #plans = new Map<number, { readonly connection: Connection; readonly names: readonly string[] }>();
  /** The last that was asked of steps, of each connection that asks of some. */
  readonly #steps = new Map<number, Promise<void>>();
  /** When each thing that nobody answers was told last. */
  readonly #toldMs = new Map<string, number>();
  readonly #untold: Event[] = [];
  #flushTimer: Timer | undefined;

  constructor(options: OperationDeskOptions) {
    this.#options = options;
  }

  /** Who is asked for what of `asks` (abstract syntaxes) on this association, by the peer's rights and the relays. */
  plansFor(peer: Peer, asks: readonly string[]): readonly UpstreamPlan[] {
    const { relays, destinations } = this.#options.rules();
    const plans = new Map<string, UpstreamPlan>();
    for (const service of new Set(asks.map((uid) => serviceClassOf(uid)?.service))) {
      // The keeper asks those itself: objects, or a report, come back another way (decision 0017).
      if (service === undefined || isAskedByKeeper(service) || !peer.allow.includes(service)) continue;
      const relay = relayFor(relays, peer.aeTitle, service);
      const destination = destinations.find((each) => each.name === relay?.to);
      if (relay === undefined || destination === undefined || this.#isUnasked(destination)) continue;
      if (this.#options.schedule?.isAnsweredHere(destination.name, service) === true) continue;
      const known = plans.get(destination.name);
      const services = [...(known?.services ?? []), service];
      // One association with each: the relay of its first service says under which title.
      plans.set(
        destination.name,
        known === undefined ? planOf(destination, services, relay, peer) : { ...known, services },
      );
    }
    return [...plans.values()].slice(0, MOST_UPSTREAMS).map((plan) => ({ ...plan, fallback: this.#ours(plan) }));
  }

  /** An upstream that is down, or cut off, is not asked. */
  #isUnasked(destination: Destination): boolean {
    return this.#options.outages.isDown(destination.name) || this.#options.isCut(destination);
  }

  #ours({ services }: Pick<UpstreamPlan, 'services'>): UpstreamPlan['services'] {
    return services.filter((service) => this.#options.answers(service));
  }

  /** Tells, once an hour each, of what a peer asks for and nobody answers: it lacks the right, or there is no relay. */
  explain({ associationId }: Connection, peer: Peer, asks: readonly string[]): void {
    for (const uid of asks) {
      const service = serviceClassOf(uid)?.service;
      const missing = service === undefined ? undefined : this.#missing(peer, service);
      if (service === undefined || missing === undefined || !this.#isNews(`${peer.aeTitle} ${service}`)) continue;
      const facts: Facts = {
        ...{ associationId, peer: peer.aeTitle, service, sopClassUid: uid, from: 'upstream' },
        ...{ upstream: '', level: '', keys: [] },
      };
      this.#tellRefused(facts, SOP_CLASS_NOT_SUPPORTED, 0, missing.why, missing.hint);
    }
  }

  #missing(peer: Peer, service: RelayedService): { readonly why: Text; readonly hint: string } | undefined {
    if (!peer.allow.includes(service)) return missingRight(peer, service);
    const { relays, destinations } = this.#options.rules();
    if (this.#options.answers(service)) return undefined;
    const to = relayFor(relays, peer.aeTitle, service)?.to;
    const upstream = destinations.find(({ name }) => name === to);
    if (upstream !== undefined && this.#isUnasked(upstream)) return { why: downText(upstream.name), hint: '' };
    if (to !== undefined) return undefined;
    return {
      why: NO_RELAY,
      hint: `./leadglass relay add --from ${shellWord(peer.aeTitle)} --services ${service} --to NAME`,
    };
  }

  #isNews(key: string): boolean {
    const now = this.#options.clock.monotonicMs();
    const toldMs = this.#toldMs.get(key);
    if (toldMs !== undefined && now - toldMs < TOLD_EVERY_MS) return false;
    if (this.#toldMs.size >= MOST_TOLD) this.#toldMs.clear();
    this.#toldMs.set(key, now);
    return true;
  }

  /** Connects to each of `plans` and hands the connection, or why there is none, to the connection's intake. */
  connect(connection: Connection, plans: readonly UpstreamPlan[]): void {
    const names = plans.map(({ name }) => name);
    if (names.length > 0) this.#plans.set(connection.id, { connection, names });
    for (const plan of plans)
      void this.#connectOne(connection, plan).catch((thrown: unknown) => {
        this.#options.log.error('relay.connect', { fault: thrown });
      });
  }

  /** An intake says something of an operation. False when it says what none of ours says. */
  heard(connection: Connection, message: RelayMessage): boolean {
    if (message.t === 'operation') return this.#asked(connection, message);
    if (message.t === 'operation-refused') return this.#refused(connection, message);
    if (message.t === 'upstream-failed') return this.#failed(connection, message);
    this.#ended(connection, message);
    return true;
  }

  /** Names of the upstreams that are asked for a connection. */
  upstreamsOf(connection: number): readonly string[] {
    return this.#plans.get(connection)?.names ?? [];
  }

  /** An upstream is down: whoever is still connected with it leaves it. */
  leave(upstream: string): void {
    for (const { connection, names } of this.#plans.values()) {
      if (!names.includes(upstream)) continue;
      const { id, intake } = connection;
      this.#options.intakes.tell(intake, { t: 'no-upstream', connection: id, upstream, why: downText(upstream) });
    }
  }

  /** The connection is gone, and with it whatever its intake has not told the end of. */
  gone(connection: number): void {
    this.#underWay.delete(connection);
    this.#plans.delete(connection);
    this.#steps.delete(connection);
  }

  #failed({ id }: Connection, { upstream, how }: UpstreamFailedMessage): boolean {
    if (!this.upstreamsOf(id).includes(upstream)) return false;
    const { outages } = this.#options;
    // One that goes away while nothing is asked may only have been idle: whether it is there is asked.
    if (how === 'gone') outages.look(upstream);
    else outages.hear(upstream, how);
    return true;
  }

  async #connectOne({ id, intake }: Connection, plan: UpstreamPlan): Promise<void> {
    const { clock, intakes } = this.#options;
    const { name } = plan;
    try {
      const socket = await connectUnread(plan, CONNECT_MS, clock);
      const tls = this.#tlsOf(name);
      intakes.give(
        intake,
        { t: 'upstream', connection: id, upstream: name, ...(tls === undefined ? {} : { tls }) },
        socket,
      );
    } catch (thrown) {
      if (!isFault(thrown)) throw thrown;
      this.#options.outages.asked(name, thrown);
      intakes.tell(intake, { t: 'no-upstream', connection: id, upstream: name, why: thrown.text });
    }
  }

  #tlsOf(name: string): UpstreamTls | undefined {
    const destination = this.#options.rules().destinations.find((each) => each.name === name);
    return upstreamTls(destination, this.#options.certificates());
  }

  #asked(connection: Connection, message: OperationMessage): boolean {
    const { peer } = connection;
    if (peer === undefined) return false;
    const underWay = this.#underWay.get(connection.id) ?? new Map<number, UnderWay>();
    this.#underWay.set(connection.id, underWay);
    if (underWay.size >= MOST_UNDER_WAY || underWay.has(message.seq)) return false;
    const { clock, intakes } = this.#options;
    const asked = { ...message, atMs: clock.now() };
    const decision = this.#options.learning.operationAsked(connection, asked, this.#options.rules());
    const facts = this.#factsOf(connection, peer, message);
    if (decision.allowed)
      underWay.set(message.seq, { facts, asked, verdict: decision, connection, beganMs: clock.monotonicMs() });
    else this.#tellRefused(facts, decision.status, 0, decision.why, decision.hint);
    const decide = (): void =>
      intakes.tell(connection.intake, { t: 'decided', connection: connection.id, seq: message.seq, decision });
    const { schedule } = this.#options;
    if (!decision.allowed || message.step === undefined || schedule === undefined) decide();
    else this.#inOrder(connection.id, () => schedule.relayed(message, peer, facts.upstream).then(decide));
    return true;
  }

  /** A step that begins upstream is known here before it is: what follows of it may have to be taken here. What is told of steps keeps its order. */
  #inOrder(connection: number, act: () => Promise<void>): void {
    this.#steps.set(connection, (this.#steps.get(connection) ?? Promise.resolve()).then(act));
  }

  #ended({ id }: Connection, { seq, status, results, withheld, why }: OperationEndedMessage): void {
    const underWay = this.#underWay.get(id);
    const operation = underWay?.get(seq);
    // One that was refused has been told of.
    if (operation === undefined) return;
    underWay?.delete(seq);
    const { connection, asked, verdict, facts } = operation;
    if (why === undefined && facts.from === 'upstream') this.#options.outages.hear(facts.upstream, 'served');
    this.#options.learning.operationEnded(connection, asked, verdict, results);
    const ms = this.#options.clock.monotonicMs() - operation.beganMs;
    if (why !== undefined) return this.#tellRefused(operation.facts, status, ms, why, '');
    const unseen = withheld === undefined ? {} : { withheld };
    this.#tell({ ...this.#head(), kind: 'operation.answered', ...operation.facts, status, ms, results, ...unseen });
  }

  #refused(connection: Connection, message: OperationRefusedMessage): boolean {
    const { peer } = connection;
    if (peer === undefined || serviceClassOf(message.sopClassUid)?.service !== message.service) return false;
    const facts = this.#factsOf(connection, peer, { ...message, keys: [] });
    this.#tellRefused(facts, message.status, 0, message.why, '');
    return true;
  }

  // Who is asked is known here: of the intake's word only whether anybody else was.
  #factsOf(
    { associationId }: Connection,
    peer: Peer,
    { service, sopClassUid, upstream, level, keys }: AskedFacts,
  ): Facts {
    const relayed = upstream === '' ? '' : (relayFor(this.#options.rules().relays, peer.aeTitle, service)?.to ?? '');
    return {
      ...{ associationId, peer: peer.aeTitle, service, sopClassUid, upstream: relayed, level: level ?? '' },
      from: upstream === '' ? 'vault' : 'upstream',
      keys: keys.map(shapeWords),
    };
  }

  #tellRefused(facts: Facts, status: number, ms: number, why: Text, hint: string): void {
    this.#tell({ ...this.#head(), kind: 'operation.refused', ...facts, status, ms, why, hint });
  }

  /** Records what waits to be. */
  flush(): void {
    this.#flushTimer?.cancel();
    this.#flushTimer = undefined;
    const events = this.#untold.splice(0);
    if (events.length > 0) this.#options.tell(events);
  }

  // Several in one transaction: a commit to disk an event would hold up the next question of a device that asks one after the other.
  #tell(event: Event): void {
    this.#untold.push(event);
    if (this.#untold.length >= MOST_UNTOLD) this.flush();
    else this.#flushTimer ??= this.#options.clock.after(TELL_WITHIN_MS, () => this.flush());
  }

  #head() {
    const atMs = this.#options.clock.now();
    return { id: uuidv7(atMs), atMs };
  }
}

function isAskedByKeeper(service: RelayedService): boolean {
  return service === 'move' || service === 'get' || service === 'commit';
}

function planOf(
  { name, host, port, called, calling }: Destination,
  services: UpstreamPlan['services'],
  relay: Relay,
  peer: Peer,
): UpstreamPlan {
  const title = relay.calling === 'peer' ? peer.aeTitle : calling;
  return { name, services, fallback: [], host, port, called, calling: title };
}

/** `PatientName wildcard`; an element without a keyword by its tag. */
function shapeWords({ tag, form }: KeyFact): string {
  return `${keywordOf(tag) ?? formatTag(tag)} ${form}`;
}

function downText(name: string): Text {
  return text(
    `« ${name} » est en panne, et personne d’autre ne répond à cette demande`,
    `“${name}” is down, and nobody else answers this`,
  );
}

const NO_RELAY = text('aucun relais ne dit qui répond à cette demande', 'no relay says who answers this');
