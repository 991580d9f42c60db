import type { SearchBounds, SearchEnd } from '@leadglass/catalogue';
import { type AnswerFacts, keysForSight, type SightLimits, sightOf } from '@leadglass/policy';
import { type AttributeSet, type Level, nameOf, QUERY_TAG, type Query, universalKey } from '@leadglass/query';

/** A search of the catalogue; see Catalogue. `incomplete`: it is being made anew, and there may be more. */
export type CatalogueSearch = (
  query: Query,
  bounds: SearchBounds,
) => AsyncGenerator<readonly AttributeSet[], SearchEnd | 'incomplete'>;

const MODALITY = nameOf(0x00080060);
const MODALITIES_IN_STUDY = nameOf(QUERY_TAG.ModalitiesInStudy);

/**
 * The matches of a query that somebody may see. What is not seen counts for nothing: neither for `mostResults` nor for `offset`, so that nobody
 * learns from the pages of an answer that there is more.
 * @param sight what may be seen; undefined: everything.
 * @param withheld told of each match that is not shown.
 */
export async function* sightedSearch(
  search: CatalogueSearch,
  query: Query,
  bounds: SearchBounds,
  sight: SightLimits | undefined,
  withheld: () => void,
): ReturnType<CatalogueSearch> {
  if (sight === undefined) return yield* search(query, bounds);
  const { signal } = bounds;
  const all = search(asking(query, sight), {
    mostResults: Number.MAX_SAFE_INTEGER,
    ...(signal === undefined ? {} : { signal }),
  });
  let [toSkip, left] = [bounds.offset ?? 0, bounds.mostResults];
  try {
    for (;;) {
      const step = await all.next();
      if (step.done === true) return step.value;
      const seen = step.value.filter((match) => {
        const isSeen = sightOf(sight, factsOf(query.level, match)) === 'yes';
        if (!isSeen) withheld();
        return isSeen;
      });
      const given = seen.slice(toSkip, toSkip + left);
      const isMore = seen.length > toSkip + left;
      toSkip = Math.max(0, toSkip - seen.length);
      left -= given.length;
      if (given.length > 0) yield given;
      if (isMore) return 'more';
    }
  } finally {
    await all.return('cancelled');
  }
}

/** Whether an object in custody may be seen, by the modality that it says. */
export function maySeeObject(sight: SightLimits | undefined, modality: string): boolean {
  return sightOf(sight, { modalities: [modality] }) === 'yes';
}

/** The query, with the keys an answer is judged by. Whoever encodes the answer gives back what was asked for alone. */
function asking(query: Query, sight: SightLimits): Query {
  const wanted = keysForSight(sight, 'find', query.level);
  const missing = wanted.filter((tag) => query.keys.every((key) => key.tag !== tag));
  if (missing.length === 0) return query;
  const keys = [...query.keys, ...missing.map((tag) => universalKey(tag, 'CS'))];
  return { ...query, keys: keys.toSorted((a, b) => a.tag - b.tag) };
}

function factsOf(level: Level, match: AttributeSet): AnswerFacts {
  if (level === 'PATIENT') return {};
  const value = match[level === 'STUDY' ? MODALITIES_IN_STUDY : MODALITY];
  return typeof value === 'string' ? { modalities: value.split('\\') } : {};
}
