export { askedDate } from './chart/asked-date.ts';
export { type ChartQuestion, ChartReader } from './chart/chart-reader.ts';
export { Charter } from './chart/charter.ts';
export { isCriticalFlag, pinOf } from './chart/critical.ts';
export { formOf } from './chart/documents.ts';
export { isMatchable } from './chart/identity.ts';
export { messageIdentity } from './chart/message-identity.ts';
export {
  type ChartPart,
  MOST_PART_ENTRIES,
  type PartChart,
  type PartEntry,
  partOfCut,
  type RawTold,
  versionOfChart,
} from './chart/part.ts';
export { type ChartHere, pulledChartOf, pulledMerge, pulledNo } from './chart/pulled-chart.ts';
export { ChartSealer } from './chart/sealer.ts';
export { type Summary, visitOf } from './chart/summary.ts';
export { tokensOf } from './chart/tokens.ts';
export type { MessageFacts, Told, ToldDocument } from './chart/told.ts';
export { GRACE_MS, lastDueMs, nextDueMs, type WhatIsDue, whatIsDue } from './drill/due.ts';
export { aimsOf, type DrillAims, outcomeOf, outcomeOfOutage } from './drill/judge.ts';
export { DRILL_RESULT, type DrillSender, drillMessage, tracesOf } from './drill/message.ts';
export { CT_IMAGE_STORAGE, type DrillIdentity, type DrillImage, drillImages } from './drill/phantom.ts';
export { type KeptTimes, Times } from './drill/spread.ts';
export { indexLine } from './inventory/index-line.ts';
export {
  INVENTORY_STORAGE,
  type IncorporatedInventory,
  type InventoryHead,
  InventoryWriter,
} from './inventory/inventory.ts';
export type { KeptObject, KeptSeries, KeptStudy } from './inventory/kept.ts';
export type { Evidence, OutageChange, OutageThresholds } from './outage/detector.ts';
export { DEFAULT_THRESHOLDS, OutageDetector } from './outage/detector.ts';
export { probeWaitMs } from './outage/probes.ts';
export { isAddress, isOutsideAddress } from './outage/reach.ts';
export type { KeptRhythm } from './outage/rhythm.ts';
export { type SilenceChoice, SilenceWatch } from './outage/silence.ts';
export type { OutageInput, OutageState } from './outage/states.ts';
export { isDownState, OUTAGE_INPUTS, OUTAGE_STATES, OUTAGE_TABLE } from './outage/states.ts';
export type { Compared, Comparison, ExamFacts, Grade, Likeness, PersonFacts, Score } from './reconcile/score.ts';
export { COMPARED, gradeOf, scoreOf } from './reconcile/score.ts';
export { temporaryIdentityOf } from './reconcile/temporary.ts';
export { plainWords } from './reconcile/words.ts';
export { type GaugeFacts, gaugeOf, type SetGauge } from './set/gauge.ts';
export { type MadeSet, SetMaker, type SetMakerOptions } from './set/maker.ts';
export {
  type ChosenStudy,
  type ContinuitySet,
  type ExpectedPatient,
  type ExpectedPatients,
  type SetFacts,
  selectSet,
  type WhyChosen,
} from './set/select.ts';
