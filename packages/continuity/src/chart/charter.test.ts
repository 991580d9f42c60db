import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, text } from '@leadglass/kit';
import { PULLED_FROM } from '@leadglass/records';
import { adt, ChartHouse, oru } from './chart.testkit.ts';

const PV1 = 'PV1|1|E|URG^B12^1^CHU||||||||||||||||V1|||||||||||||||||||||||||20260101080000';
const NIR = '1.2.250.1.213.1.4.8';
/** 97 − 1500275120001 mod 97. */
const INS = (() => {
  const number = '1500275120001';
  return number + String(97 - (Number(number) % 97)).padStart(2, '0');
})();
const ins = (value: string) => `${value}^^^ASIP-SANTE-INS-NIR&${NIR}&ISO^INS`;

const numbers = async (house: ChartHouse, words: string) =>
  (await house.reader.search({ words, limit: 10 })).found.map(({ patient }) => patient.chart);

test('[CHART-1] the same number of the same register is the same patient; of another register another', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(
    oru({ ipp: '100' }, [{}]),
    oru({ ipp: '100' }, [{}], 'F2'),
    oru({ identifiers: '100^^^AUTRE&9.9&ISO^PI' }, [{}]),
    oru({ ipp: '101' }, [{}]),
  );
  assert.equal((await numbers(house, 'dupont')).length, 3);
});

test('[CHART-1] a number without a register is the feed’s own', async (t) => {
  const house = await ChartHouse.open(t);
  await house.keep(oru({ identifiers: '7^^^^PI' }, [{}]), 'labo');
  await house.keep(oru({ identifiers: '7^^^^PI' }, [{}]), 'ris');
  await house.charter.catchUp(60_000);
  assert.equal((await numbers(house, 'dupont')).length, 2);
});

test('[CHART-1] an INS joins what feeds number otherwise, unless its key is wrong', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(
    oru({ identifiers: `1^^^A&1.1&ISO^PI~${ins(INS)}` }, [{}]),
    oru({ identifiers: `2^^^B&1.2&ISO^PI~${ins(INS)}` }, [{}]),
    oru({ identifiers: `3^^^B&1.2&ISO^PI~${ins('150027512000199')}` }, [{}]),
    oru({ identifiers: `4^^^B&1.2&ISO^PI~${ins('150027512000199')}` }, [{}]),
  );
  assert.equal((await numbers(house, 'dupont')).length, 3);
  const { patient } = await house.chartOf(INS);
  assert.equal(patient.identifiers.find(({ oid }) => oid === NIR)?.ins, 'valid');
});

test('[CHART-2] without an identifier nothing is attached, whatever the name', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(oru({ ipp: '100' }, [{}]), oru({ identifiers: '' }, [{ value: '9' }], 'F9'));
  const { groups } = await house.chartOf('100');
  assert.equal(groups.length, 1);
  assert.equal((await house.records.charts.messages('not-understood', undefined, 9)).length, 1);
});

test('[CHART-2] an identifier of somebody of another name and birth date is for a person to decide; its text is on the chart', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(
    oru({ ipp: '100' }, [{}]),
    oru({ ipp: '100', name: 'MARTIN^Paul', born: '19880101' }, [{ value: '9.9' }], 'F9'),
  );
  const { groups, raw } = await house.chartOf('100');
  assert.equal(groups.length, 1);
  assert.match(raw[0]?.text ?? '', /9\.9/);
  assert.equal(raw[0]?.problems.at(-1)?.place, 'PID-3');
});

test('[CHART-2] a name that changed, or a birth date that was corrected, is no contradiction', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(
    oru({ ipp: '100' }, [{}]),
    oru({ ipp: '100', name: 'DURAND^Claire' }, [{}], 'F2'),
    oru({ ipp: '100', born: '19500216' }, [{}], 'F3'),
  );
  assert.equal((await house.chartOf('100')).groups.length, 3);
});

