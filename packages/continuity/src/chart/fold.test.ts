import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adt, ChartHouse, headOf, oru, type Result } from './chart.testkit.ts';
import { isCriticalFlag, pinOf } from './critical.ts';
import { formOf } from './documents.ts';

const WHO = { ipp: '100' };
const said = (results: readonly Result[], filler?: string, status?: string) => oru(WHO, results, filler, status);

async function versions(t: Parameters<typeof ChartHouse.open>[0], ...messages: readonly string[]) {
  const house = await ChartHouse.open(t);
  await house.tell(...messages);
  const { groups } = await house.chartOf('100');
  return groups[0]?.results.map((result) =>
    result.versions.map(({ state, values, status }) => `${state} ${values.join('/')} ${status}`),
  );
}

test('[CHART-3] a corrected value supersedes, and the old one stays', async (t) => {
  const told = await versions(t, said([{ value: '7.9', flags: 'HH' }]), said([{ value: '4.9', status: 'C' }]));
  assert.deepEqual(told, [['current 4.9 C', 'superseded 7.9 F']]);
});

test('[CHART-3] what is withdrawn says so, and shows what it was', async (t) => {
  const told = await versions(t, said([{ value: '7.9' }]), said([{ value: '', status: 'W' }]));
  assert.deepEqual(told, [['removed 7.9 W', 'superseded 7.9 F']]);
});

test('[CHART-3] a value that comes back after it was withdrawn stands', async (t) => {
  const told = await versions(t, said([{ value: '7' }]), said([{ value: '', status: 'D' }]), said([{ value: '5' }]));
  assert.deepEqual(told, [['current 5 F', 'removed 7 D', 'superseded 7 F']]);
});

test('[CHART-3] a preliminary value that comes late does not take the place of the final one', async (t) => {
  const told = await versions(t, said([{ value: '4.0' }]), said([{ value: '3.0', status: 'P' }]));
  assert.deepEqual(told, [['current 4.0 F', 'superseded 3.0 P']]);
  const usual = await versions(t, said([{ value: '3.0', status: 'P' }]), said([{ value: '4.0' }]));
  assert.deepEqual(usual, [['current 4.0 F', 'superseded 3.0 P']]);
});

test('[CHART-3] the same said again is no other version', async (t) => {
  assert.deepEqual(await versions(t, said([{}]), said([{}]), said([{}])), [['current 4.1 F']]);
});

test('[CHART-3] an order that was cancelled as a whole removes its results', async (t) => {
  assert.deepEqual(await versions(t, said([{}]), said([], 'F1', 'X')), [['removed 4.1 F']]);
});

test('[CHART-3] lines of one text are one value; values with the same code stay apart', async (t) => {
  const line = (value: string): Result => ({ value, type: 'TX', code: 'CR^Compte rendu^L', unit: '', flags: '' });
  assert.deepEqual(await versions(t, said([line('un'), line('deux')])), [['current un/deux F']]);
  assert.deepEqual(await versions(t, said([{ value: '1' }, { value: '2' }])), [['current 1 F'], ['current 2 F']]);
});

test('[CHART-3] another report of the same panel is another group, newest first', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(said([{ value: '4.0' }], 'F1'), said([{ value: '4.4' }], 'F2'));
  const { groups } = await house.chartOf('100');
  assert.deepEqual(
    groups.map(({ filler }) => filler),
    ['F2', 'F1'],
  );
});

test('[CHART-4] unit, range and flags are those sent, and critical is what the laboratory flagged', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(
    said([
      { value: '>9,0', unit: 'mmol/l plasma', flags: 'HH~A', type: 'ST' },
      { value: '2', code: 'X^Y^L' },
    ]),
  );
  const { groups, patient } = await house.chartOf('100');
  const version = groups[0]?.results[0]?.versions[0];
  assert.deepEqual([version?.values, version?.unit, version?.range], [['>9,0'], 'mmol/l plasma', '3.5-5.1']);
  assert.deepEqual([version?.flags, version?.isCritical, groups[0]?.isCritical], [['HH', 'A'], true, true]);
  assert.equal(patient.critical, 1);
});

test('[CHART-4] a corrected critical result is critical no more', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(said([{ flags: 'LL' }]));
  assert.equal((await house.chartOf('100')).patient.critical, 1);
  await house.tell(said([{ value: '4.5', status: 'C' }]));
  const { patient } = await house.chartOf('100');
  assert.deepEqual([patient.critical, patient.criticalMs], [0, null]);
});

