import {
  type AssociateAc,
  type AssociateRq,
  COMMAND_FIELD,
  type Command,
  cCancelRq,
  cEchoRq,
  commandOf,
  cStoreRq,
  DICOM_APPLICATION_CONTEXT,
  encodeCommand,
  nActionRq,
  nEventReportRq,
  responseTo,
  VERIFICATION,
} from '@leadglass/dimse';
import { assert, Fault, text } from '@leadglass/kit';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@leadglass/model';
import type {
  ActionRequest,
  DimseStatus,
  EventReport,
  FindAnswer,
  FindRequest,
  MoveAnswer,
  MoveCounts,
  MoveRequest,
  ReportRequest,
  ScuContextResult,
  ScuOptions,
  StoredObject,
  StoreRequest,
} from './scu-api.ts';
import { cancelledFault, contextFault, garbledFault, type Target } from './scu-faults.ts';
import { Fragmenter, type FragmentSink } from './scu-fragments.ts';
import { type Incoming, Incomings } from './scu-incoming.ts';
import { ScuLink } from './scu-link.ts';
import { connectTransport } from './scu-transport.ts';

/** PS3.8 §9.3.2.2: identifiers are the odd numbers of one byte. */
export const MOST_CONTEXTS = 128;
/** Largest fragment we make even for a peer without limit: beyond it nothing gets faster. */
const LARGEST_FRAGMENT_BYTES = 256 * 1024;
/** Length and header of a presentation data value inside a P-DATA-TF (PS3.8 §9.3.5.1). */
const PDV_HEAD_BYTES = 6;
/** A peer that announces less than this would make us send more headers than data. */
const SMALLEST_MAXIMUM_LENGTH = 128;
const MOST_COMMENT_CHARS = 64;

/** PS3.7 Annex C: unrecognized operation; processing failure. */
const STATUS = { unrecognizedOperation: 0x0211, processingFailure: 0x0110 } as const;

/** What a C-STORE-RQ says besides which object it is about. */
type StoreSaying = Pick<StoreRequest, 'priority' | 'originator'>;

function storeCommand(messageId: number, object: StoredObject, { priority, originator }: StoreSaying = {}): Uint8Array {
  const command = cStoreRq({
    messageId,
    affectedSopClassUid: object.sopClassUid,
    affectedSopInstanceUid: object.sopInstanceUid,
    ...(priority === undefined ? {} : { priority }),
    ...(originator === undefined
      ? {}
      : { moveOriginatorAe: originator.aeTitle, moveOriginatorMessageId: originator.messageId }),
  });
  return encodeCommand(command);
}

function printable(comment: string): string {
  return comment.slice(0, MOST_COMMENT_CHARS).replace(/[^\x20-\x7e]/g, '?');
}

function fragmentBytesFor(peerMaximumLength: number): number {
  const limit = peerMaximumLength === 0 ? Number.POSITIVE_INFINITY : peerMaximumLength - PDV_HEAD_BYTES;
  const bytes = Math.min(limit, LARGEST_FRAGMENT_BYTES);
  return bytes - (bytes % 2); // PS3.8 §9.3.5.1 wants even fragments
}

/** An association we asked for, established. One request at a time: its owner waits for each answer. */
export class ScuAssociation {
  /** What the peer made of each context proposed, in the order proposed. */
  readonly contexts: readonly ScuContextResult[];
  /** What the peer says it is. */
  readonly peerImplementation: { readonly classUid: string; readonly versionName: string };
  /** Called for each N-EVENT-REPORT; answers with its status. Without it, or when it throws, the report is answered with a failure. */
  onEventReport: ((report: EventReport) => number | Promise<number>) | undefined;
  readonly #link: ScuLink;
  readonly #fragmentBytes: number;
  readonly #incoming: Incomings;
  #messageId = 0;
  #isBusy = false;
  /** What may be begun early, and what was: the message id is taken. */
  #next: StoredObject | undefined;
  #saying: StoreSaying = {};
  #begun: StoredObject | undefined;

