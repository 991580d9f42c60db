import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ExportHead, ExportReader, pathOf, SOCKET_PATH } from '@leadglass/contract';
import { Fault, text } from '@leadglass/kit';
import { CLOCK, control, house, keep, PACS, PEER, post, RULE } from './control.testkit.ts';
import { startControl } from './control.ts';
import type { ControlServices } from './control-services.ts';

test('[CONTROL-1] the socket and its folder are for their owner alone', async (t) => {
  const { server } = await control(t, await house(t));
  assert.equal(statSync(server.path).mode & 0o777, 0o600);
  assert.equal(statSync(join(server.path, '..')).mode & 0o777, 0o700);
});

test('[CONTROL-24] rules in force are listed, and the folder is read again on demand', async (t) => {
  const { ask } = await control(t, await house(t));
  assert.deepEqual(await ask('rules.list', {}), { rules: [RULE], problems: [] });
  assert.deepEqual((await ask('rules.reload', {})).problems, [{ file: 'a.yar', line: 3, text: text('non', 'no') }]);
});

test('[CONTROL-90] the index tells how full it is, and is made anew on demand', async (t) => {
  const { ask } = await control(t, await house(t));
  const { studies, rebuild } = await ask('index.status', {});
  assert.deepEqual([studies, rebuild.isRunning], [2, false]);
  assert.deepEqual(await ask('index.rebuild', {}), { isBegun: true });
});

test('[CONTROL-2] a socket left by a dead process is replaced', async (t) => {
  const it = await house(t);
  await mkdir(join(it.services.home, 'run'));
  writeFileSync(join(it.services.home, SOCKET_PATH), '');
  const { ask } = await control(t, it);
  assert.equal((await ask('status', {})).version, '0.1.0');
});

test('[CONTROL-2] a living gateway’s socket is left alone', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  await assert.rejects(startControl(it.services), { code: 'control.already-running' });
  assert.equal((await ask('status', {})).home, it.services.home);
});

test('[CONTROL-2] a socket that cannot be made is a Fault', async (t) => {
  const it = await house(t);
  const services = { ...it.services, home: join(it.services.home, 'x'.repeat(120)) };
  await assert.rejects(startControl(services), { code: 'control.socket' });
});

test('[CONTROL-3] status has the counts the command line promises', async (t) => {
  const it = await house(t);
  await keep(it, 'one', '1.2.1');
  const status = await (await control(t, it)).ask('status', {});
  assert.equal(status.custody.objects, 1);
  assert.deepEqual(status.deliveries, { pending: 0, delivered: 0, failed: 0 });
  assert.deepEqual([status.holds, status.ledger, status.associations], [0, { size: 0, waiting: 1 }, 2]);
});

test('[CONTROL-4] a peer added, changed and removed is in force at once and told in the log', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  assert.deepEqual(await ask('peer.add', { ...PEER, allow: ['echo'] }), { change: 'added' });
  assert.deepEqual(await ask('peer.add', PEER), { change: 'changed' });
  assert.deepEqual(await ask('peer.add', { ...PEER, from: '192.0.2.77/24' }), { change: 'unchanged' });
  const { peers } = await ask('peer.list', {});
  assert.deepEqual(peers, [{ ...PEER, whenHeld: 'keep-sending', privateSopClasses: [] }]);
  assert.deepEqual(await ask('peer.remove', { aeTitle: 'CT1' }), { removed: 1 });
  const { entries } = await ask('log', { kinds: ['config'] });
  assert.deepEqual(
    entries.map(({ event }) => [event.kind, event.by]),
    Array(3).fill(['config.changed', 'local administrator']),
  );
  assert.equal(it.calls.filter((call) => call === 'configChanged').length, 3);
});

test('[CONTROL-4] what a peer chooses is kept and told, and given up when it is added without', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  await ask('peer.add', { ...PEER, strictness: 'strict', whenUnfinished: 'hold' });
  const [peer] = (await ask('peer.list', {})).peers;
  assert.deepEqual([peer?.strictness, peer?.whenUnfinished], ['strict', 'hold']);
  assert.deepEqual(await ask('peer.add', PEER), { change: 'changed' });
  assert.equal((await ask('peer.list', {})).peers[0]?.strictness, undefined);
});

