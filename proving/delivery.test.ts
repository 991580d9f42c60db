import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { acceptanceOf, type Command, negotiate, responseTo } from '@leadglass/dimse';
import { silentLogger, systemClock, systemRandomness, uuidv7 } from '@leadglass/kit';
import type { AeTitle, Destination, Sha256 } from '@leadglass/model';
import { type ArrivalCommit, type Custody, openSqliteRecords, type Records } from '@leadglass/records';
import {
  CommitmentAsker,
  type Connect,
  DEFAULT_COMMITMENT_LIMITS,
  DEFAULT_DELIVERY_LIMITS,
  DeliveryEngine,
  type DeliveryLimits,
} from '@leadglass/relay';
import {
  DEFAULT_SCP_LIMITS,
  DEFAULT_SCU_TIMEOUTS,
  openAssociation,
  ScpConnection,
  type ScuAssociation,
} from '@leadglass/wire';
import { type MadeObject, makeObject } from './objects.ts';
import { requirePeer, startOrthanc, startStorescp } from './peers.ts';

const JPEG = '1.2.840.10008.1.2.4.50';
const QUICK: DeliveryLimits = {
  ...DEFAULT_DELIVERY_LIMITS,
  firstRetryMs: 20,
  longestRetryMs: 200,
  lingerMs: 100,
  resultsWaitMs: 10,
};
const TIMEOUTS = { ...DEFAULT_SCU_TIMEOUTS, associateMs: 300, responseMs: 300, writeStallMs: 300 };

const connect: Connect<ScuAssociation> = (destination, contexts, signal) =>
  openAssociation({
    host: destination.host,
    port: destination.port,
    called: destination.called,
    calling: destination.calling,
    contexts,
    signal,
    maximumLength: 65_536,
    timeouts: TIMEOUTS,
    clock: systemClock,
  });

/** Records on disk with objects in custody, and an engine over them. */
class Site {
  readonly records: Records;
  readonly objects = new Map<string, MadeObject>();
  readonly engine: DeliveryEngine;
  readonly asker: CommitmentAsker;
  readonly destinations: Destination[] = [];

  constructor(records: Records, limits: DeliveryLimits) {
    this.records = records;
    const given = { records, clock: systemClock, randomness: systemRandomness, log: silentLogger };
    this.asker = new CommitmentAsker({
      ...given,
      connect,
      limits: { ...DEFAULT_COMMITMENT_LIMITS, firstRetryMs: 20, gatherMs: 50 },
    });
    this.engine = new DeliveryEngine({
      ...given,
      connect,
      limits,
      openPlain: (custody) => this.#plain(custody),
      commitmentWanted: (destination) => this.asker.wanted(destination),
    });
  }

