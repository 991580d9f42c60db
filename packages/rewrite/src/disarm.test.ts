import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IMPLICIT_VR_LITTLE_ENDIAN } from '@leadglass/dicom';
import { concatBytes, isFault } from '@leadglass/kit';
import { Disarmer } from './disarm.ts';
import { planDisarm } from './plan.ts';
import {
  CT,
  DELIMITER,
  disarmed,
  equipment,
  file,
  finding,
  IDENTITY,
  INSTANCE,
  item,
  kinds,
  PIXEL_DATA,
  PIXELS,
  raw,
  read,
  rehearse,
  SYSTEM,
  set,
  text,
} from './testkit.ts';

describe('treatments', () => {
  const body = concatBytes(
    set([
      { tag: 0x00080016, value: CT },
      { tag: 0x00080018, value: '../../../tmp/x' },
      { tag: 0x00081030, value: '<img src=x>' },
      { tag: 0x00081190, vr: 'UR', value: 'http://169.254.169.254/a' },
      { tag: 0x00090010, vr: 'LO', value: 'ACME 1.0' },
      { tag: 0x00091001, vr: 'OB', value: new Uint8Array(Buffer.from('MZ payload')) },
    ]),
    raw(0x00100010, 'SQ', item(set([{ tag: 0x00080100, value: 'A' }]))),
    raw(0x00280010, 'UL', Uint8Array.of(4, 0, 0, 0)),
    set([PIXEL_DATA]),
  );
  const findings = [
    finding('path.uid', '(0008,0018)', 'malicious'),
    finding('injection.markup', '(0008,1030)'),
    finding('url.metadata', '(0008,1190)'),
    finding('disguise.executable', '(0009,1001)', 'malicious'),
    finding('vr.wrong', '(0010,0010)', 'malformed'),
    finding('vr.wrong', '(0028,0010)', 'malformed'),
  ];

  test('[REWRITE-22] each element is treated as planned, and the receipt says what was done where', () => {
    const { copy, receipt } = disarmed(file(body), findings);
    const { irregularities, values, lines } = read(copy);
    assert.deepEqual(irregularities, []);
    assert.equal(text(values.get('(0008,1030)')), '_img src_x_ ');
    assert.equal(values.get('(0008,1190)')?.length, 0);
    assert.equal(values.has('(0009,1001)'), false);
    assert.ok(lines.includes('(0010,0010) PN 0') && lines.includes('(0028,0010) US 2'));
    assert.equal(text(values.get('(0008,0018)')).replace('\0', ''), receipt.sopInstanceUid);
    const done = receipt.changes.filter((one) => one.path !== '').map((one) => `${one.kind} ${one.path}`);
    assert.deepEqual(done, [
      ...['uid (0008,0018)', 'cleaned (0008,1030)', 'emptied (0008,1190)', 'removed (0009,1001)'],
      ...['emptied (0010,0010)', 'recast (0028,0010)'],
    ]);
    assert.equal(Buffer.from(copy).includes('MZ payload'), false);
  });

  test('[REWRITE-50] original attributes name every attribute changed, empty where the old value would harm', () => {
    const { copy } = disarmed(file(body), findings);
    const { lines } = read(copy);
    const from = lines.indexOf('(0400,0561) SQ sequence');
    assert.deepEqual(lines.slice(from, lines.indexOf('(7FE0,0010) OW 32')), [
      '(0400,0561) SQ sequence',
      '.(0400,0550) SQ sequence',
      ...['..(0008,0018) UI 0', '..(0008,1030) LO 0', '..(0008,1190) UR 0', '..(0009,0010) LO 8', '..(0009,1001) OB 0'],
      ...['..(0010,0010) PN 0', '..(0028,0010) US 0'],
      ...['.(0400,0562) DT 20', '.(0400,0563) LO 10', '.(0400,0564) LO 0', '.(0400,0565) CS 6'],
    ]);
    assert.ok(Buffer.from(copy).includes('COERCE') && Buffer.from(copy).includes('20261124093015+0000'));
  });

  test('[REWRITE-51] a harmless old value is kept: the second of two names, a UID that is none as bytes', () => {
    const dirty = concatBytes(
      set([...IDENTITY.slice(0, 2), { tag: 0x00100010, value: 'DOE^JANE' }]),
      set([{ tag: 0x00100010, value: 'ROE^RICHARD' }, { tag: 0x0020000d, value: '1.2.ABC.3' }, PIXEL_DATA]),
    );
    const { copy } = disarmed(file(dirty), [finding('uid.characters', '(0020,000D)', 'malformed')]);
    const { lines, values } = read(copy);
    assert.equal(text(values.get('(0010,0010)')), 'DOE^JANE');
    assert.ok(lines.includes('..(0010,0010) PN 12') && lines.includes('..(0020,000D) UI 0'));
    assert.ok(lines.includes('.(0400,0551) SQ sequence') && lines.includes('..(0400,0552) OB 10'));
    assert.ok(Buffer.from(copy).includes('ROE^RICHARD') && Buffer.from(copy).includes('1.2.ABC.3'));
    assert.ok(Buffer.from(copy).includes('CORRECT'));
  });

  test('[REWRITE-22] a value that is harmless as it stands stays and is not said to be changed', () => {
    const bytes = file(concatBytes(set(IDENTITY), set([PIXEL_DATA])));
    const { receipt, copy } = disarmed(bytes, [finding('path.uid', '(0008,0018)'), finding('a.b', '(0010,0010)')]);
    assert.deepEqual(kinds(receipt), ['file-header']);
    assert.equal(read(copy).values.has('(0400,0561)'), false);
  });

  test('[REWRITE-23] what would take medical content away stops the rewriting', () => {
    const wrong = concatBytes(set(IDENTITY), raw(0x00280010, 'UL', Uint8Array.of(0, 0, 1, 0)), set([PIXEL_DATA]));
    const { obstacles } = rehearse(file(wrong), [finding('vr.wrong', '(0028,0010)', 'malformed')]);
    assert.deepEqual(
      obstacles.map((one) => one.code),
      ['rewrite.medical-content'],
    );
  });

  test('[REWRITE-33] a document gives way to its notice, its type and length with it', () => {
    const pdf = '1.2.840.10008.5.1.4.1.1.104.1';
    const document = set([
      { tag: 0x00080016, value: pdf },
      { tag: 0x00080018, value: INSTANCE },
      { tag: 0x00420010, value: 'Report' },
      { tag: 0x00420011, vr: 'OB', value: new Uint8Array(Buffer.from('%PDF /JavaScript')) },
      { tag: 0x00420012, value: 'application/pdf' },
      { tag: 0x00420014, value: 'application/pdf' },
      { tag: 0x00420015, vr: 'UL', value: 16 },
    ]);
    const { copy, receipt } = disarmed(file(document), [finding('document.javascript', '(0042,0011)')]);
    const { values, irregularities } = read(copy);
    const notice = values.get('(0042,0011)') ?? new Uint8Array(0);
    assert.deepEqual(irregularities, []);
    assert.match(text(notice), /Motif : motif fran\\347ais/);
    assert.doesNotMatch(text(copy), /JavaScript/);
    const length = values.get('(0042,0015)') ?? new Uint8Array(4);
    assert.equal(new DataView(length.buffer, length.byteOffset).getUint32(0, true), notice.length);
    assert.equal(values.has('(0042,0014)'), false);
    assert.ok(kinds(receipt).includes('notice'));
  });
});

