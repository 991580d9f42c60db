import type { Budget } from '../content/inflate.ts';
import type { UNPACKING_KINDS } from './unpacking-kinds.ts';

/** How a content was packed into the one it came out of. */
export type Packing = 'zip' | 'gzip' | 'zlib' | 'pdf' | 'base64' | 'tar';

/** What may still be unpacked of one object. */
export interface UnpackingBudget extends Budget {
  /** Things that look packed and may still be tried. */
  tries: number;
  /** Whether one of the bounds was reached, and told: the others need not be. */
  isReached: boolean;
}

/** Where readers put what they unpack, one member after the other. */
export interface Depot {
  readonly budget: UnpackingBudget;
  /** A member begins; one that is open is to be ended before. */
  open(packing: Packing): void;
  bytes(view: Uint8Array): void;
  close(): void;
  /** Something could not be read to its end. */
  stopped(why: keyof typeof UNPACKING_KINDS): void;
}

/** Reads one packed thing as it comes; bounded memory, never throws for what the bytes are. */
export interface Reader {
  /** @returns undefined while it wants more; at its end the parts it did not use, in order: they may hold others. */
  push(bytes: Uint8Array): readonly Uint8Array[] | undefined;
  /** Says that the content is over. @returns the parts it held and did not use. */
  end(): readonly Uint8Array[];
}
