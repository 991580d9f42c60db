import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { copyCode, isWarm, warmCode } from './compiled-code.ts';
import { CONSOLE, consoleFlags } from './console/places.ts';

/** A folder, and in it the cache of this test alone. */
function withCache(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-code-')));
  const { NODE_COMPILE_CACHE: before } = process.env;
  process.env.NODE_COMPILE_CACHE = join(folder, 'cache');
  t.after(() => {
    if (before === undefined) delete process.env.NODE_COMPILE_CACHE;
    else process.env.NODE_COMPILE_CACHE = before;
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** What the console's program, loaded in its sandbox, says of its compiled code. */
function loaded(home: string, code: string | undefined): string {
  const args = [...consoleFlags(home, code), CONSOLE.entry, 'warm'];
  const env = { NODE_DEBUG_NATIVE: 'COMPILE_CACHE', ...(code === undefined ? {} : { NODE_COMPILE_CACHE: code }) };
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  assert.equal(status, 0, stderr.slice(-2000));
  return stderr;
}

test('[CONSOLE-226] the console’s process takes its compiled code from a copy of its own in its sandbox, and loads without one', async (t) => {
  const folder = withCache(t);
  const code = join(folder, 'own');
  assert.equal(isWarm(CONSOLE), false);
  assert.equal(await copyCode(CONSOLE, code), false);
  await warmCode(CONSOLE);
  assert.equal(isWarm(CONSOLE), true);
  assert.deepEqual(readdirSync(join(folder, 'cache')), ['console'], 'nothing is left of the making');
  assert.equal(await copyCode(CONSOLE, code), true);
  const said = loaded(folder, code);
  const [taken, refused] = [/ was accepted/g, / was rejected/g].map((each) => said.match(each)?.length ?? 0);
  assert.ok((taken ?? 0) > 200, `${taken} modules taken as compiled`);
  assert.equal(refused, 0);
  assert.doesNotMatch(loaded(folder, undefined), / was accepted/);
});

test('[CONSOLE-226] a program that cannot be loaded leaves no code, and without a cache nothing is made', async (t) => {
  const folder = withCache(t);
  const entry = join(folder, 'broken.mjs');
  writeFileSync(entry, 'throw new Error("broken");\n');
  const broken = { ...CONSOLE, entry };
  await warmCode(broken);
  assert.equal(isWarm(broken), false);
  assert.deepEqual(readdirSync(join(folder, 'cache')), []);
  delete process.env.NODE_COMPILE_CACHE;
  assert.equal(isWarm(CONSOLE), true);
  await warmCode(CONSOLE);
  assert.equal(await copyCode(CONSOLE, join(folder, 'own')), false);
  assert.ok(!existsSync(join(folder, 'own')));
});
