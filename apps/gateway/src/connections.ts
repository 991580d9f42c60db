import { type Clock, type Text, uuidv7 } from '@leadglass/kit';
import { type Event, type EventOf, NOTHING_OBSERVED, type Observation, type Peer } from '@leadglass/model';
import {
  admitObserving,
  type CertificateShown,
  type Instead,
  type ObservedAdmission,
  unbound,
} from '@leadglass/policy';
import type { IntakeName } from './intake-pool.ts';
import type { AssociateMessage, EndedMessage, ShownCertificate } from './messages.ts';

/** One transport connection as the keeper knows it. */
export interface Connection {
  readonly id: number;
  readonly intake: IntakeName;
  readonly listener: 'dimse' | 'dimse-tls' | 'web' | 'hl7' | 'hl7-tls';
  readonly remoteAddress: string;
  readonly associationId: string;
  calling: string;
  called: string;
  peer: Peer | undefined;
  /** The same peer with the rights its rules give it: less than `peer` has while it is observed. */
  bound: Peer | undefined;
  isObserved: boolean;
  /** Why it would not have been admitted, when observation alone admits it. */
  instead: Instead | undefined;
  /** What it showed over TLS. */
  certificate: ShownCertificate | undefined;
  /** An association was asked for on it: a second request can only be its intake's invention. */
  isAsked: boolean;
  /** Its intake was told to end it. */
  isDropped: boolean;
}

/** Connections at most: beyond it the oldest of those that were not let in gives way. */
export const MOST_CONNECTIONS = 1000;

/** Who is connected, who was let in, and what is told of it. */
export class Connections {
  readonly #clock: Clock;
  readonly #byId = new Map<number, Connection>();
  #nextId = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#byId.size;
  }

  get isFull(): boolean {
    return this.#byId.size >= MOST_CONNECTIONS;
  }

  /**
   * When all places are taken: of the connections nobody was let in on yet, the oldest from the address that holds the most of
   * them, so that whoever hoards silence pays for it. Marked as dropped. Undefined when every place is an association's.
   */
  giveWay(): Connection | undefined {
    const silent = this.all().filter((connection) => connection.peer === undefined && !connection.isDropped);
    const byAddress = Map.groupBy(silent, (connection) => connection.remoteAddress);
    const most = [...byAddress.values()].sort((a, b) => b.length - a.length)[0];
    const victim = most?.[0];
    if (victim !== undefined) victim.isDropped = true;
    return victim;
  }

  get(id: number): Connection | undefined {
    return this.#byId.get(id);
  }

  nextId(): number {
    return this.#nextId++;
  }

  open(id: number, intake: IntakeName, listener: Connection['listener'], remoteAddress: string): Connection {
    const connection: Connection = {
      id,
      intake,
      listener,
      remoteAddress,
      associationId: uuidv7(this.#clock.now()),
      calling: '',
      called: '',
      peer: undefined,
      bound: undefined,
      isObserved: false,
      instead: undefined,
      certificate: undefined,
      isAsked: false,
      isDropped: false,
    };
    this.#byId.set(id, connection);
    return connection;
  }

  close(id: number): Connection | undefined {
    const connection = this.#byId.get(id);
    this.#byId.delete(id);
    return connection;
  }

  /** Associations admitted and not yet over. */
  get admitted(): number {
    return this.all().filter((connection) => connection.peer !== undefined).length;
  }

  all(): Connection[] {
    return [...this.#byId.values()];
  }

  /** Decides on an A-ASSOCIATE-RQ by the rules as they are now. */
  admit(
    connection: Connection,
    message: AssociateMessage,
    peers: readonly Peer[],
    ourTitle: string,
    isPaused: boolean,
    shown: CertificateShown,
    observation: Observation = NOTHING_OBSERVED,
  ): ObservedAdmission {
    connection.isAsked = true;
    connection.calling = message.calling;
    connection.called = message.called;
    connection.certificate = connection.listener === 'dimse-tls' ? message.certificate : undefined;
    const open = this.all();
    const asked = {
      peers,
      calling: message.calling,
      called: message.called,
      ourTitle,
      remoteAddress: connection.remoteAddress,
      ...(connection.listener === 'dimse-tls' ? { tls: shown } : {}),
      load: {
        total: open.filter((other) => other.peer !== undefined).length,
        ofPeer: open.filter((other) => other.peer?.aeTitle === message.calling).length,
        isPaused,
      },
    };
    const admission = admitObserving(asked, observation, this.#clock.now());
    return admission.admitted ? letIn(connection, admission) : admission;
  }

  #base(connection: Connection) {
    const now = this.#clock.now();
    const { associationId, calling, called, remoteAddress, listener } = connection;
    return { id: uuidv7(now), atMs: now, associationId, calling, called, remoteAddress, listener };
  }

  /** What the ledger is told of an admission. */
  admissionEvent(connection: Connection, admission: ObservedAdmission, implementation: string): Event {
    const base = this.#base(connection);
    if (admission.admitted)
      return {
        ...{ ...base, kind: 'association.accepted', evidence: admission.evidence, implementation },
        ...(admission.instead === undefined ? {} : { instead: admission.instead }),
      };
    const { rejection, why, hint } = admission;
    const certSha256 = connection.certificate?.sha256;
    const shown = certSha256 === undefined ? {} : { certSha256 };
    return { ...base, kind: 'association.rejected', ...rejection, why, hint, ...shown };
  }

  /** What the ledger is told of an association's end; undefined when a rejection has told it already. */
  endEvent(connection: Connection, message: EndedMessage): Event | undefined {
    const base = this.#base(connection);
    // Someone who asked for nothing we understood is told as a connection; whoever was rejected has been told of already.
    if (!connection.isAsked)
      return this.refusedEvent(connection, message.why ?? (message.kind === 'rejected' ? MISFIT : CUT));
    if (connection.peer === undefined) return undefined;
    if (message.kind !== 'aborted')
      return { ...base, kind: 'association.released', objects: message.objects, bytes: message.bytes };
    const why = message.why ?? CUT;
    const { source, reason } = message.abort ?? { source: 0, reason: 0 };
    return {
      ...base,
      kind: 'association.aborted',
      by: message.by === 'gateway' ? 'gateway' : 'peer',
      source,
      reason,
      why,
    };
  }

  refusedEvent(connection: Pick<Connection, 'remoteAddress' | 'listener'>, why: Text): EventOf<'connection.refused'> {
    const now = this.#clock.now();
    const { remoteAddress, listener } = connection;
    return { id: uuidv7(now), atMs: now, kind: 'connection.refused', remoteAddress, listener, why };
  }
}

/** Who is observed gets every right for this association; what its rules give it is remembered beside. */
function letIn(
  connection: Connection,
  admission: Extract<ObservedAdmission, { admitted: true }>,
): Extract<ObservedAdmission, { admitted: true }> {
  const peer = admission.isObserved ? unbound(admission.peer) : admission.peer;
  Object.assign(connection, {
    ...{ peer, bound: admission.peer, isObserved: admission.isObserved, instead: admission.instead },
  } satisfies Partial<Connection>);
  return { ...admission, peer };
}

const MISFIT: Text = {
  fr: 'sa demande d’association n’est pas du DICOM tel que nous le parlons (version du protocole ou contexte d’application)',
  en: 'its association request is not DICOM as we speak it (protocol version or application context)',
};
const CUT: Text = { fr: 'la connexion a été coupée', en: 'the connection was cut' };

/** `::ffff:192.0.2.1` is 192.0.2.1 to everybody. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}
