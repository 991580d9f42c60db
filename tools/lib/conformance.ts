import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StatementTable } from '@leadglass/kit';
import { type Exports, tablesFromExports } from './conformance-exports.ts';

const END = '<!-- end -->';
const REST = '<!-- tables without a place -->';
const BLOCK = /<!-- table ([a-z0-9.-]+) -->\n[\s\S]*?<!-- end -->/g;

const isRow = (row: unknown): row is readonly string[] =>
  Array.isArray(row) && row.every((cell) => typeof cell === 'string');

/** What a room exports is looked at before it is believed: it is imported by a name that is not known here. */
function isTable(value: unknown): value is StatementTable {
  if (typeof value !== 'object' || value === null) return false;
  const { name, head, rows } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || !isRow(head) || !Array.isArray(rows)) return false;
  return rows.every((row) => isRow(row) && row.length === head.length);
}

/**
 * The tables of every room, from what its index exports: its `CONFORMANCE`, and lists known to belong here; and the gateway's own. Throws
 * when one is not a list of tables, or two have one name.
 */
export async function conformanceTables(root: string): Promise<readonly StatementTable[]> {
  const { layers } = JSON.parse(readFileSync(join(root, 'rooms.json'), 'utf8')) as { layers: string[][] };
  const rooms = layers.flat().filter((room) => !room.startsWith('apps/'));
  const sources = [
    ...rooms.map((room) => ({ room, path: join(root, 'packages', room, 'src', 'index.ts') })),
    { room: 'gateway', path: join(root, 'apps', 'gateway', 'src', 'conformance.ts') },
  ];
  const all = await Promise.all(sources.map(async ({ room, path }) => tablesOf(room, await exportsOf(path))));
  const tables = all.flat();
  const twice = tables.find(({ name }, at) => tables.findIndex((other) => other.name === name) !== at);
  if (twice !== undefined) throw new Error(`two tables are called ${twice.name}`);
  return tables;
}

/** What one room tells. */
export function tablesOf(room: string, exports: Exports): readonly StatementTable[] {
  const told = exports.CONFORMANCE ?? [];
  const made = tablesFromExports(room, exports);
  if (Array.isArray(told) && told.every(isTable) && made.every(isTable)) return [...told, ...made];
  throw new Error(`${room}: CONFORMANCE is not a list of tables`);
}

/** A room that is announced and not made yet has none. */
async function exportsOf(path: string): Promise<Exports> {
  try {
    readFileSync(path);
  } catch {
    return {};
  }
  return (await import(pathToFileURL(path).href)) as Exports;
}

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function block({ name, head, rows }: StatementTable): string {
  const lines = [line(head), line(head.map(() => '---')), ...rows.map(line)];
  return `<!-- table ${name} -->\n${lines.join('\n')}\n${END}`;
}

/**
 * `document` with every table as the code has it. A table keeps the place its marks give it; one that has none is put before the mark
 * `tables without a place`. Throws when a mark names a table that nobody tells any more.
 */
export function withTables(document: string, tables: readonly StatementTable[]): string {
  const left = new Map(tables.map((table) => [table.name, table]));
  const placed = document.replace(BLOCK, (_, name: string) => {
    const table = left.get(name);
    if (table === undefined) throw new Error(`no room tells the table ${name} any more, or it stands there twice`);
    left.delete(name);
    return block(table);
  });
  const rest = [...left.values()].map((table) => `${block(table)}\n\n`).join('');
  if (rest !== '' && !placed.includes(REST)) throw new Error(`the document lacks the mark ${REST}`);
  return placed.replace(REST, `${rest}${REST}`);
}
