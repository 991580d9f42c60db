import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMAND_FIELD, type Command, commandOf, decodeCommand, MessageOutbox, responseTo } from '@leadglass/dimse';
import { type Text, text } from '@leadglass/kit';
import { type ResponseUser, UpstreamChannel } from './channel.ts';
import { nextState, REQUEST_EVENTS, REQUEST_STATES, REQUEST_TABLE } from './request-table.ts';

const FIND = '1.2.840.10008.5.1.4.1.2.2.1';

/** An upstream's association whose wire is a list. */
function upstream() {
  const sent: { readonly contextId: number; readonly command: Command | undefined; readonly bytes: number }[] = [];
  const outbox = new MessageOutbox({
    data: (contextId, isCommand, _isLast, bytes) => {
      const decoded = isCommand ? decodeCommand(bytes) : undefined;
      sent.push({ contextId, command: decoded?.ok === true ? decoded.command : undefined, bytes: bytes.byteLength });
    },
    cork: () => {},
    uncork: () => {},
    isFull: false,
  });
  const state = { sent, awaiting: false, garbled: undefined as Text | undefined, asked: [] as Command[] };
  const channel: UpstreamChannel = new UpstreamChannel(
    {
      outbox,
      await: (isAwaiting) => {
        state.awaiting = isAwaiting;
      },
      garbled: (why) => {
        state.garbled ??= why;
        channel.ended(why);
      },
    },
    { request: (_contextId, command) => state.asked.push(command), dataSet: () => {} },
  );
  return { channel, state };
}

function listener() {
  const heard: (string | number)[] = [];
  const user: ResponseUser = {
    response: (command, isLast) => heard.push(command.status, isLast ? 'last' : 'more'),
    dataSet: (view, isLast) => heard.push(`${view.byteLength}${isLast ? '.' : ''}`),
    failed: () => heard.push('failed'),
  };
  return { heard, user };
}

const find = (): Command => commandOf(COMMAND_FIELD.cFindRq, { affectedSopClassUid: FIND, hasDataSet: true });
const noDataSet = (): Command =>
  commandOf(COMMAND_FIELD.nGetRq, { requestedSopClassUid: FIND, requestedSopInstanceUid: '1.2' });
const answer = (request: Command, status: number, hasDataSet = false): Command => ({
  ...responseTo(request, status),
  hasDataSet,
});
const bytes = new Uint8Array(4);

test('[RELAY-67] the table of a request has a cell for every state and event, and only a loss ends one anywhere', () => {
  for (const state of REQUEST_STATES)
    for (const event of REQUEST_EVENTS) assert.ok(event in REQUEST_TABLE[state], `${state} ${event}`);
  for (const state of REQUEST_STATES) assert.equal(nextState(state, 'lost'), 'over');
});

test('[RELAY-68] a request gets an id of the channel’s own, its responses reach who asked, the last one ends it', () => {
  const { channel, state } = upstream();
  const { heard, user } = listener();
  const request = channel.request(1, find(), user);
  assert.equal(state.awaiting, false);
  request.push(bytes, true);
  assert.equal(state.awaiting, true);
  const asked = state.sent[0]?.command as Command;
  assert.equal(asked.messageId, request.messageId);
  channel.command(1, answer(asked, 0xff00, true));
  channel.dataSet(1, bytes, false);
  channel.dataSet(1, bytes, true);
  channel.command(1, answer(asked, 0));
  assert.deepEqual(heard, [0xff00, 'more', '4', '4.', 0, 'last']);
  assert.deepEqual([channel.underWay, state.awaiting, state.garbled], [0, false, undefined]);
});

test('[RELAY-69] a response to nothing, of another kind, on another context, or after the last, ends the association', () => {
  const cases: ((channel: UpstreamChannel, asked: Command) => void)[] = [
    (channel, asked) => channel.command(1, answer({ ...asked, messageId: 999 }, 0)),
    (channel, asked) => channel.command(3, answer(asked, 0)),
    (channel, asked) => channel.command(1, { ...answer(asked, 0), commandField: COMMAND_FIELD.cMoveRsp }),
    (channel, asked) => channel.command(1, answer(asked, 0xff00)),
    (channel, asked) => {
      channel.command(1, answer(asked, 0));
      channel.command(1, answer(asked, 0));
    },
  ];
  for (const [at, misbehave] of cases.entries()) {
    const { channel, state } = upstream();
    const { user } = listener();
    channel.request(1, find(), user).push(bytes, true);
    misbehave(channel, state.sent[0]?.command as Command);
    assert.notEqual(state.garbled, undefined, `case ${at}`);
    assert.equal(channel.isOver, true);
  }
});

test('[RELAY-69] an operation of one response never is pending, and none answers before it was asked whole', () => {
  const pending = upstream();
  pending.channel.request(1, noDataSet(), listener().user);
  pending.channel.command(1, answer(pending.state.sent[0]?.command as Command, 0xff00));
  assert.notEqual(pending.state.garbled, undefined);
  const early = upstream();
  const request = early.channel.request(1, find(), listener().user);
  early.channel.command(1, answer({ ...find(), messageId: request.messageId }, 0));
  assert.notEqual(early.state.garbled, undefined);
});

test('[RELAY-70] when the association ends everybody who waits is told, once, and later requests fail at once', () => {
  const { channel } = upstream();
  const { heard, user } = listener();
  channel.request(1, noDataSet(), user);
  channel.request(1, find(), user);
  channel.ended(text('fin', 'end'));
  channel.ended(text('fin', 'end'));
  channel.request(1, noDataSet(), user);
  assert.deepEqual(heard, ['failed', 'failed', 'failed']);
});

test('[RELAY-71] a cancel names the message by the channel’s id; what is over is not cancelled', () => {
  const { channel, state } = upstream();
  const request = channel.request(1, find(), listener().user);
  request.push(bytes, true);
  request.cancel();
  const cancel = state.sent.at(-1)?.command;
  assert.equal(cancel?.commandField, COMMAND_FIELD.cCancelRq);
  assert.equal(cancel?.messageIdBeingRespondedTo, request.messageId);
  channel.command(1, answer(state.sent[0]?.command as Command, 0xfe00));
  const count = state.sent.length;
  request.cancel();
  assert.equal(state.sent.length, count);
});

test('[RELAY-68] what the upstream asks of itself goes to who was named for it, a cancel of its own is nobody’s', () => {
  const { channel, state } = upstream();
  channel.command(1, commandOf(COMMAND_FIELD.nEventReportRq, { messageId: 3, affectedSopClassUid: FIND }));
  assert.equal(state.asked.length, 1);
  channel.command(1, commandOf(COMMAND_FIELD.cCancelRq, { messageIdBeingRespondedTo: 3 }));
  assert.notEqual(state.garbled, undefined);
});