test('[REWRITE-96] what lies too deep for its path to be written whole is treated all the same', () => {
  let inner = set([
    { tag: 0x00090010, vr: 'LO', value: 'ACME 1.0' },
    { tag: 0x00091001, vr: 'OB', value: new Uint8Array(Buffer.from('MZ payload')) },
  ]);
  for (let level = 0; level < 20; level += 1) inner = raw(0x0040a730, 'SQ', item(inner));
  const shown = Array.from({ length: 6 }, () => '(0040,A730)[0]');
  const path = [...shown, '…', ...shown.slice(1), '(0009,1001)'].join('/');
  const { copy, receipt } = disarmed(file(concatBytes(set(IDENTITY), inner, set([PIXEL_DATA]))), [
    finding('disguise.executable', path, 'malicious'),
  ]);
  assert.ok(receipt.changes.some((one) => one.kind === 'removed' && one.path === path));
  assert.equal(Buffer.from(copy).includes('MZ payload'), false);
});

describe('addresses', () => {
  const withAddress = set([
    ...IDENTITY,
    { tag: 0x00287fe0, vr: 'UR', value: 'http://169.254.169.254/latest/meta-data' },
    PIXEL_DATA,
  ]);
  const found = [finding('url.metadata', '(0028,7FE0)')];

  test('[REWRITE-95] an object with pixels of its own loses the address of others, whole, and says so', () => {
    const { copy, receipt } = disarmed(file(withAddress), found);
    const { values, lines, irregularities } = read(copy);
    assert.deepEqual(irregularities, []);
    assert.equal(values.has('(0028,7FE0)'), false);
    assert.ok(lines.includes('..(0028,7FE0) UR 0') && kinds(receipt).includes('removed'));
    assert.deepEqual(values.get('(7FE0,0010)'), PIXELS);
  });

  test('[REWRITE-95] where the pixels are elsewhere the address is the image, and only a person decides', () => {
    const jpip = '1.2.840.10008.1.2.4.94';
    const { obstacles } = rehearse(
      file(set(IDENTITY.concat({ tag: 0x00287fe0, vr: 'UR', value: 'http://a' })), jpip),
      found,
    );
    assert.deepEqual(
      obstacles.map((one) => one.code),
      ['rewrite.pixels'],
    );
  });
});

