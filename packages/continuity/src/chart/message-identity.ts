import type { ChartSealer } from './sealer.ts';

/** What a message is known by: who sent it, and its number (MSH-3, MSH-4, MSH-10). */
export interface MessageNumber {
  readonly application: string;
  readonly facility: string;
  /** What has none is known by its content. */
  readonly number: string;
}

/** The keyed digest a message is kept under: one that is sent again has the same. */
export function messageIdentity(
  sealer: ChartSealer,
  feed: string,
  { application, facility, number }: MessageNumber,
): string {
  return sealer.digest('message', feed, application, facility, number);
}
