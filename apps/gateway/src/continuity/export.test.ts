import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerInputOf } from '@leadglass/contract';
import { isFault } from '@leadglass/kit';
import { house } from '../control.testkit.ts';
import { keep } from './pulled.testkit.ts';

const PDF = Buffer.from('%PDF-1.4 x').toString('base64');
const MESSAGE = [
  'MSH|^~\\&|LABO|CHU|LG|S|20260101||ORU^R01|1|P|2.5',
  'PID|1||777^^^CHU^PI||DUPONT^Claire||19500215|F',
  'OBR|1||F1|NF^NFS^L|||||||||||||||||||||F',
  'OBX|1|NM|2823-3^Potassium^LN||6.8|mmol/L||HH|||F',
  `OBX|2|ED|CR^CR^L||^application^pdf^Base64^${PDF}||||||F`,
  '',
].join('\r');

test('[CONT-202] the export tells of ages, days and charts before studies; documents of what it told of can be asked for meanwhile, and the ledger tells of each chart', async (t) => {
  const { services, records } = await house(t);
  const { exports } = services.continuitySet;
  await keep({ services, records } as never, MESSAGE);
  const order = { familyName: 'LEROY', procedure: 'Thorax', modality: 'DX', station: 'DX1', priority: 'STAT' };
  await services.schedule.add(order as never);
  const gone = new AbortController();
  const lines: AnswerInputOf<'continuity.export'>[] = [];
  const reading = exports.begin({}, gone.signal);
  for (let step = await reading.next(); step.done !== true; step = await reading.next()) {
    lines.push(step.value);
    if (step.value.kind === 'end') break;
  }
  assert.deepEqual(
    lines.map(({ kind }) => kind),
    ['around', 'day', 'chart', 'end'],
  );
  const [around, day, chart] = lines;
  assert(around?.kind === 'around' && day?.kind === 'day' && chart?.kind === 'chart');
  assert.equal(around.registrations.length, 1);
  assert.deepEqual([day.entries.length, day.entries[0]?.patient.name], [1, 'LEROY']);
  assert.equal(chart.chart.patient.critical, 1);
  const { chart: no } = chart.chart.patient;
  const asked = { chart: no, document: chart.chart.documents[0]?.document ?? '' };
  const pieces: Uint8Array[] = [];
  for await (const piece of await exports.document(asked)) pieces.push(piece);
  assert.equal(Buffer.concat(pieces).toString(), '%PDF-1.4 x');
  const events = (await records.events({}, 50)).map(({ event }) => event);
  assert.deepEqual(
    events.flatMap((event) => (event.kind === 'chart.opened' ? [[event.chart, event.reason]] : [])),
    [[no, 'export']],
  );
  gone.abort();
  await reading.return(undefined);
  const code = await exports.document(asked).then(
    () => 'none',
    (thrown) => (isFault(thrown) ? thrown.code : String(thrown)),
  );
  assert.equal(code, 'control.not-found');
});
