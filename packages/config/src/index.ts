export { type FieldDoc, fieldDocs } from './checks.ts';
export { type Config, EMPTY_CONFIG, routeName } from './config.ts';
export type { Doubt } from './danger.ts';
export {
  configInput,
  DEFAULT_CALLING,
  destinationInput,
  peerInput,
  routeInput,
  toDestination,
  toPeer,
  toRoute,
} from './input.ts';
export { sentenceOf } from './issues.ts';
export { type ParsedConfig, parseConfig } from './parse.ts';
export type { Change, FieldChange, ItemKind, Plan, PlanFacts } from './plan.ts';
export { planConfig } from './plan.ts';
export type { Problem } from './problem.ts';
export { quirkInput, toQuirk } from './quirk-input.ts';
export { configMeanings, configReference, type FieldReference, type SectionReference } from './reference.ts';
export { relayInput, toRelay } from './relay-input.ts';
export { relayName } from './relay-plan.ts';
export { renderConfig } from './render.ts';
export { type RuleNotes, renderConfigWithNotes } from './render-notes.ts';
