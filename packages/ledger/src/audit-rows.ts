import { type Event, type EventKind, type EventOf, isUid } from '@leadglass/model';
import { type Code, EVENT_ID, EVENT_TYPE, ID_TYPE, MEDIA_URI, ROLE } from './audit-codes.ts';
import { CHART_ROWS } from './chart-rows.ts';

/** Somebody or something that took part (ActiveParticipant). */
export interface Participant {
  readonly userId: string;
  readonly isRequestor: boolean;
  readonly role?: Code;
  readonly media?: Code;
  /** IP address. */
  readonly address?: string;
}

/** What it was done to (ParticipantObjectIdentification). */
export interface AuditObject {
  readonly id: string;
  readonly idType: Code;
  /** 1 person, 2 system object, 4 other. */
  readonly type: '1' | '2' | '4';
  /** 1 patient, 3 report (a study), 13 security resource, 20 job. */
  readonly role?: '1' | '3' | '13' | '20';
  /** 6 access, 10 export, 14 logical deletion, 15 permanent erasure. */
  readonly lifeCycle?: '1' | '6' | '10' | '15';
  readonly name?: string;
  readonly sopClassUid?: string;
  readonly sopInstanceUid?: string;
}

/** What an audit message says of one event, before XML. */
export interface AuditRow {
  readonly id: Code;
  readonly types: readonly Code[];
  /** C create, R read, U update, D delete, E execute. */
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  /** 0 success, 4 minor, 8 serious, 12 major failure. */
  readonly outcome: 0 | 4 | 8 | 12;
  readonly participants: readonly Participant[];
  readonly objects: readonly AuditObject[];
}

type Rows = { readonly [K in EventKind]: (event: EventOf<K>, self: string) => AuditRow };
type Outcome = AuditRow['outcome'];
type Action = AuditRow['action'];

interface AboutObject {
  readonly sha256: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly patient: string;
}

const application = (self: string): Participant => ({ userId: self, isRequestor: false, role: ROLE.application });
const person = (by: string): Participant => ({ userId: by, isRequestor: true });
/** Whoever decided, and the first of two when it took two. */
const persons = ({ by, askedBy }: { readonly by: string; readonly askedBy?: string }): Participant[] => [
  person(by),
  ...(askedBy === undefined ? [] : [{ userId: askedBy, isRequestor: false }]),
];
const from = (userId: string, address?: string): Participant => ({
  userId,
  isRequestor: true,
  role: ROLE.source,
  ...(address === undefined ? {} : { address }),
});
const to = (userId: string): Participant => ({ userId, isRequestor: false, role: ROLE.destination });

const toAt = (userId: string, address: string): Participant => ({
  ...{ userId, isRequestor: true, role: ROLE.destination, address },
});
/** A study that was given out, and whose. */
const givenStudy = (
  e: { readonly studyInstanceUid: string; readonly patient: string },
  lifeCycle: AuditObject['lifeCycle'] = '6',
): AuditObject[] => [
  {
    id: e.studyInstanceUid,
    idType: ID_TYPE.studyInstanceUid,
    type: '2',
    role: '3',
    ...(lifeCycle === undefined ? {} : { lifeCycle }),
  },
  ...(e.patient === '' ? [] : [{ id: e.patient, idType: ID_TYPE.patientNumber, type: '1', role: '1' } as const]),
];

const alert = (
  type: Code | readonly Code[],
  outcome: Outcome,
  participants: readonly Participant[],
  objects: readonly AuditObject[] = [],
): AuditRow => ({
  id: EVENT_ID.securityAlert,
  types: 'code' in type ? [type] : type,
  action: 'E',
  outcome,
  participants,
  objects,
});

const activity = (type: Code, self: string): AuditRow => ({
  id: EVENT_ID.applicationActivity,
  types: [type],
  action: 'E',
  outcome: 0,
  participants: [application(self)],
  objects: [],
});

