import type { AttributeSet, Query } from '@leadglass/query';

/** How a search is bounded, and where it begins. */
export interface SearchBounds {
  /** Most matches given out. */
  readonly mostResults: number;
  /** Matches passed over first (QIDO-RS paging); default 0. */
  readonly offset?: number;
  readonly signal?: AbortSignal;
}

/** How a search ended. */
export type SearchEnd =
  /** Every match was given out. */
  | 'complete'
  /** There are more than `mostResults`. */
  | 'more'
  /** No index served the keys, and the bounded walk over what is newest ended before everything was looked at: there may be more. */
  | 'too-wide'
  | 'cancelled';

/** The catalogue of what is kept and may be seen: never what is held. */
export interface Catalogue {
  /**
   * Matches of a query, newest study first, in batches made as they are asked for: whoever stops asking stops the search. A match holds every attribute the
   * catalogue knows at its level and above, computed ones included (NumberOfStudyRelatedInstances, ModalitiesInStudy, …), at `IMAGE`
   * SOP Class and Instance UID too. Returns how it ended. Throws Fault `records.*`, `catalogue.*`.
   */
  search(query: Query, bounds: SearchBounds): AsyncGenerator<readonly AttributeSet[], SearchEnd>;
}
