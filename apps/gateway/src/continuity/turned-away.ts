import { isFault } from '@leadglass/kit';

/** Whoever answers at the address shows another certificate than that of the upstream: perhaps renewed, perhaps somebody in the middle. */
const ANOTHER_CERTIFICATE: ReadonlySet<string> = new Set(['wire.tls-pin', 'wire.tls-name', 'wire.tls-untrusted']);

/**
 * Whether somebody is there who wants no association of ours for good, or whom we do not want. Neither is an outage: nobody answers in its
 * place, so that a wrong identity or a missing right is told as what it is and never looks like a system that is down.
 */
export function isTurnedAway(thrown: unknown): boolean {
  if (!isFault(thrown)) return false;
  return ANOTHER_CERTIFICATE.has(thrown.code) || (thrown.code === 'wire.rejected' && thrown.retry === 'permanent');
}
