import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runTests } from './run-tests.ts';

test('[TOOLS-136] a file that never ends is given up and named, and what ended before it counts', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'leadglass-runner-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const write = (name: string, text: string): string => {
    writeFileSync(join(root, name), `import { test } from 'node:test';\ntest('passes', () => {});\n${text}`);
    return join(root, name);
  };
  const files = [write('a.mjs', ''), write('b.mjs', 'setInterval(() => {}, 1000);\n')];
  // A runner within a runner is not run unless it does not know.
  const { NODE_TEST_CONTEXT: context } = process.env;
  delete process.env.NODE_TEST_CONTEXT;
  t.after(() => {
    if (context !== undefined) process.env.NODE_TEST_CONTEXT = context;
  });
  const ended: string[] = [];
  const { passed, failures } = await runTests({
    ...{ root, files, concurrency: 1, timeoutMs: 60_000, silenceMs: 3_000 },
    fileEnded: (file) => ended.push(file),
  });
  assert.ok(passed >= 1);
  assert.deepEqual(ended, ['a.mjs']);
  const told = failures.find(({ name }) => name === 'a file that does not end');
  assert.equal(told?.where, 'b.mjs');
});
