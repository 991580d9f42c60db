import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, type TestContext, test } from 'node:test';
import type { DrillAnswer } from '@leadglass/contract';
import type { EventOf } from '@leadglass/model';
import { results, sendAll, stampOf } from './emergency-feed.ts';
import { CLI, COMPILED, Gateway } from './gateway.ts';
import { makeObject } from './objects.ts';
import { assertHoldsExactly, configure, events, eventually, storescu } from './outage.ts';
import { freePort, type Orthanc, requirePeer, startOrthanc, startStorescp } from './peers.ts';
import { findscu } from './querying.ts';
import { folder, received } from './retrieving.ts';

const TOOLS = ['Orthanc', 'storescu', 'findscu', 'storescp'];
const WITHIN_MS = 90_000;
/** Everything in which something of a drill could be left. */
const TABLES = [
  ...['custody', 'deliveries', 'feed_messages', 'feed_bodies', 'feed_inbox', 'charts', 'chart_entries'],
  ...['chart_identifiers', 'chart_tokens', 'catalogue_studies', 'catalogue_instances', 'catalogue_subjects'],
] as const;

interface Site {
  readonly gateway: Gateway;
  readonly orthanc: Orthanc;
  readonly store: { readonly directory: string };
}

const stops: (() => Promise<void>)[] = [];
after(async () => {
  for (const stop of stops.toReversed()) await stop();
});

/** A PACS and an archive that are led everything, by name too, and a workstation that asks the gateway itself. */
async function site(t: TestContext): Promise<Site | undefined> {
  for (const tool of TOOLS) if (requirePeer(t, tool) === undefined) return undefined;
  const store = await startStorescp({ aet: 'ARCHIVE' });
  stops.push(() => store.stop());
  const port = await freePort();
  const orthanc = await startOrthanc({ aet: 'ORTHANC', port });
  stops.push(() => orthanc.stop());
  const gateway = await Gateway.start({ withConsole: true, withHl7: true });
  stops.push(() => gateway.dispose());
  await configure(
    gateway,
    `peers:
  - { aeTitle: PROVER, from: 127.0.0.1/32, allow: [echo, store, find] }
  - { aeTitle: WS, from: 127.0.0.1/32, allow: [echo, find] }
  - { aeTitle: LG-DRILL, from: 127.0.0.1/32, allow: [echo, store, find] }
destinations:
  - { name: pacs, host: 127.0.0.1, port: ${port}, called: ORTHANC }
  - { name: archive, host: 127.0.0.1, port: ${store.port}, called: ARCHIVE }
routes:
  - { from: '*', to: pacs }
  - { from: '*', to: archive }
  - { from: LG-DRILL, to: pacs }
relays:
  - { from: PROVER, services: [find], to: pacs }
  - { from: LG-DRILL, services: [find], to: pacs }
feeds:
  - { name: labo, kind: lab, from: 127.0.0.0/8, application: LABO }
`,
  );
  return { gateway, orthanc, store };
}

/** Runs one as its user does; the exit code, and what it printed, as it is printed. */
function drillRun(gateway: Gateway, heard: (printed: string) => void = () => {}): Promise<readonly [number, string]> {
  const env = { ...process.env, ...COMPILED, LEADGLASS_HOME: gateway.home, LEADGLASS_LANG: 'en' };
  const child = spawn(process.execPath, ['--no-warnings', CLI, 'drill', 'run'], { env });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      heard(printed);
    });
  return new Promise((resolve) => child.once('close', (code) => resolve([code ?? -1, printed])));
}

async function drills(gateway: Gateway, ...more: readonly string[]): Promise<readonly DrillAnswer[]> {
  const printed = await gateway
    .cli('drill', 'list', '--json', ...more)
    .catch((thrown: { stdout?: string }) => thrown.stdout ?? '');
  return (JSON.parse(printed) as { drills: readonly DrillAnswer[] }).drills;
}

/** Rows of each table; the catalogue takes out what was destroyed a moment later. */
function rows(gateway: Gateway): Readonly<Record<string, number>> {
  const db = new DatabaseSync(join(gateway.home, 'records/leadglass.db'), { readOnly: true });
  try {
    const count = (table: string) => Number(db.prepare(`select count(*) as n from ${table}`).get()?.n);
    return Object.fromEntries(TABLES.map((table) => [table, count(table)]));
  } finally {
    db.close();
  }
}

const NOTHING = Object.fromEntries(TABLES.map((table) => [table, 0]));
const isNothing = (found: Readonly<Record<string, number>>): boolean => Object.values(found).every((n) => n === 0);

