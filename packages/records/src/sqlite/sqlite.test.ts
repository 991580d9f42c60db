import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Fault, isFault, ManualClock } from '@leadglass/kit';
import { catalogueSuite } from '../catalogue.suite.testkit.ts';
import { chartsSuite } from '../charts.suite.testkit.ts';
import { continuitySuite } from '../continuity.suite.testkit.ts';
import { decisionsSuite } from '../decisions.suite.testkit.ts';
import { drillsSuite } from '../drills.suite.testkit.ts';
import { glassSuite } from '../glass.suite.testkit.ts';
import { hl7OwedSuite } from '../hl7-owed.suite.testkit.ts';
import { identitySuite } from '../identity.suite.testkit.ts';
import { knownSuite } from '../known.suite.testkit.ts';
import { MIGRATIONS, type Migration } from '../migrations.ts';
import { outagesSuite } from '../outages.suite.testkit.ts';
import { overviewSuite } from '../overview.suite.testkit.ts';
import { compileQueries, WHOLE_TABLE } from '../queries.ts';
import { reconciliationSuite } from '../reconciliation.suite.testkit.ts';
import { recordsSuite } from '../records.suite.testkit.ts';
import { commitOf, destinationCalled, gatewayEvent, sha, T0 } from '../records.testkit.ts';
import { reportsSuite } from '../reports.suite.testkit.ts';
import { scheduleSuite } from '../schedule.suite.testkit.ts';
import { sightingsSuite } from '../sightings.suite.testkit.ts';
import { sqliteDialect } from './dialect.ts';
import { sqliteFault } from './errors.ts';
import { migrate, schemaVersion } from './migrate.ts';
import { APPLICATION_ID, openSqliteRecords, type SqliteOptions } from './open.ts';

type Context = { after(done: () => Promise<void> | void): void };

function folderOf(t: Context): string {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-records-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function openFresh(t: Context, options: Partial<SqliteOptions> = {}) {
  const clock = new ManualClock(T0);
  const path = join(folderOf(t), 'records.db');
  const records = await openSqliteRecords({ path, clock, ...options });
  t.after(() => records.close());
  return { records, clock, path };
}

recordsSuite('sqlite', openFresh);
knownSuite('sqlite', openFresh);
decisionsSuite('sqlite', openFresh);
identitySuite('sqlite', openFresh);
sightingsSuite('sqlite', openFresh);
catalogueSuite('sqlite', openFresh);
reportsSuite('sqlite', openFresh);
overviewSuite('sqlite', openFresh);
glassSuite('sqlite', openFresh);
chartsSuite('sqlite', openFresh);
outagesSuite('sqlite', openFresh);
scheduleSuite('sqlite', openFresh);
hl7OwedSuite('sqlite', openFresh);
reconciliationSuite('sqlite', openFresh);
continuitySuite('sqlite', openFresh);
drillsSuite('sqlite', openFresh);

test('[REC-60] every query finds its rows by an index, and sorts none', async (t) => {
  const { path } = await openFresh(t);
  const db = new DatabaseSync(path);
  t.after(() => db.close());
  for (const [name, query] of Object.entries(compileQueries(sqliteDialect()))) {
    if ((WHOLE_TABLE as readonly string[]).includes(name)) continue;
    const blanks = query.bind({} as never).map((value) => value ?? 0);
    const plan = db
      .prepare(`explain query plan ${query.sql}`)
      .all(...blanks)
      .map((row) => String(row.detail));
    for (const detail of plan) {
      // A scan of a partial index is a scan of just the rows asked for.
      const isScan =
        /^SCAN (?!CONSTANT ROW)/.test(detail) &&
        !/USING (COVERING )?INDEX (custody_in_lanes|events_unsequenced|events_by_ledger_index)/.test(detail);
      assert(!isScan && !/TEMP B-TREE FOR ORDER/.test(detail), `${name}: ${detail}`);
    }
  }
});

test('[REC-61] the database and its log are for their owner alone', async (t) => {
  const { records, path } = await openFresh(t);
  await records.appendEvents([gatewayEvent()]);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) assert.equal(statSync(file).mode & 0o777, 0o600, file);
});

