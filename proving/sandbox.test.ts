import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { sandboxFlags } from '../apps/gateway/src/intake-pool.ts';

const run = promisify(execFile);

/** What a captured intake would try; each attempt answers with the code of its refusal, or `done`. */
const ATTEMPTS = `
const attempt = async (work) => { try { await work(); return 'done'; } catch (thrown) { return thrown.code ?? String(thrown); } };
const fs = require('node:fs');
const [staging, home, port] = process.argv.slice(1);
(async () => {
  const connecting = () => new Promise((resolve, reject) => require('node:net').connect(Number(port), '127.0.0.1').once('connect', resolve).once('error', reject));
  process.stdout.write(JSON.stringify({
    ownWrite: await attempt(() => fs.writeFileSync(staging + '/own', 'x')),
    ownRead: await attempt(() => fs.readFileSync(staging + '/own')),
    readKey: await attempt(() => fs.readFileSync(home + '/keys/site.agekey')),
    listHome: await attempt(() => fs.readdirSync(home)),
    writeHome: await attempt(() => fs.writeFileSync(home + '/new', 'x')),
    climb: await attempt(() => fs.readFileSync(staging + '/../../keys/site.agekey')),
    link: await attempt(() => fs.symlinkSync(home + '/keys', staging + '/link')),
    hardLink: await attempt(() => fs.linkSync(home + '/keys/site.agekey', staging + '/hard')),
    passwd: await attempt(() => fs.readFileSync('/etc/passwd')),
    environ: await attempt(() => fs.readFileSync('/proc/self/environ')),
    connect: await attempt(connecting),
    resolve: await attempt(() => require('node:dns').promises.lookup('localhost')),
    spawn: await attempt(() => require('node:child_process').spawnSync('/bin/true')),
    worker: await attempt(() => new (require('node:worker_threads').Worker)('0', { eval: true })),
    addon: await attempt(() => process.dlopen({ exports: {} }, staging + '/own')),
    inspector: await attempt(() => require('node:inspector').open(0)),
  }));
  process.exit(0);
})();
`;

test('[PROVE-16] what the intakes run under lets them write their staging folder, and reach no key, no network, no program', async (t) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-sandbox-')));
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const staging = join(folder, 'home/staging/n1');
  mkdirSync(staging, { recursive: true });
  mkdirSync(join(folder, 'home/keys'));
  writeFileSync(join(folder, 'home/keys/site.agekey'), 'secret');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { stdout } = await run(
    process.execPath,
    [...sandboxFlags(staging), '-e', ATTEMPTS, staging, join(folder, 'home'), String(port)],
    { env: {} },
  );
  const { ownWrite, ownRead, ...others } = JSON.parse(stdout) as Record<string, string>;
  assert.deepEqual([ownWrite, ownRead], ['done', 'done']);
  const refusals = new Set(['ERR_ACCESS_DENIED', 'ERR_DLOPEN_DISABLED']);
  const got = Object.entries(others).filter(([, code]) => !refusals.has(code));
  assert.deepEqual(got, []);
  assert.equal(Object.keys(others).length, 14);
});
