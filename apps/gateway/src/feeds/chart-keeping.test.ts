import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { Charter, ChartSealer } from '@leadglass/continuity';
import { ManualClock, Secret, silentLogger } from '@leadglass/kit';
import { DEFAULT_CHART_RETENTION, type Event, type EventOf } from '@leadglass/model';
import { type MessageState, openSqliteRecords, type SqliteRecords } from '@leadglass/records';
import { ChartKeeping } from './chart-keeping.ts';
import { understand } from './read-message.ts';
import { parseReading } from './reading-json.ts';

const DAY_MS = 86_400_000;
const T0 = Date.UTC(2026, 0, 1, 12);
const NOW = T0 + 4000 * DAY_MS;
const NOBODY = { peers: [], destinations: [], routes: [] };

/** A house whose messages came at any time, and its keeping now. */
class KeptHouse {
  readonly clock = new ManualClock(T0);
  readonly sealer = new ChartSealer(new Secret(Buffer.alloc(32, 5)));
  readonly records: SqliteRecords;
  readonly path: string;
  readonly charter: Charter;
  #sent = 0;

  private constructor(records: SqliteRecords, path: string) {
    this.records = records;
    this.path = path;
    this.charter = new Charter({
      ...{ records: records.charts, sealer: this.sealer, clock: this.clock, log: silentLogger, parse: parseReading },
      pseudonym: (chart) => `p${chart}`,
    });
  }

  static async open(t: TestContext): Promise<KeptHouse> {
    const folder = mkdtempSync(join(tmpdir(), 'leadglass-keeping-'));
    const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock: new ManualClock(T0) });
    t.after(async () => {
      await records.close();
      rmSync(folder, { recursive: true, force: true });
    });
    return new KeptHouse(records, folder);
  }

  /** Somebody is told of, so many days before now. */
  async told(
    daysAgo: number,
    ipp: string,
    segments: readonly string[] = [],
    state: MessageState = 'waiting',
  ): Promise<void> {
    this.#sent += 1;
    const head = `MSH|^~\\&|GAM|CHU|LG|S|20260101||ADT^A08|${this.#sent}|P|2.5`;
    const pid = `PID|1||${ipp}^^^CHU^PI||DUPONT^Claire||19500215|F`;
    const bytes = Buffer.from([head, pid, ...segments, ''].join('\r'));
    const { told } = understand(bytes, 'windows-1252');
    assert(told !== undefined);
    const { type, charset, problems, reading } = told;
    const key = String(this.#sent);
    await this.records.charts.commit([
      {
        ...{ identity: key, content: key, feed: 'gam', receivedAtMs: NOW - daysAgo * DAY_MS, bytes: bytes.length },
        ...{
          answered: 'AA',
          state,
          sealed: this.sealer.seal('facts', '', JSON.stringify({ type, charset, problems })),
        },
        body: this.sealer.seal('body', '', bytes),
        reading: this.sealer.seal('reading', '', Buffer.from(reading, 'base64')),
      },
    ]);
    await this.charter.catchUp(60_000);
  }

  keeping(): ChartKeeping {
    return new ChartKeeping({
      ...{
        records: this.records,
        sealer: this.sealer,
        charter: this.charter,
        clock: new ManualClock(NOW),
        log: silentLogger,
      },
      ...{ isBusy: () => false, told: () => undefined, rest: async () => undefined },
    });
  }

  async events(): Promise<readonly EventOf<'chart.forgotten'>[]> {
    const found = await this.records.events({ kinds: ['chart.forgotten'] }, 100);
    return found.map(({ event }: { event: Event }) => event as EventOf<'chart.forgotten'>);
  }

  async charts(): Promise<readonly number[]> {
    return (await this.records.chartRetention.charts(0, 100)).map(({ no }) => no);
  }

  async bodies(): Promise<readonly number[]> {
    return (await this.records.chartRetention.messages('bodies', 0, 0, 100)).map(({ no }) => no);
  }
}

const GONE = ['PV1|1|E|URG||||||||||||||||V1|||||||||||||||||||||||||20150101|20150102'];
const HERE = ['PV1|1|E|URG||||||||||||||||V1|||||||||||||||||||||||||20150101'];
const chartDays = DEFAULT_CHART_RETENTION.chartDays;

test('[CHART-36] messages are forgotten as they came once they are old and in their chart; what they told stays', async (t) => {
  const house = await KeptHouse.open(t);
  await house.told(181, '1');
  await house.told(179, '2');
  await house.keeping().round();
  assert.deepEqual(await house.bodies(), [2]);
  assert.deepEqual(await house.charts(), [1, 2]);
  assert.equal((await house.records.charts.entries(1, 9)).length, 1);
  const [event] = await house.events();
  assert.deepEqual([event?.messages, event?.charts, event?.messageDays], [1, 0, 180]);
});

test('[CHART-36] what waits in the tray is kept however old, and a message sent again so late is known', async (t) => {
  const house = await KeptHouse.open(t);
  await house.told(1000, '1', [], 'not-understood');
  await house.told(1000, '2', [], 'quarantined');
  await house.told(1000, '3');
  await house.keeping().round();
  assert.deepEqual(await house.bodies(), [1, 2]);
  const again = { identity: '3', content: '3', feed: 'gam', receivedAtMs: NOW, bytes: 1, answered: 'AA' };
  const empty = { sealed: new Uint8Array(1), body: new Uint8Array(1), reading: undefined };
  const [outcome] = await house.records.charts.commit([{ ...again, ...empty, state: 'entered' }]);
  assert.equal(outcome?.kind, 'repeated');
});

