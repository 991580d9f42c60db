import { createCipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { assert, type Randomness } from '@leadglass/kit';
import type { ByteSink, SealKit } from '../api.ts';
import { agree, exportPublic, importPrivate, type Recipient } from './keys.ts';
import {
  AEAD,
  AEAD_OPTIONS,
  CHUNK_BYTES,
  derivePayloadKey,
  deriveWrapKey,
  FILE_KEY_BYTES,
  headerMac,
  PAYLOAD_NONCE_BYTES,
  setChunkNonce,
  TAG_BYTES,
  toBase64,
  VERSION_LINE,
  wrapFileKey,
} from './primitives.ts';

function stanza(recipient: Recipient, fileKey: Uint8Array, randomness: Randomness): string {
  const ephemeral = importPrivate(randomness(new Uint8Array(32)));
  const share = exportPublic(ephemeral);
  const shared = agree(ephemeral, recipient.keyObject);
  assert(shared !== undefined, 'a Recipient is a usable point');
  const body = wrapFileKey(deriveWrapKey(shared, share, recipient.publicKey), fileKey);
  return `-> X25519 ${toBase64(share)}\n${toBase64(body)}\n`;
}

/**
 * Prepares the head of one age file: fresh file key, one X25519 stanza with its own ephemeral key per recipient, header MAC,
 * payload nonce. @param recipients at least one, at most 64. Used once: a kit never seals two objects. C2SP age.
 */
export function prepareSeal(recipients: readonly Recipient[], randomness: Randomness): SealKit {
  const fileKey = randomness(new Uint8Array(FILE_KEY_BYTES));
  const header = headerFor(recipients, fileKey, randomness);
  const nonce = randomness(new Uint8Array(PAYLOAD_NONCE_BYTES));
  return { head: Buffer.concat([header, nonce]), payloadKey: derivePayloadKey(fileKey, nonce) };
}

/** The header of an age file with this file key: a stanza a recipient, and its MAC. */
export function headerFor(recipients: readonly Recipient[], fileKey: Uint8Array, randomness: Randomness): Uint8Array {
  assert(recipients.length >= 1 && recipients.length <= 64, 'an age file has 1 to 64 recipients');
  const stanzas = recipients.map((recipient) => stanza(recipient, fileKey, randomness)).join('');
  const header = `${VERSION_LINE}${stanzas}---`;
  return Buffer.from(`${header} ${toBase64(headerMac(fileKey, header))}\n`, 'latin1');
}

/** Bytes of the whole age file of `plainBytes` of content behind a head of `headBytes`. */
export function sealedLength(headBytes: number, plainBytes: number): number {
  return headBytes + plainBytes + Math.max(1, Math.ceil(plainBytes / CHUNK_BYTES)) * TAG_BYTES;
}

/** Output of one cipher call. Measured: at 64 KiB the allocator maps and unmaps each result, at 32 KiB it does not. */
const PIECE_BYTES = 32_768;

/** Buffers for the chunk that is not yet known to be the last or not: kept for the next object rather than allocated again. */
const sparePending: Buffer[] = [];
const MOST_SPARE = 64;

/**
 * Seals the content of one object as the age payload (STREAM, ChaCha20-Poly1305, 64 KiB chunks), in order, without joining.
 * Whether a chunk is the last is part of its nonce, so up to 64 KiB wait until a byte beyond them exists.
 */
export class PayloadSealer {
  readonly #key: KeyObject;
  readonly #nonce = Buffer.alloc(12);
  #pending: Buffer | undefined = sparePending.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #pendingBytes = 0;
  #chunks = 0;

  /** @param payloadKey 32 bytes, of a SealKit that nothing else uses. */
  constructor(payloadKey: Uint8Array) {
    this.#key = createSecretKey(payloadKey);
  }

  /** Seals `view`; the sink gets ciphertext and tags in order, in pieces of at most 32 KiB. The view may be reused afterwards;
   * a piece is gone when the sink returns, and a sink that keeps it makes a copy (VAULT-32). */
  update(view: Uint8Array, sink: ByteSink): void {
    const pending = this.#open();
    let at = 0;
    while (this.#pendingBytes + view.byteLength - at > CHUNK_BYTES) {
      const take = CHUNK_BYTES - this.#pendingBytes;
      this.#seal(view.subarray(at, at + take), false, sink);
      at += take;
    }
    pending.set(at === 0 ? view : view.subarray(at), this.#pendingBytes);
    this.#pendingBytes += view.byteLength - at;
  }

  /** Seals what is left as the last chunk. Nothing may follow. */
  finish(sink: ByteSink): void {
    this.#seal(new Uint8Array(0), true, sink);
    this.discard();
  }

  /** Gives the working memory back without finishing. Harmless afterwards. */
  discard(): void {
    if (this.#pending !== undefined && sparePending.length < MOST_SPARE) sparePending.push(this.#pending);
    this.#pending = undefined;
  }

  #open(): Buffer {
    assert(this.#pending !== undefined, 'a finished payload takes no more bytes');
    return this.#pending;
  }

  /** Seals the pending bytes followed by `rest` as one chunk. */
  #seal(rest: Uint8Array, isLast: boolean, sink: ByteSink): void {
    const pending = this.#open();
    setChunkNonce(this.#nonce, this.#chunks, isLast);
    const cipher = createCipheriv(AEAD, this.#key, this.#nonce, AEAD_OPTIONS);
    for (const part of [pending.subarray(0, this.#pendingBytes), rest]) {
      for (let at = 0; at < part.byteLength; at += PIECE_BYTES)
        give(cipher.update(part.subarray(at, at + PIECE_BYTES)), sink);
    }
    cipher.final();
    sink(cipher.getAuthTag());
    this.#pendingBytes = 0;
    this.#chunks += 1;
  }
}

/**
 * Gives a piece on and its memory back at once: node:crypto makes a new buffer for each, and the collector, which sees only their small heads,
 * would come to them when tens of megabytes lie about.
 */
function give(piece: Buffer<ArrayBuffer>, sink: ByteSink): void {
  sink(piece);
  piece.buffer.transfer(0);
}
