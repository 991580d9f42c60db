import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Fault, ManualClock, silentLogger, text } from '@leadglass/kit';
import type { AeTitle, Finding, Peer, Sha256 } from '@leadglass/model';
import { openSqliteRecords, type Records } from '@leadglass/records';
import { ObjectStore } from '@leadglass/vault';
import { Committer } from './committer.ts';
import { Custodian, type CustodianStore, type ReceivedFacts } from './custodian.ts';

const PEER: Peer = {
  aeTitle: 'CT1' as AeTitle,
  from: '192.0.2.1/32',
  allow: ['store'],
  whenHeld: 'keep-sending',
  privateSopClasses: [],
};
const INTAKE = 'a1';
const LANE_BYTES = 65_536;
const SHUT = new Fault('ledger.unwritable', 'transient', text('fermé', 'shut'));
const BROKEN = new Fault('records.unwritable', 'transient', text('panne', 'broken'));

interface Sent {
  readonly facts: ReceivedFacts;
  readonly sha256: Sha256;
  readonly file: string;
}

/** A keeper's stores on a temporary folder; what an intake would have written is written by hand. */
class House {
  readonly home: string;
  readonly records: Records;
  readonly store: ObjectStore;
  readonly log: string[] = [];
  gate: Fault | undefined;
  commitFault: Fault | undefined;
  /** Runs inside each commit, before it. */
  beforeCommit: () => Promise<void> = async () => {};
  storeFault: { readonly name: keyof CustodianStore; readonly fault: Fault } | undefined;
  #lane = '';
  #laneEnd = 0;
  #number = 100;

  constructor(home: string, records: Records) {
    this.home = home;
    this.records = records;
    this.store = new ObjectStore({
      vaultFolder: join(home, 'vault'),
      stagingFolder: join(home, 'staging'),
      laneBytes: LANE_BYTES,
    });
  }

  async prepare(): Promise<void> {
    await this.store.prepare();
    await this.store.addIntake(INTAKE);
    this.#lane = await this.store.createLane(INTAKE);
  }

  custodian(): Custodian {
    const { store, records } = this;
    const failing =
      <A extends unknown[], R>(name: keyof CustodianStore, act: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (this.storeFault?.name === name) throw this.storeFault.fault;
        return act(...args);
      };
    const commits: Pick<Records, 'commitArrivals'> = {
      commitArrivals: async (batch) => {
        await this.beforeCommit();
        if (this.commitFault !== undefined) throw this.commitFault;
        return records.commitArrivals(batch);
      },
    };
    return new Custodian({
      committer: new Committer(commits, silentLogger),
      records,
      clock: new ManualClock(),
      log: { ...silentLogger, warn: (event) => void this.log.push(event) },
      rules: () => ({ routes: [], destinations: [] }),
      gate: () => this.gate,
      store: {
        makeDurable: failing('makeDurable', (intakeId, staged) => store.makeDurable(intakeId, staged)),
        adopt: failing('adopt', (file, sha256, sealedBytes) => store.adopt(file, sha256, sealedBytes)),
        discard: (intakeId, staged) => store.discard(intakeId, staged),
        holds: (stored) => store.holds(stored),
        removeUnrecorded: (sha256, isRecorded) => store.removeUnrecorded(sha256, isRecorded),
      },
      laneFailed: () => {},
      committed: () => {},
    });
  }

  /** An object with a file of its own in staging. */
  staged(content: string, more: Partial<ReceivedFacts> = {}): Sent {
    const file = `${INTAKE}.${this.#number++}.staged`;
    const bytes = sealed(content);
    writeFileSync(join(this.home, 'staging', INTAKE, file), bytes);
    const sha256 = hash(content);
    const staged = { kind: 'staged', file, sealedBytes: bytes.byteLength } as const;
    return { facts: factsOf({ kept: { sha256, staged }, ...more }), sha256, file };
  }

