import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock, text } from '@leadglass/kit';
import type { AeTitle, Arrival, Event } from '@leadglass/model';
import type { DueDelivery, Records } from '@leadglass/records';
import { control, PACS, PEER } from '../control.testkit.ts';
import { countedDeliveries, Flows, MOST_STRANGE_WAYS, MOST_WAYS } from './flows.ts';
import { delivered, filled, rejected, sha } from './overview.testkit.ts';
import { Ring } from './ring.ts';

const T0 = 1_782_000_000_000;

function arrival(peer: string, plainBytes: number, kind: Arrival['disposition']['kind'] = 'deliver') {
  const disposition = { kind, reasons: [text('raison', 'reason')], status: 0 };
  return { peer: peer as AeTitle, plainBytes, disposition };
}

test('[OVER-10] a ring counts the window it is asked for, to the second, and over two minutes to the minute', () => {
  const ring = new Ring();
  for (let second = 0; second < 600; second += 1) ring.add(T0 + second * 1000, 'objects', 2);
  const now = T0 + 599_500;
  assert.equal(ring.sum(now, 1000).objects, 2);
  assert.equal(ring.sum(now, 60_000).objects, 120);
  assert.equal(ring.sum(now, 120_000).objects, 240);
  assert.equal(ring.sum(now, 180_000).objects, 360);
  assert.equal(ring.sum(now, 3_600_000).objects, 1200);
  assert.equal(ring.sum(now + 61_000, 60_000).objects, 0);
  assert.equal(ring.sum(now + 3_700_000, 3_600_000).objects, 0);
  ring.add(now + 7_200_000, 'bytes', 5);
  assert.deepEqual(ring.sum(now + 7_200_000, 3_600_000), { objects: 0, bytes: 5, questions: 0, refusals: 0, holds: 0 });
});

test('[OVER-11] ways are bounded: who was seen longest ago gives way, and no stranger pushes a peer out', () => {
  const clock = new ManualClock(T0);
  const flows = new Flows(clock);
  for (let n = 0; n < MOST_WAYS + 5; n += 1) {
    clock.advance(1);
    flows.arrived(arrival(`P${n}`, 1));
  }
  for (let n = 0; n < 1000; n += 1) flows.saw(rejected(`S${n}`, '192.0.2.9'));
  const { from, strange } = flows.ways(60_000);
  assert.deepEqual([from.length, strange.length], [MOST_WAYS, MOST_STRANGE_WAYS]);
  const names = from.map(({ name }) => name);
  assert.deepEqual(
    [names.includes('P4'), names.includes('P5'), names.includes(`P${MOST_WAYS + 4}`)],
    [false, true, true],
  );
});

test('[OVER-12] what was delivered is counted once it is durable, with the bytes of its object', async () => {
  const clock = new ManualClock(T0);
  const flows = new Flows(clock);
  let isDown = true;
  const records: Pick<Records, 'dueDeliveries' | 'dueSince' | 'nextDueMs' | 'recordDeliveries'> = {
    dueSince: async () => [],
    nextDueMs: async () => 5,
    dueDeliveries: async () => [{ id: 1, custody: { plainBytes: 700 } } as DueDelivery],
    recordDeliveries: async () => {
      if (isDown) throw new Error('disk');
    },
  };
  const counted = countedDeliveries(records, flows);
  assert.equal(await counted.nextDueMs('PACS'), 5);
  await counted.dueDeliveries('PACS', 0, 1);
  await assert.rejects(counted.recordDeliveries([], [delivered(sha('a'), '1.7')]));
  assert.deepEqual(flows.ways(1000).to, []);
  isDown = false;
  await counted.recordDeliveries([], [delivered(sha('a'), '1.7')]);
  const [to] = flows.ways(1000).to;
  assert.deepEqual([to?.counts.objects, to?.counts.bytes], [1, 700]);
});

test('[OVER-13] the map shows every peer and destination, who is refused and why, and the ways something went', async (t) => {
  const it = await filled(t);
  const states = [{ destination: 'PACS', fault: 'wire.refused' }];
  const services = { ...it.services, destinationStates: () => states };
  const { ask } = await control(t, { ...it, services });
  await ask('peer.add', PEER);
  await ask('peer.add', { ...PEER, aeTitle: 'MR1' });
  await ask('destination.add', PACS);
  const { flows } = it.services;
  for (let n = 0; n < 6; n += 1) flows.arrived(arrival('CT1', 500));
  flows.arrived(arrival('CT1', 500, 'hold'));
  flows.saw(rejected('US1', '192.0.2.9'));
  flows.saw(question('CT1', 'PACS'));
  await it.arrive('a', { destinations: ['PACS'] });
  const answer = await ask('flows', { windowMs: 10_000 });
  assert.deepEqual([answer.associations, answer.objectsPerSecond, answer.bytesPerSecond], [2, 0.7, 350]);
  assert.deepEqual(
    answer.nodes.map(({ kind, name, state }) => `${kind} ${name} ${state}`),
    [
      'gateway leadglass active',
      'peer CT1 active',
      'peer MR1 quiet',
      'destination PACS trouble',
      'stranger US1 192.0.2.9 refused',
    ],
  );
  assert.match(answer.nodes[3]?.why?.en ?? '', /cannot be reached/);
  const edges = answer.edges.map(({ from, to, objects, questions, refusals, holds, waiting }) =>
    [from, to, objects, questions, refusals, holds, waiting].join(' '),
  );
  assert.deepEqual(edges, [
    'peer:CT1 gateway:leadglass 7 1 0 1 0',
    'gateway:leadglass destination:PACS 0 1 0 0 1',
    'stranger:US1 192.0.2.9 gateway:leadglass 0 0 1 0 0',
  ]);
});

function question(peer: string, upstream: string): Event {
  return {
    ...{ id: 'x', atMs: T0, kind: 'operation.answered', associationId: 'a', peer, service: 'find', sopClassUid: '1.2' },
    ...{ from: 'upstream', upstream, level: 'STUDY', keys: [], status: 0, ms: 1, results: 1 },
  };
}

test('[OVER-14] a tick asks nothing of the records but, every five seconds at most, how much waits', async (t) => {
  const it = await filled(t);
  let asked = 0;
  const overview = new Proxy(it.records.overview, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...values: unknown[]) => {
        asked += 1;
        return Reflect.apply(method, target, values);
      };
    },
  });
  const records = new Proxy(it.records, {
    get(target, name) {
      if (name === 'overview') return overview;
      const method = Reflect.get(target, name);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
  const { ask } = await control(t, { ...it, services: { ...it.services, records } });
  await ask('destination.add', PACS);
  for (let n = 0; n < 10; n += 1) await ask('flows', {});
  assert.equal(asked, 1);
});
