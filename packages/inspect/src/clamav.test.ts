import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { concatBytes } from '@leadglass/kit';
import {
  clamav,
  DataSetInspection,
  FIRST_INSPECTORS,
  FileInspection,
  inspectDataSet,
  inspectFile,
  type ScanOutcome,
  type ScanStream,
  type StreamScanner,
} from './index.ts';
import { CLAMAV_KINDS } from './inspectors/clamav-kinds.ts';
import { CT_CLASS, EXPLICIT, element, file, INSTANCE, identity, imageModule, pixelData } from './test-data.ts';

const MARKER = 'LEADGLASS-INERT-MARKER';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const CONTEXT = { transferSyntaxUid: EXPLICIT, sopClassUid: CT_CLASS, sopInstanceUid: INSTANCE };
const IMAGE = concatBytes(identity(), imageModule(), pixelData(32));

/** Looks for one marker in each stream, in this process. */
class MarkerScanner implements StreamScanner {
  readonly streams: Buffer[] = [];
  readonly #name: string;
  readonly #last: ScanOutcome;
  discarded = 0;

  /** @param name of what is found. @param last said of every stream that holds no marker. */
  constructor(name = 'Test.Marker', last: ScanOutcome = { kind: 'clean' }) {
    this.#name = name;
    this.#last = last;
  }

  open(): ScanStream {
    const pieces: Buffer[] = [];
    return {
      write: (view) => void pieces.push(Buffer.from(view)),
      finish: async () => {
        const bytes = Buffer.concat(pieces);
        this.streams.push(bytes);
        return bytes.includes(MARKER) ? { kind: 'found', name: this.#name } : this.#last;
      },
      discard: () => {
        this.discarded += 1;
      },
    };
  }
}

async function look(dataSet: Uint8Array, scanner: StreamScanner, transferSyntaxUid = EXPLICIT, pieceBytes = 7) {
  const inspection = new DataSetInspection({
    context: { ...CONTEXT, transferSyntaxUid },
    inspectors: [clamav(scanner)],
  });
  const buffer = new Uint8Array(pieceBytes);
  for (let at = 0; at < dataSet.length; at += pieceBytes) {
    const part = dataSet.subarray(at, at + pieceBytes);
    buffer.set(part);
    inspection.push(buffer.subarray(0, part.length));
  }
  const { verdict, findings, unfinished } = await inspection.settled();
  return { verdict, codes: findings.map(({ code }) => code), findings, unfinished };
}

const bytesOf = (words: string): Uint8Array => new Uint8Array(Buffer.from(words, 'latin1'));
const hiding = (...hidden: readonly Uint8Array[]): Uint8Array =>
  concatBytes(identity(), ...hidden, imageModule(), pixelData(32));

test('[INSPECT-370] the object is shown byte for byte as the file it makes, in any pieces', async () => {
  for (const pieceBytes of [1, 7, 10_000]) {
    const scanner = new MarkerScanner();
    await look(IMAGE, scanner, EXPLICIT, pieceBytes);
    assert.deepEqual(scanner.streams, [Buffer.from(IMAGE)]);
  }
  const whole = new MarkerScanner();
  const inspection = new FileInspection({ inspectors: [clamav(whole)] });
  const bytes = file(IMAGE, { preamble: 'something' });
  for (let at = 0; at < bytes.length; at += 11) inspection.push(bytes.subarray(at, at + 11));
  await inspection.settled();
  assert.deepEqual(whole.streams, [Buffer.from(bytes)]);
});

test('[INSPECT-371] what is found is malicious, and told by the signature’s name and the element that holds it', async () => {
  const seen = await look(
    hiding(element(0x00091010, 'OB', bytesOf(`${MARKER}${'x'.repeat(80)}`))),
    new MarkerScanner(),
  );
  assert.equal(seen.verdict, 'malicious');
  assert.deepEqual(seen.codes, ['clamav.found']);
  assert.equal(seen.findings[0]?.path, '(0009,1010)');
  assert.match(seen.findings[0]?.text.en ?? '', /signature: Test\.Marker\)/);
  assert.match(seen.findings[0]?.text.fr ?? '', /signature : Test\.Marker\)/);
  const elsewhere = await look(hiding(element(0x00104000, 'LT', MARKER)), new MarkerScanner());
  assert.deepEqual([elsewhere.codes, elsewhere.findings[0]?.path], [['clamav.found'], '']);
});

