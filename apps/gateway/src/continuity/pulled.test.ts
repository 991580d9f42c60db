import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Sealer } from '@leadglass/catalogue';
import { isFault, Secret } from '@leadglass/kit';
import { DEFAULT_CONTINUITY } from '@leadglass/model';
import { PULLED_FROM } from '@leadglass/records';
import { CLOCK, type House, house } from '../control.testkit.ts';
import { dayOf } from '../schedule/days.ts';
import { ContinuityControl } from './control.ts';
import { parsePart } from './part-json.ts';
import { keep, partsOf, pull } from './pulled.testkit.ts';

const PDF = Buffer.from('%PDF-1.4 x').toString('base64');
const DAY = 86_400_000;
const NO_FEEDS = { asOfMs: 0, feeds: [] };
let sent = 0;

const head = (type: string, ipp: string, name = 'DUPONT^Claire', born = '19500215'): string[] => {
  sent += 1;
  return [`MSH|^~\\&|LABO|CHU|LG|S|20260101||${type}|P${sent}|P|2.5`, `PID|1||${ipp}^^^CHU^PI||${name}||${born}|F`];
};
const oru = (ipp: string, value: string, flag = '', filler = 'F1', status = 'F'): string =>
  [
    ...head('ORU^R01', ipp),
    `OBR|1||${filler}|NF^NFS^L|||20260101||||||||||||||||||F`,
    `OBX|1|NM|2823-3^Potassium^LN||${value}|mmol/L|3.5-5.1|${flag}|||${status}`,
    '',
  ].join('\r');
const withPdf = (ipp: string): string =>
  [
    ...head('ORU^R01', ipp),
    'OBR|1||F9|CR^Compte rendu^L|||||||||||||||||||||F',
    `OBX|1|ED|CR^CR^L||^application^pdf^Base64^${PDF}||||||F`,
    '',
  ].join('\r');
const adt = (trigger: string, ipp: string, from?: string): string =>
  [...head(`ADT^${trigger}`, ipp), ...(from === undefined ? [] : [`MRG|${from}^^^CHU^PI`]), 'PV1|1|E|URG^1', ''].join(
    '\r',
  );

async function two(t: TestContext): Promise<{ gateway: House; box: House }> {
  return { gateway: await house(t), box: await house(t) };
}

/** The chart that a search for a number finds, without what is numbered otherwise on a box. */
async function chartOf({ services: { charts } }: House, number: string) {
  const { found } = await charts.reader.search({ words: number, limit: 5 });
  const no = found[0]?.patient.chart;
  const chart = no === undefined ? undefined : await charts.reader.chart(no);
  assert(chart !== undefined, number);
  return chart;
}
const values = async (of: House, number: string) =>
  (await chartOf(of, number)).groups.flatMap(({ results }) =>
    results.flatMap(({ versions }) =>
      versions.map(({ values: [value], flags, state }) => `${value} ${flags.join()} ${state}`),
    ),
  );
const codeOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'none',
    (thrown) => (isFault(thrown) ? thrown.code : String(thrown)),
  );

