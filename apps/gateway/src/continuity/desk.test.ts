import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { MadeSet } from '@leadglass/continuity';
import { systemRandomness } from '@leadglass/kit';
import { type AeTitle, DEFAULT_CONTINUITY, type Sha256 } from '@leadglass/model';
import type { Retrievable } from '@leadglass/records';
import { generateIdentity, memorySource, openStream, PayloadSealer, prepareSeal } from '@leadglass/vault';
import { house } from '../control.testkit.ts';
import { continuityResource } from '../web/continuity.ts';
import { ContinuityDesk, type ContinuityDeskOptions, type ContinuityGranted } from './desk.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const [SITE, BOX] = [generateIdentity(), generateIdentity()];
const NAME = 'BOX' as AeTitle;
const PLAIN = randomBytes(100_000);
const SHA = 'ab'.padEnd(64, '0') as Sha256;

function sealed(): Buffer {
  const kit = prepareSeal([SITE.recipient], systemRandomness);
  const parts: Uint8Array[] = [kit.head];
  const sealer = new PayloadSealer(kit.payloadKey);
  sealer.update(PLAIN, (bytes) => void parts.push(Buffer.from(bytes)));
  sealer.finish((bytes) => void parts.push(Buffer.from(bytes)));
  return Buffer.concat(parts);
}

function setOf(count: number): MadeSet {
  const studies = Array.from({ length: count }, (_, at) => ({
    ...{ studyInstanceUid: `1.2.${at}`, patients: ['p'], modalities: ['CT'], objects: 1, bytes: 10 },
    ...{ newestAtMs: NOW, why: 'recent' as const },
  }));
  const set = { studies, bytes: 10 * count, objects: count, coveredSinceMs: 0, leftOut: 0 };
  return { set, policy: DEFAULT_CONTINUITY, nowMs: NOW, expected: 1 };
}

const kept = (study: string, more: Partial<Retrievable> = {}): Retrievable => ({
  ...{ sha256: SHA, place: { kind: 'file' }, plainBytes: PLAIN.byteLength, sealedBytes: 1, metaBytes: 300 },
  ...{ sopClassUid: '1.2', sopInstanceUid: `${study}.1.1`, transferSyntaxUid: '1.2.840.10008.1.2.1' },
  ...{ studyInstanceUid: study, seriesInstanceUid: `${study}.1`, patient: 'p', modality: 'CT', peer: 'CT1' },
  ...{ receivedAtMs: NOW, hold: undefined, isCopy: false },
  ...more,
});

const NO_PARTS: ContinuityDeskOptions['parts'] = {
  list: async () => ({ asOfMs: NOW, parts: [], charts: [], leftOut: 0, feeds: [] }),
  content: async () => undefined,
  document: async () => undefined,
  tellOpened: async () => {},
};

interface Given {
  readonly set?: MadeSet;
  readonly objects?: readonly Retrievable[];
  readonly recipient?: boolean;
  readonly parts?: ContinuityDeskOptions['parts'];
}

function deskOf(given: Given = {}) {
  const bytes = sealed();
  return new ContinuityDesk({
    nodes: {
      enrol: async () => true,
      recipientOf: async () => (given.recipient === false ? undefined : BOX.recipient),
    },
    retrieval: { ofStudy: async (study) => given.objects ?? [kept(study)] },
    store: { open: async () => memorySource(bytes) },
    site: SITE,
    tiles: { read: async (path) => Buffer.from(path) },
    ...{ ledgerKey: 'key', authority: () => 'pem', set: async () => given.set ?? setOf(1) },
    parts: given.parts ?? NO_PARTS,
  });
}

const jsonOf = (granted: unknown) => JSON.parse((granted as Extract<ContinuityGranted, { kind: 'answer' }>).json);
const statusOf = (granted: unknown): number | undefined => (granted as { status?: number }).status;

test('[CONT-122] a box gets the set in pages, of one set whatever comes meanwhile, and nothing before it asked', async () => {
  const desk = deskOf({ set: setOf(1_200) });
  assert.equal(statusOf(await desk.granted(NAME, { op: 'set', from: 500 })), 409);
  assert.equal(statusOf(await desk.granted(NAME, { op: 'study', study: '1.2.0' })), 409);
  const pages = [];
  for (let from: number | null = 0; from !== null; ) {
    const page = jsonOf(await desk.granted(NAME, { op: 'set', from })) as { studies: object[]; next: number | null };
    pages.push(page.studies.length);
    from = page.next;
  }
  assert.deepEqual(pages, [500, 500, 200]);
});

