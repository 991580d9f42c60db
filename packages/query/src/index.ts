export { encodeMatch } from './answer.ts';
export { asAttributeSet } from './attribute-set.ts';
export { charsetFor, decodeText, encodeText } from './charset.ts';
export { AttributeCollector, type CollectLimits } from './collect.ts';
export { type ReadDataSet, readDataSet } from './data-set.ts';
export { folded, nameGroups } from './fold.ts';
export { isProblem, isUnconstrained, MOST_IDENTIFIER_BYTES, parseIdentifier, uniqueKeysOf } from './identifier.ts';
export { asJson, type JsonDataSet, type JsonElement, type JsonPersonName, type JsonValue } from './json.ts';
export { keyOf, universalKey } from './keys.ts';
export {
  COMPUTED_ATTRIBUTES,
  depthOf,
  isSupported,
  KEPT_ATTRIBUTES,
  levelOf,
  levelsOf,
  UNIQUE_KEY,
  unsupportedKeys,
} from './levels.ts';
export { itemsOf, keyMatcher, type Matcher, matcherOf } from './match.ts';
export { dateKey, isMomentVr, momentKey } from './moment.ts';
export { grantOptions } from './options.ts';
export { literalPrefix } from './pattern.ts';
export { shapeOf } from './shape.ts';
export { nameOf, QUERY_TAG } from './tags.ts';
export type {
  AttributeSet,
  AttributeValue,
  Key,
  KeyForm,
  KeyMatch,
  KeyShape,
  Level,
  Query,
  QueryOptions,
  QueryProblem,
  Root,
} from './types.ts';
export { LEVELS, NO_OPTIONS } from './types.ts';
export { eachValue, readValue } from './values.ts';
export {
  encodeWorklistEntry,
  parseWorklistQuery,
  readWorklistEntry,
  type WorklistQuery,
  worklistDays,
  worklistFacts,
  worklistMatcher,
} from './worklist.ts';
export { encodeWorklistQuery, unsupportedWorklistKeys, WORKLIST_KEYS, WORKLIST_TAG } from './worklist-keys.ts';
