import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { memoryTileStore, openLedger, proofText, verifierKey } from '@leadglass/ledger';
import { readLogKey } from './note.ts';
import { checkProof } from './proof.ts';
import { flipped, texts } from './verify.testkit.ts';

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('[CONSOLE-85] an inclusion proof holds for its own entry at its own place, and for nothing else', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const ledger = await openLedger({ store: memoryTileStore(), origin: 'leadglass/x', signingKey: privateKey });
  await ledger.append(texts(300).map((entry) => new Uint8Array(Buffer.from(entry))));
  const key = await readLogKey(verifierKey('leadglass/x', privateKey));
  assert.ok(key !== undefined);
  for (const index of [0, 1, 128, 255, 256, 299]) {
    const given = await ledger.prove(index);
    const proof = {
      ...given,
      entry: hexOf(given.entry),
      leafHash: hexOf(given.leafHash),
      rootHash: hexOf(given.rootHash),
      hashes: given.hashes.map(hexOf),
      text: proofText(given),
    };
    assert.equal(await checkProof(proof, key), 'sound');
    assert.equal(await checkProof({ ...proof, index: index + 1 }, key), 'not-included');
    assert.equal(await checkProof({ ...proof, entry: hexOf(Buffer.from('x')) }, key), 'not-included');
    assert.equal(await checkProof({ ...proof, hashes: proof.hashes.slice(1) }, key), 'not-included');
    assert.equal(await checkProof({ ...proof, entry: 'zz' }, key), 'malformed');
    assert.equal(await checkProof({ ...proof, checkpoint: flipped(proof.checkpoint, 15) }, key), 'not-signed');
  }
});
