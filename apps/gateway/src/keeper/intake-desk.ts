import type { Text } from '@leadglass/kit';
import type { FeedDesk } from '../feeds/feed-desk.ts';
import { isOfFeeds } from '../feeds/feed-messages.ts';
import type { FindHost } from '../find-host.ts';
import { type FindFromIntake, isFind } from '../find-messages.ts';
import type { Identity } from '../identity/identity.ts';
import type { IntakeListener, IntakeName } from '../intake-pool.ts';
import type { LaneKeeper } from '../lane-keeper.ts';
import type { EndedMessage, FromIntake } from '../messages.ts';
import type { OperationDesk } from '../operation-desk.ts';
import type { OwnServicesHost } from '../own-host.ts';
import { isOwn, type OwnFromIntake } from '../own-messages.ts';
import type { RelayMessage } from '../relay-messages.ts';
import type { ScheduleHost } from '../schedule/schedule-host.ts';
import { isSchedule, type ScheduleFromIntake } from '../schedule/schedule-messages.ts';
import type { WebDesk } from '../web/desk.ts';
import type { AdmissionDesk } from './admission-desk.ts';
import type { ArrivalDesk } from './arrival-desk.ts';
import type { Ground } from './ground.ts';
import type { ReportDesk } from './report-desk.ts';

export interface IntakeDeskParts {
  readonly admissions: AdmissionDesk;
  readonly arrivals: ArrivalDesk;
  readonly reports: ReportDesk;
  readonly operations: Pick<OperationDesk, 'heard' | 'gone'>;
  readonly own: Pick<OwnServicesHost, 'heard' | 'ended'>;
  readonly finds: Pick<FindHost, 'heard' | 'ended'>;
  readonly schedule: Pick<ScheduleHost, 'heard' | 'find' | 'errand' | 'ended' | 'lost'>;
  readonly web: Pick<WebDesk, 'heard' | 'lost'>;
  readonly feeds: Pick<FeedDesk, 'heard' | 'lost'>;
  readonly lanes: LaneKeeper;
  readonly identity: Pick<Identity, 'tls'>;
}

/** Hears the intakes: each message goes to whose it is, and whoever had to do with a connection is told of its end. */
export class IntakeDesk implements IntakeListener {
  readonly #ground: Ground;
  readonly #parts: IntakeDeskParts;

  constructor(ground: Ground, parts: IntakeDeskParts) {
    this.#ground = ground;
    this.#parts = parts;
  }

  started({ number }: IntakeName): void {
    const { teller } = this.#ground;
    teller.later(teller.event({ kind: 'intake.started', intake: number }));
  }

  said(intake: IntakeName, message: FromIntake): void {
    const { admissions, arrivals, reports, lanes, schedule, feeds, web } = this.#parts;
    if (isOfFeeds(message)) return feeds.heard(intake, message);
    if (message.t === 'errand-found' || message.t === 'errand-ended') return schedule.errand(message);
    if (isOwn(message) || isFind(message) || isSchedule(message)) return this.#heardOwn(message);
    switch (message.t) {
      case 'associate':
        return admissions.associate(intake, message);
      case 'arrival':
        return lanes.settling(intake, arrivals.arrival(intake, message));
      case 'ended':
        return this.#ended(message);
      case 'event-report':
        return void reports.eventReport(intake, message);
      case 'handshake-failed':
        return this.#handshakeFailed(message.connection, message.why);
      case 'want-lane':
        return void lanes.wanted(intake);
      case 'retired':
        return this.#laneRetired(intake, message.file);
      case 'operation':
      case 'operation-ended':
      case 'operation-refused':
      case 'upstream-failed':
        return this.#operation(intake, message);
      case 'fault':
        return this.#ground.log.error(message.event, { intake: intake.number, detail: message.detail });
      case 'ready':
        return;
      default:
        return web.heard(intake, message);
    }
  }

  died(intake: IntakeName, connections: readonly number[], exit: string): void {
    const { web, feeds, own, finds, schedule, operations, lanes } = this.#parts;
    const { log, teller } = this.#ground;
    web.lost(connections);
    feeds.lost(connections);
    for (const id of connections) {
      this.#ground.connections.close(id);
      own.ended(id);
      finds.ended(id);
      schedule.lost(id);
      operations.gone(id);
    }
    log.error('intake.died', { intake: intake.number, exit, associations: connections.length });
    teller.later(teller.event({ kind: 'intake.died', intake: intake.number, associations: connections.length, exit }));
    void lanes.orphaned(intake);
  }

  #heardOwn(
    message: OwnFromIntake | FindFromIntake | Extract<ScheduleFromIntake, { t: 'worklist-find' | 'step' }>,
  ): void {
    const { own, finds, schedule } = this.#parts;
    const connection = this.#ground.connections.get(message.connection);
    if (connection?.peer === undefined) return;
    if (isFind(message)) {
      finds.heard(connection, message);
      schedule.find(message);
    } else if (isSchedule(message)) schedule.heard(connection, message);
    else own.heard(connection, connection.peer, message);
  }

  #operation(intake: IntakeName, message: RelayMessage): void {
    const { connections, lies } = this.#ground;
    const connection = connections.get(message.connection);
    if (connection !== undefined && !this.#parts.operations.heard(connection, message))
      lies(intake, 'intake.unasked-operation');
  }

  #ended(message: EndedMessage): void {
    const { connections, intakes, learning, teller } = this.#ground;
    const { operations, own, finds, schedule } = this.#parts;
    const connection = connections.close(message.connection);
    operations.gone(message.connection);
    intakes().forget(message.connection);
    own.ended(message.connection);
    finds.ended(message.connection);
    schedule.ended(message.connection);
    if (connection === undefined) return;
    learning.associationEnded(connection, message.asked);
    teller.ofCaller(connections.endEvent(connection, message));
  }

  #handshakeFailed(id: number, why: Text): void {
    const { connections, intakes, teller } = this.#ground;
    const connection = connections.close(id);
    intakes().forget(id);
    if (connection === undefined) return;
    this.#parts.identity.tls.failed(connection.remoteAddress);
    teller.strangers.came(connections.refusedEvent(connection, why));
  }

  #laneRetired(intake: IntakeName, file: string): void {
    if (!this.#parts.lanes.retired(intake, file)) this.#ground.lies(intake, 'intake.foreign-lane');
  }
}
