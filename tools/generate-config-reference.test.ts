import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { configReference } from '@leadglass/config';

test('[CFG-14] docs/config.md is what the schemas say', () => {
  const written = readFileSync(new URL('../docs/config.md', import.meta.url), 'utf8');
  assert.equal(written, configReference(), 'run: node tools/generate-config-reference.ts');
});