describe('what cannot be read', () => {
  const codesOf = (bytes: Uint8Array): readonly string[] => rehearse(bytes).obstacles.map((one) => one.code);

  test('[REWRITE-3] the rehearsal finds what no finding told: ends that are missing, lengths that reach too far', () => {
    const start = set(IDENTITY);
    const open = raw(0x0040a170, 'SQ', new Uint8Array(0), 0xffffffff);
    assert.deepEqual(codesOf(file(concatBytes(start, open, item(set([PIXEL_DATA]))))), ['rewrite.unreadable']);
    const long = raw(0x00081140, 'SQ', item(set([{ tag: 0x00081150, value: CT }]), 200));
    const dataSet = concatBytes(set(IDENTITY.slice(0, 2)), long, set([PIXEL_DATA]));
    assert.deepEqual(codesOf(file(dataSet)), ['rewrite.unreadable']);
    assert.deepEqual(codesOf(file(start).subarray(0, 200)), ['rewrite.unreadable']);
    assert.deepEqual(codesOf(new Uint8Array(Buffer.from('no DICOM at all'))), ['rewrite.unreadable']);
    assert.deepEqual(codesOf(file(set([{ tag: 0x00041130, value: 'CD' }]))), ['rewrite.directory']);
  });

  test('[REWRITE-3] a sequence that lies about its length goes as a whole, where nothing medical is lost', () => {
    const long = raw(0x00081140, 'SQ', item(set([{ tag: 0x00081150, value: CT }]), 200));
    const dataSet = concatBytes(set(IDENTITY.slice(0, 2)), long, set([PIXEL_DATA]));
    const lie = finding('structure.length-beyond-parent', '(0008,1140)/(FFFE,E000)', 'malformed');
    const { copy } = disarmed(file(dataSet), [lie]);
    const { values, lines } = read(copy);
    assert.equal(values.has('(0008,1140)'), false);
    assert.ok(lines.includes('..(0008,1140) SQ sequence'));
    assert.deepEqual(values.get('(7FE0,0010)'), PIXELS);
  });
});

