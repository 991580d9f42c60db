// Charts of patients.
export { ChartReader } from './chart/chart-reader.ts';
export { Charter } from './chart/charter.ts';
export { isCriticalFlag, pinOf } from './chart/critical.ts';
export { formOf } from './chart/documents.ts';
export { ChartSealer } from './chart/sealer.ts';
export type { MessageFacts } from './chart/told.ts';
