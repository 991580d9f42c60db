import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { tagOf } from '@leadglass/dicom';
import { fill } from './bench/query-fill.ts';
import { FindClient } from './find-client.ts';
import { Gateway } from './gateway.ts';

/** Together 15 MB of answers, more than sockets hold for a reader that has stopped; one search gives 10,000. */
const STUDIES = 9_900;
const LONG_TEXT = 'inert '.repeat(170);
const EVERYTHING = [
  { tag: 0x00080052, value: 'STUDY' },
  ...[
    ...[
      'StudyDate',
      'StudyTime',
      'AccessionNumber',
      'ModalitiesInStudy',
      'SOPClassesInStudy',
      'AdmittingDiagnosesDescription',
    ],
    ...['PatientName', 'PatientID', 'PatientBirthDate', 'PatientSex', 'StudyInstanceUID', 'StudyID'],
    ...['NumberOfStudyRelatedSeries', 'NumberOfStudyRelatedInstances'],
  ].map((keyword) => ({ tag: tagOf(keyword) ?? 0, value: '' })),
].toSorted((a, b) => a.tag - b.tag);

/** A gateway whose catalogue is filled, and a workstation that asks it. */
async function startFilled(t: TestContext): Promise<{ gateway: Gateway; client: FindClient }> {
  const gateway = await Gateway.start();
  t.after(() => gateway.dispose());
  await gateway.cli('peer', 'add', 'WS', '--from', '127.0.0.1/32', '--allow', 'echo,find');
  await gateway.cli('policy', 'limit', 'WS', '--sweeps', 'yes', '--most-results', '10000');
  await gateway.kill('SIGTERM');
  const key = Buffer.from(readFileSync(join(gateway.home, 'keys/index.key'), 'utf8').trim(), 'hex');
  fill(join(gateway.home, 'records/leadglass.db'), key, STUDIES, 0, { '00081080': LONG_TEXT });
  await gateway.restart();
  return { gateway, client: await FindClient.open(gateway.dimse, 'LEADGLASS', 'WS') };
}

test('[PROVE-121] a query that is cancelled while it is answered ends with FE00, before all is told', async (t) => {
  const { client } = await startFilled(t);
  const asked = client.ask(EVERYTHING);
  await client.stopReading();
  client.cancel();
  client.goOnReading();
  const { status, answers } = await asked;
  assert.equal(status, 0xfe00);
  assert(answers > 0 && answers < STUDIES, `${answers} answers`);
  // The association goes on.
  const again = await client.ask([
    { tag: 0x00080052, value: 'STUDY' },
    { tag: 0x00100020, value: 'PAT00000001' },
  ]);
  assert.equal(again.status, 0);
  await client.close();
});

test('[PROVE-123] a workstation that reads slowly slows the search, loses nothing, and is waited for', async (t) => {
  const { gateway, client } = await startFilled(t);
  const asked = client.ask(EVERYTHING);
  await client.stopReading();
  // Long enough for all of it: read at once, it takes less than a second.
  await delay(3_000);
  assert.doesNotMatch(await gateway.cli('log', '--json'), /operation\.answered/);
  client.goOnReading();
  assert.deepEqual(await asked, { status: 0, answers: STUDIES });
  assert.match(await gateway.cli('log', '--json'), /operation\.answered/);
  await client.close();
});
