import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault, isFault, ManualClock, text } from '@leadglass/kit';
import { memoryTileStore, openLedger, Sequencer } from '@leadglass/ledger';
import { openSqliteRecords } from '@leadglass/records';
import { openLedgerOrLate } from './late-ledger.ts';

const DAMAGED = new Fault('ledger.damaged', 'permanent', text('abîmé', 'damaged'));

test('[GATE-1] a ledger that cannot be opened shuts the gate with its own fault, and opens it once it can', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-late-'));
  const clock = new ManualClock();
  const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock });
  t.after(async () => {
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { privateKey: signingKey } = generateKeyPairSync('ed25519');
  let isDamaged = true;
  const ledger = await openLedgerOrLate(async () => {
    if (isDamaged) throw DAMAGED;
    return openLedger({ store: memoryTileStore(), origin: 'leadglass/test', signingKey });
  });
  const audit = { auditSourceId: 't', siteName: 't' };
  const sequencer = new Sequencer({ source: records, ledger, audit, clock });
  await records.appendEvents([
    { id: '018f0000-0000-7000-8000-000000000001', atMs: clock.now(), kind: 'gateway.stopped', reason: 't' },
  ]);
  await assert.rejects(sequencer.start(), (thrown) => isFault(thrown, 'ledger.damaged'));
  assert.deepEqual([sequencer.health().isWritable, sequencer.health().lastFault?.code], [false, 'ledger.damaged']);
  assert.deepEqual([ledger.size, ledger.checkpoint], [0, '']);
  for (const asked of [ledger.append([]), ledger.entry(0), ledger.prove(0)])
    await assert.rejects(asked, (thrown) => isFault(thrown, 'ledger.damaged'));
  isDamaged = false;
  await sequencer.drain();
  assert.deepEqual([sequencer.health().isWritable, ledger.size], [true, 1]);
});
