import { type Kysely, sql } from 'kysely';
import type {
  ChartEntriesTable,
  ChartMergesTable,
  ChartPatientsTable,
  FeedMessagesTable,
  FeedTalliesTable,
} from './chart-schema.ts';
import { PULLED_FROM } from './pulled-numbers.ts';
import type { Schema } from './schema.ts';
import { defineQuery } from './script.ts';

const MESSAGE = ['no', 'feed', 'received_at_ms', 'bytes', 'answered', 'state', 'is_other', 'sealed'] as const;
const CHART = [
  ...(['no', 'into_no', 'heard_at_ms', 'arrived_at_ms'] as const),
  ...(['present_at_ms', 'critical_at_ms', 'critical', 'sealed'] as const),
] as const;
const ENTRY = ['no', 'chart_no', 'message_no', 'heard_at_ms', 'kind', 'sealed'] as const;

function messageQueries(db: Kysely<Schema>) {
  return {
    messageSame: defineQuery<{ identity: string; content: string }>('messageSame')(db, (db, p) =>
      db
        .selectFrom('feed_messages')
        .select('answered')
        .where('identity', '=', p.identity)
        .where('content', '=', p.content),
    ),
    messageOther: defineQuery<{ identity: string }>('messageOther')(db, (db, p) =>
      db
        .selectFrom('feed_messages')
        .select(['content', 'answered'])
        .where('identity', '=', p.identity)
        .limit(sql.lit(1)),
    ),
    insertMessage: defineQuery<FeedMessagesTable>('insertMessage')(db, (db, p) =>
      db.insertInto('feed_messages').values({
        no: p.no,
        identity: p.identity,
        content: p.content,
        feed: p.feed,
        received_at_ms: p.received_at_ms,
        bytes: p.bytes,
        answered: p.answered,
        state: p.state,
        is_other: p.is_other,
        sealed: p.sealed,
      }),
    ),
    lastMessage: defineQuery<object>('lastMessage')(db, (db) =>
      db.selectFrom('feed_messages').select('no').where('no', '>', sql.lit(0)).orderBy('no', 'desc').limit(sql.lit(1)),
    ),
    insertBody: defineQuery<{ no: number; sealed: Uint8Array }>('insertBody')(db, (db, p) =>
      db.insertInto('feed_bodies').values({ no: p.no, sealed: p.sealed }),
    ),
    insertReading: defineQuery<{ no: number; feed: string; sealed: Uint8Array }>('insertReading')(db, (db, p) =>
      db.insertInto('feed_inbox').values({ no: p.no, feed: p.feed, sealed: p.sealed }),
    ),
    putReading: defineQuery<{ no: number; feed: string; sealed: Uint8Array }>('putReading')(db, (db, p) =>
      db
        .insertInto('feed_inbox')
        .values({ no: p.no, feed: p.feed, sealed: p.sealed })
        .onConflict((oc) => oc.column('no').doUpdateSet({ sealed: p.sealed })),
    ),
    feedInboxSizes: defineQuery<{ limit: number }>('feedInboxSizes')(db, (db, p) =>
      db
        .selectFrom('feed_inbox')
        .select((eb) => eb.fn<number>('length', ['sealed']).as('bytes'))
        .where('no', '>', sql.lit(0))
        .orderBy('no')
        .limit(p.limit),
    ),
    feedInbox: defineQuery<{ limit: number }>('feedInbox')(db, (db, p) =>
      db
        .selectFrom('feed_inbox as i')
        .innerJoin('feed_messages as m', 'm.no', 'i.no')
        .select(['i.no', 'i.feed', 'i.sealed', 'm.received_at_ms', 'm.state'])
        .where('i.no', '>', sql.lit(0))
        .orderBy('i.no')
        .limit(p.limit),
    ),
    deleteReading: defineQuery<{ no: number }>('deleteReading')(db, (db, p) =>
      db.deleteFrom('feed_inbox').where('no', '=', p.no),
    ),
    setMessageState: defineQuery<{ no: number; state: string }>('setMessageState')(db, (db, p) =>
      db.updateTable('feed_messages').set({ state: p.state }).where('no', '=', p.no),
    ),
    resealMessage: defineQuery<{ no: number; state: string; sealed: Uint8Array }>('resealMessage')(db, (db, p) =>
      db.updateTable('feed_messages').set({ state: p.state, sealed: p.sealed }).where('no', '=', p.no),
    ),
    message: defineQuery<{ no: number }>('message')(db, (db, p) =>
      db
        .selectFrom('feed_messages as m')
        .leftJoin('feed_inbox as i', 'i.no', 'm.no')
        .select([...MESSAGE.map((name) => `m.${name}` as const), 'i.no as inbox_no'])
        .where('m.no', '=', p.no),
    ),
    messagesInState: defineQuery<{ state: string; before: number; limit: number }>('messagesInState')(db, (db, p) =>
      db
        .selectFrom('feed_messages as m')
        .leftJoin('feed_inbox as i', 'i.no', 'm.no')
        .select([...MESSAGE.map((name) => `m.${name}` as const), 'i.no as inbox_no'])
        .where('m.state', '=', p.state)
        .where('m.no', '<', p.before)
        .orderBy('m.no', 'desc')
        .limit(p.limit),
    ),
    messageBody: defineQuery<{ no: number }>('messageBody')(db, (db, p) =>
      db.selectFrom('feed_bodies').select('sealed').where('no', '=', p.no),
    ),
    feedTallies: defineQuery<object>('feedTallies')(db, (db) =>
      db.selectFrom('feed_tallies').selectAll().orderBy('feed'),
    ),
    addFeedTally: defineQuery<FeedTalliesTable>('addFeedTally')(db, (db, p) =>
      db
        .insertInto('feed_tallies')
        .values({
          feed: p.feed,
          received: p.received,
          last_at_ms: p.last_at_ms,
          waiting: p.waiting,
          not_understood: p.not_understood,
          quarantined: p.quarantined,
        })
        .onConflict((oc) =>
          oc.column('feed').doUpdateSet((eb) => ({
            received: eb('feed_tallies.received', '+', eb.ref('excluded.received')),
            last_at_ms: sql<number>`max(feed_tallies.last_at_ms, excluded.last_at_ms)`,
            waiting: eb('feed_tallies.waiting', '+', eb.ref('excluded.waiting')),
            not_understood: eb('feed_tallies.not_understood', '+', eb.ref('excluded.not_understood')),
            quarantined: eb('feed_tallies.quarantined', '+', eb.ref('excluded.quarantined')),
          })),
        ),
    ),
  };
}

