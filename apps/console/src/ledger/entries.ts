import type { AnswerOf } from '@leadglass/contract';
import { useQueries, useQuery } from '@tanstack/react-query';
import { call } from '../client/index.ts';

type Entry = AnswerOf<'ledger.show'>['entries'][number];

/** Entries asked for at once. An entry never changes, so a page is asked for once. */
const PAGE = 100;
/** Pages kept in memory for whoever scrolls back, in milliseconds after they were last seen. */
const KEPT_MS = 5 * 60_000;

function pageOf(first: number, size: number) {
  const count = Math.min(PAGE, size - first);
  return {
    // With the count: the last page of a log that grows is another one later.
    queryKey: ['ledger.page', first, count],
    queryFn: ({ signal }: { signal: AbortSignal }) => call('ledger.show', { first, count }, { signal }),
    staleTime: 'static' as const,
    gcTime: KEPT_MS,
  };
}

/** Entries `from` to `to - 1` of a log of `size`, as far as they are here. */
export function useEntries(from: number, to: number, size: number): ReadonlyMap<number, Entry> {
  const firsts: number[] = [];
  for (let first = Math.floor(from / PAGE) * PAGE; first < to; first += PAGE) firsts.push(first);
  const pages = useQueries({ queries: firsts.filter((first) => first < size).map((first) => pageOf(first, size)) });
  return new Map(pages.flatMap(({ data }) => data?.entries ?? []).map((entry) => [entry.index, entry]));
}

/** One entry by its number; null when the log has none of it. */
export function useEntry(index: number) {
  return useQuery({
    queryKey: ['ledger.entry', index],
    queryFn: async ({ signal }) =>
      (await call('ledger.show', { first: index, count: 1 }, { signal })).entries[0] ?? null,
    staleTime: 'static',
  });
}
