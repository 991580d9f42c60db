import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Secret } from '@leadglass/kit';
import { type AttributeSet, asAttributeSet } from '@leadglass/query';
import { catalogueFaults } from './faults.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** Tokens have 52 bits: whole numbers that every database and JSON keep exactly. Two words that share one cost a look, never a wrong answer. */
const TOKEN_BITS = 52n;

/** What is sealed, and which: an entry that was moved to another's place does not open. */
export type SealedKind =
  | 'arrival'
  | 'subject'
  | 'study'
  | 'series'
  | 'instance'
  | 'schedule'
  | 'registered'
  | 'step'
  | 'hl7'
  | 'identity';

/** What words are made into tokens for: the same word of another kind is another token. */
export type TokenKind = 'patient-id' | 'name' | 'accession' | 'identity';

/**
 * Seals attributes and makes tokens with the index key of the home (decision 0015). AES-256-GCM under one key drawn from it, HMAC-SHA-256
 * under another.
 */
export class Sealer {
  readonly #sealing: Secret<Buffer>;
  readonly #tokens: Secret<Buffer>;

  /** @param indexKey 32 bytes. */
  constructor(indexKey: Secret<Buffer>) {
    const derived = (info: string): Secret<Buffer> =>
      new Secret(Buffer.from(hkdfSync('sha256', indexKey.reveal(), '', `leadglass catalogue ${info}`, KEY_BYTES)));
    this.#sealing = derived('seal');
    this.#tokens = derived('token');
  }

  /** Tells one key from another and nothing else: hexadecimal. */
  get keyName(): string {
    return createHmac('sha256', this.#tokens.reveal()).update('key name').digest('hex').slice(0, 16);
  }

  /** @param name what the entry is of (a UID, a digest), bound to it. */
  seal(kind: SealedKind, name: string, attributes: AttributeSet): Uint8Array {
    return this.sealJson(kind, name, JSON.stringify(attributes));
  }

  /** The same of an attribute set that is JSON already. */
  sealJson(kind: SealedKind, name: string, json: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#sealing.reveal(), nonce);
    cipher.setAAD(Buffer.from(`${kind}\n${name}`));
    const body = cipher.update(json, 'utf8');
    return Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()]);
  }

  /** Throws Fault `catalogue.sealed-otherwise`. */
  open(kind: SealedKind, name: string, sealed: Uint8Array): AttributeSet {
    const value = this.openJson(kind, name, sealed);
    // What arrived was sealed unread; everything else was an attribute set when this key sealed it.
    const attributes = kind === 'arrival' ? asAttributeSet(value) : (value as AttributeSet);
    if (attributes === undefined) throw catalogueFaults.sealedOtherwise(new Error('no attribute set'));
    return attributes;
  }

  /** The JSON that was sealed. Throws Fault `catalogue.sealed-otherwise`. */
  openJson(kind: SealedKind, name: string, sealed: Uint8Array): unknown {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#sealing.reveal(), sealed.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(`${kind}\n${name}`));
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      const body = decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES));
      // GCM holds nothing back: what is left to do is to check the tag, before anything is read.
      decipher.final();
      return JSON.parse(body.toString('utf8')) as unknown;
    } catch (thrown) {
      throw catalogueFaults.sealedOtherwise(thrown);
    }
  }

  /** What a word is found by, from 0 to 2^52 − 1. */
  token(kind: TokenKind, word: string): number {
    const digest = createHmac('sha256', this.#tokens.reveal()).update(`${kind}\n${word}`).digest();
    return Number(digest.readBigUInt64BE(0) >> (64n - TOKEN_BITS));
  }

  /** The same attributes have the same digest, and nobody without the key can try attributes against it. */
  digest(attributes: AttributeSet): string {
    return createHmac('sha256', this.#tokens.reveal())
      .update(`variant\n${JSON.stringify(attributes)}`)
      .digest('hex')
      .slice(0, 32);
  }
}
