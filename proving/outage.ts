import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnswerOf } from '@leadglass/contract';
import { STORAGE_COMMITMENT_PUSH_MODEL, STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE } from '@leadglass/dimse';
import { systemClock } from '@leadglass/kit';
import type { Event } from '@leadglass/model';
import { encodeCommitmentRequest } from '@leadglass/relay';
import { type EventReport, openAssociation } from '@leadglass/wire';
import { decodedReport } from './commitment.ts';
import { dataSetOf } from './custody-check.ts';
import type { Gateway } from './gateway.ts';
import type { MadeObject } from './objects.ts';
import { type Orthanc, which } from './peers.ts';
import { asFiles, digest } from './retrieving.ts';

export type OutageList = AnswerOf<'outage.list'>;
export type Upstream = OutageList['upstreams'][number];

/** How an upstream stands, as the command line tells it. It exits with 5 while one is down. */
export async function standing(gateway: Gateway, name = 'pacs'): Promise<Upstream> {
  const answer = await gateway
    .cli('outage', 'list', '--json')
    .catch((thrown: { stdout?: string }) => thrown.stdout ?? '');
  const found = (JSON.parse(answer) as OutageList).upstreams.find((each) => each.name === name);
  assert.ok(found !== undefined, answer);
  return found;
}

/** Asks again and again until `isReached` holds. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isReached: (value: T) => boolean,
  withinMs: number,
): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (isReached(value)) return value;
    assert.ok(performance.now() < endMs, `not reached within ${withinMs} ms: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Waits for the end of a give-back: however long it takes, as long as it goes on. */
export async function givenBack(gateway: Gateway): Promise<void> {
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const { deliveries } = await eventually(
      () => gateway.status(),
      ({ deliveries: { pending } }) => pending < before,
      60_000,
    );
    if (deliveries.pending === 0) return;
    before = deliveries.pending;
  }
}

/** Events of some kinds, in the order in which they came. */
export async function events(gateway: Gateway, ...kinds: readonly string[]): Promise<readonly Event[]> {
  const asked = kinds.flatMap((kind) => ['--kind', kind]);
  const printed = await gateway.cli('log', '--json', '--last', '5000', ...asked);
  return (JSON.parse(printed) as { entries: readonly { event: Event }[] }).entries.map(({ event }) => event);
}

/** A modality: sends made objects with DCMTK's storescu; the exit code and what it printed. */
export function storescu(
  gateway: Gateway,
  folder: string,
  objects: readonly MadeObject[],
): Promise<{ readonly exit: number; readonly output: string }> {
  asFiles(folder, objects);
  const args = ['-v', '-R', '-aet', 'PROVER', '-aec', 'LEADGLASS', '127.0.0.1', String(gateway.dimse), '+sd', folder];
  return new Promise((resolve) => {
    execFile(which('storescu') ?? 'storescu', args, { maxBuffer: 2 ** 26, timeout: 120_000 }, (error, out, err) =>
      resolve({ exit: error === null ? 0 : Number(error.code ?? 1), output: `${out}${err}` }),
    );
  });
}

/** What an Orthanc holds: digest of the data set of each instance, by its SOP Instance UID. Two of one UID are a fault. */
export async function holdings(orthanc: Orthanc): Promise<ReadonlyMap<string, string>> {
  const ids = (await orthanc.get('/instances')) as string[];
  const found = new Map<string, string>();
  for (const id of ids) {
    const { MainDicomTags } = (await orthanc.get(`/instances/${id}`)) as { MainDicomTags: { SOPInstanceUID: string } };
    assert.ok(!found.has(MainDicomTags.SOPInstanceUID), 'one object is there twice');
    const file = Buffer.from(await orthanc.getBytes(`/instances/${id}/file`));
    found.set(MainDicomTags.SOPInstanceUID, digest(dataSetOf(file)));
  }
  return found;
}

/** That an Orthanc holds exactly these objects, each bit for bit. */
export async function assertHoldsExactly(orthanc: Orthanc, objects: readonly MadeObject[]): Promise<void> {
  const held = await holdings(orthanc);
  assert.deepEqual(
    [...held].toSorted(),
    objects.map((each) => [each.sopInstanceUid, digest(each.dataSet)] as [string, string]).toSorted(),
  );
}

/** Applies a configuration. */
export async function configure(gateway: Gateway, yaml: string): Promise<void> {
  const file = join(gateway.home, 'site.yaml');
  writeFileSync(file, yaml);
  await gateway.cli('config', 'apply', file);
}

/** Asks for storage commitment as PROVER, and waits for the report on the same association. */
export async function askCommitment(
  gateway: Gateway,
  objects: readonly MadeObject[],
): Promise<{ readonly status: number; readonly committed: readonly string[]; readonly refused: readonly string[] }> {
  const association = await openAssociation({
    ...{ host: '127.0.0.1', port: gateway.dimse, called: 'LEADGLASS', calling: 'PROVER' },
    contexts: [{ abstractSyntax: STORAGE_COMMITMENT_PUSH_MODEL, transferSyntaxes: ['1.2.840.10008.1.2'] }],
    maximumLength: 64 * 1024,
    timeouts: { connectMs: 5_000, associateMs: 15_000, responseMs: 60_000, writeStallMs: 30_000, releaseMs: 5_000 },
    clock: systemClock,
  });
  const told = new Promise<EventReport>((resolve) => {
    association.onEventReport = (report) => {
      // Once the answer has gone out.
      setImmediate(() => resolve(report));
      return 0;
    };
  });
  const { status } = await association.action({
    sopClassUid: STORAGE_COMMITMENT_PUSH_MODEL,
    sopInstanceUid: STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE,
    actionTypeId: 1,
    dataSet: encodeCommitmentRequest(`2.25.${Date.now()}`, objects),
  });
  const report = decodedReport(await told);
  await association.release();
  return {
    status,
    committed: report?.committed ?? [],
    refused: report?.refused.map(({ sopInstanceUid }) => sopInstanceUid) ?? [],
  };
}
