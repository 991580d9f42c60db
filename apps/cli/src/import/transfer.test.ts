import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { encodeElements, Part10Reader, writeFileMeta } from '@leadglass/dicom';
import { Fault, Phi, text } from '@leadglass/kit';
import type { Finding } from '@leadglass/model';
import { coercionOf } from '@leadglass/rewrite';
import { zip } from '../scan/zip.testkit.ts';
import type { Emitted } from './copying.ts';
import { FRAME, frameHead, framesOf } from './frames.ts';
import { file, finding, object } from './import.testkit.ts';
import type { Fate } from './judge.ts';
import { MediumGatherer, type MediumObject } from './medium.ts';
import { countsOf, type ImportResult } from './results.ts';
import type { Answered } from './sending.ts';
import { Transfer, type Transferred } from './transfer.ts';

const FOLDER = realpathSync(mkdtempSync(join(tmpdir(), 'leadglass-transfer-')));
after(() => rmSync(FOLDER, { recursive: true, force: true }));
const CT = '1.2.840.10008.5.1.4.1.1.2';
const EXPLICIT = '1.2.840.10008.1.2.1';
const COERCION = coercionOf({ patientId: 'L-42', patientName: 'DUPRE^Lea' }, 'Medium 01');
const PIXELS = new Uint8Array(600_000).map((_, at) => at % 251);

function image(instance: string, description = 'Thin'): Buffer {
  const head = writeFileMeta({
    ...{ sopClassUid: CT, sopInstanceUid: instance, transferSyntaxUid: EXPLICIT },
    ...{ implementationClassUid: '2.25.1', implementationVersionName: 'TEST' },
  });
  const elements = encodeElements(
    [
      ...[
        { tag: 0x00080016, value: CT },
        { tag: 0x00080018, value: instance },
        { tag: 0x0008103e, value: description },
      ],
      ...[
        { tag: 0x00100010, value: 'DUPRE^L' },
        { tag: 0x00100020, value: 'EXT-77' },
      ],
      { tag: 0x7fe00010, vr: 'OW', value: PIXELS },
    ],
    EXPLICIT,
  );
  return Buffer.concat([head, elements]);
}

function dataSetOf(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  const reader = new Part10Reader({
    ...{ preamble: () => {}, metaIrregularity: () => {}, meta: () => {} },
    dataSet: (piece) => void parts.push(Buffer.from(piece)),
  });
  reader.push(bytes);
  reader.end();
  return Buffer.concat(parts);
}

/** The gateway's place: takes everything, or answers as told. */
class Taken {
  readonly sent: { readonly mode: string; readonly instance: string; readonly bytes: Buffer }[] = [];
  readonly #answer: (emitted: Emitted) => Answered;

  constructor(
    answer: (emitted: Emitted) => Answered = ({ head }) => STATUS[head.mode === 'original' ? 'held' : 'stored'],
  ) {
    this.#answer = answer;
  }

  async send(emitted: Emitted): Promise<Answered> {
    const parts: Uint8Array[] = [];
    for await (const piece of emitted.bytes) parts.push(Buffer.from(piece));
    const answer = this.#answer(emitted);
    this.sent.push({ mode: emitted.head.mode, instance: emitted.head.sopInstanceUid, bytes: Buffer.concat(parts) });
    return answer;
  }
}

const DOUBTFUL: Made = { fate: 'disarm', findings: [finding('suspicious')] };
const STATUS = {
  stored: { status: 0, comment: '' },
  held: { status: 0x0124, comment: '' },
  refused: { status: 0xc000, comment: '' },
};

interface Made {
  readonly fate: Fate;
  readonly findings?: readonly Finding[];
}

/** Gathers objects as looking would tell them, a file or an archive with several: of each its instance UID and its bytes. */
function objectsIn(
  path: string,
  images: readonly (readonly [instance: string, bytes: Uint8Array])[],
  made: readonly Made[],
): { object: MediumObject; fate: Fate }[] {
  const gatherer = new MediumGatherer();
  const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const looked = images.map(([sopInstanceUid, bytes], at) =>
    object({ sopInstanceUid, sha256: sha(bytes) }, made[at]?.findings),
  );
  gatherer.take(file(path, looked));
  return gatherer.medium().objects.map((one, at) => ({ object: one, fate: made[at]?.fate ?? 'copy' }));
}

