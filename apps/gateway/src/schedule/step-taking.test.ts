import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeElements, IMPLICIT_VR_LITTLE_ENDIAN, MODALITY_PERFORMED_PROCEDURE_STEP as STEP } from '@leadglass/dicom';
import { COMMAND_FIELD, commandOf } from '@leadglass/dimse';
import { isStepRefusal, StepTaking } from './step-taking.ts';

const CREATE = commandOf(COMMAND_FIELD.nCreateRq, { affectedSopClassUid: STEP, affectedSopInstanceUid: '1.2.3' });
const SET = commandOf(COMMAND_FIELD.nSetRq, { requestedSopClassUid: STEP, requestedSopInstanceUid: '1.2.3' });

/** What is asked, or the status it is refused with. */
function taken(command: typeof CREATE, bytes: Uint8Array): string | number | undefined {
  const taking = new StepTaking(command, IMPLICIT_VR_LITTLE_ENDIAN);
  for (const byte of bytes.subarray(0, 4)) taking.push(Uint8Array.of(byte));
  taking.push(bytes.subarray(4));
  const read = taking.end();
  return isStepRefusal(read) ? read.status : read.state;
}

const saying = (state: string): Uint8Array =>
  encodeElements(
    [{ tag: 0x00400252, vr: 'CS', value: state === '' ? new Uint8Array(0) : state }],
    IMPLICIT_VR_LITTLE_ENDIAN,
  );
const NOTHING = encodeElements([{ tag: 0x00400253, value: 'P1' }], IMPLICIT_VR_LITTLE_ENDIAN);

test('[CONT-51] a step begins in progress: another state, none or an empty one is refused with its own status', () => {
  assert.equal(taken(CREATE, saying('IN PROGRESS')), 'IN PROGRESS');
  assert.deepEqual(
    [saying('COMPLETED'), NOTHING, saying('')].map((bytes) => taken(CREATE, bytes)),
    [0x0106, 0x0120, 0x0121],
  );
});

test('[CONT-51] a change may leave the state as it is, and gives it no other than those of the standard', () => {
  assert.equal(taken(SET, NOTHING), undefined);
  assert.deepEqual(
    [saying('COMPLETED'), saying('DISCONTINUED'), saying('OVER'), saying('')].map((bytes) => taken(SET, bytes)),
    ['COMPLETED', 'DISCONTINUED', 0x0106, 0x0121],
  );
});

test('[CONT-52] what names another class, no UID, cannot be read or is too large is refused', () => {
  const bytes = saying('IN PROGRESS');
  assert.equal(taken({ ...CREATE, affectedSopClassUid: '1.2' }, bytes), 0x0118);
  assert.equal(taken({ ...CREATE, affectedSopInstanceUid: '' }, bytes), 0x0117);
  assert.equal(taken(CREATE, bytes.subarray(0, 12)), 0x0115);
  assert.equal(taken(CREATE, new Uint8Array(300 * 1024)), 0x0213);
});
