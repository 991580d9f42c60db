import { setTimeout as delay } from 'node:timers/promises';

/** Waits; false when everything ends meanwhile. */
export async function rest(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
