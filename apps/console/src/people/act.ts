import { useState } from 'react';

/** Something a button does: on its way, and what it failed with. */
export interface Doing {
  readonly isBusy: boolean;
  readonly error: unknown;
  /** Does it; nothing at all while it is on its way already. */
  run(work: () => Promise<unknown>): void;
  forget(): void;
}

/** One act at a time, with its error to be shown. */
export function useDoing(): Doing {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = (work: () => Promise<unknown>) => {
    if (isBusy) return;
    setBusy(true);
    setError(undefined);
    work()
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return { isBusy, error, run, forget: () => setError(undefined) };
}
