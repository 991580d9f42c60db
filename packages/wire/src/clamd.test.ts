import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, isFault, ManualClock, systemClock } from '@leadglass/kit';
import { MARKER, MARKER_NAME, startClamd, startFalseClamd } from './clamd.testkit.ts';
import { type ClamdAnswer, ClamdAnswers } from './clamd-answer.ts';
import { connectClamd, parseClamdAddress, probeClamd } from './clamd-connect.ts';
import { type ClamdLimits, ClamdPool, DEFAULT_CLAMD_LIMITS } from './clamd-pool.ts';

const MARKED = Buffer.concat([randomBytes(100_000), Buffer.from(MARKER), randomBytes(100_000)]);

/** A pool that comes by its sessions itself, counted, and ends with the test. */
function poolAt(t: TestContext, path: string, limits: Partial<ClamdLimits> = {}, clock: Clock = systemClock) {
  const told = { wanted: 0, troubles: 0 };
  const pool = new ClamdPool(
    { ...DEFAULT_CLAMD_LIMITS, ...limits },
    {
      want: () => {
        told.wanted += 1;
        connectClamd({ path }, 1000, systemClock).then(
          (socket) => pool.add(socket),
          () => pool.refuse(),
        );
      },
      trouble: () => {
        told.troubles += 1;
      },
    },
    clock,
  );
  t.after(() => pool.end());
  return { pool, told };
}

function scan(pool: ClamdPool, bytes: Uint8Array, pieceBytes = bytes.length || 1) {
  const stream = pool.open();
  for (let at = 0; at < bytes.length; at += pieceBytes) stream.write(bytes.subarray(at, at + pieceBytes));
  return stream.finish();
}

function answersIn(text: string, pieceBytes: number): { readonly told: ClamdAnswer[]; readonly isNonsense: boolean } {
  const told: ClamdAnswer[] = [];
  const answers = new ClamdAnswers((answer) => told.push(answer));
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += pieceBytes) answers.push(bytes.subarray(at, at + pieceBytes));
  return { told, isNonsense: answers.isNonsense };
}

test('[WIRE-60] clamd’s answers are read strictly, the same in any pieces, in bounded memory', () => {
  const all =
    '1: ClamAV 1.4.6\x002: stream: OK\x0012: stream: A B FOUND\x003: INSTREAM size limit exceeded. ERROR\x004: Unknown command. ERROR\x00';
  const expected: ClamdAnswer[] = [
    { command: 1, said: { kind: 'text', text: 'ClamAV 1.4.6' } },
    { command: 2, said: { kind: 'ok' } },
    { command: 12, said: { kind: 'found', name: 'A B' } },
    { command: 3, said: { kind: 'limit' } },
    { command: 4, said: { kind: 'error' } },
  ];
  for (const pieceBytes of [1, 3, 7, all.length])
    assert.deepEqual(answersIn(all, pieceBytes), { told: expected, isNonsense: false });
  for (const nonsense of ['OK\0', '0: stream: OK\0', 'x: stream: OK\0', '\0', `1: ${'x'.repeat(2000)}`])
    assert.deepEqual(answersIn(nonsense, 5), { told: [], isNonsense: true }, JSON.stringify(nonsense.slice(0, 40)));
  const near = ['stream: OK ', 'stream: OK\nstream: X FOUND\n', 'stream: FOUND', 'other: X FOUND'];
  for (const words of near) assert.notEqual(answersIn(`1: ${words}\0`, 99).told[0]?.said.kind, 'ok');
  for (const words of near) assert.notEqual(answersIn(`1: ${words}\0`, 99).told[0]?.said.kind, 'found');
});

test('[WIRE-61] an address of clamd is a path, or a host and a port; nothing else', () => {
  assert.deepEqual(parseClamdAddress('/run/clamav/clamd.ctl'), { path: '/run/clamav/clamd.ctl' });
  assert.deepEqual(parseClamdAddress('127.0.0.1:3310'), { host: '127.0.0.1', port: 3310 });
  assert.deepEqual(parseClamdAddress('[::1]:3310'), { host: '::1', port: 3310 });
  assert.deepEqual(parseClamdAddress('av.example.org:3310'), { host: 'av.example.org', port: 3310 });
  const wrong = ['', 'clamd', 'host:0', 'host:65536', ':3310', '[::1', '[x]:1', `/${'x'.repeat(107)}`, '/a\0b', '-a:1'];
  for (const words of [...wrong, `${'a'.repeat(100_000)}:1`]) assert.equal(parseClamdAddress(words), undefined, words);
});

