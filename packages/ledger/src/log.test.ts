import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromHex, isFault, toHex } from '@leadglass/kit';
import { openCheckpoint, originOf } from './checkpoint.ts';
import { Edge } from './edge.ts';
import { openLedgerView, verifyLedger } from './index.ts';
import { bundlePath, joinBundle, splitBundle, tilePath } from './layout.ts';
import { EMPTY_ROOT, leafHash } from './merkle.ts';
import { openNote, signNote, verifierKey } from './note.ts';
import { checkInclusion, consistencyPath, isConsistent } from './proof.ts';
import { TreeReader } from './reader.ts';
import { entriesFrom, grown, ORIGIN, openTestLedger, PRIVATE_KEY, PUBLIC_KEY, TRUST } from './testing.ts';

const vector = (name: string): string =>
  readFileSync(new URL(`../../../vectors/ledger/${name}`, import.meta.url), 'utf8');

/** RFC 6962 §2.1 as it is written, and nothing else. */
function plainRoot(entries: readonly Uint8Array[]): Uint8Array {
  const sha = (...parts: Uint8Array[]) => new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest());
  if (entries.length === 0) return sha();
  if (entries.length === 1) return sha(Uint8Array.of(0), entries[0] as Uint8Array);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha(Uint8Array.of(1), plainRoot(entries.slice(0, k)), plainRoot(entries.slice(k)));
}

test('[LEDGER-1] the tree hashes as RFC 6962 does', () => {
  const rows = vector('rfc6962-roots.tsv')
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split('\t'));
  assert.equal(rows.length, 8);
  const edge = new Edge();
  assert.equal(toHex(edge.root()), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  for (const [leaf, root] of rows) {
    edge.push(leafHash(fromHex(leaf as string) as Uint8Array));
    assert.equal(toHex(edge.root()), root);
  }
});

test('[LEDGER-1] the root is the plain recursive definition’s at every size to 70 and around tile edges', async () => {
  for (const n of [...Array(70).keys(), 255, 256, 257, 511, 512, 513, 700]) {
    const { store, ledger } = await grown(n);
    const checkpoint = openCheckpoint(ledger.checkpoint, TRUST);
    assert.deepEqual(checkpoint?.rootHash, plainRoot(entriesFrom(0, n)));
    assert.deepEqual(await new TreeReader(store, n).rangeHash(0, n), plainRoot(entriesFrom(0, n)));
  }
});

test('[LEDGER-2] tile and bundle paths are those of C2SP tlog-tiles', () => {
  assert.equal(tilePath(0, 1234067), 'tile/0/x001/x234/067');
  assert.equal(tilePath(1, 0, 17), 'tile/1/000.p/17');
  assert.equal(bundlePath(1000), 'tile/entries/x001/000');
  assert.equal(bundlePath(999, 3), 'tile/entries/999.p/3');
});

test('[LEDGER-2] a log of 70,000 entries has the tiles that tlog-tiles gives as its example', async () => {
  const { store } = await grown(35_000, 35_000);
  const count = (pattern: RegExp) => [...store.files.keys()].filter((path) => pattern.test(path)).length;
  assert.equal(count(/^tile\/0\/(x\d+\/)*\d+$/), 273);
  assert.equal(count(/^tile\/entries\/(x\d+\/)*\d+$/), 273);
  assert.equal(store.files.get('tile/0/273.p/112')?.byteLength, 112 * 32);
  assert.equal(count(/^tile\/1\/000$/), 1);
  assert.equal(store.files.get('tile/1/001.p/17')?.byteLength, 17 * 32);
  assert.equal(store.files.get('tile/2/000.p/1')?.byteLength, 32);
  assert.equal(splitBundle(store.files.get('tile/entries/273.p/112') as Uint8Array)?.length, 112);
});

test('[LEDGER-2] a partial tile stays until the full one is committed, and then goes', async () => {
  const { store, ledger } = await grown(1, 1, 200);
  for (const width of [1, 2, 202])
    assert.ok(store.files.has(`tile/entries/000.p/${width}`) && store.files.has(`tile/0/000.p/${width}`));
  await ledger.append(entriesFrom(202, 54));
  assert.deepEqual(
    [...store.files.keys()].filter((path) => path.includes('/000.p/')),
    ['tile/1/000.p/1'],
  );
});

test('[LEDGER-3] a bundle is entries behind 16-bit lengths; a length over the end is refused', () => {
  const entries = [new Uint8Array(0), Uint8Array.of(1), new Uint8Array(65_535).fill(7)];
  const bundle = joinBundle(entries);
  assert.deepEqual([...bundle.subarray(0, 7)], [0, 0, 0, 1, 1, 255, 255]);
  assert.deepEqual(splitBundle(bundle), entries);
  assert.equal(splitBundle(bundle.subarray(0, -1)), undefined);
  assert.equal(splitBundle(bundle.subarray(0, 3)), undefined);
  assert.equal(splitBundle(new Uint8Array(2 * 257)), undefined);
});

