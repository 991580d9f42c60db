import { type Text, text } from '@leadglass/kit';
import { MOST_PAST } from '../overview-queries.ts';
import type { Queries } from '../queries.ts';
import { first, run, type Script } from '../script.ts';

/** A change of the settings as it is remembered. `before`, `source`: the whole of them before and from then on, as YAML. */
export interface SettingsChange {
  readonly atMs: number;
  readonly by: string;
  readonly change: Text;
  readonly before: string;
  readonly source: string;
}

/** Remembers the state that `change` leads to, and, the first time, the one before it; of all states the last MOST_PAST. */
export function* rememberPast(queries: Queries, { atMs, by, change, before, source }: SettingsChange): Script<void> {
  const last = yield* first(queries.past, { before: Number.MAX_SAFE_INTEGER, limit: 1 });
  if (last?.source !== before) {
    yield* run(queries.insertPast, { at_ms: atMs, by_whom: '', change: JSON.stringify(BEFORE), source: before });
  }
  yield* run(queries.insertPast, { at_ms: atMs, by_whom: by, change: JSON.stringify(change), source });
  const now = yield* first(queries.past, { before: Number.MAX_SAFE_INTEGER, limit: 1 });
  yield* run(queries.forgetPast, { upTo: (now?.no ?? 0) - MOST_PAST });
}

const BEFORE = text('état d’avant', 'state before');
