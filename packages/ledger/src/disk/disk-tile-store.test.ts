import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isFault } from '@leadglass/kit';
import { checkProofText, diskTileStore, proofText, verifierKey, verifyLedger } from '../index.ts';
import { entriesFrom, ORIGIN, openTestLedger, PUBLIC_KEY, TRUST } from '../testing.ts';

const CHECKER = 'check_proof.py';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'ledger-test-'));
  t.after(() => {
    chmodSync(path, 0o700);
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

const skipOrFail = (t: TestContext, what: string): void => {
  assert.notEqual(process.env.LEADGLASS_REQUIRE_PEERS, '1', `${what} not installed`);
  t.skip(`${what} not installed`);
};

test('[LEDGER-10] a log on disk is reopened, verified, and readable by its owner alone', async (t) => {
  const root = folder(t);
  const ledger = await openTestLedger(diskTileStore(root));
  for (const n of [1, 1, 300, 5, 700]) await ledger.append(entriesFrom(ledger.size, n));
  const again = await openTestLedger(diskTileStore(root));
  assert.equal(again.checkpoint, ledger.checkpoint);
  assert.deepEqual((await verifyLedger(diskTileStore(root), TRUST)).faults, []);
  const names = readdirSync(root, { recursive: true, withFileTypes: true });
  assert.ok(names.length > 10);
  for (const name of names) {
    const mode = statSync(join(name.parentPath, name.name)).mode & 0o777;
    assert.equal(mode, name.isDirectory() ? 0o700 : 0o600);
    assert.ok(!name.name.endsWith('.new'));
  }
  assert.ok(!readdirSync(join(root, 'tile/0')).includes('000.p'));
});

test('[LEDGER-10] a store that cannot be written says so as a transient fault and the log stays as it was', async (t) => {
  const root = folder(t);
  const ledger = await openTestLedger(diskTileStore(root));
  await ledger.append(entriesFrom(0, 3));
  // A plain file where a directory must be: refused to root as well, unlike a mode.
  rmSync(join(root, 'tile/entries'), { recursive: true });
  writeFileSync(join(root, 'tile/entries'), '');
  await assert.rejects(
    ledger.append(entriesFrom(3, 1)),
    (thrown) => isFault(thrown, 'ledger.unwritable') && thrown.retry === 'transient',
  );
  assert.equal(ledger.size, 3);
});

test('[LEDGER-10] a checkpoint that cannot be replaced is a transient fault, and the log goes on once it can', async (t) => {
  const root = folder(t);
  const ledger = await openTestLedger(diskTileStore(root));
  await ledger.append(entriesFrom(0, 3));
  // The name under which the next checkpoint is staged is taken: the write fails after the tiles are there.
  mkdirSync(join(root, 'checkpoint.new'));
  await assert.rejects(ledger.append(entriesFrom(3, 1)), (thrown) => isFault(thrown, 'ledger.unwritable'));
  rmSync(join(root, 'checkpoint.new'), { recursive: true, force: true });
  assert.equal(await ledger.append(entriesFrom(3, 2)), 3);
  assert.deepEqual((await verifyLedger(diskTileStore(root), TRUST)).faults, []);
});

test('[LEDGER-10] a path that is not a tile path is our own mistake', async (t) => {
  const store = diskTileStore(folder(t));
  for (const path of ['../x', '/etc/passwd', 'tile//0', 'tile/../../x', ''])
    await assert.rejects(store.read(path), /plain names/);
});

test('[LEDGER-8] a checker that shares no code with us (Python, openssl) accepts a proof and refuses an altered one', async (t) => {
  const isHere = (tool: string, flag: string) => spawnSync(tool, [flag]).status === 0;
  if (!isHere('python3', '--version')) return skipOrFail(t, 'python3');
  if (!isHere('openssl', 'version')) return skipOrFail(t, 'openssl');
  const root = folder(t);
  const ledger = await openTestLedger(diskTileStore(join(root, 'log')));
  await ledger.append(entriesFrom(0, 777));
  const script = fileURLToPath(new URL(`../../../../vectors/ledger/${CHECKER}`, import.meta.url));
  const run = (proof: string) => {
    writeFileSync(join(root, 'proof'), proof);
    return spawnSync('python3', [script, join(root, 'proof'), verifierKey(ORIGIN, PUBLIC_KEY)], { encoding: 'utf8' });
  };
  for (const index of [0, 300, 776]) {
    const proof = proofText(await ledger.prove(index));
    const accepted = run(proof);
    assert.deepEqual([accepted.status, accepted.stderr], [0, '']);
    assert.match(accepted.stdout, new RegExp(`^entry ${index} of ${ORIGIN} `));
    assert.equal(checkProofText(proof, TRUST), 'sound');
  }
  const proof = proofText(await ledger.prove(300));
  const altered: [string, RegExp][] = [
    [proof.replace(/extra .*/, `extra ${Buffer.from('entry 301').toString('base64')}`), /not in the log/],
    [proof.replace('index 300', 'index 301'), /not in the log/],
    [proof.replace('\n777\n', '\n778\n'), /not signed/],
  ];
  for (const [text, reason] of altered) {
    const refused = run(text);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, reason);
    assert.notEqual(checkProofText(text, TRUST), 'sound');
  }
  assert.equal(readFileSync(join(root, 'log/checkpoint'), 'utf8'), ledger.checkpoint);
});
