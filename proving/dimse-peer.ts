import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import {
  type AssociateAc,
  type AssociateRq,
  Association,
  acceptanceOf,
  type Command,
  encodeCommand,
  MessageReader,
  negotiate,
  type ProposedContext,
  requestOf,
} from '@leadglass/dimse';
import { systemClock } from '@leadglass/kit';

const LIMITS = { associatePduBytes: 65_536, maximumLength: 32_768, artimMs: 5_000 };
const IMPLEMENTATION = { implementationClassUid: '1.2.3.4', implementationVersionName: 'PROVING' };
const WAIT_MS = 15_000;
const IMPLICIT = '1.2.840.10008.1.2';

/** A message as it came: its command and the bytes of its data set. */
export interface Message {
  readonly contextId: number;
  readonly command: Command;
  readonly dataSet: Buffer | undefined;
}

/** One end of an association that says what its script says, and keeps what it hears: the wire as it is, with nothing between. */
export class DimsePeer {
  readonly association: Association;
  readonly #socket: Socket;
  readonly #reader: MessageReader;
  readonly #contexts = new Set<number>();
  readonly #heard: (Message | 'released' | 'aborted')[] = [];
  readonly #wake = new Set<() => void>();
  accepted: AssociateAc | undefined;
  rejected = false;
  isOver = false;
  #open: { contextId: number; command: Command; parts: Buffer[] } | undefined;
  onMessage: (message: Message) => void = (message) => this.#tell(message);
  onRequest: (request: AssociateRq) => void = () => {};

  constructor(socket: Socket, role: 'acceptor' | 'requestor') {
    this.#socket = socket;
    this.#reader = new MessageReader({
      contexts: this.#contexts,
      handler: {
        command: (contextId, command) => this.#command(contextId, command),
        dataSet: (_contextId, view, isLast) => this.#dataSet(view, isLast),
        fault: () => this.association.abort(),
      },
    });
    this.association = new Association({
      ...{ role, limits: LIMITS, clock: systemClock },
      handler: {
        send: (bytes) => socket.write(bytes),
        closeTransport: () => socket.end(),
        associateRequested: (request) => this.onRequest(request),
        associateAccepted: (ac) => this.#associated(ac),
        associateRejected: () => {
          this.rejected = true;
          this.#tell('aborted');
        },
        data: (contextId, isCommand, isLast, piece) => this.#reader.data(contextId, isCommand, isLast, piece),
        releaseRequested: () => {
          this.association.releaseResponse();
          this.#tell('released');
        },
        released: () => this.#tell('released'),
        aborted: () => this.#tell('aborted'),
      },
    });
    socket.on('data', (chunk: Buffer) => this.association.receive(chunk));
    socket.on('close', () => this.#tell('aborted'));
    socket.on('error', () => {});
    this.association.transportConnected();
  }

  accept(request: AssociateRq, more: Partial<AssociateAc['user']> = {}): void {
    const negotiated = negotiate(request, {
      acceptsAbstractSyntax: () => true,
      grantsRole: (role) => role,
    });
    for (const id of negotiated.accepted.keys()) this.#contexts.add(id);
    const acceptance = acceptanceOf(request, negotiated, IMPLEMENTATION);
    this.association.accept({ ...acceptance, user: { ...acceptance.user, ...more } });
  }

  #associated(ac: AssociateAc): void {
    this.accepted = ac;
    for (const { id, result } of ac.contexts) if (result === 0) this.#contexts.add(id);
    for (const wake of this.#wake) wake();
  }

  #command(contextId: number, command: Command): void {
    if (command.hasDataSet) this.#open = { contextId, command, parts: [] };
    else this.#got({ contextId, command, dataSet: undefined });
  }

  #dataSet(view: Uint8Array, isLast: boolean): void {
    const open = this.#open;
    if (open === undefined) return;
    open.parts.push(Buffer.from(view));
    if (!isLast) return;
    this.#open = undefined;
    this.#got({ contextId: open.contextId, command: open.command, dataSet: Buffer.concat(open.parts) });
  }

  #got(message: Message): void {
    this.onMessage(message);
    for (const wake of this.#wake) wake();
  }

  #tell(what: Message | 'released' | 'aborted'): void {
    if (typeof what === 'string') this.isOver = true;
    this.#heard.push(what);
    for (const wake of this.#wake) wake();
  }

  /** The next message, or how the association ended. */
  async next(): Promise<Message | 'released' | 'aborted'> {
    await this.until(() => this.#heard.length > 0);
    return this.#heard.shift() as Message | 'released' | 'aborted';
  }

  /** The next message; throws when the association ended instead. */
  async message(): Promise<Message> {
    const next = await this.next();
    if (typeof next === 'string') throw new Error(`the association was ${next}`);
    return next;
  }

  /** Resolves when `holds` does, looked at after everything heard. */
  async until(holds: () => boolean): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!holds()) return;
        this.#wake.delete(look);
        resolve();
      };
      this.#wake.add(look);
      late = setTimeout(() => reject(new Error('nothing heard in time')), WAIT_MS);
      look();
    }).finally(() => clearTimeout(late));
  }

  send(contextId: number, command: Command, dataSet?: Buffer): void {
    this.association.sendData(contextId, true, true, encodeCommand({ ...command, hasDataSet: dataSet !== undefined }));
    if (dataSet !== undefined) this.association.sendData(contextId, false, true, dataSet);
  }

  /** Asks and waits for the one answer. */
  async ask(contextId: number, command: Command, dataSet?: Buffer): Promise<Message> {
    this.send(contextId, command, dataSet);
    return this.message();
  }

  async release(): Promise<void> {
    if (this.isOver) return;
    this.association.release();
    await this.until(() => this.isOver);
    this.#socket.destroy();
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}

