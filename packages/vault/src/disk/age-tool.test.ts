import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemRandomness } from '@leadglass/kit';
import {
  generateIdentity,
  memorySource,
  openHeader,
  PayloadSealer,
  parseIdentity,
  prepareSeal,
  readPlain,
} from '../index.ts';

const SIZES = [0, 1, 65_535, 65_536, 65_537, 262_144 + 33];

/** Whether the stock tool is here; without it the test is skipped in sight, or fails where peers are required. */
function hasAge(t: TestContext): boolean {
  const isHere = spawnSync('age', ['--version']).status === 0 && spawnSync('age-keygen', ['--version']).status === 0;
  assert.ok(isHere || process.env.LEADGLASS_REQUIRE_PEERS !== '1', 'age is not installed');
  if (!isHere) t.skip('age is not installed');
  return isHere;
}

test('[VAULT-1] Debian’s age opens what we seal and we open what it seals, keys made on either side', async (t) => {
  if (!hasAge(t)) return;
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-age-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const theirs = parseIdentity(
    /AGE-SECRET-KEY-1\w+/.exec(execFileSync('age-keygen', { stdio: ['ignore', 'pipe', 'ignore'] }).toString())?.[0] ??
      '',
  );
  assert.ok(theirs);
  const keys = [theirs, generateIdentity()];
  for (const [i, key] of keys.entries())
    writeFileSync(join(folder, `${i}.key`), `${key.text.reveal()}\n`, { mode: 0o600 });
  for (const size of SIZES) {
    const plain = randomBytes(size);
    const kit = prepareSeal(
      keys.map((key) => key.recipient),
      systemRandomness,
    );
    const parts: Uint8Array[] = [kit.head];
    const sealer = new PayloadSealer(kit.payloadKey);
    sealer.update(plain, (bytes) => void parts.push(Buffer.from(bytes)));
    sealer.finish((bytes) => void parts.push(Buffer.from(bytes)));
    for (const i of keys.keys()) {
      const opened = execFileSync('age', ['-d', '-i', join(folder, `${i}.key`)], {
        input: Buffer.concat(parts),
        maxBuffer: 2 ** 22,
      });
      assert.deepEqual(opened, plain);
    }
    const recipients = keys.flatMap((key) => ['-r', key.recipient.text]);
    const sealed = memorySource(execFileSync('age', recipients, { input: plain, maxBuffer: 2 ** 22 }));
    for (const key of keys) {
      const views: Uint8Array[] = [];
      for await (const view of readPlain(sealed, await openHeader([key], sealed))) views.push(view);
      assert.deepEqual(Buffer.concat(views), plain);
    }
  }
});
