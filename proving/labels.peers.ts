import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { systemClock } from '@leadglass/kit';
import {
  DEFAULT_SCU_TIMEOUTS,
  DEFAULT_WALK_LIMITS,
  type FoundObject,
  openAssociation,
  type ScuAssociation,
  walkPart10,
} from '@leadglass/wire';
import { dataSetOf } from './custody-check.ts';
import { Gateway } from './gateway.ts';
import { type Peer, requirePeer, requireSharedData, startStorescp } from './peers.ts';

/** Attacks that the first inspection sees in a data set; the others are for the deeper one, or lie outside the data set. */
const HELD_NOW: ReadonlySet<string> = new Set([
  'eicar',
  'hidden-payload',
  'command-group',
  'deep-nesting',
  'duplicate-tag',
  'length-lie',
  'path-traversal',
  'pixel-mismatch',
  'tag-order',
  'transfer-syntax',
  'truncated',
  'uid',
  'wrong-vr',
]);
const DOES_NOT_TRAVEL = /\/meta-|\/preamble\.dcm$/;
const DEFLATED = '1.2.840.10008.1.2.1.99';
const EXPLICIT_BE = '1.2.840.10008.1.2.2';
const MOST_BYTES_BEFORE_UID = 2_000;
const MOST_CONTEXTS = 128;
const MOST_MS_A_FILE = 5_000;
const DELIVERED_WITHIN_MS = 40_000;

interface Label {
  readonly path: string;
  readonly class: string;
  readonly expected: string;
}

interface Sent {
  readonly path: string;
  readonly sopInstanceUid: string;
  readonly dataSet: Buffer;
  readonly status: number;
}

function labelsOf(data: string): readonly Label[] {
  const rows = readFileSync(join(data, 'labels.tsv'), 'utf8').split('\n').slice(1);
  const files = rows.filter((row) => row !== '' && !row.startsWith('hl7/'));
  return files.map((row) => {
    const [path = '', name = '', expected = ''] = row.split('\t');
    return { path: join(data, path), class: name, expected };
  });
}

/** SOP Instance UID (0008,0018) of a data set: what a modality announces, whatever the file meta beside it says. */
function instanceUidOf({ transferSyntaxUid }: FoundObject, dataSet: Buffer): string {
  const plain = transferSyntaxUid === DEFLATED ? inflateRawSync(dataSet) : dataSet;
  const isBig = transferSyntaxUid === EXPLICIT_BE;
  const at = plain.indexOf(Buffer.from(isBig ? '00080018' : '08001800', 'hex'));
  if (at < 0 || at > MOST_BYTES_BEFORE_UID) return '';
  const isExplicit = plain.toString('latin1', at + 4, at + 6) === 'UI';
  const explicit = isBig ? plain.readUInt16BE(at + 6) : plain.readUInt16LE(at + 6);
  const bytes = isExplicit ? explicit : plain.readUInt32LE(at + 4);
  const uid = plain.toString('latin1', at + 8, at + 8 + bytes).replace(/[\0 ]+$/, '');
  return /^[0-9.]{1,64}$/.test(uid) ? uid : '';
}

const pairOf = (one: FoundObject) => `${one.sopClassUid} ${one.transferSyntaxUid}`;
/** DCMTK, and with it Orthanc, takes no data set of odd length (it waits 30 s and aborts): such files come from a peer without a route. */
const callerOf = (one: FoundObject) => ((one.fileBytes - one.dataSetOffset) % 2 === 0 ? 'PROVER' : 'ODD');

function callWith(gateway: Gateway, calling: string, pairs: readonly string[]) {
  const contexts = pairs.map((pair) => {
    const [abstractSyntax = '', transferSyntax = ''] = pair.split(' ');
    return { abstractSyntax, transferSyntaxes: [transferSyntax] };
  });
  const who = { host: '127.0.0.1', port: gateway.dimse, called: 'LEADGLASS', calling };
  return openAssociation({
    ...who,
    contexts,
    maximumLength: 65_536,
    timeouts: DEFAULT_SCU_TIMEOUTS,
    clock: systemClock,
  });
}

async function storeFile(association: ScuAssociation, one: FoundObject, isHonest: boolean): Promise<Sent> {
  const { path, sopClassUid, transferSyntaxUid: transferSyntax } = one;
  const dataSet = readFileSync(path).subarray(one.dataSetOffset);
  const own = isHonest ? instanceUidOf(one, dataSet) : '';
  const sopInstanceUid = own === '' ? one.sopInstanceUid : own;
  const object = { sopClassUid, sopInstanceUid, transferSyntax, dataSet: [dataSet], length: dataSet.length };
  const { status } = await association.store(object);
  return { path, sopInstanceUid, dataSet, status };
}

/** Sends files as a modality does, one context a pair of class and syntax. Those C-STORE cannot carry (no meta, a DICOMDIR) are counted. */
async function send(gateway: Gateway, labels: readonly Label[], isHonest: boolean) {
  const found: FoundObject[] = [];
  let skipped = 0;
  for await (const one of walkPart10(
    labels.map(({ path }) => path),
    DEFAULT_WALK_LIMITS,
  )) {
    if (one.kind === 'object') found.push(one);
    else skipped += 1;
  }
  const sent: Sent[] = [];
  for (const [caller, theirs] of Map.groupBy(found, callerOf)) {
    const pairs = [...new Set(theirs.map(pairOf))];
    for (let from = 0; from < pairs.length; from += MOST_CONTEXTS) {
      const some = pairs.slice(from, from + MOST_CONTEXTS);
      const association = await callWith(gateway, caller, some);
      for (const one of theirs.filter((each) => some.includes(pairOf(each))))
        sent.push(await storeFile(association, one, isHonest));
      await association.release();
    }
  }
  return { sent, skipped };
}

