import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRuleFiles } from './rule-files.ts';

test('[WIRE-41] rule files come by name, bounded; what cannot be taken is told with its file', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-rule-files-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
  put('b.yara', 'b');
  put('a.YAR', 'é');
  put('c.txt', 'no rule');
  const limits = { files: 5, fileBytes: 4 };
  assert.deepEqual(readRuleFiles(folder, limits), {
    files: [
      { name: 'a.YAR', text: 'é' },
      { name: 'b.yara', text: 'b' },
    ],
    problems: [],
  });
  put('large.yar', 'large');
  put('odd.yar', Uint8Array.of(0xff, 0xfe));
  symlinkSync('/etc/passwd', join(folder, 'link.yar'));
  const { files, problems } = readRuleFiles(folder, limits);
  assert.deepEqual([files.length, problems.map(({ file }) => file)], [2, ['large.yar', 'link.yar', 'odd.yar']]);
  mkdirSync(join(folder, 'folder.yar'));
  const more = readRuleFiles(folder, limits);
  assert.deepEqual([more.files, more.problems.length], [[], 1]);
  assert.deepEqual(readRuleFiles(join(folder, 'absent'), limits), { files: [], problems: [] });
});