  /** An object in the lane. */
  async inLane(content: string): Promise<Sent & { readonly offset: number }> {
    const bytes = sealed(content);
    const offset = this.#laneEnd;
    this.#laneEnd += 4096;
    const { open } = await import('node:fs/promises');
    const handle = await open(join(this.home, 'staging', INTAKE, this.#lane), 'r+');
    await handle.write(bytes, 0, bytes.byteLength, offset);
    await handle.close();
    const sha256 = hash(content);
    const staged = { kind: 'lane', file: this.#lane, offset, sealedBytes: bytes.byteLength } as const;
    return { facts: factsOf({ kept: { sha256, staged } }), sha256, file: this.#lane, offset };
  }

  own(sha256: Sha256): string {
    const objects = join(this.home, 'vault', 'objects');
    const found = readdirSync(objects, { recursive: true }).find((name) => String(name).endsWith(`${sha256}.age`));
    return join(objects, String(found ?? 'none'));
  }

  get stagedFiles(): string[] {
    return readdirSync(join(this.home, 'staging', INTAKE)).filter((name) => name.endsWith('.staged'));
  }

  async bytes(sha256: Sha256): Promise<string> {
    const custody = await this.records.custody(sha256);
    assert.ok(custody);
    const source = await this.store.open(custody);
    try {
      return Buffer.from(await source.read(0, source.sealedBytes)).toString();
    } finally {
      await source.close();
    }
  }
}

// The custodian never opens an object: what begins as one will do.
const sealed = (content: string): Buffer => Buffer.from(`age-encryption.org/v1\n${content}`);
const hash = (content: string): Sha256 => createHash('sha256').update(content).digest('hex') as Sha256;

function factsOf(more: Partial<ReceivedFacts>): ReceivedFacts {
  return {
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: '1.2.3',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    intakeId: INTAKE,
    associationId: '018f0000-0000-7000-9000-000000000001',
    peer: PEER,
    remoteAddress: '192.0.2.1',
    studyInstanceUid: '1.2',
    seriesInstanceUid: '1.2.1',
    modality: 'CT',
    patient: '',
    findings: [],
    isUnreadable: false,
    failure: undefined,
    kept: undefined,
    metaBytes: 10,
    plainBytes: 100,
    ...more,
  };
}

async function house(t: TestContext): Promise<House> {
  const home = mkdtempSync(join(tmpdir(), 'leadglass-custodian-'));
  const records = await openSqliteRecords({ path: join(home, 'records.db'), clock: new ManualClock() });
  const it = new House(home, records);
  await it.prepare();
  t.after(async () => {
    await it.store.close();
    await records.close();
    rmSync(home, { recursive: true, force: true });
  });
  return it;
}

test('[RELAY-1] a staged object is adopted, recorded, answered; its staging file is gone', async (t) => {
  const it = await house(t);
  const { facts, sha256 } = it.staged('one');
  assert.deepEqual(await it.custodian().receive(facts), { status: 0 });
  assert.deepEqual(it.stagedFiles, []);
  assert.equal(await it.bytes(sha256), sealed('one').toString());
});

test('[RELAY-2] nothing stays in staging of an object that is not taken: gate shut, sync or adoption failed, refused', async (t) => {
  const it = await house(t);
  const custodian = it.custodian();
  it.gate = SHUT;
  assert.equal((await custodian.receive(it.staged('shut').facts)).status, 0xa700);
  it.gate = undefined;
  for (const name of ['makeDurable', 'adopt'] as const) {
    it.storeFault = { name, fault: BROKEN };
    assert.equal((await custodian.receive(it.staged(name).facts)).status, 0xa700);
  }
  it.storeFault = undefined;
  const failure = { status: 0x0124, comment: 'no', why: text('non', 'no') };
  assert.equal((await custodian.receive(it.staged('refused', { failure }).facts)).status, 0x0124);
  it.commitFault = BROKEN;
  assert.equal((await custodian.receive(it.staged('refused too', { failure }).facts)).status, 0xa700);
  assert.deepEqual(it.stagedFiles, []);
  assert.deepEqual(await it.records.listCustody('', 10), []);
});

test('[RELAY-2] an intake’s word removes no other intake’s file', async (t) => {
  const it = await house(t);
  const { facts } = it.staged('theirs', { intakeId: 'b2' });
  assert.equal((await it.custodian().receive(facts)).status, 0xa700);
  assert.equal(it.stagedFiles.length, 1);
  assert.deepEqual(it.log, ['vault.staging-left']);
});

test('[RELAY-3] when the commit fails an adopted file is taken back', async (t) => {
  const it = await house(t);
  it.commitFault = BROKEN;
  const { facts, sha256 } = it.staged('lost commit');
  assert.equal((await it.custodian().receive(facts)).status, 0xa700);
  assert.equal(existsSync(it.own(sha256)), false);
  it.commitFault = undefined;
  assert.equal((await it.custodian().receive(it.staged('lost commit').facts)).status, 0);
  assert.equal(existsSync(it.own(sha256)), true);
});

test('[RELAY-3] bytes that custody points to are never taken back', async (t) => {
  const it = await house(t);
  const { facts, sha256 } = it.staged('kept before');
  await it.custodian().receive(facts);
  it.commitFault = BROKEN;
  assert.equal((await it.custodian().receive(it.staged('kept before').facts)).status, 0xa700);
  assert.equal(await it.bytes(sha256), sealed('kept before').toString());
});

test('[RELAY-3] of two arrivals of one object at once, one failing, the other keeps its bytes', async (t) => {
  const it = await house(t);
  let commits = 0;
  it.beforeCommit = async () => {
    commits += 1;
    it.commitFault = commits === 1 ? BROKEN : undefined;
  };
  const custodian = it.custodian();
  const [first, second] = [it.staged('twice'), it.staged('twice')];
  const answers = await Promise.all([custodian.receive(first.facts), custodian.receive(second.facts)]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [0, 0xa700]);
  assert.equal(await it.bytes(first.sha256), sealed('twice').toString());
  assert.deepEqual(it.stagedFiles, []);
});

test('[RELAY-4] a duplicate whose bytes are there changes nothing', async (t) => {
  const it = await house(t);
  const { facts, sha256, offset } = await it.inLane('in lane');
  await it.custodian().receive(facts);
  assert.equal((await it.custodian().receive((await it.inLane('in lane')).facts)).status, 0);
  assert.equal((await it.custodian().receive(it.staged('in lane').facts)).status, 0);
  assert.deepEqual((await it.records.custody(sha256))?.place, { kind: 'lane', file: facts.kept?.staged.file, offset });
  assert.deepEqual(it.log, []);
  assert.equal((await it.records.events({ kinds: ['recovery.row-dropped'] }, 10)).length, 0);
});

for (const [how, lose] of [
  ['missing', (path: string) => rmSync(path)],
  ['cut short', (path: string) => truncateSync(path, 5)],
] as const) {
  for (const way of ['lane', 'staged'] as const) {
    test(`[RELAY-4] an object whose file is ${how} is healed by sending it again (${way})`, async (t) => {
      const it = await house(t);
      const { facts, sha256 } = it.staged('precious');
      await it.custodian().receive(facts);
      lose(it.own(sha256));
      const again = way === 'staged' ? it.staged('precious') : await it.inLane('precious');
      assert.equal((await it.custodian().receive(again.facts)).status, 0);
      assert.equal(await it.bytes(sha256), sealed('precious').toString());
      assert.equal((await it.records.events({ kinds: ['recovery.row-dropped'] }, 10)).length, 1);
      assert.deepEqual(it.log, ['arrival.bytes-replaced']);
      const custody = await it.records.custody(sha256);
      assert.ok(custody);
      assert.deepEqual((await it.store.layOut([custody])).failed, []);
      await it.records.laidOut([sha256]);
      assert.equal(await it.bytes(sha256), sealed('precious').toString());
    });
  }
}

test('[RELAY-4] an object whose lane is gone, or no longer holds it, is healed by sending it again', async (t) => {
  const it = await house(t);
  const { facts, sha256 } = await it.inLane('erased');
  await it.custodian().receive(facts);
  const custody = await it.records.custody(sha256);
  assert.ok(custody);
  await it.store.remove(custody);
  const again = await it.inLane('erased');
  assert.equal((await it.custodian().receive(again.facts)).status, 0);
  assert.deepEqual((await it.records.custody(sha256))?.place, { kind: 'lane', file: again.file, offset: again.offset });
  await it.store.removeStaging(again.file);
  assert.equal((await it.custodian().receive(it.staged('erased').facts)).status, 0);
  assert.equal(await it.bytes(sha256), sealed('erased').toString());
});

test('[RELAY-4] an object destroyed while it arrives again is not answered as stored', async (t) => {
  const it = await house(t);
  const { facts, sha256 } = it.staged('doomed');
  await it.custodian().receive(facts);
  it.beforeCommit = async () => {
    const custody = await it.records.custody(sha256);
    if (custody === undefined) return;
    await it.store.remove(custody);
    await it.records.destroyCustody(sha256, []);
  };
  assert.equal((await it.custodian().receive(it.staged('doomed').facts)).status, 0xa700);
  assert.equal((await it.custodian().receive(it.staged('doomed').facts)).status, 0xa700);
  it.beforeCommit = async () => {};
  assert.equal((await it.custodian().receive(it.staged('doomed').facts)).status, 0);
  assert.equal(await it.bytes(sha256), sealed('doomed').toString());
});

test('[RELAY-5] an object that cannot be read to its end is refused with C000, malicious or not', async (t) => {
  const it = await house(t);
  const malicious: Finding = {
    inspector: 'preamble',
    code: 'preamble.executable',
    severity: 'malicious',
    path: '',
    offset: 0,
    text: text('programme', 'program'),
    cites: 'PS3.10 §7.1',
  };
  for (const findings of [[], [malicious]]) {
    assert.equal((await it.custodian().receive(factsOf({ findings, isUnreadable: true }))).status, 0xc000);
  }
  assert.deepEqual(await it.records.listCustody('', 10), []);
  assert.equal((await it.records.events({ kinds: ['arrival.refused'] }, 10)).length, 2);
});