  /** Use `openAssociation`. */
  constructor(link: ScuLink, contexts: readonly ScuContextResult[], accepted: AssociateAc, incoming: Incomings) {
    this.#link = link;
    this.contexts = contexts;
    this.peerImplementation = {
      classUid: accepted.user.implementationClassUid,
      versionName: accepted.user.implementationVersionName,
    };
    this.#fragmentBytes = fragmentBytesFor(accepted.user.maximumLength);
    this.#incoming = incoming;
    incoming.report = (message) => void this.#answerReport(message);
    incoming.incomplete = () => this.#beginNext();
  }

  /** Whether requests can still be made. */
  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  /** Whether the command of the announced next object has gone out already: only that object can be stored now. */
  get hasBegunNext(): boolean {
    return this.#begun !== undefined;
  }

  /** The accepted contexts. */
  get accepted(): readonly ScuContextResult[] {
    return this.contexts.filter((context) => context.result === 0);
  }

  /** The accepted context for an abstract syntax (and transfer syntax), or undefined. */
  contextFor(abstractSyntax: string, transferSyntax?: string): ScuContextResult | undefined {
    const isIt = (context: ScuContextResult) =>
      context.result === 0 &&
      context.abstractSyntax === abstractSyntax &&
      (transferSyntax === undefined || context.transferSyntax === transferSyntax);
    return this.contexts.find(isIt);
  }

