import { createDecipheriv, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { assert } from '@leadglass/kit';
import type { SealedSource } from '../api.ts';
import { vaultFault } from '../faults.ts';
import { type Header, LONGEST_HEADER_BYTES, parseHeader, type Stanza } from './header.ts';
import type { Identity } from './keys.ts';
import {
  AEAD,
  AEAD_OPTIONS,
  CHUNK_BYTES,
  derivePayloadKey,
  deriveWrapKey,
  fromBase64,
  headerMac,
  PAYLOAD_NONCE_BYTES,
  setChunkNonce,
  TAG_BYTES,
  unwrapFileKey,
} from './primitives.ts';

const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
/** The header of two recipients has about 300 bytes: a first read of this size nearly always holds it. */
const FIRST_READ_BYTES = 4096;
/** Chunks read from the source at once. */
const CHUNKS_A_READ = 8;

/** A sealed object whose header has been opened and whose end has been authenticated. */
export interface Opened {
  readonly payloadKey: KeyObject;
  /** Where the chunks begin, behind header and payload nonce. */
  readonly payloadOffset: number;
  /** Length of the content, proved by the authenticated last chunk. */
  readonly plainBytes: number;
  /** Content of the last chunk, already authenticated. */
  readonly lastChunk: Uint8Array;
}

/** The header of a sealed object. Throws Fault `vault.not-age` and the source's. */
export async function readHeader(source: SealedSource): Promise<Header> {
  for (const most of [FIRST_READ_BYTES, LONGEST_HEADER_BYTES]) {
    const header = parseHeader(await source.read(0, Math.min(most, source.sealedBytes)));
    if (header !== undefined) return header;
    if (source.sealedBytes <= most) break;
  }
  throw vaultFault('vault.not-age');
}

interface Share {
  readonly share: Uint8Array;
  readonly body: Uint8Array;
}

/** The X25519 stanzas. A malformed one of our own kind makes the whole header wrong, whoever it was meant for (C2SP age, X25519 stanza). */
function readShares(stanzas: readonly Stanza[]): readonly Share[] {
  const ours = stanzas.filter(({ args }) => args[0] === 'X25519');
  return ours.map(({ args, body }) => {
    const share = args.length === 2 ? fromBase64(args[1] ?? '') : undefined;
    if (share?.byteLength !== 32 || body.byteLength !== 32) throw vaultFault('vault.not-age');
    return { share, body };
  });
}

function openShare(identity: Identity, { share, body }: Share): Uint8Array | undefined {
  const shared = identity.agree(share);
  if (shared === undefined) throw vaultFault('vault.not-age');
  return unwrapFileKey(deriveWrapKey(shared, share, identity.recipient.publicKey), body);
}

/** The file key, with whichever identity fits. Throws Faults `vault.not-age`, `vault.no-identity-matches`. */
export function openFileKey(identities: readonly Identity[], header: Header): Uint8Array {
  for (const share of readShares(header.stanzas)) {
    for (const identity of identities) {
      const fileKey = openShare(identity, share);
      if (fileKey !== undefined) return fileKey;
    }
  }
  throw vaultFault('vault.no-identity-matches');
}

/** The content of one sealed chunk, or undefined when it is not authentic. */
export function openChunk(key: KeyObject, index: number, isLast: boolean, sealed: Uint8Array): Uint8Array | undefined {
  const nonce = Buffer.alloc(12);
  setChunkNonce(nonce, index, isLast);
  const decipher = createDecipheriv(AEAD, key, nonce, AEAD_OPTIONS);
  const plainBytes = sealed.byteLength - TAG_BYTES;
  decipher.setAuthTag(sealed.subarray(plainBytes));
  const plain = decipher.update(sealed.subarray(0, plainBytes));
  try {
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

/** Reads and authenticates the end: without it neither the length nor any later range can be trusted. */
async function openLastChunk(source: SealedSource, key: KeyObject, payloadOffset: number) {
  const payloadBytes = source.sealedBytes - payloadOffset;
  const chunks = Math.ceil(payloadBytes / SEALED_CHUNK_BYTES);
  const lastOffset = (chunks - 1) * SEALED_CHUNK_BYTES;
  const lastBytes = payloadBytes - lastOffset;
  if (chunks < 1 || lastBytes < TAG_BYTES || (lastBytes === TAG_BYTES && chunks > 1))
    throw vaultFault('vault.truncated');
  const sealed = await source.read(payloadOffset + lastOffset, lastBytes);
  const lastChunk = openChunk(key, chunks - 1, true, sealed);
  if (lastChunk !== undefined) return { lastChunk, plainBytes: (chunks - 1) * CHUNK_BYTES + lastChunk.byteLength };
  // A chunk that is authentic as an inner one means that the end was cut off at a chunk boundary.
  const isInner = openChunk(key, chunks - 1, false, sealed) !== undefined;
  throw vaultFault(isInner ? 'vault.truncated' : 'vault.chunk-forged', { facts: { chunk: chunks - 1 } });
}

/**
 * Opens the header of a sealed object with whichever identity fits, checks its MAC, and authenticates the last chunk, so that
 * `plainBytes` is true and truncation is known before anything is released.
 * Throws Faults `vault.not-age`, `vault.no-identity-matches`, `vault.header-mac`, `vault.truncated`, `vault.chunk-forged`, and the source's.
 */
export async function openHeader(identities: readonly Identity[], source: SealedSource): Promise<Opened> {
  const header = await readHeader(source);
  const fileKey = openFileKey(identities, header);
  if (!timingSafeEqual(headerMac(fileKey, header.covered), header.mac)) throw vaultFault('vault.header-mac');
  const payloadOffset = header.bytes + PAYLOAD_NONCE_BYTES;
  if (source.sealedBytes < payloadOffset + TAG_BYTES) throw vaultFault('vault.truncated');
  const nonce = await source.read(header.bytes, PAYLOAD_NONCE_BYTES);
  const payloadKey = createSecretKey(derivePayloadKey(fileKey, nonce));
  return { payloadKey, payloadOffset, ...(await openLastChunk(source, payloadKey, payloadOffset)) };
}

/** The content of chunks `first` to `last` (both inner ones), read together. */
async function* readInner(source: SealedSource, opened: Opened, first: number, last: number) {
  if (first > last) return;
  // One room for all reads of the object: what is yielded is the plain text, which has its own.
  const room = Buffer.allocUnsafeSlow(Math.min(CHUNKS_A_READ, last - first + 1) * SEALED_CHUNK_BYTES);
  for (let index = first; index <= last; index += CHUNKS_A_READ) {
    const count = Math.min(CHUNKS_A_READ, last - index + 1);
    const offset = opened.payloadOffset + index * SEALED_CHUNK_BYTES;
    const sealed = await source.read(offset, count * SEALED_CHUNK_BYTES, room);
    for (let i = 0; i < count; i += 1) {
      const chunk = openChunk(
        opened.payloadKey,
        index + i,
        false,
        sealed.subarray(i * SEALED_CHUNK_BYTES, (i + 1) * SEALED_CHUNK_BYTES),
      );
      if (chunk === undefined) throw vaultFault('vault.chunk-forged', { facts: { chunk: index + i } });
      yield chunk;
    }
  }
}

/**
 * The content bytes `from` (inclusive) to `to` (exclusive), in order, reading only the chunks that hold them. Every view yielded
 * is authenticated and belongs to the caller. Throws Fault `vault.chunk-forged` and the source's.
 * @param from 0 to `to`; @param to at most `opened.plainBytes`, which is its default.
 */
export async function* readPlain(
  source: SealedSource,
  opened: Opened,
  from = 0,
  to: number = opened.plainBytes,
): AsyncGenerator<Uint8Array, void, undefined> {
  assert(Number.isSafeInteger(from) && Number.isSafeInteger(to), 'a range is of whole bytes');
  assert(from >= 0 && from <= to && to <= opened.plainBytes, 'a range lies inside the object');
  if (from === to) return;
  const lastOfAll = Math.max(0, Math.ceil(opened.plainBytes / CHUNK_BYTES) - 1);
  const first = Math.floor(from / CHUNK_BYTES);
  const last = Math.floor((to - 1) / CHUNK_BYTES);
  let at = first * CHUNK_BYTES;
  const cut = (chunk: Uint8Array) => {
    const part = chunk.subarray(Math.max(0, from - at), Math.min(chunk.byteLength, to - at));
    at += chunk.byteLength;
    return part;
  };
  for await (const chunk of readInner(source, opened, first, Math.min(last, lastOfAll - 1))) yield cut(chunk);
  if (last === lastOfAll) yield cut(new Uint8Array(opened.lastChunk));
}