  async *#plain({ sha256 }: Custody): AsyncIterable<Uint8Array> {
    const { dataSet } = this.objects.get(sha256) as MadeObject;
    for (let at = 0; at < dataSet.length; at += 65_536) yield dataSet.subarray(at, at + 65_536);
  }

  add(name: string, port: number, more: Partial<Destination> = {}): void {
    const titles = { called: name.toUpperCase() as AeTitle, calling: 'LEADGLASS' as AeTitle };
    this.destinations.push({ name, host: '127.0.0.1', port, ...titles, tls: false, commitment: false, ...more });
  }

  /** Takes objects into custody for every destination, and starts delivering. */
  async deliver(objects: readonly MadeObject[]): Promise<void> {
    const config = { peers: [], destinations: this.destinations, routes: [] };
    await this.records.replaceConfig(config, []);
    await this.records.commitArrivals(objects.map((object) => this.#arrival(object)));
    await this.engine.configure(this.destinations);
    this.engine.poke();
  }

  #arrival(object: MadeObject): ArrivalCommit {
    const sha256 = createHash('sha256').update(object.dataSet).update(object.transferSyntaxUid).digest('hex') as Sha256;
    this.objects.set(sha256, object);
    const id = uuidv7(Date.now());
    const { sopClassUid, sopInstanceUid, transferSyntaxUid, dataSet } = object;
    const facts = {
      associationId: 'a',
      peer: 'CT1' as AeTitle,
      remoteAddress: '192.0.2.1',
      sha256,
      sopClassUid,
      sopInstanceUid,
      studyInstanceUid: '1.2.3',
    };
    return {
      arrival: {
        ...facts,
        id,
        receivedAtMs: Date.now(),
        plainBytes: dataSet.length,
        sealedBytes: dataSet.length,
        metaBytes: 0,
        place: { kind: 'file' },
        transferSyntaxUid,
        seriesInstanceUid: '1.2.3.4',
        modality: 'CT',
        patient: '',
        verdict: 'clean',
        findings: [],
        disposition: { kind: 'deliver', reasons: [], status: 0 },
      },
      destinations: this.destinations.map(({ name }) => name),
      answer: { status: 0 },
      isKept: true,
      event: (outcome) => ({
        ...facts,
        id,
        atMs: Date.now(),
        kind: 'arrival.stored',
        arrivalId: id,
        patient: '',
        bytes: dataSet.length,
        outcome,
        verdict: 'clean',
        findings: [],
        destinations: [],
      }),
    };
  }

  /** Resolves once `isSo` holds; the records are asked again and again, with the event loop free in between. */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + 20_000;
    while (!(await isSo())) {
      assert.ok(performance.now() < deadline, 'it takes too long');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async counted(destination: string, state: string): Promise<number> {
    return (await this.records.listDeliveries({ destination, state }, 10_000)).length;
  }
}

async function siteFor(t: TestContext, limits = QUICK): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'leadglass-delivery-'));
  const records = await openSqliteRecords({ path: join(folder, 'records.db'), clock: systemClock });
  const site = new Site(records, limits);
  t.after(async () => {
    await site.engine.stop();
    await site.asker.stop();
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return site;
}

async function listening(t: TestContext, serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A listener for the reports a destination sends on an association of its own, as the gateway has it. Returns its port. */
function reportListener(t: TestContext, site: Site): Promise<number> {
  const implementation = { implementationClassUid: '1.2.3', implementationVersionName: 'TEST' };
  return listening(t, (socket) => {
    const transferSyntaxOf = new Map<number, string>();
    let current: { readonly command: Command; readonly contextId: number; readonly parts: Buffer[] } | undefined;
    const connection: ScpConnection = new ScpConnection(
      socket,
      {
        associateRequested: (request) => {
          const negotiated = negotiate(request, { acceptsAbstractSyntax: () => true, grantsRole: (role) => role });
          for (const [id, context] of negotiated.accepted) transferSyntaxOf.set(id, context.transferSyntax);
          connection.accept(acceptanceOf(request, negotiated, implementation));
        },
        command: (contextId, command) => {
          current = { command, contextId, parts: [] };
        },
        dataSet: (_contextId, view, isLast) => {
          current?.parts.push(Buffer.from(view));
          if (isLast && current) void answer(current.contextId, current.command, Buffer.concat(current.parts));
        },
        ended: () => {},
      },
      DEFAULT_SCP_LIMITS,
      systemClock,
    );
    const answer = async (contextId: number, command: Command, dataSet: Buffer) => {
      const report = {
        sopClassUid: command.affectedSopClassUid,
        sopInstanceUid: command.affectedSopInstanceUid,
        eventTypeId: command.eventTypeId,
        transferSyntax: transferSyntaxOf.get(contextId) ?? '',
        dataSet,
      };
      connection.respond(contextId, responseTo(command, await site.asker.handleEventReport(report, 'pacs')));
    };
    socket.on('data', (chunk: Buffer) => connection.onBytes(chunk));
  });
}

const made = (count: number, shape: 'ct' | 'sr' = 'sr'): MadeObject[] =>
  Array.from({ length: count }, () => makeObject(shape));

test('[RELAY-20] objects reach DCMTK bit for bit over one association, and each one is recorded as delivered', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const peer = await startStorescp();
  t.after(() => peer.stop());
  const site = await siteFor(t);
  site.add('archive', peer.port);
  const objects = [...made(40), ...made(10, 'ct')];
  await site.deliver(objects);
  await site.until(async () => (await site.counted('archive', 'delivered')) === objects.length);
  const kept = readdirSync(peer.directory).map((name) => readFileSync(join(peer.directory, name)));
  assert.equal(kept.length, objects.length);
  for (const { dataSet } of objects) assert.ok(kept.some((file) => file.subarray(-dataSet.length).equals(dataSet)));
  const events = await site.records.events({ kinds: ['delivery.delivered'] }, 1000);
  assert.equal(events.length, objects.length);
});

test('[RELAY-21] a destination that is down, one that is mute, one that speaks garbage and one that dies hold nobody up', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const peer = await startStorescp();
  t.after(() => peer.stop());
  const site = await siteFor(t);
  site.add('well', peer.port);
  site.add('down', 1);
  site.add('mute', await listening(t, () => {}));
  site.add(
    'garbage',
    await listening(t, (socket) => socket.once('data', () => socket.write(Buffer.alloc(2000, 0x5a)))),
  );
  site.add('dying', await listening(t, (socket) => socket.once('data', () => socket.destroy())));
  const objects = made(20);
  await site.deliver(objects);
  await site.until(async () => (await site.counted('well', 'delivered')) === objects.length);
  const sick = ['down', 'mute', 'garbage', 'dying'];
  await site.until(async () =>
    site.engine.states().every(({ destination, failures }) => destination === 'well' || failures >= 2),
  );
  for (const name of sick) assert.equal(await site.counted(name, 'pending'), objects.length, name);
  const faults = new Map(site.engine.states().map(({ destination, fault }) => [destination, fault]));
  assert.deepEqual(
    sick.map((name) => faults.get(name)),
    ['wire.refused-connection', 'wire.timeout', 'wire.aborted', 'wire.aborted'],
  );
});

