import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Sealer } from '@leadglass/catalogue';
import { ManualClock, Secret, silentLogger, text } from '@leadglass/kit';
import { type Destination, type Event, isTemporaryNumber } from '@leadglass/model';
import { isProblem, parseWorklistQuery } from '@leadglass/query';
import { openSqliteRecords } from '@leadglass/records';
import { NO_HL7 } from '../hl7/hl7.testkit.ts';
import { daysBetween } from './days.ts';
import type { ErrandEnd } from './errands.ts';
import { KeptWorklist } from './kept-worklist.ts';
import { NO_OUTAGES } from './outages.ts';
import { hasRightKey } from './registration-entry.ts';
import { Registrations } from './registrations.ts';
import { scheduleHouse } from './schedule.testkit.ts';
import { StepDelivery } from './step-delivery.ts';
import { WorklistFetcher } from './worklist-fetcher.ts';

const NOON = new Date(2026, 10, 27, 12).getTime();
const WHY = text('elle ne répond pas', 'it does not answer');
const RIS = { name: 'ris', host: '192.0.2.1', port: 104, called: 'RIS', calling: 'US', tls: false, commitment: false };
const RULES = {
  destinations: [RIS as Destination],
  relays: [{ from: '*', services: ['worklist', 'mpps'], to: 'ris' }] as never,
};
const OK: ErrandEnd = { isSent: true, status: 0, unread: 0 };
const NOBODY: ErrandEnd = { isSent: false, unread: 0, why: WHY };

