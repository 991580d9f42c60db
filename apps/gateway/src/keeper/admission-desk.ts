import { DEFAULT_AE_TITLE, type Peer } from '@leadglass/model';
import type { ObservedAdmission } from '@leadglass/policy';
import type { Connection } from '../connections.ts';
import type { Continuity } from '../continuity/continuity.ts';
import { ISOLATED } from '../continuity/isolation-host.ts';
import type { Identity } from '../identity/identity.ts';
import type { Imports } from '../imports.ts';
import type { IntakeName } from '../intake-pool.ts';
import type { AssociateMessage } from '../messages.ts';
import type { OperationDesk } from '../operation-desk.ts';
import type { Tallies } from '../tallies.ts';
import type { Ground } from './ground.ts';

export interface AdmissionDeskParts {
  readonly continuity: Pick<Continuity, 'isolation' | 'heardFrom'>;
  readonly identity: Pick<Identity, 'shown' | 'tls'>;
  readonly imports: Pick<Imports, 'peers' | 'known'>;
  readonly operations: Pick<OperationDesk, 'plansFor' | 'connect' | 'explain'>;
  readonly tallies: Pick<Tallies, 'asked'>;
  isStopping(): boolean;
}

/** Decides who is let in, and what follows of it. */
export class AdmissionDesk {
  readonly #ground: Ground;
  readonly #parts: AdmissionDeskParts;

  constructor(ground: Ground, parts: AdmissionDeskParts) {
    this.#ground = ground;
    this.#parts = parts;
  }

  /** An association is asked for (A-ASSOCIATE-RQ, PS3.8 §9.3.2). */
  associate(intake: IntakeName, message: AssociateMessage): void {
    const { connections, lies, learning, teller, intakes } = this.#ground;
    const { imports, tallies } = this.#parts;
    const connection = connections.get(message.connection);
    if (connection === undefined) return;
    // The state machine asks once a connection (PS3.8 Table 9-10): who asks again would try one title after the other.
    if (connection.isAsked) return lies(intake, 'intake.second-association');
    const admission = this.#decide(connection, message);
    if (connection.peer !== undefined) connection.peer = imports.known(connection.peer);
    if (connection.bound !== undefined) connection.bound = imports.known(connection.bound);
    learning.associationAsked(connection, admission.admitted ? undefined : admission.rejection);
    teller.ofCaller(connections.admissionEvent(connection, admission, message.implementation));
    tallies.asked(admission.admitted);
    if (admission.admitted) this.#admitted(intake, connection, message, admission.peer);
    else intakes().tell(intake, { t: 'rejected', connection: connection.id, rejection: admission.rejection });
  }

  #decide(connection: Connection, message: AssociateMessage): ObservedAdmission {
    const { connections, inForce, gate } = this.#ground;
    const { continuity, identity, imports, isStopping } = this.#parts;
    const { peers } = inForce.rules;
    const isCut = peers.some((peer) => peer.aeTitle === message.calling && continuity.isolation.isCutPeer(peer));
    const isPaused = isCut || isStopping() || gate() !== undefined;
    const decided = connections.admit(
      connection,
      message,
      [...peers, ...imports.peers],
      DEFAULT_AE_TITLE,
      isPaused,
      identity.shown(message.certificate),
      inForce.observation,
    );
    if (decided.admitted && message.certificate !== undefined)
      identity.tls.cameIn(connection.remoteAddress, message.calling, message.certificate.version);
    return isCut && !decided.admitted ? { ...decided, why: ISOLATED, hint: '' } : decided;
  }

  #admitted(intake: IntakeName, connection: Connection, message: AssociateMessage, peer: Peer): void {
    const { continuity, operations } = this.#parts;
    continuity.heardFrom(peer.aeTitle);
    const upstreams = operations.plansFor(peer, message.asks);
    const admitted = { t: 'admitted', connection: connection.id, peer, upstreams } as const;
    this.#ground.intakes().tell(intake, admitted);
    operations.connect(connection, upstreams);
    operations.explain(connection, peer, message.asks);
  }
}
