import type { PEOPLE_CONTROL, PlanAnswer } from '@leadglass/contract';
import type { Clock, Fault, Logger, Text } from '@leadglass/kit';
import type { Ledger } from '@leadglass/ledger';
import type {
  ChartRetention,
  ClamavSettings,
  ContinuitySettings,
  Destination,
  Feed,
  Hl7Destination,
  Peer,
  Quirk,
  Relay,
  Route,
  Sha256,
} from '@leadglass/model';
import type { Custody, Records } from '@leadglass/records';
import type { ObjectCheck } from '@leadglass/vault';
import type { CatalogueHost } from './catalogue-host.ts';
import type { ClamavState } from './clamav-watch.ts';
import type { Continuity } from './continuity/continuity.ts';
import type { PulledParts } from './continuity/pulled.ts';
import type { ContinuitySetHost } from './continuity/set-host.ts';
import type { DecoderPool } from './decoder-pool.ts';
import type { connectorTo } from './destinations.ts';
import type { DrillHost } from './drill/drill-host.ts';
import type { ChartHost } from './feeds/chart-host.ts';
import type { FeedDesk } from './feeds/feed-desk.ts';
import type { Hl7Acts } from './hl7/hl7-host.ts';
import type { Identity } from './identity/identity.ts';
import type { Imports } from './imports.ts';
import type { Flows } from './overview/flows.ts';
import type { ReconcileActs } from './reconcile/reconcile-host.ts';
import type { ScheduleActs } from './schedule/schedule-host.ts';
import type { SiteRulesState } from './site-rules.ts';

/** The part of `Records` the control socket works with. */
export type ControlRecords = Pick<
  Records,
  | 'glass'
  | 'peers'
  | 'destinations'
  | 'routes'
  | 'relays'
  | 'quirks'
  | 'clamav'
  | 'continuity'
  | 'retention'
  | 'chartRetention'
  | 'continuitySet'
  | 'destroyCustody'
  | 'replaceConfig'
  | 'appendEvents'
  | 'events'
  | 'findEvents'
  | 'custody'
  | 'custodyByInstance'
  | 'listCustody'
  | 'holds'
  | 'hold'
  | 'releaseHold'
  | 'destroyHold'
  | 'holdRequest'
  | 'holdRequests'
  | 'askDecision'
  | 'withdrawRequest'
  | 'certificates'
  | 'operators'
  | 'addOperator'
  | 'removeOperator'
  | 'webTokens'
  | 'listDeliveries'
  | 'retryDeliveries'
  | 'counts'
  | 'sightings'
  | 'ruleMatches'
  | 'setting'
  | 'setSetting'
  | 'retrieval'
  | 'overview'
  | 'outages'
  | 'reconciliation'
  | 'charts'
  | 'feeds'
  | 'hl7Destinations'
  | 'hl7'
  | 'drills'
>;

/** Who may speak to us, and where what they send goes. */
export interface GatewayConfig {
  readonly peers: readonly Peer[];
  readonly destinations: readonly Destination[];
  readonly routes: readonly Route[];
  readonly relays?: readonly Relay[];
  /** What the site accepts of its devices. */
  readonly quirks?: readonly Quirk[];
  readonly clamav?: ClamavSettings;
  readonly feeds?: readonly Feed[];
  readonly hl7Destinations?: readonly Hl7Destination[];
  readonly continuity?: ContinuitySettings;
  readonly retention?: ChartRetention;
}

/** What a configuration file would do, and what it holds when it has no problems. */
export interface ConfigReading extends PlanAnswer {
  readonly config?: GatewayConfig;
}

/** What the control socket asks of the console's process. */
export interface ConsoleSide {
  /** Every `https://HOST:PORT` under which it is reached; none while it does not run. */
  origins(): readonly string[];
  /** Something about people, for the owner of the machine. Rejects with a Fault `control.*`, also while it does not run. */
  asOwner(name: keyof typeof PEOPLE_CONTROL, request: unknown): Promise<unknown>;
}

/** All that the control socket asks of the running gateway. The composition root implements it. */
export interface ControlServices {
  readonly home: string;
  readonly version: string;
  /** Wall time, milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: ControlRecords;
  readonly ledger: Pick<Ledger, 'size' | 'entry' | 'prove' | 'checkpoint' | 'tile'>;
  /** The key that checks its checkpoints (C2SP vkey). */
  readonly ledgerKey: string;
  /** What goes over the gateway, counted as it happens. */
  readonly flows: Flows;
  /** Outages, give-back and isolation. */
  readonly continuity: Pick<Continuity, 'outages' | 'giveBacks' | 'isolation' | 'feeds'>;
  /** What each delivery worker is doing. */
  destinationStates(): readonly { readonly destination: string; readonly fault: string | undefined }[];
  /** Why nothing is accepted at this moment, or undefined. */
  gate(): Fault | undefined;