test('[WIRE-62] a real clamd finds what its signatures name, whatever the pieces, and passes the rest, over a session kept', async (t) => {
  const clamd = await startClamd(t);
  if (clamd === undefined) return;
  const { pool, told } = poolAt(t, clamd.path);
  assert.deepEqual(await scan(pool, MARKED), { kind: 'found', name: MARKER_NAME });
  assert.deepEqual(await scan(pool, MARKED, 777), { kind: 'found', name: MARKER_NAME });
  assert.deepEqual(await scan(pool, Buffer.from(MARKER), 1), { kind: 'found', name: MARKER_NAME });
  for (const bytes of [0, 1, 4091, 4092, 4093, 65_532, 300_000])
    assert.deepEqual(await scan(pool, randomBytes(bytes)), { kind: 'clean' }, `${bytes} bytes`);
  assert.deepEqual(told, { wanted: 1, troubles: 0 });
});

test('[WIRE-63] streams at once each get their own answer, over a bounded number of sessions', async (t) => {
  const clamd = await startClamd(t);
  if (clamd === undefined) return;
  const { pool, told } = poolAt(t, clamd.path, { mostSessions: 3, sessionMs: 20_000 });
  const streams = Array.from({ length: 24 }, () => pool.open());
  for (const [at, stream] of streams.entries()) stream.write(at % 3 === 0 ? MARKED : randomBytes(70_000));
  const outcomes = await Promise.all(streams.map((stream) => stream.finish()));
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    streams.map((_, at) => (at % 3 === 0 ? 'found' : 'clean')),
  );
  assert.equal(pool.sessions, 3);
  assert.deepEqual(told, { wanted: 3, troubles: 0 });
});

test('[WIRE-64] past our own limit a stream is unfinished, what is found before it stands; past clamd’s own too, at the cost of that session alone', async (t) => {
  const clamd = await startClamd(t, ['StreamMaxLength 1M']);
  if (clamd === undefined) return;
  const ours = poolAt(t, clamd.path, { maxStreamBytes: 250_000 });
  assert.deepEqual(await scan(ours.pool, randomBytes(250_000)), { kind: 'clean' });
  assert.deepEqual(await scan(ours.pool, randomBytes(250_001)), { kind: 'unfinished', why: 'too-large' });
  assert.deepEqual(await scan(ours.pool, Buffer.concat([MARKED, randomBytes(400_000)])), {
    kind: 'found',
    name: MARKER_NAME,
  });
  assert.equal(ours.told.troubles, 0);
  const theirs = poolAt(t, clamd.path);
  const other = theirs.pool.open();
  other.write(MARKED);
  const large = theirs.pool.open();
  for (let i = 0; i < 24; i += 1) {
    large.write(randomBytes(100_000));
    await delay(10);
  }
  // clamd says why and hangs up at once: whoever is still writing may lose its last words with the connection, and then knows the end alone.
  const cut = await large.finish();
  assert.ok(cut.kind === 'unfinished' && ['too-large', 'unavailable'].includes(cut.why), JSON.stringify(cut));
  assert.deepEqual(await other.finish(), { kind: 'found', name: MARKER_NAME });
  assert.deepEqual(await scan(theirs.pool, randomBytes(1000)), { kind: 'clean' });
});

test('[WIRE-65] clamd killed: streams under way are unfinished and that is told; a new session is had once it is back', async (t) => {
  const clamd = await startClamd(t);
  if (clamd === undefined) return;
  const { pool, told } = poolAt(t, clamd.path);
  assert.deepEqual(await scan(pool, MARKED), { kind: 'found', name: MARKER_NAME });
  const underway = pool.open();
  underway.write(randomBytes(100_000));
  await clamd.kill();
  assert.deepEqual(await underway.finish(), { kind: 'unfinished', why: 'unavailable' });
  assert.deepEqual(await scan(pool, MARKED), { kind: 'unfinished', why: 'unavailable' });
  assert.equal(told.troubles, 1);
  await clamd.restart();
  assert.deepEqual(await scan(pool, MARKED), { kind: 'found', name: MARKER_NAME });
});

