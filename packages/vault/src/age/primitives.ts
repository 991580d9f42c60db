import { createCipheriv, createDecipheriv, createHmac, hkdfSync, type KeyObject } from 'node:crypto';

/** Plain bytes in one chunk of an age payload. C2SP age, Payload. */
export const CHUNK_BYTES = 65_536;
/** Poly1305 tag after each chunk. */
export const TAG_BYTES = 16;
/** Nonce at the start of the payload. */
export const PAYLOAD_NONCE_BYTES = 16;
export const FILE_KEY_BYTES = 16;
export const VERSION_LINE = 'age-encryption.org/v1\n';
/** The AEAD of the whole format, and how node:crypto is asked for it. */
export const AEAD = 'chacha20-poly1305';
export const AEAD_OPTIONS = { authTagLength: TAG_BYTES } as const;

const NO_SALT = new Uint8Array(0);
const ZERO_NONCE = new Uint8Array(12);

/** HKDF-SHA-256 to 32 bytes (RFC 5869). */
function hkdf(ikm: Uint8Array | KeyObject, salt: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', ikm, salt, info, 32));
}

/** Key that seals the payload, from file key and payload nonce. */
export function derivePayloadKey(fileKey: Uint8Array, nonce: Uint8Array): Uint8Array {
  return hkdf(fileKey, nonce, 'payload');
}

/** Key that wraps the file key in an X25519 stanza. @param shared X25519 result; @param share ephemeral public key. */
export function deriveWrapKey(shared: Uint8Array, share: Uint8Array, recipient: Uint8Array): Uint8Array {
  return hkdf(shared, Buffer.concat([share, recipient]), 'age-encryption.org/v1/X25519');
}

/** HMAC of the header text up to and including `---`. */
export function headerMac(fileKey: Uint8Array, header: string): Uint8Array {
  return createHmac('sha256', hkdf(fileKey, NO_SALT, 'header'))
    .update(header, 'latin1')
    .digest();
}

/** The file key wrapped: 32 bytes. The nonce is zero because the key is used once. */
export function wrapFileKey(wrapKey: Uint8Array, fileKey: Uint8Array): Uint8Array {
  const cipher = createCipheriv(AEAD, wrapKey, ZERO_NONCE, AEAD_OPTIONS);
  const sealed = cipher.update(fileKey);
  cipher.final();
  return Buffer.concat([sealed, cipher.getAuthTag()]);
}

/** The file key in `body` (32 bytes), or undefined when `wrapKey` is not its key. */
export function unwrapFileKey(wrapKey: Uint8Array, body: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv(AEAD, wrapKey, ZERO_NONCE, AEAD_OPTIONS);
  decipher.setAuthTag(body.subarray(FILE_KEY_BYTES));
  const fileKey = decipher.update(body.subarray(0, FILE_KEY_BYTES));
  try {
    decipher.final();
    return fileKey;
  } catch {
    return undefined;
  }
}

/** Writes the nonce of chunk `index`: an 11-byte big-endian counter, then 1 for the last chunk and 0 for the others. */
export function setChunkNonce(nonce: Buffer, index: number, isLast: boolean): void {
  nonce.writeUInt32BE(Math.floor(index / 2 ** 32), 3);
  nonce.writeUInt32BE(index % 2 ** 32, 7);
  nonce[11] = isLast ? 1 : 0;
}

/** Base64 without padding. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64').replace(/=+$/, '');
}

/** Bytes of canonical base64 without padding, or undefined. */
export function fromBase64(value: string): Uint8Array | undefined {
  const bytes = Buffer.from(value, 'base64');
  return toBase64(bytes) === value ? bytes : undefined;
}
