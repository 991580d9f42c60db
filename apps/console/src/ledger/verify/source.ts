import type { AnswerOf } from '@leadglass/contract';

/** What a log is read through. Nothing of what it answers is believed before it was checked. */
export interface LogSource {
  checkpoint(signal: AbortSignal): Promise<AnswerOf<'ledger.checkpoint'>>;
  tile(level: number, index: number, signal: AbortSignal): Promise<AnswerOf<'ledger.tile'>>;
  /** `count` entries from `first`, or fewer. */
  entries(first: number, count: number, signal: AbortSignal): Promise<AnswerOf<'ledger.show'>['entries']>;
}
