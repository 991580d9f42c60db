// Outages: detection.

// Charts of patients.
export { ChartReader } from './chart/chart-reader.ts';
export { Charter } from './chart/charter.ts';
export { isCriticalFlag, pinOf } from './chart/critical.ts';
export { formOf } from './chart/documents.ts';
export { ChartSealer } from './chart/sealer.ts';
export type { MessageFacts } from './chart/told.ts';
export type { Evidence, OutageChange, OutageThresholds } from './outage/detector.ts';
export { DEFAULT_THRESHOLDS, OutageDetector } from './outage/detector.ts';
export { probeWaitMs } from './outage/probes.ts';
export { isAddress, isOutsideAddress } from './outage/reach.ts';
export type { OutageInput, OutageState } from './outage/states.ts';
export { isDownState, OUTAGE_INPUTS, OUTAGE_STATES, OUTAGE_TABLE } from './outage/states.ts';
