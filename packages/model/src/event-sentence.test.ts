import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, type EventKind, type EventOf, eventSentence, printable } from './index.ts';

/** One event of every kind, each text in it made from `word`. */
function samples(word: (usual: string) => string = (usual) => usual): { readonly [K in EventKind]: EventOf<K> } {
  const why = { fr: word('titre inconnu.'), en: word('unknown title.') };
  const association = {
    associationId: 'a',
    calling: word('CT1'),
    called: word('LEADGLASS'),
    remoteAddress: word('192.0.2.7'),
    listener: word('dimse'),
  };
  const uids = {
    sopClassUid: word('1.2.840'),
    sopInstanceUid: word('1.2.3.4'),
    studyInstanceUid: word('1.2.3'),
    patient: word('p'),
  };
  const object = {
    arrivalId: word('v'),
    associationId: 'a',
    peer: word('CT1'),
    remoteAddress: word('192.0.2.7'),
    sha256: word('ab12cd34ef56ab12'),
    bytes: 523_288,
    ...uids,
  };
  const delivery = { destination: word('PACS'), deliveryId: 5, sha256: word('ab'), attempts: 2, ...uids };
  const media = { by: word('marie'), importId: word('i'), medium: word('ab12cd34ef56ab12') };
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
  const operation = {
    associationId: word('a'),
    peer: word('CT1'),
    service: 'find' as const,
    sopClassUid: word('1.2'),
    from: 'upstream' as const,
    upstream: word('pacs'),
    level: word('STUDY'),
    keys: [word('PatientName wildcard'), word('StudyDate range')],
    status: 0,
    ms: 12.4,
  };
  const head = { id: 'e', atMs: 1_782_000_000_000 };
  const certificate = {
    ...{ name: word('scanner 1'), peer: word('CT1'), sha256: word('ab12cd34ef56ab12'), notAfterMs: head.atMs },
  };
  const hint = word('./leadglass peer add CT1 --from 192.0.2.7 --allow echo,store');
  return {
    'gateway.started': {
      ...head,
      kind: 'gateway.started',
      version: word('0.1.0'),
      listeners: [word('dimse 0.0.0.0:11112')],
    },
    'gateway.stopped': { ...head, kind: 'gateway.stopped', reason: word('SIGTERM') },
    'intake.started': { ...head, kind: 'intake.started', intake: 1 },
    'intake.died': { ...head, kind: 'intake.died', intake: 1, associations: 2, exit: word('SIGSEGV') },
    'outage.began': {
      ...{ ...head, kind: 'outage.began', upstream: word('PACS'), how: 'declared', by: word('marie') },
      reason: word('salle serveur'),
    },
    'outage.lifted': { ...head, kind: 'outage.lifted', upstream: word('PACS'), by: word('marie') },
    'outage.ended': {
      ...{ ...head, kind: 'outage.ended', upstream: word('PACS') },
      ...{ sinceMs: head.atMs - 7_500_000, owed: 1200, bytes: 630_000_000 },
    },
    'giveback.done': {
      ...{ ...head, kind: 'giveback.done', upstream: word('PACS'), sinceMs: head.atMs - 7_500_000 },
      ...{ owed: 1200, delivered: 1198, failed: 1, removed: 1, known: 2, ms: 600_000 },
    },
    'isolation.on': {
      ...{ ...head, kind: 'isolation.on', by: word('marie'), reason: word('attaque') },
      ...{ associations: 2, webConnections: 1, destinations: [word('CLOUD')] },
    },
    'isolation.off': {
      ...{ ...head, kind: 'isolation.off', by: word('marie'), sinceMs: head.atMs - 7_500_000 },
      destinations: [word('CLOUD')],
    },
    'drill.began': { ...head, kind: 'drill.began', no: 3, by: word('marie') },
    'drill.ended': {
      ...{ ...head, kind: 'drill.ended', no: 3, by: '', outcome: 'late' },
      ...{ steps: [{ step: 'stored', ms: 120 }], failedAt: '', why: { fr: '', en: '' }, untried: [] },
      ...{ imageMs: 130_000, labMs: 900, imageAimMs: 120_000, labAimMs: 60_000, cutOff: [word('PACS')] },
      ...{ destroyed: { objects: 3, messages: 1, charts: 1 }, left: 1 },
    },
    'drill.missed': { ...head, kind: 'drill.missed', no: 4, dueMs: head.atMs, why },
    'drill.outage': {
      ...{ ...head, kind: 'drill.outage', no: 5, upstream: word('PACS'), sinceMs: head.atMs, outcome: 'in-time' },
      images: { count: 40, medianMs: 700, p95Ms: 1_200, worstMs: 9_000, unmeasured: 0 },
      results: { count: 0, medianMs: 0, p95Ms: 0, worstMs: 0, unmeasured: 0 },
      ...{ imageAimMs: 120_000, labAimMs: 120_000 },
    },
    'clamav.up': { ...head, kind: 'clamav.up', address: word('/run/clamd.ctl'), version: word('ClamAV 1.4.6') },
    'clamav.down': { ...head, kind: 'clamav.down', address: word('/run/clamd.ctl'), fault: 'f', why },
    'association.accepted': {
      ...head,
      ...association,
      kind: 'association.accepted',
      evidence: 'certificate',
      implementation: word('X'),
    },
    'association.rejected': {
      ...head,
      ...association,
      kind: 'association.rejected',
      result: 1,
      source: 1,
      reason: 3,
      why,
      hint,
    },
    'association.released': { ...head, ...association, kind: 'association.released', objects: 500, bytes: 263_400_000 },
    'association.aborted': {
      ...head,
      ...association,
      kind: 'association.aborted',
      by: 'gateway',
      source: 2,
      reason: 2,
      why,
    },
    'connection.refused': {
      ...head,
      kind: 'connection.refused',
      remoteAddress: word('192.0.2.7'),
      listener: word('dimse'),
      why,
    },
    'operation.answered': { ...head, ...operation, kind: 'operation.answered', results: 3 },
    'operation.refused': { ...head, ...operation, kind: 'operation.refused', status: 0x0124, why, hint },
    'arrival.stored': {
      ...head,
      ...object,
      kind: 'arrival.stored',
      outcome: 'stored',
      verdict: 'clean',
      findings: [],
      destinations: [word('PACS')],
    },
    'arrival.held': { ...head, ...object, kind: 'arrival.held', verdict: 'malformed', findings: [], why: [why, why] },
    'copy.made': {
      ...head,
      ...object,
      kind: 'copy.made',
      original: object.sha256,
      pixelSha256: object.sha256,
      changes: ['trailing'],
      destinations: ['PACS'],
    },
    'copy.impossible': { ...head, ...object, kind: 'copy.impossible', why: [why] },
    'arrival.refused': {
      ...head,
      ...object,
      kind: 'arrival.refused',
      status: 0xc000,
      verdict: 'malformed',
      findings: [],
      why: [why],
    },
    'delivery.delivered': { ...head, ...delivery, kind: 'delivery.delivered', status: 0, attempts: 1 },
    'delivery.retrying': { ...head, ...delivery, kind: 'delivery.retrying', fault: 'f', why, retryInMs: 45_000 },
    'delivery.failed': { ...head, ...delivery, kind: 'delivery.failed', fault: 'f', why },
    'commitment.committed': {
      ...head,
      kind: 'commitment.committed',
      destination: word('PACS'),
      transactionUid: word('1.2'),
      objects: 3,
    },
    'commitment.refused': {
      ...head,
      kind: 'commitment.refused',
      destination: word('PACS'),
      transactionUid: word('1.2'),
      sopInstanceUid: word('1.2.3.4'),
      failureReason: 0x0112,
    },
    'commitment.reported': {
      ...head,
      kind: 'commitment.reported',
      peer: word('CT1'),
      upstream: word('PACS'),
      transactionUid: word('1.2'),
      committed: 3,
      failed: 1,
    },
    'commitment.unreported': {
      ...head,
      kind: 'commitment.unreported',
      peer: word('CT1'),
      upstream: word('PACS'),
      transactionUid: word('1.2'),
      committed: 3,
      failed: 0,
      why,
    },
    'retrieve.done': {
      ...head,
      kind: 'retrieve.done',
      associationId: word('a'),
      peer: word('CT1'),
      service: 'move',
      to: word('WS1'),
      studies: [word('1.2')],
      completed: 3,
      failed: 1,
      warning: 1,
      withheld: 1,
      status: 0xb000,
    },
    'delivery.requeued': {
      ...head,
      kind: 'delivery.requeued',
      by: word('marie'),
      destination: word('PACS'),
      deliveries: 3,
      sha256: word('ab12cd34ef56ab12'),
    },
    'hold.released': { ...head, ...object, kind: 'hold.released', by: word('marie'), reason: word('vu') },
    'hold.destroyed': { ...head, ...object, kind: 'hold.destroyed', by: word('marie'), reason: word('vu') },
    'import.begun': {
      ...head,
      ...media,
      kind: 'import.begun',
      identity: word('p'),
      studies: [word('1.2.3')],
      objects: 12,
      clean: 10,
      doubtful: 1,
      dangerous: 1,
      otherFiles: 3,
    },
    'import.ended': {
      ...head,
      ...media,
      kind: 'import.ended',
      stored: 11,
      originals: 1,
      held: 1,
      refused: 0,
      left: 0,
      notStored: [word('1.2.3.4 ab held')],
    },
    'import.interrupted': { ...head, ...media, kind: 'import.interrupted' },
    'hold.asked': {
      ...{ ...head, ...object, kind: 'hold.asked', by: word('marie'), act: 'release', reason: word('vu') },
      untilMs: head.atMs + 72 * 3_600_000,
      signed: { operator: word('marie'), publicKey: word('k'), statement: word('s'), signature: word('x') },
    },
    'hold.withdrawn': {
      ...{ ...head, ...object, kind: 'hold.withdrawn', by: word('paul'), act: 'destroy', askedBy: word('marie') },
    },
    'operator.added': {
      ...{ ...head, kind: 'operator.added', by: word('root'), operator: word('paul'), key: word('ab12') },
      inForceAtMs: head.atMs + 86_400_000,
    },
    'operator.removed': {
      ...head,
      kind: 'operator.removed',
      by: word('root'),
      operator: word('paul'),
      key: word('ab12'),
    },
    'certificate.issued': { ...head, ...certificate, kind: 'certificate.issued', by: word('root') },
    'certificate.revoked': {
      ...{ ...head, ...certificate, kind: 'certificate.revoked', by: word('root') },
      reason: word('superseded'),
    },
    'certificate.expiring': { ...head, ...certificate, kind: 'certificate.expiring', days: 30 },
    'tls.rolled-back': { ...head, kind: 'tls.rolled-back', by: word('gateway'), why },
    'hold.viewed': { ...head, ...object, kind: 'hold.viewed', by: word('marie'), view: 'hex' },
    'web.retrieved': {
      ...{ ...head, ...web, kind: 'web.retrieved', studyInstanceUid: word('1.2.3'), patient: word('p') },
      ...{ what: [word('frames instance')], requests: 12, instances: 3, bytes: 6_300_000 },
    },
    'web.queried': {
      ...{ ...head, ...web, kind: 'web.queried', level: 'STUDY', keys: [word('PatientName wildcard')], results: 3 },
    },
    'web.stored': { ...head, ...web, kind: 'web.stored', requestId: word('r'), stored: 2, failed: 1, status: 202 },
    'web.refused': { ...head, ...web, kind: 'web.refused', service: word('stow'), status: 403, why, hint },
    'vault.opened': { ...head, ...object, kind: 'vault.opened', by: word('marie') },
    'continuity.dropped': {
      ...{ ...head, kind: 'continuity.dropped', studyInstanceUid: word('1.2.3'), patient: word('p') },
      ...{ objects: 2, bytes: 2_000 },
    },
    'vault.exported': { ...head, kind: 'vault.exported', by: word('marie'), objects: 1 },
    'vault.checked': { ...head, kind: 'vault.checked', by: word('marie'), objects: 12, faults: 0 },
    'ledger.read': { ...head, kind: 'ledger.read', by: word('marie') },
    'config.changed': { ...head, kind: 'config.changed', by: word('marie'), change: why },
    'recovery.row-dropped': { ...head, kind: 'recovery.row-dropped', sha256: word('ab12cd34ef56ab12'), why },
    'person.signed-in': {
      ...{ ...head, kind: 'person.signed-in', by: word('marie'), role: word('administrator'), how: 'passkey' },
      address: word('192.0.2.7'),
    },
    'person.refused': {
      ...{ ...head, kind: 'person.refused', by: word('marie'), why: 'credentials', address: word('192.0.2.7') },
    },
    'person.signed-out': { ...head, kind: 'person.signed-out', by: word('marie'), why: 'idle' },
    'person.added': {
      ...{ ...head, kind: 'person.added', by: word('marie'), person: word('paul'), role: word('radiologist') },
    },
    'person.changed': {
      ...{ ...head, kind: 'person.changed', by: word('marie'), person: word('paul'), role: word('auditor') },
    },
    'person.removed': { ...head, kind: 'person.removed', by: word('marie'), person: word('paul') },
    'study.opened': {
      ...{ ...head, kind: 'study.opened', by: word('marie'), studyInstanceUid: word('1.2.3'), patient: word('p') },
      reason: word('garde'),
    },
    'glass.broken': {
      ...{ ...head, kind: 'glass.broken', by: word('marie'), role: word('emergency'), chart: 12, why: 'danger' },
      words: word('garde'),
    },
    'glass.reviewed': {
      ...{ ...head, kind: 'glass.reviewed', by: word('sam'), no: 3, of: word('marie'), chart: 12, note: word('vu') },
    },
    'feed.received': {
      ...head,
      kind: 'feed.received',
      ...{
        feed: word('LABO'),
        remoteAddress: word('192.0.2.30'),
        messages: 12,
        bytes: 9600,
        repeated: 1,
        notUnderstood: 2,
        quarantined: 0,
        refused: 1,
      },
    },
    'feed.silent': { ...head, kind: 'feed.silent', feed: word('LABO'), feedKind: 'lab', sinceMs: 1_795_600_000_000 },
    'feed.heard': { ...head, kind: 'feed.heard', feed: word('LABO'), feedKind: 'lab', sinceMs: null },
    'message.viewed': {
      ...head,
      kind: 'message.viewed',
      ...{ by: word('marie'), feed: word('LABO'), message: 7, reason: word('panne') },
    },
    'message.retried': {
      ...head,
      kind: 'message.retried',
      ...{ by: word('marie'), feed: word('LABO'), message: 7, outcome: 'entered' as const },
    },
    'message.dismissed': {
      ...head,
      kind: 'message.dismissed',
      ...{ by: word('marie'), feed: word('LABO'), message: 7, reason: word('essai') },
    },
    'chart.searched': { ...head, kind: 'chart.searched', ...{ by: word('marie'), keys: [word('name')], found: 3 } },
    'chart.opened': {
      ...head,
      kind: 'chart.opened',
      ...{ by: word('marie'), chart: 4, patient: word('p-5f3a'), what: 'chart' as const, reason: word('garde') },
    },
    'chart.merged': {
      ...head,
      kind: 'chart.merged',
      ...{
        by: word('marie'),
        no: 2,
        into: 4,
        taken: 9,
        patient: word('p-5f3a'),
        other: word('p-77'),
        reason: word('doublon'),
      },
    },
    'chart.forgotten': {
      ...head,
      kind: 'chart.forgotten',
      ...{ messages: 120, charts: 1, documents: 0, bytes: 98_304, messageDays: 180, chartDays: 1826 },
    },
    'chart.unmerged': {
      ...head,
      kind: 'chart.unmerged',
      ...{
        by: word('marie'),
        no: 2,
        into: 4,
        taken: 9,
        patient: word('p-5f3a'),
        other: word('p-77'),
        reason: word('erreur'),
      },
    },
    'journey.searched': {
      ...{ ...head, kind: 'journey.searched', by: word('marie'), keys: [word('PatientName prefix')], found: 3 },
    },
    'schedule.kept': { ...head, kind: 'schedule.kept', destination: word('RIS'), days: 3, entries: 1 },
    'schedule.not-kept': { ...head, kind: 'schedule.not-kept', destination: word('RIS'), why },
    'step.delivered': { ...head, ...step, kind: 'step.delivered' },
    'step.refused': { ...head, ...step, kind: 'step.refused', message: 'set', status: 0x0112, why },
    'steps.given-back': {
      ...{ ...head, kind: 'steps.given-back', destination: word('RIS'), delivered: 12, refused: 1, sinceMs: 5 },
    },
    'identity.waiting': {
      ...{ ...head, kind: 'identity.waiting', number: word('TQ7K263310001C'), patient: word('p-5f3a') },
      ...{ studyInstanceUid: word('2.25.7'), destinations: [word('PACS')] },
    },
    'identity.asked': { ...head, ...identity, kind: 'identity.asked', score: 71 },
    'identity.accepted': {
      ...{ ...head, ...identity, kind: 'identity.accepted', askedBy: word('paul'), source: 'worklist', score: 96 },
    },
    'identity.released': {
      ...{ ...head, kind: 'identity.released', by: '', number: word('TQ7K263310001C'), patient: word('p'), reason: '' },
    },
    'identity.taken-back': {
      ...{ ...head, ...identity, kind: 'identity.taken-back', reason: word('doublon'), isCorrection: true },
    },
    'copy.coerced': {
      ...{ ...head, ...object, kind: 'copy.coerced', number: word('TQ7K263310001C'), original: object.sha256 },
      ...{ pixelSha256: object.sha256, changes: ['coerced'], destinations: [word('PACS')] },
    },
    'copy.not-coerced': { ...head, ...object, kind: 'copy.not-coerced', number: word('TQ7K263310001C'), why: [why] },
    'registration.added': {
      ...{ ...head, ...registration, kind: 'registration.added' },
      ...{ station: word('CT1'), modality: word('CT') },
    },
    'registration.corrected': { ...head, ...registration, kind: 'registration.corrected' },
    'registration.cancelled': { ...head, ...registration, kind: 'registration.cancelled', reason: word('doublon') },
    'hl7.delivered': { ...head, ...hl7, kind: 'hl7.delivered', code: word('AA'), waitedMs: 5 },
    'hl7.refused': { ...head, ...hl7, kind: 'hl7.refused', code: word('AE'), why },
    'hl7.withdrawn': { ...head, ...hl7, kind: 'hl7.withdrawn' },
    'hl7.by-hand': { ...head, ...hl7, kind: 'hl7.by-hand', message: word('unmerge') },
    'hl7.retried': { ...head, ...hl7, kind: 'hl7.retried', by: word('marie') },
    'hl7.skipped': { ...head, ...hl7, kind: 'hl7.skipped', by: word('marie'), reason: word('doublon') },
    'hl7.told-late': {
      ...{ ...head, kind: 'hl7.told-late', by: word('marie'), from: 20260105, to: 20260106 },
      ...{ registrations: 3, messages: 6 },
    },
    'hl7.given-back': {
      ...{ ...head, kind: 'hl7.given-back', destination: word('RIS'), delivered: 12, refused: 1, sinceMs: 5 },
    },
  };
}

