import { type ElementToEncode, encodeElements } from '@leadglass/dicom';
import {
  type AcceptedContext,
  type AssociateRq,
  acceptanceOf,
  COMMAND_FIELD,
  type Command,
  negotiate,
  responseTo,
} from '@leadglass/dimse';
import { systemClock } from '@leadglass/kit';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@leadglass/model';
import type { Ending, ScpConnection, ScpUser } from '@leadglass/wire';

/** One object as it came. */
export interface Received {
  readonly sopInstanceUid: string;
  readonly dataSet: Buffer;
}

/** What is on the list now, each item as it is answered. */
export type Worklist = () => readonly (readonly ElementToEncode[])[];

export interface ReceptionOptions {
  readonly title: string;
  readonly worklist: Worklist | undefined;
  take(received: Received): void;
  /** How late an object is answered. */
  lateMs(): number;
}

const MOST_OBJECT_BYTES = 16 * 2 ** 20;
const STATUS = { outOfResources: 0xa700, unrecognizedOperation: 0x0211, pending: 0xff00 } as const;
/** PS3.8 Table 9-21: rejected for good by the service user, the called title is not ours. */
const NOT_US = { result: 1, source: 1, reason: 7 } as const;

/** One association with an archive. */
export class Reception implements ScpUser {
  readonly #options: ReceptionOptions;
  #connection: ScpConnection | undefined;
  #contexts: ReadonlyMap<number, AcceptedContext> = new Map();
  #command: Command | undefined;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  attach(connection: ScpConnection): void {
    this.#connection = connection;
  }

  associateRequested(request: AssociateRq): void {
    if (request.called !== this.#options.title) return this.#connection?.reject(NOT_US);
    const negotiated = negotiate(request, { acceptsAbstractSyntax: () => true });
    this.#contexts = negotiated.accepted;
    this.#connection?.accept(
      acceptanceOf(request, negotiated, {
        implementationClassUid: IMPLEMENTATION_CLASS_UID,
        implementationVersionName: IMPLEMENTATION_VERSION_NAME,
      }),
    );
  }

  command(contextId: number, command: Command): void {
    if (command.commandField === COMMAND_FIELD.cEchoRq) this.#connection?.respond(contextId, responseTo(command, 0));
    else if (command.hasDataSet) [this.#command, this.#parts, this.#bytes] = [command, [], 0];
    else if (command.commandField !== COMMAND_FIELD.cCancelRq)
      this.#connection?.respond(contextId, responseTo(command, STATUS.unrecognizedOperation));
  }

  dataSet(contextId: number, view: Uint8Array, isLast: boolean): void {
    this.#bytes += view.byteLength;
    if (this.#bytes <= MOST_OBJECT_BYTES) this.#parts.push(Buffer.from(view));
    const command = this.#command;
    if (!isLast || command === undefined) return;
    this.#command = undefined;
    if (command.commandField === COMMAND_FIELD.cStoreRq) this.#store(contextId, command);
    else if (command.commandField === COMMAND_FIELD.cFindRq && this.#options.worklist !== undefined)
      this.#find(contextId, command, this.#options.worklist());
    else this.#connection?.respond(contextId, responseTo(command, STATUS.unrecognizedOperation));
    this.#parts = [];
  }

  ended(_ending: Ending): void {
    this.#parts = [];
    this.#connection = undefined;
  }

  #store(contextId: number, command: Command): void {
    const isWhole = this.#bytes <= MOST_OBJECT_BYTES;
    if (isWhole)
      this.#options.take({
        sopInstanceUid: command.affectedSopInstanceUid ?? '',
        dataSet: Buffer.concat(this.#parts),
      });
    const answer = () => this.#connection?.respond(contextId, responseTo(command, isWhole ? 0 : STATUS.outOfResources));
    const lateMs = this.#options.lateMs();
    if (lateMs === 0) answer();
    else systemClock.after(lateMs, answer);
  }

  #find(contextId: number, command: Command, items: readonly (readonly ElementToEncode[])[]): void {
    const transferSyntax = this.#contexts.get(contextId)?.transferSyntax ?? '';
    const connection = this.#connection;
    for (const item of items) {
      const message = connection?.outbox.begin(contextId);
      message?.send({ ...responseTo(command, STATUS.pending), hasDataSet: true });
      message?.push(encodeElements(item, transferSyntax), true);
    }
    connection?.respond(contextId, responseTo(command, 0));
  }
}
