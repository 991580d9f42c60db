import {
  type AcceptedContext,
  type AssociateRj,
  type AssociateRq,
  COMMAND_FIELD,
  type Command,
  responseTo,
  STORAGE_COMMITMENT_PUSH_MODEL,
  VERIFICATION,
} from '@leadglass/dimse';
import type { InspectorMaker } from '@leadglass/inspect';
import { isFault, systemClock, type Text, text } from '@leadglass/kit';
import type { Peer } from '@leadglass/model';
import { mayUse, type OperationDecision, serviceClassOf } from '@leadglass/policy';
import { ArrivalPipeline, type ContextServer, type ObjectSink, type RelayedContexts } from '@leadglass/relay';
import type { Ending, ScpConnection, ScpUser } from '@leadglass/wire';
import { arrivalMessage, refusedMessage } from './arrival-messages.ts';
import { findOptions } from './find-classes.ts';
import { promiseOf } from './intake-promise.ts';
import {
  BAD_INSTANCE_UID,
  NOT_AN_OPERATION,
  NOT_AUTHORIZED,
  noRoom,
  OTHER_SOP_CLASS,
  type Refusal,
  STATUS,
  TOO_LARGE,
} from './intake-refusals.ts';
import { refusedClassesOf } from './learning/refused-classes.ts';
import type { FromIntake, ShownCertificate } from './messages.ts';
import { clerkOf } from './operation-clerk.ts';
import { OwnServices, type Taking } from './own-services.ts';
import type { UpstreamPlan } from './relay-messages.ts';
import { RelayedSession } from './relayed-session.ts';

/** Requests of one association that may wait for their answer; asynchronous operations are not negotiated, so one is the norm. */
export const MOST_UNANSWERED = 16;
/** Largest data set of a message that is collected whole (N-EVENT-REPORT). */
export const MOST_COLLECTED_BYTES = 1024 * 1024;
/** What a UID must look like to be written into a file meta. Leading zeros in components are a quirk real devices have. */
const WRITABLE_UID = /^[0-9.]{1,64}$/;

/** What an association needs of the process it runs in. */
export interface IntakeServices {
  /** Tells the keeper. */
  tell(message: FromIntake): void;
  /** Who looks at the objects. */
  readonly inspectors: readonly InspectorMaker[];
  /** A place for the next object. Throws a Fault when there is none. */
  beginObject(connection: number): ObjectSink;
  /** The association is over: its lane may serve another. */
  endObjects(connection: number): void;
  /** Calls `settled` once the keeper has answered question `seq`, whatever becomes of the association meanwhile. */
  whenAnswered(connection: number, seq: number, settled: () => void): void;
}

/** The message being received. */
type Operation =
  | {
      readonly kind: 'store';
      readonly command: Command;
      readonly transferSyntax: string;
      readonly pipeline: ArrivalPipeline;
    }
  | {
      readonly kind: 'refused-store';
      readonly command: Command;
      readonly transferSyntax: string;
      readonly refusal: Refusal;
      bytes: number;
    }
  | {
      readonly kind: 'report';
      readonly command: Command;
      readonly transferSyntax: string;
      readonly parts: Buffer[];
      bytes: number;
    }
  | { readonly kind: 'own'; readonly taking: Taking }
  | { readonly kind: 'drain'; readonly command: Command; readonly refusal: Refusal };

/** A question to the keeper: which message its answer closes. */
interface Question {
  readonly contextId: number;
  readonly command: Command;
  readonly bytes: number;
}

/**
 * One association inside the sandbox: what is asked, what it needs of the keeper, what is answered. The keeper admits, decides
 * and commits; this side parses, looks, hashes, seals and writes.
 */
