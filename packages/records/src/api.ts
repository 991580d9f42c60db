import type {
  Act,
  Answer,
  Arrival,
  ArrivalOutcome,
  ChartRetention,
  ClamavSettings,
  Commitment,
  ContinuitySettings,
  Delivery,
  Destination,
  Event,
  Feed,
  FlowChoice,
  Hl7Destination,
  IssuedCertificate,
  KnownDevice,
  Operator,
  Peer,
  Place,
  Quirk,
  Relay,
  Route,
  Sha256,
  Sighting,
} from '@leadglass/model';
import type { CatalogueRecords } from './catalogue-api.ts';
import type { ChartRetentionRecords } from './chart-retention.ts';
import type { Charts } from './charts.ts';
import type { ContinuityRecords } from './continuity.ts';
import type { Drills } from './drills.ts';
import type { GlassList } from './glass.ts';
import type { Hl7Owed } from './hl7-owed.ts';
import type { Outages } from './outages.ts';
import type { Overview } from './overview.ts';
import type { Pulled } from './pulled.ts';
import type { Reconciliation } from './reconciliation.ts';
import type { Reports } from './reports.ts';
import type { Retrieval } from './retrieval.ts';
import type { Schedule } from './schedule.ts';
import type { SettingsChange } from './scripts/past.ts';
import type { Steps } from './steps.ts';
import type { WebTokens } from './web-tokens.ts';

/** One arrival to take into custody, with all that must become durable together with it. */
export interface ArrivalCommit {
  readonly arrival: Arrival;
  /** Destination names to deliver to; empty when held or refused. */
  readonly destinations: readonly string[];
  /** Makes the event once the outcome is known, inside the same transaction. */
  event(outcome: ArrivalOutcome): Event;
  /** Recorded as what the sender is about to be told. */
  readonly answer: Answer;
  /** Whether the bytes are kept (false for a refused arrival: only arrival row and event). */
  readonly isKept: boolean;
  /** How many people it takes to decide about it when it is held, as its flow chooses now. */
  readonly decisions?: Pick<FlowChoice, Act>;
  /** What is known from then on because of it; nothing of it when it is held or not kept. */
  readonly learns?: Learnt;
  /** Its attributes for the catalogue, sealed; without them it enters the catalogue at the next rebuild. */
  readonly catalogued?: Uint8Array;
  /** The temporary identity it came under, which its deliveries wait for; `event` tells of the first object under it. */
  readonly awaits?: { readonly number: string; event(arrival: Arrival, destinations: readonly string[]): Event };
}

/** What a delivered object teaches. */
export interface Learnt {
  /** Pseudonyms its patient may be known by. */
  readonly patients: readonly string[];
  /** Digest of its pixels; empty when none was taken. */
  readonly pixelSha256: string;
  /** Digests of its private creators that the peer had not sent before. */
  readonly creators: readonly string[];
  /** The device it comes from, when that is new under its title: learnt of a held object too, once a person releases it. */
  readonly device?: Omit<KnownDevice, 'peer' | 'firstSeenMs'>;
}

/** Of what to tell what is known. */
export interface KnownAsk {
  readonly sha256: Sha256;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly hasPixelDigest: boolean;
}

/** What is known of an object before it is decided about. */
export interface KnownObject {
  /** The same SOP Instance UID is in custody with other content, and this content is not. */
  readonly hasOtherContent: boolean;
  /** Of the very same bytes. */
  readonly earlierHold: HoldState | undefined;
  readonly studyPatients: readonly string[];
  readonly instancePixels: readonly string[];
}

/** What is known of the devices behind a title, and under which others one of them came. */
export interface DevicesKnown {
  readonly ofPeer: readonly KnownDevice[];
  readonly others: readonly string[];
}

/** An object in custody. */
export interface Custody {
  readonly sha256: Sha256;
  readonly place: Place;
  readonly plainBytes: number;
  readonly sealedBytes: number;
  readonly metaBytes: number;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly modality: string;
  readonly patient: string;
  readonly verdict: string;
  readonly findings: string;
  readonly firstArrivalId: string;
  readonly firstAssociationId: string;
  readonly peer: string;
  readonly remoteAddress: string;
  readonly receivedAtMs: number;
}

export type CopyState = 'none' | 'owed' | 'made' | 'impossible';

export type HoldState = 'held' | 'released' | 'destroyed';

