import type { Text } from '@leadglass/kit';

/** Facts of every kind of event. No patient data: UIDs, titles, addresses, counts, reasons. One entry of the ledger each. */
interface EventFacts {
  'gateway.started': { version: string; listeners: readonly string[] };
  'gateway.stopped': { reason: string };
  'intake.started': { intake: number };
  'intake.died': { intake: number; associations: number; exit: string };
  /** The site's ClamAV looks at arrivals, from the start or again. `version`: as it says itself. */
  'clamav.up': { address: string; version: string };
  /** It does not any more; arrivals go on, and each flow decides about what it did not look at. */
  'clamav.down': { address: string; fault: string; why: Text };
  'association.accepted': Association & { evidence: 'certificate' | 'address'; implementation: string };
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
  };
  /** objects: C-STORE requests answered with success. */
  'association.released': Association & { objects: number; bytes: number };
  'association.aborted': Association & { by: 'peer' | 'gateway'; source: number; reason: number; why: Text };
  'connection.refused': { remoteAddress: string; listener: string; why: Text; more?: number };
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
  /** A disarmed copy (sha256) of a held object (`original`) was made, inspected and taken into custody. `changes`: kind and path of each. */
  'copy.made': ObjectFacts & {
    original: string;
    pixelSha256: string;
    changes: readonly string[];
    destinations: readonly string[];
  };
  /** No disarmed copy can be made: the object waits for a person. */
  'copy.impossible': ObjectFacts & { why: readonly Text[] };
  'hold.released': ObjectFacts & { by: string; reason: string };
  'hold.destroyed': ObjectFacts & { by: string; reason: string };
  'vault.opened': ObjectFacts & { by: string };
  'vault.exported': { by: string; objects: number };
  'vault.checked': { by: string; objects: number; faults: number };
  'ledger.read': { by: string };
  'config.changed': { by: string; change: Text };
  'recovery.row-dropped': { sha256: string; why: Text };
}

interface Association {
  associationId: string;
  calling: string;
  called: string;
  remoteAddress: string;
  listener: string;
}

interface ObjectFacts {
  arrivalId: string;
  associationId: string;
  peer: string;
  remoteAddress: string;
  sha256: string;
  sopClassUid: string;
  sopInstanceUid: string;
  studyInstanceUid: string;
  /** Keyed pseudonym of the patient (HMAC), never the identifier itself; empty when unknown. */
  patient: string;
  bytes: number;
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
