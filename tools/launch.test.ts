import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('launch.mjs', import.meta.url));
const PLATFORM = `node-${process.platform}-${process.arch}`;

/** A clone with nothing installed, and an npm that takes its time and writes down that it was called. */
function clone(t: TestContext): { folder: string; called(): number } {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-launch-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'tools'));
  mkdirSync(join(folder, 'bin'));
  copyFileSync(LAUNCHER, join(folder, 'tools/launch.mjs'));
  writeFileSync(join(folder, 'tools/check.ts'), 'process.exitCode = 0;\n');
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/anything': { version: '1.0.0' } } }),
  );
  const bin = `node_modules/${PLATFORM}/bin`;
  const npm = [
    '#!/bin/sh',
    'echo called >>npm.log',
    'sleep 1',
    `mkdir -p ${bin}`,
    `ln -sf "${process.execPath}" ${bin}/node`,
  ];
  writeFileSync(join(folder, 'bin/npm'), `${npm.join('\n')}\n`);
  chmodSync(join(folder, 'bin/npm'), 0o755);
  return {
    folder,
    called: () =>
      (existsSync(join(folder, 'npm.log')) ? readFileSync(join(folder, 'npm.log'), 'utf8') : '').split('called')
        .length - 1,
  };
}

async function launch(folder: string): Promise<{ code: number; said: string }> {
  const { npm_execpath: _, ...environment } = process.env;
  const child = spawn(process.execPath, [join(folder, 'tools/launch.mjs'), 'check'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...environment, LEADGLASS_LANG: 'en', PATH: `${join(folder, 'bin')}:${process.env.PATH}` },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

test('[TOOLS-11] two starts in a new clone install once, and both then run', {
  skip: process.platform === 'win32',
}, async (t) => {
  const { folder, called } = clone(t);
  const both = await Promise.all([launch(folder), launch(folder)]);
  assert.deepEqual(
    both.map(({ code }) => code),
    [0, 0],
  );
  assert.equal(called(), 1);
  assert.equal(both.filter(({ said }) => said.includes('waiting for its end')).length, 1);
  assert.ok(!existsSync(join(folder, '.leadglass-installing')));
});

test('[TOOLS-12] an installation that was killed is begun again by the next start', {
  skip: process.platform === 'win32',
}, async (t) => {
  const { folder, called } = clone(t);
  // A process id nobody bears: beyond the largest Linux gives.
  writeFileSync(join(folder, '.leadglass-installing'), '99999999');
  const { code } = await launch(folder);
  assert.equal(code, 0);
  assert.equal(called(), 1);
  assert.ok(!existsSync(join(folder, '.leadglass-installing')));
});