export interface Hold {
  readonly sha256: Sha256;
  readonly state: HoldState;
  readonly heldAtMs: number;
  readonly peer: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly verdict: string;
  /** JSON array of Text. */
  readonly reasons: string;
  /** JSON array of Finding. */
  readonly findings: string;
  readonly decidedBy: string;
  readonly decidedAtMs: number;
  readonly decisionReason: string;
  /** Of the disarmed copy: `none` owed, `owed`, `made` (then `copySha256`), `impossible`. */
  readonly copy: CopyState;
  readonly copySha256: string;
  /** How many people it takes, as it was chosen when the object was held. */
  readonly decisions: Pick<FlowChoice, Act>;
}

/** What the first of two people decided about a held object, until the second does. */
export interface HoldRequest {
  readonly sha256: Sha256;
  readonly id: string;
  readonly act: Act;
  /** Name and public key of whoever asked, at the time. */
  readonly operator: string;
  readonly publicKey: string;
  readonly reason: string;
  readonly askedAtMs: number;
  /** It stands before this, and not from then on. */
  readonly untilMs: number;
}

/** When a rule of the site matched last. */
export interface RuleMatch {
  /** `quirk NAME`. */
  readonly rule: string;
  readonly lastMs: number;
  readonly count: number;
}

export interface StatusCounts {
  readonly custody: { readonly objects: number; readonly bytes: number; readonly notLaidOut: number };
  readonly deliveries: { readonly pending: number; readonly delivered: number; readonly failed: number };
  readonly holds: number;
  readonly events: { readonly total: number; readonly unsequenced: number };
}

/** A due delivery with what is needed to send it. */
export interface DueDelivery extends Delivery {
  readonly custody: Custody;
}

export interface DeliveryResult {
  readonly id: number;
  readonly outcome: 'delivered' | 'retry' | 'failed';
  readonly atMs: number;
  readonly nextAtMs?: number;
  readonly status?: number;
  readonly fault?: string;
  readonly commitment?: Commitment;
}

/** Metadata and queues. Every method is one transaction unless it says otherwise; all durable when the promise resolves. Throws Fault `records.*` (transient unless said). */
export interface Records {
  /** What searches are answered from, sealed. */
  readonly catalogue: CatalogueRecords;
  /** Takes arrivals into custody, in order, in one transaction. Idempotent by sha256: a duplicate stores nothing again, nor delivers again where a delivery row exists. */
  commitArrivals(batch: readonly ArrivalCommit[]): Promise<readonly ArrivalOutcome[]>;
  /** Records events on their own. */
  appendEvents(events: readonly Event[]): Promise<void>;

  /** What is known of an object that has just come: reads alone. */
  knownOf(asked: KnownAsk): Promise<KnownObject>;
  /** Digests of the private creators `peer` has sent, at most 1,024. */
  creatorsOfPeer(peer: string): Promise<readonly string[]>;

  custody(sha256: Sha256): Promise<Custody | undefined>;
  custodyByInstance(sopInstanceUid: string): Promise<readonly Custody[]>;
  /** In order of sha256, after `after` (exclusive). */
  listCustody(after: string, limit: number): Promise<readonly Custody[]>;
  /** Objects still in a lane, oldest first. */
  listInLanes(limit: number): Promise<readonly Custody[]>;
  /** Records that these objects now have their own files. */
  laidOut(sha256s: readonly Sha256[]): Promise<void>;
  /** Points an object at new bytes, sealed anew, in place of bytes that were lost; false when it is not in custody. */
  replaceBytes(sha256: Sha256, place: Place, sealedBytes: number, events: readonly Event[]): Promise<boolean>;
  /** Lane files that custody still points into. */
  laneFilesInUse(): Promise<readonly string[]>;
  /** Removes a custody row whose bytes are being destroyed (hold destroy), with its pending deliveries. */
  destroyCustody(sha256: Sha256, events: readonly Event[]): Promise<void>;

  /** Up to `limit` pending deliveries of `destination` that are due, oldest first. */
  dueDeliveries(destination: string, nowMs: number, limit: number): Promise<readonly DueDelivery[]>;
  /** Of these, those that fell due at `sinceMs` or later. */
  dueSince(destination: string, sinceMs: number, nowMs: number, limit: number): Promise<readonly DueDelivery[]>;
  /** When the next pending delivery of `destination` falls due, or undefined. */
  nextDueMs(destination: string): Promise<number | undefined>;
  recordDeliveries(results: readonly DeliveryResult[], events: readonly Event[]): Promise<void>;
  /** Makes failed deliveries of `destination` (all, or of one object) pending again; returns how many. When there are any, `event` tells of it. */
  retryDeliveries(
    destination: string,
    nowMs: number,
    sha256?: Sha256,
    event?: (retried: number) => Event,
  ): Promise<number>;
  listDeliveries(
    filter: { readonly state?: string; readonly destination?: string; readonly sha256?: string },
    limit: number,
  ): Promise<readonly Delivery[]>;