test('[REC-61] an existing file of another mode is made private', async (t) => {
  const path = join(folderOf(t), 'records.db');
  writeFileSync(path, '', { mode: 0o644 });
  await (await openSqliteRecords({ path, clock: new ManualClock() })).close();
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('[REC-62] no column holds a patient’s name or identifier: keyed pseudonyms alone', async (t) => {
  const { records, path } = await openFresh(t);
  await records.commitArrivals([commitOf('a', { destinations: ['pacs'] }), commitOf('b', { kind: 'hold' })]);
  await records.checkpoint();
  const db = new DatabaseSync(path);
  t.after(() => db.close());
  const columns = db
    .prepare(
      "select m.name || '.' || c.name as name from sqlite_schema m join pragma_table_info(m.name) c where m.type = 'table'",
    )
    .all()
    .map((row) => String(row.name));
  assert.deepEqual(
    columns.filter((name) => /patient|birth|person|phi|accession/i.test(name)),
    ['custody.patient', 'studies.patient'],
  );
  assert.equal(db.prepare('select patient from custody limit 1').get()?.patient, 'pseudonym');
});

for (let older = 0; older <= MIGRATIONS.length; older += 1) {
  test(`[REC-63] a database of schema ${older} is brought up to date`, async (t) => {
    const path = join(folderOf(t), 'records.db');
    const db = new DatabaseSync(path);
    if (older > 0) db.exec(`pragma application_id = ${APPLICATION_ID}`);
    if (older > 0) migrate(db, MIGRATIONS.slice(0, older), T0);
    db.close();
    const records = await openSqliteRecords({ path, clock: new ManualClock(T0) });
    t.after(() => records.close());
    assert.deepEqual(await records.commitArrivals([commitOf('a')]), ['stored']);
  });
}

const later: Migration = (db) => [db.schema.alterTable('arrivals').addColumn('later', 'text')];
const broken: Migration = (db) => [
  db.schema.createTable('half').addColumn('a', 'text'),
  db.schema.createTable('half').addColumn('a', 'text'),
];

test('[REC-63] a later migration keeps what is there', async (t) => {
  const { records, path } = await openFresh(t);
  await records.commitArrivals([commitOf('a', { destinations: ['pacs'] })]);
  await records.close();
  const reopened = await openSqliteRecords({ path, clock: new ManualClock(T0), migrations: [...MIGRATIONS, later] });
  t.after(() => reopened.close());
  assert.equal((await reopened.counts()).custody.objects, 1);
});

test('[REC-63] a migration that fails leaves the database as it was', async (t) => {
  const { records, path } = await openFresh(t);
  await records.close();
  await assert.rejects(
    openSqliteRecords({ path, clock: new ManualClock(T0), migrations: [...MIGRATIONS, later, broken] }),
  );
  const db = new DatabaseSync(path);
  t.after(() => db.close());
  assert.equal(schemaVersion(db), MIGRATIONS.length);
  assert.equal(db.prepare("select count(*) as n from pragma_table_info('arrivals') where name = 'later'").get()?.n, 0);
});

const failsWith = (code: string, retry: Fault['retry']) => (thrown: unknown) =>
  isFault(thrown, code) && thrown.retry === retry && thrown.text.fr !== '';

test('[REC-64] a schema of a newer Leadglass is left alone', async (t) => {
  const { records, path } = await openFresh(t, { migrations: [...MIGRATIONS, later] });
  await records.close();
  await assert.rejects(
    openSqliteRecords({ path, clock: new ManualClock() }),
    failsWith('records.newer-schema', 'permanent'),
  );
});

test('[REC-64] another program’s database is left alone', async (t) => {
  const path = join(folderOf(t), 'other.db');
  const other = new DatabaseSync(path);
  other.exec('create table theirs (a)');
  other.close();
  await assert.rejects(
    openSqliteRecords({ path, clock: new ManualClock() }),
    failsWith('records.foreign', 'permanent'),
  );
});

test('[REC-65] a file that is no database is told as damage', async (t) => {
  const path = join(folderOf(t), 'records.db');
  writeFileSync(path, 'not a database '.repeat(1000));
  await assert.rejects(
    openSqliteRecords({ path, clock: new ManualClock() }),
    failsWith('records.corrupt', 'permanent'),
  );
});

test('[REC-65] a damaged page is told as damage', async (t) => {
  const { records, path } = await openFresh(t);
  for (let i = 0; i < 20; i += 1) await records.commitArrivals([commitOf(`x${i}`)]);
  await records.checkpoint();
  await records.close();
  const file = openSync(path, 'r+');
  for (let at = 4096 * 2; at < statSync(path).size; at += 4096) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, at);
  closeSync(file);
  const damaged = openSqliteRecords({ path, clock: new ManualClock() }).then((opened) =>
    opened.listCustody('', 100).finally(() => opened.close()),
  );
  await assert.rejects(damaged, failsWith('records.corrupt', 'permanent'));
});

test('[REC-66] a full disk is told, loses nothing, and passes once there is room', async (t) => {
  const { records, path } = await openFresh(t, { quotaBytes: 700_000 });
  const kept: string[] = [];
  const fill = async () => {
    for (let i = 0; i < 2000; i += 1) {
      await records.commitArrivals([commitOf(`full${i}`, { destinations: ['pacs'] })]);
      kept.push(`full${i}`);
    }
  };
  await assert.rejects(fill(), failsWith('records.unwritable', 'transient'));
  assert.equal((await records.counts()).custody.objects, kept.length);
  await records.close();
  const roomy = await openSqliteRecords({ path, clock: new ManualClock() });
  t.after(() => roomy.close());
  assert.deepEqual(await roomy.commitArrivals([commitOf('more')]), ['stored']);
  for (const name of kept) assert.notEqual(await roomy.custody(sha(name)), undefined);
});

test('[REC-66] a database locked by another process is told, and passes once it is free', async (t) => {
  const { records, path } = await openFresh(t, { busyTimeoutMs: 1 });
  const other = new DatabaseSync(path);
  t.after(() => other.close());
  other.exec('begin immediate');
  await assert.rejects(records.commitArrivals([commitOf('a')]), failsWith('records.unwritable', 'transient'));
  await assert.rejects(records.probe(), failsWith('records.unwritable', 'transient'));
  assert.equal(await records.custody(sha('a')), undefined);
  other.exec('rollback');
  assert.deepEqual(await records.commitArrivals([commitOf('a')]), ['stored']);
});

test('[REC-66] a folder that is not there is told', async (t) => {
  const path = join(folderOf(t), 'absent', 'records.db');
  await assert.rejects(
    openSqliteRecords({ path, clock: new ManualClock() }),
    failsWith('records.unwritable', 'transient'),
  );
});

test('[REC-66] each result code of SQLite has its class', () => {
  const fault = (errcode: number) => sqliteFault(Object.assign(new Error('sqlite'), { errcode }));
  for (const errcode of [5, 8, 10, 13, 14, 266, 778, 1032, 1290, 1546])
    assert(failsWith('records.unwritable', 'transient')(fault(errcode)), String(errcode));
  for (const errcode of [11, 26, 267, 523, 8458])
    assert(failsWith('records.corrupt', 'permanent')(fault(errcode)), String(errcode));
  for (const errcode of [1, 19, 21, 2067]) assert(!isFault(fault(errcode)), String(errcode));
});

test('[REC-67] a checkpoint folds the log back and the log begins anew', async (t) => {
  const { records, path } = await openFresh(t);
  for (let i = 0; i < 50; i += 1) await records.commitArrivals([commitOf(`c${i}`)]);
  const checkpoint = await records.checkpoint();
  assert(checkpoint.isWhole && checkpoint.logPages > 100);
  const before = statSync(`${path}-wal`).size;
  for (let i = 50; i < 60; i += 1) await records.commitArrivals([commitOf(`c${i}`)]);
  assert.equal(statSync(`${path}-wal`).size, before);
});

test('[REC-68] the running counts are the true counts after a random day', async (t) => {
  const { records, path } = await openFresh(t);
  await records.replaceConfig(
    { peers: [], destinations: [destinationCalled('pacs', true), destinationCalled('backup')], routes: [] },
    [],
  );
  let seed = 12345;
  const roll = (sides: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * sides);
  };
  const outcomes = ['delivered', 'retry', 'failed'] as const;
  for (let i = 0; i < 400; i += 1) {
    const name = `o${roll(40)}`;
    const kind = roll(4) === 0 ? 'hold' : 'deliver';
    if (roll(2) === 0)
      await records.commitArrivals([
        commitOf(name, { kind, destinations: kind === 'hold' ? [] : ['pacs', 'backup'], isKept: roll(10) > 0 }),
      ]);
    const due = await records.dueDeliveries(roll(2) === 0 ? 'pacs' : 'backup', T0 + i, 3);
    await records.recordDeliveries(
      due.map(({ id }) => ({ id, outcome: outcomes[roll(3)] ?? 'retry', atMs: T0 + i })),
      [gatewayEvent()],
    );
    if (roll(9) === 0) await records.retryDeliveries('pacs', T0 + i);
    if (roll(15) === 0) await records.destroyCustody(sha(name), [gatewayEvent()]);
    const held = await records.holds('held', 1);
    if (held[0] !== undefined && roll(6) === 0)
      await records.releaseHold(held[0].sha256, 'op', '', T0 + i, ['pacs'], []);
    if (held[0] !== undefined && roll(6) === 1)
      await records
        .destroyHold(held[0].sha256, 'op', '', T0 + i, [])
        .catch((thrown) => assert(isFault(thrown, 'records.not-held')));
  }
  const counts = await records.counts();
  const db = new DatabaseSync(path);
  t.after(() => db.close());
  const number = (query: string) => Number(db.prepare(query).get()?.n);
  assert.deepEqual(
    [counts.custody.objects, counts.custody.bytes],
    [number('select count(*) n from custody'), number('select sum(plain_bytes) n from custody')],
  );
  const inState = (state: string) => number(`select count(*) n from deliveries where state = '${state}'`);
  assert.deepEqual(counts.deliveries, {
    pending: inState('pending'),
    delivered: inState('delivered'),
    failed: inState('failed'),
  });
  assert.equal(counts.events.total, number('select count(*) n from events'));
  assert(
    Math.min(counts.deliveries.delivered, counts.deliveries.failed, counts.custody.objects) > 0,
    JSON.stringify(counts),
  );
});