const EXPECTED: Readonly<Record<EventKind, readonly [fr: string, en: string]>> = {
  'gateway.started': [
    'Leadglass 0.1.0 a démarré ; il écoute sur dimse 0.0.0.0:11112.',
    'Leadglass 0.1.0 started; it listens on dimse 0.0.0.0:11112.',
  ],
  'gateway.stopped': ['Leadglass s’est arrêté : SIGTERM.', 'Leadglass stopped: SIGTERM.'],
  'intake.started': ['Le processus de réception nº 1 a démarré.', 'Intake process no. 1 started.'],
  'intake.died': [
    'Le processus de réception nº 1 s’est arrêté (SIGSEGV) ; 2 associations interrompues ; il est relancé. Rien de ce qui avait été acquitté n’est perdu.',
    'Intake process no. 1 died (SIGSEGV); 2 associations cut; it is restarted. Nothing that was acknowledged is lost.',
  ],
  'outage.began': [
    '« marie » déclare « PACS » en panne : salle serveur. Leadglass répond à sa place jusqu’à : ./leadglass outage end PACS',
    '“marie” declares “PACS” down: salle serveur. Leadglass answers in its place until: ./leadglass outage end PACS',
  ],
  'outage.lifted': [
    '« marie » déclare « PACS » de retour : il est interrogé, et cru quand il répond assez longtemps.',
    '“marie” declares “PACS” back: it is asked, and believed once it answers for long enough.',
  ],
  'outage.ended': [
    '« PACS » est de retour après 2 h 05 ; il lui est dû 1200 objets (630 Mo).',
    '“PACS” is back after 2 h 05; it is owed 1200 objects (630 MB).',
  ],
  'giveback.done': [
    'Restitution à « PACS » terminée en 10 min : 1200 objets dus, 1198 livrés (dont 2 qu’il disait avoir déjà), 1 refusés, 1 détruits ici entre-temps ; aucun livré deux fois. À voir : ./leadglass deliveries list --state failed',
    'Give-back to “PACS” ended after 10 min: 1200 objects owed, 1198 delivered (2 of which it said it had already), 1 refused, 1 destroyed here meanwhile; none delivered twice. See: ./leadglass deliveries list --state failed',
  ],
  'isolation.on': [
    '« marie » a isolé le site : attaque. Arrêté : 2 association(s), 1 connexion(s) Web, CLOUD. Pour revenir : ./leadglass isolation off',
    '“marie” isolated the site: attaque. Stopped: 2 association(s), 1 web connection(s), CLOUD. To go back: ./leadglass isolation off',
  ],
  'isolation.off': [
    '« marie » a levé l’isolement après 2 h 05 ; reprend : CLOUD.',
    '“marie” ended the isolation after 2 h 05; going on again: CLOUD.',
  ],
  'drill.began': ['Exercice n° 3 commencé par « marie ».', 'Drill no. 3 began, asked for by “marie”.'],
  'drill.ended': [
    'Exercice n° 3 en retard : image 2 min 10 (but 2 min), résultat 0,9 s (but 60 s). Traces de l’exercice qui restent : 1.',
    'Drill no. 3 late: image 2 min 10 (aim 2 min), result 0.9 s (aim 60 s). Traces of the drill that are left: 1.',
  ],
  'drill.missed': ['Exercice prévu et non fait : titre inconnu.', 'A drill was due and did not run: unknown title.'],
  'drill.outage': [
    'Pendant la panne de « PACS », images : 40, médiane 0,7 s, 95 % en 1,2 s, au pire 9,0 s ; résultats : aucun.',
    'While “PACS” was down, images: 40, median 0.7 s, 95% within 1.2 s, worst 9.0 s; results: none.',
  ],
  'clamav.up': [
    'ClamAV 1.4.6 (/run/clamd.ctl) regarde les objets reçus.',
    'ClamAV 1.4.6 (/run/clamd.ctl) looks at what arrives.',
  ],
  'clamav.down': [
    'ClamAV (/run/clamd.ctl) ne regarde plus les objets reçus : titre inconnu. Les objets continuent d’arriver ; chaque flux décide de ce qui n’a pas été contrôlé (whenUnfinished). État : ./leadglass status',
    'ClamAV (/run/clamd.ctl) no longer looks at what arrives: unknown title. Objects go on arriving; each flow decides about what was not checked (whenUnfinished). State: ./leadglass status',
  ],
  'web.retrieved': [
    '« VIEWER » (192.0.2.9) a lu sur le Web l’examen 1.2.3 : 12 demandes, 3 objets, 6,3 Mo (frames instance).',
    '“VIEWER” (192.0.2.9) read study 1.2.3 over the web: 12 requests, 3 objects, 6.3 MB (frames instance).',
  ],
  'web.queried': [
    '« VIEWER » (192.0.2.9) a cherché sur le Web (STUDY ; PatientName wildcard) : 3 réponses.',
    '“VIEWER” (192.0.2.9) searched over the web (STUDY; PatientName wildcard): 3 matches.',
  ],
  'web.stored': [
    '« VIEWER » (192.0.2.9) a envoyé par le Web : 2 objets conservés, 1 non : ./leadglass log dit pourquoi (HTTP 202).',
    '“VIEWER” (192.0.2.9) sent over the web: 2 objects kept, 1 not: ./leadglass log says why (HTTP 202).',
  ],
  'web.refused': [
    '« VIEWER » (192.0.2.9) s’est vu refuser une demande Web : titre inconnu. Pour l’autoriser : ./leadglass peer add CT1 --from 192.0.2.7 --allow echo,store',
    '“VIEWER” (192.0.2.9) was refused a web request: unknown title. To allow it: ./leadglass peer add CT1 --from 192.0.2.7 --allow echo,store',
  ],
  'association.accepted': [
    '« CT1 » (192.0.2.7) est connecté à « LEADGLASS » sur dimse, reconnu par son certificat.',
    '“CT1” (192.0.2.7) connected to “LEADGLASS” on dimse, recognised by its certificate.',
  ],
  'association.rejected': [
    '« CT1 » (192.0.2.7) a été refusé sur dimse (appelait « LEADGLASS ») : titre inconnu. Pour l’admettre : ./leadglass peer add CT1 --from 192.0.2.7 --allow echo,store',
    '“CT1” (192.0.2.7) was refused on dimse (it called “LEADGLASS”): unknown title. To admit it: ./leadglass peer add CT1 --from 192.0.2.7 --allow echo,store',
  ],
  'association.released': [
    '« CT1 » (192.0.2.7) a terminé son envoi : 500 objets (263 Mo) acquittés.',
    '“CT1” (192.0.2.7) finished: 500 objects (263 MB) acknowledged.',
  ],
  'association.aborted': [
    'Leadglass a coupé l’association avec « CT1 » (192.0.2.7) : titre inconnu.',
    'Leadglass aborted the association with “CT1” (192.0.2.7): unknown title.',
  ],
  'connection.refused': [
    'Une connexion de 192.0.2.7 sur dimse a été refusée : titre inconnu.',
    'A connection from 192.0.2.7 to dimse was refused: unknown title.',
  ],
  'operation.answered': [
    '« CT1 » a demandé une recherche d’images (STUDY; PatientName wildcard, StudyDate range) ; « pacs » a répondu 0x0000 en 12 ms, résultats : 3.',
    '“CT1” asked for an image query (STUDY; PatientName wildcard, StudyDate range); “pacs” answered 0x0000 in 12 ms, results: 3.',
  ],
  'operation.refused': [
    '« CT1 » a demandé une recherche d’images (STUDY; PatientName wildcard, StudyDate range), refusé (statut 0x0124) : titre inconnu. Pour le permettre : ./leadglass peer add CT1 --from 192.0.2.7 --allow echo,store',
    '“CT1” asked for an image query (STUDY; PatientName wildcard, StudyDate range), refused (status 0x0124): unknown title. To allow it: ./leadglass peer add CT1 --from 192.0.2.7 --allow echo,store',
  ],
  'arrival.stored': [
    'Objet 1.2.3.4 de « CT1 » (192.0.2.7) (523 ko) reçu et conservé, à livrer à PACS.',
    'Object 1.2.3.4 from “CT1” (192.0.2.7) (523 kB) received and kept, to be delivered to PACS.',
  ],
  'arrival.held': [
    'Objet 1.2.3.4 de « CT1 » (192.0.2.7) retenu, conservé mais pas encore livré : titre inconnu ; titre inconnu. Pour décider : ./leadglass hold show ab12cd34ef56ab12',
    'Object 1.2.3.4 from “CT1” (192.0.2.7) held, kept but not delivered yet: unknown title; unknown title. To decide: ./leadglass hold show ab12cd34ef56ab12',
  ],
  'copy.made': [
    'Copie désarmée de l’objet 1.2.3.4 faite (1 changement, pixels identiques), à livrer à PACS ; l’original reste retenu : ./leadglass hold show ab12cd34ef56ab12',
    'Disarmed copy of object 1.2.3.4 made (1 change, pixels identical), to be delivered to PACS; the original stays held: ./leadglass hold show ab12cd34ef56ab12',
  ],
  'copy.impossible': [
    'Aucune copie désarmée de l’objet 1.2.3.4 ne peut être faite, rien n’est livré : titre inconnu. Pour décider : ./leadglass hold show ab12cd34ef56ab12',
    'No disarmed copy of object 1.2.3.4 can be made, nothing is delivered: unknown title. To decide: ./leadglass hold show ab12cd34ef56ab12',
  ],
  'arrival.refused': [
    'Objet 1.2.3.4 de « CT1 » (192.0.2.7) refusé (statut 0xC000), l’émetteur le sait : titre inconnu.',
    'Object 1.2.3.4 from “CT1” (192.0.2.7) refused (status 0xC000), its sender was told: unknown title.',
  ],
  'delivery.delivered': [
    'Objet 1.2.3.4 livré à « PACS » en 1 tentative (réponse 0x0000).',
    'Object 1.2.3.4 delivered to “PACS” in 1 try (answer 0x0000).',
  ],
  'delivery.retrying': [
    'Objet 1.2.3.4 pas encore livré à « PACS » (tentative 2) : titre inconnu. Nouvel essai dans 45 s.',
    'Object 1.2.3.4 not yet delivered to “PACS” (try 2): unknown title. Next try in 45 s.',
  ],
  'delivery.failed': [
    'Objet 1.2.3.4 non livré à « PACS », abandon après la tentative 2 : titre inconnu. Il reste conservé ; corrigez la destination. État : ./leadglass status',
    'Object 1.2.3.4 not delivered to “PACS”, given up after try 2: unknown title. It stays kept; put the destination right. State: ./leadglass status',
  ],
  'commitment.committed': ['« PACS » s’engage à conserver 3 objets.', '“PACS” committed to keeping 3 objects.'],
  'commitment.reported': [
    '« CT1 » sait ce que sont devenus les objets de sa demande d’engagement : 3 objets conservés par « PACS », 1 objet non.',
    '“CT1” knows what became of the objects it asked commitment for: 3 objects kept by “PACS”, 1 object not.',
  ],
  'commitment.unreported': [
    '« CT1 » n’a pas pu être informé de sa demande d’engagement de stockage : titre inconnu. On n’essaie plus ; il peut la refaire.',
    '“CT1” could not be told of its storage commitment request: unknown title. It is not tried any more; it may ask again.',
  ],
  'retrieve.done': [
    '« CT1 » a récupéré 4 objets vers « WS1 » ; en échec : 1 objet, dont 1 en retenue (statut 0xB000).',
    '“CT1” retrieved 4 objects to “WS1”; failed: 1 object, 1 of them held (status 0xB000).',
  ],
  'commitment.refused': [
    '« PACS » ne s’engage pas à conserver l’objet 1.2.3.4 (motif 0x0112). Il reste conservé ici ; voyez cette destination.',
    '“PACS” does not commit to keeping object 1.2.3.4 (reason 0x0112). It stays kept here; look into that destination.',
  ],
  'hold.released': [
    '« marie » a libéré l’objet retenu 1.2.3.4, qui va être livré : vu.',
    '“marie” released held object 1.2.3.4, which will now be delivered: vu.',
  ],
  'hold.destroyed': [
    '« marie » a détruit l’objet retenu 1.2.3.4 : vu. Il n’est plus conservé ici.',
    '“marie” destroyed held object 1.2.3.4: vu. It is no longer kept here.',
  ],
  'import.begun': [
    '« marie » importe 12 objets du support ab12cd34ef56 (sains : 10, douteux : 1, dangereux ou illisibles : 1), sous l’identité du patient dans l’établissement.',
    '“marie” imports 12 objects from medium ab12cd34ef56 (clean: 10, doubtful: 1, dangerous or unreadable: 1), under the patient’s identity at this site.',
  ],
  'import.ended': [
    'Import du support ab12cd34ef56 terminé : 11 objets conservés ; originaux en preuve : 1, retenus : 1, refusés : 0, laissés : 0. Voir : ./leadglass hold list',
    'Import of medium ab12cd34ef56 ended: 11 objects stored; originals as evidence: 1, held: 1, refused: 0, left: 0. See: ./leadglass hold list',
  ],
  'import.interrupted': [
    'Import du support ab12cd34ef56 interrompu : ce qui est acquitté est conservé ; la même commande, relancée, le complète sans doublon.',
    'Import of medium ab12cd34ef56 interrupted: what was acknowledged is kept; the same command, run again, completes it without doubles.',
  ],
  'hold.asked': [
    '« marie » demande la libération de l’objet retenu 1.2.3.4 : vu. Une deuxième personne a 72 h 00 pour approuver : ./leadglass hold show ab12cd34ef56ab12',
    '“marie” asks for the release of held object 1.2.3.4: vu. A second person has 72 h 00 to approve: ./leadglass hold show ab12cd34ef56ab12',
  ],
  'hold.withdrawn': [
    '« paul » a retiré la demande de « marie » (la destruction de l’objet 1.2.3.4). L’objet reste retenu.',
    '“paul” withdrew the request of “marie” (the destruction of object 1.2.3.4). The object stays held.',
  ],
  'operator.added': [
    '« root » a inscrit l’opérateur « paul » (clé ab12) ; sa parole compte dans 24 h 00.',
    '“root” registered the operator “paul” (key ab12); their word counts in 24 h 00.',
  ],
  'operator.removed': [
    '« root » a radié l’opérateur « paul » (clé ab12).',
    '“root” struck off the operator “paul” (key ab12).',
  ],
  'certificate.issued': [
    '« root » a émis le certificat « scanner 1 » de « CT1 » (ab12cd34ef56), valable jusqu’au 2026-06-21.',
    '“root” issued certificate “scanner 1” of “CT1” (ab12cd34ef56), good until 2026-06-21.',
  ],
  'certificate.revoked': [
    '« root » a révoqué le certificat « scanner 1 » de « CT1 » (ab12cd34ef56) (superseded) : il n’est plus accepté.',
    '“root” revoked certificate “scanner 1” of “CT1” (ab12cd34ef56) (superseded): it is accepted no longer.',
  ],
  'certificate.expiring': [
    'Le certificat « scanner 1 » de « CT1 » (ab12cd34ef56) expire dans 30 jours, le 2026-06-21 : ./leadglass cert list',
    'Certificate “scanner 1” of “CT1” (ab12cd34ef56) expires in 30 days, on 2026-06-21: ./leadglass cert list',
  ],
  'tls.rolled-back': [
    'Les réglages TLS d’avant sont de nouveau en vigueur (gateway) : titre inconnu.',
    'The TLS settings from before are in force again (gateway): unknown title.',
  ],
  'hold.viewed': [
    '« marie » a regardé les octets de l’objet 1.2.3.4 (ab12cd34ef56).',
    '“marie” looked at the bytes of object 1.2.3.4 (ab12cd34ef56).',
  ],
  'vault.opened': ['« marie » a ouvert l’objet 1.2.3.4 en clair.', '“marie” opened object 1.2.3.4 in the clear.'],
  'continuity.dropped': [
    'Examen 1.2.3 laissé pour faire de la place (2 objets) : il avait été tiré et n’est plus demandé.',
    'Study 1.2.3 let go to make room (2 objects): it had been pulled and is no longer wanted.',
  ],
  'vault.exported': [
    '« marie » a exporté 1 objet en clair hors du coffre.',
    '“marie” exported 1 object in the clear out of the vault.',
  ],
  'vault.checked': [
    '« marie » a vérifié le coffre : 12 objets, aucune anomalie.',
    '“marie” checked the vault: 12 objects, no fault.',
  ],
  'ledger.read': ['« marie » a consulté le registre.', '“marie” read the ledger.'],
  'config.changed': [
    '« marie » a changé la configuration : titre inconnu.',
    '“marie” changed the configuration: unknown title.',
  ],
  'delivery.requeued': [
    '« marie » a remis en attente 3 livraisons en échec de l’objet ab12cd34ef56 vers « PACS ».',
    '“marie” queued 3 failed deliveries of object ab12cd34ef56 to “PACS” again.',
  ],
  'recovery.row-dropped': [
    'À la reprise, la fiche de l’objet ab12cd34ef56 a été retirée : titre inconnu. Contrôle : ./leadglass vault check',
    'During recovery, the row of object ab12cd34ef56 was dropped: unknown title. To check: ./leadglass vault check',
  ],
  'person.signed-in': [
    '« marie » (192.0.2.7) est entré dans la console (administrateur) : clé d’accès.',
    '“marie” (192.0.2.7) signed in to the console (administrator): passkey.',
  ],
  'person.refused': [
    '« marie » (192.0.2.7) n’a pas pu entrer dans la console : identifiants faux.',
    '“marie” (192.0.2.7) could not sign in to the console: wrong credentials.',
  ],
  'person.signed-out': ['« marie » a quitté la console : resté inactif.', '“marie” left the console: idle.'],
  'person.added': [
    '« marie » a créé le compte « paul » (radiologue).',
    '“marie” made the account “paul” (radiologist).',
  ],
  'person.changed': [
    '« marie » a changé le compte « paul » (auditeur).',
    '“marie” changed the account “paul” (auditor).',
  ],
  'person.removed': ['« marie » a supprimé le compte « paul ».', '“marie” removed the account “paul”.'],
  'study.opened': ['« marie » a ouvert l’examen 1.2.3 : garde.', '“marie” opened study 1.2.3: garde.'],
  'glass.broken': [
    '« marie » (urgences) a ouvert le dossier n° 12 sans venue ni demande connue, vie en danger : garde ; à revoir.',
    '“marie” (emergency) opened chart no. 12 without a known visit or order, life in danger: garde; to be reviewed.',
  ],
  'glass.reviewed': [
    '« sam » a revu l’ouverture n° 3 du dossier n° 12 par « marie » : vu.',
    '“sam” reviewed opening no. 3 of chart no. 12 by “marie”: vu.',
  ],
  'feed.received': [
    'Le flux « LABO » (192.0.2.30) a envoyé 12 messages, 1 déjà reçus, 2 non compris, 1 refusés.',
    'The feed “LABO” (192.0.2.30) sent 12 messages, 1 received before, 2 not understood, 1 refused.',
  ],
  'feed.silent': [
    'Le flux « LABO », qui envoie d’habitude, se tait : ce qui est affiché de lui peut être ancien.',
    'The feed “LABO”, which usually sends, has gone quiet: what is shown of it may be old.',
  ],
  'feed.heard': ['Le flux « LABO » envoie de nouveau.', 'The feed “LABO” sends again.'],
  'message.viewed': [
    '« marie » a lu le message nº 7 du flux « LABO » : panne.',
    '“marie” read message no. 7 of the feed “LABO”: panne.',
  ],
  'message.retried': [
    '« marie » a fait relire le message nº 7 du flux « LABO » : il est compris.',
    '“marie” had message no. 7 of the feed “LABO” read again: it is understood.',
  ],
  'message.dismissed': [
    '« marie » a mis de côté le message nº 7 du flux « LABO » : essai.',
    '“marie” put message no. 7 of the feed “LABO” aside: essai.',
  ],
  'chart.searched': [
    '« marie » a cherché des patients (name) : 3 réponses.',
    '“marie” searched for patients (name): 3 matches.',
  ],
  'chart.opened': ['« marie » a ouvert le dossier nº 4 : garde.', '“marie” opened the chart no. 4: garde.'],
  'chart.merged': [
    '« marie » a réuni le dossier nº 9 au dossier nº 4 : doublon. Pour revenir en arrière : ./leadglass chart unmerge 2',
    '“marie” joined chart no. 9 to chart no. 4: doublon. To undo: ./leadglass chart unmerge 2',
  ],
  'chart.forgotten': [
    'Durée de conservation dépassée (messages 180 j, dossiers 1826 j), oubliés pour de bon : 120 messages tels que reçus, 1 dossier.',
    'Retention over (messages 180 d, charts 1826 d), forgotten for good: 120 messages as received, 1 chart.',
  ],
  'chart.unmerged': [
    '« marie » a séparé de nouveau le dossier nº 9 du dossier nº 4 : erreur.',
    '“marie” parted chart no. 9 from chart no. 4 again: erreur.',
  ],
  'journey.searched': [
    '« marie » a cherché des examens (PatientName prefix) : 3 réponses.',
    '“marie” searched for studies (PatientName prefix): 3 matches.',
  ],
  'schedule.kept': [
    'Le planning de « RIS » est conservé d’avance : 1 examen sur 3 jours.',
    'The schedule of “RIS” is kept ahead: 1 entry over 3 days.',
  ],
  'schedule.not-kept': [
    'Le planning de « RIS » n’a pas pu être demandé : titre inconnu. Ce qui en était conservé le reste. État : ./leadglass worklist status',
    'The schedule of “RIS” could not be asked for: unknown title. What was kept of it stays. State: ./leadglass worklist status',
  ],
  'step.delivered': [
    'Étape réalisée remise : N-CREATE 1.2.9 de « CT1 » vers « RIS » (0000).',
    'Performed step handed on: N-CREATE 1.2.9 of “CT1” to “RIS” (0000).',
  ],
  'step.refused': [
    'Étape réalisée refusée : N-SET 1.2.9 de « CT1 » vers « RIS » (0112) : titre inconnu. Elle n’est plus proposée.',
    'Performed step refused: N-SET 1.2.9 of “CT1” to “RIS” (0112): unknown title. It is not tried again.',
  ],
  'steps.given-back': [
    'Tout ce qui attendait « RIS » est rendu : 12 messages remis, 1 refusé.',
    'All that waited for “RIS” is given back: 12 messages handed on, 1 refused.',
  ],
  'identity.waiting': [
    'Premier objet reçu sous l’identité temporaire TQ7K263310001C (patient p-5f3a) : il attend son identité avant PACS. Pour dire qui c’est : ./leadglass reconcile show TQ7K263310001C',
    'First object received under temporary identity TQ7K263310001C (patient p-5f3a): it waits for who it is before PACS. To say who: ./leadglass reconcile show TQ7K263310001C',
  ],
  'identity.asked': [
    '« marie » dit qui est TQ7K263310001C (patient p-77aa, ressemblance 71 sur 100) ; une autre personne doit le confirmer.',
    '“marie” says who TQ7K263310001C is (patient p-77aa, likeness 71 of 100); another person has to confirm it.',
  ],
  'identity.accepted': [
    '« marie » a rattaché TQ7K263310001C au patient p-77aa (worklist, ressemblance 96 sur 100, proposé par « paul »).',
    '“marie” reconciled TQ7K263310001C with patient p-77aa (worklist, likeness 96 of 100, proposed by “paul”).',
  ],
  'identity.released': [
    'Délai écoulé : ce qui attendait sous TQ7K263310001C part tel quel.',
    'Time is up: what waited under TQ7K263310001C goes out as it is.',
  ],
  'identity.taken-back': [
    '« marie » a repris le rattachement de TQ7K263310001C au patient p-77aa, dont une partie était livrée : doublon.',
    '“marie” took back that TQ7K263310001C is patient p-77aa, part of which had been delivered: doublon.',
  ],
  'copy.coerced': [
    'Objet 1.2.3.4 de TQ7K263310001C mis à l’identité acceptée (1 changement, pixels identiques), à livrer à PACS.',
    'Object 1.2.3.4 of TQ7K263310001C given the accepted identity (1 change, pixels identical), to be delivered to PACS.',
  ],
  'copy.not-coerced': [
    'Objet 1.2.3.4 de TQ7K263310001C : l’identité acceptée ne peut pas y être mise, rien n’est livré : titre inconnu.',
    'Object 1.2.3.4 of TQ7K263310001C: the accepted identity cannot be put into it, nothing is delivered: unknown title.',
  ],
  'registration.added': [
    '« marie » a enregistré TQ7K263310001C (CT, « CT1 ») en mode dégradé.',
    '“marie” registered TQ7K263310001C (CT, “CT1”) in downtime.',
  ],
  'registration.corrected': [
    '« marie » a corrigé l’enregistrement TQ7K263310001C.',
    '“marie” corrected registration TQ7K263310001C.',
  ],
  'registration.cancelled': [
    '« marie » a annulé l’enregistrement TQ7K263310001C : doublon.',
    '“marie” cancelled registration TQ7K263310001C: doublon.',
  ],
  'hl7.delivered': [
    'Message HL7 remis : ADT^A04 (MSH-10 LG01ABCDEF) de TQ7K263310001C pour « RIS » (AA).',
    'HL7 message handed on: ADT^A04 (MSH-10 LG01ABCDEF) of TQ7K263310001C for “RIS” (AA).',
  ],
  'hl7.refused': [
    'Message HL7 refusé, mis de côté : ADT^A04 (MSH-10 LG01ABCDEF) de TQ7K263310001C pour « RIS » (AE) : titre inconnu. À décider : ./leadglass hl7-destination messages',
    'HL7 message refused, set aside: ADT^A04 (MSH-10 LG01ABCDEF) of TQ7K263310001C for “RIS” (AE): unknown title. To decide: ./leadglass hl7-destination messages',
  ],
  'hl7.withdrawn': [
    'Message HL7 retiré avant d’être envoyé : ADT^A04 (MSH-10 LG01ABCDEF) de TQ7K263310001C pour « RIS ».',
    'HL7 message withdrawn before it was sent: ADT^A04 (MSH-10 LG01ABCDEF) of TQ7K263310001C for “RIS”.',
  ],
  'hl7.by-hand': [
    'La fusion de TQ7K263310001C a été reprise ici ; aucun message HL7 ne la défait chez « RIS » : une personne doit le faire. À confirmer : ./leadglass hl7-destination messages',
    'The merge of TQ7K263310001C was taken back here; no HL7 message undoes it at “RIS”: a person has to. To confirm: ./leadglass hl7-destination messages',
  ],
  'hl7.retried': [
    '« marie » fait renvoyer ADT^A04 (MSH-10 LG01ABCDEF) de TQ7K263310001C pour « RIS ».',
    '“marie” has sent again ADT^A04 (MSH-10 LG01ABCDEF) of TQ7K263310001C for “RIS”.',
  ],
  'hl7.skipped': [
    '« marie » a réglé à la main ADT^A04 (MSH-10 LG01ABCDEF) de TQ7K263310001C pour « RIS » : doublon.',
    '“marie” settled by hand ADT^A04 (MSH-10 LG01ABCDEF) of TQ7K263310001C for “RIS”: doublon.',
  ],
  'hl7.told-late': [
    '« marie » fait dire en HL7 ce qui a été enregistré du 20260105 au 20260106 : 3 enregistrements, 6 messages.',
    '“marie” has what was registered from 20260105 to 20260106 told by HL7: 3 registrations, 6 messages.',
  ],
  'hl7.given-back': [
    'Tous les messages HL7 qui attendaient « RIS » sont rendus : 12 remis, 1 refusé.',
    'All HL7 messages that waited for “RIS” are given back: 12 handed on, 1 refused.',
  ],
};

