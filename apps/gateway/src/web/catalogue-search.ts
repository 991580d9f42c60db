import { attributeName } from '@leadglass/dicomweb';
import type { SightLimits } from '@leadglass/policy';
import type { AttributeSet, Key } from '@leadglass/query';
import { type CatalogueSearch, sightedSearch } from '../sighted-search.ts';
import type { WebSearch } from './web-messages.ts';

/** The catalogue as it is searched. */
export interface Searched {
  readonly search: CatalogueSearch;
}

/** Matches of one answer: who wants more asks on with `offset`. */
export const MOST_MATCHES = 1000;

/** Whose search it is, and what policy gives it. */
export interface Searcher {
  /** Which matches it may see; undefined: all. */
  readonly sight: SightLimits | undefined;
  /** Most matches of one question, over all of its pages. */
  readonly mostResults: number;
}

/** What a search found. `withheld`: matches that are not for this searcher. */
export interface SearchResult {
  readonly matches: readonly AttributeSet[];
  readonly isMore: boolean;
  readonly withheld: number;
}

/** A bounded search. */
export async function searched(
  catalogue: Searched,
  { query, limit, offset }: WebSearch,
  searcher: Searcher,
): Promise<SearchResult> {
  const most = Math.min(MOST_MATCHES, Math.max(0, searcher.mostResults - offset));
  const mostResults = Math.min(limit ?? most, most);
  const matches: AttributeSet[] = [];
  let withheld = 0;
  const search = sightedSearch(
    (...asked) => catalogue.search(...asked),
    query,
    { mostResults, offset },
    searcher.sight,
    () => {
      withheld += 1;
    },
  );
  let step = await search.next();
  for (; step.done !== true; step = await search.next()) matches.push(...step.value);
  const isCut =
    step.value === 'too-wide' ||
    step.value === 'incomplete' ||
    (step.value === 'more' && (limit === undefined || limit > most));
  return { matches: matches.slice(0, mostResults), isMore: isCut, withheld };
}

/** Name and form of each key that constrains, for the ledger. */
export function keyWords(keys: readonly Key[]): string[] {
  return keys.flatMap(shapeOf).slice(0, 32);
}

function shapeOf({ tag, match }: Key): string[] {
  return match.form === 'universal' ? [] : [`${attributeName(tag)} ${match.form}`];
}