test('[INSPECT-372] documents and binary values of private and unknown elements over 64 bytes are shown each by itself', async () => {
  const archive = gzipSync(randomBytes(200));
  const scanner = new MarkerScanner();
  const shown = [
    element(0x00091010, 'OB', archive.length % 2 === 0 ? archive : concatBytes(archive, Uint8Array.of(0))),
    element(0x00091011, 'UN', randomBytes(66)),
    element(0x00420011, 'OB', bytesOf('%PDF')),
    element(0x00420099, 'UN', randomBytes(100)),
  ];
  const notShown = [element(0x00091012, 'OB', randomBytes(64)), element(0x00281201, 'OW', randomBytes(512))];
  await look(hiding(...notShown, ...shown), scanner);
  const values = shown.map((one) => Buffer.from(one.subarray(12)));
  assert.deepEqual(scanner.streams.slice(0, -1), values);
});

test('[INSPECT-373] contents of one object are bounded; more that begin as files do leave it unfinished, tables and numbers do not', async () => {
  const many = (value: () => Uint8Array) =>
    hiding(...Array.from({ length: 50 }, (_, at) => element(0x00091000 + at, 'OB', value())));
  const numbers = new MarkerScanner();
  const plain = await look(
    many(() => new Uint8Array(100).fill(7)),
    numbers,
  );
  assert.deepEqual([plain.unfinished, numbers.streams.length], [[], 33]);
  const archives = await look(
    many(() => concatBytes(bytesOf('PK\x03\x04'), randomBytes(96))),
    new MarkerScanner(),
  );
  assert.deepEqual([archives.codes, archives.unfinished], [['clamav.many-contents'], ['clamav']]);
});

test('[INSPECT-374] what could not be looked at is unfinished, says why, and leaves the verdict alone', async () => {
  const why = ['too-large', 'behind', 'slow', 'refused', 'unavailable'] as const;
  const codes = await Promise.all(
    why.map(async (each) => {
      const seen = await look(IMAGE, new MarkerScanner('', { kind: 'unfinished', why: each }));
      assert.deepEqual([seen.verdict, seen.unfinished], ['clean', ['clamav']]);
      return seen.codes;
    }),
  );
  const { large, slow, unavailable } = CLAMAV_KINDS;
  assert.deepEqual(codes, [[large.code], [slow.code], [slow.code], [unavailable.code], [unavailable.code]]);
});

test('[INSPECT-375] a limit of ClamAV’s own is no finding of harm: the object is unfinished; a rule of thumb or an unwanted program is doubtful', async () => {
  const marked = hiding(element(0x00104000, 'LT', MARKER));
  const limit = await look(marked, new MarkerScanner('Heuristics.Limits.Exceeded.MaxFileSize'));
  assert.deepEqual([limit.verdict, limit.codes, limit.unfinished], ['clean', ['clamav.limits'], ['clamav']]);
  for (const name of ['Heuristics.Encrypted.Zip', 'PUA.Win.Tool-1']) {
    const seen = await look(marked, new MarkerScanner(name));
    assert.deepEqual([seen.verdict, seen.codes, seen.unfinished], ['suspicious', ['clamav.suspected'], []]);
  }
});

test('[INSPECT-376] of a deflated data set what it unpacks to is shown too', async () => {
  const dataSet = hiding(element(0x00104000, 'LT', MARKER));
  const seen = await look(deflateRawSync(dataSet), new MarkerScanner(), DEFLATED);
  assert.deepEqual([seen.verdict, seen.codes], ['malicious', ['clamav.found']]);
});

test('[INSPECT-377] of an object that is not completed everything is taken back', () => {
  const scanner = new MarkerScanner();
  const inspection = new DataSetInspection({ context: CONTEXT, inspectors: [clamav(scanner)] });
  inspection.push(concatBytes(identity(), element(0x00091010, 'OB', randomBytes(50), 100)));
  inspection.discard();
  inspection.discard();
  assert.deepEqual([scanner.discarded, scanner.streams.length], [2, 0]);
});

test('[INSPECT-378] an inspector that throws takes back what it had begun', () => {
  let discarded = 0;
  const broken = () => ({
    name: 'broken',
    elementEnd: () => {
      throw new Error('defect');
    },
    discard: () => {
      discarded += 1;
      throw new Error('and again');
    },
  });
  const { unfinished } = inspectDataSet({ context: CONTEXT, inspectors: [broken] }, [IMAGE]);
  assert.deepEqual([unfinished, discarded], [['broken'], 1]);
});

test('[INSPECT-379] without a scanner nothing is asked: the inspectors that are always there do not know of ClamAV', () => {
  assert.equal(
    FIRST_INSPECTORS.some((make) => make.name === 'clamav'),
    false,
  );
  assert.deepEqual(inspectFile([file(IMAGE)]).unfinished, []);
});
