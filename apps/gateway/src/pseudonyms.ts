import { createHmac } from 'node:crypto';
import type { Secret } from '@leadglass/kit';

/** Keyed pseudonyms: the same patient has the same one in every entry, and nobody without the key can tell who. */
export class Pseudonyms {
  readonly #key: Secret<Uint8Array>;

  constructor(key: Secret<Uint8Array>) {
    this.#key = key;
  }

  /** Of a patient; empty without a number. */
  of(issuer: string, patientId: string): string {
    if (patientId === '') return '';
    // The issuer's length in front: no other pair of issuer and number reads the same.
    return this.ofWords(`${issuer.length}:${issuer}${patientId}`);
  }

  /** All that a patient may be known by, that of the issuer first: a sender that does not write the issuer means the same one as one that does. */
  all(issuer: string, patientId: string): readonly string[] {
    const own = this.of(issuer, patientId);
    if (own === '') return [];
    return issuer === '' ? [own] : [own, this.of('', patientId)];
  }

  /** What stands for `words` in records and ledger; nobody without the key can try words against it. */
  ofWords(words: string): string {
    return createHmac('sha256', this.#key.reveal()).update(words).digest('hex').slice(0, 32);
  }
}
