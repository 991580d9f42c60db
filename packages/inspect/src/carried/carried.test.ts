import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import { FileInspection, inspectDataSet } from '../index.ts';
import {
  CT_CLASS,
  EXPLICIT,
  element,
  encapsulatedPixels,
  file,
  INSTANCE,
  identity,
  imageModule,
  pixelData,
  sequence,
} from '../test-data.ts';
import { CARRIED, EICAR_BYTES, lookIn, peProgram, privateValue } from './carried.testkit.ts';
import { carried } from './carried.ts';
import type { Content, ContentEye, ContentEyeMaker } from './content.ts';
import { eicar } from './eicar.ts';

interface Shown extends Content {
  readonly bytes: Buffer;
}

/** An eye that keeps everything, for one object. */
function recorder(): { readonly shown: Shown[]; readonly eye: ContentEyeMaker } {
  const shown: Shown[] = [];
  const eye: ContentEyeMaker = (): ContentEye => {
    let content: Content | undefined;
    let pieces: Buffer[] = [];
    return {
      name: 'recorder',
      begin(one) {
        [content, pieces] = [one, []];
        return true;
      },
      bytes: (view) => pieces.push(Buffer.from(view)),
      end() {
        if (content !== undefined) shown.push({ ...content, bytes: Buffer.concat(pieces) });
      },
    };
  };
  return { shown, eye };
}

function shownOf(dataSet: Uint8Array, pieceBytes: number, transferSyntaxUid = EXPLICIT): Shown[] {
  const { shown, eye } = recorder();
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < dataSet.length; at += pieceBytes) pieces.push(dataSet.slice(at, at + pieceBytes));
  const context = { transferSyntaxUid, sopClassUid: CT_CLASS, sopInstanceUid: INSTANCE };
  inspectDataSet({ context, inspectors: [carried([eye])] }, pieces);
  return shown;
}

const BYTES = Buffer.from('sixteen bytes or more', 'latin1').subarray(0, 20);
const JPEG = Buffer.from('ffd8ffe000041122ffda00041122aabbff00ccffd9', 'hex');

test('[INSPECT-300] values, texts, documents, pixels, fragments and what follows become contents, whole and in order', () => {
  const dataSet = concatBytes(
    identity(),
    element(0x00204000, 'LT', 'A comment of some length'),
    element(0x00420011, 'OB', BYTES),
    privateValue(BYTES),
    imageModule(),
    pixelData(32),
    Buffer.alloc(8),
    BYTES,
  );
  for (const pieceBytes of [dataSet.length, 7, 1]) {
    const roles = shownOf(dataSet, pieceBytes).map(({ role, bytes }) => `${role} ${bytes.length}`);
    assert.deepEqual(roles, ['text 24', 'document 20', 'value 20', 'pixels 32', 'trailing 28']);
  }
});

test('[INSPECT-300] a maker’s element of any VR is one, with the creator of its block in its own item', () => {
  const item = concatBytes(element(0x00990010, 'LO', 'OTHER'), element(0x00991001, 'UN', BYTES));
  const dataSet = concatBytes(
    identity(),
    sequence(0x00081140, item),
    element(0x00990010, 'LO', 'ACME'),
    element(0x00991002, 'FL', BYTES),
    element(0x009910ff, 'LO', 'a note of a maker'),
    element(0x00991101, 'OB', BYTES),
  );
  const makers = shownOf(dataSet, 9).map(({ role, creator, isPrivate }) => `${role} ${creator} ${isPrivate}`);
  assert.deepEqual(makers, ['value OTHER true', 'value ACME true', 'text ACME true', 'value  true']);
});

test('[INSPECT-301] short values, numbers and everyday texts are none', () => {
  const dataSet = concatBytes(identity(), imageModule(), element(0x00081030, 'LO', 'Thorax, without contrast'));
  assert.deepEqual(shownOf(dataSet, 1000), []);
});

test('[INSPECT-301] a file’s preamble and header are shown first, whatever the pieces', () => {
  const bytes = file(concatBytes(identity(), privateValue(BYTES)), { preamble: 'ACME VIEWER 2.1' });
  const { shown, eye } = recorder();
  const inspection = new FileInspection({ inspectors: [carried([eye])] });
  for (let at = 0; at < bytes.length; at += 11) inspection.push(bytes.slice(at, at + 11));
  inspection.end();
  const [first, second] = shown;
  assert.equal(first?.role, 'file');
  assert.ok(first?.bytes.equals(Buffer.from(bytes.subarray(0, first.bytes.length))));
  assert.ok(first.bytes.includes(EXPLICIT));
  assert.equal(second?.role, 'value');
});