describe('provenance', () => {
  const code = set([{ tag: 0x00080070, value: 'Other' }]);
  const around = (middle: Uint8Array): Uint8Array => file(concatBytes(set(IDENTITY), middle, set([PIXEL_DATA])));
  const forms: Readonly<Record<string, Uint8Array>> = {
    'defined length': raw(0x0018a001, 'SQ', item(code)),
    'undefined length': concatBytes(raw(0x0018a001, 'SQ', new Uint8Array(0), 0xffffffff), item(code), DELIMITER),
    empty: raw(0x0018a001, 'SQ', new Uint8Array(0)),
    absent: new Uint8Array(0),
  };
  for (const [name, middle] of Object.entries(forms)) {
    test(`[REWRITE-52] the item is added to the sequence there, or to a new one: ${name}`, () => {
      const { lines, irregularities } = read(disarmed(around(middle)).copy);
      assert.deepEqual(irregularities, []);
      assert.equal(equipment(lines), 1);
      const manufacturers = lines.filter((one) => one.startsWith('.(0008,0070)')).length;
      assert.equal(manufacturers, middle.length > 12 ? 2 : 1);
    });
  }

  test('[REWRITE-52] a sequence sent as UN takes the item in its own encoding', () => {
    const implicit = set([{ tag: 0x00080070, value: 'Other ' }], IMPLICIT_VR_LITTLE_ENDIAN);
    const { copy } = disarmed(around(raw(0x0018a001, 'UN', item(implicit))));
    const { values, irregularities, lines } = read(copy);
    assert.deepEqual(irregularities, []);
    assert.equal(equipment(lines), 1);
    const value = values.get('(0018,A001)') ?? new Uint8Array(0);
    const inside = read(file(concatBytes(raw(0x0018a001, 'UN', new Uint8Array(0), 0xffffffff), value, DELIMITER)));
    assert.deepEqual(inside.irregularities, ['undefined-length-un']);
    assert.equal(inside.lines.filter((one) => one.startsWith('.(0008,0070)')).length, 2);
  });
});

describe('failing', () => {
  test('[REWRITE-60] an original that changed between the readings gives no copy', () => {
    const bytes = file(concatBytes(set(IDENTITY), set([PIXEL_DATA])));
    const rehearsed = rehearse(bytes);
    const disarmer = new Disarmer({ plan: planDisarm([]), rehearsed, system: SYSTEM, sink: () => {} });
    const other = bytes.slice();
    other[other.length - 1] = 1 ^ (other.at(-1) ?? 0);
    disarmer.push(other);
    assert.throws(
      () => disarmer.end(),
      (thrown) => isFault(thrown, 'rewrite.changed-between-passes'),
    );
  });

  test('[REWRITE-61] any bytes end in a copy or in an obstacle, and nothing is thrown', () => {
    const good = file(concatBytes(set(IDENTITY), raw(0x0040a170, 'SQ', item(set(IDENTITY))), set([PIXEL_DATA])));
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    let copies = 0;
    for (let round = 0; round < 3000; round += 1) {
      const end = random(4) === 0 ? 140 + random(good.length - 139) : good.length;
      const bytes = good.slice(0, end);
      for (let changes = random(4); changes >= 0; changes -= 1) bytes[132 + random(bytes.length - 132)] = random(256);
      const rehearsed = rehearse(bytes);
      if (rehearsed.obstacles.length > 0) continue;
      const disarmer = new Disarmer({ plan: planDisarm([]), rehearsed, system: SYSTEM, sink: () => {} });
      disarmer.push(bytes);
      const { receipt } = disarmer.end();
      if (receipt === undefined) continue;
      copies += 1;
      assert.deepEqual(receipt.pixels.after.sha256, receipt.pixels.before.sha256);
    }
    assert.ok(copies > 250, `${copies}`);
  });
});
