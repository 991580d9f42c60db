import {
  COMMAND_FIELD,
  type Command,
  cCancelRq,
  isResponse,
  type MessageOutbox,
  type OutMessage,
  responseTo,
  statusClass,
} from '@leadglass/dimse';
import { type Text, text } from '@leadglass/kit';
import { nextState, type RequestEvent, type RequestState } from './request-table.ts';

/** The association a channel speaks on. Implemented over `wire`'s upstream link. */
export interface UpstreamPort {
  readonly outbox: MessageOutbox;
  /** Whether answers are owed: the upstream's time runs. */
  await(isAwaiting: boolean): void;
  /** Ends the association: what the upstream said cannot be passed on. `failed` of every request follows. */
  garbled(why: Text): void;
}

/** Who hears what an upstream answers to one request. Views are valid during the call only. */
export interface ResponseUser {
  /** A response; when it has a data set, that follows before anything else. `isLast`: no other comes. */
  response(command: Command, isLast: boolean): void;
  dataSet(view: Uint8Array, isLast: boolean): void;
  /** No (further) response will come: the upstream is gone. Last. */
  failed(why: Text): void;
  /** Where what comes now goes, when it goes on to somebody: for back-pressure. */
  readonly out?: OutMessage | undefined;
}

/** Who hears what an upstream asks of itself: N-EVENT-REPORT, and C-STORE of a C-GET. */
export interface UpstreamAsker {
  request(contextId: number, command: Command): void;
  dataSet(contextId: number, view: Uint8Array, isLast: boolean): void;
  readonly out?: OutMessage | undefined;
}

/** Most requests under way at once on one association, each way. */
export const MOST_UNDER_WAY = 16;

/** One request under way. */
export class UpstreamRequest {
  readonly #channel: UpstreamChannel;
  readonly contextId: number;
  readonly messageId: number;
  readonly commandField: number;
  readonly user: ResponseUser;
  readonly #message: OutMessage;
  state: RequestState = 'sending';

  /** Use `UpstreamChannel.request`. */
  constructor(channel: UpstreamChannel, message: OutMessage, messageId: number, command: Command, user: ResponseUser) {
    this.#channel = channel;
    this.contextId = message.contextId;
    this.messageId = messageId;
    this.commandField = command.commandField;
    this.user = user;
    this.#message = message;
  }

  /** Its message, for back-pressure: `outbox.mayGoOn(request.message)`. */
  get message(): OutMessage {
    return this.#message;
  }

  /** A piece of its data set. */
  push(view: Uint8Array, isLast: boolean): void {
    if (this.state !== 'sending') return;
    this.#message.push(view, isLast);
    if (isLast) this.#channel.happened(this, 'sent');
  }

  /** C-CANCEL (PS3.7 §9.3.2.3). The upstream answers with the final response when it likes. */
  cancel(): void {
    if (this.state !== 'over') this.#channel.cancel(this);
  }
}

/**
 * The messages of one upstream association: gives requests their ids, holds every response against what was asked, and hands it to who asked.
 * A response to nothing, of another kind, on another context, or after the last, ends the association.
 */
export class UpstreamChannel {
  readonly #port: UpstreamPort;
  readonly #asker: UpstreamAsker;
  readonly #requests = new Map<number, UpstreamRequest>();
  #nextId = 1;
  /** Whose data set is coming in. */
  #receiving: UpstreamRequest | 'asker' | undefined;
  #isOver = false;

  constructor(port: UpstreamPort, asker: UpstreamAsker) {
    this.#port = port;
    this.#asker = asker;
  }

  get outbox(): MessageOutbox {
    return this.#port.outbox;
  }

