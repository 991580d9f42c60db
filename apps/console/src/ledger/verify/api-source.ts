import type { AnswerOf } from '@leadglass/contract';
import type { LogSource } from './source.ts';

const ANSWER_MS = 60_000;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS, TRIES] = [500, 30_000, 8];

/** The log through the console's API, also where nothing of React is: a worker. Waits when it is told to (429), and tries again what no answer came to. */
export function apiSource(): LogSource {
  return {
    checkpoint: (signal) => ask<AnswerOf<'ledger.checkpoint'>>('ledger.checkpoint', {}, signal),
    tile: (level, index, signal) => ask<AnswerOf<'ledger.tile'>>('ledger.tile', { level, index }, signal),
    entries: async (first, count, signal) =>
      (await ask<AnswerOf<'ledger.show'>>('ledger.show', { first, count }, signal)).entries,
  };
}

/** The shapes are checked by what they are compared with: nothing here is believed. */
async function ask<A>(name: string, request: object, signal: AbortSignal): Promise<A> {
  for (let tried = 1; ; tried += 1) {
    const answer = await asked(name, request, signal);
    if (answer?.ok === true) return (await answer.json()) as A;
    const isPassing = answer === undefined || answer.status === 429 || answer.status >= 500;
    if (!isPassing || tried >= TRIES) throw new Error(await codeOf(answer));
    await pause(answer, tried, signal);
  }
}

async function asked(name: string, request: object, signal: AbortSignal): Promise<Response | undefined> {
  try {
    return await fetch(`/api/${name}`, {
      method: 'POST',
      credentials: 'same-origin',
      cache: 'no-store',
      headers: { 'content-type': 'application/json', 'x-leadglass': '1' },
      body: JSON.stringify(request),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

async function codeOf(answer: Response | undefined): Promise<string> {
  if (answer === undefined) return 'console.unreachable';
  const body: unknown = await answer.json().catch(() => undefined);
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return typeof code === 'string' ? code.slice(0, 64) : `HTTP ${answer.status}`;
}

function pause(answer: Response | undefined, tried: number, signal: AbortSignal): Promise<void> {
  const told = Number(answer?.headers.get('retry-after')) * 1000;
  const usual = FIRST_PAUSE_MS * 2 ** (tried - 1);
  const ms = Math.min(LONGEST_PAUSE_MS, Number.isFinite(told) && told > 0 ? told : usual);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => [clearTimeout(timer), reject(signal.reason as Error)], { once: true });
  });
}
