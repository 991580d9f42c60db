import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { conformanceTables, tablesOf, withTables } from './lib/conformance.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const TABLE = { name: 'room.one', head: ['a', 'b'], rows: [['1', 'x|y']] };
const PLACE = '<!-- tables without a place -->';

test('[TOOLS-133] the tables of docs/conformance.md are those the rooms tell, all of them', async () => {
  const written = readFileSync(`${root}/docs/conformance.md`, 'utf8');
  const tables = await conformanceTables(root);
  assert.ok(tables.length >= 10, 'rooms tell tables');
  assert.equal(written, withTables(written, tables), 'run: node tools/generate-conformance.ts');
});

test('[TOOLS-134] a table keeps its place, a new one gets one, one nobody tells any more is not passed over', () => {
  const once = withTables(`text\n${PLACE}\n`, [TABLE]);
  assert.equal(
    once,
    `text\n<!-- table room.one -->\n| a | b |\n| --- | --- |\n| 1 | x\\|y |\n<!-- end -->\n\n${PLACE}\n`,
  );
  assert.equal(withTables(once, [TABLE]), once);
  const newer = { ...TABLE, rows: [['2', 'z']] };
  assert.equal(withTables(once, [newer]), once.replace('| 1 | x\\|y |', '| 2 | z |'));
  assert.throws(() => withTables(once, []), /no room tells the table room\.one/);
  assert.throws(() => withTables('text', [TABLE]), /lacks the mark/);
});

test('[TOOLS-135] what a room exports is looked at: its tables, lists that belong here, and nothing that is no table', () => {
  assert.deepEqual(tablesOf('room', { CONFORMANCE: [TABLE], other: 1 }), [TABLE]);
  assert.deepEqual(tablesOf('room', {}), []);
  assert.throws(() => tablesOf('room', { CONFORMANCE: [{ ...TABLE, rows: [['one cell']] }] }), /not a list of tables/);
  const [keys] = tablesOf('query', { KEPT_ATTRIBUTES: { STUDY: [0x0020000d] }, COMPUTED_ATTRIBUTES: {} });
  assert.deepEqual(keys?.rows, [['STUDY', 'StudyInstanceUID', '(0020,000D)', 'kept']]);
  const [limits] = tablesOf('dicomweb', { DEFAULT_MULTIPART_LIMITS: { headerBytes: 5, silenceMs: 1500, parts: 3 } });
  assert.deepEqual(limits?.rows, [
    ['header', '5 bytes'],
    ['silence', '1.5 s'],
    ['parts', '3'],
  ]);
});
