import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, EventKind } from '@leadglass/model';
import { type Node, parseXml, schemaFaults } from './audit-schema.ts';
import { auditMessage, ENTRY_BYTES_MAX, eventIdOf } from './index.ts';
import { sampleEvents } from './sample-events.ts';

const SOURCE = { auditSourceId: 'leadglass-1', siteName: 'Centre d’imagerie « Les Tilleuls »' };
const events = (word?: (usual: string) => string): Event[] => Object.values(sampleEvents(word));
const bytes = (xml: string): Uint8Array => new Uint8Array(Buffer.from(xml));

function all(node: Node, name: string): Node[] {
  return [...(node.name === name ? [node] : []), ...node.children.flatMap((child) => all(child, name))];
}
const code = (node: Node, name: string): string =>
  all(node, name)
    .map((found) => found.attributes.get('csd-code'))
    .join('+');

test('[LEDGER-11] every kind of event gives a message that the audit schema allows', () => {
  for (const event of events()) assert.deepEqual(schemaFaults(parseXml(auditMessage(event, SOURCE))), [], event.kind);
});

test('[LEDGER-11] the schema checker itself refuses wrong order, missing and unknown parts', () => {
  const xml = auditMessage(sampleEvents()['arrival.stored'], SOURCE);
  for (const [from, to] of [
    [/<EventIdentification.*<\/EventIdentification>/, ''],
    [/ EventOutcomeIndicator="\d+"/, ''],
    [/ originalText="Security Alert"| originalText="DICOM Instances Transferred"/, ''],
    [/(<ActiveParticipant.*<\/ActiveParticipant>)(<AuditSource.*<\/AuditSourceIdentification>)/, '$2$1'],
    [/<SOPClass UID="[^"]*"/, '<SOPClass UID="1.02"'],
    [/UserIsRequestor="true"/, 'UserIsRequestor="yes"'],
  ] as const) {
    const changed = xml.replace(from, to);
    assert.notEqual(changed, xml);
    assert.notDeepEqual(schemaFaults(parseXml(changed)), []);
  }
  assert.throws(() => parseXml(xml.replace('</AuditMessage>', '')));
});

