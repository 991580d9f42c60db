import type {
  Act,
  AeTitle,
  Commitment,
  Delivery,
  DeliveryState,
  Destination,
  Event,
  FlowChoice,
  Operator,
  OperatorPasskey,
  Peer,
  Place,
  Quirk,
  Relay,
  Route,
  Service,
  Sha256,
} from '@leadglass/model';
import {
  ACTS,
  DECISION_RULES,
  RELAY_CALLINGS,
  RELAYED_SERVICES,
  SERVICES,
  STRICTNESSES,
  WHEN_OTHER_DEVICE,
  WHEN_UNFINISHED,
} from '@leadglass/model';
import { z } from 'zod';
import type { CopyState, Custody, DueDelivery, Hold, HoldRequest, HoldState } from './api.ts';
import type { DeliveryRow } from './delivery-queries.ts';
import { recordsFaults } from './faults.ts';
import { bindingOf, bindingRow } from './peer-rows.ts';
import type {
  CustodyTable,
  DestinationsTable,
  HoldRequestsTable,
  HoldsTable,
  OperatorsTable,
  PeersTable,
  PersonKeysTable,
  QuirksTable,
  RelaysTable,
  RoutesTable,
} from './schema.ts';

const services = z.array(z.enum(SERVICES));
const names = z.array(z.string());

/** An object in custody, from its row. */
export function custodyOf(row: CustodyTable): Custody {
  return {
    sha256: row.sha256 as Sha256,
    place: placeOf(row),
    plainBytes: row.plain_bytes,
    sealedBytes: row.sealed_bytes,
    metaBytes: row.meta_bytes,
    sopClassUid: row.sop_class_uid,
    sopInstanceUid: row.sop_instance_uid,
    transferSyntaxUid: row.transfer_syntax_uid,
    studyInstanceUid: row.study_instance_uid,
    seriesInstanceUid: row.series_instance_uid,
    modality: row.modality,
    patient: row.patient,
    verdict: row.verdict,
    findings: row.findings,
    firstArrivalId: row.first_arrival_id,
    firstAssociationId: row.first_association_id,
    peer: row.peer,
    remoteAddress: row.remote_address,
    receivedAtMs: row.received_at_ms,
  };
}

function placeOf(row: CustodyTable): Place {
  return row.lane_file === null
    ? { kind: 'file' }
    : { kind: 'lane', file: row.lane_file, offset: row.lane_offset ?? 0 };
}

/** A delivery from its row. */
export function deliveryOf(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    sha256: row.sha256 as Sha256,
    destination: row.destination,
    state: row.state as DeliveryState,
    attempts: row.attempts,
    nextAtMs: row.next_at_ms,
    ...(row.status === null ? {} : { status: row.status }),
    ...(row.fault === null ? {} : { fault: row.fault }),
    commitment: row.commitment as Commitment,
  };
}

/** A delivery with its object, from a joined row. */
export function dueOf(row: DeliveryRow & CustodyTable): DueDelivery {
  return { ...deliveryOf(row), custody: custodyOf(row) };
}

export function holdOf(row: HoldsTable): Hold {
  return {
    sha256: row.sha256 as Sha256,
    state: row.state as HoldState,
    heldAtMs: row.held_at_ms,
    peer: row.peer,
    sopInstanceUid: row.sop_instance_uid,
    sopClassUid: row.sop_class_uid,
    verdict: row.verdict,
    reasons: row.reasons,
    findings: row.findings,
    decidedBy: row.decided_by,
    decidedAtMs: row.decided_at_ms,
    decisionReason: row.decision_reason,
    copy: row.copy as CopyState,
    copySha256: row.copy_sha256,
    decisions: decisionsOf(row),
  };
}

export function operatorOf(row: OperatorsTable): Operator {
  const { name, public_key: publicKey, added_at_ms: addedAtMs, in_force_at_ms: inForceAtMs } = row;
  return { name, publicKey, addedAtMs, inForceAtMs };
}

