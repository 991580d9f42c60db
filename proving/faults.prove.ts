import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { assertKept } from './custody-check.ts';
import { CALL, type CallName, compileShim, type ErrorName, type FaultOf, FaultPlan } from './faults/plan.ts';
import { Gateway } from './gateway.ts';
import { type MadeObject, makeObject, type Shape } from './objects.ts';
import { requirePeer, startStorescp } from './peers.ts';
import { childrenOf } from './processes.ts';
import { type Answered, callGateway, sendWhatGets, storeOne } from './sending.ts';

const IS_CI = process.env.LEADGLASS_PROVE === 'ci';
/** Faults tried of each kind; every one of them, in the long form. */
const MOST_EACH = IS_CI ? 2 : Number.POSITIVE_INFINITY;
const MOST_AT_START = IS_CI ? 4 : Number.POSITIVE_INFINITY;
const KINDS = Object.keys(CALL) as CallName[];
const ERRORS: readonly ErrorName[] = ['ENOSPC', 'EIO'];
const OUT_OF_RESOURCES = 0xa700;
const FAULT_SHOWS_WITHIN_MS = 2_500;
const RECOVERS_WITHIN_MS = 30_000;
/** Longer than the pause after which lanes are laid out and given back. */
const SETTLED_MS = 1_500;
const POLL_MS = 50;

interface Stage {
  readonly plan: FaultPlan;
  readonly folder: string;
}

/** A shim, a plan and a folder that goes with the test; undefined when the test was skipped. */
function stage(t: TestContext): Stage | undefined {
  if (process.platform !== 'linux') return void t.skip('needs LD_PRELOAD');
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-faults-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const shim = compileShim(t, folder);
  return shim === undefined ? undefined : { plan: new FaultPlan(join(folder, 'plan'), shim), folder };
}

function batch(): MadeObject[] {
  return (['sr', 'mr', 'sr'] as Shape[]).map((shape) => makeObject(shape));
}

/** `count` numbers spread over 1..most, the first and the last among them. */
function spread(most: number, count: number): number[] {
  if (count >= most) return Array.from({ length: most }, (_, i) => i + 1);
  return Array.from({ length: count }, (_, i) => 1 + Math.round((i * (most - 1)) / Math.max(1, count - 1)));
}

async function until(isSo: () => boolean, deadlineMs: number): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!isSo() && performance.now() < endMs) await delay(POLL_MS);
}

/** Sends new objects until one is taken. */
async function untilTaken(gateway: Gateway, answered: Answered[]): Promise<void> {
  const endMs = performance.now() + RECOVERS_WITHIN_MS;
  for (;;) {
    const tried: Answered[] = [];
    await sendWhatGets(gateway.dimse, 'PROVER', [makeObject('sr')], tried);
    answered.push(...tried);
    if (tried[0]?.status === 0) return;
    assert.ok(
      performance.now() < endMs,
      `nothing accepted ${RECOVERS_WITHIN_MS} ms after the fault was gone: ${gateway.stderr.slice(-1500)}`,
    );
    await delay(POLL_MS);
  }
}

function assertHonest(answered: readonly Answered[]): MadeObject[] {
  const other = answered.filter(({ status }) => status !== 0 && status !== OUT_OF_RESOURCES);
  assert.deepEqual(
    other.map(({ status }) => status),
    [],
    'no status but success and out-of-resources',
  );
  return answered.filter(({ status }) => status === 0).map(({ object }) => object);
}

/** Everything acknowledged is there, delivered, and the ledger verifies; also after a kill and a restart. */
async function assertSound(gateway: Gateway, answered: readonly Answered[]): Promise<void> {
  const acknowledged = assertHonest(answered);
  await gateway.kill();
  await gateway.restart();
  const status = await gateway.until(({ deliveries }) => deliveries.pending === 0);
  assert.equal(status.deliveries.failed, 0);
  await assertKept(gateway, acknowledged);
  await gateway.cli('vault', 'check');
  await gateway.cli('ledger', 'verify');
}

async function countCalls(
  gateway: Gateway,
  plan: FaultPlan,
  calls: readonly CallName[],
  answered: Answered[],
): Promise<number> {
  plan.count({ calls, under: gateway.home });
  await sendWhatGets(gateway.dimse, 'PROVER', batch(), answered);
  await delay(FAULT_SHOWS_WITHIN_MS);
  return plan.seen;
}

async function oneFault(
  gateway: Gateway,
  plan: FaultPlan,
  fault: FaultOf,
  n: number,
  answered: Answered[],
): Promise<boolean> {
  const pids = childrenOf(gateway.pid);
  plan.fail(fault, n);
  await sendWhatGets(gateway.dimse, 'PROVER', batch(), answered);
  await until(() => plan.failed > 0, FAULT_SHOWS_WITHIN_MS);
  const hasFailed = plan.failed > 0;
  plan.clear();
  const where = `${fault.calls.join()} ${n} with ${fault.error}`;
  assert.ok(gateway.isRunning, `the gateway ended after ${where}: ${gateway.stderr.slice(-2000)}`);
  await untilTaken(gateway, answered);
  assert.deepEqual(childrenOf(gateway.pid), pids, `an intake died of ${where}: ${gateway.stderr.slice(-2000)}`);
  return hasFailed;
}

