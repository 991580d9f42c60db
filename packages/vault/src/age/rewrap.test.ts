import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { isFault, systemRandomness } from '@leadglass/kit';
import { generateIdentity, memorySource, openStream, PayloadSealer, prepareSeal, rewrap } from '../index.ts';

const [SITE, BOX, OTHER] = [generateIdentity(), generateIdentity(), generateIdentity()];
const SIZES = [0, 1, 65_535, 65_536, 65_537, 3 * 65_536, 200_001];

function sealed(plain: Uint8Array): Buffer {
  const kit = prepareSeal([SITE.recipient], systemRandomness);
  const parts: Uint8Array[] = [kit.head];
  const sealer = new PayloadSealer(kit.payloadKey);
  sealer.update(plain, (bytes) => void parts.push(Buffer.from(bytes)));
  sealer.finish((bytes) => void parts.push(Buffer.from(bytes)));
  return Buffer.concat(parts);
}

async function forBox(whole: Buffer): Promise<Buffer> {
  const made = await rewrap([SITE], memorySource(whole), [BOX.recipient], systemRandomness);
  const again = Buffer.concat([made.header, whole.subarray(made.payloadOffset)]);
  assert.equal(again.byteLength, made.sealedBytes);
  return again;
}

async function* cut(whole: Buffer, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.byteLength; at += bytes) yield whole.subarray(at, at + bytes);
}

async function opened(pieces: AsyncIterable<Uint8Array>, identity = BOX): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of openStream([identity], pieces)) parts.push(piece);
  return Buffer.concat(parts);
}

const faultOf = async (act: Promise<unknown>): Promise<string> => {
  const thrown = await act.then(
    () => undefined,
    (error: unknown) => error,
  );
  return isFault(thrown) ? thrown.code : String(thrown);
};

test('[CONT-120] an object wrapped anew opens for its new recipient and nobody else, whatever its size and however it is cut', async () => {
  for (const size of SIZES) {
    const plain = randomBytes(size);
    const again = await forBox(sealed(plain));
    for (const bytes of [1_000_000, 65_552, 4_099, 17]) assert.deepEqual(await opened(cut(again, bytes)), plain);
    assert.equal(await faultOf(opened(cut(again, 4_099), OTHER)), 'vault.no-identity-matches');
    assert.equal(await faultOf(opened(cut(again, 4_099), SITE)), 'vault.no-identity-matches');
  }
});

test('[CONT-121] a stream that was cut off, lengthened or altered never ends well', async () => {
  const again = await forBox(sealed(randomBytes(3 * 65_536)));
  const head = again.byteLength - 3 * 65_552;
  for (const end of [head + 65_552, head + 2 * 65_552, again.byteLength - 1, head, 40, 0])
    assert.match(await faultOf(opened(cut(again.subarray(0, end), 5_000))), /^vault\./, String(end));
  assert.match(await faultOf(opened(cut(Buffer.concat([again, Buffer.alloc(1)]), 5_000))), /^vault\.chunk-forged$/);
  for (const at of [10, head - 20, head + 3, again.byteLength - 1]) {
    const altered = Buffer.from(again);
    altered[at] = (altered[at] ?? 0) ^ 1;
    assert.match(await faultOf(opened(cut(altered, 5_000))), /^vault\./, String(at));
  }
});
