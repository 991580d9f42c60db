import type { Text } from './text.ts';

/** What another try can bring: it may pass later, it may already have happened, it never passes. */
export type Retry = 'transient' | 'ambiguous' | 'permanent';

export interface FaultOptions {
  /** What lies underneath; kept for the log, never shown to a peer. */
  readonly cause?: unknown;
  /** Plain facts for the log: no patient data. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

/** A failure of the world (disk, network, database, another process), with a stable code, a retry class and a sentence. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly retry: Retry;
  readonly text: Text;
  readonly facts: Readonly<Record<string, string | number | boolean>>;

  /** @param code stable, `room.what`; @param retry the only thing retry logic reads; @param sentence what happened and what to do. */
  constructor(code: string, retry: Retry, sentence: Text, options: FaultOptions = {}) {
    super(`${code}: ${sentence.en}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = retry;
    this.text = sentence;
    this.facts = options.facts ?? {};
  }
}

/** Whether `value` is a Fault, optionally of one code. */
export function isFault(value: unknown, code?: string): value is Fault {
  return value instanceof Fault && (code === undefined || value.code === code);
}

/** The Fault in `thrown`, or a new one of `code` around it. */
export function asFault(thrown: unknown, code: string, retry: Retry, sentence: Text): Fault {
  return isFault(thrown) ? thrown : new Fault(code, retry, sentence, { cause: thrown });
}
