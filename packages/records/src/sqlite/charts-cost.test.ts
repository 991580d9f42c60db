import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '@leadglass/kit';
import type { ChartChanges, MessageCommit } from '../chart-api.ts';
import { Charts } from '../charts.ts';
import { MIGRATIONS } from '../migrations.ts';
import { compileQueries } from '../queries.ts';
import { sha, T0 } from '../records.testkit.ts';
import { run, type Script } from '../script.ts';
import { commitMessages, enterCharts, inboxOf } from '../scripts/chart.ts';
import { sqliteDialect } from './dialect.ts';
import { SqliteEngine } from './engine.ts';
import { migrate } from './migrate.ts';
import { openSqliteRecords } from './open.ts';

const QUERIES = compileQueries(sqliteDialect());

/** Messages of 400 bytes, sealed, that tell 900. */
function messages(from: number, count: number): MessageCommit[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ identity: sha(`i${from + at}`).slice(0, 32), content: sha(`c${from + at}`).slice(0, 32), feed: 'labo' },
    ...{ receivedAtMs: T0, bytes: 400, answered: 'AA', state: 'waiting' },
    ...{ sealed: Buffer.alloc(90, 1), body: Buffer.alloc(428, 2), reading: Buffer.alloc(928, 3) },
  }));
}

/** A script, and how many statements it ran. */
function* counted(script: Script<unknown>): Script<number> {
  let statements = 0;
  for (let step = script.next(); !step.done; statements += 1) step = script.next(yield step.value);
  return statements;
}

function open(t: TestContext): SqliteEngine {
  const db = new DatabaseSync(':memory:');
  t.after(() => db.close());
  migrate(db, MIGRATIONS, T0);
  return new SqliteEngine(db);
}

test('[REC-220] a message that is kept costs four statements, and its transaction two', async (t) => {
  const engine = open(t);
  const kept = (from: number, count: number) =>
    engine.write(() => counted(commitMessages(QUERIES, messages(from, count))));
  assert.equal(await kept(0, 1), 2 + 4);
  assert.equal(await kept(1, 50), 2 + 4 * 50);
  assert.equal(await kept(51, 50), 2 + 4 * 50);
  // What was sent before is found by one, and the tally told.
  assert.equal(await kept(0, 50), 2 + 50);
});

test('[REC-220] entering a message writes its entry and takes it from the inbox; a chart is written once, however many are about it', async (t) => {
  const engine = open(t);
  await engine.write(() => commitMessages(QUERIES, messages(0, 60)));
  const items = await engine.read(() => inboxOf(QUERIES, 60, 1e9));
  const changes = (from: number, to: number): ChartChanges => ({
    ...{ charts: [], resealed: [], identifiers: [], tokens: [], documents: [], merges: [] },
    heard: [{ no: 1, heardAtMs: T0 }],
    entries: items.slice(from, to).map(({ no }) => ({
      ...{ chart: 1, message: no, heardAtMs: T0, kind: 'told', sealed: Buffer.alloc(900) },
    })),
    done: items.slice(from, to).map(({ no }) => ({ no, feed: 'labo', state: 'entered' })),
  });
  const entered = (from: number, to: number) => engine.write(() => counted(enterCharts(QUERIES, changes(from, to))));
  assert.equal(await entered(0, 10), 2 + 2 * 10);
  assert.equal(await entered(10, 60), 2 + 2 * 50);
});

test('[REC-221] a group of messages writes two pages a message and no more, whatever number is there already', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-records-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock: new ManualClock(T0) });
  t.after(() => records.close());
  const pages = async (from: number, count: number) => {
    assert.equal((await records.checkpoint()).isWhole, true);
    await records.charts.commit(messages(from, count));
    return (await records.checkpoint()).logPages;
  };
  await records.charts.commit(messages(0, 1000));
  const few = await pages(1000, 64);
  await records.charts.commit(messages(2000, 6000));
  const many = await pages(9000, 64);
  for (const each of [few, many]) assert.ok(each > 16 && each <= 2 * 64, `${few}, ${many}`);
});

test('[REC-222] what an older program marked as waiting is waiting or entered as any other', async (t) => {
  const engine = open(t);
  const charts = new Charts(engine, QUERIES);
  await charts.commit(messages(0, 2));
  await engine.write(function* () {
    for (const no of [1, 2]) yield* run(QUERIES.setMessageState, { no, state: 'waiting' });
  });
  await charts.enter({
    ...{ charts: [], resealed: [], heard: [], identifiers: [], tokens: [], entries: [], documents: [], merges: [] },
    done: [{ no: 1, feed: 'labo', state: 'entered' }],
  });
  assert.deepEqual(
    [(await charts.message(1))?.state, (await charts.message(2))?.state, (await charts.tallies())[0]?.waiting],
    ['entered', 'waiting', 1],
  );
});
