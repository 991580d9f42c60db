// npm run build:console [-- --force]: the console's pages, built by Vite into apps/console/dist when what they are made of has changed.
// `npm start` and the tests that need them do it by themselves.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** What pages are made of, below the repository's root. */
const SOURCES = ['apps/console', 'packages/contract/src', 'package-lock.json', 'tools/build-console.ts'];
const NOT_SOURCES = /(?:^|\/)(?:dist|node_modules)(?:[./-]|$)|\.test\.tsx?$|\.testkit\.ts$/;
/** In dist: the digest of what it was built from. */
const MARK = '.built-from';
const COMPRESSED = new Set(['.js', '.css', '.html', '.svg', '.json', '.webmanifest', '.txt', '.wasm']);
/** Below it a head costs as much as it saves. */
const WORTH_BYTES = 1024;
const BUILD_MS = 300_000;

/** How building ended. */
export type Built = 'unchanged' | 'built' | 'impossible' | 'failed';

/** Digest of everything the pages are made of. */
export function sourcesDigest(root: string): string {
  const hash = createHash('sha256');
  for (const name of SOURCES.flatMap((source) => filesOf(root, source)).sort()) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(root, name)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Builds the pages unless they are those of these sources. The old ones stay until the new ones are whole. */
export function buildConsole(root: string, isForced = false): Built {
  const app = join(root, 'apps', 'console');
  const dist = join(app, 'dist');
  if (!existsSync(join(app, 'package.json'))) return 'impossible';
  const digest = sourcesDigest(root);
  if (!isForced && markOf(dist) === digest) return 'unchanged';
  const vite = viteIn(app);
  if (vite === undefined) return 'impossible';
  const fresh = join(app, `dist-${process.pid}`);
  try {
    if (!configsOf(app).every((config, at) => run(vite, app, config, fresh, at === 0))) return 'failed';
    compress(fresh);
    writeFileSync(join(fresh, MARK), `${digest}\n`);
    return putInPlace(fresh, dist, digest);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Somebody else may have built the same meanwhile. */
function putInPlace(fresh: string, dist: string, digest: string): Built {
  try {
    rmSync(dist, { recursive: true, force: true });
    renameSync(fresh, dist);
  } catch (thrown) {
    if (markOf(dist) !== digest) throw thrown;
  }
  return 'built';
}

function filesOf(root: string, source: string): string[] {
  if (statSync(join(root, source)).isFile()) return [source];
  return readdirSync(join(root, source), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => !NOT_SOURCES.test(name))
    .map((name) => `${source}/${name}`)
    .filter((name) => statSync(join(root, name)).isFile());
}

function markOf(dist: string): string | undefined {
  const mark = join(dist, MARK);
  return existsSync(mark) ? readFileSync(mark, 'utf8').trim() : undefined;
}

/** A machine that serves built pages need not have it. */
function viteIn(app: string): string | undefined {
  try {
    return join(dirname(createRequire(join(app, 'package.json')).resolve('vite/package.json')), 'bin', 'vite.js');
  } catch {
    return undefined;
  }
}

/** The application's own, then those of pages beside it: `vite.NAME.config.ts`. */
function configsOf(app: string): readonly string[] {
  const others = readdirSync(app).filter((name) => /^vite\.[a-z]+\.config\.ts$/.test(name));
  return ['vite.config.ts', ...others.sort()];
}

function run(vite: string, app: string, config: string, outDir: string, isFirst: boolean): boolean {
  const empties = isFirst ? '--emptyOutDir' : '--emptyOutDir=false';
  const args = [vite, 'build', '--config', config, '--outDir', outDir, empties, '--logLevel', 'warn'];
  const { status } = spawnSync(process.execPath, ['--no-warnings', ...args], {
    cwd: app,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: BUILD_MS,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return status === 0;
}

/** As good as it gets, once, so that serving costs nothing. */
function compress(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (!COMPRESSED.has(extname(name)) || !statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    if (bytes.length < WORTH_BYTES) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

const WORDS: Readonly<Record<Built, readonly [string, string]>> = {
  unchanged: ['', ''],
  built: ['Pages de la console construites', 'Console pages built'],
  impossible: [
    'Pages de la console : rien pour les construire ici (Vite manque) ; celles déjà construites sont servies',
    'Console pages: nothing here to build them with (Vite is missing); those already built are served',
  ],
  failed: [
    'Les pages de la console n’ont pas pu être construites (voir ci-dessus) ; la passerelle démarre quand même',
    'The console’s pages could not be built (see above); the gateway starts all the same',
  ],
};

if (import.meta.main) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const startedAt = performance.now();
  const outcome = buildConsole(root, process.argv.includes('--force'));
  const { LEADGLASS_LANG, LC_ALL, LC_MESSAGES, LANG } = process.env;
  const isFrench = !/^en/i.test(LEADGLASS_LANG || LC_ALL || LC_MESSAGES || LANG || '');
  const [fr, en] = WORDS[outcome];
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (fr !== '') process.stderr.write(`${isFrench ? fr : en} (${seconds} s)\n`);
  process.exitCode = outcome === 'failed' ? 1 : 0;
}
