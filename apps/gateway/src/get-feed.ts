import type { Socket } from 'node:net';
import type { Logger } from '@leadglass/kit';
import type { Retrievable } from '@leadglass/records';
import { prefetch } from '@leadglass/relay';
import { canTranscode } from '@leadglass/rewrite';
import { ObjectWriter } from './object-stream.ts';

export interface GetFeedTools {
  /** An object's data set. Throws Fault `vault.*`. */
  openPlain(object: Retrievable): AsyncIterable<Uint8Array>;
  readonly log: Logger;
}

/** The keeper's side of one C-GET: opens the objects and pours them to the intake, no faster than it takes them. */
export class GetFeed {
  readonly #writer: ObjectWriter;
  readonly #tools: GetFeedTools;
  readonly #accepts: ReadonlyMap<string, readonly string[]>;

  /** @param accepts pairs of SOP class and transfer syntax that can be sent on the association. */
  constructor(socket: Socket, tools: GetFeedTools, accepts: readonly (readonly [string, string])[]) {
    this.#writer = new ObjectWriter(socket);
    this.#tools = tools;
    const byClass = Map.groupBy(accepts, ([sopClassUid]) => sopClassUid);
    this.#accepts = new Map([...byClass].map(([uid, pairs]) => [uid, pairs.map(([, syntax]) => syntax)]));
  }

  /** The association is over, or we stop. */
  stop(): void {
    this.#writer.destroy();
  }

  /** Never rejects: an object that cannot be opened, or be sent as the peer takes it, is said to be lost. */
  async run(objects: readonly Retrievable[]): Promise<void> {
    try {
      for (const object of objects) {
        if (this.#writer.isGone) return;
        await this.#one(object);
      }
      await this.#writer.end();
    } catch (thrown) {
      if (!this.#writer.isGone) this.#tools.log.error('retrieve.object', { fault: thrown });
      // Not all went out, or nobody reads: the intake sees the stream break off.
      this.#writer.destroy();
    }
  }

  async #one(object: Retrievable): Promise<void> {
    const { sopClassUid, sopInstanceUid, transferSyntaxUid, plainBytes, metaBytes } = object;
    if (!this.#canBeSent(object)) return this.#writer.head({ sopInstanceUid, isLost: true });
    const pieces = prefetch(this.#tools.openPlain(object));
    const iterator = pieces[Symbol.asyncIterator]();
    let piece: IteratorResult<Uint8Array>;
    try {
      piece = await iterator.next();
    } catch (thrown) {
      this.#tools.log.error('retrieve.object', { fault: thrown });
      return this.#writer.head({ sopInstanceUid, isLost: true });
    }
    try {
      await this.#writer.head({ sopClassUid, sopInstanceUid, transferSyntaxUid, bytes: plainBytes - metaBytes });
      for (; !piece.done; piece = await iterator.next()) await this.#writer.write(new Uint8Array(piece.value));
    } finally {
      pieces.discard();
    }
  }

  #canBeSent({ sopClassUid, transferSyntaxUid }: Retrievable): boolean {
    const syntaxes = this.#accepts.get(sopClassUid) ?? [];
    return syntaxes.some((syntax) => syntax === transferSyntaxUid || canTranscode(transferSyntaxUid, syntax));
  }
}
