import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isWarm, ownCode, removeCode, warmCode } from './compiled-code.ts';
import { CONSOLE, consoleFlags } from './console/places.ts';

const MEMORY = new URL('./memory-folder.ts', import.meta.url).href;

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
  const onDisk = join(folder, 'own');
  assert.equal(isWarm(CONSOLE), false);
  assert.equal(await ownCode(CONSOLE, onDisk), undefined);
  await warmCode(CONSOLE);
  assert.equal(isWarm(CONSOLE), true);
  assert.deepEqual(readdirSync(join(folder, 'cache')), ['console'], 'nothing is left of the making');
  const [code = '', other] = [await ownCode(CONSOLE, onDisk), await ownCode(CONSOLE, onDisk)];
  assert.notEqual(code, other);
  if (process.platform === 'linux') assert.match(code, /^\/(?:dev|run)\/shm\/leadglass-\d+-/);
  const said = loaded(folder, code);
  const [taken, refused] = [/ was accepted/g, / was rejected/g].map((each) => said.match(each)?.length ?? 0);
  assert.ok((taken ?? 0) > 200, `${taken} modules taken as compiled`);
  assert.equal(refused, 0);
  for (const own of [code, other]) await removeCode(own);
  assert.ok(!existsSync(code));
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
  assert.equal(await ownCode(CONSOLE, join(folder, 'own')), undefined);
  assert.ok(!existsSync(join(folder, 'own')));
});

test('[CONSOLE-227] what a killed process left in memory goes at the next start; what a living one has stays', (t) => {
  if (process.platform !== 'linux') return t.skip('Linux alone has /dev/shm');
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  const [left, kept] = [gone, process.ppid].map((pid) => mkdtempSync(`/dev/shm/leadglass-${pid}-`));
  t.after(() => rmSync(kept ?? '', { recursive: true, force: true }));
  const script = `import { memoryFolder } from ${JSON.stringify(MEMORY)}; process.stdout.write(memoryFolder() ?? 'none');`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.match(stdout, /^\/(?:dev|run)\/shm\/leadglass-\d+-/);
  assert.deepEqual(
    [stdout, left, kept].map((folder) => existsSync(folder ?? '')),
    [false, false, true],
  );
});
