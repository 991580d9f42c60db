import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { type Randomness, Secret, systemRandomness } from '@leadglass/kit';
import { chartFaults } from './faults.ts';

const NONCE_BYTES = 12;
/** Nonces drawn at once: asking for 12 bytes costs as much as asking for these. */
const NONCES_AT_ONCE = 512;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** As the catalogue's: whole numbers that every database and JSON keep exactly. */
const TOKEN_BITS = 52n;

/** What is sealed: what was moved to the place of another kind does not open. */
export type ChartSealed = 'facts' | 'body' | 'reading' | 'patient' | 'told' | 'document' | 'part';

/** What words are made into tokens for. */
export type ChartToken = 'begins' | 'near' | 'sounds' | 'born' | 'identifier';

/** Seals what feeds send and makes what charts are found by, with keys drawn from the home's index key (decisions 0015 and 0029). */
export class ChartSealer {
  readonly #sealing: Secret<Buffer>;
  readonly #tokens: Secret<Buffer>;
  readonly #randomness: Randomness;
  #nonces: Uint8Array = new Uint8Array(0);
  #nextNonce = 0;

  /** @param indexKey 32 bytes. */
  constructor(indexKey: Secret<Buffer>, randomness: Randomness = systemRandomness) {
    const derived = (info: string): Secret<Buffer> =>
      new Secret(Buffer.from(hkdfSync('sha256', indexKey.reveal(), '', `leadglass chart ${info}`, KEY_BYTES)));
    this.#sealing = derived('seal');
    this.#tokens = derived('token');
    this.#randomness = randomness;
  }

  /** @param name what it is of, bound to it. */
  seal(kind: ChartSealed, name: string, plain: Uint8Array | string): Uint8Array {
    const nonce = this.#nonce();
    const cipher = createCipheriv('aes-256-gcm', this.#sealing.reveal(), nonce);
    cipher.setAAD(Buffer.from(`${kind}\n${name}`));
    const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
    return Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()]);
  }

  /** Each is used once. */
  #nonce(): Uint8Array {
    if (this.#nextNonce === this.#nonces.length) {
      this.#nonces = this.#randomness(new Uint8Array(NONCE_BYTES * NONCES_AT_ONCE));
      this.#nextNonce = 0;
    }
    this.#nextNonce += NONCE_BYTES;
    return this.#nonces.subarray(this.#nextNonce - NONCE_BYTES, this.#nextNonce);
  }

  /** Throws Fault `continuity.sealed-otherwise`. */
  open(kind: ChartSealed, name: string, sealed: Uint8Array): Buffer {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#sealing.reveal(), sealed.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(`${kind}\n${name}`));
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      const body = decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES));
      decipher.final();
      return body;
    } catch (thrown) {
      throw chartFaults.sealedOtherwise(thrown);
    }
  }

  /** A value that was sealed as JSON by this room, and so is what it was. Throws Fault `continuity.sealed-otherwise`. */
  openJson<T>(kind: ChartSealed, name: string, sealed: Uint8Array): T {
    return JSON.parse(this.open(kind, name, sealed).toString('utf8')) as T;
  }

  /** What a word is found by, from 0 to 2^52 − 1. */
  token(kind: ChartToken, word: string): number {
    const digest = createHmac('sha256', this.#tokens.reveal()).update(`${kind}\n${word}`).digest();
    return Number(digest.readBigUInt64BE(0) >> (64n - TOKEN_BITS));
  }

  /** The same parts have the same digest (32 hexadecimal digits), and nobody without the key can try parts against it. */
  digest(kind: string, ...parts: readonly (string | Uint8Array)[]): string {
    const hmac = createHmac('sha256', this.#tokens.reveal()).update(`${kind}\n`);
    for (const part of parts) hmac.update(`${part.length}:`).update(part);
    return hmac.digest('hex').slice(0, 32);
  }
}
