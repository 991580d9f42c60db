import type { PatientAnswer } from '@leadglass/contract';

let chosen: PatientAnswer | undefined;

/** Leaves who was chosen in a list to the page that opens: names never go into an address. */
export function leavePatient(patient: PatientAnswer): void {
  chosen = patient;
}

/** Who was left for this chart. */
export function patientLeft(chart: number): PatientAnswer | undefined {
  return chosen?.chart === chart ? chosen : undefined;
}
