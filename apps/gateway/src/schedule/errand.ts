import type { Socket } from 'node:net';
import {
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  MODALITY_PERFORMED_PROCEDURE_STEP,
  MODALITY_WORKLIST_FIND,
} from '@leadglass/dicom';
import {
  acceptedContexts,
  COMMAND_FIELD,
  type Command,
  commandOf,
  PRIORITY,
  requestOf,
  responseTo,
} from '@leadglass/dimse';
import { type Clock, concatBytes, type Fault, isFault, type Text, text } from '@leadglass/kit';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@leadglass/model';
import { encodeWorklistQuery, readWorklistEntry } from '@leadglass/query';
import { type ResponseUser, UpstreamChannel, type UpstreamRequest } from '@leadglass/relay';
import { garbledFault, openUpstream, type UpstreamLink } from '@leadglass/wire';
import { MAXIMUM_LENGTH, TIMEOUTS } from '../relayed-session.ts';
import { ENTRIES_AT_ONCE, MOST_ENTRY_CHARACTERS } from './schedule-bounds.ts';
import type {
  ErrandEndedMessage,
  ErrandFoundMessage,
  ErrandMessage,
  ErrandWork,
  Hl7Work,
} from './schedule-messages.ts';

/** Largest entry that is read, bytes. */
const MOST_ENTRY_BYTES = 64 * 1024;
/** PS3.7 Annex C, PS3.4 §K.4.1.1.4. */
const UNRECOGNIZED_OPERATION = 0x0211;
const OUT_OF_RESOURCES = 0xa700;

type DicomWork = Exclude<ErrandWork, Hl7Work>;
type DicomErrand = ErrandMessage & { readonly work: DicomWork };
type Told = Omit<ErrandEndedMessage, 't' | 'connection'>;

/** One errand at an information system, in the sandbox: asks over a connection that the keeper made, reads what comes, tells the keeper. */
export class Errand implements ResponseUser {
  readonly #message: DicomErrand;
  readonly #tell: (message: ErrandFoundMessage | ErrandEndedMessage) => void;
  readonly #clock: Clock;
  #link: UpstreamLink | undefined;
  #request: UpstreamRequest | undefined;
  #transferSyntax = '';
  #answer: Command | undefined;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #waiting: string[] = [];
  #entries = 0;
  #unread = 0;
  #isSent = false;
  #isOver = false;
  readonly #socket: Socket;

  constructor(
    message: DicomErrand,
    socket: Socket,
    tell: (message: ErrandFoundMessage | ErrandEndedMessage) => void,
    clock: Clock,
  ) {
    this.#message = message;
    this.#socket = socket;
    this.#tell = tell;
    this.#clock = clock;
  }

