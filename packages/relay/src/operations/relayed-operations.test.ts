import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ElementToEncode, encodeElements } from '@leadglass/dicom';
import { COMMAND_FIELD, type Command, commandOf, decodeCommand, MessageOutbox, responseTo } from '@leadglass/dimse';
import { systemClock, type Text, text } from '@leadglass/kit';
import { type OperationDecision, type ServiceClass, serviceClassOf } from '@leadglass/policy';
import { UpstreamChannel } from './channel.ts';
import type { AskedOperation, EndedOperation, RefusedOperation, RelayedContext } from './operation-api.ts';
import { RelayedOperations } from './relayed-operations.ts';

const FIND = '1.2.840.10008.5.1.4.1.2.2.1';
const MPPS = '1.2.840.10008.3.1.2.3.3';
const IMPLICIT = '1.2.840.10008.1.2';
const ALLOWED: OperationDecision = { allowed: true, mostResults: Number.MAX_SAFE_INTEGER };
const WHY = text('pourquoi', 'why');
const EMPTY = new Uint8Array(0);

/** A wire that keeps commands and counts the bytes of data sets. */
class Wire {
  isFull = false;
  readonly commands: Command[] = [];
  bytes = 0;
  data(_contextId: number, isCommand: boolean, _isLast: boolean, bytes: Uint8Array): void {
    const decoded = isCommand ? decodeCommand(bytes) : undefined;
    if (decoded?.ok === true) this.commands.push(decoded.command);
    else this.bytes += bytes.byteLength;
  }
  cork(): void {}
  uncork(): void {}
  /** Field and status of what was said. */
  get said(): readonly (readonly [number, number])[] {
    return this.commands.map(({ commandField, status }) => [commandField, status] as const);
  }
}

function relayed(takeOver?: RelayedContext['takeOver']) {
  const [device, upstream] = [new Wire(), new Wire()];
  const asked: AskedOperation[] = [];
  const ended: (EndedOperation & { readonly seq: number })[] = [];
  const refused: RefusedOperation[] = [];
  const aborts: Text[] = [];
  const outbox = new MessageOutbox(upstream);
  const channel: UpstreamChannel = new UpstreamChannel(
    { outbox, await: () => {}, garbled: (why) => channel.ended(why) },
    { request: () => {}, dataSet: () => {} },
  );
  const context = (uid: string) => ({
    ...{ serviceClass: serviceClassOf(uid) as ServiceClass, transferSyntax: IMPLICIT, upstream: 'ris', channel },
    isReporter: false,
    ...(takeOver === undefined ? {} : { takeOver }),
  });
  let seq = 0;
  const operations = new RelayedOperations({
    contexts: new Map([
      [1, context(FIND)],
      [3, context(MPPS)],
    ]),
    device: { outbox: new MessageOutbox(device), isQuiet: () => true, abort: (why) => aborts.push(why) },
    clerk: {
      ask: (operation) => asked.push(operation),
      ended: (number, how) => ended.push({ seq: number, ...how }),
      refused: (operation) => refused.push(operation),
    },
    clock: systemClock,
    nextSeq: () => seq++,
  });
  return { operations, device, upstream, channel, asked, ended, refused, aborts };
}

const find = (messageId: number): Command =>
  commandOf(COMMAND_FIELD.cFindRq, { messageId, affectedSopClassUid: FIND, hasDataSet: true });
const create = (messageId: number): Command =>
  commandOf(COMMAND_FIELD.nCreateRq, { messageId, affectedSopClassUid: MPPS, hasDataSet: true });
const pending = (request: Command): Command => ({ ...responseTo(request, 0xff00), hasDataSet: true });

test('[RELAY-79] nothing of an operation goes upstream before it is permitted, then all of it', () => {
  const { operations, upstream, asked } = relayed();
  operations.command(3, create(5));
  operations.dataSet(3, new Uint8Array(10), false);
  operations.dataSet(3, new Uint8Array(10), true);
  assert.equal(asked.length, 1);
  assert.deepEqual(upstream.said, []);
  assert.equal(operations.decided(0, ALLOWED), true);
  assert.deepEqual(upstream.said, [[COMMAND_FIELD.nCreateRq, 0]]);
  assert.equal(upstream.bytes, 20);
  assert.equal(operations.decided(0, ALLOWED), false);
});

test('[RELAY-79] one that is refused reaches nobody and is answered once all of it has come', () => {
  const { operations, upstream, device, ended } = relayed();
  operations.command(3, create(5));
  operations.decided(0, { allowed: false, status: 0x0124, comment: 'No', why: WHY, hint: '' });
  assert.deepEqual(device.said, []);
  operations.dataSet(3, new Uint8Array(10), true);
  assert.deepEqual(device.said, [[COMMAND_FIELD.nCreateRsp, 0x0124]]);
  assert.deepEqual(upstream.commands, []);
  assert.deepEqual(ended, [{ seq: 0, status: 0x0124, results: 0, why: WHY }]);
  assert.equal(operations.isQuiet, true);
});

