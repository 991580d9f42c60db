import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '@leadglass/dicom';
import { concatBytes } from '@leadglass/kit';
import { askedText } from './asked-text.ts';
import { type AskedIdentity, coercionOf } from './coercion.ts';
import type { DisarmReceipt } from './disarm.ts';
import type { FindingToTreat } from './plan.ts';
import {
  disarmed,
  file,
  finding,
  IDENTITY,
  item,
  PIXEL_DATA,
  PIXELS,
  raw,
  read,
  rehearse,
  set,
  text,
} from './testkit.ts';

const ASKED: AskedIdentity = { patientId: 'L-42', patientName: 'DUPRÉ^Léa', birthDate: '19800102', sex: 'F' };
const SOURCE = 'Medium 0123456789abcdef';
const HEAD = IDENTITY.slice(0, 2);
const OLD = [
  { tag: 0x00100010, value: 'DOE^JANE' },
  { tag: 0x00100020, value: 'P1' },
];
const LATIN = { tag: 0x00080005, value: 'ISO_IR 100' };

interface Coerced {
  readonly receipt: DisarmReceipt;
  readonly lines: readonly string[];
  readonly irregularities: readonly string[];
  readonly copy: Uint8Array;
  value(path: string): string;
}

function coerced(bytes: Uint8Array, asked: AskedIdentity = ASKED, findings: readonly FindingToTreat[] = []): Coerced {
  const { copy, receipt } = disarmed(bytes, findings, 7, coercionOf(asked, SOURCE));
  const { lines, irregularities, values } = read(copy);
  return { receipt, lines, irregularities, copy, value: (path) => text(values.get(path)).trimEnd() };
}

/** Lines of the Original Attributes Sequence. */
function originals(lines: readonly string[]): readonly string[] {
  const from = lines.indexOf('(0400,0561) SQ sequence');
  return from < 0
    ? []
    : lines.slice(
        from,
        lines.findIndex((line, at) => at > from && line.startsWith('(')),
      );
}

test('[REWRITE-114] the identity asked for stands in the copy, the old one in its Original Attributes Sequence', () => {
  const { value, lines, irregularities, copy, receipt } = coerced(
    file(set([LATIN, ...HEAD, ...OLD, { tag: 0x00100030, value: '19700101' }, PIXEL_DATA])),
  );
  assert.deepEqual(irregularities, []);
  assert.deepEqual(['(0010,0010)', '(0010,0020)', '(0010,0030)', '(0010,0040)'].map(value), [
    'DUPRÉ^Léa',
    'L-42',
    '19800102',
    'F',
  ]);
  assert.deepEqual(originals(lines), [
    '(0400,0561) SQ sequence',
    '.(0400,0550) SQ sequence',
    ...['..(0010,0010) PN 8', '..(0010,0020) LO 2', '..(0010,0030) DA 8', '..(0010,0040) CS 0'],
    ...['.(0400,0562) DT 20', '.(0400,0563) LO 10', '.(0400,0564) LO 24', '.(0400,0565) CS 6'],
  ]);
  for (const said of ['DOE^JANE', '19700101', SOURCE, 'COERCE']) assert.ok(Buffer.from(copy).includes(said));
  assert.equal(receipt.pixels.after.sha256, receipt.pixels.before.sha256);
  assert.deepEqual(read(copy).values.get('(7FE0,0010)'), PIXELS);
});

for (const [name, syntax] of Object.entries({
  implicit: IMPLICIT_VR_LITTLE_ENDIAN,
  explicit: EXPLICIT_VR_LITTLE_ENDIAN,
  big: EXPLICIT_VR_BIG_ENDIAN,
})) {
  test(`[REWRITE-115] what the object lacks is put at its place, in order: ${name}`, () => {
    const bytes = file(set([...HEAD, { tag: 0x0020000d, value: '1.2.3' }, PIXEL_DATA], syntax), syntax);
    const { value, lines, irregularities } = coerced(bytes, { ...ASKED, accessionNumber: 'ACC1' });
    assert.deepEqual(irregularities, []);
    const top = lines.filter((line) => line.startsWith('(')).map((line) => line.slice(0, 11));
    assert.deepEqual(top, [...top].sort());
    assert.deepEqual(['(0008,0050)', '(0010,0020)'].map(value), ['ACC1', 'L-42']);
    assert.equal(top.includes('(0010,0021)'), false);
  });
}

