import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Fault, isFault, ManualClock, systemRandomness } from '@leadglass/kit';
import { type Place, parseSha256, type Sha256 } from '@leadglass/model';
import {
  type FileOps,
  generateIdentity,
  type Lane,
  LanePool,
  Layouter,
  type LayoutRecords,
  ObjectStore,
  PayloadSealer,
  prepareSeal,
  type Staged,
  type Stored,
} from '../src/index.ts';

export const LANE_BYTES = 131_072;
export const identity = generateIdentity();

/** What survives everything: the rows a records transaction made durable. */
export class Rows implements LayoutRecords {
  readonly all = new Map<Sha256, Stored>();

  async listInLanes(limit: number): Promise<readonly Stored[]> {
    return [...this.all.values()].filter(({ place }) => place.kind === 'lane').slice(0, limit);
  }

  async laidOut(sha256s: readonly Sha256[]): Promise<void> {
    for (const sha256 of sha256s) {
      const row = this.all.get(sha256);
      if (row !== undefined) this.all.set(sha256, { ...row, place: { kind: 'file' } });
    }
  }

  async laneFilesInUse(): Promise<readonly string[]> {
    return [...this.all.values()].flatMap(({ place }) => (place.kind === 'lane' ? [place.file] : []));
  }
}

/** One gateway from start to stop: keeper's store and layouter, and one intake's pool. */
export class Gateway {
  readonly store: ObjectStore;
  readonly layouter: Layouter;
  readonly clock = new ManualClock();
  readonly faults: Fault[] = [];
  readonly rows: Rows;
  readonly #intakeId: string;
  readonly #ops: FileOps;
  readonly #lanesAsked: Promise<void>[] = [];
  pool: LanePool | undefined;

  constructor(ops: FileOps, home: string, rows: Rows, intakeId: string) {
    this.#ops = ops;
    this.#intakeId = intakeId;
    this.rows = rows;
    this.store = new ObjectStore({
      vaultFolder: join(home, 'vault'),
      stagingFolder: join(home, 'staging'),
      laneBytes: LANE_BYTES,
      ops,
    });
    this.layouter = new Layouter({
      store: this.store,
      records: rows,
      clock: this.clock,
      laneFree: (file) =>
        file.startsWith(`${intakeId}.`)
          ? this.pool?.recycle(file)
          : void this.store.removeStaging(file).catch(this.#tell),
      onFault: this.#tell,
    });
  }

  readonly #tell = (fault: unknown): void => {
    assert.ok(isFault(fault), `not a Fault: ${String(fault)}`);
    this.faults.push(fault);
  };

  async start(): Promise<void> {
    await this.store.prepare();
    const inUse = await this.rows.laneFilesInUse();
    await this.store.cleanStaging(inUse);
    this.layouter.start([...new Set(inUse)]);
    const folder = await this.store.addIntake(this.#intakeId);
    this.pool = new LanePool({
      folder,
      intakeId: this.#intakeId,
      clock: this.clock,
      ops: this.#ops,
      laneBytes: LANE_BYTES,
      mostLanes: 3,
      wantLane: () => void this.#lanesAsked.push(this.#makeLane()),
      retired: (file) => this.layouter.laneRetired(file),
      onFault: this.#tell,
    });
    await this.lanesReady();
  }

  async #makeLane(): Promise<void> {
    try {
      const file = await this.store.createLane(this.#intakeId);
      this.pool?.add(file);
    } catch (thrown) {
      this.#tell(thrown);
      this.pool?.refuse();
    }
  }

  /** Waits for lanes that were asked for. */
  async lanesReady(): Promise<void> {
    for (let asked = this.#lanesAsked.shift(); asked !== undefined; asked = this.#lanesAsked.shift()) await asked;
  }

  /** One arrival, from plain bytes to its row. @returns where it was staged. */
  async receive(lane: Lane, plain: Uint8Array): Promise<Staged> {
    const sha256 = parseSha256(createHash('sha256').update(plain).digest('hex')) as Sha256;
    const object = lane.begin();
    try {
      const kit = prepareSeal([identity.recipient], systemRandomness);
      object.write(kit.head);
      const sealer = new PayloadSealer(kit.payloadKey);
      for (let at = 0; at < plain.byteLength; at += 50_000)
        sealer.update(plain.subarray(at, at + 50_000), object.write);
      sealer.finish(object.write);
      const staged = object.commit();
      await this.#keep(sha256, staged);
      return staged;
    } catch (thrown) {
      object.discard();
      throw thrown;
    } finally {
      object.settled();
      await this.lanesReady();
    }
  }

  async #keep(sha256: Sha256, staged: Staged): Promise<void> {
    try {
      await this.store.makeDurable(this.#intakeId, staged, this.rows.all.size % 2 === 0);
    } catch (thrown) {
      if (staged.kind === 'lane') this.pool?.forget(staged.file);
      throw thrown;
    }
    if (staged.kind === 'staged') await this.store.adopt(staged.file, sha256);
    const place: Place =
      staged.kind === 'lane' ? { kind: 'lane', file: staged.file, offset: staged.offset } : { kind: 'file' };
    // A duplicate stores nothing again (as records does).
    if (!this.rows.all.has(sha256)) this.rows.all.set(sha256, { sha256, place, sealedBytes: staged.sealedBytes });
    if (staged.kind === 'lane') this.layouter.arrived(staged.sealedBytes);
  }

  async stop(): Promise<void> {
    await this.layouter.drain();
    await this.layouter.stop();
    await this.store.close();
  }

  /** Checks every row's object with the real key. */
  async assertAllSound(): Promise<void> {
    for (const row of this.rows.all.values())
      assert.deepEqual(await this.store.check(row, [identity]), { sha256: row.sha256, isSound: true });
  }
}

const SIZES = [5000, 50_000, 0, 150_000, 5000, 60_000, 300_000, 30_000, 45_000, 45_000, 45_000];

/** A day's arrivals: some fit a lane, some outgrow it, one comes twice; laid out in the middle and at the end. @returns refused arrivals. */
export async function liveADay(gateway: Gateway): Promise<number> {
  await gateway.start();
  const lane = gateway.pool?.lease();
  assert.ok(lane);
  let refused = 0;
  for (const [i, size] of SIZES.entries()) {
    const plain = randomBytes(size);
    for (let time = 0; time < (i === 1 || i === 3 ? 2 : 1); time += 1) {
      await gateway.receive(lane, plain).catch((thrown: unknown) => {
        assert.ok(isFault(thrown), `not a Fault: ${String(thrown)}`);
        refused += 1;
      });
    }
    if (i === 5) await gateway.layouter.drain();
  }
  lane.release();
  await gateway.stop();
  return refused;
}

/** Wraps system calls: `before` sees each one and may throw in its place. */
export function watched(ops: FileOps, before: (name: keyof FileOps, first: unknown) => void): FileOps {
  const wrap =
    (name: keyof FileOps) =>
    (...args: unknown[]) => {
      const isSync = name.endsWith('Sync');
      try {
        before(name, args[0]);
      } catch (thrown) {
        if (isSync) throw thrown;
        return Promise.reject(thrown);
      }
      return (ops[name] as (...args: unknown[]) => unknown)(...args);
    };
  const names = Object.keys(ops) as (keyof FileOps)[];
  return Object.fromEntries(names.map((name) => [name, wrap(name)])) as unknown as FileOps;
}
