import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkDependencies } from './check-dependencies.ts';

const CHOSEN = {
  name: 'zod',
  version: '4.6.7',
  licence: 'MIT',
  sizeKb: 1,
  released: '2026-10-12',
  reason: 'Validation at every edge.',
};
const LOCKED = { version: '4.6.7', integrity: 'sha512-x', license: 'MIT' };

interface Parts {
  readonly chosen?: readonly object[];
  readonly brought?: readonly object[];
  readonly locked?: Readonly<Record<string, object>>;
}

/** Checks a repository that names zod in its package.json. */
function faults(
  t: TestContext,
  { chosen = [CHOSEN], brought = [], locked = { 'node_modules/zod': LOCKED } }: Parts,
): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'leadglass-dependencies-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const write = (name: string, value: object) => writeFileSync(join(root, name), JSON.stringify(value));
  write('package.json', { devDependencies: { zod: '^4.6.7' } });
  write('package-lock.json', { packages: { '': { devDependencies: { zod: '^4.6.7' } }, ...locked } });
  write('dependencies.json', { chosen, brought });
  return checkDependencies(root);
}

test('[TOOLS-8] what is listed, licensed and pinned passes', (t) => {
  assert.deepEqual(faults(t, {}), []);
});

const CAUGHT: readonly (readonly [what: string, parts: Parts, expected: RegExp])[] = [
  [
    'a package brought along and not listed',
    { locked: { 'node_modules/zod': LOCKED, 'node_modules/x': LOCKED } },
    /x@4.6.7 is not listed/,
  ],
  ['a package of another version', { chosen: [{ ...CHOSEN, version: '4.0.0' }] }, /not listed|not in the lockfile/],
  ['a licence that is not on the list', { chosen: [{ ...CHOSEN, licence: 'AGPL-3.0' }] }, /licence AGPL-3.0/],
  [
    'a package that another needs and the lockfile lacks',
    { locked: { 'node_modules/zod': { ...LOCKED, optionalDependencies: { x: '1' } } } },
    /needs x/,
  ],
  [
    'a package.json that moved on without the lockfile',
    { locked: { 'node_modules/zod': LOCKED, '': {} } },
    /does not agree with its package.json/,
  ],
  ['no reason', { chosen: [{ ...CHOSEN, reason: '' }] }, /no reason/],
  ['no date', { chosen: [{ ...CHOSEN, released: 'soon' }] }, /no release date/],
  ['no hash', { locked: { 'node_modules/zod': { ...LOCKED, integrity: undefined } } }, /no sha512/],
  [
    'a registry’s address',
    { locked: { 'node_modules/zod': { ...LOCKED, resolved: 'https://r.example/zod.tgz' } } },
    /where it came from/,
  ],
  ['a used package that was never chosen', { chosen: [], brought: [CHOSEN] }, /zod is used but not in "chosen"/],
];

for (const [what, parts, expected] of CAUGHT) {
  test(`[TOOLS-8] ${what} is caught`, (t) => assert.match(faults(t, parts).join('\n'), expected));
}
