import {
  COMMAND_FIELD,
  COMMAND_SHAPES,
  type Command,
  isResponse,
  type MessageOutbox,
  type OutMessage,
  STATUS,
} from '@leadglass/dimse';
import { type Clock, type Text, text } from '@leadglass/kit';
import { mayName, type OperationDecision } from '@leadglass/policy';
import { MOST_UNDER_WAY, type ResponseUser, type UpstreamAsker, type UpstreamChannel } from './channel.ts';
import { DeviceOperation, failureOf, type OperationRefusal } from './device-operation.ts';
import { identifierShape } from './identifier-shape.ts';
import type {
  AskedOperation,
  ContextServer,
  DevicePort,
  EndedOperation,
  OperationClerk,
  RelayedContext,
} from './operation-api.ts';
import { DeviceReports } from './reports.ts';
import { SightedQuery, SightedResponses } from './sighted-query.ts';

/** Largest identifier of a query, bytes. */
export const MOST_IDENTIFIER_BYTES = 64 * 1024;

export interface RelayedOperationsOptions {
  /** Accepted contexts that go to upstreams, by id. */
  readonly contexts: ReadonlyMap<number, RelayedContext>;
  readonly device: DevicePort;
  readonly clerk: OperationClerk;
  readonly clock: Clock;
  /** Next number of a question of this association. */
  readonly nextSeq: () => number;
}

type Allowed = Extract<OperationDecision, { readonly allowed: true }>;
type Receiving = { readonly operation: DeviceOperation } | { readonly report: OutMessage | undefined };

/**
 * The operations a device asks of its upstreams, over one association: each is held against what its context allows, permitted by the keeper,
 * passed on with its data set as it is, and its responses passed back; what an upstream reports goes the other way.
 */
export class RelayedOperations implements ContextServer {
  readonly #options: RelayedOperationsOptions;
  readonly #operations = new Map<number, DeviceOperation>();
  readonly #bySeq = new Map<number, DeviceOperation>();
  readonly #reports: DeviceReports;
  /** Whose data set the device is sending. */
  #receiving: Receiving | undefined;

  constructor(options: RelayedOperationsOptions) {
    this.#options = options;
    this.#reports = new DeviceReports(options.device.outbox, options.clock);
  }

  get isQuiet(): boolean {
    return this.#operations.size === 0 && this.#receiving === undefined && this.#reports.underWay === 0;
  }

  get target(): { readonly outbox: MessageOutbox; readonly message: OutMessage | undefined } | undefined {
    const receiving = this.#receiving;
    if (receiving === undefined || !('operation' in receiving)) return undefined;
    const { operation } = receiving;
    return { outbox: operation.context.channel.outbox, message: operation.message };
  }

