import { text } from '@leadglass/kit';
import type { EventKind, EventOf } from '@leadglass/model';

/** For tests: one event of every kind, each text in it made from `word`. */
export function sampleEvents(word: (usual: string) => string = (usual) => usual): {
  readonly [K in EventKind]: EventOf<K>;
} {
  const why = { fr: word('raison'), en: word('reason') };
  const association = {
    associationId: word('a-1'),
    calling: word('CT1'),
    called: word('LEADGLASS'),
    remoteAddress: word('192.0.2.7'),
    listener: word('dimse'),
  };
  const uids = {
    sopClassUid: word('1.2.840.10008.5.1.4.1.1.2'),
    sopInstanceUid: word('1.2.3.4'),
    studyInstanceUid: word('1.2.3'),
    patient: word('p-5f3a'),
  };
  const object = {
    arrivalId: word('v-1'),
    associationId: word('a-1'),
    peer: word('CT1'),
    remoteAddress: word('192.0.2.7'),
    sha256: word('ab'.repeat(32)),
    bytes: 523_288,
    ...uids,
  };
  const certificate = {
    ...{ name: word('scanner 1'), peer: word('CT1'), sha256: word('ab'.repeat(32)), notAfterMs: 1_782_000_000_000 },
  };
  const web = { peer: word('VIEWER'), remoteAddress: word('192.0.2.9') };
  const step = {
    ...{ destination: word('RIS'), peer: word('CT1'), stepUid: word('1.2.9') },
    ...{ message: 'create' as const, status: 0, waitedMs: 5_000 },
  };
  const hl7 = {
    ...{ destination: word('RIS'), message: word('ADT^A04'), controlId: word('LG01ABCDEF') },
    ...{ number: word('TQ7K263310001C'), studyInstanceUid: word('2.25.7') },
  };
  const registration = {
    ...{ by: word('marie'), number: word('TQ7K263310001C'), patient: word('p-5f3a') },
    studyInstanceUid: word('2.25.7'),
  };
  const identity = {
    ...{ by: word('marie'), number: word('TQ7K263310001C'), patient: word('p-5f3a'), identity: word('p-77aa') },
  };
  const media = { by: word('marie'), importId: word('i-1'), medium: word('ab'.repeat(32)) };
  const delivery = { destination: word('PACS'), deliveryId: 5, sha256: word('ab'.repeat(32)), attempts: 2, ...uids };
  const operation = {
    associationId: word('a-1'),
    peer: word('CT1'),
    service: 'worklist' as const,
    sopClassUid: word('1.2.840.10008.5.1.4.31'),
    from: 'upstream' as const,
    upstream: word('ris'),
    level: word('STUDY'),
    keys: [word('PatientName wildcard')],
    status: 0,
    ms: 12,
  };
  const findings = [word('structure.odd-length'), word('uid.malformed')];
  const told = { peer: word('CT1'), upstream: word('PACS'), transactionUid: word('1.2.9'), committed: 3 };
  let n = 0;
  const made = <K extends EventKind>(kind: K, facts: Omit<EventOf<K>, 'id' | 'atMs' | 'kind'>): EventOf<K> => {
    n += 1;
    return {
      id: `0190a000-0000-7000-8000-${String(n).padStart(12, '0')}`,
      atMs: 1_782_000_000_000 + n,
      kind,
      ...facts,
    } as EventOf<K>;
  };
  return {
    'gateway.started': made('gateway.started', { version: word('0.1.0'), listeners: [word('dimse 0.0.0.0:11112')] }),
    'gateway.stopped': made('gateway.stopped', { reason: word('SIGTERM') }),
    'intake.started': made('intake.started', { intake: 1 }),
    'intake.died': made('intake.died', { intake: 1, associations: 2, exit: word('SIGSEGV') }),
    'outage.began': made('outage.began', {
      ...{ upstream: word('PACS'), how: 'declared', by: word('marie'), reason: word('salle serveur') },
    }),
    'outage.lifted': made('outage.lifted', { upstream: word('PACS'), by: word('marie') }),
    'outage.ended': made('outage.ended', { upstream: word('PACS'), sinceMs: 1_781_000_000_000, owed: 3, bytes: 9 }),
    'giveback.done': made('giveback.done', {
      ...{
        upstream: word('PACS'),
        sinceMs: 1_781_000_000_000,
        owed: 3,
        delivered: 3,
        failed: 0,
        removed: 0,
        known: 0,
        ms: 9,
      },
    }),
    'isolation.on': made('isolation.on', {
      ...{
        by: word('marie'),
        reason: word('attaque'),
        associations: 1,
        webConnections: 0,
        destinations: [word('CLOUD')],
      },
    }),
    'isolation.off': made('isolation.off', {
      ...{ by: word('marie'), sinceMs: 1_781_000_000_000, destinations: [word('CLOUD')] },
    }),
    'drill.began': made('drill.began', { no: 3, by: word('marie') }),
    'drill.ended': made('drill.ended', {
      ...{ no: 3, by: '', outcome: 'late', steps: [{ step: 'stored', ms: 120 }], failedAt: '', why: text('', '') },
      ...{ untried: [{ step: 'sign-in', why }], imageMs: 130_000, labMs: 900, imageAimMs: 120_000, labAimMs: 120_000 },
      ...{ cutOff: [word('PACS')], destroyed: { objects: 3, messages: 1, charts: 1 }, left: 0 },
    }),
    'drill.missed': made('drill.missed', { no: 4, dueMs: 1_781_000_000_000, why }),
    'drill.outage': made('drill.outage', {
      ...{ no: 5, upstream: word('PACS'), sinceMs: 1_781_000_000_000, outcome: 'late' },
      images: { count: 40, medianMs: 700, p95Ms: 1_200, worstMs: 9_000, unmeasured: 0 },
      results: { count: 0, medianMs: 0, p95Ms: 0, worstMs: 0, unmeasured: 0 },
      ...{ imageAimMs: 120_000, labAimMs: 120_000 },
    }),
    'clamav.up': made('clamav.up', { address: word('/run/clamd.ctl'), version: word('ClamAV 1.4.6') }),
    'clamav.down': made('clamav.down', { address: word('/run/clamd.ctl'), fault: 'wire.clamd-unreachable', why }),
    'association.accepted': made('association.accepted', {
      ...association,
      evidence: 'certificate',
      implementation: word('OFFIS_DCMTK_369'),
    }),
    'association.rejected': made('association.rejected', {
      ...association,
      result: 1,
      source: 1,
      reason: 3,
      why,
      hint: word('./leadglass peer add CT1 --from 192.0.2.7 --allow echo,store'),
    }),
    'association.released': made('association.released', { ...association, objects: 500, bytes: 263_000_000 }),
    'association.aborted': made('association.aborted', { ...association, by: 'peer', source: 0, reason: 0, why }),
    'connection.refused': made('connection.refused', {
      remoteAddress: word('192.0.2.7'),
      listener: word('dimse'),
      why,
      more: 4000,
    }),
    'operation.answered': made('operation.answered', { ...operation, results: 12 }),
    'operation.refused': made('operation.refused', {
      ...operation,
      why,
      hint: word('./leadglass relay add --from CT1 --services worklist --to ris'),
    }),
    'arrival.stored': made('arrival.stored', {
      ...object,
      outcome: 'stored',
      verdict: 'clean',
      findings,
      destinations: [word('PACS')],
    }),
    'arrival.held': made('arrival.held', { ...object, verdict: 'malformed', findings, why: [why, why] }),
    'arrival.refused': made('arrival.refused', {
      ...object,
      status: 0xc000,
      verdict: 'malformed',
      findings,
      why: [why],
    }),
    'copy.made': made('copy.made', {
      ...object,
      original: object.sha256,
      pixelSha256: object.sha256,
      changes: ['removed (0009,1001)'],
      destinations: [word('PACS')],
    }),
    'copy.impossible': made('copy.impossible', { ...object, why: [why] }),
    'delivery.delivered': made('delivery.delivered', { ...delivery, status: 0 }),
    'delivery.retrying': made('delivery.retrying', {
      ...delivery,
      fault: word('wire.refused'),
      why,
      retryInMs: 45_000,
    }),
    'delivery.failed': made('delivery.failed', { ...delivery, fault: word('wire.refused'), why }),
    'delivery.requeued': made('delivery.requeued', {
      by: word('marie'),
      destination: word('PACS'),
      deliveries: 3,
    }),
    'commitment.committed': made('commitment.committed', {
      destination: word('PACS'),
      transactionUid: word('1.2.9'),
      objects: 3,
    }),
    'commitment.refused': made('commitment.refused', {
      destination: word('PACS'),
      transactionUid: word('1.2.9'),
      sopInstanceUid: word('1.2.3.4'),
      failureReason: 0x0112,
    }),
    'commitment.reported': made('commitment.reported', { ...told, failed: 1 }),
    'commitment.unreported': made('commitment.unreported', { ...told, failed: 0, why }),
    'retrieve.done': made('retrieve.done', {
      associationId: word('a'),
      peer: word('CT1'),
      service: 'move',
      to: word('WS1'),
      studies: [word('1.2.3')],
      completed: 3,
      failed: 0,
      warning: 0,
      withheld: 0,
      status: 0,
    }),
    'hold.released': made('hold.released', { ...object, by: word('marie'), reason: word('checked') }),
    'hold.destroyed': made('hold.destroyed', { ...object, by: word('marie'), reason: word('checked') }),
    'import.begun': made('import.begun', {
      ...media,
      identity: word('p-5f3a'),
      studies: [word('1.2.3')],
      objects: 12,
      clean: 10,
      doubtful: 1,
      dangerous: 1,
      otherFiles: 3,
    }),
    'import.ended': made('import.ended', {
      ...media,
      stored: 11,
      originals: 1,
      held: 1,
      refused: 0,
      left: 0,
      notStored: [word('1.2.3.4 ab held')],
    }),
    'import.interrupted': made('import.interrupted', media),
    'hold.asked': made('hold.asked', {
      ...{ ...object, by: word('marie'), act: 'release', reason: word('checked'), untilMs: 1_782_000_259_200_000 },
      signed: { operator: word('marie'), publicKey: word('k'), statement: word('s'), signature: word('x') },
    }),
    'hold.withdrawn': made('hold.withdrawn', {
      ...{ ...object, by: word('paul'), act: 'release', askedBy: word('marie') },
    }),
    'operator.added': made('operator.added', {
      ...{ by: word('marie'), operator: word('paul'), key: word('ab12'), inForceAtMs: 1_782_000_086_400_000 },
    }),
    'operator.removed': made('operator.removed', { by: word('marie'), operator: word('paul'), key: word('ab12') }),
    'certificate.issued': made('certificate.issued', { ...certificate, by: word('marie') }),
    'certificate.revoked': made('certificate.revoked', {
      ...{ ...certificate, by: word('marie'), reason: word('superseded') },
    }),
    'certificate.expiring': made('certificate.expiring', { ...certificate, days: 30 }),
    'tls.rolled-back': made('tls.rolled-back', { by: word('gateway'), why }),
    'hold.viewed': made('hold.viewed', { ...object, by: word('marie'), view: 'hex' }),
    'web.retrieved': made('web.retrieved', {
      ...web,
      studyInstanceUid: word('1.2.3'),
      patient: word('p-5f3a'),
      what: [word('frames instance')],
      requests: 12,
      instances: 3,
      bytes: 6_300_000,
    }),
    'web.queried': made('web.queried', { ...web, level: 'STUDY', keys: [word('PatientName wildcard')], results: 3 }),
    'web.stored': made('web.stored', { ...web, requestId: word('req-1'), stored: 2, failed: 1, status: 202 }),
    'web.refused': made('web.refused', {
      ...web,
      service: word('stow'),
      status: 403,
      why,
      hint: word('web token add'),
    }),
    'vault.opened': made('vault.opened', { ...object, by: word('marie') }),
    'continuity.dropped': made('continuity.dropped', {
      ...{ studyInstanceUid: word('1.2.3'), patient: word('p-5f3a'), objects: 12, bytes: 6_000_000 },
    }),
    'vault.exported': made('vault.exported', { by: word('marie'), objects: 12 }),
    'vault.checked': made('vault.checked', { by: word('marie'), objects: 12, faults: 0 }),
    'ledger.read': made('ledger.read', { by: word('marie') }),
    'config.changed': made('config.changed', { by: word('marie'), change: why }),
    'person.signed-in': made('person.signed-in', {
      ...{ by: word('marie'), role: word('administrator'), how: 'passkey', address: word('192.0.2.7') },
    }),
    'person.refused': made('person.refused', {
      ...{ by: word('marie'), why: 'credentials', address: word('192.0.2.7') },
    }),
    'person.signed-out': made('person.signed-out', { by: word('marie'), why: 'idle' }),
    'person.added': made('person.added', { by: word('marie'), person: word('paul'), role: word('radiologist') }),
    'person.changed': made('person.changed', { by: word('marie'), person: word('paul'), role: word('auditor') }),
    'person.removed': made('person.removed', { by: word('marie'), person: word('paul') }),
    'study.opened': made('study.opened', {
      ...{ by: word('marie'), studyInstanceUid: word('1.2.3'), patient: word('p-5f3a'), reason: word('garde') },
    }),
    'glass.broken': made('glass.broken', {
      ...{ by: word('marie'), role: word('emergency'), chart: 12, why: 'danger', words: word('garde') },
    }),
    'glass.reviewed': made('glass.reviewed', {
      ...{ by: word('sam'), no: 3, of: word('marie'), chart: 12, note: word('vu') },
    }),
    'journey.searched': made('journey.searched', { by: word('marie'), keys: [word('PatientName prefix')], found: 3 }),
    'feed.received': made('feed.received', {
      feed: word('LABO'),
      remoteAddress: word('192.0.2.30'),
      messages: 12,
      bytes: 9600,
      repeated: 1,
      notUnderstood: 2,
      quarantined: 0,
      refused: 1,
    }),
    'feed.silent': made('feed.silent', { feed: word('LABO'), feedKind: 'lab', sinceMs: 1_795_600_000_000 }),
    'feed.heard': made('feed.heard', { feed: word('LABO'), feedKind: 'lab', sinceMs: null }),
    'message.viewed': made('message.viewed', {
      by: word('marie'),
      feed: word('LABO'),
      message: 7,
      reason: word('panne'),
    }),
    'message.retried': made('message.retried', {
      by: word('marie'),
      feed: word('LABO'),
      message: 7,
      outcome: 'entered',
    }),
    'message.dismissed': made('message.dismissed', {
      by: word('marie'),
      feed: word('LABO'),
      message: 7,
      reason: word('essai'),
    }),
    'chart.searched': made('chart.searched', { by: word('marie'), keys: [word('name')], found: 3 }),
    'chart.opened': made('chart.opened', {
      by: word('marie'),
      chart: 4,
      patient: word('p-5f3a'),
      what: 'chart',
      reason: word('garde'),
    }),
    'chart.merged': made('chart.merged', {
      by: word('marie'),
      no: 2,
      into: 4,
      taken: 9,
      patient: word('p-5f3a'),
      other: word('p-77'),
      reason: word('doublon'),
    }),
    'chart.unmerged': made('chart.unmerged', {
      by: word('marie'),
      no: 2,
      into: 4,
      taken: 9,
      patient: word('p-5f3a'),
      other: word('p-77'),
      reason: word('erreur'),
    }),
    'chart.forgotten': made('chart.forgotten', {
      ...{ messages: 120, charts: 2, documents: 1, bytes: 98_304, messageDays: 180, chartDays: 1826 },
    }),
    'schedule.kept': made('schedule.kept', { destination: word('RIS'), days: 3, entries: 40 }),
    'schedule.not-kept': made('schedule.not-kept', { destination: word('RIS'), why }),
    'step.delivered': made('step.delivered', step),
    'step.refused': made('step.refused', { ...step, why }),
    'steps.given-back': made('steps.given-back', {
      ...{ destination: word('RIS'), delivered: 12, refused: 1, sinceMs: 5 },
    }),
    'identity.waiting': made('identity.waiting', {
      ...{ number: word('TQ7K263310001C'), patient: word('p-5f3a'), studyInstanceUid: word('2.25.7') },
      destinations: [word('PACS')],
    }),
    'identity.asked': made('identity.asked', { ...identity, score: 71 }),
    'identity.accepted': made('identity.accepted', {
      ...{ ...identity, askedBy: word('paul'), source: word('worklist'), score: 96 },
    }),
    'identity.released': made('identity.released', {
      ...{ by: '', number: word('TQ7K263310001C'), patient: word('p-5f3a'), reason: '' },
    }),
    'identity.taken-back': made('identity.taken-back', { ...identity, reason: word('erreur'), isCorrection: false }),
    'copy.coerced': made('copy.coerced', {
      ...{ ...object, number: word('TQ7K263310001C'), original: object.sha256, pixelSha256: object.sha256 },
      ...{ changes: ['coerced (0010,0020)'], destinations: [word('PACS')] },
    }),
    'copy.not-coerced': made('copy.not-coerced', { ...object, number: word('TQ7K263310001C'), why: [why] }),
    'registration.added': made('registration.added', { ...registration, station: word('CT1'), modality: word('CT') }),
    'registration.corrected': made('registration.corrected', registration),
    'registration.cancelled': made('registration.cancelled', { ...registration, reason: word('doublon') }),
    'hl7.delivered': made('hl7.delivered', { ...hl7, code: 'AA', waitedMs: 5 }),
    'hl7.refused': made('hl7.refused', { ...hl7, code: 'AE', why }),
    'hl7.withdrawn': made('hl7.withdrawn', hl7),
    'hl7.by-hand': made('hl7.by-hand', { ...hl7, message: word('unmerge') }),
    'hl7.retried': made('hl7.retried', { ...hl7, by: word('marie') }),
    'hl7.skipped': made('hl7.skipped', { ...hl7, by: word('marie'), reason: word('doublon') }),
    'hl7.told-late': made('hl7.told-late', {
      ...{ by: word('marie'), from: 20260105, to: 20260106, registrations: 3, messages: 6 },
    }),
    'hl7.given-back': made('hl7.given-back', { destination: word('RIS'), delivered: 12, refused: 1, sinceMs: 5 }),
    'recovery.row-dropped': made('recovery.row-dropped', { sha256: word('ab'.repeat(32)), why }),
  };
}