export function operatorRow({ name, publicKey, addedAtMs, inForceAtMs }: Operator): OperatorsTable {
  return { name, public_key: publicKey, added_at_ms: addedAtMs, in_force_at_ms: inForceAtMs };
}

export function personKeyOf(row: PersonKeysTable): Operator {
  const { credential_id: credentialId, rp_id: rpId, account } = row;
  return { ...operatorOf(row), passkey: { credentialId, rpId, account } };
}

export function personKeyRow(operator: Operator, { credentialId, rpId, account }: OperatorPasskey): PersonKeysTable {
  return { ...operatorRow(operator), credential_id: credentialId, rp_id: rpId, account };
}

/** What waits for the second of two people, from its row. Throws Fault `records.corrupt` for an act that is none. */
export function requestOf(row: HoldRequestsTable): HoldRequest {
  const act = ACTS.find((each) => each === row.act);
  if (act === undefined) throw recordsFaults.corrupt(new Error('an act that is none'));
  const { sha256, id, operator, public_key: publicKey, reason, asked_at_ms: askedAtMs, expires_at_ms: untilMs } = row;
  return { sha256: sha256 as Sha256, id, act, operator, publicKey, reason, askedAtMs, untilMs };
}

export function requestRow(request: HoldRequest): HoldRequestsTable {
  const { sha256, id, act, operator, publicKey, reason, askedAtMs, untilMs } = request;
  return { sha256, id, act, operator, public_key: publicKey, reason, asked_at_ms: askedAtMs, expires_at_ms: untilMs };
}

export function peerOf(row: PeersTable): Peer {
  return {
    aeTitle: row.ae_title as AeTitle,
    from: row.from_cidr,
    ...(row.cert_sha256 === null ? {} : { certSha256: row.cert_sha256 }),
    allow: parsed(services, row.allow) as readonly Service[],
    whenHeld: row.when_held === 'tell' ? 'tell' : 'keep-sending',
    privateSopClasses: parsed(names, row.private_sop_classes),
    ...(row.identity === null ? {} : parsed(identity, row.identity)),
    ...(row.outside === null ? {} : { outside: row.outside === 1 }),
    ...choiceOf(row),
    ...bindingOf(row),
  };
}

export function peerRow(peer: Peer, position: number): PeersTable {
  return {
    position,
    ae_title: peer.aeTitle,
    from_cidr: peer.from,
    cert_sha256: peer.certSha256 ?? null,
    allow: JSON.stringify(peer.allow),
    when_held: peer.whenHeld,
    private_sop_classes: JSON.stringify(peer.privateSopClasses),
    identity: identityJson(peer),
    outside: flagOf(peer.outside),
    ...choiceRow(peer),
    ...bindingRow(peer),
  };
}

/** Chosen one way or the other, or not at all. */
function flagOf(value: boolean | undefined): number | null {
  return value === undefined ? null : Number(value);
}

export function destinationOf(row: DestinationsTable): Destination {
  return {
    name: row.name,
    host: row.host,
    port: row.port,
    called: row.called as AeTitle,
    calling: row.calling as AeTitle,
    tls: row.tls === 1,
    ...(row.cert_sha256 === null ? {} : { certSha256: row.cert_sha256 }),
    commitment: row.commitment === 1,
    ...(row.outside === null ? {} : { outside: row.outside === 1 }),
    ...(row.down_after_s === null ? {} : { downAfterSeconds: row.down_after_s }),
    ...(row.give_back_per_minute === null ? {} : { giveBackPerMinute: row.give_back_per_minute }),
  };
}

export function destinationRow(destination: Destination, position: number): DestinationsTable {
  return {
    name: destination.name,
    position,
    host: destination.host,
    port: destination.port,
    called: destination.called,
    calling: destination.calling,
    tls: destination.tls ? 1 : 0,
    cert_sha256: destination.certSha256 ?? null,
    commitment: destination.commitment ? 1 : 0,
    outside: flagOf(destination.outside),
    down_after_s: destination.downAfterSeconds ?? null,
    give_back_per_minute: destination.giveBackPerMinute ?? null,
  };
}