  /** C-ECHO (PS3.7 §9.1.5). Rejects with Fault `wire.context-not-accepted`, `wire.timeout`, `wire.aborted`, `wire.garbled`. */
  async echo(): Promise<DimseStatus> {
    const context = this.#contextOrFault(VERIFICATION);
    return this.#exchange(COMMAND_FIELD.cEchoRsp, async (messageId) => {
      await this.#sendWhole(context.id, encodeCommand(cEchoRq(messageId)));
    });
  }

  /**
   * C-STORE (PS3.7 §9.1.1): resolves with whatever status the peer answers. Rejects with a Fault: `wire.context-not-accepted`
   * (permanent, nothing sent); what `dataSet` throws; `wire.timeout`, `wire.aborted`, `wire.garbled`, `wire.cancelled`: ambiguous
   * once the message had gone out whole, else transient. After any of these but the first the association may be over (`isOpen`).
   */
  async store(request: StoreRequest): Promise<DimseStatus> {
    const context = this.#contextOrFault(request.sopClassUid, request.transferSyntax);
    this.#assertBegun(request);
    const pieces =
      Symbol.asyncIterator in request.dataSet
        ? request.dataSet[Symbol.asyncIterator]()
        : request.dataSet[Symbol.iterator]();
    const cancel = () => this.#link.abort(cancelledFault(this.#link.target));
    if (request.signal?.aborted) cancel();
    request.signal?.addEventListener('abort', cancel, { once: true });
    try {
      // Before anything is said: a data set that cannot be read then costs no association.
      const first = await this.#firstOf(pieces);
      return await this.#exchange(COMMAND_FIELD.cStoreRsp, (messageId, isWhole) => {
        const command = this.#begun === undefined ? storeCommand(messageId, request, request) : undefined;
        this.#begun = undefined;
        this.#next = request.next;
        this.#saying = request;
        const fragmenter = new Fragmenter(this.#sink(context.id), this.#fragmentBytes, command, request.length);
        return this.#sendPieces(fragmenter, pieces, first, request, isWhole);
      });
    } finally {
      this.#next = undefined;
      request.signal?.removeEventListener('abort', cancel);
      await pieces.return?.();
    }
  }

  /** N-ACTION (PS3.7 §10.1.4). Rejects as `echo` does, ambiguous once it had gone out. */
  async action(request: ActionRequest): Promise<DimseStatus> {
    const { sopClassUid: requestedSopClassUid, sopInstanceUid: requestedSopInstanceUid, actionTypeId } = request;
    return this.#tell(request, COMMAND_FIELD.nActionRsp, (messageId) =>
      nActionRq({ messageId, requestedSopClassUid, requestedSopInstanceUid, actionTypeId, hasDataSet: true }),
    );
  }

  /** N-EVENT-REPORT (PS3.7 §10.1.1), as the SCP of its class. Rejects as `action` does. */
  async report(request: ReportRequest): Promise<DimseStatus> {
    const { sopClassUid: affectedSopClassUid, sopInstanceUid: affectedSopInstanceUid, eventTypeId } = request;
    return this.#tell(request, COMMAND_FIELD.nEventReportRsp, (messageId) =>
      nEventReportRq({ messageId, affectedSopClassUid, affectedSopInstanceUid, eventTypeId, hasDataSet: true }),
    );
  }

  /**
   * C-MOVE (PS3.7 §9.1.4); the sub-operations come to the move destination. Rejects as `echo` does. The wait for a response is the
   * association's `responseMs` in all, pending responses included: who can tell by other signs that it goes on gives it long.
   */
  async move(request: MoveRequest): Promise<MoveAnswer> {
    const context = this.#contextOrFault(request.sopClassUid);
    const cancel = (): void => this.#cancel(context.id);
    this.#incoming.pending = (command) => request.onPending?.(countsOf(command));
    try {
      const answer = await this.#exchange(
        COMMAND_FIELD.cMoveRsp,
        async (messageId, isWhole) => {
          const { sopClassUid: affectedSopClassUid, moveDestination, priority, identifier } = request;
          const fields = { messageId, affectedSopClassUid, moveDestination, priority, hasDataSet: true };
          const command = encodeCommand(commandOf(COMMAND_FIELD.cMoveRq, fields));
          const bytes = identifier.byteLength;
          const fragmenter = new Fragmenter(this.#sink(context.id), this.#fragmentBytes, command, bytes);
          isWhole();
          await fragmenter.push(identifier);
          if (request.cancelled?.aborted) cancel();
          request.cancelled?.addEventListener('abort', cancel, { once: true });
        },
        request.messageId,
      );
      const { response, responseParts } = this.#incoming;
      const { transferSyntax } = context;
      return {
        ...answer,
        counts: countsOf(response as Command),
        dataSet: Buffer.concat(responseParts),
        transferSyntax,
      };
    } finally {
      this.#incoming.pending = undefined;
      request.cancelled?.removeEventListener('abort', cancel);
    }
  }

  /** C-FIND (PS3.7 §9.1.2): how it ended, and how many matches came before that. What they say is left unread. Rejects as `echo` does. */
  async find({ sopClassUid, identifier, priority }: FindRequest): Promise<FindAnswer> {
    const context = this.#contextOrFault(sopClassUid);
    let matches = 0;
    this.#incoming.pending = () => {
      matches += 1;
    };
    try {
      const answer = await this.#exchange(COMMAND_FIELD.cFindRsp, async (messageId, isWhole) => {
        const fields = { messageId, affectedSopClassUid: sopClassUid, priority, hasDataSet: true };
        const command = encodeCommand(commandOf(COMMAND_FIELD.cFindRq, fields));
        const bytes = identifier.byteLength;
        const fragmenter = new Fragmenter(this.#sink(context.id), this.#fragmentBytes, command, bytes);
        isWhole();
        await fragmenter.push(identifier);
      });
      return { ...answer, matches };
    } finally {
      this.#incoming.pending = undefined;
    }
  }

  #cancel(contextId: number): void {
    if (this.isOpen && this.#isBusy) this.#link.data(contextId, true, true, encodeCommand(cCancelRq(this.#messageId)));
  }

  async #tell(
    { sopClassUid, dataSet, transferSyntax }: ReportRequest | (ActionRequest & { readonly transferSyntax?: undefined }),
    responseField: number,
    commandOf: (messageId: number) => Command,
  ): Promise<DimseStatus> {
    const context = this.#contextOrFault(sopClassUid, transferSyntax);
    return this.#exchange(responseField, async (messageId, isWhole) => {
      const command = encodeCommand(commandOf(messageId));
      const fragmenter = new Fragmenter(this.#sink(context.id), this.#fragmentBytes, command, dataSet.byteLength);
      isWhole();
      await fragmenter.push(dataSet);
    });
  }

  /** A-RELEASE. Resolves when it is over, at the latest after `releaseMs`; never rejects. */
  release(): Promise<void> {
    if (this.#begun !== undefined) this.abort();
    return this.#link.release();
  }

  /** A-ABORT; whatever is under way rejects with `wire.cancelled`. */
  abort(): void {
    this.#link.abort();
  }

  #contextOrFault(abstractSyntax: string, transferSyntax?: string): ScuContextResult {
    const context = this.contextFor(abstractSyntax, transferSyntax);
    if (context === undefined) throw contextFault(this.#link.target, abstractSyntax, transferSyntax ?? '?');
    return context;
  }

  #assertBegun({ sopClassUid, sopInstanceUid, transferSyntax }: StoreRequest): void {
    const begun = this.#begun;
    const isIt =
      begun?.sopInstanceUid === sopInstanceUid &&
      begun.sopClassUid === sopClassUid &&
      begun.transferSyntax === transferSyntax;
    assert(begun === undefined || isIt, 'what was announced as next is stored next');
  }

  /** Sends the command of the announced next object: the answer awaited has begun to arrive, so that the peer is done with this one. */
  #beginNext(): void {
    const next = this.#next;
    const context = next && this.contextFor(next.sopClassUid, next.transferSyntax);
    if (next === undefined || context === undefined || !this.#incoming.isWhole || !this.isOpen) return;
    this.#next = undefined;
    this.#begun = next;
    this.#link.data(context.id, true, true, storeCommand(this.#nextMessageId(), next, this.#saying));
  }

  #nextMessageId(): number {
    return (this.#messageId % 0xffff) + 1;
  }

  async #firstOf(pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    return this.#begun === undefined ? pieces.next() : this.#pieceOf(pieces);
  }

  #sink(contextId: number): FragmentSink {
    const link = this.#link;
    return {
      data: (isCommand, isLast, bytes) => link.data(contextId, isCommand, isLast, bytes),
      cork: () => link.cork(),
      uncork: () => link.uncork(),
      flushed: () => link.flushed(),
    };
  }

  async #sendWhole(contextId: number, command: Uint8Array): Promise<void> {
    this.#link.cork();
    this.#link.data(contextId, true, true, command);
    this.#link.uncork();
    await this.#link.flushed();
  }

  async #sendPieces(
    fragmenter: Fragmenter,
    pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array>,
    first: IteratorResult<Uint8Array>,
    request: StoreRequest,
    isWhole: () => void,
  ): Promise<void> {
    let isTooLong = false;
    for (let next = first; !next.done && !isTooLong; next = await this.#pieceOf(pieces)) {
      if (fragmenter.takenBytes + next.value.byteLength === request.length) isWhole();
      isTooLong = !(await fragmenter.push(next.value));
      request.onProgress?.(fragmenter.takenBytes);
      if (fragmenter.isComplete && request.length !== 0) return;
    }
    if (isTooLong || (request.length !== undefined && !fragmenter.isComplete))
      throw this.#cutShort(this.#wrongLength(request));
    isWhole();
    await fragmenter.end();
  }

  async #pieceOf(pieces: AsyncIterator<Uint8Array> | Iterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    try {
      return await pieces.next();
    } catch (thrown) {
      throw this.#cutShort(thrown);
    }
  }

  // A message that cannot be completed can only be ended together with its association.
  #cutShort(why: unknown): unknown {
    this.#link.abort(cancelledFault(this.#link.target));
    return why;
  }

  #wrongLength(request: StoreRequest): Fault {
    const sentence = text(
      "les octets de l'objet ne sont pas aussi nombreux qu'annoncé : l'objet conservé est à vérifier",
      'the object has not as many bytes as announced: the kept object has to be checked',
    );
    return new Fault('wire.wrong-length', 'transient', sentence, { facts: { announcedBytes: request.length ?? -1 } });
  }

  async #exchange(
    responseField: number,
    send: (messageId: number, isWhole: () => void) => Promise<void>,
    wanted = this.#nextMessageId(),
  ): Promise<DimseStatus> {
    assert(!this.#isBusy, 'one request at a time on an association');
    if (this.#link.fault !== undefined) throw this.#link.fault;
    this.#isBusy = true;
    this.#messageId = wanted;
    this.#incoming.expect(this.#messageId, responseField);
    try {
      await send(this.#messageId, () => {
        this.#incoming.isWhole = true;
      });
      await this.#link.waitFor('response', () => this.#incoming.response !== undefined);
    } catch (thrown) {
      throw this.#incoming.isWhole ? this.#link.afterRequest(thrown) : thrown;
    } finally {
      this.#isBusy = false;
    }
    const { status, errorComment } = this.#incoming.response as Command;
    return { status, comment: printable(errorComment) };
  }

  async #answerReport({ contextId, command, parts }: Incoming): Promise<void> {
    const { affectedSopClassUid: sopClassUid, affectedSopInstanceUid: sopInstanceUid, eventTypeId } = command;
    const transferSyntax = this.contexts.find((context) => context.id === contextId)?.transferSyntax ?? '';
    const report = { sopClassUid, sopInstanceUid, eventTypeId, transferSyntax, dataSet: Buffer.concat(parts) };
    const status = await this.#statusOf(report);
    const response = encodeCommand(responseTo(command, status));
    await this.#sendWhole(contextId, response).catch(() => {}); // the association's own fault is told where it is waited for
  }

  async #statusOf(report: EventReport): Promise<number> {
    if (this.onEventReport === undefined) return STATUS.unrecognizedOperation;
    try {
      return await this.onEventReport(report);
    } catch {
      return STATUS.processingFailure; // the handler has logged it; the peer may send it again
    }
  }
}

