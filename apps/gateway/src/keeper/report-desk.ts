import { STORAGE_COMMITMENT_PUSH_MODEL, STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE } from '@leadglass/dimse';
import type { CommitmentAsker, ReceivedReport } from '@leadglass/relay';
import type { Connection } from '../connections.ts';
import type { IntakeName } from '../intake-pool.ts';
import type { EventReportMessage } from '../messages.ts';
import type { OwnServicesHost } from '../own-host.ts';
import type { Ground } from './ground.ts';

/** PS3.7 Annex C: processing failure. */
const NOT_PASSED_ON = 0x0110;

export interface ReportDeskParts {
  readonly own: Pick<OwnServicesHost, 'reported'>;
  readonly commitments: Pick<CommitmentAsker, 'handleEventReport'>;
}

/** Takes what upstreams report of storage commitment (PS3.4 §J.3.3). */
export class ReportDesk {
  readonly #ground: Ground;
  readonly #parts: ReportDeskParts;

  constructor(ground: Ground, parts: ReportDeskParts) {
    this.#ground = ground;
    this.#parts = parts;
  }

  async eventReport(intake: IntakeName, message: EventReportMessage): Promise<void> {
    const { connections, teller, intakes } = this.#ground;
    const connection = connections.get(message.connection);
    if (connection?.peer === undefined) return;
    const report = {
      sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL,
      sopInstanceUid: STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
      eventTypeId: message.eventTypeId,
      transferSyntax: message.transferSyntaxUid,
      dataSet: Buffer.from(message.dataSet, 'base64'),
    };
    const passedOn = await this.#passedOn(connection, report);
    const status = passedOn ?? (await this.#parts.commitments.handleEventReport(report, connection.calling));
    teller.poke();
    intakes().tell(intake, { t: 'answer', connection: message.connection, seq: message.seq, status });
  }

  // What an upstream reports of a device's request is the device's to answer; what it reports of ours, ours.
  async #passedOn(connection: Connection, report: ReceivedReport): Promise<number | undefined> {
    try {
      return await this.#parts.own.reported(connection, report);
    } catch (thrown) {
      this.#ground.log.error('commitment.records', { from: connection.calling, fault: thrown });
      return NOT_PASSED_ON;
    }
  }
}
