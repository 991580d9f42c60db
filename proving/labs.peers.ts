import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Gateway } from './gateway.ts';
import { type DeviceFiles, enrol, identityFolder } from './identities.ts';
import { framed, MllpSender, movementMessage, type ResultWish, resultMessage } from './mllp.ts';
import { memoryOf } from './processes.ts';

interface Chart {
  readonly patient: { readonly chart: number; readonly critical: number; readonly isPresent: boolean };
  readonly groups: readonly {
    readonly filler: string;
    readonly results: readonly {
      readonly versions: readonly { readonly state: string; readonly values: string[] }[];
    }[];
  }[];
  readonly merges: readonly { readonly no: number }[];
}

interface FeedState {
  readonly received: number;
  readonly waiting: number;
  readonly notUnderstood: number;
  readonly quarantined: number;
}

/** A gateway that one feed may send to, driven from outside. */
class Site {
  readonly gateway: Gateway;

  private constructor(gateway: Gateway) {
    this.gateway = gateway;
  }

  static async open(t: { after(done: () => Promise<void>): void }, ...options: readonly string[]): Promise<Site> {
    const gateway = await Gateway.start({ withHl7: true });
    t.after(() => gateway.dispose());
    await gateway.cli('feed', 'add', 'labo', '--from', '127.0.0.1', '--most-per-second', '100000', ...options);
    return new Site(gateway);
  }

  send(): Promise<MllpSender> {
    return MllpSender.open(this.gateway.hl7);
  }

  async json<T>(...words: readonly string[]): Promise<T> {
    return JSON.parse(await this.gateway.cli(...words, '--json')) as T;
  }

  async feed(): Promise<FeedState> {
    return (await this.json<{ feeds: FeedState[] }>('feed', 'list')).feeds[0] as FeedState;
  }

  /** The chart of a patient by the number the laboratory gives. */
  async chart(patient: number): Promise<Chart> {
    const { patients } = await this.json<{ patients: { patient: { chart: number } }[] }>(
      'patients',
      String(100000 + patient),
    );
    return this.json<Chart>('chart', String(patients[0]?.patient.chart));
  }

  async entered(): Promise<void> {
    while ((await this.feed()).waiting > 0) await delay(100);
  }
}

test('[PROVE-260] results, corrections, withdrawals and movements are on the chart as soon as they are acknowledged', async (t) => {
  const site = await Site.open(t);
  const sender = await site.send();
  const said = async (wish: ResultWish) => assert.equal((await sender.send(resultMessage(wish))).code, 'AA');
  assert.equal((await sender.send(movementMessage('A01', 'm1', 7))).code, 'AA');
  await said({ controlId: 'r1', patient: 7, filler: 'F1', value: '7.9', flags: 'HH' });
  const before = await site.chart(7);
  assert.deepEqual([before.patient.critical, before.patient.isPresent], [1, true]);
  await said({ controlId: 'r2', patient: 7, filler: 'F1', value: '4.9', status: 'C' });
  await said({ controlId: 'r3', patient: 7, filler: 'F2', value: '5.0' });
  await said({ controlId: 'r4', patient: 7, filler: 'F2', value: '', status: 'X' });
  await sender.send(movementMessage('A03', 'm2', 7));
  const { patient, groups } = await site.chart(7);
  const states = (filler: string) =>
    groups
      .find((group) => group.filler === filler)
      ?.results[0]?.versions.map(({ state, values }) => [state, ...values]);
  assert.deepEqual(states('F1'), [
    ['current', '4.9'],
    ['superseded', '7.9'],
  ]);
  assert.deepEqual(states('F2'), [
    ['removed', '5.0'],
    ['superseded', '5.0'],
  ]);
  assert.deepEqual([patient.critical, patient.isPresent], [0, false]);
});