/** Writes an image and gathers it. */
function imageAt(
  name: string,
  instance: string,
  made: Made,
  description?: string,
): { object: MediumObject; fate: Fate }[] {
  const [path, bytes] = [join(FOLDER, name), image(instance, description)];
  writeFileSync(path, bytes);
  return objectsIn(path, [[instance, bytes]], [made]);
}

async function run(
  judged: readonly { object: MediumObject; fate: Fate }[],
  sender: Pick<Taken, 'send'>,
  isCoerced = true,
): Promise<Transferred> {
  const coercion = isCoerced ? COERCION : undefined;
  const options = { sender, coercion, paths: [FOLDER], epochMs: 1_782_000_000_000, onProgress: () => {} };
  return new Transfer({ ...options, signal: new AbortController().signal }).run(judged);
}

const outcomes = (results: readonly ImportResult[]) =>
  results.map(({ outcome, isOriginalKept }) => `${outcome} ${isOriginalKept}`);

test('[CLI-89] an archive is read as looking counted it: originals first, then copies, each the same bytes every time', async () => {
  const path = join(FOLDER, 'portal.zip');
  const [clean, dirty, bad] = [image('1.2.1'), image('1.2.2', '<img src=x>'), image('1.2.3')];
  writeFileSync(path, zip(...[clean, Buffer.from('text'), dirty, bad].map((data, at) => ({ name: `${at}`, data }))));
  const doubt = {
    fate: 'disarm',
    findings: [{ ...finding('suspicious', 'injection.markup'), path: '(0008,103E)' }],
  } as const;
  const images = [
    ['1.2.1', clean],
    ['1.2.2', dirty],
    ['1.2.3', bad],
  ] as const;
  const judged = objectsIn(path, images, [{ fate: 'copy' }, doubt, { fate: 'keep' }]);
  const [first, second] = [new Taken(), new Taken()];
  const { results, interrupted } = await run(judged, first);
  await run(judged, second);
  assert.equal(interrupted, undefined);
  assert.deepEqual(outcomes(results), ['stored false', 'stored true', 'held true']);
  assert.deepEqual(
    first.sent.map(({ mode, instance }) => `${mode} ${instance}`),
    ['original 1.2.2', 'original 1.2.3', 'copy 1.2.1', 'copy 1.2.2'],
  );
  assert.ok(first.sent[0]?.bytes.equals(dataSetOf(dirty)) && first.sent[1]?.bytes.equals(dataSetOf(bad)));
  for (const { mode, bytes } of first.sent.slice(2)) {
    assert.equal(bytes.includes('L-42') && bytes.includes(Buffer.from(PIXELS)) && !bytes.includes('<img'), true, mode);
  }
  assert.deepEqual(
    second.sent.map(({ bytes }) => bytes),
    first.sent.map(({ bytes }) => bytes),
  );
  const { notStored, ...counts } = countsOf(results);
  assert.deepEqual([counts, notStored.length], [{ stored: 2, originals: 1, held: 1, refused: 0, left: 0 }, 1]);
});

test('[CLI-89] without another identity a clean object goes byte for byte', async () => {
  const taken = new Taken();
  await run(imageAt('plain', '1.2.1', { fate: 'copy' }), taken, false);
  assert.ok(taken.sent[0]?.bytes.equals(dataSetOf(image('1.2.1'))));
});

test('[CLI-90] no copy goes where its original was not kept', async () => {
  const taken = new Taken(({ head }) => (head.mode === 'original' ? STATUS.refused : STATUS.stored));
  const judged = imageAt('unkept', '1.2.1', DOUBTFUL, '<img src=x>');
  const { results } = await run(judged, taken);
  assert.deepEqual(
    taken.sent.map(({ mode }) => mode),
    ['original'],
  );
  assert.deepEqual(outcomes(results), ['refused false']);
});