test('[CHART-2] a message that was not understood is raw on the chart that it names', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(oru({ ipp: '100' }, [{}]));
  await house.keep(oru({ ipp: '100' }, [{ value: '6.66' }], 'F9'), 'labo', 'not-understood');
  await house.charter.catchUp(60_000);
  const { raw, groups } = await house.chartOf('100');
  assert.deepEqual([raw.length, groups.length], [1, 1]);
  assert.match(raw[0]?.text ?? '', /6\.66/);
});

test('[CHART-5] who arrived is present, who left is not, who never came is neither', async (t) => {
  const house = await ChartHouse.open(t);
  const who = { ipp: '100' };
  await house.tell(adt('A01', who, PV1));
  const arrived = (await house.chartOf('100')).patient;
  assert.deepEqual([arrived.isPresent, arrived.visitClass], [true, 'E']);
  assert.match(arrived.location, /B12/);
  assert.notEqual(arrived.arrivedMs, null);
  await house.tell(adt('A03', who, PV1));
  assert.equal((await house.chartOf('100')).patient.isPresent, false);
  await house.tell(adt('A13', who, PV1));
  assert.equal((await house.chartOf('100')).patient.isPresent, true);
  await house.tell(adt('A11', who, PV1));
  const { patient, visits } = await house.chartOf('100');
  assert.deepEqual([patient.isPresent, visits[0]?.state, visits.length], [false, 'cancelled', 1]);
});

test('[CHART-5] lists of those who arrived today and of those in the house', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(
    adt('A01', { ipp: '1' }, PV1),
    adt('A31', { ipp: '2' }),
    adt('A01', { ipp: '3' }, PV1),
    adt('A03', { ipp: '3' }, PV1),
  );
  const listed = async (only: 'today' | 'present') =>
    (await house.reader.search({ words: '', only, limit: 9 })).found
      .map(({ patient }) => patient.identifiers[0]?.value)
      .sort();
  assert.deepEqual(await listed('today'), ['1', '3']);
  assert.deepEqual(await listed('present'), ['1']);
  house.clock.advance(24 * 3_600_000);
  assert.deepEqual(await listed('today'), []);
  assert.deepEqual(await listed('present'), ['1']);
});

test('[CHART-5] what a laboratory says of a place is no arrival', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(oru({ ipp: '100' }, [{}]).replace('ORC|', `${PV1}\rORC|`));
  assert.equal((await house.chartOf('100')).patient.isPresent, false);
});

test('[CHART-6] a merge by message makes two charts one, and a person can take it back', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(
    oru({ ipp: '1' }, [{ value: '1' }]),
    oru({ ipp: '2' }, [{ value: '2' }], 'F2'),
    adt('A40', { ipp: '1' }, '', '2^^^CHU&1.2.3.4&ISO^PI'),
  );
  const joined = await house.chartOf('2');
  assert.deepEqual([joined.groups.length, joined.identities.length, joined.merges.length], [2, 2, 1]);
  assert.equal(joined.patient.chart, (await house.chartOf('1')).patient.chart);
  // What comes under the old number is on the chart that stands.
  await house.tell(oru({ ipp: '2' }, [{ value: '3' }], 'F3'));
  assert.equal((await house.chartOf('1')).groups.length, 3);
  const no = joined.merges[0]?.no ?? 0;
  assert.equal(await house.records.charts.unmerge(no, { atMs: 1, by: 'marie' }, []), true);
  house.charter.forget();
  assert.deepEqual([(await house.chartOf('1')).groups.length, (await house.chartOf('2')).groups.length], [1, 2]);
});

test('[CHART-6] a merge told twice, or the other way round, is one', async (t) => {
  const house = await ChartHouse.open(t);
  const merge = (into: string, from: string) => adt('A40', { ipp: into }, '', `${from}^^^CHU&1.2.3.4&ISO^PI`);
  await house.tell(
    adt('A31', { ipp: '1' }),
    adt('A31', { ipp: '2' }),
    merge('1', '2'),
    merge('1', '2'),
    merge('2', '1'),
  );
  const { merges, identities } = await house.chartOf('1');
  assert.deepEqual([merges.length, identities.length], [1, 2]);
});

