import type { Sha256 } from './names.ts';

/** `delivered` means that the destination's own success status is recorded. */
export type DeliveryState = 'pending' | 'delivered' | 'failed';

/** Storage commitment of a delivered object: what the destination has said of it. */
export type Commitment = 'none' | 'wanted' | 'asked' | 'committed' | 'refused';

/** One object on its way to one destination. */
export interface Delivery {
  readonly id: number;
  readonly sha256: Sha256;
  readonly destination: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** Wall time before which it is not tried again, milliseconds since the epoch. */
  readonly nextAtMs: number;
  /** The destination's C-STORE status, when it gave one. */
  readonly status?: number;
  /** Code of the Fault of the last try. */
  readonly fault?: string;
  readonly commitment: Commitment;
}
