import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

/** A chain of eyes that keep each other alive leaves some 2,000 of each object, none leaves less than 100. */
const MOST_BYTES = 600;

test('[INSPECT-366] an object that was looked at keeps nothing of the one before alive', () => {
  const flags = ['--expose-gc', '--no-warnings', '--no-allocation-site-pretenuring', '--max-semi-space-size=1'];
  const left = execFileSync(process.execPath, [...flags, join(import.meta.dirname, 'garbage.testkit.ts')], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  assert.ok(Number(left) < MOST_BYTES, `${left.trim()} bytes an object`);
});
