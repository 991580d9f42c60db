import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
/** Best first. */
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;
const FILE = /\.(?:html|m?js|css|map|json|webmanifest|wasm|svg|png|ico|woff2?|txt|xml|crt|pem)$|%/;
const MOST_FILES = 5_000;
/** A name with the digest of its content: `index-BcD3_x9Q.js`, `100.bundle.cb02411ce321d4e4.js`. */
const NAMED_BY_CONTENT = /[-.][A-Za-z0-9_-]{8,32}\.(?:js|css|woff2|svg|png|wasm)$|^[0-9a-f]{16}\.(?:wasm|woff2)$/;

/** Whether a path is that of a file, to whoever has none of that name. */
export function isFilePath(path: string): boolean {
  return FILE.test(path);
}

/** A file that is served. */
export interface ServedFile {
  readonly path: string;
  readonly type: string;
  readonly bytes: number;
  readonly etag: string;
  readonly isImmutable: boolean;
  /** Encodings that lie ready beside it. */
  readonly encodings: readonly (typeof ENCODINGS)[number][];
}

/**
 * Every file under `folder`, by its path with `/`: what is not in this table does not exist, so no path of a request ever reaches the disk.
 * Empty when there is no such folder.
 */
export function filesUnder(
  folder: string,
  isLeftOut: (name: string) => boolean = () => false,
): ReadonlyMap<string, ServedFile> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  const all = new Set(names);
  const isReady = (name: string): boolean =>
    ENCODINGS.some(({ suffix }) => name.endsWith(suffix) && all.has(name.slice(0, -suffix.length)));
  const found = new Map<string, ServedFile>();
  for (const name of names.filter((each) => !isReady(each) && !isLeftOut(each)).slice(0, MOST_FILES)) {
    const path = join(folder, name);
    const { size, mtimeMs } = statSync(path);
    if (statSync(path).isDirectory()) continue;
    found.set(name, {
      ...{ path, bytes: size, type: TYPES[extname(name)] ?? 'application/octet-stream' },
      etag: `"${createHash('sha256').update(`${name} ${size} ${mtimeMs}`).digest('base64url').slice(0, 22)}"`,
      isImmutable: NAMED_BY_CONTENT.test(name.split('/').at(-1) ?? ''),
      encodings: ENCODINGS.filter(({ suffix }) => all.has(name + suffix)),
    });
  }
  return found;
}

/** Sends a file in the best encoding that lies ready and that the browser takes. */
export function sendFile(file: ServedFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers({
    ...{ 'content-type': file.type, etag: file.etag, vary: 'accept-encoding' },
    'cache-control': file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
  const takes = String(request.headers['accept-encoding'] ?? '');
  const encoding = file.encodings.find(({ name }) => takesEncoding(takes, name));
  const path = encoding === undefined ? file.path : file.path + encoding.suffix;
  if (encoding !== undefined) reply.header('content-encoding', encoding.name);
  reply.header('content-length', encoding === undefined ? file.bytes : statSync(path).size);
  return reply.send(createReadStream(path));
}

/** RFC 9110 §12.5.3, without its weights: a browser that lists an encoding takes it, unless it says q=0. */
function takesEncoding(header: string, name: string): boolean {
  return header
    .split(',', 20)
    .map((each) => each.trim().toLowerCase())
    .some((each) => each === name || (each.startsWith(`${name};`) && !/;\s*q=0(?:\.0*)?$/.test(each)));
}

/** For the policy of a page: its inline scripts, by their digests (CSP 3 §2.3.1). */
export function inlineScriptsOf(html: string): readonly string[] {
  const digests: string[] = [];
  for (let at = html.indexOf('<script>'); at >= 0; at = html.indexOf('<script>', at + 1)) {
    const end = html.indexOf('</script>', at);
    if (end < 0) break;
    digests.push(
      `'sha256-${createHash('sha256')
        .update(html.slice(at + '<script>'.length, end))
        .digest('base64')}'`,
    );
  }
  return digests;
}

/** The text of a served file, whole. */
export function textOf(file: ServedFile): string {
  return readFileSync(file.path, 'utf8');
}
