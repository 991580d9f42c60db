import type { Socket } from 'node:net';
import { encodeElements } from '@leadglass/dicom';
import {
  type AcceptedContext,
  COMMAND_FIELD,
  type Command,
  isResponse,
  nEventReportRq,
  type ResponseExtra,
  responseTo,
  STORAGE_COMMITMENT_PUSH_MODEL,
  STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
} from '@leadglass/dimse';
import { type Text, text } from '@leadglass/kit';
import type { QueryOptions } from '@leadglass/query';
import { CommitmentRequestReader, RetrieveIdentifierReader } from '@leadglass/relay';
import type { ScpConnection } from '@leadglass/wire';
import type { FoundMessage } from './find-messages.ts';
import { FindRuns } from './find-run.ts';
import { GetRun } from './get-run.ts';
import type { FromIntake } from './messages.ts';
import type { OwnToIntake } from './own-messages.ts';
import { retrieveClass } from './retrieve-classes.ts';
import { isStepCommand, isStepRefusal, StepTaking } from './schedule/step-taking.ts';

/** PS3.7 Annex C, PS3.4 §C.4.2.1.5. */
const STATUS = {
  success: 0x0000,
  noSuchObjectInstance: 0x0112,
  invalidArgument: 0x0115,
  noSuchAction: 0x0123,
  resourceLimitation: 0x0213,
  identifierDoesNotMatch: 0xa900,
  pending: 0xff00,
} as const;
const REQUEST_COMMITMENT = 1;
const FAILED_SOP_INSTANCE_UID_LIST = 0x00080058;
/** Operations of one association that wait for the keeper. */
const MOST_UNANSWERED = 16;

/** What these services need of the association they run on. */
export interface OwnHost {
  readonly connection: number;
  tell(message: FromIntake): void;
  line(): ScpConnection | undefined;
  context(id: number): AcceptedContext | undefined;
  /** Storage contexts the peer takes C-STORE in: it proposed to be their SCP and was granted it. */
  storeContexts(): readonly AcceptedContext[];
  /** An operation has been answered: nothing of ours may be under way any more. */
  settled(): void;
  /** What was negotiated beyond the baseline for a C-FIND SOP class. */
  findOptions(sopClassUid: string): QueryOptions;
}

/** The data set of a request, taken as it comes. */
export interface Taking {
  push(view: Uint8Array): void;
  end(): void;
}

/** A question to the keeper: which message its answer closes, and in which context. */
interface Question {
  readonly contextId: number;
  readonly command: Command;
}

/**
 * What is answered from our own vault, on the side that parses: storage commitment (PS3.4 Annex J), C-MOVE and C-GET (PS3.4 Annex C). It
 * reads what is asked, tells the keeper, and says what the keeper answers.
 */
export class OwnServices {
  readonly #host: OwnHost;
  readonly #questions = new Map<number, Question>();
  readonly #gets = new Map<number, GetRun>();
  readonly #finds: FindRuns;
  /** Reports on the wire whose answer is awaited, by our message id. */
  readonly #reports = new Map<number, number>();
  /** The one the device asked for commitment in last: a report is written in its transfer syntax. */
  #commitmentContext: number | undefined;
  #nextSeq = 0;
  #messageId = 0;

  constructor(host: OwnHost) {
    this.#host = host;
    const options = (sopClassUid: string) => host.findOptions(sopClassUid);
    this.#finds = new FindRuns({ ...host, options, nextSeq: () => this.#nextSeq++ });
  }

  /** Whether something begun is not answered yet. */
  get isBusy(): boolean {
    return this.#questions.size > 0 || this.#finds.isBusy;
  }

  /** Takes a command when it is one of ours: undefined when not; what takes its data set, or `done` when there is none to take. */
  command(contextId: number, command: Command): Taking | 'done' | undefined {
    if (isResponse(command.commandField)) return this.#response(command);
    const find = this.#finds.command(contextId, command);
    if (find !== undefined) return find;
    if (command.commandField === COMMAND_FIELD.cCancelRq) return this.#cancel(command) ? 'done' : undefined;
    const abstractSyntax = this.#host.context(contextId)?.abstractSyntax ?? '';
    const isAction = command.commandField === COMMAND_FIELD.nActionRq;
    if (isAction && abstractSyntax === STORAGE_COMMITMENT_PUSH_MODEL) return this.#beginCommitment(contextId, command);
    if (isStepCommand(abstractSyntax, command)) return this.#beginStep(contextId, command);
    const service = retrieveClass(abstractSyntax);
    if (service !== undefined && command.commandField === service.commandField)
      return this.#beginRetrieve(contextId, command, service.service, service.isStudyRoot);
    return undefined;
  }

