import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { text, uuidv7 } from '@leadglass/kit';
import { type TestConsole, testConsole } from './console.testkit.ts';
import { GatewayClient } from './gateway-client.ts';

const FLOWS = {
  atMs: 1,
  windowMs: 60_000,
  associations: 2,
  objectsPerSecond: 0,
  bytesPerSecond: 0,
  nodes: [],
  edges: [],
};

/** A gateway that says what the test wants, on a control socket: how fast, and how much, is what these tests are about. */
class Upstream {
  readonly path: string;
  readonly streams = new Map<string, Set<ServerResponse>>();
  readonly opened: string[] = [];
  readonly #server: Server;
  seq = 0;

  constructor(t: TestContext) {
    const folder = mkdtempSync(join(tmpdir(), 'leadglass-live-'));
    this.path = join(folder, 's.sock');
    this.#server = createServer((request, response) => {
      const name = request.url?.slice('/v1/'.length) ?? '';
      this.opened.push(name);
      request.resume();
      if (name === 'needs') return void response.end(JSON.stringify({ needs: [] }));
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.flushHeaders();
      this.streams.set(name, (this.streams.get(name) ?? new Set()).add(response));
      response.on('error', () => {});
      response.once('close', () => this.streams.get(name)?.delete(response));
    });
    t.after(() => {
      this.#server.closeAllConnections();
      this.#server.close();
      rmSync(folder, { recursive: true, force: true });
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.path, resolve));
    return this;
  }

  say(name: string, line: unknown): void {
    for (const stream of this.streams.get(name) ?? []) stream.write(`${JSON.stringify(line)}\n`);
  }

  count(name: string): number {
    return this.streams.get(name)?.size ?? 0;
  }

  entry(): void {
    this.seq += 1;
    const event = { id: uuidv7(1), atMs: 1, kind: 'gateway.started', version: 'x'.repeat(200), listeners: [] };
    this.say('log.follow', { seq: this.seq, ledgerIndex: null, event, sentence: text('démarré', 'started') });
  }
}

/** What a client has heard, in order. */
class Ear {
  heard = '';
  isOver = false;
  #wake = (): void => {};

  static async open(console: TestConsole, cookie: string): Promise<Ear> {
    const ear = new Ear();
    const answer = await console.open('GET', '/api/live', { cookie });
    assert.deepEqual([answer.statusCode, answer.headers['content-type']], [200, 'text/event-stream; charset=utf-8']);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    answer.setEncoding('utf8').on('data', (piece: string) => {
      ear.heard += piece;
      ear.#wake();
    });
    const over = (): void => {
      ear.isOver = true;
      ear.#wake();
    };
    answer.on('error', over).on('end', over).on('close', over);
    return ear;
  }

