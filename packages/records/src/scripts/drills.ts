import type { Event } from '@leadglass/model';
import type { DrillEnd, DrillTraces, ForgottenDrill, NewDrill } from '../drills.ts';
import type { Queries } from '../queries.ts';
import { all, first, run, type Script } from '../script.ts';
import { appendEvents } from './events.ts';

/** Writes one down; its number. */
export function* addDrill(queries: Queries, drill: NewDrill, event?: (no: number) => Event): Script<number> {
  const { kind, beganAtMs, endedAtMs, outcome, traces, facts } = drill;
  const row = { kind, began_at_ms: beganAtMs, ended_at_ms: endedAtMs, outcome, traces, facts };
  yield* run(queries.insertDrill, row);
  const no = (yield* first(queries.lastDrill, {}))?.no ?? 0;
  if (event !== undefined) yield* appendEvents(queries, [event(no)]);
  return no;
}

/** Ends one that runs, with what tells of it; false when it is over already. */
export function* endDrill(
  queries: Queries,
  no: number,
  { atMs, outcome, facts }: DrillEnd,
  events: readonly Event[],
): Script<boolean> {
  if ((yield* run(queries.endDrill, { no, at_ms: atMs, outcome, facts })) === 0) return false;
  yield* appendEvents(queries, events);
  return true;
}

/**
 * Forgets the messages of a drill and the chart they made. A chart that anything else was told of, or that was joined with another by hand, stays:
 * it is not the drill's alone any more.
 */
export function* forgetMessages(queries: Queries, no: number, traces: DrillTraces): Script<ForgottenDrill> {
  const charts = new Set<number>();
  let messages = 0;
  for (const identity of traces.messages)
    for (const message of yield* all(queries.messagesOfIdentity, { identity })) {
      for (const { chart_no } of yield* all(queries.chartsOfMessage, { message: message.no })) charts.add(chart_no);
      yield* run(queries.deleteEntriesOfMessage, { message: message.no });
      yield* run(queries.deleteReading, { no: message.no });
      yield* run(queries.deleteBody, { no: message.no });
      yield* run(queries.deleteMessage, { no: message.no });
      messages += 1;
    }
  yield* run(queries.deleteFeedTally, { feed: traces.feed });
  let left = 0;
  for (const chart of charts) if (!(yield* forgetChart(queries, no, chart, traces))) left += 1;
  return { messages, charts: charts.size - left, left };
}

function* forgetChart(queries: Queries, no: number, chart: number, traces: DrillTraces): Script<boolean> {
  yield* run(queries.setDrillChart, { no, chart });
  const row = yield* first(queries.chart, { no: chart });
  const told = yield* first(queries.entriesOfChart, { chart, limit: 1 });
  const taken = yield* first(queries.chartsTakenBy, { into: chart, limit: 1 });
  if (row === undefined) return true;
  if (told !== undefined || taken !== undefined || row.into_no !== 0) return false;
  yield* run(queries.deleteChart, { no: chart });
  for (const digest of traces.identifiers) yield* run(queries.deleteIdentifier, { digest, chart });
  for (const token of traces.tokens) yield* run(queries.deleteChartToken, { token, chart });
  return true;
}
