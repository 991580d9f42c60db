import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concatBytes } from '@leadglass/kit';
import { byGroup, MEMBER_FAILED } from './by-group.ts';
import { type InspectorMaker, inspectDataSet } from './index.ts';
import { INSPECTOR_FAILED } from './inspection.ts';
import { CT_CLASS, EXPLICIT, element, encapsulatedPixels, identity, imageModule, sequence } from './test-data.ts';

const OBJECT = concatBytes(
  identity(),
  sequence(0x00081140, element(0x00081155, 'UI', '1.2.3')),
  imageModule(),
  encapsulatedPixels(new Uint8Array(0), new Uint8Array(8)),
);

function look(maker: InspectorMaker) {
  const context = { transferSyntaxUid: EXPLICIT, sopClassUid: CT_CLASS, sopInstanceUid: '' };
  return inspectDataSet({ context, inspectors: [maker] }, [OBJECT]);
}

/** Notes everything it is told. */
function witness(name: string, seen: string[]): InspectorMaker {
  return () => ({
    name,
    element: (head) => void seen.push(`element ${(head.tag >>> 16).toString(16)}`),
    value: (bytes) => void seen.push(`value ${bytes.length}`),
    beginning: (head) => void seen.push(`beginning ${(head.tag >>> 16).toString(16)}`),
    sequence: (head) => void seen.push(`sequence ${(head.tag >>> 16).toString(16)}`),
    item: () => void seen.push('item'),
    itemEnd: () => void seen.push('itemEnd'),
    sequenceEnd: () => void seen.push('sequenceEnd'),
    fragment: (index) => void seen.push(`fragment ${index}`),
    end: () => void seen.push('end'),
  });
}

test('[INSPECT-206] a member is told of its own groups, of items always, and of the end', () => {
  const [pixels, images]: [string[], string[]] = [[], []];
  look(
    byGroup('both', [
      { make: witness('pixels', pixels), looksAt: (group) => group === 0x7fe0 },
      { make: witness('images', images), looksAt: (group) => group === 0x0028 },
    ]),
  );
  assert.deepEqual(pixels, ['item', 'itemEnd', 'sequenceEnd', 'fragment 0', 'fragment 1', 'value 8', 'end']);
  assert.equal(images.filter((one) => one === 'element 28').length, 7);
  assert.equal(images.filter((one) => one.startsWith('beginning')).length, 7);
  assert.ok(!images.includes('value 8'));
});

test('[INSPECT-94] a member that fails, at once or later, is named, and hides no other', () => {
  const seen: string[] = [];
  const every = () => true;
  const failing: InspectorMaker = () => ({
    name: 'failing',
    element() {
      throw new Error('x');
    },
  });
  const unmade: InspectorMaker = function unmade() {
    throw new Error('x');
  };
  const { unfinished, counted } = look(
    byGroup('all', [
      { make: failing, looksAt: every },
      { make: unmade, looksAt: every },
      { make: witness('seeing', seen), looksAt: every },
    ]),
  );
  assert.deepEqual([...unfinished].toSorted(), ['failing', 'unmade']);
  assert.equal(counted['inspection.inspector-failed'], 2);
  assert.deepEqual(MEMBER_FAILED, INSPECTOR_FAILED);
  assert.equal(seen.at(-1), 'end');
});
