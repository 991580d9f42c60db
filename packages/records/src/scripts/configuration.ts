import type {
  ChartRetention,
  ClamavSettings,
  ContinuitySettings,
  Destination,
  Event,
  Feed,
  Hl7Destination,
  Peer,
  Quirk,
  Relay,
  Route,
} from '@leadglass/model';
import type { StatusCounts } from '../api.ts';
import type { Queries } from '../queries.ts';
import { destinationRow, peerRow, relayRow, routeRow } from '../rows.ts';
import { first, run, type Script } from '../script.ts';
import { appendEvents } from './events.ts';
import { rememberPast, type SettingsChange } from './past.ts';
import { newTally } from './tally.ts';

export interface Configuration {
  readonly peers: readonly Peer[];
  readonly destinations: readonly Destination[];
  readonly routes: readonly Route[];
  readonly relays?: readonly Relay[];
  readonly quirks?: readonly Quirk[];
  readonly clamav?: ClamavSettings;
  readonly feeds?: readonly Feed[];
  readonly hl7Destinations?: readonly Hl7Destination[];
  readonly continuity?: ContinuitySettings;
  readonly retention?: ChartRetention;
}

/** Where the settings of ClamAV stand; empty where there are none. */
export const CLAMAV_SETTING = 'clamav';
/** Where the feeds stand, as JSON; empty where there are none. */
export const FEEDS_SETTING = 'feeds';
/** Likewise of those who are told by HL7. */
export const HL7_DESTINATIONS_SETTING = 'hl7-destinations';
/** Likewise of the continuity set. */
export const CONTINUITY_SETTING = 'continuity';
/** Likewise of how long messages and charts are kept. */
export const RETENTION_SETTING = 'retention';

export function* replaceConfig(
  queries: Queries,
  config: Configuration,
  events: readonly Event[],
  past?: SettingsChange,
): Script<void> {
  yield* run(queries.deleteRoutes, {});
  yield* run(queries.deleteRelays, {});
  yield* run(queries.deleteDestinations, {});
  yield* run(queries.deletePeers, {});
  for (const [at, peer] of config.peers.entries()) yield* run(queries.insertPeer, peerRow(peer, at));
  for (const [at, destination] of config.destinations.entries())
    yield* run(queries.insertDestination, destinationRow(destination, at));
  for (const [at, route] of config.routes.entries()) yield* run(queries.insertRoute, routeRow(route, at));
  for (const [at, relay] of (config.relays ?? []).entries()) yield* run(queries.insertRelay, relayRow(relay, at));
  if (config.quirks !== undefined) yield* replaceQuirks(queries, config.quirks);
  const clamav = config.clamav === undefined ? '' : JSON.stringify(config.clamav);
  yield* run(queries.setSetting, { name: CLAMAV_SETTING, value: clamav });
  const feeds = config.feeds === undefined || config.feeds.length === 0 ? '' : JSON.stringify(config.feeds);
  yield* run(queries.setSetting, { name: FEEDS_SETTING, value: feeds });
  const hl7 = (config.hl7Destinations ?? []).length === 0 ? '' : JSON.stringify(config.hl7Destinations);
  yield* run(queries.setSetting, { name: HL7_DESTINATIONS_SETTING, value: hl7 });
  const continuity = config.continuity === undefined ? '' : JSON.stringify(config.continuity);
  yield* run(queries.setSetting, { name: CONTINUITY_SETTING, value: continuity });
  const retention = config.retention === undefined ? '' : JSON.stringify(config.retention);
  yield* run(queries.setSetting, { name: RETENTION_SETTING, value: retention });
  if (past !== undefined) yield* rememberPast(queries, past);
  yield* appendEvents(queries, events);
}

/** One setting, and the events that tell of it. */
export function* setSetting(queries: Queries, name: string, value: string, events: readonly Event[]): Script<void> {
  yield* run(queries.setSetting, { name, value });
  yield* appendEvents(queries, events);
}

function* replaceQuirks(queries: Queries, quirks: readonly Quirk[]): Script<void> {
  yield* run(queries.deleteQuirks, {});
  for (const [position, quirk] of quirks.entries())
    yield* run(queries.insertQuirk, { position, json: JSON.stringify(quirk) });
}

export function* counts(queries: Queries): Script<StatusCounts> {
  const tally = (yield* first(queries.tallies, {})) ?? newTally();
  const notLaidOut = yield* first(queries.countInLanes, {});
  const held = yield* first(queries.countHeld, {});
  const unsequenced = yield* first(queries.countUnsequenced, {});
  return {
    custody: { objects: tally.objects, bytes: tally.bytes, notLaidOut: Number(notLaidOut?.count ?? 0) },
    deliveries: { pending: tally.pending, delivered: tally.delivered, failed: tally.failed },
    holds: Number(held?.count ?? 0),
    events: { total: tally.events, unsequenced: Number(unsequenced?.count ?? 0) },
  };
}