/** Opens an association, as FINDER unless it is said otherwise. */
export async function callPeer(
  place: { readonly port: number; readonly called: string; readonly calling?: string },
  contexts: readonly Omit<ProposedContext, 'id'>[],
  more: Partial<AssociateRq['user']> = {},
): Promise<DimsePeer> {
  const socket = connect({ host: '127.0.0.1', port: place.port, noDelay: true });
  await once(socket, 'connect');
  const peer = new DimsePeer(socket, 'requestor');
  const request = requestOf({ calling: place.calling ?? 'FINDER', called: place.called, contexts, ...IMPLEMENTATION });
  peer.association.request({ ...request, user: { ...request.user, ...more } });
  await peer.until(() => peer.accepted !== undefined || peer.isOver);
  return peer;
}

/** A context of this abstract syntax. */
export const contextOf = (abstractSyntax: string, transferSyntaxes: readonly string[] = [IMPLICIT]) => ({
  abstractSyntax,
  transferSyntaxes,
});

/** An upstream that does what `script` says with each association. */
export class ScriptedUpstream {
  readonly port: number;
  readonly requests: AssociateRq[] = [];
  readonly peers: DimsePeer[] = [];
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(
    answer: (message: Message, peer: DimsePeer) => void,
    accept: (request: AssociateRq, peer: DimsePeer) => void = (request, peer) => peer.accept(request),
    onPort = 0,
  ): Promise<ScriptedUpstream> {
    const server = createServer({ noDelay: true });
    server.listen(onPort, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const upstream = new ScriptedUpstream(server, typeof address === 'object' && address !== null ? address.port : 0);
    server.on('connection', (socket) => {
      const peer = new DimsePeer(socket, 'acceptor');
      upstream.peers.push(peer);
      peer.onMessage = (message) => answer(message, peer);
      peer.onRequest = (request) => {
        upstream.requests.push(request);
        accept(request, peer);
      };
    });
    return upstream;
  }

  async stop(): Promise<void> {
    for (const peer of this.peers) peer.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
