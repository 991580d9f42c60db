import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { assertRefused, PAGE, testConsole, testTls } from './console.testkit.ts';
import { inlineScriptsOf } from './files.ts';

const SCRIPT = `export const words = ${JSON.stringify('x'.repeat(4000))};\n`;

function pages(t: TestContext): string {
  const dist = mkdtempSync(join(tmpdir(), 'leadglass-pages-'));
  t.after(() => rmSync(dist, { recursive: true, force: true }));
  mkdirSync(join(dist, 'assets'));
  mkdirSync(join(dist, 'light'));
  writeFileSync(join(dist, 'index.html'), PAGE);
  writeFileSync(join(dist, '.built-from'), 'x');
  writeFileSync(join(dist, 'light', 'index.html'), '<!doctype html><title>light</title>');
  const script = join(dist, 'assets', 'main-0a1b2c3d.js');
  writeFileSync(script, SCRIPT);
  writeFileSync(`${script}.br`, brotliCompressSync(SCRIPT));
  writeFileSync(`${script}.gz`, gzipSync(SCRIPT));
  return dist;
}

test('[CONSOLE-14] what is named by its content is kept for good, compressed ahead; a page is asked for again', async (t) => {
  const console = await testConsole(t, { dist: pages(t) });
  const script = (encoding: string) =>
    console.ask('GET', '/assets/main-0a1b2c3d.js', { headers: { 'accept-encoding': encoding } });
  const brotli = await script('gzip, deflate, br, zstd');
  assert.deepEqual([brotli.status, brotli.headers['content-encoding']], [200, 'br']);
  assert.equal(brotliDecompressSync(brotli.body).toString(), SCRIPT);
  assert.equal(brotli.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(brotli.headers['content-type'], 'text/javascript; charset=utf-8');
  assert.equal(brotli.headers.vary, 'accept-encoding');
  assert.equal(gunzipSync((await script('gzip, br;q=0')).body).toString(), SCRIPT);
  assert.equal((await script('')).body.toString(), SCRIPT);
  const page = await console.ask('GET', '/');
  assert.deepEqual([page.body.toString(), page.headers['cache-control']], [PAGE, 'no-cache']);
  const again = await console.ask('GET', '/', { headers: { 'if-none-match': String(page.headers.etag) } });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
});

test('[CONSOLE-15] a path of the application is its page; a file that is not there, or lies elsewhere, is not', async (t) => {
  const console = await testConsole(t, { dist: pages(t) });
  for (const path of ['/peers', '/holds/0a1b', '/set-up', '/invitation', '/journey/1.2.840.1', '/peers/CT.1'])
    assert.equal((await console.ask('GET', path)).body.toString(), PAGE, path);
  for (const path of ['/light', '/light/', '/light/1.2.840.1'])
    assert.match((await console.ask('GET', path)).body.toString(), /<title>light/, path);
  const away = [
    '/assets/gone-00000000.js',
    '/assets/',
    '/.built-from',
    '/../package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/x.js',
    '/assets/..%5cindex.html',
    '/index.html%00.js',
  ];
  for (const path of away) assert.equal((await console.ask('GET', path)).status, 404, path);
});

test('[CONSOLE-16] pages that are not built are told plainly, and the API answers', async (t) => {
  const console = await testConsole(t, { dist: join(tmpdir(), 'leadglass-no-such-folder') });
  assert.equal(console.running.isBuilt, false);
  const page = await console.ask('GET', '/');
  assert.equal(page.status, 503);
  assert.match(page.body.toString(), /ne sont pas construites.*npm start.*not built/s);
  assert.equal((await console.post('status', {}, console.sessions.signIn('auditor'))).status, 200);
});

test('[CONSOLE-17] everybody may have the site’s authority, which is what the console’s certificate is signed by', async (t) => {
  const console = await testConsole(t);
  const { status, headers, body } = await console.ask('GET', '/authority.crt');
  assert.deepEqual([status, headers['content-type'], body.toString()], [200, 'application/x-x509-ca-cert', console.ca]);
});

test('[CONSOLE-17] a renewed certificate and its names are shown from the next connection on', async (t) => {
  const console = await testConsole(t);
  const { port } = console.running;
  const other = await testTls();
  const shown = (ca: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca }, () => {
        resolve(socket.getPeerX509Certificate()?.toString() ?? '');
        socket.destroy();
      });
      socket.once('error', reject);
    });
  const before = await shown(console.ca);
  console.running.useTls(other, ['renamed.test']);
  assert.notEqual(await shown(other.caPem), before);
  await assert.rejects(shown(console.ca));
});

test('[CONSOLE-18] inline scripts of a page of others are allowed by their digests alone', () => {
  // echo -n 'a()' | openssl dgst -sha256 -binary | base64
  assert.deepEqual(inlineScriptsOf('<head><script>a()</script><script src="/x.js"></script></head>'), [
    "'sha256-qVpDBgj7bpq5hMAcGp3AOc79J3Y1Z4HvySTwKrWDoy4='",
  ]);
  assert.deepEqual(inlineScriptsOf('<script>never closed'), []);
});

test('[CONSOLE-18] OHIF that was not fetched is told, to whoever may read images', async (t) => {
  const console = await testConsole(t);
  const asked = await console.ask('GET', '/ohif/', { cookie: console.sessions.signIn('radiologist') });
  assertRefused(asked, 404, 'console.not-found');
  assert.match(asked.body.toString(), /npm run viewer/);
});
