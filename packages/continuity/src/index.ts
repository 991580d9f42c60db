// Outages: detection.
export type { Evidence, OutageChange, OutageThresholds } from './outage/detector.ts';
export { DEFAULT_THRESHOLDS, OutageDetector } from './outage/detector.ts';
export { probeWaitMs } from './outage/probes.ts';
export { isAddress, isOutsideAddress } from './outage/reach.ts';
export type { OutageInput, OutageState } from './outage/states.ts';
export { isDownState, OUTAGE_INPUTS, OUTAGE_STATES, OUTAGE_TABLE } from './outage/states.ts';
// Reconciliation: who temporary identities are.
export type { Compared, Comparison, ExamFacts, Grade, Likeness, PersonFacts, Score } from './reconcile/score.ts';
export { COMPARED, gradeOf, scoreOf } from './reconcile/score.ts';
export { temporaryIdentityOf } from './reconcile/temporary.ts';
export { plainWords } from './reconcile/words.ts';
