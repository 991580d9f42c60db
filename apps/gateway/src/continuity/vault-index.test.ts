import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { WholeStudy } from '@leadglass/catalogue';
import { DataSetReader, type ElementHead, Part10Reader, SILENT_HANDLER } from '@leadglass/dicom';
import { ManualClock } from '@leadglass/kit';
import type { Sha256 } from '@leadglass/model';
import type { Retrievable } from '@leadglass/records';
import { generateIdentity, memorySource, openHeader, readPlain } from '@leadglass/vault';
import { VaultIndex, type VaultIndexOptions } from './vault-index.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const KEY = generateIdentity();

function study(n: number): WholeStudy {
  const uid = `1.2.${n}`;
  const instances = [{ sopInstanceUid: `${uid}.1.1`, sha256: 'a', attributes: { '00200013': '1' } }];
  const series = [{ seriesInstanceUid: `${uid}.1`, attributes: { '00080060': 'CT' }, instances }];
  const attributes = { '00100010': 'Lefèvre^Zoé', '00100020': `P${n}`, '00080020': '20260615', '00080050': '' };
  return { studyInstanceUid: uid, attributes, series };
}

const kept = (uid: string, more: Partial<Retrievable> = {}): Retrievable => ({
  sha256: 'ab'.padEnd(64, uid.slice(-1)) as Sha256,
  place: { kind: 'file' },
  ...{ plainBytes: 1000, sealedBytes: 1200, metaBytes: 300, sopClassUid: '1.2.840.10008.5.1.4.1.1.2' },
  ...{ sopInstanceUid: `${uid}.1.1`, transferSyntaxUid: '1.2.840.10008.1.2.1', studyInstanceUid: uid },
  ...{ seriesInstanceUid: `${uid}.1`, patient: 'p', modality: 'CT', peer: 'CT1', receivedAtMs: NOW },
  ...{ hold: undefined, isCopy: false },
  ...more,
});