test('[REC-69] every commit that was reported survives a kill at any moment', async (t) => {
  const path = join(folderOf(t), 'records.db');
  const reported: string[] = [];
  for (let round = 0; round < 20; round += 1) reported.push(...(await killWhileCommitting(path, round)));
  const records = await openSqliteRecords({ path, clock: new ManualClock(T0) });
  t.after(() => records.close());
  assert(reported.length >= 20);
  for (const name of reported) {
    assert.notEqual(await records.custody(sha(name)), undefined, name);
    assert.equal((await records.listDeliveries({ sha256: sha(name) }, 2)).length, 1, name);
  }
  const counts = await records.counts();
  assert.equal(counts.custody.objects, counts.events.total);
  assert.equal(counts.custody.objects, counts.deliveries.pending);
  const db = new DatabaseSync(path);
  t.after(() => db.close());
  assert.deepEqual(
    db
      .prepare('pragma integrity_check')
      .all()
      .map((row) => row.integrity_check),
    ['ok'],
  );
});

/** Names of objects the child said were committed before it was killed, after a number of them that differs each round. */
async function killWhileCommitting(path: string, round: number): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./crash.testkit.ts', import.meta.url)), path, String(round)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
    if (told.split('\n').length > 2 + round * 2) child.kill('SIGKILL');
  });
  const [code, signal] = await once(child, 'close');
  assert.deepEqual([code, signal], [null, 'SIGKILL']);
  return told.split('\n').slice(0, -1);
}

test('[REC-70] SQL that only SQLite knows stays in src/sqlite', () => {
  // Compiling every query proves that it is built of Kysely's portable parts; raw text is limited to literals.
  for (const query of Object.values(compileQueries(sqliteDialect())))
    assert.doesNotMatch(query.sql, /pragma|rowid|\bor (replace|ignore)\b|json_|strftime/i);
});