test('[PROVE-261] kill -9 at random points: what was acknowledged is there exactly once, and sending the rest again doubles nothing', {
  timeout: 240_000,
}, async (t) => {
  const site = await Site.open(t);
  const { gateway } = site;
  const [TOTAL, LINES, KILLS] = [2400, 8, 4];
  const left = Array.from({ length: TOTAL }, (_, at) => at);
  const acknowledged = new Set<number>();
  let isOver = false;
  const wishOf = (n: number): ResultWish => ({
    controlId: `k${n}`,
    patient: n % 12,
    filler: `F${n}`,
    value: String(n),
  });
  const line = async () => {
    for (;;) {
      if (left.length === 0 || isOver) return;
      const sender = await site.send().catch(() => undefined);
      try {
        while (sender !== undefined && left.length > 0) {
          const n = left[0] as number;
          left.shift();
          // Not known to be kept until it is answered: it goes back, and is sent again, as a laboratory does.
          const answer = await sender.send(resultMessage(wishOf(n))).catch(() => undefined);
          if (answer?.code === 'AA') acknowledged.add(n);
          else left.push(n);
          if (answer === undefined) break;
        }
      } finally {
        sender?.close();
      }
      await delay(50);
    }
  };
  const lines = Promise.all(Array.from({ length: LINES }, line));
  for (let kills = 0; kills < KILLS; kills += 1) {
    const from = acknowledged.size;
    while (acknowledged.size < Math.min(TOTAL - 1, from + 150 + kills * 83)) await delay(5);
    await gateway.kill('SIGKILL');
    await gateway.restart();
  }
  await lines;
  isOver = true;
  assert.equal(acknowledged.size, TOTAL);
  await site.entered();
  const state = await site.feed();
  assert.deepEqual([state.received, state.notUnderstood], [TOTAL, 0]);
  // All of it, once: each result is one group of its patient with one version.
  const found = new Map<string, number>();
  for (let patient = 0; patient < 12; patient += 1)
    for (const { filler, results } of (await site.chart(patient)).groups)
      found.set(filler, (found.get(filler) ?? 0) + (results[0]?.versions.length ?? 0));
  assert.equal(found.size, TOTAL);
  assert.deepEqual(
    [...found.values()].filter((count) => count !== 1),
    [],
  );
  // Sent again after all that, each is answered as before and nothing is added.
  const sender = await site.send();
  for (let n = 0; n < 100; n += 1) assert.equal((await sender.send(resultMessage(wishOf(n * 24)))).code, 'AA');
  sender.close();
  assert.equal((await site.feed()).received, TOTAL);
  assert.match(await gateway.cli('ledger', 'verify'), /./);
});

test('[PROVE-262] what is not understood is kept, answered AA and in the tray; tests are set apart with AE; what has no header is refused', async (t) => {
  const site = await Site.open(t);
  const sender = await site.send();
  const odd = 'MSH|^~\\&|LABO|CHU|LG|S|20261127||ZZZ^Z99|odd1|P|2.5\rZZZ|1\r';
  assert.equal((await sender.send(odd)).code, 'AA');
  const tested = await sender.send(resultMessage({ controlId: 't1', patient: 1, processing: 'T' }));
  assert.deepEqual([tested.code, /202/.test(tested.raw)], ['AE', true]);
  assert.equal((await sender.send('PID|1||1\r')).code, 'AE');
  assert.equal((await sender.send(resultMessage({ controlId: 'a1', patient: 1 }))).code, 'AA');
  const state = await site.feed();
  assert.deepEqual([state.received, state.notUnderstood, state.quarantined], [3, 1, 1]);
  const { messages } = await site.json<{ messages: { message: number; state: string }[] }>('messages', 'list');
  assert.deepEqual(messages.map(({ state: each }) => each).sort(), ['not-understood', 'quarantined']);
  const quarantined = messages.find(({ state: each }) => each === 'quarantined')?.message ?? 0;
  assert.match(await site.gateway.cli('messages', 'show', String(quarantined)), /OBX\|1\|NM/);
  // Once the feed is one of tests, it is read.
  await site.gateway.cli('feed', 'add', 'labo', '--from', '127.0.0.1', '--test');
  const { outcome } = await site.json<{ outcome: string }>('messages', 'retry', String(quarantined));
  assert.equal(outcome, 'entered');
  assert.equal((await site.chart(1)).groups.length, 2);
});

test('[PROVE-263] the same number with other words is kept beside, and both are told', async (t) => {
  const site = await Site.open(t);
  const sender = await site.send();
  for (const value of ['4.0', '5.0', '4.0', '5.0'])
    assert.equal((await sender.send(resultMessage({ controlId: 'same', patient: 3, filler: 'F1', value }))).code, 'AA');
  assert.equal((await site.feed()).received, 2);
  const versions = (await site.chart(3)).groups[0]?.results[0]?.versions.map(({ values }) => values[0]);
  assert.deepEqual(versions, ['5.0', '4.0']);
});