test('[CHART-37] a chart of which nothing was heard is forgotten whole, with what it is found by and those it took in', async (t) => {
  const house = await KeptHouse.open(t);
  await house.told(chartDays + 10, '1', GONE);
  await house.told(chartDays + 5, '2', GONE);
  await house.told(chartDays - 1, '3', GONE);
  const merge = { into: 2, taken: 1, atMs: T0, by: 'marie', reason: 'x' };
  const event = (): Event => ({ ...merge, id: 'e', kind: 'chart.merged', no: 1, patient: '', other: '' });
  await house.records.charts.merge({ ...merge, event });
  await house.keeping().round();
  assert.deepEqual(await house.charts(), [3]);
  assert.deepEqual(await house.records.charts.mergesInto(2), []);
  assert.deepEqual(
    (await house.events()).map(({ charts }) => charts),
    [0, 2],
  );
  const { messages, charts } = await house.records.chartRetention.forgotten();
  assert.deepEqual([messages, charts], [3, 2]);
  await house.told(0, '1');
  assert.deepEqual(await house.charts(), [3, 4], 'a number is never given twice');
});

test('[CHART-37] the newest number, a patient in the house, an opening to be reviewed, a message to be looked at and a number to be reconciled keep a chart', async (t) => {
  const house = await KeptHouse.open(t);
  const old = chartDays + 100;
  await house.told(old, 'HERE', HERE);
  await house.told(old, 'GLASS', GONE);
  await house.told(old, 'TRAY', GONE);
  await house.told(old, 'TRAY', [], 'not-understood');
  await house.told(old, 'T-OPEN', GONE);
  await house.told(old, 'NOTHING', GONE);
  await house.told(old, 'LAST', GONE);
  const opened = { by: 'sam', role: 'emergency', chart: 2, why: 'care', words: '', atMs: T0 };
  await house.records.glass.broken(opened, []);
  const db = new DatabaseSync(join(house.path, 'records.db'));
  db.prepare('insert into identities values (?, ?, ?, ?, null)').run('T-OPEN', 'open', T0, T0);
  db.close();
  await house.keeping().round();
  assert.deepEqual(await house.charts(), [1, 2, 3, 4, 6]);
});

test('[CHART-37] what was heard while it was about to be forgotten keeps it', async (t) => {
  const house = await KeptHouse.open(t);
  await house.told(chartDays + 10, '1', GONE);
  await house.told(1, '2');
  const tell = (): Event => assert.fail('nothing is forgotten');
  await house.told(0, '1', GONE);
  const beforeMs = NOW - chartDays * DAY_MS;
  assert.deepEqual(await house.records.chartRetention.forgetCharts([[1]], beforeMs, tell), {
    messages: 0,
    charts: 0,
    documents: 0,
    bytes: 0,
  });
});

test('[CHART-36] [CHART-37] the site’s own choice is what counts', async (t) => {
  const house = await KeptHouse.open(t);
  await house.told(50, '1', GONE);
  await house.told(20, '2', GONE);
  await house.records.replaceConfig({ ...NOBODY, retention: { messageDays: 10, chartDays: 40 } }, []);
  assert.deepEqual(await house.keeping().policy(), { messageDays: 10, chartDays: 40, isChosen: true });
  await house.keeping().round();
  assert.deepEqual([await house.charts(), await house.bodies()], [[2], []]);
  await house.records.replaceConfig({ ...NOBODY, retention: { messageDays: 180, chartDays: 90 } }, []);
  assert.equal((await house.keeping().policy()).messageDays, 90, 'no message outlives what it told');
});

test('[CHART-38] what was forgotten is written over: its sealed bytes are in no file of the records any more', async (t) => {
  const house = await KeptHouse.open(t);
  await house.told(chartDays + 10, '1', GONE);
  await house.told(chartDays - 1, '2', GONE);
  const marks = [await house.records.charts.body(1), (await house.records.charts.entries(1, 1))[0]?.sealed].map(
    (sealed) => Buffer.from(sealed ?? []).subarray(0, 40),
  );
  const inFiles = () =>
    marks.map((mark) => readdirSync(house.path).some((name) => readFileSync(join(house.path, name)).includes(mark)));
  assert.deepEqual(inFiles(), [true, true]);
  await house.keeping().round();
  // The log begins anew with the next commits, which write over it.
  assert.equal((await house.records.checkpoint()).isWhole, true);
  assert.deepEqual(
    marks.map((mark) => readFileSync(join(house.path, 'records.db')).includes(mark)),
    [false, false],
  );
});

test('[CHART-39] charts from before names were found by their sound are given it once, and a round goes on where it was', async (t) => {
  const house = await KeptHouse.open(t);
  await house.told(1, '1');
  const before = house.sealer.token('sounds', 'DUP3');
  const withToken = () => house.records.charts.charts({ by: 'token', token: before }, 9);
  assert.equal((await withToken()).length, 1);
  const { token, chart } = { token: house.sealer.token('sounds', 'KLER'), chart: 1 };
  assert.deepEqual(
    house.charter
      .soundTokens((await house.records.charts.chart(1)) ?? assert.fail('the chart is there'))
      .some((each) => each.token === token && each.chart === chart),
    true,
  );
  await house.keeping().round();
  assert.equal(await house.records.setting('charts.sounds'), 'done');
});
