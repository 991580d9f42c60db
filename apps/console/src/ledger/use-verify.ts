import { useCallback, useEffect, useRef, useState } from 'react';
import { forget, type Remembered, recall, remember } from './verify/memory.ts';
import type { Depth, Verification } from './verify/verify.ts';
import type { VerifyAsked, VerifyTold } from './verify/worker.ts';

/** How far a check is. */
export type VerifyState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly depth: Depth; readonly done: number; readonly size: number }
  | { readonly kind: 'found'; readonly found: Verification }
  | { readonly kind: 'failed'; readonly code: string };

export interface Verifier {
  readonly state: VerifyState;
  readonly remembered: Remembered | undefined;
  start(depth: Depth): void;
  stop(): void;
  forget(): void;
}

/** Checks the log in a worker of its own; it ends with the page. What is found sound is remembered in this browser. */
export function useVerify(): Verifier {
  const [state, setState] = useState<VerifyState>({ kind: 'idle' });
  const [remembered, setRemembered] = useState(() => recall(localStorage));
  const worker = useRef<Worker>(undefined);
  const end = useCallback(() => {
    worker.current?.terminate();
    worker.current = undefined;
  }, []);
  useEffect(() => end, [end]);
  const start = (depth: Depth) => {
    end();
    setState({ kind: 'running', depth, done: 0, size: 0 });
    const made = new Worker(new URL('./verify/worker.ts', import.meta.url), { type: 'module' });
    worker.current = made;
    const over = (next: VerifyState) => {
      end();
      setState(next);
    };
    made.onmessage = ({ data }: MessageEvent<VerifyTold>) => {
      if (data.kind === 'progress') return setState({ kind: 'running', depth, done: data.done, size: data.size });
      if (data.kind === 'failed') return over(data);
      remember(localStorage, data.found);
      setRemembered(recall(localStorage));
      over(data);
    };
    made.onerror = () => over({ kind: 'failed', code: 'console.worker' });
    made.postMessage({ depth, ...(remembered === undefined ? {} : { remembered }) } satisfies VerifyAsked);
  };
  const stop = () => {
    end();
    setState({ kind: 'idle' });
  };
  const forgetIt = () => {
    forget(localStorage);
    setRemembered(undefined);
    setState({ kind: 'idle' });
  };
  return { state, remembered, start, stop, forget: forgetIt };
}
