import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isFault, ManualClock } from '@leadglass/kit';
import type { Sha256 } from '@leadglass/model';
import { Gateway, LANE_BYTES, liveADay, Rows, watched } from '../../test/day.ts';
import { errno, PowerDisk } from '../../test/power.ts';
import { type FileOps, systemFileOps } from './file-ops.ts';
import type { Staged } from './lane-object.ts';
import { LanePool } from './lane-pool.ts';
import { Layouter } from './layouter.ts';
import { objectFile } from './object-files.ts';
import type { Stored } from './object-store.ts';

function temporary(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-vault-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function started(t: TestContext, rows = new Rows(), home = temporary(t), intakeId = 'a1') {
  const gateway = new Gateway(systemFileOps, home, rows, intakeId);
  await gateway.start();
  const lane = gateway.pool?.lease();
  assert.ok(lane);
  return { gateway, lane, home, rows };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (thrown: unknown) => (isFault(thrown) ? thrown.code : `not a Fault: ${String(thrown)}`),
  );

test('[VAULT-20] a day on a real disk: everything opens from its lane, then from its own file; staging ends empty of objects', async (t) => {
  const home = temporary(t);
  const rows = new Rows();
  const gateway = new Gateway(systemFileOps, home, rows, 'a1');
  assert.equal(await liveADay(gateway), 0);
  assert.equal(rows.all.size, 11);
  await gateway.assertAllSound();
  const listed: Sha256[] = [];
  for await (const sha256 of gateway.store.list()) listed.push(sha256);
  assert.deepEqual(listed, [...rows.all.keys()].sort());
  assert.deepEqual(readdirSync(join(home, 'vault', 'tmp')), []);
  assert.deepEqual(gateway.faults, []);
  assert.ok((await gateway.store.freeBytes()) > 0);
});

test('[VAULT-21] power lost at any system call: every recorded object is there after the restart', async () => {
  let calls = 0;
  const disk = new PowerDisk();
  await liveADay(
    new Gateway(
      watched(disk.ops(), () => {
        calls += 1;
      }),
      '/',
      new Rows(),
      'a1',
    ),
  );
  assert.ok(calls > 150);
  for (let last = 1; last <= calls; last += 1) await loseAndRestart(last);
});

async function loseAndRestart(lastCall: number): Promise<void> {
  const disk = new PowerDisk();
  const rows = new Rows();
  let calls = 0;
  const off = () => {
    calls += 1;
    if (calls > lastCall) throw errno('EIO');
  };
  await liveADay(new Gateway(watched(disk.ops(), off), '/', rows, 'a1')).catch((thrown: unknown) =>
    assert.ok(isFault(thrown)),
  );
  disk.fail();
  const after = new Gateway(disk.ops(), '/', rows, 'a2');
  await after.start();
  await after.assertAllSound();
  await after.stop();
  await after.assertAllSound();
  assert.deepEqual(await rows.listInLanes(1), []);
  assert.deepEqual(after.faults, []);
}

test('[VAULT-22] any one system call failing costs at most the arrival it serves, is a Fault, and loses nothing recorded', async () => {
  const names: (keyof FileOps)[] = [];
  await liveADay(
    new Gateway(
      watched(new PowerDisk().ops(), (name) => void names.push(name)),
      '/',
      new Rows(),
      'a1',
    ),
  );
  for (const failing of names.keys()) {
    await failOnce(failing, failing % 2 === 0 ? 'ENOSPC' : 'EROFS');
  }
});

async function failOnce(failing: number, code: string): Promise<void> {
  const disk = new PowerDisk();
  const rows = new Rows();
  let calls = 0;
  const ops = watched(disk.ops(), () => {
    calls += 1;
    if (calls === failing + 1) throw errno(code);
  });
  const refused = await liveADay(new Gateway(ops, '/', rows, 'a1')).catch((thrown: unknown) => {
    assert.ok(isFault(thrown), `not a Fault: ${String(thrown)}`);
    return 0;
  });
  assert.ok(refused <= 1);
  disk.fail();
  const after = new Gateway(disk.ops(), '/', rows, 'a2');
  await after.start();
  await after.stop();
  await after.assertAllSound();
}

test('[VAULT-22] each kind of system call failing on a real disk is a Fault of this room, and the next start finds all', async (t) => {
  for (const failing of Object.keys(systemFileOps)) {
    const home = temporary(t);
    const rows = new Rows();
    let seen = 0;
    const ops = watched(systemFileOps, (name) => {
      if (name === failing) seen += 1;
      if (name === failing && seen === 3) throw errno('ENOSPC');
    });
    await liveADay(new Gateway(ops, home, rows, 'a1')).catch((thrown: unknown) => assert.ok(isFault(thrown)));
    const after = new Gateway(systemFileOps, home, rows, 'a2');
    await after.start();
    await after.stop();
    await after.assertAllSound();
  }
});

test('[VAULT-22] a full disk and a read-only one are told apart', async () => {
  for (const [code, expected] of [
    ['ENOSPC', 'vault.disk-full'],
    ['EROFS', 'vault.unwritable'],
  ] as const) {
    const ops = watched(new PowerDisk().ops(), (name) => {
      if (name === 'syncData') throw errno(code);
    });
    const gateway = new Gateway(ops, '/', new Rows(), 'a1');
    await gateway.store.prepare();
    await gateway.store.addIntake('a1');
    assert.equal(await codeOf(gateway.store.createLane('a1')), expected);
  }
});

test('[VAULT-23] objects left in lanes by a crash are laid out after the restart, and the dead intake’s lanes are removed', async (t) => {
  const { gateway, lane, home, rows } = await started(t);
  for (let i = 0; i < 5; i += 1) await gateway.receive(lane, randomBytes(30_000));
  assert.equal((await rows.listInLanes(9)).length, 5);
  await gateway.layouter.stop();
  const after = new Gateway(systemFileOps, home, rows, 'a2');
  await after.start();
  await after.assertAllSound();
  await after.stop();
  assert.equal((await rows.listInLanes(9)).length, 0);
  await after.assertAllSound();
  assert.deepEqual(readdirSync(join(home, 'staging', 'a1')), []);
});

test('[VAULT-24] what an intake names is a file of its own staging folder or nothing', async (t) => {
  const { gateway, lane, home } = await started(t);
  const good = await gateway.receive(lane, randomBytes(100));
  const { store } = gateway;
  for (const file of [
    '',
    '..',
    '../a1.0.lane',
    'a1/../../x.lane',
    'a2.0.lane',
    'a1.00.lane',
    'a1.0.lane\0',
    'a1.0.staged',
    `a1.${'9'.repeat(99)}.lane`,
  ]) {
    assert.equal(
      await codeOf(store.makeDurable('a1', { kind: 'lane', file, offset: 0, sealedBytes: 10 })),
      'vault.bad-place',
    );
  }
  for (const [offset, sealedBytes] of [
    [-1, 10],
    [0.5, 10],
    [0, 0],
    [0, Number.NaN],
    [0, LANE_BYTES + 1],
    [LANE_BYTES, 1],
    [2 ** 60, 1],
  ] as const) {
    assert.equal(
      await codeOf(store.makeDurable('a1', { kind: 'lane', file: good.file, offset, sealedBytes })),
      'vault.bad-place',
    );
  }
  symlinkSync('/etc/hostname', join(home, 'staging', 'a1', 'a1.77.staged'));
  assert.equal(
    await codeOf(store.makeDurable('a1', { kind: 'staged', file: 'a1.77.staged', sealedBytes: 5 })),
    'vault.unreadable',
  );
  assert.equal(
    await codeOf(store.makeDurable('a1', { kind: 'staged', file: 'a1.78.staged', sealedBytes: 5 })),
    'vault.missing',
  );
});

test('[VAULT-24] a staged file announced for an object that is already there does not replace it', async (t) => {
  const { gateway, lane, home, rows } = await started(t);
  await gateway.receive(lane, randomBytes(400_000));
  const [row] = rows.all.values();
  assert.ok(row);
  writeFileSync(join(home, 'staging', 'a1', 'a1.9.staged'), 'false');
  await gateway.store.makeDurable('a1', { kind: 'staged', file: 'a1.9.staged', sealedBytes: 5 });
  await gateway.store.adopt('a1.9.staged', row.sha256);
  await gateway.assertAllSound();
  assert.equal(existsSync(join(home, 'staging', 'a1', 'a1.9.staged')), false);
});

test('[VAULT-25] files in staging and vault are readable by their owner alone', async (t) => {
  const { gateway, lane, home, rows } = await started(t);
  await gateway.receive(lane, randomBytes(100));
  await gateway.receive(lane, randomBytes(400_000));
  await gateway.layouter.drain();
  const files = [...readdirSync(home, { recursive: true })]
    .map((name) => statSync(join(home, String(name))))
    .filter((stat) => stat.isFile());
  assert.ok(files.length >= rows.all.size + 1);
  for (const stat of files) assert.equal(stat.mode & 0o777, 0o600);
});

test('[VAULT-26] a lane is reused only when it is full, settled, laid out and unread', async (t) => {
  const { gateway, lane, rows } = await started(t);
  const first = await gateway.receive(lane, randomBytes(50_000));
  const row = [...rows.all.values()][0] as Stored;
  const reader = await gateway.store.open(row);
  for (let i = 0; i < 3; i += 1) await gateway.receive(lane, randomBytes(50_000));
  assert.equal(gateway.store.hasReaders(first.file), true);
  await gateway.layouter.drain();
  assert.ok(gateway.layouter.waiting.retiredLanes >= 1);
  assert.equal((await reader.read(0, 21)).toString(), 'age-encryption.org/v1');
  await reader.close();
  gateway.clock.advance(10_000);
  await gateway.layouter.drain();
  assert.equal(gateway.layouter.waiting.retiredLanes, 0);
  await gateway.assertAllSound();
});

test('[VAULT-26] an unsettled object keeps its lane from being offered', () => {
  const retired: string[] = [];
  const disk = new PowerDisk();
  const ops = disk.ops();
  const pool = new LanePool({
    folder: '/',
    intakeId: 'a1',
    clock: new ManualClock(),
    ops,
    laneBytes: 16_384,
    warm: 1,
    mostLanes: 1,
    wantLane: () => {},
    retired: (file) => void retired.push(file),
  });
  ops.closeSync(ops.openSync('/a1.0.lane', 0o100));
  pool.add('a1.0.lane');
  const object = pool.lease().begin();
  object.write(new Uint8Array(16_384));
  assert.deepEqual(object.commit(), { kind: 'lane', file: 'a1.0.lane', offset: 0, sealedBytes: 16_384 });
  assert.deepEqual(retired, []);
  object.settled();
  object.settled();
  assert.deepEqual(retired, ['a1.0.lane']);
  assert.equal(pool.lease().begin().commit().kind, 'staged');
  pool.recycle('a1.0.lane');
  assert.equal(pool.lease().begin().commit().kind, 'lane');
});

// After an object larger than a lane the next one begins in a file of its own: multi-frame objects come in rows.
test('[VAULT-27] objects begin on blocks of their own; one that outgrows its lane moves whole', async (t) => {
  const { gateway, lane } = await started(t);
  const places = [];
  for (const size of [1, 5000, 100_000, 20_000, 150_000, 10, 10])
    places.push(await gateway.receive(lane, randomBytes(size)));
  assert.deepEqual(
    places.map(({ kind }) => kind),
    ['lane', 'lane', 'lane', 'lane', 'staged', 'staged', 'lane'],
  );
  for (const place of places) if (place.kind === 'lane') assert.equal(place.offset % 4096, 0);
  await gateway.assertAllSound();
});

test('[VAULT-27] without any lane objects get files of their own', async (t) => {
  const home = temporary(t);
  const ops = watched(systemFileOps, (name, path) => {
    if (name === 'open' && String(path).endsWith('.lane')) throw errno('ENOSPC');
  });
  const gateway = new Gateway(ops, home, new Rows(), 'a1');
  await gateway.start();
  const lane = gateway.pool?.lease();
  assert.ok(lane);
  assert.equal((await gateway.receive(lane, randomBytes(5000))).kind, 'staged');
  await gateway.assertAllSound();
  assert.equal(gateway.faults[0]?.code, 'vault.disk-full');
});

test('[VAULT-28] a destroyed object cannot be opened again, from its lane or its file, nor be laid out', async (t) => {
  const { gateway, lane, rows } = await started(t);
  await gateway.receive(lane, randomBytes(3000));
  await gateway.receive(lane, randomBytes(3000));
  const [first, second] = [...rows.all.values()] as [Stored, Stored];
  await gateway.store.remove(first);
  const { done, failed } = await gateway.store.layOut([first, second]);
  assert.deepEqual(done, [second.sha256]);
  assert.deepEqual(
    failed.map(({ sha256, fault }) => [sha256, fault.code]),
    [[first.sha256, 'vault.not-age']],
  );
  await gateway.store.remove(second);
  assert.equal((await gateway.store.check({ ...second, place: { kind: 'file' } }, [])).fault, 'vault.missing');
  assert.equal((await gateway.store.check(second, [])).fault, 'vault.not-age');
});

test('[VAULT-28] what is erased is what the record names at that moment: a lane that was left is not touched', async (t) => {
  const { gateway, lane, rows, home } = await started(t);
  await gateway.receive(lane, randomBytes(3000));
  await gateway.receive(lane, randomBytes(3000));
  const [first, second] = [...rows.all.values()] as [Stored, Stored];
  const { place } = first;
  assert.ok(place.kind === 'lane');
  const file = join(home, 'staging', 'a1', place.file);
  const isHeaderThere = () => readFileSync(file).toString('latin1', place.offset, place.offset + 4) === 'age-';
  let isRead = false;
  await gateway.store.remove(first, async () => {
    isRead = gateway.store.hasReaders(place.file);
    return { kind: 'file' };
  });
  assert.deepEqual([isRead, isHeaderThere(), gateway.store.hasReaders(place.file)], [true, true, false]);
  await gateway.store.remove(first, async () => place);
  assert.equal(isHeaderThere(), false);
  await gateway.store.remove(first, async () => place);
  assert.deepEqual((await gateway.store.layOut([second])).done, [second.sha256]);
});

test('[VAULT-20] an own file of another length than recorded is not preferred to the lane, and is replaced', async (t) => {
  const { gateway, lane, rows, home } = await started(t);
  await gateway.receive(lane, randomBytes(3000));
  const [row] = [...rows.all.values()] as [Stored];
  assert.equal(await gateway.store.holds(row), true);
  assert.equal(await gateway.store.holds({ ...row, place: { kind: 'file' } }), false);
  await gateway.store.layOut([row]);
  truncateSync(objectFile(join(home, 'vault', 'objects'), row.sha256), 100);
  await gateway.assertAllSound();
  await gateway.store.layOut([row]);
  assert.equal(await gateway.store.holds({ ...row, place: { kind: 'file' } }), true);
});

test('[VAULT-29] after a failed sync a lane is never believed again', async (t) => {
  let isFailing = false;
  const ops = watched(systemFileOps, (name) => {
    if (name === 'syncData' && isFailing) throw errno('EIO');
  });
  const gateway = new Gateway(ops, temporary(t), new Rows(), 'a1');
  await gateway.start();
  const lane = gateway.pool?.lease();
  assert.ok(lane);
  const staged = await gateway.receive(lane, randomBytes(10));
  isFailing = true;
  assert.equal(await codeOf(gateway.receive(lane, randomBytes(10))), 'vault.unwritable');
  isFailing = false;
  assert.equal(await codeOf(gateway.store.makeDurable('a1', staged)), 'vault.unwritable');
  assert.notEqual((await gateway.receive(lane, randomBytes(10))).file, staged.file);
});

function layouterOf(rows: Stored[]) {
  const clock = new ManualClock();
  const rounds: number[] = [];
  const layouter = new Layouter({
    clock,
    store: {
      hasReaders: () => false,
      layOut: async (batch) => {
        rounds.push(batch.length);
        return { done: batch.map(({ sha256 }) => sha256), failed: [] };
      },
    },
    records: {
      listInLanes: async (limit) => rows.slice(0, limit),
      laidOut: async (sha256s) => void rows.splice(0, sha256s.length),
      laneFilesInUse: async () => [],
    },
    laneFree: () => {},
    onFault: assert.fail,
    mostWaitingBytes: 1000,
    roundObjects: 2,
  });
  return { clock, rounds, layouter };
}

const row = (i: number): Stored => ({
  sha256: i.toString(16).padStart(64, '0') as Sha256,
  place: { kind: 'lane', file: 'a1.0.lane', offset: 0 },
  sealedBytes: 100,
});
const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

test('[VAULT-30] laying out holds back while arrivals are busy, until 150 ms without one', async () => {
  const rows: Stored[] = [];
  const { clock, rounds, layouter } = layouterOf(rows);
  for (let i = 0; i < 5; i += 1) {
    rows.push(row(i));
    layouter.arrived(100);
    clock.advance(100);
    await soon();
  }
  assert.deepEqual(rounds, []);
  clock.advance(300);
  await soon();
  assert.deepEqual(rounds, [2, 2, 1]);
  await layouter.stop();
});

test('[VAULT-30] too much waiting is laid out while busy, down to half', async () => {
  const rows: Stored[] = [];
  const { clock, rounds, layouter } = layouterOf(rows);
  for (let i = 0; i < 10; i += 1) {
    rows.push(row(i));
    layouter.arrived(100);
    clock.advance(1);
  }
  await soon();
  assert.deepEqual(rounds, [2, 2, 2]);
  assert.equal(layouter.waiting.bytes, 400);
  await layouter.drain();
  assert.equal(rows.length, 0);
  await layouter.stop();
});

// Node disables fsync and fdatasync in such a process: the pool may not need them.
test('[VAULT-31] the intake’s half works in a process that may write to its staging folder alone', async (t) => {
  const { gateway, home } = await started(t);
  const file = await gateway.store.createLane('a1');
  const folder = join(home, 'staging', 'a1');
  const script = `
    import { LanePool } from ${JSON.stringify(new URL('./lane-pool.ts', import.meta.url).href)};
    import { ManualClock } from ${JSON.stringify(import.meta.resolve('@leadglass/kit'))};
    const [folder, file] = process.argv.slice(-2);
    const pool = new LanePool({ folder, intakeId: 'a1', clock: new ManualClock(), laneBytes: ${LANE_BYTES}, wantLane() {}, retired() {} });
    pool.add(file);
    const write = (bytes) => { const object = pool.lease().begin(); object.write(new Uint8Array(bytes).fill(7)); return object.commit(); };
    console.log(JSON.stringify([write(1000), write(${LANE_BYTES + 1})]));`;
  const flags = [
    '--permission',
    '--allow-fs-read=*',
    `--allow-fs-write=${folder}`,
    '--input-type=module-typescript',
    '-e',
    script,
  ];
  const run = spawnSync(process.execPath, [...flags, '--', folder, file], { encoding: 'utf8' });
  const staged = JSON.parse(run.stdout || JSON.stringify(run.stderr));
  assert.deepEqual(staged, [
    { kind: 'lane', file, offset: 0, sealedBytes: 1000 },
    { kind: 'staged', file: 'a1.0.staged', sealedBytes: LANE_BYTES + 1 },
  ]);
  for (const place of staged as Staged[]) await gateway.store.makeDurable('a1', place);
});