test('[CONT-123] it gets objects of the set it was told alone, none that is held, each sealed to it and to nobody else', async () => {
  const desk = deskOf();
  await desk.granted(NAME, { op: 'set', from: 0 });
  assert.deepEqual(jsonOf(await desk.granted(NAME, { op: 'study', study: '9.9.9' })), { objects: [] });
  assert.equal(statusOf(await desk.granted(NAME, { op: 'object', study: '9.9.9', sha256: SHA })), 404);
  const granted = await desk.granted(NAME, { op: 'object', study: '1.2.0', sha256: SHA });
  assert.ok('sealed' in granted);
  const pieces: Uint8Array[] = [];
  for await (const piece of granted.sealed.pour()) pieces.push(piece);
  assert.equal(Buffer.concat(pieces).byteLength, granted.sealed.sealedBytes);
  const open = async (identity: typeof BOX): Promise<Buffer> => {
    const plain: Uint8Array[] = [];
    for await (const piece of openStream([identity], replay(pieces))) plain.push(piece);
    return Buffer.concat(plain);
  };
  assert.deepEqual(await open(BOX), PLAIN);
  await assert.rejects(open(SITE));
  const held = deskOf({ objects: [kept('1.2.0', { hold: 'held' })] });
  await held.granted(NAME, { op: 'set', from: 0 });
  assert.equal(statusOf(await held.granted(NAME, { op: 'object', study: '1.2.0', sha256: SHA })), 404);
});