  /** Takes what the keeper says. */
  told(message: OwnToIntake, socket: Socket | undefined): void {
    switch (message.t) {
      case 'own-answer':
        return this.#finish(message.seq, message.status, {
          ...{ errorComment: message.comment ?? '' },
          ...(message.errorId === undefined ? {} : { errorId: message.errorId }),
        });
      case 'report':
        return this.#report(message);
      case 'sub-operations':
        return this.#subOperations(message);
      case 'objects':
        return this.#objects(message, socket);
    }
  }

  /** Takes matches of a C-FIND. */
  found(message: FoundMessage): void {
    this.#finds.found(message);
  }

  /** The association is over. */
  ended(): void {
    this.#finds.ended();
    for (const get of this.#gets.values()) get.abandon();
    this.#gets.clear();
    this.#questions.clear();
  }

  #beginCommitment(contextId: number, command: Command): Taking | 'done' {
    const refusal = commitmentRefusal(command);
    if (refusal !== undefined && command.hasDataSet)
      return { push: () => {}, end: () => void this.#refuse(contextId, command, 'commit', refusal) };
    if (refusal !== undefined) return this.#refuse(contextId, command, 'commit', refusal);
    const transferSyntaxUid = this.#host.context(contextId)?.transferSyntax ?? '';
    const reader = new CommitmentRequestReader(transferSyntaxUid);
    return {
      push: (view) => reader.push(view),
      end: () => {
        const asked = reader.end();
        if (asked === undefined) return void this.#refuse(contextId, command, 'commit', UNREADABLE_REQUEST);
        if (asked === 'too-many') return void this.#refuse(contextId, command, 'commit', TOO_MANY);
        const { transactionUid, objects } = asked;
        this.#commitmentContext = contextId;
        this.#ask(contextId, command, (seq) => ({
          t: 'commit-ask',
          connection: this.#host.connection,
          seq,
          transactionUid,
          objects: objects.map(({ sopClassUid, sopInstanceUid }) => [sopClassUid, sopInstanceUid]),
          transferSyntaxUid,
        }));
      },
    };
  }

  /** N-CREATE or N-SET of a performed procedure step (PS3.4 §F.7.2). */
  #beginStep(contextId: number, command: Command): Taking | 'done' {
    const taking = new StepTaking(command, this.#host.context(contextId)?.transferSyntax ?? '');
    const end = (): void => {
      const read = taking.end();
      if (isStepRefusal(read)) return void this.#refuse(contextId, command, 'mpps', read);
      this.#ask(contextId, command, (seq) => ({ t: 'step', connection: this.#host.connection, seq, ...read }));
    };
    if (command.hasDataSet) return { push: (view) => taking.push(view), end };
    end();
    return 'done';
  }

  #beginRetrieve(contextId: number, command: Command, service: 'move' | 'get', isStudyRoot: boolean): Taking {
    const reader = new RetrieveIdentifierReader(this.#host.context(contextId)?.transferSyntax ?? '', isStudyRoot);
    return {
      push: (view) => reader.push(view),
      end: () => {
        const read = reader.end();
        if (!read.ok) {
          const refusal = { status: STATUS.identifierDoesNotMatch, comment: read.comment, why: read.why };
          return void this.#refuse(contextId, command, service, refusal);
        }
        const { level, patientId, issuerOfPatientId, studyUids, seriesUids, sopUids } = read.identifier;
        this.#ask(contextId, command, (seq) => ({
          t: 'retrieve',
          connection: this.#host.connection,
          seq,
          service,
          sopClassUid: this.#host.context(contextId)?.abstractSyntax ?? '',
          level,
          patientId: patientId.reveal(),
          issuerOfPatientId: issuerOfPatientId.reveal(),
          studyUids: [...studyUids],
          seriesUids: [...seriesUids],
          sopUids: [...sopUids],
          moveDestination: command.moveDestination,
          messageId: command.messageId,
          priority: command.priority,
          accepts: service === 'move' ? [] : this.#accepts(),
        }));
      },
    };
  }

  #accepts(): [string, string][] {
    return this.#host.storeContexts().map(({ abstractSyntax, transferSyntax }) => [abstractSyntax, transferSyntax]);
  }

  #ask(contextId: number, command: Command, message: (seq: number) => FromIntake): void {
    if (this.#questions.size >= MOST_UNANSWERED) {
      this.#host.line()?.abort(2, 2, TOO_MANY_ASKED);
      return;
    }
    const seq = this.#nextSeq++;
    this.#questions.set(seq, { contextId, command });
    this.#host.tell(message(seq));
  }

  /** Answers with a refusal: at once, or when the data set that comes with it is over. */
  #refuse(contextId: number, command: Command, service: 'commit' | 'move' | 'get' | 'mpps', refusal: Refusal): 'done' {
    const { status, comment: errorComment, why } = refusal;
    this.#host.tell({
      t: 'own-refused',
      connection: this.#host.connection,
      service,
      sopClassUid: this.#host.context(contextId)?.abstractSyntax ?? '',
      status,
      why,
    });
    this.#host.line()?.respond(contextId, responseTo(command, status, { errorComment }));
    return 'done';
  }

  #cancel({ messageIdBeingRespondedTo: id }: Command): boolean {
    const entry = [...this.#questions].find(([, { command }]) => command.messageId === id && isRetrieve(command));
    if (entry === undefined) return false;
    const [seq] = entry;
    this.#gets.get(seq)?.cancel();
    this.#host.tell({ t: 'retrieve-cancel', connection: this.#host.connection, seq });
    return true;
  }

  #response(command: Command): Taking | 'done' | undefined {
    const { commandField, messageIdBeingRespondedTo: id, status } = command;
    if (commandField === COMMAND_FIELD.cStoreRsp)
      return [...this.#gets.values()].some((get) => get.answered(id, status)) ? 'done' : this.#unasked();
    const report = this.#reports.get(id);
    if (commandField !== COMMAND_FIELD.nEventReportRsp || report === undefined) return this.#unasked();
    this.#reports.delete(id);
    const said = (): void => this.#host.tell({ t: 'reported', connection: this.#host.connection, report, status });
    // An Event Reply may come with it (PS3.7 §10.1.1.1.10); storage commitment has none, and what comes is read past.
    if (command.hasDataSet) return { push: () => {}, end: said };
    said();
    return 'done';
  }

  #unasked(): 'done' {
    this.#host.line()?.abort(0, 0, UNASKED);
    return 'done';
  }

  #finish(seq: number, status: number, extra: ResponseExtra): void {
    const question = this.#questions.get(seq);
    if (question === undefined) return;
    this.#questions.delete(seq);
    this.#host.line()?.respond(question.contextId, responseTo(question.command, status, extra));
    this.#host.settled();
  }

  #report({ report, eventTypeId, dataSet }: OwnToIntake & { readonly t: 'report' }): void {
    const line = this.#host.line();
    const contextId = this.#commitmentContext;
    if (line === undefined || contextId === undefined) return;
    const messageId = this.#nextMessageId();
    this.#reports.set(messageId, report);
    const message = line.outbox.begin(contextId);
    message.send(
      nEventReportRq({
        messageId,
        affectedSopClassUid: STORAGE_COMMITMENT_PUSH_MODEL,
        affectedSopInstanceUid: STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
        eventTypeId,
        hasDataSet: true,
      }),
    );
    message.push(Buffer.from(dataSet, 'base64'), true);
  }

  #nextMessageId(): number {
    this.#messageId = (this.#messageId % 0xffff) + 1;
    return this.#messageId;
  }

  #subOperations(message: OwnToIntake & { readonly t: 'sub-operations' }): void {
    this.#tellCounts(message.seq, message.status, message.counts, message.failed, message.comment);
  }

  #objects({ seq, total, withheld }: OwnToIntake & { readonly t: 'objects' }, socket: Socket | undefined): void {
    const line = this.#host.line();
    const question = this.#questions.get(seq);
    if (question === undefined || line === undefined || socket === undefined) {
      socket?.destroy();
      return;
    }
    const run = new GetRun({
      socket,
      line,
      total,
      withheld,
      priority: question.command.priority,
      contexts: this.#host.storeContexts(),
      nextMessageId: () => this.#nextMessageId(),
      progress: ({ counts }) => this.#tellCounts(seq, STATUS.pending, counts, []),
      finished: (status, { counts, failed }) => {
        this.#gets.delete(seq);
        this.#tellCounts(seq, status, counts, failed);
        const { completed, failed: lost, warning } = counts;
        this.#host.tell({
          t: 'got',
          connection: this.#host.connection,
          seq,
          status,
          completed,
          failed: lost,
          warning,
        });
      },
    });
    this.#gets.set(seq, run);
    run.start();
  }

  /** A response of C-MOVE or C-GET: with its counts, and the objects that failed once it is the last. */
  #tellCounts(
    seq: number,
    status: number,
    counts: {
      readonly remaining: number;
      readonly completed: number;
      readonly failed: number;
      readonly warning: number;
    },
    failed: readonly string[],
    errorComment = '',
  ): void {
    const question = this.#questions.get(seq);
    const line = this.#host.line();
    if (question === undefined || line === undefined) return;
    const isLast = status !== STATUS.pending;
    if (isLast) this.#questions.delete(seq);
    const command = responseTo(question.command, status, {
      remainingSuboperations: atMostWord(counts.remaining),
      completedSuboperations: atMostWord(counts.completed),
      failedSuboperations: atMostWord(counts.failed),
      warningSuboperations: atMostWord(counts.warning),
      errorComment,
      hasDataSet: isLast && failed.length > 0,
    });
    if (command.hasDataSet) this.#tellFailed(question.contextId, line, command, failed);
    else line.respond(question.contextId, command);
    if (isLast) this.#host.settled();
  }

  #tellFailed(contextId: number, line: ScpConnection, command: Command, failed: readonly string[]): void {
    const transferSyntax = this.#host.context(contextId)?.transferSyntax ?? '';
    const message = line.outbox.begin(contextId);
    message.send(command);
    message.push(
      encodeElements([{ tag: FAILED_SOP_INSTANCE_UID_LIST, value: failed.join('\\') }], transferSyntax),
      true,
    );
  }
}

