import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Sealer } from '@leadglass/catalogue';
import {
  type AsOf,
  CONTROL,
  type Operation,
  type OperationOf,
  pathOf,
  type RequestOf,
  SOCKET_PATH,
} from '@leadglass/contract';
import { Fault, ManualClock, Secret, silentLogger, text, uuidv7 } from '@leadglass/kit';
import { memoryTileStore, openLedger, Sequencer, verifierKey } from '@leadglass/ledger';
import {
  type Act,
  type AeTitle,
  type Arrival,
  DEFAULT_DRILL,
  type Event,
  type Feed,
  type Finding,
  type FlowChoice,
  parseSha256,
  type Sha256,
} from '@leadglass/model';
import { openSqliteRecords, type Records } from '@leadglass/records';
import { generateIdentity } from '@leadglass/vault';
import { Continuity } from './continuity/continuity.ts';
import { PulledParts } from './continuity/pulled.ts';
import { ContinuitySetHost } from './continuity/set-host.ts';
import { startControl } from './control.ts';
import type { ControlServices } from './control-services.ts';
import { DecoderPool } from './decoder-pool.ts';
import { ChartHost } from './feeds/chart-host.ts';
import { identityHouse } from './identity/identity.testkit.ts';
import { Imports } from './imports.ts';
import { Flows } from './overview/flows.ts';
import { reconcileHouse } from './reconcile/reconcile.testkit.ts';
import { scheduleHouse } from './schedule/schedule.testkit.ts';

export const CLOCK = new ManualClock();
export const PEER = { aeTitle: 'CT1', from: '192.0.2.0/24', allow: ['echo', 'store'] } as const;
/** A rule of the site, as it is listed. */
export const RULE = {
  namespace: 'site',
  file: 'a.yar',
  name: 'seen',
  line: 1,
  isAnchored: false,
  isHeavy: true,
} as const;
export const PACS = { name: 'PACS', host: '192.0.2.9', port: 104, called: 'PACS', calling: 'LEADGLASS' };

/** A gateway without network: real records and ledger, objects in memory. */
export interface House {
  readonly services: ControlServices;
  readonly records: Records;
  readonly objects: Map<string, Uint8Array>;
  readonly calls: string[];
  readonly imports: Imports;
  sequence(): Promise<void>;
}

