import type { AnswerInputOf } from '@leadglass/contract';
import { isObserved, usesOf } from '@leadglass/policy';
import type { ControlServices, GatewayConfig } from '../control-services.ts';
import { observationOf } from './observation.ts';

const MOST_LISTED = 200;

/** What is under observation, what each rule was good for, and what went beyond the rules. */
export async function showPolicy(
  services: ControlServices,
  { peers, routes, relays = [], quirks = [] }: GatewayConfig,
): Promise<AnswerInputOf<'policy.show'>> {
  await services.flushSightings();
  const { records, clock } = services;
  const now = clock.now();
  const observation = await observationOf(records);
  const [seen, matches] = [await records.sightings(0), await records.ruleMatches()];
  const uses = usesOf(seen, { peers, routes, relays });
  const last = new Map(matches.map((match) => [match.rule, match]));
  const recent = seen.toReversed();
  return {
    observation: {
      ranges: observation.ranges.map((range) => ({ ...range, isOver: range.untilMs <= now })),
      siteUntilMs: observation.siteUntilMs ?? null,
    },
    peers: uses.peers.map(({ rule, use }) => ({
      rule,
      use: use ?? null,
      isObserved: isObserved(rule, observation, now),
    })),
    routes: uses.routes.map(({ rule, use }) => ({ rule, use: use ?? null })),
    relays: uses.relays.map(({ rule, use }) => ({ rule, use: use ?? null })),
    quirks: quirks.map(({ name }) => {
      const match = last.get(`quirk ${name}`);
      const use =
        match === undefined ? null : { count: match.count, bytes: 0, firstMs: match.lastMs, lastMs: match.lastMs };
      return { rule: name, use };
    }),
    sinceMs: seen.length === 0 ? null : Math.min(...seen.map(({ firstMs }) => firstMs)),
    observed: recent.filter(({ outcome }) => outcome === 'observed').slice(0, MOST_LISTED),
    refused: recent.filter(({ outcome }) => outcome === 'refused').slice(0, MOST_LISTED),
  };
}