function countsOf(command: Command): MoveCounts {
  return {
    remaining: command.remainingSuboperations,
    completed: command.completedSuboperations,
    failed: command.failedSuboperations,
    warning: command.warningSuboperations,
  };
}

function requestOf(options: ScuOptions): AssociateRq {
  return {
    protocolVersion: 1,
    called: options.called,
    calling: options.calling,
    applicationContext: DICOM_APPLICATION_CONTEXT,
    contexts: options.contexts.map((context, i) => ({ id: 2 * i + 1, ...context })),
    user: {
      maximumLength: options.maximumLength,
      implementationClassUid: IMPLEMENTATION_CLASS_UID,
      implementationVersionName: IMPLEMENTATION_VERSION_NAME,
      roleSelections: options.roleSelections ?? [],
      extendedNegotiations: [],
      commonExtendedNegotiations: [],
    },
  };
}

/** A context that the answer leaves out, or accepts with a transfer syntax nobody proposed, is not accepted. */
function contextResults(options: ScuOptions, accepted: AssociateAc): readonly ScuContextResult[] {
  const answers = new Map(accepted.contexts.map((context) => [context.id, context]));
  return options.contexts.map(({ abstractSyntax, transferSyntaxes: proposed }, i) => {
    const id = 2 * i + 1;
    const answer = answers.get(id);
    const isAccepted = answer?.result === 0 && proposed.includes(answer.transferSyntax);
    if (isAccepted) return { id, abstractSyntax, proposed, result: 0, transferSyntax: answer.transferSyntax };
    return { id, abstractSyntax, proposed, result: answer === undefined ? 2 : answer.result || 4, transferSyntax: '' };
  });
}

