import type { Text } from '@leadglass/kit';
import type { ChartEventFacts } from './chart-event.ts';
import type { DrillEventFacts } from './drill-event.ts';
import type { Hl7Facts } from './hl7-event.ts';
import type { IdentityFacts } from './identity-event.ts';
import type { ObjectFacts } from './object-facts.ts';
import type { Signed } from './operator.ts';
import type { Act, Service } from './peer.ts';
import type { ScheduleFacts } from './schedule-event.ts';

/** Facts of every kind of event. No patient data: UIDs, titles, addresses, counts, reasons. One entry of the ledger each. */
interface EventFacts extends ChartEventFacts, ScheduleFacts, IdentityFacts, Hl7Facts, DrillEventFacts {
  'gateway.started': { version: string; listeners: readonly string[] };
  'gateway.stopped': { reason: string };
  'intake.started': { intake: number };
  'intake.died': { intake: number; associations: number; exit: string };
  /** The site's ClamAV looks at arrivals, from the start or again. `version`: as it says itself. */
  'clamav.up': { address: string; version: string };
  /** It does not any more; arrivals go on, and each flow decides about what it did not look at. */
  'clamav.down': { address: string; fault: string; why: Text };
  /** `instead`: only observation admits it, and why it would have been rejected. */
  'association.accepted': Association & {
    evidence: 'certificate' | 'address';
    implementation: string;
    instead?: { why: Text; hint: string };
  };
  /**
   * result, source, reason: PS3.8 §9.3.4. `hint`: the command that would admit the caller. `more`: so many others like this one came
   * within the minute and are told by this event alone.
   */
  'association.rejected': Association & {
    result: number;
    source: number;
    reason: number;
    why: Text;
    hint: string;
    more?: number;
    /** What it showed over TLS. */
    certSha256?: string;
  };
  /** objects: C-STORE requests answered with success. */
  'association.released': Association & { objects: number; bytes: number };
  'association.aborted': Association & { by: 'peer' | 'gateway'; source: number; reason: number; why: Text };
  'connection.refused': { remoteAddress: string; listener: string; why: Text; more?: number };
  /** An operation other than C-STORE was carried out, whatever its status. `results`: pending responses that carried one. */
  /** `withheld`: answers, or objects, that the peer's limits do not let it see; absent: none. */
  'operation.answered': OperationFacts & { results: number; withheld?: number };
  /** It was not: the peer may not, or nobody could be asked. `hint`: the command that would change it; may be empty. */
  'operation.refused': OperationFacts & { why: Text; hint: string };
  'arrival.stored': ObjectFacts & {
    outcome: 'stored' | 'duplicate' | 'conflict';
    verdict: string;
    findings: readonly string[];
    destinations: readonly string[];
  };
  'arrival.held': ObjectFacts & { verdict: string; findings: readonly string[]; why: readonly Text[] };
  'arrival.refused': ObjectFacts & {
    status: number;
    verdict: string;
    findings: readonly string[];
    why: readonly Text[];
  };
  'delivery.delivered': DeliveryFacts & { status: number };
  'delivery.retrying': DeliveryFacts & { fault: string; why: Text; retryInMs: number };
  'delivery.failed': DeliveryFacts & { fault: string; why: Text };
  /** A person asked for failed deliveries to be tried again: all of the destination's, or those of one object. */
  'delivery.requeued': { by: string; destination: string; deliveries: number; sha256?: string };
  'commitment.committed': { destination: string; transactionUid: string; objects: number };
  'commitment.refused': { destination: string; transactionUid: string; sopInstanceUid: string; failureReason: number };
  /**
   * A device was told what became of the objects it asked about, and answered. `upstream`: the destination that answers for them; empty when
   * we do.
   */
  'commitment.reported': Reported;
  /** It could not be told, and is not tried any more. */
  'commitment.unreported': Reported & { why: Text };
  /**
   * Objects in custody were given out: `to` whom, an AE title. `studies`: UIDs, the first of them. Counts as the peer was told them;
   * `withheld`: of the failed, those that are held.
   */
  'retrieve.done': {
    associationId: string;
    peer: string;
    service: 'move' | 'get';
    to: string;
    studies: readonly string[];
    completed: number;
    failed: number;
    warning: number;
    withheld: number;
    status: number;
  };
  /** A disarmed copy (sha256) of a held object (`original`) was made, inspected and taken into custody. `changes`: kind and path of each. */
  'copy.made': ObjectFacts & {
    original: string;
    pixelSha256: string;
    changes: readonly string[];
    destinations: readonly string[];
  };
  /** No disarmed copy can be made: the object waits for a person. */
  'copy.impossible': ObjectFacts & { why: readonly Text[] };
  /** Two persons have to decide, and the first has: another one has until `untilMs`. */
  'hold.asked': ObjectFacts & { by: string; act: Act; reason: string; untilMs: number; signed: Signed };
  'hold.withdrawn': ObjectFacts & { by: string; act: Act; askedBy: string };
  /** `askedBy`: the first of two persons, `by` being the second. `signed`: what `by` signed. */
  'hold.released': ObjectFacts & Decided;
  'hold.destroyed': ObjectFacts & Decided;
  /** `key`: fingerprint of the public key. `credential`: of a passkey, the SHA-256 of its id. */
  'operator.added': { by: string; operator: string; key: string; inForceAtMs: number; credential?: string };
  'operator.removed': { by: string; operator: string; key: string };
  /** Somebody looked at what a held object (or its disarmed copy) holds: its bytes, its values in clear, its picture. */
  'hold.viewed': ObjectFacts & { by: string; view: 'hex' | 'attributes' | 'preview' };
  /**
   * An import from a medium began: what is to come in. `medium`: its fingerprint. `identity`: keyed pseudonym of the identity the objects
   * are given; empty when they keep their own. `studies`: UIDs, the first of them. Counts are of what the medium holds.
   */
  'import.begun': Import & {
    identity: string;
    studies: readonly string[];
    objects: number;
    clean: number;
    doubtful: number;
    dangerous: number;
    otherFiles: number;
  };
  /**
   * It ended. stored: answered with success, under the identity asked for; originals: kept as evidence; held, refused: by the gateway;
   * left: not sent. `notStored`: of each object that is not, its UID, the SHA-256 of its file on the medium, and why; the first of them.
   */
  'import.ended': Import & {
    stored: number;
    originals: number;
    held: number;
    refused: number;
    left: number;
    notStored: readonly string[];
  };
  /** It stopped before its end: what was answered is kept, and importing again completes it. */
  'import.interrupted': Import;
  /** The site's authority signed a certificate. `peer`: for whom alone; empty when for nobody in particular. */
  'certificate.issued': Certificate & { by: string };
  'certificate.revoked': Certificate & { by: string; reason: string };
  /** It ends in so many days: told at 90, 60, 30 and 7. */
  'certificate.expiring': Certificate & { days: number };
  /** New TLS settings were taken back, because devices that came in before did not any more or nothing could be reached. */
  'tls.rolled-back': { by: string; why: Text };
  /**
   * A web client was given objects of a study: told at the first request, and what followed within a minute once more. `what`: forms of the
   * resources. `requests`, `instances`, `bytes`: since the last such event.
   */
  'web.retrieved': Web & {
    studyInstanceUid: string;
    patient: string;
    what: readonly string[];
    requests: number;
    instances: number;
    bytes: number;
    /** Objects of the study that its limits do not let it see; absent: none. */
    withheld?: number;
  };
  /** A web client searched. `keys`: attribute and form of each key, never its value. `withheld`: as of an operation. */
  'web.queried': Web & { level: string; keys: readonly string[]; results: number; withheld?: number };
  /** A web client sent objects. `failed`: not kept. Each object has its own event besides. */
  'web.stored': Web & { requestId: string; stored: number; failed: number; status: number };
  /** A known web client asked for what it has no right to. */
  'web.refused': Web & { service: string; status: number; why: Text; hint: string };
  'vault.opened': ObjectFacts & { by: string };
  'vault.exported': { by: string; objects: number };
  'vault.checked': { by: string; objects: number; faults: number };
  'ledger.read': { by: string };
  'config.changed': { by: string; change: Text };
  'recovery.row-dropped': { sha256: string; why: Text };
  /** Somebody came into the console. `by`: the account's name; `role`: one of the console's. */
  'person.signed-in': {
    by: string;
    role: string;
    how: 'passkey' | 'password-totp' | 'oidc' | 'emergency-code' | 'set-up';
    address: string;
  };
  'person.refused': {
    by: string;
    why: 'credentials' | 'throttled' | 'no-role' | 'disabled' | 'expired';
    address: string;
  };
  'person.signed-out': { by: string; why: 'asked' | 'idle' | 'revoked' | 'expired' };
  /** Somebody's account was made, changed, removed. `person`: its name. */
  'person.added': { by: string; person: string; role: string };
  'person.changed': { by: string; person: string; role: string };
  'person.removed': { by: string; person: string };
  /** Somebody opened a study to look at it. `reason`: as they gave it; may be empty. */
  'study.opened': { by: string; studyInstanceUid: string; patient: string; reason: string };
  /** Somebody opened a patient whom nothing told to be here or expected. `chart`: its number here; `words`: as they gave them; may be empty. */
  'glass.broken': { by: string; role: string; chart: number; why: OpeningWhy; words: string };
  /** Somebody looked at such an opening afterwards. `of`: the account that opened. */
  'glass.reviewed': { by: string; no: number; of: string; chart: number; note: string };
  /** A box that was full let go of a study it had pulled and that is no longer wanted. */
  'continuity.dropped': { studyInstanceUid: string; patient: string; objects: number; bytes: number };
  /** Somebody searched for patients or studies. `keys`: what kind of words (`PatientName`), never the words; `found`: how many answers. */
  'journey.searched': { by: string; keys: readonly string[]; found: number };
  /** An upstream is down: what is asked of it is answered for. `by`, `reason`: of a person who declared it; empty when it was detected. */
  'outage.began': { upstream: string; how: 'detected' | 'declared'; by: string; reason: string };
  /** A person says that it is well again: it is asked from now on. */
  'outage.lifted': { upstream: string; by: string };
  /** It is up again, and was down since `sinceMs`. `owed`, `bytes`: what it is given back from now on. */
  'outage.ended': { upstream: string; sinceMs: number; owed: number; bytes: number };
  /**
   * It was given back what it missed. `removed`: destroyed here meanwhile; `known`: of the delivered, those it said it had already. `ms`: since it
   * was up again.
   */
  'giveback.done': {
    upstream: string;
    sinceMs: number;
    owed: number;
    delivered: number;
    failed: number;
    removed: number;
    known: number;
    ms: number;
  };
  /** Every flow with the outside was cut. Counts: what was ended; `destinations`: what nothing is sent to any more. */
  'isolation.on': {
    by: string;
    reason: string;
    associations: number;
    webConnections: number;
    destinations: readonly string[];
  };
  'isolation.off': { by: string; sinceMs: number; destinations: readonly string[] };
}

