import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Sealer } from '@leadglass/catalogue';
import { ManualClock, Phi, Secret, text } from '@leadglass/kit';
import type { AeTitle, Arrival, Destination, Event, Sha256 } from '@leadglass/model';
import type { AttributeSet } from '@leadglass/query';
import { openSqliteRecords } from '@leadglass/records';
import type { DisarmJob } from '@leadglass/relay';
import { actFor } from '../actor.ts';
import { dayOf } from '../schedule/days.ts';
import { scheduleHouse } from '../schedule/schedule.testkit.ts';
import { entryName } from '../schedule/worklist-fetcher.ts';
import { reconcileHouse } from './reconcile.testkit.ts';

const T0 = new Date(2026, 10, 27, 9).getTime();
const DAY_MS = 86_400_000;
const PACS: Destination = {
  ...{ name: 'pacs', host: '127.0.0.1', port: 104, called: 'PACS' as AeTitle, calling: 'LEADGLASS' as AeTitle },
  ...{ tls: false, commitment: false },
};
const ASKED = {
  ...{ familyName: 'Lefèvre', givenName: 'Zoé', birthDate: '19840229', sex: 'F' as const, localId: '4711' },
  ...{ procedure: 'Scanner', modality: 'CT', station: 'CT1' as AeTitle, priority: 'STAT' as const },
};
const marie = { name: 'marie', role: 'technologist' } as const;
const paul = { name: 'paul', role: 'administrator' } as const;

/** A worklist entry of somebody. */
const entryOf = (id: string, name: string, birthDate = '19840229', accession = `A-${id}`): AttributeSet => ({
  ...{ '00080050': accession, '00100010': name, '00100020': id, '00100030': birthDate, '00100040': 'F' },
  '00400100': [{ '00080060': 'CT', '00400001': 'CT1', '00400002': '20261127', '00400003': '0930' }],
});