  command(contextId: number, command: Command): void {
    const context = this.#options.contexts.get(contextId);
    if (context === undefined) return;
    if (command.commandField === COMMAND_FIELD.cCancelRq) return this.#cancel(command);
    if (isResponse(command.commandField)) return this.#reportAnswered(contextId, command);
    if (this.#operations.size >= MOST_UNDER_WAY) return this.#options.device.abort(TOO_MANY);
    this.#begin(contextId, command, context);
  }

  dataSet(_contextId: number, view: Uint8Array, isLast: boolean): void {
    const receiving = this.#receiving;
    if (receiving === undefined) return;
    if (isLast) this.#receiving = undefined;
    if ('report' in receiving) return receiving.report?.push(view, isLast);
    const { operation } = receiving;
    operation.keep(view);
    if (isLast) operation.isWhole = true;
    if (operation.state === 'permitted') operation.request?.push(view, isLast);
    else if (operation.message !== undefined) operation.message.push(view, isLast);
    else this.#collect(operation, view);
    if (isLast) this.#arrived(operation);
  }

  decided(seq: number, decision: OperationDecision): boolean {
    const operation = this.#bySeq.get(seq);
    if (operation === undefined) return false;
    if (decision.allowed) this.#permit(operation, decision);
    else this.#refuse(operation, decision);
    return true;
  }

  ended(): void {
    this.#reports.end();
    for (const operation of [...this.#operations.values()]) operation.abandon();
  }

  /** What the upstream of `channel` asks of the device. */
  askerOf(channel: () => UpstreamChannel): UpstreamAsker {
    return this.#reports.askerOf(channel, (contextId) => this.#options.contexts.get(contextId)?.serviceClass);
  }

  /** An upstream is gone. A device that waits for nothing is told by the end of its own association, as it would have been. */
  upstreamEnded(hadWork: boolean, why: Text): void {
    if (!hadWork && this.isQuiet && this.#options.device.isQuiet()) this.#options.device.abort(why);
  }

  #begin(contextId: number, command: Command, context: RelayedContext): void {
    const seq = this.#options.nextSeq();
    const { device } = this.#options;
    const operation = new DeviceOperation(seq, contextId, command, context, device, (each, how) =>
      this.#over(each, how),
    );
    const isTaken = this.#operations.has(command.messageId);
    const refusal = isTaken ? DUPLICATE : refusalOf(command, context);
    if (command.hasDataSet) this.#receiving = { operation };
    if (!isTaken) this.#operations.set(command.messageId, operation);
    if (refusal !== undefined) return this.#refuseUnasked(operation, refusal);
    this.#bySeq.set(seq, operation);
    if (command.commandField === COMMAND_FIELD.cFindRq) return;
    // The message waits in the upstream's outbox, and the device is held back, until it is permitted.
    operation.message = context.channel.outbox.begin(contextId);
    this.#ask(operation);
  }

  #collect(operation: DeviceOperation, view: Uint8Array): void {
    if (operation.state !== 'arriving') return;
    operation.identifierBytes += view.byteLength;
    if (operation.identifierBytes <= MOST_IDENTIFIER_BYTES) operation.identifier.push(Buffer.from(view));
    else operation.identifier = [];
  }

  /** All of a request has come. */
  #arrived(operation: DeviceOperation): void {
    operation.isWhole = true;
    if (operation.state === 'refused') return this.#answerRefused(operation);
    if (operation.state === 'arriving') operation.state = 'asked';
    if (operation.message === undefined && operation.state === 'asked') this.#ask(operation);
  }

  #ask(operation: DeviceOperation): void {
    const { command, context, seq } = operation;
    if (operation.isWhole) operation.state = 'asked';
    const isQuery = command.commandField === COMMAND_FIELD.cFindRq;
    if (operation.identifierBytes > MOST_IDENTIFIER_BYTES) return this.#refuseUnasked(operation, TOO_LARGE);
    const shape = isQuery
      ? identifierShape(Buffer.concat(operation.identifier), context.transferSyntax)
      : { level: undefined, keys: [] };
    if (shape === undefined) return this.#refuseUnasked(operation, UNREADABLE);
    const { service, uid } = context.serviceClass;
    const step = service === 'mpps' ? stepOf(command) : undefined;
    const asked = { seq, service, sopClassUid: uid, upstream: context.upstream, ...shape };
    this.#options.clerk.ask(step === undefined ? asked : { ...asked, step });
  }

  #permit(operation: DeviceOperation, { mostResults, sight }: Allowed): void {
    this.#bySeq.delete(operation.seq);
    if (operation.state === 'over') return;
    if (operation.isCancelled) return operation.answer({ status: STATUS.cancel, comment: '' });
    const { context, contextId, command, message, isWhole } = operation;
    operation.state = 'permitted';
    operation.mostResults = mostResults;
    if (message !== undefined) {
      operation.request = context.channel.request(contextId, command, operation, { message, isWhole });
      return;
    }
    const identifier = Buffer.concat(operation.identifier);
    operation.identifier = [];
    if (sight === undefined) return this.#pass(operation, identifier, operation);
    const { transferSyntax: transferSyntaxUid, serviceClass } = context;
    const query = SightedQuery.of({ identifier, transferSyntaxUid, service: serviceClass.service, sight });
    if (query === undefined) return operation.answer(UNREADABLE, UNREADABLE.why);
    this.#pass(operation, query.identifier, new SightedResponses(operation, query));
  }

  #pass(operation: DeviceOperation, identifier: Uint8Array, user: ResponseUser): void {
    const { context, contextId, command } = operation;
    operation.request = context.channel.request(contextId, command, user);
    operation.request.push(identifier, true);
  }

  #refuse(operation: DeviceOperation, refusal: OperationRefusal): void {
    this.#bySeq.delete(operation.seq);
    if (operation.state === 'over') return;
    operation.state = 'refused';
    operation.refusal = refusal;
    operation.message?.drop();
    if (operation.isWhole) this.#answerRefused(operation);
  }

  /** Refused before the keeper was asked: it is told. */
  #refuseUnasked(operation: DeviceOperation, refusal: OperationRefusal): void {
    const { context } = operation;
    const { service, uid: sopClassUid } = context.serviceClass;
    const { status, why } = refusal;
    this.#options.clerk.refused({ service, sopClassUid, upstream: context.upstream, status, why });
    this.#bySeq.delete(operation.seq);
    operation.isUntold = true;
    this.#refuse(operation, refusal);
  }

  #answerRefused(operation: DeviceOperation): void {
    const { refusal } = operation;
    if (refusal !== undefined) operation.answer(refusal, refusal.why);
  }

  #over(operation: DeviceOperation, ended: EndedOperation): void {
    if (this.#operations.get(operation.command.messageId) === operation)
      this.#operations.delete(operation.command.messageId);
    if (!operation.isUntold) this.#options.clerk.ended(operation.seq, ended);
  }

  #cancel(command: Command): void {
    const operation = this.#operations.get(command.messageIdBeingRespondedTo);
    if (operation?.command.commandField !== COMMAND_FIELD.cFindRq) return;
    operation.isCancelled = true;
    operation.request?.cancel();
  }

  #reportAnswered(contextId: number, command: Command): void {
    const answered = this.#reports.answered(contextId, command);
    if (answered === undefined) return this.#options.device.abort(UNASKED);
    if (command.hasDataSet) this.#receiving = { report: answered.message };
  }
}

