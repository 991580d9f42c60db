import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { BUG_CLASSES, type BugClass } from './classes.ts';
import { TEST_PATIENT, TEST_UID_PREFIX } from './identity.ts';
import type { MadeObject } from './made.ts';
import { TRANSFER } from './object.ts';
import { makerOf, type Numbered, PACK } from './pack.ts';
import { EICAR, PAYLOADS } from './payloads.ts';
import { Seeded } from './seeded.ts';
import { NOT_APPLICABLE } from './watches.ts';

const SEED = 7;
const MOST_BYTES = 4 * 2 ** 20;
/** Where a URL of the pack may point: to nobody. */
const NOBODY = /^(?:127\.0\.0\.1(?::9)?|169\.254\.169\.254\/leadglass-none|www\.w3\.org)/;

type Sent = readonly [one: Numbered, made: MadeObject];

/** Every object of the pack, as a run with this seed sends it. */
function objects(seed: number, run = 1): Sent[] {
  return PACK.flatMap((one) => (one.kind === 'object' ? [[one, one.make(makerOf(one, seed, run))] as const] : []));
}

const bytesOf = (seed: number): Buffer => Buffer.concat(objects(seed).map(([, { dataSet }]) => dataSet));

test('[CLI-60] the same seed and run give the same bytes, another seed others, and no two runs share a UID', () => {
  assert.ok(bytesOf(SEED).equals(bytesOf(SEED)));
  assert.ok(!bytesOf(SEED).equals(bytesOf(SEED + 1)));
  const uids = [...objects(SEED, 1), ...objects(SEED, 2)].map(([, { sopInstanceUid }]) => sopInstanceUid);
  assert.equal(new Set(uids).size, uids.length);
});

test('[CLI-61] what is made is marked as a test and bounded in size', () => {
  for (const [{ id }, { sopInstanceUid, dataSet }] of objects(SEED)) {
    assert.ok(sopInstanceUid.startsWith(TEST_UID_PREFIX) && sopInstanceUid.length <= 64, id);
    assert.ok(dataSet.length < MOST_BYTES, `${id}: ${dataSet.length}`);
  }
  const marked = objects(SEED).filter(([, { dataSet }]) => dataSet.includes(TEST_PATIENT));
  const unmarked = objects(SEED).filter(([, { dataSet }]) => !dataSet.includes(TEST_PATIENT));
  assert.ok(marked.length > 100);
  // Those whose name is the attack, and one that is packed.
  assert.deepEqual(
    unmarked.map(([{ id, name }]) => `${id} ${name.en}`),
    [
      'B5-12 a path as Patient’s Name',
      'B6-5 a command in backquotes in the name',
      'B12-1 1 GB of zeros in 1 MB of deflated data',
      'B16-6 markup that runs in the Patient’s Name',
    ],
  );
});

test('[CLI-62] nothing in the pack can do harm: programs without an entry, commands that do nothing, addresses of nobody', () => {
  const pe = PAYLOADS.find(({ name }) => name === 'pe')?.make(new Seeded(SEED)) ?? Buffer.alloc(0);
  const header = pe.indexOf('PE\0\0');
  assert.equal(pe.readUInt32LE(header + 24 + 4), 0, 'size of code');
  assert.equal(pe.readUInt32LE(header + 24 + 16), 0, 'entry point');
  assert.equal(EICAR.length, 68);
  const all = [...objects(SEED), ...objects(SEED + 1), ...objects(SEED + 2)];
  const said = all.map(([, { dataSet }]) => dataSet.toString('latin1')).join('\n');
  for (const [, address = ''] of said.matchAll(/(?:https?|ldap|rmi|dns):\/\/([^\s"'<>}]{1,60})/g))
    assert.match(address, NOBODY);
  assert.doesNotMatch(said, /rm -|reboot|shutdown|mkfs|format c:|del \/|\/etc\/passwd|studies;/i);
});

test('[CLI-63] each bug class has an attack, or says why it has none; ids are unique', () => {
  const tried = new Set<string>(PACK.map((one) => one.class));
  const excused = new Set<string>(NOT_APPLICABLE.map((one) => one.class));
  for (const name of Object.keys(BUG_CLASSES) as BugClass[]) assert.notEqual(tried.has(name), excused.has(name), name);
  assert.equal(new Set(PACK.map(({ id }) => id)).size, PACK.length);
  assert.ok(PACK.length >= 200, `${PACK.length}`);
  for (const { name } of PACK) assert.ok(name.fr !== '' && name.en !== '' && name.fr !== name.en);
});

test('[CLI-64] what is looked for at the receiving end is in what is sent: its absence there means something', () => {
  const attacks = objects(SEED).filter(([, { harm }]) => harm !== undefined);
  assert.ok(attacks.length > 60);
  for (const [{ id }, { dataSet, harm, pixels }] of attacks) {
    assert.ok(harm !== undefined && harm.length > 0 && dataSet.includes(harm), id);
    for (const frame of pixels) assert.ok(dataSet.includes(frame), `${id}: pixels`);
  }
});

test('[CLI-65] the bomb is one: a megabyte that unpacks to more than anybody should take', () => {
  const [, bomb] = objects(SEED).find(([, { transferSyntaxUid }]) => transferSyntaxUid === TRANSFER.deflated) as Sent;
  assert.ok(bomb.dataSet.length < 2 ** 21);
  const head = Buffer.from('e07f10004f57000000000040', 'hex');
  assert.throws(() => inflateRawSync(bomb.dataSet, { maxOutputLength: 32 * 2 ** 20 }), {
    code: 'ERR_BUFFER_TOO_LARGE',
  });
  const begun = inflateRawSync(bomb.dataSet.subarray(0, 4_096), { finishFlush: 2 });
  assert.ok(begun.includes(bomb.sopInstanceUid) && begun.includes(head));
});
