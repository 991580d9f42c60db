import type { Kysely } from 'kysely';
import { catalogueQueries } from './catalogue-queries.ts';
import { chartAndFeedQueries } from './chart-queries.ts';
import { chartRetentionQueries } from './chart-retention-queries.ts';
import { configurationQueries } from './configuration-queries.ts';
import { continuityQueries } from './continuity-queries.ts';
import { custodyQueries } from './custody-queries.ts';
import { decisionQueries } from './decision-queries.ts';
import { deliveryQueries } from './delivery-queries.ts';
import { drillQueries } from './drill-queries.ts';
import { eventQueries } from './event-queries.ts';
import { glassQueries } from './glass-queries.ts';
import { hl7OwedQueries } from './hl7-owed-queries.ts';
import { holdQueries } from './hold-queries.ts';
import { identityQueries } from './identity-queries.ts';
import { knownQueries } from './known-queries.ts';
import { outageQueries } from './outage-queries.ts';
import { overviewQueries } from './overview-queries.ts';
import { pulledQueries } from './pulled-queries.ts';
import { reconciliationQueries } from './reconciliation-queries.ts';
import { relayQueries } from './relay-queries.ts';
import { reportQueries } from './report-queries.ts';
import { retrievalQueries } from './retrieval-queries.ts';
import { scheduleQueries } from './schedule-queries.ts';
import type { Schema } from './schema.ts';
import { sightingQueries } from './sighting-queries.ts';
import { webTokenQueries } from './web-token-queries.ts';

/** Every query this room runs, compiled once for one engine's dialect. A test walks this list and asserts each query's plan. */
export function compileQueries(db: Kysely<Schema>) {
  return {
    ...custodyQueries(db),
    ...deliveryQueries(db),
    ...holdQueries(db),
    ...eventQueries(db),
    ...configurationQueries(db),
    ...relayQueries(db),
    ...knownQueries(db),
    ...decisionQueries(db),
    ...identityQueries(db),
    ...sightingQueries(db),
    ...catalogueQueries(db),
    ...reportQueries(db),
    ...retrievalQueries(db),
    ...webTokenQueries(db),
    ...overviewQueries(db),
    ...glassQueries(db),
    ...outageQueries(db),
    ...chartAndFeedQueries(db),
    ...chartRetentionQueries(db),
    ...scheduleQueries(db),
    ...reconciliationQueries(db),
    ...hl7OwedQueries(db),
    ...continuityQueries(db),
    ...drillQueries(db),
    ...pulledQueries(db),
  };
}

export type Queries = ReturnType<typeof compileQueries>;

/** The queries that read or empty a small table whole, on purpose. */
export const WHOLE_TABLE: readonly (keyof Queries)[] = [
  'peers',
  'destinations',
  'routes',
  'deletePeers',
  'deleteDestinations',
  'deleteRoutes',
  'relays',
  'deleteRelays',
  'quirks',
  'deleteQuirks',
  'operators',
  'personKeys',
  'requests',
  'certificates',
  'devices',
  'ruleMatches',
  'forgetMatches',
  'webTokens',
  'feedTallies',
  'schedulePeriods',
  'emptyInbox',
  'emptyHeldEntries',
  'emptyTokens',
  'emptySubjects',
  'emptyStudies',
  'emptySeries',
  'emptyModalities',
  'emptyInstances',
];
