import type { Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls';
import { systemClock, type Text, text } from '@leadglass/kit';
import type { CertificateReader } from '../identity/certificate-reader.ts';
import type { IntakeServices } from '../intake-session.ts';
import { type FeedToIntake, MOST_TOLD, type ToldMessage } from './feed-messages.ts';
import { MllpSession, type SessionServices } from './mllp-session.ts';
import { understand } from './read-message.ts';

/** From a connection to its TLS handshake. */
const HANDSHAKE_MS = 20_000;
const SILENT_MS = 5 * 60_000;
/** A message may take so long, and longer for what has come of it: a slow line is borne, a byte a minute is not. */
const MESSAGE_MS = 30_000;
const BYTES_A_SECOND = 16 * 1024;
const SWEEP_MS = 1_000;
/** Bytes of messages this process holds: those that are not whole, and those that wait for the keeper. */
const MOST_HELD_BYTES = 96 * 1024 * 1024;
/** Told at once, at most: what is larger goes alone. */
const MOST_TOLD_BYTES = 512 * 1024;

interface Client {
  readonly id: number;
  /** As it came from the keeper. */
  readonly raw: Socket;
  readonly isTls: boolean;
  readonly sinceMs: number;
  session: MllpSession | undefined;
  socket: Socket | undefined;
}

/** MLLP in the sandboxed process, on sockets that the keeper hands over: messages are cut and read here, and kept by the keeper. */
export class MllpServer {
  readonly #services: IntakeServices;
  readonly #clients = new Map<number, Client>();
  readonly #byRaw = new Map<object, Client>();
  #tls: TlsServer | undefined;
  #certificates: CertificateReader | undefined;
  #outbox: ToldMessage[] = [];
  #outboxBytes = 0;
  #heldBytes = 0;
  #isFlushing = false;
  #controlIds = 0;
  readonly #run = systemClock.now().toString(36);

  constructor(services: IntakeServices) {
    this.#services = services;
    setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  take(id: number, isTls: boolean, socket: Socket): void {
    const client: Client = {
      id,
      raw: socket,
      isTls,
      sinceMs: systemClock.monotonicMs(),
      session: undefined,
      socket: undefined,
    };
    this.#clients.set(id, client);
    this.#byRaw.set(socket, client);
    socket.on('error', () => {});
    socket.once('close', () => this.#closed(client));
    if (!isTls) this.#begin(client, socket, undefined);
    else if (this.#tls === undefined) socket.destroy();
    else this.#tls.emit('connection', socket);
  }

  /** The listeners' certificate, and who reads those of senders: other connections from now on. */
  useTls(options: TlsOptions, certificates: CertificateReader): void {
    this.#certificates = certificates;
    const settings = { ...options, allowHalfOpen: false };
    this.#tls = createTlsServer(settings);
    this.#tls.on('secureConnection', (socket) => this.#secured(socket));
    this.#tls.on('tlsClientError', (error: Error & { code?: string }, socket) => this.#notSecured(error, socket));
  }

  hear(message: FeedToIntake): void {
    if (message.t === 'feed-read') return this.#readAgain(message);
    if (message.t === 'feed-admitted')
      return this.#clients.get(message.connection)?.session?.admitted(message.feeds, message.own);
    for (const answer of message.answers) this.#clients.get(answer.connection)?.session?.answered(answer);
  }

  drop(id: number): void {
    this.#clients.get(id)?.raw.destroy();
  }

  /** The gateway stops: what waits for an answer gets it. */
  drain(): void {
    for (const { session, raw } of this.#clients.values()) {
      if (session === undefined) raw.destroy();
      else session.drain();
    }
  }

  #secured(socket: TLSSocket): void {
    const client = this.#byRaw.get(rawOf(socket) ?? socket);
    if (client === undefined) return void socket.destroy();
    socket.on('error', () => {});
    socket.once('close', () => client.raw.destroy());
    this.#begin(client, socket, this.#certificates?.read(socket, systemClock.now()));
  }

  #notSecured(error: Error & { code?: string }, socket: TLSSocket): void {
    const client = this.#byRaw.get(rawOf(socket) ?? socket);
    socket.destroy();
    if (client === undefined) return;
    const code = String(error.code ?? 'TLS')
      .replace(/[^A-Z0-9_]/g, '')
      .slice(0, 60);
    this.#end(client, text(`échec de la négociation TLS (${code})`, `TLS handshake failed (${code})`));
  }

  #begin(client: Client, socket: Socket, certificate: ReturnType<CertificateReader['read']>): void {
    socket.pause();
    client.socket = socket;
    socket.setNoDelay(true);
    client.session = new MllpSession(client.id, socket, this.#sessionServices());
    socket.on('data', (chunk: Buffer) => this.#bytes(client, chunk));
    socket.once('end', () => client.session?.drain());
    const shown = certificate === undefined ? {} : { certificate };
    this.#services.tell({ t: 'feed-ask', connection: client.id, ...shown });
  }

  #sessionServices(): SessionServices {
    return {
      now: () => systemClock.now(),
      tell: (message) => this.#tell(message),
      refused: (connection, why) => this.#services.tell({ t: 'feed-refused', connection, why }),
      held: (bytes) => {
        this.#heldBytes += bytes;
      },
      controlId: () => `${this.#run}${(this.#controlIds++).toString(36)}`.slice(-20),
    };
  }

  #bytes(client: Client, chunk: Buffer): void {
    const why = client.session?.bytes(chunk);
    if (why !== undefined) this.#end(client, why);
    else if (this.#heldBytes > MOST_HELD_BYTES) this.#giveWay();
  }

  // Whoever holds the most of a message that is not whole gives way: those that wait for the keeper are soon gone by themselves.
  #giveWay(): void {
    const holds = ({ session }: Client) => session?.partialBytes ?? 0;
    const [largest] = [...this.#clients.values()].sort((a, b) => holds(b) - holds(a));
    if (largest !== undefined && holds(largest) > 0) this.#end(largest, TOO_MUCH);
  }

  #tell(message: ToldMessage): void {
    const bytes = message.message.length + message.reading.length;
    if (this.#outbox.length === MOST_TOLD || this.#outboxBytes + bytes > MOST_TOLD_BYTES) this.#flush();
    this.#outbox.push(message);
    this.#outboxBytes += bytes;
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    // Whatever came in the same turn, on whatever connection, goes together.
    setImmediate(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#outbox.length === 0) return;
    const items = this.#outbox;
    this.#outbox = [];
    this.#outboxBytes = 0;
    this.#services.tell({ t: 'feed-told', items });
  }

  #readAgain({ request, message, charset }: FeedToIntake & { readonly t: 'feed-read' }): void {
    const { told } = understand(Buffer.from(message, 'base64'), charset);
    this.#services.tell({ t: 'feed-read', request, ...(told === undefined ? {} : { item: told }) });
  }

  #end(client: Client, why: Text): void {
    client.raw.destroy();
    this.#closed(client, why);
  }

  #closed(client: Client, why?: Text): void {
    if (!this.#clients.delete(client.id)) return;
    this.#byRaw.delete(client.raw);
    client.session?.close();
    client.socket?.destroy();
    this.#services.tell({ t: 'feed-closed', connection: client.id, ...(why === undefined ? {} : { why }) });
  }

  #sweep(): void {
    const [now, wall] = [systemClock.monotonicMs(), systemClock.now()];
    for (const client of [...this.#clients.values()]) {
      const { session, sinceMs } = client;
      if (session === undefined) {
        if (now - sinceMs > HANDSHAKE_MS) this.#end(client, TOO_SLOW);
        continue;
      }
      const { messageSinceMs, partialBytes, lastByteMs, waiting } = session;
      const most = MESSAGE_MS + (partialBytes / BYTES_A_SECOND) * 1000;
      if (messageSinceMs !== undefined && wall - messageSinceMs > most) this.#end(client, TOO_SLOW);
      else if (waiting === 0 && wall - lastByteMs > SILENT_MS) this.#end(client, SILENT);
    }
  }
}

function rawOf(socket: TLSSocket): object | undefined {
  return (socket as unknown as { readonly _parent?: object | null })._parent ?? undefined;
}

const TOO_SLOW = text(
  'trop lent : un message n’est pas arrivé en entier à temps',
  'too slow: a message did not come whole in time',
);
const SILENT = text('rien pendant cinq minutes', 'nothing for five minutes');
const TOO_MUCH = text(
  'trop d’octets retenus par des messages inachevés : le plus gros cède sa place',
  'too many bytes held by messages that are not whole: the largest gives way',
);
