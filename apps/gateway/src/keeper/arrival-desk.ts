import { Phi } from '@leadglass/kit';
import type { Peer, Sha256 } from '@leadglass/model';
import type { Custodian, ReceivedFacts } from '@leadglass/relay';
import type { Connection } from '../connections.ts';
import type { IntakeName } from '../intake-pool.ts';
import { LANE_LOST, type LaneKeeper } from '../lane-keeper.ts';
import type { ArrivalMessage } from '../messages.ts';
import type { OwnServicesHost } from '../own-host.ts';
import type { ReconcileHost } from '../reconcile/reconcile-host.ts';
import { withinRights } from '../rights.ts';
import type { Tallies } from '../tallies.ts';
import type { Ground } from './ground.ts';

export interface ArrivalDeskParts {
  readonly custodian: Pick<Custodian, 'receive'>;
  readonly lanes: Pick<LaneKeeper, 'isLost'>;
  readonly own: Pick<OwnServicesHost, 'claim' | 'landed' | 'retrieved'>;
  readonly reconcile: Pick<ReconcileHost, 'awaits' | 'poke'>;
  readonly tallies: Pick<Tallies, 'unfinished' | 'answered'>;
}

/** Takes into custody what an intake has received and read, and answers for it. */
export class ArrivalDesk {
  readonly #ground: Ground;
  readonly #parts: ArrivalDeskParts;

  constructor(ground: Ground, parts: ArrivalDeskParts) {
    this.#ground = ground;
    this.#parts = parts;
  }

  /** An object has come whole, or failed to. Resolves when its intake has been told the answer. */
  async arrival(intake: IntakeName, message: ArrivalMessage): Promise<void> {
    const { connections, intakes, learning } = this.#ground;
    const { custodian, own, reconcile, tallies } = this.#parts;
    const { connection: id, seq } = message;
    const connection = connections.get(id);
    const peer = connection?.peer;
    if (connection === undefined || peer === undefined) {
      // Nobody is there to hear it, but the intake waits for every answer before it gives a lane back.
      intakes().tell(intake, { t: 'answer', connection: id, seq, status: LANE_LOST.status });
      return;
    }
    const beganMs = performance.now();
    const facts = this.#factsOf(intake, connection, peer, message);
    const retrieval = own.claim(connection, { ...message, patients: facts.patients ?? [] });
    if (retrieval !== undefined && facts.kept !== undefined) own.retrieved.add(facts.kept.sha256);
    const awaits = await reconcile.awaits(message.patientId, message.issuerOfPatientId, facts.patient);
    const awaited = awaits === undefined ? {} : { awaits };
    const received = { ...facts, ...awaited, isRetrieved: retrieval !== undefined };
    const answer = await custodian.receive(withinRights(received));
    if (awaits !== undefined) reconcile.poke();
    if (retrieval !== undefined) own.landed(retrieval, message.sopInstanceUid, answer.status);
    learning.objectAnswered(connection, facts.sopClassUid, facts.plainBytes);
    tallies.unfinished(message.unfinished);
    tallies.answered(answer.status, (performance.now() - beganMs) / 1000);
    intakes().tell(intake, { t: 'answer', connection: id, seq, ...answer });
  }

  #factsOf(intake: IntakeName, connection: Connection, peer: Peer, message: ArrivalMessage): ReceivedFacts {
    const { patientId, issuerOfPatientId } = message;
    // A sender that was still writing when the lane was given up: its file may be gone at any moment, so its bytes are not believed.
    const isLost = message.kept !== undefined && this.#parts.lanes.isLost(message.kept.staged.file);
    const kept = isLost ? undefined : message.kept;
    const failure = isLost ? LANE_LOST : message.failure;
    const patients = this.#ground.pseudonyms.all(issuerOfPatientId, patientId);
    return {
      ...message,
      intakeId: intake.id,
      associationId: connection.associationId,
      peer,
      remoteAddress: connection.remoteAddress,
      patient: patients[0] ?? '',
      patients,
      failure,
      attributes: new Phi(message.attributes),
      kept: kept === undefined ? undefined : { sha256: kept.sha256 as Sha256, staged: kept.staged },
    };
  }
}