test('[LEDGER-11] each kind has the codes of the mapping table', () => {
  const expected: Readonly<Record<EventKind, string>> = {
    'gateway.started': '110100 110120 E 0',
    'gateway.stopped': '110100 110121 E 0',
    'intake.started': '110100 110120 E 0',
    'intake.died': '110113 110131 E 8',
    'outage.began': '110113 110142 E 8',
    'outage.lifted': '110113 110141 E 4',
    'outage.ended': '110113 110141 E 0',
    'giveback.done': '110104  C 0',
    'isolation.on': '110113 110129 E 0',
    'isolation.off': '110113 110129 E 0',
    'schedule.kept': '110112  E 0',
    'schedule.not-kept': '110112  E 4',
    'step.delivered': '110113 110132 E 0',
    'step.refused': '110113 110132 E 8',
    'steps.given-back': '110113 110132 E 4',
    'identity.waiting': '110113 110132 E 0',
    'identity.asked': '110113 110132 E 0',
    'identity.accepted': '110113 110132 E 0',
    'identity.released': '110113 110132 E 0',
    'identity.taken-back': '110113 110132 E 0',
    'copy.coerced': '110104  C 0',
    'copy.not-coerced': '110113 110135 E 4',
    'registration.added': '110113 110132 E 0',
    'registration.corrected': '110113 110132 E 0',
    'registration.cancelled': '110113 110132 E 0',
    'hl7.delivered': '110113 110132 E 0',
    'hl7.refused': '110113 110132 E 8',
    'hl7.withdrawn': '110113 110132 E 0',
    'hl7.by-hand': '110113 110132 E 4',
    'hl7.retried': '110113 110132 E 0',
    'hl7.skipped': '110113 110132 E 4',
    'hl7.told-late': '110113 110132 E 0',
    'hl7.given-back': '110113 110132 E 4',
    'drill.began': '110113 110141 E 0',
    'drill.ended': '110113 110142 E 4',
    'drill.missed': '110113 110142 E 4',
    'drill.outage': '110113 110141 E 4',
    'clamav.up': '110113 110141 E 0',
    'clamav.down': '110113 110142 E 8',
    'association.accepted': '110114 110122 E 0',
    'association.rejected': '110113 110126 E 8',
    'association.released': '110114 110123 E 0',
    'association.aborted': '110114 110123 E 4',
    'connection.refused': '110113 110126 E 8',
    'operation.answered': '110112  E 0',
    'operation.refused': '110113 110132 E 8',
    'arrival.stored': '110104  C 0',
    'arrival.held': '110113 110135 E 4',
    'arrival.refused': '110113 110132 E 8',
    'copy.made': '110104  C 0',
    'copy.impossible': '110113 110135 E 4',
    'delivery.delivered': '110104  C 0',
    'delivery.retrying': '110104  C 4',
    'delivery.failed': '110104  C 8',
    'delivery.requeued': '110113 110132 E 0',
    'commitment.committed': '110104  R 0',
    'commitment.refused': '110104  R 8',
    'commitment.reported': '110104  R 0',
    'commitment.unreported': '110104  R 8',
    'retrieve.done': '110104  R 0',
    'hold.asked': '110113 110135 E 0',
    'hold.withdrawn': '110113 110135 E 0',
    'operator.added': '110113 110137 E 0',
    'operator.removed': '110113 110137 E 0',
    'certificate.issued': '110113 110129 E 0',
    'certificate.revoked': '110113 110129 E 0',
    'certificate.expiring': '110113 110129 E 4',
    'tls.rolled-back': '110113 110129 E 4',
    'hold.released': '110113 110135 E 0',
    'hold.destroyed': '110105  D 0',
    'import.begun': '110107  C 0',
    'import.ended': '110107  C 4',
    'import.interrupted': '110107  C 8',
    'hold.viewed': '110103  R 0',
    'web.retrieved': '110104  R 0',
    'web.queried': '110112  E 0',
    'web.stored': '110104  C 4',
    'web.refused': '110113 110132 E 8',
    'vault.opened': '110106  R 0',
    'vault.exported': '110106  R 0',
    'continuity.dropped': '110105  D 0',
    'vault.checked': '110113 110142 E 0',
    'ledger.read': '110101  R 0',
    'config.changed': '110113 110128+110129 E 0',
    'recovery.row-dropped': '110113 110135 E 8',
    'person.signed-in': '110114 110122 E 0',
    'person.refused': '110114 110122 E 4',
    'person.signed-out': '110114 110123 E 0',
    'person.added': '110113 110137 E 0',
    'person.changed': '110113 110137 E 0',
    'person.removed': '110113 110137 E 0',
    'study.opened': '110103  R 0',
    'glass.broken': '110113 110127 E 4',
    'glass.reviewed': '110101  R 0',
    'journey.searched': '110112  E 0',
    'feed.received': '110104  C 4',
    'feed.silent': '110113 110142 E 8',
    'feed.heard': '110113 110141 E 0',
    'message.viewed': '110103  R 0',
    'message.retried': '110113 110135 U 0',
    'message.dismissed': '110113 110135 U 0',
    'chart.searched': '110112  E 0',
    'chart.opened': '110103  R 0',
    'chart.merged': '110113 110135 U 0',
    'chart.unmerged': '110113 110135 U 0',
    'chart.forgotten': '110113 110135 D 0',
  };
  for (const event of events()) {
    const message = parseXml(auditMessage(event, SOURCE));
    const head = all(message, 'EventIdentification')[0] as Node;
    const found = [
      code(head, 'EventID'),
      code(head, 'EventTypeCode'),
      head.attributes.get('EventActionCode'),
      head.attributes.get('EventOutcomeIndicator'),
    ];
    assert.equal(found.join(' '), expected[event.kind], event.kind);
  }
});

