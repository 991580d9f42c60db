import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodeElements, IMPLICIT_VR_LITTLE_ENDIAN, MODALITY_WORKLIST_FIND } from '@leadglass/dicom';
import {
  Association,
  COMMAND_FIELD,
  type Command,
  commandOf,
  encodeCommand,
  MessageReader,
  requestOf,
} from '@leadglass/dimse';
import { systemClock } from '@leadglass/kit';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@leadglass/model';
import { rest } from '../pace.ts';
import { el, empty, type Kind } from '../studies/made.ts';
import type { Caller } from './link.ts';

const LIMITS = { associatePduBytes: 64 * 1024, maximumLength: 64 * 1024, artimMs: 5_000 };
const ANSWER_MS = 20_000;
const CONTEXT_ID = 1;
/** PS3.4 §K.4.1.1.4: more answers follow. */
const isPending = (status: number): boolean => status >>> 8 === 0xff;

/** One association that asks for a worklist; only in the clear. */
class Question {
  readonly #kind: Kind;
  readonly #association: Association;
  readonly #end = Promise.withResolvers<number>();
  #answers = 0;

  constructor(socket: Socket, caller: Caller, kind: Kind) {
    this.#kind = kind;
    const reader = new MessageReader({
      contexts: new Set([CONTEXT_ID]),
      handler: {
        command: (_, command) => this.#answered(command),
        dataSet: () => {},
        fault: () => this.#association.abort(),
      },
    });
    const over = () => this.#end.resolve(this.#answers);
    this.#association = new Association({
      ...{ role: 'requestor', limits: LIMITS, clock: systemClock },
      handler: {
        send: (bytes) => void socket.write(bytes),
        closeTransport: () => socket.end(),
        associateRequested: () => {},
        associateAccepted: ({ contexts }) => (contexts[0]?.result === 0 ? this.#ask() : this.#association.release()),
        associateRejected: over,
        data: (contextId, isCommand, isLast, piece) => reader.data(contextId, isCommand, isLast, piece),
        releaseRequested: () => this.#association.releaseResponse(),
        ...{ released: over, aborted: over },
      },
    });
    socket.on('data', (chunk: Buffer) => this.#association.receive(chunk));
    socket.on('error', () => {}).once('close', over);
    this.#association.transportConnected();
    const implementation = {
      implementationClassUid: IMPLEMENTATION_CLASS_UID,
      implementationVersionName: IMPLEMENTATION_VERSION_NAME,
    };
    const contexts = [{ abstractSyntax: MODALITY_WORKLIST_FIND, transferSyntaxes: [IMPLICIT_VR_LITTLE_ENDIAN] }];
    this.#association.request(requestOf({ ...implementation, calling: caller.title, called: caller.called, contexts }));
  }

  /** How many items came, when it is over. */
  get answers(): Promise<number> {
    return this.#end.promise;
  }

  #ask(): void {
    const fields = { messageId: 1, affectedSopClassUid: MODALITY_WORKLIST_FIND, priority: 0, hasDataSet: true };
    const identifier = encodeElements(wanted(this.#kind), IMPLICIT_VR_LITTLE_ENDIAN);
    this.#association.sendData(CONTEXT_ID, true, true, encodeCommand(commandOf(COMMAND_FIELD.cFindRq, fields)));
    this.#association.sendData(CONTEXT_ID, false, true, identifier);
  }

  #answered({ status }: Command): void {
    if (isPending(status)) this.#answers += 1;
    else this.#association.release();
  }
}

/** What a modality asks for: what is planned for its kind. */
function wanted(kind: Kind) {
  const step = [el(0x00080060, kind), empty(0x00400001), empty(0x00400002), empty(0x00400003), empty(0x00400007)];
  const keys = [0x00080050, 0x00100010, 0x00100020, 0x00100030, 0x00100040, 0x0020000d, 0x00321060];
  return [...keys.map(empty), el(0x00400100, [step]), empty(0x00401001)];
}

/** Asks once for the worklist. @returns how many items came; 0 when it could not be asked */
export async function askWorklist(caller: Caller, kind: Kind, signal: AbortSignal): Promise<number> {
  const { port, address } = caller;
  const socket = connect({ host: '127.0.0.1', port, ...(address === undefined ? {} : { localAddress: address }) });
  const end = () => socket.destroy();
  socket.on('error', () => {}).setTimeout(ANSWER_MS, end);
  signal.addEventListener('abort', end, { once: true });
  try {
    await once(socket, 'connect', { signal });
    return await new Question(socket, caller, kind).answers;
  } catch {
    return 0;
  } finally {
    signal.removeEventListener('abort', end);
    socket.destroy();
  }
}

/** Asks again and again, as a modality between two patients does. */
export async function keepAsking(
  caller: Caller,
  kind: Kind,
  everyMs: number,
  signal: AbortSignal,
  may: () => boolean,
): Promise<void> {
  do if (may()) await askWorklist(caller, kind, signal);
  while (await rest(everyMs, signal));
}
