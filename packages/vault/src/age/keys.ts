import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { assert, type Randomness, Secret, systemRandomness } from '@leadglass/kit';
import { bech32Decode, bech32Encode } from './bech32.ts';

const KEY_BYTES = 32;
const LONGEST_KEY_TEXT = 128;
const RECIPIENT_PREFIX = 'age';
const IDENTITY_PREFIX = 'age-secret-key-';
/** DER in front of a raw X25519 key (RFC 8410 §4, §7). */
const SPKI_HEAD = Buffer.from('302a300506032b656e032100', 'hex');

/** Whoever may open: a public X25519 key. Its text begins with `age1`. */
export class Recipient {
  readonly kind = 'recipient';
  /** `age1…`, 62 characters. */
  readonly text: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly keyObject: KeyObject;

  /** @param publicKey 32 bytes, already known to be a usable point. */
  constructor(publicKey: Uint8Array) {
    this.publicKey = publicKey;
    this.text = bech32Encode(RECIPIENT_PREFIX, publicKey);
    this.keyObject = importPublic(publicKey);
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}

/** What opens: a private X25519 key. Prints as its public half only; the text lies in a Secret. */
export class Identity {
  readonly kind = 'identity';
  readonly recipient: Recipient;
  readonly #text: Secret<string>;
  readonly #key: Secret<KeyObject>;

  /** @param privateKey 32 bytes. */
  constructor(privateKey: Uint8Array) {
    const key = importPrivate(privateKey);
    this.#key = new Secret(key);
    this.#text = new Secret(bech32Encode(IDENTITY_PREFIX, privateKey).toUpperCase());
    this.recipient = new Recipient(exportPublic(key));
  }

  /** `AGE-SECRET-KEY-1…`. */
  get text(): Secret<string> {
    return this.#text;
  }

  /** X25519 with `share`; undefined when the share is not a usable point (all-zero result, RFC 7748 §6.1). */
  agree(share: Uint8Array): Uint8Array | undefined {
    return agree(this.#key.reveal(), importPublic(share));
  }

  toJSON(): string {
    return '[secret]';
  }
}

/** Node's key of 32 raw public bytes. */
export function importPublic(raw: Uint8Array): KeyObject {
  assert(raw.byteLength === KEY_BYTES, 'an X25519 public key has 32 bytes');
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: 'der', type: 'spki' });
}

/** Node's key of 32 raw private bytes. */
export function importPrivate(raw: Uint8Array): KeyObject {
  assert(raw.byteLength === KEY_BYTES, 'an X25519 private key has 32 bytes');
  // Raw, not DER: OpenSSL's general decoder and encoder cost as much as the agreement itself.
  return createPrivateKey({ key: Buffer.from(raw), format: 'raw-private', asymmetricKeyType: 'x25519' });
}

/** The 32 public bytes that belong to a private key. */
export function exportPublic(privateKey: KeyObject): Uint8Array {
  return createPublicKey(privateKey).export({ format: 'raw-public' });
}

/** X25519; undefined when the result would be all zero. */
export function agree(privateKey: KeyObject, publicKey: KeyObject): Uint8Array | undefined {
  try {
    const shared = diffieHellman({ privateKey, publicKey });
    return shared.every((byte) => byte === 0) ? undefined : shared;
  } catch {
    return undefined;
  }
}

/** The Recipient written as `age1…`, or undefined: wrong text, wrong checksum, or a point nothing can be sealed to. */
export function parseRecipient(value: string): Recipient | undefined {
  const raw = value.length <= LONGEST_KEY_TEXT ? bech32Decode(RECIPIENT_PREFIX, value) : undefined;
  if (raw === undefined || raw.byteLength !== KEY_BYTES) return undefined;
  const trial = importPrivate(systemRandomness(new Uint8Array(KEY_BYTES)));
  return agree(trial, importPublic(raw)) === undefined ? undefined : new Recipient(raw);
}

/** The Identity written as `AGE-SECRET-KEY-1…`, or undefined. */
export function parseIdentity(value: string): Identity | undefined {
  const raw = value.length <= LONGEST_KEY_TEXT ? bech32Decode(IDENTITY_PREFIX, value) : undefined;
  return raw === undefined || raw.byteLength !== KEY_BYTES ? undefined : new Identity(raw);
}

/** A new Identity. */
export function generateIdentity(randomness: Randomness = systemRandomness): Identity {
  return new Identity(randomness(new Uint8Array(KEY_BYTES)));
}

/** The Recipient an Identity opens for. */
export function recipientOf(identity: Identity): Recipient {
  return identity.recipient;
}