test('[WIRE-66] a session that clamd ends because nobody asks anything is no trouble', async (t) => {
  const clamd = await startClamd(t, ['ReadTimeout 1', 'CommandReadTimeout 1', 'IdleTimeout 1']);
  if (clamd === undefined) return;
  const { pool, told } = poolAt(t, clamd.path);
  assert.deepEqual(await scan(pool, randomBytes(1000)), { kind: 'clean' });
  for (const endMs = performance.now() + 10_000; pool.sessions > 0 && performance.now() < endMs; ) await delay(20);
  assert.equal(pool.sessions, 0);
  assert.deepEqual(await scan(pool, MARKED), { kind: 'found', name: MARKER_NAME });
  assert.deepEqual(told, { wanted: 2, troubles: 0 });
});

test('[WIRE-67] an answer that does not come is waited for within its bound, and no longer', async (t) => {
  const path = await startFalseClamd(t, (socket) => socket.resume());
  const clock = new ManualClock();
  const { pool, told } = poolAt(t, path, {}, clock);
  let outcome: unknown;
  const waited = scan(pool, MARKED).then((said) => {
    outcome = said;
  });
  for (const endMs = performance.now() + 10_000; pool.sessions === 0 && performance.now() < endMs; ) await delay(5);
  clock.advance(DEFAULT_CLAMD_LIMITS.answerMs - 1);
  await delay(5);
  assert.equal(outcome, undefined);
  clock.advance(1);
  await waited;
  assert.deepEqual(outcome, { kind: 'unfinished', why: 'slow' });
  assert.equal(told.troubles, 1);
});

test('[WIRE-67] a session that does not come is waited for within its bound, and no longer', async (t) => {
  const clock = new ManualClock();
  const pool = new ClamdPool(DEFAULT_CLAMD_LIMITS, { want: () => {}, trouble: () => {} }, clock);
  t.after(() => pool.end());
  const waited = scan(pool, MARKED);
  clock.advance(DEFAULT_CLAMD_LIMITS.sessionMs);
  assert.deepEqual(await waited, { kind: 'unfinished', why: 'unavailable' });
});

test('[WIRE-68] who talks nonsense in clamd’s place is believed nothing, and cut', async (t) => {
  const said = [
    'stream: OK\0',
    '7: stream: OK\0',
    '1: stream: OK\x001: stream: OK\0',
    'x'.repeat(5000),
    '1: stream: OK',
    '\0\0\0',
  ];
  for (const words of said) {
    const path = await startFalseClamd(t, (socket) => {
      socket.on('data', (bytes: Buffer) => {
        if (bytes.includes('zINSTREAM')) socket.end(words, 'latin1');
      });
    });
    const { pool } = poolAt(t, path, { answerMs: 5000 });
    const stream = pool.open();
    stream.write(randomBytes(200_000));
    await delay(30);
    stream.write(randomBytes(200_000));
    assert.deepEqual(await stream.finish(), { kind: 'unfinished', why: 'unavailable' }, JSON.stringify(words));
  }
});

test('[WIRE-68] a signature’s name is told in plain characters, and at no great length', async (t) => {
  const names = ['Win.Trojan-1(a:b):2/x', `\x1b[2J${'x'.repeat(300)}`, 'é\r\nFOUND <b>'];
  const told: unknown[] = [];
  for (const name of names) {
    const path = await startFalseClamd(t, (socket) => {
      socket.on('data', (bytes: Buffer) => {
        if (bytes.subarray(-4).equals(Buffer.alloc(4))) socket.write(`1: stream: ${name} FOUND\0`, 'latin1');
      });
    });
    const outcome = await scan(poolAt(t, path).pool, Buffer.from('abc'));
    told.push(outcome.kind === 'found' ? outcome.name : outcome);
  }
  assert.deepEqual(told, ['Win.Trojan-1(a:b):2/x', `_${'_2J'}${'x'.repeat(76)}`, '___FOUND__b_']);
});