test('[CONTROL-4] what a site accepts of its devices outlives a change of peers, and is shown', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  const quirks = [{ name: 'own', peer: 'CT1', accept: ['structure.blank-vr'] }];
  await it.records.replaceConfig({ peers: [], destinations: [], routes: [], quirks }, []);
  await ask('peer.add', PEER);
  assert.deepEqual((await ask('config.show', {})).config.quirks, quirks);
});

test('[CONTROL-4] what is not an address range is refused and changes nothing', async (t) => {
  const { refused, ask } = await control(t, await house(t));
  for (const from of ['192.0.2.0/33', '300.1.1.1', '::g', '192.0.2.1/24/1', '']) {
    assert.deepEqual(await refused('peer.add', { ...PEER, from }), { status: 400, code: 'control.bad-request' }, from);
  }
  assert.deepEqual((await ask('peer.list', {})).peers, []);
});

test('[CONTROL-4] a route needs its destination, and a destination stays while a route leads there', async (t) => {
  const { ask, refused } = await control(t, await house(t));
  assert.equal((await refused('route.add', { from: '*', to: 'PACS' })).code, 'control.not-found');
  await ask('destination.add', PACS);
  await ask('route.add', { from: '*', to: 'PACS' });
  assert.deepEqual(await refused('destination.remove', { name: 'PACS' }), { status: 409, code: 'control.conflict' });
  await ask('route.remove', { from: '*', to: 'PACS' });
  assert.deepEqual(await ask('destination.remove', { name: 'PACS' }), { removed: 1 });
});

test('[CONTROL-4] changes asked at the same time are all kept', async (t) => {
  const { ask } = await control(t, await house(t));
  const titles = Array.from({ length: 20 }, (_, n) => `CT${n}`);
  await Promise.all(titles.map((aeTitle) => ask('peer.add', { ...PEER, aeTitle })));
  const { peers } = await ask('peer.list', {});
  assert.deepEqual(peers.map((peer) => peer.aeTitle).sort(), titles.sort());
});

test('[CONTROL-5] a configuration with problems applies nothing; a good one all of it', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  await ask('peer.add', PEER);
  assert.equal((await ask('config.apply', { source: 'bad' })).problems[0]?.line, 3);
  assert.equal((await ask('peer.list', {})).peers.length, 1);
  assert.equal((await ask('config.plan', { source: 'good' })).changes.length, 1);
  assert.equal((await ask('peer.list', {})).peers.length, 1);
  await ask('config.apply', { source: 'good' });
  assert.equal((await ask('peer.list', {})).peers.length, 0);
});

test('[CONTROL-6] an object is opened after the event that tells of it', async (t) => {
  const it = await house(t);
  const sha256 = await keep(it, 'hello', '1.2.5');
  const { raw, ask } = await control(t, it);
  assert.equal((await ask('vault.find', { id: '1.2.5' })).objects[0]?.sha256, sha256);
  assert.equal((await raw('vault.open', { sha256 })).bytes.toString(), 'hello');
  assert.equal((await ask('log', { kinds: ['vault.opened'] })).entries[0]?.event.sha256, sha256);
});

test('[CONTROL-6] one UID with two contents is told as two objects', async (t) => {
  const it = await house(t);
  await keep(it, 'a', '1.2.6');
  await keep(it, 'b', '1.2.6');
  const { objects } = await (await control(t, it)).ask('vault.find', { id: '1.2.6' });
  assert.equal(objects.length, 2);
});

test('[CONTROL-6] what is not in custody is 404, what is no identifier 400', async (t) => {
  const { refused } = await control(t, await house(t));
  assert.deepEqual(await refused('vault.find', { id: '1.2.3' }), { status: 404, code: 'control.not-found' });
  assert.deepEqual(await refused('vault.open', { sha256: '0'.repeat(64) }), { status: 404, code: 'control.not-found' });
  assert.equal((await refused('vault.find', { id: '../x' })).status, 400);
});