test('[LEDGER-3] an entry over 65,535 bytes is our own mistake', async () => {
  const { ledger } = await grown(1);
  assert.throws(() => ledger.append([new Uint8Array(65_536)]), /65,535/);
  assert.equal(await ledger.append([new Uint8Array(65_535)]), 1);
});

test('[LEDGER-4] the note example of another implementation opens, and a changed one does not', () => {
  const [vkey, ...rest] = vector('signed-note.txt').split('\n');
  const [name, , key] = (vkey as string).split('+') as [string, string, string];
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key, 'base64').subarray(1)]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  assert.equal(verifierKey(name, publicKey), vkey);
  const note = rest.join('\n');
  assert.ok(openNote(note, name, publicKey)?.startsWith('If you think'));
  assert.equal(openNote(note.replace('answer', 'Answer'), name, publicKey), undefined);
});

test('[LEDGER-4] the checkpoint is origin, size, root, and an Ed25519 signature over exactly that', async () => {
  const { ledger, store } = await grown(3);
  assert.equal(Buffer.from(store.files.get('checkpoint') as Uint8Array).toString(), ledger.checkpoint);
  const [text, line] = ledger.checkpoint.split('\n\n') as [string, string];
  assert.deepEqual(text.split('\n'), [ORIGIN, '3', Buffer.from(plainRoot(entriesFrom(0, 3))).toString('base64')]);
  const signature = Buffer.from(line.trimEnd().split(' ')[2] as string, 'base64');
  assert.ok(line.startsWith(`\u2014 ${ORIGIN} `) && signature.length === 68);
  assert.ok(verify(null, Buffer.from(`${text}\n`), PUBLIC_KEY, signature.subarray(4)));
});

test('[LEDGER-4] a cosigned checkpoint opens; one of another key, another log or with a bad own signature does not', async () => {
  const { ledger } = await grown(3);
  const other = generateKeyPairSync('ed25519');
  const text = ledger.checkpoint.slice(0, ledger.checkpoint.indexOf('\n\n') + 1);
  const cosignature = signNote(text, 'witness.example/w', other.privateKey).split('\n\n')[1];
  assert.equal(openCheckpoint(ledger.checkpoint + cosignature, TRUST)?.size, 3);
  assert.equal(openCheckpoint(signNote(text, ORIGIN, other.privateKey), TRUST), undefined);
  assert.equal(openCheckpoint(ledger.checkpoint, { ...TRUST, origin: 'leadglass/other' }), undefined);
  assert.equal(openCheckpoint(ledger.checkpoint, { ...TRUST, publicKey: other.publicKey }), undefined);
  for (const size of ['03', '-3', '3.0', '9007199254740993', '']) {
    assert.equal(openCheckpoint(signNote(text.replace('\n3\n', `\n${size}\n`), ORIGIN, PRIVATE_KEY), TRUST), undefined);
  }
});

test('[LEDGER-4] an origin is made of any site name', () => {
  assert.equal(
    originOf('Centre d’imagerie de Saint-Étienne + IRM'),
    'leadglass/centre-d-imagerie-de-saint-etienne-irm',
  );
  assert.equal(originOf('放射線'), 'leadglass/site');
});

test('[LEDGER-5] appends give indexes in order, also when called at once, and entries come back', async () => {
  const { ledger } = await grown(250);
  const firsts = await Promise.all([10, 0, 300, 1].map((n) => ledger.append(entriesFrom(900, n))));
  assert.deepEqual(firsts, [250, 260, 260, 560]);
  assert.equal(Buffer.from(await ledger.entry(249)).toString(), 'entry 249');
  assert.equal(Buffer.from(await ledger.entry(560)).toString(), 'entry 900');
  await assert.rejects(ledger.entry(561));
});

test('[LEDGER-5] a log reopened goes on exactly where it was', async () => {
  for (const n of [0, 1, 255, 256, 257, 700]) {
    const { store, ledger } = await grown(n);
    const again = await openTestLedger(store);
    assert.equal(again.checkpoint, ledger.checkpoint);
    await again.append(entriesFrom(n, 300));
    assert.deepEqual(openCheckpoint(again.checkpoint, TRUST)?.rootHash, plainRoot(entriesFrom(0, n + 300)));
    assert.deepEqual((await verifyLedger(store, TRUST)).faults, []);
  }
});

test('[LEDGER-5] one batch and many small ones make the same tree and the same full tiles', async () => {
  const [one, many] = [await grown(600), await grown(1, 254, 1, 1, 255, 88)];
  assert.equal(one.ledger.checkpoint, many.ledger.checkpoint);
  for (const path of ['tile/0/000', 'tile/0/001', 'tile/entries/001', 'tile/1/000.p/2'])
    assert.deepEqual(many.store.files.get(path), one.store.files.get(path));
});