/** The step that a message begins or changes, where its identifier can be written down. */
function stepOf(command: Command): AskedOperation['step'] {
  const isCreate = command.commandField === COMMAND_FIELD.nCreateRq;
  const uid = isCreate ? command.affectedSopInstanceUid : command.requestedSopInstanceUid;
  if (!isCreate && command.commandField !== COMMAND_FIELD.nSetRq) return undefined;
  return /^[0-9.]{1,64}$/.test(uid) ? { kind: isCreate ? 'create' : 'set', uid } : undefined;
}

const NAMES: ReadonlyMap<number, string> = new Map(
  [...COMMAND_SHAPES].map(([field, { name }]) => [field, name.replace(/-RQ$/, '')]),
);

/** What is wrong with a request before anybody is asked. */
function refusalOf(command: Command, context: RelayedContext): OperationRefusal | undefined {
  const { serviceClass, channel } = context;
  const name = NAMES.get(command.commandField) ?? '';
  const mayReport = serviceClass.reports && context.isReporter && name === 'N-EVENT-REPORT';
  if (!mayReport && !serviceClass.asks.some((each) => each === name)) return NOT_AN_OPERATION;
  if (!mayName(serviceClass, command.affectedSopClassUid || command.requestedSopClassUid)) return OTHER_SOP_CLASS;
  if (channel.isOver) return { ...failureOf(command), why: LOST };
  return undefined;
}

const LOST = text('l’amont n’est plus joint', 'the upstream is no longer connected');
const TOO_MANY = text(
  'trop de demandes sans attendre nos réponses',
  'too many requests without waiting for our answers',
);
const UNASKED = text('l’appareil répond à ce qui ne lui a pas été demandé', 'the device answers what it was not asked');
const NOT_AN_OPERATION: OperationRefusal = {
  status: STATUS.unrecognizedOperation,
  comment: 'Operation not of this SOP class',
  why: text('opération étrangère à cette classe SOP', 'operation that is not of this SOP class'),
};
const OTHER_SOP_CLASS: OperationRefusal = {
  status: STATUS.noSuchSopClass,
  comment: 'SOP class not of this presentation context',
  why: text(
    'la classe SOP nommée n’est pas de ce contexte de présentation',
    'the SOP class named is not of this presentation context',
  ),
};
const DUPLICATE: OperationRefusal = {
  status: STATUS.duplicateInvocation,
  comment: 'Message ID in use',
  why: text('identifiant de message déjà utilisé', 'message id already in use'),
};
const TOO_LARGE: OperationRefusal = {
  status: STATUS.outOfResources,
  comment: 'Identifier too large',
  why: text('identifiant de recherche trop volumineux', 'identifier of the query too large'),
};
const UNREADABLE: OperationRefusal = {
  status: STATUS.dataSetDoesNotMatchSopClass,
  comment: 'Identifier cannot be read',
  why: text('identifiant de recherche illisible', 'identifier of the query cannot be read'),
};
