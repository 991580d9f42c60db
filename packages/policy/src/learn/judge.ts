import { type Text, text } from '@leadglass/kit';
import {
  type Destination,
  type Peer,
  RELAYED_SERVICES,
  type Relay,
  type RelayedService,
  type Sighting,
} from '@leadglass/model';
import { admit } from '../admit.ts';
import { classRefusal } from '../class-refusal.ts';
import type { CertificateShown } from '../identity.ts';
import { isAsking, LEVELS, permitOperation, relayFor } from '../operation.ts';
import { isWithinHours } from '../query-limits.ts';
import { keysOfShape } from '../query-shape.ts';

/** Rules that what was seen is judged by, as if every peer were enforced. */
export interface JudgedRules {
  readonly peers: readonly Peer[];
  readonly destinations: readonly Destination[];
  readonly relays: readonly Relay[];
}

/** What rules would have done with one kind of traffic. */
export type SightingVerdict =
  | { readonly passes: true; readonly peer: Peer }
  | {
      readonly passes: false;
      readonly why: Text;
      readonly hint: string;
      /** Some of what was counted would have passed, some not: hours and rates are kept as they were at most. */
      readonly isPartly?: true;
    };

/** Judges one kind of traffic by `rules`, with the very functions that judge what comes. @param ourTitle the called AE title we answer to. */
export function judgeSighting(seen: Sighting, rules: JudgedRules, ourTitle: string): SightingVerdict {
  const admission = admit({
    peers: rules.peers,
    calling: seen.peer,
    called: seen.called,
    ourTitle,
    remoteAddress: seen.address,
    ...(seen.listener === 'dimse-tls' ? { tls: tlsOf(seen, rules.peers) } : {}),
  });
  if (!admission.admitted) return { passes: false, why: admission.why, hint: admission.hint };
  const { peer } = admission;
  if (seen.service === 'association') return { passes: true, peer };
  const refusal = classRefusal(peer, seen.sopClassUid);
  if (refusal !== undefined) return { passes: false, why: refusal.why, hint: refusal.hint };
  return isRelayed(seen.service) ? judgeOperation(seen, seen.service, peer, rules) : { passes: true, peer };
}

/**
 * What was shown, as far as it was kept: the fingerprint. Where it led and whose name it bore was found out then, so a title that passed
 * on a certificate is taken to pass on it again wherever its peer names authorities.
 */
function tlsOf({ peer, certSha256, isSigned, outcome }: Sighting, peers: readonly Peer[]): CertificateShown {
  if (certSha256 === '') return { isSigned };
  if (outcome !== 'passed') return { certSha256, isSigned };
  const own = peers.filter(({ aeTitle }) => aeTitle === peer);
  const names = own.map(({ aeTitle, certName }) => certName ?? aeTitle);
  return { certSha256, isSigned, anchors: own.flatMap(({ trustAnchors }) => trustAnchors ?? []), names };
}

function judgeOperation(
  seen: Sighting,
  service: RelayedService,
  peer: Peer,
  { destinations, relays }: JudgedRules,
): SightingVerdict {
  const level = LEVELS.find((each) => each === seen.level);
  const facts = {
    ...{ service, sopClassUid: seen.sopClassUid, keys: keysOfShape(seen.keys), atMs: seen.lastMs },
    ...(level === undefined ? {} : { level }),
    ...(seen.moveTo === '' ? {} : { moveDestination: seen.moveTo }),
    inLastMinute: Math.max(0, seen.busiest - 1),
  };
  // Hours are looked at below: all of them, and not that of the last time alone.
  const { hours, ...timeless } = peer.queryLimits ?? {};
  const decision = permitOperation(facts, { ...peer, queryLimits: timeless }, { destinations, relays });
  if (!decision.allowed) {
    const partly = decision.code === 'rate' ? { isPartly: true as const } : {};
    return { passes: false, why: decision.why, hint: decision.hint, ...partly };
  }
  const outside = hours === undefined || !isAsking(service) ? [] : hoursOutside(seen.hours, hours);
  return outside.length === 0 ? { passes: true, peer } : { passes: false, ...outsideWords(peer, hours ?? '', outside) };
}

/** Hours of the day that were seen and do not lie in `hours` as a whole. */
function hoursOutside(mask: number, hours: string): readonly number[] {
  return hoursOf(mask).filter((hour) => !(isWithinHours(hours, hour * 60) && isWithinHours(hours, hour * 60 + 59)));
}

/** The hours of a mask. */
export function hoursOf(mask: number): readonly number[] {
  return Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => (mask & (1 << hour)) !== 0);
}

function outsideWords({ aeTitle }: Peer, hours: string, outside: readonly number[]) {
  const list = outside.map((hour) => `${String(hour).padStart(2, '0')} h`).join(', ');
  return {
    why: text(
      `« ${aeTitle} » a aussi interrogé à ${list} ; ses heures sont ${hours}.`,
      `"${aeTitle}" asked at ${list} too; its hours are ${hours}.`,
    ),
    hint: '',
    isPartly: true as const,
  };
}

/** Whether a relay leads what was seen somewhere; undefined for what is not relayed. */
export function relayOf(seen: Sighting, relays: readonly Relay[]): Relay | undefined {
  const { service } = seen;
  return isRelayed(service) ? relayFor(relays, seen.peer, service) : undefined;
}

function isRelayed(service: Sighting['service']): service is RelayedService {
  return (RELAYED_SERVICES as readonly string[]).includes(service);
}