test('[MODEL-1] every kind of event has its sentence in French and in English', () => {
  for (const event of Object.values<Event>(samples())) {
    const [fr, en] = EXPECTED[event.kind];
    assert.deepEqual(eventSentence(event), { fr, en });
  }
});

test('[MODEL-1] outcomes, sizes, durations and counts read as people write them', () => {
  const {
    'arrival.stored': stored,
    'delivery.retrying': retrying,
    'association.released': released,
    'vault.checked': checked,
    'association.rejected': rejected,
    'connection.refused': refused,
  } = samples();
  assert.match(
    eventSentence({ ...stored, outcome: 'conflict', destinations: [] }).fr,
    /même SOP Instance UID mais un autre contenu.*aucune destination à servir\.$/,
  );
  assert.match(eventSentence({ ...stored, outcome: 'duplicate' }).en, /received again, already kept/);
  assert.match(
    eventSentence({ ...stored, destinations: ['A', 'B', 'C', 'D', 'E', 'F', 'G'] }).en,
    /to A, B, C, D, E, \+2\.$/,
  );
  for (const [bytes, fr, en] of [
    [0, '0 o', '0 B'],
    [999, '999 o', '999 B'],
    [1500, '1,5 ko', '1.5 kB'],
    [2_000_000_000, '2 Go', '2 GB'],
    [7e15, '7000 To', '7000 TB'],
  ] as const) {
    assert.ok(eventSentence({ ...stored, bytes }).fr.includes(`(${fr})`), eventSentence({ ...stored, bytes }).fr);
    assert.ok(eventSentence({ ...stored, bytes }).en.includes(`(${en})`));
  }
  for (const [retryInMs, shown] of [
    [10, '1 s'],
    [89_000, '89 s'],
    [300_000, '5 min'],
    [7_500_000, '2 h 05'],
  ] as const) {
    assert.ok(eventSentence({ ...retrying, retryInMs }).fr.endsWith(`dans ${shown}.`));
  }
  assert.match(eventSentence({ ...released, objects: 1 }).fr, /1 objet \(263 Mo\) acquitté\.$/);
  assert.match(eventSentence({ ...released, objects: 0 }).en, /0 objects/);
  assert.match(eventSentence({ ...checked, faults: 2 }).fr, /2 anomalies\. Détail : \.\/leadglass vault check$/);
  assert.ok(eventSentence({ ...rejected, hint: '' }).fr.endsWith('titre inconnu.'));
  assert.ok(
    eventSentence({ ...rejected, hint: '', more: 1 }).fr.endsWith('titre inconnu (et 1 autre fois dans la minute).'),
  );
  assert.ok(
    eventSentence({ ...refused, more: 4000 }).en.endsWith('unknown title (and 4000 more times within the minute).'),
  );
});

