import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, text, uuidv7 } from '@leadglass/kit';
import type { AeTitle, Event, Sha256 } from '@leadglass/model';
import { type ArrivalCommit, openSqliteRecords } from '@leadglass/records';
import { ConfigControl } from '../control-config.ts';
import type { ControlServices } from '../control-services.ts';
import { Flows } from './flows.ts';
import { Journeys } from './journey.ts';
import { Needs } from './needs.ts';
import { delivered, sha } from './overview.testkit.ts';

// Prints what the counters cost an arrival, a journey in a long log, and needs with many holds. Not a test. Arguments: events (default 1000000), holds (10000).
const events = Number(process.argv[2] ?? 1_000_000);
const holds = Number(process.argv[3] ?? 10_000);
const OBJECTS = 2_000;
const why = text('raison', 'reason');
const folder = mkdtempSync(join(tmpdir(), 'leadglass-bench-'));
const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock: systemClock });
const hold = { kind: 'hold', reasons: [why], status: 0 } as const;
const deliver = { kind: 'deliver', reasons: [why], status: 0 } as const;

function counters(): void {
  const flows = new Flows(systemClock);
  const rounds = 1_000_000;
  const begun = performance.now();
  for (let n = 0; n < rounds; n += 1)
    flows.arrived({ peer: `CT${n % 200}` as AeTitle, plainBytes: 500_000, disposition: deliver });
  const each = ((performance.now() - begun) / rounds) * 1e6;
  const looked = performance.now();
  for (let n = 0; n < 100; n += 1) flows.ways(60_000);
  console.log(
    `counters: ${each.toFixed(0)} ns an arrival of 200 peers; a tick ${((performance.now() - looked) / 100).toFixed(2)} ms`,
  );
}

function commitOf(
  name: string,
  study: string,
  associationId: string,
  disposition: typeof hold | typeof deliver,
): ArrivalCommit {
  const [sha256, atMs] = [sha(name), Date.now()];
  const ids = { sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: `${study}.${name}`, studyInstanceUid: study };
  const from = { peer: 'CT1' as AeTitle, remoteAddress: '192.0.2.7', associationId };
  const arrival = {
    ...{
      ...ids,
      ...from,
      id: uuidv7(atMs),
      receivedAtMs: atMs,
      sha256,
      plainBytes: 500_000,
      sealedBytes: 500_300,
      metaBytes: 900,
    },
    ...{ place: { kind: 'file' } as const, transferSyntaxUid: '1.2.840.10008.1.2.1', seriesInstanceUid: `${study}.1` },
    ...{ modality: 'CT', patient: 'p', verdict: 'clean' as const, findings: [], disposition },
  };
  const facts = {
    ...ids,
    ...from,
    arrivalId: arrival.id,
    sha256,
    patient: 'p',
    bytes: 500_000,
    verdict: 'clean',
    findings: [],
  };
  const event = (): Event => {
    const head = { id: uuidv7(atMs), atMs };
    if (disposition.kind === 'hold') return { ...head, kind: 'arrival.held', ...facts, why: [why] };
    return { ...head, kind: 'arrival.stored', ...facts, outcome: 'stored', destinations: [] };
  };
  return { arrival, destinations: [], event, answer: { status: 0 }, isKept: true };
}

async function fillStudy(study: string, objects: number): Promise<string> {
  const associationId = uuidv7(Date.now());
  const commits = Array.from({ length: objects }, (_, n) => commitOf(`${study}.${n}`, study, associationId, deliver));
  await records.commitArrivals(commits);
  return associationId;
}

/** Events of other studies, as they come: an arrival and its delivery each. */
async function fillLog(): Promise<void> {
  const begun = performance.now();
  for (let at = 0; at < events; at += 2_000) {
    const study = `1.9.${at}`;
    const associationId = uuidv7(Date.now());
    const made = Array.from({ length: 1_000 }, (_, n): Event[] => {
      const sha256 = sha(`${at} ${n}`);
      return [stored(sha256, study, associationId), delivered(sha256, study)];
    });
    await records.appendEvents(made.flat());
    await sequenceAll();
    if (at % 100_000 === 0) await records.checkpoint();
  }
  console.log(`log: ${events} events in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
}

/** As the ledger does: everything is in it. */
async function sequenceAll(): Promise<void> {
  const rows = await records.unsequenced(10_000);
  await records.sequenced(rows, (await records.lastLedgerIndex()) + 1);
}

function stored(sha256: Sha256, studyInstanceUid: string, associationId: string): Event {
  const atMs = Date.now();
  return {
    ...{ id: uuidv7(atMs), atMs, kind: 'arrival.stored', arrivalId: uuidv7(atMs), associationId, peer: 'CT1' },
    ...{
      remoteAddress: '192.0.2.7',
      sha256,
      sopClassUid: '1.2',
      sopInstanceUid: '1.2.3',
      studyInstanceUid,
      patient: 'p',
    },
    ...{ bytes: 5, outcome: 'stored', verdict: 'clean', findings: [], destinations: ['PACS'] },
  };
}

/** Median and longest of `rounds`, with the longest that nobody else had a turn. */
async function timed(name: string, rounds: number, act: () => Promise<unknown>): Promise<void> {
  const took: number[] = [];
  let [longest, last, isOver] = [0, performance.now(), false];
  const tick = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(tick);
  };
  for (let n = 0; n < rounds; n += 1) {
    last = performance.now();
    if (n === 0) setImmediate(tick);
    const begun = performance.now();
    await act();
    took.push(performance.now() - begun);
  }
  isOver = true;
  took.sort((a, b) => a - b);
  const median = took[Math.floor(rounds / 2)] ?? 0;
  console.log(
    `${name}: median ${median.toFixed(1)} ms, longest ${(took.at(-1) ?? 0).toFixed(1)} ms; others waited ${longest.toFixed(1)} ms at most`,
  );
}

counters();
const association = await fillStudy('1.7', OBJECTS);
for (let n = 0; n < OBJECTS; n += 1) await records.appendEvents([delivered(sha(`1.7.${n}`), '1.7')]);
await fillLog();
const holding = uuidv7(Date.now());
for (let n = 0; n < holds; n += 500)
  await records.commitArrivals(Array.from({ length: 500 }, (_, k) => commitOf(`h${n + k}`, `1.8.${n}`, holding, hold)));
const services = {
  ...{ records, clock: systemClock, startedAtMs: Date.now(), rules: () => ({ peers: [], destinations: [] }) },
  ...{ destinationStates: () => [], troubles: () => [], gate: () => undefined, certificatesEnding: () => [] },
  flushSightings: async () => undefined,
} as unknown as ControlServices;
const journeys = new Journeys(services);
const needs = new Needs(services, new ConfigControl(services));
await timed(`journey of a study of ${OBJECTS}`, 20, () => journeys.journey({ id: '1.7', limit: 500 }));
await timed('journey of one of its objects', 50, () => journeys.journey({ id: sha('1.7.5'), limit: 500 }));
await timed('journey of its association', 20, () => journeys.journey({ id: association, limit: 500 }));
await timed(`needs with ${holds} holds`, 50, () => needs.list());
await records.close();
rmSync(folder, { recursive: true });
