import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  type ElementToEncode,
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
} from '@leadglass/dicom';
import { concatBytes } from '@leadglass/kit';
import { deflateSync } from 'fflate';
import { Disarmer } from './disarm.ts';
import { planDisarm } from './plan.ts';
import { Rehearsal } from './rehearsal.ts';
import {
  CT,
  DELIMITER,
  disarmed,
  file,
  finding,
  header,
  IDENTITY,
  INSTANCE,
  item,
  JPEG,
  kinds,
  PIXEL_DATA,
  PIXELS,
  raw,
  read,
  rehearse,
  SYSTEM,
  set,
  sha,
  text,
} from './testkit.ts';

describe('canonical structure', () => {
  test('[REWRITE-10] header anew, preamble zero, what no object may hold left out, the end cut', () => {
    const dirty = concatBytes(
      raw(0x00000002, 'UI', '1.2\0'),
      raw(0x00020010, 'UI', '1.2.840.10008.1.2\0'),
      raw(0x00080000, 'UL', Uint8Array.of(1, 0, 0, 0)),
      set(IDENTITY),
      set([PIXEL_DATA]),
      raw(0x8b1f0008, 'OB', Uint8Array.of(1, 2)),
      raw(0xfffcfffc, 'OB', new Uint8Array(20)),
      new Uint8Array(Buffer.from('MZ trailing payload')),
    );
    const bytes = file(dirty);
    bytes.set(Buffer.from('MZ'), 0);
    const { copy, receipt } = disarmed(bytes);
    const { lines, irregularities, values } = read(copy);
    assert.deepEqual(irregularities, []);
    assert.deepEqual(
      lines.map((one) => one.slice(0, 11)).filter((one) => one.startsWith('(')),
      [...['(0008,0016)', '(0008,0018)', '(0010,0010)', '(0010,0020)', '(0018,A001)', '(7FE0,0010)']],
    );
    assert.deepEqual(values.get('(7FE0,0010)'), PIXELS);
    assert.deepEqual(kinds(receipt), [
      ...['preamble', 'file-header', 'forbidden-group', 'group-length', 'trailing-padding', 'trailing'],
    ]);
    assert.equal(receipt.pixels.before.sha256, sha(PIXELS));
    assert.equal(receipt.pixels.after.sha256, sha(PIXELS));
    assert.equal(receipt.copy.sha256, sha(copy));
    assert.equal(receipt.original.sha256, sha(bytes));
  });

  test('[REWRITE-11] elements are put in order at every level, pixels last, duplicates left out', () => {
    const inner = concatBytes(set([{ tag: 0x00081155, value: '1.2' }]), set([{ tag: 0x00081150, value: CT }]));
    const dirty = concatBytes(
      set([{ tag: 0x00100010, value: 'DOE^JANE' }]),
      raw(0x00081140, 'SQ', item(inner)),
      set([{ tag: 0x00080018, value: INSTANCE }]),
      set([{ tag: 0x00100010, value: 'ROE^RICHARD ' }]),
      set([{ tag: 0x00080016, value: CT }, PIXEL_DATA]),
    );
    const { copy, receipt } = disarmed(file(dirty));
    const { lines, irregularities, values } = read(copy);
    assert.deepEqual(irregularities, []);
    assert.deepEqual(
      lines.filter((one) => !one.includes('(0018') && !one.includes('(0400') && !/^\.+\((?!0008,115)/.test(one)),
      [
        ...[
          '(0008,0016) UI 26',
          '(0008,0018) UI 28',
          '(0008,1140) SQ sequence',
          '.(0008,1150) UI 26',
          '.(0008,1155) UI 4',
        ],
        ...['(0010,0010) PN 8', '(7FE0,0010) OW 32'],
      ],
    );
    assert.equal(text(values.get('(0010,0010)')), 'DOE^JANE');
    assert.equal(receipt.changes.find((one) => one.kind === 'duplicate')?.path, '(0010,0010)');
  });

  test('[REWRITE-11] what comes back from behind the pixels is refused', () => {
    const dirty = concatBytes(set(IDENTITY), set([PIXEL_DATA]), set([{ tag: 0x00280010, value: 4 }]));
    assert.throws(() => disarmed(file(dirty)), /rewrite\.order/);
  });

  test('[REWRITE-12] odd lengths are padded, unknown VRs and implicit headers given the dictionary’s', () => {
    const dirty = concatBytes(
      set(IDENTITY.slice(0, 2)),
      raw(0x00081030, 'LO', 'odd'),
      raw(0x00091001, 'ZZ', new Uint8Array(0)),
      raw(0x00100010, 'ZZ', 'DOE^JOHN'),
      set([{ tag: 0x00100020, value: 'P1' }], IMPLICIT_VR_LITTLE_ENDIAN),
      raw(0x7fe00010, 'OB', Uint8Array.of(1, 2, 3)),
    );
    const { copy, receipt } = disarmed(file(dirty));
    const { lines, irregularities, values } = read(copy);
    assert.deepEqual(irregularities, []);
    assert.ok(lines.includes('(0010,0010) PN 8') && lines.includes('(0010,0020) LO 2'), lines.join('\n'));
    assert.equal(text(values.get('(0008,1030)')), 'odd ');
    assert.deepEqual(values.get('(7FE0,0010)'), Uint8Array.of(1, 2, 3, 0));
    assert.equal(receipt.pixels.before.sha256, sha(Uint8Array.of(1, 2, 3, 0)));
  });

  test('[REWRITE-13] a UN of undefined length stays UN, its inside implicit little endian, big endian numbers turned', () => {
    const be = set([{ tag: 0x00280010, vr: 'US', value: 0x0102 }], EXPLICIT_VR_BIG_ENDIAN);
    const beItem = header(0, 0);
    const view = new DataView(beItem.buffer);
    view.setUint16(0, 0xfffe, false);
    view.setUint16(2, 0xe000, false);
    view.setUint32(4, be.length, false);
    const beEnd = Uint8Array.of(0xff, 0xfe, 0xe0, 0xdd, 0, 0, 0, 0);
    const un = concatBytes(raw(0x00091002, 'UN', new Uint8Array(0), 0xffffffff), beItem, be, beEnd);
    const { copy, receipt } = disarmed(file(concatBytes(set(IDENTITY.slice(0, 2)), un, set([PIXEL_DATA]))));
    const { lines, irregularities } = read(copy);
    assert.deepEqual(irregularities, ['undefined-length-un']);
    assert.ok(lines.includes('(0009,1002) UN sequence') && lines.includes('.(0028,0010) -- 2'));
    assert.ok(Buffer.from(copy).includes(Buffer.from([0x28, 0, 0x10, 0, 2, 0, 0, 0, 0x02, 0x01])));
    assert.ok(kinds(receipt).includes('byte-order'));
  });

  test('[REWRITE-14] every split of the original gives the same copy', () => {
    const dirty = concatBytes(
      set(IDENTITY),
      raw(0x00104000, 'LT', '<script>'),
      raw(0x00181030, 'LO', 'odd'),
      raw(0x0040a170, 'SQ', concatBytes(item(set([{ tag: 0x00080100, value: 'A' }]))), undefined),
      set([PIXEL_DATA]),
      new Uint8Array(Buffer.from('PK trailing')),
    );
    const findings = [finding('injection.markup', '(0010,4000)')];
    for (const syntax of [EXPLICIT_VR_LITTLE_ENDIAN, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN]) {
      const body = syntax === EXPLICIT_VR_LITTLE_ENDIAN ? dirty : deflateSync(dirty.subarray(0, dirty.length - 11));
      const whole = disarmed(file(body, syntax), findings);
      for (const pieceBytes of [1, 7, 64]) {
        const pieces = disarmed(file(body, syntax), findings, pieceBytes);
        assert.deepEqual(pieces.receipt.changes, whole.receipt.changes);
        assert.deepEqual(read(pieces.copy), read(whole.copy));
      }
    }
  });
});

describe('pixels', () => {
  const table = Uint8Array.of(0, 0, 0, 0, 16, 0, 0, 0);
  const frame = (seed: number, bytes: number): Uint8Array => new Uint8Array(bytes).map((_, at) => seed + at);
  const fragments = (...parts: readonly Uint8Array[]): Uint8Array =>
    concatBytes(raw(0x7fe00010, 'OB', new Uint8Array(0), 0xffffffff), ...parts.map((part) => item(part)), DELIMITER);

  test('[REWRITE-40] offset table and every fragment, odd ones too, pass bit for bit', () => {
    const pixels = fragments(table, frame(1, 8), frame(50, 7), frame(90, 2));
    const { copy, receipt } = disarmed(file(concatBytes(set(IDENTITY), pixels), JPEG));
    assert.ok(Buffer.from(copy).includes(Buffer.from(pixels)));
    assert.equal(receipt.pixels.after.fragments, 4);
    assert.equal(receipt.pixels.after.bytes, 25);
    assert.deepEqual(receipt.pixels.after, receipt.pixels.before);
  });

  test('[REWRITE-40] fragments under a transfer syntax without any say that the encoding is unknown', () => {
    const pixels = fragments(table, frame(1, 8));
    const { obstacles } = rehearse(file(concatBytes(set(IDENTITY), pixels)));
    assert.deepEqual(
      obstacles.map((one) => one.code),
      ['rewrite.transfer-syntax'],
    );
  });

  test('[REWRITE-41] the hash tells fragments from their neighbours', () => {
    const one = rehearse(file(concatBytes(set(IDENTITY), fragments(table, frame(1, 8), frame(9, 4))), JPEG));
    const two = rehearse(file(concatBytes(set(IDENTITY), fragments(table, frame(1, 4), frame(5, 8))), JPEG));
    assert.notEqual(one.pixels.sha256, two.pixels.sha256);
  });

  test('[REWRITE-42] memory does not grow with the object', () => {
    const size = 192 * 2 ** 20;
    const start = concatBytes(file(set(IDENTITY)), raw(0x7fe00010, 'OW', new Uint8Array(0), size));
    const piece = new Uint8Array(2 ** 20).fill(5);
    const pour = (take: (bytes: Uint8Array) => void): void => {
      take(start);
      for (let at = 0; at < size; at += piece.length) take(piece);
    };
    const plan = planDisarm([]);
    const rehearsal = new Rehearsal(plan);
    pour((bytes) => rehearsal.push(bytes));
    let seen = 0;
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const sink = (bytes: Uint8Array): void => {
      seen += bytes.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    };
    const disarmer = new Disarmer({ plan, rehearsed: rehearsal.end(), system: SYSTEM, sink });
    pour((bytes) => disarmer.push(bytes));
    assert.ok(disarmer.end().receipt !== undefined);
    assert.ok(seen > size);
    assert.ok(most < 32 * 2 ** 20, `${most} bytes`);
  });
});

describe('transfer syntaxes', () => {
  const elements: readonly ElementToEncode[] = [
    ...IDENTITY,
    { tag: 0x00280010, value: 4 },
    { tag: 0x00280011, value: 4 },
    PIXEL_DATA,
  ];
  for (const syntax of [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN]) {
    test(`[REWRITE-43] the copy keeps the original’s: ${syntax}`, () => {
      const { copy, receipt } = disarmed(file(set(elements, syntax), syntax));
      const { irregularities, values } = read(copy);
      assert.equal(receipt.transferSyntaxUid, syntax);
      assert.deepEqual(irregularities, []);
      assert.deepEqual(values.get('(7FE0,0010)'), PIXELS);
      assert.deepEqual(
        values.get('(0028,0010)'),
        syntax === EXPLICIT_VR_BIG_ENDIAN ? Uint8Array.of(0, 4) : Uint8Array.of(4, 0),
      );
    });
  }

  test('[REWRITE-43] a deflated object is deflated again, of even length', () => {
    const bytes = file(deflateSync(set(elements)), DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN);
    const { copy, receipt } = disarmed(bytes);
    assert.equal(copy.length % 2, 0);
    assert.equal(receipt.transferSyntaxUid, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN);
    assert.deepEqual(read(copy).values.get('(7FE0,0010)'), PIXELS);
  });
});
