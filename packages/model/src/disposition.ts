import type { Text } from '@leadglass/kit';

export type DispositionKind = 'deliver' | 'disarm' | 'hold' | 'refuse';

/** What is done with an arrival, why, and what its sender is told. */
export interface Disposition {
  readonly kind: DispositionKind;
  /** At least one, in words; for `deliver` of a clean object it says so. */
  readonly reasons: readonly Text[];
  /** C-STORE-RSP Status (PS3.7 Annex C, PS3.4 §B.2.3). */
  readonly status: number;
  /** Error Comment (0000,0902): at most 64 characters, ASCII, no patient data; absent on success. */
  readonly comment?: string;
}
