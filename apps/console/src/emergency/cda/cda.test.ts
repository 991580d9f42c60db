import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PatientAnswer } from '@leadglass/contract';
import { cdaOf, sectionOf } from './cda.testkit.ts';
import { type Cda, namesAnother, readCda } from './cda.ts';
import { decodeXml, readXml, XML_LIMITS } from './xml.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'utf8'));

/** The document that a text is. */
function shown(text: string): Cda {
  const read = readCda(bytes(text));
  assert.ok(typeof read !== 'string', String(read));
  return read;
}

const blocksOf = (narrative: string) => shown(cdaOf(sectionOf(narrative))).sections[0]?.blocks ?? [];
const plain = (value: unknown) => JSON.stringify(value);

test('[CONSOLE-232] a clinical document is its head and its sections, in the words that stand in it', () => {
  const cda = shown(cdaOf(sectionOf('<paragraph>Plaquettes : 251</paragraph>')));
  assert.deepEqual(
    [cda.title, cda.type, cda.at, cda.version],
    ['Compte rendu & conclusion', 'CR d’examens biologiques', '20260102081500+0100', '2'],
  );
  assert.deepEqual([cda.authors, cda.custodian], [['Dr NOEL, Laboratoire du Parc'], 'CHU']);
  assert.deepEqual(cda.patient, { identifiers: ['IPP1'], family: 'DURAND', given: 'Zoé', birthDate: '19610304' });
  assert.equal(cda.sections[0]?.title, 'Hémogramme');
  assert.match(plain(cda.sections[0]?.blocks), /Plaquettes : 251/);
});

