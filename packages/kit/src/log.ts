import type { Clock } from './clock.ts';
import { isFault } from './fault.ts';

/** Plain facts of a log line. Values wrapped in Phi or Secret print as their marker. */
export type Fields = Readonly<Record<string, unknown>>;

/** Structured logging: an event name (`intake.restarted`) and facts; no patient data, no sentence built from a peer's bytes. */
export interface Logger {
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
}

export const silentLogger: Logger = { info() {}, warn() {}, error() {} };

const LONGEST_VALUE_CHARS = 2000;

function plain(value: unknown): unknown {
  if (isFault(value)) {
    const cause = value.cause instanceof Error ? { cause: value.cause.message.slice(0, LONGEST_VALUE_CHARS) } : {};
    return { code: value.code, retry: value.retry, ...value.facts, ...cause };
  }
  if (value instanceof Error) return value.message.slice(0, LONGEST_VALUE_CHARS);
  if (typeof value === 'string') return value.slice(0, LONGEST_VALUE_CHARS);
  return value;
}

/** One JSON object a line: `{at, level, event, …fields}`. JSON escaping keeps every value on its line. */
export function jsonLogger(write: (line: string) => void, clock: Clock, base: Fields = {}): Logger {
  const line =
    (level: string) =>
    (event: string, fields: Fields = {}) => {
      const entry: Record<string, unknown> = { at: new Date(clock.now()).toISOString(), level, event, ...base };
      for (const [name, value] of Object.entries(fields)) entry[name] = plain(value);
      write(`${JSON.stringify(entry)}\n`);
    };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}
