// npm run viewer: fetches OHIF (MIT), the viewer of the console, into viewer/ohif. The launcher does so after an installation, in the background,
// so that it is there when the network is not. It is not a dependency of the lockfile: its package names a thousand others that its built
// files do not need (docs/decisions/0022). What is unpacked is what this hash says, or nothing.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

export const VIEWER = {
  package: '@ohif/app@3.13.2',
  integrity: 'sha512-WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==',
};
/** What lies in its place: this package, prepared as below. */
const MARK = `${VIEWER.package} 3`;
const FETCH_MS = 600_000;
/** Source maps, and a runtime for models that would have to be fetched from elsewhere: 140 of 204 MB. */
const LEFT_OUT = ['--exclude=*.map', '--exclude=package/dist/ort'];

/** Whether this very version lies in `root`. */
export function hasViewer(root: string): boolean {
  try {
    return readFileSync(join(root, 'viewer', 'ohif', '.version'), 'utf8') === MARK;
  } catch {
    return false;
  }
}

/**
 * Fetches it unless it is there. Half a viewer never looks like one: it is moved into its place whole.
 * @param root the repository's @returns whether it is there now
 */
export function fetchViewer(root: string): boolean {
  if (hasViewer(root)) return true;
  const folder = join(root, 'viewer');
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'fetching-'));
  try {
    const archive = packed(work);
    if (archive === undefined) return false;
    const hash = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (hash !== VIEWER.integrity) throw new Error(`${VIEWER.package} is not what was pinned: ${hash}`);
    execFileSync('tar', ['-xzf', archive, '-C', work, ...LEFT_OUT, 'package/dist']);
    prepare(join(work, 'package', 'dist'));
    putInPlace(join(work, 'package'), join(folder, 'ohif'));
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function packed(work: string): string | undefined {
  const args = ['pack', VIEWER.package, '--silent', '--ignore-scripts', '--pack-destination', work];
  const { status, stdout } = spawnSync('npm', args, {
    timeout: FETCH_MS,
    encoding: 'utf8',
    // Windows: npm is npm.cmd, which only a shell runs. The words are constants.
    shell: process.platform === 'win32',
  });
  return status === 0 ? join(work, stdout.trim().split('\n').at(-1) ?? '') : undefined;
}

/** Its makers built it to lie at the root of a site; the console has it below `/ohif/`. And it is compressed once, here. */
function prepare(dist: string): void {
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const path = join(dist, name);
    if (!/\.(?:js|css|wasm|svg|json)$/.test(name) || !statSync(path).isFile()) continue;
    const bytes = moved(name, readFileSync(path));
    writeFileSync(path, bytes);
    if (bytes.length < 4096) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 7, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  }
}

function moved(name: string, bytes: Buffer): Buffer {
  if (name.endsWith('.js'))
    return Buffer.from(
      bytes.toString('utf8').replaceAll('__webpack_require__.p = "/";', '__webpack_require__.p = "/ohif/";'),
    );
  return name.endsWith('.css') ? Buffer.from(bytes.toString('utf8').replaceAll('url(/', 'url(/ohif/')) : bytes;
}

function putInPlace(from: string, to: string): void {
  writeFileSync(join(from, '.version'), MARK);
  rmSync(to, { recursive: true, force: true });
  renameSync(from, to);
}

if (import.meta.main) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const isThere = fetchViewer(root);
  const isFrench = !/^en/i.test(process.env.LEADGLASS_LANG || process.env.LC_ALL || process.env.LANG || '');
  const [fr, en] = isThere
    ? ['Visionneuse OHIF en place.', 'OHIF viewer in place.']
    : [
        'La visionneuse OHIF n’a pas pu être téléchargée (npm ping ?). La page légère montre les images en attendant.',
        'The OHIF viewer could not be fetched (npm ping?). The light page shows images meanwhile.',
      ];
  process.stderr.write(`${isFrench ? fr : en}\n`);
  process.exitCode = isThere ? 0 : 1;
}
