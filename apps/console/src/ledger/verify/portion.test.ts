import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { provedPortion, Unproved } from './portion.ts';
import { flipped, heldLog, sourceOf, texts } from './verify.testkit.ts';

const CHECKER = fileURLToPath(new URL('../../../../../vectors/ledger/check_proof.py', import.meta.url));
const signal = new AbortController().signal;
const nothing = () => {};

test('[CONSOLE-87] what is exported is proved here, and a checker that shares nothing with us accepts each proof', async (t) => {
  const isMissing = ['python3', 'openssl'].find((name) => spawnSync(name, ['--help']).error !== undefined);
  if (isMissing !== undefined && process.env.LEADGLASS_REQUIRE_PEERS !== '1')
    return t.skip(`${isMissing} not installed`);
  const held = await heldLog(texts(700));
  const portion = await provedPortion(sourceOf(held), { first: 250, count: 12 }, signal, nothing);
  assert.deepEqual(
    portion.entries.map(({ index, content }) => [index, content]),
    Array.from({ length: 12 }, (_, at) => [250 + at, `entrée ${250 + at}`]),
  );
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-portion-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const { index, proof } of portion.entries.filter((_, at) => at % 5 === 0)) {
    const file = join(folder, `${index}.tlog-proof`);
    writeFileSync(file, proof);
    assert.match(execFileSync('python3', [CHECKER, file, portion.vkey], { encoding: 'utf8' }), new RegExp(`${index}`));
  }
});

test('[CONSOLE-87] an entry that the log does not prove is not exported', async () => {
  const held = await heldLog(texts(300));
  const entries = held.entries.with(7, flipped(held.entries[7] ?? '', 2));
  const range = { first: 0, count: 20 };
  await assert.rejects(provedPortion(sourceOf({ ...held, entries }), range, signal, nothing), (thrown) => {
    return thrown instanceof Unproved && thrown.index === 7;
  });
  const checkpoint = flipped(held.checkpoint, 30);
  await assert.rejects(provedPortion(sourceOf({ ...held, checkpoint }), range, signal, nothing), Unproved);
});