test('[CONT-194] what a box pulled is searched, read and counted as at its gateway: versions, flags, documents, allergies, what was not understood', async (t) => {
  const { gateway, box } = await two(t);
  await keep(gateway, `${adt('A01', '777')}AL1|1|DA|7980^Pénicilline G^LOC|SV|urticaire\r`);
  await keep(gateway, oru('777', '4.4', '', 'F1'));
  await keep(gateway, oru('777', '6.8', 'HH', 'F1', 'C'));
  await keep(gateway, withPdf('777'));
  await keep(gateway, oru('777', '9.9', '', 'F2'), 'not-understood');
  await pull(gateway, box);
  const [there, here] = [await chartOf(gateway, '777'), await chartOf(box, '777')];
  assert.deepEqual(await values(box, 'dupond'), await values(gateway, '777'));
  const told = await values(box, '777');
  assert.deepEqual(told.slice(told.indexOf('6.8 HH current'), -1), ['6.8 HH current', '4.4  superseded']);
  assert.equal(here.patient.chart, PULLED_FROM + there.patient.chart);
  assert.deepEqual(
    [here.patient.critical, here.patient.isPresent, here.patient.location],
    [1, true, there.patient.location],
  );
  assert.deepEqual(
    here.raw.map(({ text }) => text),
    there.raw.map(({ text }) => text),
  );
  assert.deepEqual(here.visits, there.visits);
  const substances = ({ allergies }: typeof here) =>
    allergies.map(({ versions: [newest] }) => [newest?.code.text, newest?.severity.id, newest?.reactions]);
  assert.deepEqual(substances(here), [['Pénicilline G', 'SV', ['urticaire']]]);
  assert.deepEqual(substances(here), substances(there));
  const { reader } = box.services.charts;
  const document = here.documents.find(({ form }) => form === 'pdf')?.document ?? '';
  assert.equal(Buffer.from((await reader.document(here.patient.chart, document)) ?? []).toString(), '%PDF-1.4 x');
  for (const only of ['critical', 'present', 'today'] as const)
    assert.equal((await reader.search({ words: '', only, limit: 5 })).found.length, 1, only);
});

test('[CONT-174] the chart of a drill under way goes to no box, and that of anybody else does', async (t) => {
  const gateway = await house(t);
  await keep(gateway, adt('A01', 'exercice-1'));
  await keep(gateway, oru('777', '4.4'));
  assert.equal((await partsOf(gateway).list()).charts.length, 2);
  const { charts } = await partsOf(gateway, ['exercice-1']).list();
  assert.deepEqual(charts, [(await chartOf(gateway, '777')).patient.chart]);
});

test('[CONT-195] a chart that did not change does not come again, and one that did comes alone; a pull that broke off goes on', async (t) => {
  const { gateway, box } = await two(t);
  await keep(gateway, oru('1', '4.1'));
  await keep(gateway, oru('2', '4.2'));
  const first = await pull(gateway, box);
  assert.deepEqual(first.filter((key) => key.startsWith('chart-')).length, 2);
  CLOCK.advance(60_000);
  await keep(gateway, oru('2', '5.2', 'HH', 'F1', 'C'));
  assert.deepEqual(await pull(gateway, box), ['feeds', 'chart-2']);
  assert.deepEqual(await values(box, '2'), ['5.2 HH current', '4.2  superseded']);
  CLOCK.advance(60_000);
  await keep(gateway, withPdf('1'));
  const json = (await partsOf(gateway).content('chart-1', NO_FEEDS)) ?? '';
  const { pulled } = box.services;
  // Taken, and cut off before its document came.
  assert.equal((await pulled.take({ key: 'chart-1', json })).documents.length, 1);
  assert.deepEqual(await pull(gateway, box), ['feeds', 'chart-1']);
  assert.deepEqual(await pull(gateway, box), []);
});

test('[CONT-196] charts that are one at the gateway are one on the box, and two again when they are; what was told to the box itself stays', async (t) => {
  const { gateway, box } = await two(t);
  await keep(gateway, oru('1', '4.1'));
  await keep(gateway, oru('2', '4.2', '', 'F2'));
  await pull(gateway, box);
  await keep(box, oru('1', '6.6', 'HH', 'F8'), 'waiting', 'own');
  assert.deepEqual((await values(box, '1')).toSorted(), ['4.1  current', '6.6 HH current']);
  CLOCK.advance(3_000);
  const event = () => ({ id: `e${sent}`, atMs: 1, kind: 'gateway.stopped' as const, reason: 'test' });
  const no = await gateway.records.charts.merge({ into: 1, taken: 2, atMs: 5, by: 'marie', reason: 'doublon', event });
  assert.deepEqual(await pull(gateway, box), ['feeds', 'chart-1']);
  const one = await chartOf(box, '2');
  assert.deepEqual([one.patient.chart, one.patient.taken], [PULLED_FROM + 1, [PULLED_FROM + 2]]);
  assert.deepEqual([one.merges[0]?.by, one.merges[0]?.reason, one.patient.critical], ['marie', 'doublon', 1]);
  CLOCK.advance(60_000);
  await gateway.records.charts.unmerge(no ?? 0, { atMs: 6, by: 'marie' }, []);
  await pull(gateway, box);
  assert.deepEqual(await values(box, '2'), ['4.2  current']);
  assert.deepEqual((await values(box, '1')).toSorted(), ['4.1  current', '6.6 HH current']);
  // Charts of the box's own are numbered as if nothing had been pulled.
  await keep(box, oru('9', '4.0'), 'waiting', 'own');
  assert.equal((await chartOf(box, '9')).patient.chart, 1);
});