test('[CONTROL-6] an export carries every object and tells of the one that does not open', async (t) => {
  const it = await house(t);
  for (let n = 0; n < 30; n += 1) await keep(it, `object ${n}`, `1.2.${n}`);
  const lost = await keep(it, 'lost', '1.2.99');
  it.objects.delete(lost);
  const { bytes } = await (await control(t, it)).raw('vault.export', {});
  const heads: ExportHead[] = [];
  const reader = new ExportReader({ head: (each) => void heads.push(each), body: () => {}, bodyEnd: () => {} });
  reader.write(bytes);
  assert.equal(reader.isEnded, true);
  assert.equal(heads.length, 31);
  assert.deepEqual(
    heads.filter((each) => each.fault !== undefined).map((each) => [each.object.sha256, each.fault]),
    [[lost, 'vault.missing']],
  );
});

test('[CONTROL-6] a check names the unsound object and ends with the count', async (t) => {
  const it = await house(t);
  await keep(it, 'good', '1.2.1');
  const lost = await keep(it, 'lost', '1.2.2');
  it.objects.delete(lost);
  const { bytes } = await (await control(t, it)).raw('vault.check', {});
  const lines = bytes
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(lines, [
    { kind: 'fault', sha256: lost, fault: 'vault.missing' },
    { kind: 'done', objects: 2, faults: 1 },
  ]);
});

test('[CONTROL-7] a hold is found by the beginning of its SHA-256, released once, and delivered by its routes', async (t) => {
  const it = await house(t);
  const sha256 = await keep(it, 'doubtful', '1.2.7', { isHeld: true });
  const { ask, refused } = await control(t, it);
  await ask('destination.add', PACS);
  await ask('route.add', { from: 'CT1', to: 'PACS' });
  assert.equal((await ask('hold.show', { id: sha256.slice(0, 8) })).hold.sopInstanceUid, '1.2.7');
  const released = await ask('hold.release', { id: sha256, reason: 'ok' });
  assert.deepEqual([released.sha256, released.outcome, released.destinations], [sha256, 'done', ['PACS']]);
  assert.deepEqual(
    it.calls.filter((call) => call.startsWith('due')),
    ['due PACS'],
  );
  assert.equal((await ask('deliveries.list', { state: 'pending' })).deliveries[0]?.sha256, sha256);
  assert.deepEqual(await refused('hold.release', { id: sha256, reason: 'ok' }), {
    status: 409,
    code: 'control.conflict',
  });
});

test('[CONTROL-7] destroying wants the whole SHA-256 and a reason, and removes the bytes', async (t) => {
  const it = await house(t);
  const sha256 = await keep(it, 'trapped', '1.2.8', { isHeld: true });
  const { ask, refused } = await control(t, it);
  assert.equal((await refused('hold.destroy', { id: sha256.slice(0, 12), reason: 'x' })).status, 400);
  assert.equal((await refused('hold.destroy', { id: sha256, reason: ' ' })).status, 400);
  assert.equal(it.objects.has(sha256), true);
  await ask('hold.destroy', { id: sha256, reason: 'trapped file' });
  assert.equal(it.objects.has(sha256), false);
  assert.equal((await ask('hold.show', { id: sha256 })).hold.state, 'destroyed');
  assert.equal((await refused('vault.find', { id: sha256 })).status, 404);
});

test('[CONTROL-7] when the bytes cannot be removed the object stays held, and asking again destroys it', async (t) => {
  const it = await house(t);
  const sha256 = await keep(it, 'stubborn', '1.2.9', { isHeld: true });
  let isFailing = true;
  const removeObject: ControlServices['removeObject'] = async (custody) => {
    if (isFailing) throw new Fault('vault.unwritable', 'transient', text('disque', 'disk'));
    assert.deepEqual(custody.place, (await it.records.custody(sha256))?.place);
    it.objects.delete(sha256);
  };
  const { ask, refused } = await control(t, { ...it, services: { ...it.services, removeObject } });
  assert.equal((await refused('hold.destroy', { id: sha256, reason: 'x' })).code, 'vault.unwritable');
  assert.equal((await ask('hold.show', { id: sha256 })).hold.state, 'held');
  assert.equal((await it.records.events({ kinds: ['hold.destroyed'] }, 10)).length, 0);
  isFailing = false;
  await ask('hold.destroy', { id: sha256, reason: 'x' });
  assert.equal(it.objects.has(sha256), false);
  assert.equal(await it.records.custody(sha256), undefined);
  assert.equal((await it.records.events({ kinds: ['hold.destroyed'] }, 10)).length, 1);
});