  /** Delivered objects whose commitment is wanted, of one destination. */
  wantedCommitments(destination: string, limit: number): Promise<readonly DueDelivery[]>;
  askedCommitment(
    transactionUid: string,
    destination: string,
    deliveryIds: readonly number[],
    atMs: number,
  ): Promise<void>;
  /** Answers of one N-EVENT-REPORT. Returns false when the transaction is unknown. */
  answeredCommitment(
    transactionUid: string,
    committed: readonly string[],
    refused: readonly { readonly sopInstanceUid: string; readonly failureReason: number }[],
    events: readonly Event[],
  ): Promise<boolean>;

  holds(state: HoldState | undefined, limit: number): Promise<readonly Hold[]>;
  hold(sha256: Sha256): Promise<Hold | undefined>;
  /** Marks released and queues deliveries. `requestId`: the request this answers, which must still be there (Fault `records.request-gone`). */
  releaseHold(
    sha256: Sha256,
    by: string,
    reason: string,
    atMs: number,
    destinations: readonly string[],
    events: readonly Event[],
    requestId?: string,
  ): Promise<void>;
  /** Marks destroyed and removes custody; `requestId` as above. */
  destroyHold(
    sha256: Sha256,
    by: string,
    reason: string,
    atMs: number,
    events: readonly Event[],
    requestId?: string,
  ): Promise<void>;

  /** What waits for the second of two people; what no longer stands too. */
  holdRequest(sha256: Sha256): Promise<HoldRequest | undefined>;
  holdRequests(): Promise<readonly HoldRequest[]>;
  /** Records what the first of two people decided, in place of one that no longer stands. Throws Faults `records.not-held`, `records.already-asked`. */
  askDecision(request: HoldRequest, events: readonly Event[]): Promise<void>;
  /** Throws Fault `records.request-gone` when it is not there. */
  withdrawRequest(sha256: Sha256, id: string, events: readonly Event[]): Promise<void>;

  /** By name; one who has a key and a passkey comes twice. */
  operators(): Promise<readonly Operator[]>;
  /** False when the name (among those with such a key) or the key is taken: nothing is done. */
  addOperator(operator: Operator, events: readonly Event[]): Promise<boolean>;
  /** With all their keys. False when there is none of that name: nothing is done. */
  removeOperator(name: string, events: readonly Event[]): Promise<boolean>;

  /** What the site's authority issued, newest first. */
  certificates(): Promise<readonly IssuedCertificate[]>;
  issueCertificate(certificate: IssuedCertificate, events: readonly Event[]): Promise<void>;
  /** False when there is none of that fingerprint, or it is revoked already: nothing is done. */
  revokeCertificate(sha256: string, atMs: number, reason: string, events: readonly Event[]): Promise<boolean>;
  /** What is known of the device `digest` under `peer`. */
  devicesKnown(peer: string, digest: string): Promise<DevicesKnown>;
  /** The devices behind the titles, at most 20,000. */
  devices(): Promise<readonly KnownDevice[]>;

  /** Held objects whose disarmed copy is still owed, longest held first. */
  pendingCopies(limit: number): Promise<readonly Custody[]>;
  /** Takes the disarmed copy of a held object into custody and queues its deliveries; false when none is owed any more (released, destroyed): nothing is done. */
  commitCopy(original: Sha256, copy: ArrivalCommit): Promise<boolean>;
  /** Records that no disarmed copy of this object can be made; without effect when none is owed. */
  copyImpossible(original: Sha256, events: readonly Event[]): Promise<void>;

