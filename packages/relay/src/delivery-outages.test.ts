import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Fault, ManualClock, silentLogger, systemRandomness, text } from '@leadglass/kit';
import type { AeTitle, Destination, Sha256 } from '@leadglass/model';
import { type ArrivalCommit, openSqliteRecords, type SqliteRecords } from '@leadglass/records';
import { DeliveryEngine } from './delivery.ts';
import { DEFAULT_DELIVERY_LIMITS } from './delivery-api.ts';

const PACS: Destination = {
  ...{ name: 'pacs', host: '192.0.2.9', port: 104, called: 'PACS' as AeTitle, calling: 'LEADGLASS' as AeTitle },
  ...{ tls: false, commitment: false },
};
const EXPLICIT = '1.2.840.10008.1.2.1';
const CUT = new Fault('wire.aborted', 'transient', text('coupé', 'cut'));

function arrival(n: number, nowMs: number): ArrivalCommit {
  const sha256 = n.toString(16).padStart(64, '0') as Sha256;
  const id = `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  const facts = {
    ...{ associationId: 'a', peer: 'CT1' as AeTitle, remoteAddress: '192.0.2.1', sha256, patient: '' },
    ...{ sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: `1.${n}`, studyInstanceUid: '1.2' },
  };
  return {
    arrival: {
      ...{ ...facts, id, receivedAtMs: nowMs, plainBytes: 10, sealedBytes: 10, metaBytes: 0 },
      ...{ place: { kind: 'file' }, transferSyntaxUid: EXPLICIT, seriesInstanceUid: '1.3', modality: 'CT' },
      ...{ verdict: 'clean', findings: [], disposition: { kind: 'deliver', reasons: [], status: 0 } },
    },
    destinations: ['pacs'],
    event: () => ({ id, atMs: nowMs, kind: 'config.changed', by: 'test', change: text('a', 'a') }),
    answer: { status: 0 },
    isKept: true,
  };
}

/** A PACS that is played, and what is known of it. */
class Stage {
  readonly clock = new ManualClock();
  readonly given: { readonly uid: string; readonly atMs: number }[] = [];
  readonly records: SqliteRecords;
  readonly engine: DeliveryEngine;
  maySend = true;
  backSinceMs: number | undefined;
  associations = 0;
  storeMs = 10;
  say: (uid: string) => number | Fault = () => 0;
  #made = 0;

  constructor(records: SqliteRecords) {
    this.records = records;
    this.engine = new DeliveryEngine({
      ...{ records, clock: this.clock, randomness: systemRandomness, log: silentLogger },
      limits: { ...DEFAULT_DELIVERY_LIMITS, resultsTogether: 1 },
      connect: async (_, contexts) => this.#associate(contexts),
      openPlain: async function* () {
        yield new Uint8Array(10);
      },
      outages: {
        maySend: () => this.maySend,
        backSinceMs: () => this.backSinceMs,
        served: () => {},
      },
    });
  }

  #associate(contexts: readonly { abstractSyntax: string; transferSyntaxes: readonly string[] }[]) {
    this.associations += 1;
    const association = {
      ...{ isOpen: true, hasBegunNext: false },
      contexts: contexts.map(({ abstractSyntax, transferSyntaxes: proposed }) => ({
        ...{ abstractSyntax, proposed, result: 0, transferSyntax: proposed[0] ?? '' },
      })),
      store: async ({ sopInstanceUid: uid }: { readonly sopInstanceUid: string }) => {
        await new Promise<void>((resolve) => void this.clock.after(this.storeMs, resolve));
        const said = this.say(uid);
        if (typeof said !== 'number') {
          association.isOpen = false;
          throw said;
        }
        if (said === 0) this.given.push({ uid, atMs: this.clock.monotonicMs() });
        return { status: said };
      },
      release: async () => {
        association.isOpen = false;
      },
      abort: () => {},
    };
    return association;
  }

  async come(count: number): Promise<void> {
    const batch = Array.from({ length: count }, () => {
      this.#made += 1;
      return arrival(this.#made, this.clock.now());
    });
    await this.records.commitArrivals(batch);
    this.engine.poke('pacs');
  }

  async pass(ms: number, stepMs: number): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(stepMs);
      for (let n = 0; n < 12; n += 1) await new Promise(setImmediate);
    }
  }

  get order(): readonly number[] {
    return this.given.map(({ uid }) => Number(uid.slice(2)));
  }

  /** The destination is up again. */
  async back(): Promise<void> {
    await this.records.outages.putInOrder('pacs');
    this.backSinceMs = this.clock.now();
    this.maySend = true;
    this.engine.resume('pacs');
  }
}

async function stage(t: TestContext, pacs: Partial<Destination> = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-delivery-'));
  const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock: new ManualClock() });
  const made = new Stage(records);
  t.after(async () => {
    const stopping = made.engine.stop();
    await made.pass(2_000, 100);
    await stopping;
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const destination = { ...PACS, ...pacs };
  await records.replaceConfig({ peers: [], destinations: [destination], routes: [] }, []);
  await made.engine.configure([destination]);
  return made;
}

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, at) => at + 1);

test('[CONT-20] nothing is sent while it is down, however much comes; what is under way is finished, and what broke off keeps its place', async (t) => {
  const here = await stage(t);
  await here.come(4);
  here.say = (uid) => {
    if (uid !== '1.2') return 0;
    here.maySend = false;
    return CUT;
  };
  await here.pass(200, 5);
  assert.deepEqual(here.order, [1]);
  here.say = () => 0;
  await here.come(5);
  const { associations } = here;
  await here.pass(3_600_000, 60_000);
  assert.equal(here.associations, associations);
  assert.deepEqual((await here.records.counts()).deliveries, {
    pending: 9 - here.given.length,
    delivered: here.given.length,
    failed: 0,
  });
  await here.back();
  await here.pass(1_000, 5);
  assert.deepEqual(here.order, upTo(9));
});

test('[CONT-21] what comes after the return goes before what was missed', async (t) => {
  const here = await stage(t);
  here.maySend = false;
  await here.come(60);
  await here.pass(60_000, 60_000);
  await here.back();
  await here.pass(100, 5);
  await here.come(2);
  await here.pass(3_000, 5);
  const places = [61, 62].map((n) => here.order.indexOf(n));
  assert.ok(
    places.every((place) => place > 0 && place < 30),
    `${places}`,
  );
  assert.deepEqual(
    here.order.filter((n) => n <= 60),
    upTo(60),
  );
});

test('[CONT-22] give-back leaves the receiver as much time as each object took, or keeps to what the destination bears', async (t) => {
  const gaps = ({ given }: Stage): number[] => given.slice(1).map(({ atMs }, at) => atMs - (given[at]?.atMs ?? 0));
  const half = await stage(t);
  half.maySend = false;
  await half.come(10);
  await half.pass(5, 5);
  await half.back();
  await half.pass(1_000, 1);
  assert.equal(half.given.length, 10);
  assert.ok(
    gaps(half).every((ms) => ms >= 20 && ms <= 25),
    `${gaps(half)}`,
  );
  const slow = await stage(t, { giveBackPerMinute: 600 });
  slow.maySend = false;
  await slow.come(10);
  await slow.pass(5, 5);
  await slow.back();
  await slow.pass(1_200, 1);
  assert.ok(
    gaps(slow).every((ms) => ms >= 100 && ms <= 105),
    `${gaps(slow)}`,
  );
  // What came since is sent as fast as ever.
  const normal = await stage(t);
  await normal.come(10);
  await normal.pass(200, 1);
  assert.ok(
    gaps(normal).every((ms) => ms <= 12),
    `${gaps(normal)}`,
  );
});

test('[CONT-23] a destination that answers everything with 0110 has no object given up for it; one object that alone is answered so has', async (t) => {
  const sick = await stage(t);
  sick.say = () => 0x0110;
  await sick.come(8);
  await sick.pass(45 * 60_000, 15_000);
  assert.equal((await sick.records.counts()).deliveries.failed, 0);
  sick.say = () => 0;
  await sick.pass(600_000, 5_000);
  assert.deepEqual((await sick.records.counts()).deliveries, { pending: 0, delivered: 8, failed: 0 });
  const odd = await stage(t);
  odd.say = (uid) => (uid === '1.3' ? 0x0110 : 0);
  await odd.come(8);
  await odd.pass(45 * 60_000, 15_000);
  assert.deepEqual((await odd.records.counts()).deliveries, { pending: 0, delivered: 7, failed: 1 });
});