async function startBetween(pacs: Peer): Promise<Gateway> {
  const gateway = await Gateway.start();
  const rules = join(gateway.home, 'rules.yaml');
  writeFileSync(
    rules,
    `peers:
  - { aeTitle: PROVER, from: 127.0.0.1/32, allow: [echo, store], privateSopClasses: ['*'] }
  - { aeTitle: ODD, from: 127.0.0.1/32, allow: [echo, store], privateSopClasses: ['*'] }
destinations:
  - { name: pacs, host: 127.0.0.1, port: ${pacs.port}, called: ${pacs.aet} }
routes:
  - { from: PROVER, to: pacs }
`,
  );
  await gateway.cli('config', 'apply', rules);
  return gateway;
}

/** storescp that takes every class and syntax, keeps bytes as they come. (Orthanc writes many data sets anew.) */
function startReceiver(): Promise<Peer> {
  return startStorescp({ aet: 'PACS', extra: ['+xa', '-pm'] });
}

/** Data sets that arrived. */
function delivered(pacs: Peer): Buffer[] {
  return readdirSync(pacs.directory).map((name) => dataSetOf(readFileSync(join(pacs.directory, name))));
}

interface FailedList {
  readonly deliveries: readonly { readonly fault?: string }[];
}

test('[PROVE-17] every clean file and every quirk passes unheld and is delivered unchanged', async (t) => {
  const data = requireSharedData(t);
  if (data === undefined || requirePeer(t, 'storescp') === undefined) return;
  const pacs = await startReceiver();
  const gateway = await startBetween(pacs);
  t.after(async () => {
    await gateway.dispose();
    await pacs.stop();
  });
  const clean = labelsOf(data).filter(({ expected }) => expected === 'clean');
  const { sent, skipped } = await send(gateway, clean, true);
  const refused = sent
    .filter(({ status }) => status !== 0)
    .map(({ path, status }) => `${path}: ${status.toString(16)}`);
  assert.deepEqual(refused, [], 'clean files refused');
  const held = await gateway.cli('hold', 'list');
  assert.equal((await gateway.status()).holds, 0, held.slice(0, 4000));
  const status = await gateway.until(({ deliveries }) => deliveries.pending === 0, DELIVERED_WITHIN_MS);
  const there = delivered(pacs);
  const deliverable = sent.filter(({ dataSet }) => dataSet.length % 2 === 0);
  // Several files have the same SOP Instance UID; storescp keeps one file a UID.
  const ofUid = Map.groupBy(deliverable, ({ sopInstanceUid }) => sopInstanceUid);
  const absent = [...ofUid.values()].filter(
    (group) => !group.some(({ dataSet }) => there.some((one) => one.equals(dataSet))),
  );
  const failed = JSON.parse(await gateway.cli('deliveries', 'list', '--state', 'failed', '--json')) as FailedList;
  t.diagnostic(`${clean.length} clean files: ${sent.length} sent, ${skipped} that C-STORE cannot carry`);
  t.diagnostic(`${deliverable.length} of even length, ${there.length} arrived, ${JSON.stringify(status.deliveries)}`);
  assert.deepEqual(
    there.filter((one) => !sent.some(({ dataSet }) => dataSet.equals(one))).length,
    0,
    'altered on the way',
  );
  // storescp refuses the contexts of some classes and syntaxes (HTJ2K, JPEG XL, deflated, palettes): nobody can send it those.
  assert.deepEqual(
    failed.deliveries.filter(({ fault }) => fault !== 'relay.context-refused'),
    [],
  );
  assert.ok(
    absent.length <= failed.deliveries.length,
    absent
      .flat()
      .map(({ path }) => path)
      .join('\n'),
  );
});

test('[PROVE-18] no attack that the first inspection knows is ever delivered', async (t) => {
  const data = requireSharedData(t);
  if (data === undefined || requirePeer(t, 'storescp') === undefined) return;
  const pacs = await startReceiver();
  const gateway = await startBetween(pacs);
  t.after(async () => {
    await gateway.dispose();
    await pacs.stop();
  });
  // Preamble and file meta do not travel by C-STORE: what is sent is the sender's own.
  const attacks = labelsOf(data).filter((label) => HELD_NOW.has(label.class) && !DOES_NOT_TRAVEL.test(label.path));
  const beganMs = performance.now();
  const { sent, skipped } = await send(gateway, attacks, false);
  const tookMs = performance.now() - beganMs;
  assert.ok(sent.length > 20, `${sent.length} sent, ${skipped} skipped`);
  assert.ok(tookMs < sent.length * MOST_MS_A_FILE);
  const status = await gateway.until(({ deliveries }) => deliveries.pending === 0, DELIVERED_WITHIN_MS);
  const through = delivered(pacs);
  const guilty = sent.filter(({ dataSet }) => through.some((one) => one.equals(dataSet))).map(({ path }) => path);
  const refused = sent.filter((one) => one.status !== 0).length;
  t.diagnostic(
    `${attacks.length} attacks: ${sent.length} sent, ${refused} refused, ${status.holds} held, ${Math.round(tookMs)} ms`,
  );
  assert.deepEqual(guilty, []);
});