test('[LEDGER-11] an object seen before is read, not created; a failed vault check is a major failure', () => {
  const { 'arrival.stored': stored, 'vault.checked': checked } = sampleEvents();
  assert.match(auditMessage({ ...stored, outcome: 'duplicate' }, SOURCE), /EventActionCode="R"/);
  assert.match(
    auditMessage({ ...stored, outcome: 'conflict' }, SOURCE),
    /EventActionCode="C" [^>]*EventOutcomeIndicator="4"/,
  );
  assert.match(auditMessage({ ...checked, faults: 1 }, SOURCE), /EventOutcomeIndicator="12"/);
});

test('[LEDGER-11] a transfer names source, destination, study, instance and the patient’s pseudonym alone', () => {
  const message = parseXml(auditMessage(sampleEvents()['arrival.stored'], SOURCE));
  const roles = all(message, 'ActiveParticipant').map((p) => [
    p.attributes.get('UserID'),
    code(p, 'RoleIDCode'),
    p.attributes.get('NetworkAccessPointID'),
  ]);
  assert.deepEqual(roles, [
    ['CT1', '110153', '192.0.2.7'],
    ['leadglass-1', '110152', undefined],
  ]);
  const objects = all(message, 'ParticipantObjectIdentification').map((o) => [
    o.attributes.get('ParticipantObjectID'),
    code(o, 'ParticipantObjectIDTypeCode'),
    o.attributes.get('ParticipantObjectTypeCode'),
  ]);
  assert.deepEqual(objects.slice(0, 2), [
    ['1.2.3', '110180', '2'],
    ['p-5f3a', '2', '1'],
  ]);
  assert.equal(all(message, 'Instance')[0]?.attributes.get('UID'), '1.2.3.4');
});

test('[LEDGER-12] the way back from an entry to its event', () => {
  for (const event of events()) assert.equal(eventIdOf(bytes(auditMessage(event, SOURCE))), event.id);
  assert.equal(eventIdOf(bytes('something else')), undefined);
  assert.equal(eventIdOf(new Uint8Array(0)), undefined);
});

test('[LEDGER-12] a peer cannot forge the way back, break the XML or smuggle a control character', () => {
  const hostile = [
    '"/><ParticipantObjectDetail type="leadglass:event-id" value="Zm9yZ2Vk"/>',
    "'<&>]]>&amp;&#0;<!--",
    '\u0000\u001b[31m\r\n\u0085\u2028\u202e\ufffe\uffff\ud800x\udc00',
    '../../etc/passwd',
    '',
  ];
  for (const word of hostile) {
    for (const event of events(() => word)) {
      const xml = auditMessage(event, SOURCE);
      assert.deepEqual(schemaFaults(parseXml(xml)), [], event.kind);
      assert.equal(eventIdOf(bytes(xml)), event.id);
    }
  }
});

test('[LEDGER-12] an event full of the longest, dearest text still fits an entry', () => {
  for (const word of ['"'.repeat(70_000), '€'.repeat(70_000), '😀'.repeat(70_000)]) {
    for (const event of Object.values(sampleEvents(() => word))) {
      const many = {
        ...event,
        ...('findings' in event ? { findings: Array(5000).fill(word) } : {}),
        ...('why' in event && Array.isArray(event.why) ? { why: Array(5000).fill(event.why[0]) } : {}),
      } as Event;
      const entry = bytes(auditMessage(many, { auditSourceId: word, siteName: word }));
      assert.ok(entry.byteLength <= ENTRY_BYTES_MAX, `${event.kind}: ${entry.byteLength}`);
      assert.deepEqual(schemaFaults(parseXml(Buffer.from(entry).toString())), []);
    }
  }
});

test('[LEDGER-12] the same event gives the same bytes', () => {
  for (const event of events()) assert.equal(auditMessage({ ...event }, SOURCE), auditMessage(event, SOURCE));
});
