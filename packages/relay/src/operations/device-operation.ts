import { COMMAND_FIELD, type Command, type OutMessage, responseTo, STATUS } from '@leadglass/dimse';
import type { Text } from '@leadglass/kit';
import type { ResponseUser, UpstreamRequest } from './channel.ts';
import type { DevicePort, EndedOperation, RelayedContext } from './operation-api.ts';

/** Why an operation is not carried out: status, comment (ASCII, at most 64), and in words. */
export interface OperationRefusal {
  readonly status: number;
  readonly comment: string;
  readonly why: Text;
}

/** What may be asked twice without harm: a query, and steps, whose second telling is known as such (decision 0031). */
const AGAIN: ReadonlySet<number> = new Set([COMMAND_FIELD.cFindRq, COMMAND_FIELD.nCreateRq, COMMAND_FIELD.nSetRq]);
const MOST_KEPT_BYTES = 256 * 1024;
/** PS3.4 §C.4.1.1.4: out of resources. */
const OUT_OF_RESOURCES = 0xa700;

/**
 * `arriving`: its data set comes and nobody has decided; `asked`: whole, and nobody has decided; `permitted`: the upstream has it, or what came of it;
 * `refused`: the rest of its data set is read past, then it is answered; `over`.
 */
export type OperationState = 'arriving' | 'asked' | 'permitted' | 'refused' | 'over';

/** One operation a device asked for, on its way to an upstream and back. */
export class DeviceOperation implements ResponseUser {
  readonly seq: number;
  readonly contextId: number;
  readonly command: Command;
  readonly context: RelayedContext;
  state: OperationState = 'arriving';
  /** Whether its own data set is whole. */
  isWhole: boolean;
  isCancelled = false;
  /** The keeper was not asked, and has heard of its refusal already. */
  isUntold = false;
  /** Its identifier (C-FIND), collected. */
  identifier: Buffer[] = [];
  identifierBytes = 0;
  /** Its data set as the device sent it, as long as we may have to answer it ourselves. */
  readonly kept: Buffer[] = [];
  #keptBytes = 0;
  /** Its message upstream, begun before it is permitted (N-*). */
  message: OutMessage | undefined;
  request: UpstreamRequest | undefined;
  refusal: OperationRefusal | undefined;
  mostResults = Number.MAX_SAFE_INTEGER;
  results = 0;
  /** Answers that it may not see. */
  withheld = 0;
  readonly #device: DevicePort;
  readonly #over: (operation: DeviceOperation, ended: EndedOperation) => void;
  /** The response being passed on. */
  #out: OutMessage | undefined;
  #lastStatus: number | undefined;
  #isCapped = false;

  constructor(
    seq: number,
    contextId: number,
    command: Command,
    context: RelayedContext,
    device: DevicePort,
    over: (operation: DeviceOperation, ended: EndedOperation) => void,
  ) {
    this.seq = seq;
    this.contextId = contextId;
    this.command = command;
    this.context = context;
    this.isWhole = !command.hasDataSet;
    this.#device = device;
    this.#over = over;
  }

  /** The response under way to the device, for back-pressure. */
  get out(): OutMessage | undefined {
    return this.#out;
  }

  response(command: Command, isLast: boolean): void {
    if (!isLast) this.results += 1;
    if (this.results > this.mostResults) return this.#cap(isLast);
    this.#lastStatus = isLast ? command.status : undefined;
    const out = this.#device.outbox.begin(this.contextId);
    this.#out = command.hasDataSet ? out : undefined;
    out.send({ ...command, messageIdBeingRespondedTo: this.command.messageId });
    if (isLast && !command.hasDataSet) this.#end({ status: command.status, results: this.results });
  }

  dataSet(view: Uint8Array, isLast: boolean): void {
    this.#out?.push(view, isLast);
    if (!isLast) return;
    this.#out = undefined;
    if (this.#lastStatus !== undefined) this.#end({ status: this.#lastStatus, results: this.results });
  }

  /** Keeps a piece of its data set, within a bound, for the day its upstream dies over it. */
  keep(view: Uint8Array): void {
    if (this.context.takeOver === undefined) return;
    this.#keptBytes += view.byteLength;
    if (this.#keptBytes <= MOST_KEPT_BYTES) this.kept.push(Buffer.from(view));
    else this.kept.length = 0;
  }

  /** Whether we answer it in place of the upstream that is gone: nothing of an answer has been passed on, and all of the question is here. */
  #isTakenOver(): boolean {
    const isUntouched = this.results === 0 && this.#out === undefined && this.isWhole && !this.isCancelled;
    if (!isUntouched || this.#keptBytes > MOST_KEPT_BYTES || !AGAIN.has(this.command.commandField)) return false;
    return this.context.takeOver?.(this.contextId, this.command, Buffer.concat(this.kept)) === true;
  }

  failed(why: Text): void {
    if (this.state === 'over') return;
    if (this.#isTakenOver()) return this.#end({ status: failureOf(this.command).status, results: 0, why });
    const half = this.#out;
    // Half a response is on the wire: nothing can be said behind it but that it is over.
    if (half?.isStarted === true && !half.isOver) this.#device.abort(why);
    else if (half !== undefined && !half.isOver) half.drop();
    this.answer(failureOf(this.command), why);
  }

  /** Answers in the upstream's place. `why` when it is a failure. */
  answer({ status, comment }: { readonly status: number; readonly comment: string }, why?: Text): void {
    if (this.state === 'over') return;
    this.#device.outbox.send(this.contextId, responseTo(this.command, status, { errorComment: comment }));
    this.#end({ status, results: this.results, ...(why === undefined ? {} : { why }) });
  }

  /** The device is gone: nobody hears an answer any more. */
  abandon(): void {
    if (this.state !== 'over') this.#end({ status: STATUS.cancel, results: this.results });
  }

  /** More than the peer may have: the upstream is asked to stop, and what it still says is for nobody. */
  #cap(isLast: boolean): void {
    if (!this.#isCapped) this.request?.cancel();
    this.#isCapped = true;
    this.results = isLast ? this.mostResults : this.mostResults + 1;
    if (isLast) this.answer({ status: OUT_OF_RESOURCES, comment: `More than ${this.mostResults} results` });
  }

  #end(ended: EndedOperation): void {
    this.state = 'over';
    this.#over(this, this.withheld === 0 ? ended : { ...ended, withheld: this.withheld });
  }
}

/** What a device is told when its upstream goes away in the middle: PS3.4 §C.4.1.1.4 unable to process, PS3.7 Annex C processing failure. */
export function failureOf(command: Command): { readonly status: number; readonly comment: string } {
  const isQuery = command.commandField === COMMAND_FIELD.cFindRq;
  return { status: isQuery ? 0xc001 : STATUS.processingFailure, comment: 'Upstream lost' };
}