  peers(): Promise<readonly Peer[]>;
  destinations(): Promise<readonly Destination[]>;
  routes(): Promise<readonly Route[]>;
  /** In the order in which they decide. */
  relays(): Promise<readonly Relay[]>;
  /** What the site accepts of its devices. */
  quirks(): Promise<readonly Quirk[]>;
  /** The site's ClamAV, when there is one. */
  clamav(): Promise<ClamavSettings | undefined>;
  /** Laboratories and information systems that may send. */
  feeds(): Promise<readonly Feed[]>;
  /** Information systems that are told by HL7. */
  hl7Destinations(): Promise<readonly Hl7Destination[]>;
  /** What the site chose of its continuity set, when it did. */
  continuity(): Promise<ContinuitySettings | undefined>;
  /** How long messages and charts are kept, when the site chose. */
  retention(): Promise<ChartRetention | undefined>;
  /** Replaces the lists as a whole, with the event that tells of it. Pending deliveries of a removed destination stay and are told. */
  replaceConfig(
    config: {
      readonly peers: readonly Peer[];
      readonly destinations: readonly Destination[];
      readonly routes: readonly Route[];
      /** Absent: there are none from now on. */
      readonly relays?: readonly Relay[];
      /** Absent: they stay as they are. */
      readonly quirks?: readonly Quirk[];
      /** Absent: there is none from now on. */
      readonly clamav?: ClamavSettings;
      readonly feeds?: readonly Feed[];
      readonly hl7Destinations?: readonly Hl7Destination[];
      /** Absent: the defaults from now on. */
      readonly continuity?: ContinuitySettings;
      readonly retention?: ChartRetention;
    },
    events: readonly Event[],
    /** Remembered in the same transaction; absent: nothing is. */
    past?: SettingsChange,
  ): Promise<void>;

  /** Events not yet in the ledger, oldest first. */
  unsequenced(limit: number): Promise<readonly { readonly seq: number; readonly event: Event }[]>;
  /** Records that `events[i]` is ledger entry `firstIndex + i`, and enters what each is about into the index of events. */
  sequenced(events: readonly { readonly seq: number; readonly event: Event }[], firstIndex: number): Promise<void>;
  /** Events after `afterSeq`, oldest first; or the last `limit` when afterSeq is undefined. */
  events(
    filter: { readonly afterSeq?: number; readonly kinds?: readonly string[] },
    limit: number,
  ): Promise<readonly { readonly seq: number; readonly ledgerIndex: number | undefined; readonly event: Event }[]>;
  /** The event with this id (an event's, an arrival's or a ledger index as `#123`). */
  findEvents(
    id: string,
  ): Promise<readonly { readonly seq: number; readonly ledgerIndex: number | undefined; readonly event: Event }[]>;
  /** Highest ledger index recorded, or -1. */
  lastLedgerIndex(): Promise<number>;

  /** Adds up what was seen; kinds of traffic are bounded, whatever comes. */
  recordSightings(seen: readonly Sighting[], matches?: readonly RuleMatch[]): Promise<void>;
  /** What was seen last at `sinceMs` or later, the longest ago first. */
  sightings(sinceMs: number): Promise<readonly Sighting[]>;
  forgetSightings(beforeMs: number): Promise<void>;
  ruleMatches(): Promise<readonly RuleMatch[]>;
  /** Reports on storage commitment owed to devices. */
  readonly reports: Reports;
  /** Who may use the web services by a secret. */
  readonly webTokens: WebTokens;
  /** What feeds sent, and the charts of patients. */
  readonly charts: Charts;
  /** What of them is forgotten once it is old. */
  readonly chartRetention: ChartRetentionRecords;
  /** What the console shows beyond single nouns. */
  readonly overview: Overview;
  /** Patients opened without a relation that was told of, until somebody has looked at it. */
  readonly glass: GlassList;
  /** What destinations are owed. */
  readonly outages: Outages;
  /** The kept worklist, and what was registered here. */
  readonly schedule: Schedule;
  /** Performed procedure steps. */
  readonly steps: Steps;
  /** What information systems are told by HL7 of what was registered here. */
  readonly hl7: Hl7Owed;
  /** Temporary identities, and what came under them. */
  readonly reconciliation: Reconciliation;
  /** Drills of the bad day, and real outages beside them. */
  readonly drills: Drills;
  /** What a retrieval finds its objects by. */
  readonly retrieval: Retrieval;
  /** What the continuity set is chosen by. */
  readonly continuitySet: ContinuityRecords;
  /** What a continuity box pulled besides images. */
  readonly pulled: Pulled;

  setting(name: string): Promise<string | undefined>;
  /** `events`: what tells of it, in the same transaction. */
  setSetting(name: string, value: string, events?: readonly Event[]): Promise<void>;
  counts(): Promise<StatusCounts>;
  /** Fails with the Fault when the database cannot be written. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
