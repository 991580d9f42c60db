import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { COMMAND_FIELD, type Command, cCancelRq, commandOf, responseTo } from '@leadglass/dimse';
import { callPeer, contextOf, type DimsePeer, type Message, ScriptedUpstream } from './dimse-peer.ts';
import type { Gateway } from './gateway.ts';
import { relayingGateway } from './relaying.ts';

const R = '1.2.840.10008.';
const CLASSES = {
  mpps: `${R}3.1.2.3.3`,
  mppsNotification: `${R}3.1.2.3.5`,
  availability: `${R}5.1.4.33`,
  upsPush: `${R}5.1.4.34.6.1`,
  upsWatch: `${R}5.1.4.34.6.2`,
  upsPull: `${R}5.1.4.34.6.3`,
  print: `${R}5.1.1.9`,
  find: `${R}5.1.4.1.2.2.1`,
} as const;
const FIELD = COMMAND_FIELD;

/** Any bytes that are a data set in implicit VR: one private element of that many bytes. */
function dataSet(bytes = 40): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(0x0009, 0);
  head.writeUInt16LE(0x1001, 2);
  head.writeUInt32LE(bytes, 4);
  return Buffer.concat([head, randomBytes(bytes)]);
}

/** Query/Retrieve Level STUDY, Patient ID. */
const IDENTIFIER = Buffer.concat([
  Buffer.from([0x08, 0, 0x52, 0, 6, 0, 0, 0]),
  Buffer.from('STUDY '),
  Buffer.from([0x10, 0, 0x20, 0, 2, 0, 0, 0]),
  Buffer.from('P1'),
]);

const created = (sop: string, messageId: number): Command =>
  commandOf(FIELD.nCreateRq, { messageId, affectedSopClassUid: sop, affectedSopInstanceUid: '1.2.3.9' });
const requested = (field: number, sop: string, messageId: number, more: Partial<Command> = {}): Command =>
  commandOf(field, { messageId, requestedSopClassUid: sop, requestedSopInstanceUid: '1.2.3.9', ...more });
const finding = (messageId: number): Command =>
  commandOf(FIELD.cFindRq, { messageId, affectedSopClassUid: CLASSES.find });

/** What the upstream was asked last, and what it answers. */
let heard: Message[] = [];
let script: (message: Message, peer: DimsePeer) => void = () => {};
let upstream: ScriptedUpstream;
let gateway: Gateway;
let asynchronous: { invoked: number; performed: number } | undefined;

before(async () => {
  upstream = await ScriptedUpstream.start(
    (message, peer) => {
      // One that was in doubt is asked whether it is there.
      if (message.command.commandField === FIELD.cEchoRq)
        return peer.send(message.contextId, responseTo(message.command, 0));
      heard.push(message);
      script(message, peer);
    },
    (request, peer) =>
      peer.accept(request, {
        extendedNegotiations: request.user.extendedNegotiations,
        ...(asynchronous === undefined ? {} : { asynchronousOperations: asynchronous }),
      }),
  );
  const services = 'find,worklist,mpps,commit,print,ups,availability';
  gateway = await relayingGateway([{ name: 'ris', port: upstream.port, aet: 'RIS', services }]);
});

after(async () => {
  await gateway.dispose();
  await upstream.stop();
});

const direct = () => ({ port: upstream.port, called: 'RIS' });
const through = () => ({ port: gateway.dimse, called: 'LEADGLASS' });
const comparable = ({ command, dataSet: bytes }: Message) => ({
  command: { ...command, messageId: 0, messageIdBeingRespondedTo: 0 },
  bytes: bytes?.toString('hex'),
});

/** Asks the same directly and through the gateway: the upstream hears the same, the device hears the same, byte for byte. */
async function sameBothWays(abstractSyntax: string, command: Command, body: Buffer | undefined): Promise<Message> {
  const answers: Message[] = [];
  const asked: Message[] = [];
  for (const place of [direct(), through()]) {
    heard = [];
    const peer = await callPeer(place, [contextOf(abstractSyntax)]);
    const answer = await peer.ask(1, command, body);
    assert.equal(answer.command.messageIdBeingRespondedTo, command.messageId);
    answers.push(answer);
    asked.push(heard[0] as Message);
    await peer.release();
  }
  assert.deepEqual(comparable(asked[1] as Message), comparable(asked[0] as Message));
  assert.deepEqual(comparable(answers[1] as Message), comparable(answers[0] as Message));
  return answers[1] as Message;
}

