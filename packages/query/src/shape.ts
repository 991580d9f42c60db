import { daysSpanned } from './moment.ts';
import type { Key, KeyShape, Query } from './types.ts';

/** What may be told of a query: which attributes, asked for in which form, never for which value. Items of a sequence count as keys of their own. */
export function shapeOf({ keys }: Pick<Query, 'keys'>): readonly KeyShape[] {
  return keys.flatMap((key) => [oneShape(key), ...(key.match.form === 'sequence' ? shapeOf(key.match) : [])]);
}

function oneShape({ tag, vr, match }: Key): KeyShape {
  switch (match.form) {
    case 'wildcard':
      return { tag, form: 'wildcard', leading: /^[*?]/.test(match.pattern) };
    case 'range': {
      const days = daysSpanned(vr, match.from, match.to);
      return { tag, form: 'range', ...(days === undefined ? {} : { days }) };
    }
    case 'empty':
      return { tag, form: 'single' };
    default:
      return { tag, form: match.form };
  }
}