test('[CHART-6] a number that nobody had is from a merge on the patient’s', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(adt('A40', { ipp: '1' }, '', '9^^^CHU&1.2.3.4&ISO^PI'), oru({ ipp: '9' }, [{}]));
  assert.equal((await house.chartOf('1')).groups.length, 1);
});

test('[CHART-9] found by a beginning, without accents, with a letter wrong, by number and by birth date', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(
    oru({ ipp: '100', name: 'LEFÈVRE-MARTIN^Zoé', born: '19500228' }, [{}]),
    oru({ ipp: '200', name: 'LEFORT^Jean', born: '19610101' }, [{}]),
  );
  for (const words of ['lefev', 'Lefèvre zoe', 'lefebre', 'martin', '100', 'zoe lefvere'])
    assert.equal((await house.reader.search({ words, limit: 9 })).found.length, 1, words);
  assert.equal((await numbers(house, 'lef')).length, 2);
  assert.equal((await numbers(house, 'durand')).length, 0);
  const born = await house.reader.search({ words: '', bornOn: '1950-02-28', limit: 9 });
  assert.deepEqual([born.found.length, born.isCut], [1, false]);
  assert.equal((await house.reader.search({ words: 'lefort', bornOn: '19500228', limit: 9 })).found.length, 0);
});

test('[CHART-34] who was heard and never read is found by the sound, behind what is written so or nearly so, and told as such', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(
    oru({ ipp: '1', name: 'THIBAULT^Émile' }, [{}]),
    oru({ ipp: '2', name: 'TIBO^Anne' }, [{}]),
    oru({ ipp: '3', name: 'TIBA^Zoé' }, [{}]),
    oru({ ipp: '4', name: 'MARTIN^Paul' }, [{}]),
  );
  const { found } = await house.reader.search({ words: 'tibo', limit: 9 });
  assert.deepEqual(
    found.map(({ fit, patient }) => [fit, patient.names[0]?.family]),
    [
      ['same', 'TIBO'],
      ['alike', 'TIBA'],
      ['sounds', 'THIBAULT'],
    ],
  );
  assert.equal((await numbers(house, 'tibo emil')).length, 1);
});

test('[CHART-34] a birth date may stand among the words, as people write it', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(oru({ ipp: '1', name: 'DUPONT^A', born: '19610304' }, [{}]));
  await house.tell(oru({ ipp: '2', name: 'DUPONT^B', born: '19610403' }, [{}]));
  for (const words of ['dupont 04/03/1961', '4.3.1961', '1961-03-04 dup'])
    assert.deepEqual(await numbers(house, words), [1], words);
});

test('[CHART-9] critical results first, and a list that is cut says so', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(oru({ ipp: '1' }, [{ flags: 'HH' }]), oru({ ipp: '2' }, [{}]), oru({ ipp: '3' }, [{}]));
  const { found, isCut } = await house.reader.search({ words: 'dupont', limit: 2 });
  assert.deepEqual([found.map(({ patient }) => patient.identifiers[0]?.value), isCut], [['1', '3'], true]);
  const critical = await house.reader.search({ words: '', only: 'critical', limit: 9 });
  assert.equal(critical.found.length, 1);
});

test('[CHART-10] what was interrupted at the commit is entered once, after a start', async (t) => {
  const house = await ChartHouse.open(t);
  await house.keep(oru({ ipp: '1' }, [{}]));
  await house.keep(oru({ ipp: '2' }, [{}]));
  const { charts } = house.records;
  const fault = new Fault('records.unwritable', 'transient', text('plein', 'full'));
  const enter = () => Promise.reject(fault);
  const broken = {
    inbox: (limit: number, mostBytes: number) => charts.inbox(limit, mostBytes),
    lastChart: () => charts.lastChart(),
    chartOfIdentifier: (digest: string) => charts.chartOfIdentifier(digest),
    chart: (no: number) => charts.chart(no),
    entries: (no: number, limit: number) => charts.entries(no, limit),
    message: (no: number) => charts.message(no),
    enter,
  };
  await assert.rejects(house.newCharter(broken).catchUp(10), /unwritable/);
  await house.newCharter().catchUp(60_000);
  await house.newCharter().catchUp(60_000);
  assert.equal((await numbers(house, 'dupont')).length, 2);
  assert.equal((await house.chartOf('1')).groups[0]?.results[0]?.versions.length, 1);
  assert.equal((await house.records.charts.entries(1, 9)).length, 1);
});

