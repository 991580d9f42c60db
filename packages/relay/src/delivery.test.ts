import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Fault, ManualClock, silentLogger, systemRandomness, text } from '@leadglass/kit';
import type { AeTitle, Destination, Sha256 } from '@leadglass/model';
import { type ArrivalCommit, openSqliteRecords, type Records } from '@leadglass/records';
import { DeliveryEngine } from './delivery.ts';
import { DEFAULT_DELIVERY_LIMITS, type DeliveryAssociation, type DeliveryLimits } from './delivery-api.ts';

const PACS: Destination = {
  name: 'pacs',
  host: '192.0.2.9',
  port: 104,
  called: 'PACS' as AeTitle,
  calling: 'LEADGLASS' as AeTitle,
  tls: false,
  commitment: false,
};
const CT = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';

const fault = (code: string, retry: 'transient' | 'ambiguous' | 'permanent', sentence = 'x') =>
  new Fault(code, retry, text(sentence, sentence));

/** A destination played by the test: what it says to the n-th try of an object (a status, or what `store` rejects with). */
type Say = (sopInstanceUid: string, attempt: number) => number | Fault;

class Stage {
  readonly clock: ManualClock;
  readonly tries = new Map<string, number>();
  readonly records: Records;
  readonly engine: DeliveryEngine;
  associations = 0;
  say: Say = () => 0;
  connectFault: Fault | undefined;

  constructor(records: Records, clock: ManualClock, limits: Partial<DeliveryLimits>) {
    this.records = records;
    this.clock = clock;
    this.engine = new DeliveryEngine({
      records: this.records,
      clock: this.clock,
      randomness: systemRandomness,
      log: silentLogger,
      limits: { ...DEFAULT_DELIVERY_LIMITS, resultsTogether: 1, ...limits },
      connect: async (_destination, contexts) => this.#associate(contexts),
      openPlain: async function* () {
        yield new Uint8Array(10);
      },
    });
  }

  #associate(
    contexts: readonly { abstractSyntax: string; transferSyntaxes: readonly string[] }[],
  ): DeliveryAssociation {
    if (this.connectFault !== undefined) throw this.connectFault;
    this.associations += 1;
    const association = {
      isOpen: true,
      hasBegunNext: false,
      contexts: contexts.map(({ abstractSyntax, transferSyntaxes: proposed }) => ({
        abstractSyntax,
        proposed,
        result: 0,
        transferSyntax: proposed[0] ?? '',
      })),
      store: async ({ sopInstanceUid }: { readonly sopInstanceUid: string }) => {
        const attempt = (this.tries.get(sopInstanceUid) ?? 0) + 1;
        this.tries.set(sopInstanceUid, attempt);
        const said = this.say(sopInstanceUid, attempt);
        if (typeof said === 'number') return { status: said };
        association.isOpen = false;
        throw said;
      },
      release: async () => {
        association.isOpen = false;
      },
      abort: () => {},
    };
    return association;
  }

  /** Lets everything that can happen now happen. */
  async settle(): Promise<void> {
    for (let i = 0; i < 60; i += 1) await new Promise(setImmediate);
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  async start(instances: readonly string[]): Promise<void> {
    await this.records.replaceConfig({ peers: [], destinations: [PACS], routes: [] }, []);
    await this.records.commitArrivals(instances.map((uid, i) => arrival(uid, i, this.clock.now())));
    await this.engine.configure([PACS]);
    await this.settle();
  }

  async states(): Promise<readonly string[]> {
    const rows = await this.records.listDeliveries({ destination: 'pacs' }, 100);
    return [...rows]
      .sort((a, b) => a.id - b.id)
      .map(({ state, status, fault: code }) =>
        [state, status?.toString(16), code].filter((each) => each !== undefined).join(' '),
      );
  }

  async kinds(): Promise<readonly string[]> {
    return (await this.records.events({}, 1000))
      .map(({ event }) => event.kind)
      .filter((kind) => kind.startsWith('delivery.'));
  }
}

function arrival(sopInstanceUid: string, i: number, nowMs: number): ArrivalCommit {
  const sha256 = i.toString(16).padStart(64, '0') as Sha256;
  const id = `00000000-0000-7000-8000-${String(i).padStart(12, '0')}`;
  const facts = {
    associationId: 'a',
    peer: 'CT1' as AeTitle,
    remoteAddress: '192.0.2.1',
    sha256,
    sopClassUid: CT,
    sopInstanceUid,
    studyInstanceUid: '1.2',
    patient: '',
  };
  return {
    arrival: {
      ...facts,
      id,
      receivedAtMs: nowMs,
      plainBytes: 10,
      sealedBytes: 10,
      metaBytes: 0,
      place: { kind: 'file' },
      transferSyntaxUid: EXPLICIT,
      seriesInstanceUid: '1.2',
      modality: 'CT',
      verdict: 'clean',
      findings: [],
      disposition: { kind: 'deliver', reasons: [], status: 0 },
    },
    destinations: ['pacs'],
    answer: { status: 0 },
    isKept: true,
    event: (outcome) => ({
      ...facts,
      id,
      atMs: nowMs,
      kind: 'arrival.stored',
      arrivalId: id,
      bytes: 10,
      outcome,
      verdict: 'clean',
      findings: [],
      destinations: ['pacs'],
    }),
  };
}

