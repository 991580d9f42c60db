import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { test } from 'node:test';
import { EXPLICIT_VR_LITTLE_ENDIAN, encodeElements } from '@leadglass/dicom';
import { Gateway } from './gateway.ts';
import { fileOf, frameBytes, multiFrame, WebClient } from './web.ts';

const SIDE = 1024;
const FRAME_BYTES = SIDE * SIDE * 2;
/** Two gibibytes of pixels. */
const FRAMES = Number(process.env.LEADGLASS_FRAMES ?? 1000);
/** Chunks of 64 KiB are opened whole; the header, the end of the file and the frame need so many more than the frame at most. */
const MOST_BESIDES = 1024 * 1024;

/** Bytes a process has read by system calls so far (Linux). */
function readBy(pid: number): number {
  return Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1]);
}

/** Sends a file of FRAMES frames made while it goes, as one application/dicom body. */
function storeLarge(web: WebClient, head: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${web.secret}`,
      'content-type': 'application/dicom',
      'content-length': head.length + FRAMES * FRAME_BYTES,
    };
    const sending = request(`${web.base}/studies`, { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sending.on('error', reject);
    sending.write(head);
    const next = (number: number): void => {
      if (number > FRAMES) return void sending.end();
      const isTaken = sending.write(frameBytes(number, FRAME_BYTES));
      if (isTaken) setImmediate(next, number + 1);
      else sending.once('drain', () => next(number + 1));
    };
    next(1);
  });
}

test(`[PROVE-206] a frame of an object of ${FRAMES * 2} MiB is read without the rest`, async (t) => {
  const gateway = await Gateway.start({ withWeb: 'plain' });
  t.after(() => gateway.dispose());
  const web = await WebClient.of(gateway);
  const small = multiFrame(FRAMES, 1, 1);
  const whole = fileOf(small);
  // The header of the small one, with the sides and the length of the large.
  const pixels = encodeElements([{ tag: 0x7fe00010, vr: 'OW', value: Buffer.alloc(0) }], EXPLICIT_VR_LITTLE_ENDIAN);
  const at = whole.lastIndexOf(Buffer.from('e07f1000', 'hex'));
  const head = Buffer.concat([whole.subarray(0, at), pixels]);
  for (const tag of ['2800100055530200', '2800110055530200'])
    head.writeUInt16LE(SIDE, head.indexOf(Buffer.from(tag, 'hex')) + 8);
  head.writeUInt32LE(FRAMES * FRAME_BYTES, head.length - 4);
  const began = performance.now();
  assert.equal(await storeLarge(web, head), 200);
  t.diagnostic(`stored ${FRAMES * 2} MiB in ${Math.round(performance.now() - began)} ms`);
  for (const number of [1, Math.ceil(FRAMES / 2), FRAMES]) {
    const [before, fromMs] = [readBy(gateway.pid), performance.now()];
    const { status, parts } = await web.ask(
      `${small.path}/frames/${number}`,
      'multipart/related; type="application/octet-stream"',
    );
    const [ms, read] = [performance.now() - fromMs, readBy(gateway.pid) - before];
    assert.equal(status, 200);
    assert.ok(parts[0]?.data.equals(frameBytes(number, FRAME_BYTES)), `frame ${number}`);
    t.diagnostic(`frame ${number}: ${FRAME_BYTES} bytes, ${read} read by the keeper, ${ms.toFixed(1)} ms`);
    assert.ok(read < FRAME_BYTES + MOST_BESIDES, `${read} bytes read for a frame of ${FRAME_BYTES}`);
  }
  const { status, body } = await web.ask(`${small.path}/metadata`);
  assert.equal(status, 200);
  assert.equal(JSON.parse(body.toString())[0]['00280008'].Value[0], FRAMES);
});
