import type { SearchBounds, SearchEnd } from '@leadglass/catalogue';
import { attributeName } from '@leadglass/dicomweb';
import type { AttributeSet, Key, Query } from '@leadglass/query';
import type { WebSearch } from './web-messages.ts';

/** The catalogue as it is searched. `incomplete`: it is being made anew, and there may be more. */
export interface Searched {
  search(query: Query, bounds: SearchBounds): AsyncGenerator<readonly AttributeSet[], SearchEnd | 'incomplete'>;
}

/** Matches of one answer: who wants more asks on with `offset`. */
export const MOST_MATCHES = 1000;

/** A bounded search. `keys`: name and form of each that constrains, for the ledger. */
export async function searched(
  catalogue: Searched,
  { query, limit, offset }: WebSearch,
): Promise<{ matches: AttributeSet[]; isMore: boolean; keys: string[] }> {
  const mostResults = Math.min(limit ?? MOST_MATCHES, MOST_MATCHES);
  const matches: AttributeSet[] = [];
  const search = catalogue.search(query, { mostResults, offset });
  let step = await search.next();
  for (; step.done !== true; step = await search.next()) matches.push(...step.value);
  const isCut =
    step.value === 'too-wide' ||
    step.value === 'incomplete' ||
    (step.value === 'more' && (limit === undefined || limit > MOST_MATCHES));
  return { matches: matches.slice(0, mostResults), isMore: isCut, keys: query.keys.flatMap(shapeOf).slice(0, 32) };
}

function shapeOf({ tag, match }: Key): string[] {
  return match.form === 'universal' ? [] : [`${attributeName(tag)} ${match.form}`];
}
