import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Both ends of a pipe: ours is written to, the other is handed over. */
export interface Pipe {
  readonly ours: Socket;
  readonly theirs: Socket;
}

const TOKEN_BYTES = 16;
const PAIR_MS = 5_000;

/**
 * Makes pipes between the keeper and its sandboxed processes: a socket in the home's `run`, which its owner alone can reach, is connected to
 * by the keeper itself, and the connecting end is handed over. Each has its own back-pressure, and ending it ends one request alone.
 */
export class PipeMaker {
  readonly #path: string;
  #server: Promise<Server> | undefined;
  /** Pipes asked for and not there yet, by what their connecting end says first. */
  readonly #awaited = new Map<string, (ours: Socket) => void>();

  constructor(path: string) {
    this.#path = path;
  }

  /** Rejects when none can be made. */
  async pipe(): Promise<Pipe> {
    this.#server ??= this.#listen();
    await this.#server;
    const token = randomBytes(TOKEN_BYTES);
    const name = token.toString('hex');
    const ours = new Promise<Socket>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no pipe in time')), PAIR_MS);
      this.#awaited.set(name, (socket) => {
        clearTimeout(timer);
        resolve(socket);
      });
    });
    const theirs = connect(this.#path);
    theirs.on('error', () => {});
    theirs.pause();
    theirs.write(token);
    try {
      return { ours: await ours, theirs };
    } catch (thrown) {
      theirs.destroy();
      throw thrown;
    } finally {
      this.#awaited.delete(name);
    }
  }

  close(): void {
    void this.#server?.then((server) => server.close());
  }

  #listen(): Promise<Server> {
    rmSync(this.#path, { force: true });
    const server = createServer((socket) => this.#take(socket));
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#path, () => resolve(server));
    });
  }

  #take(socket: Socket): void {
    socket.on('error', () => {});
    socket.once('readable', () => {
      const token: Buffer | null = socket.read(TOKEN_BYTES);
      const waiting = token === null ? undefined : this.#awaited.get(token.toString('hex'));
      if (waiting === undefined) socket.destroy();
      else waiting(socket);
    });
  }
}
