import { COMMAND_FIELD, type Command, type MessageOutbox, type OutMessage, responseTo, STATUS } from '@leadglass/dimse';
import type { Clock, Timer } from '@leadglass/kit';
import { mayName, type ServiceClass } from '@leadglass/policy';
import { MOST_UNDER_WAY, type UpstreamAsker, type UpstreamChannel, unrecognized } from './channel.ts';

/** How long a device may take to answer a report; then its upstream is told that it did not. */
const REPORT_MS = 60_000;
/** Reports answered for, whose late answers are still taken. */
const MOST_LATE = 64;

interface Report {
  readonly contextId: number;
  readonly command: Command;
  readonly channel: UpstreamChannel;
  readonly timer: Timer;
}

/** What upstreams report to a device on its own association (N-EVENT-REPORT, PS3.7 §10.1.1), and what it answers. */
export class DeviceReports {
  readonly #outbox: MessageOutbox;
  readonly #clock: Clock;
  readonly #reports = new Map<number, Report>();
  readonly #late = new Set<number>();
  #nextId = 1;

  constructor(outbox: MessageOutbox, clock: Clock) {
    this.#outbox = outbox;
    this.#clock = clock;
  }

  get underWay(): number {
    return this.#reports.size;
  }

  /** Passes on what the upstream of `channel` asks, in contexts whose class allows it; refuses the rest. */
  askerOf(channel: () => UpstreamChannel, classOf: (contextId: number) => ServiceClass | undefined): UpstreamAsker {
    let out: OutMessage | undefined;
    return {
      get out() {
        return out;
      },
      request: (contextId, command) => {
        out = this.#begin(contextId, command, classOf(contextId), channel());
      },
      dataSet: (_contextId, view, isLast) => {
        out?.push(view, isLast);
        if (isLast) out = undefined;
      },
    };
  }

  /** The device answers. Undefined when nobody asked it that; else the message its data set belongs to, if any. */
  answered(contextId: number, command: Command): { readonly message: OutMessage | undefined } | undefined {
    const id = command.messageIdBeingRespondedTo;
    if (this.#late.delete(id)) return { message: undefined };
    const report = this.#reports.get(id);
    const isAnswer = command.commandField === COMMAND_FIELD.nEventReportRsp && report?.contextId === contextId;
    if (report === undefined || !isAnswer) return undefined;
    report.timer.cancel();
    this.#reports.delete(id);
    const answer = { ...command, messageIdBeingRespondedTo: report.command.messageId };
    return { message: report.channel.respond(contextId, answer) };
  }

  /** The device is gone. */
  end(): void {
    for (const { timer } of this.#reports.values()) timer.cancel();
    this.#reports.clear();
  }

  #begin(
    contextId: number,
    command: Command,
    serviceClass: ServiceClass | undefined,
    channel: UpstreamChannel,
  ): OutMessage | undefined {
    const isReport = command.commandField === COMMAND_FIELD.nEventReportRq && serviceClass?.reports === true;
    if (!isReport || !mayName(serviceClass, command.affectedSopClassUid)) {
      channel.respond(contextId, unrecognized(command));
      return undefined;
    }
    if (this.#reports.size >= MOST_UNDER_WAY) {
      channel.respond(contextId, responseTo(command, STATUS.resourceLimitation));
      return undefined;
    }
    const id = this.#takeId();
    const timer = this.#clock.after(REPORT_MS, () => this.#giveUp(id));
    this.#reports.set(id, { contextId, command, channel, timer });
    const out = this.#outbox.begin(contextId);
    out.send({ ...command, messageId: id });
    return out;
  }

  #giveUp(id: number): void {
    const report = this.#reports.get(id);
    if (report === undefined) return;
    this.#reports.delete(id);
    if (this.#late.size < MOST_LATE) this.#late.add(id);
    report.channel.respond(report.contextId, responseTo(report.command, STATUS.processingFailure));
  }

  #takeId(): number {
    do {
      this.#nextId = (this.#nextId % 0xffff) + 1;
    } while (this.#reports.has(this.#nextId) || this.#late.has(this.#nextId));
    return this.#nextId;
  }
}