test('[LEDGER-6] a log whose checkpoint and edge disagree is not opened', async () => {
  const cases: [string, (bytes: Uint8Array) => Uint8Array | undefined][] = [
    ['checkpoint', (b) => b.with(3, 1)],
    ['tile/0/001.p/44', (b) => b.with(0, (b[0] as number) ^ 1)],
    ['tile/0/001.p/44', () => undefined],
    ['tile/entries/001.p/44', (b) => b.with(5, 1)],
    ['tile/1/000.p/1', (b) => b.slice(1)],
  ];
  for (const [path, change] of cases) {
    const { store } = await grown(300);
    const changed = change(store.files.get(path) as Uint8Array);
    if (changed === undefined) store.files.delete(path);
    else store.files.set(path, changed);
    await assert.rejects(
      openTestLedger(store),
      (thrown) => isFault(thrown, 'ledger.damaged') && thrown.retry === 'permanent',
    );
  }
});

test('[LEDGER-6] tiles without a checkpoint are damage, not a new log', async () => {
  const { store } = await grown(300);
  store.files.delete('checkpoint');
  await assert.rejects(openTestLedger(store), (thrown) => isFault(thrown, 'ledger.damaged'));
});

test('[LEDGER-8] every entry of trees of many sizes has a proof that holds, and for nothing else', async () => {
  for (const n of [1, 2, 3, 7, 8, 65, 257, 300]) {
    const { ledger, store } = await grown(n);
    const view = await openLedgerView(store, TRUST);
    for (let index = 0; index < n; index += n > 100 ? 17 : 1) {
      const proof = await view.prove(index);
      assert.deepEqual(proof, await ledger.prove(index));
      assert.equal(checkInclusion(proof, TRUST), 'sound');
      assert.deepEqual(proof.rootHash, plainRoot(entriesFrom(0, n)));
      assert.equal(checkInclusion({ ...proof, entry: Buffer.from('other') }, TRUST), 'not-included');
      if (n > 1) assert.equal(checkInclusion({ ...proof, index: (index + 1) % n }, TRUST), 'not-included');
      if (n > 1) assert.equal(checkInclusion({ ...proof, hashes: proof.hashes.slice(1) }, TRUST), 'not-included');
      assert.equal(checkInclusion({ ...proof, hashes: [...proof.hashes, EMPTY_ROOT] }, TRUST), 'not-included');
      assert.equal(checkInclusion({ ...proof, checkpoint: '' }, TRUST), 'checkpoint-not-signed');
    }
  }
});

test('[LEDGER-9] the consistency proof between any two sizes holds, and with another old root does not', async () => {
  const { store } = await grown(1, 1, 5, 1, 61, 1, 186, 1, 13);
  const roots = Array.from({ length: 271 }, (_, n) => plainRoot(entriesFrom(0, n)));
  for (const now of [1, 2, 7, 8, 69, 70, 256, 257, 270]) {
    for (let then = 1; then <= now; then += now > 100 ? 13 : 1) {
      const path = await consistencyPath(new TreeReader(store, now), then);
      assert.ok(
        isConsistent(then, roots[then] as Uint8Array, now, roots[now] as Uint8Array, path),
        `${then} of ${now}`,
      );
      assert.ok(!isConsistent(then, EMPTY_ROOT, now, roots[now] as Uint8Array, path));
      assert.ok(!isConsistent(then, roots[then] as Uint8Array, now, EMPTY_ROOT, path));
      if (path.length > 0)
        assert.ok(!isConsistent(then, roots[then] as Uint8Array, now, roots[now] as Uint8Array, path.slice(1)));
    }
  }
});

test('[LEDGER-16] tiles are given as tlog-tiles has them, none beyond the tree, and they fold to the signed root', async () => {
  const { store, ledger } = await grown(700);
  for (const [level, index, path] of [
    [0, 0, 'tile/0/000'],
    [0, 2, 'tile/0/002.p/188'],
    [1, 0, 'tile/1/000.p/2'],
  ] as const) {
    const hashes = await ledger.tile(level, index);
    assert.deepEqual(Buffer.concat(hashes ?? []), Buffer.from(store.files.get(path) as Uint8Array), path);
  }
  for (const [level, index] of [
    [0, 3],
    [1, 1],
    [2, 0],
    [99, 0],
    [0, 1e12],
  ] as const)
    assert.equal(await ledger.tile(level, index), undefined);
  const leaves = [await ledger.tile(0, 0), await ledger.tile(0, 1), await ledger.tile(0, 2)].flatMap(
    (tile) => tile ?? [],
  );
  const edge = new Edge();
  for (const leaf of leaves) edge.push(leaf);
  assert.deepEqual(edge.root(), openCheckpoint(ledger.checkpoint, TRUST)?.rootHash);
});