const OF_CONSOLE = 'console';
/** A person who came into the console, could not, or left (PS3.15 §A.5.3.12). */
const signing = (
  type: Code,
  outcome: Outcome,
  { by, address }: { readonly by: string; readonly address?: string },
  self: string,
): AuditRow => ({
  id: EVENT_ID.userAuthentication,
  types: [type],
  action: 'E',
  outcome,
  participants: [
    { ...person(by), ...(address === undefined ? {} : { address }) },
    application(`${self} ${OF_CONSOLE}`),
  ],
  objects: [],
});

/** A peer that identified itself, or left: the node's own sign-in (PS3.15 §A.5.3.12). */
const session = (
  type: Code,
  outcome: Outcome,
  e: { readonly calling: string; readonly remoteAddress: string },
  self: string,
): AuditRow => ({
  id: EVENT_ID.userAuthentication,
  types: [type],
  action: 'E',
  outcome,
  participants: [{ userId: e.calling, isRequestor: true, address: e.remoteAddress }, application(self)],
  objects: [],
});

const transfer = (
  action: Action,
  outcome: Outcome,
  participants: readonly Participant[],
  objects: readonly AuditObject[],
): AuditRow => ({
  id: EVENT_ID.instancesTransferred,
  types: [],
  action,
  outcome,
  participants,
  objects,
});

/** Who took something out of the vault, and into what (PS3.15 §A.5.3.4). */
const exported = (by: string, self: string, objects: readonly AuditObject[]): AuditRow => ({
  id: EVENT_ID.export,
  types: [],
  action: 'R',
  outcome: 0,
  participants: [
    person(by),
    from(self),
    { userId: `${self} export`, isRequestor: false, role: ROLE.destinationMedia, media: MEDIA_URI },
  ],
  objects,
});

/** Who brought something in, from which medium (PS3.15 §A.5.3.5). */
const imported = (
  { by, medium }: { readonly by: string; readonly medium: string },
  self: string,
  outcome: Outcome,
  studies: readonly string[] = [],
): AuditRow => ({
  id: EVENT_ID.import,
  types: [],
  action: 'C',
  outcome,
  participants: [
    person(by),
    application(self),
    { userId: `urn:sha256:${medium}`, isRequestor: false, role: ROLE.sourceMedia, media: MEDIA_URI },
  ],
  objects: studies.filter(isUid).map((id) => ({ id, idType: ID_TYPE.studyInstanceUid, type: '2', role: '3' })),
});

/** The study (or, where the object does not say, its SHA-256) and the patient's keyed pseudonym. */
function studyAndPatient(e: AboutObject, lifeCycle?: AuditObject['lifeCycle']): AuditObject[] {
  const isStudy = isUid(e.studyInstanceUid);
  const patient: AuditObject[] =
    e.patient === '' ? [] : [{ id: e.patient, idType: ID_TYPE.patientNumber, type: '1', role: '1' }];
  const study: AuditObject = {
    id: isStudy ? e.studyInstanceUid : `urn:sha256:${e.sha256}`,
    idType: isStudy ? ID_TYPE.studyInstanceUid : ID_TYPE.uri,
    type: '2',
    role: '3',
    sopClassUid: e.sopClassUid,
    sopInstanceUid: e.sopInstanceUid,
    ...(lifeCycle === undefined ? {} : { lifeCycle }),
  };
  return [study, ...patient];
}

type Operation = EventOf<'operation.answered'> | EventOf<'operation.refused'>;

/** What a query asked for, by the shape of its keys: the keys themselves are never written. */
const asked = (e: Operation): string => `urn:leadglass:operation:${e.service}${e.level === '' ? '' : `:${e.level}`}`;

