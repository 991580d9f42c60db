import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isFault, silentLogger, systemClock } from '@leadglass/kit';
import type { AeTitle, Peer } from '@leadglass/model';
import { DEFAULT_SCU_TIMEOUTS, openAssociation } from '@leadglass/wire';
import { openHome } from './home.ts';
import { Keeper } from './keeper.ts';
import { parseHostPort } from './listeners.ts';
import { partsOf } from './services.ts';

const VERIFICATION = '1.2.840.10008.1.1';
const PEER: Peer = {
  ...{ aeTitle: 'CT1' as AeTitle, from: '127.0.0.1/32', allow: ['echo', 'store'] },
  ...{ whenHeld: 'keep-sending', privateSopClasses: [] },
};

async function started(root: string): Promise<Keeper> {
  const home = await openHome(root, systemClock, () => {});
  const dimse = { host: '127.0.0.1', port: 0 };
  const options = { home, clock: systemClock, log: silentLogger, version: '0', dimse, dimseTls: undefined };
  const keeper = await Keeper.open(options);
  await keeper.start();
  return keeper;
}

/** What becomes of CT1's association: `accepted`, or the code of the Fault. */
async function ask(keeper: Keeper): Promise<string> {
  const { host, port } = parseHostPort(keeper.listeners[0]?.address ?? '') ?? assert.fail('it listens');
  const contexts = [{ abstractSyntax: VERIFICATION, transferSyntaxes: ['1.2.840.10008.1.2'] }];
  const request = { host, port, called: 'LEADGLASS', calling: 'CT1', contexts, maximumLength: 16_384 };
  try {
    const association = await openAssociation({ ...request, timeouts: DEFAULT_SCU_TIMEOUTS, clock: systemClock });
    await association.release();
    return 'accepted';
  } catch (thrown) {
    return isFault(thrown) ? thrown.code : String(thrown);
  }
}

function folder(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'leadglass-keeper-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

test('[GATE-1] with a ledger that lacks entries the gateway listens and accepts nothing, from the first caller on', async (t) => {
  const root = folder(t);
  const first = await started(root);
  await first.records.replaceConfig({ peers: [PEER], destinations: [], routes: [] }, []);
  await first.reloadRules();
  assert.equal(await ask(first), 'accepted');
  await first.stop('test');

  rmSync(join(root, 'ledger'), { recursive: true });
  const second = await started(root);
  t.after(() => second.stop('test'));
  assert.equal(second.gate()?.code, 'ledger.truncated');
  assert.notEqual(await ask(second), 'accepted');
  const down = (await partsOf(second)).filter(({ isUp }) => !isUp);
  assert.deepEqual(down, [{ part: 'ledger', isUp: false, fault: 'ledger.truncated' }]);
});