const CASES: readonly (readonly [string, string, Command, boolean])[] = [
  ['MPPS N-CREATE', CLASSES.mpps, created(CLASSES.mpps, 7), true],
  ['MPPS N-SET', CLASSES.mpps, requested(FIELD.nSetRq, CLASSES.mpps, 8), true],
  ['instance availability N-CREATE', CLASSES.availability, created(CLASSES.availability, 9), true],
  ['UPS push N-CREATE', CLASSES.upsPush, created(CLASSES.upsPush, 1), true],
  ['UPS watch N-ACTION', CLASSES.upsWatch, requested(FIELD.nActionRq, CLASSES.upsPush, 2, { actionTypeId: 3 }), true],
  [
    'UPS pull N-GET',
    CLASSES.upsPull,
    requested(FIELD.nGetRq, CLASSES.upsPush, 3, { attributeIdentifiers: [0x00741000] }),
    false,
  ],
  ['UPS pull N-SET', CLASSES.upsPull, requested(FIELD.nSetRq, CLASSES.upsPush, 4), true],
  ['print N-CREATE of a film session', CLASSES.print, created(`${R}5.1.1.1`, 6), true],
  ['print N-DELETE', CLASSES.print, requested(FIELD.nDeleteRq, `${R}5.1.1.2`, 10), false],
];

for (const [name, abstractSyntax, command, hasBody] of CASES) {
  test(`[PROVE-103] ${name}: the same request upstream and the same answer back, byte for byte`, async () => {
    const body = hasBody ? dataSet() : undefined;
    const answered = dataSet(100);
    const bears = command.commandField !== FIELD.nDeleteRq;
    script = ({ contextId, command: asked }, peer) =>
      peer.send(contextId, responseTo(asked, 0), bears ? answered : undefined);
    const answer = await sameBothWays(abstractSyntax, command, body);
    assert.equal(answer.command.status, 0);
    assert.deepEqual(answer.dataSet, bears ? answered : undefined);
  });
}

test('[PROVE-97] a failure of the upstream reaches the device with its status and comment', async () => {
  script = ({ contextId, command }, peer) =>
    peer.send(contextId, responseTo(command, 0x0106, { errorComment: 'wrong value', errorId: 5 }));
  const answer = await sameBothWays(CLASSES.mpps, created(CLASSES.mpps, 7), dataSet());
  assert.equal(answer.command.status, 0x0106);
  assert.equal(answer.command.errorComment, 'wrong value');
});

test('[PROVE-105] a data set of 20 MB passes both ways byte for byte, while the device reads slowly', async () => {
  const [sent, back] = [dataSet(20_000_000), dataSet(20_000_000)];
  script = ({ contextId, command }, peer) => peer.send(contextId, responseTo(command, 0), back);
  heard = [];
  const peer = await callPeer(through(), [contextOf(CLASSES.print)]);
  peer.send(1, requested(FIELD.nSetRq, `${R}5.1.1.4`, 11), sent);
  await upstream.peers.at(-1)?.until(() => heard.length > 0);
  peer.pause();
  setTimeout(() => peer.resume(), 500);
  const answer = await peer.message();
  assert.ok(answer.dataSet?.equals(back));
  assert.ok(heard[0]?.dataSet?.equals(sent));
  await peer.release();
});

test('[PROVE-106] an operation of another class, and one the class does not have, are refused here and reach nobody', async () => {
  heard = [];
  const peer = await callPeer(through(), [contextOf(CLASSES.mpps)]);
  assert.equal((await peer.ask(1, created(CLASSES.find, 1), dataSet())).command.status, 0x0118);
  assert.equal((await peer.ask(1, requested(FIELD.nDeleteRq, CLASSES.mpps, 2))).command.status, 0x0211);
  assert.equal(heard.length, 0);
  await peer.release();
});

