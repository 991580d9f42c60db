import { formatTag, keywordOf } from '@leadglass/dicom';
import { type Clock, isFault, type Logger, type Text, uuidv7 } from '@leadglass/kit';
import type { Destination, Event, EventOf, Peer, Relay } from '@leadglass/model';
import { type KeyFact, type OperationRules, permitOperation, relayFor, serviceClassOf } from '@leadglass/policy';
import { connectUnread } from '@leadglass/wire';
import type { Certificates } from './certificate-watch.ts';
import type { Connection } from './connections.ts';
import type { IntakePool } from './intake-pool.ts';
import type {
  OperationEndedMessage,
  OperationMessage,
  OperationRefusedMessage,
  RelayMessage,
  UpstreamPlan,
  UpstreamTls,
} from './relay-messages.ts';

/** Longest a device waits for a connection with an upstream. */
const CONNECT_MS = 5_000;
/** Upstreams of one association, and operations of one connection that wait for their end: no intake of ours has more. */
const MOST_UPSTREAMS = 8;
const MOST_UNDER_WAY = 64;

export interface OperationDeskOptions {
  readonly clock: Clock;
  readonly log: Logger;
  rules(): OperationRules;
  certificates(): Certificates;
  readonly intakes: Pick<IntakePool, 'tell' | 'give'>;
  tell(event: Event): void;
}

type Facts = Omit<EventOf<'operation.answered'>, 'id' | 'atMs' | 'kind' | 'results' | 'status' | 'ms'>;

interface UnderWay {
  readonly facts: Facts;
  readonly beganMs: number;
}

/**
 * The keeper's part in operations other than C-STORE: who is asked in our place, a connection there, whether each operation may be carried
 * out, and what is told of it. It sees shapes of keys and never a value.
 */
export class OperationDesk {
  readonly #options: OperationDeskOptions;
  readonly #underWay = new Map<number, Map<number, UnderWay>>();

  constructor(options: OperationDeskOptions) {
    this.#options = options;
  }

  /** Who is asked for what of `asks` (abstract syntaxes) on this association, by the peer's rights and the relays. */
  plansFor(peer: Peer, asks: readonly string[]): readonly UpstreamPlan[] {
    const { relays, destinations } = this.#options.rules();
    const plans = new Map<string, UpstreamPlan>();
    for (const service of new Set(asks.map((uid) => serviceClassOf(uid)?.service))) {
      if (service === undefined || !peer.allow.includes(service)) continue;
      const relay = relayFor(relays, peer.aeTitle, service);
      const destination = destinations.find((each) => each.name === relay?.to);
      if (relay === undefined || destination === undefined) continue;
      const known = plans.get(destination.name);
      const services = [...(known?.services ?? []), service];
      // One association with each: the relay of its first service says under which title.
      plans.set(
        destination.name,
        known === undefined ? planOf(destination, services, relay, peer) : { ...known, services },
      );
    }
    return [...plans.values()].slice(0, MOST_UPSTREAMS);
  }

  /** Connects to each of `plans` and hands the connection, or why there is none, to the connection's intake. */
  connect(connection: Connection, plans: readonly UpstreamPlan[]): void {
    for (const plan of plans)
      void this.#connectOne(connection, plan).catch((thrown: unknown) => {
        this.#options.log.error('relay.connect', { fault: thrown });
      });
  }

  /** An intake says something of an operation. False when it says what none of ours says. */
  heard(connection: Connection, message: RelayMessage): boolean {
    if (message.t === 'operation') return this.#asked(connection, message);
    if (message.t === 'operation-ended') this.#ended(connection, message);
    else this.#refused(connection, message);
    return true;
  }

  /** The connection is gone, and with it whatever its intake has not told the end of. */
  gone(connection: number): void {
    this.#underWay.delete(connection);
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
      intakes.tell(intake, { t: 'no-upstream', connection: id, upstream: name, why: thrown.text });
    }
  }

  #tlsOf(name: string): UpstreamTls | undefined {
    const destination = this.#options.rules().destinations.find((each) => each.name === name);
    if (destination?.tls !== true) return undefined;
    const { tls, outgoing } = this.#options.certificates();
    const pinned = destination.certSha256 === undefined ? {} : { certSha256: destination.certSha256 };
    return { ca: [tls.caPem], identity: outgoing, ...pinned };
  }

  #asked(connection: Connection, message: OperationMessage): boolean {
    const { peer } = connection;
    if (peer === undefined) return false;
    const underWay = this.#underWay.get(connection.id) ?? new Map<number, UnderWay>();
    this.#underWay.set(connection.id, underWay);
    if (underWay.size >= MOST_UNDER_WAY || underWay.has(message.seq)) return false;
    const { clock, intakes } = this.#options;
    const decision = permitOperation({ ...message, atMs: clock.now() }, peer, this.#options.rules());
    const facts = factsOf(connection, peer, message);
    if (decision.allowed) underWay.set(message.seq, { facts, beganMs: clock.monotonicMs() });
    else this.#tellRefused(facts, decision.status, 0, decision.why, decision.hint);
    intakes.tell(connection.intake, { t: 'decided', connection: connection.id, seq: message.seq, decision });
    return true;
  }

  #ended(connection: Connection, { seq, status, results, why }: OperationEndedMessage): void {
    const underWay = this.#underWay.get(connection.id);
    const operation = underWay?.get(seq);
    // One that was refused has been told of.
    if (operation === undefined) return;
    underWay?.delete(seq);
    const ms = this.#options.clock.monotonicMs() - operation.beganMs;
    if (why !== undefined) return this.#tellRefused(operation.facts, status, ms, why, '');
    this.#options.tell({ ...this.#head(), kind: 'operation.answered', ...operation.facts, status, ms, results });
  }

  #refused(connection: Connection, message: OperationRefusedMessage): void {
    const { peer } = connection;
    if (peer === undefined) return;
    const facts = factsOf(connection, peer, { ...message, keys: [] });
    this.#tellRefused(facts, message.status, 0, message.why, '');
  }

  #tellRefused(facts: Facts, status: number, ms: number, why: Text, hint: string): void {
    this.#options.tell({ ...this.#head(), kind: 'operation.refused', ...facts, status, ms, why, hint });
  }

  #head() {
    const atMs = this.#options.clock.now();
    return { id: uuidv7(atMs), atMs };
  }
}

function planOf(
  { name, host, port, called, calling }: Destination,
  services: UpstreamPlan['services'],
  relay: Relay,
  peer: Peer,
): UpstreamPlan {
  return { name, services, host, port, called, calling: relay.calling === 'peer' ? peer.aeTitle : calling };
}

function factsOf(
  { associationId }: Connection,
  peer: Peer,
  asked: Pick<OperationMessage, 'service' | 'sopClassUid' | 'upstream' | 'level' | 'keys'>,
): Facts {
  const { service, sopClassUid, upstream, level } = asked;
  return {
    ...{ associationId, peer: peer.aeTitle, service, sopClassUid, upstream, level: level ?? '' },
    from: upstream === '' ? 'vault' : 'upstream',
    keys: asked.keys.map(shapeWords),
  };
}

/** `PatientName wildcard`; an element without a keyword by its tag. */
function shapeWords({ tag, form }: KeyFact): string {
  return `${keywordOf(tag) ?? formatTag(tag)} ${form}`;
}
