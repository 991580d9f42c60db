import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { encodeElements, writeFileMeta } from '@leadglass/dicom';
import { zip } from '../scan/zip.testkit.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const FOLDER = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-import-exits-')));
after(() => rmSync(FOLDER, { recursive: true, force: true }));
const SR = '1.2.840.10008.5.1.4.1.1.88.11';
const EXPLICIT = '1.2.840.10008.1.2.1';

function report(): Buffer {
  const uids = { sopClassUid: SR, sopInstanceUid: '1.2.3', transferSyntaxUid: EXPLICIT };
  const head = writeFileMeta({ ...uids, implementationClassUid: '2.25.1', implementationVersionName: 'TEST' });
  const elements = [
    ...[
      { tag: 0x00080016, value: SR },
      { tag: 0x00080018, value: '1.2.3' },
      { tag: 0x00080060, value: 'SR' },
    ],
    ...[
      { tag: 0x00100010, value: 'DUPRE^L' },
      { tag: 0x00100020, value: 'EXT-77' },
      { tag: 0x0020000d, value: '1.2' },
    ],
  ];
  return Buffer.concat([head, encodeElements(elements, EXPLICIT)]);
}

async function exitOf(...words: readonly string[]): Promise<{ code: number | null; out: string }> {
  const home = join(FOLDER, 'nobody-runs-here');
  const child = spawn(process.execPath, ['--no-warnings', MAIN, 'import', ...words, '--home', home, '--lang', 'en'], {
    cwd: FOLDER,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => out.push(chunk));
  const [code] = await once(child, 'close');
  return { code, out: out.join('') };
}

test('[CLI-80] 0 all imported, 1 not all of it, 2 nothing: also when written wrongly or without a gateway; the help says so', async () => {
  mkdirSync(join(FOLDER, 'clean'));
  writeFileSync(join(FOLDER, 'clean', 'IM1'), report());
  mkdirSync(join(FOLDER, 'closed'));
  writeFileSync(join(FOLDER, 'closed', 'IM1'), report());
  writeFileSync(join(FOLDER, 'closed', 'more.zip'), zip({ name: 'IM2', data: report(), isEncrypted: true }));
  mkdirSync(join(FOLDER, 'empty'));
  const asked = [
    ['clean', '--as-is', '--dry-run'],
    ['closed', '--as-is', '--dry-run'],
    ['clean', '--as-is', '--yes'],
    ['empty', '--as-is', '--dry-run'],
    ['-', '--as-is', '--dry-run'],
    ['clean', '--as-is', '--patient-file', 'x', '--dry-run'],
    ['clean', '--as-is', '--patient', 'x', '--dry-run'],
  ];
  const exits = await Promise.all(asked.map((words) => exitOf(...words)));
  assert.deepEqual(
    exits.map(({ code }) => code),
    [0, 1, 2, 2, 2, 2, 2],
  );
  const { code, out } = await exitOf('--help');
  assert.equal(code, 0);
  assert.match(out, /0 all is imported, 1 imported, but something was held.*, 2 nothing could be imported/);
});
