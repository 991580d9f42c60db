import { createHash } from 'node:crypto';
import { text } from '@leadglass/kit';
import type { AeTitle, Arrival, ArrivalOutcome, Destination, Event, Finding, Sha256 } from '@leadglass/model';
import type { ArrivalCommit } from './api.ts';

/** Noon of the first day. */
export const T0 = Date.UTC(2026, 0, 1, 12);

/** SHA-256 of a name: a different object for every name. */
export const sha = (name: string): Sha256 => createHash('sha256').update(name).digest('hex') as Sha256;

let made = 0;
/** A UUID no other has. */
export function nextId(): string {
  made += 1;
  return `018f0000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`;
}

export function gatewayEvent(atMs = T0): Event {
  return { id: nextId(), atMs, kind: 'gateway.stopped', reason: 'test' };
}

export const finding: Finding = {
  inspector: 'structure',
  code: 'structure.duplicate-element',
  severity: 'suspicious',
  path: '(0008,0018)',
  offset: 12,
  text: text('Élément en double.', 'Element twice.'),
  cites: 'PS3.5 §7.1',
};

export interface Wish {
  readonly sop?: string;
  readonly destinations?: readonly string[];
  readonly kind?: Arrival['disposition']['kind'];
  readonly isKept?: boolean;
  readonly findings?: readonly Finding[];
  readonly verdict?: Arrival['verdict'];
  readonly place?: Arrival['place'];
  readonly atMs?: number;
  readonly id?: string;
}

/** An arrival of the object called `name`. */
export function commitOf(name: string, wish: Wish = {}): ArrivalCommit {
  const arrival = arrivalOf(name, wish);
  const {
    receivedAtMs: atMs,
    sopClassUid,
    sopInstanceUid,
    studyInstanceUid,
    peer,
    remoteAddress,
    associationId,
    sha256,
  } = arrival;
  const facts = {
    arrivalId: arrival.id,
    associationId,
    peer,
    remoteAddress,
    sha256,
    sopClassUid,
    sopInstanceUid,
    studyInstanceUid,
    patient: 'pseudonym',
    bytes: 1000,
    verdict: arrival.verdict,
    findings: [],
  };
  const event = (outcome: ArrivalOutcome): Event => {
    if (wish.isKept === false)
      return { id: nextId(), atMs, kind: 'arrival.refused', ...facts, status: 0xc000, why: [] };
    if (wish.kind === 'hold') return { id: nextId(), atMs, kind: 'arrival.held', ...facts, why: [] };
    return { id: nextId(), atMs, kind: 'arrival.stored', ...facts, outcome, destinations: wish.destinations ?? [] };
  };
  return { arrival, destinations: wish.destinations ?? [], event, answer: { status: 0 }, isKept: wish.isKept ?? true };
}

function arrivalOf(name: string, wish: Wish): Arrival {
  return {
    id: wish.id ?? nextId(),
    associationId: '018f0000-0000-7000-9000-000000000001',
    peer: 'CT1' as AeTitle,
    remoteAddress: '192.0.2.1',
    receivedAtMs: wish.atMs ?? T0,
    sha256: sha(name),
    plainBytes: 1000,
    sealedBytes: 1200,
    metaBytes: 300,
    place: wish.place ?? { kind: 'lane', file: 'lane-1', offset: 0 },
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: wish.sop ?? `1.2.3.${name}`,
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    modality: 'CT',
    patient: 'pseudonym',
    verdict: wish.verdict ?? 'clean',
    findings: wish.findings ?? [],
    disposition: { kind: wish.kind ?? 'deliver', reasons: [text('Rien à signaler.', 'Nothing to report.')], status: 0 },
  };
}

export function destinationCalled(name: string, isCommitmentAsked = false): Destination {
  return {
    name,
    host: 'pacs.example.org',
    port: 104,
    called: 'PACS' as AeTitle,
    calling: 'LEADGLASS' as AeTitle,
    tls: false,
    commitment: isCommitmentAsked,
  };
}