test('[CONT-193] what is no part is refused whole, and so is one under another’s name or over the budget; nothing of it is kept', async (t) => {
  const { gateway, box } = await two(t);
  await keep(gateway, oru('1', '4.1'));
  const json = (await partsOf(gateway).content('chart-1', NO_FEEDS)) ?? '';
  const value = JSON.parse(json) as { charts: { no: number; into: number; entries: object[]; summary: object }[] };
  const [chart] = value.charts;
  assert(chart !== undefined && parsePart(json) !== undefined);
  const bad: readonly unknown[] = [
    '',
    { ...value, part: 'other' },
    { ...value, charts: [] },
    { ...value, charts: [chart, chart] },
    { ...value, charts: [{ ...chart, into: 5 }] },
    { ...value, charts: [{ ...chart, no: PULLED_FROM }] },
    { ...value, charts: [{ ...chart, summary: {} }] },
    { ...value, charts: [{ ...chart, entries: [{ ...chart.entries[0], told: { feed: '../x' } }] }] },
    { ...value, charts: [{ ...chart, entries: Array(3_001).fill(chart.entries[0]) }] },
    { ...value, version: 'x' },
  ];
  for (const one of bad) assert.equal(parsePart(JSON.stringify(one)), undefined, JSON.stringify(one).slice(0, 80));
  const { pulled } = box.services;
  await pulled.begin({ from: 'gateway' });
  assert.equal(await codeOf(pulled.take({ key: 'chart-7', json })), 'control.bad-request');
  assert.equal(await codeOf(pulled.take({ key: 'registrations', json })), 'control.bad-request');
  const bytes = Buffer.from('x').toString('base64');
  const foreign = { key: 'chart-1', chart: 1, document: 'a'.repeat(32), bytes };
  assert.equal(await codeOf(pulled.document(foreign)), 'control.bad-request');
  await box.records.replaceConfig(
    { peers: [], destinations: [], routes: [], continuity: { ...DEFAULT_CONTINUITY, budgetBytes: 10 } } as never,
    [],
  );
  assert.equal(await codeOf(pulled.take({ key: 'chart-1', json })), 'control.conflict');
  assert.deepEqual(await box.records.charts.charts({ by: 'heard', sinceMs: 1 }, 5), []);
});

test('[CONT-197] charts nobody wants any more go when room is needed, after the days of the policy and with all that is of them; another gateway’s go at once', async (t) => {
  const { gateway, box } = await two(t);
  await keep(gateway, oru('1', '4.1'));
  await keep(gateway, withPdf('1'));
  await pull(gateway, box);
  const { pulled } = box.services;
  assert.ok(pulled.bytes > 0);
  assert.deepEqual(await pulled.makeRoom(1), { charts: 0, bytes: 0 });
  CLOCK.advance((DEFAULT_CONTINUITY.days + 1) * DAY);
  const { charts } = await pulled.makeRoom(Number.MAX_SAFE_INTEGER);
  assert.equal(charts, 1);
  const { reader } = box.services.charts;
  assert.deepEqual((await reader.search({ words: 'dupont', limit: 5 })).found, []);
  assert.equal(await box.records.charts.lastChart(), 0);
  assert.ok((await box.records.events({}, 50)).some(({ event }) => event.kind === 'continuity.dropped'));
  await keep(gateway, oru('1', '4.3'));
  await pull(gateway, box);
  assert.equal((await reader.search({ words: 'dupont', limit: 5 })).found.length, 1);
  await pulled.begin({ from: 'another gateway' });
  assert.deepEqual((await reader.search({ words: 'dupont', limit: 5 })).found, []);
  assert.deepEqual([pulled.feeds(), pulled.registrations()], [[], []]);
});