  /** What listens where: `{name: 'dimse', address: '0.0.0.0:11112'}`. */
  listeners(): readonly { readonly name: string; readonly address: string }[];
  load(): { readonly associations: number; readonly intakes: number };
  /** The site's ClamAV and how it is; undefined without one. */
  clamav(): ClamavState | undefined;
  /** What is not as it should be, in sentences. */
  troubles(): readonly { readonly code: string; readonly text: Text }[];

  /** Peers, destinations or routes were replaced in `records`: takes them up, without a restart, before it resolves. */
  configChanged(): Promise<void>;
  /** The YARA rules in force, and what is wrong with what lies in the site's folder. */
  siteRules(): Promise<SiteRulesState>;
  /** Reads the site's folder now. */
  reloadSiteRules(): Promise<SiteRulesState>;
  /** The index of patients and studies. */
  readonly catalogue: Pick<CatalogueHost, 'status' | 'rebuild' | 'search'>;
  /** Charts of patients, and who tells of them. */
  readonly charts: Pick<ChartHost, 'catchUp' | 'changed' | 'keeping' | 'pseudonymOf' | 'reader' | 'sealer'>;
  readonly feeds: Pick<FeedDesk, 'connectionsOf' | 'readAgain'>;
  /** What devices go on working with. */
  readonly schedule: ScheduleActs;
  /** Temporary identities. */
  readonly reconcile: ReconcileActs;
  /** Information systems that are told by HL7. */
  readonly hl7: Hl7Acts;
  /** Drills of the bad day. */
  readonly drill: Pick<DrillHost, 'run' | 'settings' | 'nextMs' | 'runningNo'>;
  /** Of a continuity box: what it pulled besides images. */
  readonly pulled: PulledParts;
  /** What is kept ready for a bad day. */
  readonly continuitySet: Pick<ContinuitySetHost, 'gauge' | 'index' | 'nodes' | 'exports'>;
  /** Deliveries of `destination` became due: looks at them now. */
  deliveriesDue(destination: string): void;
  /** Events were appended to `records`: sequences them into the ledger soon. */
  eventsAppended(): void;

  /** Opens associations as deliveries do. */
  readonly connect: ReturnType<typeof connectorTo>;
  /** The console's process, as far as it runs. */
  readonly console: ConsoleSide;

  /** Who is who: certificates, authorities, the TLS listener. */
  readonly identity: Identity['acts'];
  /** Certificates that end within 90 days or have ended, the soonest first. */
  certificatesEnding(): ReturnType<Identity['ending']>;
  /** Who may speak to us, as it is in force. */
  rules(): { readonly peers: readonly Peer[]; readonly destinations: readonly Destination[] };
  /** Who may send while an import runs. */
  readonly imports: Pick<Imports, 'open' | 'close' | 'openOne' | 'closeOne'>;
  /** A keyed pseudonym of an identity's digest: nobody without the key can try identities against it. */
  identityPseudonym(digest: string): string;

  /**
   * The plain Part 10 file, or the bytes of it that `range` names, authenticated piece by piece; nothing outside the range is read.
   * Rejects with Fault `vault.*`; what came before is then not to be kept.
   */
  openObject(sha256: Sha256, range?: { readonly from: number; readonly to: number }): AsyncIterable<Uint8Array>;
  /** Writes what was seen and waits to be written. */
  flushSightings(): Promise<void>;
  /** Where held objects are parsed for the eye: sandboxed processes. */
  readonly decoders: Pick<DecoderPool, 'preview' | 'attributes'>;
  /** Opens and hashes one object. */
  checkObject(sha256: Sha256): Promise<ObjectCheck>;
  /** Removes the sealed bytes of an object that is about to leave custody, durably, wherever its record says they lie. May be repeated. */
  removeObject(custody: Custody): Promise<void>;

  /** The configuration as YAML that `readConfig` takes back. */
  renderConfig(config: GatewayConfig): string;
  /** Reads YAML strictly: all problems at once, or the changes it would make to `current`. */
  readConfig(source: string, current: GatewayConfig): ConfigReading;
}
