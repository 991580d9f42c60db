import type { Disposition } from './disposition.ts';
import type { Finding, Verdict } from './finding.ts';
import type { AeTitle, Sha256 } from './names.ts';

/** Where an object's sealed bytes are. `lane`: a stretch of a staging lane, not yet laid out. `file`: its own file in the vault. */
export type Place =
  | { readonly kind: 'lane'; readonly file: string; readonly offset: number }
  | { readonly kind: 'file' };

/** One object that came in, sealed and synced: everything the keeper learns of it. */
export interface Arrival {
  /** UUID v7. */
  readonly id: string;
  readonly associationId: string;
  readonly peer: AeTitle;
  readonly remoteAddress: string;
  /** Wall time, milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** SHA-256 of the plain Part 10 file as sealed. */
  readonly sha256: Sha256;
  readonly plainBytes: number;
  readonly sealedBytes: number;
  /** Length of preamble, prefix and file meta in front of the data set, in bytes. */
  readonly metaBytes: number;
  readonly place: Place;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Empty when the object does not say. */
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly modality: string;
  /** Keyed pseudonym of PatientID (HMAC), empty when the object has none: the identifier itself is never recorded. */
  readonly patient: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly disposition: Disposition;
}

/** What custody made of an arrival. `conflict`: the same SOP Instance UID is already held with other content; both are kept. */
export type ArrivalOutcome = 'stored' | 'duplicate' | 'conflict';

/** What the sender was told. */
export interface Answer {
  readonly status: number;
  readonly comment?: string;
}
