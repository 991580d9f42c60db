import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import type { Clock } from '@leadglass/kit';

/** How long a challenge may be signed: time to type a reason and a passphrase. */
const CHALLENGE_MS = 10 * 60_000;
/** Challenges not yet used, oldest forgotten first. */
const MOST_CHALLENGES = 256;
const GROUP = 4;
const FINGERPRINT_BYTES = 16;

/** Of a public key, as people compare it: half of its SHA-256, in groups of four digits. */
export function fingerprintOf(publicKey: string): string {
  const digest = createHash('sha256').update(Buffer.from(publicKey, 'hex')).digest();
  const digits = digest.subarray(0, FINGERPRINT_BYTES).toString('hex');
  return (digits.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join(' ');
}

/** SHA-256 of a passkey's id, as the ledger names it. @param credentialId base64url */
export function credentialDigest(credentialId: string): string {
  return createHash('sha256').update(Buffer.from(credentialId, 'base64url')).digest('hex');
}

/** Whether `signature` is that of `statement` by this Ed25519 key; all in hexadecimal but the statement. Never throws. */
export function isSignedBy(publicKey: string, statement: string, signature: string): boolean {
  try {
    const x = Buffer.from(publicKey, 'hex').toString('base64url');
    const key = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
    return verify(null, Buffer.from(statement), key, Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}

/** Random numbers handed out to be signed, each once and not for long: a signature is of one moment, and of no use twice. */
export class Challenges {
  readonly #clock: Clock;
  readonly #untilMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(): { readonly challenge: string; readonly untilMs: number } {
    const [oldest] = this.#untilMs.keys();
    if (oldest !== undefined && this.#untilMs.size >= MOST_CHALLENGES) this.#untilMs.delete(oldest);
    const issued = { challenge: randomBytes(16).toString('hex'), untilMs: this.#clock.now() + CHALLENGE_MS };
    this.#untilMs.set(issued.challenge, issued.untilMs);
    return issued;
  }

  /** Whether it was handed out and may still be used; from now on it may not. */
  use(challenge: string): boolean {
    const untilMs = this.#untilMs.get(challenge);
    this.#untilMs.delete(challenge);
    return untilMs !== undefined && this.#clock.now() < untilMs;
  }
}
