import type { Sha256 } from '@leadglass/model';

/** Bytes, in order. Views may be reused by the producer after each call. */
export type ByteSink = (bytes: Uint8Array) => void;

/** The head of one age file, prepared before its object exists: header with all recipient stanzas and the payload nonce, and the payload key. Used once. */
export interface SealKit {
  readonly head: Uint8Array;
  readonly payloadKey: Uint8Array;
}

/** Random access to a sealed object's bytes, wherever they lie. */
export interface SealedSource {
  readonly sealedBytes: number;
  /**
   * Reads exactly `length` bytes at `offset` of the sealed object. Throws Fault `vault.short-read` when they are not there.
   * @param into where to, when the caller has the room: at least `length` bytes. The result may lie there or elsewhere.
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** What checking one object found. */
export interface ObjectCheck {
  readonly sha256: Sha256;
  readonly isSound: boolean;
  /** Code of the Fault when it is not. */
  readonly fault?: string;
}
