import {
  type AnswerOf,
  apiPathOf,
  CONSOLE,
  CONTROL,
  type ConsoleAnswerOf,
  type ConsoleRequestOf,
  type ConsoleRoute,
  type Operation,
  type OperationOf,
  type RequestOf,
} from '@leadglass/contract';
import type { z } from 'zod';
import { errorOf, notUnderstood, unreachable } from './errors.ts';
import { linesOf } from './lines.ts';
import { tellOf } from './session.ts';

/** Everything that is asked with JSON and answered with JSON. */
export type Name = ConsoleRoute | OperationOf<'json'>;
/** Its request, as the caller writes it: fields with a default may be left out. */
export type Request<N extends Name> = N extends ConsoleRoute
  ? ConsoleRequestOf<N>
  : N extends Operation
    ? RequestOf<N>
    : never;
/** Its answer, checked. */
export type Answer<N extends Name> = N extends ConsoleRoute
  ? ConsoleAnswerOf<N>
  : N extends Operation
    ? AnswerOf<N>
    : never;

/** How long an answer is waited for unless told otherwise. */
export const ANSWER_MS = 30_000;

export interface Asking {
  readonly signal?: AbortSignal | undefined;
  /** 0: as long as it takes. */
  readonly timeoutMs?: number;
}

const SHAPES: Readonly<Record<string, { readonly answer: z.ZodType }>> = { ...CONTROL, ...CONSOLE };

function signalOf({ signal, timeoutMs = ANSWER_MS }: Asking): AbortSignal | null {
  const both = [signal, timeoutMs > 0 ? AbortSignal.timeout(timeoutMs) : undefined].filter(
    (each) => each !== undefined,
  );
  return both.length === 0 ? null : AbortSignal.any(both);
}

async function send(name: string, request: unknown, asking: Asking): Promise<Response> {
  const answer = await fetch(apiPathOf(name), {
    method: 'POST',
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { 'content-type': 'application/json', 'x-leadglass': '1' },
    body: JSON.stringify(request),
    signal: signalOf(asking),
  }).catch((thrown: unknown) => {
    // Given up by the caller: nothing to tell anybody.
    if (asking.signal?.aborted === true) throw thrown;
    throw unreachable();
  });
  if (answer.ok) return answer;
  const error = errorOf(answer.status, await answer.json().catch(() => undefined));
  tellOf(error);
  throw error;
}

/** Asks the gateway. @throws ApiError */
export async function call<N extends Name>(name: N, request: Request<N>, asking: Asking = {}): Promise<Answer<N>> {
  const answer = await send(name, request, asking);
  const body: unknown = await answer.json().catch(() => undefined);
  const parsed = SHAPES[name]?.answer.safeParse(body);
  if (parsed?.success !== true) throw notUnderstood(answer.status);
  return parsed.data as Answer<N>;
}

/** Asks for something that is answered line by line, each checked; the caller ends it with `signal`. @throws ApiError */
export async function* callLines<N extends OperationOf<'lines'>>(
  name: N,
  request: RequestOf<N>,
  signal: AbortSignal,
): AsyncGenerator<AnswerOf<N>> {
  const answer = await send(name, request, { signal, timeoutMs: 0 });
  if (answer.body === null) return;
  const shape = SHAPES[name];
  for await (const line of linesOf(answer.body)) {
    const parsed = shape?.answer.safeParse(line);
    if (parsed?.success !== true) throw notUnderstood(answer.status);
    yield parsed.data as AnswerOf<N>;
  }
}

/** Asks for bytes (`hold.preview`). @throws ApiError */
export async function callBytes<N extends OperationOf<'bytes'>>(
  name: N,
  request: RequestOf<N>,
  asking: Asking = {},
): Promise<Blob> {
  return (await send(name, request, asking)).blob();
}