export async function house(t: TestContext): Promise<House> {
  const home = mkdtempSync(join(tmpdir(), 'leadglass-control-'));
  const records = await openSqliteRecords({ path: join(home, 'records.db'), clock: CLOCK });
  const { privateKey: signingKey } = generateKeyPairSync('ed25519');
  const ledger = await openLedger({ store: memoryTileStore(), origin: 'leadglass/test', signingKey });
  const sequencer = new Sequencer({
    source: records,
    ledger,
    audit: { auditSourceId: 't', siteName: 't' },
    clock: CLOCK,
  });
  t.after(async () => {
    await records.close();
    rmSync(home, { recursive: true, force: true });
  });
  const objects = new Map<string, Uint8Array>();
  const calls: string[] = [];
  const imports = new Imports();
  const decoders = new DecoderPool({ count: 1 });
  t.after(() => decoders.stop());
  let feeds: readonly Feed[] = [];
  const continuity = new Continuity({
    ...{ clock: CLOCK, log: silentLogger, records, told: () => void calls.push('told') },
    rules: () => ({ ...rules, routes: [], relays: [], quirks: [], feeds, hl7Destinations: [] }),
    connect: () => Promise.reject(new Fault('wire.refused-connection', 'transient', text('non', 'no'))),
    cut: () => ({ associations: 0, webConnections: 0 }),
    resume: () => void calls.push('resume'),
    listeners: () => ['dimse 127.0.0.1:11112'],
  });
  const { identity, home: identityHome } = await identityHouse(t, CLOCK, records);
  let rules: ReturnType<ControlServices['rules']> = { peers: [], destinations: [] };
  const indexKey = new Secret(Buffer.alloc(32, 7));
  const charts = chartsOf(
    records,
    () => feeds,
    continuity,
    () => pulled.feeds(),
  );
  const pulled = new PulledParts({
    ...{ records, clock: CLOCK, sealer: charts.sealer, charts: () => charts, told: () => {} },
    scheduleSealer: new Sealer(indexKey),
  });
  const schedule = scheduleHouse(records, CLOCK, { indexKey, pulled });
  const services: ControlServices = {
    ...{ home, version: '0.1.0', startedAtMs: CLOCK.now(), clock: CLOCK, logger: silentLogger, records, ledger },
    listeners: () => [{ name: 'dimse', address: '127.0.0.1:11112' }],
    load: () => ({ associations: 2, intakes: 1 }),
    clamav: () => undefined,
    troubles: () => [],
    configChanged: async () => {
      calls.push('configChanged');
      rules = { peers: await records.peers(), destinations: await records.destinations() };
      feeds = await records.feeds();
      continuity.feeds.configure();
    },
    siteRules: async () => ({ rules: [RULE], problems: [] }),
    reloadSiteRules: async () => ({ rules: [RULE], problems: [{ file: 'a.yar', line: 3, text: text('non', 'no') }] }),
    drill: {
      async *run() {
        yield { no: 1 };
      },
      ...{ settings: DEFAULT_DRILL, nextMs: () => undefined, runningNo: undefined },
    },
    catalogue: {
      status: async () => ({ subjects: 1, studies: 2, series: 3, instances: 4, waiting: 0, rebuild: IDLE }),
      rebuild: async () => true,
      search: nothingFound,
    },
    charts,
    pulled,
    feeds: { connectionsOf: () => 0, readAgain: async () => undefined },
    schedule,
    hl7: schedule.hl7,
    reconcile: reconcileHouse(records, CLOCK),
    connect: () => Promise.reject(new Fault('wire.refused-connection', 'transient', text('rien', 'nothing'))),
    console: {
      origins: () => ['https://console.example:8443', 'https://127.0.0.1:8443'],
      asOwner: async (name) => void calls.push(name),
    },
    continuitySet: new ContinuitySetHost({
      ...{ records, clock: CLOCK, log: silentLogger, vault: home, recipients: [generateIdentity().recipient] },
      freeBytes: () => 1_000_000,
      certificate: () => identityHome.tls.certPem,
      changed: async () => {},
      studies: nothingKept,
      study: async () => undefined,
      open: nothingKept,
      decoders,
      appended: () => {},
      layOut: async () => {},
      around: () => ({ charts, schedule }),
    }),
    deliveriesDue: (destination) => void calls.push(`due ${destination}`),
    imports,
    identity: identity.acts,
    certificatesEnding: () => identity.ending(),
    rules: () => rules,
    flows: new Flows(CLOCK),
    ledgerKey: verifierKey('leadglass/test', signingKey),
    destinationStates: () => [],
    gate: () => undefined,
    continuity,
    flushSightings: async () => void calls.push('flushSightings'),
    identityPseudonym: (digest) => `keyed ${digest.slice(0, 8)}`,
    eventsAppended: () => void calls.push('eventsAppended'),
    decoders,
    openObject: (sha256, range) => open(objects, sha256, range),
    checkObject: async (sha256) => check(objects, sha256),
    removeObject: async ({ sha256 }) => void objects.delete(sha256),
    renderConfig: (config) => JSON.stringify(config),
    readConfig: (source) => {
      if (source === 'bad') return { problems: [{ path: 'peers', line: 3, text: text('non', 'no') }], changes: [] };
      const config = { peers: [], destinations: [], routes: [] };
      return { problems: [], changes: [{ kind: 'remove', what: 'CT1', text: text('retiré', 'removed') }], config };
    },
  };
  return { services, records, objects, calls, imports, sequence: () => sequencer.drain() };
}

/** Charts as the keeper has them. */
function chartsOf(
  records: Awaited<ReturnType<typeof openSqliteRecords>>,
  feeds: () => readonly Feed[],
  continuity: Continuity,
  pulledFeeds: () => readonly AsOf[],
): ChartHost {
  return new ChartHost({
    ...{ records, indexKey: new Secret(Buffer.alloc(32, 7)), clock: CLOCK, log: silentLogger },
    ...{ feeds, pseudonym: (words) => `p ${words}`, told: () => {} },
    silentSinceMs: (feed) => continuity.feeds.silentSinceMs(feed),
    ...{ pseudonyms: (issuer: string, id: string) => [`p ${issuer} ${id}`], pulledFeeds },
  });
}
async function* nothingKept(): AsyncGenerator<never> {}

async function* nothingFound(): AsyncGenerator<readonly never[], 'complete'> {
  yield [];
  return 'complete';
}

const IDLE = { isRunning: false, looked: 0, failed: 0 };

async function* open(
  objects: Map<string, Uint8Array>,
  sha256: Sha256,
  range?: { readonly from: number; readonly to: number },
): AsyncGenerator<Uint8Array> {
  const whole = objects.get(sha256);
  if (whole === undefined) throw new Fault('vault.missing', 'permanent', text('absent', 'missing'));
  const bytes = range === undefined ? whole : whole.subarray(range.from, range.to);
  yield bytes.subarray(0, 3);
  yield bytes.subarray(3);
}

