import type { ApiError } from './errors.ts';

/** What a failed request says about the session: everybody who shows something has to know. */
export type SessionNews = 'signed-out' | 'locked';

const listeners = new Set<(news: SessionNews) => void>();

/** Tells, of an error, what it means for the session; most mean nothing. */
export function tellOf(error: ApiError): void {
  if (!error.isLocked && !error.isSignedOut) return;
  for (const tell of listeners) tell(error.isLocked ? 'locked' : 'signed-out');
}

/** Says there is news, e.g. from the page that locks itself. */
export function tellSession(news: SessionNews): void {
  for (const tell of listeners) tell(news);
}

/** @returns how to stop listening */
export function onSession(tell: (news: SessionNews) => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}
