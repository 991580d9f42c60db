import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Devices, stepState, WORKS } from './bad-day-devices.ts';
import { queuedWish, queueOf } from './bad-day-lab.ts';
import { BadDaySite, ENTRIES, VICTIMS } from './bad-day-site.ts';
import { decodedReport } from './commitment.ts';
import { assertHoldsExactly, events, eventually, givenBack, standing } from './outage.ts';
import { numbersFrom, SEED } from './seed.ts';

const IS_CI = process.env.LEADGLASS_PROVE === 'ci';
/** How often each of the victims is killed. */
const ROUNDS = IS_CI ? 1 : 4;
const PACE_MS = IS_CI ? 700 : 300;
const QUIET_MS = IS_CI ? 4_000 : 15_000;
/** The PACS is away for so long at least: an outage has begun by then. */
const LONG_AWAY_MS = 12_000;
const AWAY_MS = IS_CI ? 3_000 : 12_000;
const BETWEEN_MS = IS_CI ? 600 : 4_000;
const SETTLED_MS = 180_000;

/** Kills everybody in an order of its own, some while others are away, and brings each back. */
async function havoc(here: BadDaySite, random: () => number): Promise<readonly string[]> {
  const told: string[] = [];
  const coming: Promise<void>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const drawn = VICTIMS.map((victim) => ({ victim, at: random() })).toSorted((a, b) => a.at - b.at);
    for (const { victim } of drawn) {
      await delay(random() * BETWEEN_MS);
      await here.kill(victim, random());
      const awayMs = Math.round((victim === 'pacs' ? LONG_AWAY_MS : 0) + random() * AWAY_MS);
      told.push(`${victim} for ${awayMs} ms`);
      // Our own is started again at once, as its service manager does; the others are away while more of them fall.
      if (victim === 'keeper') await here.revive(victim);
      else if (victim !== 'child') coming.push(delay(awayMs).then(() => here.revive(victim)));
    }
    await Promise.all(coming.splice(0));
  }
  return told;
}

interface Chart {
  readonly groups: readonly {
    readonly filler: string;
    readonly results: readonly {
      readonly versions: readonly { readonly state: string; readonly values: readonly string[] }[];
    }[];
  }[];
}

/** Versions of every result on the charts of the laboratory's patients, newest first, by filler number. */
async function results({ gateway }: BadDaySite): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (let patient = 0; patient < 5; patient += 1) {
    const listed = JSON.parse(await gateway.cli('patients', String(100_000 + patient), '--json')) as {
      patients: { patient: { chart: number } }[];
    };
    const no = listed.patients[0]?.patient.chart;
    if (no === undefined) continue;
    const { groups } = JSON.parse(await gateway.cli('chart', String(no), '--json')) as Chart;
    for (const { filler, results: each } of groups) {
      assert.equal(each.length, 1, `one result under ${filler}`);
      assert.ok(!found.has(filler), `${filler} is on one chart`);
      found.set(filler, each[0]?.versions.map(({ state, values }) => `${state} ${values[0]}`) ?? []);
    }
  }
  return found;
}

/** Every message of the laboratory was acknowledged in the end, and is in the chart once, corrections over what they correct. */
async function assertLaboratory(t: TestContext, here: BadDaySite): Promise<void> {
  const { queued, acknowledged } = await eventually(
    async () => queueOf(here.labFolder),
    (queue) => queue.queued.length === queue.acknowledged.length,
    SETTLED_MS,
  );
  assert.deepEqual(acknowledged, queued);
  assert.ok(queued.length > 10, 'the laboratory sent nothing to speak of');
  const wanted = new Map<string, string[]>();
  for (const n of queued) {
    const { filler, value = '' } = queuedWish(n);
    const before = wanted.get(filler)?.map((version) => version.replace('current', 'superseded')) ?? [];
    wanted.set(filler, [`current ${value}`, ...before]);
  }
  const held = await eventually(
    () => results(here),
    (found) => found.size >= wanted.size,
    SETTLED_MS,
  );
  assert.deepEqual([...held].toSorted(), [...wanted].toSorted());
  const { feeds } = JSON.parse(await here.gateway.cli('feed', 'list', '--json')) as {
    feeds: { received: number; notUnderstood: number; quarantined: number }[];
  };
  const [feed] = feeds;
  assert.deepEqual([feed?.received, feed?.notUnderstood, feed?.quarantined], [queued.length, 0, 0]);
  t.diagnostic(`${queued.length} messages of the laboratory, each on its chart once`);
}