test('[CHART-10] a reading that cannot be opened is in the tray and holds up nothing', async (t) => {
  const house = await ChartHouse.open(t);
  await house.records.charts.commit([
    {
      ...{ identity: 'x', content: 'x', feed: 'labo', receivedAtMs: 1, bytes: 1, answered: 'AA', state: 'waiting' },
      ...{
        sealed: house.sealer.seal('facts', '', '{"type":"","charset":"","problems":[]}'),
        body: Buffer.of(1),
        reading: Buffer.alloc(40),
      },
    },
  ]);
  await house.tell(oru({ ipp: '1' }, [{}]));
  assert.equal((await house.records.charts.messages('not-understood', undefined, 9)).length, 1);
  assert.equal((await numbers(house, 'dupont')).length, 1);
});

test('[CHART-10] a message that can never be entered goes to the tray, and its neighbours are entered', async (t) => {
  const house = await ChartHouse.open(t);
  const { charts } = house.records;
  for (const ipp of ['1', '2', '3']) await house.keep(oru({ ipp }, [{}]));
  const bad = (await charts.inbox(9, 1e9))[1]?.no;
  const defective = {
    inbox: (limit: number, mostBytes: number) => charts.inbox(limit, mostBytes),
    lastChart: () => charts.lastChart(),
    chartOfIdentifier: (digest: string) => charts.chartOfIdentifier(digest),
    chart: (no: number) => charts.chart(no),
    entries: (no: number, limit: number) => charts.entries(no, limit),
    message: (no: number) => charts.message(no),
    enter: (changes: Parameters<typeof charts.enter>[0]) =>
      changes.entries.some(({ message }) => message === bad)
        ? Promise.reject(new Error('defect'))
        : charts.enter(changes),
  };
  assert.equal(await house.newCharter(defective).catchUp(60_000), true);
  assert.equal((await numbers(house, 'dupont')).length, 2);
  assert.equal((await charts.messages('not-understood', undefined, 9))[0]?.no, bad);
});

test('[CHART-40] what changes charts besides messages does so alone, and a pulled chart lends its number to no new one', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(oru({ ipp: '1' }, [{}]));
  const order: string[] = [];
  const alone = house.charter.between(async () => {
    order.push('alone');
    await new Promise(setImmediate);
    const row = await house.records.charts.chart(1);
    assert(row !== undefined);
    const part = { key: 'chart-1', version: '', asOfMs: 1, takenAtMs: 1, wantedAtMs: 1, bytes: 0 };
    const summary = house.sealer.open('patient', '1', row.sealed);
    const no = PULLED_FROM + 1;
    const pulled = { ...row, no, sealed: house.sealer.seal('patient', String(no), summary) };
    const chart = {
      row: pulled,
      into: 0,
      identifiers: [],
      tokens: [],
      entries: [],
      wanted: new Set<number>(),
      from: 0,
    };
    await house.records.pulled.charts({ part, charts: [chart], merges: new Map() });
    order.push('done');
  });
  await house.keep(oru({ ipp: '2' }, [{}]));
  const entered = house.charter.catchUp(60_000).then(() => order.push('entered'));
  await Promise.all([alone, entered]);
  assert.deepEqual(order, ['alone', 'done', 'entered']);
  assert.equal((await house.chartOf('2')).patient.chart, 2);
  assert.equal(await house.records.charts.lastChart(), 2);
  await assert.rejects(house.charter.between(() => Promise.reject(new Error('no'))));
  await house.tell(oru({ ipp: '3' }, [{}]));
  assert.equal((await house.chartOf('3')).patient.chart, 3);
});