  /** Runs it to its end, which the keeper is told of. */
  async run(): Promise<void> {
    const { target, work, tls } = this.#message;
    const request = requestOf({
      ...{ called: target.called, calling: target.calling, contexts: [contextOf(work)] },
      implementationClassUid: IMPLEMENTATION_CLASS_UID,
      implementationVersionName: IMPLEMENTATION_VERSION_NAME,
    });
    const channel = this.#newChannel();
    try {
      this.#link = await openUpstream({
        ...{ socket: this.#socket, target, request, maximumLength: MAXIMUM_LENGTH, timeouts: TIMEOUTS },
        ...{ clock: this.#clock, user: this.#userOf(channel) },
        ...(tls === undefined ? {} : { tls }),
      });
      const [context] = acceptedContexts(request, this.#link.accepted).values();
      if (context === undefined) return this.#end({ why: NOT_OFFERED, status: SOP_CLASS_NOT_SUPPORTED });
      this.#transferSyntax = context.transferSyntax;
      this.#ask(channel, context.id, work);
    } catch (thrown) {
      this.#socket.destroy();
      if (!isFault(thrown)) throw thrown;
      this.#end({ why: thrown.text });
    }
  }

  /** Nobody waits for it any more. */
  drop(): void {
    this.#isOver = true;
    this.#link?.abort();
    this.#socket.destroy();
  }

  response(command: Command, isLast: boolean): void {
    this.#answer = isLast ? command : undefined;
    this.#parts = [];
    this.#partBytes = 0;
    if (isLast && !command.hasDataSet) this.#answered(command);
  }

  dataSet(view: Uint8Array, isLast: boolean): void {
    this.#partBytes += view.byteLength;
    if (this.#partBytes <= MOST_ENTRY_BYTES) this.#parts.push(view.slice());
    if (!isLast) return;
    // What comes with the last response is no entry.
    if (this.#answer !== undefined) this.#answered(this.#answer);
    else this.#entry();
  }

  failed(why: Text): void {
    this.#end({ why });
  }

  #ask(channel: UpstreamChannel, contextId: number, work: DicomWork): void {
    const dataSet =
      work.kind === 'worklist'
        ? encodeWorklistQuery(work.from, work.to, this.#transferSyntax)
        : Buffer.from(work.dataSet, 'base64');
    this.#isSent = true;
    this.#request = channel.request(contextId, commandFor(work, dataSet.byteLength > 0), this);
    if (dataSet.byteLength > 0) this.#request.push(dataSet, true);
  }

  #entry(): void {
    const { work } = this.#message;
    const isWhole = this.#partBytes <= MOST_ENTRY_BYTES;
    const read = isWhole ? readWorklistEntry(concatBytes(...this.#parts), this.#transferSyntax) : undefined;
    const json = read === undefined ? '' : JSON.stringify(read);
    if (json === '' || json.length > MOST_ENTRY_CHARACTERS) {
      this.#unread += 1;
      return;
    }
    this.#entries += 1;
    if (work.kind === 'worklist' && this.#entries > work.mostEntries) {
      this.#request?.cancel();
      return this.#end({ why: TOO_MANY, status: OUT_OF_RESOURCES });
    }
    this.#waiting.push(json);
    if (this.#waiting.length >= ENTRIES_AT_ONCE) this.#flush();
  }

  #flush(): void {
    const entries = this.#waiting.splice(0);
    if (entries.length > 0 && !this.#isOver)
      this.#tell({ t: 'errand-found', connection: this.#message.connection, entries });
  }

  #answered({ status, errorId }: Command): void {
    this.#flush();
    this.#end({ status, ...(errorId === 0 ? {} : { errorId }) });
  }

  #end(told: Omit<Told, 'isSent' | 'unread'>): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { connection } = this.#message;
    this.#tell({ t: 'errand-ended', connection, isSent: this.#isSent, unread: this.#unread, ...told });
    void this.#link?.release().catch(() => {});
  }

  #newChannel(): UpstreamChannel {
    const link = (): UpstreamLink => this.#link as UpstreamLink;
    const channel: UpstreamChannel = new UpstreamChannel(
      {
        get outbox() {
          return link().outbox;
        },
        await: (isAwaiting) => this.#link?.await(isAwaiting),
        garbled: (why) => this.#link?.abort(garbledFault(link().target, why)),
      },
      {
        // It is asked, and asks nothing.
        request: (contextId, command) => {
          if (this.#link !== undefined) channel.respond(contextId, responseTo(command, UNRECOGNIZED_OPERATION));
        },
        dataSet: () => {},
      },
    );
    return channel;
  }

  #userOf(channel: UpstreamChannel) {
    return {
      command: (contextId: number, command: Command) => channel.command(contextId, command),
      dataSet: (contextId: number, view: Uint8Array, isLast: boolean) => channel.dataSet(contextId, view, isLast),
      received: () => {},
      ended: (fault: Fault) => {
        channel.ended(fault.text);
        this.#end({ why: fault.text });
      },
    };
  }
}

/** PS3.7 §C.5.6. */
const SOP_CLASS_NOT_SUPPORTED = 0x0122;

function contextOf(work: DicomWork): { abstractSyntax: string; transferSyntaxes: string[] } {
  return work.kind === 'worklist'
    ? {
        abstractSyntax: MODALITY_WORKLIST_FIND,
        transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN],
      }
    : { abstractSyntax: MODALITY_PERFORMED_PROCEDURE_STEP, transferSyntaxes: [work.transferSyntaxUid] };
}

function commandFor(work: DicomWork, hasDataSet: boolean): Command {
  switch (work.kind) {
    case 'worklist':
      return commandOf(COMMAND_FIELD.cFindRq, {
        ...{ affectedSopClassUid: MODALITY_WORKLIST_FIND, priority: PRIORITY.low, hasDataSet },
      });
    case 'create':
      return commandOf(COMMAND_FIELD.nCreateRq, {
        ...{ affectedSopClassUid: MODALITY_PERFORMED_PROCEDURE_STEP, affectedSopInstanceUid: work.uid, hasDataSet },
      });
    case 'set':
      return commandOf(COMMAND_FIELD.nSetRq, {
        ...{ requestedSopClassUid: MODALITY_PERFORMED_PROCEDURE_STEP, requestedSopInstanceUid: work.uid, hasDataSet },
      });
  }
}

const NOT_OFFERED = text('ce service n’y est pas proposé', 'it does not offer this service');
const TOO_MANY = text('plus d’examens que ce qui est conservé d’un jour', 'more entries than are kept of one day');
