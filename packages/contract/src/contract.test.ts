import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAeTitle, isSha256, isUid, SERVICES } from '@leadglass/model';
import {
  AeTitleSchema,
  CONTROL,
  DestinationSchema,
  EXPORT_END,
  type ExportHead,
  ExportReader,
  encodeExportHead,
  type Operation,
  PeerSchema,
  pathOf,
  ServiceSchema,
  Sha256Schema,
} from './index.ts';

const WORDS = ['', ' ', 'A', ' A', 'A ', 'A B', 'CT\\1', 'é', 'A\n', 'x'.repeat(16), 'x'.repeat(17), '*', '~', '\x7f'];
const HASHES = ['0'.repeat(64), 'A'.repeat(64), '0'.repeat(63), '0'.repeat(65), `${'0'.repeat(64)}\n`];
const UIDS = ['1.2.3', '1.02', '1.', '', '1.2.840.10008.1.1', '1'.repeat(64), '1'.repeat(65), '1.2\n', '*'];

test('[CONTRACT-1] AE titles are what model says they are', () => {
  for (const word of WORDS) assert.equal(AeTitleSchema.safeParse(word).success, isAeTitle(word), JSON.stringify(word));
});

test('[CONTRACT-1] SHA-256 and UIDs are what model says they are', () => {
  for (const hash of HASHES) assert.equal(Sha256Schema.safeParse(hash).success, isSha256(hash), JSON.stringify(hash));
  const peer = (uid: string) => ({ aeTitle: 'A', from: '::1', allow: ['echo'], privateSopClasses: [uid] });
  for (const uid of UIDS) {
    assert.equal(PeerSchema.safeParse(peer(uid)).success, uid === '*' || isUid(uid), JSON.stringify(uid));
  }
});

test('[CONTRACT-1] services are those of model, in order', () => {
  assert.deepEqual(ServiceSchema.options, [...SERVICES]);
});

test('[CONTRACT-2] an unknown field of a request is refused, not ignored', () => {
  const requests: Readonly<Partial<Record<Operation, object>>> = {
    status: {},
    'peer.add': { aeTitle: 'A', from: '::1', allow: ['echo'] },
    'route.add': { from: '*', to: 'PACS' },
    'vault.find': { id: '1.2' },
  };
  for (const [name, good] of Object.entries(requests)) {
    const { request } = CONTROL[name as Operation];
    assert.equal(request.safeParse(good).success, true, name);
    assert.equal(request.safeParse({ ...good, surprise: 1 }).success, false, name);
  }
});

test('[CONTRACT-2] every operation refuses what is not an object', () => {
  for (const [name, { request }] of Object.entries(CONTROL)) {
    for (const bad of [null, 1, 'x', []]) assert.equal(request.safeParse(bad).success, false, name);
  }
});

test('[CONTRACT-3] a path is the name of its operation, safe in a URL', () => {
  for (const name of Object.keys(CONTROL)) assert.equal(encodeURI(pathOf(name as Operation)), `/v1/${name}`);
});

test('[CONTRACT-4] defaults of a peer are the careful ones', () => {
  const peer = PeerSchema.parse({ aeTitle: 'A', from: '::1', allow: ['echo'] });
  assert.deepEqual([peer.whenHeld, peer.privateSopClasses], ['keep-sending', []]);
});

test('[CONTRACT-4] a destination is bounded in name, host and port', () => {
  const good = { name: 'P', host: '::1', port: 104, called: 'A', calling: 'B' };
  assert.equal(DestinationSchema.safeParse(good).success, true);
  for (const bad of [
    { name: '../x' },
    { name: '-x' },
    { host: 'a b' },
    { host: '' },
    { port: 0 },
    { port: 65536 },
    { port: 1.5 },
  ]) {
    assert.equal(DestinationSchema.safeParse({ ...good, ...bad }).success, false, JSON.stringify(bad));
  }
});

function head(plainBytes: number, fault?: string): ExportHead {
  const object = {
    sha256: Sha256Schema.parse('ab'.repeat(32)),
    ...{
      sopInstanceUid: '1.2',
      sopClassUid: '1.3',
      transferSyntaxUid: '1.4',
      studyInstanceUid: '',
      seriesInstanceUid: '',
    },
    ...{ modality: 'CT', plainBytes, peer: 'A', verdict: 'clean', receivedAtMs: 1 },
  };
  return fault === undefined ? { object } : { object, fault };
}

/** What a reader tells when `stream` comes in pieces of `size`. */
function read(stream: Uint8Array, size: number): { told: string[]; isEnded: boolean } {
  const told: string[] = [];
  let body = '';
  const reader = new ExportReader({
    head: (each) => told.push(`head ${each.object.plainBytes} ${each.fault ?? ''}`),
    body: (chunk) => {
      body += Buffer.from(chunk).toString();
    },
    bodyEnd: () => {
      told.push(`body ${body}`);
      body = '';
    },
  });
  for (let at = 0; at < stream.byteLength; at += size) reader.write(stream.subarray(at, at + size));
  return { told, isEnded: reader.isEnded };
}

const STREAM = Buffer.concat([
  encodeExportHead(head(5)),
  Buffer.from('hello'),
  encodeExportHead(head(7, 'vault.damaged')),
  encodeExportHead(head(0)),
  EXPORT_END,
]);
const TOLD = ['head 5 ', 'body hello', 'head 7 vault.damaged', 'body ', 'head 0 ', 'body '];

test('[CONTRACT-5] an export reads the same whole, in pieces and one byte at a time', () => {
  for (const size of [STREAM.byteLength, 100, 7, 3, 1]) {
    assert.deepEqual(read(STREAM, size), { told: TOLD, isEnded: true }, `pieces of ${size}`);
  }
});

test('[CONTRACT-5] an export cut anywhere is not ended', () => {
  for (let end = 0; end < STREAM.byteLength; end += 1) {
    assert.equal(read(STREAM.subarray(0, end), 64).isEnded, false, `cut at ${end}`);
  }
});

test('[CONTRACT-5] a head of absurd length is refused before it is gathered', () => {
  assert.throws(() => read(Uint8Array.from([0x7f, 0xff, 0xff, 0xff]), 4), RangeError);
});

test('[CONTRACT-5] bytes after the end are refused', () => {
  assert.throws(() => read(Buffer.concat([STREAM, Uint8Array.of(1)]), 1000), RangeError);
});
