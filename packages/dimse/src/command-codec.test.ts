import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import { COMMAND_FIELD, COMMAND_SHAPES, EMPTY_COMMAND } from './command.ts';
import { decodeCommand, encodeCommand } from './command-codec.ts';
import {
  cCancelRq,
  cEchoRq,
  cEchoRsp,
  commandOf,
  cStoreRq,
  cStoreRsp,
  responseTo,
  storageCommitmentRq,
} from './messages.ts';
import { STATUS, STATUS_TABLE, statusClass, statusMeaning } from './status.ts';

const ECHO = encodeCommand(cEchoRq(7));

function element(group: number, number: number, value: Uint8Array, length = value.byteLength): Uint8Array {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(number, 2);
  header.writeUInt32LE(length, 4);
  return new Uint8Array(Buffer.concat([header, value]));
}

function faultOf(bytes: Uint8Array): { status: number; en: string; isAnswerable: boolean } {
  const decoded = decodeCommand(bytes);
  assert.ok(!decoded.ok);
  return { status: decoded.fault.status, en: decoded.fault.why.en, isAnswerable: decoded.fault.request !== undefined };
}

describe('command sets', () => {
  test('[DIMSE-21] unknown elements are read past, the group length is not believed, padding is taken off', () => {
    const odd = concatBytes(
      element(0, 0, new Uint8Array([9, 9, 9, 9])),
      ECHO.subarray(12),
      element(0, 0x5010, new Uint8Array(6)),
    );
    assert.deepEqual(decodeCommand(odd), { ok: true, command: cEchoRq(7) });
  });

  test('[DIMSE-21] an empty numeric element counts as absent', () => {
    const withEmpty = concatBytes(ECHO, element(0, 0x0700, new Uint8Array(0)));
    assert.deepEqual(decodeCommand(withEmpty), { ok: true, command: cEchoRq(7) });
  });

  test('[DIMSE-22] a length past the end, another group, an element twice, a cut header are faults', () => {
    assert.match(faultOf(concatBytes(ECHO, element(0, 0x1000, new Uint8Array(2), 0xffffffff))).en, /impossible length/);
    assert.match(faultOf(concatBytes(ECHO, element(8, 0x18, new Uint8Array(2)))).en, /group 0008/);
    assert.match(faultOf(concatBytes(ECHO, element(0, 0x110, new Uint8Array(2)))).en, /twice/);
    assert.match(faultOf(concatBytes(ECHO, new Uint8Array(3))).en, /middle of an element/);
  });

  test('[DIMSE-22] a known element of a length its VR cannot have is a mistyped argument', () => {
    for (const [number, bytes] of [
      [0x0700, 4],
      [0x0002, 66],
      [0x0600, 18],
      [0x0901, 6],
    ] as const) {
      const base = number === 0x0002 ? encodeCommand(commandOf(COMMAND_FIELD.cEchoRq, { messageId: 7 })) : ECHO;
      const fault = faultOf(concatBytes(base, element(0, number, new Uint8Array(bytes).fill(0x31))));
      assert.deepEqual([fault.status, fault.isAnswerable], [STATUS.mistypedArgument, true]);
    }
  });

  test('[DIMSE-23] a response without Status is never taken for success', () => {
    const response = encodeCommand(
      cStoreRsp(cStoreRq({ messageId: 1, affectedSopClassUid: '1.2', affectedSopInstanceUid: '1.3' }), 0),
    );
    const at = Buffer.from(response).indexOf(Buffer.from([0, 0, 0, 9, 2, 0, 0, 0]));
    const without = concatBytes(response.subarray(0, at), response.subarray(at + 10));
    const fault = faultOf(without);
    assert.match(fault.en, /\(0000,0900\)/);
    assert.equal(fault.isAnswerable, false);
  });

  test('[DIMSE-23] what every kind of command must have is missed when it is not there', () => {
    for (const [commandField, shape] of COMMAND_SHAPES) {
      const texts = shape.mandatory.filter(
        (number) => ![0x100, 0x110, 0x120, 0x800, 0x900, 0x1002, 0x1008].includes(number),
      );
      const decoded = decodeCommand(encodeCommand(commandOf(commandField, { messageId: 1, hasDataSet: true })));
      assert.equal(decoded.ok, texts.length === 0, shape.name);
    }
  });

  test('[DIMSE-28] a comment longer than 64 characters is cut, control characters are shown as ?', () => {
    const bytes = concatBytes(ECHO, element(0, 0x902, Buffer.from(`a\x1b[31m\n${'x'.repeat(100)}`)));
    const decoded = decodeCommand(bytes);
    assert.ok(decoded.ok);
    assert.equal(decoded.command.errorComment.length, 64);
    assert.match(decoded.command.errorComment, /^a\?\[31m\?x+$/);
  });
});

describe('builders', () => {
  test('[DIMSE-29] a response sends back what it answers', () => {
    assert.deepEqual(cEchoRsp(cEchoRq(9)), {
      ...EMPTY_COMMAND,
      commandField: 0x8030,
      messageIdBeingRespondedTo: 9,
      affectedSopClassUid: '1.2.840.10008.1.1',
    });
    const answer = responseTo(storageCommitmentRq(4), STATUS.success);
    assert.equal(answer.affectedSopInstanceUid, '1.2.840.10008.1.20.1.1');
    assert.equal(answer.requestedSopInstanceUid, '');
    assert.equal(answer.actionTypeId, 1);
  });

  test('[DIMSE-29] neither a response nor a cancel is answered', () => {
    assert.throws(() => responseTo(cEchoRsp(cEchoRq(1)), 0), { name: 'AssertionFailure' });
    assert.throws(() => responseTo(cCancelRq(1), 0), { name: 'AssertionFailure' });
  });
});

describe('statuses', () => {
  test('[DIMSE-31] classes follow PS3.7 Annex C, and what nobody defined is a failure', () => {
    const classes = [
      0, 0xb000, 0xb007, 0xbfff, 0xa700, 0xa7ff, 0xa900, 0xc123, 0x0107, 0x0124, 0xfe00, 0xff00, 0xff01, 0x4242, 0xffff,
    ].map((code) => statusClass(code, COMMAND_FIELD.cStoreRq));
    assert.deepEqual(classes, [
      'success',
      'warning',
      'warning',
      'warning',
      'failure',
      'failure',
      'failure',
      'failure',
      'warning',
      'failure',
      'cancel',
      'pending',
      'pending',
      'failure',
      'failure',
    ]);
  });

  test('[DIMSE-31] a service has its own meanings', () => {
    assert.match(statusMeaning(0xb000, COMMAND_FIELD.cStoreRsp).meaning.en, /coerced/);
    assert.match(statusMeaning(0xb000, COMMAND_FIELD.cMoveRsp).meaning.en, /sub-operations/);
    assert.match(statusMeaning(0xa801, COMMAND_FIELD.cMoveRq).meaning.fr, /destination/);
  });

  test('[DIMSE-31] every status has both languages and every named one a meaning', () => {
    for (const { meaning } of STATUS_TABLE) assert.ok(meaning.fr.length > 0 && meaning.en.length > 0);
    const unknown = Object.entries(STATUS).filter(([, code]) =>
      statusMeaning(code).meaning.en.includes('unknown status'),
    );
    assert.deepEqual(unknown, []);
  });
});
