import { createHash } from 'node:crypto';
import type { Sighting, SightingKey } from '@leadglass/model';
import { SERVICES, SIGHTING_OUTCOMES, type SightingOutcome } from '@leadglass/model';
import { z } from 'zod';
import type { RuleMatch } from '../api.ts';
import { boundedName } from '../bounds.ts';
import { recordsFaults } from '../faults.ts';
import type { Queries } from '../queries.ts';
import type { SightingsTable } from '../schema.ts';
import { all, first, run, type Script } from '../script.ts';

/** Kinds of traffic kept of each outcome. What is refused comes from anybody: it has a room of its own, and crowds nothing out. */
export const MOST_SIGHTINGS: Readonly<Record<SightingOutcome, number>> = {
  passed: 20_000,
  observed: 20_000,
  refused: 5_000,
};
const LONGEST_SHAPE = 1_024;
/** Rules that matched, at most: as many as a configuration may have, and those of a few configurations before. */
const MOST_MATCHES = 50_000;

const key = z.object({
  peer: z.string(),
  address: z.string(),
  certSha256: z.string(),
  isSigned: z.boolean(),
  listener: z.string(),
  called: z.string(),
  service: z.enum([...SERVICES, 'association', 'proposed']),
  sopClassUid: z.string(),
  level: z.string(),
  keys: z.string(),
  moveTo: z.string(),
  outcome: z.enum(SIGHTING_OUTCOMES),
}) satisfies z.ZodType<SightingKey>;

/** Adds up what was seen. A kind too many of its outcome is counted with the others too many, under no title and no address. */
export function* recordSightings(queries: Queries, seen: readonly Sighting[]): Script<void> {
  const room = new Map<SightingOutcome, number>();
  for (const sighting of seen) {
    const { outcome } = sighting;
    const row = rowOf(sighting, keyOf(sighting));
    if (yield* added(queries, row)) continue;
    // Counted once a batch: counting goes through all of them.
    const left = room.get(outcome) ?? (yield* roomFor(queries, outcome));
    room.set(outcome, left - 1);
    const kept = left > 0 ? row : rowOf(sighting, { ...NOBODY, outcome });
    if (left > 0 || !(yield* added(queries, kept))) yield* run(queries.insertSighting, kept);
  }
}

function* roomFor(queries: Queries, outcome: SightingOutcome): Script<number> {
  const counted = yield* first(queries.countSightings, { outcome });
  return MOST_SIGHTINGS[outcome] - Number(counted?.count ?? 0);
}

function* added(queries: Queries, row: SightingsTable): Script<boolean> {
  const before = yield* first(queries.sighting, { id: row.id });
  if (before === undefined) return false;
  yield* run(queries.addSighting, {
    ...row,
    last_ms: Math.max(row.last_ms, before.last_ms),
    hours: row.hours | before.hours,
    busiest: Math.max(row.busiest, before.busiest),
    most_results: Math.max(row.most_results, before.most_results),
  });
  return true;
}

const NOBODY: Omit<SightingKey, 'outcome'> = {
  ...{ peer: '', address: '', certSha256: '', isSigned: false, listener: '', called: '', service: 'association' },
  ...{ sopClassUid: '', level: '', keys: '', moveTo: '' },
};

function keyOf(seen: SightingKey): SightingKey {
  return {
    peer: boundedName(seen.peer),
    address: boundedName(seen.address),
    certSha256: boundedName(seen.certSha256),
    isSigned: seen.isSigned,
    listener: boundedName(seen.listener),
    called: boundedName(seen.called),
    service: seen.service,
    sopClassUid: boundedName(seen.sopClassUid),
    level: boundedName(seen.level),
    keys: seen.keys.slice(0, LONGEST_SHAPE),
    moveTo: boundedName(seen.moveTo),
    outcome: seen.outcome,
  };
}

function rowOf(seen: Sighting, named: SightingKey): SightingsTable {
  const json = JSON.stringify(named);
  return {
    id: createHash('sha256').update(json).digest('hex'),
    outcome: named.outcome,
    key: json,
    first_ms: seen.firstMs,
    last_ms: seen.lastMs,
    count: seen.count,
    bytes: seen.bytes,
    hours: seen.hours,
    busiest: seen.busiest,
    most_results: seen.mostResults,
  };
}

/** One kind of traffic from its row. Throws Fault `records.corrupt`. */
export function sightingOf(row: SightingsTable): Sighting {
  return {
    ...parsedKey(row.key),
    firstMs: row.first_ms,
    lastMs: row.last_ms,
    count: row.count,
    bytes: row.bytes,
    hours: row.hours,
    busiest: row.busiest,
    mostResults: row.most_results,
  };
}

function parsedKey(json: string): SightingKey {
  try {
    return key.parse(JSON.parse(json));
  } catch (thrown) {
    throw recordsFaults.corrupt(thrown);
  }
}

/** Records that these rules matched. With the table full of rules that are no more, it begins anew. */
export function* recordMatches(queries: Queries, matches: readonly RuleMatch[]): Script<void> {
  const known = yield* all(queries.ruleMatches, {});
  if (known.length + matches.length > MOST_MATCHES) yield* run(queries.forgetMatches, {});
  for (const { rule, lastMs, count } of matches)
    yield* run(queries.matchRule, { rule: rule.slice(0, 256), last_ms: lastMs, count });
}
