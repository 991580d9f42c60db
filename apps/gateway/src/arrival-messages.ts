import type { Command } from '@leadglass/dimse';
import { NO_FACTS } from '@leadglass/inspect';
import type { ReceivedObject } from '@leadglass/relay';
import type { Refusal } from './intake-refusals.ts';
import type { ArrivalMessage } from './messages.ts';

/** What was said of an object before it came. */
interface Announcement {
  readonly command: Pick<Command, 'affectedSopClassUid' | 'affectedSopInstanceUid'> &
    Partial<Pick<Command, 'moveOriginatorMessageId'>>;
  readonly transferSyntax: string;
}

/** What the keeper is told of an object that was received whole. */
export function arrivalMessage(
  connection: number,
  seq: number,
  operation: Announcement,
  received: ReceivedObject,
): ArrivalMessage {
  const { inspected, kept } = received;
  return {
    t: 'arrival',
    connection,
    seq,
    sopClassUid: operation.command.affectedSopClassUid,
    sopInstanceUid: operation.command.affectedSopInstanceUid,
    transferSyntaxUid: operation.transferSyntax,
    studyInstanceUid: inspected.identity.studyInstanceUid.slice(0, 128),
    seriesInstanceUid: inspected.identity.seriesInstanceUid.slice(0, 128),
    modality: inspected.identity.modality.slice(0, 32),
    patientId: inspected.identity.patientId.reveal().slice(0, 400),
    issuerOfPatientId: inspected.identity.issuerOfPatientId.reveal().slice(0, 400),
    findings: [...inspected.findings],
    unfinished: inspected.unfinished.slice(0, 64),
    content: { ...received.facts, creators: [...received.facts.creators] },
    attributes: received.attributes.reveal(),
    isUnreadable: received.isUnreadable,
    ...(kept === undefined ? {} : { kept: { sha256: kept.sha256, staged: kept.staged } }),
    metaBytes: received.metaBytes,
    plainBytes: received.plainBytes,
    moveOriginatorMessageId: operation.command.moveOriginatorMessageId ?? 0,
  };
}

/** What the keeper is told of an object that was offered and not taken. */
export function refusedMessage(
  connection: number,
  seq: number,
  operation: Announcement & { readonly refusal: Refusal; readonly bytes: number },
): ArrivalMessage {
  const { command, refusal } = operation;
  return {
    t: 'arrival',
    connection,
    seq,
    sopClassUid: command.affectedSopClassUid.slice(0, 128),
    sopInstanceUid: command.affectedSopInstanceUid.slice(0, 128),
    transferSyntaxUid: operation.transferSyntax,
    studyInstanceUid: '',
    seriesInstanceUid: '',
    modality: '',
    patientId: '',
    issuerOfPatientId: '',
    findings: [],
    unfinished: [],
    content: { ...NO_FACTS, creators: [] },
    attributes: '',
    isUnreadable: false,
    failure: refusal,
    metaBytes: 0,
    plainBytes: operation.bytes,
    moveOriginatorMessageId: command.moveOriginatorMessageId ?? 0,
  };
}
