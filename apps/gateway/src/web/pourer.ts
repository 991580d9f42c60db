import type { Socket } from 'node:net';
import type { Identity, ObjectStore, Opened, SealedSource, Stored } from '@leadglass/vault';
import { openHeader, readPlain } from '@leadglass/vault';

/** Reads of one request that may wait for their turn. */
const MOST_WAITING = 256;

/** What is poured: plain bytes of an object, or something made of them. */
export type Pour = (open: (stored: Stored) => Promise<OpenObject>) => AsyncIterable<Uint8Array>;

/** An object opened for reading at any place, its header opened once. */
export interface OpenObject {
  readonly plainBytes: number;
  /** Authenticated plain bytes; only the sealed chunks that hold them are read. */
  read(from: number, to: number): AsyncIterable<Uint8Array>;
}

interface Opening {
  readonly stored: Stored;
  readonly source: SealedSource;
  readonly opened: Opened;
}

/** Fills one request's pipe: what is asked for follows in order, at the pace of who reads. Whatever fails ends the pipe: half an answer must show. */
export class Pourer {
  readonly #store: ObjectStore;
  readonly #site: Identity;
  readonly #socket: Socket;
  #waiting = 0;
  #turn: Promise<void> = Promise.resolve();
  /** The last object read from: what follows is mostly of the same. */
  #open: Opening | undefined;
  #isOver = false;

  constructor(store: ObjectStore, site: Identity, socket: Socket, failed: (thrown: unknown) => void) {
    this.#store = store;
    this.#site = site;
    this.#socket = socket;
    this.#failed = failed;
    socket.once('close', () => void this.end());
  }

  readonly #failed: (thrown: unknown) => void;

  /** @returns false when more waits than a process of ours asks for. */
  pour(make: Pour): boolean {
    if (this.#waiting >= MOST_WAITING) return false;
    this.#waiting += 1;
    this.#turn = this.#turn
      .then(() => this.#fill(make))
      .catch((thrown) => {
        if (!this.#isOver) this.#failed(thrown);
        this.#socket.destroy();
      })
      .finally(() => {
        this.#waiting -= 1;
      });
    return true;
  }

  /** The request is over. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#socket.destroy();
    await this.#turn;
    await this.#close();
  }

  async #fill(make: Pour): Promise<void> {
    for await (const piece of make((stored) => this.#opened(stored))) {
      if (this.#isOver) return;
      if (!this.#socket.write(piece)) await this.#drained();
    }
  }

  async #opened(stored: Stored): Promise<OpenObject> {
    const { source, opened } = this.#open?.stored.sha256 === stored.sha256 ? this.#open : await this.#openAnew(stored);
    return { plainBytes: opened.plainBytes, read: (from, to) => readPlain(source, opened, from, to) };
  }

  async #openAnew(stored: Stored): Promise<Opening> {
    await this.#close();
    const source = await this.#store.open(stored);
    try {
      const open = { stored, source, opened: await openHeader([this.#site], source) };
      this.#open = open;
      return open;
    } catch (thrown) {
      await source.close();
      throw thrown;
    }
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.source.close();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        this.#socket.off('drain', over);
        this.#socket.off('close', over);
        resolve();
      };
      this.#socket.on('drain', over);
      this.#socket.on('close', over);
      if (this.#socket.destroyed) over();
    });
  }
}
