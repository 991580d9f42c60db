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
