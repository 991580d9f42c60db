import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ControlClient } from '../apps/cli/src/client.ts';
import { keepPicture, startConsole } from './console-evidence.ts';
import { admission, results } from './emergency-feed.ts';
import { comesByCode, PATIENT, signInByCode, startTold } from './emergency-site.ts';
import { MllpSender } from './mllp.ts';
import { makeObject } from './objects.ts';
import { eventually } from './outage.ts';
import { requirePeer } from './peers.ts';
import { callGateway, storeOne } from './sending.ts';

const POTASSIUM = { code: '2823-3', name: 'Potassium', value: '4,1', unit: 'mmol/L', range: '3,5-5,1' };
const at = () => new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
const result = (no: string) => results(PATIENT, no, at(), [POTASSIUM]);

test('[PROVE-401] [CONSOLE-220] a laboratory that goes quiet is told on the page Now, in the list of feeds and at the top of the emergency page, and is well again once it sends', async (t) => {
  const chromium = requirePeer(t, 'chromium');
  if (chromium === undefined) return;
  const site = await startTold(t, chromium, [admission(PATIENT)], []);
  const { gateway } = site;
  const kept = ['--from', '127.0.0.0/8', '--application', 'LABO'];
  await gateway.cli('feed', 'add', 'labo', ...kept, '--silent-after', '1');
  const laboratory = await MllpSender.open(gateway.hl7);
  assert.equal((await laboratory.send(result('S1'))).code, 'AA');
  // Asked for minutes: the command would start a process each time.
  const control = new ControlClient(gateway.home);
  const listed = async () => {
    const { feeds } = await control.call('feed.list', {});
    return feeds.find(({ feed }) => feed.name === 'labo');
  };
  const silent = await eventually(listed, (feed) => typeof feed?.silentSinceMs === 'number', 300_000);
  // Its message is heard a moment before it is kept.
  const apartMs = Math.abs((silent?.silentSinceMs ?? 0) - (silent?.lastMs ?? 0));
  assert.ok(apartMs < 30_000, 'it is silent since its last message, and its results are known as of it');
  // Its connection stands all the while: that proves nothing.
  assert.equal(laboratory.isOpen, true);
  assert.match(await gateway.cli('feed', 'list'), /labo has been silent since .*: what it sent is known as of/);
  assert.match(await gateway.cli('log', '--kind', 'feed'), /The feed “labo”, which usually sends, has gone quiet/);

  await site.page.goto(`${site.origin}/`);
  await site.page.getByText(/The laboratory \(feed labo\) has sent nothing for/).waitFor();
  await keepPicture(site.page, 'silent-feed-now');
  for (const [language, quiet, asOf] of [
    ['fr', 'Une source se tait', /Résultats au .* · le flux labo se tait depuis/],
    ['en', 'A source has gone quiet', /Results as of .* · the feed labo has been silent since/],
  ] as const) {
    const visitor = await comesByCode(site, 'radiologist', language);
    await signInByCode(site, visitor, language);
    await visitor.page.goto(`${site.origin}/emergency`);
    await visitor.page.getByText(quiet).waitFor();
    await visitor.page.getByText(asOf).waitFor();
    await keepPicture(visitor.page, `silent-feed-emergency-${language}`);
  }

  // One word would be followed by a minute of silence again: it works as laboratories do.
  let told = 1;
  const sends = setInterval(() => {
    told += 1;
    void laboratory.send(result(`S${told}`)).catch(() => {});
  }, 10_000);
  t.after(() => clearInterval(sends));
  await eventually(listed, (feed) => feed?.silentSinceMs === null, 300_000);
  clearInterval(sends);
  assert.ok(told > 1, 'it was silent until it sent');
  laboratory.close();
  assert.match(await gateway.cli('log', '--kind', 'feed'), /The feed “labo” sends again/);
});

test('[PROVE-402] [CONSOLE-221] a patient known by HL7 alone is a candidate in reconciliation, and the page and the command line say where they are known from', async (t) => {
  const chromium = requirePeer(t, 'chromium');
  if (chromium === undefined) return;
  const { page, gateway, origin } = await startConsole(t, chromium, { withHl7: true });
  await gateway.cli('feed', 'add', 'gam', '--from', '127.0.0.0/8', '--kind', 'adt');
  await gateway.cli('peer', 'add', 'ROOM1', '--from', '127.0.0.1/32', '--allow', 'echo,store');
  const system = await MllpSender.open(gateway.hl7);
  assert.equal((await system.send(admission(PATIENT))).code, 'AA');
  system.close();
  const file = join(gateway.home, 'registration.json');
  const asked = { familyName: 'Lefebvre', givenName: 'Zoé', birthDate: PATIENT.born, sex: 'F' };
  writeFileSync(
    file,
    JSON.stringify({ ...asked, procedure: 'IRM', modality: 'MR', station: 'ROOM1', priority: 'STAT' }),
  );
  const said = await gateway.cli('registration', 'add', file, '--json');
  const { registration } = JSON.parse(said) as { registration: { number: string; studyInstanceUid: string } };
  const { number, studyInstanceUid } = registration;
  const association = await callGateway(gateway.dimse, 'ROOM1');
  const image = makeObject('mr', studyInstanceUid, {
    id: number,
    name: 'LEFEBVRE^ZOE',
    birthDate: PATIENT.born,
    sex: 'F',
  });
  assert.equal(await storeOne(association, image), 0);
  await association.release();

  const shown = await gateway.cli('reconcile', 'show', number);
  assert.match(shown, /doubtful\s+chart \(HL7\)\s+IPP7781/);
  assert.match(shown, /familyName\s+Lefebvre\s+LEFÈVRE\s+alike \(spelling\)/);
  await page.goto(`${origin}/reconcile`);
  await page.getByRole('button', { name: `Look at ${number}` }).click();
  const candidate = page.getByRole('article', { name: PATIENT.id });
  await candidate.getByText('known from: chart (HL7)').waitFor();
  await keepPicture(page, 'candidate-from-chart');
  const { entries } = JSON.parse(await gateway.cli('log', '--json', '--kind', 'chart')) as {
    entries: readonly { event: { kind: string; keys?: readonly string[] } }[];
  };
  assert.ok(entries.some(({ event }) => event.kind === 'chart.searched' && event.keys?.includes('birth date')));
  assert.doesNotMatch(JSON.stringify(entries), /lef.?b?vre|IPP7781|19610304/i);
});