test('[CLI-91] an object that changes while it is read is taken back before its end, and costs no other', async () => {
  const changing = join(FOLDER, 'changing');
  const judged = [...imageAt('changing', '1.2.1', DOUBTFUL), ...imageAt('steady', '1.2.2', { fate: 'copy' })];
  const taken = new Taken(({ head }) => {
    // Between the rehearsal and the writing.
    if (head.mode === 'original') writeFileSync(changing, image('1.2.1', 'Thick'));
    return STATUS[head.mode === 'original' ? 'held' : 'stored'];
  });
  const { results } = await run(judged, taken);
  assert.deepEqual(
    taken.sent.map(({ mode, instance }) => `${mode} ${instance}`),
    ['original 1.2.1', 'copy 1.2.2'],
  );
  assert.deepEqual(outcomes(results), ['held true', 'stored false']);
});

test('[CLI-97] another medium in the place of the one that was shown is not taken, whichever way it would go', async () => {
  const fates: readonly Made[] = [{ fate: 'copy' }, DOUBTFUL, { fate: 'keep' }];
  const judged = fates.flatMap((made, at) => imageAt(`swapped${at}`, '1.2.1', made));
  for (const [at] of fates.entries()) writeFileSync(join(FOLDER, `swapped${at}`), image('1.2.1', 'Somebody else'));
  for (const isCoerced of [true, false]) {
    const taken = new Taken();
    const { results } = await run(judged, taken, isCoerced);
    assert.deepEqual([outcomes(results), taken.sent], [['left false', 'left false', 'left false'], []]);
    assert.ok(results.every(({ why }) => why?.en.includes('no longer the object')));
  }
});

test('[CLI-92] a file that is gone, or that can be sent under no name, is left and costs no other', async () => {
  const nameless = image('1.2.3').subarray(0, 400);
  writeFileSync(join(FOLDER, 'nameless'), nameless);
  const judged = [
    ...objectsIn(join(FOLDER, 'gone'), [['1.2.1', image('1.2.1')]], [{ fate: 'copy' }]),
    ...objectsIn(join(FOLDER, 'nameless'), [['1.2.3', nameless]], [{ fate: 'copy' }]),
    ...imageAt('good', '1.2.2', { fate: 'copy' }),
  ];
  const { results, interrupted } = await run(judged, new Taken());
  assert.deepEqual(outcomes(results), ['left false', 'left false', 'stored false']);
  assert.equal(interrupted, undefined);
  assert.ok(results.slice(0, 2).every(({ why }) => why !== undefined));
});

test('[CLI-93] when the gateway takes nothing more the import stops there, and says that it can be run again', async () => {
  const judged = ['a', 'b', 'c'].flatMap((name, at) => imageAt(name, `1.2.${at}`, { fate: 'copy' }));
  const taken = new Taken(({ head }) => {
    if (head.sopInstanceUid === '1.2.1') throw new Fault('import.interrupted', 'transient', text('fr', 'en'));
    return STATUS.stored;
  });
  const { results, interrupted } = await run(judged, taken);
  assert.deepEqual(outcomes(results), ['stored false', 'left false', 'left false']);
  assert.equal(interrupted?.code, 'import.interrupted');
});

test('[CLI-94] frames are read in any pieces; what is none, too long or cut is refused', async () => {
  const bytes = Buffer.concat([frameHead(FRAME.bytes, 3), Buffer.from('abc'), frameHead(FRAME.done, 0)]);
  for (const size of [1, 4, 100]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    const frames: string[] = [];
    for await (const { kind, payload } of framesOf(Readable.from(pieces))) frames.push(`${kind} ${payload}`);
    assert.deepEqual(frames, [`${FRAME.bytes} abc`, `${FRAME.done} `]);
  }
  const all = async (stream: Buffer) => {
    for await (const _ of framesOf(Readable.from([stream])));
  };
  await assert.rejects(all(bytes.subarray(0, 6)), RangeError);
  await assert.rejects(all(frameHead(FRAME.bytes, 2 ** 30)), RangeError);
});

test('[CLI-82] what an object says of its patient prints as [phi]', () => {
  const [one] = objectsIn('x', [['1.2.1', PIXELS]], [{ fate: 'copy' }]);
  assert.ok(one !== undefined && one.object.about instanceof Phi);
  assert.equal(JSON.stringify(one.object.about), '"[phi]"');
});
