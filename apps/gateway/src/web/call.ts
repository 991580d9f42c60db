import type { Socket } from 'node:net';
import type { DeclaredImage } from '@leadglass/inspect';
import type { FromIntake } from '../messages.ts';
import { PROBLEMS, WebRefusal } from './problems.ts';
import type { RenderForm, WebAsk, WebGrant, WebInstance, WebToIntake, WebWho } from './web-messages.ts';

/** The answer can go no further: the client has gone, or the keeper gives no more. What was sent is cut off. */
export class CallBroken extends Error {}

/** A stretch of a granted object, `from` on and before `to`, counted from the beginning of its file. */
export type FileRange = readonly [from: number, to: number];

/** One HTTP request in its dealings with the keeper: asks once, then reads what was granted. */
export class Call {
  readonly #tell: (message: FromIntake) => void;
  readonly #ids: { readonly connection: number; readonly request: number };
  #settle: { resolve(grant: WebGrant): void; reject(why: Error): void } | undefined;
  readonly #pipe = Promise.withResolvers<Socket>();
  #isAsked = false;
  #isOver = false;
  #turn: Promise<void> = Promise.resolve();

  constructor(tell: (message: FromIntake) => void, connection: number, request: number) {
    this.#tell = tell;
    this.#ids = { connection, request };
    this.#pipe.promise.catch(() => {});
  }

  /** Rejects with WebRefusal. */
  ask(who: WebWho, route: string, what: WebAsk['what']): Promise<WebGrant> {
    this.#isAsked = true;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#tell({ t: 'web-ask', ...this.#ids, who, route, what });
    });
  }

  /** The plain bytes of a range, in pieces as they come. They are taken to the end, whatever the caller needs of them. */
  async *read(
    { sha256 }: Pick<WebInstance, 'sha256'>,
    [from, to]: FileRange,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    if (from >= to) return;
    const turn = await this.#myTurn();
    let left = to - from;
    try {
      this.#tell({ t: 'web-read', ...this.#ids, sha256, from, to });
      const pipe = await this.#pipe.promise;
      while (left > 0) {
        const piece = await take(pipe, left);
        left -= piece.length;
        yield piece;
      }
    } finally {
      while (left > 0 && !this.#isOver) left -= (await take(await this.#pipe.promise, left)).length;
      turn();
    }
  }

  /** All of a range at once; for small ones. */
  async bytes(instance: WebInstance, range: FileRange): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.read(instance, range)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** A frame made a picture, or decoded; undefined when that cannot be. */
  async render(
    { sha256 }: WebInstance,
    ranges: readonly FileRange[],
    image: DeclaredImage,
    form: RenderForm,
  ): Promise<Buffer | undefined> {
    const turn = await this.#myTurn();
    try {
      this.#tell({
        t: 'web-render',
        ...this.#ids,
        sha256,
        ranges: ranges.map(([from, to]) => [from, to]),
        image,
        form,
      });
      const pipe = await this.#pipe.promise;
      const length = (await exactly(pipe, 4)).readUInt32BE(0);
      return length === 0 ? undefined : await exactly(pipe, length);
    } finally {
      turn();
    }
  }

  /** What the keeper says of it. */
  hear(message: WebToIntake, socket: Socket | undefined): void {
    switch (message.t) {
      case 'web-granted':
        return this.#settle?.resolve(message.grant);
      case 'web-refused': {
        const { status, code, text } = message;
        // The rate is of a minute (PS3.18 §8.5 leaves the status to HTTP; RFC 6585 §4).
        const later: Record<string, string> = status === 429 ? { 'retry-after': '60' } : {};
        const refusal = new WebRefusal({ status, code, text }, later);
        this.#settle?.reject(refusal);
        return this.#pipe.reject(refusal);
      }
      case 'web-pour':
        if (socket === undefined || this.#isOver) socket?.destroy();
        else this.#pipe.resolve(socket.on('error', () => {}));
    }
  }

  /** It is over: the keeper is told, once. @param failed objects sent and not kept. */
  end(status: number, instances: number, bytes: number, failed = 0): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settle?.reject(new CallBroken());
    this.#pipe.promise.then(
      (pipe) => pipe.destroy(),
      () => {},
    );
    this.#pipe.reject(new CallBroken());
    if (this.#isAsked) this.#tell({ t: 'web-done', ...this.#ids, status, instances, bytes, failed });
  }

  /** What comes through the pipe comes in the order it was asked for: one at a time reads. */
  async #myTurn(): Promise<() => void> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    return resolve;
  }
}

/** What the pipe has, at most `most` bytes. Throws CallBroken when it has ended. */
async function take(pipe: Socket, most: number): Promise<Buffer> {
  for (;;) {
    const ready = pipe.readableLength;
    const piece: Buffer | null = ready === 0 ? pipe.read(0) : pipe.read(Math.min(most, ready));
    if (piece !== null) return piece;
    if (pipe.destroyed || pipe.readableEnded) throw new CallBroken();
    await readable(pipe);
  }
}

async function exactly(pipe: Socket, bytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let left = bytes; left > 0; ) {
    const piece = await take(pipe, left);
    pieces.push(piece);
    left -= piece.length;
  }
  return Buffer.concat(pieces);
}

function readable(pipe: Socket): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      for (const event of ['readable', 'end', 'close'] as const) pipe.off(event, over);
      resolve();
    };
    for (const event of ['readable', 'end', 'close'] as const) pipe.on(event, over);
  });
}

/** Of a grant, the kind that was asked for; anything else is a defect of ours. */
export function granted<K extends WebGrant['kind']>(grant: WebGrant, kind: K): WebGrant & { readonly kind: K } {
  if (grant.kind === kind) return grant as WebGrant & { readonly kind: K };
  throw new WebRefusal(PROBLEMS.defect);
}