/** Why somebody opens a patient. */
export type OpeningWhy = 'care' | 'advice' | 'danger' | 'other';

interface Decided {
  by: string;
  reason: string;
  askedBy?: string;
  signed?: Signed;
}

interface Certificate {
  name: string;
  peer: string;
  sha256: string;
  notAfterMs: number;
}

interface Reported {
  peer: string;
  upstream: string;
  transactionUid: string;
  committed: number;
  failed: number;
}

interface Association {
  associationId: string;
  calling: string;
  called: string;
  remoteAddress: string;
  listener: string;
}

interface OperationFacts {
  associationId: string;
  peer: string;
  service: Service;
  sopClassUid: string;
  /** Who answered: an upstream, or we ourselves from the vault. */
  from: 'upstream' | 'vault';
  /** The upstream's name among the destinations; empty when there was none. */
  upstream: string;
  /** The upstream that is answered for, because it is down. */
  instead?: string;
  /** Query/Retrieve Level; empty where there is none. */
  level: string;
  /** Keyword and form of each key of a query (`PatientName wildcard`), never a value. */
  keys: readonly string[];
  /** DIMSE status of the last response. */
  status: number;
  /** From the request to its last response. */
  ms: number;
}

interface Web {
  peer: string;
  remoteAddress: string;
}

interface Import {
  by: string;
  importId: string;
  medium: string;
}

interface DeliveryFacts {
  destination: string;
  deliveryId: number;
  sha256: string;
  sopClassUid: string;
  sopInstanceUid: string;
  studyInstanceUid: string;
  patient: string;
  attempts: number;
}

export type EventKind = keyof EventFacts;

/** An event of one kind: who, what, when. Written in the same transaction as what it tells of, then sequenced into the ledger. */
export type EventOf<K extends EventKind> = { readonly id: string; readonly atMs: number; readonly kind: K } & Readonly<
  EventFacts[K]
>;

/** Any event. `id` is a UUID v7, `atMs` wall time in milliseconds since the epoch. */
export type Event = { [K in EventKind]: EventOf<K> }[EventKind];
