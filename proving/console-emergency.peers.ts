import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { requirePeer } from './peers.ts';

const CUT_OFF = fileURLToPath(new URL('./emergency-cut-off.ts', import.meta.url));
const DRILL_MS = 300_000;
/** As root, or as whoever may make a user namespace; whatever was started ends with it. */
const NAMESPACES = [
  ['-n', '-p', '-f', '--mount-proc', '--kill-child'],
  ['-r', '-n', '-p', '-f', '--mount-proc', '--kill-child'],
] as const;
const LOOPBACK_UP = 'ip link set lo up';

/** How a program is run without any network but loopback; undefined where this machine does not let it. */
function namespace(): readonly string[] | undefined {
  return NAMESPACES.find((how) => spawnSync('unshare', [...how, 'sh', '-c', LOOPBACK_UP]).status === 0);
}

test('[PROVE-320] [PROVE-321] with the network cut from everything else the drill takes under thirty seconds; each step is told', async (t) => {
  if (requirePeer(t, 'chromium') === undefined) return;
  const how = namespace();
  if (how === undefined) {
    assert.notEqual(process.env.LEADGLASS_REQUIRE_PEERS, '1', 'no network namespace can be made');
    return t.skip('no network namespace can be made here (unshare and ip, as root or with user namespaces)');
  }
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-drill-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const times = join(folder, 'times.json');
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const command = `${LOOPBACK_UP} && exec "$0" --test --test-force-exit --no-warnings "$1"`;
  const ran = spawnSync('unshare', [...how, 'sh', '-c', command, process.execPath, CUT_OFF], {
    ...{ env: { ...env, LEADGLASS_TIMES: times }, encoding: 'utf8', timeout: DRILL_MS },
  });
  assert.equal(ran.status, 0, ran.stdout + ran.stderr);
  const steps = JSON.parse(readFileSync(times, 'utf8')) as [string, number][];
  for (const [name, ms] of steps) t.diagnostic(`${name}: ${ms} ms`);
  assert.equal(steps.length, 6);
});