/** An operation that somebody answered: a query is one of PS3.15 §A.5.3.10, the others are told as uses of a function. */
function operation(e: Operation, self: string, status: number): AuditRow {
  const isDone =
    status === 0 || status === 0xfe00 || (status & 0xf000) === 0xb000 || status === 0x0107 || status === 0x0116;
  const outcome: Outcome = isDone ? 0 : 4;
  const participants = [from(e.peer), to(e.upstream === '' ? self : e.upstream), application(self)];
  const objects: AuditObject[] = [
    { id: asked(e), idType: ID_TYPE.uri, type: '2', role: '3', sopClassUid: e.sopClassUid },
  ];
  if (e.service !== 'find' && e.service !== 'worklist')
    return alert(EVENT_TYPE.restrictedFunction, outcome, participants, objects);
  return { id: EVENT_ID.query, types: [], action: 'E', outcome, participants, objects };
}

const resource = (id: string, name: string): AuditObject => ({ id, idType: ID_TYPE.uri, type: '2', role: '13', name });
const ISOLATION = resource('urn:leadglass:isolation', 'Isolation switch');
const certificate = (sha256: string): AuditObject => resource(`urn:sha256:${sha256}`, 'Certificate');
const operator = (name: string): AuditObject => resource(`urn:leadglass:operator:${name}`, 'Operator');
const account = (name: string): AuditObject => resource(`urn:leadglass:account:${name}`, 'Account');
const job = (transactionUid: string): AuditObject => ({
  id: `urn:oid:${transactionUid}`,
  idType: ID_TYPE.uri,
  type: '2',
  role: '20',
  name: 'Storage Commitment',
});

/** What somebody did about one study that is only scheduled. */
const registered = (e: EventOf<'registration.added' | 'registration.corrected' | 'registration.cancelled'>): AuditRow =>
  alert(
    EVENT_TYPE.restrictedFunction,
    0,
    [person(e.by)],
    [
      ...(isUid(e.studyInstanceUid)
        ? [{ id: e.studyInstanceUid, idType: ID_TYPE.studyInstanceUid, type: '2', role: '3' } as const]
        : []),
      ...(e.patient === '' ? [] : [{ id: e.patient, idType: ID_TYPE.patientNumber, type: '1', role: '1' } as const]),
      resource('urn:leadglass:registration', e.number),
    ],
  );

/** What an information system was told of a registration, or is to be. */
const toldByHl7 = (
  e: EventOf<'hl7.delivered' | 'hl7.refused' | 'hl7.withdrawn' | 'hl7.by-hand' | 'hl7.retried' | 'hl7.skipped'>,
  self: string,
  outcome: 0 | 4 | 8,
): AuditRow =>
  alert(
    EVENT_TYPE.restrictedFunction,
    outcome,
    [...('by' in e ? [person(e.by)] : []), from(self), to(e.destination)],
    [
      ...(isUid(e.studyInstanceUid)
        ? [{ id: e.studyInstanceUid, idType: ID_TYPE.studyInstanceUid, type: '2', role: '3' } as const]
        : []),
      resource('urn:leadglass:registration', e.number),
      resource(`urn:leadglass:hl7:${e.controlId}`, e.message),
    ],
  );

/** What somebody said of a temporary identity, or time did. */
const identified = (
  e: EventOf<'identity.waiting' | 'identity.asked' | 'identity.accepted' | 'identity.released' | 'identity.taken-back'>,
  self: string,
): AuditRow => {
  const who = 'by' in e ? e.by : '';
  const patients = ['identity' in e ? e.identity : '', e.patient].filter((id) => id !== '');
  return alert(
    EVENT_TYPE.restrictedFunction,
    0,
    [who === '' ? application(self) : person(who)],
    [
      ...patients.map((id) => ({ id, idType: ID_TYPE.patientNumber, type: '1', role: '1' }) as const),
      resource('urn:leadglass:registration', e.number),
    ],
  );
};

/** What was said of a performed procedure step and handed on. */
const step = (e: EventOf<'step.delivered' | 'step.refused'>, self: string, outcome: Outcome): AuditRow =>
  alert(
    EVENT_TYPE.restrictedFunction,
    outcome,
    [from(e.peer), to(e.destination), application(self)],
    [resource(`urn:oid:${e.stepUid}`, 'Modality Performed Procedure Step')],
  );

