// Outward: what is sent to destinations, asked of upstreams, and answered in their place.

import { STORAGE_COMMITMENT_PUSH_MODEL } from '@leadglass/dimse';
import { systemRandomness } from '@leadglass/kit';
import type { RelayedService } from '@leadglass/model';
import { CommitmentAsker, DEFAULT_COMMITMENT_LIMITS, DEFAULT_DELIVERY_LIMITS, DeliveryEngine } from '@leadglass/relay';
import type { CatalogueHost } from '../catalogue-host.ts';
import type { CertificateWatch } from '../certificate-watch.ts';
import type { Continuity } from '../continuity/continuity.ts';
import type { DrillHost } from '../drill/drill-host.ts';
import { FindHost } from '../find-host.ts';
import { OperationDesk } from '../operation-desk.ts';
import { countedDeliveries } from '../overview/flows.ts';
import { OwnServicesHost } from '../own-host.ts';
import { plainDataSet, plainObject } from '../plain-objects.ts';
import type { ScheduleHost } from '../schedule/schedule-host.ts';
import type { Ground } from './ground.ts';

/** An upstream that moves a large study need not say anything before it is done; that it goes on is seen by what comes. */
const LONGEST_RETRIEVAL_MS = 6 * 60 * 60_000;
/** Whoever reports on commitment opens the association and proposes to be its SCP (PS3.4 §J.3.3). */
const AS_COMMITMENT_SCP = [{ sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL, scu: false, scp: true }];

/** Services answered from our own vault and catalogue where no relay says who answers. */
const ANSWERED_HERE: ReadonlySet<RelayedService> = new Set<RelayedService>([
  'find',
  'move',
  'get',
  'commit',
  'worklist',
  'mpps',
]);

export function newCommitments({ records, clock, log }: Ground, { connect }: Continuity): CommitmentAsker {
  const limits = DEFAULT_COMMITMENT_LIMITS;
  return new CommitmentAsker({ connect, records, clock, log, randomness: systemRandomness, limits });
}

export interface DeliveryWiring {
  readonly continuity: Continuity;
  readonly commitments: CommitmentAsker;
}

export function newDeliveries(
  { home, records, store, flows, clock, log }: Ground,
  { continuity, commitments }: DeliveryWiring,
): DeliveryEngine {
  return new DeliveryEngine({
    ...{ connect: continuity.connect, clock, log, randomness: systemRandomness },
    records: countedDeliveries(records, flows),
    openPlain: (custody) => plainDataSet(store, home.keys.site, custody),
    limits: DEFAULT_DELIVERY_LIMITS,
    commitmentWanted: (destination) => commitments.wanted(destination),
    outages: continuity.forDeliveries,
  });
}

export function newOwn(ground: Ground, continuity: Continuity): OwnServicesHost {
  const { home, records, store, clock, log, inForce, learning, pseudonyms, intakes, teller } = ground;
  const { connect } = continuity;
  return new OwnServicesHost({
    ...{ records, clock, log, randomness: systemRandomness, connect, learning },
    isAsked: (upstream) => !continuity.isUnasked(upstream),
    connectToReport: (destination, contexts, signal) => connect(destination, contexts, signal, AS_COMMITMENT_SCP),
    connectUpstream: (destination, contexts, signal) =>
      connect(destination, contexts, signal, [], LONGEST_RETRIEVAL_MS),
    rules: () => inForce.rules,
    holds: (stored) => store.holds(stored),
    openPlain: (object) => plainObject(store, home.keys.site, object, object.metaBytes),
    pseudonyms: (issuer, patientId) => pseudonyms.all(issuer, patientId),
    tellIntake: ({ intake }, message, socket) =>
      socket === undefined ? intakes().tell(intake, message) : intakes().give(intake, message, socket),
    tell: (event) => teller.later(event),
    told: () => teller.poke(),
    runFolder: home.paths.run,
  });
}

export function newFinds(
  { clock, log, inForce, learning, intakes, teller }: Ground,
  { catalogue, drill }: { readonly catalogue: CatalogueHost; readonly drill: DrillHost },
): FindHost {
  return new FindHost({
    ...{ clock, log, rules: () => inForce.rules, learning },
    searchFor: (calling) => drill.searchFor(calling, (...asked) => catalogue.search(...asked)),
    tellIntake: (connection, message) => intakes().tell(connection.intake, message),
    tell: (event) => teller.later(event),
  });
}

export interface OperationWiring {
  readonly continuity: Continuity;
  readonly certificates: CertificateWatch;
  readonly schedule: ScheduleHost;
}

export function newOperations(
  { clock, log, inForce, learning, intakes, teller }: Ground,
  { continuity, certificates, schedule }: OperationWiring,
): OperationDesk {
  return new OperationDesk({
    ...{ clock, log, intakes: intakes(), learning, schedule },
    rules: () => inForce.rules,
    certificates: () => certificates.current,
    answers: (service) => ANSWERED_HERE.has(service),
    outages: continuity.outages,
    isCut: (destination) => continuity.isolation.isCut(destination),
    tell: (events) => teller.later(...events),
  });
}
