import type { EventOf } from '@leadglass/model';
import { EVENT_ID, EVENT_TYPE, ID_TYPE, ROLE } from './audit-codes.ts';
import type { AuditObject, AuditRow, Participant } from './audit-rows.ts';

type Kind =
  | `feed.${'received' | 'silent' | 'heard'}`
  | `message.${'viewed' | 'retried' | 'dismissed'}`
  | `chart.${'searched' | 'opened' | 'merged' | 'unmerged' | 'forgotten'}`;

const application = (self: string): Participant => ({ userId: self, isRequestor: false, role: ROLE.application });
const person = (by: string): Participant => ({ userId: by, isRequestor: true });
const patient = (id: string): AuditObject[] =>
  id === '' ? [] : [{ id, idType: ID_TYPE.patientNumber, type: '1', role: '1', lifeCycle: '6' }];
const resource = (id: string, name: string): AuditObject => ({
  ...{ id, idType: ID_TYPE.uri, type: '2', role: '20', name },
});
const message = (no: number): AuditObject => resource(`urn:leadglass:message:${no}`, 'HL7 message');

const accessed = (by: string, self: string, objects: readonly AuditObject[]): AuditRow => ({
  ...{ id: EVENT_ID.instancesAccessed, types: [], action: 'R', outcome: 0 },
  participants: [person(by), application(self)],
  objects,
});

const changed = (by: string, action: AuditRow['action'], objects: readonly AuditObject[]): AuditRow => ({
  ...{ id: EVENT_ID.securityAlert, types: [EVENT_TYPE.objectSecurity], action, outcome: 0 },
  participants: [person(by)],
  objects,
});

const feed = (
  type: (typeof EVENT_TYPE)[keyof typeof EVENT_TYPE],
  outcome: AuditRow['outcome'],
  name: string,
  self: string,
) => ({
  ...{ id: EVENT_ID.securityAlert, types: [type], action: 'E' as const, outcome },
  participants: [application(self)],
  objects: [resource(`urn:leadglass:feed:${name}`, 'Feed')],
});

/** What the audit messages of feeds and charts say. */
export const CHART_ROWS: { readonly [K in Kind]: (event: EventOf<K>, self: string) => AuditRow } = {
  'feed.received': (e, self) => ({
    ...{ id: EVENT_ID.instancesTransferred, types: [], action: 'C', outcome: e.refused === 0 ? 0 : 4 },
    participants: [
      { userId: e.feed, isRequestor: true, role: ROLE.source, address: e.remoteAddress },
      { userId: self, isRequestor: false, role: ROLE.destination },
    ],
    objects: [resource('urn:leadglass:hl7', 'HL7 messages')],
  }),
  'feed.silent': (e, self) => feed(EVENT_TYPE.localServiceStopped, 8, e.feed, self),
  'feed.heard': (e, self) => feed(EVENT_TYPE.localServiceStarted, 0, e.feed, self),
  'message.viewed': (e, self) => accessed(e.by, self, [message(e.message)]),
  'message.retried': (e) => changed(e.by, 'U', [message(e.message)]),
  'message.dismissed': (e) => changed(e.by, 'U', [message(e.message)]),
  'chart.searched': (e, self) => ({
    ...{ id: EVENT_ID.query, types: [], action: 'E', outcome: 0 },
    participants: [
      person(e.by),
      { userId: `${self} charts`, isRequestor: true, role: ROLE.source },
      { userId: self, isRequestor: false, role: ROLE.destination },
    ],
    objects: [resource('urn:leadglass:charts', e.keys.slice(0, 8).join(', '))],
  }),
  'chart.opened': (e, self) =>
    accessed(e.by, self, [...patient(e.patient), resource(`urn:leadglass:chart:${e.chart}`, e.what)]),
  'chart.merged': (e) => changed(e.by, 'U', [...patient(e.patient), ...patient(e.other)]),
  'chart.unmerged': (e) => changed(e.by, 'U', [...patient(e.patient), ...patient(e.other)]),
  // Nobody in particular: what was forgotten names nobody any more.
  'chart.forgotten': (e, self) => ({
    ...{ id: EVENT_ID.securityAlert, types: [EVENT_TYPE.objectSecurity], action: 'D', outcome: 0 },
    participants: [{ userId: `${self} retention`, isRequestor: true, role: ROLE.application }],
    objects: [resource('urn:leadglass:charts', `${e.messages} messages, ${e.charts} charts, ${e.documents} documents`)],
  }),
};
