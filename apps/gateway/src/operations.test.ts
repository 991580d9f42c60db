import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Fault, silentLogger, text } from '@leadglass/kit';
import { exposition, type Metric } from './exposition.ts';
import { type OperationsServices, startOperations } from './operations.ts';

const UP = ['records', 'ledger', 'vault', 'intake'].map((part) => ({ part, isUp: true }));

async function serve(t: TestContext, services: Partial<OperationsServices>): Promise<string> {
  const whole = { logger: silentLogger, parts: async () => UP, metrics: async () => [], ...services };
  const server = await startOperations(whole, '127.0.0.1', 0);
  t.after(() => server.close());
  return `http://${server.address}`;
}

test('[OPS-1] /healthz answers while the process lives, whatever is down', async (t) => {
  const base = await serve(t, { parts: async () => UP.map((each) => ({ ...each, isUp: false })) });
  const answer = await fetch(`${base}/healthz`);
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), 'alive\n');
});

test('[OPS-2] /readyz is 200 when every part is up', async (t) => {
  const answer = await fetch(`${await serve(t, {})}/readyz`);
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), { isReady: true, parts: UP });
});

test('[OPS-2] /readyz is 503 and names the part that is down', async (t) => {
  const parts = [...UP.slice(1), { part: 'records', isUp: false, fault: 'records.unwritable' }];
  const answer = await fetch(`${await serve(t, { parts: async () => parts })}/readyz`);
  assert.equal(answer.status, 503);
  assert.deepEqual(await answer.json(), { isReady: false, parts });
});

test('[OPS-2] /readyz is 503 when looking itself fails', async (t) => {
  const parts = async () => {
    throw new Fault('vault.gone', 'transient', text('perdu', 'lost'));
  };
  const answer = await fetch(`${await serve(t, { parts })}/readyz`);
  assert.equal(answer.status, 503);
  assert.deepEqual(await answer.json(), {
    isReady: false,
    parts: [{ part: 'gateway', isUp: false, fault: 'vault.gone' }],
  });
});

test('[OPS-3] /metrics is the text format with its media type', async (t) => {
  const metric: Metric = { name: 'leadglass_holds', help: 'Objects held.', type: 'gauge', samples: [{ value: 2 }] };
  const answer = await fetch(`${await serve(t, { metrics: async () => [metric] })}/metrics`);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(
    await answer.text(),
    '# HELP leadglass_holds Objects held.\n# TYPE leadglass_holds gauge\nleadglass_holds 2\n',
  );
});

test('[OPS-3] labels and help are escaped so that a value stays on its line', () => {
  const samples = [{ labels: { why: 'a "b"\\\nc' }, value: 1 }];
  const shown = exposition([{ name: 'x_total', help: 'one\ntwo', type: 'counter', samples }]);
  assert.equal(shown, '# HELP x_total one\\ntwo\n# TYPE x_total counter\nx_total{why="a \\"b\\"\\\\\\nc"} 1\n');
});

test('[OPS-3] a histogram is cumulative and ends at +Inf', () => {
  const samples = [{ labels: { op: 'store' }, bounds: [0.01, 0.1], counts: [3, 2, 1], sum: 1.25 }];
  assert.equal(
    exposition([{ name: 'd_seconds', help: 'h', type: 'histogram', samples }]),
    [
      '# HELP d_seconds h',
      '# TYPE d_seconds histogram',
      'd_seconds_bucket{op="store",le="0.01"} 3',
      'd_seconds_bucket{op="store",le="0.1"} 5',
      'd_seconds_bucket{op="store",le="+Inf"} 6',
      'd_seconds_sum{op="store"} 1.25',
      'd_seconds_count{op="store"} 6',
      '',
    ].join('\n'),
  );
});

test('[OPS-3] a bad or repeated metric name is our defect', () => {
  const of = (name: string): Metric => ({ name, help: 'h', type: 'gauge', samples: [] });
  assert.throws(() => exposition([of('a b')]), /metric name/);
  assert.throws(() => exposition([of('a'), of('a')]), /metric name/);
});

test('[OPS-4] an address in use is a Fault with a sentence', async (t) => {
  const base = await serve(t, {});
  const port = Number(new URL(base).port);
  const services = { logger: silentLogger, parts: async () => UP, metrics: async () => [] };
  await assert.rejects(startOperations(services, '127.0.0.1', port), { code: 'operations.listen' });
});