test('[INSPECT-302] an eye that fails is switched off and named, and hides nothing the others see', () => {
  const failing = (method: 'begin' | 'bytes' | 'end'): ContentEyeMaker =>
    Object.defineProperty(
      (): ContentEye => {
        const fail = (): never => {
          throw new Error('P1');
        };
        return {
          name: `failing-${method}`,
          begin: () => true,
          bytes: () => undefined,
          end: () => undefined,
          [method]: fail,
        };
      },
      'name',
      { value: method },
    );
  function broken(): ContentEye {
    throw new Error('P1');
  }
  const late: ContentEyeMaker = () => ({ ...idle, name: 'late', settle: () => Promise.reject(new Error('P1')) });
  const idle: ContentEye = { name: 'idle', begin: () => false, bytes: () => undefined, end: () => undefined };
  const eyes = [failing('begin'), broken, failing('bytes'), failing('end'), late, eicar];
  const context = { transferSyntaxUid: EXPLICIT, sopClassUid: CT_CLASS, sopInstanceUid: INSTANCE };
  const dataSet = concatBytes(identity(), privateValue(BYTES), privateValue(EICAR_BYTES));
  const { findings, unfinished, verdict } = inspectDataSet({ context, inspectors: [carried(eyes)] }, [dataSet]);
  assert.deepEqual([...unfinished].sort(), ['broken', 'failing-begin', 'failing-bytes', 'failing-end']);
  assert.equal(verdict, 'malicious');
  assert.ok(!JSON.stringify(findings).includes('P1'));
});

test('[INSPECT-303] what follows a compressed frame, in its fragment or in further ones, is foreign', () => {
  const hidden = Buffer.from('something that is no image at all, longer than padding', 'latin1');
  const behind = ['carried.behind-frame'];
  const codes = (...fragments: readonly Uint8Array[]) =>
    lookIn(concatBytes(imageModule(), encapsulatedPixels(new Uint8Array(0), ...fragments))).codes;
  assert.deepEqual(codes(Buffer.concat([JPEG, Buffer.alloc(1), hidden])), behind);
  assert.deepEqual(codes(Buffer.concat([JPEG, Buffer.alloc(1)]), hidden), behind);
  assert.deepEqual(codes(Buffer.concat([JPEG, Buffer.alloc(70_000)])), behind);
});

test('[INSPECT-303] padding behind a frame, further frames and frames in many fragments are none', () => {
  const codes = (...fragments: readonly Uint8Array[]) =>
    lookIn(concatBytes(imageModule(), encapsulatedPixels(new Uint8Array(0), ...fragments))).codes;
  const padded = Buffer.concat([JPEG, Buffer.alloc(1)]);
  assert.deepEqual(codes(padded, padded, padded), []);
  assert.deepEqual(codes(Buffer.concat([padded, Buffer.alloc(2000, 0xff)])), []);
  assert.deepEqual(codes(Buffer.concat([padded, Buffer.alloc(30, 0x41)])), []);
  const long = Buffer.concat([JPEG.subarray(0, -2), Buffer.alloc(200, 0x33), JPEG.subarray(-2), Buffer.alloc(1)]);
  assert.deepEqual(codes(long.subarray(0, 20), long.subarray(20, 100), long.subarray(100)), []);
});

test('[INSPECT-303] what stands behind a frame is looked at like any other content', () => {
  const fragment = Buffer.concat([JPEG, Buffer.alloc(1), peProgram()]);
  const seen = lookIn(concatBytes(imageModule(), encapsulatedPixels(new Uint8Array(0), fragment)));
  assert.deepEqual(seen.codes, ['carried.behind-frame', 'disguise.program']);
});

test('[INSPECT-303] bytes behind the data set that read as an empty element belong to what follows', () => {
  const [gzip, implicit] = ['1f8b080000000000', '1.2.840.10008.1.2'];
  const dataSet = Buffer.concat([
    Buffer.from('08001600020000003130', 'hex'),
    Buffer.from('e07f100004000000abcdabcd', 'hex'),
    Buffer.from(`${gzip}0003`, 'hex'),
    Buffer.alloc(20, 0xaa),
  ]);
  const trailing = shownOf(dataSet, 3, implicit).find(({ role }) => role === 'trailing');
  assert.equal(trailing?.bytes.toString('hex').slice(0, 20), `${gzip}0003`);
});

test('[INSPECT-300] an object without contents costs no finding', () => {
  const context = { transferSyntaxUid: EXPLICIT, sopClassUid: CT_CLASS, sopInstanceUid: INSTANCE };
  assert.deepEqual(inspectDataSet({ context, inspectors: CARRIED }, [identity()]).findings, []);
});
