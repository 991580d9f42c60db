import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { silentLogger, systemClock } from '@leadglass/kit';
import { ClamavWatch } from './clamav-watch.ts';
import { SandboxServices } from './served.ts';
import { servedIn } from './served-messages.ts';

const BOUNDS = { maxStreamBytes: 1_000_000, timeoutSeconds: 5 };

/** Something that listens where a clamd would, ended with the test. @returns its Unix socket. */
async function listen(t: TestContext, serve: (socket: Socket) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-watch-'));
  const server = createServer((socket) => serve(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(join(folder, 'clamd.sock'), resolve));
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, 'clamd.sock');
}

/** Answers a look as clamd does while `isWell` says so, and never otherwise. */
function answering(isWell: () => boolean): (socket: Socket) => void {
  return (socket) =>
    socket.on('data', (bytes: Buffer) => {
      if (!isWell()) return;
      if (bytes.includes('zVERSION')) socket.write('1: ClamAV 1.4.6/27000/Mon Jan  5 09:00:00 2026\0');
      if (bytes.subarray(-4).equals(Buffer.alloc(4))) socket.write('2: stream: OK\0');
    });
}

test('[CONTROL-33] the watch tells once when clamd is up, once when it goes, once when it is back, and nothing when there is none', async (t) => {
  let isWell = true;
  const address = await listen(
    t,
    answering(() => isWell),
  );
  const told: string[] = [];
  const watch = new ClamavWatch({
    clock: systemClock,
    log: silentLogger,
    probeMs: 150,
    changed: (state, isNews) => {
      if (isNews) told.push(state?.isUp === true ? 'up' : `down ${state?.fault?.code}`);
    },
  });
  t.after(() => watch.stop());
  await watch.configure(undefined);
  assert.deepEqual([watch.state, told], [undefined, []]);
  await watch.configure({ address, ...BOUNDS });
  assert.equal(watch.state?.health?.database?.number, 27_000);
  await watch.look();
  isWell = false;
  await watch.look();
  await watch.look();
  isWell = true;
  for (const endMs = performance.now() + 10_000; told.length < 3 && performance.now() < endMs; ) await delay(20);
  assert.deepEqual(told, ['up', 'down wire.clamd-unwell', 'up']);
  await watch.configure(undefined);
  assert.equal(watch.state, undefined);
  await assert.rejects(watch.connect());
});

test('[CONTROL-34] a process that asks for connections without end gets a bounded number at a time; what is no question is none', async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<Socket>();
  let connects = 0;
  const services = new SandboxServices(
    {
      state: undefined,
      look: async () => {},
      connect: () => {
        connects += 1;
        return opened;
      },
    },
    { trial: async () => 'decoded' },
  );
  const said: unknown[] = [];
  const child = Object.assign(new EventEmitter(), {
    connected: true,
    send: (message: unknown) => said.push(message),
  }) as unknown as ChildProcess;
  const served = services.serve(child);
  for (let i = 0; i < 100; i += 1) served.heard({ t: 'want-clamd' });
  assert.equal(connects, 32);
  assert.deepEqual(said, Array(68).fill({ t: 'no-clamd' }));
  for (const raw of [undefined, null, 'want-clamd', {}, { t: 'arrival' }, { t: ['want-clamd'] }])
    assert.equal(servedIn(raw), undefined);
  open(Object.assign(new EventEmitter(), { destroy: () => {} }) as unknown as Socket);
});