const charts = (db: Kysely<Schema>) => db.selectFrom('charts').select([...CHART]);

function listOf(column: 'arrived_at_ms' | 'present_at_ms' | 'critical_at_ms' | 'heard_at_ms') {
  return (db: Kysely<Schema>, p: { since: number; limit: number }) =>
    charts(db).where(column, '>=', p.since).orderBy(column, 'desc').orderBy('no', 'desc').limit(p.limit);
}

function chartQueries(db: Kysely<Schema>) {
  return {
    lastChart: defineQuery<object>('lastChart')(db, (db) =>
      db
        .selectFrom('charts')
        .select('no')
        .where('no', '>', sql.lit(0))
        .where('no', '<', sql.lit(PULLED_FROM))
        .orderBy('no', 'desc')
        .limit(sql.lit(1)),
    ),
    chart: defineQuery<{ no: number }>('chart')(db, (db, p) => charts(db).where('no', '=', p.no)),
    chartsTakenBy: defineQuery<{ into: number; limit: number }>('chartsTakenBy')(db, (db, p) =>
      charts(db).where('into_no', '=', p.into).orderBy('no').limit(p.limit),
    ),
    putChart: defineQuery<Omit<ChartPatientsTable, 'into_no'>>('putChart')(db, (db, p) =>
      db
        .insertInto('charts')
        .values({
          no: p.no,
          into_no: 0,
          heard_at_ms: p.heard_at_ms,
          arrived_at_ms: p.arrived_at_ms,
          present_at_ms: p.present_at_ms,
          critical_at_ms: p.critical_at_ms,
          critical: p.critical,
          sealed: p.sealed,
        })
        .onConflict((oc) =>
          oc.column('no').doUpdateSet((eb) => ({
            heard_at_ms: eb.ref('excluded.heard_at_ms'),
            arrived_at_ms: eb.ref('excluded.arrived_at_ms'),
            present_at_ms: eb.ref('excluded.present_at_ms'),
            critical_at_ms: eb.ref('excluded.critical_at_ms'),
            critical: eb.ref('excluded.critical'),
            sealed: eb.ref('excluded.sealed'),
          })),
        ),
    ),
    resealChart: defineQuery<{ no: number; heard_at_ms: number; sealed: Uint8Array }>('resealChart')(db, (db, p) =>
      db.updateTable('charts').set({ heard_at_ms: p.heard_at_ms, sealed: p.sealed }).where('no', '=', p.no),
    ),
    hearOfChart: defineQuery<{ no: number; heard_at_ms: number }>('hearOfChart')(db, (db, p) =>
      db.updateTable('charts').set({ heard_at_ms: p.heard_at_ms }).where('no', '=', p.no),
    ),
    setTaker: defineQuery<{ no: number; into: number }>('setTaker')(db, (db, p) =>
      db.updateTable('charts').set({ into_no: p.into }).where('no', '=', p.no),
    ),
    chartOfIdentifier: defineQuery<{ digest: string }>('chartOfIdentifier')(db, (db, p) =>
      db.selectFrom('chart_identifiers').select('chart_no').where('digest', '=', p.digest),
    ),
    putIdentifier: defineQuery<{ digest: string; chart: number }>('putIdentifier')(db, (db, p) =>
      db
        .insertInto('chart_identifiers')
        .values({ digest: p.digest, chart_no: p.chart })
        .onConflict((oc) => oc.doNothing()),
    ),
    putChartToken: defineQuery<{ token: number; chart: number }>('putChartToken')(db, (db, p) =>
      db
        .insertInto('chart_tokens')
        .values({ token: p.token, chart_no: p.chart })
        .onConflict((oc) => oc.doNothing()),
    ),
    chartsOfToken: defineQuery<{ token: number; limit: number }>('chartsOfToken')(db, (db, p) =>
      db
        .selectFrom('chart_tokens as t')
        .innerJoin('charts as c', 'c.no', 't.chart_no')
        .select(CHART.map((name) => `c.${name}` as const))
        .where('t.token', '=', p.token)
        .orderBy('t.chart_no', 'desc')
        .limit(p.limit),
    ),
    chartsArrived: defineQuery<{ since: number; limit: number }>('chartsArrived')(db, listOf('arrived_at_ms')),
    chartsPresent: defineQuery<{ since: number; limit: number }>('chartsPresent')(db, listOf('present_at_ms')),
    chartsCritical: defineQuery<{ since: number; limit: number }>('chartsCritical')(db, listOf('critical_at_ms')),
    chartsHeard: defineQuery<{ since: number; limit: number }>('chartsHeard')(db, listOf('heard_at_ms')),
    insertEntry: defineQuery<Omit<ChartEntriesTable, 'no'>>('insertEntry')(db, (db, p) =>
      db.insertInto('chart_entries').values({
        chart_no: p.chart_no,
        message_no: p.message_no,
        heard_at_ms: p.heard_at_ms,
        kind: p.kind,
        sealed: p.sealed,
      } as ChartEntriesTable),
    ),
    deleteEntriesOfMessage: defineQuery<{ message: number }>('deleteEntriesOfMessage')(db, (db, p) =>
      db.deleteFrom('chart_entries').where('message_no', '=', p.message),
    ),
    entriesOfChart: defineQuery<{ chart: number; limit: number }>('entriesOfChart')(db, (db, p) =>
      db
        .selectFrom('chart_entries')
        .select([...ENTRY])
        .where('chart_no', '=', p.chart)
        .orderBy('no', 'desc')
        .limit(p.limit),
    ),
    insertDocument: defineQuery<{ id: string; chart: number; bytes: number; sealed: Uint8Array }>('insertDocument')(
      db,
      (db, p) =>
        db
          .insertInto('chart_documents')
          .values({ id: p.id, chart_no: p.chart, bytes: p.bytes, sealed: p.sealed })
          .onConflict((oc) => oc.doNothing()),
    ),
    document: defineQuery<{ id: string }>('document')(db, (db, p) =>
      db.selectFrom('chart_documents').select(['chart_no', 'bytes', 'sealed']).where('id', '=', p.id),
    ),
    insertMerge: defineQuery<Pick<ChartMergesTable, 'into_no' | 'taken_no' | 'at_ms' | 'by_whom' | 'reason'>>(
      'insertMerge',
    )(db, (db, p) =>
      db.insertInto('chart_merges').values({
        into_no: p.into_no,
        taken_no: p.taken_no,
        at_ms: p.at_ms,
        by_whom: p.by_whom,
        reason: p.reason,
        undone_at_ms: 0,
        undone_by: '',
      } as ChartMergesTable),
    ),
    lastMerge: defineQuery<{ taken: number }>('lastMerge')(db, (db, p) =>
      db.selectFrom('chart_merges').selectAll().where('taken_no', '=', p.taken).orderBy('no', 'desc').limit(sql.lit(1)),
    ),
    merge: defineQuery<{ no: number }>('merge')(db, (db, p) =>
      db.selectFrom('chart_merges').selectAll().where('no', '=', p.no),
    ),
    mergesInto: defineQuery<{ into: number; limit: number }>('mergesInto')(db, (db, p) =>
      db.selectFrom('chart_merges').selectAll().where('into_no', '=', p.into).orderBy('no').limit(p.limit),
    ),
    undoMerge: defineQuery<{ no: number; at_ms: number; by_whom: string }>('undoMerge')(db, (db, p) =>
      db.updateTable('chart_merges').set({ undone_at_ms: p.at_ms, undone_by: p.by_whom }).where('no', '=', p.no),
    ),
  };
}

/** What feeds sent, and the charts of patients. */
export function chartAndFeedQueries(db: Kysely<Schema>) {
  return { ...messageQueries(db), ...chartQueries(db) };
}