/** Of each step its beginning, then what follows, then its end: in order, none left out, none made twice. */
async function assertPerformed(here: BadDaySite, devices: Devices): Promise<void> {
  const wanted = devices.steps;
  const ends = () =>
    here.performed.filter(({ bytes }) => /COMPLETED/.test(Buffer.from(bytes, 'hex').toString('latin1')));
  await eventually(
    async () => new Set(ends().map(({ uid }) => uid)).size,
    (count) => count >= wanted.length,
    SETTLED_MS,
  );
  for (const uid of wanted) {
    const round = Number(uid.split('.').at(-1));
    const told = here.performed.filter((each) => each.uid === uid);
    assert.equal(told.filter(({ kind }) => kind === 'create').length, 1, `${uid} was begun once`);
    assert.equal(told[0]?.kind, 'create', `${uid} begins with its beginning`);
    const [begun, ended] = [
      stepState('IN PROGRESS', round).toString('hex'),
      stepState('COMPLETED', round).toString('hex'),
    ];
    const states = told.map(({ bytes }) => (bytes === begun ? 'begun' : bytes === ended ? 'ended' : 'something else'));
    // What was not heard to be taken is told again: the same values twice are the same values.
    const inOrder = states.filter((state, at) => at === 0 || state !== states[at - 1]);
    assert.deepEqual(inOrder, ['begun', 'ended'], uid);
  }
}

/** Every transaction that was taken has its report, and no report says of an object that was told as stored that it is not kept. */
async function assertCommitted(t: TestContext, here: BadDaySite, devices: Devices): Promise<void> {
  const heard = () =>
    new Map(here.reports.reports.map((report) => decodedReport(report)).map((said) => [said?.transactionUid, said]));
  const missing = () => [...devices.asked.keys()].filter((uid) => !heard().has(uid));
  await eventually(
    async () => missing(),
    (left) => left.length === 0,
    SETTLED_MS,
  );
  for (const [uid, objects] of devices.asked) {
    const said = heard().get(uid);
    assert.deepEqual(said?.refused, [], uid);
    assert.deepEqual(said?.committed.toSorted(), objects.toSorted(), uid);
  }
  const told = await events(here.gateway, 'commitment.reported');
  const of = (upstream: string): number =>
    told.filter((event) => event.kind === 'commitment.reported' && event.upstream === upstream).length;
  t.diagnostic(`${devices.asked.size} commitments answered: ${of('pacs')} in the PACS’s words, ${of('')} in ours`);
}

test(`[PROVE-400] the bad day: PACS, worklist, performed steps, laboratory and we ourselves are killed ${ROUNDS} times each while all of it is under way; devices see nothing of it, and nothing is lost or doubled`, async (t) => {
  if (process.platform !== 'linux') return void t.skip('needs /proc');
  const here = await BadDaySite.open(t);
  if (here === undefined) return;
  const { gateway } = here;
  t.diagnostic(`LEADGLASS_SEED=${SEED}`);

  // The day as it is without it: what devices see then is all they may see later.
  const quiet = new Devices(gateway, PACE_MS);
  t.after(() => quiet.halt());
  quiet.start();
  await delay(QUIET_MS);
  await eventually(
    async () => WORKS.map((work) => quiet.count(work)),
    (counts) => counts.every((count) => count > 0),
    60_000,
  );
  await quiet.stop();
  const seen = new Map(WORKS.map((work) => [work, quiet.statuses(work)]));

  const devices = new Devices(gateway, PACE_MS, quiet.stored);
  t.after(() => devices.halt());
  devices.start();
  const killed = await havoc(here, numbersFrom(SEED));
  t.diagnostic(killed.join(', '));
  await eventually(
    () => standing(gateway),
    ({ state }) => state === 'up',
    SETTLED_MS,
  );
  await devices.stop();
  here.endOfMeasuring();

  const counts = WORKS.map((work) => `${devices.count(work)} ${work} (${devices.cut.get(work) ?? 0})`).join(', ');
  t.diagnostic(`words answered, and in brackets those cut off by kills and said again: ${counts}`);
  const slowest = WORKS.map((work) => `${work} ${devices.slowestMs.get(work)} (${quiet.slowestMs.get(work)})`).join(
    ', ',
  );
  t.diagnostic(`the longest a try took, ms, and in brackets on the quiet day: ${slowest}`);
  for (const work of WORKS) assert.deepEqual(devices.statuses(work), seen.get(work), `${work} as on a quiet day`);
  assert.deepEqual([...new Set(devices.entries)], [ENTRIES - 1], 'the day’s list is whole each time');

  await givenBack(gateway);
  assert.equal((await gateway.status()).deliveries.failed, 0);
  await assertHoldsExactly(here.orthanc, [...quiet.stored, ...devices.stored]);
  t.diagnostic(`${quiet.stored.length + devices.stored.length} objects at the PACS, bit for bit, once each`);
  await assertLaboratory(t, here);
  await assertPerformed(here, devices);
  await assertCommitted(t, here, devices);
  await gateway.cli('vault', 'check');
  await gateway.cli('ledger', 'verify');
});