test('[MODEL-1] of two persons both are named', () => {
  const { 'hold.released': released, 'hold.destroyed': destroyed, 'operator.added': added } = samples();
  assert.match(
    eventSentence({ ...released, askedBy: 'paul' }).fr,
    /^« marie » a libéré, à la demande de « paul », l’objet retenu 1\.2\.3\.4, qui va/,
  );
  assert.match(
    eventSentence({ ...destroyed, askedBy: 'paul' }).en,
    /^“marie” destroyed, at the request of “paul”, held object 1\.2\.3\.4: /,
  );
  assert.match(eventSentence({ ...added, inForceAtMs: added.atMs }).fr, /compte dès maintenant\.$/);
});

test('[MODEL-2] nothing a peer sends reaches the terminal as a control, a line break or at length', () => {
  const hostile = [
    '\u001b]0;owned\u0007\u001b[2J',
    'a\r\nb\u2028c\u0085d',
    '\u202egnp.exe\u200f',
    '\ud800',
    '',
    'x'.repeat(1_000_000),
  ];
  for (const word of hostile) {
    for (const event of Object.values<Event>(samples(() => word))) {
      for (const sentence of Object.values(eventSentence(event))) {
        assert.doesNotMatch(sentence, /[\p{C}\p{Zl}\p{Zp}]/u, event.kind);
        assert.ok(sentence.length < 2000, `${event.kind}: ${sentence.length}`);
      }
    }
  }
});

test('[MODEL-2] printable keeps accents and other scripts, cuts without breaking a character', () => {
  assert.equal(printable('Échographie 超音波 😀'), 'Échographie 超音波 😀');
  assert.equal(printable('abcdef', 4), 'abc…');
  assert.equal(printable('ab😀def', 4), 'ab…');
});

test('[MODEL-84] who passes because it is observed is told so, with what it would have been told, made safe to print', () => {
  const event = samples()['association.accepted'];
  const instead = { why: { fr: 'inconnu.', en: 'unknown.' }, hint: './leadglass peer add CT1' };
  const said = eventSentence({ ...event, instead });
  assert.match(
    said.en,
    /under observation; it would have been refused: unknown\. To admit it: \.\/leadglass peer add CT1$/,
  );
  assert.match(said.fr, /est observée ; sinon il aurait été refusé : inconnu\. Pour l’admettre :/);
  const hostile = eventSentence({ ...event, instead: { why: { fr: '\x1b[31m', en: '\x1b[31m' }, hint: 'a\nb' } });
  assert.doesNotMatch(hostile.en + hostile.fr, /[\x00-\x1f]/);
});