test('[PROVE-264] a patient merged by message is one, and two again when a person says so', async (t) => {
  const site = await Site.open(t);
  const sender = await site.send();
  await sender.send(resultMessage({ controlId: 'a', patient: 8, filler: 'FA' }));
  await sender.send(resultMessage({ controlId: 'b', patient: 16, filler: 'FB' }));
  await sender.send(movementMessage('A40', 'c', 8, 16));
  const joined = await site.chart(16);
  assert.equal(joined.groups.length, 2);
  await site.gateway.cli('chart', 'unmerge', String(joined.merges[0]?.no), '--reason', 'erreur');
  assert.deepEqual([(await site.chart(8)).groups.length, (await site.chart(16)).groups.length], [1, 1]);
});

test('[PROVE-265] a sender nobody expects is not let in, and is a stranger; nor is an unexpected MSH-3', async (t) => {
  const site = await Site.open(t, '--application', 'LABO');
  const { gateway } = site;
  const sender = await site.send();
  assert.equal((await sender.send(resultMessage({ controlId: 'x', patient: 1, application: 'AUTRE' }))).code, 'AE');
  assert.equal((await sender.send(resultMessage({ controlId: 'y', patient: 1 }))).code, 'AA');
  await gateway.cli('feed', 'remove', 'labo');
  // What is open sends no more either.
  assert.equal((await sender.send(resultMessage({ controlId: 'z', patient: 1 }))).code, 'AR');
  const other = await site.send();
  await other.closed;
  const log = await gateway.cli('log', '--kind', 'connection');
  assert.match(log, /feed add/);
});

test('[PROVE-266] over TLS a feed shows its own certificate, and nobody else’s', async (t) => {
  const gateway = await Gateway.start({ withHl7: true });
  t.after(() => gateway.dispose());
  const folder = identityFolder();
  t.after(() => folder.remove());
  const own = await enrol(gateway, folder.at('own'), 'labo');
  const other = await enrol(gateway, folder.at('other'), 'autre');
  await gateway.cli('feed', 'add', 'labo', '--from', '127.0.0.1', '--trust-anchor', 'site');
  const tls = ({ key, cert, ca }: DeviceFiles) => ({
    ...{ key: readFileSync(key), cert: readFileSync(cert), ca: readFileSync(ca) },
    checkServerIdentity: () => undefined,
  });
  const good = await MllpSender.open(gateway.hl7Tls, tls(own));
  assert.equal((await good.send(resultMessage({ controlId: 'x', patient: 1 }))).code, 'AA');
  for (const shown of [tls(other), { ca: readFileSync(own.ca), checkServerIdentity: () => undefined }]) {
    const bad = await MllpSender.open(gateway.hl7Tls, shown).catch(() => undefined);
    await assert.rejects(
      bad?.send(resultMessage({ controlId: 'y', patient: 1 })) ?? Promise.reject(new Error('refused')),
    );
  }
  const plain = await MllpSender.open(gateway.hl7);
  await plain.closed;
});

test('[PROVE-267] a hostile sender is bounded and harms no other', { timeout: 120_000 }, async (t) => {
  const site = await Site.open(t);
  const { gateway } = site;
  const good = await site.send();
  assert.equal((await good.send(resultMessage({ controlId: 'g1', patient: 1 }))).code, 'AA');
  // No VT, a VT inside, an end that is none: closed at once.
  for (const bytes of [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from('\x0bMSH|\x0b'),
    Buffer.from('\x0bMSH|^~\\&|\x1cX'),
  ]) {
    const bad = await site.send();
    bad.raw(bytes);
    await bad.closed;
  }
  // Messages without an end: each is cut at its limit, and the process holds no more than it may.
  const piece = Buffer.alloc(1024 * 1024, 0x41);
  const giants = await Promise.all(Array.from({ length: 12 }, () => site.send()));
  for (const giant of giants) giant.raw(Buffer.from('\x0bMSH|^~\\&|LABO|CHU|LG|S|20261127||ORU^R01|big|P|2.5\r'));
  for (let mb = 0; mb < 24; mb += 1) {
    for (const giant of giants) if (giant.isOpen) giant.raw(piece);
    await delay(20);
  }
  await Promise.all(giants.map(({ closed }) => closed));
  const { pss } = memoryOf(gateway.pid);
  assert(pss < 1.2e9, `${Math.round(pss / 1e6)} MB`);
  // A flood without waiting for answers, by somebody who never reads them.
  const flood = await site.send();
  for (let n = 0; n < 400; n += 1) flood.raw(framed(resultMessage({ controlId: `f${n}`, patient: 2, filler: 'FF' })));
  assert.equal((await good.send(resultMessage({ controlId: 'g2', patient: 1, filler: 'G2' }))).code, 'AA');
  flood.close();
  assert.equal((await site.chart(1)).groups.length, 2);
});

