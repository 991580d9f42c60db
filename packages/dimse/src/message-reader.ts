import type { Text } from '@leadglass/kit';
import type { Abort, Command } from './api.ts';
import { type CommandFault, decodeCommand } from './command-codec.ts';
import { ABORT_REASON, ABORT_SOURCE } from './pdu.ts';
import { WHY } from './why.ts';

/** An illegal sequence or command: what to do about it and why. */
export type MessageFault =
  /** Nothing sensible can be answered: abort. The reader reads nothing more. */
  | { readonly answer: 'abort'; readonly abort: Abort; readonly why: Text }
  /** Answer `responseTo(request, status)` on the context; its data set, if any, is read past unseen and the next message is read. */
  | {
      readonly answer: 'status';
      readonly contextId: number;
      readonly status: number;
      readonly request: Command;
      readonly why: Text;
    };

/** Who a MessageReader speaks to. */
export interface MessageHandler {
  /** A whole command. When `command.hasDataSet`, its data set follows on the same context before anything else. */
  command(contextId: number, command: Command): void;
  /** A piece of the data set of the last command: a view, valid during the call only, perhaps empty when last. */
  dataSet(contextId: number, piece: Uint8Array, isLast: boolean): void;
  fault(fault: MessageFault): void;
}

/** What a MessageReader is made of. */
export interface MessageReaderOptions {
  readonly handler: MessageHandler;
  /** Ids of the accepted presentation contexts. */
  readonly contexts: { has(id: number): boolean };
  /** Largest command set read, bytes. */
  readonly commandBytes?: number;
}

/** Largest command set read unless said otherwise. Real ones have a few hundred bytes. */
export const MOST_COMMAND_BYTES = 65_536;

/** What the next fragment should belong to. */
const AWAITS = { command: 0, restOfCommand: 1, dataSet: 2, unwantedDataSet: 3, nothing: 4 } as const;
type Awaits = (typeof AWAITS)[keyof typeof AWAITS];

const NO_BYTES = new Uint8Array(0);
const FIRST_COMMAND_BYTES = 512;

/** Puts presentation data values together to messages (PS3.7 §6.3.1, PS3.8 Annex E): commands whole and bounded, data sets streamed. */
export class MessageReader {
  readonly #handler: MessageHandler;
  readonly #contexts: { has(id: number): boolean };
  readonly #commandBytes: number;
  #awaits: Awaits = AWAITS.command;
  #contextId = 0;
  #gathered: Uint8Array = NO_BYTES;
  #gatheredBytes = 0;

  constructor(options: MessageReaderOptions) {
    this.#handler = options.handler;
    this.#contexts = options.contexts;
    this.#commandBytes = options.commandBytes ?? MOST_COMMAND_BYTES;
  }

  /** Whether no message is half read: an association may be released only then. */
  get isBetweenMessages(): boolean {
    return this.#awaits === AWAITS.command;
  }

  /** Takes a piece of a presentation data value as `AssociationHandler.data` gives it. */
  data(contextId: number, isCommand: boolean, isLast: boolean, fragment: Uint8Array): void {
    if (this.#awaits === AWAITS.dataSet && !isCommand && contextId === this.#contextId) {
      if (isLast) this.#awaits = AWAITS.command;
      this.#handler.dataSet(contextId, fragment, isLast);
    } else if (this.#awaits !== AWAITS.nothing) {
      this.#rare(contextId, isCommand, isLast, fragment);
    }
  }

  /** All but the stream of a data set. */
  #rare(contextId: number, isCommand: boolean, isLast: boolean, fragment: Uint8Array): void {
    const why = this.#sequenceWhy(contextId, isCommand);
    if (why !== undefined) this.#abort(why, this.#contexts.has(contextId));
    else if (isCommand) this.#readCommand(contextId, isLast, fragment);
    else if (isLast) this.#awaits = AWAITS.command; // the end of a data set nobody wants
  }

  #sequenceWhy(contextId: number, isCommand: boolean): Text | undefined {
    if (!this.#contexts.has(contextId)) return WHY.contextNotAccepted(contextId);
    if (this.#awaits === AWAITS.command) return isCommand ? undefined : WHY.dataSetWithoutCommand;
    if (contextId !== this.#contextId) return WHY.contextChanged(this.#contextId, contextId);
    if (this.#awaits === AWAITS.restOfCommand) return isCommand ? undefined : WHY.dataSetInsideCommand;
    return isCommand ? WHY.commandInsideDataSet : undefined;
  }

  #readCommand(contextId: number, isLast: boolean, fragment: Uint8Array): void {
    this.#contextId = contextId;
    if (fragment.byteLength > this.#commandBytes - this.#gatheredBytes) {
      this.#abort(WHY.commandTooLong(this.#commandBytes), true);
    } else if (isLast && this.#gatheredBytes === 0) {
      this.#endCommand(fragment);
    } else {
      this.#gather(fragment);
      if (isLast) this.#endCommand(this.#gathered.subarray(0, this.#gatheredBytes));
      else this.#awaits = AWAITS.restOfCommand;
    }
  }

  /** Room doubles, so that fragments of a byte each cost no more than their sum. */
  #gather(fragment: Uint8Array): void {
    const bytes = this.#gatheredBytes + fragment.byteLength;
    if (bytes > this.#gathered.byteLength) {
      const room = new Uint8Array(Math.max(bytes, 2 * this.#gathered.byteLength, FIRST_COMMAND_BYTES));
      room.set(this.#gathered.subarray(0, this.#gatheredBytes));
      this.#gathered = room;
    }
    this.#gathered.set(fragment, this.#gatheredBytes);
    this.#gatheredBytes = bytes;
  }

  #endCommand(bytes: Uint8Array): void {
    const decoded = decodeCommand(bytes);
    this.#gatheredBytes = 0;
    this.#gathered = NO_BYTES;
    if (!decoded.ok) {
      this.#badCommand(decoded.fault);
      return;
    }
    this.#awaits = decoded.command.hasDataSet ? AWAITS.dataSet : AWAITS.command;
    this.#handler.command(this.#contextId, decoded.command);
  }

  #badCommand(fault: CommandFault): void {
    const { request, status, why } = fault;
    if (request === undefined) {
      this.#abort(why, true);
      return;
    }
    this.#awaits = request.hasDataSet ? AWAITS.unwantedDataSet : AWAITS.command;
    this.#handler.fault({ answer: 'status', contextId: this.#contextId, status, request, why });
  }

  /** A context nobody accepted is the upper layer's matter (PS3.8 §9.3.8 reason 6), the rest its user's. */
  #abort(why: Text, isContextAccepted: boolean): void {
    this.#awaits = AWAITS.nothing;
    this.#gathered = NO_BYTES;
    const abort = isContextAccepted
      ? { source: ABORT_SOURCE.serviceUser, reason: ABORT_REASON.notSpecified }
      : { source: ABORT_SOURCE.serviceProvider, reason: ABORT_REASON.invalidPduParameterValue };
    this.#handler.fault({ answer: 'abort', abort, why });
  }
}