/** A worklist asked for ahead of time. */
const schedule = (destination: string, self: string, outcome: Outcome): AuditRow => ({
  ...{ id: EVENT_ID.query, types: [], action: 'E', outcome },
  participants: [from(self), to(destination)],
  objects: [{ id: 'urn:leadglass:operation:worklist', idType: ID_TYPE.uri, type: '2', role: '3' }],
});

/** One row a kind; the mapping of PS3.15 §A.5.3 to what a gateway does. */
const DRILL = resource('urn:leadglass:drill', 'Drill');
const DRILL_OUTCOMES = { 'in-time': 0, late: 4, failed: 8, 'broken-off': 8 } as const;
/** The program, and whoever asked for it. */
const byOrNobody = (by: string, self: string) => [application(self), ...(by === '' ? [] : [person(by)])];

const ROWS: Rows = {
  'gateway.started': (_, self) => activity(EVENT_TYPE.applicationStart, self),
  'gateway.stopped': (_, self) => activity(EVENT_TYPE.applicationStop, self),
  'intake.started': (e, self) => activity(EVENT_TYPE.applicationStart, `${self} intake ${e.intake}`),
  'intake.died': (e, self) =>
    alert(
      EVENT_TYPE.softwareConfiguration,
      8,
      [application(self)],
      [resource(`urn:leadglass:intake:${e.intake}`, 'Intake process')],
    ),
  'outage.began': (e, self) =>
    alert(
      EVENT_TYPE.localServiceStopped,
      8,
      [application(self), ...(e.by === '' ? [] : [person(e.by)])],
      [resource(`urn:leadglass:destination:${e.upstream}`, 'Upstream')],
    ),
  'outage.lifted': (e, self) =>
    alert(
      EVENT_TYPE.localServiceStarted,
      4,
      [application(self), person(e.by)],
      [resource(`urn:leadglass:destination:${e.upstream}`, 'Upstream')],
    ),
  'outage.ended': (e, self) =>
    alert(
      EVENT_TYPE.localServiceStarted,
      0,
      [application(self)],
      [resource(`urn:leadglass:destination:${e.upstream}`, 'Upstream')],
    ),
  'giveback.done': (e, self) => transfer('C', e.failed === 0 ? 0 : 8, [from(self), to(e.upstream)], []),
  'isolation.on': (e, self) =>
    alert(EVENT_TYPE.securityConfiguration, 0, [application(self), person(e.by)], [ISOLATION]),
  'isolation.off': (e, self) =>
    alert(EVENT_TYPE.securityConfiguration, 0, [application(self), person(e.by)], [ISOLATION]),
  'drill.began': (e, self) => alert(EVENT_TYPE.localServiceStarted, 0, byOrNobody(e.by, self), [DRILL]),
  'drill.ended': (e, self) =>
    alert(EVENT_TYPE.localServiceStopped, DRILL_OUTCOMES[e.outcome], byOrNobody(e.by, self), [DRILL]),
  'drill.missed': (_, self) => alert(EVENT_TYPE.localServiceStopped, 4, [application(self)], [DRILL]),
  'drill.outage': (e, self) =>
    alert(
      EVENT_TYPE.localServiceStarted,
      e.outcome === 'late' ? 4 : 0,
      [application(self)],
      [resource(`urn:leadglass:destination:${e.upstream}`, 'Upstream')],
    ),
  'clamav.up': (e, self) =>
    alert(EVENT_TYPE.localServiceStarted, 0, [application(self)], [resource('urn:leadglass:clamav', e.version)]),
  'clamav.down': (_, self) =>
    alert(EVENT_TYPE.localServiceStopped, 8, [application(self)], [resource('urn:leadglass:clamav', 'ClamAV')]),
  'association.accepted': (e, self) => session(EVENT_TYPE.login, 0, e, self),
  'association.rejected': (e, self) =>
    alert(EVENT_TYPE.nodeAuthentication, 8, [application(self), from(e.calling, e.remoteAddress)]),
  'association.released': (e, self) => session(EVENT_TYPE.logout, 0, e, self),
  'association.aborted': (e, self) => session(EVENT_TYPE.logout, 4, e, self),
  'connection.refused': (e, self) =>
    alert(EVENT_TYPE.nodeAuthentication, 8, [application(self), from(e.remoteAddress, e.remoteAddress)]),
  'operation.answered': (e, self) => operation(e, self, e.status),
  'operation.refused': (e, self) =>
    alert(EVENT_TYPE.restrictedFunction, 8, [application(self), from(e.peer)], [resource(asked(e), e.service)]),
  'arrival.stored': (e, self) =>
    transfer(
      e.outcome === 'duplicate' ? 'R' : 'C',
      e.outcome === 'conflict' ? 4 : 0,
      [from(e.peer, e.remoteAddress), to(self)],
      studyAndPatient(e),
    ),
  'arrival.held': (e, self) =>
    alert(EVENT_TYPE.objectSecurity, 4, [application(self), from(e.peer, e.remoteAddress)], studyAndPatient(e)),
  'arrival.refused': (e, self) =>
    alert(EVENT_TYPE.restrictedFunction, 8, [application(self), from(e.peer, e.remoteAddress)], studyAndPatient(e)),
  'delivery.delivered': (e, self) => transfer('C', 0, [from(self), to(e.destination)], studyAndPatient(e)),
  'delivery.retrying': (e, self) => transfer('C', 4, [from(self), to(e.destination)], studyAndPatient(e)),
  'delivery.failed': (e, self) => transfer('C', 8, [from(self), to(e.destination)], studyAndPatient(e)),
  'delivery.requeued': (e) =>
    alert(
      EVENT_TYPE.restrictedFunction,
      0,
      [person(e.by), to(e.destination)],
      [resource('urn:leadglass:deliveries', 'Deliveries')],
    ),
  'commitment.committed': (e, self) => transfer('R', 0, [from(self), to(e.destination)], [job(e.transactionUid)]),
  'commitment.refused': (e, self) => transfer('R', 8, [from(self), to(e.destination)], [job(e.transactionUid)]),
  'commitment.reported': (e, self) => transfer('R', 0, [from(self), to(e.peer)], [job(e.transactionUid)]),
  'commitment.unreported': (e, self) => transfer('R', 8, [from(self), to(e.peer)], [job(e.transactionUid)]),
  'retrieve.done': (e, self) =>
    transfer(
      'R',
      e.failed === 0 ? 0 : 4,
      [{ userId: e.peer, isRequestor: true }, { ...from(self), isRequestor: false }, to(e.to)],
      e.studies.map((uid) => ({ id: uid, idType: ID_TYPE.studyInstanceUid, type: '2', role: '3' })),
    ),
  'copy.made': (e, self) => ({
    id: EVENT_ID.instancesTransferred,
    types: [],
    action: 'C',
    outcome: 0,
    participants: [application(self)],
    objects: studyAndPatient(e),
  }),
  'copy.impossible': (e, self) => alert(EVENT_TYPE.objectSecurity, 4, [application(self)], studyAndPatient(e)),
  'hold.asked': (e) => alert(EVENT_TYPE.objectSecurity, 0, [person(e.by)], studyAndPatient(e)),
  'hold.withdrawn': (e) => alert(EVENT_TYPE.objectSecurity, 0, [person(e.by)], studyAndPatient(e)),
  'operator.added': (e) => alert(EVENT_TYPE.userSecurity, 0, [person(e.by)], [operator(e.operator)]),
  'operator.removed': (e) => alert(EVENT_TYPE.userSecurity, 0, [person(e.by)], [operator(e.operator)]),
  'hold.released': (e) => alert(EVENT_TYPE.objectSecurity, 0, persons(e), studyAndPatient(e)),
  'hold.destroyed': (e, self) => ({
    id: EVENT_ID.studyDeleted,
    types: [],
    action: 'D',
    outcome: 0,
    participants: [...persons(e), application(self)],
    objects: studyAndPatient(e, '15'),
  }),
  'import.begun': (e, self) => imported(e, self, 0, e.studies),
  'import.ended': (e, self) => imported(e, self, e.held + e.refused + e.left === 0 ? 0 : 4),
  'import.interrupted': (e, self) => imported(e, self, 8),
  // Access to what an object holds (PS3.15 §A.5.3.3).
  'hold.viewed': (e, self) => ({
    id: EVENT_ID.instancesAccessed,
    types: [],
    action: 'R',
    outcome: 0,
    participants: [person(e.by), application(self)],
    objects: studyAndPatient(e, '6'),
  }),
  'certificate.issued': (e) => alert(EVENT_TYPE.securityConfiguration, 0, [person(e.by)], [certificate(e.sha256)]),
  'certificate.revoked': (e) => alert(EVENT_TYPE.securityConfiguration, 0, [person(e.by)], [certificate(e.sha256)]),
  'certificate.expiring': (e, self) =>
    alert(EVENT_TYPE.securityConfiguration, 4, [application(self)], [certificate(e.sha256)]),
  'tls.rolled-back': (_, self) =>
    alert(
      EVENT_TYPE.securityConfiguration,
      4,
      [application(self)],
      [resource('urn:leadglass:config', 'Configuration')],
    ),
  'web.retrieved': (e, self) => transfer('R', 0, [from(self), toAt(e.peer, e.remoteAddress)], givenStudy(e)),
  'web.queried': (e, self) => ({
    id: EVENT_ID.query,
    types: [],
    action: 'E',
    outcome: 0,
    participants: [from(e.peer, e.remoteAddress), to(self)],
    objects: [resource('urn:leadglass:qido-rs', 'QIDO-RS')],
  }),
  'web.stored': (e, self) =>
    transfer(
      'C',
      e.failed === 0 ? 0 : 4,
      [from(e.peer, e.remoteAddress), to(self)],
      [resource(`urn:uuid:${e.requestId}`, 'STOW-RS')],
    ),
  'web.refused': (e, self) =>
    alert(EVENT_TYPE.restrictedFunction, 8, [application(self), from(e.peer, e.remoteAddress)]),
  'vault.opened': (e, self) => exported(e.by, self, studyAndPatient(e, '10')),
  'vault.exported': (e, self) => exported(e.by, self, []),
  'continuity.dropped': (e, self) => ({
    id: EVENT_ID.studyDeleted,
    types: [],
    action: 'D',
    outcome: 0,
    participants: [application(self)],
    objects: givenStudy(e, '15'),
  }),
  'vault.checked': (e) =>
    alert(
      EVENT_TYPE.localServiceStopped,
      e.faults === 0 ? 0 : 12,
      [person(e.by)],
      [resource('urn:leadglass:vault', 'Vault')],
    ),
  'ledger.read': (e) => ({
    id: EVENT_ID.auditLogUsed,
    types: [],
    action: 'R',
    outcome: 0,
    participants: [person(e.by)],
    objects: [resource('urn:leadglass:ledger', 'Security Audit Log')],
  }),
  'config.changed': (e) =>
    alert(
      [EVENT_TYPE.networkConfiguration, EVENT_TYPE.securityConfiguration],
      0,
      [person(e.by)],
      [resource('urn:leadglass:config', 'Configuration')],
    ),
  'person.signed-in': (e, self) => signing(EVENT_TYPE.login, 0, e, self),
  'person.refused': (e, self) => signing(EVENT_TYPE.login, 4, e, self),
  'person.signed-out': (e, self) => signing(EVENT_TYPE.logout, 0, e, self),
  'person.added': (e) => alert(EVENT_TYPE.userSecurity, 0, [person(e.by)], [account(e.person)]),
  'person.changed': (e) => alert(EVENT_TYPE.userSecurity, 0, [person(e.by)], [account(e.person)]),
  'person.removed': (e) => alert(EVENT_TYPE.userSecurity, 0, [person(e.by)], [account(e.person)]),
  'study.opened': (e, self) => ({
    id: EVENT_ID.instancesAccessed,
    types: [],
    action: 'R',
    outcome: 0,
    participants: [person(e.by), application(self)],
    objects: givenStudy(e),
  }),
  'glass.broken': (e) =>
    alert(EVENT_TYPE.emergencyOverride, 4, [person(e.by)], [resource(`urn:leadglass:chart:${e.chart}`, 'Chart')]),
  'glass.reviewed': (e) => ({
    id: EVENT_ID.auditLogUsed,
    types: [],
    action: 'R',
    outcome: 0,
    participants: [person(e.by)],
    objects: [account(e.of), resource(`urn:leadglass:chart:${e.chart}`, 'Chart')],
  }),
  'journey.searched': (e, self) => ({
    id: EVENT_ID.query,
    types: [],
    action: 'E',
    outcome: 0,
    participants: [person(e.by), from(`${self} ${OF_CONSOLE}`), to(self)],
    objects: [resource('urn:leadglass:journey', e.keys.slice(0, 8).join(', '))],
  }),
  ...CHART_ROWS,
  'schedule.kept': (e, self) => schedule(e.destination, self, 0),
  'schedule.not-kept': (e, self) => schedule(e.destination, self, 4),
  'step.delivered': (e, self) => step(e, self, 0),
  'step.refused': (e, self) => step(e, self, 8),
  'steps.given-back': (e, self) =>
    alert(
      EVENT_TYPE.restrictedFunction,
      e.refused === 0 ? 0 : 4,
      [from(self), to(e.destination)],
      [resource('urn:leadglass:steps', 'Modality Performed Procedure Steps')],
    ),
  'registration.added': registered,
  'registration.corrected': registered,
  'registration.cancelled': registered,
  'identity.waiting': identified,
  'identity.asked': identified,
  'identity.accepted': identified,
  'identity.released': identified,
  'identity.taken-back': identified,
  'copy.coerced': (e, self) => ({
    id: EVENT_ID.instancesTransferred,
    types: [],
    action: 'C',
    outcome: 0,
    participants: [application(self)],
    objects: studyAndPatient(e),
  }),
  'copy.not-coerced': (e, self) => alert(EVENT_TYPE.objectSecurity, 4, [application(self)], studyAndPatient(e)),
  'hl7.delivered': (e, self) => toldByHl7(e, self, 0),
  'hl7.refused': (e, self) => toldByHl7(e, self, 8),
  'hl7.withdrawn': (e, self) => toldByHl7(e, self, 0),
  'hl7.by-hand': (e, self) => toldByHl7(e, self, 4),
  'hl7.retried': (e, self) => toldByHl7(e, self, 0),
  'hl7.skipped': (e, self) => toldByHl7(e, self, 4),
  'hl7.told-late': (e, self) =>
    alert(
      EVENT_TYPE.restrictedFunction,
      0,
      [person(e.by), from(self)],
      [resource('urn:leadglass:hl7', 'HL7 v2 messages')],
    ),
  'hl7.given-back': (e, self) =>
    alert(
      EVENT_TYPE.restrictedFunction,
      e.refused === 0 ? 0 : 4,
      [from(self), to(e.destination)],
      [resource('urn:leadglass:hl7', 'HL7 v2 messages')],
    ),
  'recovery.row-dropped': (e, self) =>
    alert(EVENT_TYPE.objectSecurity, 8, [application(self)], [resource(`urn:sha256:${e.sha256}`, 'Custody record')]),
};

/** What the audit message of `event` says. @param self this gateway's AuditSourceID. */
export function auditRow(event: Event, self: string): AuditRow {
  const rowOf = ROWS[event.kind] as (event: Event, self: string) => AuditRow;
  return rowOf(event, self);
}