test('[CONSOLE-232] lists, tables with spans and heads, marks, breaks and captions are kept; of a link its words', () => {
  const table =
    '<table><caption>NFS</caption><thead><tr><th colspan="2">Examen</th></tr></thead><tbody><tr><td>Hb</td><td><content styleCode="Bold Italics">6,4</content></td></tr></tbody></table>';
  const [caption, found] = blocksOf(table);
  assert.equal(caption?.kind, 'caption');
  assert.ok(found?.kind === 'table');
  assert.deepEqual(
    found.rows.map(({ isHead, cells }) => [isHead, cells.map((cell) => `${cell.isHead} ${cell.columns}`)]),
    [
      [true, ['true 2']],
      [false, ['false 1', 'false 1']],
    ],
  );
  assert.match(plain(found), /"as":"strong","children":\[{"kind":"mark","as":"em"/);
  const [list] = blocksOf('<list listType="ordered"><item>un</item><item>deux<br/>trois</item></list>');
  assert.ok(list?.kind === 'list');
  assert.deepEqual([list.isOrdered, list.items.length], [true, 2]);
  const [link] = blocksOf('voir <linkHtml href="https://example.org/">le site</linkHtml>');
  assert.match(plain(link), /le site/);
  assert.doesNotMatch(plain(link), /example/);
});

test('[CONSOLE-233] nothing of a document acts: scripts and markup are text at most, addresses, styles and pictures are not kept', () => {
  const hostile =
    '<script>alert(1)</script><img src="https://example.org/x" onerror="alert(2)"/><paragraph onclick="x()" styleCode="Bold;background:url(https://example.org)">ici</paragraph>' +
    '<renderMultiMedia referencedObject="M1"/><iframe src="https://example.org"/><svg><use href="https://example.org"/></svg>';
  const kinds = new Set(plain(blocksOf(hostile)).match(/"kind":"[a-z]+"/g));
  assert.deepEqual([...kinds].sort(), ['"kind":"paragraph"', '"kind":"picture"', '"kind":"text"']);
  assert.doesNotMatch(plain(blocksOf(hostile)), /example|onerror|onclick|background/);
  assert.match(plain(blocksOf(hostile)), /alert\(1\)/);
});

test('[CONSOLE-233] a stylesheet that a document names is not even looked at', () => {
  const head = '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="https://example.org/evil.xsl"?>';
  assert.doesNotMatch(plain(shown(cdaOf(sectionOf('ici'), head))), /evil/);
});

test('[CONSOLE-233] a document type is refused whole, with its entities; an unknown entity stays as it is written', () => {
  const bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>';
  assert.equal(readCda(bytes(cdaOf(sectionOf('&x;&b;'), bomb))), 'doctype');
  assert.match(plain(blocksOf('&x; &#233; &#x1F600; &#0; &#xD800;')), /&x; é 😀 &#0; &#xD800;/);
});

test('[CONSOLE-234] what is not well-formed, too deep, too large, of another encoding or no document is refused', () => {
  for (const text of ['', '<a>', '<a></b>', '<a b></a>', '<a/><b/>', 'x<a/>', '<a><!-- </a>', '<a b="<"/>', '<a></a>x'])
    assert.equal(readXml(text), 'malformed', text);
  assert.equal(readXml('<a>'.repeat(XML_LIMITS.depth + 1)), 'too-large');
  assert.equal(readXml(`<a>${'<b/>'.repeat(XML_LIMITS.parts)}</a>`), 'too-large');
  assert.equal(readXml(`<a>${' '.repeat(XML_LIMITS.characters)}</a>`), 'too-large');
  assert.equal(readXml(`<a ${Array.from({ length: 80 }, (_, at) => `a${at}=""`).join(' ')}/>`), 'too-large');
  assert.equal(readCda(bytes('<html><body/></html>')), 'not-cda');
  assert.equal(readCda(bytes('<?xml version="1.0" encoding="utf-7"?><ClinicalDocument/>')), 'encoding');
});

test('[CONSOLE-234] bounded input takes bounded time, however it nests or ends', () => {
  const wide = cdaOf(sectionOf('<paragraph>x</paragraph>'.repeat(60_000)));
  assert.equal(shown(wide).sections[0]?.blocks.length, 60_000);
  const deep = `${'<paragraph>'.repeat(80)}x${'</paragraph>'.repeat(80)}`;
  assert.match(plain(blocksOf(deep)), /"text":"x"/);
  for (const text of [
    '<a '.repeat(500_000),
    `<a b="${'&'.repeat(2_000_000)}`,
    `<${'a'.repeat(4_000_000)}`,
    '<!--'.repeat(900_000),
  ])
    assert.equal(readXml(text), 'malformed');
});

test('[CONSOLE-234] the encodings of French systems are read', () => {
  const text = '<?xml version="1.0" encoding="ISO-8859-1"?><a>Zoé</a>';
  assert.equal(decodeXml(new Uint8Array(Buffer.from(text, 'latin1'))), text);
  assert.equal(decodeXml(new Uint8Array(Buffer.from('\uFEFF<a>é</a>', 'utf16le'))), '<a>é</a>');
  assert.equal(decodeXml(bytes('<a>é</a>')), '<a>é</a>');
});

test('[CONSOLE-235] a file in the place of sections can be saved; coded data without text says so', () => {
  const pdf = Buffer.from('%PDF-1.4').toString('base64');
  const cda = shown(
    cdaOf(`<nonXMLBody><text mediaType="application/pdf" representation="B64">${pdf}\n</text></nonXMLBody>`),
  );
  assert.deepEqual(
    [cda.file?.mediaType, Buffer.from(cda.file?.bytes ?? []).toString()],
    ['application/pdf', '%PDF-1.4'],
  );
  assert.equal(shown(cdaOf('<nonXMLBody><text representation="B64">!!</text></nonXMLBody>')).file, undefined);
  const coded =
    '<structuredBody><component><section><title>Codes</title><entry/></section></component></structuredBody>';
  assert.equal(shown(cdaOf(coded)).sections[0]?.isCodedOnly, true);
});

test('[CONSOLE-236] a document that names another patient than its chart is told before the first line', () => {
  const patient = {
    identifiers: [{ value: 'IPP1' }],
    names: [{ family: 'Durand', given: 'Zoe' }],
    birthDate: '19610304',
  } as unknown as PatientAnswer;
  const told = { identifiers: ['IPP9'], family: 'DURAND', given: 'Zoé', birthDate: '19610304' };
  assert.equal(namesAnother(told, patient), false);
  assert.equal(namesAnother({ ...told, family: 'MARTIN' }, patient), true);
  assert.equal(namesAnother({ ...told, birthDate: '19990101' }, patient), true);
  assert.equal(namesAnother({ ...told, family: 'MARTIN', identifiers: ['IPP1'] }, patient), false);
  assert.equal(namesAnother({ ...told, family: '', birthDate: '' }, patient), false);
});
