import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Gateway } from './gateway.ts';
import { gatewayToOrthanc, type Imported, ImportRoom, instancesOf } from './importing.ts';
import { FOREIGN, type Medium, makeMedium, type OnMedium } from './medium.ts';
import { type Orthanc, which } from './peers.ts';

const ROOM = new ImportRoom();
const TOOLS = ['Orthanc', 'dcmmkdir', 'dcmdump', 'dciodvfy'] as const;
after(() => ROOM.remove());

function contentsOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${path} ${statSync(path).mtimeMs} ${readFileSync(path).length}`);
}

function dump(file: Buffer): string {
  const path = join(ROOM.folder, 'dumped.dcm');
  writeFileSync(path, file);
  return execFileSync('dcmdump', ['-q', '+U8', path], { encoding: 'utf8' });
}

/** Complaints of a validator, wherever in the object they stand: an old value is complained of in its new place. */
function complaints(file: Buffer): readonly string[] {
  const path = join(ROOM.folder, 'judged.dcm');
  writeFileSync(path, file);
  const { stdout, stderr } = spawnSync('dciodvfy', ['-new', path], { encoding: 'latin1' });
  return `${stdout}${stderr}`.split('\n').filter((line) => /^(?:Error|Warning)/.test(line));
}

const missing = TOOLS.find((tool) => which(tool) === undefined);
const skip = missing !== undefined && process.env.LEADGLASS_REQUIRE_PEERS !== '1' ? `${missing} not installed` : false;

describe('a patient’s medium, imported', { skip }, () => {
  let medium: Medium;
  let gateway: Gateway;
  let orthanc: Orthanc;
  let imported: Imported;
  let arrived: ReadonlyMap<string, Buffer>;
  let untouched: readonly string[];
  const ends: (() => Promise<void>)[] = [];

  before(async () => {
    medium = makeMedium(join(ROOM.folder, 'cd'), ROOM.marker);
    untouched = contentsOf(medium.folder);
    ({ gateway, orthanc } = await gatewayToOrthanc({ after: (act) => void ends.unshift(act) }));
    imported = await ROOM.import(
      gateway.home,
      medium.folder,
      '--patient-file',
      ROOM.identity,
      '--patient',
      '1',
      '--yes',
    );
    await gateway.until(({ deliveries }) => deliveries.delivered === 4 && deliveries.pending === 0);
    arrived = await instancesOf(orthanc);
  });
  after(async () => {
    for (const end of ends) await end();
  });

  const innocent = (): readonly OnMedium[] => [...medium.clean, medium.doubtful];

  test('[PROVE-70] the PACS has exactly the innocent images, under the identity asked for, pixels bit for bit', () => {
    assert.equal(imported.code, 1, imported.stderr);
    assert.deepEqual(imported.report.counts, { stored: 4, originals: 1, held: 1, refused: 1, left: 0 });
    assert.deepEqual(
      [...arrived.keys()].sort(),
      innocent()
        .map((one) => one.sopInstanceUid)
        .sort(),
    );
    for (const { sopInstanceUid, pixels } of innocent()) {
      const file = arrived.get(sopInstanceUid) ?? Buffer.alloc(0);
      const said = dump(file);
      assert.ok(file.subarray(file.length - pixels.length).equals(pixels), 'pixels differ');
      assert.match(said, /^\(0010,0010\) PN \[DUPRÉ\^Léa\]/m);
      assert.match(said, /^\(0010,0020\) LO \[L-42\]/m);
      assert.match(said, /^\(0010,0021\) LO \[SITE\]/m);
    }
  });

  test('[PROVE-71] each copy tells who it was said to be, who changed it, from where and why', () => {
    for (const file of arrived.values()) {
      const said = dump(file);
      const originals = said.slice(said.indexOf('(0400,0561) SQ'), said.indexOf('(7fe0,0010)'));
      assert.match(originals, new RegExp(`\\(0010,0010\\) PN \\[${FOREIGN.patientName.replace('^', '\\^')}\\]`));
      assert.match(originals, new RegExp(`\\(0010,0020\\) LO \\[${FOREIGN.patientId}\\]`));
      assert.match(originals, /\(0400,0563\) LO \[LEADGLASS\]/);
      assert.match(originals, /\(0400,0564\) LO \[Medium [0-9a-f]{16}\]/);
      assert.match(originals, /\(0400,0565\) CS \[COERCE\]/);
      assert.match(said, /\(0008,0100\) SH \[MEDIM\]/);
    }
  });

  test('[PROVE-71] validators have no complaint that they did not have about the medium', () => {
    const place = (line: string): string =>
      line.replace(/<\/(?:OriginalAttributes\S*?ModifiedAttributesSequence[^/]*\/)?/, '<');
    for (const { sopInstanceUid, file } of medium.clean) {
      const known = new Set(complaints(file).map((line) => place(line).replace(/\[1\]/g, '')));
      const found = complaints(arrived.get(sopInstanceUid) ?? Buffer.alloc(0));
      assert.deepEqual(
        found.filter((line) => !known.has(place(line).replace(/\[1\]/g, ''))),
        [],
      );
    }
  });

  test('[PROVE-72] what is dangerous is stopped: the program is held, the bomb refused, the other patient left alone', async () => {
    const fates = new Map(
      imported.report.objects.map(({ path, outcome }) => [path.slice(medium.folder.length + 1), outcome]),
    );
    assert.equal(fates.get(medium.polyglot.path), 'held');
    assert.equal(fates.get(medium.bomb.path), 'refused');
    assert.equal(fates.has(medium.otherPatient.path), false);
    const { holds } = JSON.parse(await gateway.cli('hold', 'list', '--json')) as {
      holds: readonly { peer: string; sopInstanceUid: string }[];
    };
    assert.deepEqual(
      holds.map(({ peer, sopInstanceUid }) => `${peer} ${sopInstanceUid}`).sort(),
      [medium.doubtful, medium.polyglot].map(({ sopInstanceUid }) => `IMPORT-ORIGINAL ${sopInstanceUid}`).sort(),
    );
  });

  test('[PROVE-73] nothing of the medium ran, nothing was written but in the home, and files that are no images were told', () => {
    assert.deepEqual([...imported.programs], [realpathSync(process.execPath)]);
    assert.equal(existsSync(ROOM.marker), false);
    assert.deepEqual(contentsOf(medium.folder), untouched);
    assert.deepEqual(readdirSync(ROOM.scratch), []);
    const names = imported.report.others.map(({ path }) => path.slice(medium.folder.length + 1));
    assert.deepEqual(names, ['AUTORUN.INF', 'LISEZMOI.TXT', 'START.SH', 'VIEWER.EXE']);
    assert.deepEqual(
      imported.report.directories.map(({ missing, unlisted }) => [missing, unlisted]),
      [[[], 4]],
    );
  });

  test('[PROVE-74] the ledger says who imported which medium with what result, and of patients nothing', async () => {
    const log = await gateway.cli('log', '--kind', 'import', '--json');
    const { entries } = JSON.parse(log) as { entries: readonly { event: Record<string, unknown> }[] };
    const [begun, ended] = entries.map(({ event }) => event);
    assert.deepEqual(
      [begun?.kind, begun?.objects, begun?.clean, begun?.doubtful, begun?.dangerous],
      ['import.begun', 6, 3, 1, 2],
    );
    assert.deepEqual(
      [ended?.kind, ended?.stored, ended?.originals, ended?.held, ended?.refused],
      ['import.ended', 4, 1, 1, 1],
    );
    const everything = await gateway.cli('log', '--json', '--last', '10000');
    for (const word of ['L-42', 'DUPR', FOREIGN.patientId, '19800102'])
      assert.equal(everything.includes(word), false, word);
    assert.equal(JSON.stringify(imported.report).includes(FOREIGN.patientId), false);
    await gateway.cli('ledger', 'verify');
    await gateway.cli('vault', 'check');
  });
});