test('[PROVE-268] FHIR over HTTPS or on this machine: kept before it is answered, once, and on the same chart', async (t) => {
  const gateway = await Gateway.start({ withHl7: true, withWeb: 'plain' });
  t.after(() => gateway.dispose());
  await gateway.cli('feed', 'add', 'labo', '--from', '127.0.0.1');
  const added = await gateway.cli('web', 'token', 'add', 'labo', '--allow', 'fhir', '--json');
  const { secret } = JSON.parse(added) as { secret: string };
  const post = (body: unknown, path = '/fhir', token = secret) =>
    fetch(`http://127.0.0.1:${gateway.web}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const sender = await MllpSender.open(gateway.hl7);
  assert.equal((await sender.send(resultMessage({ controlId: 'v2', patient: 1 }))).code, 'AA');
  const identifier = [{ system: 'urn:oid:1.2.250.1.71.4.2.2', value: '100001', type: { coding: [{ code: 'PI' }] } }];
  const bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    identifier: { value: 'b1' },
    entry: [
      {
        fullUrl: 'urn:uuid:p',
        resource: {
          resourceType: 'Patient',
          identifier,
          name: [{ family: 'Martin', given: ['Claire1'] }],
          birthDate: '1931-02-15',
        },
      },
      {
        fullUrl: 'urn:uuid:o',
        resource: {
          ...{ resourceType: 'Observation', status: 'final', subject: { reference: 'urn:uuid:p' } },
          code: { coding: [{ system: 'http://loinc.org', code: '2823-3', display: 'Potassium' }] },
          valueQuantity: { value: 6.9, unit: 'mmol/L' },
          interpretation: [{ coding: [{ code: 'HH' }] }],
        },
      },
      {
        fullUrl: 'urn:uuid:r',
        resource: {
          ...{ resourceType: 'DiagnosticReport', status: 'final', subject: { reference: 'urn:uuid:p' } },
          code: { coding: [{ system: 'http://loinc.org', code: '24320-4' }] },
          result: [{ reference: 'urn:uuid:o' }],
          presentedForm: [
            { contentType: 'application/pdf', data: Buffer.from('%PDF-1.4 x').toString('base64'), title: 'CR' },
          ],
        },
      },
    ],
  };
  const first = await post(bundle);
  const answer = (await first.json()) as { type: string; entry: unknown[] };
  assert.deepEqual([first.status, answer.type, answer.entry.length], [200, 'transaction-response', 3]);
  assert.equal((await post(bundle)).status, 200);
  const { feeds } = JSON.parse(await gateway.cli('feed', 'list', '--json')) as { feeds: FeedState[] };
  assert.equal(feeds[0]?.received, 2);
  const { patients } = JSON.parse(await gateway.cli('patients', '100001', '--json')) as {
    patients: { patient: { chart: number; critical: number } }[];
  };
  assert.deepEqual([patients.length, patients[0]?.patient.critical], [1, 1]);
  const chart = JSON.parse(await gateway.cli('chart', String(patients[0]?.patient.chart), '--json')) as Chart & {
    documents: { form: string }[];
  };
  assert.deepEqual([chart.groups.length, chart.documents[0]?.form], [2, 'pdf']);
  const statusOf = async (...asked: Parameters<typeof post>) => (await post(...asked)).status;
  assert.equal(await statusOf(bundle, '/fhir', 'x'.repeat(43)), 403);
  assert.equal(await statusOf('{"resourceType":'), 400);
  assert.equal(await statusOf(bundle, '/fhir/Patient'), 404);
  assert.equal(await statusOf({ ...bundle, meta: { security: [{ code: 'HTEST' }] } }), 422);
});
