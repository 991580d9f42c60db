import assert from 'node:assert/strict';
import { request } from 'node:http';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ACCESS, ACTOR_HEADER, type Operation, pathOf, ROLES, SOCKET_PATH } from '@leadglass/contract';
import type { MessageState } from '@leadglass/records';
import { CLOCK, control, type House, house } from '../control.testkit.ts';
import { understand } from './read-message.ts';

const PDF = Buffer.from('%PDF-1.4 x').toString('base64');
const oru = (id: string, ipp: string, value = '4.1') =>
  [
    `MSH|^~\\&|LABO|CHU|LG|S|20260101||ORU^R01|${id}|P|2.5`,
    `PID|1||${ipp}^^^CHU^PI||DUPONT^Claire||19500215|F`,
    `OBR|1||F${id}|NF^NFS^L|||||||||||||||||||||F`,
    `OBX|1|NM|2823-3^Potassium^LN||${value}|mmol/L|||||F`,
    `OBX|2|ED|CR^CR^L||^application^pdf^Base64^${PDF}||||||F`,
    '',
  ].join('\r');
const FEED = { name: 'labo', kind: 'lab', from: '192.0.2.30' } as const;

/** Keeps a message as the desk does. */
async function keep({ records, services }: House, message: string, state: MessageState = 'waiting'): Promise<void> {
  const { sealer } = services.charts;
  const bytes = Buffer.from(message);
  const { told } = understand(bytes, 'windows-1252');
  assert(told !== undefined);
  const { type, charset, problems, reading } = told;
  await records.charts.commit([
    {
      ...{ identity: message, content: message, feed: 'labo', receivedAtMs: services.clock.now(), bytes: bytes.length },
      ...{ answered: 'AA', state, sealed: sealer.seal('facts', '', JSON.stringify({ type, charset, problems })) },
      body: sealer.seal('body', '', bytes),
      reading: sealer.seal('reading', '', Buffer.from(reading, 'base64')),
    },
  ]);
}

function asked(it: House, name: Operation, body: unknown, role: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', [ACTOR_HEADER]: JSON.stringify({ name: 'marie', role }) };
    const options = { socketPath: join(it.services.home, SOCKET_PATH), path: pathOf(name), method: 'POST', headers };
    const sent = request(options, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.once('error', reject);
    sent.end(JSON.stringify(body));
  });
}

async function open(t: TestContext) {
  const it = await house(t);
  return { it, ...(await control(t, it)) };
}

test('[CHART-17] a search, a chart and a document are told of in the ledger, by pseudonym and never by words', async (t) => {
  const { it, ask, raw } = await open(t);
  await keep(it, oru('1', '777'));
  const { patients } = await ask('chart.search', { words: 'dupond' });
  const chart = patients[0]?.patient.chart ?? 0;
  const { documents, groups } = await ask('chart.patient', { chart, reason: 'garde' });
  assert.equal(groups[0]?.results[0]?.pin, 'potassium');
  const { bytes } = await raw('chart.document', { chart, document: documents[0]?.document });
  assert.equal(bytes.toString(), '%PDF-1.4 x');
  const { entries } = await ask('log', { kinds: ['chart'] });
  assert.deepEqual(
    entries.map(({ event }) => [event.kind, event.what ?? event.keys]),
    [
      ['chart.searched', ['name']],
      ['chart.opened', 'chart'],
      ['chart.opened', 'document'],
    ],
  );
  // An event's own id is chance, in which any digits may stand.
  const told = JSON.stringify(entries.map(({ event: { id: _id, ...event }, ...rest }) => ({ event, ...rest })));
  assert.doesNotMatch(told, /dupon|777|Claire/i);
  assert.equal(entries[1]?.event.patient, `p chart ${chart}`);
});

test('[CHART-17] who comes by the emergency door says why; who only runs or watches the gateway reads no chart', async (t) => {
  const { it } = await open(t);
  await keep(it, oru('1', '777'));
  await it.services.charts.catchUp();
  assert.equal(await asked(it, 'chart.patient', { chart: 1 }, 'emergency'), 400);
  assert.equal(await asked(it, 'chart.patient', { chart: 1, reason: 'urgence' }, 'emergency'), 200);
  assert.equal(await asked(it, 'chart.patient', { chart: 1 }, 'radiologist'), 200);
  for (const role of ['administrator', 'auditor', 'security-officer'])
    assert.equal(await asked(it, 'chart.patient', { chart: 1, reason: 'x' }, role), 403);
  const sees = (operation: keyof typeof ACCESS) =>
    ROLES.filter((role) => (ACCESS[operation] as readonly string[]).includes(role));
  for (const operation of ['chart.search', 'chart.patient', 'chart.document', 'feed.message'] as const)
    assert(!sees(operation).includes('auditor'), operation);
});

