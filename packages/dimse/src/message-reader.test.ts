import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Command } from './api.ts';
import { COMMAND_FIELD } from './command.ts';
import { encodeCommand } from './command-codec.ts';
import { MessageReader } from './message-reader.ts';
import { cEchoRq, commandOf, cStoreRq, responseTo } from './messages.ts';
import { STATUS } from './status.ts';
import { MessageRecorder } from './testkit.ts';

const STORE = encodeCommand(cStoreRq({ messageId: 1, affectedSopClassUid: '1.2', affectedSopInstanceUid: '1.2.3' }));
const ECHO = encodeCommand(cEchoRq(2));
const SOME = new Uint8Array(100);

function reader(commandBytes = 65_536): { reader: MessageReader; recorder: MessageRecorder } {
  const recorder = new MessageRecorder();
  return { reader: new MessageReader({ handler: recorder, contexts: new Set([1, 3]), commandBytes }), recorder };
}

type Piece = readonly [contextId: number, isCommand: boolean, isLast: boolean, bytes: Uint8Array];

function feed(pieces: readonly Piece[], commandBytes?: number): MessageRecorder {
  const { reader: it, recorder } = reader(commandBytes);
  for (const piece of pieces) it.data(...piece);
  return recorder;
}

describe('messages', () => {
  test('[DIMSE-24] a command and its data set, then the next message', () => {
    const recorder = feed([
      [1, true, true, STORE],
      [1, false, false, SOME],
      [1, false, true, SOME],
      [3, true, true, ECHO],
    ]);
    assert.deepEqual(recorder.log, ['command 1', 'data 1 100', 'data 1 100 last', 'command 3']);
    assert.equal(recorder.commands[0]?.affectedSopInstanceUid, '1.2.3');
  });

  test('[DIMSE-24] a command in pieces of one byte, and an empty last piece', () => {
    const bytes = [...STORE].map((byte): Piece => [1, true, false, Uint8Array.of(byte)]);
    const recorder = feed([...bytes, [1, true, true, new Uint8Array(0)], [1, false, true, new Uint8Array(0)]]);
    assert.deepEqual(recorder.log, ['command 1', 'data 1 0 last']);
  });

  test('[DIMSE-24] between messages is known', () => {
    const { reader: it } = reader();
    const seen = [it.isBetweenMessages];
    const pieces: readonly Piece[] = [
      [1, true, true, STORE],
      [1, false, true, SOME],
    ];
    for (const piece of pieces) {
      it.data(...piece);
      seen.push(it.isBetweenMessages);
    }
    assert.deepEqual(seen, [true, false, true]);
  });

  const illegal: readonly (readonly [string, readonly Piece[], readonly string[]])[] = [
    ['data set without command', [[1, false, true, SOME]], []],
    [
      'data set where the command announced none',
      [
        [1, true, true, ECHO],
        [1, false, true, SOME],
      ],
      ['command 1'],
    ],
    [
      'data set inside a command',
      [
        [1, true, false, STORE.subarray(0, 9)],
        [1, false, true, SOME],
      ],
      [],
    ],
    [
      'command while a data set is unfinished',
      [
        [1, true, true, STORE],
        [1, true, true, ECHO],
      ],
      ['command 1'],
    ],
    [
      'data set on another context',
      [
        [1, true, true, STORE],
        [3, false, true, SOME],
      ],
      ['command 1'],
    ],
    [
      'command that changes context',
      [
        [1, true, false, STORE.subarray(0, 9)],
        [3, true, true, STORE.subarray(9)],
      ],
      [],
    ],
    ['context not accepted', [[5, true, true, ECHO]], []],
    [
      'context not accepted inside a data set',
      [
        [1, true, true, STORE],
        [2, false, true, SOME],
      ],
      ['command 1'],
    ],
    ['command that ends inside an element', [[1, true, true, ECHO.subarray(0, -1)]], []],
    ['empty command', [[1, true, true, new Uint8Array(0)]], []],
  ];
  for (const [name, pieces, before] of illegal) {
    test(`[DIMSE-25] ${name}: one fault that aborts, then silence`, () => {
      const recorder = feed([...pieces, [1, true, true, ECHO]]);
      assert.deepEqual(recorder.log, [...before, 'fault abort']);
      assert.ok(recorder.faults[0]?.why.fr && recorder.faults[0].why.en);
    });
  }

  test('[DIMSE-25] a context nobody accepted is a provider abort with reason 6', () => {
    const fault = feed([[5, true, true, ECHO]]).faults[0];
    assert.deepEqual(fault?.answer === 'abort' && fault.abort, { source: 2, reason: 6 });
  });

  test('[DIMSE-26] a command over its limit is refused before it is gathered', () => {
    assert.deepEqual(
      feed(
        [
          [1, true, false, SOME],
          [1, true, false, SOME],
        ],
        150,
      ).log,
      ['fault abort'],
    );
    assert.deepEqual(feed([[1, true, true, STORE]], STORE.byteLength).log, ['command 1']);
    assert.deepEqual(feed([[1, true, true, STORE]], STORE.byteLength - 1).log, ['fault abort']);
  });

  test('[DIMSE-27] a request that makes no sense gets a status, its data set is read past, the next message is read', () => {
    const broken = (command: Command): Uint8Array => encodeCommand(command);
    const cases: readonly (readonly [Command, number])[] = [
      [commandOf(0x0555, { messageId: 4, hasDataSet: true }), STATUS.unrecognizedOperation],
      [
        commandOf(COMMAND_FIELD.cStoreRq, { messageId: 4, hasDataSet: true, affectedSopClassUid: '1.2' }),
        STATUS.mistypedArgument,
      ],
      [commandOf(COMMAND_FIELD.cFindRq, { messageId: 4, hasDataSet: true }), STATUS.mistypedArgument],
    ];
    for (const [command, status] of cases) {
      const recorder = feed([
        [1, true, true, broken(command)],
        [1, false, false, SOME],
        [1, false, true, SOME],
        [1, true, true, ECHO],
      ]);
      assert.deepEqual(recorder.log, ['fault status', 'command 1']);
      const fault = recorder.faults[0];
      assert.ok(fault?.answer === 'status');
      assert.equal(fault.status, status);
      assert.equal(responseTo(fault.request, fault.status).messageIdBeingRespondedTo, 4);
    }
  });

  test('[DIMSE-27] a store that announces no data set gets a status and no data set is awaited', () => {
    const command = commandOf(COMMAND_FIELD.cStoreRq, {
      messageId: 4,
      affectedSopClassUid: '1.2',
      affectedSopInstanceUid: '1.2.3',
    });
    assert.deepEqual(
      feed([
        [1, true, true, encodeCommand(command)],
        [1, true, true, ECHO],
      ]).log,
      ['fault status', 'command 1'],
    );
  });
});