async function house(t: TestContext) {
  const clock = new ManualClock(NOON);
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-schedule-'));
  const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock });
  t.after(async () => {
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const sealer = new Sealer(new Secret(randomBytes(32)));
  const told: Event[] = [];
  const shared = { records, sealer, clock, log: silentLogger, outages: NO_OUTAGES, rules: () => RULES };
  return { ...shared, told, tell: (event: Event) => void told.push(event) };
}

type House = Awaited<ReturnType<typeof house>>;

/** An information system: what it gives for each day, and how it ends. */
function fetcherOf(at: House, answer: () => { readonly entries: readonly object[]; readonly end: ErrandEnd }) {
  return new WorklistFetcher({
    ...at,
    errands: {
      run: async (_destination, _work, found = () => {}) => {
        const { entries, end } = answer();
        for (const entry of entries) found(JSON.stringify(entry));
        return end;
      },
    },
  });
}

const ANY = parseWorklistQuery(new Uint8Array(0), '1.2.840.10008.1.2');

async function keptIn(at: House, mostResults = 100) {
  assert.ok(!isProblem(ANY));
  const worklist = new KeptWorklist(at);
  const search = worklist.search('ris', ANY, { mostResults, sight: undefined, withheld: () => {} });
  const found: unknown[] = [];
  for (;;) {
    const next = await search.next();
    if (next.done === true) return { found, end: next.value };
    found.push(...next.value);
  }
}

test('[CONT-46] a schedule is replaced by a whole answer alone: one that fails half way, or nobody, leaves what there was', async (t) => {
  const at = await house(t);
  const one = { '00100020': 'P1' };
  let now = { entries: [one], end: NOBODY };
  const fetcher = fetcherOf(at, () => now);
  assert.equal((await keptIn(at)).end, 'never-kept');
  now = { entries: [one], end: OK };
  await fetcher.refresh();
  assert.deepEqual(await keptIn(at), { found: [one], end: 'complete' });
  for (const end of [NOBODY, { ...OK, status: 0xa700 }, { isSent: true, unread: 0, why: WHY }]) {
    now = { entries: [{ '00100020': 'P2' }], end };
    await fetcher.refresh();
    assert.deepEqual((await keptIn(at)).found, [one]);
  }
  now = { entries: [], end: OK };
  await fetcher.refresh();
  assert.deepEqual(await keptIn(at), { found: [], end: 'complete' });
  assert.deepEqual(
    at.told.map(({ kind }) => kind),
    ['schedule.kept', 'schedule.not-kept', 'schedule.kept'],
  );
  await fetcher.stop();
});

test('[CONT-46] days that are past are forgotten, and as many are kept ahead as the hours reach', async (t) => {
  const at = await house(t);
  assert.deepEqual(daysBetween(NOON, NOON + 48 * 3_600_000), [20261127, 20261128, 20261129]);
  await at.records.schedule.replace({ source: 'ris', day: 20261125, asOfMs: 1 }, []);
  const fetcher = fetcherOf(at, () => ({ entries: [], end: OK }));
  await fetcher.refresh();
  const days = (await at.records.schedule.periods()).map(({ day }) => day);
  assert.deepEqual(days, [20261127, 20261128, 20261129]);
  await fetcher.stop();
});

const ANY_BOUNDS = { mostResults: 100, sight: undefined, withheld: () => {} };

test('[CONT-198] on a box a device that is led to no information system is given what was pulled; elsewhere what was registered alone', async (t) => {
  const at = await house(t);
  const [one, registered] = [{ '00100020': 'P1' }, { '00100020': 'T1' }];
  const fetcher = fetcherOf(at, () => ({ entries: [one], end: OK }));
  await fetcher.refresh();
  await fetcher.stop();
  const led = new KeptWorklist(at).search(undefined, ANY as never, ANY_BOUNDS);
  assert.deepEqual(await led.next(), { done: true, value: 'complete' });
  const pulled = { sources: () => ['ris'], registrations: () => [{ registration: {} as never, entry: registered }] };
  const box = new KeptWorklist({ ...at, pulled }).search(undefined, ANY as never, ANY_BOUNDS);
  const found = [];
  for (let next = await box.next(); next.done !== true; next = await box.next()) found.push(...next.value);
  assert.deepEqual(found, [one, registered]);
});

test('[CONT-48] an answer is bounded, and one that is cut short is not told as whole', async (t) => {
  const at = await house(t);
  const entries = Array.from({ length: 5 }, (_, index) => ({ '00100020': `P${index}` }));
  const fetcher = fetcherOf(at, () => ({ entries, end: OK }));
  await fetcher.refresh();
  // Every day gave the same five: they are told once.
  assert.equal((await keptIn(at)).found.length, 5);
  const cut = await keptIn(at, 3);
  assert.deepEqual([cut.found.length, cut.end], [3, 'more']);
  await fetcher.stop();
});

test('[CONT-64] a registration gets numbers that check, is listed, corrected and cancelled, and its events name a pseudonym', async (t) => {
  const at = await house(t);
  const registrations = new Registrations({ ...at, pseudonym: () => 'pseudonym', told: () => {}, hl7: NO_HL7 });
  const asked = {
    ...{ familyName: 'ŁUKASZ', procedure: 'Thorax', modality: 'CT', station: 'CT1' as never },
    priority: 'STAT' as const,
  };
  const numbers = new Set<string>();
  for (let times = 0; times < 25; times += 1) {
    const { registration } = await registrations.add(asked);
    assert.ok(isTemporaryNumber(registration.number, 'patient') && isTemporaryNumber(registration.accession, 'order'));
    assert.match(registration.studyInstanceUid, /^2\.25\.[1-9]\d{30,38}$/);
    numbers.add(registration.number);
  }
  assert.equal(numbers.size, 25);
  const [number = ''] = numbers;
  await registrations.correct({ number, ...asked, familyName: 'OTHER' });
  await registrations.cancel({ number, reason: 'twice' });
  await assert.rejects(registrations.cancel({ number, reason: 'again' }), { code: 'control.conflict' });
  const { registrations: listed } = await registrations.list({});
  assert.deepEqual([listed.length, listed[0]?.familyName, listed[0]?.state], [25, 'OTHER', 'cancelled']);
  const kept = await keptIn(at);
  assert.equal(kept.found.length, 24);
  const events = JSON.stringify(
    await at.records.events({ kinds: ['registration.added', 'registration.corrected'] }, 100),
  );
  assert.match(events, /pseudonym/);
  assert.doesNotMatch(events, /UKASZ|OTHER/);
});

test('[CONT-65] an INS with a wrong key is not written down', async (t) => {
  const at = await house(t);
  const registrations = new Registrations({ ...at, pseudonym: () => '', told: () => {}, hl7: NO_HL7 });
  const asked = {
    ...{ familyName: 'A', procedure: 'P', modality: 'CT', station: 'CT1' as never, priority: 'STAT' as const },
    ins: '255081416802539',
  };
  await assert.rejects(registrations.add(asked), { code: 'control.bad-request' });
  assert.equal(hasRightKey('255081416802538'), true);
  assert.equal(hasRightKey('255082A16802538'), false);
});

test('[CONT-55] a step whose beginning is refused takes what follows with it, and a lost answer is told from a lost request', async (t) => {
  const at = await house(t);
  const { steps } = at.records;
  const sealed = (uid: string) => at.sealer.sealJson('step', uid, JSON.stringify({ dataSet: '' }));
  const message = (uid: string) => ({ uid, transferSyntaxUid: '1.2', sealed: sealed(uid), atMs: NOON });
  for (const uid of ['1.1', '1.2']) await steps.create({ uid, peer: 'CT1', upstream: 'ris' }, message(uid), []);
  await steps.set(message('1.1'), 'COMPLETED', []);
  const ends = [NOBODY, { ...NOBODY, isSent: true }, { ...OK, status: 0x0117 }, OK];
  const sent: string[] = [];
  const delivery = new StepDelivery({
    ...at,
    told: () => {},
    errands: {
      run: async (_destination, work) => {
        if (work.kind !== 'worklist') sent.push(`${work.kind} ${work.uid}`);
        return ends.shift() ?? OK;
      },
    },
  });
  const seen: boolean[] = [];
  await delivery.start();
  for (let round = 0; round < 2; round += 1) {
    await delivery.settled();
    seen.push((await steps.next('ris'))?.isSent ?? false);
    at.clock.advance(60_000);
  }
  await delivery.settled();
  assert.deepEqual(seen, [false, true]);
  assert.deepEqual(sent, ['create 1.1', 'create 1.1', 'create 1.1', 'create 1.2']);
  assert.equal(delivery.isOwed('ris'), false);
  assert.deepEqual(
    (await steps.messages('1.1')).map(({ kind, state }) => [kind, state]),
    [
      ['create', 'refused'],
      ['set', 'refused'],
    ],
  );
  await delivery.stop();
});

test('[CONT-109] who is scheduled or registered is expected, under each pseudonym their images may have come under', async (t) => {
  const at = await house(t);
  const step = { '00400100': [{ '00080060': 'CT' }] };
  const entries = [
    { '00100020': 'P1', '00100021': 'CHU', ...step },
    { '00100020': 'P2' },
    { '00100010': 'NUMBERLESS' },
  ];
  const indexKey = new Secret(randomBytes(32));
  const sealer = new Sealer(indexKey);
  const fetcher = fetcherOf({ ...at, sealer }, () => ({ entries, end: OK }));
  await fetcher.refresh();
  const host = scheduleHouse(at.records, at.clock, { indexKey, pseudonym: (issuer, id) => `${issuer}/${id}` });
  const expected = await host.expected();
  const told = new Set(expected.map(({ patient, modality }) => `${patient} ${modality ?? ''}`));
  assert.deepEqual(told, new Set(['CHU/P1 CT', '/P1 CT', '/P2 ']));
});