test('[CHART-4] flags of table 0078', () => {
  for (const flag of ['LL', 'HH', 'AA', ' hh']) assert(isCriticalFlag([flag]), flag);
  for (const flag of ['L', 'H', 'A', 'N', '<', '']) assert(!isCriticalFlag([flag]), flag);
});

test('[CHART-11] pinned by LOINC codes of either system, by no local code', () => {
  const code = { id: '2823-3', system: 'LN', otherId: '', otherSystem: '' };
  assert.equal(pinOf(code), 'potassium');
  assert.equal(pinOf({ ...code, system: 'L' }), '');
  assert.equal(pinOf({ id: 'K', system: 'L', otherId: '14682-9', otherSystem: 'http://loinc.org' }), 'creatinine');
});

test('[CHART-7] a document is what its bytes are', () => {
  const form = (text: string) => formOf(Buffer.from(text, 'utf8'));
  assert.equal(form('%PDF-1.7'), 'pdf');
  assert.equal(form('<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">'), 'cda');
  assert.equal(form('<html><script>'), 'other');
  assert.equal(form('Compte rendu : normal.'), 'text');
  assert.equal(form('MZ\0\0'), 'other');
  assert.equal(formOf(undefined), 'none');
});

const PDF = Buffer.from('%PDF-1.4 test').toString('base64');
const mdm = (trigger: string, number: string, parent = '', availability = 'AV') =>
  [
    ...headOf(`MDM^${trigger}`, WHO),
    `TXA|1|CR|application/pdf|||||||||${number}|${parent}||||LA||${availability}`,
    `OBX|1|ED|CR^Compte rendu^L||^application^pdf^Base64^${PDF}||||||F`,
    '',
  ].join('\r');

test('[CHART-7] the bytes of a document are kept, and a later one supersedes the one it names', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(mdm('T02', 'D1'), mdm('T10', 'D2', 'D1'));
  const { documents, patient } = await house.chartOf('100');
  assert.deepEqual(
    documents.map(({ state, form }) => [state, form]),
    [
      ['current', 'pdf'],
      ['superseded', 'pdf'],
    ],
  );
  const bytes = await house.reader.document(patient.chart, documents[0]?.document ?? '');
  assert.equal(Buffer.from(bytes ?? []).toString(), '%PDF-1.4 test');
  assert.equal(await house.reader.document(patient.chart, 'unknown'), undefined);
});

test('[CHART-7] several files of one document that come together stand side by side, and a later one supersedes them all', async (t) => {
  const house = await ChartHouse.open(t);
  const filed = (number: string, parent: string, files: number) => {
    const obx = (no: number) => `OBX|${no}|ED|CR^CR ${no}^L||^text^plain^A^${number} ${no}||||||F`;
    const txa = `TXA|1|CR||||||||||${number}|${parent}||||LA||AV`;
    return [...headOf('MDM^T02', WHO), txa, ...Array.from({ length: files }, (_, at) => obx(at + 1)), ''].join('\r');
  };
  await house.tell(filed('D1', '', 2));
  const states = async () => (await house.chartOf('100')).documents.map(({ state, title }) => `${state} ${title}`);
  assert.deepEqual(await states(), ['current CR 1', 'current CR 2']);
  await house.tell(filed('D2', 'D1', 1));
  assert.deepEqual(await states(), ['current CR 1', 'superseded CR 1', 'superseded CR 2']);
});

test('[CHART-7] a document of another chart is not given out', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(mdm('T02', 'D1'), adt('A31', { ipp: '200', name: 'MARTIN^Paul' }));
  const { documents } = await house.chartOf('100');
  const { patient } = await house.chartOf('200');
  assert.equal(await house.reader.document(patient.chart, documents[0]?.document ?? ''), undefined);
});

const order = (control: string, code = 'CT^Scanner^L') =>
  [...headOf('ORM^O01', WHO), `ORC|${control}|P77|F77`, `OBR|1|P77|F77|${code}|||||||||||||||ACC9||||||CT`, ''].join(
    '\r',
  );

test('[CHART-8] an order that was cancelled says so, and keeps what it was', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(order('NW'));
  assert.equal((await house.chartOf('100')).orders[0]?.isCancelled, false);
  await house.tell(order('CA', ''));
  const { orders } = await house.chartOf('100');
  assert.deepEqual([orders.length, orders[0]?.isCancelled, orders[0]?.procedure.text], [1, true, 'Scanner']);
});
