import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { memorySource, openHeader, PayloadSealer, parseIdentity, prepareSeal, readPlain } from '../index.ts';

const FOLDER = join(import.meta.dirname, '../../../../vectors/age');

function readVector(file: string) {
  const lines = readFileSync(join(FOLDER, file), 'utf8').split('\n');
  const values = (name: string) =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const identities = values('identity').map((value) => {
    const identity = parseIdentity(value);
    assert.ok(identity);
    return identity;
  });
  return {
    identities,
    plain: Buffer.from(values('plain').join(''), 'hex'),
    sealed: Buffer.from(values('sealed').join(''), 'hex'),
  };
}

test('[VAULT-1] every vector opens with each of its identities', async () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
  assert.equal(files.length, 3);
  for (const { identities, plain, sealed } of files.map(readVector)) {
    for (const identity of identities) {
      const source = memorySource(sealed);
      const views: Uint8Array[] = [];
      for await (const view of readPlain(source, await openHeader([identity], source))) views.push(view);
      assert.deepEqual(Buffer.concat(views), plain);
    }
  }
});

test('[VAULT-1] with counting randomness we seal exactly the bytes of our vector', () => {
  const { identities, plain, sealed } = readVector('ours-two-recipients.txt');
  let next = 0;
  const kit = prepareSeal(
    identities.map((identity) => identity.recipient),
    (into) => into.fill(0).map(() => next++),
  );
  const parts: Uint8Array[] = [kit.head];
  const sealer = new PayloadSealer(kit.payloadKey);
  sealer.update(plain, (bytes) => void parts.push(Buffer.from(bytes)));
  sealer.finish((bytes) => void parts.push(Buffer.from(bytes)));
  assert.deepEqual(Buffer.concat(parts), sealed);
});
