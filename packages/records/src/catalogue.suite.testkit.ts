import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from './api.ts';
import type { OpenFresh } from './records.suite.testkit.ts';
import { commitOf, sha, T0, type Wish } from './records.testkit.ts';

const SEALED = Uint8Array.of(1, 2, 3, 0, 255);

/** What every backend promises of the catalogue's inbox; what is made of it, room catalogue tests. */
export function catalogueSuite(backend: string, open: OpenFresh): void {
  const rule = (name: string, body: (records: Records) => Promise<void>) =>
    test(`${name} (${backend})`, async (t) => body((await open(t)).records));
  const sealed = (name: string, wish: Wish = {}) => ({ ...commitOf(name, wish), catalogued: SEALED });
  const inbox = async (records: Records) => {
    const items = await records.catalogue.inbox(100);
    return items.map(({ kind, sha256 }) => [kind, ['a', 'b', 'c'].find((name) => sha(name) === sha256)]);
  };

  rule('[REC-120] an arrival is in the inbox with its custody, once', async (records) => {
    await records.commitArrivals([sealed('a'), sealed('b')]);
    await records.commitArrivals([sealed('a')]);
    assert.deepEqual(await inbox(records), [
      ['arrived', 'a'],
      ['arrived', 'b'],
    ]);
    const [item] = await records.catalogue.inbox(1);
    assert.deepEqual(Uint8Array.from(item?.sealed ?? []), SEALED);
    assert.equal(item?.sopInstanceUid, '1.2.3.a');
  });
  rule('[REC-121] what is held waits, is released into the inbox, and is forgotten when destroyed', async (records) => {
    await records.commitArrivals([sealed('a', { kind: 'hold' }), sealed('b', { kind: 'hold' })]);
    assert.deepEqual(await inbox(records), []);
    await records.releaseHold(sha('a'), 'x', 'y', T0, [], []);
    await records.destroyHold(sha('b'), 'x', 'y', T0, []);
    assert.deepEqual(await inbox(records), [
      ['arrived', 'a'],
      ['removed', 'b'],
    ]);
  });
  rule('[REC-121] what was seen and is held anew is taken out', async (records) => {
    await records.commitArrivals([sealed('a')]);
    await records.commitArrivals([sealed('a', { kind: 'hold', verdict: 'malicious' })]);
    assert.deepEqual(await inbox(records), [
      ['arrived', 'a'],
      ['removed', 'a'],
    ]);
    await records.releaseHold(sha('a'), 'x', 'y', T0, [], []);
    assert.deepEqual((await inbox(records)).at(-1), ['arrived', 'a']);
  });
  rule('[REC-122] what is destroyed is in the inbox as removed', async (records) => {
    await records.commitArrivals([sealed('a')]);
    await records.destroyCustody(sha('a'), []);
    assert.deepEqual((await inbox(records)).at(-1), ['removed', 'a']);
  });
  rule('[REC-121] of a held object the copy is seen', async (records) => {
    await records.commitArrivals([sealed('a', { kind: 'disarm' })]);
    assert.equal(await records.commitCopy(sha('a'), sealed('c')), true);
    assert.deepEqual(await inbox(records), [['arrived', 'c']]);
  });
  rule('[REC-123] what was made of the inbox is out of it in the same transaction', async (records) => {
    await records.commitArrivals([sealed('a')]);
    const [item] = await records.catalogue.inbox(1);
    await records.catalogue.change([], [item?.seq ?? 0]);
    assert.deepEqual(await inbox(records), []);
    assert.equal((await records.catalogue.counts()).waiting, 0);
  });
}