for (const kind of KINDS) {
  test(`[PROVE-2] each ${kind} failing once while objects come: nothing acknowledged is lost`, async (t) => {
    const staged = stage(t);
    if (staged === undefined || requirePeer(t, 'storescp') === undefined) return;
    const { plan } = staged;
    const pacs = await startStorescp();
    const gateway = await Gateway.start({ env: plan.env });
    t.after(async () => {
      await gateway.dispose();
      await pacs.stop();
    });
    await gateway.admitProver(pacs);
    const answered: Answered[] = [];
    const calls = await countCalls(gateway, plan, [kind], answered);
    let failed = 0;
    const tried = spread(calls, MOST_EACH);
    for (const [i, n] of tried.entries()) {
      const error = ERRORS[i % ERRORS.length] as ErrorName;
      if (await oneFault(gateway, plan, { calls: [kind], error, under: gateway.home }, n, answered)) failed += 1;
    }
    const refused = answered.filter(({ status }) => status !== 0).length;
    t.diagnostic(
      `${calls} calls counted, ${tried.length} faults planned, ${failed} met, ${answered.length} answers, ${refused} of them A700`,
    );
    // Folders are made once in a home's life: those of the first start are failed by PROVE-3, later ones may not come again here.
    assert.ok(failed > 0 || calls === 0 || kind === 'mkdir', 'no fault was ever met');
    await assertSound(gateway, answered);
  });
}

test('[PROVE-3] each durable call of a first start failing once: it starts or says why not, and starts afterwards', async (t) => {
  const staged = stage(t);
  if (staged === undefined) return;
  const { plan, folder } = staged;
  const home = (n: number | string) => join(folder, `home-${n}`);
  plan.count({ calls: [], under: home('') });
  const counted = await Gateway.start({ env: plan.env, home: home('count') });
  const calls = plan.seen;
  await counted.kill('SIGTERM');
  let refusals = 0;
  for (const [i, n] of spread(calls, MOST_AT_START).entries()) {
    const gateway = await Gateway.prepare({ env: plan.env, home: home(n) });
    plan.fail({ calls: [], error: ERRORS[i % ERRORS.length] as ErrorName, under: home(n) }, n);
    const message = await gateway.restart().then(
      () => undefined,
      (thrown: Error) => thrown.message,
    );
    if (message !== undefined) {
      refusals += 1;
      assert.match(message, /gateway ended with 1: \S/, `no message for call ${n}`);
      assert.doesNotMatch(message, /\n\s+at /, `a stack instead of a sentence for call ${n}`);
    }
    plan.clear();
    if (!gateway.isRunning) await gateway.restart();
    await gateway.admitProver();
    await untilTaken(gateway, []);
    await gateway.cli('ledger', 'verify');
    await gateway.kill('SIGTERM');
    rmSync(home(n), { recursive: true, force: true });
  }
  t.diagnostic(`${calls} durable calls at a first start; ${refusals} of the faults refused it`);
});

interface Sticky {
  readonly name: string;
  readonly error: ErrorName;
  readonly calls: readonly CallName[];
  readonly folder: string;
  /** Whether objects may still be acknowledged for a moment: the ledger is written just after. */
  readonly isLate?: boolean;
}

const STICKY: readonly Sticky[] = [
  { name: 'a disk full for good', error: 'ENOSPC', calls: ['write', 'create', 'mkdir'], folder: '' },
  { name: 'a disk turned read-only', error: 'EROFS', calls: [], folder: '' },
  { name: 'a disk whose syncs fail', error: 'EIO', calls: ['sync'], folder: '' },
  { name: 'staging that cannot be synced', error: 'EIO', calls: ['sync'], folder: 'staging' },
  { name: 'records alone unwritable', error: 'EIO', calls: [], folder: 'records' },
  { name: 'records that cannot be synced', error: 'EIO', calls: ['sync'], folder: 'records' },
  { name: 'a ledger alone unwritable', error: 'EIO', calls: [], folder: 'ledger', isLate: true },
];

/** One object offered; what its sender saw. */
async function offer(gateway: Gateway): Promise<Answered | 'turned away'> {
  try {
    const association = await callGateway(gateway.dimse, 'PROVER');
    const object = makeObject('sr');
    const status = await storeOne(association, object);
    await association.release().catch(() => {});
    return { object, status };
  } catch {
    return 'turned away';
  }
}

for (const sticky of STICKY) {
  test(`[PROVE-4] ${sticky.name}: nothing is answered success, and it recovers`, async (t) => {
    const staged = stage(t);
    if (staged === undefined) return;
    const { plan } = staged;
    const gateway = await Gateway.start({ env: plan.env });
    t.after(() => gateway.dispose());
    await gateway.admitProver();
    const answered: Answered[] = [];
    await untilTaken(gateway, answered);
    const pids = childrenOf(gateway.pid);
    plan.fail({ calls: sticky.calls, error: sticky.error, under: join(gateway.home, sticky.folder) }, 1, {
      sticky: true,
    });
    const during: Answered[] = [];
    let turnedAway = 0;
    for (let i = 0; i < 8; i++) {
      const outcome = await offer(gateway);
      if (outcome === 'turned away') turnedAway += 1;
      else during.push(outcome);
      if (sticky.isLate === true && i === 0)
        await until(() => gateway.stderr.includes('ledger.unwritable'), FAULT_SHOWS_WITHIN_MS);
    }
    assert.ok(plan.failed > 0, 'the fault was never met');
    const late = sticky.isLate === true ? 1 : 0;
    const successes = during.filter(({ status }) => status === 0);
    assert.ok(successes.length <= late, `${successes.length} answered success on a disk that keeps nothing`);
    t.diagnostic(
      `8 offered: ${during.length - successes.length} answered A700, ${turnedAway} turned away, ${successes.length} taken before it showed`,
    );
    assert.ok(gateway.isRunning, gateway.stderr.slice(-2000));
    plan.clear();
    await untilTaken(gateway, answered);
    // Distrusted lanes are given up by now.
    await delay(SETTLED_MS);
    assert.deepEqual(childrenOf(gateway.pid), pids, `an intake died: ${gateway.stderr.slice(-2000)}`);
    await assertSound(gateway, [...answered, ...during]);
  });
}