test('[CONT-191] who is in the house, has a critical result or is registered comes before whoever was heard of; older charts do not come', async (t) => {
  const gateway = await house(t);
  await keep(gateway, oru('5', '4.0'));
  await keep(gateway, oru('6', '4.0'));
  CLOCK.advance((DEFAULT_CONTINUITY.days + 1) * DAY);
  await keep(gateway, oru('1', '4.1'));
  await keep(gateway, oru('2', '6.9', 'HH'));
  await keep(gateway, adt('A01', '3'));
  const order = { procedure: 'Thorax', modality: 'DX', station: 'DX1', priority: 'STAT' } as const;
  const parts = partsOf(gateway);
  assert.deepEqual((await parts.list()).charts, [5, 4, 3]);
  await keep(gateway, adt('A03', '3'));
  await gateway.services.schedule.add({ familyName: 'X', localId: '6', ...order } as never);
  CLOCK.advance(60_000);
  assert.deepEqual((await parts.list()).charts.slice(0, 1), [4]);
  const versions = async () => (await parts.list()).parts.find(({ key }) => key === 'chart-4')?.version;
  const before = await versions();
  CLOCK.advance(60_000);
  assert.equal(await versions(), before);
  await keep(gateway, oru('2', '5.0', '', 'F1', 'C'));
  CLOCK.advance(60_000);
  assert.notEqual(await versions(), before);
});

test('[CONT-198] schedules and open registrations are on the box, each as of when; registrations are read there and changed by nobody', async (t) => {
  const { gateway, box } = await two(t);
  const order = { procedure: 'Thorax', modality: 'DX', station: 'DX1', priority: 'STAT' } as const;
  const { registration } = await gateway.services.schedule.add({ familyName: 'LEROY', ...order } as never);
  const { pulled, schedule } = box.services;
  const today = dayOf(CLOCK.now());
  const planned = {
    '00100010': 'STEP^1',
    '00100020': 'P1',
    '00400100': [{ '00400002': `${today}`, '00400003': '0815' }],
  };
  const sealed = new Sealer(new Secret(Buffer.alloc(32, 7))).seal('schedule', `ris/${today}/0`, planned);
  await gateway.records.schedule.replace({ source: 'ris', day: today, asOfMs: CLOCK.now() - 5_000 }, [sealed]);
  assert.deepEqual(await pulled.standing(), { box: null });
  await pull(gateway, box);
  const day = await schedule.planned.day(undefined);
  assert.deepEqual(
    day.entries
      .toSorted((a, b) => (a.source < b.source ? 1 : -1))
      .map(({ patient, station, source }) => [patient.name, station, source]),
    [
      ['STEP^1', '', 'ris'],
      ['LEROY', 'DX1', ''],
    ],
  );
  const { registrations } = await schedule.list({});
  assert.deepEqual(
    registrations.map(({ number, isPulled }) => [number, isPulled]),
    [[registration.number, true]],
  );
  const asked = { number: registration.number, reason: 'x' };
  assert.equal(await codeOf(schedule.cancel(asked)), 'control.conflict');
  const { box: standing } = await pulled.standing();
  assert.deepEqual(
    standing?.kinds.map(({ kind, count, asOfMs }) => [kind, count, asOfMs === null]),
    [
      ['images', 0, true],
      ['charts', 0, false],
      ['worklist', 1, false],
      ['registrations', 1, false],
    ],
  );
  assert.equal(standing?.kinds[2]?.asOfMs, CLOCK.now() - 5_000);
  assert.match(JSON.stringify(standing?.missing), /Images have not been pulled/);
  const state = await new ContinuityControl(box.services).state();
  assert.deepEqual([state.asOfMs, state.box?.kinds.length], [null, 4]);
  CLOCK.advance(3_600_000);
  assert.match(JSON.stringify((await pulled.standing()).box?.missing), /hears nothing more/);
});
