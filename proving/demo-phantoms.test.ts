import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { writeFileMeta } from '@leadglass/dicom';
import { infected, LOOK_ALIKES } from '../apps/demo/src/look-alikes.ts';
import { KINDS, type Kind, type MadeObject } from '../apps/demo/src/studies/made.ts';
import { studyOf } from '../apps/demo/src/studies/study.ts';
import { inspect } from './corpus/inspect.ts';
import { requirePeer, requirePydicom, which } from './peers.ts';

const AT_MS = Date.UTC(2026, 10, 20, 9, 30);
const IMPLEMENTATION = { implementationClassUid: '1.2.3.4', implementationVersionName: 'PROVING' };

function fileOf(object: MadeObject): Buffer {
  return Buffer.concat([writeFileMeta({ ...object, ...IMPLEMENTATION }), object.dataSet]);
}

/** The first, the middle and the last object of a study of each kind. */
const SAMPLES = KINDS.flatMap((kind) => {
  const objects = [...studyOf({ kind, seed: 3, no: 1, atMs: AT_MS, isFine: false })];
  const some = [...new Set([0, objects.length >> 1, objects.length - 1])];
  return some.map((at) => ({ kind, at, object: objects[at] as MadeObject }));
});

function written(t: TestContext): { kind: Kind; at: number; name: string }[] {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-phantoms-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return SAMPLES.map(({ kind, at, object }) => {
    const name = join(folder, `${kind}-${at}.dcm`);
    writeFileSync(name, fileOf(object));
    return { kind, at, name };
  });
}

test('[DEMO-40] our own inspection finds nothing in what the scanners of the demonstration send', async () => {
  for (const { kind, at, object } of SAMPLES) {
    const { verdict, findings } = await inspect(fileOf(object));
    assert.deepEqual({ verdict, findings }, { verdict: 'clean', findings: [] }, `${kind} ${at}`);
  }
});

test('[DEMO-41] and something in every object of the infected station', async () => {
  for (const which of LOOK_ALIKES) {
    const { verdict } = await inspect(fileOf(infected(which, 3, 0, AT_MS)));
    assert.match(verdict, /^(suspicious|malicious|malformed)$/, which);
  }
});

test('[DEMO-42] dciodvfy has no error to tell of them', (t) => {
  if (requirePeer(t, 'dciodvfy') === undefined) return;
  for (const { kind, at, name } of written(t)) {
    const { stderr, stdout } = spawnSync(which('dciodvfy') ?? '', ['-new', name], { encoding: 'latin1' });
    const errors = `${stdout}${stderr}`.split('\n').filter((line) => /^Error|Error -/.test(line));
    assert.deepEqual(errors, [], `${kind} ${at}`);
    assert.match(`${stdout}${stderr}`, /Image/, 'it knew which kind of image it is');
  }
});

test('[DEMO-43] GDCM reads them whole', (t) => {
  if (requirePeer(t, 'gdcmdump') === undefined) return;
  for (const { kind, at, name } of written(t)) {
    const { status, stdout } = spawnSync('gdcmdump', [name], { encoding: 'latin1', maxBuffer: 2 ** 24 });
    assert.equal(status, 0, `${kind} ${at}`);
    assert.match(stdout, /\(7fe0,0010\)/);
  }
});

const READ = `
import sys, pydicom
for name in sys.argv[1:]:
    d = pydicom.dcmread(name)
    size = d.Rows * d.Columns * d.BitsAllocated // 8
    assert len(d.PixelData) == size, name
    print(d.Modality, d.PatientName.family_name != '', d.StudyDescription)
`;

test('[DEMO-44] pydicom reads them, their pixels as long as they say and their French as it was written', (t) => {
  const python = requirePydicom(t);
  if (python === undefined) return;
  const names = written(t).map(({ name }) => name);
  const { status, stdout, stderr } = spawnSync(python, ['-c', READ, ...names], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  });
  assert.equal(status, 0, stderr);
  assert.equal(stdout.trim().split('\n').length, names.length);
  assert.match(stdout, /US True Échographie abdominale/);
});