async function* replay(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

test('[CONT-124] who has not enrolled gets nothing; of the log hashes and the checkpoint are given, never an entry', async () => {
  assert.equal(statusOf(await deskOf({ recipient: false }).granted(NAME, { op: 'set', from: 0 })), 403);
  const read = (path: string) => deskOf().granted(NAME, { op: 'ledger', path });
  for (const path of ['checkpoint', 'tile/0/000', 'tile/1/x001/234', 'tile/0/012.p/37'])
    assert.equal(Buffer.from(jsonOf(await read(path)).bytes, 'base64').toString(), path);
  for (const path of ['tile/entries/000', 'tile/entries/000.p/5', '../keys/site.agekey', 'tile/0/../x', 'note'])
    assert.equal(statusOf(await read(path)), 404, path);
});

test('[CONT-125] paths of the service name what they are about, and nothing else is one', () => {
  const of = (method: string, path: string) => continuityResource(method, path);
  const object = `/continuity/studies/1.2.3/objects/${SHA}`;
  assert.deepEqual(of('GET', object), { kind: 'continuity', ask: { op: 'object', study: '1.2.3', sha256: SHA } });
  assert.deepEqual(of('POST', '/continuity/enrol'), { kind: 'continuity', ask: { op: 'enrol' } });
  assert.deepEqual(of('POST', '/continuity/set'), { status: 405, allow: 'GET' });
  for (const path of [
    '/continuity/',
    '/continuity/studies/a',
    '/continuity/studies/1.2/objects/xyz',
    '/continuity/keys',
  ])
    assert.deepEqual(of('GET', path), { status: 404 }, path);
  assert.equal(of('GET', '/dicom-web/studies'), undefined);
});

test('[CONT-126] a code enrols one box, once; its secret takes the code’s place, and the ledger tells of each step', async (t: TestContext) => {
  const { services, records } = await house(t);
  const { nodes } = services.continuitySet;
  const { code } = await nodes.add({ name: NAME });
  assert.match(code, /^lgn_[\w-]{43}\.[0-9a-f]{64}$/);
  await assert.rejects(nodes.add({ name: NAME }));
  const digest = 'cd'.padEnd(64, '1');
  assert.equal(await nodes.enrol('OTHER' as AeTitle, BOX.recipient.text, digest), false);
  assert.equal(await nodes.enrol(NAME, 'age1nonsense', digest), false);
  assert.equal(await nodes.recipientOf(NAME), undefined);
  assert.equal(await nodes.enrol(NAME, BOX.recipient.text, digest), true);
  assert.equal(await nodes.enrol(NAME, BOX.recipient.text, 'ef'.padEnd(64, '1')), false);
  assert.equal((await nodes.recipientOf(NAME))?.text, BOX.recipient.text);
  assert.deepEqual(
    (await records.webTokens.list()).map(({ sha256, allow, untilMs }) => ({ sha256, allow, untilMs })),
    [{ sha256: digest, allow: ['continuity'], untilMs: undefined }],
  );
  const [node] = (await nodes.list()).nodes;
  assert.deepEqual([node?.name, node?.isEnrolled], [NAME, true]);
  await nodes.remove({ name: NAME });
  assert.deepEqual([(await nodes.list()).nodes, await records.webTokens.list()], [[], []]);
  const told = (await records.events({ kinds: ['config.changed'] }, 10)).map(({ event }) => event);
  assert.equal(told.length, 3);
  assert.equal(JSON.stringify(told).includes(code.slice(4, 20)), false);
});

test('[CONT-127] who brings in what was pulled has a title of their own for as long as they read, and is told what is not here', async (t: TestContext) => {
  const { services, imports } = await house(t);
  const { ContinuityTake } = await import('./take.ts');
  const take = new ContinuityTake(services);
  const shut = new AbortController();
  const open = take.open(shut.signal);
  const { value } = await open.next();
  assert.ok(value !== undefined && 'calling' in value);
  assert.equal(imports.peers.length, 1);
  const [peer] = imports.peers;
  assert.deepEqual(
    [peer?.allow, peer?.from, peer && imports.known(peer).aeTitle],
    [['store'], '127.0.0.1/32', 'CONTINUITY'],
  );
  shut.abort();
  await open.next();
  assert.equal(imports.peers.length, 0);
  assert.deepEqual(await take.missing({ sha256s: [SHA] }), { missing: [SHA] });
});

test('[CONT-192] parts are of one list whatever comes meanwhile; a box gets those it was told alone, sealed to it, and a chart once the ledger was told', async () => {
  let now = 0;
  const [listed, told]: [string[], string[]] = [Array.from({ length: 700 }, (_, at) => `chart-${at + 1}`), []];
  const desk = deskOf({
    parts: {
      list: async () => {
        now += 1;
        return {
          asOfMs: now,
          parts: listed.map((key) => ({ key, version: 'a'.repeat(32) })),
          charts: [],
          leftOut: 0,
          feeds: [],
        };
      },
      content: async (key) => JSON.stringify({ part: key }),
      document: async (_key, document) => Buffer.from(`pdf ${document}`),
      tellOpened: async (by, charts, reason) => void told.push(`${by} ${charts.join()} ${reason}`),
    },
  });
  assert.equal(statusOf(await desk.granted(NAME, { op: 'parts', from: 500 })), 409);
  assert.equal(statusOf(await desk.granted(NAME, { op: 'part', key: 'chart-1' })), 404);
  const first = jsonOf(await desk.granted(NAME, { op: 'parts', from: 0 }));
  const second = jsonOf(await desk.granted(NAME, { op: 'parts', from: first.next }));
  assert.deepEqual([first.parts.length, second.parts.length, second.next], [500, 200, null]);
  assert.deepEqual([first.asOfMs, second.asOfMs], [1, 1]);
  assert.equal(statusOf(await desk.granted(NAME, { op: 'part', key: 'chart-701' })), 404);
  assert.equal(statusOf(await desk.granted(NAME, { op: 'document', key: 'chart-701', document: 'd' })), 404);
  assert.deepEqual(told, []);
  const openOf = async (granted: unknown): Promise<string> => {
    const { sealed } = granted as Extract<ContinuityGranted, { kind: 'sealed' }>;
    const plain: Uint8Array[] = [];
    for await (const piece of openStream([BOX], sealed.pour())) plain.push(piece);
    return Buffer.concat(plain).toString();
  };
  assert.equal(await openOf(await desk.granted(NAME, { op: 'part', key: 'chart-9' })), '{"part":"chart-9"}');
  assert.deepEqual(told, ['BOX 9 continuity']);
  assert.equal(await openOf(await desk.granted(NAME, { op: 'document', key: 'chart-9', document: 'd' })), 'pdf d');
  const { sealed } = (await desk.granted(NAME, { op: 'part', key: 'chart-2' })) as Extract<
    ContinuityGranted,
    { kind: 'sealed' }
  >;
  await assert.rejects(async () => {
    for await (const _ of openStream([SITE], sealed.pour())) assert.fail('opened by another');
  });
});

test('[CONT-192] no path asks for what is no part', () => {
  const of = (path: string) => continuityResource('GET', `/continuity/${path}`);
  assert.deepEqual(of('parts'), { kind: 'continuity', ask: { op: 'parts' } });
  assert.deepEqual(of('parts/chart-12'), { kind: 'continuity', ask: { op: 'part', key: 'chart-12' } });
  const document = 'a'.repeat(32);
  assert.deepEqual(of(`parts/chart-12/documents/${document}`), {
    kind: 'continuity',
    ask: { op: 'document', key: 'chart-12', document },
  });
  for (const path of ['parts/', 'parts/../x', 'parts/Chart-1', 'parts/chart-1/', 'parts/chart-1/documents/x'])
    assert.deepEqual(of(path), { status: 404 }, path);
});
