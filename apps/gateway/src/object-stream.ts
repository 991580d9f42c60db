import { randomBytes } from 'node:crypto';
import { createServer, type Server, Socket } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * Objects on their way from the keeper, which can open them, to a sandboxed process that sends them: through a pair of connected local
 * sockets, one of them handed over. Each object has a head (a 32-bit length, then JSON) and its bytes; back-pressure is the kernel's.
 */
const head = z.union([
  z.object({
    sopClassUid: z.string(),
    sopInstanceUid: z.string(),
    transferSyntaxUid: z.string(),
    /** Of the data set that follows. */
    bytes: z.int().min(1),
  }),
  /** It cannot be opened, or not be sent: no bytes follow. */
  z.object({ sopInstanceUid: z.string(), isLost: z.literal(true) }),
]);
export type ObjectHead = z.infer<typeof head>;
export type SentObject = Extract<ObjectHead, { bytes: number }>;
/** Said after the last: an end of the stream alone, which a fault between two objects also makes, is not the end of the objects. */
const THE_END = { isEnd: true } as const;
const headOrEnd = z.union([head, z.object({ isEnd: z.literal(true) })]);

const LENGTH_BYTES = 4;
const MOST_HEAD_BYTES = 4096;

/**
 * Two ends of one local connection. Made in `folder`, which is its owner's alone. Rejects with the operating system's error.
 *
 * `theirs` is paused from before it is there: a process that had begun to read it would go on taking bytes off whoever it is handed to until
 * its own copy is closed.
 */
export async function socketPair(folder: string): Promise<{ readonly ours: Socket; readonly theirs: Socket }> {
  const path = join(folder, `${randomBytes(6).toString('hex')}.sock`);
  const server = createServer({ pauseOnConnect: true });
  try {
    await listening(server, path);
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const theirs = new Socket().pause().connect(path);
    await new Promise<void>((resolve, reject) => theirs.once('connect', resolve).once('error', reject));
    return { ours: await accepted, theirs };
  } finally {
    server.close();
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => server.once('error', reject).listen(path, resolve));
}

/** The keeper's end. Every write waits for the other side; each rejects once it is gone. */
export class ObjectWriter {
  readonly #socket: Socket;
  #isGone = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    const gone = (): void => {
      this.#isGone = true;
      this.#wake();
    };
    socket.on('error', gone).on('close', gone);
    // What comes back is nothing; reading shows the end of it.
    socket.resume();
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  async head(object: ObjectHead): Promise<void> {
    await this.#head(object);
  }

  async #head(object: z.infer<typeof headOrEnd>): Promise<void> {
    const json = Buffer.from(JSON.stringify(object));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(json.byteLength);
    await this.write(Buffer.concat([length, json]));
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isGone) throw new Error('nobody reads any more');
    if (this.#socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#socket.once('drain', resolve);
    });
    if (this.#isGone) throw new Error('nobody reads any more');
  }

  /** All objects were sent. */
  async end(): Promise<void> {
    await this.#head(THE_END);
    this.#socket.end();
  }

  /** Something failed: what was sent is not to be taken for whole. */
  destroy(): void {
    this.#socket.destroy();
  }
}

/** The other end. */
export class ObjectReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The next object, or undefined after the last. Rejects when the stream broke off or is not what ours would write. */
  async head(): Promise<ObjectHead | undefined> {
    const length = (await this.#exactly(LENGTH_BYTES)).readUInt32BE(0);
    if (length > MOST_HEAD_BYTES) throw new Error('a head is too long');
    const read = headOrEnd.parse(JSON.parse(String(await this.#exactly(length))));
    return 'isEnd' in read ? undefined : read;
  }

  /** The bytes of the object whose head was read last, in pieces. */
  async *pieces(bytes: number): AsyncGenerator<Buffer, void, undefined> {
    let left = bytes;
    while (left > 0) {
      if (this.#rest.byteLength === 0 && !(await this.#more())) throw new Error('the stream broke off');
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.byteLength);
      left -= piece.byteLength;
      yield piece;
    }
  }

  async #exactly(bytes: number): Promise<Buffer> {
    while (this.#rest.byteLength < bytes) if (!(await this.#more())) throw new Error('the stream broke off');
    const taken = this.#rest.subarray(0, bytes);
    this.#rest = this.#rest.subarray(bytes);
    return taken;
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done) return false;
    this.#rest = this.#rest.byteLength === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    return true;
  }
}
