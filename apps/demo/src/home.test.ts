import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DEMO_MARK } from '@leadglass/contract';
import { isFault } from '@leadglass/kit';
import { Budget, NEW_UNTIL_BYTES, SILENT_FROM_BYTES } from './budget.ts';
import { bytesBelow, openDemoHome, removeDemoHome } from './home.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'leadglass-demo-test-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('[DEMO-1] a folder with anything in it that is not marked as a demonstration’s is refused, and stays as it was', (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'keys'), 'somebody’s');
  assert.throws(
    () => openDemoHome(path),
    (thrown) => isFault(thrown) && thrown.code === 'demo.not-a-demo',
  );
  assert.equal(existsSync(join(path, DEMO_MARK)), false);
});

test('[DEMO-2] a new home is marked before anything else is in it, and its like is taken up again', (t) => {
  const path = join(folder(t), 'home');
  const made = openDemoHome(path);
  assert.ok(existsSync(join(path, DEMO_MARK)));
  assert.equal(made.isNew, true);
  assert.equal(openDemoHome(path).isNew, false);
});

test('[DEMO-3] what is removed is a demonstration’s home alone', (t) => {
  const path = folder(t);
  const home = openDemoHome(join(path, 'demo'));
  removeDemoHome({ ...home, path });
  assert.ok(existsSync(home.path), 'the folder above is not marked');
  removeDemoHome(home);
  assert.equal(existsSync(home.path), false);
});

test('[DEMO-4] without a folder named it lies in the temporary one', (t) => {
  const home = openDemoHome();
  t.after(() => removeDemoHome(home));
  assert.match(home.path, /leadglass-demo-/);
});

test('[DEMO-5] new studies, then known ones, then none: by what the folder holds and what was sent since it was looked at', (t) => {
  const path = folder(t);
  mkdirSync(join(path, 'deep'));
  writeFileSync(join(path, 'deep', 'file'), Buffer.alloc(5_000));
  assert.equal(bytesBelow(path), 5_000);
  const budget = new Budget(path);
  budget.measure();
  assert.equal(budget.means, 'new');
  budget.sent(NEW_UNTIL_BYTES);
  assert.equal(budget.means, 'again');
  budget.sent(SILENT_FROM_BYTES - NEW_UNTIL_BYTES);
  assert.equal(budget.means, 'nothing');
  budget.measure();
  assert.equal(budget.bytes, 5_000);
});
