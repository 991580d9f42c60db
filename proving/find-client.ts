import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ElementToEncode, encodeElements } from '@leadglass/dicom';
import { COMMAND_FIELD, commandOf, requestOf } from '@leadglass/dimse';
import { systemClock } from '@leadglass/kit';
import { ScuLink } from '../packages/wire/src/scu-link.ts';

const EXPLICIT_LE = '1.2.840.10008.1.2.1';
export const STUDY_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.2.1';
const TIMEOUTS = { connectMs: 5_000, associateMs: 30_000, responseMs: 60_000, writeStallMs: 30_000, releaseMs: 5_000 };

/** Asks C-FIND on one association, one question after the other, and counts the answers; reads as slowly as it is told. */
export class FindClient {
  readonly #link: ScuLink;
  readonly #socket: Socket;
  #answers = 0;
  #done: ((status: number) => void) | undefined;
  #answered: (() => void) | undefined;
  #messageId = 0;

  private constructor(socket: Socket, link: (user: ConstructorParameters<typeof ScuLink>[2]) => ScuLink) {
    this.#socket = socket;
    this.#link = link({
      command: (_, { status }) => {
        if (status !== 0xff00 && status !== 0xff01) return this.#done?.(status);
        this.#answers += 1;
        this.#answered?.();
      },
      dataSet: () => {},
      received: () => {},
    });
  }

  static async open(port: number, called: string, calling: string): Promise<FindClient> {
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    await once(socket, 'connect');
    const target = { host: '127.0.0.1', port, called, calling };
    const client = new FindClient(
      socket,
      (user) => new ScuLink(socket, target, user, 128 * 1024, TIMEOUTS, systemClock),
    );
    await client.#link.negotiate(
      requestOf({
        ...{ called, calling, implementationClassUid: '2.25.1', implementationVersionName: 'PROVING' },
        contexts: [{ abstractSyntax: STUDY_ROOT_FIND, transferSyntaxes: [EXPLICIT_LE] }],
      }),
    );
    return client;
  }

  /** @returns the last status and how many answers came. */
  async ask(elements: readonly ElementToEncode[]): Promise<{ readonly status: number; readonly answers: number }> {
    this.#answers = 0;
    this.#messageId += 1;
    const status = new Promise<number>((resolve) => {
      this.#done = resolve;
    });
    const message = this.#link.outbox.begin(1);
    message.send(
      commandOf(COMMAND_FIELD.cFindRq, {
        ...{ messageId: this.#messageId, affectedSopClassUid: STUDY_ROOT_FIND, priority: 0, hasDataSet: true },
      }),
    );
    message.push(encodeElements(elements, EXPLICIT_LE), true);
    return { status: await status, answers: this.#answers };
  }

  /** Reads nothing more once the next answer has come. */
  async stopReading(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#answered = resolve;
    });
    this.#answered = undefined;
    this.#socket.pause();
  }

  goOnReading(): void {
    this.#socket.resume();
  }

  /** C-CANCEL-RQ of the question that was asked last. */
  cancel(): void {
    this.#link.outbox.send(1, commandOf(COMMAND_FIELD.cCancelRq, { messageIdBeingRespondedTo: this.#messageId }));
  }

  close(): Promise<void> {
    return this.#link.release();
  }
}