function check(objects: Map<string, Uint8Array>, sha256: Sha256) {
  const isSound = objects.has(sha256);
  return { sha256, isSound, ...(isSound ? {} : { fault: 'vault.missing' }) };
}

/** How an object is taken in. */
export interface Taken {
  readonly isHeld?: boolean;
  readonly findings?: readonly Finding[];
  readonly verdict?: Arrival['verdict'];
  readonly metaBytes?: number;
  readonly transferSyntaxUid?: string;
  readonly owesCopy?: boolean;
  /** Taken as the disarmed copy of this object. */
  readonly copyOf?: Sha256;
  readonly destinations?: readonly string[];
  readonly decisions?: Pick<FlowChoice, Act>;
  readonly study?: string;
  /** Its pseudonym. */
  readonly patient?: string;
}

/** An object taken into custody, held when `isHeld`. */
export async function keep(
  { records, objects }: House,
  content: string | Uint8Array,
  sopInstanceUid: string,
  taken: Taken = {},
): Promise<Sha256> {
  const { isHeld = false, findings = [], metaBytes = 1, transferSyntaxUid = '1.2.840.10008.1.2.1' } = taken;
  const bytes = Buffer.from(content);
  const sha256 = parseSha256(createHash('sha256').update(bytes).digest('hex')) as Sha256;
  objects.set(sha256, bytes);
  const kind = taken.owesCopy === true ? 'disarm' : isHeld ? 'hold' : 'deliver';
  const disposition = { kind, reasons: [text('raison', 'reason')], status: 0 } as const;
  const arrival: Arrival = {
    ...{
      id: uuidv7(CLOCK.now()),
      associationId: uuidv7(CLOCK.now()),
      peer: 'CT1' as AeTitle,
      remoteAddress: '192.0.2.1',
    },
    ...{
      receivedAtMs: CLOCK.now(),
      sha256,
      plainBytes: bytes.byteLength,
      sealedBytes: 300,
      metaBytes,
      place: { kind: 'file' },
    },
    ...{ sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid, transferSyntaxUid },
    ...{ studyInstanceUid: taken.study ?? '1.9', seriesInstanceUid: '1.9.1', modality: 'CT' },
    patient: taken.patient ?? '',
    ...{ verdict: taken.verdict ?? (isHeld ? 'suspicious' : 'clean'), findings, disposition },
  };
  const event = (): Event => ({
    id: uuidv7(CLOCK.now()),
    atMs: CLOCK.now(),
    kind: 'config.changed',
    by: 'test',
    change: text('a', 'a'),
  });
  const { destinations = [], decisions } = taken;
  const learns =
    taken.patient === undefined ? {} : { learns: { patients: [taken.patient], pixelSha256: '', creators: [] } };
  const commit = { arrival, destinations, event, answer: { status: 0 }, isKept: true, ...learns };
  if (taken.copyOf !== undefined) await records.commitCopy(taken.copyOf, commit);
  else await records.commitArrivals([decisions === undefined ? commit : { ...commit, decisions }]);
  return sha256;
}

interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
}

export function post(
  home: string,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      socketPath: join(home, SOCKET_PATH),
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    };
    const sent = request(options, async (answer) => {
      const parts: Buffer[] = [];
      try {
        for await (const part of answer) parts.push(part);
        resolve({ status: answer.statusCode ?? 0, bytes: Buffer.concat(parts) });
      } catch (thrown) {
        reject(thrown);
      }
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** Starts the control socket and returns a way to ask it; the answer is checked by the contract. */
export async function control(t: TestContext, it: House) {
  const server = await startControl(it.services);
  t.after(() => server.close());
  const raw = (name: Operation, asked: unknown) => post(it.services.home, pathOf(name), JSON.stringify(asked));
  async function ask<K extends OperationOf<'json'>>(name: K, asked: RequestOf<K>) {
    const { status, bytes } = await raw(name, asked);
    const body = JSON.parse(bytes.toString());
    assert.equal(status, 200, bytes.toString());
    return CONTROL[name].answer.parse(body) as ReturnType<(typeof CONTROL)[K]['answer']['parse']>;
  }
  async function refused(name: Operation, asked: unknown): Promise<{ status: number; code: string }> {
    const { status, bytes } = await raw(name, asked);
    return { status, code: JSON.parse(bytes.toString()).code };
  }
  return { raw, ask, refused, server };
}