test('[CONT-219] what an upstream dies over before it said anything is asked of us, whole and once, and the device hears our answer alone', () => {
  const taken: (readonly [contextId: number, field: number, bytes: number])[] = [];
  const { operations, channel, device, ended } = relayed((contextId, { commandField }, dataSet) => {
    taken.push([contextId, commandField, dataSet.length]);
    return true;
  });
  operations.command(3, create(5));
  operations.dataSet(3, new Uint8Array(10), false);
  operations.dataSet(3, new Uint8Array(10), true);
  operations.decided(0, ALLOWED);
  operations.command(1, find(6));
  operations.dataSet(1, EMPTY, true);
  // Nobody has decided on this one yet.
  channel.ended(WHY);
  assert.deepEqual(taken, [[3, COMMAND_FIELD.nCreateRq, 20]]);
  operations.decided(1, ALLOWED);
  assert.deepEqual(taken.slice(1), [[1, COMMAND_FIELD.cFindRq, 0]]);
  assert.deepEqual(device.said, []);
  assert.deepEqual(
    ended.map(({ seq, status, why }) => [seq, status, why]),
    [
      [0, 0x0110, WHY],
      [1, 0xc001, ended[1]?.why],
    ],
  );
  assert.equal(operations.isQuiet, true);
});

test('[CONT-219] of what it has answered in part, what is cancelled, and what is not ours, the device hears that it failed', () => {
  let isOurs = true;
  let asked = 0;
  const { operations, channel, upstream, device } = relayed(() => {
    asked += 1;
    return isOurs;
  });
  for (const [seq, messageId] of [7, 8, 9].entries()) {
    operations.command(1, find(messageId));
    operations.dataSet(1, EMPTY, true);
    operations.decided(seq, ALLOWED);
  }
  channel.command(1, pending(upstream.commands[0] as Command));
  channel.dataSet(1, new Uint8Array(4), true);
  operations.command(1, commandOf(COMMAND_FIELD.cCancelRq, { messageIdBeingRespondedTo: 8 }));
  isOurs = false;
  channel.ended(WHY);
  assert.equal(asked, 1);
  assert.deepEqual(
    device.said.filter(([, status]) => status !== 0xff00).map(([, status]) => status),
    [0xc001, 0xc001, 0xc001],
  );
});

test('[CONT-219] a step too large to be kept is not half told', () => {
  const { operations, channel, device } = relayed(() => true);
  operations.command(3, create(5));
  operations.decided(0, ALLOWED);
  for (let n = 0; n < 5; n += 1) operations.dataSet(3, new Uint8Array(64 * 1024), n === 4);
  channel.ended(WHY);
  assert.deepEqual(device.said, [[COMMAND_FIELD.nCreateRsp, 0x0110]]);
});

test('[RELAY-80] more results than the peer may have: the upstream is told to stop, the device that there are more', () => {
  const { operations, upstream, device, channel, ended } = relayed();
  operations.command(1, find(9));
  operations.dataSet(1, EMPTY, true);
  operations.decided(0, { allowed: true, mostResults: 2 });
  const request = upstream.commands[0] as Command;
  for (let at = 0; at < 4; at += 1) {
    channel.command(1, pending(request));
    channel.dataSet(1, new Uint8Array(4), true);
  }
  channel.command(1, responseTo(request, 0xfe00));
  assert.deepEqual(
    device.said.map(([, status]) => status),
    [0xff00, 0xff00, 0xa700],
  );
  assert.deepEqual(
    upstream.said.map(([field]) => field),
    [COMMAND_FIELD.cFindRq, COMMAND_FIELD.cCancelRq],
  );
  assert.deepEqual([ended[0]?.status, ended[0]?.results], [0xa700, 2]);
});

test('[RELAY-81] a query cancelled before it was permitted is answered as cancelled and never asked', () => {
  const { operations, upstream, device } = relayed();
  operations.command(1, find(9));
  operations.dataSet(1, EMPTY, true);
  operations.command(1, commandOf(COMMAND_FIELD.cCancelRq, { messageIdBeingRespondedTo: 9 }));
  operations.decided(0, ALLOWED);
  assert.deepEqual(device.said, [[COMMAND_FIELD.cFindRsp, 0xfe00]]);
  assert.deepEqual(upstream.commands, []);
});

