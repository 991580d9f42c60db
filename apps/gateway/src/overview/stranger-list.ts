import type { AnswerInputOf, ParsedRequestOf } from '@leadglass/contract';
import type { EventOf, Peer } from '@leadglass/model';
import type { Stranger } from '@leadglass/records';
import type { ControlServices } from '../control-services.ts';
import { callerRemedy } from '../learning/readmit.ts';

type Answer = AnswerInputOf<'stranger.list'>['strangers'][number];

/** Listeners that speak TLS. */
const TLS: ReadonlySet<string> = new Set(['dimse-tls', 'web']);

/** Who knocked and was not let in, with the peer to add where that would let them in. */
export async function strangers(
  { records }: ControlServices,
  { sinceMs = 0, limit }: ParsedRequestOf<'stranger.list'>,
): Promise<readonly Answer[]> {
  const [known, peers, issued] = await Promise.all([
    records.overview.strangers(sinceMs, limit),
    records.peers(),
    records.certificates(),
  ]);
  const probing = probers(known);
  return known.map((stranger) => {
    const isOpen = stranger.aeTitle !== '' && !probing.has(stranger.address);
    return answerOf(stranger, isOpen ? callerRemedy(callOf(stranger), issued, peers)?.peer : undefined);
  });
}

/** Titles from one address that make it no single device: nobody is let in from there in one step. */
const PROBING_TITLES = 3;

/** Addresses that tried several titles, and how many: somebody who tries doors, or several devices behind one address. */
export function probers(strangers: readonly Pick<Stranger, 'aeTitle' | 'address'>[]): ReadonlyMap<string, number> {
  const titles = Map.groupBy(strangers, ({ address }) => address);
  const counts = [...titles].map(
    ([address, calls]) => [address, new Set(calls.map(({ aeTitle }) => aeTitle)).size] as const,
  );
  return new Map(counts.filter(([, count]) => count >= PROBING_TITLES));
}

/** The call as the rules judge it. */
export function callOf(stranger: Stranger): Parameters<typeof callerRemedy>[0] {
  const { aeTitle: calling, called, address: remoteAddress, listener, certSha256 } = stranger;
  return {
    ...{ kind: 'association.rejected', calling, called, remoteAddress, listener },
    ...(certSha256 === '' ? {} : { certSha256 }),
  } satisfies Partial<EventOf<'association.rejected'>> & { kind: 'association.rejected' };
}

function answerOf(stranger: Stranger, peer: Peer | undefined): Answer {
  const { aeTitle, address, listener, certSha256, firstAtMs, lastAtMs, times, why, seq, eventId } = stranger;
  return {
    ...{ aeTitle, address, isTls: TLS.has(listener) },
    ...(certSha256 === '' ? {} : { certSha256 }),
    ...{ firstAtMs, lastAtMs, times, why, seq, eventId },
    ...(peer === undefined ? {} : { peer }),
  };
}
