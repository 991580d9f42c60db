import { MODALITY_WORKLIST_FIND } from '@leadglass/dicom';
import { COMMAND_FIELD, type Command, responseTo } from '@leadglass/dimse';
import { concatBytes, text } from '@leadglass/kit';
import { DEFAULT_AE_TITLE } from '@leadglass/model';
import {
  type AttributeSet,
  encodeMatch,
  encodeWorklistEntry,
  isProblem,
  MOST_IDENTIFIER_BYTES,
  parseIdentifier,
  parseWorklistQuery,
  type Query,
  type QueryOptions,
  type QueryProblem,
  unsupportedKeys,
  unsupportedWorklistKeys,
  type WorklistQuery,
} from '@leadglass/query';
import type { ScpConnection } from '@leadglass/wire';
import { findRoot } from './find-classes.ts';
import type { FoundMessage } from './find-messages.ts';
import type { FromIntake } from './messages.ts';

/** PS3.4 §C.4.1.1.4, PS3.7 Annex C. */
const STATUS = { pending: 0xff00, pendingWithoutSome: 0xff01, missingDataSet: 0xc000 } as const;

/** What a C-FIND needs of the association it runs on. */
export interface FindRunHost {
  readonly connection: number;
  tell(message: FromIntake): void;
  line(): ScpConnection | undefined;
  context(id: number): { readonly abstractSyntax: string; readonly transferSyntax: string } | undefined;
  options(sopClassUid: string): QueryOptions;
  nextSeq(): number;
}

interface Running {
  readonly contextId: number;
  readonly command: Command;
  /** A match as it is written. */
  readonly encode: (match: AttributeSet) => Uint8Array;
  /** What goes before every match. */
  readonly pending: Command;
}

/** The data set of a request, taken as it comes. */
interface Taking {
  push(view: Uint8Array): void;
  end(): void;
}

/**
 * C-FIND as SCP over our own catalogue (PS3.4 §C.4.1) and the kept worklist (§K.4.1), on the side that parses and writes: reads the identifier, asks the keeper for matches some
 * at a time, writes each as a pending response, and asks for more only once the device has taken those.
 */
export class FindRuns {
  readonly #host: FindRunHost;
  readonly #running = new Map<number, Running>();

  constructor(host: FindRunHost) {
    this.#host = host;
  }

  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Takes a command when it is a C-FIND of ours, or cancels one. */
  command(contextId: number, command: Command): Taking | 'done' | undefined {
    if (command.commandField === COMMAND_FIELD.cCancelRq) return this.#cancel(command) ? 'done' : undefined;
    const sopClassUid = this.#host.context(contextId)?.abstractSyntax ?? '';
    const isOurs = sopClassUid === MODALITY_WORKLIST_FIND || findRoot(sopClassUid) !== undefined;
    if (command.commandField !== COMMAND_FIELD.cFindRq || !isOurs) return undefined;
    if (command.hasDataSet) return this.#taking(contextId, command);
    this.#refuse(contextId, command, { status: STATUS.missingDataSet, comment: 'No identifier', tag: 0 });
    return 'done';
  }

  /** Takes matches, and the end of them. */
  found({ seq, matches, last }: FoundMessage): void {
    const running = this.#running.get(seq);
    const line = this.#host.line();
    if (running === undefined || line === undefined) return;
    line.inOneWrite(() => {
      for (const match of matches) this.#pending(line, running, match);
    });
    if (last === undefined) {
      const more = (): void => this.#host.tell({ t: 'find-more', connection: this.#host.connection, seq });
      if (line.outbox.mayGoOn()) more();
      else line.outbox.whenRoom(undefined, more);
      return;
    }
    this.#running.delete(seq);
    const { status, comment: errorComment } = last;
    line.respond(running.contextId, responseTo(running.command, status, { errorComment }));
  }

  /** The association is over. */
  ended(): void {
    this.#running.clear();
  }

  #taking(contextId: number, command: Command): Taking {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    return {
      push: (view) => {
        bytes += view.byteLength;
        // One byte more than is read, so that parsing says that it is too large.
        if (bytes <= MOST_IDENTIFIER_BYTES + view.byteLength) parts.push(view.slice());
      },
      end: () => this.#ask(contextId, command, concatBytes(...parts)),
    };
  }

  #ask(contextId: number, command: Command, identifier: Uint8Array): void {
    const context = this.#host.context(contextId);
    if (context?.abstractSyntax === MODALITY_WORKLIST_FIND)
      return this.#askWorklist(contextId, command, identifier, context.transferSyntax);
    const root = findRoot(context?.abstractSyntax ?? '');
    if (context === undefined || root === undefined) return;
    const { abstractSyntax: sopClassUid, transferSyntax } = context;
    const query = parseIdentifier(identifier, transferSyntax, { root, options: this.#host.options(sopClassUid) });
    if (isProblem(query)) return this.#refuse(contextId, command, query);
    const answer = { transferSyntaxUid: transferSyntax, retrieveAeTitle: DEFAULT_AE_TITLE };
    const encode = (match: AttributeSet): Uint8Array => encodeMatch(match, query, answer);
    const seq = this.#begun(contextId, command, unsupportedKeys(query).length === 0, encode);
    this.#host.tell({ t: 'find', connection: this.#host.connection, seq, sopClassUid, query: query as Mutable<Query> });
  }

  #askWorklist(contextId: number, command: Command, identifier: Uint8Array, transferSyntaxUid: string): void {
    const query = parseWorklistQuery(identifier, transferSyntaxUid);
    if (isProblem(query)) return this.#refuse(contextId, command, query);
    const encode = (match: AttributeSet): Uint8Array => encodeWorklistEntry(match, query, transferSyntaxUid);
    const seq = this.#begun(contextId, command, unsupportedWorklistKeys(query.keys).length === 0, encode);
    const { connection } = this.#host;
    this.#host.tell({ t: 'worklist-find', connection, seq, query: query as Mutable<WorklistQuery> });
  }

  #begun(contextId: number, command: Command, isSupported: boolean, encode: Running['encode']): number {
    const seq = this.#host.nextSeq();
    const status = isSupported ? STATUS.pending : STATUS.pendingWithoutSome;
    const pending = responseTo(command, status, { hasDataSet: true });
    this.#running.set(seq, { contextId, command, encode, pending });
    return seq;
  }

  #refuse(contextId: number, command: Command, { status, comment, tag }: QueryProblem): void {
    const sopClassUid = this.#host.context(contextId)?.abstractSyntax ?? '';
    this.#host.tell({
      ...{ t: 'find-refused', connection: this.#host.connection, sopClassUid, status },
      why: text(`l’interrogation ne peut pas être lue (${comment})`, `the query cannot be read (${comment})`),
    });
    const offendingElements = tag === 0 ? {} : { offendingElements: [tag] };
    this.#host.line()?.respond(contextId, responseTo(command, status, { errorComment: comment, ...offendingElements }));
  }

  #pending(line: ScpConnection, { contextId, encode, pending }: Running, match: AttributeSet): void {
    const message = line.outbox.begin(contextId);
    message.send(pending);
    message.push(encode(match), true);
  }

  #cancel({ messageIdBeingRespondedTo: id }: Command): boolean {
    for (const [seq, { command }] of this.#running) {
      if (command.messageId !== id) continue;
      this.#host.tell({ t: 'find-cancel', connection: this.#host.connection, seq });
      return true;
    }
    return false;
  }
}

/** What goes over the channel is read there again. */
type Mutable<T> = T extends readonly (infer E)[]
  ? Mutable<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;