test('[RELAY-82] a message id in use is refused, and the operation that has it goes on', () => {
  const { operations, upstream, device, channel, refused } = relayed();
  for (let twice = 0; twice < 2; twice += 1) {
    operations.command(1, find(9));
    operations.dataSet(1, EMPTY, true);
  }
  assert.deepEqual(device.said, [[COMMAND_FIELD.cFindRsp, 0x0210]]);
  assert.equal(refused.length, 1);
  operations.decided(0, ALLOWED);
  channel.command(1, responseTo(upstream.commands[0] as Command, 0));
  assert.equal(device.said.at(-1)?.[1], 0);
  assert.equal(operations.isQuiet, true);
});

test('[RELAY-83] a response over 64 KiB that its upstream does not end ends the device’s association; a smaller one is dropped', () => {
  for (const [bytes, aborted] of [
    [100_000, 1],
    [1_000, 0],
  ] as const) {
    const { operations, upstream, device, channel, aborts } = relayed();
    operations.command(1, find(9));
    operations.dataSet(1, EMPTY, true);
    operations.decided(0, ALLOWED);
    channel.command(1, pending(upstream.commands[0] as Command));
    channel.dataSet(1, new Uint8Array(bytes), false);
    channel.ended(WHY);
    assert.equal(aborts.length, aborted);
    const statuses = device.said.map(([, status]) => status);
    assert.deepEqual(statuses, aborted === 1 ? [0xff00] : [0xc001]);
  }
});

test('[RELAY-84] a device that answers what nobody asked, or asks for more than sixteen things at once, is cut off', () => {
  const unasked = relayed();
  unasked.operations.command(1, commandOf(COMMAND_FIELD.nEventReportRsp, { messageIdBeingRespondedTo: 4 }));
  assert.equal(unasked.aborts.length, 1);
  const many = relayed();
  for (let id = 1; id <= 17; id += 1) {
    many.operations.command(1, find(id));
    many.operations.dataSet(1, EMPTY, true);
  }
  assert.equal(many.aborts.length, 1);
  assert.equal(many.asked.length, 16);
});

test('[RELAY-85] when the device leaves, what was under way is told as cancelled', () => {
  const { operations, ended } = relayed();
  operations.command(1, find(9));
  operations.dataSet(1, EMPTY, true);
  operations.ended();
  assert.deepEqual(ended, [{ seq: 0, status: 0xfe00, results: 0 }]);
});

test('[RELAY-153] of answers that a peer may see in part the others go nowhere, count for nothing, and are told of', () => {
  const { operations, upstream, device, channel, ended } = relayed();
  const study = (...modalities: string[]): Uint8Array => {
    const said: ElementToEncode[] = modalities.map((value) => ({ tag: 0x00080061, value }));
    return encodeElements([{ tag: 0x00080052, value: 'STUDY' }, ...said, { tag: 0x00100020, value: 'P1' }], IMPLICIT);
  };
  operations.command(1, find(9));
  operations.dataSet(1, study(), true);
  operations.decided(0, { allowed: true, mostResults: 2, sight: { modalities: ['CT'] } });
  const request = upstream.commands[0] as Command;
  assert.equal(upstream.bytes, study('').byteLength);
  for (const modality of ['MR', 'CT', 'US', '', 'CT', 'MR']) {
    channel.command(1, pending(request));
    const answer = study(modality);
    channel.dataSet(1, answer.subarray(0, 9), false);
    channel.dataSet(1, answer.subarray(9), true);
  }
  channel.command(1, pending(request));
  channel.dataSet(1, new Uint8Array(300_000), true);
  // A last response with an identifier of its own does not slip through.
  channel.command(1, { ...responseTo(request, 0), hasDataSet: true });
  channel.dataSet(1, study('MR'), true);
  assert.deepEqual(
    device.commands.map(({ status, hasDataSet }) => [status, hasDataSet]),
    [
      [0xff00, true],
      [0xff00, true],
      [0x0000, false],
    ],
  );
  assert.equal(device.bytes, 2 * study().byteLength);
  assert.deepEqual(ended, [{ seq: 0, status: 0, results: 2, withheld: 5 }]);
  assert.equal(operations.isQuiet, true);
});

test('[RELAY-153] an identifier that cannot be read again is answered as that, and goes nowhere', () => {
  const { operations, upstream, device, asked, ended } = relayed();
  operations.command(1, find(9));
  // Encapsulated pixels: the keys before it are told, and the whole is no query that could be written again.
  const pixels = Buffer.from('e07f1000ffffffff' + 'feff00e000000000' + 'feffdde000000000', 'hex');
  operations.dataSet(1, pixels, true);
  assert.equal(asked.length, 1);
  operations.decided(0, { allowed: true, mostResults: 2, sight: { modalities: ['CT'] } });
  assert.deepEqual(upstream.commands, []);
  assert.deepEqual(device.said, [[COMMAND_FIELD.cFindRsp, 0xa900]]);
  assert.equal(ended[0]?.why?.en, 'identifier of the query cannot be read');
});
