import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { systemClock } from '@leadglass/kit';
import { DEFAULT_SCP_LIMITS, listenerTlsOptions, ScpConnection, type TlsIdentity } from '@leadglass/wire';
import { type Received, Reception, type Worklist } from './reception.ts';

/** How an archive is: `slow` answers each object a second late, `down` does not answer the door. */
export type Mood = 'well' | 'slow' | 'down';

export interface ArchiveOptions {
  readonly title: string;
  readonly port: number;
  /** With it everything is spoken over TLS, and whoever calls shows a certificate of this authority. */
  readonly tls?: { readonly identity: TlsIdentity; readonly authorityPem: string };
  /** Where what is received is kept; without it everything is taken and nothing kept. */
  readonly folder?: string;
  /** Answers C-FIND of a worklist. */
  readonly worklist?: Worklist;
}

const SLOW_MS = 900;
const MOST_CONNECTIONS = 16;
/** The oldest file goes when either is reached. */
const [MOST_FILES, MOST_BYTES] = [200, 40_000_000] as const;

/** An archive, or a partner’s: C-ECHO, C-STORE and, where asked, a worklist. What it keeps is bounded. */
export class Archive {
  readonly #options: ArchiveOptions;
  readonly #sockets = new Set<Socket>();
  readonly #kept: { name: string; bytes: number }[] = [];
  #keptBytes = 0;
  #server: Server | undefined;
  #mood: Mood = 'well';
  /** Objects taken so far. */
  received = 0;

  constructor(options: ArchiveOptions) {
    this.#options = options;
  }

  get mood(): Mood {
    return this.#mood;
  }

  async be(mood: Mood): Promise<void> {
    this.#mood = mood;
    if (mood === 'down') await this.close();
    else if (this.#server === undefined) await this.listen();
  }

  async listen(): Promise<void> {
    const { tls, port } = this.#options;
    const serve = (socket: Socket) => this.#serve(socket);
    const server =
      tls === undefined
        ? createServer(serve)
        : createTlsServer(listenerTlsOptions({ identity: tls.identity, ca: [tls.authorityPem] }), serve);
    server.maxConnections = MOST_CONNECTIONS;
    // Whoever breaks off a handshake is no trouble of ours.
    server.on('tlsClientError', () => {});
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const { title, worklist } = this.#options;
    const reception = new Reception({
      title,
      worklist,
      take: (received) => this.#take(received),
      lateMs: () => (this.#mood === 'slow' ? SLOW_MS : 0),
    });
    const connection = new ScpConnection(socket, reception, DEFAULT_SCP_LIMITS, systemClock);
    reception.attach(connection);
    socket.on('data', (chunk: Buffer) => connection.onBytes(chunk));
  }

  #take({ sopInstanceUid, dataSet }: Received): void {
    this.received += 1;
    const { folder } = this.#options;
    // A name from the network is no name of a file before it was looked at.
    if (folder === undefined || !/^[0-9.]{1,64}$/.test(sopInstanceUid)) return;
    const name = join(folder, `${this.received % MOST_FILES}-${sopInstanceUid}`);
    writeFileSync(name, dataSet, { mode: 0o600 });
    this.#kept.push({ name, bytes: dataSet.length });
    this.#keptBytes += dataSet.length;
    while (this.#kept.length > MOST_FILES || this.#keptBytes > MOST_BYTES) this.#forget();
  }

  #forget(): void {
    const oldest = this.#kept.shift();
    if (oldest === undefined) return;
    this.#keptBytes -= oldest.bytes;
    if (!this.#kept.some(({ name }) => name === oldest.name)) rmSync(oldest.name, { force: true });
  }
}