test('[CHART-6] a person joins two charts and parts them again, each with a reason, each told', async (t) => {
  const { it, ask, refused } = await open(t);
  await keep(it, oru('1', '1'));
  await keep(it, oru('2', '2'));
  await it.services.charts.catchUp();
  const { merge } = await ask('chart.merge', { chart: 1, taken: 2, reason: 'doublon' });
  const joined = await ask('chart.patient', { chart: 2 });
  assert.deepEqual([joined.patient.chart, joined.groups.length, joined.patient.taken], [1, 2, [2]]);
  assert.equal((await refused('chart.merge', { chart: 2, taken: 1, reason: 'x' })).code, 'control.conflict');
  assert.equal((await refused('chart.merge', { chart: 1, taken: 9, reason: 'x' })).code, 'control.conflict');
  await ask('chart.unmerge', { no: merge.no, reason: 'erreur' });
  assert.equal((await ask('chart.patient', { chart: 2 })).groups.length, 1);
  assert.equal((await refused('chart.unmerge', { no: merge.no, reason: 'x' })).code, 'control.conflict');
  const { entries } = await ask('log', { kinds: ['chart'] });
  const kinds = entries.map(({ event }) => event.kind);
  assert.deepEqual(
    kinds.filter((kind) => kind !== 'chart.opened'),
    ['chart.merged', 'chart.unmerged'],
  );
});

test('[CHART-14] a feed is added, changed, listed and removed, each change remembered', async (t) => {
  const { it, ask, refused } = await open(t);
  assert.equal((await ask('feed.add', FEED)).change, 'added');
  assert.equal((await ask('feed.add', FEED)).change, 'unchanged');
  assert.equal((await ask('feed.add', { ...FEED, processing: 'test' })).change, 'changed');
  await keep(it, oru('1', '777'));
  const { feeds } = await ask('feed.list', {});
  assert.deepEqual([feeds[0]?.feed.from, feeds[0]?.feed.processing, feeds[0]?.received], ['192.0.2.30/32', 'test', 1]);
  assert.equal((await refused('feed.add', { ...FEED, from: '192.0.2.300' })).code, 'control.bad-request');
  assert.equal((await ask('feed.remove', { name: 'labo' })).removed, 1);
  assert.equal((await refused('feed.remove', { name: 'labo' })).code, 'control.not-found');
  assert.equal((await ask('log', { kinds: ['config'] })).entries.length, 3);
});

test('[CHART-26] a feed that has gone quiet is told where feeds are listed and where charts are read', async (t) => {
  const { it, ask } = await open(t);
  await ask('feed.add', { ...FEED, silentAfterMinutes: 10, quietHours: '03:00-03:01' });
  await keep(it, oru('1', '777'));
  it.services.continuity.feeds.spoke('labo');
  const lastMs = it.services.clock.now();
  assert.equal((await ask('feed.list', {})).feeds[0]?.silentSinceMs, null);
  for (let minutes = 0; minutes < 11; minutes += 1) CLOCK.advance(60_000);
  assert.equal((await ask('feed.list', {})).feeds[0]?.silentSinceMs, lastMs);
  const { asOf } = await ask('chart.search', { words: 'dupont' });
  assert.partialDeepStrictEqual(asOf, [{ feed: 'labo', kind: 'lab', silentSinceMs: lastMs }]);
  const { needs } = await ask('needs', {});
  assert.ok(needs.some(({ id }: { id: string }) => id === 'silent:labo'));
});

test('[CHART-13] the tray is listed without a patient’s data, shown whole to whoever may, and put aside with a reason', async (t) => {
  const { it, ask, refused } = await open(t);
  await keep(it, oru('1', '777'), 'not-understood');
  await keep(it, oru('2', '888'), 'quarantined');
  const { messages } = await ask('feed.messages', {});
  assert.deepEqual(
    messages.map(({ state, type }) => [state, type]),
    [
      ['quarantined', 'ORU^R01'],
      ['not-understood', 'ORU^R01'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(messages), /DUPONT|777|888/);
  const no = messages[1]?.message ?? 0;
  assert.match((await ask('feed.message', { message: no })).text, /DUPONT\^Claire/);
  await ask('feed.dismiss', { message: no, reason: 'essai' });
  assert.equal((await refused('feed.dismiss', { message: no, reason: 'essai' })).code, 'control.conflict');
  assert.deepEqual((await ask('feed.messages', { state: 'dismissed' })).messages.length, 1);
  const { entries } = await ask('log', { kinds: ['message'] });
  assert.deepEqual(
    entries.map(({ event }) => event.kind),
    ['message.viewed', 'message.dismissed'],
  );
});

test('[CHART-9] who asks for nothing is told to ask for something', async (t) => {
  const { refused } = await open(t);
  assert.equal((await refused('chart.search', {})).code, 'control.bad-request');
});

test('[CHART-36] [CHART-37] the feeds tell how long all of it is kept, a chart until when, and a message that was forgotten is not given', async (t) => {
  const { it, ask, refused } = await open(t);
  await keep(it, oru('1', '777'));
  const { retention } = await ask('feed.list', {});
  assert.deepEqual(
    [retention.messageDays, retention.chartDays, retention.isChosen, retention.forgotten.charts],
    [180, 1826, false, 0],
  );
  const { patients } = await ask('chart.search', { words: '777' });
  const { keptUntilMs, patient } = await ask('chart.patient', { chart: patients[0]?.patient.chart ?? 0 });
  assert.equal(keptUntilMs, patient.heardMs + 1826 * 86_400_000);
  const head = { id: 'e1', atMs: 0, kind: 'chart.forgotten', messageDays: 1, chartDays: 30 } as const;
  await it.records.chartRetention.forgetBodies([1], Number.MAX_SAFE_INTEGER, (forgotten) => ({
    ...head,
    ...forgotten,
  }));
  assert.deepEqual(await refused('feed.message', { message: 1 }), { status: 404, code: 'control.not-found' });
});
