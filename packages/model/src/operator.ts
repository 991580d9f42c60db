/** Somebody who decides about held objects, known by a key that never leaves their hands. */
export interface Operator {
  /** Letters, digits, `-`, `_`, `.`; at most 64 characters. */
  readonly name: string;
  /** Ed25519, 32 bytes in lower-case hexadecimal. */
  readonly publicKey: string;
  readonly addedAtMs: number;
  /** When their word begins to count where two persons decide. */
  readonly inForceAtMs: number;
}

/** What an operator signed, so that anybody can check it: the exact text, its signature, and the key. */
export interface Signed {
  readonly operator: string;
  readonly publicKey: string;
  readonly statement: string;
  /** Ed25519, 64 bytes in lower-case hexadecimal. */
  readonly signature: string;
}
