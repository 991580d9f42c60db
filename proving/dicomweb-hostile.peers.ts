import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Gateway } from './gateway.ts';
import { fileOf, multiFrame, multipart, WebClient } from './web.ts';

async function start(t: TestContext, withWeb: 'plain' | 'tls'): Promise<Gateway> {
  const gateway = await Gateway.start({ withWeb });
  t.after(() => gateway.dispose());
  return gateway;
}

/** Who says nothing more by then has said it. */
const SAID_WITHIN_MS = 2_500;

/** What a server says to bytes, until it closes or `isEnough`. */
function say(
  port: number,
  bytes: Uint8Array | string,
  isEnough: (said: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(bytes));
    const over = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(said);
    };
    const timer = setTimeout(over, SAID_WITHIN_MS);
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1');
      if (isEnough(said)) over();
    });
    socket.on('close', over).on('error', over);
  });
}

const get = (path: string, more = '') => `GET /dicom-web${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;

test('[PROVE-200] no request costs an intake: garbage, floods, cut and endless bodies; honest clients are served after', async (t) => {
  const gateway = await start(t, 'plain');
  const web = await WebClient.of(gateway);
  const object = multiFrame(1);
  assert.equal((await web.store([fileOf(object)])).status, 200);
  const port = gateway.web;
  const bearer = `Authorization: Bearer ${web.secret}\r\n`;
  const path = `/studies/${object.study}`;
  await say(port, Buffer.from('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03garbage'));
  await say(port, 'GET / HTTP/9.9\r\n\r\n');
  assert.match(await say(port, get('/x', `X: ${'y'.repeat(40_000)}\r\n`)), /^(HTTP\/1\.1 4|$)/);
  // A hundred requests at once: answered one after the other or cut off, never more than a few under way.
  const flood = await say(
    port,
    get(`${path}/metadata`, bearer).repeat(100),
    (said) => said.split('HTTP/1.1 200').length > 8,
  );
  assert.ok(flood.startsWith('HTTP/1.1 200') || flood === '');
  const nothing = `POST /dicom-web/studies HTTP/1.1\r\nHost: x\r\n${bearer}Content-Type: multipart/related; type="application/dicom"; boundary=proving\r\n`;
  const body = multipart([fileOf(multiFrame(1)), fileOf(multiFrame(1))]);
  // Cut in the middle of the second object: the first came whole, the second is not kept.
  await Promise.all([
    new Promise<void>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port }, () => {
        socket.write(`${nothing}Content-Length: ${body.length}\r\n\r\n`);
        socket.write(body.subarray(0, body.length - 3000), () => setTimeout(() => socket.destroy(), 300));
      });
      socket.on('close', () => resolve()).on('error', () => {});
    }),
    say(port, `${nothing}Content-Length: 100000000\r\n\r\n${'--proving\r\n'.repeat(20_000)}`, (said) =>
      said.includes('HTTP/1.1'),
    ),
    say(port, `${nothing}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`),
  ]);
  const parts = Array.from({ length: 60 }, () => Buffer.from('x'));
  assert.equal((await web.store(parts)).status, 409);
  await gateway.until(({ custody }) => custody.objects === 2);
  assert.equal((await web.ask(path, 'multipart/related; type="application/dicom"')).status, 200);
  assert.ok(!gateway.stderr.includes('intake.died') && !gateway.stderr.includes('web.defect'), gateway.stderr);
});

test('[PROVE-201] over TLS a peer is known by its certificate alone; without one nobody is', async (t) => {
  const gateway = await start(t, 'tls');
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-web-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const certificate = (name: string) => {
    const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', made, { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert), file: cert };
  };
  const [known, other] = [certificate('known'), certificate('other')];
  const fingerprint = (await gateway.cli('tls', 'fingerprint', known.file)).trim();
  await gateway.cli(
    'peer',
    'add',
    'VIEWER1',
    '--from',
    '127.0.0.1/32',
    '--allow',
    'wado',
    '--cert-sha256',
    fingerprint,
  );
  const ca = readFileSync(join(gateway.home, 'keys/ca.pem'));
  const ask = (path: string, identity: object, method = 'GET'): Promise<number> =>
    new Promise((resolve, reject) => {
      const options = { host: 'localhost', port: gateway.web, path: `/dicom-web${path}`, method, ca, ...identity };
      request(options, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  assert.equal(await ask('/studies/1.2.3', { key: known.key, cert: known.cert }), 404);
  assert.equal(await ask('/studies/1.2.3/metadata', { key: other.key, cert: other.cert }), 401);
  assert.equal(await ask('/studies/1.2.3', {}), 401);
  assert.equal(await ask('/studies', { key: known.key, cert: known.cert }), 403);
  assert.equal(await ask('/', {}), 200);
});

test('[PROVE-202] in the clear beyond this machine only when it is said to be meant', async () => {
  const gateway = await Gateway.prepare();
  const refused = gateway.cli('up', '--dimse', '127.0.0.1:0', '--web-plain', '0.0.0.0:0');
  await assert.rejects(refused, /--web-plain-anywhere/);
  await gateway.dispose();
});
