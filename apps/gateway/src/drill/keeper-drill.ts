import type { Clock, Logger } from '@leadglass/kit';
import type { Custody } from '@leadglass/records';
import type { Certificates } from '../certificate-watch.ts';
import type { ContinuityHostOptions } from '../continuity/set-host.ts';
import { connectorTo } from '../destinations.ts';
import type { OpenedHome } from '../home.ts';
import type { Keeper } from '../keeper.ts';
import { DrillHost } from './drill-host.ts';

/** What the keeper keeps to itself and a drill needs. */
export interface DrillParts {
  readonly home: OpenedHome;
  readonly clock: Clock;
  readonly log: Logger;
  certificates(): Certificates;
  /** Whether people read images through the console. */
  hasPeople(): boolean;
}

/** The keeper's drills, which use its doors as anybody does. */
export function drillsOf(keeper: Keeper, { home, clock, log, certificates, hasPeople }: DrillParts): DrillHost {
  const { records, store } = keeper;
  const placeOf = async ({ sha256 }: Custody) => (await records.custody(sha256))?.place;
  return new DrillHost({
    ...{ clock, log, records, imports: keeper.imports, outages: keeper.continuity.outages },
    // Made after this.
    get charts() {
      return keeper.charts;
    },
    catalogue: keeper.catalogue,
    feeds: { takeOwn: (feed, message) => keeper.feeds.takeOwn(feed, message) },
    listeners: () => keeper.listeners,
    connect: (...asked) => connectorTo(certificates(), clock)(...asked),
    authority: () => certificates().tls.caPem,
    page: () => (hasPeople() ? { runFolder: home.paths.run, people: keeper.people } : undefined),
    upstreams: () => {
      const { routes, relays } = keeper.rules;
      return [...new Set([...routes, ...relays].map(({ to }) => to))];
    },
    gate: () => keeper.gate(),
    isIsolated: () => keeper.continuity.isolation.isOn,
    removeObject: (custody) => store.remove(custody, () => placeOf(custody)),
    catalogued: () => keeper.catalogue.poke(),
    eventsAppended: () => keeper.sequencer.poke(),
  });
}

/** The records of the continuity set, without what a drill made. */
export function setRecords(records: Keeper['records'], drill: () => DrillHost): ContinuityHostOptions['records'] {
  const { continuitySet, retrieval, webTokens, charts } = records;
  return {
    ...{ retrieval, webTokens, charts },
    get continuitySet() {
      return drill().without(continuitySet);
    },
    continuity: () => records.continuity(),
    setting: (name) => records.setting(name),
    setSetting: (...asked) => records.setSetting(...asked),
    appendEvents: (events) => records.appendEvents(events),
  };
}