/**
 * Opens an association as requestor (PS3.8 §7.1).
 * Rejects with a Fault: those of the connection (`wire.refused-connection`, `wire.unknown-host`, `wire.unreachable`, `wire.tls…`),
 * `wire.timeout`, `wire.rejected` (permanent or transient as the peer says), `wire.aborted`, `wire.garbled`, `wire.cancelled`.
 */
export async function openAssociation(options: ScuOptions): Promise<ScuAssociation> {
  assert(
    options.contexts.length >= 1 && options.contexts.length <= MOST_CONTEXTS,
    'an association has 1 to 128 contexts',
  );
  const { host, port, called, calling, localAddress, signal } = options;
  const target: Target = { host, port, called, calling, ...(localAddress === undefined ? {} : { localAddress }) };
  const socket = await connectTransport(target, options.tls, options.timeouts.connectMs, options.clock, signal);
  const incoming = new Incomings();
  const link = new ScuLink(socket, target, incoming, options.maximumLength, options.timeouts, options.clock);
  incoming.link = link;
  const cancel = () => link.abort(cancelledFault(target));
  signal?.addEventListener('abort', cancel, { once: true });
  socket.once('close', () => signal?.removeEventListener('abort', cancel));
  const accepted = await link.negotiate(requestOf(options));
  const announced = accepted.user.maximumLength;
  if (announced !== 0 && announced < SMALLEST_MAXIMUM_LENGTH) {
    const why = text(`il n'accepte que ${announced} octets à la fois`, `it accepts only ${announced} bytes at a time`);
    link.abort(garbledFault(target, why));
    throw link.fault;
  }
  return new ScuAssociation(link, contextResults(options, accepted), accepted, incoming);
}