  /** Requests without their last response. */
  get underWay(): number {
    return this.#requests.size;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Where what the upstream sends now goes. */
  get out(): OutMessage | undefined {
    const receiving = this.#receiving;
    return receiving === 'asker' ? this.#asker.out : receiving?.user.out;
  }

  /**
   * Sends a request: its message id is given here. With a data set, `push` of the result follows. `message`: one begun on this channel's
   * outbox whose data set may have come already, whole when `isWhole`; a new one when absent.
   */
  request(
    contextId: number,
    command: Command,
    user: ResponseUser,
    begun?: { readonly message: OutMessage; readonly isWhole: boolean },
  ): UpstreamRequest {
    const messageId = this.#takeId();
    const message = begun?.message ?? this.outbox.begin(contextId);
    const request = new UpstreamRequest(this, message, messageId, command, user);
    if (this.#isOver) {
      request.state = 'over';
      user.failed(GONE);
      return request;
    }
    this.#requests.set(messageId, request);
    message.send({ ...command, messageId });
    if (!command.hasDataSet || begun?.isWhole === true) this.happened(request, 'sent');
    return request;
  }

  /** Answers what the upstream asked. With a data set, push it into the result. */
  respond(contextId: number, command: Command): OutMessage {
    const message = this.outbox.begin(contextId);
    if (this.#isOver) message.drop();
    else message.send(command);
    return message;
  }

  cancel(request: UpstreamRequest): void {
    this.outbox.send(request.contextId, cCancelRq(request.messageId));
  }

  /** A command came. */
  command(contextId: number, command: Command): void {
    if (this.#isOver) return;
    if (!isResponse(command.commandField)) return this.#asked(contextId, command);
    const request = this.#requests.get(command.messageIdBeingRespondedTo);
    if (request === undefined || request.contextId !== contextId) return this.#port.garbled(UNASKED);
    if (command.commandField !== (request.commandField | 0x8000)) return this.#port.garbled(OTHER_KIND);
    const isPending = statusClass(command.status, command.commandField) === 'pending';
    if (isPending && !MANY_RESPONSES.has(request.commandField)) return this.#port.garbled(NEVER_PENDING);
    if (isPending && request.commandField === COMMAND_FIELD.cFindRq && !command.hasDataSet)
      return this.#port.garbled(NO_IDENTIFIER);
    const what = isPending ? 'pending' : 'final';
    if (nextState(request.state, command.hasDataSet ? `${what}-data` : what) === undefined)
      return this.#port.garbled(UNASKED);
    if (command.hasDataSet) this.#receiving = request;
    request.user.response(command, !isPending);
    this.happened(request, command.hasDataSet ? `${what}-data` : what);
  }

  /** A piece of the data set of the last command. */
  dataSet(contextId: number, view: Uint8Array, isLast: boolean): void {
    const receiving = this.#receiving;
    if (this.#isOver || receiving === undefined) return;
    if (isLast) this.#receiving = undefined;
    if (receiving === 'asker') return this.#asker.dataSet(contextId, view, isLast);
    receiving.user.dataSet(view, isLast);
    if (isLast) this.happened(receiving, 'data-end');
  }

  /** The association is over: whoever waits is told. */
  ended(why: Text): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const request of [...this.#requests.values()]) {
      this.happened(request, 'lost');
      request.user.failed(why);
    }
  }

  /** Moves a request on. For its own. */
  happened(request: UpstreamRequest, event: RequestEvent): void {
    const next = nextState(request.state, event);
    if (next === undefined) return this.#port.garbled(UNASKED);
    request.state = next;
    if (next === 'over') this.#requests.delete(request.messageId);
    this.#port.await([...this.#requests.values()].some(({ state }) => state !== 'sending'));
  }

  #asked(contextId: number, command: Command): void {
    if (command.commandField === COMMAND_FIELD.cCancelRq) return this.#port.garbled(UNASKED);
    if (command.hasDataSet) this.#receiving = 'asker';
    this.#asker.request(contextId, command);
  }

  /** 1 to 65535, none that is in use (PS3.7 §E.1). */
  #takeId(): number {
    while (this.#requests.has(this.#nextId)) this.#step();
    const id = this.#nextId;
    this.#step();
    return id;
  }

  #step(): void {
    this.#nextId = (this.#nextId % 0xffff) + 1;
  }
}

/** What an upstream is told that asks for something nobody carries out. */
export function unrecognized(command: Command): Command {
  return responseTo(command, 0x0211);
}

/** Requests that may have several responses (PS3.7 §9.1.2 to §9.1.4). */
const MANY_RESPONSES: ReadonlySet<number> = new Set([
  COMMAND_FIELD.cFindRq,
  COMMAND_FIELD.cMoveRq,
  COMMAND_FIELD.cGetRq,
]);

const GONE = text('l’association avec l’amont est finie', 'the association with the upstream is over');
const UNASKED = text(
  'l’amont répond à une demande que personne n’a faite',
  'the upstream answers a request nobody made',
);
const OTHER_KIND = text(
  'l’amont répond par une autre opération que celle demandée',
  'the upstream answers with another operation than the one asked for',
);
const NEVER_PENDING = text(
  'l’amont dit « en cours » d’une opération à réponse unique',
  'the upstream says “pending” of an operation that has one response',
);
const NO_IDENTIFIER = text(
  'l’amont annonce un résultat de recherche sans le donner',
  'the upstream announces a result of a query without giving it',
);
