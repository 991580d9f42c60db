import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { homedir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import type { TestContext } from 'node:test';
import type { WebClient } from './web.ts';

/**
 * OHIF Viewer as its makers publish it (MIT). 50 MB packed and 200 MB unpacked, which is too heavy for everybody's `npm ci`: fetched once, when
 * this proof runs, into a folder of the user's cache, and used only when it is what this hash says.
 */
const PACKAGE = '@ohif/app@3.13.2';
const INTEGRITY = 'sha512-WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==';
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'leadglass-proving');
const FETCH_MS = 300_000;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
};

/**
 * Folder with OHIF's files; a visible skip (undefined) when it can neither be found nor fetched, a failure where peers are required. Something else
 * under its name is a failure everywhere.
 */
export function requireOhif(t: TestContext): string | undefined {
  const folder = join(CACHE, PACKAGE.replaceAll('/', '-'));
  const dist = join(folder, 'package', 'dist');
  if (existsSync(dist)) return dist;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'fetching-'));
  try {
    const archive = fetched(t, work);
    if (archive === undefined) return undefined;
    unpack(archive, work);
    // Moved there whole: half a viewer must not look like one.
    renameSync(work, folder);
    return dist;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function fetched(t: TestContext, folder: string): string | undefined {
  const npm = ['pack', PACKAGE, '--silent', '--ignore-scripts', '--pack-destination', folder];
  const { status, stdout } = spawnSync('npm', npm, { timeout: FETCH_MS, encoding: 'utf8' });
  if (status === 0) return join(folder, stdout.trim().split('\n').at(-1) ?? '');
  if (process.env.LEADGLASS_REQUIRE_PEERS === '1')
    throw new Error(`${PACKAGE} could not be fetched and LEADGLASS_REQUIRE_PEERS is 1`);
  t.skip(`${PACKAGE} could not be fetched`);
  return undefined;
}

function unpack(archive: string, folder: string): void {
  const hash = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (hash !== INTEGRITY) throw new Error(`${PACKAGE} is not what was pinned: ${hash}`);
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  rmSync(archive);
}

/** The settings that docs/runbook.md gives for OHIF, and no source but ours. */
const APP_CONFIG = `window.config = ${JSON.stringify({
  routerBasename: null,
  extensions: [],
  modes: [],
  showStudyList: true,
  showWarningMessageForCrossOrigin: true,
  showCPUFallbackMessage: true,
  showLoadingIndicator: true,
  strictZSpacingForVolumeViewport: true,
  investigationalUseDialog: { option: 'never' },
  defaultDataSourceName: 'leadglass',
  dataSources: [
    {
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'leadglass',
      configuration: {
        friendlyName: 'Leadglass',
        name: 'leadglass',
        qidoRoot: '/dicom-web',
        wadoRoot: '/dicom-web',
        imageRendering: 'wadors',
        thumbnailRendering: 'wadors',
        acceptHeader: ['multipart/related; type=application/octet-stream; transfer-syntax=*'],
        supportsFuzzyMatching: false,
        supportsWildcard: true,
        enableStudyLazyLoad: true,
        bulkDataURI: { enabled: true },
      },
    },
  ],
})};`;

/** A question the viewer asked of us through the proxy, and our answer. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly accept: string;
  readonly status: number;
  readonly contentType: string;
}

/** The viewer behind a proxy, as the runbook has it. */
export interface Ohif {
  readonly origin: string;
  /** Everything that went to DICOMweb, in the order of the answers. */
  readonly asked: readonly Asked[];
  stop(): void;
}

/** Serves OHIF and, at the same address, our DICOMweb with the token added. @param dist OHIF's files */
export async function startOhif(dist: string, web: WebClient): Promise<Ohif> {
  const asked: Asked[] = [];
  const server = createServer((question, answer) => {
    const path = new URL(question.url ?? '/', 'http://proxy').pathname;
    if (path.startsWith('/dicom-web/')) forward(question, answer, web, asked);
    else if (path === '/app-config.js') answer.writeHead(200, { 'content-type': TYPES['.js'] }).end(APP_CONFIG);
    else serveFile(answer, dist, path);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${portOf(server)}`, asked, stop: () => stop(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function stop(server: Server): void {
  server.close();
  server.closeAllConnections();
}

function forward(question: IncomingMessage, answer: ServerResponse, web: WebClient, asked: Asked[]): void {
  const { method = 'GET', url = '' } = question;
  const headers = { ...question.headers, authorization: `Bearer ${web.secret}` };
  const onward = request(new URL(url, web.base), { method, headers }, (given) => {
    const { statusCode: status = 0, headers: theirs } = given;
    const contentType = String(theirs['content-type'] ?? '');
    asked.push({ method, url, accept: String(question.headers.accept ?? ''), status, contentType });
    answer.writeHead(status, theirs);
    given.pipe(answer);
    given.on('error', () => answer.destroy());
  });
  onward.on('error', () => answer.destroy());
  question.pipe(onward);
}

/** A file of OHIF; for every other path its page, which is its own router. */
function serveFile(answer: ServerResponse, dist: string, path: string): void {
  const wanted = join(dist, normalize(`/${decodeURIComponent(path)}`));
  const isFile = existsSync(wanted) && statSync(wanted).isFile();
  const file = isFile ? wanted : join(dist, 'index.html');
  answer.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(answer);
}
