import { useEffect, useState } from 'react';
import { type Answer, ApiError, call } from '../client/index.ts';

/** How long typing rests before it is searched for: each search is an act that the ledger tells. */
const REST_MS = 200;
const LEAST = 2;
const [MOST_CHARACTERS, LIMIT] = [64, 30];

export type Found = Answer<'chart.search'>;

interface State {
  readonly answer: Found | undefined;
  readonly error: ApiError | undefined;
  readonly isBusy: boolean;
}

const NOTHING: State = { answer: undefined, error: undefined, isBusy: false };

/** Patients by words and a birth date, while somebody types. Nothing of it goes into an address or a store. */
export function usePatientSearch() {
  const [words, setWords] = useState('');
  const [bornOn, setBornOn] = useState('');
  const [state, setState] = useState(NOTHING);
  const isBorn = /^\d{4}-\d{2}-\d{2}$/.test(bornOn);
  useEffect(() => {
    const wanted = words.trim();
    if (wanted.length < LEAST && !isBorn) return setState(NOTHING);
    const stop = new AbortController();
    setState((before) => ({ ...before, error: undefined, isBusy: true }));
    const timer = setTimeout(() => {
      call(
        'chart.search',
        { words: wanted, limit: LIMIT, ...(isBorn ? { bornOn } : {}) },
        { signal: stop.signal },
      ).then(
        (answer) => setState({ ...NOTHING, answer }),
        (thrown: unknown) => {
          if (!stop.signal.aborted) setState({ ...NOTHING, error: thrown instanceof ApiError ? thrown : undefined });
        },
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [words, bornOn, isBorn]);
  return { ...state, words, bornOn, setBornOn, setWords: (next: string) => setWords(next.slice(0, MOST_CHARACTERS)) };
}
