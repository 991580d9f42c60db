import type { Event } from '@leadglass/model';
import type { Forgotten, MessageState } from '../chart-api.ts';
import type { Queries } from '../queries.ts';
import { all, first, run, type Script } from '../script.ts';
import { appendEvents } from './events.ts';

/** What of a message nobody needs any more as it came: it is in its chart, or a person put it aside. */
const DONE: ReadonlySet<MessageState> = new Set(['entered', 'dismissed']);
/** Where the sum of all that was ever forgotten stands. */
export const FORGOTTEN_SETTING = 'charts.forgotten';
const NOTHING: Forgotten = { messages: 0, charts: 0, documents: 0, bytes: 0 };

/** Whether a message is old enough and done with. */
export function isForgettable(
  message: { readonly received_at_ms: number; readonly state: string },
  beforeMs: number,
): boolean {
  return message.received_at_ms < beforeMs && DONE.has(message.state as MessageState);
}

/** Forgets messages as they came; what they told stays in the charts. `tell` makes what is recorded with it. */
export function* forgetBodies(
  queries: Queries,
  nos: readonly number[],
  beforeMs: number,
  tell: (forgotten: Forgotten) => Event,
): Script<Forgotten> {
  const forgotten = { ...NOTHING };
  for (const no of nos) {
    const row = yield* first(queries.message, { no });
    if (row === undefined || !isForgettable(row, beforeMs) || (yield* run(queries.deleteBody, { no })) === 0) continue;
    forgotten.messages += 1;
    forgotten.bytes += row.bytes;
  }
  yield* tellOf(queries, forgotten, tell);
  return forgotten;
}

/** Forgets that messages were ever received: by then neither they nor what they told is here, and one sent again so late is another. */
export function* forgetMessages(queries: Queries, nos: readonly number[], beforeMs: number): Script<number> {
  let count = 0;
  for (const no of nos) {
    const row = yield* first(queries.message, { no });
    if (row === undefined || !isForgettable(row, beforeMs)) continue;
    yield* run(queries.deleteBody, { no });
    count += yield* run(queries.deleteMessage, { no });
  }
  return count;
}

/**
 * Forgets patients, each with the charts it has taken in, where all of it is still as it was when it was chosen: heard of last before `beforeMs`, nobody in the
 * house, no chart joined since. The chart of the highest number stays: no number is given twice.
 */
export function* forgetCharts(
  queries: Queries,
  groups: readonly (readonly number[])[],
  beforeMs: number,
  tell: (forgotten: Forgotten) => Event,
): Script<Forgotten> {
  const forgotten = { ...NOTHING };
  const last = (yield* first(queries.lastChart, {}))?.no;
  for (const group of groups) {
    if (group.includes(last ?? 0) || !(yield* isWhole(queries, group, beforeMs))) continue;
    for (const chart of group) yield* forgetChart(queries, chart, forgotten);
  }
  yield* tellOf(queries, forgotten, tell);
  return forgotten;
}

function* isWhole(queries: Queries, group: readonly number[], beforeMs: number): Script<boolean> {
  const [root] = group;
  for (const no of group) {
    const row = yield* first(queries.chart, { no });
    if (row === undefined || row.heard_at_ms >= beforeMs || row.present_at_ms > 0) return false;
    const isInside = no === root ? row.into_no === 0 : group.includes(row.into_no);
    const taken = yield* all(queries.chartsTakenBy, { into: no, limit: group.length + 1 });
    if (!isInside || taken.some((each) => !group.includes(each.no))) return false;
  }
  return true;
}

function* forgetChart(
  queries: Queries,
  chart: number,
  forgotten: { -readonly [K in keyof Forgotten]: Forgotten[K] },
): Script<void> {
  const held = yield* first(queries.countDocuments, { chart });
  forgotten.charts += 1;
  forgotten.documents += Number(held?.documents ?? 0);
  forgotten.bytes += Number(held?.bytes ?? 0);
  yield* run(queries.deleteChartDocuments, { chart });
  yield* run(queries.deleteChartEntries, { chart });
  yield* run(queries.deleteChartTokens, { chart });
  yield* run(queries.deleteChartIdentifiers, { chart });
  yield* run(queries.deleteMergesInto, { chart });
  yield* run(queries.deleteMergesOf, { chart });
  yield* run(queries.deleteChart, { no: chart });
}

function* tellOf(queries: Queries, now: Forgotten, tell: (forgotten: Forgotten) => Event): Script<void> {
  if (now.messages === 0 && now.charts === 0) return;
  const before = forgottenOf((yield* first(queries.setting, { name: FORGOTTEN_SETTING }))?.value);
  const sum: Forgotten = {
    ...{ messages: before.messages + now.messages, charts: before.charts + now.charts },
    ...{ documents: before.documents + now.documents, bytes: before.bytes + now.bytes },
  };
  yield* run(queries.setSetting, { name: FORGOTTEN_SETTING, value: JSON.stringify(sum) });
  yield* appendEvents(queries, [tell(now)]);
}

/** What was forgotten so far, from the setting. */
export function forgottenOf(value: string | undefined): Forgotten {
  return value === undefined || value === '' ? NOTHING : (JSON.parse(value) as Forgotten);
}
