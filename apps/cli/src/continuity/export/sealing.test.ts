import assert from 'node:assert/strict';
import { argon2Sync, createDecipheriv } from 'node:crypto';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Secret } from '@leadglass/kit';
import type { argon2id } from 'hash-wasm';
import { ExportSealer, KDF } from './sealing.ts';

const PASSWORD = 'a long password of ours';

function open(key: Uint8Array, id: string, index: number, sealed: Buffer): string {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 8);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAAD(Buffer.from(`leadglass-export-1\n${id}\n${index}`));
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString();
}

test('[CONT-135] the library in the page draws the very key that sealed; each chunk opens in its place of its export alone', async () => {
  const [sealer, other] = [await ExportSealer.of(new Secret(PASSWORD)), await ExportSealer.of(new Secret(PASSWORD))];
  const head = sealer.head({ first: 1, count: 1 });
  const salt = Buffer.from(head.salt, 'base64');
  const hashwasm = createRequire(import.meta.url)('hash-wasm/dist/argon2.umd.min.js') as {
    readonly argon2id: typeof argon2id;
  };
  const { memoryKiB, passes, parallelism } = KDF;
  const key = await hashwasm.argon2id({
    ...{ password: PASSWORD, salt, parallelism, iterations: passes, memorySize: memoryKiB, hashLength: 32 },
    outputType: 'binary',
  });
  const ours = { message: PASSWORD, nonce: salt, parallelism, tagLength: 32, memory: memoryKiB, passes };
  assert.deepEqual(Buffer.from(key), argon2Sync('argon2id', ours));
  assert.equal(open(key, head.id, 0, Buffer.from(head.check, 'base64')), 'leadglass');
  const { index, sealed } = sealer.seal(Buffer.from('one'));
  assert.equal(open(key, head.id, index, sealed), 'one');
  assert.throws(() => open(key, head.id, index + 1, sealed));
  assert.throws(() => open(key, other.head({ first: 1, count: 1 }).id, index, sealed));
  assert.notEqual(other.head({ first: 1, count: 1 }).salt, head.salt);
});
