import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { writeFileMeta } from '@leadglass/dicom';
import { DEFAULT_WALK_LIMITS, dataSetOf, type FoundObject, type Skipped, walkPart10 } from './part10-source.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const DATA_SET = Buffer.from('08001600554900061.2.3\0', 'latin1');

function meta(sopInstanceUid: string, sopClassUid = CT): Uint8Array {
  return writeFileMeta({
    sopClassUid,
    sopInstanceUid,
    transferSyntaxUid: EXPLICIT,
    implementationClassUid: '1.2.3',
    implementationVersionName: 'TEST',
  });
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-part10-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function all(paths: readonly string[], limits = DEFAULT_WALK_LIMITS): Promise<(FoundObject | Skipped)[]> {
  const found: (FoundObject | Skipped)[] = [];
  for await (const each of walkPart10(paths, limits)) found.push(each);
  return found;
}

test('[WIRE-30] folders are walked in order of names; each file that is passed over says why', async (t) => {
  const folder = folderFor(t);
  mkdirSync(join(folder, 'b', 'deep'), { recursive: true });
  writeFileSync(join(folder, 'a.dcm'), Buffer.concat([meta('1.2.3.1'), DATA_SET]));
  writeFileSync(join(folder, 'b', 'deep', 'x'), Buffer.concat([meta('1.2.3.2'), DATA_SET]));
  writeFileSync(join(folder, 'b', 'DICOMDIR'), Buffer.concat([meta('1.2.3.3', '1.2.840.10008.1.3.10'), DATA_SET]));
  writeFileSync(join(folder, 'c.txt'), 'not an image, only a letter to the editor');
  writeFileSync(join(folder, 'd-empty'), '');
  writeFileSync(join(folder, 'e-bare'), Buffer.from('0800160055490006312e322e3300', 'hex'));
  writeFileSync(join(folder, 'f-bad-uid'), Buffer.concat([meta('../../etc'), DATA_SET]));
  symlinkSync(folder, join(folder, 'g-loop'));
  const found = await all([folder, join(folder, 'absent')]);
  assert.deepEqual(
    found.map(
      (each) => `${each.path.slice(folder.length + 1)} ${each.kind === 'object' ? each.sopInstanceUid : each.reason}`,
    ),
    [
      'a.dcm 1.2.3.1',
      'b/DICOMDIR dicomdir',
      'b/deep/x 1.2.3.2',
      'c.txt not-dicom',
      'd-empty not-dicom',
      'e-bare no-meta',
      'f-bad-uid incomplete-meta',
      'g-loop symbolic-link',
      'absent unreadable',
    ],
  );
});

test('[WIRE-31] the data set is read from behind the meta, whatever its size', async (t) => {
  const folder = folderFor(t);
  const data = Buffer.alloc(2_500_001, 'abcdefg');
  writeFileSync(join(folder, 'big'), Buffer.concat([meta('1.2.3.9'), data]));
  const [found] = await all([join(folder, 'big')]);
  assert.equal(found?.kind, 'object');
  const pieces: Buffer[] = [];
  for await (const piece of dataSetOf(found as FoundObject)) pieces.push(Buffer.from(piece));
  assert.ok(Buffer.concat(pieces).equals(data));
});

test('[WIRE-30] a walk stops at its limits', async (t) => {
  const folder = folderFor(t);
  mkdirSync(join(folder, 'x', 'x', 'x', 'x', 'x'), { recursive: true });
  const found = await all([folder], { depth: 3, entries: 100 });
  assert.deepEqual(
    found.map((each) => each.kind === 'skipped' && each.reason),
    ['too-deep'],
  );
});