test('[PROVE-107] what an upstream reports reaches the device on the same association, and the answer goes back', async () => {
  const [report, reply] = [dataSet(), dataSet()];
  let answered: Message | undefined;
  script = (message, peer) => {
    if (message.command.commandField === FIELD.nEventReportRsp) {
      answered = message;
      peer.send(1, responseTo(requested(FIELD.nGetRq, `${R}5.1.1.16`, 77), 0));
      return;
    }
    const asks = { messageId: 500, affectedSopClassUid: `${R}5.1.1.16`, affectedSopInstanceUid: `${R}5.1.1.17` };
    peer.send(1, commandOf(FIELD.nEventReportRq, { ...asks, eventTypeId: 2 }), report);
    peer.send(1, responseTo(message.command, 0));
  };
  const peer = await callPeer(through(), [contextOf(CLASSES.print)]);
  peer.send(1, requested(FIELD.nGetRq, `${R}5.1.1.16`, 3));
  const first = await peer.message();
  assert.equal(first.command.commandField, FIELD.nEventReportRq);
  assert.equal(first.command.eventTypeId, 2);
  assert.deepEqual(first.dataSet, report);
  assert.equal((await peer.message()).command.commandField, FIELD.nGetRsp);
  peer.send(1, responseTo(first.command, 0), reply);
  await upstream.peers.at(-1)?.until(() => answered !== undefined);
  assert.equal(answered?.command.messageIdBeingRespondedTo, 500);
  assert.deepEqual(answered?.dataSet, reply);
  peer.cut();
});

test('[PROVE-108] an upstream that answers what nobody asked, or a report of a class that has none, is not passed on', async () => {
  script = ({ contextId, command }, peer) =>
    peer.send(contextId, responseTo({ ...command, messageId: 4242 }, 0), dataSet());
  const peer = await callPeer(through(), [contextOf(CLASSES.mpps)]);
  const answer = await peer.ask(1, created(CLASSES.mpps, 7), dataSet());
  assert.equal(answer.command.status, 0x0110);
  assert.equal(answer.command.errorComment, 'Upstream lost');
  await peer.release();
  const asks = { messageId: 9, affectedSopClassUid: CLASSES.mpps, affectedSopInstanceUid: '1.2', eventTypeId: 1 };
  let refused: Message | undefined;
  script = (message, from) => {
    if (message.command.commandField === FIELD.nEventReportRsp) refused = message;
    else {
      from.send(1, commandOf(FIELD.nEventReportRq, asks), dataSet());
      from.send(1, responseTo(message.command, 0));
    }
  };
  const again = await callPeer(through(), [contextOf(CLASSES.mpps)]);
  assert.equal((await again.ask(1, created(CLASSES.mpps, 8), dataSet())).command.status, 0);
  await upstream.peers.at(-1)?.until(() => refused !== undefined);
  assert.equal(refused?.command.status, 0x0211);
  await again.release();
});

test('[PROVE-109] an upstream that dies in the middle leaves the device a failure and an association, on which we answer what we can', async () => {
  script = ({ contextId, command }, peer) => {
    peer.send(contextId, { ...responseTo(command, 0xff00), hasDataSet: true }, dataSet());
    setTimeout(() => peer.cut(), 100);
  };
  const peer = await callPeer(through(), [contextOf(CLASSES.find), contextOf(`${R}1.1`)]);
  peer.send(1, finding(1), IDENTIFIER);
  assert.equal((await peer.message()).command.status, 0xff00);
  const last = await peer.message();
  assert.equal(last.command.status, 0xc001);
  const echo = commandOf(FIELD.cEchoRq, { messageId: 2, affectedSopClassUid: `${R}1.1` });
  assert.equal((await peer.ask(3, echo)).command.status, 0);
  assert.equal((await peer.ask(1, finding(3), IDENTIFIER)).command.status, 0);
  await peer.release();
  const log = await gateway.cli('log');
  assert.match(log, /asked for an image query.*refused \(status 0xC001\)/);
  assert.match(log, /asked for an image query.*Leadglass, in place of .* that is down, answered 0x0000/);
});

test('[PROVE-110] C-CANCEL reaches the upstream by its own message id, and its last response the device', async () => {
  const cancels: number[] = [];
  let asked: Message | undefined;
  script = (message, peer) => {
    if (message.command.commandField === FIELD.cCancelRq) {
      cancels.push(message.command.messageIdBeingRespondedTo);
      peer.send(1, responseTo((asked as Message).command, 0xfe00));
    } else {
      asked = message;
      peer.send(1, { ...responseTo(message.command, 0xff00), hasDataSet: true }, dataSet());
    }
  };
  const peer = await callPeer(through(), [contextOf(CLASSES.find)]);
  peer.send(1, finding(4321), IDENTIFIER);
  assert.equal((await peer.message()).command.status, 0xff00);
  peer.send(1, cCancelRq(4321));
  const last = await peer.message();
  assert.deepEqual([last.command.status, last.command.messageIdBeingRespondedTo], [0xfe00, 4321]);
  assert.deepEqual(cancels, [asked?.command.messageId]);
  await peer.release();
});

