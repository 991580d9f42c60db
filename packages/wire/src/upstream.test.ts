import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { acceptanceOf, cEchoRq, negotiate, requestOf, VERIFICATION } from '@leadglass/dimse';
import { type Fault, systemClock } from '@leadglass/kit';
import { DEFAULT_SCP_LIMITS, ScpConnection, type ScpUser } from './scp.ts';
import { connectUnread } from './scu-transport.ts';
import { openUpstream } from './upstream.ts';

const IMPLEMENTATION = { implementationClassUid: '1.2', implementationVersionName: 'T' };
const CONTEXTS = [{ abstractSyntax: VERIFICATION, transferSyntaxes: ['1.2.840.10008.1.2'] }];
const REQUEST = requestOf({ called: 'RIS', calling: 'LEADGLASS', contexts: CONTEXTS, ...IMPLEMENTATION });
const TIMEOUTS = { connectMs: 1_000, associateMs: 200, responseMs: 150, writeStallMs: 1_000, releaseMs: 1_000 };

/** A P-DATA-TF that announces 4,096 bytes: what an upstream begins that never comes to an end. */
const BEGUN = Buffer.concat([Buffer.from([4, 0, 0, 0, 16, 0]), Buffer.alloc(4_096)]);

/** An upstream that accepts associations, or does not answer at all, and says nothing else; or says it a byte each 20 ms. */
async function silent(accepts: boolean, trickles = false): Promise<Server> {
  const server = createServer((socket) => {
    let connection: ScpConnection | undefined;
    const user: ScpUser = {
      associateRequested: (request) => {
        const negotiated = negotiate(request, { acceptsAbstractSyntax: () => true });
        if (accepts) connection?.accept(acceptanceOf(request, negotiated, IMPLEMENTATION));
      },
      command: () => {
        if (trickles) trickle(socket);
      },
      dataSet: () => {},
      ended: () => {},
    };
    connection = new ScpConnection(socket, user, { ...DEFAULT_SCP_LIMITS, lingerMs: 10 }, systemClock);
    socket.on('data', (chunk: Buffer) => connection?.onBytes(chunk));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function trickle(socket: Socket, at = 0): void {
  if (socket.destroyed || at >= BEGUN.length) return;
  socket.write(BEGUN.subarray(at, at + 1));
  systemClock.after(20, () => trickle(socket, at + 1));
}

async function open(server: Server, ended: (fault: Fault) => void) {
  const { port } = server.address() as AddressInfo;
  const target = { host: '127.0.0.1', port, called: 'RIS', calling: 'LEADGLASS' };
  const socket = await connectUnread(target, 1_000, systemClock);
  assert.equal(socket.isPaused(), true);
  socket.resume();
  return openUpstream({
    ...{ socket, target, request: REQUEST, maximumLength: 16_384, timeouts: TIMEOUTS, clock: systemClock },
    user: { command: () => {}, dataSet: () => {}, received: () => {}, ended },
  });
}

test('[WIRE-74] an upstream that owes an answer and says nothing is given up, with the sentence that says so', async () => {
  const server = await silent(true);
  const { promise, resolve } = Promise.withResolvers<Fault>();
  const link = await open(server, resolve);
  link.outbox.send(1, cEchoRq(1));
  link.await(true);
  const fault = await promise;
  assert.equal(fault.code, 'wire.timeout');
  assert.equal(link.isOpen, false);
  assert.equal(link.outbox.isClosed, true);
  server.close();
});

test('[WIRE-74] one that owes nothing may be silent, and is released', async () => {
  const server = await silent(true);
  const faults: Fault[] = [];
  const link = await open(server, (fault) => faults.push(fault));
  link.await(true);
  link.await(false);
  await new Promise((resolve) => systemClock.after(400, () => resolve(undefined)));
  assert.equal(link.isOpen, true);
  await link.release();
  assert.deepEqual(faults, []);
  server.close();
});

test('[WIRE-76] bytes of an answer that trickle buy an upstream no time', async () => {
  const server = await silent(true, true);
  const { promise, resolve } = Promise.withResolvers<Fault>();
  const link = await open(server, resolve);
  link.outbox.send(1, cEchoRq(1));
  link.await(true);
  assert.equal((await promise).code, 'wire.timeout');
  server.close();
});

test('[WIRE-75] an upstream that takes the connection and does not answer the association request is given up in time', async () => {
  const server = await silent(false);
  await assert.rejects(
    open(server, () => {}),
    (thrown: Fault) => thrown.code === 'wire.timeout',
  );
  server.close();
});
