import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '@leadglass/contract';
import { control, PACS, PEER } from '../control.testkit.ts';
import { association, at, filled, PATIENT, rejected } from './overview.testkit.ts';

/** What is shown of everything that has happened, each with a request that finds something. */
const SHOWN: Readonly<Partial<Record<Operation, unknown>>> = {
  flows: {},
  needs: {},
  pillars: {},
  'stranger.list': {},
  journey: { id: '1.7' },
  'config.history': {},
  'ledger.checkpoint': {},
  'ledger.tile': { level: 0, index: 0 },
};

test('[OVER-24] nothing that the console shows of a filled gateway is a patient’s, but what a search finds', async (t) => {
  const it = await filled(t);
  const { raw, ask } = await control(t, it);
  await ask('destination.add', PACS);
  await ask('peer.add', PEER);
  const sha256 = await it.arrive('a', { study: '1.7', destinations: ['PACS'] });
  await it.arrive('b', { study: '1.7', kind: 'hold' });
  await it.arrive('c', { study: '1.7', kind: 'refuse' });
  await it.tell(rejected('US1', '192.0.2.9'));
  await it.tell({
    ...at(),
    kind: 'association.accepted',
    ...association('a'),
    evidence: 'address',
    implementation: '',
  });
  await it.enter();
  const searched = await raw('journey.search', { words: PATIENT.PatientName.slice(0, 6) });
  assert.match(searched.bytes.toString(), new RegExp(PATIENT.PatientID));
  await it.sequence();
  const secrets = new RegExp(
    Object.values(PATIENT)
      .flatMap((value) => value.split('^'))
      .join('|'),
    'i',
  );
  for (const asked of [{ ...SHOWN, journey: { id: sha256 } }, SHOWN]) {
    for (const [name, request] of Object.entries(asked) as [Operation, unknown][]) {
      const { status, bytes } = await raw(name, request);
      assert.equal(status, 200, name);
      assert.doesNotMatch(bytes.toString(), secrets, name);
    }
  }
  const log = JSON.stringify(await ask('log', { limit: 1000 }));
  assert.doesNotMatch(log, secrets);
});
