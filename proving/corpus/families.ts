import type { ElementToEncode } from '@leadglass/dicom';
import { el } from '../../apps/cli/src/prove-it/pack/object.ts';
import type { Seeded } from '../../apps/cli/src/prove-it/pack/seeded.ts';

// What makes an object of each family what it is, in few elements: enough for its readers, far from complete modules.

type Item = readonly ElementToEncode[];

function code(value: string, scheme: string, meaning: string): Item {
  return [el(0x00080100, value), el(0x00080102, scheme), el(0x00080104, meaning)];
}

function reference(random: Seeded, sopClassUid: string): Item {
  return [el(0x00081150, sopClassUid), el(0x00081155, random.uid())];
}

const CT = '1.2.840.10008.5.1.4.1.1.2';

function evidence(random: Seeded): ElementToEncode {
  const series = [el(0x0020000e, random.uid()), el(0x00081199, [reference(random, CT), reference(random, CT)])];
  return el(0x0040a375, [[el(0x0020000d, random.uid()), el(0x00081115, [series])]]);
}

/** A content tree (PS3.3 §C.17.3), nested `depth` deep. */
function content(random: Seeded, depth: number): Item[] {
  const text: Item = [
    el(0x0040a010, 'CONTAINS'),
    el(0x0040a040, 'TEXT'),
    el(0x0040a043, [code('121071', 'DCM', 'Finding')]),
    el(
      0x0040a160,
      random.pick([
        'Nodule < 6 mm; stable since 2024 (-0.3 mm).',
        'Pas d’épanchement. 50 % & plus.',
        'cf. p. 3; "RAS"',
      ]),
    ),
  ];
  const number: Item = [
    el(0x0040a010, 'CONTAINS'),
    el(0x0040a040, 'NUM'),
    el(0x0040a043, [code('113630', 'DCM', 'EV Lossy Image')]),
    el(0x0040a300, [[el(0x004008ea, [code('mm', 'UCUM', 'millimeter')]), el(0x0040a30a, '12.5')]]),
  ];
  if (depth === 0) return [text, number];
  const container: Item = [
    el(0x0040a010, 'CONTAINS'),
    el(0x0040a040, 'CONTAINER'),
    el(0x0040a043, [code('121070', 'DCM', 'Findings')]),
    el(0x0040a050, 'SEPARATE'),
    el(0x0040a730, content(random, depth - 1)),
  ];
  return [text, container];
}

function report(random: Seeded): ElementToEncode[] {
  return [
    el(0x0040a032, '20260101101500'),
    el(0x0040a040, 'CONTAINER'),
    el(0x0040a043, [code('18748-4', 'LN', 'Diagnostic imaging report')]),
    el(0x0040a050, 'SEPARATE'),
    evidence(random),
    el(0x0040a491, 'COMPLETE'),
    el(0x0040a493, 'UNVERIFIED'),
    el(0x0040a730, content(random, random.int(0, 6))),
  ];
}

function waveform(random: Seeded): ElementToEncode[] {
  const channels = 3;
  const samples = random.int(8, 200);
  const channel: Item = [
    el(0x003a0208, [code('5.6.3-9-1', 'SCPECG', 'Lead I')]),
    el(0x003a0210, '1.25'),
    el(0x003a0211, [code('uV', 'UCUM', 'microvolt')]),
    el(0x003a021a, 16),
  ];
  const group: Item = [
    el(0x003a0004, 'ORIGINAL'),
    el(0x003a0005, channels),
    el(0x003a0010, samples),
    el(0x003a001a, '500'),
    el(
      0x003a0200,
      Array.from({ length: channels }, () => channel),
    ),
    el(0x54001004, 16),
    el(0x54001006, 'SS'),
    el(0x54001010, random.bytes(channels * samples * 2), 'OW'),
  ];
  return [el(0x54000100, [group])];
}

function presentation(random: Seeded): ElementToEncode[] {
  const area: Item = [
    el(0x00700052, [1, 1], 'SL'),
    el(0x00700053, [512, 512], 'SL'),
    el(0x00700100, 'SCALE TO FIT'),
    el(0x00700101, '1\\1'),
  ];
  const label: Item = [
    el(0x00700006, random.pick(['L4/L5 -> 12 mm', 'Mesure n° 2', '<= 3 cm'])),
    el(0x00700014, [10.5, 20.25], 'FL'),
    el(0x00700015, 'Y'),
  ];
  const graphic: Item = [
    el(0x00700005, 'PIXEL'),
    el(0x00700020, 2),
    el(0x00700021, 2),
    el(0x00700022, [1, 1, 20, 20], 'FL'),
    el(0x00700023, 'POLYLINE'),
  ];
  return [
    el(0x00081115, [[el(0x0020000e, random.uid()), el(0x00081140, [reference(random, CT)])]]),
    el(0x00700001, [[el(0x00700002, 'LAYER1'), el(0x00700008, [label]), el(0x00700009, [graphic])]]),
    el(0x0070005a, [area]),
    el(0x00700060, [[el(0x00700002, 'LAYER1'), el(0x00700062, '1')]]),
    el(0x00700080, 'MEASURES'),
    el(0x00700082, '20260101'),
    el(0x00700083, '101500'),
    el(0x00283110, [[el(0x00281050, '40'), el(0x00281051, '400')]]),
  ];
}