test('[CONTROL-11] trying failed deliveries again is an act that is told', async (t) => {
  const it = await house(t);
  const sha256 = await keep(it, 'undelivered', '1.2.10', { isHeld: true });
  const { ask } = await control(t, it);
  await ask('destination.add', PACS);
  await ask('route.add', { from: 'CT1', to: 'PACS' });
  await ask('hold.release', { id: sha256, reason: 'ok' });
  assert.equal((await ask('deliveries.retry', { destination: 'PACS' })).retried, 0);
  const [due] = await it.records.dueDeliveries('PACS', CLOCK.now(), 1);
  await it.records.recordDeliveries([{ id: due?.id ?? 0, outcome: 'failed', atMs: CLOCK.now(), fault: 'x.y' }], []);
  assert.equal((await ask('deliveries.retry', { destination: 'PACS', sha256 })).retried, 1);
  const told = (await it.records.events({ kinds: ['delivery.requeued'] }, 10)).map(({ event }) => event);
  assert.deepEqual(
    told.map((event) =>
      event.kind === 'delivery.requeued' ? [event.destination, event.deliveries, event.sha256] : [],
    ),
    [['PACS', 1, sha256]],
  );
  assert.ok(it.calls.includes('eventsAppended'));
});

test('[CONTROL-8] an event is proved by its id or its number, once it is in the ledger', async (t) => {
  const it = await house(t);
  const { ask, refused } = await control(t, it);
  await ask('peer.add', PEER);
  const id = (await ask('log', {})).entries[0]?.event.id ?? '';
  assert.equal((await refused('ledger.prove', { id })).code, 'control.conflict');
  await it.sequence();
  const { proofs } = await ask('ledger.prove', { id });
  assert.deepEqual(proofs, (await ask('ledger.prove', { id: '#0' })).proofs);
  assert.equal(proofs[0]?.index, 0);
  assert.equal((await refused('ledger.prove', { id: '#999' })).status, 404);
  assert.match((await ask('ledger.show', {})).entries[0]?.content ?? '', /<AuditMessage>/);
});

test('[CONTROL-40] what one person reads of the ledger within a minute is told once, and told again later', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  await ask('peer.add', PEER);
  await it.sequence();
  const told = async () => (await it.records.events({ kinds: ['ledger.read'] }, 10)).length;
  for (let page = 0; page < 3; page += 1) await ask('ledger.show', {});
  await ask('ledger.prove', { id: '#0' });
  assert.equal(await told(), 1);
  CLOCK.advance(60_000);
  await ask('ledger.show', {});
  assert.equal(await told(), 2);
});

test('[CONTROL-9] --follow tells what was and then what comes, and ends when its reader goes', async (t) => {
  const it = await house(t);
  const { ask, server } = await control(t, it);
  await ask('peer.add', PEER);
  const options = {
    socketPath: server.path,
    path: pathOf('log.follow'),
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  };
  const kinds: string[] = [];
  const { promise: isOver, resolve: over } = Promise.withResolvers<void>();
  const sent = request(options, (answer) => {
    answer.on('data', (chunk: Buffer) => {
      kinds.push(JSON.parse(chunk.toString()).event.kind);
      if (kinds.length === 1) void ask('peer.remove', { aeTitle: 'CT1' }).then(() => CLOCK.advance(500));
      if (kinds.length === 2) answer.destroy();
    });
    answer.once('close', () => over());
  });
  sent.end('{}');
  await isOver;
  assert.deepEqual(kinds, ['config.changed', 'config.changed']);
});

