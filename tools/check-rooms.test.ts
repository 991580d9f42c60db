import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkRooms } from './check-rooms.ts';

const RULES = {
  scope: '@leadglass',
  layers: [['kit'], ['dicom'], ['wire', 'vault'], ['relay'], ['apps/console']],
  'apps/console': ['dicom'],
  never: [['wire', 'relay']],
  free: ['node:crypto'],
  inTests: ['node:test', 'node:fs'],
  testFiles: ['.test.ts'],
  onlyIn: { 'node:fs': ['packages/vault/src/disk', 'apps'], 'node:net': ['packages/wire', 'apps'] },
};

type Files = Readonly<Record<string, string>>;

/** A small house in a temporary folder: kit, dicom, wire, vault and relay, each importing kit as it should, plus `files`. */
function house(t: TestContext, files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'leadglass-rooms-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const write = (name: string, body: string) => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), body);
  };
  write('rooms.json', JSON.stringify(RULES));
  write('packages/kit/package.json', '{}');
  write('packages/kit/src/index.ts', "import { hash } from 'node:crypto';\n");
  for (const room of ['dicom', 'wire', 'vault', 'relay']) {
    write(`packages/${room}/package.json`, JSON.stringify({ dependencies: { '@leadglass/kit': '0.1.0' } }));
    write(`packages/${room}/src/index.ts`, "import type { Text } from '@leadglass/kit';\n");
  }
  for (const [name, body] of Object.entries(files)) write(name, body);
  return root;
}

const declares = (...names: string[]): string =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '0.1.0'])) });

const CAUGHT: readonly (readonly [rule: string, files: Files, expected: RegExp])[] = [
  [
    '[TOOLS-1] an import of a room above',
    {
      'packages/kit/package.json': declares('@leadglass/dicom'),
      'packages/kit/src/up.ts': "export {\n  a,\n  b,\n} from '@leadglass/dicom';\n",
    },
    /^packages\/kit\/src\/up.ts:4: kit may not import dicom/,
  ],
  [
    '[TOOLS-1] an import of a room beside',
    {
      'packages/vault/package.json': declares('@leadglass/kit', '@leadglass/wire'),
      'packages/vault/src/up.ts': "import { a } from '@leadglass/wire';\n",
    },
    /vault may not import wire/,
  ],
  [
    '[TOOLS-1] a type import of a room above',
    {
      'packages/kit/package.json': declares('@leadglass/dicom'),
      'packages/kit/src/up.ts': "import type { A } from '@leadglass/dicom';\n",
    },
    /kit may not import dicom/,
  ],
  [
    '[TOOLS-1] a dynamic import of a room above',
    {
      'packages/kit/package.json': declares('@leadglass/dicom'),
      'packages/kit/src/up.ts': "export const later = () => import('@leadglass/dicom');\n",
    },
    /kit may not import dicom/,
  ],
  [
    '[TOOLS-2] two rooms that never meet',
    {
      'packages/relay/package.json': declares('@leadglass/kit', '@leadglass/wire'),
      'packages/relay/src/w.ts': "import { a } from '@leadglass/wire';\n",
    },
    /relay and wire never meet/,
  ],
  [
    '[TOOLS-3] a builtin outside its folders',
    { 'packages/vault/src/age.ts': "import { open } from 'node:fs';\n" },
    /node:fs is not allowed here/,
  ],
  [
    '[TOOLS-3] a builtin that is not listed at all',
    { 'packages/dicom/src/x.ts': "import { cpus } from 'node:os';\n" },
    /node:os is not allowed here/,
  ],
  [
    '[TOOLS-3] a test using a builtin that tests may not use',
    { 'packages/dicom/src/x.test.ts': "import net from 'node:net';\n" },
    /node:net is not allowed here/,
  ],
  [
    '[TOOLS-4] a relative path that leaves the room',
    { 'packages/dicom/src/x.ts': "import { a } from '../../kit/src/index.ts';\n" },
    /leaves the room/,
  ],
  [
    '[TOOLS-4] a file of another room named by URL',
    { 'packages/dicom/src/x.ts': "const w = new URL('../../kit/src/index.ts', import.meta.url);\n" },
    /leaves the room/,
  ],
  [
    '[TOOLS-4] an import that reaches inside a room',
    { 'packages/dicom/src/x.ts': "import { a } from '@leadglass/kit/src/bytes.ts';\n" },
    /reaches inside a room/,
  ],
  [
    '[TOOLS-5] an import that package.json does not declare',
    { 'packages/dicom/src/x.ts': "import 'fflate';\n" },
    /fflate is not in the dependencies/,
  ],
  [
    '[TOOLS-5] a dependency that nothing imports',
    { 'packages/dicom/package.json': declares('@leadglass/kit', 'fflate') },
    /fflate is declared and never imported/,
  ],
  [
    '[TOOLS-1] a room with its own short list importing more',
    {
      'apps/console/package.json': declares('@leadglass/kit'),
      'apps/console/src/x.ts': "import { a } from '@leadglass/kit';\n",
    },
    /apps\/console imports dicom and nothing else/,
  ],
  [
    '[TOOLS-6] a folder that rooms.json does not know',
    { 'packages/attic/src/index.ts': '' },
    /packages\/attic: not listed/,
  ],
];

for (const [rule, files, expected] of CAUGHT) {
  test(`${rule} is caught`, (t) => {
    const violations = checkRooms(house(t, files));
    assert.equal(violations.length, 1, violations.join('\n'));
    assert.match(violations[0] ?? '', expected);
  });
}

test('[TOOLS-7] what is allowed passes', (t) => {
  const root = house(t, {
    'packages/vault/src/disk/files.ts': "import { open } from 'node:fs';\nimport { join } from 'node:path';\n",
    'packages/vault/src/x.test.ts': "import { test } from 'node:test';\nimport { readFileSync } from 'node:fs';\n",
    'packages/vault/src/deep/x.ts': "import { a } from '../index.ts';\n",
    'packages/dicom/src/y.test.ts': "const data = new URL('../../../vectors/', import.meta.url);\n",
    'packages/wire/src/x.ts': "import { Socket } from 'node:net';\n",
  });
  assert.deepEqual(checkRooms(root), []);
});