export class IntakeSession implements ScpUser {
  readonly #id: number;
  readonly #services: IntakeServices;
  readonly #certificate: ShownCertificate | undefined;
  #connection: ScpConnection | undefined;
  #request: AssociateRq | undefined;
  #peer: Peer | undefined;
  #contexts: ReadonlyMap<number, AcceptedContext> = new Map();
  #operation: Operation | undefined;
  /** What is answered from our own vault. */
  readonly own: OwnServices;
  #storeContexts: readonly AcceptedContext[] = [];
  /** The upstreams asked in our place. */
  #relayed: RelayedSession | undefined;
  /** Who carries out what is asked in a context, where it is not this session itself. */
  readonly #servers = new Map<number, ContextServer>();
  #isHeldBack = false;
  readonly #questions = new Map<number, Question>();
  #nextSeq = 0;
  #refusedClasses: readonly string[] = [];
  #messages = 0;
  #echoes = 0;
  #objects = 0;
  #bytes = 0;
  #isOver = false;
  #isDraining = false;

  constructor(id: number, services: IntakeServices, certificate: ShownCertificate | undefined) {
    this.#id = id;
    this.#services = services;
    this.#certificate = certificate;
    this.own = new OwnServices({
      connection: id,
      tell: (message) => services.tell(message),
      line: () => this.#connection,
      context: (contextId) => this.#contexts.get(contextId),
      storeContexts: () => this.#storeContexts,
      settled: () => {
        if (this.#isDraining) this.drain();
      },
      findOptions: (sopClassUid) => findOptions(this.#request, sopClassUid),
    });
  }

  /** Joins the session to its connection, once. */
  attach(connection: ScpConnection): void {
    this.#connection = connection;
  }

  associateRequested(request: AssociateRq): void {
    this.#request = request;
    this.#services.tell({
      t: 'associate',
      connection: this.#id,
      calling: request.calling,
      called: request.called,
      ...(this.#certificate === undefined ? {} : { certificate: this.#certificate }),
      implementation: request.user.implementationVersionName.slice(0, 100),
      asks: asksOf(request),
    });
  }

  /** The keeper lets the peer in. What upstreams are to answer is promised once they have agreed to it. */
  admitted(peer: Peer, plans: readonly UpstreamPlan[]): void {
    const [request, connection] = [this.#request, this.#connection];
    if (request === undefined || connection === undefined || this.#isOver) return;
    this.#peer = peer;
    if (plans.length === 0) return this.#accept(request, peer, undefined);
    this.#relayed = new RelayedSession({
      ...{ request, plans, clock: systemClock },
      device: {
        outbox: connection.outbox,
        isQuiet: () => this.#operation === undefined && this.#questions.size === 0,
        abort: (why) => connection.abort(0, 0, why),
      },
      clerk: clerkOf(this.#id, (message) => this.#services.tell(message)),
      nextSeq: () => this.#nextSeq++,
      failed: (upstream, how) => this.#services.tell({ t: 'upstream-failed', connection: this.#id, upstream, how }),
      takeOver: (contextId, asked, dataSet) => this.#takeOver(contextId, asked, dataSet),
      negotiated: (contexts) => {
        if (!this.#isOver) this.#accept(request, peer, contexts);
      },
    });
  }

  // An upstream died over it: from here on it is as if it had been asked of us.
  #takeOver(contextId: number, command: Command, dataSet: Uint8Array): boolean {
    const taking = this.#isOver ? undefined : this.own.command(contextId, command);
    if (taking === undefined) return false;
    if (taking === 'done') return true;
    taking.push(dataSet);
    taking.end();
    return true;
  }

  /** The upstreams of this association, for what the keeper hands over. */
  get relayed(): RelayedSession | undefined {
    return this.#relayed;
  }

  /** The keeper's word on an operation. */
  decided(seq: number, decision: OperationDecision): void {
    for (const server of new Set(this.#servers.values())) if (server.decided(seq, decision)) break;
    if (this.#isDraining) this.drain();
  }

  #accept(request: AssociateRq, peer: Peer, relayed: RelayedContexts | undefined): void {
    const promised = promiseOf(request, peer, relayed);
    this.#storeContexts = promised.storeContexts;
    this.#contexts = promised.contexts;
    this.#refusedClasses = refusedClassesOf(request, promised.contexts);
    if (this.#relayed !== undefined)
      for (const id of relayed?.accepted.keys() ?? []) this.#servers.set(id, this.#relayed);
    this.#connection?.accept(promised.answer);
  }

  /** The keeper does not. */
  rejected(rejection: AssociateRj): void {
    if (!this.#isOver) this.#connection?.reject(rejection);
  }

  command(contextId: number, command: Command): void {
    this.#messages += 1;
    if (this.#relayed?.hasLeft(contextId) === true) this.#servers.delete(contextId);
    const server = this.#servers.get(contextId);
    if (server !== undefined) return server.command(contextId, command);
    if (this.#questions.size >= MOST_UNANSWERED) {
      this.#connection?.abort(
        2,
        2,
        text('trop de demandes sans attendre nos réponses', 'too many requests without waiting for our answers'),
      );
      return;
    }
    const own = this.own.command(contextId, command);
    if (own !== undefined) {
      this.#operation = own === 'done' ? undefined : { kind: 'own', taking: own };
      return;
    }
    switch (command.commandField) {
      case COMMAND_FIELD.cEchoRq:
        return this.#echo(contextId, command);
      case COMMAND_FIELD.cStoreRq:
        return this.#beginStore(contextId, command);
      case COMMAND_FIELD.nEventReportRq:
        return this.#beginReport(contextId, command);
      case COMMAND_FIELD.cCancelRq:
        return;
      default:
        return this.#beginUnknown(contextId, command);
    }
  }

  dataSet(contextId: number, view: Uint8Array, isLast: boolean): void {
    const server = this.#servers.get(contextId);
    if (server !== undefined) return server.dataSet(contextId, view, isLast);
    const operation = this.#operation;
    if (operation === undefined) return;
    if (operation.kind === 'store') this.#pushStore(operation, view);
    else if (operation.kind === 'refused-store') operation.bytes += view.byteLength;
    else if (operation.kind === 'report') this.#pushReport(operation, view);
    else if (operation.kind === 'own') operation.taking.push(view);
    if (isLast) this.#endMessage(contextId);
  }

  // Where what comes goes on to somebody who takes no more of it for now, the device is not read.
  received(): void {
    const target = this.#relayed?.target;
    if (target === undefined || this.#isHeldBack || target.outbox.mayGoOn(target.message)) return;
    this.#isHeldBack = true;
    this.#connection?.pause();
    target.outbox.whenRoom(target.message, () => {
      this.#isHeldBack = false;
      this.#connection?.resume();
    });
  }

  refused(contextId: number, request: Command, status: number, why: Text): void {
    // An object that was offered is told of in the ledger, whatever was wrong with its command.
    if (request.commandField !== COMMAND_FIELD.cStoreRq) {
      this.#respond(contextId, request, status);
      return;
    }
    const refusal = { status, comment: 'Command not valid', why };
    const transferSyntax = this.#contexts.get(contextId)?.transferSyntax ?? '';
    this.#ask(contextId, request, 0, (seq) =>
      refusedMessage(this.#id, seq, { command: request, transferSyntax, refusal, bytes: 0 }),
    );
  }

  /** The keeper's word on question `seq`: what the sender is told. */
  answered(seq: number, status: number, comment: string | undefined): void {
    const question = this.#questions.get(seq);
    if (question === undefined || this.#isOver) return;
    this.#questions.delete(seq);
    if (status === STATUS.success) {
      this.#objects += 1;
      this.#bytes += question.bytes;
    }
    this.#respond(question.contextId, question.command, status, comment);
    if (this.#isDraining) this.drain();
  }

  ended(ending: Ending): void {
    this.#isOver = true;
    if (this.#operation?.kind === 'store') this.#operation.pipeline.discard();
    this.#operation = undefined;
    this.own.ended();
    this.#relayed?.ended();
    this.#services.endObjects(this.#id);
    this.#services.tell({
      t: 'ended',
      connection: this.#id,
      kind: ending.kind,
      ...(ending.kind === 'aborted' ? { by: ending.by, abort: ending.abort, why: ending.why } : {}),
      objects: this.#objects,
      bytes: this.#bytes,
      asked: { messages: this.#messages, echoes: this.#echoes, refusedClasses: [...this.#refusedClasses] },
    });
  }

  /** Its place is needed by another, and nobody was let in on it. */
  drop(why = NO_PLACE): void {
    if (!this.#isOver) this.#connection?.abort(2, 0, why);
  }

  /** The gateway stops: what was begun is finished and answered, then the association ends. */
  drain(): void {
    this.#isDraining = true;
    const isQuiet = (this.#relayed?.isQuiet ?? true) && !this.own.isBusy;
    if (this.#operation === undefined && this.#questions.size === 0 && isQuiet) {
      this.#connection?.abort(2, 0, text('la passerelle s’arrête', 'the gateway is stopping'));
    }
  }

  #respond(contextId: number, command: Command, status: number, comment?: string): void {
    this.#connection?.respond(
      contextId,
      responseTo(command, status, comment === undefined ? {} : { errorComment: comment }),
    );
  }

  #echo(contextId: number, command: Command): void {
    const isAllowed = this.#contexts.get(contextId)?.abstractSyntax === VERIFICATION;
    if (command.hasDataSet) this.#operation = { kind: 'drain', command, refusal: NOT_AN_OPERATION };
    else this.#respond(contextId, command, isAllowed ? STATUS.success : STATUS.sopClassNotSupported);
    if (isAllowed) this.#echoes += 1;
  }

  #beginStore(contextId: number, command: Command): void {
    const transferSyntax = this.#contexts.get(contextId)?.transferSyntax ?? '';
    if (!command.hasDataSet) {
      this.#respond(contextId, command, STATUS.cannotUnderstand, 'C-STORE without a data set');
      return;
    }
    const refusal = this.#storeRefusal(contextId, command);
    if (refusal !== undefined) {
      this.#operation = { kind: 'refused-store', command, transferSyntax, refusal, bytes: 0 };
      return;
    }
    try {
      const sink = this.#services.beginObject(this.#id);
      const pipeline = new ArrivalPipeline(
        {
          sopClassUid: command.affectedSopClassUid,
          sopInstanceUid: command.affectedSopInstanceUid,
          transferSyntaxUid: transferSyntax,
        },
        sink,
        // What a strict flow asks for: whether an image that comes again shows what it showed.
        this.#peer?.strictness === 'strict',
        this.#services.inspectors,
      );
      this.#operation = { kind: 'store', command, transferSyntax, pipeline };
    } catch (thrown) {
      this.#operation = { kind: 'refused-store', command, transferSyntax, refusal: noRoom(thrown), bytes: 0 };
    }
  }

  #storeRefusal(contextId: number, command: Command): Refusal | undefined {
    if (this.#peer === undefined || !mayUse(this.#peer, 'store')) return NOT_AUTHORIZED;
    if (command.affectedSopClassUid !== this.#contexts.get(contextId)?.abstractSyntax) return OTHER_SOP_CLASS;
    if (!WRITABLE_UID.test(command.affectedSopInstanceUid)) return BAD_INSTANCE_UID;
    return undefined;
  }

  #pushStore(operation: Operation & { kind: 'store' }, view: Uint8Array): void {
    try {
      operation.pipeline.push(view);
    } catch (thrown) {
      operation.pipeline.discard();
      const { command, transferSyntax } = operation;
      this.#operation = {
        kind: 'refused-store',
        command,
        transferSyntax,
        refusal: noRoom(thrown),
        bytes: operation.pipeline.plainBytes,
      };
      // A defect of ours met on one object: it is told, it costs this object, and nothing else.
      if (!isFault(thrown))
        this.#services.tell({ t: 'fault', event: 'intake.object-failed', detail: describe(thrown) });
    }
  }

  #beginReport(contextId: number, command: Command): void {
    const transferSyntax = this.#contexts.get(contextId)?.transferSyntax ?? '';
    const isCommitment = this.#contexts.get(contextId)?.abstractSyntax === STORAGE_COMMITMENT_PUSH_MODEL;
    if (!isCommitment) this.#beginUnknown(contextId, command);
    else if (!command.hasDataSet) this.#respond(contextId, command, STATUS.cannotUnderstand);
    else this.#operation = { kind: 'report', command, transferSyntax, parts: [], bytes: 0 };
  }

  #pushReport(operation: Operation & { kind: 'report' }, view: Uint8Array): void {
    operation.bytes += view.byteLength;
    if (operation.bytes > MOST_COLLECTED_BYTES) {
      this.#operation = { kind: 'drain', command: operation.command, refusal: TOO_LARGE };
    } else operation.parts.push(Buffer.from(view));
  }

  #beginUnknown(contextId: number, command: Command): void {
    if (command.hasDataSet) this.#operation = { kind: 'drain', command, refusal: NOT_AN_OPERATION };
    else this.#respond(contextId, command, STATUS.unrecognizedOperation, NOT_AN_OPERATION.comment);
  }

  #endMessage(contextId: number): void {
    const operation = this.#operation;
    this.#operation = undefined;
    if (operation === undefined) return;
    switch (operation.kind) {
      case 'store':
        void this.#finishStore(contextId, operation);
        return;
      case 'refused-store':
        this.#ask(contextId, operation.command, operation.bytes, (seq) => refusedMessage(this.#id, seq, operation));
        return;
      case 'report':
        this.#ask(contextId, operation.command, operation.bytes, (seq) => ({
          t: 'event-report',
          connection: this.#id,
          seq,
          eventTypeId: operation.command.eventTypeId,
          dataSet: Buffer.concat(operation.parts).toString('base64'),
          transferSyntaxUid: operation.transferSyntax,
        }));
        return;
      case 'own':
        operation.taking.end();
        return;
      case 'drain':
        this.#respond(contextId, operation.command, operation.refusal.status, operation.refusal.comment);
    }
  }

  #ask(contextId: number, command: Command, bytes: number, message: (seq: number) => FromIntake): void {
    const seq = this.#nextSeq++;
    this.#questions.set(seq, { contextId, command, bytes });
    this.#services.tell(message(seq));
  }

  async #finishStore(contextId: number, operation: Operation & { kind: 'store' }): Promise<void> {
    const seq = this.#nextSeq++;
    this.#questions.set(seq, { contextId, command: operation.command, bytes: operation.pipeline.plainBytes });
    const message = await operation.pipeline.finish().then(
      (received) => {
        if (received.kept !== undefined) this.#services.whenAnswered(this.#id, seq, received.kept.settled);
        return arrivalMessage(this.#id, seq, operation, received);
      },
      (thrown) =>
        refusedMessage(this.#id, seq, { ...operation, refusal: noRoom(thrown), bytes: operation.pipeline.plainBytes }),
    );
    this.#services.tell(message);
  }
}

function describe(thrown: unknown): string {
  return (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)).slice(0, 1000);
}

/** What the keeper may have passed on: told of by its abstract syntaxes alone. */
function asksOf({ contexts }: AssociateRq): string[] {
  const asked = contexts.map(({ abstractSyntax }) => abstractSyntax);
  return [...new Set(asked)].filter((uid) => serviceClassOf(uid) !== undefined);
}

const NO_PLACE = text(
  'sans demande d’association alors que les places manquent',
  'asked for no association while places are short',
);
