import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttributeRowAnswer, Sha256Schema } from '@leadglass/contract';
import { Output } from '../output.ts';
import { hexLines, rowLine } from './hold-view.ts';

const SHA = Sha256Schema.parse('0'.repeat(64));
const output = (language: 'fr' | 'en') => new Output(language, false, { write: () => {} }, { write: () => {} }, {});

function lines(bytes: string, offset: number, mark: { offset: number; bytes: number }) {
  return hexLines({ sha256: SHA, plainBytes: 1000, space: 'file', offset, bytes, mark });
}

test('[CLI-100] bytes: offset, digits, characters, and what was asked for in brackets across lines', () => {
  const bytes = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ\x1b[2J').toString('hex');
  const shown = lines(bytes, 0x100, { offset: 0x10e, bytes: 4 });
  assert.deepEqual(
    shown.map(({ line }) => line),
    [
      '00000100  41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e[4f 50]  |ABCDEFGHIJKLMNOP|',
      '00000110 [51 52]53 54 55 56 57 58 59 5a 1b 5b 32 4a         |QRSTUVWXYZ.[2J|',
    ],
  );
  assert.deepEqual(
    shown.map(({ isMarked }) => isMarked),
    [true, true],
  );
  const outside = lines(bytes, 0, { offset: 500, bytes: 4 });
  assert.ok(outside.every(({ line, isMarked }) => !isMarked && !/ \[|\]\d/.test(line.slice(0, 60))));
});

const ROW: AttributeRowAnswer = {
  ...{
    kind: 'element',
    isMeta: false,
    path: '(0010,0010)',
    depth: 0,
    tag: '(0010,0010)',
    vr: 'PN',
    keyword: 'PatientName',
  },
  ...{ length: 8, offset: 0x1f, state: 'masked', value: '', findings: [] },
};

test('[CLI-100] a line an element, masked values said to be, depth bounded, in both languages', () => {
  assert.equal(rowLine(output('en'), ROW), '     0000001f  (0010,0010) PN 8 PatientName [phi]');
  const cut: AttributeRowAnswer = { ...ROW, state: 'cut', value: 'DUPONT' };
  assert.equal(rowLine(output('fr'), cut), '     0000001f  (0010,0010) PN 8 PatientName = DUPONT…');
  const binary: AttributeRowAnswer = { ...ROW, vr: 'OB', state: 'binary', isMeta: true, length: -1 };
  assert.equal(rowLine(output('fr'), binary), 'meta 0000001f  (0010,0010) OB ∞ PatientName [binaire]');
  const item: AttributeRowAnswer = { ...ROW, kind: 'item', path: '(0040,A730)[2]', vr: '', keyword: '', state: 'none' };
  assert.equal(rowLine(output('en'), { ...item, depth: 1 }), '     0000001f    [2] 8');
  assert.equal(
    rowLine(output('en'), { ...item, depth: 500 }).length,
    rowLine(output('en'), { ...item, depth: 10 }).length,
  );
});
