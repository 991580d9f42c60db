// npm run bench -- --query [--studies N] [--rows N] [--queries N] [--orthanc N] [--home DIR]
// C-FIND over a catalogue filled with generated metadata: in process and through the network; and Orthanc, filled with small objects.

import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SealedCatalogue, Sealer } from '@leadglass/catalogue';
import type { ElementToEncode } from '@leadglass/dicom';
import { tagOf, vrOf } from '@leadglass/dicom';
import { ManualClock, Secret, systemClock } from '@leadglass/kit';
import { keyOf, NO_OPTIONS, type Query } from '@leadglass/query';
import { openSqliteRecords } from '@leadglass/records';
import { openAssociation } from '@leadglass/wire';
import { FindClient } from '../find-client.ts';
import { Gateway } from '../gateway.ts';
import { startOrthanc, which } from '../peers.ts';
import { objectOf } from '../querying.ts';
import { storeOne } from '../sending.ts';
import { fill, nameOfSubject, patientIdOf, studyOf, subjectCount } from './query-fill.ts';

const { values } = parseArgs({
  options: {
    query: { type: 'boolean' },
    studies: { type: 'string', default: '1000000' },
    rows: { type: 'string', default: '1' },
    queries: { type: 'string', default: '300' },
    orthanc: { type: 'string', default: '10000' },
    home: { type: 'string' },
  },
});
const studies = Number(values.studies);
const queries = Number(values.queries);

type Kind = 'patient ID' | 'accession number' | 'date and modality' | 'name prefix';
const KINDS: readonly Kind[] = ['patient ID', 'accession number', 'date and modality', 'name prefix'];

/** Keys of the question numbered `at`, on a collection of `of` studies. */
function keysOf(kind: Kind, at: number, of: number): Readonly<Record<string, string>> {
  const no = (at * 7_919 + 101) % of;
  const { subject, date, accession, modalities } = studyOf(no, of);
  const returned = { StudyInstanceUID: '', PatientName: '', PatientID: '', StudyDate: '', AccessionNumber: '' };
  switch (kind) {
    case 'patient ID':
      return { ...returned, PatientID: patientIdOf(subject) };
    case 'accession number':
      return { ...returned, AccessionNumber: accession };
    case 'date and modality':
      return { ...returned, StudyDate: `${date}-${date}`, ModalitiesInStudy: modalities[0] ?? '' };
    case 'name prefix':
      return { ...returned, PatientName: `${nameOfSubject(subject % subjectCount(of)).slice(0, 8)}*` };
  }
}

function queryOf(keys: Readonly<Record<string, string>>): Query {
  const made = Object.entries(keys).map(([keyword, value]) => {
    const tag = tagOf(keyword) ?? 0;
    return keyOf(tag, vrOf(tag), value, NO_OPTIONS);
  });
  const inOrder = made.toSorted((a, b) => a.tag - b.tag);
  return { root: 'STUDY', level: 'STUDY', options: NO_OPTIONS, keys: inOrder, charset: '' };
}

function elementsOf(keys: Readonly<Record<string, string>>): readonly ElementToEncode[] {
  const level = { tag: 0x00080052, value: 'STUDY' };
  const made = Object.entries(keys).map(([keyword, value]) => ({ tag: tagOf(keyword) ?? 0, value }));
  return [level, ...made].toSorted((a, b) => a.tag - b.tag);
}

/** Times each question; prints median and 99th percentile, of the clock and of this process's processor time, and how many answers a question has. */
async function measure(what: string, kind: Kind, of: number, ask: (at: number) => Promise<number>): Promise<void> {
  const times: number[] = [];
  const spent: number[] = [];
  let answers = 0;
  for (let at = 0; at < 20; at += 1) await ask(at + queries);
  for (let at = 0; at < queries; at += 1) {
    const start = performance.now();
    const before = process.cpuUsage();
    answers += await ask(at);
    const { user, system } = process.cpuUsage(before);
    times.push(performance.now() - start);
    spent.push((user + system) / 1000);
  }
  const at = (of: readonly number[], share: number): string =>
    (of.toSorted((a, b) => a - b)[Math.floor(share * (of.length - 1))] ?? 0).toFixed(2).padStart(8);
  const each = (answers / queries).toFixed(1).padStart(7);
  const wall = `p50 ${at(times, 0.5)} p99 ${at(times, 0.99)} ms`;
  const cpu = `own processor p50 ${at(spent, 0.5)} p99 ${at(spent, 0.99)} ms`;
  process.stdout.write(`${what.padEnd(22)} ${kind.padEnd(18)} of ${of}: ${wall}  ${cpu}  answers ${each}\n`);
}

