import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChartAnswer, PatientAnswer, PersonEvent, Role } from '@leadglass/contract';
import { isFault, ManualClock } from '@leadglass/kit';
import { assertRefused, testConsole } from './console.testkit.ts';
import { Endings } from './endings.ts';
import type { GatewayClient } from './gateway-client.ts';
import { hasRelation, Patients } from './patients.ts';
import type { Session } from './sessions.ts';

const DAY_MS = 86_400_000;
const PATIENT: PatientAnswer = {
  ...{ chart: 12, names: [], birthDate: '', sex: '', identifiers: [], reliability: [], isValidated: true, diedAt: '' },
  ...{ isPresent: false, location: '', visitClass: '', arrivedAt: '', arrivedMs: null, critical: 0, criticalMs: null },
  ...{ heardMs: 0, taken: [] },
};
const STUDY = { studyInstanceUid: '1.2.3' } as ChartAnswer['studies'][number];
const CHART: ChartAnswer = {
  ...{ patient: PATIENT, identities: [], merges: [], visits: [], groups: [], documents: [], orders: [], raw: [] },
  ...{ allergies: [], keptUntilMs: null },
  ...{ studies: [STUDY], asOf: [], isCut: false },
};
const order = (heardMs: number, isCancelled = false) => ({ heardMs, isCancelled }) as ChartAnswer['orders'][number];
const visit = (state: ChartAnswer['visits'][number]['state']) => ({ state }) as ChartAnswer['visits'][number];

const session = (role: Role, id = 's1') => ({ id, person: { account: 'ines', role } }) as unknown as Session;

/** A gateway that knows one chart, whoever asks. */
function patients(chart: ChartAnswer = CHART) {
  const asked: unknown[] = [];
  const admitted: unknown[] = [];
  let ended: ((id: string | undefined) => void) | undefined;
  const endings = new Endings({
    onEnded: (heard) => {
      ended = heard;
      return () => {};
    },
  });
  const call = async (...given: unknown[]) => {
    asked.push(given);
    return chart;
  };
  const made = new Patients({
    ...{ clock: new ManualClock(), endings, gateway: { call } as unknown as Pick<GatewayClient, 'call'> },
    studies: { admit: (_session, _address, uids) => void admitted.push(uids) },
  });
  const told: PersonEvent[] = [];
  const around = (
    role: Role,
    tell: (event: PersonEvent) => Promise<void> = async (event) => void told.push(event),
  ) => ({
    ...{ session: session(role), address: '127.0.0.1', tell },
  });
  return { made, asked, admitted, told, around, end: (id: string) => ended?.(id) };
}

test('[CONSOLE-140] a patient is opened under the account and with the reason; then the session may read chart and studies, until it ends', async () => {
  const it = patients();
  assert.throws(() => it.made.require(session('radiologist'), 12), isFault);
  const { isGlass } = await it.made.open({ chart: 12, why: 'advice', words: 'second look' }, it.around('radiologist'));
  assert.equal(isGlass, true);
  assert.deepEqual(it.asked, [
    [
      'chart.patient',
      { chart: 12, reason: 'advice asked for: second look' },
      { actor: { name: 'ines', role: 'radiologist' } },
    ],
  ]);
  assert.deepEqual(it.admitted, [['1.2.3']]);
  it.made.require(session('radiologist'), 12);
  assert.throws(() => it.made.require(session('radiologist', 's2'), 12), isFault);
  it.end('s1');
  assert.throws(() => it.made.require(session('radiologist'), 12), isFault);
});

test('[CONSOLE-140] another reason is said in words, or nothing is asked', async () => {
  const it = patients();
  await assert.rejects(it.made.open({ chart: 12, why: 'other', words: '' }, it.around('emergency')), isFault);
  assert.deepEqual(it.asked, []);
});

test('[CONSOLE-141] without a visit or an order that was told of it is told for review, and where that fails nothing is opened', async () => {
  const it = patients();
  const refused = async (): Promise<void> => {
    throw new Error('the ledger is away');
  };
  const ask = { chart: 12, why: 'danger', words: '' } as const;
  await assert.rejects(it.made.open(ask, it.around('emergency', refused)));
  assert.deepEqual(it.admitted, []);
  assert.throws(() => it.made.require(session('emergency'), 12), isFault);
  await it.made.open(ask, it.around('emergency'));
  assert.deepEqual(it.told, [
    { what: 'broke-glass', by: 'ines', role: 'emergency', chart: 12, why: 'danger', words: '' },
  ]);
  const here = patients({ ...CHART, patient: { ...PATIENT, isPresent: true } });
  assert.equal((await here.made.open(ask, here.around('emergency'))).isGlass, false);
  assert.deepEqual(here.told, []);
});

test('[CONSOLE-141] a relation is a visit that goes on or is expected, or an order of the last thirty days that stands', () => {
  const now = 100 * DAY_MS;
  const has = (change: Partial<ChartAnswer>) => hasRelation({ ...CHART, ...change }, now);
  assert.equal(has({}), false);
  assert.deepEqual(
    [has({ visits: [visit('left'), visit('cancelled')] }), has({ visits: [visit('expected')] })],
    [false, true],
  );
  assert.equal(has({ visits: [visit('present')] }), true);
  assert.deepEqual(
    [order(now - DAY_MS), order(now - DAY_MS, true), order(now - 31 * DAY_MS)].map((each) => has({ orders: [each] })),
    [true, false, false],
  );
});

test('[CONSOLE-143] chart and documents are asked for after opening alone', async (t) => {
  const console = await testConsole(t);
  const cookie = console.sessions.signIn('radiologist');
  assertRefused(await console.post('chart.patient', { chart: 12 }, cookie), 403, 'console.forbidden');
  const document = { chart: 12, document: 'd', reason: 'garde' };
  assertRefused(await console.post('chart.document', document, cookie), 403, 'console.forbidden');
});
