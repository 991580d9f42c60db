import { QueryClient, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Answer, call, type Name, type Request } from './call.ts';
import { ApiError } from './errors.ts';

const MOST_RETRIES = 2;

/** Only what no answer came to is tried again: whoever was refused would be refused again. */
function isWorthRetrying(count: number, error: Error): boolean {
  return count < MOST_RETRIES && error instanceof ApiError && (error.status === 0 || error.status === 429);
}

/** The one memory of answers of this page. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: isWorthRetrying, staleTime: 2000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});

export interface AskOptions {
  readonly isEnabled?: boolean;
  /** Asks again by itself. */
  readonly everyMs?: number;
}

/** Asks, remembers, asks again when something changed: what a page shows. */
export function useAsk<N extends Name>(
  name: N,
  request: Request<N>,
  { isEnabled = true, everyMs }: AskOptions = {},
): UseQueryResult<Answer<N>, Error> {
  return useQuery<Answer<N>, Error>({
    queryKey: [name, request],
    queryFn: ({ signal }) => call(name, request, { signal }),
    enabled: isEnabled,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  });
}

export interface ActOptions {
  /** A trial: what is shown stays true. */
  readonly changesNothing?: boolean;
}

/** Does something; afterwards everything that is shown is asked anew. */
export function useAct<N extends Name>(name: N, { changesNothing = false }: ActOptions = {}) {
  const client = useQueryClient();
  return useMutation<Answer<N>, Error, Request<N>>({
    mutationFn: (request) => call(name, request),
    onSuccess: () => (changesNothing ? undefined : client.invalidateQueries()),
  });
}
