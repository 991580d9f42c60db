import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault, systemRandomness } from '@leadglass/kit';
import { generateIdentity, PayloadSealer, prepareSeal } from '@leadglass/vault';
import { continuityFault } from './faults.ts';
import { type BoxParts, PullParts, type PullPartsOptions } from './pull-parts.ts';

const [BOX, OTHER] = [generateIdentity(), generateIdentity()];
const VERSION = 'a'.repeat(32);

function sealed(plain: Uint8Array, to = BOX): Buffer {
  const kit = prepareSeal([to.recipient], systemRandomness);
  const parts: Buffer[] = [Buffer.from(kit.head)];
  const sealer = new PayloadSealer(kit.payloadKey);
  sealer.update(plain, (piece) => void parts.push(Buffer.from(piece)));
  sealer.finish((piece) => void parts.push(Buffer.from(piece)));
  return Buffer.concat(parts);
}

interface Given {
  readonly keys: readonly string[];
  /** Sealed bytes by path; absent: gone. */
  readonly files: Readonly<Record<string, Buffer>>;
  readonly here?: readonly string[];
  readonly documents?: readonly string[];
  readonly next?: (from: number) => number | null;
}

function pullOf({ keys, files, here = [], documents = [], next = () => null }: Given) {
  const told: string[] = [];
  const box: BoxParts = {
    begin: async () => {},
    missing: async (parts) => parts.map(({ key }) => key).filter((key) => !here.includes(key)),
    take: async (key, json) => {
      told.push(`take ${key} ${json.slice(0, 10)}`);
      return { key, version: VERSION, documents: documents.map((document) => ({ chart: 1, document })) };
    },
    document: async ({ document, bytes }) => void told.push(`document ${document} ${Buffer.from(bytes, 'base64')}`),
    done: async (key) => void told.push(`done ${key}`),
    end: async (what, asOfMs, leftOut) => void told.push(`end ${what} ${asOfMs} ${leftOut}`),
  };
  let asked = 0;
  const upstream = {
    json: async (schema: { parse(value: unknown): unknown }) => {
      asked += 1;
      const parts = keys.map((key) => ({ key, version: VERSION }));
      return schema.parse({ asOfMs: asked, total: keys.length, leftOut: 3, parts, next: next(asked) });
    },
    bytes: async function* (path: string) {
      const file = files[path.replace('/continuity/parts/', '')];
      if (file === undefined) throw continuityFault('continuity.gone');
      yield file;
    },
  } as unknown as PullPartsOptions['upstream'];
  const { signal } = new AbortController();
  const pull = new PullParts({ upstream, identity: BOX, from: 'key', box, signal, tell: () => {} });
  return { run: () => pull.run(), told };
}
const codeOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'none',
    (thrown) => (isFault(thrown) ? thrown.code : String(thrown)),
  );

test('[CONT-200] what is not here comes, with its documents before it is done; what is gone meanwhile is passed over', async () => {
  const document = 'd'.repeat(32);
  const { run, told } = pullOf({
    keys: ['feeds', 'chart-1', 'chart-2'],
    files: { 'chart-1': sealed(Buffer.from('{"a":1}')), [`chart-1/documents/${document}`]: sealed(Buffer.from('pdf')) },
    here: ['feeds'],
    documents: [document],
  });
  await run();
  assert.deepEqual(told, ['take chart-1 {"a":1}', `document ${document} pdf`, 'done chart-1', 'end parts 1 3']);
});

test('[CONT-200] what is not sealed to the box, was altered, is too long or never ends is refused, and nothing is said to be whole', async () => {
  const good = sealed(Buffer.from('{}'));
  const flipped = Buffer.from(good);
  flipped.writeUInt8((flipped.at(-1) ?? 0) ^ 1, flipped.length - 1);
  const long = sealed(Buffer.alloc(7 * 1024 * 1024));
  for (const [file, code] of [
    [sealed(Buffer.from('{}'), OTHER), 'continuity.altered'],
    [flipped, 'continuity.altered'],
    [long, 'continuity.unreadable'],
  ] as const) {
    const { run, told } = pullOf({ keys: ['chart-1'], files: { 'chart-1': file } });
    assert.equal(await codeOf(run()), code);
    assert.deepEqual(told, []);
  }
  for (const next of [() => 0, (asked: number) => asked * 500]) {
    const { run, told } = pullOf({ keys: Array(1_000).fill('chart-1'), files: {}, here: ['chart-1'], next });
    assert.equal(await codeOf(run()), 'continuity.unreadable');
    assert.deepEqual(told, []);
  }
});
