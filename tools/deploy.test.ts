import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const REPO = dirname(dirname(fileURLToPath(import.meta.url)));
const DOCKERFILE = readFileSync(join(REPO, 'deploy', 'Dockerfile'), 'utf8').replace(/\\\n\s*/g, ' ');

/** A copy of the program as the image's last stage has it: the pinned Node (here a word that shows it was reached), no other one. */
function image(t: TestContext): { readonly root: string; readonly path: string } {
  const root = mkdtempSync(join(tmpdir(), 'leadglass-image-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const name of ['leadglass', 'package-lock.json']) copyFileSync(join(REPO, name), join(root, name));
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
  const bin = join(root, 'node_modules', `node-linux-${architecture}`, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'node'), '#!/bin/sh\necho pinned "$*"\n');
  chmodSync(join(bin, 'node'), 0o755);
  const path = join(root, 'path');
  mkdirSync(path);
  for (const tool of ['sh', 'dirname', 'readlink', 'uname', 'sha256sum', 'cut']) {
    const found = spawnSync('sh', ['-c', `command -v ${tool}`])
      .stdout.toString()
      .trim();
    symlinkSync(found, join(path, tool));
  }
  return { root, path };
}

const run = (root: string, path: string, command: string) =>
  spawnSync('/bin/sh', ['-c', command], { cwd: root, env: { PATH: path }, encoding: 'utf8' });

test('[TOOLS-9] in the image ./leadglass runs the pinned Node, without any other', (t) => {
  const { root, path } = image(t);
  const install = /^RUN npm ci[^&]*&&(.*)$/m.exec(DOCKERFILE)?.[1] ?? assert.fail('the marker is written after npm ci');
  assert.notEqual(run(root, path, './leadglass status').status, 0);
  const marked = run(root, path, install);
  assert.equal(marked.status, 0, marked.stderr);
  assert.match(run(root, path, './leadglass status').stdout, /^pinned .*main\.ts status\n$/);
});

test('[TOOLS-10] no home, history, installed module or log is copied into the image', () => {
  const lines = readFileSync(join(REPO, '.dockerignore'), 'utf8').split('\n');
  for (const name of ['leadglass-home', '.git', 'node_modules', '**/node_modules', '**/*.log'])
    assert.ok(lines.includes(name), name);
});