/** Begins an import; resolves with its line and the way to leave. */
async function beginImport(path: string, asked: object) {
  const { promise, resolve } = Promise.withResolvers<{ line: Record<string, unknown>; leave: () => Promise<void> }>();
  const headers = { 'content-type': 'application/json' };
  const sent = request({ socketPath: path, path: pathOf('import.begin'), method: 'POST', headers }, (answer) => {
    const { promise: isOver, resolve: over } = Promise.withResolvers<void>();
    answer.once('close', () => over());
    const leave = () => {
      answer.destroy();
      return isOver;
    };
    answer.once('data', (chunk: Buffer) => resolve({ line: JSON.parse(chunk.toString()), leave }));
  });
  sent.end(JSON.stringify(asked));
  return promise;
}

const MEDIUM = {
  medium: 'ab'.repeat(32),
  identity: 'cd'.repeat(32),
  studies: ['1.2.3'],
  ...{ objects: 3, clean: 2, doubtful: 1, dangerous: 0, otherFiles: 1 },
};
const RESULT = { stored: 3, originals: 1, held: 0, refused: 0, left: 0, notStored: [] };

test('[CONTROL-54] an import that ends is in the log with what came of it; again, it goes on from the first', async (t) => {
  const it = await house(t);
  const { ask, server, refused } = await control(t, it);
  const first = await beginImport(server.path, MEDIUM);
  assert.equal(it.imports.peers.length, 2);
  await ask('import.end', { importId: String(first.line.importId), ...RESULT });
  await first.leave();
  CLOCK.advance(60_000);
  const again = await beginImport(server.path, MEDIUM);
  const other = await beginImport(server.path, { ...MEDIUM, identity: 'ef'.repeat(32) });
  assert.equal(again.line.sinceMs, first.line.sinceMs);
  assert.notEqual(other.line.sinceMs, first.line.sinceMs);
  assert.equal((await refused('import.end', { importId: String(first.line.importId), ...RESULT })).status, 404);
  const { entries } = await ask('log', { kinds: ['import'] });
  assert.deepEqual(
    entries.map(({ event }) => event.kind),
    ['import.begun', 'import.ended', 'import.begun', 'import.begun'],
  );
  assert.equal(JSON.stringify(entries).includes('cdcdcdcdcdcd'), false);
  await Promise.all([again.leave(), other.leave()]);
});

test('[CONTROL-54] an import whose command goes before its end can send no more, and is told as interrupted', async (t) => {
  const it = await house(t);
  const { ask, server } = await control(t, it);
  const { leave } = await beginImport(server.path, MEDIUM);
  const { promise: isTold, resolve: told } = Promise.withResolvers<void>();
  it.calls.push = (...calls) => {
    if (calls.includes('eventsAppended')) told();
    return Array.prototype.push.apply(it.calls, calls);
  };
  await leave();
  await isTold;
  assert.equal(it.imports.peers.length, 0);
  const { entries } = await ask('log', { kinds: ['import'] });
  assert.equal(entries.at(-1)?.event.kind, 'import.interrupted');
});

test('[CONTROL-10] nonsense is answered in both languages and nothing breaks', async (t) => {
  const it = await house(t);
  const { ask } = await control(t, it);
  for (const [path, body, status] of [
    ['/v1/status', '{', 400],
    ['/v1/status', '{"x":1}', 400],
    ['/v1/status', '[]', 400],
    ['/v1/nothing', '{}', 404],
    ['/', '{}', 404],
    ['/v1/config.plan', JSON.stringify({ source: 'x'.repeat(9_000_000) }), 413],
  ] as const) {
    const answer = await post(it.services.home, path, body);
    assert.equal(answer.status, status === 413 ? 400 : status, path);
    assert.deepEqual(Object.keys(JSON.parse(answer.bytes.toString()).text), ['fr', 'en']);
  }
  assert.equal((await ask('status', {})).version, '0.1.0');
});

test('[CONTROL-10] somebody else’s socket in our place is not spoken to as ours', async (t) => {
  const it = await house(t);
  await mkdir(join(it.services.home, 'run'));
  const squatter = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => squatter.listen(join(it.services.home, SOCKET_PATH), resolve));
  t.after(() => squatter.close());
  await assert.rejects(startControl(it.services), { code: 'control.already-running' });
});
