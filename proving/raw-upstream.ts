import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { type Heard, item, PDU, type Proposal, pdu } from '../apps/cli/src/prove-it/pdu.ts';
import { Raw } from '../apps/cli/src/prove-it/raw.ts';

const WAIT_MS = 15_000;

/** A-ASSOCIATE-RQ item of PS3.8 Table 9-14: the abstract syntax of Verification. */
const VERIFICATION = item(0x30, '1.2.840.10008.1.1');

/** An upstream driven byte by byte: it takes connections and says nothing of itself. A gateway's question whether it is there is turned away unseen. */
export class RawUpstream {
  readonly port: number;
  readonly #server: Server;
  readonly #all: Raw[] = [];
  readonly #waiting: Raw[] = [];
  #wake: (() => void) | undefined;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    // What it must not do is close by itself when the other side does.
    server.on('connection', (socket) => {
      socket.once('error', () => {});
      socket.once('readable', () => {
        const first: Buffer | null = socket.read();
        if (first === null) return;
        socket.unshift(first);
        this.#take(Raw.over(socket), first.includes(VERIFICATION));
      });
    });
  }

  #take(raw: Raw, isProbe: boolean): void {
    this.#all.push(raw);
    if (isProbe) return raw.send(pdu(PDU.associateRj, Buffer.from([0, 1, 1, 1])));
    this.#waiting.push(raw);
    this.#wake?.();
  }

  static async start(): Promise<RawUpstream> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return new RawUpstream(server, typeof address === 'object' && address !== null ? address.port : 0);
  }

  /** The next connection made to it. */
  async next(): Promise<Raw> {
    const endMs = performance.now() + WAIT_MS;
    for (;;) {
      const raw = this.#waiting.shift();
      if (raw !== undefined) return raw;
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new Error('nobody called the upstream');
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, leftMs);
      await promise;
      clearTimeout(timer);
    }
  }

  async stop(): Promise<void> {
    for (const raw of this.#all) raw.close();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** A-ASSOCIATE-AC that accepts these proposals, each in its syntax, written without the codec under test. */
export function acceptanceOf(proposals: readonly Proposal[]): Buffer {
  const head = Buffer.alloc(68);
  head.writeUInt16BE(1, 0);
  const contexts = proposals.map(({ id, transferSyntax }) =>
    item(0x21, Buffer.concat([Buffer.from([id, 0, 0, 0]), item(0x40, transferSyntax)])),
  );
  const user = item(0x50, Buffer.concat([item(0x51, Buffer.from([0, 0, 64, 0])), item(0x52, '1.2.3.5')]));
  return pdu(PDU.associateAc, Buffer.concat([head, item(0x10, '1.2.840.10008.3.1.1.1'), ...contexts, user]));
}

const NAMES: Readonly<Record<number, string>> = {
  [PDU.associateRq]: 'A-ASSOCIATE-RQ',
  [PDU.associateAc]: 'A-ASSOCIATE-AC',
  [PDU.associateRj]: 'A-ASSOCIATE-RJ',
  [PDU.pData]: 'P-DATA-TF',
  [PDU.releaseRq]: 'A-RELEASE-RQ',
  [PDU.releaseRp]: 'A-RELEASE-RP',
  [PDU.abort]: 'A-ABORT',
};

/** What was heard, in the words of `vectors/dimse/state-actions.md`. */
export function inWords(heard: Heard): string {
  if (heard === 'closed') return 'close';
  const name = NAMES[heard.type] ?? `PDU ${heard.type}`;
  if (heard.type === PDU.abort) return `${name} ${heard.body[2]}/${heard.body[3]}`;
  return heard.type === PDU.associateRj ? `${name} ${[...heard.body.subarray(1, 4)].join('/')}` : name;
}
