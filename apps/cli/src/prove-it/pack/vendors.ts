import { gzipSync } from 'node:zlib';
import type { ElementToEncode } from '@leadglass/dicom';
import { el } from './object.ts';
import type { Seeded } from './seeded.ts';

// Private blocks as the makers of devices write them, by their published conformance statements: odd, and innocent.

/** Siemens CSA header, format SV10: counted entries with fixed-width names (gdcm and nibabel describe it). */
function csa(random: Seeded): Buffer {
  const names = ['EchoLinePosition', 'B_value', 'ImaCoilString', 'MosaicRefAcqTimes'];
  const head = Buffer.from('SV10\x04\x03\x02\x01', 'latin1');
  const count = Buffer.alloc(8);
  count.writeUInt32LE(names.length, 0);
  count.writeUInt32LE(77, 4);
  const entries = names.flatMap((name) => {
    const entry = Buffer.alloc(84);
    entry.write(name, 0, 'latin1');
    entry.writeUInt32LE(1, 64);
    entry.write('IS\0\0', 68, 'latin1');
    entry.writeUInt32LE(1, 76);
    entry.writeUInt32LE(77, 80);
    const item = Buffer.alloc(20);
    item.writeUInt32LE(4, 0);
    item.writeUInt32LE(4, 4);
    item.writeUInt32LE(77, 8);
    item.write(`${random.int(0, 999)}`.padEnd(4, '\0'), 16, 'latin1');
    return [entry, item];
  });
  return Buffer.concat([head, count, ...entries]);
}

/** GE keeps its protocol as gzipped text behind a length. */
function geProtocol(): Buffer {
  const packed = gzipSync(Buffer.from('set SERIESNAME "AX T1"\nset TR "500.0"\nset TE "14.0"\n'));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(packed.length);
  return Buffer.concat([length, packed]);
}

const X_PROTOCOL =
  '<XProtocol>\n{\n  <Name> "PhoenixMetaProtocol"\n  <ID> 1000002\n  <Userversion> 2.0\n}\n### ASCCONV BEGIN ###\nsTXSPEC.dB = 1.5\n### ASCCONV END ###\n';
const EXAM_CARD =
  '<?xml version="1.0" encoding="utf-8"?>\n<ExamCard xmlns="http://www.philips.com/ec"><Step name="T1W_SE" tr="450"/></ExamCard>\n';

/** Makers' blocks by name: each a function of chance. */
export const VENDORS: Readonly<Record<string, (random: Seeded) => ElementToEncode[]>> = {
  siemensCsa: (random) => [
    el(0x00290010, 'SIEMENS CSA HEADER', 'LO'),
    el(0x00291008, 'IMAGE NUM 4', 'CS'),
    el(0x00291009, '20260101', 'LO'),
    el(0x00291010, csa(random), 'OB'),
    el(0x00291020, Buffer.concat([csa(random), Buffer.from(X_PROTOCOL, 'latin1')]), 'OB'),
  ],
  siemensUltrasound: (random) => [
    el(0x01910010, 'SIEMENS Ultrasound S2000', 'LO'),
    el(0x01911001, random.int(1, 9), 'US'),
    el(
      0x01911002,
      Array.from({ length: 6 }, () => random.next()),
      'FD',
    ),
  ],
  geIdentity: (random) => [
    el(0x00090010, 'GEMS_IDEN_01', 'LO'),
    el(0x00091001, 'GE_GENESIS_FF', 'LO'),
    el(0x00091027, random.int(1, 0x7fff_ffff), 'SL'),
    el(0x00430010, 'GEMS_PARM_01', 'LO'),
    el(
      0x00431038,
      Array.from({ length: 24 }, () => random.next()),
      'FL',
    ),
    el(0x00431039, '1000000000\\8\\0\\0', 'IS'),
  ],
  geProtocol: () => [el(0x00250010, 'GEMS_SERS_01', 'LO'), el(0x0025101b, geProtocol(), 'OB')],
  philips: (random) => [
    el(0x20010010, 'Philips Imaging DD 001', 'LO'),
    el(0x20011003, random.int(0, 3000), 'FL'),
    el(0x20050010, 'Philips MR Imaging DD 001', 'LO'),
    el(0x20050014, 'Philips MR Imaging DD 005', 'LO'),
    el(0x2005140f, [[el(0x00080008, 'DERIVED\\PRIMARY\\T1'), el(0x00180081, '14.5')]], 'SQ'),
    el(0x20051444, Buffer.from(EXAM_CARD), 'OB'),
  ],
  toshiba: (random) => [
    el(0x70050010, 'TOSHIBA_MEC_CT3', 'LO'),
    el(0x7005100b, random.int(1, 9), 'US'),
    el(0x70051040, 'HELICAL_CT', 'SH'),
  ],
  hologic: (random) => [
    el(0x00190010, 'LORAD Selenia', 'LO'),
    el(0x00191006, 'X-Ray Bucky 24x29', 'LO'),
    el(0x00191016, `${random.int(10, 99)}.5`, 'DS'),
    el(0x00191030, Buffer.from('C:\\Program Files\\Hologic\\cal\\gain.bin', 'latin1'), 'UN'),
  ],
  agfa: () => [
    el(0x00190010, 'AGFA', 'LO'),
    el(0x001910f5, '<MUSICA v="2"><gain>1.2</gain></MUSICA>', 'UT'),
    el(0x00310010, 'AGFA PACS Archive Mirroring 1.0', 'LO'),
    el(0x00311000, 'archive', 'CS'),
  ],
  unknownOnTheWay: (random) => [
    // What a router that does not know a private VR hands on (PS3.5 §6.2.2).
    el(0x00e10010, 'ELSCINT1', 'LO'),
    el(0x00e11022, random.bytes(12), 'UN'),
    el(0x00e11050, Buffer.from('1.25\\2.50 ', 'latin1'), 'UN'),
  ],
  lettersByChance: () => [
    // Two letters that a program begins with, and nothing else of one.
    el(0x00110010, 'ACME 1.1', 'LO'),
    el(0x00111001, Buffer.from('MZ 1200 / 4-STATION', 'latin1'), 'OB'),
    el(0x00111002, Buffer.from('PK-MERZ 2', 'latin1'), 'UN'),
    el(0x00111003, Buffer.from('%PDF report kept in RIS', 'latin1'), 'UN'),
  ],
  json: (random) => [
    el(0x00130010, 'CTP', 'LO'),
    el(0x00131010, JSON.stringify({ project: 'LUNG', site: random.int(1, 99), tags: ['a', 'b'] }), 'UT'),
  ],
  plainNumbers: (random) => [
    el(0x70530010, 'Philips PET Private Group', 'LO'),
    el(0x70531000, `${random.next()}`, 'DS'),
    el(0x70531003, Buffer.from(new Float32Array(64).map((_, at) => at * 1.5).buffer), 'OB'),
  ],
};