/** Counts are 16 bits on the wire; more of one kind is told as the most there can be. */
function atMostWord(count: number): number {
  return Math.min(count, 0xffff);
}

function isRetrieve({ commandField }: Command): boolean {
  return commandField === COMMAND_FIELD.cMoveRq || commandField === COMMAND_FIELD.cGetRq;
}

interface Refusal {
  readonly status: number;
  readonly comment: string;
  readonly why: Text;
}

function commitmentRefusal({ requestedSopInstanceUid, actionTypeId, hasDataSet }: Command): Refusal | undefined {
  if (requestedSopInstanceUid !== STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE) return OTHER_INSTANCE;
  if (actionTypeId !== REQUEST_COMMITMENT) return OTHER_ACTION;
  return hasDataSet ? undefined : UNREADABLE_REQUEST;
}

const OTHER_INSTANCE: Refusal = {
  status: STATUS.noSuchObjectInstance,
  comment: 'Not the well-known instance',
  why: text('ce n’est pas l’instance prévue par la norme', 'this is not the instance the standard provides'),
};
const OTHER_ACTION: Refusal = {
  status: STATUS.noSuchAction,
  comment: 'No such action type',
  why: text('action inconnue', 'unknown action'),
};
const UNREADABLE_REQUEST: Refusal = {
  status: STATUS.invalidArgument,
  comment: 'Request not readable',
  why: text(
    'la demande d’engagement est illisible ou incomplète',
    'the commitment request cannot be read or is incomplete',
  ),
};
const TOO_MANY: Refusal = {
  status: STATUS.resourceLimitation,
  comment: 'Too many objects in one request',
  why: text('trop d’objets dans une seule demande', 'too many objects in one request'),
};
const TOO_MANY_ASKED = text(
  'trop de demandes sans attendre nos réponses',
  'too many requests without waiting for our answers',
);
const UNASKED = text('une réponse que rien n’appelait', 'an answer nothing called for');
