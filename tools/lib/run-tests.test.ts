import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FileReport, longestFirst } from './file-report.ts';
import { LONGEST } from './longest.ts';
import { type EndedFile, filesOf, runTests, type TestFiles } from './run-tests.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Writes test files, each with a test that passes and what else is given, and runs them. */
async function ran(
  t: TestContext,
  texts: Readonly<Record<string, string>>,
  more: Partial<TestFiles> = {},
  concurrency = 1,
) {
  const root = mkdtempSync(join(tmpdir(), 'leadglass-runner-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const files = Object.entries(texts).map(([name, text]) => {
    writeFileSync(join(root, name), `import { test } from 'node:test';\ntest('passes', () => {});\n${text}`);
    return join(root, name);
  });
  // A runner within a runner is not run unless it does not know.
  const { NODE_TEST_CONTEXT: context } = process.env;
  delete process.env.NODE_TEST_CONTEXT;
  t.after(() => {
    if (context !== undefined) process.env.NODE_TEST_CONTEXT = context;
  });
  const ended: EndedFile[] = [];
  const groups = [{ files, timeoutMs: 60_000, ...more }];
  const outcome = await runTests({ root, groups, concurrency, fileEnded: (one) => ended.push(one) });
  return { ...outcome, ended };
}

test('[TOOLS-136] a file that never ends is given up and named, and what ended before it counts', async (t) => {
  const texts = { 'a.mjs': '', 'b.mjs': 'setInterval(() => {}, 1000);\n', 'c.mjs': '' };
  const { passed, failures, ended } = await ran(t, texts, { silenceMs: 3_000 });
  assert.ok(passed >= 2);
  assert.deepEqual(
    ended.map(({ file }) => file),
    ['a.mjs', 'c.mjs'],
  );
  const told = failures.find(({ name }) => name === 'a file that does not end');
  assert.equal(told?.where, 'b.mjs');
});

test('[TOOLS-137] what a test said besides stands under its failure, and under no other', async (t) => {
  const says = "t.diagnostic('page 1 of 1: /sign-in');";
  const texts = {
    'a.mjs': `test('fails', (t) => { t.after(() => { ${says} }); throw new Error('not found'); });\n`,
    'b.mjs': `test('fails too', () => { throw new Error('lost'); });\ntest('speaks', (t) => { t.diagnostic('figures'); });\n`,
  };
  const { failures } = await ran(t, texts, {}, 2);
  const [first, second] = failures.toSorted((a, b) => a.where.localeCompare(b.where));
  assert.match(first?.text ?? '', /^Error: not found[\s\S]*\npage 1 of 1: \/sign-in$/);
  assert.match(second?.text ?? '', /^Error: lost/);
  assert.doesNotMatch(second?.text ?? '', /figures|page/);
});

test('[TOOLS-138] a file’s CPU time is told with what it started, and the longest come first', async (t) => {
  if (process.platform !== 'linux') return t.skip('Linux alone tells it');
  const busy = 'while (process.cpuUsage().user < 700_000);';
  const texts = {
    'idle.mjs': 'await new Promise((resolve) => setTimeout(resolve, 700));\n',
    'parent.mjs': `import { spawnSync } from 'node:child_process';\nspawnSync(process.execPath, ['-e', '${busy}']);\n`,
  };
  const { ended } = await ran(t, texts);
  const [idle = 0, parent = 0] = ended.map(({ cpuSeconds }) => cpuSeconds ?? assert.fail('nothing told'));
  assert.ok(idle > 0 && parent > idle, `${idle} and ${parent}`);
  const lines: string[] = [];
  const report = new FileReport((line) => lines.push(line));
  for (const one of ended) report.fileEnded(one);
  report.total();
  assert.match(lines[0] ?? '', /^idle\.mjs: 1 passed \([\d.]+ s, [\d.]+ s of CPU\)\n$/);
  assert.match(lines.at(-2) ?? '', /parent\.mjs/);
  const files = ['/p/a.peers.ts', '/p/console-print.peers.ts', '/p/console.peers.ts', '/p/z.prove.ts'];
  assert.deepEqual(longestFirst(files, ['z', 'console']), [files[3], files[2], files[0], files[1]]);
});

test('[TOOLS-139] every suite named among the longest is there', () => {
  const names = filesOf(ROOT, ['proving/**/*.ts']).map((file) => file.slice(file.lastIndexOf('/') + 1));
  for (const one of LONGEST)
    assert.ok(
      names.some((name) => new RegExp(`^${one}\\.(?:peers|prove)\\.ts$`).test(name)),
      one,
    );
});
