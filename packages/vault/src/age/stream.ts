import { createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { vaultFault } from '../faults.ts';
import { type Header, LONGEST_HEADER_BYTES, parseHeader } from './header.ts';
import type { Identity } from './keys.ts';
import { openChunk, openFileKey } from './open.ts';
import { CHUNK_BYTES, derivePayloadKey, headerMac, PAYLOAD_NONCE_BYTES, TAG_BYTES } from './primitives.ts';

const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

/**
 * Opens a sealed object that comes as a stream, in any split: authenticated plain bytes, in order, at most a chunk and a piece in memory.
 * A chunk is given out once it is known whether it is the last, so that what was cut off never ends well.
 * Throws Faults `vault.not-age`, `vault.no-identity-matches`, `vault.header-mac`, `vault.truncated`, `vault.chunk-forged`, and the stream's.
 */
export async function* openStream(
  identities: readonly Identity[],
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const held = new Held(pieces);
  const header = await headerOf(held);
  const fileKey = openFileKey(identities, header);
  if (!timingSafeEqual(headerMac(fileKey, header.covered), header.mac)) throw vaultFault('vault.header-mac');
  if (!(await held.fill(PAYLOAD_NONCE_BYTES))) throw vaultFault('vault.truncated');
  yield* chunks(createSecretKey(derivePayloadKey(fileKey, held.take(PAYLOAD_NONCE_BYTES))), held);
}

async function* chunks(key: KeyObject, held: Held): AsyncGenerator<Uint8Array, void, undefined> {
  for (let index = 0; ; index += 1) {
    const isMore = await held.fill(SEALED_CHUNK_BYTES + 1);
    const sealed = held.take(Math.min(SEALED_CHUNK_BYTES, held.bytes));
    if (sealed.byteLength < TAG_BYTES || (!isMore && index > 0 && sealed.byteLength === TAG_BYTES))
      throw vaultFault('vault.truncated');
    const plain = openChunk(key, index, !isMore, sealed);
    if (plain === undefined) {
      const isCut = !isMore && openChunk(key, index, false, sealed) !== undefined;
      throw vaultFault(isCut ? 'vault.truncated' : 'vault.chunk-forged', { facts: { chunk: index } });
    }
    yield plain;
    if (!isMore) return;
  }
}

async function headerOf(held: Held): Promise<Header> {
  for (;;) {
    const header = parseHeader(held.seen());
    if (header !== undefined) {
      held.take(header.bytes);
      return header;
    }
    if (held.bytes >= LONGEST_HEADER_BYTES || !(await held.fill(held.bytes + 1))) throw vaultFault('vault.not-age');
  }
}

/** What has come and was not taken yet. */
class Held {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  get bytes(): number {
    return this.#held.byteLength;
  }

  seen(): Uint8Array {
    return this.#held;
  }

  /** Waits until so many bytes are here; false when the stream ends before. */
  async fill(bytes: number): Promise<boolean> {
    const parts = [this.#held];
    let have = this.#held.byteLength;
    while (have < bytes) {
      const next = await this.#pieces.next();
      if (next.done === true) break;
      parts.push(Buffer.from(next.value));
      have += next.value.byteLength;
    }
    if (parts.length > 1) this.#held = Buffer.concat(parts);
    return have >= bytes;
  }

  take(bytes: number): Uint8Array {
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }
}
