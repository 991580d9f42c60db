import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writeFileMeta } from '@leadglass/dicom';
import { assertDelivered } from './custody-check.ts';
import { type MadeObject, makeObject, type Shape } from './objects.ts';
import { freePort, requirePeer, startOrthanc } from './peers.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const READY_WITHIN_MS = 300_000;
const DELIVERED_WITHIN_MS = 60_000;
const POLL_MS = 250;

/** Blocks of the README's quick start by name: the bash block directly after each `<!-- quick-start: NAME -->`. */
export function blocksOf(readme: string): ReadonlyMap<string, string> {
  const found = readme.matchAll(/<!-- quick-start: ([a-z]+) -->\n```bash\n([\s\S]*?)\n```/g);
  return new Map([...found].map(([, name = '', block = '']) => [name, block]));
}

/** The files of the working tree that are not ignored, as a clone of it would have them. */
function copyTree(to: string, withModules: boolean): void {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: ROOT,
    maxBuffer: 2 ** 26,
  });
  for (const name of listed
    .toString()
    .split('\0')
    .filter((one) => one !== '' && existsSync(join(ROOT, one)))) {
    mkdirSync(dirname(join(to, name)), { recursive: true });
    cpSync(join(ROOT, name), join(to, name));
  }
  if (!withModules) return;
  const [from, into] = [join(ROOT, 'node_modules'), join(to, 'node_modules')];
  // Hard links, not a symbolic one: the sandbox lets an intake read the program's own folder and nothing it may point to.
  try {
    execFileSync('cp', ['-al', from, into], { stdio: 'ignore' });
  } catch {
    execFileSync('cp', ['-a', from, into]);
  }
}

function writeImages(folder: string, shapes: readonly Shape[]): MadeObject[] {
  mkdirSync(folder);
  return shapes.map((shape, i) => {
    const object = makeObject(shape);
    const implementation = { implementationClassUid: '1.2.3', implementationVersionName: 'PROVING' };
    writeFileSync(
      join(folder, `${i}.dcm`),
      Buffer.concat([writeFileMeta({ ...object, ...implementation }), object.dataSet]),
    );
    return object;
  });
}

/** What the test run itself put into the environment, and what of it says how the package registry is reached. */
const OURS = /^(npm_|LEADGLASS_|NODE_)/i;
const NETWORK = /^(npm_config_(registry|cafile|userconfig)|NODE_EXTRA_CA_CERTS)$/i;

/** A person's shell: nothing of the npm that runs this test, nothing of another gateway. */
function environment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !OURS.test(name) || NETWORK.test(name));
  return { ...Object.fromEntries(entries), LEADGLASS_LANG: 'en' };
}

async function bash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 0, `exit ${code} of:\n${script}\n${said.slice(-4000)}`);
  return said;
}

async function until(isSo: () => Promise<boolean>, withinMs: number, what: () => string): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await isSo().catch(() => false))) {
    assert.ok(performance.now() < endMs, what());
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/**
 * Does what the README's quick start says, in a clean copy of the tree, with the ports replaced by free ones: every command exits 0
 * and what arrives at Orthanc is what was sent, in the clear and over TLS. @param options.slices CT images sent each time.
 */
export async function followQuickStart(
  t: TestContext,
  options: { readonly slices: number; readonly withModules: boolean },
): Promise<void> {
  for (const tool of ['Orthanc', 'storescu', 'echoscu', 'openssl', 'git', 'bash', 'npm'])
    if (requirePeer(t, tool) === undefined) return;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-quick-start-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const tree = join(folder, 'leadglass');
  copyTree(tree, options.withModules);
  const blocks = blocksOf(readFileSync(join(tree, 'README.md'), 'utf8'));
  assert.deepEqual([...blocks.keys()], ['gateway', 'clear', 'tls']);
  const orthanc = await startOrthanc({ aet: 'ORTHANC' });
  t.after(() => orthanc.stop());
  const ports: Readonly<Record<string, number>> = {
    11112: await freePort(),
    2762: await freePort(),
    4242: orthanc.port,
  };
  const commandsOf = (name: string) =>
    (blocks.get(name) ?? '').replace(/\b(11112|2762|4242)\b/g, (port) => String(ports[port]));

  // A process group of its own: npm passes no signal on, a terminal reaches all of them.
  const up = spawn('bash', ['-c', `exec ${commandsOf('gateway')}`], {
    cwd: tree,
    env: { ...environment(), LEADGLASS_VIEWER: 'later' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [up.stdout, up.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(up, 'close');
  t.after(async () => {
    if (up.exitCode === null && up.pid !== undefined) process.kill(-up.pid, 'SIGTERM');
    await ended;
  });
  const beganMs = performance.now();
  await until(
    async () => said.includes('peer add'),
    READY_WITHIN_MS,
    () => `not ready: ${said.slice(-3000)}`,
  );
  t.diagnostic(`npm start was ready after ${Math.round(performance.now() - beganMs)} ms`);
  assert.match(said, /AGE-SECRET-KEY-1/, 'the recovery key is shown');

  const shapes: Shape[] = [...Array.from({ length: options.slices }, (): Shape => 'ct'), 'mr', 'sr'];
  for (const name of ['clear', 'tls']) {
    const images = join(folder, name);
    const objects = writeImages(images, shapes);
    const env = { ...environment(), LEADGLASS_VIEWER: 'later', IMAGES: images };
    await bash(commandsOf(name), tree, env);
    const isDelivered = async () => {
      const status = JSON.parse(await bash('./leadglass status --json', tree, env)) as {
        deliveries: { pending: number; failed: number };
      };
      return status.deliveries.pending === 0 && status.deliveries.failed === 0;
    };
    await until(isDelivered, DELIVERED_WITHIN_MS, () => 'not delivered');
    await assertDelivered(orthanc, objects);
  }
}