function radiotherapy(random: Seeded): ElementToEncode[] {
  const points = Array.from({ length: 12 }, () => (random.next() * 400 - 200).toFixed(2)).join('\\');
  const contour: Item = [el(0x30060042, 'CLOSED_PLANAR'), el(0x30060046, '4'), el(0x30060050, points)];
  const beam: Item = [
    el(0x300a00c0, '1'),
    el(0x300a00c2, 'ANT 0°'.replace('°', ' deg')),
    el(0x300a00c4, 'STATIC'),
    el(0x300a0111, [[el(0x300a0112, '0'), el(0x300a011e, '0.0')]]),
  ];
  return [
    el(0x300a0002, 'PLAN 1'),
    el(0x300a00b0, [beam]),
    el(0x30060002, 'STRUCT'),
    el(0x30060020, [[el(0x30060022, '1'), el(0x30060024, random.uid()), el(0x30060026, 'PTV_70 (boost)')]]),
    el(0x30060039, [[el(0x3006002a, '255\\0\\0'), el(0x30060040, [contour, contour]), el(0x30060084, '1')]]),
  ];
}

/** A plain PDF of one empty page, its cross-reference table right (ISO 32000-1 §7.5.4). */
export function plainPdf(title: string): Buffer {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>',
    `<< /Length 20 >>\nstream\nBT (compte rendu) ET\nendstream`,
    `<< /Title (${title}) >>`,
  ];
  let text = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n';
  const offsets = objects.map((object, at) => {
    const offset = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const table = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

const CDA =
  '<?xml version="1.0" encoding="UTF-8"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3"><realmCode code="FR"/>' +
  '<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><title>Compte rendu</title></ClinicalDocument>\n';

function stl(random: Seeded): Buffer {
  const facets = random.int(2, 20);
  const bytes = Buffer.alloc(84 + facets * 50);
  bytes.write('binary stl', 0, 'latin1');
  bytes.writeUInt32LE(facets, 80);
  for (let at = 84; at + 50 <= bytes.length; at += 50)
    for (let field = 0; field < 12; field += 1) bytes.writeFloatLE(random.next() * 100, at + field * 4);
  return bytes;
}

/** The documents that can be encapsulated, by the last part of their class: MIME type and bytes. */
const DOCUMENTS: Readonly<Record<string, (random: Seeded) => readonly [mime: string, bytes: Uint8Array]>> = {
  '1': () => ['application/pdf', plainPdf('Compte rendu')],
  '2': () => ['text/XML', Buffer.from(CDA)],
  '3': (random) => ['model/stl', stl(random)],
  '4': () => ['model/obj', Buffer.from('# skull\nmtllib skull.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n')],
  '5': () => ['model/mtl', Buffer.from('newmtl bone\nKa 1.0 0.9 0.8\nKd 1.0 0.9 0.8\n')],
};

function document(random: Seeded, which: string): ElementToEncode[] {
  const [mime, bytes] = (DOCUMENTS[which] ?? DOCUMENTS['1'])?.(random) ?? ['', Buffer.alloc(0)];
  return [
    el(0x00280301, 'NO'),
    el(0x00420010, 'Compte rendu'),
    el(0x00420011, bytes, 'OB'),
    el(0x00420012, mime),
    el(0x00420015, bytes.length, 'UL'),
  ];
}

function other(random: Seeded): ElementToEncode[] {
  return [
    evidence(random),
    el(0x00081140, [reference(random, CT)]),
    el(0x00400555, [[el(0x0040a043, [code('121071', 'DCM', 'Finding')]), el(0x0040a160, 'valeur = 5/7')]]),
    el(0x00400275, [[el(0x00400007, 'IRM genou D'), el(0x00400009, 'SPS-12')]]),
  ];
}

const ENCAPSULATED = /\.104\.(\d)$/;

/** What family a class that has no image belongs to, and its elements. Key object selections are reports too. */
export function familyElements(random: Seeded, sopClassUid: string): ElementToEncode[] {
  const which = ENCAPSULATED.exec(sopClassUid)?.[1];
  if (which !== undefined) return document(random, which);
  if (/\.1\.1\.88\./.test(sopClassUid)) return report(random);
  if (/\.1\.1\.9\.(1|2|3|4|5|6|7|8)\./.test(sopClassUid)) return waveform(random);
  if (/\.1\.1\.11\./.test(sopClassUid)) return presentation(random);
  if (/\.1\.1\.481\./.test(sopClassUid)) return radiotherapy(random);
  return other(random);
}
