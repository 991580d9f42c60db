import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { acknowledge, frame, MllpFramer, readV2 } from '@leadglass/hl7';
import { ManualClock } from '@leadglass/kit';
import type { ErrandEndedMessage } from '../schedule/schedule-messages.ts';
import { receiver } from './hl7.testkit.ts';
import { letterBytes } from './letter.ts';
import { HL7_TIMES, MllpCall } from './mllp-call.ts';

const ID = 'LG000000000ABCDEFGHI';
const MESSAGE = letterBytes(
  {
    event: 'A04',
    patient: {
      identifiers: [{ value: 'TQ7K263310001C', authority: 'LEADGLASS-Q7K', oid: '', type: 'PI' }],
      ...{ family: 'LEFÈVRE', given: 'Zoé', birthDate: '', sex: '', reliability: 'PROV', isQualified: false },
    },
  },
  receiver(),
  { controlId: ID, atMs: Date.UTC(2026, 0, 5) },
);
const OWN = { application: 'RIS', facility: 'CHU', sentAt: '20260105080000', controlId: 'R1' };

function ack(code: string, controlId = ID, text = ''): Buffer {
  const lines = [`MSH|^~\\&|RIS|CHU|LEADGLASS||20260105||ACK^A04|R1|P|2.5`, `MSA|${code}|${controlId}|${text}`];
  return Buffer.from(frame(Buffer.from(lines.map((line) => `${line}\r`).join(''), 'latin1')));
}

async function serve(t: TestContext, heard: (socket: Socket, message: Uint8Array) => void): Promise<Server> {
  const server = createServer((socket) => {
    const framer = new MllpFramer();
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      for (const event of framer.push(bytes)) if (event.kind === 'message') heard(socket, event.bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return server;
}

interface Run {
  readonly ended: Promise<ErrandEndedMessage>;
  readonly clock: ManualClock;
  readonly call: MllpCall;
}

async function send(server: Server, isEnhanced = false, message = MESSAGE): Promise<Run> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1').pause();
  await once(socket, 'connect');
  const clock = new ManualClock();
  const { promise: ended, resolve } = Promise.withResolvers<ErrandEndedMessage>();
  const work = { kind: 'hl7', message: Buffer.from(message).toString('base64'), controlId: ID, isEnhanced } as const;
  const target = { host: '127.0.0.1', port, called: '127.0.0.1', calling: '' };
  const call = new MllpCall({ t: 'errand', connection: 1, target, work }, socket, resolve, clock);
  await call.run();
  return { ended, clock, call };
}

test('[CONT-187] a message arrives as it was written, and its answer is read in any pieces', async (t) => {
  const server = await serve(t, (socket, bytes) => {
    assert.deepEqual(Buffer.from(bytes), Buffer.from(MESSAGE));
    const read = readV2(bytes, { fallbackCharset: '8859/1' });
    assert('patients' in read);
    for (const byte of frame(acknowledge(read.header, { code: 'AA', problems: [] }, OWN)))
      socket.write(Buffer.of(byte));
  });
  const { ended } = await send(server);
  const { isSent, answer, why } = await ended;
  assert.deepEqual([isSent, answer, why], [true, { code: 'AA', text: '' }, undefined]);
});

test('[CONT-187] what is answered to another message is no answer to ours', async (t) => {
  const one = await serve(t, (socket) => void socket.write(Buffer.concat([ack('AA', 'OTHER'), ack('AE', ID, 'non')])));
  assert.deepEqual((await (await send(one)).ended).answer, { code: 'AE', text: 'non' });
  const many = await serve(
    t,
    (socket) => void socket.write(Buffer.concat(Array.from({ length: 20 }, () => ack('AA', 'OTHER')))),
  );
  const end = await (await send(many)).ended;
  assert.deepEqual([end.isSent, end.answer, end.why?.en], [true, undefined, 'it answers another message than ours']);
});

test('[CONT-187] silence, garbage, an answer without end and a cut end it, within bounds', async (t) => {
  const silent = await serve(t, () => {});
  const waiting = await send(silent);
  waiting.clock.advance(HL7_TIMES.answerMs);
  assert.equal((await waiting.ended).why?.en, 'it did not answer the message in time');
  // Bytes that trickle buy nothing.
  const garbage = await serve(t, (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const end = await (await send(garbage)).ended;
  assert.deepEqual([end.isSent, end.answer], [true, undefined]);
  const endless = await serve(t, (socket) => {
    socket.write(Buffer.of(0x0b));
    const piece = Buffer.alloc(64 * 1024, 'A\r');
    const more = (): void => {
      if (!socket.destroyed) socket.write(piece, () => setImmediate(more));
    };
    more();
  });
  const long = await (await send(endless)).ended;
  assert.deepEqual([long.isSent, long.answer], [true, undefined]);
  assert(long.why !== undefined);
  const cut = await serve(t, (socket) => void socket.destroy());
  assert.equal((await (await send(cut)).ended).why?.en, 'it cut the connection without answering');
});

test('[CONT-187] in original mode one that keeps the message may still say what became of it; in enhanced mode that is enough', async (t) => {
  const both = await serve(t, (socket) => void socket.write(Buffer.concat([ack('CA'), ack('AE', ID, 'non')])));
  assert.equal((await (await send(both)).ended).answer?.code, 'AE');
  assert.equal((await (await send(both, true)).ended).answer?.code, 'CA');
  const kept = await serve(t, (socket) => void socket.end(ack('CA')));
  assert.equal((await (await send(kept)).ended).answer?.code, 'CA');
});

test('[CONT-187] what is said in words is one line, and bounded', async (t) => {
  const server = await serve(
    t,
    (socket) => void socket.write(ack('AE', ID, `a\tb\\X0B\\\\.br\\c${'x'.repeat(2_000)}`)),
  );
  const { answer } = await (await send(server)).ended;
  assert.equal(answer?.text.length, 400);
  assert.match(answer?.text ?? '', /^a b[^\p{Cc}]+$/u);
});

test('[CONT-187] a connection alone is tried without a byte being sent; what is dropped tells nothing more', async (t) => {
  let heard = 0;
  const server = await serve(t, () => {
    heard += 1;
  });
  const tried = await (await send(server, false, new Uint8Array(0))).ended;
  assert.deepEqual([tried.isSent, tried.why, heard], [false, undefined, 0]);
  const dropped = await send(server);
  dropped.call.drop();
  dropped.clock.advance(HL7_TIMES.answerMs * 2);
  const late = await Promise.race([dropped.ended, Promise.resolve('nothing')]);
  assert.equal(late, 'nothing');
});