test('[RELAY-22] what was due before a restart of the destination is delivered after it', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const first = await startStorescp();
  const site = await siteFor(t);
  site.add('archive', first.port);
  await first.stop();
  await site.deliver(made(10));
  await site.until(async () => (site.engine.states()[0]?.failures ?? 0) >= 2);
  const second = await startStorescp({ port: first.port });
  t.after(() => second.stop());
  await site.until(async () => (await site.counted('archive', 'delivered')) === 10);
  const told = await site.records.events({ kinds: ['delivery.retrying'] }, 1000);
  assert.ok(told.length >= 1 && told.length <= 10, `${told.length} events of a destination that was away`);
});

test('[RELAY-23] a transfer syntax the destination does not take fails that object alone, in words, untranscoded', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const peer = await startStorescp({ extra: ['+xe'] }); // explicit little endian only
  t.after(() => peer.stop());
  const site = await siteFor(t);
  site.add('archive', peer.port);
  const [odd, ...even] = made(5);
  await site.deliver([{ ...(odd as MadeObject), transferSyntaxUid: JPEG }, ...even]);
  await site.until(async () => (await site.counted('archive', 'pending')) === 0);
  assert.equal(await site.counted('archive', 'delivered'), 4);
  const [failed] = await site.records.events({ kinds: ['delivery.failed'] }, 10);
  assert.ok(failed?.event.kind === 'delivery.failed');
  assert.equal(failed.event.fault, 'relay.context-refused');
  assert.match(failed.event.why.fr, new RegExp(`n'accepte pas .* ${JPEG.replaceAll('.', '\\.')}`));
});

test('[RELAY-24] a destination that dies after some objects gets the others once it is back, none twice as delivered', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const peer = await startStorescp({ extra: ['+xa', '--abort-after'] });
  const site = await siteFor(t);
  site.add('archive', peer.port);
  await site.deliver(made(3));
  await site.until(async () => (site.engine.states()[0]?.failures ?? 0) >= 1);
  await peer.stop();
  const healthy = await startStorescp({ port: peer.port });
  t.after(() => healthy.stop());
  await site.until(async () => (await site.counted('archive', 'delivered')) === 3);
  const delivered = await site.records.events({ kinds: ['delivery.delivered'] }, 100);
  assert.equal(delivered.length, 3);
});

test('[RELAY-25] stop finishes what is in flight; what is left is delivered by the next engine', async (t) => {
  if (requirePeer(t, 'storescp') === undefined) return;
  const peer = await startStorescp();
  t.after(() => peer.stop());
  const site = await siteFor(t);
  site.add('archive', peer.port);
  const objects = made(200);
  await site.deliver(objects);
  await site.until(async () => (await site.counted('archive', 'delivered')) > 0);
  await site.engine.stop();
  const before = await site.counted('archive', 'delivered');
  assert.equal(before, readdirSync(peer.directory).length, 'everything over there is recorded here');
  const next = new Site(site.records, QUICK);
  for (const [sha256, object] of site.objects) next.objects.set(sha256, object);
  t.after(() => next.engine.stop());
  await next.engine.configure(site.destinations);
  await site.until(async () => (await site.counted('archive', 'delivered')) === objects.length);
});

test('[RELAY-26] Orthanc takes objects bit for bit and answers for them by storage commitment', async (t) => {
  if (requirePeer(t, 'Orthanc') === undefined) return;
  const site = await siteFor(t);
  const reports = await reportListener(t, site);
  const orthanc = await startOrthanc({ extra: { DicomModalities: { lead: ['LEADGLASS', '127.0.0.1', reports] } } });
  t.after(() => orthanc.stop());
  site.add('pacs', orthanc.port, { commitment: true });
  const objects = made(5);
  await site.deliver(objects);
  const rows = () => site.records.listDeliveries({ destination: 'pacs' }, 100);
  await site.until(
    async () => (await rows()).filter(({ commitment }) => commitment === 'committed').length === objects.length,
  );
  const told = (await site.records.events({ kinds: ['commitment.committed'] }, 10)).map(
    ({ event }) => event.kind === 'commitment.committed' && event.objects,
  );
  assert.equal(
    told.reduce((sum, count) => Number(sum) + Number(count), 0),
    objects.length,
  );
  for (const id of (await orthanc.get('/instances')) as string[]) {
    const file = Buffer.from(await orthanc.getBytes(`/instances/${id}/file`));
    assert.ok(objects.some(({ dataSet }) => file.subarray(-dataSet.length).equals(dataSet)));
  }
});
