import type { AeTitle } from './names.ts';
import type { Service } from './peer.ts';

/** Leave to use the web services by showing a secret, of which the digest alone is kept. */
export interface WebToken {
  /** Whom its bearer is taken for: a calling AE title, as routes and the log name it. */
  readonly name: AeTitle;
  /** SHA-256 of the secret, lower-case hexadecimal. */
  readonly sha256: string;
  readonly allow: readonly Service[];
  readonly addedAtMs: number;
  /** Wall time from which it counts no more; undefined: for good. */
  readonly untilMs?: number;
}

/** Services a token may be given. */
export const WEB_SERVICES = ['qido', 'wado', 'stow', 'fhir', 'continuity'] as const satisfies readonly Service[];
