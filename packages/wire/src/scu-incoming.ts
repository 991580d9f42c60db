import { COMMAND_FIELD, type Command, isResponse } from '@leadglass/dimse';
import { text } from '@leadglass/kit';
import { garbledFault } from './scu-faults.ts';
import type { ScuLink } from './scu-link.ts';

/** Largest N-EVENT-REPORT data set read: some 50,000 references. */
const LARGEST_REPORT_BYTES = 8 * 2 ** 20;

/** A message of the peer as far as it has come. */
export interface Incoming {
  readonly contextId: number;
  readonly command: Command;
  readonly parts: Uint8Array[];
  bytes: number;
}

/** PS3.7 Annex C: pending, with a warning or without. */
function isPending({ status }: Command): boolean {
  return status === 0xff00 || status === 0xff01;
}

/** What the peer says on our association: the response we wait for, or an event report; anything else ends the association. */
export class Incomings {
  report: (message: Incoming) => void = () => {};
  link: ScuLink | undefined;
  /** Called when bytes came and the response awaited is not whole yet. */
  incomplete: () => void = () => {};
  response: Command | undefined;
  /** The data set that came with the response, where one was wanted. */
  responseParts: readonly Uint8Array[] = [];
  /** Hears responses that are not the last; without it the first is. */
  pending: ((command: Command) => void) | undefined;
  /** Whether the request awaiting its response has gone out whole. */
  isWhole = false;
  #expectedId = 0;
  #expectedField = 0;
  #current: Incoming | undefined;

  expect(messageId: number, responseField: number): void {
    this.response = undefined;
    this.isWhole = false;
    this.#expectedId = messageId;
    this.#expectedField = responseField;
  }

  command(contextId: number, command: Command): void {
    this.#current = { contextId, command, parts: [], bytes: 0 };
    const isReport = command.commandField === COMMAND_FIELD.nEventReportRq;
    if (!isReport && !this.#isAwaited(command)) this.#garbled();
    else if (!command.hasDataSet) this.#complete(this.#current);
  }

  dataSet(_contextId: number, view: Uint8Array, isLast: boolean): void {
    const current = this.#current;
    if (current === undefined) return;
    current.bytes += view.byteLength;
    if (current.bytes > LARGEST_REPORT_BYTES) {
      this.#garbled();
      return;
    }
    const isWanted = current.command.commandField === COMMAND_FIELD.nEventReportRq || this.pending !== undefined;
    const isKept = view.byteLength > 0 && isWanted;
    if (isKept) current.parts.push(new Uint8Array(view));
    if (isLast) this.#complete(current);
  }

  received(): void {
    if (this.isWhole && this.response === undefined) this.incomplete();
  }

  #isAwaited(command: Command): boolean {
    return (
      command.commandField === this.#expectedField &&
      command.messageIdBeingRespondedTo === this.#expectedId &&
      this.response === undefined
    );
  }

  #complete(message: Incoming): void {
    this.#current = undefined;
    if (!isResponse(message.command.commandField)) {
      this.report(message);
      return;
    }
    if (this.pending !== undefined && isPending(message.command)) return this.pending(message.command);
    this.response = message.command;
    this.responseParts = message.parts;
    this.link?.heard();
  }

  #garbled(): void {
    this.#current = undefined;
    const why = text('un message que rien n’appelait', 'a message nothing called for');
    if (this.link !== undefined) this.link.abort(garbledFault(this.link.target, why));
  }
}
