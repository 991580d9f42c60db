import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ChartSealer } from '@leadglass/continuity';
import { isFault, ManualClock, Secret, silentLogger } from '@leadglass/kit';
import { DEFAULT_CONTINUITY, DEFAULT_DRILL, DRILL_AE_TITLE, type DrillSettings } from '@leadglass/model';
import type { AttributeSet, Query } from '@leadglass/query';
import { openSqliteRecords } from '@leadglass/records';
import type { CatalogueSearch } from '../sighted-search.ts';
import { shownDrill } from './control.ts';
import { DrillHost, type DrillHostTools } from './drill-host.ts';
import { newPlan } from './drill-run.ts';
import { drillNeeds } from './need-drill.ts';
import { OutageTimes } from './outage-times.ts';

const MINUTE_MS = 60_000;
/** A Monday, 04:30 where this machine is. */
const DUE = new Date(2026, 10, 23, 4, 30).getTime();
const LAST = Number.MAX_SAFE_INTEGER;

/** A host over real records whose doors are shut. */
async function house(t: TestContext, settings: Partial<DrillSettings> = {}, isDown = false) {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-drill-'));
  const clock = new ManualClock(DUE - 60 * MINUTE_MS);
  const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock });
  t.after(async () => {
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const drill = { ...DEFAULT_DRILL, ...settings };
  const config = { peers: [], destinations: [], routes: [], continuity: { ...DEFAULT_CONTINUITY, drill } };
  await records.replaceConfig(config, []);
  const sealer = new ChartSealer(new Secret(Buffer.alloc(32, 3)));
  let down = isDown;
  let changed: (name: string) => void = () => {};
  const outages = {
    isDown: () => down,
    standings: () => [{ name: 'pacs', state: 'down', sinceMs: clock.now(), asOfMs: undefined, outage: undefined }],
    onChange: (heard: (name: string) => void) => {
      changed = heard;
    },
  };
  const tools = {
    ...{ clock, log: silentLogger, records, outages, listeners: () => [], upstreams: () => ['pacs'] },
    charts: { sealer, catchUp: async () => {}, changed: () => {} },
    imports: { openDrill: () => undefined, closeOne: () => {} },
    feeds: { takeOwn: async () => undefined },
    ...{ gate: () => undefined, isIsolated: () => false, page: () => undefined, authority: () => '' },
    ...{ removeObject: async () => {}, catalogued: () => {}, eventsAppended: () => {} },
  } as unknown as DrillHostTools;
  const host = new DrillHost(tools);
  const turn = (isDownNow: boolean) => {
    down = isDownNow;
    changed('pacs');
  };
  return { host, records, clock, tools, turn };
}

const listed = async ({ records }: Pick<Awaited<ReturnType<typeof house>>, 'records'>) =>
  (await records.drills.list(10, LAST)).map(shownDrill);

test('[CONT-173] the schedule runs what is due once; during a real outage, or when the gateway was off, it is told as missed and becomes a need', async (t) => {
  const site = await house(t, { on: 'monday', tell: 'garde 4242' }, true);
  const { host, records, clock } = site;
  await host.start();
  t.after(() => host.stop());
  await host.look();
  assert.deepEqual(await listed(site), []);
  clock.advance(61 * MINUTE_MS);
  await host.look();
  await host.look();
  const [missed, ...others] = await listed(site);
  assert.deepEqual([missed?.outcome, others.length], ['missed', 0]);
  assert.match(missed?.why?.en ?? '', /real outage/);
  const [need] = await drillNeeds({ records, drill: host });
  assert.match(need?.advice.en ?? '', /garde 4242/);
  clock.advance(7 * 24 * 60 * MINUTE_MS + 60 * MINUTE_MS);
  await host.look();
  const [late] = await listed(site);
  assert.match(late?.why?.en ?? '', /was off/);
});

test('[CONT-173] a drill whose doors are shut fails at its first step, says why, and leaves nothing; a second waits for none', async (t) => {
  const site = await house(t);
  const { host, records } = site;
  await host.start();
  t.after(() => host.stop());
  const lines = host.run();
  assert.deepEqual(await lines.next(), { value: { no: 1 }, done: false });
  await assert.rejects(
    async () => host.run().next(),
    (thrown) => isFault(thrown, 'control.conflict'),
  );
  for await (const _ of lines);
  const [drill] = await listed(site);
  assert.deepEqual([drill?.outcome, drill?.failedAt?.en], ['failed', 'result sent, acknowledged']);
  assert.deepEqual(
    drill?.untried.map(({ step }) => step),
    ['worklist', 'sign-in', 'hl7'],
  );
  assert.deepEqual((await records.drills.running()).length, 0);
  assert.equal((await drillNeeds({ records, drill: host }))[0]?.severity, 'urgent');
});

test('[CONT-174] what a kill left is hidden from everybody but the drill’s device until it is destroyed', async (t) => {
  const { host, records } = await house(t);
  const plan = newPlan(DUE);
  const { patientId, studyInstanceUid } = plan.identity;
  const traces = JSON.stringify({ plan, by: 'marie' });
  const row = { kind: 'drill', beganAtMs: DUE, endedAtMs: 0, outcome: 'running', traces, facts: '' } as const;
  await records.drills.add(row);
  await host.load();
  const found: AttributeSet[] = [
    { '00100020': patientId },
    { '00100020': 'IPP1', '0020000D': studyInstanceUid },
    { '00100020': 'IPP2', '0020000D': '1.2' },
  ];
  const search: CatalogueSearch = async function* () {
    yield found;
    return 'complete';
  };
  const seen = async (calling: string) => {
    const all: AttributeSet[] = [];
    for await (const batch of host.searchFor(calling, search)({} as Query, { mostResults: 10 })) all.push(...batch);
    return all.length;
  };
  assert.equal(await seen('CT1'), 1);
  assert.equal(await seen(`${DRILL_AE_TITLE}ABCD`), 3);
  const arrived = (study: string) => ({
    studyInstanceUid: study,
    patients: [],
    modalities: [],
    objects: 3,
    bytes: 9,
    newestAtMs: 5,
  });
  const set = host.without({
    arrived: async () => [arrived(studyInstanceUid), arrived('1.2')],
    study: async (study) => arrived(study),
    intake: async () => ({ objects: 10, bytes: 100 }),
    firstAtMs: async () => 1,
  });
  assert.deepEqual(
    (await set.arrived(0, 9)).map((each) => each.studyInstanceUid),
    ['1.2'],
  );
  assert.equal(await set.study(studyInstanceUid), undefined);
  assert.deepEqual(await set.intake(0, 9), { objects: 7, bytes: 91 });
  await host.start();
  t.after(() => host.stop());
  assert.equal(await seen('CT1'), 3);
  const [drill] = (await records.drills.list(1, LAST)).map(shownDrill);
  assert.deepEqual([drill?.outcome, drill?.by], ['broken-off', 'marie']);
});

test('[CONT-175] a real outage is told by the figures of a drill, over a restart, and what was not measured is counted', async (t) => {
  const { records, clock, tools, turn } = await house(t);
  const options = {
    ...{ clock, log: silentLogger, records, outages: tools.outages, told: () => {} },
    settings: () => DEFAULT_DRILL,
  };
  const before = new OutageTimes(options);
  await before.start();
  before.arrived('early', clock.now());
  turn(true);
  before.arrived('a', clock.now());
  before.arrived('b', clock.now());
  clock.advance(400);
  before.found(['a', 'early']);
  before.charted([clock.now() - 200, clock.now() - MINUTE_MS]);
  await before.stop();
  const after = new OutageTimes(options);
  await after.start();
  after.arrived('c', clock.now());
  clock.advance(1_000);
  after.found(['b', 'c']);
  turn(false);
  clock.advance(6_000);
  await after.stop();
  const [outage] = (await records.drills.list(10, LAST)).map(shownDrill);
  assert.deepEqual([outage?.kind, outage?.upstream, outage?.outcome], ['outage', 'pacs', 'in-time']);
  assert.deepEqual([outage?.images?.count, outage?.images?.worstMs], [2, 1_000]);
  assert.deepEqual([outage?.results?.count, outage?.results?.worstMs], [1, 200]);
  assert.equal(await records.setting('drill.outages'), '[]');
});
