import type { Sealer } from '@leadglass/catalogue';
import { MODALITY_PERFORMED_PROCEDURE_STEP } from '@leadglass/dicom';
import type { Clock, Fault, Logger } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import { type OperationFacts, type OperationRules, relayFor } from '@leadglass/policy';
import type { Records } from '@leadglass/records';
import type { Connection } from '../connections.ts';
import type { Learning } from '../learning/learning.ts';
import { OwnEvents } from '../own-events.ts';
import type { OwnToIntake } from '../own-messages.ts';
import type { StepMessageFromIntake } from './schedule-messages.ts';

/** PS3.7 Annex C. */
const STATUS = {
  success: 0x0000,
  processingFailure: 0x0110,
  duplicateInstance: 0x0111,
  noSuchInstance: 0x0112,
  resourceLimitation: 0x0213,
} as const;
/** PS3.4 §F.7.2.2.3: Performed Procedure Step Object may no longer be updated. */
export const NO_LONGER_UPDATED = 0xa710;

export interface StepHostTools {
  readonly records: Pick<Records, 'steps'>;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
  rules(): OperationRules;
  readonly learning: Pick<Learning, 'operationAsked' | 'operationEnded'>;
  /** Why nothing may be taken at this moment. */
  gate(): Fault | undefined;
  tellIntake(connection: Connection, message: OwnToIntake): void;
  tell(event: Event): void;
  /** Something waits for an information system. */
  taken(upstream: string): void;
}

/** How a device is answered. */
interface Answer {
  readonly status: number;
  readonly comment: string;
  readonly errorId?: number;
}

/** The keeper's side of performed procedure steps that we answer (PS3.4 §F.7): permits, writes down, and only then answers. */
export class StepHost {
  readonly #tools: StepHostTools;
  readonly #events: OwnEvents;

  constructor(tools: StepHostTools) {
    this.#tools = tools;
    this.#events = new OwnEvents(tools.clock, tools.tell);
  }

  /** A device tells of a step. */
  async asked(connection: Connection, message: StepMessageFromIntake): Promise<void> {
    const { clock, learning } = this.#tools;
    const operation: OperationFacts = {
      ...{ service: 'mpps', sopClassUid: MODALITY_PERFORMED_PROCEDURE_STEP, keys: [], atMs: clock.now() },
    };
    const verdict = learning.operationAsked(connection, operation, this.#tools.rules());
    if (!verdict.allowed) {
      const { status, comment, why, hint } = verdict;
      this.#events.refused(connection, { ...FACTS, status, why, hint, ms: 0 });
      return this.#answer(connection, message, { status, comment });
    }
    const beganMs = clock.monotonicMs();
    const answer = await this.#write(connection, message);
    this.#answer(connection, message, answer);
    learning.operationEnded(connection, operation, verdict, 0);
    const ms = Math.round(clock.monotonicMs() - beganMs);
    const peer = connection.peer?.aeTitle ?? connection.calling;
    const instead = relayFor(this.#tools.rules().relays, peer, 'mpps')?.to;
    this.#events.answered(connection, { ...FACTS, status: answer.status, results: 0, ms, instead });
  }

  async #write(connection: Connection, message: StepMessageFromIntake): Promise<Answer> {
    if (this.#tools.gate() !== undefined) return NO_ROOM;
    try {
      return await (message.kind === 'create' ? this.#create(connection, message) : this.#set(message));
    } catch (thrown) {
      this.#tools.log.error('step.not-written', { fault: thrown });
      return NO_ROOM;
    }
  }

  async #create(connection: Connection, message: StepMessageFromIntake): Promise<Answer> {
    const peer = connection.peer?.aeTitle ?? connection.calling;
    const upstream = relayFor(this.#tools.rules().relays, peer, 'mpps')?.to ?? '';
    const step = { uid: message.uid, peer, upstream };
    const written = await this.#tools.records.steps.create(step, this.#sealed(message), []);
    if (written === 'duplicate') return { status: STATUS.duplicateInstance, comment: 'Step exists already' };
    this.#tools.taken(upstream);
    return DONE;
  }

  async #set(message: StepMessageFromIntake): Promise<Answer> {
    const { steps } = this.#tools.records;
    const written = await steps.set(this.#sealed(message), message.state, []);
    if (written === 'unknown') return { status: STATUS.noSuchInstance, comment: 'No such step' };
    if (written === 'final') return FINAL;
    const upstream = (await steps.step(message.uid))?.upstream;
    if (upstream !== undefined) this.#tools.taken(upstream);
    return DONE;
  }

  #sealed({ uid, transferSyntaxUid, dataSet }: StepMessageFromIntake) {
    const sealed = this.#tools.sealer.sealJson('step', uid, JSON.stringify({ dataSet }));
    return { uid, transferSyntaxUid, sealed, atMs: this.#tools.clock.now() };
  }

  #answer(connection: Connection, { seq }: StepMessageFromIntake, { status, comment, errorId }: Answer): void {
    this.#tools.tellIntake(connection, {
      ...{ t: 'own-answer', connection: connection.id, seq, status, comment },
      ...(errorId === undefined ? {} : { errorId }),
    });
  }
}

const FACTS = { service: 'mpps', sopClassUid: MODALITY_PERFORMED_PROCEDURE_STEP, level: '', keys: [] } as const;
const DONE: Answer = { status: STATUS.success, comment: '' };
const FINAL: Answer = {
  ...{ status: STATUS.processingFailure, errorId: NO_LONGER_UPDATED },
  comment: 'Performed Procedure Step Object may no longer be updated',
};
const NO_ROOM: Answer = { status: STATUS.resourceLimitation, comment: 'Cannot be written down now' };
