import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertDelivered, assertKept } from './custody-check.ts';
import { Gateway } from './gateway.ts';
import { makeObject, type Shape } from './objects.ts';
import { requirePeer, startOrthanc } from './peers.ts';
import { childrenOf } from './processes.ts';
import { numbersFrom, SEED } from './seed.ts';
import { type Answered, sendWhatGets } from './sending.ts';

const ROUNDS = Number(process.env.LEADGLASS_KILLS ?? (process.env.LEADGLASS_PROVE === 'ci' ? 20 : 200));
const SENDERS = 2;
const LONGEST_WAIT_MS = 160;

function batch(seed: number): ReturnType<typeof makeObject>[] {
  const shapes: Shape[] = ['sr', 'mr', 'ct', 'sr', 'sr', 'mr'];
  return shapes.map((_, i) => makeObject(shapes[(i + seed) % shapes.length] as Shape));
}

test(`[PROVE-1] kill -9 of any process at random points, ${ROUNDS} times: nothing acknowledged is lost`, async (t) => {
  if (process.platform !== 'linux') return t.skip('needs /proc');
  if (requirePeer(t, 'Orthanc') === undefined) return;
  const orthanc = await startOrthanc({ aet: 'PACS' });
  const gateway = await Gateway.start();
  t.after(async () => {
    await gateway.dispose();
    await orthanc.stop();
  });
  await gateway.cli('peer', 'add', 'PROVER', '--from', '127.0.0.1/32', '--allow', 'echo,store');
  await gateway.cli('destination', 'add', 'pacs', '--to', `127.0.0.1:${orthanc.port}`, '--called', 'PACS');
  await gateway.cli('route', 'add', '--from', '*', '--to', 'pacs');

  const answered: Answered[] = [];
  const random = numbersFrom(SEED);
  let keeperDeaths = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const sending = Promise.all(
      Array.from({ length: SENDERS }, (_, i) => sendWhatGets(gateway.dimse, 'PROVER', batch(round + i), answered)),
    );
    await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_WAIT_MS));
    const victims = [gateway.pid, ...childrenOf(gateway.pid)];
    const victim = victims[Math.floor(random() * victims.length)] as number;
    if (victim === gateway.pid) keeperDeaths += 1;
    process.kill(victim, 'SIGKILL');
    if (victim === gateway.pid) {
      await gateway.exited();
      await sending;
      await gateway.restart();
    } else await sending;
  }
  const acknowledged = answered.filter(({ status }) => status === 0).map(({ object }) => object);
  t.diagnostic(
    `${ROUNDS} kills (${keeperDeaths} of the keeper), ${acknowledged.length} objects acknowledged, LEADGLASS_SEED=${SEED}`,
  );
  assert.ok(acknowledged.length > ROUNDS, 'the suite must have seen many acknowledgements to prove anything');
  assert.deepEqual(
    answered.filter(({ status }) => status !== 0 && status !== 0xa700),
    [],
    'no status but success and out-of-resources',
  );

  const status = await gateway.until(({ deliveries }) => deliveries.pending === 0, 120_000);
  assert.equal(status.deliveries.failed, 0);
  await assertKept(gateway, acknowledged);
  await assertDelivered(orthanc, acknowledged);
  await gateway.cli('vault', 'check');
  await gateway.cli('ledger', 'verify');
});
