import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Box, until } from './box.ts';
import { Gateway } from './gateway.ts';
import { type MadeObject, makeObject } from './objects.ts';
import { requirePeer } from './peers.ts';
import { dcmtk, digests, fill, folder, received } from './retrieving.ts';

async function siteOf(t: TestContext, objects: readonly MadeObject[]): Promise<Gateway> {
  const gateway = await Gateway.start({ withWeb: 'tls' });
  t.after(() => gateway.dispose());
  await gateway.admitProver();
  await fill(gateway, objects);
  return gateway;
}

async function codeOf(gateway: Gateway, name = 'BOX-ER'): Promise<string> {
  return (JSON.parse(await gateway.cli('continuity', 'node', 'add', name, '--json')) as { code: string }).code;
}

const place = (gateway: Gateway): string => `https://127.0.0.1:${gateway.web}`;
const studyOf = (name: string): string => `2.25.8${process.pid}${name}`;

test('[PROVE-342] a box pulls the set, the gateway goes, and DCMTK finds and gets every object from the box, byte for byte', async (t) => {
  for (const tool of ['findscu', 'getscu']) if (requirePeer(t, tool) === undefined) return;
  const study = studyOf('1');
  const objects = [...Array.from({ length: 6 }, () => makeObject('mr', study)), makeObject('sr', study)];
  const gateway = await siteOf(t, objects);
  const box = await Box.prepare(t);
  box.start('--from', place(gateway), '--code', await codeOf(gateway));
  await box.hears(/"event":"continuity\.pulled"/);
  assert.equal(await box.objects(), objects.length);
  await gateway.kill('SIGKILL');

  await box.control.cli('peer', 'add', 'ER', '--from', '127.0.0.1/32', '--allow', 'echo,find,get');
  const asked = ['-v', '-aet', 'ER', '-aec', 'LEADGLASS', '-S', '-k', 'QueryRetrieveLevel=STUDY'];
  const keys = ['-k', 'PatientName=PROV*', '-k', 'StudyInstanceUID'];
  const found = spawnSync('findscu', [...asked, ...keys, '127.0.0.1', String(box.dimse)], { encoding: 'utf8' });
  assert.ok(`${found.stdout}${found.stderr}`.includes(study), found.stderr);
  const into = folder(t);
  const told = await dcmtk('getscu', [
    ...['-S', '+B', '-aet', 'ER', '-aec', 'LEADGLASS', '-od', into, '-k', 'QueryRetrieveLevel=STUDY'],
    ...['-k', `StudyInstanceUID=${study}`, '127.0.0.1', String(box.dimse)],
  ]);
  assert.equal(told.completed, objects.length, told.output.slice(-2_000));
  assert.deepEqual(received(into).toSorted(), digests(objects));
});

test('[PROVE-343] killed in the middle a box is whole: what it has opens, and what was missing comes with the next pull, once', async (t) => {
  const objects = Array.from({ length: 40 }, (_, at) => makeObject('ct', studyOf(`2${at % 5}`)));
  const gateway = await siteOf(t, objects);
  const box = await Box.prepare(t);
  box.start('--from', place(gateway), '--code', await codeOf(gateway));
  await until(
    async () => (await box.objects()) >= 3,
    60_000,
    () => box.said.slice(-2_000),
  );
  await box.kill('SIGKILL');
  box.said = '';
  box.start();
  await box.hears(/"event":"continuity\.pulled"/);
  assert.equal(await box.objects(), objects.length);
  const checked = JSON.parse(await box.control.cli('vault', 'check', '--json')) as {
    objects: number;
    faults: unknown[];
  };
  assert.deepEqual([checked.objects, checked.faults], [objects.length, []]);
});

test('[PROVE-344] a code serves once, a wrong one never, another machine’s certificate hears nothing; a box that was removed pulls nothing more', async (t) => {
  const gateway = await siteOf(t, [makeObject('sr')]);
  const code = await codeOf(gateway);
  const [secret, pin] = code.split('.') as [string, string];
  const [wrong, foreign] = [`lgn_${'A'.repeat(43)}.${pin}`, `${secret}.${'0'.repeat(64)}`];
  for (const [bad, why] of [
    [wrong, /refuses this box/],
    [foreign, /not the certificate/],
  ] as const) {
    const box = await Box.prepare(t);
    box.start('--from', place(gateway), '--code', bad);
    assert.notEqual(await box.ended(), 0);
    assert.match(box.said, why);
    assert.deepEqual(readdirSync(box.home), []);
  }
  const box = await Box.prepare(t);
  box.start('--from', place(gateway), '--code', code);
  await box.hears(/"event":"continuity\.pulled"/);
  const second = await Box.prepare(t);
  second.start('--from', place(gateway), '--code', code);
  assert.notEqual(await second.ended(), 0);
  assert.match(second.said, /refuses this box/);
  await box.kill('SIGTERM');
  await gateway.cli('continuity', 'node', 'remove', 'BOX-ER');
  box.said = '';
  box.start();
  await box.hears(/"event":"continuity\.not-pulled".*continuity\.refused/);
});

test('[PROVE-345] a gateway whose ledger was set back is noticed: nothing more is pulled, and the box goes on serving', async (t) => {
  const [first, second] = [makeObject('sr'), makeObject('sr')];
  const gateway = await siteOf(t, [first]);
  const before = join(folder(t), 'before');
  const box = await Box.prepare(t);
  const pulls = async (...words: readonly string[]): Promise<void> => {
    box.said = '';
    box.start(...words);
    await box.hears(/"event":"continuity\.(?:not-)?pulled"/);
  };
  await pulls('--from', place(gateway), '--code', await codeOf(gateway));
  await box.kill('SIGTERM');
  await gateway.kill('SIGTERM');
  cpSync(gateway.home, before, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  await gateway.restart();
  await fill(gateway, [second]);
  await pulls();
  await box.kill('SIGTERM');
  assert.match(box.said, /"event":"continuity\.pulled"/);
  await gateway.kill('SIGTERM');
  // A history in which the second object never was, signed by the gateway's own key.
  for (const name of ['ledger', 'records']) {
    rmSync(join(gateway.home, name), { recursive: true, force: true });
    cpSync(join(before, name), join(gateway.home, name), { recursive: true });
  }
  await gateway.restart();
  await pulls();
  assert.match(box.said, /"event":"continuity\.not-pulled".*continuity\.history-rewritten/);
  assert.equal(await box.objects(), 2);
});

test('[PROVE-346] the ledger tells of each study a box pulls; no log holds what the box is known by', async (t) => {
  const study = studyOf('6');
  const gateway = await siteOf(t, [makeObject('mr', study)]);
  const box = await Box.prepare(t);
  box.start('--from', place(gateway), '--code', await codeOf(gateway));
  await box.hears(/"event":"continuity\.pulled"/);
  const log = await gateway.cli('log', '--json');
  assert.match(log, new RegExp(`web\\.retrieved[^]*${study}|${study}[^]*web\\.retrieved`));
  const key = JSON.parse(readFileSync(join(box.home, 'continuity', 'node.json'), 'utf8')) as { secret: string };
  assert.equal(log.includes(key.secret), false);
  assert.equal(gateway.stderr.includes(key.secret), false);
});
