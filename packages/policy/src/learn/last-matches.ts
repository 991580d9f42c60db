import type { Peer, Relay, Route, Sighting } from '@leadglass/model';
import { cidrContains, parseCidr } from '../cidr.ts';
import { routesFor } from '../rights.ts';
import { relayOf } from './judge.ts';
import { type Evidence, evidenceOf } from './propose.ts';

/** A rule, and what matched it; undefined when nothing did as far back as was recorded. */
export interface RuleUse<T> {
  readonly rule: T;
  readonly use: Evidence | undefined;
}

export interface RuleUses {
  readonly peers: readonly RuleUse<Peer>[];
  readonly routes: readonly RuleUse<Route>[];
  readonly relays: readonly RuleUse<Relay>[];
}

/** What each rule was good for. A sighting that was let pass by observation alone is no match of a peer. */
export function usesOf(
  sightings: readonly Sighting[],
  rules: { readonly peers: readonly Peer[]; readonly routes: readonly Route[]; readonly relays: readonly Relay[] },
): RuleUses {
  const associations = sightings.filter(({ service, outcome }) => service === 'association' && outcome === 'passed');
  const stored = sightings.filter(({ service, outcome }) => service === 'store' && outcome !== 'refused');
  const relayed = sightings.filter(({ outcome }) => outcome !== 'refused');
  return {
    peers: rules.peers.map((rule) => ({ rule, use: evidenceOf(associations.filter((seen) => isOf(seen, rule))) })),
    routes: rules.routes.map((rule) => ({
      rule,
      use: evidenceOf(stored.filter(({ peer }) => routesFor([rule], peer).length > 0)),
    })),
    relays: rules.relays.map((rule) => ({
      rule,
      use: evidenceOf(relayed.filter((seen) => relayOf(seen, rules.relays) === rule)),
    })),
  };
}

function isOf(seen: Sighting, peer: Peer): boolean {
  const range = parseCidr(peer.from);
  if (seen.peer !== peer.aeTitle || range === undefined || !cidrContains(range, seen.address)) return false;
  return peer.certSha256 === undefined || peer.certSha256 === seen.certSha256;
}
