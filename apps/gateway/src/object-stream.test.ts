import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { ObjectReader, ObjectWriter, socketPair } from './object-stream.ts';

const OBJECT = { sopClassUid: '1.2', sopInstanceUid: '2.25.1', transferSyntaxUid: '1.2.840.10008.1.2.1', bytes: 5 };

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'leadglass-objects-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function pair(t: TestContext): Promise<{ writer: ObjectWriter; reader: ObjectReader }> {
  const { ours, theirs } = await socketPair(folder(t));
  return { writer: new ObjectWriter(ours), reader: new ObjectReader(theirs) };
}

test('[GATE-21] objects come as they were sent, and the end is said', async (t) => {
  const { writer, reader } = await pair(t);
  await writer.head(OBJECT);
  await writer.write(Buffer.from('abcde'));
  await writer.head({ sopInstanceUid: '2.25.2', isLost: true });
  await writer.end();
  assert.deepEqual(await reader.head(), OBJECT);
  assert.equal(String(await buffer(reader.pieces(5))), 'abcde');
  assert.deepEqual(await reader.head(), { sopInstanceUid: '2.25.2', isLost: true });
  assert.equal(await reader.head(), undefined);
});

test('[GATE-21] a stream that ends between two objects is broken off, and not the end of them', async (t) => {
  const { writer, reader } = await pair(t);
  await writer.head(OBJECT);
  await writer.write(Buffer.from('abcde'));
  await reader.head();
  await buffer(reader.pieces(5));
  writer.destroy();
  await assert.rejects(reader.head(), /broke off/);
});

test('[GATE-21] whoever hands an end over reads nothing of it: all that was sent arrives', async (t) => {
  const path = folder(t);
  const program = join(path, 'taker.mjs');
  writeFileSync(program, "process.on('message', (_, socket) => setTimeout(() => socket.pipe(process.stdout), 50));\n");
  const child = fork(program, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  t.after(() => child.kill());
  assert.ok(child.stdout);
  const arrived = text(child.stdout);
  const { ours, theirs } = await socketPair(path);
  child.send({}, theirs);
  // Already there while both processes have the socket: nothing says which of them would read it.
  for (let i = 0; i < 200; i++) ours.write(`${i},`);
  await ended(ours);
  child.disconnect();
  assert.equal(await arrived, Array.from({ length: 200 }, (_, i) => `${i},`).join(''));
});

async function ended(socket: Socket): Promise<void> {
  socket.end();
  socket.resume();
  await once(socket, 'close');
}
