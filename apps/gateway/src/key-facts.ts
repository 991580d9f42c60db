import type { KeyFact } from '@leadglass/policy';
import { type KeyShape, type Query, shapeOf } from '@leadglass/query';

/** The keys of a query as policy looks at them: shapes, no value. */
export function keyFactsOf(query: Pick<Query, 'keys'>): readonly KeyFact[] {
  return shapeOf(query).map(keyFactOf);
}

function keyFactOf({ tag, form, leading, days }: KeyShape): KeyFact {
  return {
    ...{ tag, form },
    ...(leading === undefined ? {} : { leading }),
    ...(days === undefined ? {} : { spanDays: days }),
  };
}