test('[PROVE-370] [PROVE-371] [PROVE-372] [PROVE-373] [PROVE-374] a drill goes through the real doors and nowhere else', async (t) => {
  const here = await site(t);
  if (here === undefined) return;
  const { gateway, orthanc, store } = here;

  await t.test(
    '[PROVE-370] through HL7, DICOM and the page’s own door: each step is timed, and the ledger has it all without a patient',
    async () => {
      const [exit, printed] = await drillRun(gateway);
      assert.equal(exit, 0, printed);
      const [drill] = await drills(gateway);
      assert.ok(drill !== undefined);
      assert.deepEqual([drill.outcome, drill.cutOff], ['in-time', ['pacs', 'archive']]);
      assert.deepEqual(
        drill.steps.map(({ step }) => step),
        ['lab-sent', 'lab-chart', 'patient', 'stored', 'device', 'chart', 'image', 'alone'],
      );
      assert.deepEqual(drill.destroyed, { objects: 3, messages: 1, charts: 1, left: 0 });
      const [ended] = (await events(gateway, 'drill')).filter(({ kind }) => kind === 'drill.ended');
      assert.equal((ended as EventOf<'drill.ended'>).imageMs, drill.image.ms);
      assert.doesNotMatch(JSON.stringify(ended), /EXERCICE-[0-9A-F]/);
    },
  );

  await t.test(
    '[PROVE-371] nothing of it reaches PACS or archive, which get what a scanner sends meanwhile, bit for bit; no route and no relay changes that',
    async (t) => {
      const object = makeObject('ct');
      const [[exit, printed], sent] = await Promise.all([drillRun(gateway), storescu(gateway, folder(t), [object])]);
      assert.deepEqual([exit, sent.exit], [0, 0], printed);
      await gateway.until(({ deliveries }) => deliveries.delivered === 2 && deliveries.pending === 0);
      await assertHoldsExactly(orthanc, [object]);
      assert.equal(received(store.directory).length, 1);
      // What its device asked was answered from here: two drills so far.
      const asked = (await events(gateway, 'operation')).filter(
        (event) => event.kind === 'operation.answered' && event.peer.startsWith('LG-DRILL'),
      );
      assert.deepEqual(
        asked.map((event) => event.kind === 'operation.answered' && [event.from, event.upstream, event.results]),
        Array(2).fill(['vault', '', 1]),
      );
    },
  );

  await t.test('[PROVE-372] no other device finds its patient while it is here', async () => {
    let isOver = false;
    const running = drillRun(gateway).finally(() => {
      isOver = true;
    });
    const scp = { port: gateway.dimse, aet: 'LEADGLASS' };
    const keys = ['QueryRetrieveLevel=STUDY', 'PatientName=EXERCICE*', 'StudyInstanceUID'];
    const found: number[] = [];
    while (!isOver) found.push((await findscu(scp, ['-S'], keys)).answers.length);
    assert.equal((await running)[0], 0);
    assert.ok(found.length > 0);
    assert.deepEqual(new Set(found), new Set([0]));
  });

  await t.test('[PROVE-373] a real outage is measured by the same figures, beside the drills', async (t) => {
    await gateway.cli('outage', 'declare', 'archive', '--reason', 'proof');
    const objects = [makeObject('ct'), makeObject('mr'), makeObject('ct')];
    assert.equal((await storescu(gateway, folder(t), objects)).exit, 0);
    const patient = { family: 'MARTIN', given: 'Anne', id: 'IPP373', born: '19600101', sex: 'F' };
    const potassium = { code: '2823-3', name: 'Potassium', value: '4,1', unit: 'mmol/L', range: '3,5-5,1' };
    await sendAll(gateway.hl7, [results(patient, 'L1', stampOf(0), [potassium])]);
    await gateway.until(({ custody }) => custody.objects === 4);
    await gateway.cli('index', 'status');
    await gateway.cli('outage', 'end', 'archive');
    const [outage] = await eventually(
      () => drills(gateway, '--kind', 'outage'),
      (list) => list.length === 1,
      WITHIN_MS,
    );
    assert.deepEqual([outage?.upstream, outage?.outcome], ['archive', 'in-time']);
    assert.deepEqual([outage?.images?.count, outage?.images?.unmeasured, outage?.results?.count], [3, 0, 1]);
    const all = await drills(gateway);
    assert.deepEqual([...new Set(all.map(({ kind }) => kind))], ['outage', 'drill']);
  });

  await t.test(
    '[PROVE-374] without a console nobody could see the image: the drill fails, says where, exits with 5, and is a need until one is in time',
    async () => {
      const other = await Gateway.start({});
      try {
        const [exit, printed] = await drillRun(other);
        assert.equal(exit, 5);
        assert.match(printed, /first image readable.*console is off/);
        assert.match(printed, /Not tried, HL7 port/);
        const needs = await other.cli('needs').catch((thrown: { stdout?: string }) => thrown.stdout ?? '');
        assert.match(needs, /drill show 1/);
        await eventually(async () => rows(other), isNothing, WITHIN_MS);
      } finally {
        await other.dispose();
      }
    },
  );
});

test('[PROVE-375] killed in the middle, the next start destroys what it had made, and says so', async (t) => {
  const gateway = await Gateway.start({ withConsole: true, withHl7: true });
  t.after(() => gateway.dispose());
  let killed: Promise<void> | undefined;
  const [exit] = await drillRun(gateway, (printed) => {
    if (printed.includes('result in the chart')) killed ??= gateway.kill('SIGKILL');
  });
  await killed;
  assert.notEqual(exit, 0);
  const before = rows(gateway);
  assert.deepEqual([before.feed_messages, before.charts], [1, 1]);
  await gateway.restart();
  await eventually(async () => rows(gateway), isNothing, WITHIN_MS);
  assert.deepEqual(rows(gateway), NOTHING);
  const [drill] = await drills(gateway);
  assert.deepEqual([drill?.outcome, drill?.destroyed.messages, drill?.destroyed.left], ['broken-off', 1, 0]);
  // The number of its chart is nobody else's: the next drill has another.
  assert.equal((await drillRun(gateway))[0], 0);
  const opened = (await events(gateway, 'chart')).flatMap((event) =>
    event.kind === 'chart.opened' ? [event.chart] : [],
  );
  assert.deepEqual(opened, [2]);
  await eventually(async () => rows(gateway), isNothing, WITHIN_MS);
});
