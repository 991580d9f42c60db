import { apiSource } from './api-source.ts';
import type { Remembered } from './memory.ts';
import { type Depth, type Verification, verifyLog } from './verify.ts';

/** What a page asks of the worker; it ends it to give up. */
export interface VerifyAsked {
  readonly depth: Depth;
  readonly remembered?: Remembered;
}

/** What the worker tells. `failed`: the log could not be checked, which says nothing about it. */
export type VerifyTold =
  | { readonly kind: 'progress'; readonly done: number; readonly size: number }
  | { readonly kind: 'found'; readonly found: Verification }
  | { readonly kind: 'failed'; readonly code: string };

const tell = (told: VerifyTold): void => self.postMessage(told);

self.onmessage = ({ data }: MessageEvent<VerifyAsked>) => {
  const { signal } = new AbortController();
  const onProgress = (done: number, size: number): void => tell({ kind: 'progress', done, size });
  verifyLog({ source: apiSource(), signal, nowMs: Date.now(), onProgress, ...data }).then(
    (found) => tell({ kind: 'found', found }),
    (thrown: unknown) => tell({ kind: 'failed', code: thrown instanceof Error ? thrown.message : String(thrown) }),
  );
};
