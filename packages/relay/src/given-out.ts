import { IMPORT_ORIGINALS_AE_TITLE, isDrillTitle, isTestTitle } from '@leadglass/model';

/**
 * Whether what came from `peer` is ever answered for or given out: not the originals of imports, which bear the identity the medium
 * wrote, not what test callers sent, and not what a drill made.
 */
export function isGivenOut(peer: string): boolean {
  return peer !== IMPORT_ORIGINALS_AE_TITLE && !isTestTitle(peer) && !isDrillTitle(peer);
}
