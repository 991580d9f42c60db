import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock, silentLogger } from '@leadglass/kit';
import { type Certificates, CertificateWatch } from './certificate-watch.ts';
import { openHome } from './home.ts';

const DAY_MS = 86_400_000;

test('[HOME-6] certificates that come near their end are issued again while the gateway runs', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'leadglass-watch-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const clock = new ManualClock();
  const home = await openHome(root, clock, () => {});
  const changes: Certificates[] = [];
  let changed = Promise.withResolvers<void>();
  const watch = new CertificateWatch(home, clock, silentLogger, (certificates) => {
    changes.push(certificates);
    changed.resolve();
  });
  await watch.look();
  assert.deepEqual([changes.length, watch.current.tls.certPem], [0, home.tls.certPem]);
  clock.jump(770 * DAY_MS);
  clock.advance(DAY_MS);
  await changed.promise;
  assert.equal(changes.length, 1);
  assert.notEqual(watch.current.tls.certPem, home.tls.certPem);
  assert.equal(watch.current.tls.caPem, home.tls.caPem);

  changed = Promise.withResolvers<void>();
  rmSync(join(root, 'keys', 'ca.key'));
  await watch.look();
  assert.equal(changes.length, 1);
  assert.equal(watch.current, changes[0]);
  watch.stop();
  clock.advance(10 * DAY_MS);
  assert.equal(changes.length, 1);
});
