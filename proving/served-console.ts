import assert from 'node:assert/strict';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildConsole } from '../tools/build-console.ts';
import { freePort } from './peers.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DIST = join(ROOT, 'apps', 'console', 'dist');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** What the API answers, by the name of the operation; what is not named is not found. */
export type Answers = Readonly<Record<string, (asked: Readonly<Record<string, unknown>>) => unknown>>;

export interface ServedConsole {
  readonly answers: Answers;
  readonly role: string;
  /** Called with each stream of live news that is opened; ends with the answer. */
  readonly live?: (answer: ServerResponse) => void;
}

/** Serves the pages as they are built over an API of values: for more than a gateway on this machine could make. @returns the origin */
export async function serveConsole(t: TestContext, served: ServedConsole): Promise<string> {
  assert.notEqual(buildConsole(ROOT), 'failed');
  const port = await freePort();
  const server = createServer((question, answer) => {
    const path = new URL(question.url ?? '/', 'http://x').pathname;
    if (path === '/api/live') openLive(served, answer);
    else if (path.startsWith('/api/')) void answered(served, path.slice(5), question, answer);
    else serveFile(answer, path);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://localhost:${port}`;
}

function openLive({ live }: ServedConsole, answer: ServerResponse): void {
  answer.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  live?.(answer);
}

async function answered(
  { answers, role }: ServedConsole,
  name: string,
  question: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  let body = '';
  for await (const chunk of question) body += String(chunk);
  const made = name === 'me' ? () => meOf(role) : answers[name];
  answer.writeHead(made === undefined ? 404 : 200, { 'content-type': 'application/json' });
  const missing = { code: 'console.not-found', text: { fr: '', en: '' } };
  answer.end(JSON.stringify(made?.(JSON.parse(body || '{}')) ?? missing));
}

function meOf(role: string) {
  const person = {
    ...{ id: '1', account: 'anne', displayName: 'Anne', role, language: 'en', isDisabled: false, passkeys: 1 },
    ...{ hasTotp: false, isFromDirectory: false, emergencyCodes: 0 },
  };
  return {
    ...{ setUp: 'done', site: 'Busy', isDemo: false, person, how: 'passkey', isLocked: false },
    ...{ idleMs: 3_600_000, methods: ['passkey'] },
  };
}

function serveFile(answer: ServerResponse, path: string): void {
  const file = join(DIST, path);
  const isFile = extname(path) !== '' && existsSync(file);
  if (!isFile)
    return void answer.writeHead(200, { 'content-type': 'text/html' }).end(readFileSync(join(DIST, 'index.html')));
  answer.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(answer);
}
