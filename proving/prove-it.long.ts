import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { CLI, COMPILED, Gateway } from './gateway.ts';
import { childrenOf } from './processes.ts';

const LONGEST_MS = 5 * 60_000;

interface Line {
  readonly kind: string;
  readonly id: string;
  readonly isRight: boolean;
  readonly controls: number;
  readonly controlsDelivered: number;
}

test('[PROVE-64] the whole pack: no attack is let through, no control is lost, no process ends', async (t) => {
  const gateway = await Gateway.start({ withTls: true });
  t.after(() => gateway.dispose());
  const intakes = childrenOf(gateway.pid);
  const { promise, resolve } = Promise.withResolvers<string>();
  const env = { ...process.env, ...COMPILED, LEADGLASS_HOME: gateway.home, LEADGLASS_LANG: 'en' };
  const options = { env, timeout: LONGEST_MS, maxBuffer: 2 ** 26 };
  execFile(process.execPath, ['--no-warnings', CLI, 'prove-it', '--json'], options, (_failed, stdout) =>
    resolve(stdout),
  );
  const lines = (await promise)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const end = lines.at(-1) as Line;
  assert.equal(end.kind, 'end');
  assert.ok(
    intakes.every((pid) => childrenOf(gateway.pid).includes(pid)),
    'an intake ended',
  );
  assert.equal(end.controlsDelivered, end.controls);
  const through = lines.filter(({ kind, isRight }) => kind === 'attack' && !isRight).map(({ id }) => id);
  assert.deepEqual(through, []);
});