test('[WIRE-69] what waits for a clamd that does not read is bounded: the stream is given up, and who writes is never slowed', async (t) => {
  const sockets: Socket[] = [];
  const path = await startFalseClamd(t, (socket) => sockets.push(socket.pause()));
  const limits = { mostWaitingBytes: 1_000_000, mostWaitingBytesInAll: 3_000_000, sessionMs: 20_000 };
  const { pool } = poolAt(t, path, limits);
  const streams = Array.from({ length: 8 }, () => pool.open());
  let most = 0;
  for (let round = 0; round < 100; round += 1) {
    for (const stream of streams) stream.write(randomBytes(65_536));
    most = Math.max(most, pool.waitingBytes);
    await delay(1);
  }
  assert.ok(most <= 3_000_000 + 8 * 2 * 65_536, `${most} bytes waited`);
  const outcomes = await Promise.all(streams.map((stream) => stream.finish()));
  assert.deepEqual(outcomes, Array(8).fill({ kind: 'unfinished', why: 'behind' }));
  assert.equal(pool.waitingBytes, 0);
});

test('[WIRE-70] a stream taken back costs no other stream its answer', async (t) => {
  const clamd = await startClamd(t);
  if (clamd === undefined) return;
  const { pool, told } = poolAt(t, clamd.path);
  const [kept, dropped] = [pool.open(), pool.open()];
  for (const stream of [kept, dropped]) stream.write(MARKED);
  await delay(20);
  dropped.discard();
  assert.deepEqual(await kept.finish(), { kind: 'found', name: MARKER_NAME });
  assert.equal(told.troubles, 0);
  assert.deepEqual(await scan(pool, MARKED), { kind: 'found', name: MARKER_NAME });
});

test('[WIRE-71] while clamd is known to be down nothing is asked of it, and what was under way is unfinished at once', async (t) => {
  const path = await startFalseClamd(t, (socket) => socket.resume());
  const { pool, told } = poolAt(t, path);
  const underway = scan(pool, MARKED);
  await delay(20);
  pool.setUp(false);
  assert.deepEqual(await underway, { kind: 'unfinished', why: 'unavailable' });
  assert.deepEqual(await scan(pool, MARKED), { kind: 'unfinished', why: 'unavailable' });
  assert.deepEqual(told, { wanted: 1, troubles: 0 });
  assert.equal(pool.sessions, 0);
});

test('[WIRE-72] health is a version and a stream that was looked at: clamd tells it, and whoever else listens there does not', async (t) => {
  const clamd = await startClamd(t);
  if (clamd === undefined) return;
  const health = await probeClamd({ path: clamd.path }, 5000, systemClock);
  assert.match(health.version, /^ClamAV [0-9.]+/);
  const faults: string[] = [];
  const mute = await startFalseClamd(t, (socket) => socket.resume());
  const half = await startFalseClamd(
    t,
    (socket) => void socket.write('1: ClamAV 1.4.6/27000/Mon Jan  5 09:00:00 2026\0'),
  );
  const other = await startFalseClamd(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  for (const path of [mute, half, other, '/nowhere/clamd.ctl'])
    await probeClamd({ path }, 300, systemClock).catch((thrown) => faults.push(isFault(thrown) ? thrown.code : ''));
  assert.deepEqual(faults, [...Array(3).fill('wire.clamd-unwell'), 'wire.clamd-unreachable']);
});

test('[WIRE-72] the database’s number and day are read from what clamd says', async (t) => {
  const path = await startFalseClamd(t, (socket) => {
    socket.write('1: ClamAV 1.4.6/27000/Mon Jan  5 09:00:00 2026\0');
    socket.on('data', (bytes: Buffer) => {
      if (bytes.subarray(-4).equals(Buffer.alloc(4))) socket.write('2: stream: OK\0');
    });
  });
  const { version, database } = await probeClamd({ path }, 2000, systemClock);
  assert.deepEqual([version, database?.number], ['ClamAV 1.4.6', 27_000]);
  assert.equal(new Date(database?.madeAtMs ?? 0).toDateString(), 'Mon Jan 05 2026');
});

test('[WIRE-73] inside a session whoever holds its socket can neither stop clamd nor make it read its database again', async (t) => {
  const clamd = await startClamd(t);
  if (clamd === undefined) return;
  for (const word of ['SHUTDOWN', 'RELOAD']) {
    const socket = await connectClamd({ path: clamd.path }, 2000, systemClock);
    socket.write(`z${word}\0`);
    const said = await new Promise<string>((resolve) =>
      socket.resume().once('data', (bytes) => resolve(String(bytes))),
    );
    assert.match(said, /invalid inside IDSESSION/);
    socket.destroy();
  }
  assert.equal(clamd.process.exitCode, null);
  const { pool } = poolAt(t, clamd.path);
  assert.deepEqual(await scan(pool, MARKED), { kind: 'found', name: MARKER_NAME });
});
