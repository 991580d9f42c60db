import { codedOf, codeText, entityText, NO_CODE, personText, phoneText } from './fields.ts';
import type { OrderReading } from './readings.ts';
import type { Segment } from './segment.ts';

/** An order while its segments come. */
export type OpenOrder = { -readonly [K in keyof OrderReading]: OrderReading[K] } & { notes: string[] };

/** An order that says nothing yet. */
export function emptyOrder(): OpenOrder {
  return {
    control: '',
    placer: '',
    filler: '',
    status: '',
    priority: '',
    procedure: NO_CODE,
    accession: '',
    requestedProcedureId: '',
    stepId: '',
    studyInstanceUid: '',
    section: '',
    stationAeTitle: '',
    scheduledAt: '',
    reason: '',
    clinicalInformation: '',
    requester: '',
    requesterPhone: '',
    notes: [],
  };
}

/** ORC (v2.5.1 §4.5.1); of its timing (ORC-7) start and priority. */
export function orderOf(orc: Segment): OpenOrder {
  return {
    ...emptyOrder(),
    control: orc.component(1, 1),
    placer: entityText(orc, 2),
    filler: entityText(orc, 3),
    status: orc.component(5, 1),
    scheduledAt: orc.subcomponent(7, 4, 1),
    priority: orc.component(7, 6),
    requester: personText(orc, 12),
    requesterPhone: phoneText(orc, 14),
  };
}

/** OBR (v2.5.1 §4.5.3) in an order; OBR-18 to 20 as IHE's Scheduled Workflow has them. */
export function addRequest(order: OpenOrder, obr: Segment): void {
  order.placer ||= entityText(obr, 2);
  order.filler ||= entityText(obr, 3);
  order.procedure = codedOf(obr, 4);
  order.priority ||= obr.component(27, 6) || obr.component(5, 1);
  order.clinicalInformation = obr.text(13);
  order.requester ||= personText(obr, 16);
  order.requesterPhone ||= phoneText(obr, 17);
  order.accession ||= obr.component(18, 1);
  order.requestedProcedureId ||= obr.component(19, 1);
  order.stepId ||= obr.component(20, 1);
  order.section ||= obr.component(24, 1);
  order.scheduledAt ||= obr.subcomponent(27, 4, 1) || obr.component(36, 1);
  order.reason = codeText(obr, 31);
}

/** TQ1 (v2.5.1 §4.5.4). */
export function addTiming(order: OpenOrder, tq1: Segment): void {
  order.scheduledAt = tq1.component(7, 1) || order.scheduledAt;
  order.priority = tq1.component(9, 1) || order.priority;
}

/** IPC (v2.5.1 §4.5.6). */
export function addImaging(order: OpenOrder, ipc: Segment): void {
  order.accession = entityText(ipc, 1) || order.accession;
  order.requestedProcedureId = entityText(ipc, 2) || order.requestedProcedureId;
  order.studyInstanceUid = entityText(ipc, 3) || order.studyInstanceUid;
  order.stepId = entityText(ipc, 4) || order.stepId;
  order.section = ipc.component(5, 1) || order.section;
  order.stationAeTitle = ipc.component(9, 1) || order.stationAeTitle;
}

/** ZDS, of IHE: `UID^^Application^DICOM`. */
export function addStudy(order: OpenOrder, zds: Segment): void {
  order.studyInstanceUid ||= zds.component(1, 1);
}

/** SCH (v2.5.1 §10.6.1). @param trigger stands for what is asked: `S12`. */
export function scheduleOf(sch: Segment, trigger: string): OpenOrder {
  return {
    ...emptyOrder(),
    control: trigger,
    placer: entityText(sch, 1),
    filler: entityText(sch, 2),
    status: sch.component(25, 1),
    reason: codeText(sch, 7) || codeText(sch, 6),
    scheduledAt: sch.subcomponent(11, 4, 1),
    priority: sch.component(11, 6),
    requester: personText(sch, 12),
    requesterPhone: phoneText(sch, 13),
  };
}

/** AIS (v2.5.1 §10.6.4): the service that is booked. */
export function addService(order: OpenOrder, ais: Segment): void {
  order.procedure = codedOf(ais, 3);
  order.scheduledAt = ais.component(4, 1) || order.scheduledAt;
}

/** AIP (v2.5.1 §10.6.6): who is booked, where nobody else is named. */
export function addPerson(order: OpenOrder, aip: Segment): void {
  order.requester ||= personText(aip, 3);
}

/** A step more of the same order. */
export function stepOf(order: OpenOrder): OpenOrder {
  return { ...order, notes: [...order.notes] };
}
