// Inward: who else calls than DICOM devices; clients of the web interface, people, and systems that tell of patients.
import { join } from 'node:path';
import { diskTileStore, originOf, verifierKey } from '@leadglass/ledger';
import type { CatalogueHost } from '../catalogue-host.ts';
import type { CertificateWatch } from '../certificate-watch.ts';
import type { Viewers } from '../console/viewers.ts';
import type { Continuity } from '../continuity/continuity.ts';
import { ContinuityDesk } from '../continuity/desk.ts';
import type { PulledParts } from '../continuity/pulled.ts';
import type { ContinuitySetHost } from '../continuity/set-host.ts';
import { DecoderPool } from '../decoder-pool.ts';
import type { DrillHost } from '../drill/drill-host.ts';
import { ChartHost } from '../feeds/chart-host.ts';
import { FeedDesk } from '../feeds/feed-desk.ts';
import type { Identity } from '../identity/identity.ts';
import { WebDesk } from '../web/desk.ts';
import { PipeMaker } from '../web/pour.ts';
import { webSessions } from '../web/sessions.ts';
import type { AfterCommit } from './after-commit.ts';
import type { Ground } from './ground.ts';
import { decodersHere } from './wiring-sandbox.ts';

export interface WebWiring extends ContinuityDeskWiring {
  readonly catalogue: CatalogueHost;
  readonly drill: DrillHost;
  readonly continuity: Continuity;
  readonly identity: Identity;
  readonly people: Viewers;
  isStopping(): boolean;
}

export function newWeb(ground: Ground, wiring: WebWiring): WebDesk {
  const { home, records, store, clock, log, inForce, learning, gate, connections, intakes, lies, teller } = ground;
  const { catalogue, drill, continuity, identity, people, isStopping } = wiring;
  return new WebDesk({
    ...{ store, site: home.keys.site, retrieval: records.retrieval, clock, log, learning, gate },
    catalogue: () => ({ search: drill.hidden((...asked) => catalogue.search(...asked)) }),
    decoders: new DecoderPool({ count: decodersHere() }),
    pipes: new PipeMaker(join(home.paths.run, 'pour.sock')),
    rules: () => ({
      ...inForce.rules,
      peers: inForce.rules.peers.filter((peer) => !continuity.isolation.isCutPeer(peer)),
    }),
    continuity: newContinuityDesk(ground, wiring),
    isObserved: (peer) => inForce.isObserved(peer),
    shown: (certificate) => identity.shown(certificate),
    tokens: () => inForce.webTokens,
    viewers: people,
    ...webSessions(connections, intakes, lies),
    hand: (id, isTls, socket) => (isStopping() ? undefined : intakes().hand(id, isTls, socket, 'web')),
    tell: (event) => teller.tell(teller.event(event)),
    stranger: (remoteAddress, why) =>
      teller.strangers.came(connections.refusedEvent({ remoteAddress, listener: 'web' }, why)),
  });
}

interface ContinuityDeskWiring {
  readonly continuitySet: ContinuitySetHost;
  readonly certificates: CertificateWatch;
}

function newContinuityDesk(
  { home, records, store }: Ground,
  { continuitySet, certificates }: ContinuityDeskWiring,
): ContinuityDesk {
  return new ContinuityDesk({
    ...{ nodes: continuitySet.nodes, retrieval: records.retrieval, store, site: home.keys.site },
    tiles: diskTileStore(home.paths.ledger),
    ledgerKey: verifierKey(originOf(home.keys.siteName), home.keys.ledgerSigning),
    authority: () => certificates.current.tls.caPem,
    set: () => continuitySet.set(),
    parts: continuitySet.parts,
  });
}

export interface ChartWiring {
  readonly continuity: Continuity;
  readonly drill: DrillHost;
  /** Made later. */
  pulled(): PulledParts;
}

export function newCharts(
  { home, records, clock, log, inForce, pseudonyms, teller }: Ground,
  { continuity, drill, pulled }: ChartWiring,
): ChartHost {
  return new ChartHost({
    ...{ records, indexKey: home.keys.indexKey, clock, log, feeds: () => inForce.rules.feeds },
    pseudonym: (words) => pseudonyms.ofWords(words),
    silentSinceMs: (feed) => continuity.feeds.silentSinceMs(feed),
    pseudonyms: (issuer, patientId) => pseudonyms.all(issuer, patientId),
    pulledFeeds: () => pulled().feeds(),
    entered: (receivedAtMs) => drill.outageTimes.charted(receivedAtMs),
    told: () => teller.poke(),
  });
}

export interface FeedWiring {
  readonly charts: ChartHost;
  readonly drill: DrillHost;
  readonly continuity: Continuity;
  readonly identity: Identity;
  readonly web: WebDesk;
  readonly afterCommit: AfterCommit;
  isStopping(): boolean;
}

export function newFeeds(ground: Ground, wiring: FeedWiring): FeedDesk {
  const { home, records, clock, log, inForce, gate, connections, intakes, lies, teller } = ground;
  const { charts, drill, continuity, identity, web, afterCommit, isStopping } = wiring;
  return new FeedDesk({
    ...{ records: records.charts, sealer: charts.sealer, clock, log, siteName: home.keys.siteName, gate, lies },
    feeds: () => [...drill.feeds, ...inForce.rules.feeds],
    isCutAddress: (address) => continuity.isolation.isCutAddress(address),
    shown: (certificate) => identity.shown(certificate),
    nextConnection: () => connections.nextId(),
    hand: (id, isTls, socket) => (isStopping() ? undefined : intakes().hand(id, isTls, socket, 'hl7')),
    say: (intake, message) => intakes().tell(intake, message),
    anyIntake: () => intakes().anyReady,
    forget: (id) => intakes().forget(id),
    tell: (event) => teller.later(event),
    stranger: (remoteAddress, listener, why) =>
      teller.strangers.came(connections.refusedEvent({ remoteAddress, listener }, why)),
    tokens: () => inForce.webTokens,
    webAddress: (intake, connection) => web.addressOf(intake, connection),
    spoke: (feed) => continuity.feeds.spoke(feed),
    kept: () => {
      charts.poke();
      afterCommit.foldLater();
    },
  });
}
