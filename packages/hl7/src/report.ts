import { codedOf, codeText, entityText, NO_CODE, personText } from './fields.ts';
import { isContinued, type OpenObservation } from './observation.ts';
import type { ReportReading } from './readings.ts';
import type { Segment } from './segment.ts';

/** A report while its observations come. */
export interface OpenReport extends ReportReading {
  specimen: string;
  readonly notes: string[];
  readonly observations: OpenObservation[];
}

/** OBR (v2.5.1 §7.4.1) with the ORC before it, if any. */
export function reportOf(obr: Segment, orc: Segment | undefined): OpenReport {
  return {
    placer: entityText(obr, 2) || (orc === undefined ? '' : entityText(orc, 2)),
    filler: entityText(obr, 3) || (orc === undefined ? '' : entityText(orc, 3)),
    panel: codedOf(obr, 4),
    collectedAt: obr.component(7, 1),
    receivedAt: obr.component(14, 1),
    issuedAt: obr.component(22, 1),
    section: obr.component(24, 1),
    status: obr.component(25, 1),
    requester: personText(obr, 16) || (orc === undefined ? '' : personText(orc, 12)),
    specimen: specimenOf(obr),
    parent: parentOf(obr),
    notes: [],
    observations: [],
  };
}

/** What holds observations that came before any OBR. */
export function namelessReport(): OpenReport {
  return {
    placer: '',
    filler: '',
    panel: NO_CODE,
    collectedAt: '',
    receivedAt: '',
    issuedAt: '',
    section: '',
    status: '',
    requester: '',
    specimen: '',
    parent: '',
    notes: [],
    observations: [],
  };
}

/** OBR-15, until version 2.5: of the source its text, else its code. */
function specimenOf(obr: Segment): string {
  return obr.subcomponent(15, 1, 2) || obr.subcomponent(15, 1, 1);
}

/** OBR-29: the filler's or placer's number of the parent; else OBR-26: the result it comes from. */
function parentOf(obr: Segment): string {
  return (
    obr.subcomponent(29, 2, 1) ||
    obr.subcomponent(29, 1, 1) ||
    obr.component(26, 3) ||
    obr.subcomponent(26, 1, 2) ||
    obr.subcomponent(26, 1, 1)
  );
}

/** SPM (v2.5.1 §7.4.3): its type. */
export function addSpecimen(report: OpenReport, spm: Segment): void {
  report.specimen ||= codeText(spm, 4);
}

/** Adds observations; lines of one text become values of one observation. Result: the last, to which notes belong. */
export function addObservations(report: OpenReport, found: readonly OpenObservation[]): OpenObservation | undefined {
  for (const next of found) {
    const last = report.observations.at(-1);
    if (last !== undefined && isContinued(last, next)) for (const line of next.values) last.values.push(line);
    else report.observations.push(next);
  }
  return report.observations.at(-1);
}
