import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keep } from '../continuity/pulled.testkit.ts';
import { house } from '../control.testkit.ts';
import type { ChartHost } from './chart-host.ts';

const adt = (id: string, trigger: string, identifiers: string): string =>
  [
    `MSH|^~\\&|GAM|CHU|LG|S|20260101||ADT^${trigger}|${id}|P|2.5`,
    `PID|1||${identifiers}||DUPONT^Claire||19500215|F`,
    'PV1|1|E|URG^1',
    '',
  ].join('\r');

test('[CONT-190] whoever was admitted and not discharged is expected, under each pseudonym their images may have come under', async (t) => {
  const it = await house(t);
  const charts = it.services.charts as ChartHost;
  const expected = async () => (await charts.expected()).map(({ patient }) => patient).toSorted();
  await keep(it, adt('1', 'A04', '777^^^CHU&1.2.3&ISO^PI'));
  await keep(it, adt('2', 'A05', '888^^^CHU&1.2.3&ISO^PI'));
  await keep(it, adt('3', 'A01', '999^^^CHU&1.2.3&ISO^PI~100^^^CHU^AN'));
  assert.deepEqual(await expected(), ['p 1.2.3 777', 'p 1.2.3 999', 'p CHU 777', 'p CHU 999']);
  await keep(it, adt('4', 'A03', '777^^^CHU&1.2.3&ISO^PI'));
  assert.deepEqual(await expected(), ['p 1.2.3 999', 'p CHU 999']);
  await keep(it, adt('5', 'A11', '999^^^CHU&1.2.3&ISO^PI'));
  assert.deepEqual(await expected(), []);
});
