import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CLI, COMPILED, Gateway } from './gateway.ts';
import { identityFolder, run } from './identities.ts';
import { makeObject, partTen } from './objects.ts';
import { freePort, requirePeer, startStorescp } from './peers.ts';

const files = identityFolder();
let gateway: Gateway;
let listen: number;
let edge: ChildProcess | undefined;
let said = '';

/** Starts `leadglass edge` as a mini-PC does; resolves when it says that it is ready. */
async function startEdge(...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--no-warnings', CLI, 'edge', '--listen', `127.0.0.1:${listen}`, ...args], {
    env: { ...process.env, ...COMPILED, LEADGLASS_HOME: files.at('edge-home'), LEADGLASS_LANG: 'en' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  said = '';
  const isReady = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('edge.ready')) resolve();
      });
    child.once('exit', () => reject(new Error(said)));
  });
  await isReady;
  return child;
}

/** Waits until the edge has said something. */
async function heard(pattern: RegExp): Promise<void> {
  for (const endMs = performance.now() + 5_000; !pattern.test(said) && performance.now() < endMs; ) await delay(20);
  assert.match(said, pattern);
}

async function stopEdge(): Promise<void> {
  if (edge === undefined || edge.exitCode !== null) return;
  const ended = once(edge, 'exit');
  edge.kill('SIGTERM');
  await ended;
}

before(async () => {
  gateway = await Gateway.start({ withTls: true });
  listen = await freePort();
  writeFileSync(files.at('word'), 'carried apart 1\n');
  await gateway.cli('peer', 'add', 'OLDCT', '--from', '127.0.0.1', '--allow', 'echo,store', '--trust', 'site');
  const places = ['--to', `127.0.0.1:${gateway.dimseTls}`, '--device', '127.0.0.1'];
  const how = ['--peer', 'OLDCT', '--edge', ...places, '--password-file', files.at('word'), '--out', files.at('oldct')];
  await gateway.cli('cert', 'issue', 'edge-oldct', ...how);
});

after(async () => {
  await stopEdge();
  await gateway.dispose();
  files.remove();
});

test('[PROVE-164] one file carried to the mini-PC, one command: a stock device without TLS stores through it', async (t) => {
  if (requirePeer(t, 'storescu') === undefined) return;
  assert.doesNotMatch(readFileSync(files.at('oldct.enrolment'), 'utf8'), /BEGIN PRIVATE KEY/);
  writeFileSync(files.at('wrong'), 'not that one\n');
  await assert.rejects(
    startEdge('--enrolment', files.at('oldct.enrolment'), '--password-file', files.at('wrong')),
    /does not open/,
  );
  edge = await startEdge('--enrolment', files.at('oldct.enrolment'), '--password-file', files.at('word'));
  const object = makeObject('ct');
  writeFileSync(files.at('ct.dcm'), partTen(object));
  const to = ['-aet', 'OLDCT', '-aec', 'LEADGLASS', '127.0.0.1', String(listen)];
  assert.deepEqual(await run('storescu', [...to, files.at('ct.dcm')]), { status: 0, said: '' });
  await gateway.until(({ custody }) => custody.objects === 1);
  // Its title comes in through its certificate alone: not in plain at the gateway, and no other title through this edge.
  const direct = ['-aet', 'OLDCT', '-aec', 'LEADGLASS', '127.0.0.1', String(gateway.dimse)];
  assert.notEqual((await run('echoscu', direct)).status, 0);
  await gateway.cli('peer', 'add', 'CT9', '--from', '127.0.0.1', '--allow', 'echo', '--trust', 'site');
  assert.notEqual((await run('echoscu', ['-aet', 'CT9', ...to.slice(2)])).status, 0);
});

test('[PROVE-165] it starts again without the file, its key readable by its owner alone, and lets in the one device', async (t) => {
  if (requirePeer(t, 'echoscu') === undefined) return;
  await stopEdge();
  assert.equal(statSync(files.at('edge-home/edge.json')).mode & 0o777, 0o600);
  rmSync(files.at('oldct.enrolment'));
  edge = await startEdge();
  const to = ['-aet', 'OLDCT', '-aec', 'LEADGLASS', '127.0.0.1', String(listen)];
  assert.equal((await run('echoscu', to)).status, 0);
  await stopEdge();
  edge = await startEdge('--device', '192.0.2.10');
  assert.notEqual((await run('echoscu', to)).status, 0);
  await heard(/"event":"edge\.refused".*NOT_THE_DEVICE/);
});

test('[PROVE-166] the other way too: the gateway delivers over TLS to the edge, which hands on to the device in plain', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const device = await startStorescp({ aet: 'OLDCT' });
  t.after(() => device.stop());
  await stopEdge();
  const back = await freePort();
  edge = await startEdge('--listen-tls', `127.0.0.1:${back}`, '--device-port', String(device.port));
  await gateway.cli(
    'destination',
    'add',
    'oldct',
    '--to',
    `127.0.0.1:${back}`,
    '--called',
    'OLDCT',
    '--tls',
    '--cert-sha256',
    await edgePrint(),
  );
  await gateway.cli('route', 'add', '--from', 'OLDCT', '--to', 'oldct');
  writeFileSync(files.at('mr.dcm'), partTen(makeObject('mr')));
  const to = ['-aet', 'OLDCT', '-aec', 'LEADGLASS', '127.0.0.1', String(listen)];
  assert.equal((await run('storescu', [...to, files.at('mr.dcm')])).status, 0);
  await gateway.until(({ deliveries }) => deliveries.delivered === 1);
  // Somebody who is not the gateway does not get through to the device.
  const socket = connect(back, '127.0.0.1').on('error', () => {});
  socket.write(Buffer.alloc(100, 1));
  await once(socket, 'close');
});

async function edgePrint(): Promise<string> {
  const { certificates } = JSON.parse(await gateway.cli('cert', 'list', '--json')) as {
    certificates: { name: string; sha256: string }[];
  };
  return certificates.find(({ name }) => name === 'edge-oldct')?.sha256 ?? '';
}

test('[PROVE-167] a gateway that is away, or another in its place, is told, and nothing of the device’s goes out', async (t) => {
  if (requirePeer(t, 'echoscu') === undefined) return;
  await stopEdge();
  const other = await Gateway.start({ withTls: true });
  t.after(() => other.dispose());
  edge = await startEdge('--to', `127.0.0.1:${other.dimseTls}`);
  const to = ['-aet', 'OLDCT', '-aec', 'LEADGLASS', '127.0.0.1', String(listen)];
  assert.notEqual((await run('echoscu', to)).status, 0);
  await heard(/"event":"edge\.failed".*UNTRUSTED/);
  await stopEdge();
  edge = await startEdge('--to', `127.0.0.1:${await freePort()}`);
  assert.notEqual((await run('echoscu', to)).status, 0);
  await heard(/"event":"edge\.failed".*ECONNREFUSED/);
  assert.ok(existsSync(files.at('edge-home/edge.json')));
});
