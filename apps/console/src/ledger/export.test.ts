import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { unzipSync } from 'fflate';
import { exportZip } from './export.ts';
import { provedPortion } from './verify/portion.ts';
import { heldLog, sourceOf, texts } from './verify/verify.testkit.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const CHECKER = read('../../public/check_proof.py');

test('[CONSOLE-87] the checker that is handed out is the one of the vectors', () => {
  assert.equal(CHECKER, read('../../../../vectors/ledger/check_proof.py'));
});

test('[CONSOLE-87] the file for an auditor verifies with what it holds, and no longer once an entry in it is changed', async (t) => {
  const isMissing = ['python3', 'openssl'].find((name) => spawnSync(name, ['--help']).error !== undefined);
  if (isMissing !== undefined && process.env.LEADGLASS_REQUIRE_PEERS !== '1')
    return t.skip(`${isMissing} not installed`);
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-export-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const signal = new AbortController().signal;
  const held = await heldLog(texts(40));
  const portion = await provedPortion(sourceOf(held), { first: 30, count: 4 }, signal, () => {});
  const zip = exportZip({ portion, checker: CHECKER, madeAt: new Date('2026-01-02T03:04:06Z') });
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  const verify = () => spawnSync('sh', [join(folder, 'verify.sh')], { encoding: 'utf8' });
  assert.match(execFileSync('sh', [join(folder, 'verify.sh')], { encoding: 'utf8' }), /All proofs hold/);
  assert.match(readFileSync(join(folder, 'LISEZMOI.txt'), 'utf8'), /Entrées 30 à 33 d’un registre de 40 entrées/);
  writeFileSync(join(folder, 'entries', '000000032.xml'), 'entrée 31');
  const { status, stdout } = verify();
  assert.deepEqual([status, stdout.trim()], [1, 'NOT PROVED: proofs/000000032.tlog-proof']);
});
