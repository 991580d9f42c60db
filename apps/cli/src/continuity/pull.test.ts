import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { isFault } from '@leadglass/kit';
import { memoryTileStore, openLedger, verifierKey } from '@leadglass/ledger';
import { historyOf, trustOf } from './history.ts';

const { privateKey: signingKey } = generateKeyPairSync('ed25519');
const KEY = verifierKey('leadglass/test', signingKey);

async function ledgerOf(words: readonly string[]) {
  const store = memoryTileStore();
  const ledger = await openLedger({ store, origin: 'leadglass/test', signingKey });
  for (const word of words) await ledger.append([Buffer.from(word)]);
  return { ledger, read: (path: string) => store.read(path) };
}

const codeOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'none',
    (thrown) => (isFault(thrown) ? thrown.code : String(thrown)),
  );

test('[CONT-130] a log that grew is followed; one that was set back, rewritten or signed by another is not', async () => {
  const words = Array.from({ length: 300 }, (_, at) => `entry ${at}`);
  const first = await ledgerOf(words.slice(0, 270));
  const remembered = await historyOf(first.read, KEY, '');
  assert.equal(
    await historyOf((await ledgerOf(words)).read, KEY, remembered),
    (await ledgerOf(words)).ledger.checkpoint,
  );
  assert.equal(await historyOf(first.read, KEY, remembered), remembered);
  const rewritten = words.map((word, at) => (at === 5 ? 'another' : word));
  for (const other of [words.slice(0, 260), rewritten, rewritten.slice(0, 270)])
    assert.equal(
      await codeOf(historyOf((await ledgerOf(other)).read, KEY, remembered)),
      'continuity.history-rewritten',
    );
  const { privateKey: stranger } = generateKeyPairSync('ed25519');
  const foreign = verifierKey('leadglass/test', stranger);
  assert.equal(await codeOf(historyOf(first.read, foreign, '')), 'continuity.history-rewritten');
  assert.equal(trustOf(KEY).origin, 'leadglass/test');
  for (const bad of ['', 'a+b+c', `${KEY}x`]) assert.throws(() => trustOf(bad));
});