  async until(isSo: (ear: Ear) => boolean): Promise<void> {
    while (!isSo(this)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

async function live(t: TestContext): Promise<{ console: TestConsole; upstream: Upstream }> {
  const upstream = await new Upstream(t).listen();
  return { upstream, console: await testConsole(t, { gateway: new GatewayClient(upstream.path) }) };
}

test('[CONSOLE-20] all who listen share one reading of the gateway, each hears what its role may, and listening is no activity', async (t) => {
  const { console, upstream } = await live(t);
  const [first, second, blind] = await Promise.all([
    Ear.open(console, console.sessions.signIn('administrator')),
    Ear.open(console, console.sessions.signIn('technologist')),
    Ear.open(console, console.sessions.signIn('radiologist')),
  ]);
  await until(() => upstream.count('flows.follow') === 1 && upstream.count('log.follow') === 1);
  upstream.say('flows.follow', FLOWS);
  upstream.entry();
  for (const ear of [first, second])
    await ear.until(
      ({ heard }) =>
        /event: flows\ndata: \{.*"associations":2/.test(heard) &&
        /event: log\n/.test(heard) &&
        /event: needs\ndata: \{"count":0,"urgent":0\}/.test(heard),
    );
  assert.equal(upstream.opened.filter((name) => name.endsWith('.follow')).length, 2);
  // Who comes later is told how things stand at once.
  const late = await Ear.open(console, console.sessions.signIn('auditor'));
  await late.until(({ heard }) => heard.includes('event: flows'));
  assert.ok(!blind.heard.includes('event:'), blind.heard);
  assert.equal(console.sessions.activities, 0);
});

test('[CONSOLE-21] a client that does not read is dropped, and the others hear on', async (t) => {
  const { console, upstream } = await live(t);
  const good = await Ear.open(console, console.sessions.signIn('administrator'));
  const slow = await console.open('GET', '/api/live', { cookie: console.sessions.signIn('auditor') });
  slow.pause();
  await until(() => upstream.count('flows.follow') === 1);
  const nodes = Array.from({ length: 500 }, (_, at) => ({
    kind: 'peer',
    name: `PEER${at}`.padEnd(60, 'x'),
    state: 'quiet',
  }));
  let said = 0;
  // Some 50 kB each: beyond what the system's own buffers take there is an end.
  while (console.running.listening() === 2 && said < 400) {
    upstream.say('flows.follow', { ...FLOWS, atMs: ++said, nodes });
    await good.until(({ heard }) => heard.includes(`"atMs":${said},`));
    good.heard = '';
  }
  assert.equal(console.running.listening(), 1, `not dropped after ${said} of 50 kB`);
  upstream.say('flows.follow', FLOWS);
  await good.until(({ heard }) => heard.includes('"atMs":1,'));
});

test('[CONSOLE-22] it ends with the session, and the gateway is no longer read when nobody listens', async (t) => {
  const { console, upstream } = await live(t);
  const cookie = console.sessions.signIn('administrator');
  const ears = [await Ear.open(console, cookie), await Ear.open(console, cookie)];
  const other = await Ear.open(console, console.sessions.signIn('auditor'));
  await until(() => upstream.count('log.follow') === 1);
  console.sessions.end(cookie);
  for (const ear of ears) await ear.until(({ isOver }) => isOver);
  assert.equal(other.isOver, false);
  console.running.sessions.close();
  console.sessions.end('__Host-test=nobody');
  assert.equal(upstream.count('log.follow'), 1);
  await console.running.close();
  await other.until(({ isOver }) => isOver);
  await until(() => upstream.count('log.follow') === 0 && upstream.count('flows.follow') === 0);
});

test('[CONSOLE-23] of more entries than anybody reads, the page is told how many it was not sent', async (t) => {
  const { console, upstream } = await live(t);
  const ear = await Ear.open(console, console.sessions.signIn('administrator'));
  await until(() => upstream.count('log.follow') === 1);
  const beganMs = performance.now();
  while (!ear.heard.includes('event: gap')) {
    for (let at = 0; at < 200; at += 1) upstream.entry();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const seconds = (performance.now() - beganMs) / 1000;
  const sent = ear.heard.match(/event: log/g)?.length ?? 0;
  assert.ok(sent <= 50 * (Math.ceil(seconds) + 1), `${sent} in ${seconds} s`);
  const skipped = Number(/event: gap\ndata: \{"skipped":(\d+)\}/.exec(ear.heard)?.[1]);
  assert.ok(skipped > 0);
});

test('[CONSOLE-24] a stream asked for ends at the gateway when its reader goes, and when the session ends; it waits for its reader', async (t) => {
  const { console, upstream } = await live(t);
  const cookie = console.sessions.signIn('administrator');
  const headers = { origin: console.origin, 'x-leadglass': '1', 'content-type': 'application/json' };
  const follow = () => console.open('POST', '/api/log.follow', { cookie, headers, body: '{}' });
  const first = await follow();
  assert.equal(first.headers['content-type'], 'application/x-ndjson');
  await until(() => upstream.count('log.follow') === 1);
  upstream.entry();
  await new Promise((resolve) => first.once('data', resolve));
  first.destroy();
  await until(() => upstream.count('log.follow') === 0);
  const second = await follow();
  second.on('error', () => {});
  second.pause();
  await until(() => upstream.count('log.follow') === 1);
  const [stream] = upstream.streams.get('log.follow') ?? [];
  let written = 0;
  // Nobody reads: after what sockets hold the gateway is not read either.
  while (stream !== undefined && stream.writableLength < 4_000_000 && written < 200_000_000) {
    const line = `${JSON.stringify({ filler: 'x'.repeat(65_536) })}\n`;
    written += line.length;
    stream.write(line);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(written < 50_000_000, `${written} bytes taken for a reader that does not read`);
  console.sessions.end(cookie);
  await until(() => upstream.count('log.follow') === 0);
});
