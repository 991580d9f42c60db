import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { zip } from '../apps/cli/src/scan/zip.testkit.ts';
import { MARKER, startClamd, startFalseClamd } from '../packages/wire/src/clamd.testkit.ts';

const MAIN = fileURLToPath(new URL('../apps/cli/src/main.ts', import.meta.url));
const FOLDER = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-scan-clamd-')));
after(() => rmSync(FOLDER, { recursive: true, force: true }));

async function scan(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, LEADGLASS_LANG: 'en', NO_COLOR: '1' };
  const child = spawn(process.execPath, [MAIN, 'scan', ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code: Number(code), ...said };
}

test('[CLI-57] scan --clamd shows every file to a real clamd, members of archives and large files too, and tells its signatures’ names', async (t) => {
  const clamd = await startClamd(t);
  if (clamd === undefined) return;
  const folder = join(FOLDER, 'files');
  mkdirSync(folder);
  const large = Buffer.concat([randomBytes(30_000_000), Buffer.from(MARKER), randomBytes(1_000_000)]);
  const files = {
    'clean.txt': Buffer.from('clean'),
    'large.bin': large,
    'marked.txt': Buffer.from(`some text ${MARKER}`),
    'packed.gz': gzipSync(`inside ${MARKER}`),
    'packed.zip': zip({ name: 'a.txt', data: Buffer.from(`inside ${MARKER}`) }),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  const { code, out } = await scan(folder, '--json', '--jobs', '2', '--clamd', clamd.path);
  const told = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ path, verdict, findings, unfinished }) => [
      path.slice(folder.length + 1),
      verdict,
      findings.some((each: { code: string }) => each.code === 'clamav.found'),
      unfinished,
    ]);
  assert.deepEqual(told, [
    ['clean.txt', 'clean', false, []],
    ['large.bin', 'malicious', true, []],
    ['marked.txt', 'malicious', true, []],
    ['packed.gz!/packed', 'malicious', true, []],
    ['packed.gz', 'malicious', false, []],
    ['packed.zip!/a.txt', 'malicious', true, []],
    ['packed.zip', 'malicious', false, []],
  ]);
  assert.match(out, /signature: Leadglass\.Test\.Inert/);
  assert.equal(code, 1);
});

test('[CLI-58] a clamd that cannot be had is said before anything is looked at, and one that goes meanwhile leaves its files unfinished', async (t) => {
  writeFileSync(join(FOLDER, 'a.txt'), 'text');
  const nobody = await scan(join(FOLDER, 'a.txt'), '--clamd', join(FOLDER, 'nobody.sock'));
  assert.deepEqual([nobody.code, nobody.out], [2, '']);
  assert.match(nobody.err, /clamd \(ClamAV\) cannot be reached/);
  const wrong = await scan(join(FOLDER, 'a.txt'), '--clamd', 'clamd');
  assert.deepEqual([wrong.code, wrong.out], [2, '']);
  let looks = 0;
  const going = await startFalseClamd(t, (socket) =>
    socket.on('data', (bytes: Buffer) => {
      if (bytes.includes('zVERSION')) socket.write('1: ClamAV 1.4.6\0');
      if (!bytes.subarray(-4).equals(Buffer.alloc(4))) return;
      looks += 1;
      if (looks === 1) socket.write('2: stream: OK\0');
      else socket.destroy();
    }),
  );
  const gone = await scan(join(FOLDER, 'a.txt'), '--json', '--clamd', going);
  assert.equal(gone.code, 2);
  assert.match(gone.out, /"unfinished":\["clamav"\]/);
});
