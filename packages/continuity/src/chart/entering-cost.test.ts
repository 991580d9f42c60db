import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChartChanges } from '@leadglass/records';
import { adt, ChartHouse, oru } from './chart.testkit.ts';
import { ChartFold, foldOf } from './fold.ts';
import { Remembered } from './remembered.ts';
import type { Told } from './told.ts';

const PV1 = 'PV1|1|E|URG^B12^1^CHU||||||||||||||||V1|||||||||||||||||||||||||20260101080000';

/** The records of a house, and what is asked of them. */
function watched(house: ChartHouse) {
  const { charts } = house.records;
  const written: ChartChanges[] = [];
  const asked = { entries: 0, chart: 0, chartOfIdentifier: 0 };
  const records = {
    inbox: (limit: number, mostBytes: number) => charts.inbox(limit, mostBytes),
    lastChart: () => charts.lastChart(),
    message: (no: number) => charts.message(no),
    chartOfIdentifier: (digest: string) => {
      asked.chartOfIdentifier += 1;
      return charts.chartOfIdentifier(digest);
    },
    chart: (no: number) => {
      asked.chart += 1;
      return charts.chart(no);
    },
    entries: (no: number, limit: number) => {
      asked.entries += 1;
      return charts.entries(no, limit);
    },
    enter: (changes: ChartChanges) => {
      written.push(changes);
      return charts.enter(changes);
    },
  };
  house.charter = house.newCharter(records);
  return { written, asked };
}

const sizes = ({ charts, resealed, heard, identifiers, tokens, entries }: ChartChanges) => ({
  ...{ charts: charts.length, resealed: resealed.length, heard: heard.length },
  ...{ identifiers: identifiers.length, tokens: tokens.length, entries: entries.length },
});

test('[CHART-50] a result of a patient who is known writes its entry, and that the chart was heard of', async (t) => {
  const house = await ChartHouse.open(t);
  const { written, asked } = watched(house);
  await house.tell(oru({ ipp: '1' }, [{}]));
  const before = { ...asked };
  await house.tell(oru({ ipp: '1' }, [{ value: '5' }], 'F2'));
  const nothing = { charts: 0, resealed: 0, identifiers: 0, tokens: 0 };
  assert.deepEqual(sizes(written.at(-1) as ChartChanges), { ...nothing, heard: 1, entries: 1 });
  assert.deepEqual(asked, before);
  const { patient } = await house.chartOf('1');
  assert.equal(patient.heardMs, house.clock.now());
});

test('[CHART-50] a chart is written once for all messages of a batch, and its lists only when it is listed otherwise', async (t) => {
  const house = await ChartHouse.open(t);
  const { written } = watched(house);
  await house.tell(oru({ ipp: '1' }, [{}]), oru({ ipp: '1' }, [{}], 'F2'), oru({ ipp: '1' }, [{}], 'F3'));
  assert.deepEqual([written.length, written[0]?.charts.length, written[0]?.entries.length], [1, 1, 3]);
  await house.tell(oru({ ipp: '1', name: 'DURAND^Claire' }, [{}], 'F4'));
  assert.deepEqual([written[1]?.charts.length, written[1]?.resealed.length], [0, 1]);
  await house.tell(adt('A01', { ipp: '1', name: 'DURAND^Claire' }, PV1));
  assert.deepEqual([written[2]?.charts.length, written[2]?.resealed.length], [1, 0]);
  assert.equal((await house.chartOf('1')).patient.isPresent, true);
});

test('[CHART-51] results of a chart with critical ones are read once, whatever is told after', async (t) => {
  const house = await ChartHouse.open(t);
  const { asked } = watched(house);
  await house.tell(oru({ ipp: '1' }, [{ flags: 'HH', value: '7' }]));
  assert.equal(asked.entries, 1);
  for (let at = 2; at < 30; at += 1) await house.tell(oru({ ipp: '1' }, [{ flags: 'N' }], `F${at}`));
  assert.equal(asked.entries, 1);
  assert.equal((await house.chartOf('1')).patient.critical, 1);
});

test('[CHART-51] and stay right: corrected, told unflagged in between, flagged again, after a start', async (t) => {
  const house = await ChartHouse.open(t);
  const critical = async () => (await house.chartOf('1')).patient.critical;
  const one = (flags: string, value: string, filler: string, status = 'F') =>
    house.tell(oru({ ipp: '1' }, [{ flags, value, status }], filler, status));
  await one('HH', '7', 'F1');
  await one('N', '4', 'F1', 'C');
  assert.equal(await critical(), 0);
  // Neither flagged nor of a chart that has critical results: it counts all the same for what comes after.
  await one('N', '4', 'F2', 'F');
  await one('LL', '2', 'F2', 'P');
  assert.equal(await critical(), 0);
  await one('LL', '1', 'F3');
  assert.equal(await critical(), 1);
  house.charter = house.newCharter();
  await one('HH', '8', 'F4');
  assert.equal(await critical(), 2);
});

test('[CHART-51] what is added message by message is what all of them come to', () => {
  const told = (at: number): Told => {
    const [filler, status] = [`F${at % 5}`, ['F', 'P', 'C', 'W'][at % 4] as string];
    const none = { id: '', text: '', system: '', otherId: '', otherText: '', otherSystem: '' };
    const observation = {
      ...{ valueType: 'NM', code: { ...none, id: `K${at % 3}` }, subId: '', values: [String(at)], unit: '', range: '' },
      ...{ flags: at % 3 === 0 ? ['HH'] : [], status, observedAt: '', laboratory: '', responsible: '', method: '' },
      ...{ notes: [], document: undefined },
    };
    const report = {
      ...{ placer: '', filler, panel: none, collectedAt: '', receivedAt: '', issuedAt: '', section: '', status: 'F' },
      ...{ requester: '', specimen: '', parent: '', notes: [], observations: [observation] },
    };
    return {
      ...{ feed: 'labo', message: at, heardMs: at + 1, kind: 'result', type: 'ORU', trigger: 'R01', sentAt: '' },
      ...{ reports: [report], orders: [], documents: [] },
    };
  };
  const all = Array.from({ length: 60 }, (_, at) => told(at * 7));
  const fold = new ChartFold();
  const seen = new Set<number>();
  for (const [at, each] of all.entries()) {
    fold.add(each);
    const whole = foldOf(all.slice(0, at + 1));
    const counted = whole.groups
      .flatMap(({ results }) => results)
      .filter(({ versions: [now] }) => now?.state === 'current' && now.isCritical);
    seen.add(fold.critical);
    assert.deepEqual([fold.critical, fold.criticalMs], [whole.critical, whole.criticalMs]);
    assert.equal(fold.critical, counted.length);
  }
  assert.ok(seen.size > 3);
});

test('[CHART-52] what is remembered is bounded in number and in weight, and what was used last stays', () => {
  const few = new Remembered<string, number>(3, 100);
  for (const [at, key] of ['a', 'b', 'c'].entries()) few.set(key, at, 10);
  assert.equal(few.get('a'), 0);
  few.set('d', 3, 10);
  assert.deepEqual([few.get('b'), few.get('a'), few.size], [undefined, 0, 3]);
  few.set('e', 4, 95);
  assert.deepEqual([few.size, few.weight, few.get('e')], [1, 95, 4]);
  few.set('e', 5, 7);
  assert.deepEqual([few.weight, few.get('e')], [7, 5]);
  few.set('f', 6, 101);
  assert.deepEqual([few.get('f'), few.get('e')], [undefined, 5]);
  few.clear();
  assert.deepEqual([few.size, few.weight], [0, 0]);
});
