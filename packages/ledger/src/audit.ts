import { type Event, eventSentence } from '@leadglass/model';
import { auditRow } from './audit-rows.ts';
import { type AuditSource, messageXml } from './audit-xml.ts';

/**
 * The DICOM audit message (PS3.15 §A.5, UTF-8 XML on one line) that tells of `event`: what a ledger entry holds and a SIEM receives.
 * The same event gives the same bytes. Its last participant object is the Leadglass event, with `eventIdOf` its way back.
 */
export function auditMessage(event: Event, source: AuditSource): string {
  const sentence = eventSentence(event);
  return messageXml(event, auditRow(event, source.auditSourceId), source, `${sentence.en} / ${sentence.fr}`);
}
