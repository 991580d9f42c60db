import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { toHex } from './bytes.ts';
import { Edge } from './edge.ts';
import { forget, recall, remember, type Store } from './memory.ts';
import { leafHash } from './merkle.ts';
import { openNote, readLogKey } from './note.ts';
import { flipped, type Held, heldLog, sourceOf, texts, verified } from './verify.testkit.ts';
import { verifyLog } from './verify.ts';

const VECTORS = new URL('../../../../../vectors/ledger/', import.meta.url);
const codesOf = ({ faults }: { faults: readonly { code: string }[] }) => faults.map(({ code }) => code);

test('[CONSOLE-80] the tree is that of RFC 6962: the roots that implementations share come out', async () => {
  const [, ...rows] = readFileSync(new URL('rfc6962-roots.tsv', VECTORS), 'utf8').trimEnd().split('\n');
  const edge = new Edge();
  for (const row of rows) {
    const [leaf = '', root] = row.split('\t');
    await edge.push([await leafHash(Buffer.from(leaf, 'hex'))]);
    assert.equal(toHex(await edge.root()), root);
  }
  assert.equal(rows.length, 8);
});

test('[CONSOLE-80] a signed note of other makers opens, and with any bit changed it does not', async () => {
  const [vkey = '', ...lines] = readFileSync(new URL('signed-note.txt', VECTORS), 'utf8').split('\n');
  const key = await readLogKey(vkey);
  assert.ok(key !== undefined);
  const note = lines.join('\n');
  assert.match((await openNote(note, key)) ?? '', /^If you think cryptography/);
  for (let at = 0; at < note.length; at += 1) assert.equal(await openNote(flipped(note, at), key), undefined, `${at}`);
});

for (const size of [0, 1, 2, 255, 256, 257, 700, 1025])
  test(`[CONSOLE-81] a log of ${size} entries is sound, and every entry was read`, async () => {
    const held = await heldLog(texts(size));
    const [quick, whole] = [await verified(held, 'quick'), await verified(held)];
    assert.deepEqual([quick.faults, whole.faults], [[], []]);
    assert.deepEqual([quick.entries, whole.entries, whole.size], [0, size, size]);
  });

test('[CONSOLE-82] one bit changed in any entry, any tile or anywhere in the checkpoint is found, and the entry is named', async () => {
  const held = await heldLog(texts(600));
  for (let at = 0; at < 600; at += 37) {
    const entries = held.entries.with(at, flipped(held.entries[at] ?? '', at % 9, 1 << (at % 5)));
    const { faults } = await verified({ ...held, entries });
    assert.deepEqual(faults[0], { code: 'entry', index: at });
    assert.equal(faults.at(-1)?.code, 'root');
  }
  for (const [name, hex] of held.tiles) {
    for (let at = 0; at < hex.length; at += 1811) {
      const changed = (Number.parseInt(hex[at] ?? '', 16) ^ 1).toString(16);
      const tiles = new Map(held.tiles).set(name, hex.slice(0, at) + changed + hex.slice(at + 1));
      const { isSound, faults } = await verified({ ...held, tiles });
      assert.equal(isSound, false, `${name} ${at}`);
      assert.ok(faults.length > 0);
    }
  }
  for (let at = 0; at < held.checkpoint.length; at += 1) {
    const found = await verified({ ...held, checkpoint: flipped(held.checkpoint, at) });
    assert.deepEqual(codesOf(found), ['not-signed'], `${at}`);
  }
});

test('[CONSOLE-82] an entry taken out, put in, moved or withheld is found', async () => {
  const held = await heldLog(texts(600));
  const without: Held = { ...held, entries: held.entries.toSpliced(300, 1) };
  const more: Held = { ...held, entries: held.entries.toSpliced(300, 0, 'x') };
  const moved: Held = { ...held, entries: held.entries.with(3, 'entrée 4').with(4, 'entrée 3') };
  assert.ok(codesOf(await verified(without)).includes('missing'));
  assert.ok(codesOf(await verified(more)).includes('root'));
  assert.deepEqual(codesOf(await verified(moved)), ['entry', 'tile', 'root']);
});

test('[CONSOLE-83] a log that is shorter, or other, than what this browser remembers is told apart from one that grew', async () => {
  const [small, grown] = [await heldLog(texts(300)), await heldLog(texts(900))];
  const other = await heldLog(texts(900).with(12, 'something else'));
  const { previous, ...then } = await verified(small, 'quick');
  assert.equal(previous, undefined);
  const remembered = { vkey: then.vkey, checkpoint: then.checkpoint, size: then.size, atMs: 5 };
  for (const depth of ['quick', 'whole'] as const) {
    const sound = await verified(grown, depth, remembered);
    assert.deepEqual([sound.faults, sound.previous], [[], remembered]);
    assert.deepEqual(codesOf(await verified(other, depth, remembered)), ['rewritten']);
    const atLarge = { ...remembered, checkpoint: grown.checkpoint, size: 900 };
    assert.deepEqual((await verified(small, depth, atLarge)).faults, [{ code: 'truncated', index: 300 }]);
  }
});

test('[CONSOLE-83] another key than the one remembered is a fault, whoever signed with it', async () => {
  const [ours, theirs] = [await heldLog(texts(3)), await heldLog(texts(3), { word: 'other' })];
  const { vkey, checkpoint, size } = await verified(ours, 'quick');
  const found = await verified(theirs, 'whole', { vkey, checkpoint, size, atMs: 0 });
  assert.deepEqual([codesOf(found), found.entries], [['key-changed'], 0]);
  assert.deepEqual(codesOf(await verified({ ...ours, verifierKey: flipped(ours.verifierKey, 20) })), ['key']);
});

test('[CONSOLE-83] what was found sound is remembered, and nothing else is', async () => {
  const kept = new Map<string, string>();
  const store: Store = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
  const held = await heldLog(texts(3));
  remember(store, await verified(held, 'quick'));
  assert.equal(recall(store)?.size, 3);
  remember(store, await verified({ ...held, entries: texts(2) }));
  assert.equal(recall(store)?.size, 3);
  kept.set([...kept.keys()][0] ?? '', '{"vkey":1}');
  assert.equal(recall(store), undefined);
  forget(store);
  assert.equal(kept.size, 0);
});

test('[CONSOLE-84] it tells how far it is, and stops when told to', async () => {
  const held = await heldLog(texts(4000));
  const stop = new AbortController();
  const seen: number[] = [];
  const onProgress = (done: number) => {
    seen.push(done);
    if (seen.length === 2) stop.abort();
  };
  const running = verifyLog({ source: sourceOf(held), depth: 'whole', signal: stop.signal, nowMs: 0, onProgress });
  await assert.rejects(running, { name: 'AbortError' });
  assert.deepEqual(seen, [768, 1536]);
});
