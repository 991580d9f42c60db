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

/** A SyntaxError quotes what could not be read, which may be a patient's: its name is all that is said. */
function messageOf(error: Error): string {
  return error instanceof SyntaxError ? error.name : error.message.slice(0, LONGEST_VALUE_CHARS);
}

function plain(value: unknown): unknown {
  if (isFault(value)) {
    const cause = value.cause instanceof Error ? { cause: messageOf(value.cause) } : {};
    return { code: value.code, retry: value.retry, ...value.facts, ...cause };
  }
  if (value instanceof Error) return messageOf(value);
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
