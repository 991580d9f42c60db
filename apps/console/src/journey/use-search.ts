import type { AnswerOf } from '@leadglass/contract';
import { useEffect, useState } from 'react';
import { ApiError, call } from '../client/index.ts';

/** How long typing rests before it is searched for: each search is an act that the ledger tells. */
const REST_MS = 250;
const LEAST = 2;
const [MOST_CHARACTERS, LIMIT] = [64, 20];

export interface Search {
  readonly words: string;
  readonly isBusy: boolean;
  readonly answer: AnswerOf<'journey.search'> | undefined;
  readonly error: ApiError | undefined;
  setWords(words: string): void;
}

/** Searches while somebody types: the last words alone, and what is no longer wanted is given up. Nothing of it goes into an address or a store. */
export function useSearch(first = ''): Search {
  const [words, setWords] = useState(first.slice(0, MOST_CHARACTERS));
  const [answer, setAnswer] = useState<AnswerOf<'journey.search'>>();
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    const wanted = words.trim();
    setError(undefined);
    if (wanted.length < LEAST) {
      setAnswer(undefined);
      setBusy(false);
      return;
    }
    const stop = new AbortController();
    setBusy(true);
    const timer = setTimeout(() => {
      call('journey.search', { words: wanted, limit: LIMIT }, { signal: stop.signal }).then(
        (found) => {
          setAnswer(found);
          setBusy(false);
        },
        (thrown: unknown) => {
          if (stop.signal.aborted) return;
          setError(thrown instanceof ApiError ? thrown : undefined);
          setBusy(false);
        },
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [words]);
  return { words, isBusy, answer, error, setWords: (next) => setWords(next.slice(0, MOST_CHARACTERS)) };
}
