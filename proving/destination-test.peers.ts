import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Gateway } from './gateway.ts';
import { freePort, requirePeer, startStorescp } from './peers.ts';

interface Tried {
  readonly isGood: boolean;
  readonly code: string | null;
  readonly text: { readonly en: string };
  readonly advice: readonly { readonly en: string }[];
  readonly implementation: string;
  readonly storage: readonly { readonly name: string; readonly isAccepted: boolean }[];
}

/** What `destination test` answers, whatever its exit code. */
async function tried(gateway: Gateway, ...words: string[]): Promise<Tried & { readonly exit: number }> {
  const [out, exit] = await gateway.cli('destination', 'test', ...words, '--json').then(
    (stdout) => [stdout, 0] as const,
    (thrown: { stdout: string; code: number }) => [thrown.stdout, thrown.code] as const,
  );
  return { ...(JSON.parse(out) as Tried), exit };
}

async function gatewayOf(t: TestContext): Promise<Gateway> {
  const gateway = await Gateway.start();
  t.after(() => gateway.dispose());
  return gateway;
}

test('[CONTROL-173] a destination that answers is told with what it accepts; the words of the command line say the same', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const pacs = await startStorescp();
  t.after(() => pacs.stop());
  const gateway = await gatewayOf(t);
  const to = ['--to', `127.0.0.1:${pacs.port}`, '--called', pacs.aet];
  const good = await tried(gateway, ...to);
  assert.deepEqual([good.isGood, good.code, good.exit], [true, null, 0]);
  assert.match(good.implementation, /OFFIS/);
  assert.ok(good.storage.find(({ name }) => name === 'CT Image Storage')?.isAccepted);
  assert.ok(good.storage.length > 20);
  await gateway.cli('destination', 'add', 'pacs', ...to);
  assert.match(
    await gateway.cli('destination', 'test', 'pacs'),
    /answers, and takes \d+ of the \d+ kinds of object tried/,
  );
  assert.equal((await gateway.status()).deliveries.pending, 0);
});

test('[CONTROL-173] nothing there, a name without address, another title, TLS where there is none, and what is no DICOM are told apart, each with what to do', async (t) => {
  const gateway = await gatewayOf(t);
  const other = await gatewayOf(t);
  const nothing = await tried(gateway, '--to', `127.0.0.1:${await freePort()}`, '--called', 'PACS');
  assert.deepEqual([nothing.code, nothing.exit], ['wire.refused-connection', 1]);
  const nowhere = await tried(gateway, '--to', 'pacs.invalid:104', '--called', 'PACS');
  assert.equal(nowhere.code, 'wire.unknown-host');
  const unknown = await tried(gateway, '--to', `127.0.0.1:${other.dimse}`, '--called', 'LEADGLASS');
  assert.equal(unknown.code, 'wire.rejected');
  assert.match(unknown.text.en, /rejected the association/);
  assert.match(unknown.advice[0]?.en ?? '', /Compare both AE titles/);
  const tls = await tried(gateway, '--to', `127.0.0.1:${other.dimse}`, '--called', 'LEADGLASS', '--tls');
  assert.match(tls.code ?? '', /^wire\.(tls|cut|aborted)$/);
  assert.match(tls.advice[0]?.en ?? '', /leave TLS out/);
  const hangsUp = createServer((socket) => void socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => hangsUp.listen(0, '127.0.0.1', resolve));
  t.after(() => hangsUp.close());
  const { port } = hangsUp.address() as { port: number };
  const noDicom = await tried(gateway, '--to', `127.0.0.1:${port}`, '--called', 'PACS');
  assert.match(noDicom.code ?? '', /^wire\./);
  assert.match(noDicom.advice[0]?.en ?? '', /no DICOM port/);
  for (const each of [nothing, nowhere, unknown, tls, noDicom]) assert.ok(!each.isGood && each.advice.length > 0);
  await assert.rejects(gateway.cli('destination', 'test', 'pacs'), /No destination of that name/);
});

test('[CONTROL-174] a service that takes no image, or answers no C-ECHO, is told as what it is', async (t) => {
  const gateway = await gatewayOf(t);
  const other = await gatewayOf(t);
  const to = ['--to', `127.0.0.1:${other.dimse}`, '--called', 'LEADGLASS'];
  await other.cli('peer', 'add', 'LEADGLASS', '--from', '127.0.0.1/32', '--allow', 'echo');
  const nothing = await tried(gateway, ...to);
  assert.deepEqual([nothing.isGood, nothing.code], [false, 'destination.takes-nothing']);
  await other.cli('peer', 'add', 'LEADGLASS', '--from', '127.0.0.1/32', '--allow', 'store');
  const noEcho = await tried(gateway, ...to);
  assert.equal(noEcho.isGood, true);
  assert.ok(noEcho.storage.every(({ isAccepted }) => isAccepted));
  await other.cli('peer', 'add', 'LEADGLASS', '--from', '127.0.0.1/32', '--allow', 'echo,store');
  assert.deepEqual((await tried(gateway, ...to)).code, null);
});
