import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { conformanceTables, withTables } from './lib/conformance.ts';

// Puts the tables of docs/conformance.md as the rooms tell them; its text is kept by hand. A test fails while it is out of date.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const file = `${root}/docs/conformance.md`;
writeFileSync(file, withTables(readFileSync(file, 'utf8'), await conformanceTables(root)));
