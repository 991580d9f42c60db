import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { startFalseClamd } from '../packages/wire/src/clamd.testkit.ts';
import { marked, send, startWith, untilDelivered, untilUp } from './clamav.ts';
import { makeObject } from './objects.ts';
import { requirePeer } from './peers.ts';
import { childrenOf } from './processes.ts';

test('[PROVE-52] a clamd that stops answering, never answers or talks nonsense delays nobody past the bound, loses nothing, costs no intake', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const sockets: Socket[] = [];
  let answer: (socket: Socket, bytes: Buffer) => void = well;
  const path = await startFalseClamd(t, (socket) => {
    sockets.push(socket);
    socket.on('data', (bytes: Buffer) => answer(socket, bytes));
  });
  const { gateway } = await startWith(t, path, ', timeoutSeconds: 2');
  await untilUp(gateway, true);
  const pids = childrenOf(gateway.pid);
  const hostile: (typeof answer)[] = [
    () => {},
    (socket) => void socket.write('1: stream: OK\0'.repeat(50)),
    (socket) => void socket.write('x'.repeat(10_000)),
    (socket) => void socket.destroy(),
    (socket) => void socket.pause(),
  ];
  let delivered = 0;
  for (const [at, each] of hostile.entries()) {
    answer = well;
    await untilUp(gateway, true);
    answer = each;
    const beganMs = performance.now();
    assert.deepEqual(await send(gateway, 'PROVER', marked(), makeObject('mr'), makeObject('mr')), [0, 0, 0]);
    const tookMs = performance.now() - beganMs;
    // One wait for the first object and at most one more until the watch has seen it: never one an object.
    assert.ok(tookMs < 3 * 2_000 + 5_000, `${tookMs} ms with the clamd no. ${at}`);
    delivered += 3;
    await untilUp(gateway, false);
  }
  await untilDelivered(gateway, delivered);
  assert.deepEqual(childrenOf(gateway.pid), pids);
  for (const socket of sockets) socket.destroy();
});

/** What the real one says, as far as the gateway asks. */
function well(socket: Socket, bytes: Buffer): void {
  const text = bytes.toString('latin1');
  const state = (STATES.get(socket) ?? { commands: 0 }) as { commands: number };
  STATES.set(socket, state);
  for (const [word] of text.matchAll(/z(VERSION|INSTREAM)\0/g)) {
    state.commands += 1;
    if (word.includes('VERSION')) socket.write(`${state.commands}: ClamAV 1.4.6\0`);
  }
  if (bytes.subarray(-4).equals(Buffer.alloc(4))) socket.write(`${state.commands}: stream: OK\0`);
}

const STATES = new WeakMap<Socket, { commands: number }>();