async function house(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-reconcile-'));
  const clock = new ManualClock(T0);
  const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock });
  const indexKey = new Secret(randomBytes(32));
  const sealer = new Sealer(indexKey);
  const jobs: DisarmJob[] = [];
  const due: string[] = [];
  const state = { isOutage: false, made: 0, isImpossible: false, broken: '' };
  const host = reconcileHouse(records, clock, {
    ...{ indexKey, rules: () => ({ destinations: [PACS] }), isOutage: () => state.isOutage },
    due: (name) => void due.push(name),
    desk: {
      copy: async (job) => {
        jobs.push(job);
        if (job.sha256 === state.broken) throw new Error('a fault of ours');
        if (state.isImpossible) return { kind: 'impossible', reasons: [{ code: 'x', text: text('non', 'no') }] };
        state.made += 1;
        const sha256 = `${state.made}`.padStart(64, 'c') as Sha256;
        return {
          ...{ kind: 'copied', deskId: 'd', sha256, metaBytes: 1, plainBytes: 1, sopInstanceUid: '1.2.3.1' },
          staged: { kind: 'staged', file: 'f', sealedBytes: 1 } as never,
          ...{ findings: [], changes: [], pixelSha256: 'a'.repeat(64), attributes: new Phi('{}'), settled: () => {} },
        };
      },
    },
  });
  const schedule = scheduleHouse(records, clock, { indexKey });
  t.after(async () => {
    await host.stop();
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await host.start();
  const { registration } = await schedule.add(ASKED);
  let at = 0;
  const come = async (patientId = registration.number, attributes: AttributeSet = {}): Promise<Sha256> => {
    at += 1;
    const sha256 = `${at}`.padStart(64, 'a') as Sha256;
    const arrival = arrivalOf(sha256, clock.now(), registration.studyInstanceUid);
    const awaits = await host.awaits(patientId, '', 'p');
    await records.commitArrivals([
      {
        ...{ arrival, destinations: ['pacs'], answer: { status: 0 }, isKept: true },
        event: () => ({ id: `e-${at}`, atMs: clock.now(), kind: 'gateway.stopped', reason: 'test' }) satisfies Event,
        catalogued: sealer.seal('arrival', sha256, attributes),
        ...(awaits === undefined ? {} : { awaits }),
      },
    ]);
    return sha256;
  };
  const scheduled = (...entries: readonly AttributeSet[]) =>
    records.schedule.replace(
      { source: 'ris', day: 20261127, asOfMs: T0 },
      entries.map((entry, position) => sealer.seal('schedule', entryName('ris', 20261127, position), entry)),
    );
  return { clock, records, host, jobs, due, state, registration, come, scheduled, schedule };
}

function arrivalOf(sha256: Sha256, receivedAtMs: number, studyInstanceUid: string): Arrival {
  return {
    ...{ id: `v-${sha256.slice(-4)}`, associationId: 'a', peer: 'CT1' as AeTitle, remoteAddress: '192.0.2.1' },
    ...{ receivedAtMs, sha256, plainBytes: 10, sealedBytes: 10, metaBytes: 1, place: { kind: 'file' } },
    ...{ sopClassUid: '1.2', sopInstanceUid: `1.2.3.${sha256.slice(-4)}`, transferSyntaxUid: '1.2.840.10008.1.2.1' },
    ...{ studyInstanceUid, seriesInstanceUid: '1.2.4', modality: 'CT', patient: 'p', verdict: 'clean', findings: [] },
    disposition: { kind: 'deliver', reasons: [text('Rien.', 'Nothing.')], status: 0 },
  };
}

test('[CONT-148] candidates stand beside the registration, the likeliest first; one that is sure is accepted by one act', async (t) => {
  const { host, come, scheduled, registration, jobs, records } = await house(t);
  await scheduled(
    entryOf('R-1', 'LEFEVRE^ZOE'),
    entryOf('R-2', 'DURAND^PAUL', '19500101'),
    entryOf('R-3', 'LEFEBVRE^ZOE', '19840228'),
  );
  await come();
  const { number } = registration;
  const { candidates, here, temporary } = await host.show({ number });
  assert.equal(here.familyName, 'Lefèvre');
  assert.deepEqual([temporary.state, temporary.waiting, temporary.isRegistered], ['open', 1, true]);
  assert.deepEqual(
    candidates.map(({ identity, grade }) => [identity.patientId, grade]),
    [
      ['R-1', 'doubtful'],
      ['R-3', 'doubtful'],
    ],
    'another number than the one that was registered speaks against it',
  );
  await scheduled(entryOf('4711', 'LEFEVRE^ZOE'));
  const [sure] = (await host.show({ number })).candidates;
  assert.deepEqual([sure?.grade, sure?.source, sure?.exam], ['sure', 'worklist ris', 'CT']);
  await assert.rejects(host.accept({ number, candidate: candidates[0]?.id }), { code: 'control.not-found' });
  const answer = await host.accept({ number, candidate: sure?.id });
  assert.equal(answer.temporary.state, 'accepted');
  await host.settled();
  const values = new Map(jobs[0]?.coercion?.attributes.map(({ tag, value }) => [tag, value]));
  assert.deepEqual(
    [values.get(0x00100020), values.get(0x00100010), values.get(0x00080050), values.has(0x00400275)],
    ['4711', 'LEFEVRE^ZOE', 'A-4711', true],
  );
  assert.equal(jobs[0]?.coercion?.source, 'CT1');
  const told = JSON.stringify(await records.events({}, 100));
  for (const secret of ['LEFEVRE', 'Lefèvre', 'A-4711', '19840229'])
    assert.ok(!told.includes(secret), 'no patient data');
});

test('[CONT-149] where there is doubt another person has to say the same', async (t) => {
  const { host, come, registration, jobs } = await house(t);
  await come();
  const { number } = registration;
  const identity = { patientId: 'R-9', familyName: 'LEFEBVRE', givenName: 'ZOE', birthDate: '19840229' };
  const asked = await actFor(marie, () => host.accept({ number, identity }));
  assert.equal(asked.temporary.state, 'asked');
  await assert.rejects(
    actFor(marie, () => host.accept({ number, identity })),
    { code: 'control.conflict' },
  );
  await host.settled();
  assert.equal(jobs.length, 0);
  const other = await actFor(paul, () => host.accept({ number, identity: { ...identity, patientId: 'R-8' } }));
  assert.equal(other.temporary.state, 'asked', 'another word is the first of two again');
  const agreed = await actFor(marie, () => host.accept({ number, identity: { ...identity, patientId: 'R-8' } }));
  assert.deepEqual(
    [agreed.temporary.state, agreed.temporary.by, agreed.temporary.askedBy],
    ['accepted', 'marie', 'paul'],
  );
  await host.settled();
  assert.equal(jobs.length, 1);
});

test('[CONT-149] a site chooses when it takes two; a temporary number is nobody', async (t) => {
  const { host, come, registration } = await house(t);
  await come();
  const { number } = registration;
  await assert.rejects(host.accept({ number, identity: { patientId: number, familyName: 'X' } }), {
    code: 'control.bad-request',
  });
  await host.set({ waitDays: 14, secondLook: 'never' });
  const { temporary } = await host.accept({ number, identity: { patientId: 'R-9', familyName: 'AUTRE' } });
  assert.equal(temporary.state, 'accepted');
});

test('[CONT-142] what nobody reconciles goes out as it came after the days that were chosen, counted from the last outage', async (t) => {
  const { host, come, clock, state, registration, due, records } = await house(t);
  const sha256 = await come();
  const { number } = registration;
  state.isOutage = true;
  clock.advance(20 * DAY_MS);
  await host.look();
  assert.equal((await host.show({ number })).temporary.state, 'open', 'an outage goes on: time does not run');
  state.isOutage = false;
  clock.advance(13 * DAY_MS);
  await host.look();
  assert.equal((await host.show({ number })).temporary.state, 'open');
  clock.advance(DAY_MS + 1);
  await host.look();
  assert.equal((await host.show({ number })).temporary.state, 'released');
  assert.deepEqual(due, ['pacs']);
  assert.equal((await records.listDeliveries({ sha256 }, 10)).length, 1);
});

test('[CONT-140] nobody else’s number waits, and nothing where the site chose that nothing does', async (t) => {
  const { host, registration } = await house(t);
  const { number } = registration;
  assert.equal(await host.awaits('4711', '', 'p'), undefined);
  assert.equal(await host.awaits('TZZZ263310001C', '', 'p'), undefined);
  assert.equal((await host.awaits(number.toLowerCase(), '', 'p'))?.number, number);
  await host.set({ waitDays: 0, secondLook: 'doubtful' });
  assert.equal(await host.awaits(number, '', 'p'), undefined);
});

test('[CONT-151] a number nobody registered is shown as its images say', async (t) => {
  const { host, come, registration } = await house(t);
  const number = `${registration.number.slice(0, -1)}${registration.number.endsWith('A') ? 'B' : 'A'}`;
  await come(number, { '00100010': 'PETIT^LEA', '00100030': '20010203', '00100040': 'F', '00080020': '20261127' });
  const { here, temporary } = await host.show({ number });
  assert.deepEqual([here.familyName, here.birthDate, temporary.isRegistered], ['PETIT', '20010203', false]);
});

test('[CONT-155] the report has every exam once, its ends add up, and it names nobody', async (t) => {
  const { host, come, registration, schedule, records, clock } = await house(t);
  const cancelled = (await schedule.add({ ...ASKED, familyName: 'Annulé' })).registration;
  await schedule.cancel({ number: cancelled.number, reason: 'left' });
  await schedule.add({ ...ASKED, familyName: 'Attendue' });
  await come();
  await come();
  const before = await host.report({});
  assert.deepEqual([before.totals.exams, before.totals.ends.waiting, before.totals.ends.cancelled], [3, 1, 1]);
  await host.set({ waitDays: 14, secondLook: 'never' });
  await host.accept({ number: registration.number, identity: { patientId: 'R-9', familyName: 'LEFEVRE' } });
  await host.settled();
  const [first] = await records.listDeliveries({ state: 'pending' }, 10);
  assert.equal((await host.report({})).totals.ends['on-its-way'], 1);
  const pending = await records.listDeliveries({ state: 'pending' }, 10);
  await records.recordDeliveries(
    pending.map(({ id }) => ({ id, outcome: 'delivered' as const, atMs: clock.now(), status: 0 })),
    [],
  );
  const { totals, exams } = await host.report({ from: String(dayOf(T0)), to: String(dayOf(T0)) });
  assert.deepEqual([totals.exams, totals.ends.delivered, totals.ends['no-images'], totals.twice], [3, 1, 1, 0]);
  assert.equal(
    Object.values(totals.ends).reduce((sum, count) => sum + count, 0),
    totals.exams,
  );
  const exam = exams.find(({ end }) => end === 'delivered');
  assert.deepEqual([exam?.objects, exam?.deliveries[0]?.destination, exam?.deliveries[0]?.delivered], [2, 'pacs', 2]);
  assert.equal(exam?.deliveries[0]?.as, exam?.identity);
  assert.ok(first !== undefined && !JSON.stringify(exams).includes('LEFEVRE'));
  assert.equal((await host.report({ from: '20300101' })).totals.exams, 0);
});

test('[CONT-154] an object that cannot be given the identity is told and waits, and goes out as it came when a person lets it', async (t) => {
  const { host, come, registration, state, records } = await house(t);
  const sha256 = await come();
  const { number } = registration;
  state.isImpossible = true;
  await host.set({ waitDays: 14, secondLook: 'never' });
  await host.accept({ number, identity: { patientId: 'R-9', familyName: 'LEFEVRE' } });
  await host.settled();
  const told = await records.events({ kinds: ['copy.not-coerced'] }, 10);
  assert.equal(told.length, 1);
  const { identities } = await host.list({ all: false });
  assert.deepEqual([identities[0]?.impossible, identities[0]?.waiting], [1, 0]);
  await host.release({ number, reason: 'read as it is' });
  const deliveries = await records.listDeliveries({ sha256 }, 10);
  assert.deepEqual(
    deliveries.map(({ destination }) => destination),
    ['pacs'],
  );
  assert.deepEqual((await host.list({ all: false })).identities, []);
});

test('[CONT-154] an object that fails by a fault of ours holds up no other', async (t) => {
  const { host, come, registration, state } = await house(t);
  state.broken = await come();
  await come();
  const { number } = registration;
  await host.set({ waitDays: 14, secondLook: 'never' });
  await host.accept({ number, identity: { patientId: 'R-9', familyName: 'LEFEVRE' } });
  await host.settled();
  const { temporary } = await host.show({ number });
  assert.deepEqual([temporary.objects, temporary.waiting], [2, 1]);
});