export function routeOf(row: RoutesTable): Route {
  return { from: row.from_ae as Route['from'], to: row.to_destination, ...choiceOf(row) };
}

export function routeRow(route: Route, position: number): RoutesTable {
  return { position, from_ae: route.from, to_destination: route.to, ...choiceRow(route) };
}

const identity = z.object({
  trustAnchors: z.exactOptional(names),
  certName: z.exactOptional(z.string()),
  whenOtherDevice: z.exactOptional(z.enum(WHEN_OTHER_DEVICE)),
});

function identityJson({ trustAnchors, certName, whenOtherDevice }: Peer): string | null {
  const json = JSON.stringify({ trustAnchors, certName, whenOtherDevice });
  return json === '{}' ? null : json;
}

// A service that only another Leadglass knows is passed on to nobody.
export function relayOf(row: RelaysTable): Relay {
  const named = parsed(names, row.services);
  const known = RELAYED_SERVICES.filter((service) => named.includes(service));
  const calling = RELAY_CALLINGS.find((each) => each === row.calling);
  const chosen = calling === undefined ? {} : { calling };
  return { from: row.from_ae as Relay['from'], services: known, to: row.to_destination, ...chosen };
}

export function relayRow(relay: Relay, position: number): RelaysTable {
  const { from, services, to, calling } = relay;
  return { position, from_ae: from, services: JSON.stringify(services), to_destination: to, calling: calling ?? null };
}

type ChoiceRow = Pick<PeersTable, 'strictness' | 'when_unfinished' | 'release_rule' | 'destroy_rule'>;

// What an older or newer Leadglass wrote and this one does not know counts as not chosen.
function choiceOf(row: ChoiceRow): FlowChoice {
  const strictness = STRICTNESSES.find((each) => each === row.strictness);
  const whenUnfinished = WHEN_UNFINISHED.find((each) => each === row.when_unfinished);
  return {
    ...(strictness === undefined ? {} : { strictness }),
    ...(whenUnfinished === undefined ? {} : { whenUnfinished }),
    ...decisionsOf(row),
  };
}

function decisionsOf(row: Pick<ChoiceRow, 'release_rule' | 'destroy_rule'>): Pick<FlowChoice, Act> {
  const release = DECISION_RULES.find((each) => each === row.release_rule);
  const destroy = DECISION_RULES.find((each) => each === row.destroy_rule);
  return { ...(release === undefined ? {} : { release }), ...(destroy === undefined ? {} : { destroy }) };
}

function choiceRow({ strictness, whenUnfinished, release, destroy }: FlowChoice): ChoiceRow {
  const decisions = { release_rule: release ?? null, destroy_rule: destroy ?? null };
  return { strictness: strictness ?? null, when_unfinished: whenUnfinished ?? null, ...decisions };
}

const quirk = z.object({
  name: z.string(),
  peer: z.exactOptional(z.string()),
  manufacturer: z.exactOptional(z.string()),
  model: z.exactOptional(z.string()),
  software: z.exactOptional(z.string()),
  accept: z.array(z.string()),
  path: z.exactOptional(z.string()),
});

export function quirkOf(row: QuirksTable): Quirk {
  return parsed(quirk, row.json);
}

/** An event as the ledger's entry will carry it. Throws Fault `records.corrupt` when the row does not hold JSON. */
export function eventOf(json: string): Event {
  try {
    return JSON.parse(json) as Event;
  } catch (thrown) {
    throw recordsFaults.corrupt(thrown);
  }
}

function parsed<T>(schema: z.ZodType<T>, json: string): T {
  try {
    return schema.parse(JSON.parse(json));
  } catch (thrown) {
    throw recordsFaults.corrupt(thrown);
  }
}
