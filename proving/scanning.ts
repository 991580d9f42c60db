import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { after, type TestContext } from 'node:test';
import { commonElements, fileOf, type Image, imageElements, TRANSFER } from '../apps/cli/src/prove-it/pack/object.ts';
import { Seeded } from '../apps/cli/src/prove-it/pack/seeded.ts';
import { zip } from '../apps/cli/src/scan/zip.testkit.ts';
import { watchMemory } from './processes.ts';

// `leadglass scan` as its user starts it, for the suites about it.

const MAIN = join(import.meta.dirname, '..', 'apps', 'cli', 'src', 'main.ts');
const MOST_MEMORY_BYTES = 400e6;
/** Where it is started: of the suite that imports this, gone with it. */
export const FOLDER = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-proving-scan-')));
after(() => rmSync(FOLDER, { recursive: true, force: true }));

/** What `scan --json` says of one file. */
export interface Line {
  readonly path: string;
  readonly verdict: string;
  readonly findings: readonly { readonly code: string }[];
}

/** What a scan came to. */
export interface Scanned {
  readonly lines: readonly Line[];
  readonly code: number | null;
  /** Bytes, of all its processes together. */
  readonly peak: number;
}

/** Runs `leadglass scan` in FOLDER. */
export async function scan(words: readonly string[], input?: Uint8Array): Promise<Scanned> {
  const child = spawn(process.execPath, [MAIN, 'scan', ...words, '--json'], {
    cwd: FOLDER,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const memory = watchMemory(child.pid ?? 0);
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    out += chunk;
  });
  const [code] = await once(child, 'close');
  const lines = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  return { lines, code, peak: memory.stop().pss };
}

/** A picture of `bytes` bytes, a power of two, all but its header a hole in the file. */
function hugeFile(path: string, bytes: number): void {
  const random = new Seeded('huge');
  const image: Image = {
    rows: 2 ** 15,
    columns: bytes / 2 ** 16,
    samples: 1,
    allocated: 16,
    stored: 16,
    frames: 1,
    photometric: 'MONOCHROME2',
    planar: 0,
  };
  const sopInstanceUid = random.uid();
  const sopClassUid = '1.2.840.10008.5.1.4.1.1.7';
  const elements = [...commonElements(random, sopClassUid, sopInstanceUid, 'OT'), ...imageElements(image)];
  const head = fileOf({ sopClassUid, sopInstanceUid, transferSyntaxUid: TRANSFER.implicit, elements });
  const pixels = Buffer.alloc(8);
  pixels.writeUInt32LE(0x00107fe0, 0);
  pixels.writeUInt32LE(bytes, 4);
  writeFileSync(path, Buffer.concat([head, pixels]));
  truncateSync(path, head.length + pixels.length + bytes);
}

/** Scans a file of `bytes` bytes, and an archive that unpacks to half a gigabyte (CORPUS-15). */
export async function proveBounded(t: TestContext, bytes: number): Promise<void> {
  hugeFile(join(FOLDER, 'huge.dcm'), bytes);
  const huge = await scan(['huge.dcm']);
  const member = Buffer.alloc(64 * 1024 * 1024);
  const bomb = createWriteStream(join(FOLDER, 'bomb.zip'));
  bomb.end(zip(...Array.from({ length: 8 }, (_, at) => ({ name: `${at}.bin`, data: member }))));
  await finished(bomb);
  const burst = await scan(['bomb.zip']);
  t.diagnostic(`${bytes / 1e6} MB file: ${Math.round(huge.peak / 1e6)} MB; bomb: ${Math.round(burst.peak / 1e6)} MB`);
  assert.deepEqual([huge.lines.map(({ verdict }) => verdict), huge.code], [['clean'], 0]);
  assert.ok(burst.lines.at(-1)?.findings.some(({ code }) => code === 'archive.bomb'));
  assert.ok(Math.max(huge.peak, burst.peak) < MOST_MEMORY_BYTES);
}
