/** Somebody who decides about held objects, known by a key that never leaves their hands. */
export interface Operator {
  /** Letters, digits, `-`, `_`, `.`; at most 64 characters. */
  readonly name: string;
  /** Lower-case hexadecimal: Ed25519, 32 bytes; of a passkey its COSE_Key (RFC 9052). */
  readonly publicKey: string;
  /** Where the key is a passkey of the console. The same name may have one of each kind, and is one person. */
  readonly passkey?: OperatorPasskey;
  readonly addedAtMs: number;
  /** When their word begins to count where two persons decide. */
  readonly inForceAtMs: number;
}

/** What tells a passkey from others: it signs for one account of the console, under one host name. */
export interface OperatorPasskey {
  /** base64url. */
  readonly credentialId: string;
  /** The relying party: host name under which the console is reached. */
  readonly rpId: string;
  readonly account: string;
}

/** What an operator signed, so that anybody can check it: the exact text, its signature, and the key. */
export interface Signed {
  readonly operator: string;
  readonly publicKey: string;
  readonly statement: string;
  /** Lower-case hexadecimal: Ed25519, 64 bytes; of a passkey, as its algorithm has it (ES256: DER). */
  readonly signature: string;
  /** Of a passkey; `publicKey` is then a SubjectPublicKeyInfo, so that OpenSSL can check it. */
  readonly assertion?: SignedAssertion;
}

/** What a passkey signed: `authenticatorData`, then the SHA-256 of `clientDataJson`, whose challenge is the SHA-256 of the statement (WebAuthn §7.2). */
export interface SignedAssertion {
  /** SHA-256 of the credential's id, hexadecimal. */
  readonly credentialSha256: string;
  /** SHA-256 of the statement, hexadecimal. */
  readonly statementSha256: string;
  /** base64url. */
  readonly authenticatorData: string;
  /** base64url. */
  readonly clientDataJson: string;
}