async function inProcess(path: string, indexKey: Buffer): Promise<void> {
  const records = await openSqliteRecords({ path, clock: new ManualClock(0) });
  const catalogue = new SealedCatalogue({ records: records.catalogue, sealer: new Sealer(new Secret(indexKey)) });
  for (const kind of KINDS) {
    await measure('Leadglass, in process', kind, studies, async (at) => {
      let found = 0;
      for await (const batch of catalogue.search(queryOf(keysOf(kind, at, studies)), { mostResults: 10_000 }))
        found += batch.length;
      return found;
    });
  }
  await records.close();
}

async function overNetwork(what: string, port: number, called: string, of: number): Promise<void> {
  const client = await FindClient.open(port, called, 'WS');
  for (const kind of KINDS)
    await measure(what, kind, of, async (at) => (await client.ask(elementsOf(keysOf(kind, at, of)))).answers);
  await client.close();
}

async function leadglass(): Promise<void> {
  if (values.home !== undefined) mkdirSync(values.home, { recursive: true });
  const gateway = await Gateway.prepare(values.home === undefined ? {} : { home: values.home });
  const path = join(gateway.home, 'records/leadglass.db');
  if (!existsSync(path)) {
    await gateway.restart();
    await gateway.cli('peer', 'add', 'WS', '--from', '127.0.0.1/32', '--allow', 'echo,find');
    await gateway.cli('policy', 'limit', 'WS', '--names', 'any', '--per-minute', '100000');
    await gateway.kill('SIGTERM');
    const start = performance.now();
    fill(path, keyIn(gateway.home), studies, Number(values.rows));
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    process.stdout.write(
      `filled ${studies} studies in ${seconds} s: ${(statSync(path).size / 2 ** 20).toFixed(0)} MiB\n`,
    );
  }
  await inProcess(path, keyIn(gateway.home));
  await gateway.restart();
  await overNetwork('Leadglass, network', gateway.dimse, 'LEADGLASS', studies);
  await gateway.dispose();
}

function keyIn(home: string): Buffer {
  return Buffer.from(readFileSync(join(home, 'keys/index.key'), 'utf8').trim(), 'hex');
}

async function orthanc(count: number): Promise<void> {
  if (count === 0 || which('Orthanc') === undefined) return;
  const peer = await startOrthanc({ extra: { DicomAlwaysAllowFind: true } });
  const association = await openAssociation({
    ...{ host: '127.0.0.1', port: peer.port, called: peer.aet, calling: 'PROVER', maximumLength: 65_536 },
    contexts: [{ abstractSyntax: '1.2.840.10008.5.1.4.1.1.7', transferSyntaxes: ['1.2.840.10008.1.2.1'] }],
    timeouts: { connectMs: 5_000, associateMs: 15_000, responseMs: 60_000, writeStallMs: 30_000, releaseMs: 5_000 },
    clock: systemClock,
  });
  const start = performance.now();
  for (let no = 0; no < count; no += 1) {
    const { uid, subject, date, accession, modalities } = studyOf(no, count);
    const object = objectOf({
      ...{ PatientName: nameOfSubject(subject), PatientID: patientIdOf(subject), StudyInstanceUID: uid },
      ...{ StudyDate: String(date), AccessionNumber: accession, Modality: modalities[0] ?? '' },
      ...{ SeriesInstanceUID: `${uid}.0`, SOPInstanceUID: `${uid}.0.0` },
    });
    await storeOne(association, object);
  }
  await association.release();
  process.stdout.write(
    `Orthanc filled with ${count} studies of one object in ${((performance.now() - start) / 1000).toFixed(0)} s\n`,
  );
  await overNetwork('Orthanc, network', peer.port, peer.aet, count);
  await peer.stop();
}

await leadglass();
await orthanc(Number(values.orthanc));