async function stageFor(t: TestContext, limits: Partial<DeliveryLimits> = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-relay-'));
  const clock = new ManualClock();
  const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock });
  const stage = new Stage(records, clock, limits);
  t.after(async () => {
    await stage.engine.stop();
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return stage;
}

test('[RELAY-29] each status has its outcome: delivered, tried again, or given up; one object does not stop the others', async (t) => {
  const stage = await stageFor(t);
  const statuses: Readonly<Record<string, number>> = {
    '1.1': 0,
    '1.2': 0xb000,
    '1.3': 0xc000,
    '1.4': 0xa700,
    '1.5': 0x0111,
    '1.6': 0x0124,
    '1.7': 0,
  };
  stage.say = (uid) => statuses[uid] ?? 0;
  await stage.start(Object.keys(statuses));
  assert.deepEqual(await stage.states(), [
    'delivered 0',
    'delivered b000',
    'failed c000 relay.store-refused',
    'pending a700 relay.store-refused',
    'delivered 111',
    'failed 124 relay.store-refused',
    'delivered 0',
  ]);
  assert.equal(stage.associations, 1);
});

test('[RELAY-27] an object refused for lack of resources is tried until it is taken', async (t) => {
  const stage = await stageFor(t);
  stage.say = (_uid, attempt) => (attempt < 15 ? 0xa700 : 0);
  await stage.start(['1.1']);
  for (let i = 0; i < 14; i += 1) await stage.pass(DEFAULT_DELIVERY_LIMITS.longestRetryMs);
  assert.deepEqual(await stage.states(), ['delivered 0']);
  assert.deepEqual(await stage.kinds(), [
    'delivery.retrying',
    'delivery.retrying',
    'delivery.retrying',
    'delivery.retrying',
    'delivery.delivered',
  ]);
});

test('[RELAY-34] a doubtful status is given up after some tries, for a person to look', async (t) => {
  const stage = await stageFor(t, { doubtfulAttempts: 3 });
  stage.say = () => 0x0110;
  await stage.start(['1.1']);
  for (let i = 0; i < 5; i += 1) await stage.pass(DEFAULT_DELIVERY_LIMITS.longestRetryMs);
  assert.deepEqual([await stage.states(), stage.tries.get('1.1')], [['failed 110 relay.store-refused'], 3]);
});

test('[RELAY-35] an object that kills the association each time is put off; the others pass', async (t) => {
  const stage = await stageFor(t);
  stage.say = (uid) => (uid === '1.1' ? fault('wire.aborted', 'ambiguous') : 0);
  await stage.start(['1.1', '1.2', '1.3']);
  await stage.pass(2000);
  assert.deepEqual(await stage.states(), ['pending wire.aborted', 'delivered 0', 'delivered 0']);
});

test('[RELAY-36] no association, permanent rejection included, gives no object up; the waits grow', async (t) => {
  const stage = await stageFor(t);
  stage.connectFault = fault('wire.rejected', 'permanent');
  await stage.start(['1.1', '1.2']);
  for (let i = 0; i < 40; i += 1) await stage.pass(60_000);
  assert.ok((await stage.states()).every((state) => state.startsWith('pending')));
  const { failures } = stage.engine.states()[0] ?? { failures: 0 };
  assert.ok(failures > 10 && failures < 30, `${failures} tries in 40 minutes`);
  assert.ok((await stage.kinds()).length <= 5);
  stage.connectFault = undefined;
  stage.engine.retryNow('pacs');
  await stage.settle();
  await stage.pass(DEFAULT_DELIVERY_LIMITS.longestRetryMs);
  assert.deepEqual(await stage.states(), ['delivered 0', 'delivered 0']);
});

test('[RELAY-37] records that cannot be written: nothing counts as delivered, and it is written later', async (t) => {
  const stage = await stageFor(t);
  const write = stage.records.recordDeliveries.bind(stage.records);
  let isDown = true;
  stage.records.recordDeliveries = async (results, events) => {
    if (isDown) throw fault('records.unwritable', 'transient');
    await write(results, events);
  };
  await stage.start(['1.1', '1.2']);
  assert.deepEqual(await stage.states(), ['pending', 'pending']);
  isDown = false;
  await stage.pass(2000);
  assert.deepEqual(await stage.states(), ['delivered 0', 'delivered 0']);
  assert.deepEqual([...stage.tries.values()], [1, 1], 'the answers were kept, nothing was sent twice');
});

test('[RELAY-22] when what failed was taken away meanwhile, the next object is tried at once', async (t) => {
  const stage = await stageFor(t);
  stage.connectFault = fault('wire.refused-connection', 'transient');
  await stage.start(['1.1']);
  await stage.records.destroyCustody('0'.padStart(64, '0') as Sha256, []);
  // The rest after the failure passes; nothing waits any more.
  await stage.pass(60_000);
  stage.connectFault = undefined;
  await stage.records.commitArrivals([arrival('1.2', 1, stage.clock.now())]);
  stage.engine.poke('pacs');
  await stage.settle();
  assert.equal(stage.tries.get('1.2'), 1);
});