test('[PROVE-111] asynchronous operations: the window is the upstream’s within ours, and answers come in its order', async () => {
  asynchronous = { invoked: 4, performed: 1 };
  const waiting: Message[] = [];
  script = (message, peer) => {
    waiting.push(message);
    if (waiting.length < 3) return;
    for (const { contextId, command } of waiting.toReversed()) peer.send(contextId, responseTo(command, 0));
  };
  const window = { asynchronousOperations: { invoked: 0, performed: 1 } };
  const peer = await callPeer(through(), [contextOf(CLASSES.mpps)], window);
  assert.deepEqual(upstream.requests.at(-1)?.user.asynchronousOperations, { invoked: 16, performed: 1 });
  assert.deepEqual(peer.accepted?.user.asynchronousOperations, { invoked: 4, performed: 1 });
  for (const id of [31, 32, 33]) peer.send(1, created(CLASSES.mpps, id), dataSet());
  const order = [await peer.message(), await peer.message(), await peer.message()];
  assert.deepEqual(
    order.map(({ command }) => command.messageIdBeingRespondedTo),
    [33, 32, 31],
  );
  await peer.release();
  asynchronous = undefined;
});

test('[PROVE-112] extended negotiation, roles and transfer syntaxes are asked of the upstream, its user identity is not', async () => {
  const information = Uint8Array.from([1, 1, 1]);
  const extended = [
    { sopClassUid: CLASSES.find, information },
    { sopClassUid: '1.2.3', information },
  ];
  const peer = await callPeer(through(), [contextOf(CLASSES.find, [`${R}1.2.2`, `${R}1.2`])], {
    extendedNegotiations: extended,
    roleSelections: [{ sopClassUid: CLASSES.find, scu: true, scp: false }],
    userIdentity: { type: 2, positiveResponseRequested: false, primary: Buffer.from('u'), secondary: Buffer.from('p') },
  });
  const asked = upstream.requests.at(-1);
  assert.deepEqual(asked?.contexts, [
    { id: 1, abstractSyntax: CLASSES.find, transferSyntaxes: [`${R}1.2.2`, `${R}1.2`] },
  ]);
  assert.equal(asked?.user.userIdentity, undefined);
  assert.equal(asked?.user.extendedNegotiations.length, 1);
  assert.deepEqual([asked?.called, asked?.calling], ['RIS', 'LEADGLASS']);
  assert.equal(peer.accepted?.contexts[0]?.transferSyntax, `${R}1.2.2`);
  assert.deepEqual(
    peer.accepted?.user.extendedNegotiations.map(({ sopClassUid }) => sopClassUid),
    [CLASSES.find],
  );
  assert.deepEqual(peer.accepted?.user.roleSelections, [{ sopClassUid: CLASSES.find, scu: true, scp: false }]);
  await peer.release();
});

test('[PROVE-113] an identifier that cannot be read or is larger than 64 KiB is refused and reaches nobody', async () => {
  heard = [];
  const peer = await callPeer(through(), [contextOf(CLASSES.find)]);
  const broken = Buffer.from([0x08, 0, 0x52, 0, 0xff, 0xff, 0, 0, 0x41, 0x42]);
  assert.equal((await peer.ask(1, finding(1), broken)).command.status, 0xa900);
  assert.equal((await peer.ask(1, finding(2), dataSet(70_000))).command.status, 0xa700);
  assert.equal(heard.length, 0);
  await peer.release();
});

test('[PROVE-114] an upstream that goes away while nothing is asked takes the device’s association with it, as it would have', async () => {
  const peer = await callPeer(through(), [contextOf(CLASSES.availability)]);
  upstream.peers.at(-1)?.cut();
  assert.equal(await peer.next(), 'aborted');
});

test('[PROVE-115] a device that leaves in the middle takes its upstream association with it, and the log tells of the operation', async () => {
  script = ({ contextId, command }, peer) =>
    peer.send(contextId, { ...responseTo(command, 0xff00), hasDataSet: true }, dataSet());
  const peer = await callPeer(through(), [contextOf(CLASSES.find)]);
  peer.send(1, finding(1), IDENTIFIER);
  await peer.message();
  const there = upstream.peers.at(-1) as DimsePeer;
  peer.cut();
  await there.until(() => there.isOver);
  await gateway.until(({ ledger }) => ledger.size > 0);
  assert.match(await gateway.cli('log', '-n', '5'), /“ris” answered 0xFE00 in \d+ ms, results: 1/);
});