function houseOf(t: TestContext, given: Partial<VaultIndexOptions> = {}) {
  const vault = mkdtempSync(join(tmpdir(), 'leadglass-index-'));
  t.after(() => rmSync(vault, { recursive: true, force: true }));
  const options: VaultIndexOptions = {
    ...{ vault, recipients: [KEY.recipient], clock: new ManualClock(NOW), layOut: async () => {} },
    retrieval: { ofStudy: async (uid) => [kept(uid)] },
    studies: async function* () {
      for (let n = 1; n <= 5; n += 1) yield study(n);
    },
    ...given,
  };
  const open = async (name: string): Promise<Buffer> => {
    const source = memorySource(readFileSync(join(vault, 'index', name)));
    return Buffer.concat(await allOf(readPlain(source, await openHeader([KEY], source))));
  };
  return { vault, index: new VaultIndex(options), open, options };
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Elements of an Inventory by tag, in order, and what is irregular in it. */
function read(file: Buffer) {
  const found: { tag: number; value: string }[] = [];
  const irregular: string[] = [];
  let now: ElementHead | undefined;
  const handler = {
    ...SILENT_HANDLER,
    element: (head: ElementHead) => {
      now = head;
      found.push({ tag: head.tag, value: '' });
    },
    value: (bytes: Uint8Array) => {
      const last = found.at(-1);
      if (last !== undefined && now !== undefined) last.value += Buffer.from(bytes).toString('utf8');
    },
    irregularity: (one: { readonly code: string }) => void irregular.push(one.code),
  };
  const reader = new DataSetReader({ transferSyntaxUid: '1.2.840.10008.1.2.1', handler });
  const part10 = new Part10Reader({
    preamble: () => {},
    metaIrregularity: ({ code }) => void irregular.push(code),
    meta: () => {},
    dataSet: (bytes) => reader.push(bytes),
  });
  part10.push(file);
  part10.end();
  reader.end();
  const all = (tag: number): string[] =>
    found.filter((one) => one.tag === tag).map(({ value }) => value.replace(/[\0 ]+$/, ''));
  return { all, irregular };
}

test('[CONT-110] an Inventory reads as a regular data set and names every object with its sealed file', async (t) => {
  const { index, open } = houseOf(t);
  assert.deepEqual((await allOf(index.write())).at(-1), { studies: 5, objects: 5, left: 0, isDone: true });
  const { all, irregular } = read(await open('inventory.dcm.age'));
  assert.deepEqual(irregular, []);
  assert.deepEqual(all(0x0020000d), ['1.2.1', '1.2.2', '1.2.3', '1.2.4', '1.2.5']);
  assert.equal(all(0x00100010)[0], 'Lefèvre^Zoé');
  assert.deepEqual(all(0x00080409)[2], `../objects/ab/${'ab'.padEnd(64, '3')}.age`);
  assert.deepEqual(
    [all(0x00080403), all(0x00080426), all(0x00080404)[0]],
    [['INSTANCE'], ['COMPLETE'], '20260615120000+0000'],
  );
});

test('[CONT-111] many studies make several Inventories, of which the last incorporates the others', async (t) => {
  const { index, open, vault } = houseOf(t, { studiesAPart: 2 });
  await allOf(index.write());
  assert.deepEqual(readdirSync(join(vault, 'index')).sort(), [
    ...['README.txt', 'inventory-1.dcm.age', 'inventory-2.dcm.age', 'inventory-3.dcm.age', 'inventory.dcm.age'],
    'objects.jsonl.age',
  ]);
  const root = read(await open('inventory.dcm.age'));
  assert.deepEqual(root.all(0x00080409), ['inventory-1.dcm.age', 'inventory-2.dcm.age', 'inventory-3.dcm.age']);
  const parts = await Promise.all([1, 2, 3].map(async (n) => read(await open(`inventory-${n}.dcm.age`))));
  assert.deepEqual(
    parts.map(({ all }) => all(0x0020000d).length),
    [2, 2, 1],
  );
  assert.deepEqual(
    root.all(0x00081155),
    parts.map(({ all }) => all(0x00080018)[0]),
  );
});

test('[CONT-112] what is held is in no index, its disarmed copy is; what has no file of its own yet is counted', async (t) => {
  const copySha = 'cd'.padEnd(64, '0') as Sha256;
  const { index, open } = houseOf(t, {
    retrieval: {
      ofStudy: async (uid) => {
        if (uid === '1.2.1') return [kept(uid, { hold: 'held' }), kept(uid, { sha256: copySha, isCopy: true })];
        if (uid === '1.2.2') return [kept(uid, { hold: 'held' })];
        return [kept(uid, uid === '1.2.3' ? { place: { kind: 'lane', file: 'a-0.lane', offset: 0 } } : {})];
      },
    },
  });
  assert.deepEqual((await allOf(index.write())).at(-1), { studies: 3, objects: 3, left: 1, isDone: true });
  const lines = (await open('objects.jsonl.age')).toString('utf8').trim().split('\n');
  const paths = lines.map((line) => (JSON.parse(line) as { path: string }).path);
  assert.equal(paths[0], `../objects/cd/${copySha}.age`);
});

test('[CONT-113] an index that fails half way leaves the one before as it was, and files for their owner alone', async (t) => {
  const { index, vault, options } = houseOf(t);
  await allOf(index.write());
  const before = readFileSync(join(vault, 'index', 'objects.jsonl.age'));
  const failing = new VaultIndex({
    ...options,
    studies: async function* () {
      yield study(1);
      throw new Error('disk');
    },
  });
  await assert.rejects(allOf(failing.write()), /disk/);
  assert.deepEqual(readFileSync(join(vault, 'index', 'objects.jsonl.age')), before);
  for (const name of readdirSync(join(vault, 'index')))
    assert.equal(statSync(join(vault, 'index', name)).mode & 0o777, 0o600, name);
  await allOf(index.write());
  assert.deepEqual(readdirSync(vault), ['index']);
});
