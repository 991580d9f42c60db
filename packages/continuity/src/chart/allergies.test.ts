import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNoneKnown } from './allergies.ts';
import { adt, ChartHouse, headOf } from './chart.testkit.ts';

const WHO = { ipp: '100' };
const coded = (id: string, text = '', system = '') => ({
  ...{ id, text, system, otherId: '', otherText: '', otherSystem: '' },
});

/** A movement with these segments behind its PID. */
function moved(...segments: readonly string[]): string {
  return adt('A08', WHO) + segments.map((segment) => `${segment}\r`).join('');
}

function iam(action: string, rest = ''): string {
  return [...headOf('ADT^A60', WHO), `IAM|1|DA|7980^Pénicilline^LOC|SV|urticaire|${action}|A1${rest}`, ''].join('\r');
}

async function told(t: Parameters<typeof ChartHouse.open>[0], ...messages: readonly string[]) {
  const house = await ChartHouse.open(t);
  await house.tell(...messages);
  const { allergies } = await house.chartOf('100');
  return allergies.map(({ versions }) => versions.map(({ state, code }) => `${state} ${code.text || code.id}`));
}

test('[CHART-30] an allergy is in the chart in the words and codes of its sender', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(moved('AL1|1|DA|7980^Pénicilline G^LOC|SV|œdème de Quincke~urticaire|20190412'));
  const [allergy] = (await house.chartOf('100')).allergies;
  const [version] = allergy?.versions ?? [];
  assert.deepEqual([allergy?.feed, allergy?.source, version?.state], ['labo', 'AL1', 'current']);
  assert.deepEqual([version?.kind.id, version?.code.id, version?.code.system], ['DA', '7980', 'LOC']);
  assert.deepEqual([version?.severity.id, version?.identifiedAt], ['SV', '20190412']);
  assert.deepEqual(version?.reactions, ['œdème de Quincke', 'urticaire']);
});

test('[CHART-31] that nobody told of allergies is another thing than that none is known', async (t) => {
  const house = await ChartHouse.open(t);
  await house.tell(adt('A01', WHO));
  assert.deepEqual((await house.chartOf('100')).allergies, []);
  await house.tell(moved('AL1|1||716186003^Pas d’allergie^SCT'));
  const [allergy] = (await house.chartOf('100')).allergies;
  assert.equal(allergy?.versions[0]?.isNoneKnown, true);
});

test('[CHART-31] none known is a code for it, or a text that says nothing else', () => {
  assert(isNoneKnown(coded('716186003', '', 'SCT')));
  assert(isNoneKnown(coded('no-known-medication-allergies')));
  assert(isNoneKnown(coded('', 'Aucune allergie connue')));
  assert(isNoneKnown(coded('NKDA')));
  assert(!isNoneKnown(coded('716186003', '', 'LOCAL')));
  assert(!isNoneKnown(coded('', 'Aucune allergie connue sauf pénicilline')));
  assert(!isNoneKnown(coded('', 'Pas d’allergie au latex, iode : œdème')));
  assert(!isNoneKnown(coded('no-allergy-info')));
});

test('[CHART-32] what an admission’s list has no longer stays and says so, and stands again when it is told again', async (t) => {
  const [penicillin, nut] = ['AL1|1|DA|P^Pénicilline^L|SV', 'AL1|2|FA|N^Noix^L|MO'];
  assert.deepEqual(await told(t, moved(penicillin, nut), moved(nut)), [['current Noix'], ['unrepeated Pénicilline']]);
  assert.deepEqual(await told(t, moved(penicillin, nut), moved(nut), moved(penicillin, nut)), [
    ['current Pénicilline'],
    ['current Noix'],
  ]);
  assert.deepEqual(await told(t, moved(penicillin), moved()), [['current Pénicilline']]);
});

test('[CHART-32] an empty list ends none: what was told is told as left out', async (t) => {
  assert.deepEqual(await told(t, moved('AL1|1|DA|P^Pénicilline^L'), moved('AL1|1||""')), [['unrepeated Pénicilline']]);
});

test('[CHART-32] a line of an order adds to what is known, and leaves nothing out', async (t) => {
  const order = [...headOf('ORM^O01', WHO), 'AL1|1|FA|N^Noix^L', 'ORC|NW|C1', 'OBR|1|C1||TDM^Scanner', ''].join('\r');
  assert.deepEqual(await told(t, moved('AL1|1|DA|P^Pénicilline^L'), order), [
    ['current Pénicilline'],
    ['current Noix'],
  ]);
});

test('[CHART-32] what is told otherwise is a version more; the same again is none', async (t) => {
  const [mild, severe] = ['AL1|1|DA|P^Pénicilline^L|MI', 'AL1|1|DA|P^Pénicilline^L|SV'];
  assert.deepEqual(await told(t, moved(mild), moved(mild)), [['current Pénicilline']]);
  assert.deepEqual(await told(t, moved(mild), moved(severe)), [['current Pénicilline', 'superseded Pénicilline']]);
});

test('[CHART-33] IAM adds, updates and deletes by its number; what is deleted stays, struck through, and may come back', async (t) => {
  assert.deepEqual(await told(t, iam('A'), iam('U', '||||||||||C')), [
    ['current Pénicilline', 'superseded Pénicilline'],
  ]);
  const gone = [...headOf('ADT^A60', WHO), 'IAM|1|||||D|A1', ''].join('\r');
  assert.deepEqual(await told(t, iam('A'), gone), [['removed Pénicilline', 'superseded Pénicilline']]);
  assert.deepEqual((await told(t, iam('A'), gone, iam('A')))[0]?.[0], 'current Pénicilline');
  assert.deepEqual(await told(t, iam('A', '||||||||||E')), [['removed Pénicilline']]);
});

test('[CHART-33] two entries of one substance under two numbers stay two', async (t) => {
  const other = iam('A').replace('|A1', '|A2');
  assert.deepEqual(await told(t, iam('A'), other), [['current Pénicilline'], ['current Pénicilline']]);
});
