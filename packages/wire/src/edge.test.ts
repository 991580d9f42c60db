import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { systemClock } from '@leadglass/kit';
import { createAuthority, issueDeviceCertificate, issueServerCertificate } from './authority.ts';
import { Edge, type EdgeEvent, type EdgeOptions } from './edge.ts';
import { newDeviceKey } from './pki/keys.ts';
import { listenerTlsOptions } from './tls-profile.ts';

const clock = systemClock;
const authority = await createAuthority({ siteName: 'edge', clock });
const server = await issueServerCertificate(authority, { names: ['leadglass-x'], addresses: [], days: 30, clock });
const key = await newDeviceKey('ec');
const names = { commonName: 'edge-1', dns: [], addresses: [], days: 30, clock };
const cert = await issueDeviceCertificate(authority, { publicKey: key.publicKey, ...names });
const identity = { cert, key: key.keyPem.reveal() };

interface Site {
  readonly port: number;
  readonly events: EdgeEvent[];
  /** TLS connections that reached the gateway. */
  readonly reached: TLSSocket[];
  call(): Promise<Socket>;
  until(kind: EdgeEvent['kind'], count?: number): Promise<void>;
}

/** A gateway that answers with what it hears, and an edge before it. */
async function site(t: TestContext, more: Partial<EdgeOptions> = {}): Promise<Site> {
  const reached: TLSSocket[] = [];
  const options = listenerTlsOptions({
    identity: { cert: server.certPem, key: server.keyPem.reveal() },
    ca: [authority.certPem],
  });
  const gateway = createTlsServer({ ...options, allowHalfOpen: true }, (socket) => {
    reached.push(socket);
    socket.on('error', () => {}).pipe(socket);
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const events: EdgeEvent[] = [];
  const edge = new Edge({
    ...{ way: 'tls-out', identity, authorityPem: authority.certPem, siteName: 'leadglass-x', clock },
    ...{ allowed: ['127.0.0.1'], listen: { host: '127.0.0.1', port: 0 } },
    to: { host: '127.0.0.1', port: (gateway.address() as AddressInfo).port },
    told: (event) => void events.push(event),
    ...more,
  });
  const { port } = await edge.start();
  t.after(async () => {
    await edge.stop();
    for (const socket of reached) socket.destroy();
    gateway.close();
  });
  return {
    ...{ port, events, reached },
    call: async () => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => {});
      t.after(() => socket.destroy());
      await once(socket, 'connect');
      return socket;
    },
    until: async (kind, count = 1) => {
      const endMs = performance.now() + 5_000;
      while (events.filter((event) => event.kind === kind).length < count && performance.now() < endMs)
        await new Promise((resolve) => setImmediate(resolve));
      assert.ok(events.filter((event) => event.kind === kind).length >= count, JSON.stringify(events));
    },
  };
}

async function all(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

test('[WIRE-143] bytes pass one for one both ways, whatever their number, and an end passes after them', async (t) => {
  const { call, until, events } = await site(t);
  const sent = Buffer.alloc(5_000_000, 'DICOM ');
  const device = await call();
  device.end(sent);
  assert.ok((await all(device)).equals(sent));
  await until('closed');
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['opened', 'closed'],
  );
  const [, closed] = events;
  assert.deepEqual(closed?.kind === 'closed' && [closed.bytesIn, closed.bytesOut], [sent.length, sent.length]);
});

test('[WIRE-144] whoever is not the device, or one too many, is turned away and nobody is called for them', async (t) => {
  const away = await site(t, { allowed: ['192.0.2.10'] });
  await all(await away.call());
  assert.deepEqual(away.events, [{ kind: 'refused', from: '127.0.0.1', why: 'NOT_THE_DEVICE' }]);
  assert.equal(away.reached.length, 0);
  const two = await site(t, { limits: { connections: 2, connectMs: 5_000, idleMs: 60_000 } });
  const [first] = [await two.call(), await two.call()];
  await two.until('opened', 2);
  await all(await two.call());
  assert.equal(two.events.at(-1)?.kind === 'refused' && two.events.at(-1)?.kind, 'refused');
  first?.destroy();
  await two.until('closed');
  const next = await two.call();
  await two.until('opened', 3);
  next.destroy();
});

test('[WIRE-145] a connection on which nothing is said ends, one that trickles does not', async (t) => {
  const { call, until, events } = await site(t, { limits: { connections: 8, connectMs: 5_000, idleMs: 300 } });
  const [silent, busy] = [await call(), await call()];
  busy.resume();
  await until('opened', 2);
  const timer = setInterval(() => busy.write('x'), 50);
  t.after(() => clearInterval(timer));
  await once(silent.resume(), 'end');
  await until('closed');
  assert.equal(events.filter(({ kind }) => kind === 'closed').length, 1);
  busy.destroy();
});

test('[WIRE-146] another in the gateway’s place gets nothing: not of its authority, not of its name', async (t) => {
  const foreign = await createAuthority({ siteName: 'edge', clock });
  const untrusted = await site(t, { authorityPem: foreign.certPem });
  const other = await site(t, { siteName: 'leadglass-y' });
  for (const [{ call, until, events, reached }, why] of [
    [untrusted, 'UNTRUSTED'],
    [other, 'OTHER_NAME'],
  ] as const) {
    const device = await call();
    device.write('secret');
    // Cut off with what it said unread.
    await all(device).catch(() => {});
    await until('failed');
    assert.deepEqual(events, [{ kind: 'failed', from: '127.0.0.1', why }]);
    assert.ok(reached.every((socket) => socket.bytesRead === 0));
  }
});
