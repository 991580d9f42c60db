import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import {
  type AcceptedContext,
  type AssociateRq,
  acceptanceOf,
  COMMAND_FIELD,
  type Command,
  negotiate,
  responseTo,
} from '@leadglass/dimse';
import { systemClock } from '@leadglass/kit';
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME } from '@leadglass/model';
import { DEFAULT_SCP_LIMITS, type Ending, ScpConnection, type ScpUser } from '@leadglass/wire';

/** One object as it was delivered. */
export interface Delivered {
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly dataSet: Buffer;
}

/** Most that is kept of an object, and of all: nothing made here is larger. */
const MOST_OBJECT_BYTES = 16 * 2 ** 20;
const MOST_OBJECTS = 1_000;
const MOST_CONNECTIONS = 16;
const OUT_OF_RESOURCES = 0xa700;
const UNRECOGNIZED_OPERATION = 0x0211;

/** One association of the gateway's: C-ECHO and C-STORE, every class and syntax as proposed. */
class Reception implements ScpUser {
  readonly #take: (delivered: Delivered) => void;
  #connection: ScpConnection | undefined;
  #contexts: ReadonlyMap<number, AcceptedContext> = new Map();
  #command: Command | undefined;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(take: (delivered: Delivered) => void) {
    this.#take = take;
  }

  attach(connection: ScpConnection): void {
    this.#connection = connection;
  }

  associateRequested(request: AssociateRq): void {
    const negotiated = negotiate(request, { acceptsAbstractSyntax: () => true });
    this.#contexts = negotiated.accepted;
    this.#connection?.accept(
      acceptanceOf(request, negotiated, {
        implementationClassUid: IMPLEMENTATION_CLASS_UID,
        implementationVersionName: IMPLEMENTATION_VERSION_NAME,
      }),
    );
  }

  command(contextId: number, command: Command): void {
    if (command.commandField === COMMAND_FIELD.cEchoRq) this.#connection?.respond(contextId, responseTo(command, 0));
    else if (command.commandField === COMMAND_FIELD.cStoreRq)
      [this.#command, this.#parts, this.#bytes] = [command, [], 0];
    else this.#connection?.respond(contextId, responseTo(command, UNRECOGNIZED_OPERATION));
  }

  dataSet(contextId: number, view: Uint8Array, isLast: boolean): void {
    this.#bytes += view.byteLength;
    if (this.#bytes <= MOST_OBJECT_BYTES) this.#parts.push(Buffer.from(view));
    const command = this.#command;
    if (!isLast || command === undefined) return;
    const isKept = this.#bytes <= MOST_OBJECT_BYTES;
    if (isKept)
      this.#take({
        sopInstanceUid: command.affectedSopInstanceUid ?? '',
        transferSyntaxUid: this.#contexts.get(contextId)?.transferSyntax ?? '',
        dataSet: Buffer.concat(this.#parts),
      });
    this.#connection?.respond(contextId, responseTo(command, isKept ? 0 : OUT_OF_RESOURCES));
    [this.#command, this.#parts] = [undefined, []];
  }

  ended(_ending: Ending): void {
    this.#parts = [];
  }
}

/** Where the gateway delivers what comes from the test callers: what is seen here is what an archive would have been given. */
export class Receiver {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #delivered = new Map<string, Delivered>();
  #wakes: (() => void)[] = [];

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  /** Listens on the loopback address, at a port that the system chooses. */
  static async listen(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What was delivered under a UID, as soon as it is; undefined when nothing comes in `withinMs`. Forgotten once taken. */
  async taken(sopInstanceUid: string, withinMs: number): Promise<Delivered | undefined> {
    const endMs = performance.now() + withinMs;
    for (;;) {
      const found = this.#delivered.get(sopInstanceUid);
      const leftMs = endMs - performance.now();
      if (found !== undefined || leftMs <= 0) {
        this.#delivered.delete(sopInstanceUid);
        return found;
      }
      await this.#next(leftMs);
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #next(withinMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wakes.push(resolve);
    const timer = setTimeout(resolve, withinMs);
    await promise;
    clearTimeout(timer);
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const reception = new Reception((delivered) => this.#take(delivered));
    const connection = new ScpConnection(socket, reception, DEFAULT_SCP_LIMITS, systemClock);
    reception.attach(connection);
    socket.on('data', (chunk: Buffer) => connection.onBytes(chunk));
  }

  #take(delivered: Delivered): void {
    if (this.#delivered.size < MOST_OBJECTS) this.#delivered.set(delivered.sopInstanceUid, delivered);
    const wakes = this.#wakes;
    this.#wakes = [];
    for (const wake of wakes) wake();
  }
}
