import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, text, uuidv7 } from '@leadglass/kit';
import type { AeTitle, Sha256 } from '@leadglass/model';
import { CLOCK, control, PACS, PEER } from '../control.testkit.ts';
import type { ControlServices } from '../control-services.ts';
import { at, type Filled, filled, rejected, sha } from './overview.testkit.ts';

const HOUR_MS = 3_600_000;

async function needsOf(t: Parameters<typeof filled>[0], it: Filled, more: Partial<ControlServices> = {}) {
  const asking = await control(t, { ...it, services: { ...it.services, ...more } });
  return { ...asking, needs: async () => (await asking.ask('needs', {})).needs };
}

test('[OVER-40] a good day needs nobody', async (t) => {
  const { needs } = await needsOf(t, await filled(t));
  assert.deepEqual(await needs(), []);
});

test('[OVER-40] what needs somebody comes in order: the urgent first, then what waits longest, each with what to do', async (t) => {
  const it = await filled(t);
  const now = CLOCK.now();
  const gate = new Fault('vault.full', 'transient', text('Plein.', 'Full.'));
  const { needs, ask } = await needsOf(t, it, {
    gate: () => gate,
    troubles: () => [
      { code: gate.code, text: gate.text },
      { code: 'certificate.expiring', text: text('dit ailleurs', 'told elsewhere') },
    ],
    certificatesEnding: () => [{ name: 'CT', sha256: 'ab', days: 20, notAfterMs: now + 20 * 24 * HOUR_MS }],
  });
  await ask('destination.add', PACS);
  await it.arrive('late', { destinations: ['PACS'], atMs: now - 2 * HOUR_MS });
  await it.arrive('bad', { kind: 'hold', verdict: 'malicious', atMs: now - HOUR_MS });
  await it.arrive('odd', { kind: 'hold', atMs: now - 5 * HOUR_MS });
  await it.records.askDecision(request(await it.arrive('two', { kind: 'hold', atMs: now })), []);
  await it.tell(rejected('US1', '192.0.2.9'));
  const found = await needs();
  assert.deepEqual(
    found.map(({ kind, severity, rank }) => `${rank} ${severity} ${kind}`),
    [
      ...['0 urgent delivery', '1 urgent hold', '2 urgent trouble', '3 soon certificate', '4 soon hold'],
      ...['5 soon hold', '6 soon request', '7 soon stranger'],
    ],
  );
  for (const need of found) {
    for (const said of [need.text, need.advice]) assert.ok(said.fr.length > 4 && said.en.length > 4, need.id);
    assert.match(need.command ?? '', /^\.\/leadglass /, need.id);
    assert.match(need.page ?? '', /^\//, need.id);
  }
});

function request(sha256: Sha256) {
  const [askedAtMs, untilMs] = [CLOCK.now(), CLOCK.now() + 48 * HOUR_MS];
  const asked = { id: uuidv7(askedAtMs), act: 'release', operator: 'marie', publicKey: 'k', reason: 'vu' } as const;
  return { sha256, ...asked, askedAtMs, untilMs };
}

test('[OVER-41] the one act of a need resolves it: a stranger is admitted, failed deliveries are tried again', async (t) => {
  const it = await filled(t);
  const { needs, ask, raw } = await needsOf(t, it);
  await ask('destination.add', PACS);
  await ask('peer.add', { ...PEER, from: '198.51.100.0/24' });
  await it.arrive('x', { destinations: ['PACS'] });
  const [due] = await it.records.dueDeliveries('PACS', CLOCK.now(), 1);
  await it.records.recordDeliveries([{ id: due?.id ?? 0, outcome: 'failed', atMs: CLOCK.now(), fault: 'f' }], []);
  await it.tell(
    rejected('US1', '192.0.2.9'),
    rejected('CT1', '192.0.2.9'),
    rejected('BAD', '192.0.2.10', { called: 'OTHER' }),
  );
  const acts = (await needs()).flatMap(({ act }) => (act === undefined ? [] : [act]));
  assert.deepEqual(acts.map(({ operation }) => operation).toSorted(), ['deliveries.retry', 'peer.add', 'peer.add']);
  for (const { operation, request } of acts) {
    const { status, bytes } = await raw(operation as 'peer.add', request);
    assert.equal(status, 200, bytes.toString());
  }
  assert.deepEqual(await needs(), []);
  const { peers } = await ask('peer.list', {});
  assert.deepEqual(peers.map(({ aeTitle, from }) => `${aeTitle} ${from}`).toSorted(), [
    'CT1 192.0.2.9/32',
    'CT1 198.51.100.0/24',
    'US1 192.0.2.9/32',
  ]);
});

test('[OVER-42] many holds are told as one need beside the first, and needs are bounded', async (t) => {
  const it = await filled(t);
  for (let n = 0; n < 40; n += 1) await it.arrive(`h${n}`, { kind: 'hold', atMs: CLOCK.now() - n * 1000 });
  const found = await (await needsOf(t, it)).needs();
  assert.equal(found.length, 26);
  assert.match(found.find(({ id }) => id === 'hold:more')?.text.en ?? '', /^15 other objects/);
});

test('[OVER-43] observation whose time is over, and rules that served nobody while traffic was recorded, are told', async (t) => {
  const it = await filled(t);
  const { needs, ask } = await needsOf(t, it);
  await ask('peer.add', PEER);
  const now = CLOCK.now();
  await it.records.setSetting(
    'observation',
    JSON.stringify({ ranges: [{ from: '192.0.2.0/24', sinceMs: now - 2 * HOUR_MS, untilMs: now - HOUR_MS }] }),
  );
  await it.records.recordSightings([sighting('MR9', now - 90 * 24 * HOUR_MS)]);
  const found = await needs();
  assert.deepEqual(
    found.map(({ id }) => id),
    ['observed:192.0.2.0/24', 'unused:peer:CT1:192.0.2.0/24'],
  );
});

function sighting(peer: string, atMs: number) {
  const key = { peer, address: '192.0.2.3', certSha256: '', isSigned: false, listener: 'dimse', called: 'LEADGLASS' };
  const what = { service: 'store', sopClassUid: '1.2', level: '', keys: '', moveTo: '' } as const;
  const counts = { firstMs: atMs, lastMs: atMs, count: 1, bytes: 1, hours: 1, busiest: 1, mostResults: 0 };
  return { ...key, ...what, outcome: 'refused', ...counts, peer: peer as AeTitle } as Parameters<
    Filled['records']['recordSightings']
  >[0][number];
}

test('[OVER-44] strangers are listed newest first, with the peer that would let each in where a rule of ours would', async (t) => {
  const it = await filled(t);
  await it.tell(rejected('US1', '192.0.2.9'), rejected('US1', '192.0.2.9'));
  await it.tell({ ...rejected('CT9', '192.0.2.8', { called: 'OTHER' }), ...at(CLOCK.now() + 2) });
  const withCertificate = rejected('TLS1', '192.0.2.7', { listener: 'dimse-tls', certSha256: sha('certificate') });
  await it.tell({ ...withCertificate, ...at(CLOCK.now() + 5) });
  const { ask } = await control(t, it);
  const { strangers } = await ask('stranger.list', {});
  assert.deepEqual(
    strangers.map(({ aeTitle, times, isTls, peer }) => [aeTitle, times, isTls, peer?.from, peer?.certSha256]),
    [
      ['TLS1', 1, true, '192.0.2.7/32', sha('certificate')],
      ['CT9', 1, false, undefined, undefined],
      ['US1', 2, false, '192.0.2.9/32', undefined],
    ],
  );
  assert.equal(strangers[0]?.aeTitle, 'TLS1');
  const id = strangers.find(({ aeTitle }) => aeTitle === 'US1')?.eventId ?? '';
  assert.equal((await ask('policy.readmit', { id, reason: 'known', dryRun: false })).outcome, 'admitted');
  assert.equal((await ask('stranger.list', {})).strangers.find(({ aeTitle }) => aeTitle === 'US1')?.peer, undefined);
});

test('[OVER-45] of an address that tried several titles none is let in in one step: it is one need, and says why', async (t) => {
  const it = await filled(t);
  await it.tell(
    ...['PACS', 'TEST', 'ANY-SCU'].map((title) => rejected(title, '192.0.2.66')),
    rejected('US1', '192.0.2.9'),
  );
  const { ask } = await control(t, it);
  const { strangers } = await ask('stranger.list', {});
  const offered = strangers.filter(({ peer }) => peer !== undefined).map(({ aeTitle }) => aeTitle);
  assert.deepEqual([strangers.length, offered], [4, ['US1']]);
  const told = (await ask('needs', {})).needs.filter(({ kind }) => kind === 'stranger');
  assert.deepEqual(told.map(({ id, act }) => [id, act?.operation]).toSorted(), [
    ['prober:192.0.2.66', undefined],
    ['stranger:192.0.2.9:US1', 'peer.add'],
  ]);
});
