import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startClamd } from '../packages/wire/src/clamd.testkit.ts';
import { heldAs, kindsTold, marked, packed, send, startWith, until, untilDelivered, untilUp, use } from './clamav.ts';
import { makeObject } from './objects.ts';
import { requirePeer } from './peers.ts';

test('[PROVE-51] with ClamAV what it names is held; without it each flow decides, and it is told; once it is back it looks again', async (t) => {
  const clamd = await startClamd(t);
  if (clamd === undefined || requirePeer(t, 'storescp') === undefined) return;
  const { gateway, pacs } = await startWith(t, clamd.path);
  await untilUp(gateway, true);

  const [clean, wicked, hidden] = [makeObject('ct'), marked(), packed()];
  assert.deepEqual(await send(gateway, 'PROVER', clean, wicked, hidden), [0, 0, 0]);
  await untilDelivered(gateway, 1);
  assert.match(await gateway.cli('status'), /clamav +ClamAV [0-9.]+, working since/);

  await clamd.kill();
  const [open, closed] = [marked(), marked()];
  assert.deepEqual([await send(gateway, 'PROVER', open), await send(gateway, 'CLOSED', closed)], [[0], [0]]);
  await untilDelivered(gateway, 2);
  assert.match(gateway.stderr, /"event":"arrival\.unfinished".*"inspectors":\["clamav"\],"done":"deliver"/);
  assert.match(gateway.stderr, /"event":"arrival\.unfinished".*"inspectors":\["clamav"\],"done":"hold"/);
  await untilUp(gateway, false);
  assert.match(await gateway.cli('status'), /not working since[\s\S]*ClamAV does not look at what arrives/);
  await until(gateway, 'leadglass_arrivals_unfinished_total{inspector="clamav"} 2');

  await clamd.restart();
  await untilUp(gateway, true);
  const again = marked();
  assert.deepEqual(await send(gateway, 'PROVER', again), [0]);
  const holds = await heldAs(gateway, clean, wicked, hidden, open, closed, again);
  const [none, found] = [undefined, 'malicious'];
  assert.deepEqual(
    holds.map((hold) => hold?.verdict),
    [none, found, found, none, 'clean', found],
  );
  for (const hold of [holds[1], holds[2], holds[5]]) {
    const finding = hold?.findings.find(({ code }) => code === 'clamav.found');
    assert.match(finding?.text.en ?? '', /signature: Leadglass\.Test\.Inert/);
  }
  assert.deepEqual(await kindsTold(gateway), ['clamav.up', 'clamav.down', 'clamav.up']);

  await use(gateway, '');
  assert.deepEqual(await send(gateway, 'PROVER', marked()), [0]);
  await untilDelivered(gateway, 3);
  assert.equal(pacs.process.exitCode, null);
  await gateway.cli('ledger', 'verify');
});