test('[REWRITE-115] out of order, twice, or as a sequence: each attribute stands once, as asked', () => {
  const twice = concatBytes(
    set([PIXEL_DATA].slice(1)),
    set([...OLD, ...HEAD]),
    raw(0x00100020, 'LO', 'P2'),
    raw(0x00100040, 'SQ', item(set([{ tag: 0x00080100, value: 'A' }]))),
    set([{ tag: 0x00100021, value: 'OTHER HOSPITAL' }, PIXEL_DATA]),
  );
  const { value, lines, irregularities } = coerced(file(twice));
  assert.deepEqual(irregularities, []);
  assert.deepEqual(['(0010,0010)', '(0010,0020)', '(0010,0021)', '(0010,0040)'].map(value), [
    'DUPRE^Lea',
    'L-42',
    '',
    'F',
  ]);
  assert.equal(lines.filter((line) => line.startsWith('(0010,0020)')).length, 1);
  assert.ok(originals(lines).includes('..(0010,0020) LO 2') && originals(lines).includes('..(0010,0021) LO 14'));
});

test('[REWRITE-116] an issuer that is not asked for is emptied, and what qualified the old number goes', () => {
  const qualifiers = raw(0x00100024, 'SQ', item(set([{ tag: 0x00400032, vr: 'UT', value: '1.2.3' }])));
  const before = set([...HEAD, ...OLD, { tag: 0x00100021, value: 'ELSEWHERE ' }]);
  const kept = coerced(file(concatBytes(before, qualifiers, set([PIXEL_DATA]))));
  assert.equal(kept.value('(0010,0021)'), '');
  assert.equal(
    kept.lines.some((line) => line.startsWith('(0010,0024)')),
    false,
  );
  const issued = coerced(file(concatBytes(before, qualifiers, set([PIXEL_DATA]))), {
    ...ASKED,
    issuerOfPatientId: 'HERE',
  });
  assert.equal(issued.value('(0010,0021)'), 'HERE');
});

test('[REWRITE-117] a value that is what was asked stays, and nothing is said to be changed', () => {
  const asked: AskedIdentity = { patientId: 'P1', patientName: 'DOE^JANE' };
  const { lines, receipt } = coerced(file(set([...HEAD, ...OLD, PIXEL_DATA])), asked);
  assert.deepEqual(originals(lines), []);
  assert.deepEqual(
    receipt.changes.map((one) => one.kind),
    ['file-header'],
  );
});

test('[REWRITE-118] text is written in the object’s own character set, else without accents; else it is an obstacle', () => {
  const bytes = (value: string, charset: string) => Buffer.from(askedText(value, charset) ?? []).toString('latin1');
  assert.equal(bytes('DUPRÉ^ŒNONE', ''), 'DUPRE^OENONE');
  assert.equal(bytes('DUPRÉ^ŒNONE', 'ISO_IR 100'), 'DUPR\xc9^OENONE');
  assert.equal(bytes('É', 'ISO_IR 192'), '\xc3\x89');
  assert.equal(bytes('É', 'ISO_IR 6\\ISO 2022 IR 87'), 'E');
  assert.equal(askedText('山田', 'ISO_IR 100'), undefined);
  const greek = coercionOf({ patientId: 'L-42', patientName: 'ΑΒΓ' }, SOURCE);
  const { obstacles } = rehearse(file(set([LATIN, ...HEAD, ...OLD, PIXEL_DATA])), [], 2 ** 30, greek);
  assert.deepEqual(
    obstacles.map((one) => one.code),
    ['rewrite.charset'],
  );
});

test('[REWRITE-119] an old value that would harm is recorded empty, one that is no date as bytes', () => {
  const dirty = file(
    set([
      ...HEAD,
      { tag: 0x00100010, value: '<img src=x>' },
      { tag: 0x00100020, value: 'P1' },
      { tag: 0x00100030, value: '1970-01-01' },
      PIXEL_DATA,
    ]),
  );
  const { lines, value, copy } = coerced(dirty, ASKED, [finding('injection.markup', '(0010,0010)')]);
  assert.equal(value('(0010,0010)'), 'DUPRE^Lea');
  assert.equal(Buffer.from(copy).includes('<img'), false);
  assert.ok(originals(lines).includes('..(0010,0010) PN 0') && originals(lines).includes('..(0010,0030) DA 0'));
  assert.ok(originals(lines).includes('..(0400,0552) OB 10'));
});

test('[REWRITE-115] an object that is about no patient is given none', () => {
  const palette = [{ tag: 0x00080016, value: '1.2.840.10008.5.1.4.39.1' }, HEAD[1] ?? HEAD[0]].filter(
    (one) => one !== undefined,
  );
  const { lines } = coerced(file(set([...palette, { tag: 0x00281101, vr: 'US', value: 0 }])));
  assert.equal(
    lines.some((line) => line.startsWith('(0010,')),
    false,
  );
  assert.deepEqual(originals(lines), []);
});
